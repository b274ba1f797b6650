"""Narrowing the lists of remittances and of money without an owner 汇缴和待认领筛选: allow-listed fields only."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import django_filters
from django import forms
from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from accounts.models import MONTH
from banking.models import Bank, Receipt
from deposits.models import Refund, Remittance
from deposits.states import DAYS_OF_AGE, RefundOrigin, RefundStatus, RemittanceKind, RemittanceStatus, SuspenseAge
from hpf.money import ZERO
from ledger.models import Money


class MonthFilter(django_filters.Filter):
    """A month written 2026-07."""

    field_class = forms.RegexField


class RemittanceFilter(django_filters.FilterSet):
    """By employer (number, or part of the name), month, kind, status and payment reference."""

    employer = django_filters.CharFilter(label="单位账号或名称", max_length=60, method="of_employer")
    month = MonthFilter(
        label="汇缴年月",
        regex=MONTH,
        error_messages={"invalid": "请写成 2026-07 的样式"},
        widget=forms.TextInput(attrs={"type": "month"}),
    )
    kind = django_filters.ChoiceFilter(label="类型", choices=RemittanceKind.choices, empty_label="全部")
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


class SuspenseFilter(django_filters.FilterSet):
    """By bank, age, payer and amount, of the receipt or of what is left of it. Needs the request, for its day."""

    bank = django_filters.ModelChoiceFilter(label="银行", queryset=Bank.objects.order_by("code"), empty_label="全部")
    age = django_filters.ChoiceFilter(
        label="挂账时间", choices=SuspenseAge.choices, empty_label="全部", method="of_age"
    )
    amount = django_filters.NumberFilter(label="金额", min_value=0, max_digits=18, decimal_places=2, method="of_amount")
    payer = django_filters.CharFilter(label="付款户名", field_name="payer_name", lookup_expr="icontains", max_length=60)

    class Meta:
        model = Receipt
        fields: list[str] = []

    @property
    def found(self) -> QuerySet[Receipt]:
        """The rows; none when a condition cannot be read, so that nobody takes them for an answer."""
        return self.qs if self.is_valid() else self.queryset.none()

    @property
    def totals(self) -> dict[str, Any]:
        """How many, how much is unclaimed, and how much of each age 账龄, in yuan."""
        ages = {age.value: _unclaimed(of_age(age, on=self.request.business_day)) for age in SuspenseAge}
        return self.found.order_by().aggregate(count=Count("pk"), waiting=_unclaimed(), **ages)

    def of_age(self, receipts: QuerySet[Receipt], name: str, age: str) -> QuerySet[Receipt]:
        return receipts.filter(of_age(SuspenseAge(age), on=self.request.business_day))

    def of_amount(self, receipts: QuerySet[Receipt], name: str, amount: Decimal) -> QuerySet[Receipt]:
        return receipts.filter(Q(amount=amount) | Q(unclaimed=amount))


class RefundFilter(django_filters.FilterSet):
    """By number or payer, employer, where the money lies, status, and whether somebody has to see to it."""

    called = django_filters.CharFilter(label="退款编号或付款户名", max_length=60, method="of_name")
    employer = django_filters.CharFilter(label="单位账号或名称", max_length=60, method="of_employer")
    origin = django_filters.ChoiceFilter(
        label="款项来源", choices=RefundOrigin.choices, empty_label="全部", method="of_origin"
    )
    status = django_filters.ChoiceFilter(label="状态", choices=RefundStatus.choices, empty_label="全部")
    to_clear = django_filters.ChoiceFilter(
        label="待核实", choices=[("1", "付款未成待核实")], empty_label="全部", method="of_to_clear"
    )

    class Meta:
        model = Refund
        fields: list[str] = []

    @property
    def found(self) -> QuerySet[Refund]:
        """The rows; none when a condition cannot be read, so that nobody takes them for an answer."""
        return self.qs if self.is_valid() else self.queryset.none()

    @property
    def totals(self) -> dict[str, Any]:
        """How many, and how much, in yuan."""
        total = Coalesce(Sum("amount"), ZERO, output_field=Money())
        return self.found.order_by().aggregate(count=Count("pk"), amount=total)

    def of_name(self, refunds: QuerySet[Refund], name: str, text: str) -> QuerySet[Refund]:
        return refunds.filter(Q(number=text.strip()) | Q(receipt__payer_name__icontains=text.strip()))

    def of_employer(self, refunds: QuerySet[Refund], name: str, text: str) -> QuerySet[Refund]:
        return refunds.filter(Q(employer__number=text.strip()) | Q(employer__name__icontains=text.strip()))

    def of_origin(self, refunds: QuerySet[Refund], name: str, origin: str) -> QuerySet[Refund]:
        return refunds.filter(employer__isnull=origin == RefundOrigin.SUSPENSE)

    def of_to_clear(self, refunds: QuerySet[Refund], name: str, asked: str) -> QuerySet[Refund]:
        return refunds.filter(status=RefundStatus.RETURNED, cleared_on=None)


def of_age(age: SuspenseAge, *, on: date) -> Q:
    """Receipts that have waited so long on a day 账龄. Money dated after the business day has waited no day."""
    youngest, oldest = DAYS_OF_AGE[age]
    waited = Q(paid_on__lte=on - timedelta(days=youngest)) if youngest else Q()
    return waited & Q(paid_on__gte=on - timedelta(days=oldest)) if oldest else waited


def _unclaimed(of: Q | None = None) -> Coalesce:
    return Coalesce(Sum("unclaimed", filter=of), ZERO, output_field=Money())
