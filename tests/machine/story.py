"""What the machine remembers beside the money: who saves where, which lists wait, how far withdrawals have come."""

from dataclasses import dataclass, field

from tests.machine.model import Account, Books, Payout, part_of

RATIO = 8


@dataclass
class Member:
    key: int
    employer: int
    base: int
    first_month: str
    sealed: bool = False


@dataclass
class List:
    """A month's list 汇缴清册, or a back payment 补缴: what it gives to whom, by side."""

    key: int
    employer: int
    month: str
    regular: bool
    parts: dict[int, tuple[int, int]]
    state: str = "waiting"

    @property
    def shares(self) -> dict[int, int]:
        return {key: sum(sides) for key, sides in self.parts.items()}

    @property
    def total(self) -> int:
        return sum(self.shares.values())


@dataclass
class Receipt:
    key: int
    unclaimed: int
    employer: int | None
    served: set[int] = field(default_factory=set)


@dataclass
class Withdrawal:
    """`state`: submitted, approved, undone or dropped. `bank`: ordered, sent, succeeded, failed, returned."""

    key: int
    account: int
    amount: int
    state: str = "submitted"
    bank: str = ""
    return_waits: bool = False
    payout: Payout | None = None

    @property
    def paid(self) -> int:
        assert self.payout
        return self.payout.carried + self.payout.current + self.payout.interest


class Story:
    """The rules of the business that are not money, in their plainest form, over the model's books."""

    def __init__(self, books: Books) -> None:
        self.books = books
        self.offices: dict[int, str] = {}
        self.members: dict[int, Member] = {}
        self.lists: dict[int, List] = {}
        self.receipts: dict[int, Receipt] = {}
        self.withdrawals: dict[int, Withdrawal] = {}
        self.frozen: dict[int, int] = {}

    def account(self, key: int) -> Account:
        return self.books.accounts[key]

    def proposed(self, employer: int, month: str) -> dict[int, tuple[int, int]]:
        """Who belongs on a month's list, and what it comes to: each side rounded by itself."""
        due = [
            one
            for one in self.members.values()
            if one.employer == employer and not one.sealed and one.first_month <= month
        ]
        return {one.key: (part_of(one.base, RATIO), part_of(one.base, RATIO)) for one in due}

    def named(self, member: int, month: str) -> tuple[int, int]:
        """What lists name for a member in a month."""
        standing = [one for one in self.lists.values() if one.month == month and one.state != "taken back"]
        sides = [one.parts[member] for one in standing if member in one.parts]
        return sum(side[0] for side in sides), sum(side[1] for side in sides)

    def waiting(self, employer: int, *, regular: bool) -> list[List]:
        """An employer's lists that wait for money, in the order in which they are paid."""
        found = [one for one in self.lists.values() if one.employer == employer and one.state == "waiting"]
        return sorted((one for one in found if one.regular == regular), key=lambda one: (one.month, one.key))

    def may_allocate(self, listed: List) -> bool:
        """Covered, and no earlier month waits."""
        if listed.state != "waiting" or self.books.unallocated[listed.employer] < listed.total:
            return False
        return not listed.regular or self.waiting(listed.employer, regular=True)[0] is listed

    def allocate(self, listed: List) -> None:
        self.books.allocate(listed.employer, listed.shares)
        listed.state = "allocated"

    def allocate_covered(self) -> None:
        """Months in order, then back payments; what is not covered waits, and of the months all after it."""
        for employer in self.offices:
            for one in self.waiting(employer, regular=True) + self.waiting(employer, regular=False):
                if self.may_allocate(one):
                    self.allocate(one)

    def identify_all(self) -> None:
        for one in self.receipts.values():
            if one.employer is not None and one.unclaimed:
                self.books.identify(one.employer, one.unclaimed)
                one.unclaimed = 0

    def may_close(self, key: int) -> bool:
        """Nothing is open: no hold, no freeze, no list that waits with this member on it."""
        account = self.account(key)
        listed = any(key in one.parts for one in self.lists.values() if one.state == "waiting")
        return not (account.spends or account.freezes or listed or account.closed)

    def may_come_back(self, withdrawal: Withdrawal) -> bool:
        """The account it was paid from is still the member's, open or closed by this very payment."""
        account, payout = self.account(withdrawal.account), withdrawal.payout
        return bool(payout and account.ledger == payout.ledger and (payout.closes or not account.closed))

    def take_back(self, withdrawal: Withdrawal) -> None:
        assert withdrawal.payout
        self.books.take_back(withdrawal.account, withdrawal.payout)
        withdrawal.state = "undone"

    def settle_payouts(self) -> None:
        for one in sorted(self.withdrawals.values(), key=lambda one: one.key):
            if one.state == "approved" and one.bank in ("failed", "returned") and self.may_come_back(one):
                self.take_back(one)

    def bank_says(self, withdrawal: Withdrawal, outcome: str) -> None:
        """What a bank's word does: a success pays once, a return after it brings back once, in either order."""
        if withdrawal.bank == "sent" and outcome == "succeeded":
            self._paid(withdrawal, withdrawal.paid, "succeeded")
            if withdrawal.return_waits:
                self._paid(withdrawal, -withdrawal.paid, "returned")
        elif withdrawal.bank == "sent" and outcome == "failed":
            withdrawal.bank = "failed"
        elif withdrawal.bank == "sent" and outcome == "returned":
            withdrawal.return_waits = True
        elif withdrawal.bank == "succeeded" and outcome == "returned":
            self._paid(withdrawal, -withdrawal.paid, "returned")

    def _paid(self, withdrawal: Withdrawal, amount: int, bank: str) -> None:
        assert withdrawal.payout
        self.books.paid(withdrawal.payout.office, amount)
        withdrawal.bank = bank
