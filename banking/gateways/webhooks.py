"""Pushing an event to a bank's address 事件推送: signed, once, within seconds, and nowhere it should not go.

An address is checked when it is set and again when it is called: its host must be on the centre's list, and what the
host's name stands for at that moment must lie where the centre allows. The call goes to that very address, so that
the name cannot come to mean another one in between, and it follows no redirect.
"""

import base64
import hashlib
import hmac
import ipaddress
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

import httpx
from django.conf import settings

SECONDS = 5
LONGEST = 300


class Unreachable(Exception):
    """The event did not arrive, and why 未送达."""


@dataclass(frozen=True, slots=True)
class Message:
    """What is pushed 推送报文: `id` and `body` stay the same however often, `timestamp` is that of the try."""

    id: str
    timestamp: int
    body: bytes


def trouble_with(url: str) -> str:
    """Why an address cannot be pushed to 推送地址的问题, or nothing."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "不是有效的网址"
    if len(url) > LONGEST or not url.isascii() or not url.isprintable() or " " in url:
        return f"须为至多 {LONGEST} 个字符的 ASCII 网址"
    schemes = ("https", "http") if settings.DEMO else ("https",)
    if parts.scheme not in schemes:
        return "须以 https:// 开头"
    if parts.username is not None or parts.password is not None or parts.fragment:
        return "不能含用户名、密码或 # 片段"
    if not parts.hostname or parts.hostname not in settings.WEBHOOK_HOSTS:
        return "主机名未经中心登记，请先联系中心"
    return "" if port is None or port == 443 or settings.DEMO else "端口须为 443"


def push(url: str, message: Message, secrets: Sequence[str]) -> None:
    """Push one message, signed with each of the secrets 推送.

    Raises:
        Unreachable: it was not taken: no permitted address, no answer in time, or an answer other than 2xx.
    """
    if trouble := trouble_with(url):
        raise Unreachable(trouble)
    parts = urlsplit(url)
    address = _permitted_address(parts)
    headers = {
        "Host": parts.netloc,
        "Content-Type": "application/json",
        "webhook-id": message.id,
        "webhook-timestamp": str(message.timestamp),
        "webhook-signature": " ".join(signature(secret, message) for secret in secrets),
    }
    target = parts._replace(netloc=f"{address}:{_port(parts)}").geturl()
    try:
        with (
            httpx.Client(timeout=SECONDS, trust_env=False, follow_redirects=False) as line,
            line.stream(
                "POST", target, content=message.body, headers=headers, extensions={"sni_hostname": parts.hostname}
            ) as answer,
        ):
            status = answer.status_code
    except httpx.HTTPError as error:
        raise Unreachable(f"没有应答：{type(error).__name__}") from error
    if not 200 <= status < 300:
        raise Unreachable(f"应答 {status}")


def signature(secret: str, message: Message) -> str:
    """What proves that a message is ours 推送签名: `v1,` and the base64 of HMAC-SHA256 over id.timestamp.body.

    The secret is the text after `whsec_`, in base64. Source: the Standard Webhooks specification.
    """
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{message.id}.{message.timestamp}.".encode() + message.body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def _port(parts: SplitResult) -> int:
    return parts.port or (443 if parts.scheme == "https" else 80)


def _permitted_address(parts: SplitResult) -> str:
    """The numeric address the host's name stands for now, if every one of them is permitted."""
    try:
        found = socket.getaddrinfo(parts.hostname, _port(parts), type=socket.SOCK_STREAM)
    except OSError as error:
        raise Unreachable("主机名无法解析") from error
    addresses = [ipaddress.ip_address(str(entry[4][0])) for entry in found]
    if not addresses or not all(_is_permitted(address) for address in addresses):
        raise Unreachable("主机名解析到不允许的地址")
    first = addresses[0]
    return f"[{first}]" if first.version == 6 else str(first)


def _is_permitted(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    mapped = getattr(address, "ipv4_mapped", None) or address
    return (mapped.is_global and not mapped.is_multicast) or any(mapped in net for net in settings.WEBHOOK_NETWORKS)
