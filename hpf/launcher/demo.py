"""What a fresh copy needs once before it can serve: tables, static files, demo data. 首次准备"""

import contextlib
import hashlib
import os
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from hpf.embedded import postgres, processes
from hpf.launcher import services
from hpf.launcher.console import Trouble

SIGN_INS = "sign-ins.txt"  # written by `demo_data`: one sign-in per role
SCALES = {
    "demo": ("--employers", "60", "--members", "3000", "--months", "24", "--loans", "300"),
    "neijiang": ("--employers", "6000", "--members", "250000", "--months", "24", "--loans", "25000"),
}
_ANY_EMPLOYER = "from accounts.models import Employer; raise SystemExit(3 if Employer.objects.exists() else 0)"


@dataclass(frozen=True)
class Step:
    """One command of `manage.py` that must succeed before the next. 准备步骤"""

    chinese: str
    english: str
    run: Callable[[], None]


def steps(root: Path, data_dir: Path, *, show: Callable[[str], None]) -> Iterator[Step]:
    """The steps this copy still needs, in order; `show` gets each line a long one prints. 所需步骤"""
    manage = _Manage(root, data_dir, show)
    scale = _scale()
    if (data_dir / "demo.loading").exists() and os.environ.get("HPF_EMBEDDED"):
        # The mark is ours and lies beside our own database: what it holds is half a demonstration.
        yield Step("上次示例数据未装完,重建数据库", "make the database anew", lambda: _start_over(data_dir))
    yield Step("更新数据表", "migrate", lambda: manage("migrate", "--no-input", "--database", "owner"))
    if manage.static_files_changed():
        yield Step("收集静态文件", "collect static files", manage.collect_static)
    if not (data_dir / "demo.done").exists():
        yield Step(f"装入示例数据({scale})", f"load demo data ({scale})", lambda: manage.load(SCALES[scale]))


def _scale() -> str:
    scale = os.environ.get("SCALE") or "demo"
    if scale not in SCALES:
        raise Trouble(f"SCALE={scale} 无效:可用 {'、'.join(SCALES)}。", f"SCALE must be one of {', '.join(SCALES)}.")
    return scale


def _start_over(data_dir: Path) -> None:
    postgres.remake_database(data_dir)
    (data_dir / "demo.loading").unlink()


class _Manage:
    """`manage.py` of this copy, its output in the log of the preparation."""

    def __init__(self, root: Path, data_dir: Path, show: Callable[[str], None]) -> None:
        self.root, self.data_dir, self.show = root, data_dir, show
        self.log = data_dir / "logs" / "prepare.log"
        self.static_stamp = data_dir / "static.stamp"

    def __call__(self, *arguments: str) -> None:
        if self.exit_code(*arguments) != 0:
            raise Trouble(
                f"manage.py {arguments[0]} 失败,日志 {self.log} 的最后几行:\n{services.tail(self.log)}",
                f"manage.py {arguments[0]} failed; end of {self.log}:\n{services.tail(self.log)}",
            )

    def exit_code(self, *arguments: str) -> int:
        command = [sys.executable, "manage.py", *arguments]
        return processes.wait(processes.start(command, log=self.log, cwd=self.root))

    def load(self, size: tuple[str, ...]) -> None:
        if self.exit_code("shell", "--command", _ANY_EMPLOYER) == 0:
            (self.data_dir / "demo.loading").touch()
            with _lines_shown(self.log, self.show):
                self("demo_data", *size, "--seed", "1")
            (self.data_dir / "demo.loading").unlink()
        (self.data_dir / "demo.done").touch()

    def static_files_changed(self) -> bool:
        return not self.static_stamp.exists() or self.static_stamp.read_text() != self._static_state()

    def collect_static(self) -> None:
        self("collectstatic", "--no-input", "--clear")
        self.static_stamp.write_text(self._static_state())

    def _static_state(self) -> str:
        """A hash that changes when a static file or a package does."""
        state = hashlib.sha256()
        for lock in ("requirements.txt", "package-lock.json"):
            state.update((self.root / lock).read_bytes())
        for file in sorted((self.root / "static").rglob("*")):
            state.update(f"{file} {file.stat().st_mtime_ns} {file.stat().st_size}".encode())
        return state.hexdigest()


@contextlib.contextmanager
def _lines_shown(log: Path, show: Callable[[str], None]) -> Iterator[None]:
    """Show each line that is added to the log, until the block ends."""
    ended = threading.Event()

    def follow() -> None:
        with log.open(encoding="utf-8", errors="replace") as lines:
            lines.seek(0, os.SEEK_END)
            last = False
            while not last:
                last = ended.wait(0.3)
                for line in lines:
                    show(line.rstrip())

    reader = threading.Thread(target=follow, daemon=True)
    reader.start()
    try:
        yield
    finally:
        ended.set()
        reader.join()
