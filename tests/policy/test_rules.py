"""Values of terms 参数取值: docs/rules.md, R-501."""

from datetime import date
from decimal import Decimal

import pytest

from access.states import Perm
from policy.rules import DayOfYear, Route, due_on, shown, value_of
from policy.states import CHOICES, GROUP_LABELS, NAMES_OF_KIND, DayCount, TermName


@pytest.mark.parametrize(
    ("name", "text", "value", "for_people"),
    [
        (TermName.RATE_CURRENT, "1.50", Decimal("1.50"), "1.50%"),
        (TermName.LOAN_SECOND_LE5, "2.525", Decimal("2.525"), "2.525%"),
        (TermName.BASE_CAP, "22389.00", Decimal("22389.00"), "22,389.00 元"),
        (TermName.ROUND_UNIT, "1", Decimal("1"), "元"),
        (TermName.PENALTY_MULTIPLIER, "1.50", Decimal("1.50"), "1.5 倍"),
        (TermName.DUE_DAYS, "5", 5, "5 天"),
        (TermName.SETTLE_DAY, "06-30", DayOfYear(6, 30), "6月30日"),
        (TermName.SUSPENSE_INTEREST, "no", False, "否"),
        (TermName.MULTIPLE_FIRST, "yes", True, "是"),
        (TermName.DAY_COUNT, "ACT_360", "ACT_360", "实际天数/360"),
    ],
)
def test_a_value_is_read_by_its_kind_and_shown_with_its_unit(name, text, value, for_people):
    found = value_of(name, text)
    assert (found, type(found)) == (value, type(value))
    assert shown(name, text) == for_people


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (TermName.RATE_CURRENT, ""),
        (TermName.RATE_CURRENT, "1.5%"),
        (TermName.RATE_CURRENT, "-1"),
        (TermName.RATE_CURRENT, "NaN"),
        (TermName.RATE_CURRENT, "1e2"),
        (TermName.BASE_CAP, "22389.001"),
        (TermName.BASE_CAP, "22,389.00"),
        (TermName.BASE_CAP, "１２３"),
        (TermName.ROUND_UNIT, "0.05"),
        (TermName.DUE_DAYS, "5.0"),
        (TermName.SETTLE_DAY, "02-29"),
        (TermName.SETTLE_DAY, "06-31"),
        (TermName.SETTLE_DAY, "6-30"),
        (TermName.SUSPENSE_INTEREST, "true"),
        (TermName.DAY_COUNT, "ACT_366"),
    ],
)
def test_a_value_of_another_kind_is_an_error(name, text):
    with pytest.raises(ValueError):
        value_of(name, text)


def test_a_day_of_the_year_comes_back_every_year():
    assert DayOfYear.parse("06-30").in_year(2026) == date(2026, 6, 30)
    assert str(DayOfYear(1, 1)) == "01-01"


def test_every_name_has_one_kind_and_a_group():
    sets = list(NAMES_OF_KIND.values())
    assert sum(len(names) for names in sets) == len(frozenset().union(*sets)) == len(TermName)
    assert {name.split(".")[0] for name in TermName.values} == set(GROUP_LABELS)


def test_the_interest_day_counts_are_the_ones_that_can_be_set():
    assert set(CHOICES[TermName.DAY_COUNT]) == set(DayCount.values)


TIERS = "0:APPROVE_CHANGES;50000:APPROVE_CHANGES>APPROVE_TERM;05/0:APPROVE_TERM;05/20000.50:APPROVE_PAYMENT"
CHANGES, TERM, PAYMENT = Perm.APPROVE_CHANGES, Perm.APPROVE_TERM, Perm.APPROVE_PAYMENT


@pytest.mark.parametrize(
    ("amount", "branch", "steps"),
    [
        ("0", "01", [CHANGES]),
        ("49999.99", "01", [CHANGES]),
        ("50000.00", "01", [CHANGES, TERM]),
        ("900000.00", "00", [CHANGES, TERM]),
        ("20000.49", "05", [TERM]),
        ("20000.50", "05", [PAYMENT]),
        ("50000.00", "05", [PAYMENT]),
    ],
)
def test_a_route_is_found_by_amount_and_office(amount, branch, steps):
    """docs/rules.md, R-1001."""
    assert Route.parse(TIERS).steps(Decimal(amount), branch) == steps


def test_a_route_is_shown_in_words():
    assert shown(TermName.ROUTE_MEMBER_CHANGE, "0:APPROVE_CHANGES;50000:APPROVE_CHANGES>APPROVE_TERM") == (
        "复核关键信息变更和单位销户；50,000 元起：复核关键信息变更和单位销户 → 复核政策参数调整"
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "APPROVE_TERM",
        "0:NOBODY",
        "0:EXPORT",
        "1:APPROVE_TERM",
        "0:APPROVE_TERM;0:APPROVE_TERM",
        "0:APPROVE_TERM;50:APPROVE_TERM;20:APPROVE_TERM",
        "05/0:APPROVE_TERM",
        "0:APPROVE_TERM;05/10:APPROVE_TERM",
        "0:APPROVE_TERM;1.234:APPROVE_TERM",
        "0:APPROVE_TERM>",
        "0:APPROVE_TERM;",
        "0:" + ">".join(["APPROVE_TERM"] * 6),
    ],
)
def test_a_route_that_leaves_an_amount_to_nobody_is_an_error(text):
    with pytest.raises(ValueError):
        value_of(TermName.ROUTE_MEMBER_CHANGE, text)


def test_a_deadline_counts_the_days_after_the_first():
    friday = date(2026, 7, 3)
    assert due_on(friday, 3, lambda day: True) == date(2026, 7, 6)
    assert due_on(friday, 3, lambda day: day.weekday() < 5) == date(2026, 7, 8)
    assert due_on(friday, 0, lambda day: True) == friday
