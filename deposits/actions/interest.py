"""Account interest 账户计息: accrued each night in sum, paid to every account on the settling day.

The ledger keeps each account's interest numbers as its money moves, so a night reads one sum for each branch and
writes one voucher; nothing is written on a quiet account until the year is settled.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import Coalesce

from access.models import Branch, User
from audit.actions import trail
from deposits import rules
from deposits.queries import kept_day_count
from hpf.errors import Refusal
from hpf.money import ZERO
from ledger.actions import opening, posting
from ledger.models import BusinessDay, Entry, LedgerAccount, Voucher
from ledger.queries import internal_balance
from policy.queries import Rate, interest_rates, interest_terms_on, rate_on, term_on
from policy.states import DayCount, TermName

ACCRUAL = "deposits.interest_accrual"
SETTLEMENT = "deposits.interest_settlement"
SAVINGS = "201"  # 住房公积金
PAYABLE = "211"  # 应付利息
EXPENSE = "41101"  # 住房公积金利息支出


class RateChanged(Refusal):
    """The two parts of a balance had different rates in a year that is cut 分段结息."""

    message = (
        "账户存款利率在本结息年度内（{day}）有调整，且上年结转与当年归集利率不同，账面积数不能按段拆分；"
        "请中心确认分段规则，或将参数“利率调整是否分段计息”设为否后重新办理日终"
    )
    code = "rate_changed"


@dataclass(frozen=True, slots=True)
class _Year:
    """The interest year that ends: its first day, the first day of the next, its rates and day count."""

    first: date
    end: date
    rates: list[Rate]
    day_count: DayCount

    @property
    def divisor(self) -> int:
        return 100 * rules.DAYS_OF_YEAR[self.day_count]


# What all accounts of a branch hold that earns, in both parts, where the night's voucher does not stand already.
EARNING = """
select b.id, b.code, s.carried, s.current
from (
    select branch_id, sum(carried) as carried, sum(current) as current
    from ledger_ledgeraccount where bears_interest and closed_on is null group by 1
) s
join access_branch b on b.id = s.branch_id
where not exists (select from ledger_voucher v where v.kind_id = %s and v.source = %s || ':' || b.code)
order by b.id
"""


@transaction.atomic
def accrue(*, by: User, on: date) -> dict[str, int]:
    """Book the interest a day earned on all accounts 计提利息: per branch Dr 利息支出, Cr 应付利息, rounded once.

    Each balance at the end of `on` earns that day. Run again, it leaves alone what is posted. Source: domain event 6.

    Raises:
        NoTerm: rate or day count is missing on that day.
    """
    terms, rate = interest_terms_on(on), rate_on(on)
    with connection.cursor() as cursor:
        cursor.execute(EARNING, [ACCRUAL, str(on)])
        sums = {Branch(pk=pk, code=code): parts for pk, code, *parts in cursor.fetchall()}
    tomorrow = on + timedelta(days=1)
    earned: dict[Branch, Decimal] = {}
    for branch, both in sums.items():
        parts = zip(both, (rate.carried, rate.current), strict=True)
        numbers = [(rules.interest_number(part, on, tomorrow, terms.day_count), percent) for part, percent in parts]
        earned[branch] = rules.interest_on(numbers, terms.day_count)
    return {"branches": _post_accruals({b: amount for b, amount in earned.items() if amount > ZERO}, by=by, on=on)}


def branches_to_settle(on: date) -> dict[str, int]:
    """The codes of the branches to settle that day, each with its number of accounts 待结息网点; none on most days."""
    settled_on = interest_terms_on(on).settle_day
    if on != settled_on.in_year(on.year):
        return {}
    found = _savings().values("branch__code").annotate(accounts=Count("pk")).order_by("branch__code")
    return dict(found.values_list("branch__code", "accounts"))


@transaction.atomic
def settle_branch(code: str, *, by: User, on: date) -> int:
    """Pay every account of a branch the interest of its year 年度结息, and answer how many accounts were paid.

    On the settling day and after its last movement: one voucher, Cr each account, Dr what was accrued, and the
    difference to the expense. Booked on `on`, it counts for interest from the next day, and all money becomes
    carried-forward money 上年结转 (R-204, R-206). Run again, it leaves alone what is settled.

    Raises:
        RateChanged: the rate changed within the year, and not for all money alike (R-205).
        DayCountNotKept: the day count is not one the books keep.
        NoTerm: a rate or rule is missing.
    """
    branch = Branch.objects.get(code=code)
    settled_on = interest_terms_on(on).settle_day
    posted = Voucher.objects.filter(kind=SETTLEMENT, source=_source(on, branch)).exists()
    if posted or not _savings().filter(branch=branch).exists():
        return 0
    return _settle(branch, _year(on, (settled_on.month, settled_on.day)), by=by, on=on)


def _source(on: date, branch: Branch) -> str:
    return f"{on}:{branch.code}"


def _post_accruals(earned: dict[Branch, Decimal], *, by: User, on: date) -> int:
    if not earned:
        return 0
    accounts = opening.internals([EXPENSE, PAYABLE], [branch.pk for branch in earned], on=on)
    drafts = []
    for branch, amount in earned.items():
        entries = [
            posting.debit(accounts[EXPENSE, branch.pk], amount),
            posting.credit(accounts[PAYABLE, branch.pk], amount),
        ]
        drafts.append(posting.Draft(_source(on, branch), "计提账户利息", entries))
    posting.post_batch(ACCRUAL, drafts, by=by, on=on)
    amounts = {branch.code: amount for branch, amount in earned.items()}
    trail.note("accrue_interest", BusinessDay(day=on), by=by, on=on, amounts=amounts)
    return len(earned)


def _year(on: date, settled_on: tuple[int, int]) -> _Year:
    first, end = rules.interest_year(on, settled_on=settled_on)
    day_count = kept_day_count(on)
    rates = interest_rates(first, end)
    if not term_on(TermName.SEGMENT_ON_CHANGE, on):
        rates = rates[-1:]
    if len(rates) > 1 and any(rate.carried != rate.current for rate in rates):
        raise RateChanged(day=rates[-1].from_)
    return _Year(first, end, rates, day_count)


# What the numbers earn. They are kept for the whole year, so one rate must hold for each part of the balance.
BY_NUMBERS = """
with owed as materialized (
    select a.id, (a.carried_number + a.carried * (%s - a.counted_to)) * %s
        + (a.current_number + a.current * (%s - a.counted_to)) * %s as yearly
    from ledger_ledgeraccount a
    where a.bears_interest and a.closed_on is null and a.branch_id = %s
      and (a.balance <> 0 or a.carried_number <> 0 or a.current_number <> 0)
)"""

# What stretches with a rate each earn: the entries of the year are laid against them, and the balance it began with.
# Days that the numbers hold beyond this year, of an account that was never settled, earn the first rate. What a member
# saved at another office before a transfer stands in the account there, and counts here.
BY_STRETCHES = """
with recursive stretch as (
    select * from unnest(%s::date[], %s::date[], %s::numeric[]) s (since, until, rate)
), year as (
    select min(since) as since, max(until) as until, sum((until - since) * rate) as weight,
           (array_agg(rate order by since))[1] as first_rate
    from stretch
), came as (
    select from_ledger_account_id as earlier, to_ledger_account_id as now
    from accounts_transfer where to_ledger_account_id is not null
    union all
    select t.from_ledger_account_id, c.now from came c join accounts_transfer t on t.to_ledger_account_id = c.earlier
), moved as materialized (
    select a.id as account_id, sum(m.amount) as amount, sum(m.amount * (y.until - e.interest_on)) as number,
           sum(m.amount * w.weight) as weighted
    from ledger_entry e
    left join came c on c.earlier = e.account_id
    join ledger_ledgeraccount a
        on a.id = coalesce(c.now, e.account_id) and a.bears_interest and a.closed_on is null and a.branch_id = %s
    cross join year y
    cross join lateral (select a.sign * case e.side when 'D' then e.amount else -e.amount end as amount) m
    cross join lateral (
        select sum(s.rate * greatest(0, s.until - greatest(s.since, e.interest_on))) as weight from stretch s
    ) w
    where e.booked_on >= %s and e.interest_on >= y.since and e.interest_on < y.until
      and not exists (select from accounts_transfer t where t.voucher_id = e.voucher_id)
    group by a.id
), owed as materialized (
    select a.id, n.opening * y.weight + coalesce(m.weighted, 0) + y.first_rate * (
        n.number - n.opening * (y.until - y.since) - coalesce(m.number, 0)) as yearly
    from ledger_ledgeraccount a
    cross join year y
    left join moved m on m.account_id = a.id
    cross join lateral (
        select a.balance - coalesce(m.amount, 0) as opening,
               a.carried_number + a.current_number + a.balance * (y.until - a.counted_to) as number
    ) n
    where a.bears_interest and a.closed_on is null and a.branch_id = %s
      and (a.balance <> 0 or a.carried_number <> 0 or a.current_number <> 0)
)"""

# Whole fen by integer division, half up and once: numeric division would round a long quotient before round() does.
INTEREST = """, interest as materialized (
    select id, div(200 * yearly + d.divisor, 2 * d.divisor) * 0.01 as amount
    from owed cross join (select %s::numeric as divisor) d
)"""
# An account that earned nothing stands in it with nothing: it is carried forward without an entry. What was accrued is
# used up, or made good where closings took more than that, and the expense bears the difference.
IN_LINES = """
select id as account, 'C' as side, amount from interest
union all
select account, side, abs(amount) from (
    select %s::bigint as account, case when accrued > 0 then 'D' else 'C' end as side, accrued as amount
    from (select %s::numeric as accrued) payable
    union all
    select %s::bigint, case when sum(amount) > %s then 'D' else 'C' end, sum(amount) - %s from interest
) books where amount <> 0
"""


def _owed(branch: Branch, year: _Year) -> tuple[str, list[Any]]:
    """The query of what each account of a branch is owed, and its values."""
    if len(year.rates) == 1:
        rate = year.rates[0]
        return BY_NUMBERS + INTEREST, [year.end, rate.carried, year.end, rate.current, branch.pk, year.divisor]
    since = [rate.from_ for rate in year.rates]
    stretches = [since, [*since[1:], year.end], [rate.current for rate in year.rates]]
    # A settlement's entries count from the year's first day and are booked on the day before.
    return BY_STRETCHES + INTEREST, [
        *stretches, branch.pk, year.first - timedelta(days=1), branch.pk, year.divisor,
    ]  # fmt: skip


def _settle(branch: Branch, year: _Year, *, by: User, on: date) -> int:
    payable = opening.internal(PAYABLE, branch.pk, on=on)
    expense = opening.internal(EXPENSE, branch.pk, on=on)
    accrued = -internal_balance(payable, on)
    owed, values = _owed(branch, year)
    books = [payable, accrued, expense, accrued, accrued]
    select = posting.Select(owed + IN_LINES, [*values, *books], interest_on=year.end)
    why = f"{year.first.year}至{on.year}年度结息"
    voucher = posting.post_query(SETTLEMENT, _source(on, branch), select, by=by, on=on, why=why)
    paid = Entry.objects.filter(booked_on=on, voucher=voucher, chart=SAVINGS)
    found = paid.aggregate(accounts=Count("line"), interest=Coalesce(Sum("amount"), ZERO))
    trail.note("settle_interest", branch, by=by, on=on, accrued=accrued, **found)
    return int(found["accounts"])


def _savings() -> QuerySet[LedgerAccount]:
    """The accounts that have something to carry forward."""
    nothing = {"balance": 0, "carried_number": 0, "current_number": 0}
    return LedgerAccount.objects.filter(bears_interest=True, closed_on=None).exclude(**nothing)
