"""What people enter about payments 付款表单."""

from typing import Any

from django import forms

from banking.actions.rulings import Evidence
from banking.states import ResultOutcome

RULED = [ResultOutcome.SUCCEEDED, ResultOutcome.FAILED, ResultOutcome.NOT_RECEIVED]


class RulingForm(forms.Form):
    """What the bank's statement shows of a payment."""

    outcome = forms.ChoiceField(
        label="认定结果",
        choices=[("", "请选择"), *[(outcome.value, outcome.label) for outcome in RULED]],
        help_text="认定“银行未收到”后，付款指令可由银行再次领取",
        error_messages={"required": "请选择认定结果", "invalid_choice": "请从列表中选择"},
    )
    statement_on = forms.DateField(
        label="对账单日期",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "请填写对账单日期", "invalid": "请输入日期，例如 2026-07-01"},
    )
    bank_serial = forms.CharField(
        label="对账单流水号", required=False, max_length=64, help_text="认定付款成功时必填，与对账单一致"
    )
    reason = forms.CharField(
        label="依据",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="核对了哪个专户、哪几天的对账单，看到了什么",
        error_messages={"required": "请填写认定的依据"},
    )

    @property
    def evidence(self) -> Evidence:
        """What was entered, as the action takes it."""
        entered: dict[str, Any] = dict(self.cleaned_data)
        return Evidence(**{**entered, "outcome": ResultOutcome(entered["outcome"])})


class ClearForm(forms.Form):
    """What was found out about a result that was refused."""

    word = forms.CharField(
        label="核实说明",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="与银行核实的结果和处理办法",
        error_messages={"required": "请填写核实说明"},
    )
