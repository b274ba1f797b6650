"""Transfers inside the centre: what moves, what stays, and who may not be moved."""

from dataclasses import replace
from decimal import Decimal

import pytest

from access.queries import night_user
from accounts.actions import members, sealing, transfers
from accounts.actions.members import Paying
from accounts.models import MemberAccount
from accounts.states import EmployerStatus, MemberAccountStatus, SealReason
from audit.actions import trail
from audit.models import Record
from hpf.errors import Overtaken, Refusal
from hpf.months import Month
from ledger.models import Entry, LedgerAccount
from tests.accounts import factories
from tests.accounts.factories import DAY
from tests.ledger import books

NOW = Paying(Decimal("7000.00"), Decimal("10.00"), Decimal("9.00"))

pytestmark = pytest.mark.django_db


@pytest.fixture
def account():
    """Sealed at an employer of Longchang."""
    opened = factories.member_account(base=Decimal("5000.00"))
    sealing.seal(opened.employer, {opened.pk: SealReason.ENDED}, month=Month(2026, 7), by=night_user(), on=DAY)
    opened.refresh_from_db()
    return opened


def take_in(employer, account, paying=NOW):
    return transfers.take_in(employer, {account.pk: paying}, by=night_user(), on=DAY)


def test_account_follows_its_member_with_all_that_is_in_it(account):
    books.open_books(DAY)
    books.pay_in("in", books.bank(DAY), account.ledger_account_id, "523.44", on=DAY)
    before = LedgerAccount.objects.filter(pk=account.ledger_account_id).values().get()
    entries = Entry.objects.count()
    employer = factories.employer()
    take_in(employer, account)
    moved = MemberAccount.objects.get(pk=account.pk)
    assert (moved.employer_id, moved.status) == (employer.pk, MemberAccountStatus.NORMAL)
    assert (moved.number, moved.ledger_account_id) == (account.number, account.ledger_account_id)
    assert (moved.first_month, moved.opened_on) == (account.first_month, account.opened_on)
    assert (moved.sealed_on, moved.seal_reason) == (None, "")
    assert Paying(moved.base, moved.employer_ratio, moved.member_ratio) == NOW
    assert LedgerAccount.objects.filter(pk=account.ledger_account_id).values().get() == before
    assert Entry.objects.count() == entries  # nothing is posted


def test_the_record_names_both_employers(account):
    employer, old = factories.employer(), account.employer
    take_in(employer, account)
    record = Record.objects.filter(subject_kind="accounts.memberaccount", subject_id=account.pk).latest("pk")
    assert record.why == f"同城转移：由 {old.number} 转入 {employer.number}"
    assert (record.before["employer_id"], record.after["employer_id"]) == (old.pk, employer.pk)


def test_first_member_taken_in_makes_the_employer_normal(account):
    employer = factories.employer()
    take_in(employer, account)
    employer.refresh_from_db()
    assert employer.status == EmployerStatus.NORMAL


@pytest.mark.parametrize(
    ("status", "refusal"),
    [
        (MemberAccountStatus.NORMAL, transfers.StillActive),
        (MemberAccountStatus.FROZEN, transfers.NotMovable),
        (MemberAccountStatus.CLOSED, transfers.NotMovable),
    ],
)
def test_only_a_sealed_account_is_moved(account, status, refusal):
    trail.move(account, status, by=night_user(), on=DAY)
    with pytest.raises(refusal):
        take_in(factories.employer(), account)
    account.refresh_from_db()
    assert account.status == status


def test_account_of_another_office_stays_there(account):
    with pytest.raises(transfers.AnotherBranch) as told:
        take_in(factories.employer(at="04"), account)
    assert "跨管理部转移请到柜台办理" in told.value.sentence
    account.refresh_from_db()
    assert account.status == MemberAccountStatus.SEALED


def test_own_account_is_not_moved(account):
    with pytest.raises(transfers.SealedHere):
        take_in(account.employer, account)
    with pytest.raises(transfers.SavesHere):
        take_in(account.employer, factories.member_account(account.employer))


def test_one_refused_moves_nobody(account):
    active, employer = factories.member_account(), factories.employer()
    with pytest.raises(transfers.StillActive):
        transfers.take_in(employer, {account.pk: NOW, active.pk: NOW}, by=night_user(), on=DAY)
    account.refresh_from_db()
    assert account.status == MemberAccountStatus.SEALED
    with pytest.raises(Overtaken):
        transfers.take_in(employer, {account.pk: NOW, 0: NOW}, by=night_user(), on=DAY)


@pytest.mark.parametrize("wrong", [{"base": Decimal(1)}, {"employer_ratio": Decimal(13)}])
def test_base_and_ratios_are_held_within_the_limits(account, wrong):
    with pytest.raises(Refusal):
        take_in(factories.employer(), account, replace(NOW, **wrong))


def test_employer_that_does_not_contribute_takes_nobody_in(account):
    employer = factories.member_account().employer
    trail.move(employer, EmployerStatus.SEALED, by=night_user(), on=DAY)
    with pytest.raises(members.EmployerNotActive):
        take_in(employer, account)
