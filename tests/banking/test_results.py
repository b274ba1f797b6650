"""What banks say of payments: in any order, any number of times, also wrongly."""

from datetime import timedelta
from decimal import Decimal
from itertools import permutations

import pytest
from django.db import IntegrityError, connection, transaction

from banking.actions import banks, payments, results
from banking.actions.results import WordMissing
from banking.models import PaymentResult
from banking.states import PaymentStatus, ResultOutcome, ResultStatus
from hpf.errors import NotAllowedNow
from ledger.models import Voucher
from tests.banking.factories import DAY, bank, night, open_first_day
from tests.banking.owing import (
    AT,
    claimed,
    fresh,
    may_owe,
    ordered,
    owed,
    paid_from,
    reported,
    sent,
    unknown,
)

pytestmark = pytest.mark.django_db

ACCEPTED, SUCCEEDED, FAILED = ResultOutcome.ACCEPTED, ResultOutcome.SUCCEEDED, ResultOutcome.FAILED
RETURNED, NOT_RECEIVED = ResultOutcome.RETURNED, ResultOutcome.NOT_RECEIVED
AMOUNT = Decimal("1200.00")


@pytest.fixture(autouse=True)
def books():
    open_first_day()
    may_owe()
    banks.connect(bank(), by=night(), on=DAY)


def vouchers():
    return sorted(Voucher.objects.filter(kind__code__startswith="banking.").values_list("kind", "total"))


PAID = ("banking.payment", AMOUNT)
GIVEN_BACK = ("banking.payment_return", AMOUNT)


def test_success_posts_once_and_the_money_has_left():
    payment = sent()
    for _ in range(3):
        assert reported(payment, SUCCEEDED).status == ResultStatus.APPLIED
    payment = fresh(payment)
    assert (payment.status, payment.bank_serial, payment.succeeded_on) == ("SUCCEEDED", "B-succeeded", DAY)
    assert vouchers() == [PAID]
    assert payment.success_voucher == Voucher.objects.get(kind="banking.payment").pk
    assert (owed(), paid_from(payment.account)) == (0, AMOUNT)


def test_failure_posts_nothing_and_the_money_is_owed_still():
    payment = sent()
    reported(payment, FAILED, code="AC04", text="账户已销户")
    payment = fresh(payment)
    assert (payment.status, payment.failure_code, vouchers(), owed()) == ("FAILED", "AC04", [], AMOUNT)


def test_a_return_after_success_brings_the_money_back():
    payment = sent()
    reported(payment, SUCCEEDED)
    reported(payment, RETURNED)
    assert fresh(payment).status == PaymentStatus.RETURNED
    assert vouchers() == [PAID, GIVEN_BACK]
    assert (owed(), paid_from(payment.account)) == (AMOUNT, 0)


# Two acceptances, a success, its repetition and a return; a wrong amount in place of one acceptance.
TOLD = {
    "sound": [(ACCEPTED, {}), (ACCEPTED, {"bank_serial": "B2"}), (SUCCEEDED, {}), (SUCCEEDED, {}), (RETURNED, {})],
    "with a wrong amount": [
        *[(ACCEPTED, {}), (SUCCEEDED, {}), (SUCCEEDED, {"amount": Decimal("1200.01")}), (RETURNED, {})],
        (RETURNED, {"account": "9"}),
    ],
}


@pytest.mark.parametrize(("story", "every"), [("sound", 1), ("with a wrong amount", 5)])
def test_every_order_of_five_results_ends_alike(story, every):
    """All 120 orders, and every fifth of those with a wrong amount."""
    told = TOLD[story]
    orders = list(permutations(told))[::every]
    for turn, order in enumerate(orders):
        payment = sent(source=f"{turn}")
        for outcome, changes in order:
            reported(payment, outcome, **changes)
        payment = fresh(payment)
        assert (payment.status, payment.bank_serial) == ("RETURNED", "B-succeeded"), order
        assert payment.results.filter(status=ResultStatus.WAITING).count() == 0
    assert len(orders) == 120 / every
    assert vouchers() == [PAID] * len(orders) + [GIVEN_BACK] * len(orders)
    assert paid_from(payment.account) == 0
    refused = PaymentResult.objects.filter(status=ResultStatus.REFUSED).count()
    assert refused == (2 * len(orders) if story == "with a wrong amount" else 0)


@pytest.mark.parametrize(
    ("outcome", "changes", "refusal"),
    [
        (SUCCEEDED, {"amount": Decimal("1199.99")}, "amount_differs"),
        (RETURNED, {"amount": Decimal("0.01")}, "amount_differs"),
        (ACCEPTED, {"amount": Decimal("1.00")}, "amount_differs"),
        (SUCCEEDED, {"account": "51101030000000001"}, "account_differs"),
        (SUCCEEDED, {"paid_on": DAY + timedelta(days=1)}, "paid_on_ahead"),
        (NOT_RECEIVED, {}, "not_asked"),
    ],
)
def test_what_contradicts_the_payment_posts_nothing_and_waits_for_a_person(outcome, changes, refusal):
    payment = sent()
    for _ in range(2):
        result = reported(payment, outcome, **changes)
    assert (result.status, result.refusal) == (ResultStatus.REFUSED, refusal)
    assert PaymentResult.objects.count() == 1
    assert (fresh(payment).status, vouchers(), owed()) == ("SENT", [], AMOUNT)
    reported(payment, SUCCEEDED)
    assert fresh(payment).status == PaymentStatus.SUCCEEDED


@pytest.mark.parametrize("named", ["PY999999999999", "余额宝", "PY000000000001'; --"])
def test_a_payment_nobody_knows_posts_nothing(named):
    payment = sent()
    for _ in range(2):
        result = reported(payment, SUCCEEDED, named=named)
    assert (result.payment, result.refusal, result.status) == (None, "payment_unknown", "REFUSED")
    assert PaymentResult.objects.count() == 1 and vouchers() == []


def test_another_banks_payment_is_one_nobody_knows():
    payment = sent()
    other = banks.connect(bank("103"), by=night(), on=DAY) and bank("103")
    told = results.Report(payment.reference, results.Said(SUCCEEDED, amount=AMOUNT), at=AT, calendar=DAY)
    assert results.report(other, told, by=night(), on=DAY).refusal == "payment_unknown"
    assert fresh(payment).status == PaymentStatus.SENT


def test_a_payment_that_was_never_handed_out_has_no_result():
    payment = ordered()
    assert reported(payment, SUCCEEDED).refusal == "not_sent"
    assert (fresh(payment).status, vouchers()) == ("APPROVED", [])


@pytest.mark.parametrize(
    ("first", "second", "refusal"),
    [
        (SUCCEEDED, FAILED, "succeeded_before"),
        (FAILED, SUCCEEDED, "failed_before"),
        (FAILED, RETURNED, "failed_before"),
    ],
)
def test_what_contradicts_what_was_said_before_waits_for_a_person(first, second, refusal):
    payment = sent()
    reported(payment, first)
    ended = fresh(payment).status
    assert reported(payment, second).refusal == refusal
    assert fresh(payment).status == ended
    assert vouchers() == ([PAID] if first == SUCCEEDED else [])


def test_a_return_that_waited_for_a_success_is_refused_when_the_payment_failed():
    payment = sent()
    assert reported(payment, RETURNED).status == ResultStatus.WAITING
    reported(payment, FAILED)
    assert payment.results.get(outcome=RETURNED).refusal == "failed_before"
    assert fresh(payment).status == PaymentStatus.FAILED


def test_a_second_success_under_another_serial_is_money_paid_twice():
    payment = sent()
    reported(payment, SUCCEEDED)
    assert reported(payment, SUCCEEDED, bank_serial="B-2").refusal == "succeeded_before"
    assert vouchers() == [PAID]


def test_the_bank_says_it_never_received_it_and_is_handed_it_again():
    payment = unknown()
    reported(payment, NOT_RECEIVED)
    assert fresh(payment).status == PaymentStatus.APPROVED
    assert [(one.pk, one.sendings) for one in claimed()] == [(payment.pk, 2)]


def test_an_old_word_about_the_first_sending_does_not_send_a_third_time():
    payment = unknown()
    reported(payment, NOT_RECEIVED)
    claimed()
    payments.overdue_all(at=AT + timedelta(days=2), by=night(), on=DAY)
    reported(payment, NOT_RECEIVED, sending=1, bank_serial="late")
    assert fresh(payment).status == PaymentStatus.UNKNOWN
    assert claimed() == []
    reported(fresh(payment), NOT_RECEIVED)
    assert fresh(payment).status == PaymentStatus.APPROVED


@pytest.mark.parametrize("outcome", [ACCEPTED, SUCCEEDED, FAILED])
def test_what_a_bank_says_after_it_had_not_received_it_keeps_it_from_being_sent_again(outcome):
    payment = unknown()
    reported(payment, NOT_RECEIVED)
    reported(payment, outcome)
    assert claimed() == []
    assert fresh(payment).status == outcome.name


def test_a_word_that_came_too_early_counts_when_it_is_said_again():
    payment = sent()
    assert reported(payment, NOT_RECEIVED).status == ResultStatus.REFUSED
    payments.overdue_all(at=AT + timedelta(days=1), by=night(), on=DAY)
    assert reported(payment, NOT_RECEIVED).status == ResultStatus.APPLIED
    assert fresh(payment).status == PaymentStatus.APPROVED


def test_the_database_knows_one_success_for_a_payment():
    payment = sent()
    reported(payment, SUCCEEDED)
    refused = reported(payment, SUCCEEDED, bank_serial="B-2")
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("update banking_paymentresult set status = 'APPLIED' where id = %s", [refused.pk])


def test_a_person_says_what_was_found_out_about_a_refused_result():
    result = reported(sent(), SUCCEEDED, amount=Decimal("1.00"))
    with pytest.raises(WordMissing):
        results.clear(result, word=" ", by=night(), on=DAY)
    results.clear(result, word="银行误报，已更正", by=night(), on=DAY)
    assert PaymentResult.objects.get().status == ResultStatus.CLEARED
    with pytest.raises(NotAllowedNow):
        results.clear(result, word="再次", by=night(), on=DAY)
