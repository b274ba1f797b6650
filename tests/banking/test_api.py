"""The bank API as a bank sees it: exactly what the interface promises."""

import json
import time
from decimal import Decimal

import pytest
from django.test import Client

from access.actions import api_clients
from banking.models import Receipt, RefusedNotice
from ledger.models import Voucher
from tests.banking.factories import DAY, RECEIPTS, Signer, account_of, bank, night, open_first_day, row

pytestmark = pytest.mark.django_db


@pytest.fixture
def signer():
    open_first_day()
    return Signer.of(bank())


def sent(*rows):
    return json.dumps({"receipts": list(rows)}).encode()


def outcomes(response):
    assert response.status_code == 200, response.content
    return response.json()["receipts"]


def test_a_receipt_is_booked_and_repeated(client, signer):
    notice = row()
    (booked,) = outcomes(signer.post(client, [notice]))
    assert booked == {"serial": notice["serial"], "outcome": "booked", "receipt_id": booked["receipt_id"]}
    (repeated,) = outcomes(signer.post(client, [notice]))
    assert repeated == {**booked, "outcome": "repeated"}
    receipt = Receipt.objects.get()
    assert (receipt.amount, receipt.remark) == (Decimal("1234.56"), notice["remark"])
    assert Voucher.objects.get().by_id == bank().client.user_id


def test_other_content_is_refused_with_its_code(client, signer):
    notice = row()
    outcomes(signer.post(client, [notice]))
    (refused,) = outcomes(signer.post(client, [{**notice, "amount": "1234.57"}]))
    assert (refused["outcome"], refused["code"]) == ("refused", "serial_reused")
    assert RefusedNotice.objects.count() == 1


def test_rows_are_answered_each_for_itself_in_their_order(client, signer):
    rows = [row(), row(account="9"), row(amount=12), row(), row(paid_on="2026-02-30")]
    answers = outcomes(signer.post(client, rows))
    assert [answer["serial"] for answer in answers] == [one["serial"] for one in rows]
    assert [(answer["outcome"], answer.get("code")) for answer in answers] == [
        ("booked", None),
        ("refused", "account_unknown"),
        ("refused", "malformed"),
        ("booked", None),
        ("refused", "malformed"),
    ]
    assert answers[2]["message"].startswith("amount：")


def test_the_same_key_answers_byte_for_byte(client, signer):
    body = sent(row())
    first = signer.post(client, body, idempotency_key="k-1")
    again = signer.post(client, body, idempotency_key="k-1")
    assert (again.status_code, again.content) == (200, first.content)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers
    assert outcomes(again)[0]["outcome"] == "booked"


def test_the_same_key_with_another_body_is_422_and_has_no_effect(client, signer):
    signer.post(client, sent(row()), idempotency_key="k-1")
    other = signer.post(client, sent(row()), idempotency_key="k-1")
    assert other.status_code == 422
    assert Receipt.objects.count() == 1


def test_no_key_is_400(client, signer):
    response = signer.post(client, [row()], idempotency_key="")
    assert (response.status_code, Receipt.objects.count()) == (400, 0)


@pytest.mark.parametrize(
    "change",
    [{"timestamp": str(int(time.time()) - 301)}, {"signature": "0" * 64}, {"nonce": "short"}],
)
def test_what_is_not_signed_soundly_is_401(client, signer, change):
    response = signer.post(client, [row()], **change)
    assert response.status_code == 401
    assert response.headers["Content-Type"] == "application/problem+json"
    assert Receipt.objects.count() == 0


def test_a_recorded_request_is_refused_when_replayed(client, signer):
    body = sent(row())
    headers = signer.headers("POST", RECEIPTS, body)
    codes = [
        client.post(RECEIPTS, body, content_type="application/json", headers=headers).status_code for _ in range(2)
    ]
    assert codes == [200, 401]


def test_a_changed_body_is_401(client, signer):
    body = sent(row())
    headers = signer.headers("POST", RECEIPTS, body)
    response = client.post(RECEIPTS, body.replace(b"1234.56", b"9234.56"), "application/json", headers=headers)
    assert (response.status_code, Receipt.objects.count()) == (401, 0)


def test_a_client_without_a_bank_is_told_so(client, signer):
    client_of_nobody = api_clients.create_client("nobody", "未关联", by=night(), on=DAY)
    api_clients.issue_key(client_of_nobody, "nobody-1", "secret", by=night(), on=DAY)
    response = Signer("nobody-1", "secret").post(client, [row()])
    assert (response.status_code, response.json()["code"]) == (409, "no_bank")


def test_a_bank_reports_to_its_own_accounts_only(client, signer):
    (answer,) = outcomes(signer.post(client, [row(account=account_of(bank("103")))]))
    assert answer["code"] == "account_unknown"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/receipts"),
        ({"receipts": []}, "/receipts"),
        ({"receipts": {}}, "/receipts"),
        ({"receipts": ["S1"]}, "/receipts/0"),
        ({"receipts": [{"amount": "1.00"}]}, "/receipts/0/serial"),
        ({"receipts": [row(serial=7)]}, "/receipts/0/serial"),
        ({"receipts": [row(), row(serial=" S1")]}, "/receipts/1/serial"),
        ({"receipts": [row(unclaimed="0.00")]}, "/receipts/0/unclaimed"),
        ({"receipts": [row()], "bank": "103"}, "/bank"),
    ],
)
def test_a_body_of_another_shape_is_400_with_its_place(client, signer, body, pointer):
    response = signer.post(client, json.dumps(body).encode())
    assert response.status_code == 400, response.content
    assert response.headers["Content-Type"] == "application/problem+json"
    assert pointer in [error["pointer"] for error in response.json()["errors"]]
    assert Receipt.objects.count() == 0


def test_no_model_field_can_be_assigned_by_name(client, signer):
    for field in Receipt._meta.get_fields():
        if field.name not in row():
            response = signer.post(client, [row(**{field.name: "1"})])
            assert response.status_code == 400, field.name
    assert Receipt.objects.count() == 0


def test_more_than_a_thousand_rows_are_400(client, signer):
    response = signer.post(client, [row()] * 1001)
    assert (response.status_code, Receipt.objects.count()) == (400, 0)


def test_a_thousand_rows_of_the_longest_texts_are_taken(client, signer):
    """Written with \\u escapes, two for each rare character, as many programs do."""
    long = {"payer_name": "𬭎" * 200, "payer_bank": "𬭎" * 200, "remark": "𬭎" * 500}
    rows = [row(currency="USD", **long) for _ in range(1000)]
    assert len(outcomes(signer.post(client, rows))) == 1000


@pytest.mark.parametrize(
    "amount",
    ["1234.5", "1234", "1234.567", "1,234.56", "+1.00", "1e3", "NaN", "１.００", "", " 1.00", "9" * 12 + ".00"],
)
def test_an_amount_in_another_spelling_is_refused(client, signer, amount):
    (answer,) = outcomes(signer.post(client, [row(amount=amount)]))
    assert (answer["outcome"], answer["code"]) == ("refused", "malformed")


def test_a_json_number_is_no_amount(client, signer):
    body = sent(row(amount="@")).replace(b'"@"', b"1234.56")
    (answer,) = outcomes(signer.post(client, body))
    assert (answer["outcome"], answer["code"]) == ("refused", "malformed")


CORPUS = [
    b"",
    b"null",
    b"[]",
    b'"x"',
    b"1",
    b"{",
    b"\xff\xfe",
    b'{"receipts": NaN}',
    b'{"receipts": [], "receipts": []}',
    b"[" * 200_000,
    b'{"receipts":' + b"[" * 900 + b"]" * 900 + b"}",
    b'{"receipts":[{"serial":"S1","remark":' + b"[" * 900 + b"]" * 900 + b"}]}",
    b"9" * 5000,
    b'{"receipts": [{"serial": "S", "\\ud800": 1}]}',
    b'{"\\ud800": 1}',
]
TEXTS = [
    "' OR 1=1 --",
    "'; DROP TABLE banking_receipt; --",
    "%s %(x)s {0} {} ${x} {{7*7}}",
    "\0",
    "\ud800",
    "\u202e\u200b\ufeff",
    "<script>alert(1)</script>",
    "=cmd|' /C calc'!A0",
    "x" * 100_000,
    "\U0001f4b0" * 64,
    "line\r\nHPF-Injected: 1",
]


@pytest.mark.parametrize("body", CORPUS, ids=range(len(CORPUS)))
def test_no_body_breaks_the_server(signer, body):
    response = signer.post(Client(raise_request_exception=False), body)
    assert 400 <= response.status_code < 500, response.status_code


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
@pytest.mark.parametrize("field", row())
def test_no_text_breaks_the_server(signer, field, text):
    response = signer.post(Client(raise_request_exception=False), [row(**{field: text})])
    assert response.status_code in (200, 400), response.status_code
    for kept in Receipt.objects.all():
        assert kept.booked_on and kept.voucher_id
