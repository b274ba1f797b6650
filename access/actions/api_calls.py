"""Calls of machines 接口调用: whose signature it is, each number once, each answer once.

The rows here are what makes a repeated call harmless: a nonce is taken once, and the answer to a POST is written in
the transaction of its effect, so that either both stand or neither.
"""

import hashlib
import hmac
from dataclasses import dataclass

from django.db import connection

from access import rules
from access.models import ApiClient, ApiKey, IdempotencyRow
from hpf import privacy
from hpf.errors import NotJustNow, Refusal

FORGOTTEN_AFTER = "1 hour"  # a nonce older than the clock tolerance cannot come back with a valid timestamp


class NotSigned(Refusal):
    """Nothing says which part was wrong: a stranger learns nothing from the answer."""

    message = "请求签名无效：请核对密钥编号、时间戳（误差不超过 300 秒）、随机数和签名"
    code = "not_signed"


class StillRunning(NotJustNow):
    message = "同一幂等键的请求正在处理，请稍后用原幂等键查询"
    code = "still_running"


class KeyReused(Refusal):
    message = "该幂等键已用于另一请求，请为新的请求换用新的幂等键"
    code = "key_reused"


@dataclass(frozen=True)
class SignedRequest:
    """What of a request is signed 已签名的请求."""

    method: str
    path: str
    query: str
    body: bytes
    key_id: str
    timestamp: str
    nonce: str
    signature: str

    @property
    def fingerprint(self) -> bytes:
        """What two calls under one idempotency key must have in common 请求摘要."""
        return hashlib.sha256("\n".join([self.method, self.path, self.query, ""]).encode() + self.body).digest()


def recognise(request: SignedRequest, *, now: int) -> ApiClient:
    """The client whose key signed this request, which is thereby used up 验签.

    `now` is unix seconds. Raises NotSigned for an unknown or revoked key, a wrong signature, a timestamp more than
    300 seconds away, a nonce of the wrong length or seen before.
    """
    keys = ApiKey.objects.filter(key_id=request.key_id, revoked_at=None, client__is_active=True)
    key = keys.select_related("client__user__branch").first()
    secret = key.secret if key else ""
    parts = [request.method, request.path, request.query, request.timestamp, request.nonce]
    expected = rules.signature(secret, parts, request.body)
    signed = hmac.compare_digest(expected.encode(), request.signature.encode())
    if key is None or not signed or not rules.timestamp_accepted(request.timestamp, now):
        raise NotSigned
    if not rules.nonce_accepted(request.nonce) or not _take_nonce(key.client, request.nonce):
        raise NotSigned
    return key.client


def _take_nonce(client: ApiClient, nonce: str) -> bool:
    """Take the nonce, and drop a few that are too old to matter, so that the table stays as small as an hour."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            with forgotten as (
                delete from access_apinonce where id in (
                    select id from access_apinonce where seen_at < now() - interval '{FORGOTTEN_AFTER}'
                    order by seen_at limit 10 for update skip locked
                )
            )
            insert into access_apinonce (client_id, nonce) values (%s, %s) on conflict do nothing
            """,
            [client.pk, nonce],
        )
        return cursor.rowcount == 1


def answered(client: ApiClient, key: str, request: SignedRequest) -> "Answer | None":
    """The answer already given under this idempotency key, or nothing 幂等查询.

    Runs inside the effect's transaction and holds the key until that ends. Raises StillRunning when another call
    holds it, KeyReused when it was used for another request.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"access.idempotency:{client.pk}:{key}"]
        )
        if not cursor.fetchone()[0]:
            raise StillRunning
    row = IdempotencyRow.objects.filter(client=client, key=key).select_related("client").first()
    if row and not hmac.compare_digest(bytes(row.fingerprint), request.fingerprint):
        raise KeyReused
    return Answer(row.status, row.content_type, _unsealed(row)) if row else None


@dataclass(frozen=True)
class Answer:
    """What a client was told 应答."""

    status: int
    content_type: str
    body: bytes


def remember(answer: Answer, client: ApiClient, key: str, request: SignedRequest) -> None:
    """Keep the answer in the transaction of its effect 记录应答."""
    IdempotencyRow.objects.create(
        client=client,
        key=key,
        request=f"{request.method} {request.path}",
        fingerprint=request.fingerprint,
        status=answer.status,
        content_type=answer.content_type,
        body=privacy.seal_bytes(answer.body, **_place(client, key)),
    )


def _place(client: ApiClient, key: str) -> dict[str, str]:
    """Where an answer is sealed for: what a bank is told may name persons and their accounts."""
    return {"table": IdempotencyRow._meta.db_table, "column": "body", "row": f"{client.pk}:{key}"}


def _unsealed(row: IdempotencyRow) -> bytes:
    return privacy.reveal_bytes(bytes(row.body), **_place(row.client, row.key))
