"""A process that asks a web server: reads a job a line from its input, answers a line; several connections, one thread.

Run by `bench.web`. Each answer must be complete and say 200. Its own CPU time is not counted: it is the same for every
page, and would make a slow page look better.
"""

import json
import secrets
import selectors
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

from access.rules import signature

Job = dict[str, object]


@dataclass(slots=True)
class Exchange:
    """One request on a connection of its own, as sync workers serve them."""

    link: socket.socket
    unsent: bytes
    answer: bytes = b""


def main() -> None:
    for line in sys.stdin:
        print(json.dumps(do(json.loads(line))), flush=True)


def do(job: Job) -> dict[str, float]:
    """Ask until the time is over; answers how many requests were answered and the time they took."""
    request, port = _request(job), int(str(job["port"]))
    began = time.perf_counter()
    done = _drive(port, int(str(job["connections"])), began + float(str(job["seconds"])), request)
    return {"done": done, "wall": time.perf_counter() - began}


def _drive(port: int, connections: int, until: float, request: Callable[[], bytes]) -> int:
    done = 0
    with selectors.DefaultSelector() as selector:
        for _ in range(connections):
            _begin(selector, port, request())
        while selector.get_map():
            for key, events in selector.select():
                if events & selectors.EVENT_WRITE:
                    _send(selector, key.data)
                elif _received(selector, key.data):
                    done += 1
                    if time.perf_counter() < until:
                        _begin(selector, port, request())
    return done


def _begin(selector: selectors.BaseSelector, port: int, request: bytes) -> None:
    link = socket.create_connection(("127.0.0.1", port))
    link.setblocking(False)
    selector.register(link, selectors.EVENT_WRITE, Exchange(link, request))


def _send(selector: selectors.BaseSelector, exchange: Exchange) -> None:
    exchange.unsent = exchange.unsent[exchange.link.send(exchange.unsent) :]
    if not exchange.unsent:
        selector.modify(exchange.link, selectors.EVENT_READ, exchange)


def _received(selector: selectors.BaseSelector, exchange: Exchange) -> bool:
    """Whether the server has said all and closed."""
    part = exchange.link.recv(1 << 17)
    exchange.answer += part
    if part:
        return False
    selector.unregister(exchange.link)
    exchange.link.close()
    if not exchange.answer.startswith(b"HTTP/1.1 200 "):
        raise RuntimeError(f"the server said {exchange.answer[:2000]!r}")
    return True


def _request(job: Job) -> Callable[[], bytes]:
    """What to send: always the same, or signed anew each time as the bank interface asks."""
    head = {"Host": "localhost", "X-Forwarded-Proto": "https", "Connection": "close"}
    path, body, key = str(job["path"]), str(job.get("body", "")).encode(), job.get("key")
    if not key:
        once = _written("GET", path, {**head, "Cookie": str(job.get("cookie", ""))}, b"")
        return lambda: once
    key_id, secret = key

    def signed() -> bytes:
        now, nonce = str(int(time.time())), secrets.token_hex(16)
        made = {
            "HPF-Key-Id": key_id, "HPF-Timestamp": now, "HPF-Nonce": nonce, "Idempotency-Key": nonce,
            "HPF-Signature": signature(secret, ["POST", path, "", now, nonce], body),
            "Content-Type": "application/json", "Content-Length": str(len(body)),
        }  # fmt: skip
        return _written("POST", path, {**head, **made}, body)

    return signed


def _written(method: str, path: str, headers: dict[str, str], body: bytes) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items() if value)]
    return "\r\n".join([*lines, "", ""]).encode() + body


if __name__ == "__main__":
    main()
