"""What is written to ask for a refund, and to say what became of one that was not paid 退款表单."""

import unicodedata
from typing import Any

from django import forms

from banking.models import Receipt
from deposits.actions.refunds import LONGEST_REASON, Wanted
from deposits.forms.lists import SECRET_NUMBER


def _word(label: str, missing: str, hint: str) -> forms.CharField:
    messages = {"required": missing, "max_length": f"最多 {LONGEST_REASON} 个字"}
    area = forms.Textarea(attrs={"rows": 2})
    return forms.CharField(label=label, max_length=LONGEST_REASON, widget=area, help_text=hint, error_messages=messages)


def _kept(text: str) -> str:
    """Words that are kept for good hold no number of a person 不含证件号码."""
    if SECRET_NUMBER.search(unicodedata.normalize("NFKC", text)):
        raise forms.ValidationError("内容会长期留痕，请去掉其中的证件号码、手机号或银行账号")
    return text


class RefundForm(forms.Form):
    """How much of it is refunded, and why; who is paid nobody can write. `seen` is what could be refunded."""

    amount = forms.DecimalField(
        label="退款金额",
        max_digits=18,
        decimal_places=2,
        help_text="可以少于可退金额",
        error_messages={
            "required": "请填写退款金额",
            "invalid": "请填写数字，例如 1200.00",
            "max_decimal_places": "最多两位小数",
            "max_digits": "金额过大，请核对",
            "max_whole_digits": "金额过大，请核对",
        },
    )
    reason = _word("退款原因", "请填写退款原因", "例如：付款人来函，重复汇款；不填写证件号码和银行账号")
    seen = forms.DecimalField(required=False, max_digits=18, decimal_places=2, widget=forms.HiddenInput)

    def clean_reason(self) -> str:
        return _kept(self.cleaned_data["reason"])

    def wanted(self, receipt: Receipt, employer: Any) -> Wanted:
        """What is asked for, as the action takes it."""
        entered = self.cleaned_data
        return Wanted(receipt, employer, entered["amount"], entered["seen"], entered["reason"])


class RefundClearForm(forms.Form):
    """What was found out about a refund that was not paid."""

    word = _word("核实说明", "请填写核实说明", "付款未成的原因和下一步，例如：付款人账户已销户，待其来函")

    def clean_word(self) -> str:
        return _kept(self.cleaned_data["word"])
