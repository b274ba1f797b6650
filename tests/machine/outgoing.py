"""Money on its way out, in its plainest form: what may be withdrawn for what, and what a bank's words do to a payment.

Amounts are fen. Nothing of the product is imported.
"""

from collections import Counter
from dataclasses import dataclass, field

HOUSES = {1: 150000, 2: 30001}  # what houses cost that several members bought; any other costs more than anybody has
DEAR = 9999999900
REPAID = {"2026-03": 12000, "2026-04": 10001, "2026-05": 8000}  # what was repaid of each loan, by month
QUOTA = 100000  # of a month's rent


@dataclass(frozen=True)
class Wish:
    """What somebody withdraws for: `subject` is the house or the loan, `months` those of rent."""

    category: str
    subject: int = 0
    months: tuple[str, ...] = ()


def limit_of(wish: Wish, used: list[dict[str, int]]) -> int:
    """What a category allows 类别限额, after what all have `used` of the same house or loan."""
    if wish.category == "rent":
        return QUOTA * len(wish.months)
    if wish.category == "loan":
        return sum(left_of(wish, used).values())
    return max(0, HOUSES.get(wish.subject, DEAR) - sum(one[""] for one in used))


def left_of(wish: Wish, used: list[dict[str, int]]) -> dict[str, int]:
    """What is left of each month of a loan 各月剩余额度."""
    gone = sum((Counter(one) for one in used), Counter[str]())
    return {month: REPAID[month] - gone[month] for month in REPAID} if wish.category == "loan" else {}


def shares_of(amount: int, left: dict[str, int]) -> dict[str, int]:
    """Which months an amount uses up, the oldest first."""
    shares = {}
    for month in sorted(left):
        shares[month] = min(amount, left[month])
        amount -= shares[month]
    return shares


@dataclass
class Payment:
    """A payment 付款指令; `payee` is the number of the account it goes to.

    `state`: created (finance has to sign), ordered, sent, accepted, unknown, succeeded, failed, returned or cancelled.

    What a bank has said and we have acted on is in `heard`; said again, it does nothing.
    """

    kind: str
    source: int
    office: str
    amount: int
    payee: str
    state: str = "ordered"
    sendings: int = 0
    return_waits: bool = False
    heard: set[str] = field(default_factory=set)

    @property
    def with_the_bank(self) -> bool:
        """It was handed out, and nobody has said how it ended: whatever the bank says of it counts."""
        return self.state in ("sent", "accepted", "unknown") or (self.state == "ordered" and self.sendings > 0)

    @property
    def is_unsent(self) -> bool:
        """No bank was ever handed it."""
        return self.state in ("created", "ordered") and not self.sendings

    @property
    def is_on_its_way(self) -> bool:
        return self.state in ("created", "ordered", "sent", "accepted", "unknown")

    @property
    def is_unpaid(self) -> bool:
        return self.state in ("failed", "returned", "cancelled")

    def late(self) -> None:
        """The bank has not answered in time 结果不明."""
        if self.state in ("sent", "accepted"):
            self.state = "unknown"

    def hear(self, word: str) -> list[int]:
        """Follow a bank's word; answers how often the amount is paid now, below nothing: paid back."""
        name = f"{word} {self.sendings}" if word == "not received" else word
        if name in self.heard:
            return []
        if self.state == "succeeded" and word == "returned":
            self.state = "returned"
            return [-1]
        if word == "not received" and self.state == "unknown":
            self.state = "ordered"
            self.heard.add(name)
        return self._decide(word) if self.with_the_bank else []

    def follow(self, ruling: str) -> list[int]:
        """The same by a ruling of two persons 对账认定, who go by a statement and not by what the bank said."""
        heard, self.heard = self.heard, set()
        paid = self.hear(ruling)
        self.heard = heard
        return paid

    def _decide(self, word: str) -> list[int]:
        if word == "accepted":
            self.state = "accepted"
            self.heard.add(word)
        elif word == "failed":
            self.state = "failed"
        elif word == "returned":
            self.return_waits = True
        elif word == "succeeded":
            self.state = "returned" if self.return_waits else "succeeded"
            return [1, -1] if self.return_waits else [1]
        return []
