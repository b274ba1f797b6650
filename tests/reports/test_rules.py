"""When a month is overdue, how a figure changed, how a balance falls into its parts: docs/rules.md, R-601 on."""

from datetime import date
from decimal import Decimal

import pytest

from deposits.rules import Movement
from hpf.months import Month
from policy.states import DayCount
from reports import rules
from reports.rules import Stretch
from reports.states import Behind


@pytest.mark.parametrize(
    ("pay_day", "days", "on", "month"),
    [
        (10, 5, date(2026, 7, 15), Month(2026, 6)),  # the last day to pay is not over
        (10, 5, date(2026, 7, 16), Month(2026, 7)),
        (31, 5, date(2026, 3, 5), Month(2026, 1)),  # February's pay day is the 28th, so until 5 March
        (31, 5, date(2026, 3, 6), Month(2026, 2)),
        (1, 0, date(2026, 7, 1), Month(2026, 6)),
        (1, 0, date(2026, 7, 2), Month(2026, 7)),
        (20, 40, date(2026, 7, 20), Month(2026, 5)),  # a longer period reaches over months
    ],
)
def test_a_month_is_overdue_when_its_last_day_has_passed(pay_day, days, on, month):
    assert rules.last_month_due(pay_day, days, on=on) == month


def test_an_absurd_period_makes_nothing_overdue():
    assert rules.last_month_due(10, 999_999_999, on=date(2026, 7, 1)) < Month(1930, 1)


@pytest.mark.parametrize(
    ("first", "last", "months"),
    [
        (Month(2026, 7), Month(2026, 7), 1),
        (Month(2025, 11), Month(2026, 2), 4),
        (Month(2026, 8), Month(2026, 7), 0),
    ],
)
def test_months_are_counted_with_both_ends(first, last, months):
    assert rules.months_from(first, last) == months


@pytest.mark.parametrize(
    ("months", "behind"),
    [
        (1, Behind.ONE),
        (2, Behind.QUARTER),
        (3, Behind.QUARTER),
        (4, Behind.HALF),
        (6, Behind.HALF),
        (7, Behind.LONGER),
        (240, Behind.LONGER),
    ],
)
def test_an_employer_falls_into_the_class_of_its_months(months, behind):
    assert rules.behind(months) == behind


@pytest.mark.parametrize(
    ("now", "before", "percent"),
    [
        (Decimal("110.00"), Decimal("100.00"), "10.0"),
        (Decimal("90.00"), Decimal("100.00"), "-10.0"),
        (2, 3, "-33.3"),
        (200, 3, "6566.7"),
    ],
)
def test_growth_is_in_percent_with_one_place(now, before, percent):
    assert rules.change_in_percent(now, before) == Decimal(percent)


def test_growth_from_nothing_is_none():
    assert rules.change_in_percent(5, 0) is None
    assert rules.change_in_percent(Decimal("5.00"), None) is None


def test_a_line_goes_from_the_lowest_at_the_bottom_to_the_highest_at_the_top():
    assert rules.spark_points([0, 5, 10], 120, 28) == "0,28 60,14 120,0"
    assert rules.spark_points([7, 7], 120, 28) == "0,28 120,28"
    assert rules.spark_points([7], 120, 28) == ""


def test_money_out_is_taken_from_the_current_year_first():
    """1,000 carried forward; 300 come, 500 go: 300 of them current, 200 carried; then 50 come again."""
    moved = [
        Movement(date(2025, 8, 1), Decimal("300.00")),
        Movement(date(2025, 9, 1), Decimal("-500.00")),
        Movement(date(2025, 10, 1), Decimal("50.00")),
    ]
    carried, current = rules.parts_of(Decimal("1000.00"), moved, date(2025, 7, 1))
    assert [one.amount for one in carried] == [Decimal("1000.00"), 0, Decimal("-200.00"), 0]
    assert [one.amount for one in current] == [Decimal("300.00"), Decimal("-300.00"), Decimal("50.00")]


def test_a_year_is_cut_where_the_rate_changes_and_rounded_once():
    """36,000 stand all year, 3,600 come after 100 days; the rate goes from 1.5 to 1 percent on day 200.

    Carried: 36,000 × 200 and × 165; current: 3,600 × 100 and × 165.
    Interest: (7,200,000 + 360,000) × 1.5 % ÷ 360 + (5,940,000 + 594,000) × 1 % ÷ 360 = 315.00 + 181.50.
    """
    first, cut, end = date(2025, 7, 1), date(2026, 1, 17), date(2026, 7, 1)
    stretches = [
        Stretch(first, cut, Decimal("1.5"), Decimal("1.5")),
        Stretch(cut, end, Decimal("1"), Decimal("1")),
    ]
    parts = rules.parts_of(Decimal("36000.00"), [Movement(date(2025, 10, 9), Decimal("3600.00"))], first)
    numbers = rules.numbers_of(parts, stretches, DayCount.ACT_360)
    assert [(one.carried, one.current) for one in numbers] == [(7_200_000, 360_000), (5_940_000, 594_000)]
    assert rules.interest_of(numbers, DayCount.ACT_360) == Decimal("496.50")
