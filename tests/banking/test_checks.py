"""Receipts and books that part company are named. The breaks are what the owner of the tables could do."""

from decimal import Decimal

import pytest

from audit.actions import inspection
from banking.actions import receipts
from banking.models import Receipt
from tests.banking.factories import DAY, bank, night, notice, open_first_day
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
        ("update banking_receipt set unclaimed = 99.99 where amount = 100", "待查到账余额等于未认领的到账合计"),
        ("update banking_receipt set amount = 100.01 where amount = 100", "每笔到账有一张等额的入账凭证"),
        ("update banking_receipt set voucher_id = 0 where amount = 100", "每笔到账有一张等额的入账凭证"),
        ("delete from banking_receipt where amount = 100", "待查到账余额等于未认领的到账合计"),
    ],
)
def test_a_planted_break_is_named(break_, title):
    with as_owner():
        run(break_)
    assert title in broken()


def test_money_claimed_and_never_posted_is_named():
    """A business room that claims must post in the same transaction."""
    receipts.claim(Receipt.objects.get(amount=Decimal("100.00")), Decimal("1.00"), by=night(), on=DAY)
    assert "待查到账余额等于未认领的到账合计" in broken()
