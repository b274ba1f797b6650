"""Personal data 个人信息保护: sealing one field, finding it again, and showing only part of it.

Three nouns:

- a *sealed value* 密文 names its algorithm and key and is bound to its table, column and row, so that it can
  neither be moved to another row nor read after its key was taken away;
- a *blind index* 盲索引 is a keyed digest: equal numbers have equal digests, and nobody without the key can
  tell which number it was;
- a *mask* 脱敏 keeps the ends of a number, which is what pages and records show.

Keys come from HPF_FIELD_KEYS, `name:base64` of 32 bytes each, comma separated. The first seals, all of them
reveal, and the one named `index` makes the blind indexes. To rotate, put a new key in front and keep the old.
"""

import base64
import hashlib
import hmac
import os
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

INDEX_KEY = "index"
NONCE_BYTES = 12  # random; safe for 2**32 values under one key (NIST SP 800-38D, 8.3)


class Cipher(Protocol):
    """Authenticated encryption under one key. AES-256-GCM today; an SM4-GCM profile fits the same shape."""

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes) -> bytes: ...
    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes) -> bytes: ...


CIPHERS: dict[str, Callable[[bytes], Cipher]] = {"a256gcm": AESGCM}
ALGORITHM = "a256gcm"  # what new values are sealed with; older names stay in CIPHERS as long as values bear them


class Unreadable(Exception):
    """A sealed value cannot be opened: moved, changed, or its key is gone 密文无法解读. Never holds the value."""


@dataclass(frozen=True)
class Keys:
    """The keys of this installation 密钥."""

    sealing: str
    by_name: dict[str, bytes]
    index: bytes

    @classmethod
    def parse(cls, text: str) -> "Keys":
        """Read HPF_FIELD_KEYS. Raises ImproperlyConfigured without repeating what it read."""
        try:
            pairs = [entry.split(":", 1) for entry in text.split(",") if entry.strip()]
            keys = {name.strip(): base64.b64decode(value, validate=True) for name, value in pairs}
            index = keys.pop(INDEX_KEY)
            sealing = next(iter(keys))
        except (ValueError, KeyError, StopIteration):
            raise ImproperlyConfigured("HPF_FIELD_KEYS must read name:base64,…,index:base64") from None
        if any(len(key) != 32 for key in (index, *keys.values())):
            raise ImproperlyConfigured("every key in HPF_FIELD_KEYS needs 32 bytes")
        return cls(sealing, keys, index)


@lru_cache(maxsize=4)
def _keys(text: str) -> Keys:
    return Keys.parse(text)


@lru_cache(maxsize=16)
def _cipher(algorithm: str, key: str, keys_text: str) -> Cipher:
    try:
        return CIPHERS[algorithm](_keys(keys_text).by_name[key])
    except KeyError:
        raise Unreadable(f"no key {key!r} for algorithm {algorithm!r}") from None


def seal(text: str, *, table: str, column: str, row: int | str) -> str:
    """Seal one field for its place 字段加密: "v1.<algorithm>.<key>.<base64 of nonce and ciphertext>"."""
    header, body = _sealed(text.encode(), _place(table, column, row))
    return f"{header}{base64.b64encode(body).decode()}"


def reveal(sealed: str, *, table: str, column: str, row: int | str) -> str:
    """Open one field at its place 字段解密. Raises Unreadable when it was moved, changed or has no key."""
    try:
        version, algorithm, key, body = sealed.split(".", 3)
        raw = base64.b64decode(body, validate=True)
    except ValueError:
        raise Unreadable("not a sealed value") from None
    return _revealed(version, algorithm, key, raw, _place(table, column, row)).decode()


def seal_bytes(data: bytes, *, table: str, column: str, row: int | str) -> bytes:
    """Seal a file for its place 文件加密: the same header as `seal`, then nonce and ciphertext as they are."""
    header, body = _sealed(data, _place(table, column, row))
    return header.encode() + body


def reveal_bytes(sealed: bytes, *, table: str, column: str, row: int | str) -> bytes:
    """Open a file at its place 文件解密. Raises Unreadable when it was moved, changed or has no key."""
    try:
        version, algorithm, key, raw = bytes(sealed).split(b".", 3)
    except ValueError:
        raise Unreadable("not a sealed value") from None
    return _revealed(version.decode(), algorithm.decode(), key.decode(), raw, _place(table, column, row))


def _place(table: str, column: str, row: int | str) -> bytes:
    return f"{table}|{column}|{row}".encode()


def _sealed(data: bytes, place: bytes) -> tuple[str, bytes]:
    key = _keys(settings.FIELD_KEYS).sealing
    nonce = os.urandom(NONCE_BYTES)
    cipher = _cipher(ALGORITHM, key, settings.FIELD_KEYS)
    return f"v1.{ALGORITHM}.{key}.", nonce + cipher.encrypt(nonce, data, place)


def _revealed(version: str, algorithm: str, key: str, raw: bytes, place: bytes) -> bytes:
    if version != "v1":
        raise Unreadable("unknown version of sealed value")
    cipher = _cipher(algorithm, key, settings.FIELD_KEYS)
    try:
        return cipher.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], place)
    except (InvalidTag, ValueError):
        raise Unreadable("sealed value does not belong here or was changed") from None


def normalised(text: str) -> str:
    """One spelling for one number 规范化: full-width to half-width, no blanks, capitals."""
    return "".join(unicodedata.normalize("NFKC", text).split()).upper()


def blind_index(kind: str, text: str) -> bytes:
    """The keyed digest by which a sealed number is found 盲索引 (HMAC-SHA256, 32 bytes).

    `kind` ("id_number", "mobile", "account_number", …) keeps equal digits of different kinds apart.
    """
    message = f"{kind}\0{normalised(text)}".encode()
    return hmac.new(_keys(settings.FIELD_KEYS).index, message, hashlib.sha256).digest()


class Sealed(property):
    """A model attribute kept sealed in another column 加密字段.

    `id_number = privacy.Sealed("id_number_sealed")`: reading reveals, assigning seals. The row's number is part
    of the seal, so it is drawn before the value is assigned (`hpf.numbers.draw_ids`); an empty text stays empty.
    """

    # A property, since Django lets a model's constructor assign properties after the fields.

    def __init__(self, column: str) -> None:
        self.column = column
        super().__init__(self._read, self._write, doc=f"The revealed {column}.")

    def _read(self, row: Any) -> str:
        sealed = getattr(row, self.column)
        if not sealed:
            return ""
        return reveal(sealed, table=row._meta.db_table, column=self.column, row=row.pk)

    def _write(self, row: Any, text: str) -> None:
        if row.pk is None:
            raise ValueError(f"{type(row).__name__} needs its number before {self.column} can be sealed")
        sealed = seal(text, table=row._meta.db_table, column=self.column, row=row.pk) if text else ""
        setattr(row, self.column, sealed)


def masked_id(text: str) -> str:
    """An ID number for showing 证件号码脱敏: the first three and the last four."""
    return _masked(text, 3, 4)


def masked_mobile(text: str) -> str:
    """A mobile number for showing 手机号脱敏: the first three and the last four."""
    return _masked(text, 3, 4)


def masked_card(text: str) -> str:
    """A bank card or account number for showing 银行账号脱敏: the first four and the last four."""
    return _masked(text, 4, 4)


def _masked(text: str, head: int, tail: int) -> str:
    if len(text) < head + tail + 4:  # too short to hide enough: show next to nothing
        head, tail = (1, 1) if len(text) > 4 else (0, 0)
    return text[:head] + "*" * (len(text) - head - tail) + text[len(text) - tail :]
