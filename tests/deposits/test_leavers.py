"""Leavers on the month's sheet: sealed by their row when it is confirmed, and not paid for the month."""

import pytest

from accounts.models import Employer, MemberAccount
from accounts.queries import active_members
from accounts.states import MemberAccountStatus, SealReason
from deposits import sheets
from deposits.actions import checking
from deposits.actions import sheets as journey
from deposits.models import Remittance, RemittanceLine
from deposits.states import SheetStatus
from tests.accounts import factories as accounts
from tests.banking.factories import open_first_day
from tests.deposits.factories import DAY, EACH, JULY, at_once, night, paid, paying_employer, submitted
from tests.deposits.test_sheets import (
    checked,
    error_file,
    errors_of,
    joiner,
    missing_of,
    proposed,
    rows_of,
    uploaded,
    workbook,
)

AUGUST = JULY.next()
OLD_COLUMNS = tuple(title for title in sheets.COLUMNS if title not in sheets.OPTIONAL)


@pytest.fixture
def day(db):
    return open_first_day(DAY)


def leaving(row, reason=SealReason.ENDED.label, change=sheets.SEAL):
    return [*row[: len(OLD_COLUMNS)], change, reason]


def status_of(number):
    return MemberAccount.objects.get(number=number).status


def of_august(employer, rows, header=sheets.COLUMNS):
    """A checked sheet of the month after the one that is paid."""
    sheet = uploaded(employer, workbook(rows, header), AUGUST)
    journey.check(sheet, by=night(), on=DAY)
    return sheet


def test_leaver_is_sealed_and_not_paid_when_the_sheet_is_confirmed(day):
    employer = paying_employer(3)
    paid(employer)
    first, second, third = proposed(employer, AUGUST)
    sheet = of_august(employer, [first, leaving(second, SealReason.RETIRED.label), third])
    assert (sheet.error_count, sheet.row_count, sheet.headcount, sheet.total) == (0, 3, 2, 2 * EACH)
    assert status_of(second[1]) == MemberAccountStatus.NORMAL  # nothing before it is confirmed
    remittance = journey.confirm(sheet, by=night(), on=DAY)
    assert (remittance.headcount, remittance.total) == (2, 2 * EACH)
    left = MemberAccount.objects.get(number=second[1])
    assert (left.status, left.seal_reason, left.sealed_on) == (MemberAccountStatus.SEALED, SealReason.RETIRED, DAY)
    assert not RemittanceLine.objects.filter(remittance=remittance, member_account_id=left.pk).exists()
    assert [account.number for account in active_members(employer)] == [first[1], third[1]]


def test_next_months_list_no_longer_proposes_the_leaver(day):
    employer = paying_employer(2)
    paid(employer)
    stays, leaves = proposed(employer, AUGUST)
    journey.confirm(of_august(employer, [stays, leaving(leaves)]), by=night(), on=DAY)
    assert [row[1] for row in proposed(employer, AUGUST.next())] == [stays[1]]


def test_base_of_a_leaver_is_not_judged(day):
    """His base may lie under a floor that rose since."""
    employer = paying_employer(2)
    stays, leaves = proposed(employer)
    leaves[6] = 1
    assert errors_of(checked(employer, [stays, leaving(leaves)])) == []


def test_leaver_waits_until_the_months_before_are_paid(day):
    employer = paying_employer(2)
    submitted(employer)  # handed in, not paid
    stays, leaves = proposed(employer, AUGUST)
    ((row, column, sentence),) = errors_of(of_august(employer, [stays, leaving(leaves)]))
    assert (row, column) == (3, sheets.CHANGE) and "2026-07及以前的汇缴全部入账" in sentence


def test_frozen_account_is_sealed_as_any_other(day):
    employer = paying_employer(2)
    stays, leaves = proposed(employer)
    accounts.freeze(MemberAccount.objects.get(number=leaves[1]))
    assert errors_of(checked(employer, [stays, leaving(leaves)])) == []


@pytest.mark.parametrize(
    ("change", "reason", "column", "sentence"),
    [
        ("离职", "终止劳动关系", sheets.CHANGE, checking.CHANGE_UNKNOWN),
        (1, "", sheets.CHANGE, checking.CHANGE_UNKNOWN),
        ("", "终止劳动关系", sheets.REASON, checking.REASON_ALONE),
        (
            "封存",
            "",
            sheets.REASON,
            "请填写封存原因，应为：终止劳动关系、保留劳动关系停发工资、离休退休、出境定居、死亡、其他",
        ),
        (
            "封存",
            "不想干了",
            sheets.REASON,
            "请填写封存原因，应为：终止劳动关系、保留劳动关系停发工资、离休退休、出境定居、死亡、其他",
        ),
    ],
)
def test_wrong_change_is_named(day, change, reason, column, sentence):
    employer = paying_employer(2)
    stays, leaves = proposed(employer)
    assert errors_of(checked(employer, [stays, leaving(leaves, reason, change)])) == [(3, column, sentence)]


def test_blanks_around_the_words_do_not_matter(day):
    employer = paying_employer(2)
    stays, leaves = proposed(employer)
    assert errors_of(checked(employer, [stays, leaving(leaves, " 离休退休　", "封 存")])) == []


def test_somebody_new_cannot_leave(day):
    employer = paying_employer(1)
    rows = [*proposed(employer), joiner(**{sheets.CHANGE: sheets.SEAL, sheets.REASON: "其他"})]
    assert errors_of(checked(employer, rows)) == [(3, sheets.CHANGE, checking.JOINER_LEAVES)]


def test_list_of_leavers_only_is_refused_before_it_is_confirmed(day):
    employer = paying_employer(2)
    rows = [leaving(row) for row in proposed(employer)]
    assert errors_of(checked(employer, rows)) == [(3, sheets.CHANGE, checking.NOBODY_STAYS)]


def test_old_template_without_the_columns_is_still_read(day):
    employer = paying_employer(2)
    rows = [row[: len(OLD_COLUMNS)] for row in proposed(employer)]
    assert errors_of(checked(employer, rows, OLD_COLUMNS)) == []
    sheet = checked(employer, rows[:1], OLD_COLUMNS)
    assert sheet.error_count == 1
    ((_, _, sentence),) = missing_of(sheet)
    assert f"“{sheets.CHANGE}”" in sentence and f"“{sheets.SEAL}”" in sentence


def test_column_twice_is_refused(day):
    employer = paying_employer(1)
    sheet = checked(employer, [[*row, ""] for row in proposed(employer)], [*sheets.COLUMNS, sheets.CHANGE])
    assert (sheet.status, sheet.failure[:7]) == (SheetStatus.FAILED, "第1行有重复的")


def test_error_file_keeps_what_was_entered(day):
    employer = paying_employer(2)
    stays, leaves = proposed(employer)
    sheet = checked(employer, [stays, leaving(leaves, "")])
    found = rows_of(error_file(sheet))
    assert found[2][9:11] == [sheets.SEAL, ""] and found[2][11].startswith(f"{sheets.REASON}：")


def test_refused_confirmation_seals_nobody(day):
    employer = paying_employer(2)
    stays, leaves = proposed(employer)
    sheet = checked(employer, [stays, leaving(leaves)])
    accounts.member_account(employer)  # somebody more: the sheet must be done again
    with pytest.raises(journey.ChangedSince):
        journey.confirm(sheet, by=night(), on=DAY)
    assert status_of(leaves[1]) == MemberAccountStatus.NORMAL


def test_of_several_confirmations_one_seals(own_database):
    open_first_day(DAY)
    employer = paying_employer(2)
    stays, leaves = proposed(employer)
    sheet = checked(employer, [stays, leaving(leaves)])
    left = MemberAccount.objects.get(number=leaves[1])

    def confirm():
        return journey.confirm(type(sheet).objects.get(pk=sheet.pk), by=night(), on=DAY).pk

    answers = at_once(confirm)
    assert sum(isinstance(answer, int) for answer in answers) == 1
    left.refresh_from_db()
    assert left.status == MemberAccountStatus.SEALED
    assert Remittance.objects.filter(employer=Employer.objects.get(pk=employer.pk)).count() == 1
