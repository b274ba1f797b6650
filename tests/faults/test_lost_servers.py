"""F03 and F30: the database killed under its writers, and everything killed at once in the middle of a night."""

import contextlib
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from hpf.embedded import postgres, processes
from tests.faults.along import environment, started
from tests.faults.stage import postmaster_of, proved

ACKNOWLEDGED = "select source from ledger_voucher where kind_id = 'deposits.remittance' and source like 'fault:%'"


@contextlib.contextmanager
def tills(url: str, count: int) -> Iterator[list[subprocess.Popen]]:
    """Processes that post without end."""
    running = [
        started(
            ["-m", "tests.faults.writer", str(place)], environment(url),
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )
        for place in range(count)
    ]  # fmt: skip
    try:
        yield running
    finally:
        for till in running:
            till.kill()
            till.wait(60)


def kill_backend(url: str) -> None:
    """One server process in the middle of a posting: PostgreSQL then starts all of them anew."""
    busy = "select pid from pg_stat_activity where application_name <> 'asks' and state like '%transaction%' limit 1"

    def struck() -> bool:
        with psycopg.connect(url, application_name="asks") as asks:
            row = asks.execute(busy).fetchone()
        if row:
            os.kill(row[0], signal.SIGKILL)
        return bool(row)

    assert processes.await_until(struck, seconds=60)


def kill_server(data_dir: Path) -> None:
    """The whole server, and the same server again, where its clients look for it."""
    postmaster = postmaster_of(data_dir)
    command = [word for word in Path(f"/proc/{postmaster}/cmdline").read_text().split("\0") if word]
    os.kill(postmaster, signal.SIGKILL)
    home = data_dir / "postgres"

    def gone() -> bool:
        return not processes.is_alive(postmaster) and not processes.living_in(home, "postgres")

    assert processes.await_until(gone, seconds=60)
    identity = processes.identity_for(Path(command[0]))
    processes.start(command, log=data_dir / "postgres.log", identity=identity)


def postings_survive(data_dir: Path, kills: int) -> None:
    url, heard = postgres.url_of(data_dir), set[str]()
    with tills(url, 2) as running:
        for blow in range(kills):
            for till in running:
                heard |= {till.stdout.readline().strip() for _ in range(20)}
            if blow % 2:
                kill_backend(url)
            else:
                kill_server(data_dir)
        for till in running:
            heard |= {till.stdout.readline().strip() for _ in range(20)}
    with psycopg.connect(url) as books:
        stand = {source.partition(":")[2] for (source,) in books.execute(ACKNOWLEDGED)}
    assert len(heard) >= 40 * (kills + 1) and heard - stand == set()
    proved(url)


def test_no_acknowledged_posting_is_lost_with_the_database(own_cluster):
    postings_survive(own_cluster, kills=3)


@pytest.mark.night
def test_no_acknowledged_posting_is_lost_with_the_database_two_hundred_times(own_cluster):
    """F03: by turns the whole server and one of its processes, under two writers; 8,040 postings, none lost."""
    postings_survive(own_cluster, kills=200)
