"""Transfers inside the centre: what moves, what stays, and who may not be moved."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from access.queries import night_user
from accounts import queries
from accounts.actions import members, sealing, transfers
from accounts.actions.members import Paying
from accounts.models import MemberAccount, Transfer
from accounts.states import EmployerStatus, MemberAccountStatus, SealReason
from audit.actions import inspection, trail
from audit.models import Record
from hpf.errors import Overtaken, Refusal
from hpf.months import Month
from ledger.actions import days, posting
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


def verified():
    """What the checks of the books find wrong."""
    return [(one.check.title, one.rows) for one in inspection.inspect(DAY) if not one.holds]


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
    records = Record.objects.filter(subject_kind="accounts.memberaccount", subject_id=account.pk).order_by("-pk")
    rebased, moved = records[:2]
    assert moved.why == f"同城转移：转入 {employer.number}"
    assert (moved.before["employer_id"], moved.after["employer_id"]) == (old.pk, employer.pk)
    assert (rebased.act, rebased.before["base"], rebased.after["base"]) == ("change_base", "5000.00", "7000.00")


def test_transfer_is_written_down_without_a_voucher_inside_an_office(account):
    employer, old = factories.employer(), account.employer
    take_in(employer, account)
    row = Transfer.objects.get()
    assert (row.member_account_id, row.from_employer_id, row.to_employer_id, row.on) == (
        account.pk, old.pk, employer.pk, DAY,
    )  # fmt: skip
    assert (row.from_ledger_account_id, row.to_ledger_account_id, row.voucher_id) == (None, None, None)


def test_first_member_taken_in_makes_the_employer_normal(account):
    employer = factories.employer()
    take_in(employer, account)
    employer.refresh_from_db()
    assert employer.status == EmployerStatus.NORMAL


@pytest.mark.parametrize(
    ("status", "refusal"),
    [
        (MemberAccountStatus.NORMAL, transfers.StillActive),
        (MemberAccountStatus.CLOSED, transfers.NotMovable),
    ],
)
def test_only_a_sealed_account_is_moved(account, status, refusal):
    trail.move(account, status, by=night_user(), on=DAY)
    with pytest.raises(refusal):
        take_in(factories.employer(), account)
    account.refresh_from_db()
    assert account.status == status


def test_account_of_another_office_is_moved_with_a_voucher(account):
    books.open_books(DAY)
    books.pay_in("in", books.bank(DAY), account.ledger_account_id, "523.44", on=DAY)
    employer = factories.employer(at="04")
    take_in(employer, account)
    moved = MemberAccount.objects.select_related("ledger_account").get(pk=account.pk)
    assert (moved.number, moved.employer_id, moved.status) == (account.number, employer.pk, MemberAccountStatus.NORMAL)
    assert (moved.ledger_account.branch_id, moved.ledger_account.balance) == (4, Decimal("523.44"))
    old = LedgerAccount.objects.get(pk=account.ledger_account_id)
    assert (old.balance, old.closed_on) == (0, DAY)
    row = Transfer.objects.get()
    assert (row.from_ledger_account_id, row.to_ledger_account_id) == (old.pk, moved.ledger_account_id)
    lines = Entry.objects.filter(voucher=row.voucher_id).order_by("side")
    assert [(line.account_id, line.side, line.amount, line.balance) for line in lines] == [
        (moved.ledger_account_id, "C", Decimal("523.44"), Decimal("523.44")),
        (old.pk, "D", Decimal("523.44"), Decimal("0.00")),
    ]
    assert verified() == []


def test_empty_account_of_another_office_needs_no_voucher(account):
    books.open_books(DAY)
    take_in(factories.employer(at="04"), account)
    row = Transfer.objects.get()
    assert row.voucher_id is None and row.to_ledger_account_id
    assert MemberAccount.objects.get(pk=account.pk).ledger_account_id == row.to_ledger_account_id
    assert verified() == []


def test_statement_tells_one_story_over_both_ledger_accounts(account):
    books.open_books(DAY)
    till = books.bank(DAY)
    books.pay_in("one", till, account.ledger_account_id, "100.00", on=DAY)
    books.pay_in("two", till, account.ledger_account_id, "20.00", on=DAY)
    take_in(factories.employer(at="04"), account)
    account.refresh_from_db()
    books.pay_in("three", till, account.ledger_account_id, "3.00", on=DAY)
    rows = list(queries.statement_of(account, on=DAY))
    assert [(row["change"], row["balance"]) for row in rows] == [(3, 123), (20, 120), (100, 100)]
    assert queries.newest_entries_of(account, DAY, DAY + timedelta(days=1), most=2) == rows[:2]


def test_accounts_of_several_offices_and_one_of_the_own_are_moved_together(account, django_assert_max_num_queries):
    books.open_books(DAY)
    here, there = factories.employer(at="04"), factories.employer(at="05")
    movers = [account, *factories.member_accounts(here, 10), *factories.member_accounts(there, 10)]
    for employer in (here, there):
        leavers = {row.pk: SealReason.ENDED for row in movers if row.employer_id == employer.pk}
        sealing.seal(employer, leavers, month=Month(2026, 7), by=night_user(), on=DAY)
    for place, row in enumerate(movers[:15]):
        books.pay_in(place, books.bank(DAY), row.ledger_account_id, place + 1, on=DAY)
    employer = factories.employer(at="04")
    with django_assert_max_num_queries(30):
        transfers.take_in(employer, dict.fromkeys([row.pk for row in movers], NOW), by=night_user(), on=DAY)
    assert Transfer.objects.exclude(voucher=None).count() == 5  # one of 01, ten of 05, and only the first 15 had money
    assert Transfer.objects.exclude(to_ledger_account=None).count() == 11
    assert not MemberAccount.objects.filter(employer=employer).exclude(ledger_account__branch=4).exists()
    assert verified() == []


def test_no_savings_move_while_the_day_before_is_not_settled(account):
    books.open_books(DAY)
    days.turn(DAY)
    employer = factories.employer(at="04")
    with pytest.raises(posting.YearTurning):
        transfers.take_in(employer, {account.pk: NOW}, by=night_user(), on=DAY + timedelta(days=1))
    with pytest.raises(posting.DayNotOpen):
        transfers.take_in(employer, {account.pk: NOW}, by=night_user(), on=DAY)
    account.refresh_from_db()
    assert account.status == MemberAccountStatus.SEALED and not Transfer.objects.exists()


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
