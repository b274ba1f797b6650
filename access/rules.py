"""How long a sign-in lasts, how a machine signs, which keys one may choose 会话时限、接口签名、快捷键: pure rules."""

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from datetime import date

from access.states import DEFAULT_KEYS, OUTSIDE_FIELDS, KeyFunction
from hpf.errors import Refusal

COUNTER_IDLE_SECONDS = 15 * 60
PORTAL_IDLE_SECONDS = 10 * 60
LONGEST_SECONDS = 8 * 3600
DEEPEST = 32  # levels of a JSON body
TOO_DEEP = f"nested more than {DEEPEST} levels deep"
CLOCK_SECONDS = 300  # what a client's clock may differ, either way
STAFF_KINDS = 3  # of four: capital letters, small letters, digits, other signs
REMEMBERED_PASSWORDS = 5  # the one that holds and those before it

KEY = re.compile(r"(?:(?:Ctrl|Alt|Shift)\+)?(?:F(?:[1-9]|1[0-2])|Enter|Tab|Esc)|(?:Ctrl|Alt)\+[A-Z0-9]|[!-~]")
WRITTEN = {"control": "Ctrl", "ctrl": "Ctrl", "alt": "Alt", "shift": "Shift", "escape": "Esc", "esc": "Esc"} | {
    "return": "Enter",
    "enter": "Enter",
    "tab": "Tab",
}
# What Chromium, Edge and Firefox keep on Windows and Linux, or what people know to edit text, print or find by.
KEPT_LETTERS = set("ACDEFGHJLNOPQRSTUVWXYZ")
KEPT_BY_BROWSER = (
    {f"Ctrl+{sign}" for sign in KEPT_LETTERS | set("0123456789")}
    | {f"Alt+{sign}" for sign in "DEF"}
    | {f"{held}{key}" for held in ("", "Ctrl+", "Alt+", "Shift+") for key in ("F1", "F3", "F5", "F6", "F7", "Tab")}
    | {f"{held}{key}" for held in ("", "Ctrl+", "Alt+", "Shift+") for key in ("F10", "F11", "F12")}
    | {"Ctrl+F4", "Alt+F4", "Ctrl+Esc", "Alt+Esc", "Shift+Esc"}
)
TAB_KEYS = ("Alt+1", "1")


class KeyNotRead(Refusal):
    message = "无法识别按键“{key}”，请直接按下要用的键，或写成 F2、Ctrl+K、Alt+M 或一个半角符号"
    code = "key_not_read"


class KeyOfBrowser(Refusal):
    message = "“{key}”由浏览器或操作系统使用，请换一个，例如 F2、F4、F8、F9 或 Alt 加字母"
    code = "key_of_browser"


class KeyBreaksTyping(Refusal):
    message = "“{key}”会妨碍填写：它是“{use}”用的键。请改用功能键，或 Ctrl、Alt 加字母"
    code = "key_breaks_typing"


class KeyNotForTabs(Refusal):
    message = "分栏按数字打开，请填 Alt+1 或 1，第二栏起依次为 2 至 9"
    code = "key_not_for_tabs"


class KeyTaken(Refusal):
    message = "“{key}”已用于“{other}”，请换一个，或先更改“{other}”的按键"
    code = "key_taken"


def session_ended(now: int, *, signed_in_at: int, seen_at: int, idle_seconds: int) -> bool:
    """Whether a sign-in is over 会话是否到期: idle for too long, or 8 hours old. Times in unix seconds."""
    return now - seen_at >= idle_seconds or now - signed_in_at >= LONGEST_SECONDS


def seconds_left(now: int, *, signed_in_at: int, seen_at: int, idle_seconds: int) -> int:
    """How long a sign-in still lasts if nothing is done 会话剩余秒数, never below zero. Times in unix seconds."""
    return max(0, min(seen_at + idle_seconds, signed_in_at + LONGEST_SECONDS) - now)


def first_password_over(until: date | None, *, on: date) -> bool:
    """Whether a first password holds no more 初始密码是否过期; an own one has no last day, `until` is None."""
    return until is not None and until < on


def kinds_of_characters(password: str) -> int:
    """How many of the four kinds a password holds 密码字符类别数: capital and small letters, digits, other signs."""
    kinds = (str.isupper, str.islower, str.isdecimal, lambda sign: not sign.isalnum())
    return sum(any(kind(sign) for sign in password) for kind in kinds)


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


def read_key(function: KeyFunction, typed: str) -> str:
    """A key as it is kept, `Ctrl+K`, from how it was typed or pressed 按键的规范写法; empty for no key at all.

    Raises:
        KeyNotRead: no key we know, or more than one of Ctrl, Alt and Shift, which together switch input methods.
        KeyOfBrowser: the browser or the system would act on it first.
        KeyBreaksTyping: Enter alone, Esc for another function, or a plain sign for what must work in a field.
        KeyNotForTabs: the key of tabs is a digit.
    """
    key = _written(typed)
    if key and not KEY.fullmatch(key):
        raise KeyNotRead(field=function, key=typed.strip())
    if key in KEPT_BY_BROWSER:
        raise KeyOfBrowser(field=function, key=key)
    if use := _use_in_fields(function, key):
        raise KeyBreaksTyping(field=function, key=key, use=use)
    if key and function == KeyFunction.TAB and key not in TAB_KEYS:
        raise KeyNotForTabs(field=function)
    return key


def _written(typed: str) -> str:
    text = typed.strip()
    if len(text) == 1:
        return text.lower()
    parts = [part.strip() for part in text.split("+")]
    return "+".join(WRITTEN.get(part.lower(), part.upper()) for part in parts)


def _use_in_fields(function: KeyFunction, key: str) -> str:
    """What a person who types needs this key for; empty where it stands in nobody's way."""
    if key in ("Enter", "Shift+Enter"):
        return "到下一栏、换行"
    if key == "Esc" and function != KeyFunction.BACK:
        return KeyFunction.BACK.label
    return "输入文字" if len(key) == 1 and function not in OUTSIDE_FIELDS else ""


def pressed(function: KeyFunction, key: str) -> set[str]:
    """Every key a person presses for a function 实际按键: nine for the tabs, one for each other, none for none."""
    if function == KeyFunction.TAB and key:
        return {key[:-1] + digit for digit in "123456789"}
    return {key} if key else set()


def clashes(keys: Mapping[KeyFunction, str]) -> list[KeyTaken]:
    """Each function whose key an earlier one of the list has, as the refusal to show beside it 按键冲突."""
    found, taken = [], dict[str, KeyFunction]()
    for function in KeyFunction:
        wanted = pressed(function, keys.get(function, ""))
        held = sorted(wanted & taken.keys())
        found += [KeyTaken(field=function, key=held[0], other=taken[held[0]].label)] if held else []
        taken |= dict.fromkeys(wanted - taken.keys(), function)
    return found


def keys_of(own: Mapping[str, str]) -> dict[KeyFunction, str]:
    """The keys a person works with 本人按键: one's own, else the usual one unless one's own took it."""
    chosen = {function: own[function] for function in KeyFunction if function in own}
    taken = {key for function, written in chosen.items() for key in pressed(function, written)}
    usual = {
        function: "" if pressed(function, key) & taken else key
        for function, key in DEFAULT_KEYS.items()
        if function not in chosen
    }
    return {function: (chosen | usual)[function] for function in KeyFunction}


def keys_as_json(own: Mapping[str, str]) -> str:
    """The keys a person works with, for the page 页面用的按键: a list of function, key and what it does."""
    return json.dumps([[function, key, function.label] for function, key in keys_of(own).items()], ensure_ascii=False)
