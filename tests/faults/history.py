"""A checker of histories 历史核对: whether what many did to one account at once can be put into one order.

After Wing and Gong: of the acts that had to wait for no other, one is put next, if an account of plain integers would
have answered as the system did; else the search goes back. Knows fen and nothing of the product.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

NEVER = float("inf")


@dataclass(frozen=True)
class Account:
    """An account in fen: what is held to be spent, what is frozen (None: everything), what banks were told to pay."""

    balance: int
    held: frozenset[tuple[str, int]] = frozenset()
    frozen: frozenset[tuple[str, int | None]] = frozenset()
    ordered: frozenset[tuple[str, int]] = frozenset()
    paid: frozenset[str] = frozenset()
    back: frozenset[str] = frozenset()
    moved: bool = False

    @property
    def free(self) -> int:
        """What may be promised to somebody."""
        kept = [self.balance if amount is None else amount for _, amount in self.frozen]
        return max(0, self.balance - sum(amount for _, amount in self.held) - sum(kept))


@dataclass(frozen=True)
class Act:
    """One act as its caller saw it: what it asked for, and what it was told; `ended` is never where nothing was."""

    what: str
    tag: str
    amount: int | None
    began: float
    ended: float
    told: Any  # True: done; False: refused; figures; None: nobody knows
    why: str = ""


Told = tuple[Any, Account]
Spec = Callable[[Account, Act], Told]


def _submit(account: Account, act: Act) -> Told:
    if act.amount is None or account.free < act.amount:
        return False, account
    return True, replace(account, held=account.held | {(act.tag, act.amount)})


def _grant(account: Account, act: Act) -> Told:
    amount = dict(account.held).get(act.tag)
    if amount is None:
        return False, account
    ordered, held = account.ordered | {(act.tag, amount)}, account.held - {(act.tag, amount)}
    return True, replace(account, balance=account.balance - amount, held=held, ordered=ordered)


def _take_back(account: Account, act: Act) -> Told:
    left = frozenset(one for one in account.held if one[0] != act.tag)
    return left != account.held, replace(account, held=left)


def _pay(account: Account, act: Act) -> Told:
    """Said again it is as true as before."""
    left = frozenset(one for one in account.ordered if one[0] != act.tag)
    if left == account.ordered:
        return act.tag in account.paid, account
    return True, replace(account, ordered=left, paid=account.paid | {act.tag})


def _come_back(account: Account, act: Act) -> Told:
    """The bank could not pay it; said again it is as true as before."""
    amount = dict(account.ordered).get(act.tag)
    if amount is None:
        return act.tag in account.back, account
    left, back = account.ordered - {(act.tag, amount)}, account.back | {act.tag}
    return True, replace(account, balance=account.balance + amount, ordered=left, back=back)


def _freeze(account: Account, act: Act) -> Told:
    return True, replace(account, frozen=account.frozen | {(act.tag, act.amount)})


def _lift(account: Account, act: Act) -> Told:
    left = frozenset(one for one in account.frozen if one[0] != act.tag)
    return left != account.frozen, replace(account, frozen=left)


def _transfer(account: Account, act: Act) -> Told:
    stays = account.moved or account.held or account.frozen
    return (False, account) if stays else (True, replace(account, moved=True))


def _look(account: Account, act: Act) -> Told:
    return (account.balance, account.free), account


@dataclass(frozen=True)
class Year:
    """A year's interest: the fen-days earned before its last day, and the rate in hundredths of a percent."""

    number: int
    rate: int

    def interest(self, balance: int) -> int:
        """What is paid on the last day, rounded half up to a fen: day by day, of 360."""
        earned, whole = (self.number + balance) * self.rate, 360 * 10_000
        return (2 * earned + whole) // (2 * whole)


SPECS: dict[str, Spec] = {
    "submit": _submit, "grant": _grant, "take_back": _take_back, "pay": _pay, "come_back": _come_back,
    "freeze": _freeze, "lift": _lift, "transfer": _transfer, "look": _look,
}  # fmt: skip


def in_one_order(acts: list[Act], first: Account, year: Year | None = None) -> bool:
    """Whether the acts can be put into one order that an account of integers would have answered so."""
    specs = SPECS | ({"settle": _settling(year)} if year else {})
    known = sum(1 << place for place, act in enumerate(acts) if act.told is not None)
    seen, waiting = set(), [(0, first)]
    while waiting:
        done, account = waiting.pop()
        if done & known == known:
            return True
        for place, told, after in _next(acts, done, account, specs):
            act = acts[place]
            if act.told is None or act.told == told:
                state = (done | 1 << place, after)
                if state not in seen:
                    seen.add(state)
                    waiting.append(state)
    return False


def _next(acts: list[Act], done: int, account: Account, specs: dict[str, Spec]) -> Iterator[tuple[int, Any, Account]]:
    """The acts that began before any other that is left had ended, and what each would do."""
    left = [place for place in range(len(acts)) if not done >> place & 1]
    first_end = min(acts[place].ended for place in left)
    for place in left:
        if acts[place].began <= first_end:
            yield place, *specs[acts[place].what](account, acts[place])


def _settling(year: Year) -> Spec:
    def settle(account: Account, act: Act) -> tuple[Any, Account]:
        paid = year.interest(account.balance)
        return paid, replace(account, balance=account.balance + paid)

    return settle
