"""The file with a list of joiners 批量开户表单."""

from django import forms

from hpf.workbooks import LARGEST_FILE


class OpeningListForm(forms.Form):
    """A list, to be judged or to be opened."""

    file = forms.FileField(
        label="开户名单文件",
        max_length=200,
        help_text="使用下载的模板填写；.xlsx、.xls 或 CSV，最多 5000 行",
        error_messages={"required": "请选择开户名单文件", "empty": "文件是空的，请重新选择"},
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.csv,.txt"}),
    )

    def clean_file(self) -> bytes:
        given = self.cleaned_data["file"]
        if given.size > LARGEST_FILE:
            raise forms.ValidationError("文件过大，请删除图片和多余的工作表后再上传")
        return given.read()
