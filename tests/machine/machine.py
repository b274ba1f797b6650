"""The stateful machine over members' money: acts in any order, each followed by a comparison with plain integers."""

from collections.abc import Callable
from copy import deepcopy
from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import precondition

from approvals.states import Verdict
from tests.machine.comparing import PICK, same, writing
from tests.machine.fund import FIRST_DAY, OFFICES, RATES
from tests.machine.model import Books, Rate
from tests.machine.paying import PayingFund
from tests.machine.story import Story
from tests.machine.withdrawing import Withdrawing

WORDS = st.sampled_from(["succeeded", "failed", "returned", "accepted", "not received", "wrong"])
RULINGS = st.sampled_from(["succeeded", "failed", "not received"])

# High and far apart, so that a day or a part of the balance mistaken shows in fen.
TWO_RATES, ONE_RATE = (720, 360), (720, 720)


class MemberMoney(Withdrawing):
    """One fund, its members and its bank."""

    # The bank

    @precondition(lambda self: self.payments("created"))
    @writing(pick=PICK, granted=st.booleans())
    def sign_payment(self, pick: int, granted: bool = True) -> None:
        """Finance signs what there was no money for, when there is; sent back, it is not paid."""
        one = self.some(self.payments("created"), pick)
        verdict = Verdict.GRANT if granted else Verdict.RETURN
        _, code = self.act(lambda: self.fund.sign_payment(one.kind, one.source, verdict))
        assert bool(code) == (granted and not self.story.covers(one)), code
        if not code:
            one.state = "ordered" if granted else "cancelled"

    @precondition(lambda self: self.payments("ordered"))
    @writing(limit=st.integers(1, 3))
    def claim(self, limit: int) -> None:
        """The oldest first, each handed out once, unless the bank says that it never received it."""
        found, code = self.act(lambda: self.fund.claim(limit))
        wanted = [(one.kind, one.source, one.amount, one.payee) for one in self.story.claim(limit)]
        same("what banks are handed", (found, code), (wanted, ""))

    @precondition(lambda self: self.story.payments)
    @writing(pick=PICK, word=WORDS, twice=st.booleans(), asked=st.booleans())
    def bank_says(self, pick: int, word: str, twice: bool = False, asked: bool = False) -> None:
        """Of any payment, or of one that it was handed and has not answered for yet."""
        waiting = self.payments("sent", "accepted", "unknown") if asked else []
        one = self.some(waiting or self.story.payments, pick)
        for _ in range(1 + twice):
            assert not self.act(lambda: self.fund.say(one.kind, one.source, word))[1]
        if word != "wrong":
            self.story.paid(one, one.hear(word))

    @precondition(lambda self: self.payments("sent", "accepted"))
    @writing()
    def banks_are_late(self) -> None:
        """What was not answered in time is unknown, and is not sent again of itself."""
        late = self.payments("sent", "accepted")
        assert self.act(self.fund.are_late) == (len(late), "")
        for one in late:
            one.late()

    @precondition(lambda self: self.payments("sent", "unknown"))
    @writing(pick=PICK, word=RULINGS)
    def rule_by_statement(self, pick: int, word: str) -> None:
        """Two persons read it off the bank's statement, where the bank itself has not answered."""
        one = self.some(self.payments("sent", "unknown"), pick)
        made, code = self.act(lambda: self.fund.propose_ruling(one.kind, one.source, word))
        assert bool(code) == (one.state != "unknown"), code
        if made:
            assert self.act(lambda: self.fund.sign_ruling(made)) == (None, "")
            self.story.paid(one, one.follow(word))

    # Days

    @writing(nights=st.sampled_from([1, 1, 1, 2, 3]), again=st.booleans())
    def nights(self, nights: int, again: bool = False) -> None:
        for _ in range(nights):
            day = self.books.on
            done = self.act(lambda day=day: self.fund.run_night(day), whole=False)
            same(f"the night of {day}", done, (None, ""))
            self.story.identify_all()
            self.story.allocate_covered()
            self.story.settle_payouts()
            self.story.settle_refunds()
            self.books.end_day()
            if again:
                self.fund.run_night(day)
            assert self.fund.on == self.books.on
            self.compare()

    @precondition(lambda self: self.books.rate[0] == self.books.rate[1])
    @writing(rate=st.sampled_from([360, 555]), days=st.integers(1, 3))
    def rate_changes(self, rate: int, days: int) -> None:
        """The central bank changes the rate in the middle of a year, for all money alike."""
        since = self.books.on + timedelta(days=days)
        if since <= max(self.books.rates) or self.books.rates[max(self.books.rates)] == (rate, rate):
            return
        for name in RATES:
            change, _ = self.act(lambda name=name: self.fund.propose_rate(name, rate, since))
            assert self.act(lambda change=change: self.fund.sign_rate(change)) == (None, "")
        self.books.rates[since] = (rate, rate)


def the_year_ends(fund: PayingFund, rate: Rate = TWO_RATES) -> Story:
    """29 June: members have saved and withdrawn; of the payments one failed, one came back, one is with its bank."""
    MemberMoney.fund, MemberMoney.begun = fund, Story(Books(FIRST_DAY, OFFICES, rate))
    it = MemberMoney()
    for office in ("01", *OFFICES):
        it.open_employer(office)
    for place, base in ((0, 654300), (1, 1234567), (2, 500005), (0, 2100000)):
        it.open_member(place, base)
    for place in range(3):
        it.hand_in(place)
        it.money_arrives(place, "nameless" if place == 2 else "exact")
    it.identify_all()
    it.allocate_covered()
    it.nights(1)
    for place in (0, 3, 1):
        it.apply(place, "half")
        it.grant(0)
    it.nights(1)
    it.claim(3)
    it.apply(0, "half")
    it.grant(0)
    it.bank_says(1, "failed")
    it.bank_says(2, "succeeded")
    it.bank_says(2, "returned")
    it.seal(1)
    return it.story


def one_rate_holds(fund: PayingFund) -> Story:
    """The same where all money earns alike, so that the rate may change in the middle of the year."""
    return the_year_ends(fund, ONE_RATE)


def the_year_has_begun(fund: PayingFund) -> Story:
    """1 July: the year was settled with payments on their way, and new money came to what was carried forward."""
    MemberMoney.begun = the_year_ends(fund)
    it = MemberMoney()
    it.nights(2)
    for place in (0, 1):
        it.hand_in(place)
        it.money_arrives(place - 1, "exact")
    it.identify_all()
    it.allocate_covered()
    it.apply(2, "all")
    it.grant(0)
    return it.story


STARTS: dict[str, tuple[Callable[[PayingFund], Story], Rate]] = {
    "the year ends": (the_year_ends, TWO_RATES),
    "the year has begun": (the_year_has_begun, TWO_RATES),
    "one rate holds": (one_rate_holds, ONE_RATE),
}


def begin(start: str) -> type[MemberMoney]:
    """The machine at one of its starts: every story begins with a copy of it, and is taken back to it."""
    build, rate = STARTS[start]
    MemberMoney.fund = PayingFund(rate)
    MemberMoney.begun = deepcopy(build(MemberMoney.fund))
    return MemberMoney
