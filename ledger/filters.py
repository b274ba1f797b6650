"""Narrowing the list of vouchers 凭证筛选: allow-listed fields only."""

from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet

from ledger.models import Voucher, VoucherKind


def _day_input() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class WholeNumberFilter(django_filters.NumberFilter):
    """A number without places 整数."""

    field_class = forms.IntegerField


class VoucherFilter(django_filters.FilterSet):
    """By number, kind, booking day, amount and source. A number is enough: it finds the voucher on whatever day."""

    number = WholeNumberFilter(label="凭证号", field_name="pk", min_value=1, max_value=2**63 - 1)
    since = django_filters.DateFilter(
        label="记账日期 起", field_name="booked_on", lookup_expr="gte", widget=_day_input()
    )
    until = django_filters.DateFilter(
        label="记账日期 止", field_name="booked_on", lookup_expr="lte", widget=_day_input()
    )
    kind = django_filters.ModelChoiceFilter(
        label="类别", queryset=VoucherKind.objects.order_by("code"), empty_label="全部"
    )
    source = django_filters.CharFilter(label="业务来源", lookup_expr="icontains", max_length=60)
    at_least = django_filters.NumberFilter(
        label="金额 不低于", field_name="total", lookup_expr="gte", min_value=0, max_digits=18, decimal_places=2
    )
    at_most = django_filters.NumberFilter(
        label="金额 不高于", field_name="total", lookup_expr="lte", min_value=0, max_digits=18, decimal_places=2
    )

    class Meta:
        model = Voucher
        fields: list[str] = []

    def filter_queryset(self, queryset: QuerySet[Voucher]) -> QuerySet[Voucher]:
        number: Any = self.form.cleaned_data.get("number")
        return queryset.filter(pk=number) if number else super().filter_queryset(queryset)
