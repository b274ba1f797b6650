"""What becomes of the money 提取资金: paid, or back on the account as if it had never left; undone by two persons."""

import re
from decimal import Decimal

import pytest

from access.states import Post
from accounts.actions import members, sealing, transfers
from accounts.actions.members import Paying
from accounts.queries.in_flight import in_flight
from accounts.states import MemberAccountStatus, SealReason
from approvals.actions import signatures
from approvals.actions.signatures import Decision
from approvals.rules import digest_of
from approvals.states import Verdict
from audit.actions import inspection
from banking.actions import payments
from banking.states import PaymentStatus, ResultOutcome
from hpf.errors import NotAllowedNow
from hpf.money import ZERO
from hpf.months import Month
from ledger.models import LedgerAccount
from reports.queries.work import waiting_for
from tests.access.factories import client_of, person
from tests.accounts import factories as accounts
from tests.banking.owing import owed
from tests.ledger.books import as_owner, run
from tests.withdrawals.factories import (
    ON,
    approved,
    available,
    balance,
    banked,
    decided,
    fresh,
    manager,
    night,
    no_home,
    payment_of,
    purchase,
    rent,
    retired,
    saver,
    submitted,
)
from withdrawals import queries
from withdrawals.actions import payouts, undoing
from withdrawals.models import Undoing, Use
from withdrawals.states import WithdrawalStatus

pytestmark = pytest.mark.django_db
FAILED, RETURNED, SUCCEEDED = ResultOutcome.FAILED, ResultOutcome.RETURNED, ResultOutcome.SUCCEEDED
PAYING = Paying(Decimal("7000.00"), Decimal("8.00"), Decimal("8.00"))
NUMBERS = ("balance", "held", "carried", "current", "carried_number", "current_number", "counted_to", "closed_on")


def settle():
    return payouts.settle(by=night(), on=ON)


def numbers(account):
    return LedgerAccount.objects.filter(pk=account.ledger_account_id).values_list(*NUMBERS).get()


def broken():
    return [f"{one.check.title} {one.rows}" for one in inspection.inspect(ON) if not one.holds]


def proposed(withdrawal, reason="申请人填错金额"):
    return undoing.propose(withdrawal, reason, by=accounts.user(Post.CLERK), on=ON)


def undone(row, verdict=Verdict.GRANT, by=None, reason=""):
    row = Undoing.objects.select_related("withdrawal__member", "withdrawal__member_account", "withdrawal__payment").get(
        pk=row.pk
    )
    said = Decision(verdict, digest_of(queries.facts_of_undoing(row)), reason)
    return undoing.decide(row, said, by=by or manager(), on=ON)


def shown(withdrawal):
    """The page of a withdrawal, without its tags."""
    page = client_of(manager()).get(f"/counter/withdrawals/{withdrawal.pk}/").content.decode()
    return re.sub(r"<[^>]+>", "", page)


# Settling


def test_paid_once_the_bank_says_so():
    withdrawal = approved(saver("9000.00"), purchase(), "4000.00")
    assert settle() == {"paid": 0, "returned": 0, "refused": 0}
    banked(withdrawal, SUCCEEDED)
    assert settle() == {"paid": 1, "returned": 0, "refused": 0}
    assert settle() == {"paid": 0, "returned": 0, "refused": 0}
    assert (fresh(withdrawal).status, owed()) == (WithdrawalStatus.PAID, ZERO)
    assert Use.objects.filter(released_on=None).count() == 1  # the house stays used
    assert broken() == []


@pytest.mark.parametrize("said", [[FAILED], [SUCCEEDED, RETURNED], [RETURNED, SUCCEEDED]])
def test_not_paid_it_is_as_if_the_money_had_never_left(said):
    account = saver("9000.00")
    before = numbers(account)
    withdrawal = approved(account, purchase(), "4000.00")
    banked(withdrawal, *said)
    assert settle() == {"paid": 0, "returned": 1, "refused": 0}
    assert settle()["returned"] == 0
    assert numbers(account) == before
    assert (fresh(withdrawal).status, owed()) == (WithdrawalStatus.RETURNED, ZERO)
    assert Use.objects.filter(released_on=None).count() == 0
    assert submitted(account, purchase(), "4000.00").status == WithdrawalStatus.SUBMITTED
    assert broken() == []


def test_returned_after_it_was_paid():
    account = saver("9000.00")
    withdrawal = approved(account, purchase(), "4000.00")
    banked(withdrawal, SUCCEEDED)
    settle()
    banked(withdrawal, RETURNED)
    assert settle()["returned"] == 1
    assert (fresh(withdrawal).status, balance(account), owed()) == (WithdrawalStatus.RETURNED, 9000, ZERO)
    assert broken() == []


def test_a_closed_account_is_open_again_as_it_stood():
    account = saver("9000.00")
    particulars = retired(account)
    before = numbers(account)
    withdrawal = submitted(account, particulars)
    banked(withdrawal, FAILED)
    assert settle()["returned"] == 1
    account.refresh_from_db()
    assert (account.status, numbers(account)) == (MemberAccountStatus.SEALED, before)
    assert fresh(withdrawal).status == WithdrawalStatus.RETURNED
    assert broken() == []


def opened_again(account, at="01"):
    """The same person saves with another employer."""
    member, employer = account.member, accounts.employer(at=at, on=ON)
    again = accounts.new_member(name=member.name, id_number=member.id_number, mobile=member.mobile)
    return members.open_one(employer, again, by=night(), on=ON)


@pytest.mark.parametrize("at", ["01", "02"])
def test_who_has_another_account_by_then_has_the_money_there(at):
    account = saver("9000.00")
    withdrawal = submitted(account, retired(account))
    other = opened_again(account, at)
    banked(withdrawal, FAILED)
    assert settle() == {"paid": 0, "returned": 1, "refused": 0}
    assert settle()["returned"] == 0
    withdrawal = fresh(withdrawal)
    assert (withdrawal.status, withdrawal.returned_to_id) == (WithdrawalStatus.RETURNED, other.ledger_account_id)
    account.refresh_from_db()
    assert (account.status, balance(account), balance(other), owed()) == (MemberAccountStatus.CLOSED, ZERO, 9000, ZERO)
    assert LedgerAccount.objects.get(pk=other.ledger_account_id).current == 9000  # savings of this year, from today
    assert f"款项退回该职工现有账户 {other.number}" in shown(withdrawal)
    assert broken() == []


def test_an_account_that_has_changed_office_since_has_the_money_there():
    account = saver("9000.00")
    withdrawal = approved(account, purchase(), "4000.00")
    sealing.seal(account.employer, {account.pk: SealReason.ENDED}, month=Month(2026, 8), by=night(), on=ON)
    away = accounts.employer(at="02", on=ON)
    taken = transfers.take_in(away, {account.pk: PAYING}, by=night(), on=ON)[account.pk]
    assert taken.ledger_account_id != account.ledger_account_id and balance(taken) == 5000
    banked(withdrawal, FAILED)
    assert settle()["returned"] == 1
    assert (balance(taken), fresh(withdrawal).returned_to_id, owed()) == (9000, taken.ledger_account_id, ZERO)
    assert broken() == []


def test_who_has_no_account_left_is_shown_until_one_is_open(caplog):
    clerk = person(Post.CLERK)

    def at_work():
        return [one.count for one in waiting_for(clerk, on=ON) if one.only == "?to_do=STRANDED"]

    account = saver("9000.00")
    withdrawal = approved(account, purchase(), "4000.00")
    banked(withdrawal, SUCCEEDED)
    settle()
    submitted(account, retired(account))  # ends the account with what is left
    banked(withdrawal, RETURNED)
    assert settle() == {"paid": 0, "returned": 0, "refused": 1}
    assert list(queries.stranded()) == [withdrawal] and owed() == 9000
    assert "职工已没有未销户的账户" in shown(withdrawal)
    assert at_work() == [1] and "未能退回" not in caplog.text  # somebody sees to it: no warning at each run
    other = opened_again(account)
    assert list(queries.stranded()) == [] and at_work() == [0]
    assert settle()["returned"] == 1
    assert (fresh(withdrawal).status, balance(other)) == (WithdrawalStatus.RETURNED, 4000)
    assert broken() == []


def test_sent_back_by_finance_it_comes_back():
    account = saver("60000.00", months=17)
    withdrawal = submitted(account, purchase(), "49999.00")
    decided(withdrawal)
    assert payment_of(withdrawal).status == PaymentStatus.APPROVED  # up to 50,000 finance need not sign
    payments.cancel(payment_of(withdrawal), why="账户有误", by=night(), on=ON)
    assert settle()["returned"] == 1
    assert fresh(withdrawal).status == WithdrawalStatus.RETURNED and broken() == []


# Undoing


def test_undone_before_its_bank_has_it():
    account = no_home(saver("9000.00"))
    before = numbers(account)
    withdrawal = submitted(account, rent(), "3000.00")
    row = proposed(withdrawal)
    assert balance(account) == 6000  # nothing yet
    undone(row)
    withdrawal = fresh(withdrawal)
    assert (withdrawal.status, withdrawal.payment.status) == (WithdrawalStatus.UNDONE, PaymentStatus.CANCELLED)
    assert (numbers(account), available(account), owed()) == (before, 9000, ZERO)
    assert submitted(account, rent(), "3000.00").status == WithdrawalStatus.APPROVED  # the months are free again
    assert broken() == []


def test_not_undone_once_its_bank_has_it():
    withdrawal = approved(saver("9000.00"), purchase(), "4000.00")
    row = proposed(withdrawal)
    banked(withdrawal)
    with pytest.raises(payments.AlreadySent):
        undone(row)
    with pytest.raises(payments.AlreadySent):
        proposed(withdrawal)
    undone(row, Verdict.RETURN, reason="已发送银行")
    assert fresh(withdrawal).status == WithdrawalStatus.APPROVED


def test_undoing_takes_a_reason_and_another_person():
    withdrawal = approved(saver("9000.00"), purchase(), "4000.00")
    for nothing in ("", " 　", "长" * 301):
        with pytest.raises(undoing.ReasonNeeded):
            proposed(withdrawal, nothing)
    boss = manager()
    row = undoing.propose(withdrawal, "误办", by=boss, on=ON)
    with pytest.raises(signatures.OwnCase):
        undone(row, by=boss)
    with pytest.raises(undoing.UndoingWaits):
        proposed(withdrawal)
    undoing.withdraw(row, by=boss, on=ON)
    assert proposed(withdrawal).withdrawal == withdrawal


def test_only_what_is_approved_is_undone():
    withdrawal = submitted(saver("9000.00"), purchase(), "4000.00")
    with pytest.raises(NotAllowedNow):
        proposed(withdrawal)


# The proof finds what is wrong


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ("update withdrawals_withdrawal set interest = 0, granted = asked, payee_name = '李别人'", "恰有一张支取凭证"),
        ("update withdrawals_use set declared = declared", None),
        ("update banking_payment set kind = 'withdrawals.other'", "恰有一张支取凭证"),
        ("update withdrawals_withdrawal set status = 'PAID'", "付款指令未付且已收回"),
    ],
)
def test_what_does_not_fit_is_found(change, found):
    withdrawal = approved(saver("9000.00"), purchase(price="9000.00"), "4000.00")
    with as_owner():
        run("set constraints all immediate")
        for table in ("withdrawals_withdrawal", "banking_payment"):
            run(f"alter table {table} disable trigger user")
        run(change)
    titles = [one.check.title for one in inspection.inspect(ON) if not one.holds]
    assert any(found in title for title in titles) if found else titles == [], (titles, withdrawal)


def test_a_house_that_was_used_beyond_its_price_is_found():
    for _ in range(2):
        approved(saver("9000.00"), purchase(price="9000.00"), "4000.00")
    assert broken() == []
    with as_owner():
        run("update withdrawals_use set declared = 7999.99")  # two of 4,000 each
    assert len(broken()) == 1 and "不超过申报金额" in broken()[0]


def test_a_case_nobody_has_to_do_is_found():
    withdrawal = submitted(saver("9000.00"), purchase(), "4000.00")
    with as_owner():
        run("update withdrawals_withdrawal set status = 'TAKEN_BACK' where id = %s", withdrawal.pk)
    titles = [one.check.title for one in inspection.inspect(ON) if not one.holds]
    assert {"每笔提取或已办结，或在待办，或在银行", "审批中的提取各有一笔等额占用，占用都有审批中的提取"} <= set(titles)


def test_waiting_withdrawal_is_business_under_way_of_its_employer():
    account = saver("9000.00")
    withdrawal = submitted(account, purchase(), "4000.00")
    assert f"{withdrawal.number} {account.member.name} 审批中" in in_flight(account.employer)
    assert Decimal("5000.00") == available(account)
