"""shared_data_simulator: a platform for shared data 数据共享平台 for trying out, over HTTP."""

import json
import signal
import threading
from argparse import ArgumentParser
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

RECORDS = settings.DATA_DIR / "simulator" / "shared-data.json"
LONGEST_QUESTION = 10_000


class Register:
    """What other authorities know 共享数据: a file of {id_number: {"homes": 1, "retired_on": "2026-06-30"}}.

    Who is not in it owns no home and has not retired. It is read at each question, so it may be edited meanwhile.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def answer(self, question: str, asked: dict[str, Any]) -> dict[str, object] | None:
        """The answer to a question, or None where nobody answers such a question."""
        known = json.loads(self.path.read_text(encoding="utf-8")) if self.path.exists() else {}
        found = known.get(asked["id_number"], {})
        if question == "/property/":
            return {"homes": int(found.get("homes", 0))}
        if question == "/retirement/":
            retired_on = found.get("retired_on")
            return {"retired_on": date.fromisoformat(retired_on).isoformat() if retired_on else None}
        return None


def server(register: Register, port: int, host: str = "127.0.0.1") -> ThreadingHTTPServer:
    """A server that answers from a register; port 0 takes a free one."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            try:
                length = min(int(self.headers.get("Content-Length", 0)), LONGEST_QUESTION)
                said = register.answer(self.path, json.loads(self.rfile.read(length)))
            except (ValueError, KeyError, TypeError):
                self.send_error(400)
                return
            if said is None:
                self.send_error(404)
                return
            body = json.dumps(said).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing is written down: questions name persons."""

    return ThreadingHTTPServer((host, port), Handler)


class Command(BaseCommand):
    """Runs until it is told to stop."""

    help = "数据共享平台模拟器：回答不动产登记和退休信息查询"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="地址")
        parser.add_argument("--port", type=int, default=8055, help="端口")
        parser.add_argument("--records", type=Path, default=RECORDS, help="数据文件")

    def handle(self, *args: object, **options: Any) -> None:
        stop = threading.Event()

        def end(signum: int, frame: FrameType | None) -> None:
            stop.set()

        for signum in (signal.SIGTERM, signal.SIGINT):
            signal.signal(signum, end)
        platform = server(Register(options["records"]), options["port"], options["host"])
        thread = threading.Thread(target=platform.serve_forever, daemon=True)
        thread.start()
        self.stdout.write(f"http://{options['host']}:{platform.server_port}/\n")
        stop.wait()
        platform.shutdown()
