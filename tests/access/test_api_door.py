"""The door for machines: signature, time, nonce, right; and one answer for one idempotency key."""

import hashlib
import hmac
import json
import threading
import time
import uuid

import pytest
from django.db import connection
from django.test import Client

from access import rules
from access.models import ApiClient, ApiKey, ApiNonce, IdempotencyRow, User
from tests.access.factories import SECRET, bank_client

PATH = "/api/orders/"


@pytest.fixture(autouse=True)
def operations(settings):
    settings.ROOT_URLCONF = "tests.access.api_urls"
    settings.ALLOWED_HOSTS = ["testserver"]
    settings.SECURE_SSL_REDIRECT = False


def headers(method="GET", path=PATH, query="", body=b"", **changes):
    """The signature as a bank's programmer writes it from the contract, apart from our own function."""
    signed = {"timestamp": str(int(time.time())), "nonce": uuid.uuid4().hex, **changes}
    secret = changes.get("secret", SECRET)
    digest = hashlib.sha256(body).hexdigest()
    text = f"{method}\n{path}\n{query}\n{digest}\n{signed['timestamp']}\n{signed['nonce']}"
    return {
        "HPF-Key-Id": signed.get("key_id", "bank-key"),
        "HPF-Timestamp": signed["timestamp"],
        "HPF-Nonce": signed["nonce"],
        "HPF-Signature": hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest(),
    }


def get(path=PATH, **changes):
    return Client(raise_request_exception=False).get(path, headers=headers(path=path, **changes))


def post(body, key="0123456789abcdef", **changes):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    given = headers("POST", body=raw, **changes) | ({"Idempotency-Key": key} if key else {})
    return Client(raise_request_exception=False).post(PATH, raw, content_type="application/json", headers=given)


def test_the_signature_equals_a_worked_example():
    """Worked out with openssl: printf '…' | openssl dgst -sha256 -hmac 'key'."""
    parts = ["POST", "/api/v1/bank/receipts/", "", "1700000000", "abcdefghijklmnop"]
    expected = "85126277d6152d87a9fedd71ba47cea2e393cfd37951e4c343ac505d9dd1d55c"
    assert rules.signature("key", parts, b'{"receipts":[]}') == expected


@pytest.mark.django_db
class TestSignature:
    def test_a_signed_request_comes_in_as_its_client(self):
        bank_client()
        answer = get()
        assert answer.status_code == 200 and answer.json()["client"] == "测试银行"
        assert answer.headers["Cache-Control"] == "no-store"

    def test_the_query_is_signed_as_sent(self):
        bank_client()
        signed = headers(query="a=1&b=%E6%B1%87")
        assert Client().get(f"{PATH}?a=1&b=%E6%B1%87", headers=signed).status_code == 200

    @pytest.mark.parametrize(
        "changes",
        [
            {"secret": "another secret"},
            {"key_id": "nobody"},
            {"timestamp": str(int(time.time()) - 4000)},
            {"timestamp": str(int(time.time()) + 4000)},
            {"timestamp": "soon"},
            {"timestamp": "١٧٠٠٠٠٠٠٠٠"},
            {"nonce": "short"},
            {"nonce": "x" * 65},
        ],
    )
    def test_a_request_not_rightly_signed_is_refused(self, changes):
        bank_client()
        signed = {name: value.encode().decode("latin-1") for name, value in headers(**changes).items()}
        answer = Client().get(PATH, headers=signed)
        assert answer.status_code == 401
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.json()["code"] == "not_signed" and answer.json()["instance"]

    @pytest.mark.parametrize("part", ["HPF-Key-Id", "HPF-Timestamp", "HPF-Nonce", "HPF-Signature"])
    def test_every_header_is_needed_and_signed(self, part):
        bank_client()
        given = headers()
        changed = {**given, part: given[part][:-1] + ("0" if given[part][-1] != "0" else "1")}
        assert Client().get(PATH, headers=changed).status_code == 401
        del given[part]
        assert Client().get(PATH, headers=given).status_code == 401

    @pytest.mark.parametrize(
        ("method", "path", "query"), [("PUT", PATH, ""), ("GET", "/api/x/", ""), ("GET", PATH, "a=1")]
    )
    def test_a_signature_for_another_request_is_refused(self, method, path, query):
        bank_client()
        assert Client().get(PATH, headers=headers(method, path, query)).status_code == 401

    def test_a_changed_body_is_refused(self):
        bank_client()
        given = headers("POST", body=b'{"username": "one"}') | {"Idempotency-Key": "k"}
        answer = Client().post(PATH, b'{"username": "two"}', content_type="application/json", headers=given)
        assert answer.status_code == 401 and not User.objects.filter(username="two").exists()

    def test_a_nonce_is_taken_once(self):
        bank_client()
        given = headers()
        assert [Client().get(PATH, headers=given).status_code for _ in range(2)] == [200, 401]

    def test_two_clients_may_use_the_same_nonce(self):
        bank_client(), bank_client("other-key")
        nonce = uuid.uuid4().hex
        assert get(nonce=nonce).status_code == get(nonce=nonce, key_id="other-key").status_code == 200

    def test_a_stranger_takes_no_nonce(self):
        bank_client()
        get(secret="wrong")
        assert not ApiNonce.objects.exists()

    def test_a_revoked_key_and_a_stopped_client_are_refused_at_once(self):
        bank_client()
        ApiKey.objects.update(revoked_at="2026-01-01T00:00:00Z")
        assert get().status_code == 401
        ApiKey.objects.update(revoked_at=None)
        ApiClient.objects.update(is_active=False)
        assert get().status_code == 401

    def test_old_nonces_are_forgotten_by_later_calls(self):
        client = bank_client()
        with connection.cursor() as cursor:
            cursor.execute(
                "insert into access_apinonce (client_id, nonce, seen_at)"
                " select %s, 'old' || n, now() - interval '2 hours' from generate_series(1, 15) n",
                [client.pk],
            )
        for left in (6, 2, 3):
            get()
            assert ApiNonce.objects.count() == left

    def test_a_client_without_the_right_is_refused(self):
        bank_client()
        answer = get("/api/not-for-banks/")
        assert answer.status_code == 403 and answer.json()["code"] == "no_right"

    def test_the_secret_is_stored_sealed(self):
        bank_client()
        assert SECRET not in ApiKey.objects.get().secret_sealed


@pytest.mark.django_db
class TestIdempotency:
    def test_a_post_without_a_key_is_refused(self):
        bank_client()
        answer = post({"username": "one"}, key="")
        assert answer.status_code == 400 and answer.json()["code"] == "no_key"

    def test_the_same_call_gets_the_same_answer_and_acts_once(self):
        bank_client()
        first, second = post({"username": "one"}), post({"username": "one"})
        assert first.status_code == second.status_code == 201
        assert first.content == second.content
        assert second.headers["Idempotent-Replayed"] == "true" and "Idempotent-Replayed" not in first.headers
        assert first.headers["Content-Type"] == second.headers["Content-Type"]
        assert User.objects.filter(username="one").count() == 1

    def test_another_body_under_the_key_is_refused(self):
        bank_client()
        post({"username": "one"})
        answer = post({"username": "two"})
        assert answer.status_code == 422 and answer.json()["code"] == "key_reused"
        assert not User.objects.filter(username="two").exists()

    def test_two_clients_may_use_the_same_key(self):
        bank_client(), bank_client("other-key")
        assert post({"username": "one"}).status_code == 201
        assert post({"username": "two"}, key_id="other-key").status_code == 201

    def test_a_refusal_leaves_nothing_but_its_answer(self):
        bank_client()
        first, second = post({"username": "refuse"}), post({"username": "refuse"})
        assert first.status_code == 409 and first.json()["code"] == "not_today"
        assert first.json()["detail"] == "今天不办理"
        assert second.content == first.content and second.headers["Idempotent-Replayed"] == "true"
        assert not User.objects.filter(username="refuse").exists()

    def test_a_refusal_of_the_moment_is_not_kept(self):
        bank_client()
        first = post({"username": "later"})
        assert (first.status_code, first.json()["code"], first.headers["Retry-After"]) == (409, "not_just_now", "1")
        assert not User.objects.filter(username="later").exists() and not IdempotencyRow.objects.exists()
        User.objects.create(username="moment over", name="x", post="BANK")
        second, third = post({"username": "later"}), post({"username": "later"})
        assert second.status_code == third.status_code == 201 and second.content == third.content
        assert "Idempotent-Replayed" not in second.headers and third.headers["Idempotent-Replayed"] == "true"

    def test_a_refusal_by_the_rules_does_not_ask_to_come_again(self):
        bank_client()
        assert "Retry-After" not in post({"username": "refuse"}).headers

    def test_a_failure_leaves_nothing_at_all(self):
        bank_client()
        answer = post({"username": "break"})
        assert answer.status_code == 500
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert "ZeroDivisionError" not in answer.content.decode()
        assert not User.objects.filter(username="break").exists() and not IdempotencyRow.objects.exists()

    def test_a_malformed_request_may_be_mended_under_its_key(self):
        bank_client()
        assert post({"username": "much too long"}).status_code == 400
        assert post({"username": "short"}).status_code == 201


@pytest.mark.django_db
class TestBody:
    def test_errors_point_to_their_place(self):
        bank_client()
        answer = post({"lines": [{"amount": "1.00"}, {"amount": "1.001"}]})
        assert answer.status_code == 400
        assert answer.headers["Content-Type"] == "application/problem+json"
        found = {(error["pointer"], error["code"]) for error in answer.json()["errors"]}
        assert found == {("/username", "required"), ("/lines/1/amount", "max_decimal_places")}

    @pytest.mark.parametrize("body", [b'{"username":"a","username":"b"}', b'{"lines":[{"amount":"1","amount":"2"}]}'])
    def test_a_key_that_stands_twice_is_refused(self, body):
        bank_client()
        answer = post(body)
        assert answer.status_code == 400 and answer.json()["code"] == "bad_json"

    @pytest.mark.parametrize("body", [b"", b"{", b'{"username": NaN}', b"\xff"])
    def test_what_is_not_json_is_refused(self, body):
        bank_client()
        assert post(body).status_code == 400


class TestManyAtOnce:
    def test_the_same_call_many_times_at_once_acts_once(self, own_database):
        """While the moment refuses it, too: each asks again under the same key as it is told to."""
        bank_client()
        answers, gate, refused = [], threading.Barrier(8), threading.Event()

        def call():
            gate.wait()
            while "Retry-After" in (answer := post({"username": "later"})).headers:
                if answer.json()["code"] == "not_just_now":
                    refused.set()
            answers.append(answer)
            connection.close()

        threads = [threading.Thread(target=call) for _ in range(8)]
        for thread in threads:
            thread.start()
        assert refused.wait(60)
        User.objects.create(username="moment over", name="x", post="BANK")
        for thread in threads:
            thread.join()
        assert [answer.status_code for answer in answers] == [201] * 8
        assert len({answer.content for answer in answers}) == 1
        assert sum("Idempotent-Replayed" not in answer.headers for answer in answers) == 1
        assert User.objects.filter(username="later").count() == 1
