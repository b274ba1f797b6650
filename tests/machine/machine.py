"""The stateful machine over members' money: acts in any order, each followed by a comparison with plain integers.

`crash` ends the next act in its middle: nothing of it may stand, and then it is done. Picks are taken modulo what there
is, so that a story shrinks to few and small numbers.
"""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from approvals.states import Verdict
from banking.states import ResultOutcome
from deposits.models import Remittance
from tests.machine import model
from tests.machine.fund import FIRST_DAY, OFFICES, Balance, Crash, Fund, crash_at, refusal_of
from tests.machine.model import Account, Books, part_of
from tests.machine.story import RATIO, List, Member, Receipt, Story, Withdrawal

PICK = st.integers(0, 7)
BASE = st.sampled_from([654300, 500005, 1234567, 2100000])
AMOUNT = st.integers(1, 400000)
PARTS = st.sampled_from(["all", "half", "a fen", "too much"])
WORDS = st.sampled_from(["succeeded", "failed", "returned", "accepted", "wrong"])
OUTCOMES = {
    "succeeded": ResultOutcome.SUCCEEDED,
    "failed": ResultOutcome.FAILED,
    "returned": ResultOutcome.RETURNED,
    "accepted": ResultOutcome.ACCEPTED,
    "wrong": ResultOutcome.SUCCEEDED,
}


class MemberMoney(RuleBasedStateMachine):
    """One fund, its members and its bank; `fund` is set by the test, and each story is taken back at its end."""

    fund: Fund

    def __init__(self) -> None:
        super().__init__()
        self.point = transaction.savepoint()
        self.books = Books(FIRST_DAY, OFFICES)
        self.story = Story(self.books)
        self.crashes_at = 0

    def teardown(self) -> None:
        try:
            self.compare()
            for key, account in self.books.accounts.items():
                if not account.closed:
                    same(f"available of {key}", self.fund.available(key), account.available)
            same("broken", self.fund.broken(), [])
        finally:
            transaction.savepoint_rollback(self.point)

    # Doing and comparing

    def act(self, do: Callable[[], Any], *, whole: bool = True) -> tuple[Any, str]:
        """Do an act, after it has crashed once if that is due; what crashed leaves nothing, unless it is many acts."""
        at, self.crashes_at = self.crashes_at, 0
        if at:
            try:
                with crash_at(at):
                    return refusal_of(do)
            except Crash:
                if whole:
                    self.compare()
            except ExceptionGroup as several:
                assert several.subgroup(Crash), several
        return refusal_of(do)

    def compare(self) -> None:
        books, heads = self.books, self.fund.heads()
        for key, found in self.fund.balances().items():
            one = books.accounts[key]
            same(f"account {key}", found, Balance(one.carried, one.current, one.held, one.numbers, one.closed))
            if one.freezes:
                same(f"available of {key}", self.fund.available(key), one.available)
        same("unallocated", self.fund.unallocated(), books.unallocated)
        for office in OFFICES:
            savings = sum(one.balance for one in books.accounts.values() if one.office == office)
            wanted = {"201": savings, "21903": books.owed[office]}
            wanted |= {"211": books.accrued[office], "41101": books.expense[office]}
            same(f"office {office}", {chart: heads.get((chart, office), 0) for chart in wanted}, wanted)
        same("suspense", sum(amount for (chart, _), amount in heads.items() if chart == "21902"), books.suspense)
        same("bank", -sum(amount for (chart, _), amount in heads.items() if chart == "10101"), books.bank)

    def some(self, found: list[Any], pick: int) -> Any:
        return found[pick % len(found)]

    def open_accounts(self, **like: Any) -> list[Member]:
        rows = [one for one in self.story.members.values() if not self.books.accounts[one.key].closed]
        return [one for one in rows if all(getattr(one, name) == value for name, value in like.items())]

    def withdrawals(self, state: str) -> list[Withdrawal]:
        return [one for one in self.story.withdrawals.values() if one.state == state]

    def lists(self, state: str) -> list[List]:
        return [one for one in self.story.lists.values() if one.state == state]

    # Who saves

    @initialize(office=st.sampled_from(OFFICES))
    def two_employers_with_a_month_paid(self, office: str) -> None:
        """A start in the middle of business, so that short stories reach money."""
        for of in (office, *OFFICES):
            self.open_employer(of)
        for place, base in enumerate((654300, 1234567, 500005)):
            self.open_member(place, base)
        for place in (0, 1):
            self.hand_in(place)
            self.money_arrives(place, "exact", twice=False)
        self.identify_all()
        self.allocate_covered()
        self.nights(1, again=False)
        self.apply(0, "half", twice=False)
        self.grant(0)
        self.claim(1)
        self.seal(1)

    @precondition(lambda self: len(self.story.offices) < 5)
    @rule(office=st.sampled_from(OFFICES))
    def open_employer(self, office: str) -> None:
        key, _ = self.act(lambda: self.fund.open_employer(office))
        self.story.offices[key], self.books.unallocated[key] = office, 0
        self.compare()

    @precondition(lambda self: len(self.story.members) < 8)
    @rule(pick=PICK, base=BASE)
    def open_member(self, pick: int, base: int) -> None:
        employer = self.some(list(self.story.offices), pick)
        month = str(self.fund.month_due(employer))
        key, _ = self.act(lambda: self.fund.open_member(employer, base))
        self.story.members[key] = Member(key, employer, base, month)
        self.books.accounts[key] = Account(self.story.offices[employer], days=self._days_before())
        self.compare()

    def _days_before(self) -> list[tuple[int, int]]:
        """Empty days, as many as the others have: all count from the same first day."""
        others = list(self.books.accounts.values())
        return [(0, 0)] * len(others[0].days) if others else []

    @precondition(lambda self: self.open_accounts(sealed=False))
    @rule(pick=PICK)
    def seal(self, pick: int) -> None:
        member = self.some(self.open_accounts(sealed=False), pick)
        assert self.act(lambda: self.fund.seal(member.key)) == (None, "")
        member.sealed = True
        assert self.act(lambda: self.fund.seal(member.key))[1] == "account_not_normal"
        self.compare()

    @precondition(lambda self: self.open_accounts(sealed=True))
    @rule(pick=PICK, base=BASE)
    def unseal(self, pick: int, base: int) -> None:
        member = self.some(self.open_accounts(sealed=True), pick)
        assert self.act(lambda: self.fund.unseal(member.key, base)) == (None, "")
        member.sealed, member.base = False, base
        self.compare()

    @precondition(lambda self: self.open_accounts(sealed=True))
    @rule(pick=PICK, to=PICK, base=BASE)
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
        self.compare()

    # Money in

    @rule(pick=PICK)
    def hand_in(self, pick: int) -> None:
        employer = self.some(list(self.story.offices), pick)
        month = self.fund.month_due(employer)
        parts = self.story.proposed(employer, str(month))
        key, code = self.act(lambda: self.fund.hand_in(employer))
        ahead = str(month) > f"{self.books.on:%Y}-{self.books.on.month + 1:02d}"  # stories end before December
        assert bool(code) == (ahead or not parts), code
        if key:
            self.story.lists[key] = List(key, employer, str(month), True, parts)
        self.compare()

    @precondition(lambda self: self.lists("waiting"))
    @rule(pick=PICK)
    def take_back_list(self, pick: int) -> None:
        listed = self.some(self.lists("waiting"), pick)
        regular = self.story.waiting(listed.employer, regular=True)
        _, code = self.act(lambda: self.fund.take_back_list(listed.key))
        assert bool(code) == (listed.regular and regular[-1] is not listed), code
        if not code:
            listed.state = "taken back"
        self.compare()

    @precondition(lambda self: any(one.regular for one in self.lists("allocated")))
    @rule(pick=PICK, who=PICK, base=BASE)
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
        self.compare()

    @precondition(lambda self: self.lists("waiting"))
    @rule(pick=PICK, how=st.sampled_from(["exact", "short", "too much", "nameless"]), twice=st.booleans())
    def money_arrives(self, pick: int, how: str, twice: bool) -> None:
        listed = self.some(self.lists("waiting"), pick)
        amount = max(1, listed.total + {"short": -1, "too much": 12345}.get(how, 0))
        reference = "" if how == "nameless" else Remittance.objects.get(pk=listed.key).reference
        notice = self.fund.notice(amount, reference)
        (outcome, key), code = self.act(lambda: self.fund.book(notice))
        assert (outcome, code) == ("booked", "")
        self.books.arrive(amount)
        self.story.receipts[key] = Receipt(key, amount, None if how == "nameless" else listed.employer)
        if twice:
            assert self.fund.book(notice) == ("repeated", key)
        self.compare()

    @rule()
    def identify_all(self) -> None:
        self.act(self.fund.identify_all, whole=False)
        self.story.identify_all()
        self.compare()

    @precondition(lambda self: any(one.unclaimed and one.employer is None for one in self.story.receipts.values()))
    @rule(pick=PICK, to=PICK, part=PARTS)
    def identify(self, pick: int, to: int, part: str) -> None:
        nameless = [one for one in self.story.receipts.values() if one.unclaimed and one.employer is None]
        receipt, employer = self.some(nameless, pick), self.some(list(self.story.offices), to)
        amount = _part(receipt.unclaimed, part)
        _, code = self.act(lambda: self.fund.identify(receipt.key, employer, amount))
        assert bool(code) == (amount > receipt.unclaimed or employer in receipt.served), code
        if not code:
            self.books.identify(employer, amount)
            receipt.unclaimed -= amount
            receipt.served.add(employer)
        self.compare()

    @precondition(lambda self: self.story.lists)
    @rule(pick=PICK)
    def allocate(self, pick: int) -> None:
        listed = self.some(list(self.story.lists.values()), pick)
        _, code = self.act(lambda: self.fund.allocate(listed.key))
        assert bool(code) == (not self.story.may_allocate(listed)), code
        if not code:
            self.story.allocate(listed)
            assert refusal_of(lambda: self.fund.allocate(listed.key))[1], "allocated twice"
        self.compare()

    @rule()
    def allocate_covered(self) -> None:
        self.act(self.fund.allocate_covered, whole=False)
        self.story.allocate_covered()
        self.compare()

    # Freezes

    @precondition(lambda self: self.open_accounts())
    @rule(pick=PICK, amount=st.one_of(st.none(), AMOUNT))
    def freeze(self, pick: int, amount: int | None) -> None:
        member = self.some(self.open_accounts(), pick)
        key, code = self.act(lambda: self.fund.freeze(member.key, amount))
        assert not code
        self.books.accounts[member.key].freezes[key] = amount
        self.books.accounts[member.key].cover()
        self.story.frozen[key] = member.key
        self.compare()

    @precondition(lambda self: self.story.frozen)
    @rule(pick=PICK)
    def lift(self, pick: int) -> None:
        key = self.some(list(self.story.frozen), pick)
        assert self.act(lambda: self.fund.lift(key)) == (None, "")
        account = self.books.accounts[self.story.frozen.pop(key)]
        del account.freezes[key]
        account.cover()
        assert refusal_of(lambda: self.fund.lift(key))[1], "lifted twice"
        self.compare()

    # Money out

    @precondition(lambda self: self.open_accounts())
    @rule(pick=PICK, part=PARTS, twice=st.booleans())
    def apply(self, pick: int, part: str, twice: bool) -> None:
        """Held when it is handed in; more than is available is refused, and the same form is one application."""
        member = self.some(self.open_accounts(), pick)
        account = self.books.accounts[member.key]
        amount = _part(account.available, part)
        application = self.fund.application(member.key, amount)
        key, code = self.act(lambda: self.fund.submit(application))
        assert bool(code) == (not 0 < amount <= account.available), code
        if key:
            account.spends[key] = amount
            account.cover()
            self.story.withdrawals[key] = Withdrawal(key, member.key, amount)
            if twice:
                assert self.fund.submit(application) == key
        self.compare()

    @precondition(lambda self: self.withdrawals("submitted"))
    @rule(pick=PICK)
    def grant(self, pick: int) -> None:
        one = self.some(self.withdrawals("submitted"), pick)
        _, code = self.act(lambda: self.fund.decide(one.key, Verdict.GRANT))
        assert not code
        del self.books.accounts[one.account].spends[one.key]
        one.payout, one.state, one.bank = self.books.pay_out(one.account, one.amount), "approved", "ordered"
        assert refusal_of(lambda: self.fund.decide(one.key, Verdict.GRANT))[1], "granted twice"
        self.compare()

    @precondition(lambda self: self.withdrawals("submitted"))
    @rule(pick=PICK, refused=st.booleans())
    def drop(self, pick: int, refused: bool) -> None:
        """Refused, or taken back by the member: what was held is free again."""
        one = self.some(self.withdrawals("submitted"), pick)
        end = self.fund.decide if refused else lambda key, _: self.fund.take_back(key)
        assert not self.act(lambda: end(one.key, Verdict.REFUSE))[1]
        account = self.books.accounts[one.account]
        del account.spends[one.key]
        account.cover()
        one.state = "dropped"
        self.compare()

    @precondition(lambda self: any(self.books.accounts[one.key].balance for one in self.open_accounts(sealed=True)))
    @rule(pick=PICK)
    def retire(self, pick: int) -> None:
        """Closing: all of it with interest to the day before, at once; refused while anything is open."""
        saving = [one for one in self.open_accounts(sealed=True) if self.books.accounts[one.key].balance]
        member = self.some(saving, pick)
        application = self.fund.retirement(member.key)
        key, code = self.act(lambda: self.fund.submit(application))
        assert bool(code) == (not self.story.may_close(member.key)), code
        if key:
            amount = self.books.accounts[member.key].balance
            payout = self.books.close(member.key)
            self.story.withdrawals[key] = Withdrawal(key, member.key, amount, "approved", "ordered", payout=payout)
        self.compare()

    @precondition(lambda self: self.withdrawals("approved"))
    @rule(pick=PICK)
    def undo(self, pick: int) -> None:
        """Undone by two persons before a bank has it."""
        one = self.some(self.withdrawals("approved"), pick)
        _, code = self.act(lambda: self.fund.undo(one.key))
        assert bool(code) == (one.bank != "ordered" or not self.story.may_come_back(one)), code
        if not code:
            self.story.take_back(one)
            assert refusal_of(lambda: self.fund.undo(one.key))[1], "undone twice"
        self.compare()

    @rule()
    def settle_payouts(self) -> None:
        self.act(self.fund.settle_payouts, whole=False)
        self.story.settle_payouts()
        self.compare()

    # The bank

    @precondition(lambda self: any(one.bank == "ordered" for one in self.withdrawals("approved")))
    @rule(limit=st.integers(1, 3))
    def claim(self, limit: int) -> None:
        """The oldest first, each handed out once."""
        ordered = sorted(one.key for one in self.withdrawals("approved") if one.bank == "ordered")
        found, code = self.act(lambda: self.fund.claim(limit))
        assert (sorted(map(int, found)), code) == (ordered[:limit], "")
        for key in ordered[:limit]:
            self.story.withdrawals[key].bank = "sent"
        self.compare()

    @precondition(lambda self: any(one.payout for one in self.story.withdrawals.values()))
    @rule(pick=PICK, word=WORDS, twice=st.booleans())
    def bank_says(self, pick: int, word: str, twice: bool) -> None:
        one = self.some([one for one in self.story.withdrawals.values() if one.payout], pick)
        for _ in range(1 + twice):
            assert not self.act(lambda: self.fund.say(one.key, OUTCOMES[word], wrong_by=int(word == "wrong")))[1]
        self.story.bank_says(one, word)
        self.compare()

    # The night

    @rule(nights=st.integers(1, 4), again=st.booleans())
    def nights(self, nights: int, again: bool) -> None:
        for _ in range(nights):
            day = self.books.on
            assert not self.act(lambda day=day: self.fund.run_night(day), whole=False)[1]
            self.story.identify_all()
            self.story.allocate_covered()
            self.books.end_day()
            if again:
                self.fund.run_night(day)
            assert self.fund.on == self.books.on
            self.compare()

    @rule(statement=st.integers(1, 40))
    def crash(self, statement: int) -> None:
        """The next act ends before its n-th statement, where it has so many."""
        self.crashes_at = statement


def same(what: str, found: object, wanted: object) -> None:
    """The books against the model."""
    assert found == wanted, f"{what}: the books say {found}, the model {wanted}"


def _part(amount: int, part: str) -> int:
    return {"all": amount, "half": (amount + 1) // 2, "a fen": 1, "too much": amount + 1}[part]


def percent(rate: int) -> str:
    return f"{rate // 100}.{rate % 100:02d}"


RATES = (percent(model.CARRIED_RATE), percent(model.CURRENT_RATE))
