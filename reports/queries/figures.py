"""The figures of the manager's desk 看板数字: read from day totals and business rows, each in one statement.

Every figure is about a sight 报表范围. Months end with the one of the day asked about.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Count, F, Max, Min, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce, TruncMonth

from access.models import Branch
from accounts.models import Employer, MemberAccount
from accounts.states import MemberAccountStatus
from banking.models import Receipt
from deposits.models import Identification, Remittance
from deposits.states import DAYS_OF_AGE, RemittanceStatus, SuspenseAge
from hpf.money import ZERO
from hpf.months import Month
from ledger.models import Money
from reports.queries.contributions import ACTIVE, PAYING
from reports.queries.sights import Sight
from withdrawals.models import Withdrawal
from withdrawals.states import LEFT

SAVINGS = "201"  # 住房公积金
Shown = TypeVar("Shown")
EXPENSE = "41101"  # 住房公积金利息支出
SETTLEMENT = "deposits.interest_settlement"


@dataclass(frozen=True, slots=True)
class SavingsMonth:
    """What one calendar month moved on members' savings 当月公积金变动, in yuan; the balance at its end.

    Of what came and went, `interest` was paid by the year's settlement or as an account was closed, `moved_in` and
    `moved_out` only changed the office with their member, and `came_back` had been withdrawn and was not paid.
    """

    month: Month
    came: Decimal
    went: Decimal
    interest: Decimal
    moved_in: Decimal
    moved_out: Decimal
    came_back: Decimal
    balance: Decimal

    @property
    def deposits(self) -> Decimal:
        """What was deposited 归集额: all that came but interest, moved savings and withdrawals that came back."""
        return self.came - self.interest - self.moved_in - self.came_back

    @property
    def paid_out(self) -> Decimal:
        """What left the fund 提取额, less what came back of it 冲回, in yuan."""
        return self.went - self.moved_out - self.came_back


# Closed days from their totals, days still open from their entries. What a settlement paid is its total, less what it
# gave back to the expense: one account each, found by its key, instead of a line for each member. A closing brings its
# interest first; undone, it takes that away again, which is neither a deposit nor a withdrawal.
SAVINGS_BY_MONTH = """
with closed as (
    select coalesce(max(day), date '1900-01-01') as day from ledger_businessday where status = 'CLOSED'
), opening as (
    select coalesce(-sum(o.closing), 0) as balance
    from access_branch b cross join lateral (
        select t.closing from ledger_daytotal t
        where t.chart_id = %(savings)s and t.branch_id = b.id and t.account_id is null and t.day < %(since)s
        order by t.day desc limit 1
    ) o
    where %(branch)s::smallint is null or b.id = %(branch)s
), moved as (
    select date_trunc('month', t.day)::date as month, sum(t.credit) as came, sum(t.debit) as went, 0 as interest,
           0 as moved_in, 0 as moved_out, 0 as came_back
    from ledger_daytotal t
    where t.chart_id = %(savings)s and t.day >= %(since)s and t.day <= %(on)s
      and (%(branch)s::smallint is null or t.branch_id = %(branch)s)
    group by 1
    union all
    select date_trunc('month', e.booked_on)::date, coalesce(sum(e.amount) filter (where e.side = 'C'), 0),
           coalesce(sum(e.amount) filter (where e.side = 'D'), 0), 0, 0, 0, 0
    from ledger_entry e
    where e.chart_id = %(savings)s and e.booked_on > (select day from closed) and e.booked_on >= %(since)s
      and e.booked_on <= %(on)s and (%(branch)s::smallint is null or e.branch_id = %(branch)s)
    group by 1
    union all
    select date_trunc('month', v.booked_on)::date, 0, 0, sum(v.total - coalesce(e.amount, 0)), 0, 0, 0
    from ledger_voucher v
    join access_branch b on v.source = v.booked_on || ':' || b.code
    left join ledger_ledgeraccount a on a.chart_id = %(expense)s and a.branch_id = b.id and a.shared
    left join ledger_entry e on e.account_id = a.id and e.booked_on = v.booked_on and e.voucher_id = v.id
        and e.side = 'C'
    where v.kind_id = %(settlement)s and v.booked_on >= %(since)s and v.booked_on <= %(on)s
      and (%(branch)s::smallint is null or b.id = %(branch)s)
    group by 1
    union all
    select date_trunc('month', v.booked_on)::date, 0, 0, 0,
           coalesce(sum(v.total) filter (where %(branch)s::smallint is null or n.branch_id = %(branch)s), 0),
           coalesce(sum(v.total) filter (where %(branch)s::smallint is null or o.branch_id = %(branch)s), 0), 0
    from accounts_transfer t
    join ledger_voucher v on v.id = t.voucher_id
    join ledger_ledgeraccount o on o.id = t.from_ledger_account_id
    join ledger_ledgeraccount n on n.id = t.to_ledger_account_id
    where v.booked_on >= %(since)s and v.booked_on <= %(on)s
    group by 1
    union all
    select date_trunc('month', p.paid_on)::date, 0, 0, sum(p.interest), 0, 0, 0
    from ledger_payout p join ledger_ledgeraccount a on a.id = p.account_id
    where a.chart_id = %(savings)s and p.paid_on >= %(since)s and p.paid_on <= %(on)s
      and (%(branch)s::smallint is null or a.branch_id = %(branch)s)
    group by 1
    union all
    select date_trunc('month', u.booked_on)::date, -sum(i.back), -sum(i.back), -sum(i.back), 0, 0,
           sum(p.amount + p.interest)
    from ledger_payout p
    join ledger_voucher u on u.id = p.undone_by_id
    join ledger_ledgeraccount a on a.id = p.account_id
    cross join lateral (select u.total - p.amount - p.interest as back) i
    where a.chart_id = %(savings)s and u.booked_on >= %(since)s and u.booked_on <= %(on)s
      and (%(branch)s::smallint is null or a.branch_id = %(branch)s)
    group by 1
)
select m.month::date, coalesce(sum(d.came), 0), coalesce(sum(d.went), 0), coalesce(sum(d.interest), 0),
       coalesce(sum(d.moved_in), 0), coalesce(sum(d.moved_out), 0), coalesce(sum(d.came_back), 0),
       (select balance from opening) + sum(coalesce(sum(d.came - d.went), 0)) over (order by m.month)
from generate_series(%(since)s::date, %(on)s::date, interval '1 month') m (month)
left join moved d on d.month = m.month::date
group by m.month
order by m.month
"""


def savings_by_month(sight: Sight, *, on: date, months: int) -> list[SavingsMonth]:
    """What each of the last months moved on members' savings, and the balance 每月归集额和缴存余额, in yuan.

    Months before the fund began are left out; two remain in any case.
    """
    asked = {"since": Month.of(on).plus(1 - months).first_day, "on": on, "branch": sight.branch_id}
    with connection.cursor() as cursor:
        cursor.execute(SAVINGS_BY_MONTH, asked | {"savings": SAVINGS, "expense": EXPENSE, "settlement": SETTLEMENT})
        found = [SavingsMonth(Month.of(month), *amounts) for month, *amounts in cursor.fetchall()]
    return _since_it_began(found, lambda one: bool(one.balance or one.came))


@dataclass(frozen=True, slots=True)
class WithdrawnMonth:
    """What was granted in one calendar month and has not come back 当月提取: yuan by category, and how many."""

    month: Month
    amounts: Mapping[str, Decimal]
    count: int = 0

    @property
    def total(self) -> Decimal:
        """All categories together 提取合计, in yuan."""
        return sum(self.amounts.values(), ZERO)


def withdrawn_by_month(sight: Sight, *, since: Month, on: date) -> list[WithdrawnMonth]:
    """What was withdrawn each month from `since` on, by its purpose 每月各类提取额, closings with their interest."""
    granted = Withdrawal.objects.filter(status__in=LEFT, decided_on__gte=since.first_day, decided_on__lte=on)
    if sight.branch_id is not None:
        granted = granted.filter(branch=sight.branch_id)
    rows = granted.order_by().annotate(month=TruncMonth("decided_on")).values("month", "category")
    sums = rows.annotate(count=Count("pk"), amount=_sum("granted") + _sum("interest"))
    amounts: dict[Month, dict[str, Decimal]] = defaultdict(dict)
    counts: dict[Month, int] = defaultdict(int)
    for day, category, count, amount in sums.values_list("month", "category", "count", "amount"):
        amounts[Month.of(day)][category] = amount
        counts[Month.of(day)] += count
    return [WithdrawnMonth(month, amounts[month], counts[month]) for month in since.until(Month.of(on).next())]


@dataclass(frozen=True, slots=True)
class PaidMonth:
    """Who paid for one contribution month 某缴存年月的实缴情况; `waiting` is handed in and not allocated, in yuan."""

    month: Month
    employers: int = 0
    members: int = 0
    amount: Decimal = ZERO
    waiting: Decimal = ZERO


def paid_months(sight: Sight, *, on: date, months: int) -> list[PaidMonth]:
    """Who paid for each of the last contribution months 实缴职工和单位; those before the fund began are left out."""
    last = Month.of(on)
    listed = Remittance.objects.regular().filter(employer__in=sight.employers)
    paid, waits = Q(status=RemittanceStatus.ALLOCATED), Q(status=RemittanceStatus.SUBMITTED)
    rows = (
        listed.filter(month__gte=str(last.plus(1 - months)), month__lte=str(last))
        .order_by()
        .values("month")
        .annotate(
            employers=Count("employer", filter=paid),
            members=Coalesce(Sum("headcount", filter=paid), 0),
            amount=_sum("total", paid),
            waiting=_sum("total", waits),
        )
    )
    found = {row["month"]: (row["employers"], row["members"], row["amount"], row["waiting"]) for row in rows}
    every = [PaidMonth(month, *found.get(str(month), ())) for month in last.plus(1 - months).until(last.next())]
    return _since_it_began(every, lambda one: bool(one.employers or one.waiting))


@dataclass(frozen=True, slots=True)
class BranchFigures:
    """One office beside the others 网点对比: people, employers, savings and unallocated money, in yuan."""

    branch: Branch
    paying_employers: int
    paying_members: int
    sealed_members: int
    savings: Decimal
    unallocated: Decimal


def branch_figures(branches: Iterable[Branch], *, on: date) -> list[BranchFigures]:
    """Employers, members and money of each office 网点对比."""
    employers = _by_office(
        Employer.objects.values(office=F("branch")).annotate(
            paying=Count("pk", filter=Q(status__in=PAYING)), money=_sum("unallocated__balance")
        )
    )
    members = _by_office(
        MemberAccount.objects.values(office=F("employer__branch")).annotate(
            paying=Count("pk", filter=ACTIVE),
            sealed=Count("pk", filter=Q(status=MemberAccountStatus.SEALED)),
        )
    )
    savings, nobody = _savings_by_branch(on), {"paying": 0, "sealed": 0, "money": ZERO}
    rows = [(branch, employers.get(branch.pk, nobody), members.get(branch.pk, nobody)) for branch in branches]
    return [
        BranchFigures(
            *(branch, firms["paying"], people["paying"], people["sealed"]),
            *(savings.get(branch.pk, ZERO), firms["money"]),
        )
        for branch, firms, people in rows
    ]


# The balance of the last closed day of each office, and what its entries moved since.
SAVINGS_BY_BRANCH = """
with closed as (
    select coalesce(max(day), date '1900-01-01') as day from ledger_businessday where status = 'CLOSED'
)
select b.id, coalesce(-o.closing, 0) + coalesce(m.moved, 0)
from access_branch b
left join lateral (
    select t.closing from ledger_daytotal t
    where t.chart_id = %(savings)s and t.branch_id = b.id and t.account_id is null and t.day <= %(on)s
    order by t.day desc limit 1
) o on true
left join (
    select e.branch_id, sum(case e.side when 'C' then e.amount else -e.amount end) as moved
    from ledger_entry e
    where e.chart_id = %(savings)s and e.booked_on > (select day from closed) and e.booked_on <= %(on)s
    group by 1
) m on m.branch_id = b.id
"""


def _savings_by_branch(on: date) -> dict[int, Decimal]:
    with connection.cursor() as cursor:
        cursor.execute(SAVINGS_BY_BRANCH, {"savings": SAVINGS, "on": on})
        return dict(cursor.fetchall())


@dataclass(frozen=True, slots=True)
class Aged:
    """Money that waits, of one age 账龄, in yuan; `held` of it waits to be refunded."""

    age: SuspenseAge
    count: int = 0
    amount: Decimal = ZERO
    held: Decimal = ZERO


def of_age(field: str, age: SuspenseAge, on: date) -> Q:
    """Rows dated so long ago 账龄; what is dated later has waited no day."""
    least, most = DAYS_OF_AGE[age]
    waited = Q(**{f"{field}__lte": on - timedelta(days=least)}) if least else Q()
    return waited & Q(**{f"{field}__gte": on - timedelta(days=most)}) if most else waited


def unidentified_by_age(*, on: date) -> list[Aged]:
    """Receipts nobody has claimed by how long they have waited 待认领资金账龄; they belong to no office yet."""
    ages: dict[str, Any] = {}
    for age in SuspenseAge:
        waited = of_age("paid_on", age, on)
        ages |= {f"{age}_count": Count("pk", filter=waited), f"{age}_amount": _sum("unclaimed", waited)}
    found = Receipt.objects.filter(unclaimed__gt=0).aggregate(**ages)
    return [Aged(age, found[f"{age}_count"], found[f"{age}_amount"]) for age in SuspenseAge]


def with_unallocated(employers: QuerySet[Employer]) -> QuerySet[Any, Any]:
    """The employers with money that is nobody's savings yet 有单位暂存款的单位, with `balance`, `held` and `came_on`.

    `came_on` is the day money of theirs was last identified: since then nothing new has come to it.
    """
    came = Identification.objects.filter(employer=OuterRef("pk")).order_by()
    last = came.values("employer").annotate(last=Max("on")).values("last")
    waiting = employers.filter(unallocated__balance__gt=0)
    money = {"balance": F("unallocated__balance"), "held": F("unallocated__held")}
    return waiting.annotate(**money, came_on=Subquery(last))


def unallocated_by_age(sight: Sight, *, on: date) -> list[Aged]:
    """Employers' unallocated money by how long nothing new has come to it 单位暂存款账龄."""
    counts, amounts = dict.fromkeys(SuspenseAge, 0), dict.fromkeys(SuspenseAge, ZERO)
    held = dict.fromkeys(SuspenseAge, ZERO)
    for came_on, balance, kept in with_unallocated(sight.employers).values_list("came_on", "balance", "held"):
        waited = max(0, (on - (came_on or on)).days)
        age = next(age for age, (_least, most) in DAYS_OF_AGE.items() if most is None or waited <= most)
        counts[age] += 1
        amounts[age] += balance
        held[age] += kept
    return [Aged(age, counts[age], amounts[age], held[age]) for age in SuspenseAge]


@dataclass(frozen=True, slots=True)
class ReceiptDay:
    """What arrived on one day 当日到账, in yuan."""

    day: date
    count: int = 0
    amount: Decimal = ZERO


def receipts_by_day(*, on: date, days: int) -> list[ReceiptDay]:
    """What arrived on each of the last days 每日到账; receipts belong to the whole centre."""
    since = on - timedelta(days=days - 1)
    arrived = Receipt.objects.filter(paid_on__gte=since, paid_on__lte=on).order_by()
    rows = arrived.values_list("paid_on").annotate(count=Count("pk"), sum=Sum("amount"))
    found = {day: ReceiptDay(day, count, amount) for day, count, amount in rows}
    every = [since + timedelta(days=place) for place in range(days)]
    return [found.get(day, ReceiptDay(day)) for day in every]


@dataclass(frozen=True, slots=True)
class WaitingLists:
    """Lists handed in whose money has not come 待到账清册, in yuan; `oldest` is their first month."""

    count: int
    amount: Decimal
    oldest: str | None


def waiting_lists(sight: Sight) -> WaitingLists:
    """The lists that wait for money 待到账清册."""
    rows = Remittance.objects.filter(status=RemittanceStatus.SUBMITTED, employer__in=sight.employers)
    return WaitingLists(**rows.aggregate(count=Count("pk"), amount=_sum("total"), oldest=Min("month")))


def _since_it_began(months: list[Shown], is_something: Callable[[Shown], bool]) -> list[Shown]:
    first = next((place for place, one in enumerate(months) if is_something(one)), len(months))
    return months[min(first, len(months) - 2) :]


def _sum(field: str, only: Q | None = None) -> Coalesce:
    return Coalesce(Sum(field, filter=only), ZERO, output_field=Money())


def _by_office(rows: QuerySet[Any, Any]) -> dict[int, dict[str, Any]]:
    return {row["office"]: row for row in rows.order_by()}
