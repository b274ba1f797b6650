"""Who deals with the running system: savers, their wishes, banks and platforms that sign, clerks who have signed in."""

import base64
import itertools
import json
import re
import time
import uuid
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

import httpx
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection, transaction

from access.actions import api_clients
from access.models import User
from accounts.actions import members
from accounts.models import MemberAccount
from banking import queries as banking
from banking.models import Payment
from hpf.months import Month
from ledger.models import Voucher
from ledger.queries import open_day
from tests.accounts import factories as accounts
from tests.banking.factories import Signer, bank, night
from tests.deposits import factories as deposits
from tests.withdrawals import factories as withdrawals
from withdrawals.actions import applications
from withdrawals.models import Withdrawal
from withdrawals.queries import KIND
from withdrawals.rules import Purchase, Rent
from withdrawals.states import InquiryKind, InquiryOutcome

BANK = "/api/v1/bank/payments/"
APPLY = "/api/v1/withdrawals/"
PAPER = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
MONTHS = 3
_houses = itertools.count(1)
_platforms = itertools.count(1)


@dataclass(frozen=True)
class Caller:
    """A machine that signs what it sends, over HTTP; each request on a connection of its own."""

    site: str
    signer: Signer

    def post(self, path: str, content: Any, **changes: str) -> httpx.Response:
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        return self.send("POST", path, body, self.headers(path, body, **changes))

    def headers(self, path: str, body: bytes, **changes: str) -> dict[str, str]:
        return {**self.signer.headers("POST", path, body, **changes), "Content-Type": "application/json"}

    def send(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> httpx.Response:
        return httpx.request(method, self.site + path, content=body, headers=headers, timeout=60, trust_env=False)

    def claim(self) -> dict[str, dict[str, Any]]:
        """What the bank is handed, by the payment's number."""
        answer = self.post(f"{BANK}claims/", {})
        assert answer.status_code == 200, answer.text
        return {row["payment_id"]: row for row in answer.json()["payments"]}

    def report(self, payment: str, **said: str) -> httpx.Response:
        return self.post(f"{BANK}{payment}/results/", said)


def a_bank(site: str, code: str = "102") -> Caller:
    return Caller(site, Signer.of(bank(code), on=open_day()))


def a_platform(site: str) -> Caller:
    name = f"platform-{next(_platforms)}"
    return Caller(site, Signer(*api_clients.connect_platform(name, "测试平台", by=night(), on=open_day())))


def browser_of(user: User, site: str) -> httpx.Client:
    """A browser in which this person has just signed in."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session["signed_in_at"] = session["seen_at"] = int(time.time())
    session.create()
    cookies = {settings.SESSION_COOKIE_NAME: session.session_key}
    alone = httpx.Limits(max_keepalive_connections=0)
    return httpx.Client(base_url=site, cookies=cookies, timeout=60, trust_env=False, limits=alone)


@transaction.atomic
def savers(count: int, balance: str = "9000.00") -> list[MemberAccount]:
    """Members of one employer with three months on their accounts, who own no home.

    In one transaction: a worker that identifies and allocates beside us finds it done.
    """
    on, by = open_day(), night()
    first = Month.of(on).plus(1 - MONTHS)
    employer = accounts.employer(on=on)
    base = (Decimal(balance) / MONTHS / Decimal("0.16")).quantize(Decimal("0.01"))
    listed = [accounts.new_member(base=base, first_month=first) for _ in range(count)]
    opened = members.open_many(employer, listed, by=by, on=on)
    for place in range(MONTHS):
        deposits.paid(employer, first.plus(place), on=on)
    rows = MemberAccount.objects.filter(pk__in=[one.pk for one in opened]).order_by("pk")
    found = list(rows.select_related("member", "employer__branch"))
    for account in found:
        withdrawals.answered(account, InquiryKind.PROPERTY, InquiryOutcome.NONE, on=on)
    return found


def rent() -> Rent:
    month = Month.of(open_day())
    return Rent(month.plus(1 - MONTHS), month)


def purchase() -> Purchase:
    """A home nobody else bought."""
    signed_on = open_day() - timedelta(days=60)
    return Purchase(f"NJ-{next(_houses)}", signed_on, Decimal("500000.00"))


def rented(account: MemberAccount, amount: str = "1200.00") -> Withdrawal:
    """Rent withdrawn, decided at once: its bank is told to pay it."""
    wish = withdrawals.wish(account, rent(), amount)
    return applications.submit(withdrawals.application(wish), by=night(), on=open_day())


def payment_of(withdrawal: Withdrawal) -> Payment:
    found = banking.payment_of(KIND, str(withdrawal.pk))
    assert found is not None
    return found


def applying(account: MemberAccount, amount: str, **instead: Any) -> dict[str, Any]:
    """What a platform sends for a member: rent, unless told otherwise."""
    member, month = account.member, Month.of(open_day())
    who = {"certificate_type": member.certificate_type, "id_number": member.id_number, "name": member.name}
    plain = {"category": "RENT", "rent": {"first": str(month.plus(1 - MONTHS)), "last": str(month)}}
    card = {"number": member.card, "bank": "工商银行"}
    return {"member": who, "card": card, "amount": amount, "consent": True, **(instead or plain)}


def buying(account: MemberAccount, amount: str) -> dict[str, Any]:
    """The same for a home, with both papers; each time another home."""
    bought = purchase()
    home = {"house": bought.house, "signed_on": bought.signed_on.isoformat(), "price": str(bought.price)}
    papers = [
        {"kind": kind, "name": f"{kind}.pdf", "content": base64.b64encode(PAPER.replace(b"1.4", version)).decode()}
        for kind, version in (("PURCHASE_CONTRACT", b"1.4"), ("PURCHASE_INVOICE", b"1.5"))
    ]
    return applying(account, amount, category="PURCHASE", purchase=home, papers=papers)


def moved(row: dict[str, Any], outcome: str = "succeeded", **changes: str) -> dict[str, str]:
    """What a bank says of money that moved, when all is well."""
    today = open_day().isoformat()
    plain = {"outcome": outcome, "bank_serial": f"B-{outcome}-{row['payment_id']}", "paid_on": today}
    return {**plain, "account": row["account"], "amount": row["amount"], **changes}


def vouchers_of(payment: Payment) -> list[str]:
    """The kinds of the vouchers of a payment."""
    found = Voucher.objects.filter(kind__code__startswith="banking.payment", source=str(payment.pk))
    return sorted(found.values_list("kind", flat=True))


def time_passes_for_banks() -> None:
    """What banks were handed has not been answered in time."""
    with connection.cursor() as cursor:
        cursor.execute("update banking_payment set answer_by = now() - interval '1 minute' where status = 'SENT'")


def form_of(page: str) -> dict[str, str]:
    """What a page's form would hand in if nothing were changed."""
    fields = dict(re.findall(r'<input[^>]*name="(\w+)"[^>]*value="([^"]*)"', page))
    return {name: value for name, value in fields.items() if name not in ("papers", "by_people")}


def once() -> str:
    return str(uuid.uuid4())
