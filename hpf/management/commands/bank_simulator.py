"""bank_simulator: an entrusted bank that speaks the bank API as a real client would, over HTTP and signed."""

import os
import signal
import threading
import time
from argparse import ArgumentParser
from pathlib import Path
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from hpf.management.simulator.bank import Simulator, read_keys
from hpf.management.simulator.interface import Key, Line
from hpf.management.simulator.misbehaviour import Misbehaviour

PAUSE_SECONDS = 1


class Command(BaseCommand):
    """Runs until it is told to stop; what it has paid survives in its own journal."""

    help = "银行模拟器：按付款委托付款，并向银行接口报送到账"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        site = os.environ.get("HPF_SITE_URL", "http://127.0.0.1:8000")
        parser.add_argument("--base-url", default=site, help="中心网址")
        parser.add_argument("--keys", type=Path, default=settings.DATA_DIR / "simulator.json", help="密钥文件")
        parser.add_argument("--folder", type=Path, default=settings.DATA_DIR / "simulator", help="收件箱和账本所在目录")
        parser.add_argument("--delay", type=int, default=3, help="受理后几秒付款")
        parser.add_argument(
            "--misbehave", action="append", default=[], choices=list(Misbehaviour), help="异常行为，可多次给出"
        )
        parser.add_argument("--late-by", type=int, default=60, help="迟付（late）晚几秒")

    def handle(self, *args: object, **options: Any) -> None:
        stop = threading.Event()

        def end(signum: int, frame: FrameType | None) -> None:
            stop.set()

        for signum in (signal.SIGTERM, signal.SIGINT):
            signal.signal(signum, end)
        keys = self._await_keys(options["keys"], stop)
        line = Line(options["base_url"])
        misbehaviours = frozenset(Misbehaviour(word) for word in options["misbehave"])
        bank = Simulator(
            options["folder"], keys, line, self._say, options["delay"], misbehaviours, late_by=options["late_by"]
        )
        while not stop.is_set():
            bank.step(int(time.time()))
            stop.wait(PAUSE_SECONDS)
        line.close()

    def _await_keys(self, path: Path, stop: threading.Event) -> dict[str, Key]:
        """The keys are made with the demonstration data, which may come later than we do."""
        while not stop.is_set():
            try:
                return read_keys(path)
            except (OSError, ValueError):
                self._say(f"等待密钥文件 {path}")
                stop.wait(10)
        return {}

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()
