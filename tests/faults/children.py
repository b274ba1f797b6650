"""What runs in processes of their own, to be killed or frozen.

A fault strikes at a boundary: before a statement of the process's own connection, or just before or after a commit.
Nothing of it is in the product; the child counts what its connection does.
"""

import os
import signal
import sys
import threading
from dataclasses import dataclass
from datetime import date, timedelta
from multiprocessing.connection import Connection
from typing import Any

import django
import psycopg
import time_machine

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connections  # noqa: E402

from hpf import dayend  # noqa: E402
from hpf.embedded import processes  # noqa: E402


@dataclass(frozen=True)
class Fault:
    """Which signal strikes, and where: at the n-th boundary, or before the first statement with all these words."""

    signum: signal.Signals
    at: int = 0
    before: tuple[str, ...] = ()


@dataclass(frozen=True)
class Stage:
    """Where a child works: its database, what the calendar says, and how long its leases are."""

    database: str
    calendar: str
    lease: float = 30.0


def set_up(stage: Stage, fault: Fault | None) -> None:
    processes.end_with(os.getppid(), signal.SIGKILL)  # even one that stands still
    for alias in connections:
        connections.settings[alias]["NAME"] = stage.database
    settings.NIGHT_LEASE = timedelta(seconds=stage.lease)
    time_machine.travel(stage.calendar, tick=True).start()
    if fault:
        _arm(fault)


def _arm(fault: Fault) -> None:
    passed = 0
    execute, commit = psycopg.Cursor.execute, psycopg.Connection.commit

    def boundary(sql: str) -> None:
        nonlocal passed
        if threading.current_thread() is threading.main_thread():
            passed += 1
            if passed == fault.at or (fault.before and all(word in sql for word in fault.before)):
                os.kill(os.getpid(), fault.signum)

    def watched(self: Any, sql: Any, *given: Any, **named: Any) -> Any:
        boundary(f"{sql} {given}")
        return execute(self, sql, *given, **named)

    def committed(self: Any) -> None:
        boundary("commit")
        commit(self)
        boundary("committed")

    psycopg.Cursor.execute, psycopg.Connection.commit = watched, committed


def close_day(stage: Stage, day: date, fault: Fault | None, said: Connection) -> None:
    """The night of one day; says what stopped it, if anything did."""
    set_up(stage, fault)
    try:
        for step, _ in dayend.run(day):
            said.send(step)
    except Exception as mistake:
        said.send(f"{type(mistake).__name__}: {mistake}")
        sys.exit(1)
