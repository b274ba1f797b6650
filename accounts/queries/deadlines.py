"""Statutory terms 法定期限: what is due at which employer, until when, and how late it is. Computed, never stored."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Case, Exists, F, Min, OuterRef, Q, QuerySet, Subquery, When

from access.models import User
from accounts import rules
from accounts.models import Employer, Handler, MemberAccount
from accounts.queries import freezes
from accounts.queries.employers import employers_seen_by, registrations_seen_by
from accounts.queries.freeze_terms import ending
from accounts.states import DeadlineKind, EmployerStatus, MemberAccountStatus, RegistrationStatus
from hpf.months import Month
from policy.queries import numbers_on
from policy.states import TermName

SHOWN = ("number", "name", "branch__name")
PAYING = Q(status=MemberAccountStatus.NORMAL)


@dataclass(frozen=True, slots=True)
class Deadline:
    """One term 一项期限. `days_left` below zero: days late. `address` is the URL name of the page, `pk` its number."""

    kind: DeadlineKind
    number: str
    name: str
    branch: str
    due_on: date
    days_left: int
    what: str
    address: str
    pk: int


@dataclass(frozen=True, slots=True)
class Terms:
    """The statutory terms of a day, and how long the work list shows what they touch, in days 法定期限."""

    register: int
    late_shown: int
    set_up: int
    pay: int
    mandate_notice: int
    freeze_notice: int


@dataclass(frozen=True, slots=True)
class Arrears:
    """The earliest month an employer has not paid 欠缴: its last day, and how many months are past theirs."""

    month: Month
    due_on: date
    months: int


def terms_on(day: date) -> Terms:
    """The statutory terms that hold on a day 法定期限参数.

    Raises:
        NoTerm: one is missing on that day.
    """
    names = (
        TermName.REGISTER_DAYS,
        TermName.LATE_REGISTER_DAYS,
        TermName.SETUP_DAYS,
        TermName.DUE_DAYS,
        TermName.MANDATE_NOTICE_DAYS,
        TermName.FREEZE_NOTICE_DAYS,
    )
    return Terms(*numbers_on(names, day))


def deadlines_seen_by(user: User, *, on: date) -> list[Deadline]:
    """Every statutory term a person has to watch 法定期限工作台, the earliest first.

    Applications wait for the clerk, freezes are renewed or end; the other terms are the employers'. A month shows from
    its pay day on, a mandate or a freeze some days before its end, a late registration for some days after it was made.

    Raises:
        NoTerm: a term is missing on that day.
    """
    terms, employers = terms_on(on), employers_seen_by(user).select_related("branch")
    found = [
        *_applications(user, on),
        *_registrations(employers, terms, on),
        *_set_ups(employers, terms, on),
        *_payments(employers, terms, on),
        *_mandates(user, terms, on),
        *_freezes(user, terms, on),
    ]
    return sorted(found, key=lambda one: (one.due_on, one.kind, one.number))


def arrears_of(employer: Employer, *, on: date) -> Arrears | None:
    """The earliest month the employer has not paid, and how many are late 欠缴月数 (R-413).

    None for an employer that owes nothing now: nobody contributes, or it is deferred, sealed or closed.
    """
    [days] = numbers_on([TermName.DUE_DAYS], on)
    for row, month in _owing(Employer.objects.filter(pk=employer.pk)):
        return _arrears(row, month, days, on)
    return None


def _applications(user: User, on: date) -> Iterator[Deadline]:
    waiting = registrations_seen_by(user).filter(status=RegistrationStatus.SUBMITTED).select_related("branch")
    for row in waiting.order_by("pk"):
        left = (row.submitted_on - on).days
        what = f"{row.submitted_on} 提交，已等待 {-left} 天"
        place = (row.number, row.name, row.branch.name, row.submitted_on, left, what)
        yield Deadline(DeadlineKind.APPLICATION, *place, "accounts:registration", row.pk)


def _registrations(employers: QuerySet[Employer], terms: Terms, on: date) -> Iterator[Deadline]:
    lately = employers.filter(opened_on__gt=on - timedelta(days=terms.late_shown))
    late_ones = lately.filter(opened_on__gt=F("established_on") + timedelta(days=terms.register))
    for row in late_ones.exclude(status=EmployerStatus.CLOSED).order_by("pk"):
        begun: Any = row.established_on
        late = -rules.days_left(begun, terms.register, on=row.opened_on)
        what = f"{begun} 成立，{row.opened_on} 登记，逾期 {late} 天"
        due_on = begun + timedelta(days=terms.register)
        yield _of(DeadlineKind.REGISTRATION, row, due_on, -late, what)


def _set_ups(employers: QuerySet[Employer], terms: Terms, on: date) -> Iterator[Deadline]:
    for row in employers.filter(status=EmployerStatus.OPENED).order_by("pk").only(*SHOWN, "opened_on"):
        left, due_on = rules.days_left(row.opened_on, terms.set_up, on=on), row.opened_on + timedelta(days=terms.set_up)
        yield _of(DeadlineKind.SETUP, row, due_on, left, f"{row.opened_on} 登记，尚无职工开户")


def _payments(employers: QuerySet[Employer], terms: Terms, on: date) -> Iterator[Deadline]:
    month = Month.of(on)
    unpaid = employers.filter(Q(paid_to=None) | Q(paid_to__lt=str(month)))
    if on + timedelta(days=1) < month.next().first_day:  # on its last day every pay day of the month has come
        unpaid = unpaid.exclude(paid_to=str(month.plus(-1)), pay_day__gt=on.day)
    for row, first in _owing(unpaid.only(*SHOWN, "pay_day", "paid_to")):
        owed = _arrears(row, first, terms.pay, on)
        if owed.due_on - timedelta(days=terms.pay) > on:
            continue
        late = f"，已逾期 {owed.months} 个月" if owed.months else ""
        what = f"{owed.month} 未入账{late}；缴至 {row.paid_to or '无'}"
        yield _of(DeadlineKind.PAYMENT, row, owed.due_on, (owed.due_on - on).days, what)


def _mandates(user: User, terms: Terms, on: date) -> Iterator[Deadline]:
    ending = Handler.objects.filter(ended_on=None, until__lte=on + timedelta(days=terms.mandate_notice))
    seen = ending.filter(employer__in=employers_seen_by(user).exclude(status=EmployerStatus.CLOSED))
    for row in seen.select_related("employer__branch", "user").order_by("pk"):
        until: Any = row.until
        what = f"经办人 {row.user.name}（{row.user.username}）的授权{'已到期' if until < on else '将到期'}"
        yield _of(DeadlineKind.MANDATE, row.employer, until, (until - on).days, what)


def _freezes(user: User, terms: Terms, on: date) -> Iterator[Deadline]:
    for row in ending(freezes.freezes_seen_by(user), on=on, days=terms.freeze_notice):
        until: Any = row.until
        account = row.member_account
        what = f"{account.member.name} 的{row.get_ground_display()}（{row.document}）届满自动解冻，续冻须在期限内办理"
        place = (account.number, account.employer.name, account.employer.branch.name, until, (until - on).days, what)
        yield Deadline(DeadlineKind.FREEZE, *place, "accounts:freeze", row.pk)


def _owing(employers: QuerySet[Employer]) -> Iterator[tuple[Employer, Month]]:
    """Employers that contribute, each with the first month it has not paid: its first member's, if it never paid."""
    contributing = MemberAccount.objects.filter(PAYING, employer=OuterRef("pk")).order_by()
    first = contributing.values("employer").annotate(first=Min("first_month")).values("first")
    rows = employers.filter(Exists(contributing), status__in=(EmployerStatus.OPENED, EmployerStatus.NORMAL))
    for row in rows.annotate(begun=Case(When(paid_to=None, then=Subquery(first)))).order_by("pk"):
        yield row, Month.parse(row.paid_to).next() if row.paid_to else Month.parse(row.begun)


def _arrears(row: Employer, month: Month, days: int, on: date) -> Arrears:
    late = rules.months_late(month, row.pay_day, days, on=on)
    return Arrears(month, rules.payment_due_on(month, row.pay_day, days), late)


def _of(kind: DeadlineKind, row: Employer, due_on: date, left: int, what: str) -> Deadline:
    return Deadline(kind, row.number, row.name, row.branch.name, due_on, left, what, "accounts:employer", row.pk)
