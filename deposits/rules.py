"""The arithmetic of deposits 归集规则: contributions, account interest and payment references.

Pure sums of values and dates. Each rule has its number, source and worked examples in docs/rules.md.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, localcontext
from itertools import pairwise

from stdnum import damm

from hpf.money import EXACT_DIGITS, FEN, ZERO, rounded
from hpf.months import Month
from policy.states import DayCount

PERCENT = Decimal(100)
DAYS_OF_YEAR = {DayCount.ACT_360: 360, DayCount.ACT_365: 365, DayCount.MONTH30_360: 360}

REFERENCE_PREFIX = "HJ"
REFERENCE_DIGITS = 10
REFERENCE_IN_TEXT = re.compile(
    rf"(?<![A-Z0-9])H\s*J\s*((?:[0-9]\s*){{{REFERENCE_DIGITS}}}[0-9])(?![0-9])",
)


@dataclass(frozen=True)
class Contribution:
    """One member's contribution of one month 月缴存额, in yuan."""

    base_used: Decimal
    employer_part: Decimal
    member_part: Decimal

    @property
    def total(self) -> Decimal:
        return self.employer_part + self.member_part


@dataclass(frozen=True)
class Movement:
    """Money in (positive) or out (negative), in yuan, and the day from which it counts 发生额."""

    on: date
    amount: Decimal


@dataclass(frozen=True)
class DatedRate:
    """A rate in percent a year, and the first day on which it holds 利率."""

    since: date
    annual_rate: Decimal


@dataclass(frozen=True)
class MemberInterest:
    """What a period earned: the interest number 积数 (yuan × days) and the interest in yuan."""

    number: Decimal
    interest: Decimal


def contribution(
    base: Decimal, *, employer_ratio: Decimal, member_ratio: Decimal, floor: Decimal, cap: Decimal, unit: Decimal
) -> Contribution:
    """A month's contribution of one member 月缴存额 (R-101 to R-103).

    The base is held between floor and cap; each side's part is base × ratio, rounded by itself to `unit`
    (1, 0.1 or 0.01 yuan). Ratios are percent. Sources: Regulation 条例 arts. 16-18; the unit is a policy term.

    Raises:
        ValueError: the floor is above the cap.
    """
    if floor > cap:
        raise ValueError("the floor of the base is above its cap")
    base_used = min(max(base, floor), cap).quantize(FEN)
    return Contribution(
        base_used=base_used,
        employer_part=rounded(base_used * employer_ratio / PERCENT, unit),
        member_part=rounded(base_used * member_ratio / PERCENT, unit),
    )


def months_between(since: Month, until: Month) -> int:
    """How many months lie from one to another 相隔月数; negative where the first is the later one."""
    return (until.year - since.year) * 12 + until.month - since.month


def days_between(since: date, until: date, day_count: DayCount) -> int:
    """Interest days from `since` to, and without, `until` 计息天数 (R-201).

    With MONTH30_360 every month has 30 days and the 31st is the same day as the 30th. All three counts add
    up over neighbouring periods, so a number may be kept movement by movement.
    """
    if day_count == DayCount.MONTH30_360:
        return _day_of_30(until) - _day_of_30(since)
    return (until - since).days


def _day_of_30(day: date) -> int:
    return day.year * 360 + day.month * 30 + min(day.day, 30)


def interest_number(amount: Decimal, since: date, until: date, day_count: DayCount) -> Decimal:
    """The interest number 积数 of an amount (yuan) that stands from `since` until the day before `until` (R-202).

    Negative for money taken out: a withdrawal stops counting on its day.
    """
    return amount * days_between(since, until, day_count)


def interest_on(parts: Iterable[tuple[Decimal, Decimal]], day_count: DayCount) -> Decimal:
    """Interest in yuan on pairs of (interest number, rate in percent a year) 利息 (R-203).

    Exact until the end, then rounded half up to the fen once, over the sum of all parts.
    """
    # A balance of 18 digits, times days, times a rate with seven places, needs more than 28 digits.
    with localcontext(prec=EXACT_DIGITS):
        yearly = sum((number * rate for number, rate in parts), Decimal(0))
        return rounded(yearly / (PERCENT * DAYS_OF_YEAR[day_count]))


def interest_on_numbers(
    carried_number: Decimal,
    carried_rate: Decimal,
    current_number: Decimal,
    current_rate: Decimal,
    day_count: DayCount,
) -> Decimal:
    """A member's interest of the year from the numbers of both parts 年度结息 (R-204).

    Carried-forward 上年结转 and current-year 当年归集 money each have their rate (percent a year); their interest
    is added first and rounded once, so with equal rates it is what one balance would earn, to the fen. Both numbers
    are counted in the days of `day_count`; actual days and 30-day months do not mix.
    """
    return interest_on([(carried_number, carried_rate), (current_number, current_rate)], day_count)


def member_interest(
    opening_balance: Decimal,
    since: date,
    until: date,
    movements: Sequence[Movement],
    rates: Sequence[DatedRate],
    day_count: DayCount,
) -> MemberInterest:
    """Interest of one balance from `since` to, and without, `until` 账户计息 (R-202, R-203, R-205).

    A deposit counts from its day, a withdrawal stops counting on its day. The period is cut where the rate
    changes. Movements lie within since..until (one on `until` counts no day); rates are percent a year.

    Raises:
        ValueError: the period ends before it begins, a movement lies outside, or a day has no rate.
    """
    if until < since:
        raise ValueError("the period ends before it begins")
    if any(not since <= movement.on <= until for movement in movements):
        raise ValueError("a movement lies outside the period")
    standing = [Movement(since, opening_balance), *movements]
    with localcontext(prec=EXACT_DIGITS):
        parts = [
            (_number_within(standing, first, end, day_count), rate)
            for first, end, rate in _rate_segments(since, until, rates)
        ]
        number = sum((number for number, _ in parts), ZERO)
    return MemberInterest(number=number, interest=interest_on(parts, day_count))


def _number_within(movements: Sequence[Movement], first: date, end: date, day_count: DayCount) -> Decimal:
    """The number that all movements up to `end` bring within one rate segment."""
    return sum(
        (interest_number(m.amount, max(m.on, first), end, day_count) for m in movements if m.on < end),
        ZERO,
    )


def _rate_segments(since: date, until: date, rates: Sequence[DatedRate]) -> Iterator[tuple[date, date, Decimal]]:
    """Cut since..until where the rate changes: (first day, first day not in it, rate)."""
    ordered = sorted(rates, key=lambda rate: rate.since)
    if not ordered or ordered[0].since > since:
        raise ValueError("the first day has no rate")
    ends = [rate.since for rate in ordered[1:]] + [until]
    for rate, end in zip(ordered, ends, strict=True):
        first, end = max(rate.since, since), min(end, until)
        if first < end:
            yield first, end, rate.annual_rate


def end_of_day_balances(opening_balance: Decimal, movements: Iterable[Movement]) -> list[tuple[date, Decimal]]:
    """The balance (yuan) at the end of each day that moved it, in order 日终余额."""
    by_day: dict[date, Decimal] = {}
    for movement in movements:
        by_day[movement.on] = by_day.get(movement.on, ZERO) + movement.amount
    balances, balance = [], opening_balance
    for day in sorted(by_day):
        balance += by_day[day]
        balances.append((day, balance))
    return balances


def interest_year(on: date, *, settled_on: tuple[int, int]) -> tuple[date, date]:
    """The interest year 结息年度 a day lies in: its first day, and the first day of the next (R-206).

    `settled_on` is the month and day of the settlement, which still belongs to the year it ends: with (6, 30)
    a year runs from 1 July to 30 June.
    """
    first_days = [date(year, *settled_on) + timedelta(days=1) for year in range(on.year - 1, on.year + 2)]
    return next((first, end) for first, end in pairwise(first_days) if first <= on < end)


def payment_reference(serial: int) -> str:
    """The reference 缴款识别号 an employer writes on its transfer: HJ, ten digits, a check digit (R-301).

    The check digit (Damm) finds every single wrong digit and every swap of neighbours.

    Raises:
        ValueError: the serial is not between 1 and 9,999,999,999.
    """
    if not 0 < serial < 10**REFERENCE_DIGITS:
        raise ValueError("the serial of a reference has at most ten digits")
    digits = f"{serial:0{REFERENCE_DIGITS}d}"
    return f"{REFERENCE_PREFIX}{digits}{damm.calc_check_digit(digits)}"


def references_in(text: str) -> set[str]:
    """The payment references in a bank remark 附言 (R-302).

    Blanks, lower case and full width letters do not matter; one with a wrong check digit is none.
    """
    plain = unicodedata.normalize("NFKC", text).upper()
    found = {re.sub(r"\s", "", digits) for digits in REFERENCE_IN_TEXT.findall(plain)}
    return {f"{REFERENCE_PREFIX}{digits}" for digits in found if damm.is_valid(digits)}


def spellings_of(name: str) -> set[str]:
    """How the name of a payer may be written in our books 户名写法: brackets in half or full width, no outer blanks."""
    plain = " ".join(name.split())
    half, full = plain.translate(str.maketrans("（）", "()")), plain.translate(str.maketrans("()", "（）"))
    return {plain, half, full} - {""}
