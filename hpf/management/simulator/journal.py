"""What the simulated bank remembers 模拟银行的账本: a file of its own, so that a restart neither loses nor doubles."""

import sqlite3
import uuid
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

TABLES = """
create table if not exists payment (
    number   integer  primary key,          -- the serial number comes from it
    name     text     not null unique,      -- of the order's file; with a number, of a further payment for it
    bank     text     not null,
    content  text     not null,
    due_at   integer  not null,             -- unix seconds
    request  text,                          -- the idempotency key of the request that reports it
    outcome  text
);
create index if not exists payment_waiting on payment (bank, due_at) where request is null;
create table if not exists partner (        -- the further orders a payment settles
    name     text     primary key,          -- of the order's file
    payment  integer  not null              -- its number
);
create table if not exists request (
    key       text     primary key,
    bank      text     not null,
    body      text     not null,
    tries     integer  not null default 0,
    next_at   integer  not null default 0,
    answered  integer  not null default 0
);
create index if not exists request_open on request (next_at) where answered = 0;
"""
MOST_ROWS = 1000
LONGEST_PAUSE = 30


@dataclass(frozen=True)
class Request:
    """One report to the centre: the same key and body until it is answered."""

    key: str
    bank: str
    body: str
    tries: int


class Journal:
    """The bank's memory. Every change is on disk before the bank goes on."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        with closing(self._open()) as journal:
            journal.executescript(TABLES)

    def knows(self, name: str) -> bool:
        """Whether an order was taken before, by the name of its file."""
        both = "select 1 from payment where name = ? union all select 1 from partner where name = ?"
        with closing(self._open()) as journal:
            return journal.execute(both, [name, name]).fetchone() is not None

    def take(self, names: Sequence[str], bank: str, payments: Sequence[tuple[str, int]]) -> None:
        """Take the orders of these names, whatever becomes of their files; all of the payments settle all of them.

        A payment is its content and when it is due, in unix seconds. A name that is known fails, and takes nothing.
        """
        name, *partners = names
        called = [name, *(f"{name} {place}" for place in range(2, len(payments) + 1))]
        payment_rows = [(one, bank, content, due_at) for one, (content, due_at) in zip(called, payments, strict=True)]
        with closing(self._open()) as journal, journal:
            journal.executemany("insert into payment (name, bank, content, due_at) values (?, ?, ?, ?)", payment_rows)
            (number,) = journal.execute("select number from payment where name = ?", [name]).fetchone()
            rows = [(partner, number) for partner in partners]
            journal.executemany("insert into partner (name, payment) values (?, ?)", rows)

    def put_together(self, write: Callable[[str, Sequence[tuple[int, str]]], str], *, now: int) -> None:
        """Put the payments that are due into requests, one for each bank and at most 1,000 rows each."""
        with closing(self._open()) as journal, journal:
            waiting = "select distinct bank from payment where request is null and due_at <= ?"
            for (bank,) in journal.execute(waiting, [now]).fetchall():
                rows = journal.execute(
                    "select number, content from payment where request is null and bank = ? and due_at <= ?"
                    " order by number limit ?",
                    [bank, now, MOST_ROWS],
                ).fetchall()
                key = uuid.uuid4().hex
                journal.execute(
                    "insert into request (key, bank, body) values (?, ?, ?)", [key, bank, write(bank, rows)]
                )
                journal.executemany("update payment set request = ? where number = ?", [(key, row[0]) for row in rows])

    def open_requests(self, *, now: int) -> list[Request]:
        """The requests without an answer whose next try has come."""
        with closing(self._open()) as journal:
            found = journal.execute(
                "select key, bank, body, tries from request where answered = 0 and next_at <= ? order by rowid", [now]
            )
            return [Request(*row) for row in found]

    def put_off(self, request: Request, *, now: int) -> None:
        """Try again later: after 1, 2, 4 … 30 seconds."""
        pause = min(2 ** min(request.tries, 10), LONGEST_PAUSE)
        with closing(self._open()) as journal, journal:
            journal.execute(
                "update request set tries = tries + 1, next_at = ? where key = ?", [now + pause, request.key]
            )

    def give_up_key(self, request: Request) -> None:
        """The centre said no to the request as a whole, for now: its payments go into another one."""
        with closing(self._open()) as journal, journal:
            journal.execute("update request set answered = 1 where key = ?", [request.key])
            journal.execute("update payment set request = null where request = ?", [request.key])

    def close(self, request: Request, outcomes: Sequence[str]) -> None:
        """Note what became of each payment, in the order of the request."""
        with closing(self._open()) as journal, journal:
            numbers = journal.execute("select number from payment where request = ? order by number", [request.key])
            pairs = zip(outcomes, [number for (number,) in numbers.fetchall()], strict=True)
            journal.executemany("update payment set outcome = ? where number = ?", list(pairs))
            journal.execute("update request set answered = 1 where key = ?", [request.key])

    def outcomes(self) -> dict[str, str | None]:
        """What became of every order and further payment, by its name; None while it waits."""
        partners = "select partner.name, outcome from partner join payment on number = payment"
        with closing(self._open()) as journal:
            return dict(journal.execute(f"select name, outcome from payment union all {partners} order by name"))

    def _open(self) -> sqlite3.Connection:
        journal = sqlite3.connect(self.path, timeout=30)
        journal.execute("pragma synchronous = full")
        return journal
