"""Narrowing the inbox 待办筛选: allow-listed fields only."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.forms import DateInput, TextInput

from approvals.models import Case
from approvals.states import CaseStatus

DAY = DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
WRONG_DAY = {"invalid": "请输入日期，例如 2026-07-01"}
NOT_LISTED = {"invalid_choice": "请从列表中选择"}


class InboxFilter(django_filters.FilterSet):
    """By words, business, office and day of entry."""

    q = django_filters.CharFilter(
        label="事项", method="of_words", max_length=60, widget=TextInput(attrs={"placeholder": "事项或经办人"})
    )
    business = django_filters.ChoiceFilter(label="业务", empty_label="全部", error_messages=NOT_LISTED)
    branch = django_filters.ChoiceFilter(
        label="网点", field_name="branch__code", empty_label="全部", error_messages=NOT_LISTED
    )
    since = django_filters.DateFilter(
        label="提交日期 起", field_name="opened_on", lookup_expr="gte", widget=DAY, error_messages=WRONG_DAY
    )
    until = django_filters.DateFilter(
        label="提交日期 止", field_name="opened_on", lookup_expr="lte", widget=DAY, error_messages=WRONG_DAY
    )

    class Meta:
        model = Case
        fields: list[str] = []

    def __init__(self, data: Any = None, queryset: Any = None, **more: Any) -> None:
        super().__init__(data, queryset=queryset, **more)
        there = list(self.queryset.order_by().values_list("business", "branch__code", "branch__name").distinct())
        kinds, offices = {kind for kind, _, _ in there}, {(code, name) for _, code, name in there}
        self.filters["business"].extra["choices"] = [(kind, kind) for kind in sorted(kinds)]
        self.filters["branch"].extra["choices"] = sorted(offices)

    @property
    def found(self) -> QuerySet[Case]:
        """The rows; none when a condition cannot be read, so that nobody takes them for an answer."""
        return self.qs if self.is_valid() else self.queryset.none()

    def of_words(self, cases: QuerySet[Case], name: str, text: str) -> QuerySet[Case]:
        return cases.filter(Q(title__icontains=text.strip()) | Q(maker__name__icontains=text.strip()))


class SentFilter(InboxFilter):
    """The same, and by what became of it."""

    status = django_filters.ChoiceFilter(
        label="状态", choices=CaseStatus.choices, empty_label="全部", error_messages=NOT_LISTED
    )
