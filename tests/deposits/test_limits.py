"""Floor, cap and ratios are those of the month that is paid, whenever it is handed in: across 1 July."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from accounts.models import MemberAccount
from deposits import queries, sheets
from deposits.actions import remittances
from deposits.actions import sheets as journey
from hpf.months import Month
from tests.banking.factories import open_first_day
from tests.deposits.factories import night, paying_employer
from tests.deposits.test_sheets import errors_of, joiner, proposed, workbook
from tests.ledger.books import as_owner, run

JUNE, JULY = Month(2026, 6), Month(2026, 7)
IN_JUNE, IN_JULY = date(2026, 6, 20), date(2026, 7, 3)
NEW_YEAR = {"deposit.base.floor": ("2070.00", "2330.00"), "deposit.base.cap": ("22389.00", "25000.00")}


@pytest.fixture
def new_limits(db):
    """From 1 July 2026 the floor is 2,330.00 and the cap 25,000.00."""
    with as_owner():
        for name, (_, new) in NEW_YEAR.items():
            run("update policy_term set valid_to = '2026-07-01' where name = %s and valid_to is null", name)
            run(
                "insert into policy_term (name, value, valid_from, document, source, to_confirm, note)"
                " values (%s, %s, '2026-07-01', '', '', true, '')",
                name,
                new,
            )


@pytest.fixture
def employer(new_limits):
    open_first_day(IN_JUNE)
    return paying_employer(1, on=IN_JUNE)


def upload(employer, month, rows, on):
    sheet = journey.upload(employer, month, workbook(rows), by=night(), on=on)
    journey.check(sheet, by=night(), on=on)
    return sheet


@pytest.mark.parametrize(
    ("month", "on", "used"),
    [
        (JUNE, IN_JUNE, ("2070.00", "22389.00")),
        (JUNE, IN_JULY, ("2070.00", "22389.00")),  # handed in late: June's limits hold
        (JULY, IN_JUNE, ("2330.00", "25000.00")),  # handed in early: July's hold already
    ],
)
def test_base_is_held_within_the_limits_of_the_month(employer, month, on, used):
    from ledger.actions import days

    if on > IN_JUNE:
        day = IN_JUNE
        while day < on:
            days.turn(day)
            days.close(day)
            day += timedelta(days=1)
    (line,) = queries.proposed_lines(employer, JUNE)
    if month == JULY:
        remittances.submit(employer, JUNE, [line], by=night(), on=IN_JUNE)
    for base, expected in zip((Decimal("1.00"), Decimal("90000.00")), used, strict=True):
        remittance = remittances.submit(employer, month, [replace(line, base=base)], by=night(), on=on)
        assert queries.lines_of(remittance).get().base == Decimal(expected)
        remittances.withdraw(remittance, why="另算", by=night(), on=on)


def test_junes_sheet_in_july_is_judged_by_junes_limits(employer):
    """The base lies under July's floor and over none of June's; the joiner's too, who is opened by it."""
    (row,) = proposed(employer, JUNE)
    low = [*row[:6], 2100, *row[7:]]
    rows = [low, joiner(**{sheets.BASE: 2200})]
    sheet = upload(employer, JUNE, rows, IN_JUNE)
    assert errors_of(sheet) == []
    remittance = journey.confirm(sheet, by=night(), on=IN_JULY)  # the day has turned in between
    assert remittance.total == Decimal("688.00")  # 2 × 168.00 and 2 × 176.00
    assert set(MemberAccount.objects.values_list("base", flat=True)) == {Decimal("2100.00"), Decimal("2200.00")}


def test_julys_sheet_in_june_is_judged_by_julys_limits(employer):
    remittances.submit(employer, JUNE, queries.proposed_lines(employer, JUNE), by=night(), on=IN_JUNE)
    (row,) = proposed(employer, JULY)
    sheet = upload(employer, JULY, [[*row[:6], 2329, *row[7:]], joiner(**{sheets.BASE: 25000})], IN_JUNE)
    said = "缴存基数应在2330.00元至25000.00元之间，最多两位小数，请核对"
    assert errors_of(sheet) == [(2, sheets.BASE, said)]


def test_proposal_comes_to_what_is_handed_in(employer):
    MemberAccount.objects.update(base=Decimal("2100.00"))
    assert queries.proposal(employer, JUNE).total == Decimal("336.00")  # 2 × 168.00
    assert queries.proposal(employer, JULY).total == Decimal("372.80")  # 2 × 8 % of 2,330.00
