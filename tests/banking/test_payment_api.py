"""Payments as a bank sees them: fetched once, looked at, answered in any way; also many at once."""

import json
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client

from access.models import IdempotencyRow
from banking.models import Payment, PaymentResult
from ledger.models import Voucher
from tests.banking.factories import ACCOUNT, DAY, Signer, bank, open_first_day
from tests.banking.owing import CARD, fresh, may_owe, ordered, owed, unknown
from tests.banking.test_repetition import at_once

CLAIMS, PAYMENTS = "/api/v1/bank/payments/claims/", "/api/v1/bank/payments/"
PAID = {"outcome": "succeeded", "bank_serial": "S1", "account": ACCOUNT, "amount": "1200.00", "paid_on": str(DAY)}


def results_of(payment):
    return f"{PAYMENTS}{payment.reference}/results/"


@pytest.fixture
def signer(request):
    if "own_database" not in request.fixturenames:
        request.getfixturevalue("db")
    open_first_day()
    may_owe()
    return Signer.of(bank())


def told(response, status=200):
    assert response.status_code == status, response.content
    return response.json()


def test_a_bank_fetches_what_it_is_to_pay_and_says_it_is_paid(client, signer):
    payment = ordered()
    [row] = told(signer.call(client, "POST", CLAIMS, {"limit": 10}))["payments"]
    assert row | {"answer_by": ""} == {
        "payment_id": payment.reference,
        "sending": 1,
        "status": "SENT",
        "account": ACCOUNT,
        "amount": "1200.00",
        "currency": "CNY",
        "payee_name": "李建国",
        "payee_account": CARD,
        "payee_bank": "工商银行内江分行",
        "remark": "住房公积金提取",
        "created_on": "2026-07-01",
        "answer_by": "",
    }
    answer = told(signer.call(client, "POST", results_of(payment), PAID))
    assert answer == {
        "payment_id": payment.reference,
        "result_id": f"rs_{PaymentResult.objects.get().pk}",
        "outcome": "applied",
    }
    assert (fresh(payment).status, owed()) == ("SUCCEEDED", 0)


def test_a_lost_claim_is_asked_again_and_its_answer_is_sealed(client, signer):
    ordered()
    first = signer.call(client, "POST", CLAIMS, {"limit": 10}, idempotency_key="k-1")
    ordered()
    again = signer.call(client, "POST", CLAIMS, {"limit": 10}, idempotency_key="k-1")
    assert (again.content, again.headers["Idempotent-Replayed"]) == (first.content, "true")
    assert len(told(signer.call(client, "POST", CLAIMS, {"limit": 10}))["payments"]) == 1
    kept = b"".join(bytes(row.body) for row in IdempotencyRow.objects.order_by("pk"))
    assert CARD.encode() not in kept and CARD.encode() in first.content


def test_payments_are_listed_by_page_and_status(client, signer):
    rows = [unknown() for _ in range(3)]
    ordered()
    first = told(signer.call(client, "GET", f"{PAYMENTS}?status=UNKNOWN&limit=2"))
    assert [one["payment_id"] for one in first["payments"]] == [row.reference for row in rows[:2]]
    second = told(signer.call(client, "GET", f"{PAYMENTS}?status=UNKNOWN&limit=2&after={first['next']}"))
    assert ([one["payment_id"] for one in second["payments"]], second["next"]) == ([rows[2].reference], None)
    assert told(signer.call(client, "GET", f"{PAYMENTS}?status=APPROVED"))["payments"] == []


def test_a_bank_sees_no_other_banks_payments(client, signer):
    payment = unknown()
    other = Signer.of(bank("103"))
    assert told(other.call(client, "GET", PAYMENTS))["payments"] == []
    answer = told(other.call(client, "POST", results_of(payment), PAID))
    assert (answer["outcome"], answer["code"]) == ("refused", "payment_unknown")
    assert fresh(payment).status == "UNKNOWN"


@pytest.mark.parametrize("query", ["status=CREATED", "status=x", "limit=0", "limit=201", "unknown=1", "after="])
def test_a_query_that_cannot_be_is_refused_by_name(client, signer, query):
    problem = told(signer.call(client, "GET", f"{PAYMENTS}?{query}"), 400)
    assert problem["errors"][0]["pointer"] == "/" + query.split("=")[0]


@pytest.mark.parametrize("limit", [0, 1001, "x", -1])
def test_a_claim_for_too_many_is_refused(client, signer, limit):
    assert told(signer.call(client, "POST", CLAIMS, {"limit": limit}), 400)["errors"][0]["pointer"] == "/limit"


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"amount": 1200}, "/amount"),
        ({"amount": "1200"}, "/amount"),
        ({"outcome": "paid"}, "/outcome"),
        ({"paid_on": "2026-02-30"}, "/paid_on"),
        ({"bank_serial": ""}, "/bank_serial"),
        ({"extra": "x"}, "/extra"),
        ({"outcome": "not_received"}, "/sending"),
        ({"outcome": "failed"}, "/code"),
    ],
)
def test_a_result_that_is_not_written_so_names_the_field(client, signer, change, pointer):
    payment = unknown()
    problem = told(signer.call(client, "POST", results_of(payment), {**PAID, **change}), 400)
    assert [error["pointer"] for error in problem["errors"]] == [pointer]
    assert PaymentResult.objects.count() == 0


def test_a_success_says_what_was_paid(client, signer):
    problem = told(signer.call(client, "POST", results_of(unknown()), {"outcome": "succeeded"}), 400)
    assert {error["pointer"] for error in problem["errors"]} == {"/bank_serial", "/account", "/amount", "/paid_on"}


@pytest.mark.parametrize("named", ["PY9", "PY999999999999", "x" * 300, "-_-"])
def test_a_payment_nobody_knows_is_told_so(client, signer, named):
    answer = told(signer.call(client, "POST", f"{PAYMENTS}{named}/results/", PAID))
    assert (answer["outcome"], answer["code"]) == ("refused", "payment_unknown")


def test_a_replayed_result_is_refused(client, signer):
    payment = unknown()
    body = json.dumps(PAID).encode()
    headers = signer.headers("POST", results_of(payment), body)
    send = {"content_type": "application/json", "headers": headers}
    assert client.post(results_of(payment), body, **send).status_code == 200
    assert client.post(results_of(payment), body, **send).status_code == 401
    other = client.post(results_of(payment), body.replace(b"1200", b"1300"), **send)
    assert other.status_code == 401


def test_the_same_result_fifty_times_at_once_posts_once(own_database, signer):
    payment = unknown()
    answers = at_once([lambda: signer.call(Client(), "POST", results_of(payment), PAID)] * 50)
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert Voucher.objects.filter(kind="banking.payment").count() == PaymentResult.objects.count() == 1
    assert (fresh(payment).status, owed()) == ("SUCCEEDED", 0)


def test_a_name_nobody_knows_fifty_times_at_once_is_kept_once(own_database, signer):
    answers = at_once([lambda: signer.call(Client(), "POST", f"{PAYMENTS}PY9/results/", PAID)] * 50)
    assert {answer.status_code for answer in answers} == {200}
    assert PaymentResult.objects.count() == 1


def test_many_claims_at_once_hand_out_each_payment_once(own_database, signer):
    wanted = {ordered(amount=Decimal("1.00")).reference for _ in range(60)}
    answers = at_once([lambda: signer.call(Client(), "POST", CLAIMS, {"limit": 7})] * 20)
    handed = [one["payment_id"] for answer in answers for one in told(answer)["payments"]]
    assert len(handed) == len(set(handed))
    rest = [one["payment_id"] for one in told(signer.call(Client(), "POST", CLAIMS, {}))["payments"]]
    assert set(handed) | set(rest) == wanted and not set(handed) & set(rest)
    assert set(Payment.objects.values_list("status", "sendings")) == {("SENT", 1)}
    connection.close()
