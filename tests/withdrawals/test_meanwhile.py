"""What happens between an application and its decision: the decision rests on it, and says so."""

import pytest

from accounts.actions import freezing
from accounts.actions.freezing import Order
from accounts.models import Freeze, MemberAccount
from accounts.queries import freezes, member_accounts_seen_by
from accounts.states import FreezeGround
from approvals.actions.signatures import Decision, FactsChanged
from approvals.rules import digest_of
from approvals.states import Verdict
from tests.accounts import factories as accounts
from tests.withdrawals.factories import (
    ON,
    balance,
    decided,
    decision,
    fresh,
    manager,
    night,
    purchase,
    saver,
    submitted,
)
from withdrawals import queries
from withdrawals.actions import applications

pytestmark = pytest.mark.django_db


def frozen(account: MemberAccount) -> Freeze:
    order = Order(FreezeGround.COURT, "内江市中级人民法院", "(2026)川10执1号", None, ON, ON.replace(2027), "执行")
    freeze = freezing.propose(account, order, by=night(), on=ON)
    freezing.decide(freeze, Decision(Verdict.GRANT, digest_of(freezes.facts_of(freeze))), by=manager(), on=ON)
    return freeze


def told(withdrawal) -> str:
    return queries.facts_of(fresh(withdrawal), applications.requote(fresh(withdrawal), on=ON))["账户冻结"]


def test_a_freeze_that_came_meanwhile_has_to_be_read_before_it_is_signed():
    account = saver("1000.00")
    withdrawal = submitted(account, purchase(), "900.00")
    assert told(withdrawal) == "无"
    seen = decision(withdrawal)
    frozen(account)
    assert "内江市中级人民法院 (2026)川10执1号" in told(withdrawal)
    assert f"现冻结 {balance(account) - 900} 元" in told(withdrawal)
    assert "本笔占用的资金随即冻结" in told(withdrawal)
    with pytest.raises(FactsChanged):
        applications.decide(withdrawal, seen, by=manager(), on=ON)


def test_refused_its_money_is_frozen():
    account = saver("1000.00")
    withdrawal = submitted(account, purchase(), "900.00")
    freeze = frozen(account)
    assert freezes.covered_by(freeze) == balance(account) - 900
    decided(withdrawal, Verdict.REFUSE, "账户已被法院冻结")
    assert freezes.covered_by(freeze) == balance(account)


def test_who_handles_an_employer_sees_no_withdrawal_of_its_people():
    account = saver("9000.00")
    submitted(account, purchase(), "4000.00")
    handler = accounts.handler(account.employer)
    assert member_accounts_seen_by(handler).filter(pk=account.pk).exists()
    assert not queries.withdrawals_seen_by(handler).exists()
