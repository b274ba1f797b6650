"""A freeze that waits for its second signature (R-445): nothing is paid that it would keep, and then all goes on."""

from decimal import Decimal

import pytest
from django.db import transaction
from django.urls import reverse

from accounts.actions import freezing
from accounts.actions.freezing import Order
from accounts.models import Freeze, MemberAccount
from accounts.queries import freezes
from accounts.states import FreezeGround
from approvals.actions.signatures import Decision
from approvals.rules import digest_of
from approvals.states import Verdict
from policy.states import TermName
from tests.access.factories import client_of
from tests.policy.test_changes import granted
from tests.withdrawals.factories import (
    ON,
    approved,
    balance,
    decided,
    fresh,
    manager,
    night,
    no_home,
    purchase,
    rent,
    retired,
    saver,
    submitted,
)
from tests.withdrawals.questions import account as stands
from tests.withdrawals.questions import asked as quoted
from tests.withdrawals.questions import rent as rented
from tests.withdrawals.test_together import waits
from withdrawals import queries
from withdrawals.actions import applications
from withdrawals.actions.applications import FreezeUndecided, NoLongerEntitled
from withdrawals.models import Withdrawal
from withdrawals.states import DecidedBy, Standing, WithdrawalStatus

COURT, PAPER = "内江市中级人民法院", "(2026)川10执1号"
db = pytest.mark.django_db


def asked_for(account: MemberAccount, amount: str | None = None) -> Freeze:
    """A court's paper that one person has entered and nobody has signed."""
    until = ON.replace(2027)
    order = Order(FreezeGround.COURT, COURT, PAPER, Decimal(amount) if amount else None, ON, until, "执行")
    return freezing.propose(account, order, by=night(), on=ON)


def signed(freeze: Freeze, verdict: Verdict = Verdict.GRANT) -> None:
    freeze = Freeze.objects.select_related("case").get(pk=freeze.pk)
    said = Decision(verdict, digest_of(freezes.facts_of(freeze)), "" if verdict == Verdict.GRANT else "文书有误")
    freezing.decide(freeze, said, by=manager(), on=ON)


def how(withdrawal: Withdrawal) -> tuple[str, str]:
    row = fresh(withdrawal)
    return row.status, row.decided_by


@pytest.mark.parametrize(
    ("left", "amount", "waits"),
    [
        (None, "3000.00", False),  # no freeze waits
        ("0.00", "0.01", True),  # everything is asked for
        ("3000.00", "3000.00", False),  # enough stays
        ("2999.99", "3000.00", True),  # a fen is missing
    ],
)
def test_what_a_waiting_freeze_would_keep_waits_with_it(left, amount, waits):
    account = stands("20000.00", "20000.00", left=Decimal(left) if left else None)
    found = quoted(rented(), amount, account=account)
    assert found.granted and bool(found.waits) == waits and found.instant == (not waits)


@db
def test_instant_withdrawal_goes_to_people_and_is_granted_once_the_freeze_is_sent_back():
    account = no_home(saver("9000.00"))
    freeze = asked_for(account)
    withdrawal = submitted(account, rent(), "3000.00")
    assert how(withdrawal) == (WithdrawalStatus.SUBMITTED, DecidedBy.PEOPLE)
    assert freezes.facts_of(freeze)["在途支取占用"] == "3,000.00 元"
    with pytest.raises(FreezeUndecided, match=r"有待复核的冻结（司法冻结，内江市中级人民法院 \(2026\)川10执1号"):
        decided(withdrawal)
    assert how(withdrawal)[0] == WithdrawalStatus.SUBMITTED
    signed(freeze, Verdict.RETURN)
    assert decided(withdrawal) == WithdrawalStatus.APPROVED


@db
def test_what_stays_free_beyond_the_asked_sum_is_paid_at_once():
    account = no_home(saver("9000.00"))
    whole = balance(account)
    asked_for(account, str(whole - 3000))
    withdrawal = submitted(account, rent(), "3000.00")
    assert how(withdrawal) == (WithdrawalStatus.APPROVED, DecidedBy.INSTANT)


@db
def test_who_applied_first_waits_too_and_comes_first_once_it_is_signed():
    """R-902: a hold that was there first is still paid out, if whoever signs finds so."""
    account = saver("1000.00")
    withdrawal = submitted(account, purchase(), "900.00")
    freeze = asked_for(account)
    with pytest.raises(FreezeUndecided):
        decided(withdrawal)
    signed(freeze)
    assert decided(withdrawal) == WithdrawalStatus.APPROVED


@db
def test_who_applied_first_keeps_that_place_when_the_case_is_put_anew():
    account = saver("1000.00")
    withdrawal = submitted(account, purchase(), "900.00")
    signed(asked_for(account))
    granted("0:APPROVE_WITHDRAWAL>APPROVE_LARGE_WITHDRAWAL", since=ON, name=TermName.ROUTE_WITHDRAWAL, on=ON)
    assert decided(withdrawal) == WithdrawalStatus.SUBMITTED
    assert fresh(withdrawal).case_id > withdrawal.case_id
    assert decided(withdrawal, by=manager("00")) == WithdrawalStatus.APPROVED


@db
def test_who_applied_after_the_paper_had_come_does_not_come_before_it():
    account = saver("1000.00")
    freeze = asked_for(account, "800.00")
    withdrawal = submitted(account, purchase(), "900.00")
    signed(freeze)
    with pytest.raises(NoLongerEntitled):
        decided(withdrawal)
    decided(withdrawal, Verdict.REFUSE, "账户已被法院冻结")
    assert freezes.covered_by(Freeze.objects.get(pk=freeze.pk)) == 800


@db
def test_of_two_that_came_after_the_paper_the_other_is_paid_when_one_is_refused():
    account = saver("1000.00")
    freeze = asked_for(account, "500.00")
    first = submitted(account, purchase("NJ-1"), str(balance(account) - 500))
    second = submitted(account, purchase("NJ-2"), "500.00")
    signed(freeze)
    with pytest.raises(NoLongerEntitled):
        decided(first)
    decided(second, Verdict.REFUSE, "账户已被法院冻结")
    assert decided(first) == WithdrawalStatus.APPROVED


@db
def test_an_account_is_not_closed_while_a_freeze_of_any_sum_waits():
    account = saver("1000.00")
    particulars = retired(account)
    freeze = asked_for(account, "0.01")
    withdrawal = submitted(account, particulars)
    assert how(withdrawal) == (WithdrawalStatus.SUBMITTED, DecidedBy.PEOPLE)
    with pytest.raises(FreezeUndecided):
        decided(withdrawal)
    signed(freeze, Verdict.RETURN)
    assert decided(withdrawal) == WithdrawalStatus.APPROVED


@db
def test_where_the_centre_says_so_only_a_signed_freeze_counts():
    granted("no", since=ON, name=TermName.FREEZE_PENDING_STOPS, on=ON)
    account = no_home(saver("9000.00"))
    asked_for(account)
    assert how(submitted(account, rent(), "3000.00")) == (WithdrawalStatus.APPROVED, DecidedBy.INSTANT)
    assert approved(account, purchase(), "100.00").status == WithdrawalStatus.APPROVED


@db
def test_staff_read_whose_paper_it_is_and_the_member_does_not():
    account = no_home(saver("9000.00"))
    asked_for(account)
    withdrawal = fresh(submitted(account, rent(), "3000.00"))
    found = applications.requote(withdrawal, on=ON)
    assert f"{COURT} {PAPER}，账户全部余额）" in queries.facts_of(withdrawal, found)["账户冻结"]
    [factor] = found.waits
    assert (factor.standing, factor.rule) == (Standing.WAITS, "R-445")
    assert "冻结" not in str(factor) and COURT not in str(withdrawal.quote)
    page = client_of(manager()).get(reverse("withdrawals:withdrawal_decide", args=[withdrawal.pk])).content.decode()
    assert "待冻结复核的结论作出后再办理" in page and PAPER in page


def test_a_paper_entered_at_this_very_moment_is_seen(own_database):
    """The application waits for the account's row, and then reads that a freeze waits."""
    account, by = no_home(saver("9000.00")), night()
    with transaction.atomic():
        asked_for(account)
        thread, answers = waits(lambda: how(submitted(account, rent(), "3000.00", by=by)), own_database)
    thread.join(60)
    assert answers == [(WithdrawalStatus.SUBMITTED, DecidedBy.PEOPLE)]
