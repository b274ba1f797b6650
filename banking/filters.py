"""Narrowing the lists of receipts and refused notices 到账筛选: allow-listed fields only."""

from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet

from banking.models import Bank, Delivery, Payment, PaymentResult, Receipt, RefusedNotice
from banking.states import DeliveryStatus, EventType, PaymentStatus, RefusalCode, ResultOutcome, ResultStatus

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class TickFilter(django_filters.Filter):
    """A box to tick 勾选: left alone it narrows nothing."""

    field_class = forms.BooleanField


class ReceiptFilter(django_filters.FilterSet):
    """By bank, day, amount, payer and serial number; and those of which something is unclaimed."""

    bank = django_filters.ModelChoiceFilter(label="银行", queryset=Bank.objects.order_by("code"), empty_label="全部")
    since = django_filters.DateFilter(label="到账日期 起", field_name="paid_on", lookup_expr="gte", widget=DAY)
    until = django_filters.DateFilter(label="到账日期 止", field_name="paid_on", lookup_expr="lte", widget=DAY)
    amount = django_filters.NumberFilter(label="金额", min_value=0, max_digits=18, decimal_places=2)
    payer_name = django_filters.CharFilter(label="付款户名", lookup_expr="icontains", max_length=60)
    serial = django_filters.CharFilter(label="银行流水号", max_length=64)
    unclaimed = TickFilter(label="仅看待认领", method="still_unclaimed")

    class Meta:
        model = Receipt
        fields: list[str] = []

    @property
    def found(self) -> QuerySet[Receipt]:
        """The rows; none when a condition cannot be read, so that nobody takes them for an answer."""
        return self.qs if self.is_valid() else self.queryset.none()

    def still_unclaimed(self, receipts: QuerySet[Receipt], name: str, only: Any) -> QuerySet[Receipt]:
        return receipts.filter(unclaimed__gt=0) if only else receipts


class RefusedNoticeFilter(django_filters.FilterSet):
    """By bank, reason and serial number."""

    bank = django_filters.ModelChoiceFilter(label="银行", queryset=Bank.objects.order_by("code"), empty_label="全部")
    code = django_filters.ChoiceFilter(label="拒绝原因", choices=RefusalCode.choices, empty_label="全部")
    serial = django_filters.CharFilter(label="银行流水号", max_length=64)

    class Meta:
        model = RefusedNotice
        fields: list[str] = []

    @property
    def found(self) -> QuerySet[RefusedNotice]:
        """The rows; none when a condition cannot be read."""
        return self.qs if self.is_valid() else self.queryset.none()


class PaymentFilter(django_filters.FilterSet):
    """By status, bank, day, amount, payee and number; and those whose bank is late to answer."""

    status = django_filters.ChoiceFilter(label="状态", choices=PaymentStatus.choices, empty_label="全部")
    bank = django_filters.ModelChoiceFilter(
        label="付款银行", field_name="account__bank", queryset=Bank.objects.order_by("code"), empty_label="全部"
    )
    since = django_filters.DateFilter(label="制单日期 起", field_name="created_on", lookup_expr="gte", widget=DAY)
    until = django_filters.DateFilter(label="制单日期 止", field_name="created_on", lookup_expr="lte", widget=DAY)
    amount = django_filters.NumberFilter(label="金额", min_value=0, max_digits=18, decimal_places=2)
    payee_name = django_filters.CharFilter(label="收款户名", lookup_expr="icontains", max_length=60)
    reference = django_filters.CharFilter(label="付款指令号", max_length=35)

    class Meta:
        model = Payment
        fields: list[str] = []

    @property
    def found(self) -> QuerySet[Payment]:
        """The rows; none when a condition cannot be read."""
        return self.qs if self.is_valid() else self.queryset.none()


class ResultFilter(django_filters.FilterSet):
    """By what became of it, bank, what was said, and the payment's number."""

    status = django_filters.ChoiceFilter(label="处理情况", choices=ResultStatus.choices, empty_label="全部")
    bank = django_filters.ModelChoiceFilter(label="银行", queryset=Bank.objects.order_by("code"), empty_label="全部")
    outcome = django_filters.ChoiceFilter(label="回报", choices=ResultOutcome.choices, empty_label="全部")
    named = django_filters.CharFilter(label="付款指令号", max_length=64)

    class Meta:
        model = PaymentResult
        fields: list[str] = []

    @property
    def found(self) -> QuerySet[PaymentResult]:
        """The rows; none when a condition cannot be read."""
        return self.qs if self.is_valid() else self.queryset.none()


class DeliveryFilter(django_filters.FilterSet):
    """By how far it is, bank, type and the payment's number."""

    status = django_filters.ChoiceFilter(label="状态", choices=DeliveryStatus.choices, empty_label="全部")
    bank = django_filters.ModelChoiceFilter(
        label="银行", field_name="event__bank", queryset=Bank.objects.order_by("code"), empty_label="全部"
    )
    type = django_filters.ChoiceFilter(
        label="类型", field_name="event__type", choices=EventType.choices, empty_label="全部"
    )
    subject = django_filters.CharFilter(label="付款指令号", field_name="event__subject", max_length=35)

    class Meta:
        model = Delivery
        fields: list[str] = []

    @property
    def found(self) -> QuerySet[Delivery]:
        """The rows; none when a condition cannot be read."""
        return self.qs if self.is_valid() else self.queryset.none()
