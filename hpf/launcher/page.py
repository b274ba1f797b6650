"""The address before the system answers it: a progress page, and 503 on /readyz. 启动进度页

The listening socket is opened once, before anything else, so that a taken port is said at once.
It then passes from the launcher to the launcher's second life, and at last to gunicorn.
"""

import contextlib
import http.server
import os
import socket
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape

from hpf.launcher.console import Trouble

_HANDED_DOWN = "HPF_LISTEN_FD"
_PAGE = """<!doctype html><html lang="zh-CN"><meta charset="utf-8"><meta http-equiv="refresh" content="2">
<title>正在启动</title><body style="font-family:sans-serif;margin:4rem"><h1>住房公积金核心系统正在启动</h1>
<p>页面会自动刷新,启动完成后进入登录页。</p><ol>{steps}</ol></body></html>"""


@dataclass
class Progress:
    """The steps so far, as the page shows them. 启动步骤"""

    steps: list[str] = field(default_factory=list)

    def report(self, step: str) -> None:
        """Add the step that begins now. 登记步骤"""
        self.steps.append(step)


def listen() -> socket.socket:
    """The socket of PORT on the loopback address, handed down by an earlier life or opened now. 监听端口

    Raises:
        Trouble: PORT is no port number, or another program has it.
    """
    inherited = os.environ.pop(_HANDED_DOWN, None)
    if inherited:
        return socket.socket(fileno=int(inherited))
    port = _port()
    door = socket.socket()
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        door.bind(("127.0.0.1", port))
    except OSError as failure:
        raise Trouble(
            f"端口 {port} 已被占用或不可用({failure.strerror})。"
            f"请换一个端口:make run PORT={port + 1},或先停止占用它的程序。",
            f"Port {port} is taken ({failure.strerror}). Choose another: make run PORT={port + 1}",
        ) from failure
    door.listen(64)
    os.set_inheritable(door.fileno(), True)
    os.environ[_HANDED_DOWN] = str(door.fileno())
    return door


@contextlib.contextmanager
def serving(door: socket.socket) -> Iterator[Progress]:
    """Answer the socket with the progress page until the block ends. 显示进度页"""
    progress = Progress()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _answers(progress), bind_and_activate=False)
    server.socket.close()
    server.socket = door
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
    thread.start()
    try:
        yield progress
    finally:
        server.shutdown()  # the socket itself stays open: it is handed on
        thread.join()


def answered_by(port: int) -> str:
    """The Server header of whoever answers /livez at this port, or nothing. 应答程序"""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"http://127.0.0.1:{port}/livez", timeout=5) as answer:
            return str(answer.headers.get("Server", ""))
    except urllib.error.HTTPError as answer:  # an answer all the same
        return str(answer.headers.get("Server", ""))
    except OSError:
        return ""


def _port() -> int:
    wish = os.environ.get("PORT") or "8000"
    if not wish.isdecimal() or not 0 < int(wish) < 65536:
        raise Trouble(f"PORT={wish} 不是端口号:请用 1 到 65535 的整数。", f"PORT={wish} is no port number (1-65535).")
    return int(wish)


def _answers(progress: Progress) -> type[http.server.BaseHTTPRequestHandler]:
    class Answers(http.server.BaseHTTPRequestHandler):
        """Every address gets the same page; only a plain / counts as an answer for people."""

        server_version = "starting"

        def do_GET(self) -> None:
            steps = "".join(f"<li>{escape(step)}</li>" for step in progress.steps)
            body = _PAGE.format(steps=steps).encode()
            self.send_response(200 if self.path == "/" else 503)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Cache-Control", "no-store")
            self.send_header("Retry-After", "2")
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing: the terminal shows the steps."""

    return Answers
