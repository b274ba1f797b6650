"""Rows mended in the page: what is mended counts to the fen, the file stays, and nobody's word is lost."""

from decimal import Decimal
from functools import partial

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError, InternalError, ProgrammingError

from access.states import Post
from accounts.actions import sealing
from accounts.models import MemberAccount
from accounts.queries import active_members
from accounts.states import MemberAccountStatus, SealReason
from audit.models import Record
from deposits import queries, sheets
from deposits.actions import checking, mending, remittances
from deposits.actions import sheets as journey
from deposits.actions.mending import Added, Mend
from deposits.models import Remittance, RemittanceLine, Sheet, SheetMend, SheetPart
from deposits.states import SheetRows, SheetStatus
from hpf import privacy
from hpf.errors import NotAllowedNow
from tests.access.factories import person
from tests.accounts import factories as accounts
from tests.banking.factories import open_first_day
from tests.deposits.factories import DAY, EACH, JULY, at_once, balances, funded, night, paying_employer
from tests.deposits.test_sheets import checked, error_file, errors_of, joiner, proposed, rows_of, workbook


@pytest.fixture
def day(db):
    return open_first_day(DAY)


@pytest.fixture
def employer(day):
    return paying_employer(2)


def mended(sheet, *rows, added=(), by=None):
    return mending.mend(sheet, rows, added, by=by or night(), on=DAY)


def wrong_of(sheet):
    return [row.number for row in queries.CheckedRows(sheet, SheetRows.WRONG)]


def test_what_is_mended_is_paid_to_the_fen(employer):
    first, second = proposed(employer)
    second[6] = "七千"
    sheet = checked(employer, [first, second, joiner(**{sheets.BASE: "", sheets.MOBILE: "139"})])
    assert (wrong_of(sheet), sheet.total) == ([3, 4], EACH)
    right = {sheets.BASE: "5000", sheets.MOBILE: accounts.mobile()}
    sheet = mended(sheet, Mend(3, 0, {sheets.BASE: "7,000.00"}), Mend(4, 0, right))
    # 6,543 and 7,000 and 5,000, each 8 + 8 percent
    assert (sheet.error_count, sheet.headcount, sheet.total) == (0, 3, Decimal("2966.88"))
    remittance = journey.confirm(sheet, by=night(), on=DAY)
    funded(employer, remittance.total, reference=remittance.reference)
    remittances.allocate(remittance, by=night(), on=DAY)
    assert balances(employer) == [Decimal("1046.88"), Decimal("1120.00"), Decimal("800.00")]
    assert MemberAccount.objects.get(member__name="李新").member.mobile == right[sheets.MOBILE]


def test_row_that_is_still_wrong_says_so_and_keeps_what_was_typed(employer):
    sheet = checked(employer, [*proposed(employer), joiner(**{sheets.BASE: "x", sheets.EMPLOYER_RATIO: 4})])
    sheet = mended(sheet, Mend(4, 0, {sheets.BASE: "900", sheets.EMPLOYER_RATIO: "8"}))
    assert errors_of(sheet) == [(4, sheets.BASE, "缴存基数应在2070.00元至22389.00元之间，最多两位小数，请核对")]
    (row,) = queries.CheckedRows(sheet, SheetRows.WRONG)
    assert row.cells[sheets.BASE] == "900"
    sheet = mended(sheet, Mend(4, 1, {sheets.BASE: "3000"}))
    assert (sheet.error_count, sheet.total) == (0, 2 * EACH + 480)
    assert journey.confirm(sheet, by=night(), on=DAY).total == 2 * EACH + 480  # the ratio of the first turn counts, too


def test_only_the_rows_that_are_named_are_checked_again(employer):
    """The account of the third row is sealed meanwhile: the row keeps its result until the list is confirmed."""
    rows = proposed(employer)
    sheet = checked(employer, [*rows, joiner(**{sheets.BASE: "x"}), joiner(**{sheets.BASE: "y"})])
    sheet = mended(sheet, Mend(4, 0, {sheets.BASE: "5000"}))
    assert wrong_of(sheet) == [5]
    account = MemberAccount.objects.get(number=rows[1][1])
    sealing.seal(employer, {account.pk: SealReason.ENDED}, month=JULY, by=night(), on=DAY)
    sheet = mended(sheet, Mend(5, 0, {sheets.BASE: "5000"}))
    assert sheet.error_count == 0
    with pytest.raises(journey.ChangedSince):
        journey.confirm(sheet, by=night(), on=DAY)


def test_row_is_left_out_and_the_rest_is_paid(employer):
    stranger = joiner(**{sheets.ACCOUNT: "2999999999"})
    sheet = checked(employer, [*proposed(employer), stranger, joiner()])
    sheet = mended(sheet, Mend(4, 0, left_out=True))
    assert (sheet.error_count, sheet.row_count, sheet.headcount) == (0, 3, 3)
    remittance = journey.confirm(sheet, by=night(), on=DAY)
    assert (remittance.headcount, remittance.total) == (3, 2 * EACH + 800)


def test_member_who_is_left_out_of_the_rows_must_be_named_all_the_same(employer):
    """Leaving out the row of somebody who saves here is no way around naming everybody."""
    first, second = proposed(employer)
    second[6] = "x"
    sheet = mended(checked(employer, [first, second]), Mend(3, 0, left_out=True))
    assert [(row.number, row.errors) for row in queries.CheckedRows(sheet, SheetRows.WRONG)] == [
        (0, [(sheets.ACCOUNT, checking.MISSING)])
    ]
    sheet = mended(sheet, added=[Added(second[1])])
    assert (sheet.error_count, sheet.total) == (0, 2 * EACH)
    assert journey.confirm(sheet, by=night(), on=DAY).total == 2 * EACH


def test_members_who_were_left_out_are_put_on_the_list_or_sealed(day):
    employer = paying_employer(3)
    first, stays, leaves = proposed(employer)
    sheet = checked(employer, [first])
    assert sheet.missing_count == 2
    sheet = mended(sheet, added=[Added(stays[1]), Added(leaves[1], SealReason.ENDED)])
    assert (sheet.error_count, sheet.missing_count, sheet.headcount, sheet.leaver_count) == (0, 0, 2, 1)
    remittance = journey.confirm(sheet, by=night(), on=DAY)
    assert (remittance.headcount, remittance.total) == (2, 2 * EACH)
    assert MemberAccount.objects.get(number=leaves[1]).status == MemberAccountStatus.SEALED
    assert [line.line for line in queries.lines_of(remittance)] == [1, 2]


def test_row_mended_to_somebody_else_on_the_list_is_listed_twice(employer):
    first, second = proposed(employer)
    wrong = [*second]
    wrong[1] = "2999999999"
    sheet = checked(employer, [first, second, wrong])
    sheet = mended(sheet, Mend(4, 0, {sheets.ACCOUNT: first[1], sheets.NAME: first[2]}))
    assert (4, sheets.ACCOUNT, checking.LISTED_TWICE) in errors_of(sheet)
    new = joiner()
    again = [cell if place != 6 else "x" for place, cell in enumerate(new)]
    sheet = mended(checked(employer, [first, second, new, again]), Mend(5, 0, {sheets.BASE: "5000"}))
    assert errors_of(sheet) == [(5, sheets.ID_NUMBER, checking.LISTED_TWICE)]


def test_row_is_checked_again_without_a_change(day):
    """What stood in its way was settled at the counter meanwhile."""
    old, employer = paying_employer(2), paying_employer(1)
    account = active_members(old).first()
    row = joiner(**{sheets.NAME: account.member.name, sheets.ID_NUMBER: account.member.id_number})
    sheet = checked(employer, [*proposed(employer), row])
    assert wrong_of(sheet) == [3]
    sealing.seal(old, {account.pk: SealReason.ENDED}, month=JULY, by=night(), on=DAY)
    sheet = mended(sheet, Mend(3, 0))
    assert (sheet.error_count, sheet.mover_count, sheet.mended_count) == (0, 1, 0)


def test_list_on_which_nobody_stays_is_refused(employer):
    first, second = proposed(employer)
    gone = [[*row[:9], sheets.SEAL, SealReason.ENDED.label] for row in (first, second)]
    sheet = checked(employer, [*gone, joiner(**{sheets.BASE: "x"})])
    with pytest.raises(mending.NobodyStays):
        mended(sheet, Mend(4, 0, left_out=True))
    assert not SheetMend.objects.exists()


def test_the_later_of_two_is_told_and_nothing_of_either_is_lost(employer):
    sheet = checked(employer, [*proposed(employer), joiner(**{sheets.BASE: "x"}), joiner(**{sheets.BASE: "y"})])
    mended(sheet, Mend(4, 0, {sheets.BASE: "900"}))
    mended(sheet, Mend(5, 0, {sheets.BASE: "3000"}))
    for late in (Mend(4, 0, {sheets.BASE: "4000"}), Mend(5, 0, {sheets.BASE: "4000"})):
        with pytest.raises(mending.RowsOvertaken, match=f"第 {late.row} 行在您填写期间已被他人更正"):
            mended(sheet, late)
    with pytest.raises(mending.RowsOvertaken, match="第 5 行"):  # all of what is handed in, or nothing
        mended(sheet, Mend(4, 1, {sheets.BASE: "4000"}), Mend(5, 0, {sheets.BASE: "4000"}))
    assert wrong_of(sheet) == [4]
    assert sheet.mends.count() == 2


def test_of_many_who_mend_a_row_at_once_one_wins(own_database):
    open_first_day(DAY)
    employer = paying_employer(1)
    sheet = checked(employer, [*proposed(employer), joiner(**{sheets.BASE: "x"})])
    answers = at_once(lambda: mended(Sheet.objects.get(pk=sheet.pk), Mend(3, 0, {sheets.BASE: "5000"})).error_count)
    assert answers.count(0) == 1 and answers.count(mending.RowsOvertaken) == 3
    assert SheetMend.objects.count() == 1


def test_thrown_away_at_the_same_moment_comes_before_or_after(own_database):
    """Who mends is told in words, and never by the guard of the database."""
    open_first_day(DAY)
    employer = paying_employer(1)
    for _ in range(4):
        sheet = checked(employer, [*proposed(employer), joiner(**{sheets.BASE: "x"})])
        acts = [partial(journey.discard, by=night(), on=DAY)]
        acts += [partial(mending.mend, rows=[Mend(3, 0, {sheets.BASE: "5000"})], by=night(), on=DAY)] * 3
        answers = at_once(lambda sheet=sheet, acts=acts: acts.pop()(Sheet.objects.get(pk=sheet.pk)))
        told = [answer for answer in answers if answer not in (None, sheet)]
        assert set(told) <= {mending.RowsOvertaken, NotAllowedNow} and len(told) >= 2
        assert Sheet.objects.get(pk=sheet.pk).status == SheetStatus.DISCARDED


def test_mended_while_it_is_confirmed_or_thrown_away_is_refused(employer):
    sheet = checked(employer, [*proposed(employer), joiner(**{sheets.BASE: "x"})])
    journey.discard(sheet, by=night(), on=DAY)
    with pytest.raises(NotAllowedNow):
        mended(sheet, Mend(4, 0, {sheets.BASE: "5000"}))
    waiting = journey.upload(employer, JULY, workbook([joiner()]), by=night(), on=DAY)
    with pytest.raises(journey.BeingChecked):
        mended(waiting, Mend(2, 0, {sheets.BASE: "5000"}))
    assert not SheetMend.objects.exists()


def test_file_that_is_given_back_reads_as_mended(employer):
    rows = [*proposed(employer), joiner(**{sheets.BASE: "x"}), joiner(**{sheets.ACCOUNT: "2999999999"})]
    sheet = checked(employer, rows)
    sheet = mended(sheet, Mend(4, 0, {sheets.BASE: "900"}), Mend(5, 0, left_out=True))
    header, *found = rows_of(error_file(sheet))
    assert [row[6] for row in found] == [6543.0, 6543.0, "900"]
    assert found[2][-1].startswith("缴存基数：缴存基数应在")
    found[2][6] = 5000
    assert errors_of(checked(employer, found, header)) == []


def test_trail_says_who_changed_what_and_no_number_of_a_person(employer):
    new = joiner(**{sheets.BASE: "x", sheets.ID_NUMBER: "511002198001010001"})
    sheet = checked(employer, [*proposed(employer), new])
    right, clerk = accounts.id_number(), person(Post.CLERK, name="周敏")
    sheet = mended(sheet, Mend(4, 0, {sheets.BASE: "5000", sheets.ID_NUMBER: right}), by=clerk)
    record = Record.objects.get(act="mend_sheet")
    assert (record.by_name, record.subject_id, record.on) == ("周敏", str(sheet.pk), DAY)
    assert record.before == {"第4行证件号码": "511***********0001", "第4行缴存基数": "x"}
    assert record.after == {"第4行证件号码": privacy.masked_id(right), "第4行缴存基数": "5000", "errors_left": 0}
    kept = SheetMend.objects.get()
    assert kept.mended_by == clerk and right.encode() not in bytes(kept.cells_sealed)
    assert right not in str(list(Record.objects.values_list("before", "after", "subject_label")))
    part = SheetPart.objects.values_list("rows_sealed", flat=True).get(sheet=sheet)
    assert right.encode() not in bytes(part)


def test_trail_masks_a_short_number_of_a_person_too(employer):
    new = joiner(**{sheets.CERTIFICATE: "护照", sheets.ID_NUMBER: "E1234567$", sheets.MOBILE: "139138"})
    sheet = checked(employer, [*proposed(employer), new])
    mended(sheet, Mend(4, 0, {sheets.ID_NUMBER: "E12345678", sheets.MOBILE: "13913"}))
    record = Record.objects.get(act="mend_sheet")
    assert (record.before["第4行证件号码"], record.before["第4行手机号码"]) == ("E******7", "1****8")
    assert (record.after["第4行证件号码"], record.after["第4行手机号码"]) == ("E*******8", "1***3")


def test_database_keeps_the_file_and_the_mends_as_they_came(employer):
    sheet = checked(employer, [*proposed(employer), joiner(**{sheets.BASE: "x"})])
    mended(sheet, Mend(4, 0, {sheets.BASE: "5000"}))
    journey.discard(Sheet.objects.get(pk=sheet.pk), by=night(), on=DAY)
    for statement in (
        "update deposits_sheetmend set left_out = true",
        "delete from deposits_sheetmend",
        "update deposits_sheet set file_sealed = 'x'",
        "insert into deposits_sheetmend (sheet_id, row, turn, left_out, cells_sealed, mended_by_id)"
        " select sheet_id, row, 2, true, cells_sealed, mended_by_id from deposits_sheetmend",
    ):
        with pytest.raises((IntegrityError, ProgrammingError, InternalError)), transaction.atomic():
            connection.cursor().execute(statement)


def test_rows_of_several_parts_are_mended_each_in_its_own(day, monkeypatch):
    monkeypatch.setattr(checking, "EVERY", 2)
    employer = paying_employer(3)
    rows = proposed(employer)
    rows[0][6] = "x"
    sheet = checked(employer, [*rows[:2], joiner(), joiner(**{sheets.BASE: "y"})])
    assert (wrong_of(sheet), sheet.missing_count) == ([2, 5, 0], 1)
    sheet = mended(sheet, Mend(2, 0, {sheets.BASE: "6543"}), added=[Added(rows[2][1])])
    assert wrong_of(sheet) == [5]
    assert [row.number for row in queries.CheckedRows(sheet)] == [2, 3, 4, 5, 6]
    sheet = mended(sheet, Mend(5, 0, {sheets.BASE: "5000"}))
    remittance = journey.confirm(sheet, by=night(), on=DAY)
    assert (remittance.headcount, remittance.total) == (5, 3 * EACH + 1600)
    assert RemittanceLine.objects.filter(remittance=Remittance.objects.get()).count() == 5
    assert sheet.status == SheetStatus.CONFIRMED
