"""What the faults need: processes that can be killed or frozen, time that passes, and the proof of the books."""

import contextlib
import multiprocessing
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

import psycopg

from hpf.embedded import processes
from ledger.models import BusinessDay, Entry, LedgerAccount
from tests import servers
from tests.conftest import _point_connections_at
from tests.faults import children

_fork = multiprocessing.get_context("forkserver")
_fork.set_forkserver_preload(["__main__", "tests.faults.children"])


@contextlib.contextmanager
def pointed_at(name: str) -> Iterator[None]:
    """This process at work in a database."""
    _point_connections_at(name)
    try:
        yield
    finally:
        _point_connections_at(servers.process_database())


@contextlib.contextmanager
def night(stage: children.Stage, day: date, fault: children.Fault | None = None) -> Iterator["Night"]:
    """A process that closes a day, and what it says; whatever becomes of it, it is gone afterwards."""
    hearing, saying = _fork.Pipe(duplex=False)
    process = _fork.Process(target=children.close_day, args=(stage, day, fault, saying))
    process.start()
    saying.close()
    try:
        yield Night(process, hearing)
    finally:
        process.kill()
        process.join(30)
        hearing.close()


class Night:
    """A night in a process of its own."""

    def __init__(self, process: BaseProcess, hearing: Connection) -> None:
        self.process, self._hearing, self._heard = process, hearing, list[str]()

    def ends(self) -> int | None:
        """Its exit code: below nothing, the signal that ended it."""
        self.process.join(120)
        return self.process.exitcode

    def freezes(self) -> bool:
        """Whether it comes to stand still."""
        state = Path(f"/proc/{self.process.pid}/stat")
        return processes.await_until(lambda: state.read_text().rpartition(")")[2].split()[0] == "T", seconds=60)

    def said(self) -> list[str]:
        """The steps it did, and last what stopped it, if anything did."""
        with contextlib.suppress(EOFError):
            while self._hearing.poll(1):
                self._heard.append(self._hearing.recv())
        return self._heard


def lease_runs_out(database: str) -> None:
    """Time passes: what a killed worker held is free again."""
    with psycopg.connect(servers.url_of(database)) as owner:
        owner.execute("update ledger_stepshard set leased_until = clock_timestamp() where status = 'RUNNING'")


def environment(database_url: str, **more: str) -> dict[str, str]:
    """What a process of the system needs to know."""
    return {**os.environ, "DATABASE_URL": database_url, "DJANGO_SETTINGS_MODULE": "hpf.settings", **more}


def proved(database_url: str) -> None:
    """Every promise about the books holds, asked by the command an operator would give."""
    done = subprocess.run(
        [sys.executable, "manage.py", "verify_books"],
        cwd=servers.ROOT, env=environment(database_url), capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def books() -> tuple:
    """What a reader could tell two books apart by: every balance, every entry and every day, without who and when."""
    numbers = ("pk", "balance", "carried", "current", "carried_number", "current_number", "counted_to", "version")
    entry = ("booked_on", "account", "side", "amount", "interest_on", "balance")
    return (
        list(LedgerAccount.objects.order_by("pk").values_list(*numbers)),
        list(Entry.objects.order_by(*entry).values_list(*entry)),
        list(BusinessDay.objects.order_by("day").values_list("day", "status", "interest_ready")),
    )
