"""Rules of who saves, and of money that comes in."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition

from approvals.states import Verdict
from deposits.models import Remittance
from tests.machine.comparing import BASE, PARTS, PICK, Comparing, part, writing
from tests.machine.fund import OFFICES, refusal_of
from tests.machine.model import part_of
from tests.machine.story import RATIO, List, Member, Receipt, Refund


class Saving(Comparing):
    """Employers and members, the months they pay, and what came for nobody."""

    @precondition(lambda self: len(self.story.offices) < 5)
    @writing(office=st.sampled_from(OFFICES))
    def open_employer(self, office: str) -> None:
        key, _ = self.act(lambda: self.fund.open_employer(office))
        self.story.offices[key], self.books.unallocated[key] = office, 0

    @precondition(lambda self: len(self.story.members) < 8)
    @writing(pick=PICK, base=BASE)
    def open_member(self, pick: int, base: int) -> None:
        employer = self.some(list(self.story.offices), pick)
        month = str(self.fund.month_due(employer))
        (key, card), _ = self.act(lambda: self.fund.open_member(employer, base))
        self.story.members[key] = Member(key, employer, base, month, card)
        self.books.open(key, self.story.offices[employer])

    @precondition(lambda self: self.open_accounts(sealed=False))
    @writing(pick=PICK)
    def seal(self, pick: int) -> None:
        member = self.some(self.open_accounts(sealed=False), pick)
        assert self.act(lambda: self.fund.seal(member.key)) == (None, "")
        member.sealed = True
        assert refusal_of(lambda: self.fund.seal(member.key))[1] == "account_not_normal"

    @precondition(lambda self: self.open_accounts(sealed=True))
    @writing(pick=PICK, base=BASE)
    def unseal(self, pick: int, base: int) -> None:
        member = self.some(self.open_accounts(sealed=True), pick)
        assert self.act(lambda: self.fund.unseal(member.key, base)) == (None, "")
        member.sealed, member.base = False, base

    @precondition(lambda self: self.open_accounts(sealed=True))
    @writing(pick=PICK, to=PICK, base=BASE)
    def transfer(self, pick: int, to: int, base: int) -> None:
        """Inside an office nothing moves; to another all moves along, unless something holds it."""
        member = self.some(self.open_accounts(sealed=True), pick)
        employer = self.some([key for key in self.story.offices if key != member.employer], to)
        account, office = self.books.accounts[member.key], self.story.offices[employer]
        _, code = self.act(lambda: self.fund.transfer(member.key, employer, base))
        held = account.freezes or (office != account.office and account.spends)
        assert bool(code) == bool(held), code
        if not held:
            account.ledger += office != account.office
            account.office, member.employer, member.base, member.sealed = office, employer, base, False

    # Lists

    @writing(pick=PICK)
    def hand_in(self, pick: int) -> None:
        employer = self.some(list(self.story.offices), pick)
        month = self.fund.month_due(employer)
        parts = self.story.proposed(employer, str(month))
        key, code = self.act(lambda: self.fund.hand_in(employer))
        ahead = str(month) > f"{self.books.on:%Y}-{self.books.on.month + 1:02d}"  # stories end before December
        assert bool(code) == (ahead or not parts), code
        if key:
            self.story.lists[key] = List(key, employer, str(month), True, parts)

    @precondition(lambda self: self.lists("waiting"))
    @writing(pick=PICK)
    def take_back_list(self, pick: int) -> None:
        listed = self.some(self.lists("waiting"), pick)
        regular = self.story.waiting(listed.employer, regular=True)
        _, code = self.act(lambda: self.fund.take_back_list(listed.key))
        assert bool(code) == (listed.regular and regular[-1] is not listed), code
        if not code:
            listed.state = "taken back"

    @precondition(lambda self: any(one.regular for one in self.lists("allocated")))
    @writing(pick=PICK, who=PICK, base=BASE)
    def pay_back(self, pick: int, who: int, base: int) -> None:
        """A difference for a month that is paid, less what lists name already."""
        paid = self.some([one for one in self.lists("allocated") if one.regular], pick)
        here = self.open_accounts(employer=paid.employer)
        if not here:
            return
        member = self.some(here, who)
        named = self.story.named(member.key, paid.month)
        owed = tuple(part_of(base, RATIO) - side for side in named)
        key, code = self.act(lambda: self.fund.pay_back(paid.employer, member.key, paid.month, base))
        assert bool(code) == (named == (0, 0) or min(owed) < 0 or sum(owed) <= 0), code
        if key:
            self.story.lists[key] = List(key, paid.employer, paid.month, False, {member.key: owed})

    def _covered(self) -> list[List]:
        return [one for one in self.lists("waiting") if self.story.may_allocate(one)]

    @precondition(lambda self: self._covered())
    @writing(pick=PICK)
    def allocate(self, pick: int) -> None:
        listed = self.some(list(self.story.lists.values()), pick)
        _, code = self.act(lambda: self.fund.allocate(listed.key))
        assert bool(code) == (not self.story.may_allocate(listed)), code
        if not code:
            self.story.allocate(listed)
            assert refusal_of(lambda: self.fund.allocate(listed.key))[1], "allocated twice"

    @precondition(lambda self: self._covered())
    @writing()
    def allocate_covered(self) -> None:
        self.act(self.fund.allocate_covered, whole=False)
        self.story.allocate_covered()
        wanted = {one.key for one in self.lists("allocated")}
        assert self.fund.allocated() == wanted, "other lists were allocated"

    # What came

    @precondition(lambda self: self.lists("waiting"))
    @writing(pick=PICK, how=st.sampled_from(["exact", "short", "too much", "nameless"]), twice=st.booleans())
    def money_arrives(self, pick: int, how: str, twice: bool = False) -> None:
        listed = self.some(self.lists("waiting"), pick)
        amount = max(1, listed.total + {"short": -1, "too much": 12345}.get(how, 0))
        reference = "" if how == "nameless" else Remittance.objects.get(pk=listed.key).reference
        notice = self.fund.notice(amount, reference)
        (outcome, key), code = self.act(lambda: self.fund.book(notice))
        assert (outcome, code) == ("booked", "")
        self.books.arrive(amount)
        payer = None if how == "nameless" else listed.employer
        self.story.receipts[key] = Receipt(key, amount, payer, notice.payer_account)
        if twice:
            assert self.fund.book(notice) == ("repeated", key)

    @precondition(lambda self: any(one.is_named and one.unclaimed for one in self.story.receipts.values()))
    @writing()
    def identify_all(self) -> None:
        self.act(self.fund.identify_all, whole=False)
        self.story.identify_all()

    def nameless(self) -> list[Receipt]:
        return [one for one in self.story.receipts.values() if one.unclaimed and (one.payer is None or one.given)]

    @precondition(lambda self: self.nameless())
    @writing(pick=PICK, to=PICK, which=PARTS)
    def identify(self, pick: int, to: int, which: str) -> None:
        receipt, employer = self.some(self.nameless(), pick), self.some(list(self.story.offices), to)
        amount = part(receipt.unclaimed, which)
        _, code = self.act(lambda: self.fund.identify(receipt.key, employer, amount))
        assert bool(code) == (amount > receipt.unclaimed or employer in receipt.given), code
        if not code:
            self.story.give(receipt, employer, amount)

    # What goes back to who paid it

    def shares(self) -> list[tuple[Receipt, int | None]]:
        """What may be refunded: nobody's part of each receipt, and each part an employer was given."""
        receipts = self.story.receipts.values()
        return [(one, None) for one in receipts] + [(one, key) for one in receipts for key in one.given]

    @precondition(lambda self: self.story.receipts)
    @writing(pick=st.integers(0, 15), which=PARTS)
    def refund(self, pick: int, which: str) -> None:
        """Held as soon as it is asked for."""
        receipt, employer = self.some(self.shares(), pick)
        most = self.story.refundable(receipt, employer)
        assert self.fund.refundable(receipt.key, employer) == most
        amount = part(most, which)
        key, code = self.act(lambda: self.fund.propose_refund(receipt.key, employer, amount))
        assert bool(code) == (not 0 < amount <= most), code
        if key:
            made = Refund(key, receipt.key, employer, self.story.refund_office(employer), amount)
            self.story.refunds[key] = made
            self.story.hold_back(made, amount)

    def refunds(self, signatures: int) -> list[Refund]:
        """The proposed ones that have at most so many signatures."""
        return [one for one in self.story.refunds.values() if one.state == "proposed" and one.signatures <= signatures]

    @precondition(lambda self: self.refunds(1))
    @writing(pick=PICK, granted=st.booleans(), both=st.booleans())
    def sign_refund(self, pick: int, granted: bool = True, both: bool = False) -> None:
        """Two sign it, one after the other; sent back by either, the money is free again."""
        one = self.some(self.refunds(1), pick)
        if both and granted and not one.signatures:
            self._sign(one)
        self._sign(one, granted)

    def _sign(self, one: Refund, granted: bool = True) -> None:
        verdict = Verdict.GRANT if granted else Verdict.RETURN
        assert not self.act(lambda: self.fund.sign_refund(one.key, one.signatures, verdict))[1]
        if not granted:
            self._drop(one)
        elif one.signatures:
            self.story.owe_back(one)
        one.signatures += granted

    @precondition(lambda self: self.refunds(0))
    @writing(pick=PICK)
    def take_back_refund(self, pick: int) -> None:
        one = self.some(self.refunds(0), pick)
        assert not self.act(lambda: self.fund.take_back_refund(one.key))[1]
        self._drop(one)

    def _drop(self, one: Refund) -> None:
        self.story.hold_back(one, -one.amount)
        one.state = "dropped"

    @precondition(lambda self: any(one.payment and one.payment.is_unpaid for one in self.story.refunds.values()))
    @writing()
    def settle_refunds(self) -> None:
        self.act(self.fund.settle_refunds, whole=False)
        self.story.settle_refunds()
