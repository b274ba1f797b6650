"""What is written to ask for a refund, to sign it, and to say what became of one that was not paid 退款表单."""

import unicodedata
from typing import Any

from django import forms

from approvals.actions.signatures import Decision
from approvals.states import ORDINARY, Verdict
from banking.models import Receipt
from deposits.actions.refunds import LONGEST_REASON, Wanted
from deposits.forms.lists import SECRET_NUMBER
from deposits.models import Refund


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


class RefundDecideForm(forms.Form):
    """Grant or send back. `seen` is the digest of what the page showed."""

    verdict = forms.ChoiceField(
        label="复核结论",
        choices=[("", "请选择"), *ORDINARY],
        error_messages={"required": "请选择同意或退回", "invalid_choice": "请选择同意或退回"},
    )
    reason = forms.CharField(
        label="意见",
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="退回时必须填写",
    )
    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    @property
    def decision(self) -> Decision:
        """What was decided, as the action takes it."""
        entered = self.cleaned_data
        return Decision(Verdict(entered["verdict"]), entered["seen"], entered["reason"])


class RefundBatchForm(forms.Form):
    """The refunds that are ticked, and for each the digest of what the page showed."""

    ticked = forms.TypedMultipleChoiceField(
        label="同意",
        coerce=int,
        error_messages={
            "required": "请至少勾选一笔",
            "invalid_choice": "所选事项已不在您的待办中，请返回待办重新选择",
            "invalid_list": "请在列表中勾选",
        },
    )

    def __init__(self, *args: Any, rows: list[Refund], asked: list[int], **more: Any) -> None:
        super().__init__(*args, **more)
        self._rows = {row.case_id: row for row in rows}
        self.fields["ticked"].choices = [(number, number) for number in asked]

    @property
    def rows(self) -> list[Refund]:
        """The refunds to be granted, in their order."""
        return [self._rows[number] for number in sorted(self.cleaned_data["ticked"]) if number in self._rows]

    @property
    def gone(self) -> int:
        """How many of the ticked ones wait for this person no longer."""
        return len(self.cleaned_data["ticked"]) - len(self.rows)

    def seen(self, row: Refund) -> str:
        """The digest of what the page had shown of one."""
        return str(self.data.get(f"seen-{row.case_id}", ""))


class RefundWithdrawForm(forms.Form):
    """Nothing to fill in: the button is all."""


class RefundClearForm(forms.Form):
    """What was found out about a refund that was not paid."""

    word = _word("核实说明", "请填写核实说明", "付款未成的原因和下一步，例如：付款人账户已销户，待其来函")

    def clean_word(self) -> str:
        return _kept(self.cleaned_data["word"])
