"""Two years of a fund 示例业务: employers hand in lists, money comes in, the nights close the days.

Most employers pay on time and in full; some pay short first, some too much, some without a reference, and a few fall
into arrears. People join and leave, and some save on at another employer. Members withdraw, and banks pay them. The
last month of the first employer is left to whoever signs in as its handler.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from access.models import Branch, User
from access.queries import night_user
from accounts.actions import employers, members
from banking.actions import banks, receipts
from banking.models import Bank, BankAccount
from deposits import queries
from deposits.actions import batches, remittances
from deposits.models import Remittance
from hpf import dayend
from hpf.management.demo.desks import CENTRE, Desks
from hpf.management.demo.payers import HABITS, IN_ARREARS, MONTHS_OF_ARREARS, Payer, Till
from hpf.management.demo.people import People
from hpf.management.demo.scenes import Scenes
from hpf.management.demo.tellers import Tellers
from hpf.management.demo.turnover import Turnover
from hpf.management.demo.withdrawing import MONTHS_OF_RENT, Withdrawing
from hpf.months import Month
from ledger.actions import days
from policy.queries import DepositTerms, deposit_terms_on

SMALLEST = 4
SCENES_ALONE, PAID_TWICE_BEFORE, NAMELESS_BEFORE = 10, 8, (6, 5)  # days before the last one


@dataclass(frozen=True)
class Size:
    """How much is made 示例规模."""

    employers: int
    members: int
    months: int
    seed: int
    until: date

    @property
    def first_month(self) -> Month:
        return Month.of(self.until).plus(1 - self.months)

    @property
    def last_month(self) -> Month:
        return Month.of(self.until)


@dataclass
class Story:
    """What has happened so far 示例进程."""

    size: Size
    by: User = field(default_factory=night_user)
    people: People = field(init=False)
    chance: Random = field(init=False)
    turnover: Turnover = field(init=False)
    till: Till = field(init=False)
    branches: list[Branch] = field(default_factory=list)
    banks: list[Bank] = field(default_factory=list)
    terms: DepositTerms = field(init=False)
    payers: list[Payer] = field(default_factory=list)
    keys: dict[str, dict[str, str]] = field(default_factory=dict)
    lists: int = 0
    desks: Desks = field(init=False)
    going_out: list[Withdrawing | Tellers | Scenes] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.people = People(self.size.seed)
        self.chance = Random(self.size.seed + 1)
        changing = list(self.size.first_month.next().until(self.size.last_month))
        self.turnover = Turnover(self.people, self.chance, self.by, changing)
        self.till = Till(self.people, self.chance, self.size.last_month, {})
        self.desks = Desks(self.by)

    def begin(self, opened: Callable[[int], object] = lambda employers: None) -> None:
        """The first day: the banks are connected, the employers and their people opened; `opened` is told how many."""
        first_day = self.size.first_month.first_day
        days.open_first(first_day)
        self.banks = list(Bank.objects.order_by("code"))
        self.branches = list(Branch.objects.exclude(code=CENTRE).order_by("code"))
        self.terms = deposit_terms_on(first_day)
        for bank in self.banks:
            key_id, secret = banks.connect(bank, by=self.by, on=first_day)
            account = BankAccount.objects.filter(bank=bank).order_by("pk")[0]
            self.keys[bank.code] = {"key_id": key_id, "secret": secret, "account": account.number}
            self.till.accounts[bank.code] = account.number
        for place, headcount in enumerate(self._headcounts()):
            self.payers.append(self._open(place, headcount, on=first_day))
            opened(len(self.payers))
        self.desks.open(on=first_day)
        if self.size.months >= MONTHS_OF_RENT:  # before, nobody has saved for long enough
            self._begin_to_pay_out()

    def tell(self) -> Iterator[date]:
        """Every day up to the last: lists, money, the night. Answers each day when it is closed."""
        day = self.size.first_month.first_day
        while day <= self.size.until:
            self._submit(day)
            for bank, notices in self.till.reported(day):
                receipts.book(bank, notices, by=self.by, on=day)
            for work in self.going_out:
                work.work(day)
            for _ in dayend.run(day):
                pass
            yield day
            day += timedelta(days=1)

    def _begin_to_pay_out(self) -> None:
        """Withdrawals run daily from when members may, up to the last weeks, which have scenes of their own."""
        tellers, first = Tellers(self.by, self.desks), self.size.first_month.first_day
        months = list(self.size.first_month.plus(MONTHS_OF_RENT - 1).until(self.size.last_month.next()))
        daily_until = self.size.until - timedelta(days=SCENES_ALONE)
        chance = Random(self.size.seed + 2)
        withdrawing = Withdrawing(chance, self.desks, tellers, self.payers, self.size.members, months, daily_until)
        self.going_out = [withdrawing, tellers, Scenes(self.desks, tellers, withdrawing, first, self.size.until)]
        self._let_one_pay_twice(self.size.until - timedelta(days=PAID_TWICE_BEFORE))
        for ago in NAMELESS_BEFORE:
            self.till.expect_nameless(self.banks[0], self.size.until - timedelta(days=ago))

    def _let_one_pay_twice(self, last: date) -> None:
        """Of those that pay exactly, whoever pays last before a day."""
        exact = [
            payer for payer in self.payers[1:] if payer.habit == "exact" and payer.last_month == self.size.last_month
        ]
        ways = [
            (date(month.year, month.month, payer.employer.pay_day), -place, month)
            for place, payer in enumerate(exact)
            for month in (Month.of(last).plus(-1), Month.of(last))
        ]
        _day, place, month = max((way for way in ways if way[0] <= last), default=(last, 0, None))
        if month:
            exact[-place].twice_in = month

    def _headcounts(self) -> list[int]:
        """Many small employers and a few large ones; together all the members."""
        weights = [Decimal(str(round(self.chance.lognormvariate(0, 0.9), 6))) for _ in range(self.size.employers)]
        spare = self.size.members - SMALLEST * self.size.employers
        counts = [SMALLEST + int(spare * weight / sum(weights)) for weight in weights]
        counts[0] += self.size.members - sum(counts)
        return counts

    def _open(self, place: int, headcount: int, *, on: date) -> Payer:
        branch, bank = self.branches[place % len(self.branches)], self.banks[place % len(self.banks)]
        employer = employers.open(self.people.employer(place, branch), by=self.by, on=on)
        account = self.people.bank_account()
        employers.add_paying_account(employer, account, bank.name, by=self.by, on=on)
        owing = min(self.chance.choice(MONTHS_OF_ARREARS), self.size.months - 1) if place % IN_ARREARS == 5 else 0
        # The first employer leaves its last month to whoever signs in as its handler.
        last_month = self.size.last_month.plus(-1 if place == 0 else -owing)
        joining, leaving = self.turnover.plan(headcount, last_month)
        at_first = headcount - sum(joining.values())
        listed = [self.people.member(self.size.first_month, self.terms.floor, self.terms.cap) for _ in range(at_first)]
        members.open_many(employer, listed, by=self.by, on=on)
        habit = "exact" if place == 0 else self.chance.choices(list(HABITS), list(HABITS.values()))[0]
        return Payer(employer, account, bank, habit, last_month, joining, leaving)

    def _submit(self, day: date) -> None:
        """The lists of a day: each employer hands in on its pay day, after those who come and go."""
        month = Month.of(day)
        handing_in = {
            payer.employer.pk: payer
            for payer in self.payers
            if payer.employer.pay_day == day.day and month <= payer.last_month
        }
        if not handing_in:
            return
        for payer in handing_in.values():
            self.turnover.change(payer, month, on=day)
        together = batches.submit(handing_in, month, by=self.by, on=day)
        left_out = handing_in.keys() - {remittance.employer_id for remittance in together}
        alone = [self._submit_alone(handing_in[pk], month, day) for pk in sorted(left_out)]
        for remittance in [*together, *alone]:
            self.till.expect(handing_in[remittance.employer_id], remittance, day)
        self.lists += len(handing_in)

    def _submit_alone(self, payer: Payer, month: Month, day: date) -> Remittance:
        lines = queries.proposed_lines(payer.employer, month)
        return remittances.submit(payer.employer, month, lines, by=self.by, on=day)
