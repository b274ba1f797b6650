"""What the machine remembers beside the money: who saves where, which lists wait, what was handed in and refunded."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.machine.model import CENTRE, Account, Books, Payout, part_of
from tests.machine.outgoing import Payment, Wish, left_of, limit_of, shares_of

RATIO = 8
LAST_LIST = "2026-05"  # the month up to which a member who retires has to be listed


@dataclass
class Member:
    key: int
    employer: int
    base: int
    first_month: str
    card: str
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
    """Money that came 到账 from an account, by its number: `payer` where it names one, and who was given what of it."""

    key: int
    unclaimed: int
    payer: int | None
    account: str
    given: dict[int, int] = field(default_factory=dict)

    @property
    def is_named(self) -> bool:
        """It names its payer, and nobody was given a part of it before."""
        return self.payer is not None and not self.given


@dataclass
class Refund:
    """`state`: proposed, approved, returned or dropped."""

    key: int
    receipt: int
    employer: int | None
    office: str
    amount: int
    signatures: int = 0
    state: str = "proposed"
    payment: Payment | None = None


@dataclass
class Withdrawal:
    """`state`: submitted, approved, undone or dropped; what it uses of each month of a loan."""

    key: int
    account: int
    amount: int
    wish: Wish
    shares: dict[str, int]
    state: str = "submitted"
    payout: Payout | None = None
    payment: Payment | None = None

    @property
    def stands(self) -> bool:
        return self.state in ("submitted", "approved")


class Story:
    """The rules of the business that are not money, in their plainest form, over the model's books."""

    def __init__(self, books: Books) -> None:
        self.books = books
        self.offices: dict[int, str] = {}
        self.members: dict[int, Member] = {}
        self.lists: dict[int, List] = {}
        self.receipts: dict[int, Receipt] = {}
        self.refunds: dict[int, Refund] = {}
        self.withdrawals: dict[int, Withdrawal] = {}
        self.payments: list[Payment] = []  # in the order in which they were ordered

    def account(self, key: int) -> Account:
        return self.books.accounts[key]

    # Money in

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
        """Covered by what no refund holds, and no earlier month waits."""
        if listed.state != "waiting" or self.books.free(listed.employer) < listed.total:
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

    def give(self, receipt: Receipt, employer: int, amount: int) -> None:
        self.books.identify(employer, amount)
        receipt.unclaimed -= amount
        receipt.given[employer] = amount

    def identify_all(self) -> None:
        """Money that names its payer goes to it whole, unless somebody was given a part before."""
        for one in self.receipts.values():
            if one.is_named and one.unclaimed:
                assert one.payer is not None
                self.give(one, one.payer, one.unclaimed)

    def paid_to(self, employer: int) -> str:
        """The last month an employer has paid, or nothing."""
        paid = [one for one in self.lists.values() if one.regular and one.state == "allocated"]
        return max((one.month for one in paid if one.employer == employer), default="")

    def saves_on(self, member: Member) -> bool:
        """Contributes, and stands on a list of the last month its employer has paid 连续缴存."""
        lists = [one for one in self.lists.values() if one.state == "allocated" and member.key in one.parts]
        return not member.sealed and self.paid_to(member.employer) in {one.month for one in lists}

    # Refunds

    def refundable(self, receipt: Receipt, employer: int | None) -> int:
        """What nobody has claimed, or what an employer was given and can still give back 可退金额."""
        if employer is None:
            return receipt.unclaimed
        like = [one for one in self.refunds.values() if (one.receipt, one.employer) == (receipt.key, employer)]
        gone = sum(one.amount for one in like if one.state in ("proposed", "approved"))
        return max(0, min(receipt.given[employer] - gone, self.books.free(employer)))

    def refund_office(self, employer: int | None) -> str:
        """Nobody's money is the centre's business."""
        return CENTRE if employer is None else self.offices[employer]

    def hold_back(self, refund: Refund, amount: int) -> None:
        """Keep what is to be refunded from everybody else, or below nothing: free it."""
        if refund.employer is None:
            self.receipts[refund.receipt].unclaimed -= amount
        else:
            self.books.kept_back[refund.employer] += amount

    def owe_back(self, refund: Refund) -> None:
        """The last signature: owed to who paid it, and a bank is told."""
        if refund.employer is not None:
            self.hold_back(refund, -refund.amount)
        self.books.owe_back(refund.employer, refund.office, refund.amount)
        payee = self.receipts[refund.receipt].account
        refund.state = "approved"
        refund.payment = self.order(Payment("refund", refund.key, refund.office, refund.amount, payee))

    def settle_refunds(self) -> None:
        """What the payer did not get back is where it was."""
        for one in self.refunds.values():
            if one.state == "approved" and one.payment and one.payment.is_unpaid:
                self.books.owe_back(one.employer, one.office, -one.amount)
                if one.employer is None:
                    self.hold_back(one, -one.amount)
                one.state = "returned"

    # Withdrawals

    def standing(self, wish: Wish, *, but: Withdrawal | None = None) -> list[Withdrawal]:
        """The withdrawals of a category for the same house or loan, or of everybody's rent, that count."""
        found = [one for one in self.withdrawals.values() if one.stands and one is not but]
        return [one for one in found if (one.wish.category, one.wish.subject) == (wish.category, wish.subject)]

    def entitled(self, member: Member, wish: Wish, *, own: Withdrawal | None = None) -> int:
        """The most that may be withdrawn 可提取额; nothing where a condition is not met."""
        like = self.standing(wish, but=own)
        mine = [one for one in self.withdrawals.values() if one.stands and one is not own and one.account == member.key]
        again = like if wish.category == "purchase" else [one for one in mine if one.wish.category == wish.category]
        if any(one.account == member.key for one in again) or (wish.category == "rent" and not self.saves_on(member)):
            return 0
        used = [{"": one.amount} if wish.category == "purchase" else one.shares for one in like]
        limit = limit_of(wish, used)
        return min(limit, self.account(member.key).available + (own.amount if own else 0))

    def hand_in(self, key: int, member: Member, amount: int, wish: Wish) -> Withdrawal:
        """An application: the amount is held, and the limits it uses are used."""
        left = left_of(wish, [one.shares for one in self.standing(wish)])
        made = Withdrawal(key, member.key, amount, wish, shares_of(amount, left))
        self.account(member.key).spends[key] = amount
        self.withdrawals[key] = made
        return made

    def may_close(self, member: Member, *, own: Withdrawal | None = None) -> bool:
        """The member saves no more, and nothing is open: no hold, no freeze, no list that waits with this member."""
        account = self.account(member.key)
        listed = any(member.key in one.parts for one in self.lists.values() if one.state == "waiting")
        held = set(account.spends) - ({own.key} if own else set())
        saves = not member.sealed and self.paid_to(member.employer) < LAST_LIST
        return not (held or account.freezes or listed or account.closed or saves)

    def may_grant(self, one: Withdrawal) -> bool:
        """What had to be met when it was handed in is met still."""
        member = self.members[one.account]
        if one.wish.category == "retirement":
            return self.may_close(member, own=one)
        return one.amount <= self.entitled(member, one.wish, own=one)

    def grant(self, one: Withdrawal) -> None:
        """The money leaves the account, and a bank is told: of a closing, all that is there by now."""
        del self.account(one.account).spends[one.key]
        closes = one.wish.category == "retirement"
        one.payout = self.books.close(one.account) if closes else self.books.pay_out(one.account, one.amount)
        one.state = "approved"
        card = self.members[one.account].card
        one.payment = self.order(Payment("withdrawal", one.key, one.payout.office, one.payout.paid, card))

    def drop(self, one: Withdrawal) -> None:
        del self.account(one.account).spends[one.key]
        one.state = "dropped"

    def may_come_back(self, one: Withdrawal) -> bool:
        """The member has an account to take it: one that is open, or was closed by this very payment."""
        assert one.payout
        return one.payout.closes or not self.account(one.account).closed

    def take_back(self, one: Withdrawal) -> None:
        assert one.payout
        self.books.take_back(one.account, one.payout)
        one.state = "undone"

    def settle_payouts(self) -> None:
        for one in sorted(self.withdrawals.values(), key=lambda one: one.key):
            if one.state == "approved" and one.payment and one.payment.is_unpaid and self.may_come_back(one):
                self.take_back(one)

    # The bank

    def covers(self, payment: Payment) -> bool:
        """The bank account can pay it, beside all that is on its way 专户可付余额."""
        others = sum(one.amount for one in self.payments if one.is_on_its_way and one is not payment)
        return self.books.bank - others >= payment.amount

    def order(self, payment: Payment) -> Payment:
        """Its bank is told; where there is no money to pay it, finance is asked first."""
        payment.state = "ordered" if self.covers(payment) else "created"
        self.payments.append(payment)
        return payment

    def claim(self, limit: int) -> list[Payment]:
        """The oldest that wait are handed out."""
        found = [one for one in self.payments if one.state == "ordered"][:limit]
        for one in found:
            one.state, one.sendings = "sent", one.sendings + 1
        return found

    def paid(self, payment: Payment, signs: Iterable[int]) -> None:
        """What a bank's word did to the money: a success pays once, a return brings back once, in either order."""
        for sign in signs:
            self.books.paid(payment.office, sign * payment.amount)
