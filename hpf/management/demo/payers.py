"""Who pays, and how 示例缴款: each employer's bank account and habits, and what its bank will report."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from accounts.models import Employer
from banking.models import Bank
from banking.rules import Notice
from deposits.models import Remittance
from hpf.management.demo.people import People
from hpf.money import FEN, ZERO, rounded
from hpf.months import Month

HABITS = {"exact": 78, "account": 12, "short": 5, "over": 5}  # of a hundred employers
IN_ARREARS = 17  # one employer in so many stops paying before the end
MONTHS_OF_ARREARS = (1, 2, 3, 3, 6)
LATE = 0.03  # of the lists of the last month, whose money has not come yet
NAMELESS, NAMELESS_LATELY = 0.0005, 0.03  # for each list: most of what came long ago has found its owner
LATELY = 2  # months
NAMELESS_REMARK = "公积金"
A_DAY = timedelta(days=1)


@dataclass
class Payer:
    """An employer of the story: its bank account, its habits, the last month it pays, and who joins and leaves when.

    `twice_in` is a month its bank pays twice.
    """

    employer: Employer
    account: str
    bank: Bank
    habit: str
    last_month: Month
    joining: dict[Month, int]
    leaving: dict[Month, int]
    twice_in: Month | None = None


@dataclass
class Till:
    """The notices banks will send, by day 待报到账."""

    people: People
    chance: Random
    last_month: Month
    accounts: dict[str, str]
    due: dict[date, dict[Bank, list[Notice]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))
    serial: int = 0

    def expect(self, payer: Payer, remittance: Remittance, day: date) -> None:
        """The money of a list handed in on a day, as this employer pays it: whole, in two parts, too much, or late."""
        month = Month.parse(remittance.month)
        twice = month == payer.twice_in
        if month == self.last_month and self.chance.random() < LATE and not twice:
            return
        paid_on = day + timedelta(days=self.chance.randrange(0, 3))
        remark = "" if payer.habit == "account" else f"{month} 住房公积金 {remittance.reference}"
        parts = self._parts(payer.habit, remittance.total)
        for later, amount in [*parts, *[(later + A_DAY, amount) for later, amount in parts if twice]]:
            self._notice(payer.bank, paid_on + later, amount, (payer.employer.name, payer.account), remark)
        if self.chance.random() < (NAMELESS_LATELY if month.plus(LATELY) > self.last_month else NAMELESS):
            self.expect_nameless(payer.bank, paid_on)

    def expect_nameless(self, bank: Bank, day: date) -> None:
        """Money from somebody nobody knows: it waits in suspense for a clerk."""
        amount = (Decimal(self.chance.randrange(50_000, 900_000)) * FEN).quantize(FEN)
        self._notice(bank, day, amount, (self.people.name(), self.people.bank_account()), NAMELESS_REMARK)

    def reported(self, day: date) -> Iterator[tuple[Bank, list[Notice]]]:
        """What each bank reports on a day."""
        yield from self.due.pop(day, {}).items()

    def _parts(self, habit: str, total: Decimal) -> list[tuple[timedelta, Decimal]]:
        at_once = timedelta()
        if habit == "short" and self.chance.random() < 0.3:
            half = rounded(total / 2)
            return [(at_once, half), (timedelta(days=4), total - half)]
        more = Decimal(100) if habit == "over" and self.chance.random() < 0.3 else ZERO
        return [(at_once, total + more)]

    def _notice(self, bank: Bank, day: date, amount: Decimal, payer: tuple[str, str], remark: str) -> None:
        """A notice the bank will send; `payer` is name and account."""
        self.serial += 1
        self.due[day][bank].append(
            Notice(
                serial=f"{day:%Y%m%d}{self.serial:08d}",
                account=self.accounts[bank.code],
                amount=amount,
                paid_on=day,
                payer_name=payer[0],
                payer_account=payer[1],
                payer_bank=bank.name,
                remark=remark,
            )
        )
