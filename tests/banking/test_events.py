"""What banks are told: in the transaction of the act, in an order without gaps, and pushed until it arrives."""

import base64
import hashlib
import hmac
import ipaddress
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import psycopg
import pytest
from django.db import transaction

from banking import rules
from banking.actions import banks, events, payments, webhooks
from banking.gateways import webhooks as line
from banking.models import Delivery, Event, Webhook
from hpf.errors import NotAllowedNow
from tests.banking.factories import DAY, Signer, bank, night, open_first_day
from tests.banking.owing import AT, may_owe, ordered, unknown
from tests.banking.test_repetition import at_once

EVENTS, WEBHOOK = "/api/v1/bank/events/", "/api/v1/bank/webhook/"


@pytest.fixture
def books(db):
    open_first_day()
    may_owe()
    banks.connect(bank(), by=night(), on=DAY)


class Receiver(HTTPServer):
    """A bank's end of the line, which answers what it is told to."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Answering)
        self.got, self.answers = [], [200]
        self.url = f"http://127.0.0.1:{self.server_address[1]}/events"


class Answering(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((dict(self.headers), body))
        answers = self.server.answers
        self.send_response(answers.pop(0) if len(answers) > 1 else answers[0])
        self.send_header("Location", self.server.url)
        self.end_headers()

    def log_message(self, *args):
        pass


@pytest.fixture
def receiver():
    server = Receiver()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


def subscribe(url, at=AT, **options):
    return webhooks.set_address(bank(), url, **{"new_secret": False, **options}, at=at, by=night(), on=DAY)


def deliver(at=AT + timedelta(days=400)):
    """Long after, so that everything is due: the database's clock is ahead of the tests'."""
    return webhooks.deliver_due(at=at, by=night(), on=DAY)


def is_signed(headers, body, secret):
    """Written from the specification: v1,base64(hmac-sha256(secret, id.timestamp.body)), several divided by blanks."""
    text = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    key = base64.b64decode(secret.split("_", 1)[1])
    wanted = "v1," + base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()
    return wanted in headers["webhook-signature"].split(" ")


def test_an_event_is_pushed_once_and_signed(books, receiver):
    secret = subscribe(receiver.url)
    payment = ordered()
    assert deliver() == {"delivered": 1, "put_off": 0, "dead": 0}
    assert deliver() == {"delivered": 0, "put_off": 0, "dead": 0}
    [(headers, body)] = receiver.got
    assert is_signed(headers, body, secret) and not is_signed(headers, body + b" ", secret)
    told = json.loads(body)
    assert (told["type"], told["sequence"], told["data"]["payment_id"]) == ("payment.approved", 1, payment.reference)
    assert headers["webhook-id"] == told["id"] == f"ev_{Event.objects.get().pk}"


def test_to_stop_what_was_never_begun_gives_no_secret_away(books, receiver):
    assert subscribe("") == ""
    assert subscribe(receiver.url).startswith("whsec_")


def test_an_event_that_is_not_taken_is_tried_eight_times_within_a_day_and_then_left_to_a_person(books, receiver):
    subscribe(receiver.url)
    receiver.answers = [500]
    ordered()
    at, tried = AT + timedelta(days=400), []
    while Delivery.objects.get().status == "PENDING":
        deliver(at)
        tried.append(at)
        at = Delivery.objects.get().next_at or at
    assert len(receiver.got) == 8
    assert timedelta(hours=23) < tried[-1] - tried[0] < timedelta(hours=30)
    assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 1
    assert (Delivery.objects.get().status, Delivery.objects.get().last_error) == ("DEAD", "应答 500")
    assert deliver() == {"delivered": 0, "put_off": 0, "dead": 0}
    receiver.answers = [204]
    assert webhooks.replay([Delivery.objects.get()], at=AT, by=night(), on=DAY) == 1
    assert deliver()["delivered"] == 1
    with pytest.raises(NotAllowedNow):
        webhooks.replay([Delivery.objects.get()], at=AT, by=night(), on=DAY)


@pytest.mark.parametrize("status", [301, 302, 307, 400, 401, 404, 503])
def test_only_a_2xx_takes_an_event_and_no_redirect_is_followed(books, receiver, status):
    subscribe(receiver.url)
    receiver.answers = [status, 200]
    ordered()
    assert deliver()["put_off"] == 1
    assert len(receiver.got) == 1


def test_after_a_change_both_secrets_sign_for_a_day(books, receiver):
    old = subscribe(receiver.url)
    new = subscribe(receiver.url, at=AT + timedelta(days=400), new_secret=True)
    assert new and new != old
    assert subscribe(receiver.url) == ""
    ordered()
    deliver(AT + timedelta(days=400, hours=23))
    ordered()
    deliver(AT + timedelta(days=401, hours=1))
    both, later = receiver.got
    assert is_signed(*both, old) and is_signed(*both, new)
    assert is_signed(*later, new) and not is_signed(*later, old)


def test_nothing_is_pushed_to_a_bank_that_does_not_want_it_or_no_longer(books, receiver):
    ordered()
    assert not Delivery.objects.exists()
    subscribe(receiver.url)
    ordered()
    subscribe("")
    ordered()
    assert deliver() == {"delivered": 0, "put_off": 0, "dead": 1}
    assert receiver.got == []


def test_what_is_rolled_back_tells_nobody(books):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        ordered()
        raise ZeroDivisionError
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    "url",
    [
        *[
            "http://bank.example.cn/x",
            "ftp://bank.example.cn/",
            "https://other.example.cn/",
            "https://bank.example.cn:22/",
        ],
        *["https://u:p@bank.example.cn/", "https://bank.example.cn@other.example.cn/", "https:///x", "https://[::1]/"],
        *[
            "https://127.0.0.1/",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://169.254.169.254/",
            "//bank.example.cn",
        ],
        *["https://bank.example.cn/#x", "https://bank.example.cn/ x", "https://银行.example.cn/", "https://[x", "x"],
        "https://bank.example.cn/" + "x" * 300,
    ],
)
def test_an_address_that_is_not_on_the_centres_list_is_refused(books, settings, url):
    settings.DEMO, settings.WEBHOOK_HOSTS, settings.WEBHOOK_NETWORKS = False, {"bank.example.cn"}, []
    assert line.trouble_with("https://bank.example.cn/hpf?x=1") == ""
    with pytest.raises(webhooks.AddressRefused):
        subscribe(url)
    assert not Webhook.objects.exists()


@pytest.mark.parametrize(
    "found",
    [
        *["127.0.0.1", "10.0.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1", "::1"],
        *["::ffff:127.0.0.1", "::ffff:10.0.0.1", "fe80::1", "fc00::1", "::"],
    ],
)
def test_a_name_that_stands_for_an_inner_address_is_not_called(settings, monkeypatch, found):
    """Whatever a bank's name resolves to on the day; what it resolved to when it was set does not count."""
    settings.WEBHOOK_HOSTS, settings.WEBHOOK_NETWORKS = {"bank.example.cn"}, []
    family = line.socket.AF_INET6 if ":" in found else line.socket.AF_INET
    resolved = [(family, line.socket.SOCK_STREAM, 6, "", (found, 443))]
    monkeypatch.setattr(line.socket, "getaddrinfo", lambda *asked, **how: resolved)
    with pytest.raises(line.Unreachable, match="不允许"):
        line.push("https://bank.example.cn/", line.Message("ev_1", 1, b"{}"), [])


def test_a_leased_line_the_centre_names_is_called(settings):
    settings.WEBHOOK_NETWORKS = [ipaddress.ip_network("10.8.0.0/16")]
    assert line._is_permitted(ipaddress.ip_address("10.8.3.4"))
    assert not line._is_permitted(ipaddress.ip_address("10.9.3.4"))


def test_pauses_add_up_to_a_day():
    pauses = [rules.pause_after(tries, jitter=0) for tries in range(1, rules.MOST_TRIES)]
    assert sum(pauses, timedelta()) == timedelta(days=1)
    assert rules.pause_after(1, jitter=200) == timedelta(seconds=6)


def told(response, status=200):
    assert response.status_code == status, response.content
    return response.json()


def test_a_bank_reads_its_events_page_by_page(own_database, client):
    open_first_day()
    may_owe()
    signer, other = Signer.of(bank()), Signer.of(bank("103"))
    references = [ordered().reference for _ in range(3)]
    first = told(signer.call(client, "GET", f"{EVENTS}?limit=2"))
    second = told(signer.call(client, "GET", f"{EVENTS}?limit=2&after={first['next']}"))
    assert [one["data"]["payment_id"] for one in first["events"] + second["events"]] == references
    nothing = told(signer.call(client, "GET", f"{EVENTS}?after={second['next']}"))
    assert nothing == {"events": [], "next": second["next"]}
    assert told(other.call(client, "GET", EVENTS))["events"] == []
    assert told(signer.call(client, "GET", f"{EVENTS}?after=x"), 400)["errors"][0]["pointer"] == "/after"


def test_an_event_of_a_transaction_that_ends_late_is_not_missed(own_database):
    """One that was written first and commits last comes after what was read before it."""
    open_first_day()
    may_owe()
    banks.connect(bank(), by=night(), on=DAY)
    late = psycopg.connect(own_database.url)
    late.execute(
        "insert into banking_event (bank_id, type, subject, sequence, payload) select id, 'payment.query', 'L', 1, '{}'"
        " from banking_bank where code = '102'"
    )
    payment = ordered()
    [first] = events.read(bank(), 0, 10)
    assert first.subject == payment.reference
    late.commit()
    late.close()
    assert [event.subject for event in events.read(bank(), first.position, 10)] == ["L"]
    assert [event.subject for event in events.read(bank(), 0, 10)] == [payment.reference, "L"]


def test_readers_and_writers_at_once_miss_and_double_nothing(own_database):
    open_first_day()
    may_owe()
    banks.connect(bank(), by=night(), on=DAY)
    got, over = [], threading.Event()

    def read_on():
        position = 0
        while not over.is_set():
            for event in events.read(bank(), position, 3):
                got.append(event.subject)
                position = event.position
        got.extend(event.subject for event in events.read(bank(), position, 1000))

    calls = [lambda: [ordered() for _ in range(5)]] * 8
    with ThreadPoolExecutor(1) as pool:
        reader = pool.submit(at_once, [read_on], 1)
        written = [row.reference for rows in at_once(calls, 4) for row in rows]
        over.set()
        reader.result()
    assert sorted(got) == sorted(written) and len(written) == 40


def test_a_bank_sets_its_address_and_reads_the_secret_once(books, client, receiver):
    signer = Signer.of(bank())
    first = told(signer.call(client, "PUT", WEBHOOK, {"url": receiver.url}))
    assert first.keys() == {"url", "secret"} and first["secret"].startswith("whsec_")
    assert told(signer.call(client, "PUT", WEBHOOK, {"url": receiver.url})) == {"url": receiver.url}
    assert first["secret"] not in Webhook.objects.get().secret_sealed
    refused = told(signer.call(client, "PUT", WEBHOOK, {"url": "https://10.0.0.1/"}), 409)
    assert refused["code"] == "address_refused"


def test_a_payment_that_goes_unknown_asks_the_bank(books, receiver):
    subscribe(receiver.url)
    unknown()
    deliver()
    # They are pushed side by side; `sequence` says which came first.
    told = sorted((json.loads(body) for _, body in receiver.got), key=lambda one: one["sequence"])
    assert [one["type"] for one in told] == ["payment.approved", "payment.query"]
    assert payments.overdue_all(at=AT, by=night(), on=DAY) == 0
