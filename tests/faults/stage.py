"""What the faults need: processes that can be killed or frozen, time that passes, and the proof of the books."""

import contextlib
import multiprocessing
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

import psycopg
from django.utils import timezone

from audit.actions import inspection
from hpf.embedded import processes
from ledger.models import BusinessDay, Entry, LedgerAccount
from ledger.queries import open_day
from ledger.states import DayStepName
from tests import servers
from tests.conftest import _point_connections_at
from tests.faults import children
from tests.faults.along import environment

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
        process.join(60)
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


def proved(database_url: str) -> None:
    """Every promise about the books holds, asked by the command an operator would give."""
    done = subprocess.run(
        [sys.executable, "manage.py", "verify_books"],
        cwd=servers.ROOT, env=environment(database_url), capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def sound() -> None:
    """Every promise about the books holds, asked in this process: those of payments and of what waits among them."""
    findings = inspection.inspect(open_day())
    assert {"I5", "I9"} <= {finding.check.invariant for finding in findings}
    assert [(finding.check.title, finding.rows) for finding in findings if not finding.holds] == []


def postmaster_of(data_dir: Path) -> int:
    return int((data_dir / "postgres" / "postmaster.pid").read_text().split("\n", 1)[0])


def last_closed(database_url: str) -> date:
    with psycopg.connect(database_url) as asks:
        return asks.execute("select max(day) from ledger_businessday where status = 'CLOSED'").fetchone()[0]


def closed(database_url: str, day: date, *, seconds: int = 120) -> bool:
    """Whether a day is closed before so many seconds are over."""
    return processes.await_until(lambda: last_closed(database_url) >= day, seconds=seconds)


def caught_up(database_url: str) -> bool:
    """Whether every calendar day that has ended is closed before two minutes are over."""
    return closed(database_url, timezone.localdate() - timedelta(days=1))


# Whatever was not done exactly once: shards taken up twice, accruals twice or not at all.
NOT_ONCE = """
select s.day, s.step, s.shard, s.status from ledger_stepshard s where s.status <> 'DONE'
union all
select d.day, 'steps', '', count(distinct s.step)::text
from ledger_businessday d left join ledger_stepshard s on s.day = d.day where d.status = 'CLOSED' group by 1
having count(distinct s.step) <> {steps}
union all
select v.booked_on, v.kind_id, right(v.source, 2), count(*)::text
from ledger_voucher v where v.kind_id like 'deposits.interest%' group by 1, 2, 3 having count(*) <> 1
"""


def each_once(database_url: str) -> None:
    with psycopg.connect(database_url) as asks:
        assert asks.execute(NOT_ONCE.format(steps=len(DayStepName))).fetchall() == []


def books() -> tuple:
    """What a reader could tell two books apart by: every balance, every entry and every day, without who and when."""
    numbers = ("pk", "balance", "carried", "current", "carried_number", "current_number", "counted_to", "version")
    entry = ("booked_on", "account", "side", "amount", "interest_on", "balance")
    return (
        list(LedgerAccount.objects.order_by("pk").values_list(*numbers)),
        list(Entry.objects.order_by(*entry).values_list(*entry)),
        list(BusinessDay.objects.order_by("day").values_list("day", "status", "interest_ready")),
    )
