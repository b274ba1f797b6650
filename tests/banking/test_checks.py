"""Receipts and books that part company are named. The breaks are what the owner of the tables could do."""

from decimal import Decimal

import pytest

from audit.actions import inspection
from banking.actions import banks, receipts, webhooks
from banking.models import Receipt
from banking.states import ResultOutcome
from tests.banking import owing
from tests.banking.factories import DAY, bank, night, notice, open_first_day
from tests.banking.owing import AT, fresh, may_owe, sent, undone, unknown
from tests.ledger.books import as_owner, run

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def reported():
    open_first_day()
    receipts.book(bank(), [notice(amount=Decimal("100.00")), notice()], by=night(), on=DAY)


def broken():
    return {finding.check.title: finding.rows for finding in inspection.inspect(DAY) if not finding.holds}


def test_sound_receipts_prove():
    assert broken() == {}


@pytest.mark.parametrize(
    ("break_", "title"),
    [
        (
            "update banking_receipt set unclaimed = 99.99 where amount = 100",
            "待查到账余额等于未认领的到账与审批中退款的合计",
        ),
        ("update banking_receipt set amount = 100.01 where amount = 100", "每笔到账有一张等额的入账凭证"),
        ("update banking_receipt set voucher_id = 0 where amount = 100", "每笔到账有一张等额的入账凭证"),
        ("delete from banking_receipt where amount = 100", "待查到账余额等于未认领的到账与审批中退款的合计"),
    ],
)
def test_a_planted_break_is_named(break_, title):
    with as_owner():
        run(break_)
    assert title in broken()


@pytest.fixture
def paid():
    """One payment of each end, each with what the business did about it, and one in doubt."""
    may_owe()
    banks.connect(bank(), by=night(), on=DAY)
    webhooks.set_address(bank(), "http://localhost/x", new_secret=False, at=AT, by=night(), on=DAY)
    owing.reported(sent(source="paid"), ResultOutcome.SUCCEEDED)
    failed = sent(source="failed")
    owing.reported(failed, ResultOutcome.FAILED)
    undone(fresh(failed))
    returned = sent(source="returned")
    for outcome in (ResultOutcome.SUCCEEDED, ResultOutcome.RETURNED):
        owing.reported(returned, outcome)
    owing.reported(unknown(source="doubt"), ResultOutcome.RETURNED)


def test_sound_payments_prove(paid):
    assert broken() == {}


POSTED = "每笔付成或退回的付款各有一张等额凭证，未付成的没有"
LEFT = "各专户付出的金额等于付成减退回的付款"
OWED = "待付款项余额等于应付未付的付款合计"
SAID = "付成的付款有一条且只有一条成功回报，退回的有一条退回回报"


@pytest.mark.parametrize(
    ("break_", "titles"),
    [
        ("update banking_payment set amount = 1 where source = 'paid'", {POSTED, LEFT}),
        ("update banking_payment set success_voucher = 0 where source = 'paid'", {POSTED}),
        ("update banking_payment set status = 'SENT', success_voucher = null, succeeded_on = null"
         " where source = 'paid'", {POSTED, LEFT, OWED, SAID}),
        ("update banking_payment set taken_back_on = null where source = 'failed'", {OWED}),
        ("update banking_payment set amount = 1 where source = 'doubt'", {OWED}),
        ("update banking_payment set returned_on = null, return_voucher = null, status = 'SUCCEEDED'"
         " where source = 'returned'", {POSTED, LEFT, OWED, SAID}),
        ("delete from banking_paymentresult where outcome = 'succeeded'", {SAID}),
        ("delete from banking_delivery", {"订阅推送的银行的每个事件都有推送记录"}),
        ("update banking_paymentresult set status = 'WAITING' where outcome = 'returned' and status = 'APPLIED'",
         {SAID, "没有退回回报等待已经结束的付款"}),
    ],
)  # fmt: skip
def test_a_planted_break_of_payments_is_named(paid, break_, titles):
    with as_owner():
        run("set constraints all immediate")
        for table in ("banking_payment", "banking_paymentresult"):
            run(f"alter table {table} disable trigger user")
        run(break_)
    assert broken().keys() == titles


def test_money_claimed_and_never_posted_is_named():
    """A business room that claims must post in the same transaction."""
    receipts.claim(Receipt.objects.get(amount=Decimal("100.00")), Decimal("1.00"), by=night(), on=DAY)
    assert "待查到账余额等于未认领的到账与审批中退款的合计" in broken()
