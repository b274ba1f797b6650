"""A member's interest year 年度结息: what stood, what moved, what it counted for and what was paid for it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import F

from accounts.models import MemberAccount
from accounts.queries import statement_of
from deposits.rules import Movement, interest_year
from hpf.money import ZERO
from hpf.months import Month
from ledger.models import BusinessDay
from ledger.states import BusinessDayStatus
from policy.queries import interest_rates, interest_terms_on, term_on
from policy.states import DayCount, TermName
from reports import rules
from reports.rules import Stretch, StretchNumbers

SETTLEMENT = "deposits.interest_settlement"
EXCEL_HEADER = [
    *["项目", "起始日期", "截止日期", "存入(元)", "转出(元)", "余额(元)", "积数(元·天)", "年利率(%)", "利息(元)"],
]


@dataclass(frozen=True, slots=True)
class MonthMoved:
    """What one calendar month of the year moved 当月变动, in yuan, and the balance at its end."""

    month: Month
    came: Decimal
    went: Decimal
    balance: Decimal


@dataclass(frozen=True)
class InterestYear:
    """A member account's interest year 年度结息对账单: from `first` to, and without, `end`; amounts in yuan.

    `until` is the last day counted. `interest` is what was posted on the settling day, None before it; `so_far` is what
    the numbers earn by the rule, which is the same once it is posted.
    """

    first: date
    end: date
    until: date
    opening: Decimal
    months: list[MonthMoved]
    numbers: list[StretchNumbers]
    day_count: DayCount
    carried: Decimal
    current: Decimal
    interest: Decimal | None
    so_far: Decimal

    @property
    def last(self) -> date:
        return self.end - timedelta(days=1)

    @property
    def came(self) -> Decimal:
        return sum((row.came for row in self.months), ZERO)

    @property
    def went(self) -> Decimal:
        return sum((row.went for row in self.months), ZERO)

    @property
    def closing(self) -> Decimal:
        """The balance at the end, the interest in it 期末余额."""
        return self.carried + self.current + (self.interest or ZERO)


def excel_rows(year: InterestYear) -> Iterator[list[object]]:
    """An interest year as the cells of a table 年度结息对账单导出."""
    empty = [None] * 3
    yield ["期初余额", year.first, None, None, None, year.opening, *empty]
    for row in year.months:
        yield [f"{row.month} 变动", row.month.first_day, None, row.came, row.went, row.balance, *empty]
    for one in year.numbers:
        days = [one.stretch.since, one.stretch.last]
        yield ["上年结转计息", *days, *empty, one.carried, one.stretch.carried_rate, None]
        yield ["当年归集计息", *days, *empty, one.current, one.stretch.current_rate, None]
    interest, label = (year.so_far, "截至目前的利息测算") if year.interest is None else (year.interest, "年度利息")
    yield [label, *empty, None, None, None, None, interest]
    yield ["期末余额", None, year.until, year.came, year.went, year.closing, *empty]


def year_of(day: date) -> tuple[date, date]:
    """The interest year a day lies in 结息年度: its first day, and the first of the next. Raises NoTerm."""
    settle_day = interest_terms_on(day).settle_day
    return interest_year(day, settled_on=(settle_day.month, settle_day.day))


def years_of(account: MemberAccount, *, on: date) -> list[date]:
    """The first days of the interest years an account has lived in 可选年度, the newest first."""
    (first, _), (oldest, _) = year_of(on), year_of(account.opened_on)
    return [first.replace(year=year) for year in range(first.year, oldest.year - 1, -1)]


def interest_statement(account: MemberAccount, first: date, *, on: date) -> InterestYear:
    """The interest year that begins on `first`, up to a day 年度结息对账单 (R-604).

    Raises:
        NoTerm: a rate or rule is missing.
    """
    first, end = year_of(first)
    until = min(end, on + timedelta(days=1))
    entries = statement_of(account, on=until - timedelta(days=1)).filter(booked_on__gte=first).reverse()
    rows: list[dict[str, Any]] = list(entries.annotate(code=F("voucher__kind")))
    paid = [row["change"] for row in rows if row["code"] == SETTLEMENT]
    moved = [row for row in rows if row["code"] != SETTLEMENT]
    opening = _opening(account, first)
    movements = [Movement(row["interest_on"], row["change"]) for row in moved]
    parts = rules.parts_of(opening, movements, first)
    day_count = interest_terms_on(end - timedelta(days=1)).day_count
    numbers = rules.numbers_of(parts, _stretches(first, until), day_count)
    carried, current = (sum((one.amount for one in part), ZERO) for part in parts)
    return InterestYear(
        first=first,
        end=end,
        until=until - timedelta(days=1),
        opening=opening,
        months=list(_by_month(moved, opening, max(first, account.opened_on), until)),
        numbers=numbers,
        day_count=day_count,
        carried=carried,
        current=current,
        interest=sum(paid, ZERO) if paid or _is_settled(end) else None,
        so_far=rules.interest_of(numbers, day_count),
    )


def _is_settled(end: date) -> bool:
    """Whether the settling day is closed: an account without an entry of it earned nothing."""
    return BusinessDay.objects.filter(day=end - timedelta(days=1), status=BusinessDayStatus.CLOSED).exists()


def _opening(account: MemberAccount, first: date) -> Decimal:
    """The balance the year begins with: what the last entry before it left, last year's interest in it."""
    last: dict[str, Any] | None = statement_of(account, on=first - timedelta(days=1)).first()
    return last["balance"] if last else ZERO


def _stretches(first: date, until: date) -> list[Stretch]:
    """The rates of the year, cut as its settlement cuts them (R-205)."""
    rates = interest_rates(first, until)
    if not term_on(TermName.SEGMENT_ON_CHANGE, until - timedelta(days=1)):
        rates = rates[-1:]
    begins = [first, *(rate.from_ for rate in rates[1:])]
    ends = [*begins[1:], until]
    return [
        Stretch(since, end, rate.carried, rate.current) for since, end, rate in zip(begins, ends, rates, strict=True)
    ]


def _by_month(moved: list[dict[str, Any]], balance: Decimal, first: date, until: date) -> Iterator[MonthMoved]:
    for month in Month.of(first).until(Month.of(until - timedelta(days=1)).next()):
        changes = [row["change"] for row in moved if Month.of(row["booked_on"]) == month]
        came = sum((change for change in changes if change > 0), ZERO)
        went = -sum((change for change in changes if change < 0), ZERO)
        balance += came - went
        yield MonthMoved(month, came, went, balance)
