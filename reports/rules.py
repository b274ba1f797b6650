"""The arithmetic of reports 报表规则: when a month is overdue, how a figure changed, and a member's interest year.

Pure sums of values and dates. Each rule has its number, source and examples in docs/rules.md.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from accounts.rules import payment_due_on
from deposits.rules import Movement, interest_number, interest_on
from hpf.money import ZERO, rounded
from hpf.months import Month
from policy.states import DayCount
from reports.states import MONTHS_BEHIND, Behind

TENTH = Decimal("0.1")
LONGEST = 36_500  # days; a longer term may be tried too, and a date has an end


def last_month_due(pay_day: int, days: int, *, on: date) -> Month:
    """The newest month whose last day to pay (R-413) has passed by a day 最近到期的缴存年月; `days` is the term."""
    month, term = Month.of(on), min(days, LONGEST)
    while payment_due_on(month, pay_day, term) >= on:
        month = month.plus(-1)
    return month


def months_from(first: Month, last: Month) -> int:
    """How many months there are from one to another, both in it 月数; none where the first comes later."""
    return max(0, (last.year - first.year) * 12 + last.month - first.month + 1)


def behind(months: int) -> Behind:
    """The class of an employer that is so many months behind 欠缴档次 (R-601); at least one month."""
    return next(kind for kind, (_least, most) in MONTHS_BEHIND.items() if most is None or months <= most)


def change_in_percent(now: Decimal | int, before: Decimal | int | None) -> Decimal | None:
    """How much a figure grew 同比、环比, in percent with one place; None where there was nothing before."""
    if not before:
        return None
    return rounded((Decimal(now) - before) * 100 / Decimal(before), TENTH).quantize(TENTH)


def spark_points(values: Sequence[Decimal | int], width: int, height: int) -> str:
    """A line through values 走势 as the points of an SVG polyline, the highest at the top; empty below two values."""
    if len(values) < 2:
        return ""
    low, high = min(values), max(values)
    across, up = len(values) - 1, (high - low) or 1
    return " ".join(
        f"{place * width // across},{height - int((value - low) * height // up)}" for place, value in enumerate(values)
    )


@dataclass(frozen=True)
class Stretch:
    """Days of an interest year with one pair of rates 利率分段, in percent a year; `until` is not in it."""

    since: date
    until: date
    carried_rate: Decimal
    current_rate: Decimal

    @property
    def last(self) -> date:
        return self.until - timedelta(days=1)


@dataclass(frozen=True)
class StretchNumbers:
    """What both parts of a balance counted for in one stretch 分段积数 (yuan × days)."""

    stretch: Stretch
    carried: Decimal
    current: Decimal


def parts_of(opening: Decimal, movements: Sequence[Movement], since: date) -> tuple[list[Movement], list[Movement]]:
    """Split a year's movements over the parts they change 上年结转与当年归集 (R-204): carried forward, current year.

    Money in is current-year money; money out is taken from the current year first. The opening balance is carried
    forward, and stands as a movement on the first day. Movements come in the order in which they were posted.
    """
    carried, current, standing = [Movement(since, opening)], [], ZERO
    for movement in movements:
        of_current = max(movement.amount, -standing)
        standing += of_current
        current.append(Movement(movement.on, of_current))
        carried.append(Movement(movement.on, movement.amount - of_current))
    return carried, current


def numbers_of(
    parts: tuple[Sequence[Movement], Sequence[Movement]], stretches: Sequence[Stretch], day_count: DayCount
) -> list[StretchNumbers]:
    """The interest numbers 积数 of both parts in each stretch of a year (R-202, R-205)."""
    carried, current = parts
    return [
        StretchNumbers(one, _number(carried, one, day_count), _number(current, one, day_count)) for one in stretches
    ]


def interest_of(numbers: Sequence[StretchNumbers], day_count: DayCount) -> Decimal:
    """The interest a year's numbers earn 年度利息 (R-203, R-204), in yuan, rounded once over all of it."""
    return interest_on(_rated(numbers), day_count)


def _number(movements: Sequence[Movement], stretch: Stretch, day_count: DayCount) -> Decimal:
    since, until = stretch.since, stretch.until
    within = (m for m in movements if m.on < until)
    return sum((interest_number(m.amount, max(m.on, since), until, day_count) for m in within), ZERO)


def _rated(numbers: Sequence[StretchNumbers]) -> Iterator[tuple[Decimal, Decimal]]:
    for one in numbers:
        yield one.carried, one.stretch.carried_rate
        yield one.current, one.stretch.current_rate
