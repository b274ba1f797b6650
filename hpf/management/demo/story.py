"""Two years of a fund 示例业务: employers hand in lists, money comes in, the nights close the days.

Most employers pay on time and in full; some pay short first, some too much, some without a reference, and a few fall
into arrears. The last month is left to whoever signs in as a handler.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from access.models import Branch, User
from access.queries import night_user
from accounts.actions import employers, members
from accounts.models import Employer
from banking.actions import banks, receipts
from banking.models import Bank, BankAccount
from banking.rules import Notice
from deposits import queries
from deposits.actions import remittances
from deposits.models import Remittance
from hpf import dayend
from hpf.management.demo.people import People
from hpf.money import FEN, rounded
from hpf.months import Month
from ledger.actions import days
from policy.queries import deposit_terms_on

CENTRE = "00"
SMALLEST = 4


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


@dataclass
class Payer:
    """An employer of the story: its bank account, its habits, and how many months it still pays."""

    employer: Employer
    account: str
    bank: Bank
    habit: str
    stops_after: Month | None = None


@dataclass
class Story:
    """What has happened so far 示例进程."""

    size: Size
    by: User = field(default_factory=night_user)
    people: People = field(init=False)
    chance: Random = field(init=False)
    payers: list[Payer] = field(default_factory=list)
    keys: dict[str, dict[str, str]] = field(default_factory=dict)
    due: dict[date, list[tuple[Bank, Notice]]] = field(default_factory=lambda: defaultdict(list))
    serial: int = 0

    def __post_init__(self) -> None:
        self.people = People(self.size.seed)
        self.chance = Random(self.size.seed + 1)

    def begin(self) -> None:
        """The first day: the banks are connected, the employers and their people opened."""
        first_day = self.size.first_month.first_day
        days.open_first(first_day)
        for bank in Bank.objects.order_by("code"):
            key_id, secret = banks.connect(bank, by=self.by, on=first_day)
            account = BankAccount.objects.filter(bank=bank).order_by("pk")[0]
            self.keys[bank.code] = {"key_id": key_id, "secret": secret, "account": account.number}
        for place, headcount in enumerate(self._headcounts()):
            self.payers.append(self._open(place, headcount, on=first_day))

    def tell(self) -> Iterator[tuple[date, Month]]:
        """Every day up to the last: lists, money, the night. Answers each day when it is closed."""
        day = self.size.first_month.first_day
        while day <= self.size.until:
            for payer in self._submitting(day):
                self._submit(payer, day)
            self._report(day)
            for _ in dayend.run(day):
                pass
            yield day, Month.of(day)
            day += timedelta(days=1)

    def _headcounts(self) -> list[int]:
        """Many small employers and a few large ones; together all the members."""
        weights = [Decimal(str(round(self.chance.lognormvariate(0, 0.9), 6))) for _ in range(self.size.employers)]
        spare = self.size.members - SMALLEST * self.size.employers
        counts = [SMALLEST + int(spare * weight / sum(weights)) for weight in weights]
        counts[0] += self.size.members - sum(counts)
        return counts

    def _open(self, place: int, headcount: int, *, on: date) -> Payer:
        branches = list(Branch.objects.exclude(code=CENTRE).order_by("code"))
        terms = deposit_terms_on(on)
        employer = employers.open(self.people.employer(place, branches[place % len(branches)]), by=self.by, on=on)
        account = self.people.bank_account()
        all_banks = list(Bank.objects.order_by("code"))
        bank = all_banks[place % len(all_banks)]
        employers.add_paying_account(employer, account, bank.name, by=self.by, on=on)
        listed = [
            self.people.member(place * 7919 + number, self.size.first_month, terms.floor, terms.cap)
            for number in range(headcount)
        ]
        members.open_many(employer, listed, by=self.by, on=on)
        habit = "exact" if place == 0 else self.chance.choices(("exact", "account", "short", "over"), (80, 12, 4, 4))[0]
        arrears = place % 17 == 5
        return Payer(employer, account, bank, habit, Month.of(self.size.until).plus(-3) if arrears else None)

    def _submitting(self, day: date) -> list[Payer]:
        """Who hands in its list today: each on its pay day, the first employer not for the last month."""
        month, last = Month.of(day), Month.of(self.size.until)
        return [
            payer
            for payer in self.payers
            if payer.employer.pay_day == day.day
            and (payer.stops_after is None or month <= payer.stops_after)
            and not (payer is self.payers[0] and month == last)
        ]

    def _submit(self, payer: Payer, day: date) -> None:
        employer, month = payer.employer, Month.of(day)
        lines = queries.proposed_lines(employer, month)
        remittance = remittances.submit(employer, month, lines, by=self.by, on=day)
        paid_on = day + timedelta(days=self.chance.randrange(0, 3))
        remark = "" if payer.habit == "account" else f"{month} 住房公积金 {remittance.reference}"
        if payer.habit == "short" and self.chance.random() < 0.3:
            half = rounded(remittance.total / 2)
            self._expect(payer, remittance, paid_on, half, remark)
            self._expect(payer, remittance, paid_on + timedelta(days=4), remittance.total - half, remark)
        else:
            more = Decimal(100) if payer.habit == "over" and self.chance.random() < 0.2 else Decimal(0)
            self._expect(payer, remittance, paid_on, remittance.total + more, remark)
        if self.chance.random() < 0.004:
            self._nameless(paid_on)

    def _expect(self, payer: Payer, remittance: Remittance, day: date, amount: Decimal, remark: str) -> None:
        self._notice(payer.bank, day, amount, (payer.employer.name, payer.account), remark)

    def _nameless(self, day: date) -> None:
        """Money from somebody nobody knows: it waits in suspense for a clerk."""
        bank = self.payers[self.chance.randrange(len(self.payers))].bank
        amount = (Decimal(self.chance.randrange(50_000, 900_000)) * FEN).quantize(FEN)
        self._notice(bank, day, amount, (self.people.name(), self.people.bank_account()), "公积金")

    def _notice(self, bank: Bank, day: date, amount: Decimal, payer: tuple[str, str], remark: str) -> None:
        """A notice the bank will send; `payer` is name and account."""
        self.serial += 1
        notice = Notice(
            serial=f"{day:%Y%m%d}{self.serial:08d}",
            account=self.keys[bank.code]["account"],
            amount=amount,
            paid_on=day,
            payer_name=payer[0],
            payer_account=payer[1],
            payer_bank=bank.name,
            remark=remark,
        )
        self.due[day].append((bank, notice))

    def _report(self, day: date) -> None:
        by_bank: dict[Bank, list[Notice]] = defaultdict(list)
        for bank, notice in self.due.pop(day, []):
            by_bank[bank].append(notice)
        for bank, notices in by_bank.items():
            receipts.book(bank, notices, by=self.by, on=day)
