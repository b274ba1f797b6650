"""An act is done by the real actions, crashed first where a story says so; then books and model are compared."""

import inspect
import itertools
import re
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import replace
from typing import Any

from django.db import connection, transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from tests.machine.fund import OFFICES, Balance, refusal_of
from tests.machine.model import CENTRE, Books
from tests.machine.outgoing import Payment
from tests.machine.paying import KINDS, PayingFund
from tests.machine.story import List, Member, Story, Withdrawal

PICK = st.integers(0, 7)
BASE = st.sampled_from([654300, 500005, 1234567, 2100000])
PARTS = st.sampled_from(["all", "half", "a fen", "too much"])
FREEZE = "accounts.freeze"

# As many other acts come before the same one again: a story that may only tell fewer than that is cut short by
# Hypothesis, and another is begun, instead of one act a hundred times.
BETWEEN = 3
# Five acts in six are let be. Nothing stands of what ends after its n-th write, whichever that is.
CRASH = st.integers(-60, 12).map(lambda drawn: max(0, drawn))
EVERYWHERE = -1  # after its first write, after its second, and so on, until it comes to its end
READS = re.compile(r"\s*(select(?! ledger_| policy_enact)|savepoint|release|rollback|set |reset )", re.IGNORECASE)


class Crash(Exception):
    """The program ends in the middle of an act."""


class Writes:
    """How many statements that write have passed."""

    count = 0


@contextmanager
def crash_after(write: int) -> Iterator[Writes]:
    """End what runs inside right after its n-th write; once, so that the end itself can be written down."""
    writes = Writes()

    def execute(run: Callable[..., Any], sql: str, *given: Any) -> Any:
        done = run(sql, *given)
        if not READS.match(str(sql)):
            writes.count += 1
            if writes.count == write:
                raise Crash(f"after write {write}: {str(sql)[:80]}")
        return done

    with connection.execute_wrapper(execute):
        yield writes


def writing(**given: st.SearchStrategy[Any]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """A rule that writes: it may end after its n-th write and is then done again; all is compared after it."""

    def ruled(act: Callable[..., None]) -> Callable[..., None]:
        def acting(self: "Comparing", *picked: Any, crash: int = 0, **named: Any) -> None:
            self.crash = crash
            act(self, *picked, **named)
            self.crash = 0
            self.compare()
            self.recent.append(act.__name__)

        sign = inspect.signature(act)
        last = inspect.Parameter("crash", inspect.Parameter.KEYWORD_ONLY, default=0)
        acting.__signature__ = sign.replace(parameters=[*sign.parameters.values(), last])  # type: ignore[attr-defined]
        acting.__name__, acting.__qualname__, acting.__doc__ = act.__name__, act.__qualname__, act.__doc__
        acting.__module__ = act.__module__
        return precondition(lambda self: act.__name__ not in self.recent)(rule(crash=CRASH, **given)(acting))

    return ruled


def same(what: str, found: object, wanted: object) -> None:
    """The books against the model."""
    assert found == wanted, f"{what}: the books say {found}, the model {wanted}"


def part(amount: int, which: str) -> int:
    return {"all": amount, "half": (amount + 1) // 2, "a fen": 1, "too much": amount + 1}[which]


class Comparing(RuleBasedStateMachine):
    """A fund and what is remembered of it, both as they stood when the test began; taken back at the story's end."""

    fund: PayingFund
    begun: Story

    def __init__(self) -> None:
        super().__init__()
        self.point = transaction.savepoint()
        self.story = deepcopy(self.begun)
        self.recent = deque[str](maxlen=BETWEEN)
        self.crash = 0

    @property
    def books(self) -> Books:
        return self.story.books

    def teardown(self) -> None:
        try:
            self.compare()
            for key, account in self.books.accounts.items():
                if not account.closed:
                    same(f"available of {key}", self.fund.available(key), account.available)
            same("broken", self.fund.broken(), [])
        finally:
            transaction.set_rollback(False)  # whatever failed, it is taken back now
            transaction.savepoint_rollback(self.point)

    def act(self, do: Callable[[], Any], *, whole: bool = True) -> tuple[Any, str]:
        """Do an act, after it has crashed where that is due; what crashed leaves nothing, unless it is many acts.

        A rule may be several acts: it crashes in the one that its n-th write falls into, or each of them everywhere.
        """
        due, everywhere = self.crash, self.crash == EVERYWHERE
        self.crash = due if everywhere else 0
        for write in itertools.count(1) if everywhere else range(due, due + bool(due)):
            try:
                with crash_after(write) as writes:
                    answer = refusal_of(do)
                self.crash = due if everywhere else due - writes.count
                return answer
            except Crash:
                pass
            except ExceptionGroup as several:
                assert several.split(Crash)[1] is None, several
            transaction.set_rollback(False)  # Django condemns a transaction: it is the story's, and PostgreSQL's stands
            if whole:
                self.compare()
        return refusal_of(do)

    def compare(self) -> None:
        """Every account, every head of the ledger, every hold and freeze, to the fen."""
        books, heads = self.books, self.fund.heads()
        for key, found in self.fund.balances().items():
            one = books.accounts[key]
            same(f"account {key}", replace(found, held=0), Balance(one.carried, one.current, one.numbers, one.closed))
            self._compare_holds(key, found.held)
        same("unallocated", self.fund.unallocated(), {
            key: (amount, books.kept_back[key]) for key, amount in books.unallocated.items()
        })  # fmt: skip
        same("unclaimed", self.fund.unclaimed(), {key: one.unclaimed for key, one in self.story.receipts.items()})
        for office in (CENTRE, *OFFICES):
            savings = sum(one.balance for one in books.accounts.values() if one.office == office)
            wanted = {"201": savings, "21903": books.owed[office]}
            wanted |= {"211": books.accrued[office], "41101": books.expense[office]}
            same(f"office {office}", {chart: heads.get((chart, office), 0) for chart in wanted}, wanted)
        same("suspense", sum(amount for (chart, _), amount in heads.items() if chart == "21902"), books.suspense)
        same("bank", -sum(amount for (chart, _), amount in heads.items() if chart == "10101"), books.bank)

    def _compare_holds(self, key: int, stored: int) -> None:
        """What is kept now; the account's row may say less of a freeze, where money came after it, and never more."""
        one = self.books.accounts[key]
        spent = sum(one.spends.values())
        if not one.freezes:
            return same(f"held of {key}", stored, spent)
        wanted = {(FREEZE, freeze): kept for freeze, kept in one.kept.items()}
        wanted |= {(KINDS["withdrawal"], source): amount for source, amount in one.spends.items()}
        held = {FREEZE: list(one.freezes), KINDS["withdrawal"]: list(one.spends)}
        same(f"kept of {key}", self.fund.kept(held), wanted)
        same(f"available of {key}", self.fund.available(key), one.available)
        assert spent <= stored <= one.held, f"held of {key}: the row says {stored}, the model {spent} to {one.held}"
        return None

    # What a rule may pick from; picks are taken modulo what there is, so that a story shrinks to few and small numbers

    def some(self, found: list[Any], pick: int) -> Any:
        return found[pick % len(found)]

    def open_accounts(self, **like: Any) -> list[Member]:
        rows = [one for one in self.story.members.values() if not self.books.accounts[one.key].closed]
        return [one for one in rows if all(getattr(one, name) == value for name, value in like.items())]

    def withdrawals(self, state: str) -> list[Withdrawal]:
        return [one for one in self.story.withdrawals.values() if one.state == state]

    def lists(self, state: str) -> list[List]:
        return [one for one in self.story.lists.values() if one.state == state]

    def payments(self, *states: str) -> list[Payment]:
        return [one for one in self.story.payments if one.state in states]
