"""Narrowing the list of parameters 政策参数筛选: allow-listed fields only."""

import django_filters
from django.forms import DateInput, TextInput

from policy.models import Term, TermQuerySet
from policy.states import GROUP_LABELS, TermName, group_of

GROUPS = [(group, group) for group in dict.fromkeys(GROUP_LABELS.values())]
CONFIRMED = [("waiting", "待中心确认"), ("settled", "已有依据")]
NOT_LISTED = {"invalid_choice": "请从列表中选择"}


class TermFilter(django_filters.FilterSet):
    """By words, by the day on which a value holds, by business, and by what the centre has still to confirm."""

    q = django_filters.CharFilter(
        label="参数", method="of_words", widget=TextInput(attrs={"placeholder": "名称、文号、依据或说明"})
    )
    on = django_filters.DateFilter(
        label="生效于（留空查看历次取值）",
        method="on_day",
        widget=DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "请输入日期，例如 2026-07-01"},
    )
    group = django_filters.ChoiceFilter(
        label="业务", method="of_group", choices=GROUPS, empty_label="全部", error_messages=NOT_LISTED
    )
    state = django_filters.ChoiceFilter(
        label="状态", method="in_state", choices=CONFIRMED, empty_label="全部", error_messages=NOT_LISTED
    )

    class Meta:
        model = Term
        fields: list[str] = []

    @property
    def found(self) -> TermQuerySet:
        """The rows, in order; none when a condition cannot be read, so that nobody takes them for an answer."""
        return self.qs.in_order() if self.is_valid() else self.queryset.none()

    def of_words(self, terms: TermQuerySet, name: str, text: str) -> TermQuerySet:
        return terms.with_words(text.strip())

    def on_day(self, terms: TermQuerySet, name: str, day) -> TermQuerySet:
        return terms.in_force_on(day)

    def of_group(self, terms: TermQuerySet, name: str, group: str) -> TermQuerySet:
        return terms.filter(name__in=[term for term in TermName if group_of(term) == group])

    def in_state(self, terms: TermQuerySet, name: str, state: str) -> TermQuerySet:
        return terms.filter(to_confirm=state == "waiting")
