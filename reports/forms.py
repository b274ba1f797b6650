"""What a person asks of a report 报表条件: an office, a class of arrears, an age, a value to try, a year."""

from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet

from access.models import Branch
from deposits.states import SuspenseAge
from policy.queries import out_of_order
from policy.rules import HOW_TO_WRITE, choices_of, value_of
from policy.states import KIND_OF, TermName
from reports.queries.effects import Proposed
from reports.states import Behind

NOT_LISTED = {"invalid_choice": "请从列表中选择"}


class SightForm(forms.Form):
    """One office or all of them 网点. Who sees one office only is not asked."""

    def __init__(self, asked: Any, *, branches: QuerySet[Branch]) -> None:
        super().__init__(asked)
        self.fields["branch"] = forms.ModelChoiceField(
            branches, label="网点", required=False, empty_label="全部网点", error_messages=NOT_LISTED
        )
        if len(branches) < 2:
            self.fields["branch"].widget = forms.HiddenInput()
        self.order_fields(["branch"])

    @property
    def office(self) -> Branch | None:
        """The office asked for; None for all, and where it cannot be read."""
        return self.cleaned_data.get("branch") if self.is_valid() else None


class ArrearsForm(SightForm):
    """Employers that are behind, by how many months and by name 欠缴单位筛选."""

    behind = forms.ChoiceField(
        label="欠缴月数", required=False, choices=[("", "全部"), *Behind.choices], error_messages=NOT_LISTED
    )
    employer = forms.CharField(label="单位账号或名称", required=False, max_length=60)


class UnallocatedForm(SightForm):
    """Employers with unallocated money, by its age and by name 单位暂存款筛选."""

    age = forms.ChoiceField(
        label="挂账时间", required=False, choices=[("", "全部"), *SuspenseAge.choices], error_messages=NOT_LISTED
    )
    employer = forms.CharField(label="单位账号或名称", required=False, max_length=60)


class EffectForm(forms.Form):
    """A value to try, and the day from which it would hold 拟定取值."""

    value = forms.CharField(label="拟定取值", max_length=40, error_messages={"required": "请填写拟定取值"})
    valid_from = forms.DateField(
        label="生效日期",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "请填写生效日期", "invalid": "请输入日期，例如 2026-07-01"},
    )

    def __init__(self, asked: Any, *, term: TermName, on: date) -> None:
        super().__init__(asked or None)
        self.term, self.on = term, on
        choices = choices_of(term)
        if choices:
            errors = {"required": "请选择拟定取值", **NOT_LISTED}
            listed = [("", "请选择"), *choices]
            self.fields["value"] = forms.ChoiceField(label="拟定取值", choices=listed, error_messages=errors)
        else:
            self.fields["value"].help_text = HOW_TO_WRITE[KIND_OF[term]]

    def clean_value(self) -> str:
        value = self.cleaned_data["value"].strip()
        try:
            value_of(self.term, value)
        except ValueError:
            raise forms.ValidationError(f"请按要求填写：{HOW_TO_WRITE[KIND_OF[self.term]]}") from None
        return value

    def clean_valid_from(self) -> date:
        day = self.cleaned_data["valid_from"]
        if day < self.on:
            raise forms.ValidationError(f"生效日期不能早于当前会计日 {self.on}，请改填今天或以后的日期")
        return day

    def clean(self) -> dict[str, Any]:
        entered = super().clean() or self.cleaned_data
        if {"value", "valid_from"} <= entered.keys():
            other = out_of_order(self.term, entered["value"], entered["valid_from"])
            if other:
                self.add_error("value", f"与“{other}”（自 {other.valid_from} 起）上下颠倒，请核对取值")
        return entered

    @property
    def proposed(self) -> Proposed:
        """What was entered, as the queries take it."""
        return Proposed(self.term, self.cleaned_data["value"], self.cleaned_data["valid_from"])


class YearForm(forms.Form):
    """An interest year of an account 结息年度, by its first day; the newest where nobody says."""

    def __init__(self, asked: Any, *, years: list[date]) -> None:
        super().__init__({"year": asked.get("year") or years[0].isoformat()})
        listed = [(day.isoformat(), f"{day.year} 至 {day.year + 1} 年度") for day in years]
        self.fields["year"] = forms.TypedChoiceField(
            label="结息年度", choices=listed, coerce=date.fromisoformat, error_messages=NOT_LISTED
        )
