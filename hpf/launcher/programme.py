"""`test`, `check`, `bench` and `night`: one list of commands each. 测试与检查"""

import base64
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from hpf.launcher.console import say
from hpf.launcher.install import FONTS, INSTALL, apt_get, may_apt_get

# Checks read the settings and never a database or a broker.
_NO_SERVERS = {
    "DATABASE_URL": "postgresql://nobody@/none?host=/nonexistent",
    "HPF_SECRET_KEY": "only-for-checks",
    "HPF_FIELD_KEYS": ",".join(f"{name}:{base64.b64encode(bytes(32)).decode()}" for name in ("k1", "index")),
}
_ROOMS = (
    *("audit", "access", "approvals", "policy", "ledger", "accounts", "banking"),
    *("deposits", "withdrawals", "reports"),
)
# Without windows Debian's Chromium takes a third of the time for a fresh page; the whole one will do where it is alone.
BROWSERS = ("chromium-headless-shell", "chromium")
SCHEMA = "docs/openapi.yaml"


def test(root: Path, rest: Sequence[str]) -> int:
    """Every test that is quick, in three processes: on two cores one of them waits for something. 测试"""
    _provide_browser()
    return _python(root, "-m", "pytest", "-n", "3", "--dist", "worksteal", *rest)


def night(root: Path, rest: Sequence[str]) -> int:
    """The long programme of docs/tests.md, in two processes; each part with its name and its seconds. 长时测试"""
    _provide_browser()
    shared = ("-n", "2", "--dist", "worksteal")
    told = ("-v", "--durations=0", "--durations-min=1")
    return _python(root, "-m", "pytest", "-m", "night", *shared, *told, *rest)


def bench(root: Path, rest: Sequence[str]) -> int:
    """The benchmarks; the table goes to the terminal, the figures to var/bench/latest.json. 性能基准"""
    return _python(root, "-m", "bench", *rest)


def check(root: Path, rest: Sequence[str]) -> int:
    """All checks, every one of them even when an earlier one failed; 1 when any did. 静态检查"""
    failed = [name for name, command in _checks(root).items() if not _passes(name, command, root)]
    if failed:
        say(f"未通过:{'、'.join(failed)}", f"failed: {', '.join(failed)}")
    return 1 if failed else 0


def _checks(root: Path) -> Mapping[str, Sequence[str]]:
    checks: dict[str, Sequence[str]] = {
        "ruff format": ("-m", "ruff", "format", "--check", "--quiet", "."),
        "ruff": ("-m", "ruff", "check", "--quiet", "."),
        "mypy": ("-m", "mypy", "--no-error-summary", *_typed(root)),
        "import contracts": ("-c", "from importlinter.cli import lint_imports_command as run; run()"),
        "migrations": ("-W", "ignore", "manage.py", "makemigrations", "--check", "--dry-run", "--verbosity", "1"),
    }
    if any((root / "templates").rglob("*.html")):
        checks["templates"] = ("-m", "djlint", "templates", "--lint", "--quiet")
    if (root / SCHEMA).exists():
        fresh = root / "var" / "openapi.yaml"
        fresh.parent.mkdir(exist_ok=True)
        checks["openapi"] = ("manage.py", "spectacular", "--validate", "--fail-on-warn", "--file", str(fresh))
        checks["openapi diff"] = ("-c", _SAME.format(kept=SCHEMA, fresh=str(fresh)))
    return checks


_SAME = """
import difflib, sys
kept, fresh = (open(name, encoding="utf-8").read().splitlines() for name in ({kept!r}, {fresh!r}))
lines = list(difflib.unified_diff(kept, fresh, "kept", "fresh", lineterm=""))
print(*lines, sep="\\n", end="" if not lines else "\\n")
sys.exit(bool(lines))
"""


def _typed(root: Path) -> list[str]:
    """The files that promise types: the frame, and every room's rules, queries and actions."""
    rooms = [root / room for room in _ROOMS]
    files = [path for room in rooms for name in ("rules.py", "queries.py") for path in room.glob(name)]
    files += [path for room in rooms for folder in ("actions", "queries") for path in room.glob(f"{folder}/*.py")]
    return ["hpf", *(str(path.relative_to(root)) for path in sorted(files))]


def _passes(name: str, command: Sequence[str], root: Path) -> bool:
    environment = {**_NO_SERVERS, **os.environ, "PYTHONUTF8": "1"}
    done = subprocess.run(
        [sys.executable, *command], cwd=root, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    say(
        f"{name}:{'通过' if done.returncode == 0 else '未通过'}",
        f"{name}: {'ok' if done.returncode == 0 else 'FAILED'}",
    )
    if done.returncode != 0:
        sys.stdout.buffer.write(done.stdout)
        sys.stdout.flush()
    return done.returncode == 0


def _python(root: Path, *arguments: str) -> int:
    """Become this program, so that signals and exit code are its own."""
    sys.stdout.flush()
    os.chdir(root)
    # They start processes without number: none should have to compile the project anew.
    environment = {**os.environ, "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": ""}
    os.execve(sys.executable, [sys.executable, *arguments], environment)


def _provide_browser() -> None:
    """Install Debian's browser where that is possible; else say which tests are left out. 浏览器"""
    if shutil.which(BROWSERS[0]):
        return
    if may_apt_get():
        say("安装测试浏览器", "install the test browser")
        apt_get("update", "-qq")
        apt_get(*INSTALL, BROWSERS[0], FONTS)
        if not any(map(shutil.which, BROWSERS)):
            apt_get(*INSTALL, BROWSERS[1], FONTS)
    if not any(map(shutil.which, BROWSERS)):
        command = f"apt-get install {BROWSERS[0]} {FONTS}"
        say(
            f"没有 chromium:浏览器测试(标记 browser)将跳过。如需运行:{command}",
            f"no chromium: the browser tests (marker browser) are left out; to have them: {command}",
        )
