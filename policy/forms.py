"""What the maker of a parameter enters 参数调整表单."""

from typing import Any

from django import forms

from access.states import SIGNING, Perm
from policy.actions.terms import NewValue
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
