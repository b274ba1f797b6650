"""Nobody who writes past the actions moves a withdrawal where its table of moves does not lead."""

import pytest
from django.db import IntegrityError

from banking.states import ResultOutcome
from tests.ledger.books import as_owner, run
from tests.withdrawals.factories import approved, banked, decided, purchase, saver, submitted
from withdrawals.actions import payouts
from withdrawals.models import Use
from withdrawals.states import WITHDRAWAL_MOVES

pytestmark = pytest.mark.django_db


def refused(sql: str, *values: object) -> str:
    """Why the database refuses a statement, or nothing."""
    try:
        with as_owner():
            run(sql, *values)
    except IntegrityError as refusal:
        return str(refusal)
    return ""


def test_the_trigger_has_the_table_of_moves():
    [(told,)] = run("select encode(tgargs, 'escape') from pg_trigger where tgname = 'withdrawals_withdrawal_moves'")
    moves = {f"{one}>{to}" for one, following in WITHDRAWAL_MOVES.items() for to in following}
    assert set(filter(None, told.split("\\000"))) == moves


@pytest.mark.parametrize(
    ("status", "change", "said"),
    [
        ("APPROVED", "status = 'SUBMITTED', granted = null, voucher = null, payment_id = null", "does not become"),
        ("APPROVED", "status = 'PAID'", "was not paid by a bank"),
        (
            "APPROVED",
            "status = 'UNDONE', undo_voucher = voucher, came_back_on = decided_on",
            "is posted before it moves",
        ),
        ("APPROVED", "voucher = voucher + 1", "is paid out once"),
        ("REFUSED", "status = 'SUBMITTED', decided_on = null", "does not become"),
    ],
)
def test_what_the_table_does_not_have_is_refused(status, change, said):
    account = saver("9000.00")
    withdrawal = approved(account, purchase(), "1000.00") if status == "APPROVED" else submitted(account, purchase())
    if status == "REFUSED":
        decided(withdrawal, "REFUSE", "未备案")
    assert said in refused(f"update withdrawals_withdrawal set {change} where id = %s", withdrawal.pk)


def test_what_was_released_stays_free():
    withdrawal = approved(saver("9000.00"), purchase(), "1000.00")
    banked(withdrawal, ResultOutcome.FAILED)
    payouts.settle(by=withdrawal.applied_by, on=withdrawal.applied_on)
    use = Use.objects.get(withdrawal=withdrawal)
    assert "was released" in refused("update withdrawals_use set released_on = null where id = %s", use.pk)
