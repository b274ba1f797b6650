"""`run`: the whole system on one machine, from an empty folder to a signed-in page. 一键运行

Order: database and broker, tables, static files, demo data, shared data, web, worker, beat, bank simulator.
Whatever ends the launcher - Ctrl-C, SIGTERM, even SIGKILL - ends every process it started.
"""

import contextlib
import os
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

from hpf.embedded import keys, lease, postgres, processes, valkey
from hpf.launcher import console, demo, page, services
from hpf.launcher.console import Trouble, say, text
from hpf.launcher.services import Service


class Stopped(BaseException):
    """Somebody asked the launcher to stop. 收到停止信号"""


def run(root: Path, rest: list[str]) -> int:
    """Start everything, print where it is, and wait until somebody stops it. 运行

    Raises:
        Trouble, ServerTrouble: something could not start; the sentence says what to do.
    """
    data_dir = Path(os.environ.setdefault("HPF_DATA_DIR", str(root / "var"))).resolve()
    for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(signum, _stop)
    refusal = text(
        f"{data_dir} 正被另一个 make run 使用:请先停止它。", f"Another make run uses {data_dir}: stop it first."
    )
    try:
        with page.listen() as door, lease.only_one(data_dir / "run.lock", refusal), _servers(data_dir):
            _serve(root, data_dir, door)
    except Stopped:
        say("已全部停止。", "everything is stopped")
        return 0
    return 1


def _stop(signum: int, frame: FrameType | None) -> None:
    # A second Ctrl-C must not interrupt the stopping itself.
    for again in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(again, signal.SIG_IGN)
    raise Stopped


@contextlib.contextmanager
def _servers(data_dir: Path) -> Iterator[None]:
    """PostgreSQL and Valkey, and the environment every process of ours gets. 数据库与消息队列"""
    os.environ.update({"HPF_DATA_DIR": str(data_dir), "HPF_DEMO": "1", "PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1"})
    for name, value in keys.of(data_dir).items():
        os.environ.setdefault(name, value)
    with contextlib.ExitStack() as stack:
        if not os.environ.get("DATABASE_URL"):
            say("启动内嵌 PostgreSQL", "start the embedded PostgreSQL")
            stack.callback(postgres.stop, data_dir)  # also when a signal comes while it starts
            os.environ["DATABASE_URL"] = stack.enter_context(lease.postgres_lease(data_dir, ends_with_starter=True))
            os.environ["HPF_EMBEDDED"] = "1"
        if not os.environ.get("REDIS_URL"):
            say("启动内嵌 Valkey", "start the embedded Valkey")
            stack.callback(valkey.stop, data_dir)
            os.environ["REDIS_URL"] = valkey.start(data_dir)
        yield


def _serve(root: Path, data_dir: Path, door: socket.socket) -> None:
    logs = data_dir / "logs"
    logs.mkdir(exist_ok=True)
    running: dict[Service, int] = {}
    port = door.getsockname()[1]
    os.environ["HPF_SITE_URL"] = f"http://127.0.0.1:{port}"  # where the bank simulator finds the bank interface
    try:
        with page.serving(door) as progress:

            def show(line: str) -> None:
                console.show(line)
                progress.report(line)

            for step in demo.steps(root, data_dir, show=show):
                say(step.chinese, step.english)
                progress.report(text(step.chinese, step.english))
                step.run()
            for service in services.of(root, data_dir, door):
                running[service] = service.start()
            _await_web(port, running)
        door.close()  # from here on gunicorn alone answers
        _announce(data_dir, port)
        _watch(running)
    finally:
        say("正在停止……", "stopping ...")
        services.stop_all(running)


def _await_web(port: int, running: dict[Service, int]) -> None:
    """Wait until gunicorn is among those who answer at the address."""
    while "gunicorn" not in page.answered_by(port):
        _refuse_dead(running)
        time.sleep(0.2)


def _watch(running: dict[Service, int]) -> None:
    while True:
        _refuse_dead(running)
        time.sleep(0.5)


def _refuse_dead(running: dict[Service, int]) -> None:
    for service, pid in running.items():
        if not processes.is_alive(pid):
            raise Trouble(
                f"{service.chinese}意外退出,其余部分随之停止。日志:{service.log}\n{services.tail(service.log)}",
                f"{service.name} has ended; log: {service.log}\n{services.tail(service.log)}",
            )


def _announce(data_dir: Path, port: int) -> None:
    say("系统已就绪", "ready")
    print(f"\n  http://127.0.0.1:{port}\n  http://127.0.0.1:{port}/api/v1/docs/\n", flush=True)
    sign_ins = data_dir / demo.SIGN_INS
    if sign_ins.exists():
        for line in sign_ins.read_text(encoding="utf-8").splitlines():
            role, *sign_in = line.split("\t")
            print("  ", text(role, ""), *sign_in, sep="  ", flush=True)
    say("按 Ctrl-C 停止。", "Ctrl-C stops it.")
