"""Holds, freezes, payouts and postings of many at once on one account: nothing is held or paid twice."""

import random
import threading
from collections.abc import Callable

from django.db import transaction

from ledger.actions import days, holds, opening, payouts, posting
from ledger.models import Hold, PaidOut, Voucher
from ledger.queries import available
from ledger.states import AccountKind
from tests.ledger.books import (
    BRANCH,
    DAY,
    NEXT_DAY,
    PLAIN,
    TURN,
    account,
    actor,
    bank,
    members,
    open_books,
    pay_in,
    yuan,
)
from tests.ledger.test_concurrency import all_at_once
from tests.ledger.test_payouts import wrong_in_the_books

THREADS = 50


class Outcomes:
    """What came of many attempts, told by their threads."""

    def __init__(self) -> None:
        self._lock, self.told = threading.Lock(), {}

    def note(self, what: str) -> None:
        with self._lock:
            self.told[what] = self.told.get(what, 0) + 1


def attempt(outcomes: Outcomes, what: str, work: Callable[[], object]) -> bool:
    """Try an act in a transaction of its own; a refusal for lack of money is an answer, anything else is a fault."""
    try:
        with transaction.atomic():
            work()
    except (posting.NotEnough, holds.Frozen, posting.HeldOpen) as refusal:
        outcomes.note(f"{what} {type(refusal).__name__}")
        return False
    outcomes.note(what)
    return True


def test_fifty_hold_a_hundred_of_a_thousand_and_ten_succeed(own_database):
    open_books()
    member, outcomes = members(1)[0], Outcomes()
    pay_in("start", bank(), member, 1000)

    def hold(number: int) -> None:
        attempt(outcomes, "held", lambda: holds.place(PLAIN, number, member, yuan(100), by=actor(), on=DAY))

    assert all_at_once(hold, THREADS) == []
    assert outcomes.told == {"held": 10, "held NotEnough": 40}
    assert (account(member).held, available(member), Hold.objects.count()) == (1000, 0, 10)
    assert wrong_in_the_books(DAY) == []


def test_one_hold_is_placed_released_paid_out_and_undone_once(own_database):
    """Twelve people press the same button at every step: one does it, the others are told so."""
    open_books()
    member, till = members(1)[0], bank()
    pay_in("start", till, member, 1000)
    owed = opening.internal("21903", BRANCH, on=DAY)
    payout = payouts.Payout(kind=PLAIN, source="one", account=member, to_account=owed, amount=yuan(600))

    def once(work: Callable[[], object], *others: type[Exception]) -> None:
        def press(_number: int) -> None:
            with transaction.atomic():
                work()

        raised = all_at_once(press)
        assert len(raised) == 11
        assert {type(error) for error in raised} <= set(others), raised

    once(lambda: holds.place(PLAIN, "one", member, yuan(600), by=actor(), on=DAY), holds.AlreadyHeld)
    once(lambda: payouts.pay_out(payout, by=actor(), on=DAY), posting.AlreadyPosted)
    voucher = Voucher.objects.get(source="one").pk
    once(
        lambda: payouts.undo(voucher, PLAIN, "back", by=actor(), on=DAY, why="退回"),
        payouts.AlreadyUndone, posting.AlreadyPosted,
    )  # fmt: skip
    with transaction.atomic():
        holds.place(PLAIN, "two", member, yuan(600), by=actor(), on=DAY)
    once(lambda: holds.release(PLAIN, "two", by=actor(), on=DAY), holds.AlreadyReleased)
    assert (account(member).balance, account(member).held) == (1000, 0)
    assert wrong_in_the_books(DAY) == []


def test_who_pays_out_and_who_gives_up_the_same_hold_do_not_both_succeed(own_database):
    open_books()
    keys, till = members(6), bank()
    owed = opening.internal("21903", BRANCH, on=DAY)
    for key in keys:
        pay_in(f"start {key}", till, key, 100)
        with transaction.atomic():
            holds.place(PLAIN, key, key, yuan(100), by=actor(), on=DAY)

    def decide(number: int) -> None:
        key = keys[number // 2]
        with transaction.atomic():
            if number % 2:
                holds.release(PLAIN, key, by=actor(), on=DAY)
            else:
                payout = payouts.Payout(kind=PLAIN, source=key, account=key, to_account=owed, amount=yuan(100))
                payouts.pay_out(payout, by=actor(), on=DAY)

    raised = all_at_once(decide, 12)
    assert [type(error) for error in raised] == [holds.AlreadyReleased] * 6
    paid = PaidOut.objects.count()
    assert sum(account(key).balance for key in keys) == yuan(100 * (6 - paid))
    assert wrong_in_the_books(DAY) == []


class Crowd:
    """Everybody who may meet on the same accounts."""

    def __init__(self, keys: list[int], till: int) -> None:
        self.keys, self.till, self.outcomes = keys, till, Outcomes()
        self.owed = opening.internal("21903", BRANCH, on=DAY)

    def attempt(self, what: str, work: Callable[[], object]) -> bool:
        return attempt(self.outcomes, what, work)

    def spend(self, key: int, source: str, chance: random.Random) -> None:
        amount = yuan(chance.randint(1, 300))
        if not self.attempt("hold", lambda: holds.place(PLAIN, source, key, amount, by=actor(), on=DAY)):
            return
        payout = payouts.Payout(kind=PLAIN, source=source, account=key, to_account=self.owed, amount=amount)
        then = chance.choice(["wait", "release", "pay out", "pay out and undo"])
        if then == "release":
            self.attempt("release", lambda: holds.release(PLAIN, source, by=actor(), on=DAY))
        if then.startswith("pay out"):
            self.attempt("pay out", lambda: payouts.pay_out(payout, by=actor(), on=DAY))
        if then == "pay out and undo":
            voucher = Voucher.objects.get(kind=PLAIN, source=source).pk
            back = f"undo {source}"
            self.attempt("undo", lambda: payouts.undo(voucher, PLAIN, back, by=actor(), on=DAY, why="退回"))

    def freeze(self, key: int, source: str, chance: random.Random) -> None:
        asked = None if chance.random() < 0.2 else yuan(chance.randint(1, 900))
        self.attempt("freeze", lambda: holds.freeze(PLAIN, source, key, asked, by=actor(), on=DAY))
        self.attempt("lift", lambda: holds.release(PLAIN, source, by=actor(), on=DAY))

    def deposit(self, key: int, source: str, _chance: random.Random) -> None:
        pay_in(source, self.till, key, 25)

    def transfer(self, key: int, source: str) -> None:
        with transaction.atomic():
            new = opening.open_accounts(AccountKind.MEMBER, [4], on=DAY)[0]
        leave = [posting.Move(source, "转移", key, new)]
        self.attempt("transfer", lambda: posting.move_savings(PLAIN, leave, by=actor(), on=DAY))

    def live(self, number: int) -> None:
        chance = random.Random(number)
        for step in range(12):
            act = chance.choice([self.spend, self.spend, self.freeze, self.deposit])
            act(self.keys[chance.randrange(2)], f"{number}:{step}", chance)
        if number == 0:
            self.transfer(self.keys[2], "0:leaves")
            with transaction.atomic():
                holds.freeze(PLAIN, "0:late", self.keys[0], None, by=actor(), on=DAY)
            self.transfer(self.keys[0], "0:frozen")


def test_holds_freezes_deposits_payouts_and_transfers_together(own_database):
    """Everything that may meet on three accounts does: no fault, no lock-out, and the books prove."""
    open_books()
    keys, till = members(3), bank()
    for key in keys:
        pay_in(f"start {key}", till, key, 1000)
    crowd = Crowd(keys, till)
    assert all_at_once(crowd.live, 8) == []
    told = crowd.outcomes.told
    assert (told["transfer"], told["transfer HeldOpen"]) == (1, 1)
    assert {"hold", "pay out", "undo", "release", "freeze", "lift"} <= told.keys()
    assert wrong_in_the_books(DAY) == []


def test_money_is_held_and_frozen_while_interest_is_settled(own_database):
    """The night of the settling day pays every account while people hold and freeze on the next one."""
    open_books()
    keys, till = members(40), bank()
    for key in keys:
        pay_in(f"start {key}", till, key, 1000)
    days.turn(DAY)
    payable = opening.internal("211", BRANCH, on=DAY)

    def work(number: int) -> None:
        if number == 0:
            select = posting.Select(
                "select id as account, 'C' as side, 1.50::numeric as amount from unnest(%s::bigint[]) id"
                " union all select %s, 'D', %s", [keys, payable, yuan(60)], NEXT_DAY,
            )  # fmt: skip
            with transaction.atomic():
                posting.post_query(TURN, "settled", select, by=actor(), on=DAY)
            return
        for key in keys:
            with transaction.atomic():
                if number % 2:
                    holds.place(PLAIN, f"{number}:{key}", key, yuan(100), by=actor(), on=NEXT_DAY)
                else:
                    holds.freeze(PLAIN, f"{number}:{key}", key, yuan(50), by=actor(), on=NEXT_DAY)

    assert all_at_once(work, 7) == []
    for key in keys:
        row = account(key)
        assert (row.balance, row.held, row.carried, row.counted_to) == (yuan("1001.50"), 450, yuan("1001.50"), NEXT_DAY)
