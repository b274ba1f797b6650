"""Narrowing the list of withdrawals 提取筛选: allow-listed fields only."""

import django_filters
from django.db.models import Q, QuerySet
from django.forms import DateInput, TextInput

from access.models import Branch
from accounts.rules import plain
from withdrawals.models import Withdrawal
from withdrawals.queries import lacking_files, stranded
from withdrawals.states import Category, WithdrawalStatus

NOT_LISTED = {"invalid_choice": "请从列表中选择"}
NOT_A_DAY = {"invalid": "请输入日期，例如 2026-07-01"}


TO_DO = {
    "SCAN": ("要件待补扫描", lambda rows: lacking_files(rows, original_seen=True)),
    "OWED": ("要件待补交", lambda rows: lacking_files(rows, original_seen=False)),
    "STRANDED": ("退款无账户可退", lambda rows: rows.filter(pk__in=stranded().order_by().values("pk"))),
}


def _day(label: str, comparison: str) -> django_filters.DateFilter:
    widget = DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return django_filters.DateFilter("applied_on", comparison, label=label, widget=widget, error_messages=NOT_A_DAY)


class WithdrawalFilter(django_filters.FilterSet):
    """By number, category, status, office, day, and what is left to do. Persons are looked for by POST."""

    q = django_filters.CharFilter(
        label="提取", method="of_number", widget=TextInput(attrs={"placeholder": "提取编号或个人账号"})
    )
    category = django_filters.ChoiceFilter(
        label="提取类别", choices=Category.choices, empty_label="全部", error_messages=NOT_LISTED
    )
    status = django_filters.ChoiceFilter(
        label="状态", choices=WithdrawalStatus.choices, empty_label="全部", error_messages=NOT_LISTED
    )
    branch = django_filters.ModelChoiceFilter(
        label="管理部", queryset=Branch.objects.order_by("code"), empty_label="全部", error_messages=NOT_LISTED
    )
    to_do = django_filters.ChoiceFilter(
        label="待办结",
        method="of_to_do",
        choices=[(name, label) for name, (label, _rows) in TO_DO.items()],
        empty_label="全部",
        error_messages=NOT_LISTED,
    )
    since = _day("申请日期从", "gte")
    until = _day("申请日期至", "lte")

    class Meta:
        model = Withdrawal
        fields: list[str] = []

    @property
    def found(self) -> QuerySet[Withdrawal]:
        """The rows, the newest first; none when a condition cannot be read."""
        return self.qs if self.is_valid() else self.queryset.none()

    def of_to_do(self, rows: QuerySet[Withdrawal], name: str, what: str) -> QuerySet[Withdrawal]:
        return TO_DO[what][1](rows)

    def of_number(self, rows: QuerySet[Withdrawal], name: str, text: str) -> QuerySet[Withdrawal]:
        written = plain(text)
        return rows.filter(Q(number=written.upper()) | Q(member_account__number=written))
