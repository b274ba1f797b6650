"""The running system as `make run` starts it: broker, web, workers, beats, a bank, in processes that can be harmed."""

import os
import shutil
import signal
import socket
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from celery import Task
from kombu import Connection

from hpf.embedded import processes, valkey
from hpf.launcher import page, services
from tests.faults.along import environment, started

WEB_WORKERS = "2"


@dataclass
class Stack:
    """Services over one database, each in a process group of its own."""

    database_url: str
    data_dir: Path
    lease: int = 30
    broker: str = ""
    site: str = ""
    _running: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    @property
    def database(self) -> str:
        """The name of its database."""
        return self.database_url.partition("@/")[2].partition("?")[0]

    def start(self, *, workers: int, beats: int) -> None:
        self.start_broker()
        for place in range(workers):
            self._start(*services.WORKER, "--concurrency", "1", "-n", f"worker{place}")
        for _ in range(beats):
            self._start(*services.BEAT)

    def start_broker(self) -> None:
        self.broker = valkey.start(self.data_dir, durable=False)

    def start_web(self) -> None:
        """The web, answering at `site`."""
        self.start_broker()
        with socket.create_server(("127.0.0.1", 0), backlog=128) as door:
            port = door.getsockname()[1]
            bind = ("--bind", f"fd://{door.fileno()}", "--workers", WEB_WORKERS, "--access-logfile", "-")
            self._start(*services.WEB, *bind, keep_open=(door.fileno(),))
        assert processes.await_until(lambda: "gunicorn" in page.answered_by(port), seconds=60), self.told()
        self.site = f"http://127.0.0.1:{port}"

    def start_bank(self, keys: Path, folder: Path, *habits: str) -> "subprocess.Popen[bytes]":
        """The bank simulator, and the process it runs in."""
        asked = [word for habit in habits for word in ("--misbehave", habit)]
        self._start(*services.SIMULATOR, *self._bank(keys, folder), *asked)
        return self._running[-1]

    def _bank(self, keys: Path, folder: Path) -> list[str]:
        return ["--base-url", self.site, "--keys", str(keys), "--folder", str(folder), "--delay", "0"]

    def _start(self, *arguments: str, keep_open: tuple[int, ...] = ()) -> None:
        own = self.data_dir / f"process{len(self._running)}"
        (own / "static").mkdir(parents=True, exist_ok=True)  # a beat's schedule lies in its own folder
        more = {"REDIS_URL": self.broker, "HPF_DATA_DIR": str(own), "HPF_NIGHT_LEASE": str(self.lease)}
        with (own / "log").open("ab") as log:
            self._running.append(
                started(
                    arguments, environment(self.database_url, **more),
                    stdout=log, stderr=log, start_new_session=True, pass_fds=keep_open,
                )
            )  # fmt: skip

    def hint(self, task: Task) -> None:
        """Say that there is work, as a beat would."""
        with self._queue() as queue:
            task.apply_async(connection=queue)

    def hints(self) -> int:
        """How many wait."""
        with self._queue() as queue:
            waiting: int = queue.default_channel.client.llen("celery")
            return waiting

    def _queue(self) -> Connection:
        return Connection(self.broker.replace("unix://", "redis+socket://"))

    def said(self) -> str:
        """All that its processes wrote."""
        return "\n".join(log.read_text(errors="replace") for log in sorted(self.data_dir.glob("process*/log")))

    def told(self) -> str:
        """What its processes wrote of things that went wrong."""
        ordinary = ("INFO", '" 200 ', '" 201 ', '" 302 ')
        return "\n".join(line for line in self.said().splitlines() if not any(word in line for word in ordinary))

    def kill(self) -> None:
        """Everything at once, as a power cut would."""
        for running in self._running:
            processes.end_session(running.pid)
        self.kill_broker()
        for running in self._running:
            running.wait(60)
        self._running = []

    def kill_broker(self) -> None:
        for pid in processes.living_in(self.data_dir / "valkey", "valkey-server"):
            processes.stop(pid, signal.SIGKILL)

    def wipe_broker(self) -> None:
        """Killed, its memory and its files gone, and started again empty where its clients look for it."""
        (server,) = processes.living_in(self.data_dir / "valkey", "valkey-server")
        program, place = os.readlink(f"/proc/{server}/exe"), self.broker.removeprefix("unix://")
        self.kill_broker()
        shutil.rmtree(self.data_dir / "valkey")
        (self.data_dir / "valkey").mkdir()
        Path(place).unlink(missing_ok=True)
        command = [program, "--port", "0", "--unixsocket", place, "--save", "", "--daemonize", "no"]
        processes.start([*command, "--dir", str(self.data_dir / "valkey")], log=self.data_dir / "valkey.log")
