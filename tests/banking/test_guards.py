"""What the application may not do to what a bank reported, and what happens while the day turns."""

from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

from banking.actions import banks, receipts
from banking.models import Receipt
from hpf.business_day import open_day_or_today
from ledger.actions.posting import DayNotOpen
from tests.banking.factories import DAY, Signer, bank, night, notice, open_first_day, row

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def receipt():
    open_first_day()
    (answer,) = receipts.book(bank(), [notice(amount=Decimal("100.00"))], by=night(), on=DAY)
    return Receipt.objects.get(pk=answer.receipt_id)


@pytest.mark.parametrize(
    "statement",
    [
        "update banking_receipt set amount = 1",
        "update banking_receipt set payer_name = 'x'",
        "update banking_receipt set fingerprint = ''",
        "delete from banking_receipt",
        "truncate banking_receipt cascade",
        "delete from banking_refusednotice",
        "update banking_refusednotice set serial = 'x'",
        "update banking_bankaccount set number = 'x'",
        "update banking_bank set code = 'x'",
        "insert into banking_bank (code, name) values ('x', 'x')",
        "update banking_receipt set unclaimed = -0.01",
        "update banking_receipt set unclaimed = 100.01",
    ],
)
def test_the_application_cannot_change_what_was_reported(statement):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def turn_day():
    with connection.cursor() as cursor:
        cursor.execute("select ledger_turn_day(%s)", [DAY])


def test_nothing_is_kept_of_a_report_for_a_day_that_is_over():
    turn_day()
    with pytest.raises(DayNotOpen):
        receipts.book(bank(), [notice()], by=night(), on=DAY)
    assert Receipt.objects.count() == 1


def test_a_report_that_meets_the_turn_of_the_day_is_booked_on_the_next(client, monkeypatch):
    """The door reads the day first; then the night turns it; then the report is booked."""
    signer = Signer.of(bank())

    def day_then_turn():
        day = open_day_or_today()
        turn_day()
        return day

    monkeypatch.setattr("hpf.business_day.open_day_or_today", day_then_turn)
    (told,) = signer.post(client, [row()]).json()["receipts"]
    assert told["outcome"] == "booked"
    late = Receipt.objects.get(serial=told["serial"])
    assert (late.booked_on - DAY).days == 1
    assert late.voucher.booked_on == late.booked_on


def test_a_bank_changes_its_key_without_a_stop(client):
    old, new = Signer.of(bank()), Signer.of(bank())
    assert old.key_id != new.key_id and old.secret != new.secret
    for signer in (old, new):
        assert signer.post(client, [row()]).status_code == 200
    assert bank().client.keys.count() == 2


def test_connecting_says_the_secret_once():
    key_id, secret = banks.connect(bank("103"), by=night(), on=DAY)
    key = bank("103").client.keys.get(pk=key_id)
    assert secret not in key.secret_sealed
    assert key.secret == secret
