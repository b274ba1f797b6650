"""Banks, notices and signed requests for tests."""

import hashlib
import hmac
import itertools
import json
import time
import uuid
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from django.db import connection

from access.models import User
from banking.actions import banks
from banking.models import Bank
from banking.rules import Notice

DAY = date(2026, 7, 1)
ACCOUNT = "51101020000000001"  # the first bank's, as the migration leaves it
RECEIPTS = "/api/v1/bank/receipts/"
_numbers = itertools.count(1)


def open_first_day(day: date = DAY) -> date:
    """Open the first business day of an empty ledger."""
    with connection.cursor() as cursor:
        cursor.execute("select ledger_open_first_day(%s)", [day])
    return day


def night() -> User:
    return User.objects.get(username="night")


def bank(code: str = "102") -> Bank:
    return Bank.objects.get(code=code)


def account_of(bank: Bank) -> str:
    return bank.accounts.get().number


def notice(**changes: Any) -> Notice:
    """A sound notice for the first bank, with a serial number of its own."""
    plain = Notice(
        serial=f"S{next(_numbers):010d}",
        account=ACCOUNT,
        amount=Decimal("1234.56"),
        paid_on=DAY,
        payer_name="内江示例机械有限公司",
        payer_account="6222020200112233445",
        payer_bank="工商银行内江分行",
        remark="HJ0000000001",
    )
    return replace(plain, **changes)


def row(**changes: Any) -> dict[str, Any]:
    """The same as a bank sends it."""
    plain = notice()
    sent = {name: getattr(plain, name) for name in plain.__slots__}
    return {**sent, "amount": str(plain.amount), "paid_on": plain.paid_on.isoformat(), **changes}


@dataclass
class Signer:
    """A bank's side of the signature, written from the interface's text and not from our code."""

    key_id: str
    secret: str

    @classmethod
    def of(cls, bank: Bank, on: date = DAY) -> "Signer":
        return cls(*banks.connect(bank, by=night(), on=on))

    def headers(self, method: str, url: str, body: bytes, **changes: str) -> dict[str, str]:
        parts = urlsplit(url)
        timestamp, nonce = changes.get("timestamp", str(int(time.time()))), changes.get("nonce", uuid.uuid4().hex)
        digest = hashlib.sha256(body).hexdigest()
        text = f"{method}\n{parts.path}\n{parts.query}\n{digest}\n{timestamp}\n{nonce}"
        signed = hmac.new(self.secret.encode(), text.encode(), hashlib.sha256).hexdigest()
        return {
            "HPF-Key-Id": self.key_id,
            "HPF-Timestamp": timestamp,
            "HPF-Nonce": nonce,
            "HPF-Signature": changes.get("signature", signed),
            "Idempotency-Key": changes.get("idempotency_key", uuid.uuid4().hex),
        }

    def call(self, client: Any, method: str, url: str, content: Any = None, **changes: str) -> Any:
        """Any request of a bank, with Django's test client."""
        body = b"" if content is None else json.dumps(content).encode()
        headers = self.headers(method, url, body, **changes)
        if method == "GET":
            return client.get(url, headers=headers)
        return client.generic(method, url, body, content_type="application/json", headers=headers)

    def post(self, client: Any, rows: Any, url: str = RECEIPTS, **changes: str) -> Any:
        """Send rows, or a body as it is, with Django's test client."""
        body = rows if isinstance(rows, bytes) else json.dumps({"receipts": rows}).encode()
        headers = self.headers("POST", url, body, **changes)
        return client.post(url, body, content_type="application/json", headers=headers)
