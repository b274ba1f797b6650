"""The bank's line to the centre 银行接口客户端: signs as docs/bank-api.md asks, and knows nothing else."""

import hashlib
import hmac
import time
import uuid
from dataclasses import dataclass

import httpx

RECEIPTS = "/api/v1/bank/receipts/"
PAYMENTS = "/api/v1/bank/payments/"
CLAIMS = f"{PAYMENTS}claims/"
EVENTS = "/api/v1/bank/events/"
REPORT = ("POST", RECEIPTS, "")  # method, path and query


@dataclass(frozen=True)
class Key:
    """What a bank was given when it was connected 接入信息: key, secret, and the centre's account with it."""

    key_id: str
    secret: str
    account: str


def headers(key: Key, body: bytes, idempotency_key: str, to: tuple[str, str, str] = REPORT) -> dict[str, str]:
    """The headers of one request, signed for this moment and for once 请求签名; `to` is method, path and query."""
    timestamp, nonce = str(int(time.time())), uuid.uuid4().hex
    lines = [*to, hashlib.sha256(body).hexdigest(), timestamp, nonce]
    return {
        "Content-Type": "application/json",
        "HPF-Key-Id": key.key_id,
        "HPF-Timestamp": timestamp,
        "HPF-Nonce": nonce,
        "HPF-Signature": hmac.new(key.secret.encode(), "\n".join(lines).encode(), hashlib.sha256).hexdigest(),
        "Idempotency-Key": idempotency_key,
    }


class Line:
    """A connection to the centre."""

    def __init__(self, base_url: str) -> None:
        self.http = httpx.Client(base_url=base_url, timeout=60, trust_env=False)

    def report(self, key: Key, body: bytes, signed: dict[str, str]) -> httpx.Response | None:
        """Send a report; None when no answer came, which says nothing about what the centre did."""
        return self.send("POST", RECEIPTS, body, signed)

    def send(
        self, method: str, path: str, body: bytes, signed: dict[str, str], query: str = ""
    ) -> httpx.Response | None:
        """Send any request; None when no answer came."""
        try:
            return self.http.request(method, f"{path}?{query}" if query else path, content=body, headers=signed)
        except httpx.HTTPError:
            return None

    def close(self) -> None:
        """Hang up."""
        self.http.close()
