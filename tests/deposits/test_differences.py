"""A checked list beside the one before 与上月相比: who came, left and changed, by how much, and nobody else."""

from decimal import Decimal

import pytest

from accounts.actions import sealing, transfers
from accounts.actions.members import Paying
from accounts.models import MemberAccount
from accounts.states import SealReason
from deposits import queries, sheets
from deposits.actions import mending
from deposits.actions import sheets as journey
from deposits.actions.mending import Added, Mend
from deposits.states import LineKind, SheetRows
from tests.banking.factories import open_first_day
from tests.deposits.factories import DAY, EACH, JULY, night, paid, paying_employer
from tests.deposits.test_movers import row_of, sealed_member
from tests.deposits.test_sheets import checked, joiner, proposed, workbook

AUGUST = JULY.next()


@pytest.fixture
def day(db):
    return open_first_day(DAY)


@pytest.fixture
def employer(day):
    """Five members who were paid for July at 1,046.88 each."""
    employer = paying_employer(5)
    paid(employer)
    return employer


def checked_in_august(employer, rows):
    sheet = journey.upload(employer, AUGUST, workbook(rows), by=night(), on=DAY)
    journey.check(sheet, by=night(), on=DAY)
    return sheet


def told(sheet):
    return {one.kind: (one.count, one.now, one.before) for one in queries.differences_of_sheet(sheet)}


def different(sheet, kind=""):
    rows = queries.CheckedRows(sheet, SheetRows.DIFFERENT, kind)
    assert len(rows) == len(list(rows))
    return [(row.number, row.kind, row.base_before, row.total_before, row.total) for row in rows]


def mixed(employer):
    """One raised, one sealed by the list, one sealed before it, one moved here, one opened; two stay as they were."""
    same, raised, leaves, gone, too = proposed(employer, AUGUST)
    account = MemberAccount.objects.get(number=gone[1])
    sealing.seal(employer, {account.pk: SealReason.ENDED}, month=AUGUST, by=night(), on=DAY)
    raised[6] = 7000
    moved = row_of(sealed_member(paying_employer(2)), **{sheets.BASE: 6543})
    leaving = [*leaves[:9], sheets.SEAL, SealReason.ENDED.label]
    return checked_in_august(employer, [same, raised, leaving, too, moved, joiner()])


def test_only_who_differs_is_shown_with_both_sums(employer):
    sheet = mixed(employer)
    assert different(sheet) == [
        (3, LineKind.CHANGED, 6543, EACH, Decimal("1120.00")),
        (4, LineKind.LEFT, 6543, EACH, None),
        (6, LineKind.MOVED, None, None, EACH),
        (7, LineKind.OPENED, None, None, Decimal("800.00")),
        (0, LineKind.LEFT, 6543, EACH, None),
    ]
    assert told(sheet) == {
        LineKind.SAME: (2, 2 * EACH, 2 * EACH),
        LineKind.CHANGED: (1, 1120, EACH),
        LineKind.OPENED: (1, 800, 0),
        LineKind.MOVED: (1, EACH, 0),
        LineKind.LEFT: (2, 0, 2 * EACH),
    }
    assert different(sheet, LineKind.LEFT) == [different(sheet)[1], different(sheet)[4]]


def test_before_and_now_are_the_sums_of_both_lists(employer):
    """5 × 1,046.88 were paid for July; 3 × 1,046.88 + 1,120 + 800 are due for August."""
    found = told(mixed(employer)).values()
    assert sum(before for _count, _now, before in found) == Decimal("5234.40")
    assert sum(now for _count, now, _before in found) == Decimal("5060.64")


def test_the_list_says_the_same_once_it_is_the_month(employer):
    sheet = mixed(employer)
    made = journey.confirm(sheet, by=night(), on=DAY)
    of_month = queries.differences(made, queries.base_of_comparison(made))
    # the one who was moved here had been listed by the other employer for no month
    kinds = {one.kind: (one.count, one.now, one.before) for one in of_month}
    moved = kinds.pop(LineKind.MOVED, None)
    expected = told(sheet)
    if moved is None:
        expected[LineKind.OPENED] = tuple(
            map(sum, zip(expected[LineKind.OPENED], expected.pop(LineKind.MOVED), strict=True))
        )
    assert kinds == expected


def test_who_left_and_is_moved_back_from_elsewhere_is_counted_once(employer):
    account, between = sealed_member(employer, AUGUST), paying_employer(1)
    paid(between)
    paying = Paying(account.base, account.employer_ratio, account.member_ratio)
    transfers.take_in(between, {account.pk: paying}, by=night(), on=DAY)
    sealing.seal(between, {account.pk: SealReason.ENDED}, month=AUGUST, by=night(), on=DAY)
    sheet = checked_in_august(employer, [*proposed(employer, AUGUST), row_of(account, **{sheets.BASE: 6543})])
    assert different(sheet) == [(6, LineKind.MOVED, 6543, EACH, EACH)]
    assert told(sheet) == {LineKind.SAME: (4, 4 * EACH, 4 * EACH), LineKind.MOVED: (1, EACH, EACH)}


def test_mended_row_takes_its_place_among_the_differences(employer):
    first, second, *others = proposed(employer, AUGUST)
    second[6] = "x"
    sheet = checked_in_august(employer, [first, second, *others[:-1]])
    assert (told(sheet), different(sheet)) == ({LineKind.SAME: (3, 3 * EACH, 3 * EACH)}, [])
    leaver = Added(others[-1][1], SealReason.ENDED)
    sheet = mending.mend(sheet, [Mend(3, 0, {sheets.BASE: "7000"})], [leaver], by=night(), on=DAY)
    assert different(sheet) == [
        (3, LineKind.CHANGED, 6543, EACH, Decimal("1120.00")),
        (6, LineKind.LEFT, 6543, EACH, None),
    ]


def test_first_list_is_compared_with_none(day):
    employer = paying_employer(1)
    sheet = checked(employer, [*proposed(employer), joiner()])
    assert (sheet.differences, different(sheet)) == ([], [])


def test_list_that_changes_nothing_differs_in_nothing(employer):
    sheet = checked_in_august(employer, proposed(employer, AUGUST))
    assert (different(sheet), told(sheet)) == ([], {LineKind.SAME: (5, 5 * EACH, 5 * EACH)})
