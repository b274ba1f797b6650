"""The bank simulator pays: whatever it does wrong, each payment leaves once and is posted once."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from audit.actions import inspection
from banking.actions import payments
from banking.models import Payment, PaymentResult
from hpf.management.simulator.bank import Simulator, read_keys
from hpf.management.simulator.interface import Line
from hpf.management.simulator.misbehaviour import Misbehaviour
from ledger.models import Voucher
from tests.banking.factories import DAY, Signer, account_of, bank, night, open_first_day
from tests.banking.owing import may_owe, ordered, undone


@pytest.fixture
def simulator(site, tmp_path):
    """Makes a bank in this process; its clock is the number given to `step`."""
    open_first_day()
    may_owe()
    signer = Signer.of(bank())
    keys = {"102": {"key_id": signer.key_id, "secret": signer.secret, "account": account_of(bank())}}
    (tmp_path / "keys.json").write_text(json.dumps(keys))
    line = Line(site)

    def make(*habits, **options):
        folder, read = tmp_path / "simulator", read_keys(tmp_path / "keys.json")
        return Simulator(folder, read, line, print, 2, frozenset(habits), **options)

    yield make
    line.close()


def proved():
    """The checks of payments; the others have nothing to say about so few rows."""
    return [finding.check.title for finding in inspection.inspect(DAY) if not finding.holds]


def ask_about_unanswered():
    """Hours later, as the clock would."""
    payments.overdue_all(at=timezone.now() + timedelta(days=1), by=night(), on=DAY)


def run(one, *moments):
    for moment in moments:
        one.step(moment)


def test_a_payment_is_fetched_paid_and_said_to_be_paid(simulator):
    rows = [ordered(amount=Decimal(amount)) for amount in ("0.01", "50000.00")]
    one = simulator()
    run(one, 100, 102)
    assert set(Payment.objects.values_list("status", flat=True)) == {"SUCCEEDED"}
    assert one.teller.book.paid() == {row.reference: 1 for row in rows}
    assert Voucher.objects.filter(kind="banking.payment").count() == 2
    assert proved() == []


HOW_IT_ENDS = {
    Misbehaviour.LOSE: ("SUCCEEDED", 1, []),
    Misbehaviour.ANSWER_LATE: ("SUCCEEDED", 1, []),
    Misbehaviour.ANSWER_TWICE: ("SUCCEEDED", 1, []),
    Misbehaviour.DISORDER: ("SUCCEEDED", 1, []),
    Misbehaviour.WRONG_AMOUNT: ("SUCCEEDED", 1, ["amount_differs"]),
    Misbehaviour.RETURN: ("RETURNED", 2, []),
    Misbehaviour.REJECT: ("FAILED", 0, []),
}


@pytest.mark.parametrize("habit", HOW_IT_ENDS)
def test_what_a_bank_does_wrong_posts_nothing_twice(simulator, habit):
    status, vouchers, refused = HOW_IT_ENDS[habit]
    payment = ordered()
    one = simulator(habit, late_by=30)
    run(one, 100, 102, 110, 130, 140, 150)
    assert Payment.objects.get().status == status
    assert Voucher.objects.filter(kind__code__startswith="banking.payment").count() == vouchers
    assert list(PaymentResult.objects.filter(status="REFUSED").values_list("refusal", flat=True)) == refused
    assert one.teller.book.paid()[payment.reference] == (habit is not Misbehaviour.REJECT)
    if status in ("FAILED", "RETURNED"):
        undone(Payment.objects.get())
    assert proved() == []


def test_everything_at_once_and_in_disorder_still_posts_once(simulator):
    ordered()
    habits = [Misbehaviour.ANSWER_TWICE, Misbehaviour.DISORDER, Misbehaviour.RETURN, Misbehaviour.LOSE]
    run(simulator(*habits), 100, 102, 104, 106, 110, 120)
    assert Payment.objects.get().status == "RETURNED"
    assert Voucher.objects.filter(kind__code__startswith="banking.payment").count() == 2


def test_a_silent_bank_has_paid_once_when_it_is_asked(simulator):
    payment = ordered()
    one = simulator(Misbehaviour.SILENT)
    run(one, 100, 102, 170)
    assert Payment.objects.get().status == "SENT"
    ask_about_unanswered()
    assert Payment.objects.get().status == "UNKNOWN"
    run(one, 240, 241, 310)
    assert Payment.objects.get().status == "SUCCEEDED"
    assert one.teller.book.paid() == {payment.reference: 1}
    assert proved() == []


def test_a_bank_that_never_received_it_is_handed_it_again_and_pays_once(simulator):
    payment = ordered()
    run(simulator(Misbehaviour.DEAF), 100, 102)
    ask_about_unanswered()
    run(simulator(Misbehaviour.DEAF), 110)
    assert Payment.objects.get().status == "APPROVED"
    one = simulator()
    run(one, 120, 122, 124)
    ended = Payment.objects.get()
    assert (ended.status, ended.sendings) == ("SUCCEEDED", 2)
    assert one.teller.book.paid() == {payment.reference: 1}
