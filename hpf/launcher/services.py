"""The processes of the system besides the servers: web, worker, beat, and two simulators. 服务进程"""

import os
import signal
import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from hpf.embedded import processes

WEB = ("-m", "gunicorn", "hpf.wsgi:application", "--worker-class", "gthread", "--threads", "4", "--no-control-socket")
WORKER = ("-m", "celery", "-A", "hpf", "worker", "--loglevel", "INFO", "--without-gossip", "--without-mingle")
BEAT = ("-m", "celery", "-A", "hpf", "beat", "--loglevel", "INFO", "--pidfile=")
SIMULATOR_KEYS = "simulator.json"
SIMULATOR = ("manage.py", "bank_simulator")
SHARED_DATA = ("manage.py", "shared_data_simulator")
SHARED_DATA_AT = "HPF_SHARED_DATA_URL"


@dataclass(frozen=True)
class Service:
    """One long-running process of ours. 服务"""

    name: str
    chinese: str
    arguments: tuple[str, ...]
    root: Path
    logs: Path
    keep_open: tuple[int, ...] = ()

    @property
    def log(self) -> Path:
        return self.logs / f"{self.name}.log"

    def start(self) -> int:
        """Start it, and have the kernel end it with the launcher. 启动"""
        return processes.start(
            [sys.executable, *self.arguments],
            log=self.log,
            death_signal=signal.SIGTERM,
            keep_open=self.keep_open,
            cwd=self.root,
        )


def of(root: Path, data_dir: Path, door: socket.socket) -> list[Service]:
    """The services of one machine, in the order they start. 单机服务清单

    The bank simulator has its keys from the demo data; a copy with real data has none, and no simulator. The one of
    shared data stands in where no platform is named, and is named here to those that start after it.
    """
    logs = data_dir / "logs"
    workers = str(max(2, min(4, os.cpu_count() or 2)))
    bind = ("--bind", f"fd://{door.fileno()}", "--workers", workers, "--access-logfile", "-")
    found = []
    is_demo = (data_dir / SIMULATOR_KEYS).exists()
    if is_demo and not os.environ.get(SHARED_DATA_AT):
        port = _free_port()
        os.environ[SHARED_DATA_AT] = f"http://127.0.0.1:{port}/"
        found.append(Service("shared-data", "数据共享平台模拟器", (*SHARED_DATA, "--port", str(port)), root, logs))
    found += [
        Service("web", "网页服务", (*WEB, *bind), root, logs, keep_open=(door.fileno(),)),
        Service("worker", "后台任务", (*WORKER, "--concurrency", "2"), root, logs),
        Service("beat", "定时任务", BEAT, root, logs),
    ]
    if is_demo:
        found.append(Service("simulator", "银行模拟器", SIMULATOR, root, logs))
    return found


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
        return port


def stop_all(running: Mapping[Service, int]) -> None:
    """Ask all to end, then make sure: none may be left behind. 全部停止"""
    for pid in running.values():
        processes.signal_if_alive(pid, signal.SIGTERM)
    for pid in running.values():
        processes.stop(pid, signal.SIGTERM, signal.SIGQUIT, signal.SIGKILL, patience=6)
        processes.end_session(pid)


def tail(log: Path, lines: int = 12) -> str:
    """The end of a log file. 日志末尾"""
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])
