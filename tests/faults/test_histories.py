"""F15: withdrawals, freezes, a move to another office, banks and the year's interest on one account, all at once.

Eight threads an account; some lose their connection in the middle of an act. Each account's history must be one that
plain integers could have had (`history`), and the books must prove.
"""

import contextlib
import random
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, InterfaceError, connection, connections

from accounts.models import MemberAccount
from approvals.actions.signatures import FactsChanged
from banking.states import PaymentStatus, ResultOutcome
from hpf.errors import Refusal
from ledger.models import Entry
from tests import seeds, servers
from tests.accounts.factories import employer
from tests.faults.history import NEVER, Account, Act, Year, in_one_order
from tests.faults.morning import BALANCE, FIRST_DAY, SETTLING, Day, fen
from tests.faults.stage import pointed_at, sound
from withdrawals.models import Withdrawal
from withdrawals.states import WithdrawalStatus

ACCOUNTS, THREADS = 5, 8
RATE = 150  # hundredths of a percent, R-201
NOT_NOW = {"day_not_open", "year_turning"}  # what the night says: try again in a moment
CHOICES = {
    "submit": 34, "grant": 16, "take_back": 8, "pay": 4, "come_back": 8,
    "freeze": 6, "lift": 8, "transfer": 12, "look": 12,
}  # fmt: skip
YEAR = Year(number=0, rate=360_000)  # a tenth of the balance for its one day
LOOK = """
select a.balance, greatest(0, a.balance - coalesce(k.kept, 0))
from accounts_memberaccount m join ledger_ledgeraccount a on a.id = m.ledger_account_id
cross join lateral (
    select sum(coalesce(h.amount, a.balance)) as kept from ledger_hold h
    where h.account_id = a.id and h.released_on is null
) k
where m.id = %s
"""


@dataclass
class Board:
    """One account, what was done to it so far, and what may be done next, by its mark."""

    key: int
    to: int  # the employer of another office to which it may move
    acts: list[Act] = field(default_factory=list)
    put_off: list[Act] = field(default_factory=list)
    applied: dict[str, int] = field(default_factory=dict)
    granted: dict[str, int] = field(default_factory=dict)
    freezes: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Morning:
    """A database in the morning of the settling day, who works there, its accounts, and where they may move."""

    database: str
    day: Day
    accounts: list[int]
    there: int


class Crowd:
    """Those who act on the accounts of one fund."""

    def __init__(self, day: Day, boards: list[Board], seed: int, acts_each: int) -> None:
        self.day, self.boards, self.seed, self.acts_each = day, boards, seed, acts_each
        self.at_the_bank = threading.RLock()  # a bank says one thing of a payment, and then the other
        self.backends: dict[int, int] = {}
        self.broken: list[str] = []
        self.half_way = threading.Semaphore(0)

    def run(self) -> None:
        """All threads, the night from the middle on, and connections that are lost."""
        places = [(board, place) for board in self.boards for place in range(THREADS)]
        threads = [threading.Thread(target=self._act, args=place) for place in places]
        threads.append(threading.Thread(target=self._settle))
        for thread in threads:
            thread.start()
        self._lose_connections(threads)
        for thread in threads:
            thread.join(300)
        assert not self.broken, self.broken[0]
        assert not any(thread.is_alive() for thread in threads)

    def look_at_all(self) -> None:
        """What everybody sees while nothing happens."""
        for board in self.boards:
            self.record(board, "look", "", None, partial(self.look, board, "", None))

    def _act(self, board: Board, place: int) -> None:
        chance = random.Random(f"{self.seed} {board.key} {place}")
        try:
            for turn in range(self.acts_each):
                self._one(board, f"{place}.{turn}", chance)
                self.half_way.release()
        except Exception:
            self.broken.append(traceback.format_exc())
        finally:
            connections.close_all()

    def _one(self, board: Board, tag: str, chance: random.Random) -> None:
        """An act that is possible: what nobody has applied for is applied for first."""
        (what,) = chance.choices(list(CHOICES), list(CHOICES.values()))
        if tag.endswith(".0") and (self.seed + board.key) % 2:  # half of them try to move before anything is held
            what = "transfer" if tag == "0.0" else "look"
        marks = {"grant": board.applied, "take_back": board.applied, "lift": board.freezes}
        marks |= {"pay": board.granted, "come_back": board.granted}
        on = marks.get(what)
        if on is not None and not on:
            what, on = "submit", None
        if on:
            tag = chance.choice(list(on))
        amount = chance.randrange(10_000, 40_000) if what in ("submit", "freeze") else None
        if what == "freeze" and chance.random() < 0.3:
            amount = None  # everything
        self.record(board, what, tag, amount, partial(getattr(self, what), board, tag, amount))

    def record(self, board: Board, what: str, tag: str, amount: int | None, act: Callable[[], Any]) -> None:
        """Do an act, and write down when it began and ended and what was told."""
        began, told, why = time.monotonic(), None, ""
        try:
            self.backends[threading.get_ident()] = self._backend()
            told = read_again(act)
        except Refusal as refusal:
            told, why = False, refusal.code
        except (DatabaseError, InterfaceError) as trouble:
            if not self._lost(trouble):
                raise
        ended = NEVER if told is None else time.monotonic()
        (board.put_off if why in NOT_NOW else board.acts).append(Act(what, tag, amount, began, ended, told, why))

    def _backend(self) -> int:
        connection.ensure_connection()
        return connection.connection.info.backend_pid

    def _lost(self, trouble: Exception) -> bool:
        """Whether the connection is gone; if so there is another one next time."""
        lost = getattr(trouble.__cause__, "sqlstate", None) in (None, psycopg.errors.AdminShutdown.sqlstate)
        if lost:
            connection.close()
        return lost

    def _lose_connections(self, threads: list[threading.Thread]) -> None:
        """Twice, somebody's connection ends, wherever that one is just now."""
        chance = random.Random(self.seed)
        with psycopg.connect(servers.url_of(connection.settings_dict["NAME"]), autocommit=True) as owner:
            for _ in range(2):
                for _ in range(len(threads) * self.acts_each // 4):
                    self.half_way.acquire(timeout=60)
                owner.execute("select pg_terminate_backend(%s)", [chance.choice(list(self.backends.values()))])

    # The acts

    def submit(self, board: Board, tag: str, amount: int) -> bool:
        board.applied[tag] = self.day.submit(board.key, amount)
        return True

    def grant(self, board: Board, tag: str, amount: None) -> bool:
        self.day.grant(board.applied[tag])
        board.granted[tag] = board.applied[tag]
        return True

    def take_back(self, board: Board, tag: str, amount: None) -> bool:
        self.day.take_back(board.applied[tag])
        return True

    def pay(self, board: Board, tag: str, amount: None) -> bool:
        with self.at_the_bank:
            return self._said(board.granted[tag], ResultOutcome.SUCCEEDED) == PaymentStatus.SUCCEEDED

    def come_back(self, board: Board, tag: str, amount: None) -> bool:
        """The bank could not pay, and the clock takes it up: until it has, nobody has been told anything."""
        with self.at_the_bank:
            if self._said(board.granted[tag], ResultOutcome.FAILED) != PaymentStatus.FAILED:
                return False
            while True:
                try:
                    self.day.settle_payouts()
                    if Withdrawal.objects.get(pk=board.granted[tag]).status == WithdrawalStatus.RETURNED:
                        return True
                except (DatabaseError, InterfaceError) as trouble:
                    if not self._lost(trouble):
                        raise

    def _said(self, withdrawal: int, outcome: ResultOutcome) -> str:
        """What a bank says, until it was heard; answers what became of its payment."""
        while True:
            try:
                return self.day.say(withdrawal, outcome)
            except (DatabaseError, InterfaceError) as trouble:
                if not self._lost(trouble):
                    raise

    def freeze(self, board: Board, tag: str, amount: int | None) -> bool:
        board.freezes[tag] = self.day.freeze(board.key, amount)
        return True

    def lift(self, board: Board, tag: str, amount: None) -> bool:
        self.day.lift(board.freezes[tag])
        return True

    def transfer(self, board: Board, tag: str, amount: None) -> bool:
        self.day.transfer(board.key, board.to)
        return True

    def look(self, board: Board, tag: str, amount: None) -> tuple[int, int]:
        with connection.cursor() as cursor:
            cursor.execute(LOOK, [board.key])
            balance, free = cursor.fetchone()
        return fen(balance), fen(free)

    def _settle(self) -> None:
        """The night of the settling day; each account's history learns what that paid it."""
        for _ in range(ACCOUNTS * THREADS * self.acts_each // 3):
            self.half_way.acquire(timeout=60)
        began = time.monotonic()
        try:
            self.day.run_night(SETTLING)
            ended = time.monotonic()
            for board in self.boards:
                board.acts.append(Act("settle", "", None, began, ended, paid_by_the_night(board.key)))
        except Exception:
            self.broken.append(traceback.format_exc())
        finally:
            connections.close_all()


def read_again(act: Callable[[], Any]) -> Any:
    """What is told once the page shows what is true: somebody else may have been quicker than who signs."""
    while True:
        with contextlib.suppress(FactsChanged):
            return act()


def paid_by_the_night(key: int) -> int:
    """What the settlement put on an account, in fen."""
    account = MemberAccount.objects.get(pk=key)
    entry = Entry.objects.get(voucher__kind="deposits.interest_settlement", account=account.ledger_account_id)
    return fen(entry.amount)


@pytest.fixture(scope="module")
def morning(django_db_setup, django_db_blocker) -> Iterator[Morning]:
    """A fund in the morning of its settling day: sealed accounts with some 1,000.00 each, and another office."""
    name = f"{servers.process_database()}_settling"
    servers.clone(name)
    with django_db_blocker.unblock():
        with pointed_at(name):
            day = Day.begun()
            keys, there = day.savers(ACCOUNTS), employer(at="02", on=SETTLING)
        yield Morning(name, day, keys, there.pk)
    servers.drop(name)


def histories(morning: Morning, seed: int, acts_each: int) -> None:
    """A day of all accounts; each account's history can be put into one order, and the books prove."""
    database = f"{morning.database}_{seed}"
    servers.clone(database, morning.database)
    try:
        with pointed_at(database):
            crowd = Crowd(morning.day, [Board(key, morning.there) for key in morning.accounts], seed, acts_each)
            crowd.look_at_all()
            crowd.run()
            crowd.look_at_all()
            for board in crowd.boards:
                assert in_one_order(board.acts, Account(BALANCE), Year(BALANCE * (SETTLING - FIRST_DAY).days, RATE)), (
                    shown(seed, board)
                )
                assert put_off_by_the_night(board), shown(seed, board)
            sound()
    finally:
        servers.drop(database)


def shown(seed: int, board: Board) -> str:
    acts = sorted([*board.acts, *board.put_off], key=lambda act: act.began)
    return "\n".join([f"seed {seed}", *map(str, acts)])


def put_off_by_the_night(board: Board) -> bool:
    """Whether nobody was told to come again but while the night was at work."""
    (night,) = (act for act in board.acts if act.what == "settle")
    return all(act.began <= night.ended and act.ended >= night.began for act in board.put_off)


def test_five_histories_are_those_of_single_accounts(morning):
    histories(morning, seed=1, acts_each=3)


@pytest.mark.night
@pytest.mark.parametrize("part", range(seeds.PARTS))
def test_two_thousand_histories_are_those_of_single_accounts(morning, part):
    """F15: ten parts × 40 days × five accounts. What fails names the seed of its day, and is that day again with it."""
    first = seeds.FIRST + 1 + 40 * part
    for seed in range(first, first + 40):
        histories(morning, seed, acts_each=3 + seed % 3)


# The checker itself: histories that no single account can have.


def act(what: str, began: float, ended: float, told: Any = True, *, tag: str = "a", amount: int | None = None) -> Act:
    return Act(what, tag, amount, began, ended, told)


APPLIED = act("submit", 1, 2, tag="a", amount=600)
BACK_TWICE = [APPLIED, act("grant", 3, 4), act("come_back", 5, 6), act("come_back", 5, 7)]
IMPOSSIBLE = {
    "promised twice": [APPLIED, act("submit", 1, 3, tag="b", amount=600)],
    "refused without a reason": [act("submit", 1, 2, False, amount=600)],
    "seen as before": [APPLIED, act("grant", 3, 4), act("look", 5, 6, (1000, 400))],
    "spent though frozen": [act("freeze", 1, 2, tag="f"), act("submit", 3, 4, amount=1)],
    "moved with what is held": [APPLIED, act("transfer", 3, 4)],
    "given out twice": [APPLIED, act("grant", 3, 4), act("take_back", 3, 5)],
    "back twice": [*BACK_TWICE, act("look", 8, 9, (1600, 1600))],
    "back though paid": [APPLIED, act("grant", 3, 4), act("pay", 5, 6), act("come_back", 7, 8)],
    "lost": [act("submit", 1, NEVER, None, amount=600), act("look", 3, 4, (1000, 900))],
    "interest on what had left": [APPLIED, act("grant", 3, 4), act("settle", 5, 6, YEAR.interest(1000))],
}
POSSIBLE = {
    "back once, said twice": [*BACK_TWICE, act("look", 8, 9, (1000, 1000))],
    "one of two": [APPLIED, act("submit", 1, 3, False, tag="b", amount=600)],
    "seen while it was granted": [APPLIED, act("grant", 3, 6), act("look", 4, 5, (1000, 400))],
    "nobody knows, and it was": [act("submit", 1, NEVER, None, amount=600), act("look", 3, 4, (1000, 400))],
    "nobody knows, and it was not": [act("submit", 1, NEVER, None, amount=600), act("look", 3, 4, (1000, 1000))],
    "interest on what was left": [APPLIED, act("grant", 3, 7), act("settle", 5, 6, YEAR.interest(400))],
}


@pytest.mark.parametrize("acts", IMPOSSIBLE.values(), ids=IMPOSSIBLE)
def test_a_history_no_account_can_have_is_told_apart(acts):
    assert not in_one_order(acts, Account(1000), YEAR)


@pytest.mark.parametrize("acts", POSSIBLE.values(), ids=POSSIBLE)
def test_a_history_an_account_can_have_is_recognised(acts):
    assert in_one_order(acts, Account(1000), YEAR)
