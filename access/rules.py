"""How long a sign-in lasts, and how a machine signs 会话时限与接口签名: arithmetic on times and bytes."""

import hashlib
import hmac
import json

COUNTER_IDLE_SECONDS = 15 * 60
PORTAL_IDLE_SECONDS = 10 * 60
LONGEST_SECONDS = 8 * 3600
DEEPEST = 32  # levels of a JSON body
TOO_DEEP = f"nested more than {DEEPEST} levels deep"
CLOCK_SECONDS = 300  # what a client's clock may differ, either way


def session_ended(now: int, *, signed_in_at: int, seen_at: int, idle_seconds: int) -> bool:
    """Whether a sign-in is over 会话是否到期: idle for too long, or 8 hours old. Times in unix seconds."""
    return now - seen_at >= idle_seconds or now - signed_in_at >= LONGEST_SECONDS


def seconds_left(now: int, *, signed_in_at: int, seen_at: int, idle_seconds: int) -> int:
    """How long a sign-in still lasts if nothing is done 会话剩余秒数, never below zero. Times in unix seconds."""
    return max(0, min(seen_at + idle_seconds, signed_in_at + LONGEST_SECONDS) - now)


def timestamp_accepted(text: str, now: int) -> bool:
    """Whether a request's unix time is within 300 seconds of ours 时间戳是否有效."""
    return text.isascii() and text.isdigit() and len(text) <= 12 and abs(int(text) - now) <= CLOCK_SECONDS


def signature(secret: str, parts: list[str], body: bytes) -> str:
    """The signature of a request 请求签名: lowercase hex HMAC-SHA256.

    `parts` are method, path, query, timestamp and nonce as sent; the digest of the body stands after the query.
    Lines are joined by line feeds, without one at the end.
    """
    method, path, query, timestamp, nonce = parts
    lines = [method, path, query, hashlib.sha256(body).hexdigest(), timestamp, nonce]
    return hmac.new(secret.encode(), "\n".join(lines).encode(), hashlib.sha256).hexdigest()


def nonce_accepted(nonce: str) -> bool:
    """Whether a nonce has 16 to 64 visible ASCII characters 随机数格式."""
    return 16 <= len(nonce) <= 64 and _is_visible_ascii(nonce)


def idempotency_key_accepted(key: str) -> bool:
    """Whether an idempotency key has 1 to 255 visible ASCII characters 幂等键格式."""
    return 1 <= len(key) <= 255 and _is_visible_ascii(key)


def _is_visible_ascii(text: str) -> bool:
    return all("!" <= character <= "~" for character in text)


class DuplicateKey(ValueError):
    """An object names a key twice: two readers could understand it differently."""


def read_json(body: bytes) -> object:
    """Read a body that leaves no doubt 严格解析 JSON: no key twice, no NaN or Infinity, nothing nested without end.

    Raises DuplicateKey or another ValueError.
    """

    def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
        read = dict(pairs)
        if len(read) != len(pairs):
            raise DuplicateKey("a key stands twice in one object")
        return read

    def never(word: str) -> object:
        raise ValueError(f"{word} is not a number")

    try:
        read = json.loads(body, object_pairs_hook=once, parse_constant=never)
    except RecursionError:
        raise ValueError(TOO_DEEP) from None
    _refuse_deep(read)
    return read


def _refuse_deep(read: object) -> None:
    """Whoever reads the body after us may have less room to recurse, so the bound is far from any interpreter's."""
    level = [read]
    for _ in range(DEEPEST):
        level = [
            below
            for value in level
            if isinstance(value, dict | list)
            for below in (value.values() if isinstance(value, dict) else value)
        ]
        if not level:
            return
    raise ValueError(TOO_DEEP)
