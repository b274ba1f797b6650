"""What a handler hands in 经办人表单."""

from django import forms

from deposits.sheets import LARGEST_FILE
from hpf.months import Month


class MonthForm(forms.Form):
    """The month the person saw on the page: another one may be due by the time it is sent."""

    month = forms.CharField(label="汇缴年月", max_length=7, widget=forms.HiddenInput)

    def clean_month(self) -> Month:
        try:
            return Month.parse(self.cleaned_data["month"])
        except ValueError:
            raise forms.ValidationError("汇缴年月应写成 2026-07 的样式，请刷新页面后重试") from None


class SheetUploadForm(MonthForm):
    """The list as an Excel file."""

    file = forms.FileField(
        label="汇缴清册",
        help_text=f"下载的模板（.xlsx），不超过 {LARGEST_FILE // 1024 // 1024} MB；证件号码等列保持文本格式",
        error_messages={"required": "请选择要上传的清册文件", "empty": "文件是空的，请重新选择"},
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
    )

    def clean_file(self) -> bytes:
        file = self.cleaned_data["file"]
        if file.size > LARGEST_FILE:
            raise forms.ValidationError("文件过大，请删除图片和多余的工作表后再上传")
        return file.read()
