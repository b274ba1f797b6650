"""What is said of withdrawals 提取审批表单: whose are sought, why one is undone, and what a checker says."""

from collections.abc import Iterable
from typing import Any

from django import forms

from accounts.rules import kept_words
from approvals.actions.signatures import Decision
from approvals.states import Verdict
from hpf.errors import Refusal
from withdrawals.forms.applying import words
from withdrawals.models import Undoing, Withdrawal


class PersonForm(forms.Form):
    """Whose withdrawals are looked for."""

    person = words(
        "职工",
        60,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "姓名、证件号码、手机号码或个人账号"}),
    )


class PlainForm(forms.Form):
    """Nothing to fill in: the button is all."""


class UndoForm(forms.Form):
    """Why an approved withdrawal is undone."""

    reason = words(
        "撤销理由", 300, widget=forms.Textarea(attrs={"rows": 2}), help_text="写明原因和依据；不填写证件号码和卡号"
    )

    def clean_reason(self) -> str:
        return _kept(self.cleaned_data["reason"])


class DecideForm(forms.Form):
    """Grant, send back, or refuse where the case may be. `seen` is the digest of what the page showed."""

    verdict = forms.ChoiceField(
        label="复核结论", error_messages={"required": "请选择结论", "invalid_choice": "请从列表中选择"}
    )
    reason = words(
        "意见",
        300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="不予同意或退回时必须填写：写明不符合的事项、依据和申请人可以怎样补救，决定书照此打印",
    )
    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, may_refuse: bool = True, **more: Any) -> None:
        super().__init__(*args, **more)
        given = [verdict for verdict in Verdict if may_refuse or verdict != Verdict.REFUSE]
        self.fields["verdict"].choices = [("", "请选择"), *((verdict.value, verdict.label) for verdict in given)]

    def clean_reason(self) -> str:
        return _kept(self.cleaned_data["reason"])

    @property
    def decision(self) -> Decision:
        """What was decided, as the action takes it."""
        entered = self.cleaned_data
        return Decision(Verdict(entered["verdict"]), entered["seen"], entered["reason"])


class BatchForm(forms.Form):
    """The cases that are ticked, and for each the digest of what the page showed."""

    ticked = forms.TypedMultipleChoiceField(
        label="同意",
        coerce=int,
        error_messages={"required": "请至少勾选一笔", "invalid_choice": "所选事项已不在您的待办中，请返回待办重新选择"},
    )

    def __init__(self, *args: Any, rows: Iterable[Withdrawal | Undoing], asked: Iterable[int], **more: Any) -> None:
        super().__init__(*args, **more)
        self._rows = {row.case_id: row for row in rows}
        self.fields["ticked"].choices = [(number, number) for number in asked]

    @property
    def rows(self) -> list[Withdrawal | Undoing]:
        """What is to be granted, in its order."""
        return [self._rows[number] for number in sorted(self.cleaned_data["ticked"]) if number in self._rows]

    @property
    def gone(self) -> int:
        """How many of the ticked ones wait for this person no longer."""
        return len(self.cleaned_data["ticked"]) - len(self.rows)

    def seen(self, row: Withdrawal | Undoing) -> str:
        """The digest of what the page had shown of one."""
        return str(self.data.get(f"seen-{row.case_id}", ""))


def _kept(text: str) -> str:
    """Words that are kept for good hold nobody's whole number."""
    try:
        return kept_words(text)
    except Refusal as refusal:
        raise forms.ValidationError(refusal.sentence) from None
