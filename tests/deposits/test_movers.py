"""Joiners who have an account that is sealed elsewhere: moved by their row, once, and never paid twice for a month."""

from decimal import Decimal
from functools import partial

import pytest

from accounts.actions import sealing, transfers
from accounts.models import MemberAccount
from accounts.queries import active_members
from accounts.states import MemberAccountStatus, SealReason
from audit.actions import inspection
from deposits import sheets
from deposits.actions import checking, remittances
from deposits.actions import sheets as journey
from deposits.models import Remittance, RemittanceLine, Sheet
from ledger.actions.posting import AccountUnknown
from ledger.models import LedgerAccount
from tests.accounts import factories as accounts
from tests.banking.factories import open_first_day
from tests.deposits.factories import DAY, EACH, JULY, at_once, funded, night, paid, paying_employer, submitted
from tests.deposits.test_sheets import checked, errors_of, joiner, proposed, workbook


@pytest.fixture
def day(db):
    return open_first_day(DAY)


def sealed_member(employer, month=JULY):
    """A member of the employer's who left it before a month."""
    account = active_members(employer).first()
    sealing.seal(employer, {account.pk: SealReason.ENDED}, month=month, by=night(), on=DAY)
    return MemberAccount.objects.select_related("member").get(pk=account.pk)


def row_of(account, **changes):
    """A joiner's row for somebody who has an account."""
    return joiner(**{sheets.NAME: account.member.name, sheets.ID_NUMBER: account.member.id_number} | changes)


def test_joiner_sealed_elsewhere_is_moved_by_the_row(day):
    old, new = paying_employer(2), paying_employer(1)
    account = sealed_member(old)
    sheet = checked(new, [*proposed(new), row_of(account, **{sheets.BASE: 6543})])
    assert (errors_of(sheet), sheet.headcount, sheet.total) == ([], 2, 2 * EACH)
    assert sheet.mover_count == 1
    remittance = journey.confirm(sheet, by=night(), on=DAY)
    moved = MemberAccount.objects.get(pk=account.pk)
    assert (moved.employer_id, moved.status, moved.number) == (new.pk, MemberAccountStatus.NORMAL, account.number)
    assert MemberAccount.objects.filter(member=account.member).count() == 1  # no second account
    assert RemittanceLine.objects.filter(remittance=remittance, member_account=moved).exists()
    assert account.pk not in {row.pk for row in active_members(old)}


def test_money_of_both_employers_comes_to_one_account_and_the_books_agree(day):
    old, new = paying_employer(2), paying_employer(1)
    paid(old)
    account = sealed_member(old, JULY.next())
    kept = LedgerAccount.objects.get(pk=account.ledger_account_id)
    paid(new)
    august = JULY.next()
    rows = [*proposed(new, august), row_of(account, **{sheets.BASE: 6543})]
    sheet = journey.upload(new, august, workbook(rows), by=night(), on=DAY)
    journey.check(sheet, by=night(), on=DAY)
    remittance = journey.confirm(sheet, by=night(), on=DAY)
    funded(new, remittance.total, reference=remittance.reference)
    remittances.allocate(remittance, by=night(), on=DAY)
    savings = LedgerAccount.objects.get(pk=account.ledger_account_id)
    assert (kept.balance, savings.balance) == (EACH, 2 * EACH)
    assert (savings.carried, savings.current) == (kept.carried, kept.current + EACH)
    assert savings.branch_id == new.branch_id


def test_still_active_elsewhere_is_refused_and_says_who_must_act(day):
    old, new = paying_employer(1), paying_employer(1)
    account = active_members(old).get()
    assert errors_of(checked(new, [*proposed(new), row_of(account)])) == [
        (3, sheets.ID_NUMBER, "该职工在其他单位的账户仍在缴存，须先由原单位办理封存，再转入本单位")
    ]


def test_sealed_here_is_sent_to_the_counter(day):
    employer = paying_employer(2)
    account = sealed_member(employer)
    found = errors_of(checked(employer, [*proposed(employer), row_of(account)]))
    assert found == [(3, sheets.ID_NUMBER, transfers.SealedHere.message)]


def test_joiner_sealed_at_another_office_is_moved_with_all_that_was_saved(day):
    old, new = paying_employer(2, at="04"), paying_employer(1)
    paid(old)
    account = sealed_member(old, JULY.next())
    paid(new)
    august = JULY.next()
    rows = [*proposed(new, august), row_of(account, **{sheets.BASE: 6543})]
    sheet = journey.upload(new, august, workbook(rows), by=night(), on=DAY)
    journey.check(sheet, by=night(), on=DAY)
    remittance = journey.confirm(sheet, by=night(), on=DAY)
    funded(new, remittance.total, reference=remittance.reference)
    remittances.allocate(remittance, by=night(), on=DAY)
    moved = MemberAccount.objects.select_related("ledger_account").get(pk=account.pk)
    assert (moved.employer_id, moved.ledger_account.branch_id) == (new.pk, new.branch_id)
    assert moved.ledger_account.balance == 2 * EACH
    assert LedgerAccount.objects.get(pk=account.ledger_account_id).balance == 0


def run_next(turns):
    return next(turns)()


def test_money_on_its_way_to_a_member_who_changes_office_arrives_once(own_database):
    """The old employer's list is allocated at the very moment the new one, of another office, takes the member in."""
    open_first_day(DAY)
    for _ in range(3):
        old, new = paying_employer(2), paying_employer(1, at="04")
        remittance = submitted(old)
        funded(old, remittance.total, reference=remittance.reference)
        account = sealed_member(old)
        joiners = {account.pk: transfers.Paying(account.base, account.employer_ratio, account.member_ratio)}
        turns = iter(
            [
                partial(remittances.allocate, remittance, by=night(), on=DAY),
                partial(transfers.take_in, new, joiners, by=night(), on=DAY),
            ]
        )
        answers = at_once(partial(run_next, turns), 2)
        if AccountUnknown in answers:  # it was on its way to the account that closed; the next minute tries again
            remittances.allocate(Remittance.objects.get(pk=remittance.pk), by=night(), on=DAY)
        moved = MemberAccount.objects.select_related("ledger_account").get(pk=account.pk)
        assert (moved.employer_id, moved.ledger_account.branch_id) == (new.pk, new.branch_id)
        assert moved.ledger_account.balance == EACH
        assert LedgerAccount.objects.get(pk=account.ledger_account_id).balance == 0
    assert [one.check.title for one in inspection.inspect(DAY) if not one.holds] == []


def test_wrong_name_moves_nobody_and_tells_nothing(day):
    account = sealed_member(paying_employer(2))
    new = paying_employer(1)
    found = errors_of(checked(new, [*proposed(new), row_of(account, **{sheets.NAME: "别人"})]))
    assert found == [(3, sheets.NAME, checking.MEMBER_NAME_DIFFERS)]


def test_wrong_base_of_a_mover_is_named(day):
    account = sealed_member(paying_employer(2))
    new = paying_employer(1)
    found = errors_of(checked(new, [*proposed(new), row_of(account, **{sheets.BASE: "x"})]))
    assert [(row, column) for row, column, _ in found] == [(3, sheets.BASE)]


def test_month_that_the_old_employer_listed_is_not_paid_twice(day):
    old, new = paying_employer(2), paying_employer(1)
    paid(old)  # July, with him
    account = sealed_member(old, JULY.next())
    found = errors_of(checked(new, [*proposed(new), row_of(account)]))
    assert found == [(3, sheets.ID_NUMBER, checking.PAID_ELSEWHERE.format(month="2026-07"))]


def test_refused_confirmation_moves_nobody(day):
    old, new = paying_employer(2), paying_employer(1)
    account = sealed_member(old)
    sheet = checked(new, [*proposed(new), row_of(account)])
    accounts.member_account(new)
    with pytest.raises(journey.ChangedSince):
        journey.confirm(sheet, by=night(), on=DAY)
    assert MemberAccount.objects.get(pk=account.pk).employer_id == old.pk


def test_old_employer_took_him_back_meanwhile(day):
    old, new = paying_employer(2), paying_employer(1)
    account = sealed_member(old)
    sheet = checked(new, [*proposed(new), row_of(account)])
    paying = transfers.Paying(account.base, account.employer_ratio, account.member_ratio)
    sealing.unseal(account.employer, {account.pk: paying}, by=night(), on=DAY)
    with pytest.raises(journey.ChangedSince):
        journey.confirm(sheet, by=night(), on=DAY)


def test_leaver_and_mover_and_new_on_one_sheet(day):
    old, new = paying_employer(2), paying_employer(2)
    account = sealed_member(old)
    stays, leaves = proposed(new)
    sheet = checked(new, [row_of(account), joiner(), [*leaves[:9], sheets.SEAL, "死亡"], stays])
    assert (errors_of(sheet), sheet.headcount) == ([], 3)
    remittance = journey.confirm(sheet, by=night(), on=DAY)
    lines = RemittanceLine.objects.filter(remittance=remittance).order_by("line")
    assert lines[0].member_account_id == account.pk and lines[2].member_account.number == stays[1]
    assert [line.total for line in lines] == [Decimal("800.00"), Decimal("800.00"), EACH]


def test_of_two_handlers_who_want_the_same_person_one_wins(own_database):
    open_first_day(DAY)
    old, one, two = paying_employer(2), paying_employer(1), paying_employer(1)
    account = sealed_member(old)
    waiting = [checked(employer, [*proposed(employer), row_of(account)]).pk for employer in (one, two)]

    def confirm():
        return journey.confirm(Sheet.objects.get(pk=waiting.pop()), by=night(), on=DAY).employer_id

    answers = at_once(confirm, times=2)
    won = [answer for answer in answers if isinstance(answer, int)]
    assert len(won) == 1
    assert MemberAccount.objects.get(pk=account.pk).employer_id == won[0]
    assert RemittanceLine.objects.filter(member_account=account).count() == 1
