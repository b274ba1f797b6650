"""A bank that repeats itself, all at once: one receipt, one voucher. These tests commit, from many threads."""

import json
import random
import time
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from django.db import connections
from django.test import Client

from banking.actions import receipts
from banking.models import Receipt
from ledger.models import Voucher
from tests.banking.factories import DAY, Signer, bank, night, notice, open_first_day, row


@pytest.fixture
def signer(own_database):
    open_first_day()
    return Signer.of(bank())


def at_once(calls, threads=16):
    """Run calls in threads, each with connections of its own."""

    def run(call):
        try:
            return call()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(threads) as pool:
        return [future.result() for future in [pool.submit(run, call) for call in calls]]


def test_the_same_notice_fifty_times_at_once_posts_once(signer):
    notice = row()
    answers = at_once([lambda: signer.post(Client(), [notice])] * 50)
    told = [answer.json()["receipts"][0] for answer in answers]
    assert sorted(one["outcome"] for one in told) == ["booked"] + ["repeated"] * 49
    assert len({one["receipt_id"] for one in told}) == 1
    assert Receipt.objects.count() == Voucher.objects.count() == 1


def test_the_same_request_fifty_times_at_once_has_one_answer(signer):
    body = json.dumps({"receipts": [row()]}).encode()
    answers = at_once([lambda: signer.post(Client(), body, idempotency_key="k-1")] * 50)
    assert {answer.status_code for answer in answers} <= {200, 409}
    assert len({answer.content for answer in answers if answer.status_code == 200}) == 1
    assert Receipt.objects.count() == Voucher.objects.count() == 1


def test_requests_that_share_notices_in_any_order_neither_deadlock_nor_double(signer):
    rows = [row() for _ in range(40)]
    orders = [random.Random(seed).sample(rows, len(rows)) for seed in range(12)]
    answers = at_once([lambda order=order: signer.post(Client(), order) for order in orders])
    told = [one for answer in answers for one in answer.json()["receipts"]]
    assert sum(one["outcome"] == "booked" for one in told) == len(rows)
    assert Receipt.objects.count() == Voucher.objects.count() == len(rows)


def test_claims_at_once_take_no_more_than_the_receipt(signer):
    (answer,) = receipts.book(bank(), [notice(amount=Decimal("100.00"))], by=night(), on=DAY)

    def claim():
        try:
            receipts.claim(Receipt.objects.get(pk=answer.receipt_id), Decimal("30.00"), by=night(), on=DAY)
        except receipts.NotUnclaimed:
            return False
        return True

    assert at_once([claim] * 10).count(True) == 3
    assert Receipt.objects.get().unclaimed == Decimal("10.00")


def test_a_thousand_rows_are_booked_in_one_request(signer):
    rows = [row() for _ in range(1000)]
    started = time.perf_counter()
    answer = signer.post(Client(), rows)
    seconds = time.perf_counter() - started
    print(f"1,000 receipts in {seconds:.2f} s")
    assert {one["outcome"] for one in answer.json()["receipts"]} == {"booked"}
    assert Voucher.objects.count() == 1000
    assert seconds < 20  # a bank waits 30; measured at about 1 s on two idle cores
