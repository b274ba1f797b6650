"""Nobody who writes past the actions moves a payment where its table of moves does not lead."""

from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

from banking.actions import banks
from banking.models import Payment
from banking.states import PAYMENT_MOVES, PaymentStatus, ResultOutcome
from tests.access.factories import person
from tests.banking.factories import DAY, bank, night, open_first_day
from tests.banking.owing import fresh, may_owe, ordered, reported, sent, signed, undone, unknown

pytestmark = pytest.mark.django_db

# What goes with each status, so that only the move itself can be what is refused.
SENT = "sendings = greatest(sendings, 1), sent_at = now(), answer_by = now()"
UNPAID = "succeeded_on = null, success_voucher = null, return_voucher = null, returned_on = null"
PAID = "succeeded_on = current_date, success_voucher = coalesce(success_voucher, 1)"
BACK = f"{PAID}, returned_on = current_date, return_voucher = coalesce(return_voucher, 1)"
WITH = {PaymentStatus.SUCCEEDED: f"{SENT}, {PAID}, return_voucher = null, returned_on = null"}
WITH |= {PaymentStatus.RETURNED: f"{SENT}, {BACK}"}


@pytest.fixture(autouse=True)
def books():
    open_first_day()
    may_owe()
    banks.connect(bank(), by=night(), on=DAY)


def after(outcome: ResultOutcome, payment: Payment | None = None) -> Payment:
    payment = payment or sent()
    reported(payment, outcome)
    return fresh(payment)


def cancelled() -> Payment:
    payment = ordered(amount=Decimal("50000.01"))
    signed(payment, person("FINANCE"), "RETURN", "账号有误")
    return fresh(payment)


REACH = {
    PaymentStatus.CREATED: lambda: ordered(amount=Decimal("50000.01")),
    PaymentStatus.APPROVED: ordered,
    PaymentStatus.SENT: sent,
    PaymentStatus.ACCEPTED: lambda: after(ResultOutcome.ACCEPTED),
    PaymentStatus.UNKNOWN: unknown,
    PaymentStatus.SUCCEEDED: lambda: after(ResultOutcome.SUCCEEDED),
    PaymentStatus.FAILED: lambda: after(ResultOutcome.FAILED),
    PaymentStatus.RETURNED: lambda: after(ResultOutcome.RETURNED, after(ResultOutcome.SUCCEEDED)),
    PaymentStatus.CANCELLED: cancelled,
}


def refusal(statement: str, *values: object) -> str:
    """Why the database refuses a statement, or nothing; nothing of it stays."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, values)
            transaction.set_rollback(True)
    except DatabaseError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("old", PaymentStatus)
def test_the_database_knows_the_table_of_moves(old):
    payment = REACH[old]()
    assert payment.status == old
    for new in set(PaymentStatus) - {old}:
        also = WITH.get(new, UNPAID if new in (PaymentStatus.CREATED, PaymentStatus.CANCELLED) else f"{SENT}, {UNPAID}")
        found = refusal(f"update banking_payment set status = %s, {also} where id = %s", new, payment.pk)
        assert ("does not become" in found) == (new not in PAYMENT_MOVES[old]), (old, new, found)


def test_what_the_bank_may_have_is_not_approved_again_without_its_word():
    again = "update banking_payment set status = 'APPROVED' where id = %s"
    payment = unknown()
    assert "may have been received" in refusal(again, payment.pk)
    reported(payment, ResultOutcome.NOT_RECEIVED)
    assert fresh(payment).status == PaymentStatus.APPROVED


def test_what_a_bank_was_handed_once_is_not_cancelled():
    payment = after(ResultOutcome.NOT_RECEIVED, unknown())
    assert payment.status == PaymentStatus.APPROVED
    assert "handed to a bank" in refusal("update banking_payment set status = 'CANCELLED' where id = %s", payment.pk)


def test_what_finance_has_not_signed_is_not_approved():
    payment = REACH[PaymentStatus.CREATED]()
    assert "is not signed" in refusal("update banking_payment set status = 'APPROVED' where id = %s", payment.pk)


@pytest.mark.parametrize("status", [PaymentStatus.SUCCEEDED, PaymentStatus.RETURNED])
def test_no_payment_ends_paid_or_returned_without_its_voucher(status):
    payment = sent() if status == PaymentStatus.SUCCEEDED else after(ResultOutcome.SUCCEEDED)
    found = refusal(f"update banking_payment set status = %s, {WITH[status]} where id = %s", status, payment.pk)
    assert "is posted before it ends" in found


def test_what_was_sent_posted_and_taken_back_stays_so():
    paid, failed = after(ResultOutcome.SUCCEEDED), after(ResultOutcome.FAILED)
    undone(failed)
    assert "counted as sent" in refusal("update banking_payment set sendings = 0 where id = %s", paid.pk)
    assert "ends once" in refusal("update banking_payment set success_voucher = 1 where id = %s", paid.pk)
    assert "ends once" in refusal("update banking_payment set taken_back_on = null where id = %s", failed.pk)


def test_a_payment_begins_created():
    payment = ordered()
    columns = "kind, branch_id, account_id, amount, payee_name, payee_account_sealed, payee_account_index, payee_bank,"
    columns += " remark, created_on, created_by_id, sendings, bank_serial, failure_code"
    copy = f"insert into banking_payment (reference, source, status, {columns}) select 'X', 'X', %s, {columns}"
    assert refusal(f"{copy} from banking_payment where id = %s", "CREATED", payment.pk) == ""
    assert "begins created" in refusal(f"{copy} from banking_payment where id = %s", "APPROVED", payment.pk)


def test_what_was_said_and_pushed_moves_only_forward():
    payment = after(ResultOutcome.ACCEPTED)
    reported(payment, ResultOutcome.SUCCEEDED, amount=Decimal("1.00"))
    applied = "update banking_paymentresult set status = 'APPLIED', refusal = '' where outcome = 'succeeded'"
    assert "does not become" in refusal(applied)
    assert "does not become" in refusal("update banking_paymentresult set status = 'CLEARED' where status = 'APPLIED'")
