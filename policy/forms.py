"""What the maker and the checker of a parameter enter 参数调整表单."""

from collections.abc import Sequence
from typing import Any

from django import forms

from access.states import SIGNING, Perm
from approvals.actions.signatures import Decision
from approvals.states import ORDINARY, Verdict
from policy.actions.terms import NewValue
from policy.models import TermChange
from policy.rules import HOW_TO_WRITE, choices_of, value_of
from policy.states import KIND_OF, UNIT_OF, TermKind, TermName

LONGEST_ROUTE = 600
SIGNING_RIGHTS = "、".join(f"{perm.value} {perm.label}" for perm in Perm if perm in SIGNING)
UNIT_OF_KIND = {TermKind.PERCENT: "%", TermKind.MONEY: "元", TermKind.FACTOR: "倍"}


class ChangeProposeForm(forms.Form):
    """A new value with its first day and its document. `seen` is the digest of the preview the maker has read."""

    value = forms.CharField(label="拟定取值", max_length=40, error_messages={"required": "请填写拟定取值"})
    valid_from = forms.DateField(
        label="生效日期",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="不早于当前会计日，可以是将来的日期",
        error_messages={"required": "请填写生效日期", "invalid": "请输入日期，例如 2026-07-01"},
    )
    document = forms.CharField(label="文号", max_length=100, error_messages={"required": "请填写文件的文号"})
    source = forms.CharField(
        label="依据", max_length=300, help_text="文件名称和条款", error_messages={"required": "请填写依据的文件名称"}
    )
    reason = forms.CharField(
        label="调整理由",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "请填写调整理由"},
    )
    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, term: TermName, **more: Any) -> None:
        super().__init__(*args, **more)
        self.term = term
        choices = choices_of(term)
        if choices:
            self.fields["value"] = forms.ChoiceField(
                label="拟定取值",
                choices=[("", "请选择"), *choices],
                error_messages={"required": "请选择拟定取值", "invalid_choice": "请从列表中选择"},
            )
        else:
            self.fields["value"].help_text = HOW_TO_WRITE[KIND_OF[term]]
        if KIND_OF[term] == TermKind.ROUTE:
            self.fields["value"] = forms.CharField(
                label="拟定取值",
                max_length=LONGEST_ROUTE,
                widget=forms.Textarea(attrs={"rows": 3}),
                help_text=f"{HOW_TO_WRITE[TermKind.ROUTE]}。可用的权限：{SIGNING_RIGHTS}",
                error_messages={"required": "请填写拟定取值"},
            )
        self.order_fields(["value", "valid_from", "document", "source", "reason", "seen"])

    @property
    def unit(self) -> str:
        """What stands behind the field of the value 单位."""
        if choices_of(self.term):
            return ""
        return UNIT_OF.get(self.term, "") or UNIT_OF_KIND.get(KIND_OF[self.term], "")

    def clean_value(self) -> str:
        value = self.cleaned_data["value"]
        try:
            value_of(self.term, value)
        except ValueError:
            raise forms.ValidationError(f"请按要求填写：{HOW_TO_WRITE[KIND_OF[self.term]]}") from None
        return value

    @property
    def new_value(self) -> NewValue:
        """What was entered, as the action takes it."""
        entered = {name: value for name, value in self.cleaned_data.items() if name != "seen"}
        return NewValue(name=self.term, **entered)


class ChangeDecideForm(forms.Form):
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


class BatchForm(forms.Form):
    """The proposals that are ticked, and for each the digest of what the page showed."""

    ticked = forms.TypedMultipleChoiceField(
        label="同意",
        coerce=int,
        error_messages={"required": "请至少勾选一笔", "invalid_choice": "所选事项已不在您的待办中，请返回待办重新选择"},
    )

    def __init__(self, *args: Any, rows: Sequence[TermChange], asked: Sequence[int], **more: Any) -> None:
        super().__init__(*args, **more)
        self._rows = {row.case.pk: row for row in rows}
        ticked: Any = self.fields["ticked"]
        ticked.choices = [(number, number) for number in asked]

    @property
    def rows(self) -> list[TermChange]:
        """The proposals to be granted, in their order."""
        return [self._rows[number] for number in sorted(self.cleaned_data["ticked"]) if number in self._rows]

    @property
    def gone(self) -> int:
        """How many of the ticked ones wait for this person no longer."""
        return len(self.cleaned_data["ticked"]) - len(self.rows)

    def seen(self, row: TermChange) -> str:
        """The digest of what the page had shown of one."""
        return str(self.data.get(f"seen-{row.case.pk}", ""))


class WithdrawForm(forms.Form):
    """Nothing to fill in: the button is all."""
