"""What the simulated bank remembers of payments it was told to make 模拟银行的付款账: a file of its own."""

import json
import sqlite3
import uuid
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

TABLES = """
create table if not exists instruction (
    payment  text     primary key,          -- the centre's number of it: whatever is asked, it is paid once
    bank     text     not null,
    content  text     not null,
    sending  integer  not null,
    paid     integer  not null default 0,   -- how often money left for it
    serial   text     not null
);
create table if not exists answer (
    number    integer  primary key,
    payment   text     not null,
    bank      text     not null,
    key       text     not null unique,     -- the idempotency key, the same until it is answered
    body      text     not null,
    next_at   integer  not null,
    tries     integer  not null default 0,
    outcome   text
);
create index if not exists answer_open on answer (next_at) where outcome is null;
create table if not exists place (          -- where a bank is in the list of events, and the claim it waits for
    bank      text     primary key,
    cursor    text     not null,
    claim     text,
    claim_at  integer  not null
);
"""
LONGEST_PAUSE = 30


@dataclass(frozen=True)
class Answer:
    """One thing to tell the centre of a payment: the same key and body until it is answered."""

    number: int
    payment: str
    bank: str
    key: str
    body: str
    tries: int


@dataclass(frozen=True)
class Place:
    """Where a bank is in its events, the key of the claim under way, and when it next claims unasked."""

    cursor: str
    claim: str | None
    claim_at: int


class Instructions:
    """The bank's memory of payments. Every change is on disk before the bank goes on."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        with closing(self._open()) as book:
            book.executescript(TABLES)

    def place_of(self, bank: str) -> Place:
        """Where a bank stopped reading; at the beginning the first time."""
        with closing(self._open()) as book, book:
            book.execute("insert or ignore into place values (?, '', null, 0)", [bank])
            return Place(*book.execute("select cursor, claim, claim_at from place where bank = ?", [bank]).fetchone())

    def move_on(self, bank: str, cursor: str) -> None:
        """The events up to here are dealt with."""
        with closing(self._open()) as book, book:
            book.execute("update place set cursor = ? where bank = ?", [cursor, bank])

    def begin_claim(self, bank: str) -> str:
        """The key of the claim under way, a new one where none is."""
        with closing(self._open()) as book, book:
            book.execute("update place set claim = coalesce(claim, ?) where bank = ?", [uuid.uuid4().hex, bank])
            key: str = book.execute("select claim from place where bank = ?", [bank]).fetchone()[0]
            return key

    def take(self, bank: str, rows: Sequence[dict[str, object]], *, claim_at: int) -> None:
        """What a claim brought is ours to pay, and the claim is over."""
        with closing(self._open()) as book, book:
            for row in rows:
                book.execute(
                    "insert into instruction (payment, bank, content, sending, serial) values (?, ?, ?, ?, ?)"
                    " on conflict (payment) do update set sending = excluded.sending",
                    [row["payment_id"], bank, json.dumps(row), row["sending"], f"SIMP{uuid.uuid4().hex[:16].upper()}"],
                )
            book.execute("update place set claim = null, claim_at = ? where bank = ?", [claim_at, bank])

    def pay(self, payment: str) -> None:
        """Money leaves, unless it has left for this payment before."""
        with closing(self._open()) as book, book:
            book.execute("update instruction set paid = 1 where payment = ? and paid = 0", [payment])

    def known(self, payment: str) -> tuple[dict[str, str], str, bool] | None:
        """A payment's instruction, its serial number and whether it was paid."""
        with closing(self._open()) as book:
            asked = "select content, serial, paid from instruction where payment = ?"
            found = book.execute(asked, [payment]).fetchone()
        return (json.loads(found[0]), found[1], bool(found[2])) if found else None

    def plan(self, payment: str, bank: str, answers: Sequence[tuple[dict[str, object], int]]) -> None:
        """Plan what to tell of a payment, each with the moment from which to tell it."""
        rows = [(payment, bank, uuid.uuid4().hex, json.dumps(body), at) for body, at in answers]
        with closing(self._open()) as book, book:
            book.executemany("insert into answer (payment, bank, key, body, next_at) values (?, ?, ?, ?, ?)", rows)

    def due(self, now: int) -> list[Answer]:
        """What is to be told by now, in the order planned."""
        asked = "select number, payment, bank, key, body, tries from answer where outcome is null and next_at <= ?"
        with closing(self._open()) as book:
            return [Answer(*row) for row in book.execute(f"{asked} order by next_at, number", [now])]

    def put_off(self, answer: Answer, *, now: int) -> None:
        """Try again later: after 1, 2, 4 … 30 seconds."""
        pause = min(2 ** min(answer.tries, 10), LONGEST_PAUSE)
        with closing(self._open()) as book, book:
            again = "update answer set tries = tries + 1, next_at = ? where number = ?"
            book.execute(again, [now + pause, answer.number])

    def close(self, answer: Answer, outcome: str) -> None:
        """Note what the centre said of an answer."""
        with closing(self._open()) as book, book:
            book.execute("update answer set outcome = ? where number = ?", [outcome, answer.number])

    def paid(self) -> dict[str, int]:
        """How often money left for each payment."""
        with closing(self._open()) as book:
            return dict(book.execute("select payment, paid from instruction order by payment"))

    def outcomes(self) -> list[tuple[str, str | None]]:
        """Every answer's word and what the centre said of it, in the order planned."""
        with closing(self._open()) as book:
            rows = book.execute("select body, outcome from answer order by number").fetchall()
        return [(json.loads(body)["outcome"], outcome) for body, outcome in rows]

    def _open(self) -> sqlite3.Connection:
        book = sqlite3.connect(self.path, timeout=30)
        book.execute("pragma synchronous = full")
        return book
