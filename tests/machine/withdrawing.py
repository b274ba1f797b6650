"""Rules of freezes, of withdrawals and of their undoing."""

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import precondition

from accounts.states import FreezeAct
from approvals.states import Verdict
from tests.machine.comparing import PARTS, PICK, part, writing
from tests.machine.fund import refusal_of
from tests.machine.model import Freeze
from tests.machine.outgoing import HOUSES, Wish
from tests.machine.saving import Saving
from tests.machine.story import Member, Withdrawal

AMOUNT = st.integers(1, 400000)
RENTED = [("2026-04",), ("2026-04", "2026-05"), ("2026-05", "2026-06")]
COMMON = [Wish("purchase", house) for house in HOUSES] + [Wish("loan", loan) for loan in (1, 2)]
WISHES = st.sampled_from([None, *COMMON, *(Wish("rent", months=months) for months in RENTED)])
MOST_FREEZES = 2  # of some six accounts: where everything is frozen nothing else happens
RETIREMENT = Wish("retirement")


class Withdrawing(Saving):
    """What keeps money where it is, and what lets it go."""

    # Freezes

    @precondition(lambda self: self.open_accounts() and len(self.freezes()) < MOST_FREEZES)
    @writing(pick=PICK, amount=st.one_of(st.none(), AMOUNT), days=st.sampled_from([0, 1, 3, 300]))
    def freeze(self, pick: int, amount: int | None, days: int = 300) -> None:
        """Two persons; what is frozen then is also what arrives later."""
        member = self.some(self.open_accounts(), pick)
        key, code = self.act(lambda: self.fund.propose_freeze(member.key, amount, days))
        assert not code
        assert self.act(lambda: self.fund.sign_freeze(key)) == (None, "")
        until = self.books.on + timedelta(days=days)
        self.books.accounts[member.key].freezes[key] = Freeze(member.key, amount, until)

    def freezes(self) -> dict[int, Freeze]:
        return {key: one for account in self.books.accounts.values() for key, one in account.freezes.items()}

    def _thaw(self, key: int) -> None:
        del self.books.accounts[self.freezes()[key].account].freezes[key]

    @precondition(lambda self: self.freezes())
    @writing(pick=PICK)
    def lift(self, pick: int) -> None:
        """Ended by a paper and two persons; after its last day it ends of itself."""
        key = self.some(sorted(self.freezes()), pick)
        past = self.freezes()[key].until < self.books.on
        change, code = self.act(lambda: self.fund.propose_change(key, FreezeAct.LIFT))
        assert bool(code) == past, code
        if change:
            assert self.act(lambda: self.fund.sign_change(change)) == (None, "")
            self._thaw(key)
            assert refusal_of(lambda: self.fund.propose_change(key, FreezeAct.LIFT))[1], "lifted twice"

    @precondition(lambda self: self.freezes())
    @writing(pick=PICK, days=st.sampled_from([0, 1, 30]))
    def renew(self, pick: int, days: int) -> None:
        """Keeps its place in the queue; a last day that is not later is refused, and so is one that has passed."""
        key = self.some(sorted(self.freezes()), pick)
        frozen = self.freezes()[key]
        until = frozen.until + timedelta(days=days)
        change, code = self.act(lambda: self.fund.propose_change(key, FreezeAct.RENEW, until))
        assert bool(code) == (frozen.until < self.books.on or not days), code
        if change:
            assert self.act(lambda: self.fund.sign_change(change)) == (None, "")
            frozen.until = until

    def _past(self) -> list[int]:
        return [key for key, one in self.freezes().items() if one.until < self.books.on]

    @precondition(lambda self: self._past())
    @writing()
    def lapse(self) -> None:
        """What the clock does: freezes end on the day after their last one."""
        past = self._past()
        self.act(self.fund.lapse, whole=False)
        for key in past:
            self._thaw(key)
        assert self.fund.lapse() == 0

    # Withdrawals

    def dear_house(self) -> Wish:
        """A house nobody else has bought, dearer than anybody can pay."""
        return Wish("purchase", 100 + len(self.story.withdrawals))

    @precondition(lambda self: self.open_accounts())
    @writing(pick=PICK, which=PARTS, wish=WISHES, twice=st.booleans(), by_people=st.booleans())
    def apply(
        self, pick: int, which: str, wish: Wish | None = None, twice: bool = False, by_people: bool = True
    ) -> None:
        """Held when it is handed in; more than may be had is refused, and the same form is one application."""
        member, wish = self.some(self.open_accounts(), pick), wish or self.dear_house()
        most = self.story.entitled(member, wish)
        amount = part(most, which)
        form = self.fund.application(member.key, wish, amount, by_people=by_people)
        key, code = self.act(lambda: self.fund.submit(form))
        assert bool(code) == (not 0 < amount <= most), code
        if key:
            made = self.story.hand_in(key, member, amount, wish)
            if wish.category == "rent" and not by_people:
                self.story.grant(made)
            if twice:
                assert self.fund.submit(form) == key

    def _saving(self) -> list[Member]:
        return [one for one in self.open_accounts() if self.books.accounts[one.key].balance]

    @precondition(lambda self: self._saving())
    @writing(pick=PICK, by_people=st.booleans())
    def retire(self, pick: int, by_people: bool = False) -> None:
        """Closing: all of it with interest to the day before; refused while anything is open."""
        member = self.some(self._saving(), pick)
        form = self.fund.application(member.key, RETIREMENT, None, by_people=by_people)
        key, code = self.act(lambda: self.fund.submit(form))
        assert bool(code) == (not self.story.may_close(member)), code
        if key:
            made = self.story.hand_in(key, member, self.books.accounts[member.key].balance, RETIREMENT)
            if not by_people:
                self.story.grant(made)

    @precondition(lambda self: self.withdrawals("submitted"))
    @writing(pick=PICK)
    def grant(self, pick: int) -> None:
        one = self.some(self.withdrawals("submitted"), pick)
        _, code = self.act(lambda: self.fund.decide(one.key, Verdict.GRANT))
        assert bool(code) == (not self.story.may_grant(one)), code
        if not code:
            self.story.grant(one)
            assert refusal_of(lambda: self.fund.decide(one.key, Verdict.GRANT))[1], "granted twice"

    @precondition(lambda self: self.withdrawals("submitted"))
    @writing(pick=PICK, refused=st.booleans())
    def drop(self, pick: int, refused: bool) -> None:
        """Refused, or taken back by the member: what was held and used is free again."""
        one = self.some(self.withdrawals("submitted"), pick)
        end = self.fund.decide if refused else lambda key, _: self.fund.take_back(key)
        assert not self.act(lambda: end(one.key, Verdict.REFUSE))[1]
        self.story.drop(one)

    @precondition(lambda self: any(one.payment and one.payment.is_unsent for one in self.withdrawals("approved")))
    @writing(pick=PICK)
    def undo(self, pick: int) -> None:
        """Undone by two persons before a bank has it; what a bank was handed once stays to be paid."""
        one = self.some(self.withdrawals("approved"), pick)
        assert one.payment
        made, code = self.act(lambda: self.fund.propose_undoing(one.key))
        if made:
            _, code = self.act(lambda: self.fund.sign_undoing(made))
        assert bool(code) == (not one.payment.is_unsent or not self.story.may_come_back(one)), code
        if not code:
            self._undone(one)
        elif made:
            assert self.act(lambda: self.fund.drop_undoing(made)) == (None, "")

    def _undone(self, one: Withdrawal) -> None:
        assert one.payment
        self.story.take_back(one)
        one.payment.state = "cancelled"
        assert refusal_of(lambda: self.fund.propose_undoing(one.key))[1], "undone twice"

    @precondition(lambda self: any(one.payment and one.payment.is_unpaid for one in self.withdrawals("approved")))
    @writing()
    def settle_payouts(self) -> None:
        self.act(self.fund.settle_payouts, whole=False)
        self.story.settle_payouts()
