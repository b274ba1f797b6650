"""Narrowing the list of remittances 汇缴筛选: allow-listed fields only."""

import django_filters
from django import forms
from django.db.models import Q, QuerySet

from accounts.models import MONTH
from deposits.models import Remittance
from deposits.states import RemittanceStatus


class MonthFilter(django_filters.Filter):
    """A month written 2026-07."""

    field_class = forms.RegexField


class RemittanceFilter(django_filters.FilterSet):
    """By employer (number, or part of the name), month, status and payment reference."""

    employer = django_filters.CharFilter(label="单位账号或名称", max_length=60, method="of_employer")
    month = MonthFilter(
        label="汇缴年月",
        regex=MONTH,
        error_messages={"invalid": "请写成 2026-07 的样式"},
        widget=forms.TextInput(attrs={"type": "month"}),
    )
    status = django_filters.ChoiceFilter(label="状态", choices=RemittanceStatus.choices, empty_label="全部")
    reference = django_filters.CharFilter(label="缴款识别号", max_length=13)

    class Meta:
        model = Remittance
        fields: list[str] = []

    @property
    def found(self) -> QuerySet[Remittance]:
        """The rows; none when a condition cannot be read, so that nobody takes them for an answer."""
        return self.qs if self.is_valid() else self.queryset.none()

    def of_employer(self, remittances: QuerySet[Remittance], name: str, text: str) -> QuerySet[Remittance]:
        return remittances.filter(Q(employer__number=text.strip()) | Q(employer__name__icontains=text.strip()))
