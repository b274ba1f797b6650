"""Narrowing lists 筛选: allow-listed fields only, for employers, an employer's members and a member's statement."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

import django_filters
from django.db.models import Q, QuerySet, Sum
from django.forms import ChoiceField, DateField, DateInput, Form, ModelChoiceField, TextInput
from django.http import QueryDict

from access.models import Branch
from accounts import queries, rules
from accounts.models import Ban, Employer, Freeze, MemberAccount, Registration
from accounts.queries import Deadline, freeze_terms
from accounts.states import (
    BanGround,
    BanStatus,
    DeadlineKind,
    EmployerStatus,
    FreezeDue,
    FreezeGround,
    FreezeStatus,
    MemberAccountStatus,
    RegistrationStatus,
)
from hpf.money import ZERO
from hpf.pages import PER_PAGE
from ledger.models import Entry

STATEMENT_HEADER = ["记账日期", "业务", "摘要", "收入", "支出", "余额", "凭证号"]
NOT_LISTED = {"invalid_choice": "请从列表中选择"}
NOT_A_DAY = {"invalid": "请输入日期，例如 2026-07-01"}


class EmployerFilter(django_filters.FilterSet):
    """By number, credit code or the beginning of the name, by status and office."""

    q = django_filters.CharFilter(
        label="单位", method="of_words", widget=TextInput(attrs={"placeholder": "账号、信用代码或名称开头"})
    )
    status = django_filters.ChoiceFilter(
        label="状态", choices=EmployerStatus.choices, empty_label="全部", error_messages=NOT_LISTED
    )
    branch = django_filters.ModelChoiceFilter(
        label="管理部", queryset=Branch.objects.order_by("code"), empty_label="全部", error_messages=NOT_LISTED
    )

    class Meta:
        model = Employer
        fields: list[str] = []

    @property
    def found(self) -> QuerySet[Employer]:
        """The rows, in order; none when a condition cannot be read, so that nobody takes them for an answer."""
        if not self.is_valid():
            return self.queryset.none()
        return self.qs.select_related("branch").order_by("number")

    def of_words(self, employers: QuerySet[Employer], name: str, text: str) -> QuerySet[Employer]:
        written = rules.plain(text)
        return employers.filter(Q(number=written) | Q(credit_code=written) | Q(name__startswith=text.strip()))


class RegistrationFilter(django_filters.FilterSet):
    """By number, credit code or the beginning of the name, by status and office."""

    q = django_filters.CharFilter(
        label="申请", method="of_words", widget=TextInput(attrs={"placeholder": "申请编号、信用代码或名称开头"})
    )
    status = django_filters.ChoiceFilter(
        label="状态", choices=RegistrationStatus.choices, empty_label="全部", error_messages=NOT_LISTED
    )
    branch = django_filters.ModelChoiceFilter(
        label="管理部", queryset=Branch.objects.order_by("code"), empty_label="全部", error_messages=NOT_LISTED
    )

    class Meta:
        model = Registration
        fields: list[str] = []

    @property
    def found(self) -> QuerySet[Registration]:
        """The rows, the oldest first; none when a condition cannot be read."""
        if not self.is_valid():
            return self.queryset.none()
        return self.qs.select_related("branch", "employer").order_by("submitted_on", "pk")

    def of_words(self, rows: QuerySet[Registration], name: str, text: str) -> QuerySet[Registration]:
        written = rules.plain(text)
        return rows.filter(Q(number=written) | Q(credit_code=written) | Q(name__startswith=text.strip()))


class FreezeFilter(django_filters.FilterSet):
    """By account or paper number, by status, ground and office. Names are looked for by POST, on the search page."""

    q = django_filters.CharFilter(
        label="冻结", method="of_words", widget=TextInput(attrs={"placeholder": "个人账号或法律文书编号"})
    )
    status = django_filters.ChoiceFilter(
        label="状态", choices=FreezeStatus.choices, empty_label="全部", error_messages=NOT_LISTED
    )
    ground = django_filters.ChoiceFilter(
        label="冻结事由", choices=FreezeGround.choices, empty_label="全部", error_messages=NOT_LISTED
    )
    branch = django_filters.ModelChoiceFilter(
        label="管理部",
        field_name="member_account__employer__branch",
        queryset=Branch.objects.order_by("code"),
        empty_label="全部",
        error_messages=NOT_LISTED,
    )
    due = django_filters.ChoiceFilter(
        label="到期", method="of_due", choices=FreezeDue.choices, empty_label="全部", error_messages=NOT_LISTED
    )

    class Meta:
        model = Freeze
        fields: list[str] = []

    @property
    def due_asked(self) -> str:
        """Which of those that end or have ended are asked for; empty for all freezes."""
        return self.form.cleaned_data["due"] if self.is_valid() else ""

    @property
    def found(self) -> QuerySet[Freeze]:
        """The rows, the newest first, and what ends by its day; none when a condition cannot be read."""
        if not self.is_valid():
            return self.queryset.none()
        return self.qs if self.due_asked else self.qs.order_by("-pk")

    def of_due(self, freezes: QuerySet[Freeze], name: str, due: str) -> QuerySet[Freeze]:
        on = self.request.business_day
        notice = freeze_terms.notice_on(on)
        if due == FreezeDue.ENDING:
            return freeze_terms.ending(freezes, on=on, days=notice.before)
        return freeze_terms.lapsed(freezes, on=on, days=notice.after)

    def of_words(self, freezes: QuerySet[Freeze], name: str, text: str) -> QuerySet[Freeze]:
        written = rules.plain(text)
        return freezes.filter(Q(member_account__number=written) | Q(document=text.strip()))


class BanFilter(django_filters.FilterSet):
    """By account or paper number, by status and ground. Names are looked for by POST, on the search page."""

    q = django_filters.CharFilter(
        label="限制", method="of_words", widget=TextInput(attrs={"placeholder": "个人账号或处理决定书编号"})
    )
    status = django_filters.ChoiceFilter(
        label="状态", choices=BanStatus.choices, empty_label="全部", error_messages=NOT_LISTED
    )
    ground = django_filters.ChoiceFilter(
        label="违规类型", choices=BanGround.choices, empty_label="全部", error_messages=NOT_LISTED
    )

    class Meta:
        model = Ban
        fields: list[str] = []

    @property
    def found(self) -> QuerySet[Ban]:
        """The rows, the newest first; none when a condition cannot be read."""
        if not self.is_valid():
            return self.queryset.none()
        return self.qs.order_by("-pk")

    def of_words(self, bans: QuerySet[Ban], name: str, text: str) -> QuerySet[Ban]:
        owners = MemberAccount.objects.filter(number=rules.plain(text)).values("member")
        return bans.filter(Q(member__in=owners) | Q(document=text.strip()))


class DeadlineFilter(Form):
    """By kind, office and whether it is late already."""

    LATE, DUE = "late", "due"
    kind = ChoiceField(
        label="类别", choices=[("", "全部"), *DeadlineKind.choices], required=False, error_messages=NOT_LISTED
    )
    branch = ModelChoiceField(
        label="管理部",
        queryset=Branch.objects.order_by("code"),
        empty_label="全部",
        required=False,
        error_messages=NOT_LISTED,
    )
    state = ChoiceField(
        label="状态",
        choices=[("", "全部"), (LATE, "已逾期"), (DUE, "未到期")],
        required=False,
        error_messages=NOT_LISTED,
    )

    def narrowed(self, rows: list[Deadline]) -> list[Deadline]:
        """The rows asked for; none when a condition cannot be read."""
        if not self.is_valid():
            return []
        asked = self.cleaned_data
        return [
            row
            for row in rows
            if asked["kind"] in ("", row.kind)
            and (asked["branch"] is None or row.branch == asked["branch"].name)
            and (not asked["state"] or (row.days_left < 0) == (asked["state"] == self.LATE))
        ]


class MemberAccountFilter(django_filters.FilterSet):
    """By status. Who is looked for by name is asked for by POST: addresses are logged."""

    status = django_filters.ChoiceFilter(
        label="状态", choices=MemberAccountStatus.choices, empty_label="全部", error_messages=NOT_LISTED
    )

    class Meta:
        model = MemberAccount
        fields: list[str] = []

    @property
    def found(self) -> QuerySet[MemberAccount]:
        """The rows, in order; none when a condition cannot be read."""
        if not self.is_valid():
            return self.queryset.none()
        return self.qs.select_related("member", "ledger_account").order_by("number")


class StatementPeriod(Form):
    """The first and the last day of a statement 明细期间, as the address asks for them."""

    since = DateField(
        label="起始日期",
        required=False,
        widget=DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages=NOT_A_DAY,
    )
    until = DateField(
        label="截止日期",
        required=False,
        widget=DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages=NOT_A_DAY,
    )


class StatementFilter:
    """The period of a statement 明细期间, first and last day included. It begins with last year where nobody says."""

    def __init__(self, account: MemberAccount, asked: QueryDict, *, on: date) -> None:
        """The statement of an account as the address asks for it."""
        usual = {"since": date(on.year - 1, 1, 1).isoformat(), "until": on.isoformat()}
        self.form = StatementPeriod({name: asked.get(name, day) for name, day in usual.items()})
        self._account, self._on = account, on

    @property
    def found(self) -> QuerySet[Any, Any]:
        """The entries, newest first; none when a day cannot be read."""
        if not self.form.is_valid():
            return Entry.objects.none()
        return queries.entries_of(self._account, *self._days).reverse()

    @cached_property
    def rows(self) -> list[Any] | QuerySet[Any, Any]:
        """The entries for a page of them: read at once where they fill no more than one, as those of two years do."""
        if not self.form.is_valid():
            return []
        newest = queries.newest_entries_of(self._account, *self._days, most=PER_PAGE + 1)
        return newest if len(newest) <= PER_PAGE else self.found

    @property
    def totals(self) -> tuple[Decimal, Decimal]:
        """What came in and what went out in the period 本期收入和支出, in yuan, both positive."""
        if isinstance(self.rows, list):
            changes = [row["change"] for row in self.rows]
            return sum((moved for moved in changes if moved > 0), ZERO), -sum(
                (moved for moved in changes if moved < 0), ZERO
            )
        sums = self.found.aggregate(
            came=Sum("change", filter=Q(change__gt=0), default=ZERO),
            went=Sum("change", filter=Q(change__lt=0), default=ZERO),
        )
        return sums["came"], -sums["went"]

    @property
    def _days(self) -> tuple[date, date]:
        """The first day and the one after the last, within the life of the account."""
        since, until = self.form.cleaned_data["since"], self.form.cleaned_data["until"]
        opened_on = self._account.opened_on
        return max(since or opened_on, opened_on), min(until or self._on, self._on) + timedelta(days=1)

    def excel_rows(self) -> Iterator[list[object]]:
        """The entries for a spreadsheet, oldest first, so that the balance runs down the sheet."""
        for row in self.found.reverse().iterator():
            change: Decimal = row["change"]
            came, went = (change, None) if change >= 0 else (None, -change)
            yield [row["booked_on"], row["kind"], row["why"], came, went, row["balance"], row["voucher_id"]]
