"""Where the benchmarks run: a server with every durability setting on, our migrations, and accounts with money.

Accounts are opened and filled through the gate, as everything else is. What a benchmark needs beside the product's own
tables (voucher kinds, copies of tables without guards) it makes itself, as the owner.
"""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

ROOT = Path(__file__).resolve().parent.parent
DAY = date(2025, 7, 1)
BRANCHES = (1, 2, 3, 4, 5)
TPCB = "bench_tpcb"

# code, name, at day end, turns the year
KINDS = """
insert into ledger_voucherkind (code, name, at_day_end, turns_year) values
    ('bench.posting', '性能基准记账', false, false), ('bench.opening', '性能基准期初', false, false)
on conflict do nothing;
create sequence if not exists bench_source;
grant usage on sequence bench_source to hpf_app;
"""


@dataclass(frozen=True, slots=True)
class Scale:
    """How much and how long."""

    rounds: int
    seconds: float  # of one slice that runs for a time
    members: int  # ledger accounts of members
    rows: int  # of one slice of a month's lists
    tpcb: int  # pgbench's scale: 100,000 accounts each
    naive: int  # rows of the naive loop, which is slow
    grown: tuple[int, int]  # lines of each member in the year before and in the year that has grown
    reads: int  # reads of one round


FULL = Scale(rounds=5, seconds=5, members=1_000_000, rows=100_000, tpcb=50, naive=1_500, grown=(13, 9), reads=2_000)
QUICK = Scale(rounds=2, seconds=3, members=150_000, rows=40_000, tpcb=50, naive=600, grown=(13, 9), reads=500)
SMOKE = Scale(rounds=1, seconds=0.4, members=600, rows=300, tpcb=1, naive=40, grown=(2, 1), reads=40)


@dataclass(slots=True)
class Site:
    """The server, its postmaster, and the ledger accounts to post on."""

    url: str
    postmaster: int
    scale: Scale
    first_member: int = 0
    last_member: int = 0
    unallocated: int = 0
    bank: int = 0
    internals: tuple[int, ...] = ()
    user: int = 0

    def owner(self) -> psycopg.Connection:
        """A connection of the owner, each statement its own transaction."""
        return psycopg.connect(self.url, autocommit=True)

    def owner_run(self, statement: str, params: object = None) -> list[tuple]:
        """Run one statement as the owner and answer its rows, if it has any."""
        with self.owner() as connection:
            cursor = connection.execute(statement, params)
            return cursor.fetchall() if cursor.description else []

    def url_of(self, database: str) -> str:
        """The address of another database of the same server."""
        return urlunsplit(urlsplit(self.url)._replace(path=f"/{database}"))


@contextlib.contextmanager
def cluster() -> Iterator[str]:
    """A throw-away cluster, durable, migrated; its URL and secrets stand in the environment meanwhile."""
    from hpf.embedded import keys, postgres

    folder = ROOT / "var" / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    home = Path(tempfile.mkdtemp(prefix="cluster-", dir=folder))
    try:
        url = postgres.start(home, durable=True)
        os.environ |= keys.of(home) | {"HPF_DATA_DIR": str(home), "DATABASE_URL": url}
        os.environ.pop("DATABASE_OWNER_URL", None)
        migrate = [sys.executable, "manage.py", "migrate", "--no-input", "--database", "owner", "--verbosity", "0"]
        subprocess.run(migrate, cwd=ROOT, check=True)
        yield url
    finally:
        postgres.stop(home)
        shutil.rmtree(home, ignore_errors=True)


def furnish(url: str, scale: Scale) -> Site:
    """Open a day, accounts and balances in a migrated database."""
    site = Site(url=url, postmaster=postmaster_of(url), scale=scale)
    require_durability(site)
    site.owner_run(KINDS)
    _open_books(site)
    _give_money(site)
    site.owner_run("vacuum (analyze) ledger_ledgeraccount")
    site.owner_run("vacuum (analyze) ledger_entry")
    site.owner_run("checkpoint")
    return site


def postmaster_of(url: str) -> int:
    """The pid of the server on this machine that answers at the address."""
    with psycopg.connect(url) as connection:
        (folder,) = connection.execute("show data_directory").fetchone()
    return int((Path(folder) / "postmaster.pid").read_text().split("\n", 1)[0])


def require_durability(site: Site) -> None:
    """Figures without durability mean nothing; only the smoke test may do without."""
    for name in ("fsync", "synchronous_commit", "full_page_writes"):
        ((value,),) = site.owner_run(f"show {name}")
        if value != "on" and site.scale != SMOKE:
            raise SystemExit(f"{name} is {value}: these figures would be worthless")


def _open_books(site: Site) -> None:
    from django.db import transaction

    from access.queries import night_user
    from ledger.actions import days, opening
    from ledger.states import AccountKind

    days.open_first(DAY)
    with transaction.atomic():
        branches = [BRANCHES[place % len(BRANCHES)] for place in range(site.scale.members)]
        opened = opening.open_accounts(AccountKind.MEMBER, branches, on=DAY)
        site.first_member, site.last_member = opened[0], opened[-1]
        (site.unallocated,) = opening.open_accounts(AccountKind.UNALLOCATED, [1], on=DAY)
        (site.bank,) = opening.open_accounts(AccountKind.BANK, [0], on=DAY)
        charts = ("119", "21902", "21903", "41101", "41104")
        site.internals = tuple(opening.internal(chart, branch, on=DAY) for chart in charts for branch in BRANCHES)
    site.user = night_user().pk


def _give_money(site: Site) -> None:
    """Every member owns 20,000 to 70,000 yuan, the employer enough for many months."""
    from django.db import transaction

    from access.queries import night_user
    from ledger.actions import posting

    sums = """
        with paid as (
            select a.id as account, 20000 + (a.id * 7919) %% 50000 + 0.37 as amount
            from ledger_ledgeraccount a where a.id between %s and %s
        )
        select account, 'C' as side, amount from paid
        union all select %s, 'D', sum(amount) from paid
    """
    step = 100_000
    for first in range(site.first_member, site.last_member + 1, step):
        last = min(first + step - 1, site.last_member)
        with transaction.atomic():
            select = posting.Select(sums, [first, last, site.bank])
            posting.post_query("bench.opening", first, select, by=night_user(), on=DAY)
    with transaction.atomic():
        amount = Decimal(10**12)
        lines = [posting.debit(site.bank, amount), posting.credit(site.unallocated, amount)]
        posting.post("bench.opening", "employer", lines, by=night_user(), on=DAY)


def make_tpcb(site: Site) -> None:
    """Pgbench's own tables, in a database beside ours."""
    from hpf.embedded.postgres import program

    with site.owner() as connection:
        connection.execute(sql.SQL("drop database if exists {}").format(sql.Identifier(TPCB)))
        connection.execute(sql.SQL("create database {}").format(sql.Identifier(TPCB)))
    fill = [str(program("pgbench")), "-i", "-q", "-s", str(site.scale.tpcb), site.url_of(TPCB)]
    subprocess.run(fill, check=True, capture_output=True)
