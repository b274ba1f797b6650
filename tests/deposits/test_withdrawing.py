"""A list taken back 撤销清册: its month is free again, and what its rows did to accounts stays and is said."""

import pytest
from django.db import transaction

from accounts.models import MemberAccount
from accounts.states import MemberAccountStatus
from audit.models import Record
from deposits import queries
from deposits.actions import receipts, remittances
from deposits.actions import sheets as journey
from deposits.models import Remittance
from deposits.states import RemittanceStatus, SheetStatus
from hpf.errors import NotAllowedNow, Overtaken
from tests.banking.factories import open_first_day
from tests.deposits.factories import (
    DAY,
    EACH,
    JULY,
    arrived,
    at_once,
    balances,
    funded,
    night,
    paid,
    paying_employer,
    submitted,
    unallocated,
)
from tests.deposits.test_leavers import leaving
from tests.deposits.test_sheets import checked, joiner, proposed, uploaded, workbook

WHY = "工资表有误，重新报送"


@pytest.fixture
def day(db):
    return open_first_day(DAY)


def both(*acts):
    """Two acts at the same moment, and what each answered or was refused with."""
    waiting = iter(acts)
    return at_once(lambda: next(waiting)(), times=2)


def withdraw(remittance, why=WHY):
    remittances.withdraw(remittance, why=why, by=night(), on=DAY)


def test_withdrawn_month_is_due_again_and_its_money_stays(day):
    employer = paying_employer()
    first = submitted(employer)
    funded(employer, "100.00", reference=first.reference)
    withdraw(first)
    assert first.status == RemittanceStatus.CANCELLED
    assert queries.month_due(employer, on=DAY) == JULY
    assert unallocated(employer) == 100
    again = submitted(employer)
    assert again.reference != first.reference
    funded(
        employer, 3 * EACH - 100, reference=first.reference
    )  # written before it was taken back: still its employer's
    assert remittances.allocate_covered(by=night(), on=DAY)["allocated"] == 1
    assert balances(employer) == [EACH] * 3


def test_withdrawal_is_recorded_with_its_reason(day):
    remittance = submitted(paying_employer())
    withdraw(remittance, f"  {WHY} ")
    record = Record.objects.filter(act="move", subject_id=str(remittance.pk)).latest("pk")
    assert (record.why, record.after["status"]) == (WHY, "CANCELLED")


def test_what_the_rows_did_to_accounts_stays(day):
    """R-106: the joiner is opened, the leaver sealed, the base changed; the next list begins from there."""
    employer = paying_employer(3)
    stays, raised, leaves = proposed(employer)
    raised[6] = 7000
    sheet = checked(employer, [stays, raised, leaving(leaves), joiner()])
    withdraw(journey.confirm(sheet, by=night(), on=DAY))
    sheet.refresh_from_db()
    assert sheet.status == SheetStatus.CONFIRMED
    assert MemberAccount.objects.get(number=leaves[1]).status == MemberAccountStatus.SEALED
    assert [(row[2], row[6]) for row in proposed(employer)] == [(stays[2], 6543), (raised[2], 7000), ("李新", 5000)]
    again = checked(employer, proposed(employer))
    assert journey.confirm(again, by=night(), on=DAY).headcount == 3


def test_reason_is_needed(day):
    remittance = submitted(paying_employer())
    for nothing in ("", " 　"):
        with pytest.raises(remittances.WhyNeeded):
            withdraw(remittance, nothing)
    assert Remittance.objects.get().status == RemittanceStatus.SUBMITTED


def test_later_month_goes_first(day):
    employer = paying_employer()
    july, august = submitted(employer), submitted(employer, JULY.next())
    with pytest.raises(remittances.LaterMonthListed) as refused:
        withdraw(july)
    assert "2026-08 的清册已提交" in refused.value.sentence
    withdraw(august)
    withdraw(july)
    assert queries.month_due(employer, on=DAY) == JULY


def test_allocated_or_withdrawn_list_cannot_be_taken_back(day):
    done = paid(paying_employer())
    done.refresh_from_db()
    with pytest.raises(NotAllowedNow):
        withdraw(done)
    gone = submitted(paying_employer())
    as_read = Remittance.objects.get(pk=gone.pk)
    withdraw(gone)
    with pytest.raises(NotAllowedNow):
        withdraw(gone)
    with pytest.raises(Overtaken), transaction.atomic():
        withdraw(as_read)


def test_withdrawn_list_is_not_allocated(day):
    employer = paying_employer()
    remittance = submitted(employer)
    withdraw(remittance)
    funded(employer, remittance.total, reference=remittance.reference)
    assert remittances.allocate_covered(by=night(), on=DAY) == {"allocated": 0, "refused": 0}
    assert unallocated(employer) == remittance.total


def test_mover_may_be_listed_elsewhere_once_the_list_is_taken_back(day):
    employer = paying_employer(1)
    account = MemberAccount.objects.get(employer=employer)
    remittance = submitted(employer)
    assert queries.listed_in(JULY, [account.pk]) == {account.pk}
    withdraw(remittance)
    assert queries.listed_in(JULY, [account.pk]) == set()


# Two handlers, several tabs: one wins, the other is told, nothing is doubled


def test_of_several_withdrawals_one_wins(own_database):
    open_first_day(DAY)
    remittance = submitted(paying_employer())
    answers = at_once(lambda: withdraw(Remittance.objects.get(pk=remittance.pk)))
    assert answers.count(None) == 1
    assert set(answers) <= {None, Overtaken, NotAllowedNow}
    assert Record.objects.filter(act="move", subject_label=str(remittance)).count() == 1


def test_withdrawal_and_allocation_at_once(own_database):
    """Whichever is first, the other is told; the money is in one place only."""
    open_first_day(DAY)
    for _ in range(3):
        employer = paying_employer()
        remittance = submitted(employer)
        funded(employer, remittance.total, reference=remittance.reference)
        answers = both(
            lambda one=remittance: withdraw(Remittance.objects.get(pk=one.pk)),
            lambda one=remittance: remittances.allocate(Remittance.objects.get(pk=one.pk), by=night(), on=DAY),
        )
        assert answers.count(None) == 1
        remittance.refresh_from_db()
        saved = sum(balances(employer))
        assert (remittance.status, saved, unallocated(employer)) in [
            (RemittanceStatus.ALLOCATED, 3 * EACH, 0),
            (RemittanceStatus.CANCELLED, 0, 3 * EACH),
        ]


def test_two_handlers_hand_in_at_once(own_database):
    """One confirms a sheet, the other the proposed list: one list of the month, one joiner, one sentence."""
    open_first_day(DAY)
    employer = paying_employer(2)
    sheet = checked(employer, [*proposed(employer), joiner()])
    lines = queries.proposed_lines(employer, JULY)
    answers = both(
        lambda: journey.confirm(type(sheet).objects.get(pk=sheet.pk), by=night(), on=DAY).pk,
        lambda: remittances.submit(employer, JULY, lines, by=night(), on=DAY).pk,
    )
    assert sum(isinstance(answer, int) for answer in answers) == 1
    (listed,) = Remittance.objects.all()
    assert MemberAccount.objects.filter(employer=employer).count() == listed.headcount


def test_two_handlers_upload_at_once(own_database):
    """Both files are taken, one stays open: the later takes the place of the earlier."""
    open_first_day(DAY)
    employer = paying_employer(2)
    first, second = proposed(employer)
    files = [workbook([first, [*second[:6], base, *second[7:]]]) for base in (5001, 5002, 5003, 5004)]
    answers = at_once(lambda: uploaded(employer, files.pop()).pk)
    statuses = sorted(type(employer.sheets.first()).objects.values_list("status", flat=True))
    assert len(set(answers)) == 4
    assert statuses == [SheetStatus.DISCARDED] * 3 + [SheetStatus.WAITING]


def test_money_that_comes_while_a_list_is_taken_back_is_kept(own_database):
    open_first_day(DAY)
    employer = paying_employer(1)
    remittance = submitted(employer)
    receipt = arrived(EACH, remark=remittance.reference)
    both(
        lambda: withdraw(Remittance.objects.get(pk=remittance.pk)),
        lambda: receipts.identify(receipt, by=night(), on=DAY).amount,
    )
    remittance.refresh_from_db()
    assert (remittance.status, unallocated(employer)) == (RemittanceStatus.CANCELLED, EACH)
