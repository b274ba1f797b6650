"""A fund on the day its interest is settled, and what people and banks do there; amounts are fen."""

import itertools
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from access.models import User
from access.queries import night_user
from access.states import Post
from accounts.actions import freezing, members, sealing, transfers
from accounts.actions.members import Paying
from accounts.models import Employer, Freeze, MemberAccount
from accounts.queries import freezes as frozen
from accounts.states import FreezeAct, FreezeGround, SealReason
from approvals.actions.signatures import Decision
from approvals.rules import digest_of
from approvals.states import Verdict
from banking.actions import results
from banking.actions.results import Report
from banking.models import Payment
from banking.states import ResultOutcome
from hpf import dayend
from hpf.months import Month
from ledger.queries import open_day
from tests.access.factories import person
from tests.accounts import factories as people
from tests.banking import owing
from tests.banking.factories import open_first_day
from tests.deposits.factories import paid
from tests.withdrawals import factories as wishes
from withdrawals import queries
from withdrawals.actions import applications, payouts
from withdrawals.models import Withdrawal
from withdrawals.rules import Purchase

FIRST_DAY, SETTLING = date(2026, 6, 26), date(2026, 6, 30)
FIRST_MONTH, MONTHS = Month(2026, 4), 3
RATIO = Decimal(8)
BASE = 208_350  # eight and eight percent of it in each of three months make some 1,000.00
BALANCE = 2 * MONTHS * BASE * 8 // 100
COURT = "内江市市中区人民法院"
_serials = itertools.count(1)


def yuan(fen: int) -> Decimal:
    return Decimal(fen) / 100


def fen(amount: Decimal) -> int:
    return int(amount * 100)


def signed(facts: dict[str, str]) -> Decision:
    return Decision(Verdict.GRANT, digest_of(facts))


@dataclass
class Day:
    """Who works on the settling day: clerks and managers of two offices."""

    clerks: dict[str, User]
    managers: dict[str, User]
    night: User

    @classmethod
    def begun(cls) -> "Day":
        open_first_day(FIRST_DAY)
        offices = ("01", "02")
        clerks, managers = (
            {code: person(post, branch_id=people.branch(code).pk) for code in offices}
            for post in (Post.CLERK, Post.MANAGER)
        )
        return cls(clerks, managers, night_user())

    @property
    def on(self) -> date:
        return open_day()

    def savers(self, count: int) -> list[int]:
        """Sealed accounts of one employer with BALANCE each, on the morning of the settling day."""
        employer = people.employer(at="01", on=FIRST_DAY, employer_ratio=RATIO, member_ratio=RATIO)
        new = [people.new_member(base=yuan(BASE), first_month=FIRST_MONTH) for _ in range(count)]
        keys = [one.pk for one in members.open_many(employer, new, by=self.night, on=FIRST_DAY)]
        for place in range(MONTHS):
            paid(employer, FIRST_MONTH.plus(place), on=FIRST_DAY)
        leaving = dict.fromkeys(keys, SealReason.ENDED)
        sealing.seal(employer, leaving, month=FIRST_MONTH.plus(MONTHS), by=self.night, on=FIRST_DAY)
        while self.on < SETTLING:
            self.run_night(self.on)
        return keys

    def account(self, key: int) -> MemberAccount:
        return MemberAccount.objects.select_related("employer__branch", "member").get(pk=key)

    def submit(self, account: int, amount: int) -> int:
        house = Purchase(f"NJ-{next(_serials)}", date(2026, 3, 1), Decimal("99999999.00"))
        wish = wishes.wish(self.account(account), house, str(yuan(amount)))
        return applications.submit(wishes.application(wish), by=self.night, on=self.on).pk

    def grant(self, withdrawal: int) -> None:
        row = wishes.fresh(Withdrawal.objects.get(pk=withdrawal))
        said = wishes.decision(row, on=self.on)
        applications.decide(row, said, by=self.managers[row.branch.code], on=self.on)

    def take_back(self, withdrawal: int) -> None:
        applications.take_back(Withdrawal.objects.get(pk=withdrawal), by=self.night, on=self.on)

    def say(self, withdrawal: int, outcome: ResultOutcome) -> str:
        """Have its bank fetch all it is to pay and say this of one; answers what became of that."""
        on = self.on
        rows = Payment.objects.select_related("account__bank").filter(kind=queries.KIND)
        payment = rows.get(source=str(withdrawal))
        owing.claimed(payment.account.bank, on=on)
        changes: dict[str, Any] = {"paid_on": on} if outcome == ResultOutcome.SUCCEEDED else {}
        told = Report(payment.reference, owing.said(outcome, payment, **changes), at=owing.AT, calendar=on)
        results.report(payment.account.bank, told, by=self.night, on=on)
        return str(rows.get(pk=payment.pk).status)

    def settle_payouts(self) -> None:
        payouts.settle(by=self.night, on=self.on)

    @transaction.atomic
    def freeze(self, account: int, amount: int | None) -> int:
        row, on = self.account(account), self.on
        order = freezing.Order(
            ground=FreezeGround.COURT, authority=COURT, document=f"（2026）川执{next(_serials)}号", begins_on=on,
            amount=None if amount is None else yuan(amount), until=on + timedelta(days=300), reason="协助执行",
        )  # fmt: skip
        office = row.employer.branch.code
        made = freezing.propose(row, order, by=self.clerks[office], on=on)
        freezing.decide(made, signed(frozen.facts_of(made)), by=self.managers[made.case.branch.code], on=on)
        return made.pk

    @transaction.atomic
    def lift(self, freeze: int) -> None:
        row, on = Freeze.objects.select_related("member_account__employer__branch").get(pk=freeze), self.on
        paper = freezing.Paper(FreezeAct.LIFT, COURT, f"（2026）川执{next(_serials)}号", "已履行")
        office = row.member_account.employer.branch.code
        change = freezing.propose_change(row, paper, by=self.clerks[office], on=on)
        said = signed(frozen.facts_of_change(change))
        freezing.decide_change(change, said, by=self.managers[office], on=on)

    def transfer(self, account: int, employer: int) -> None:
        to = Employer.objects.select_related("branch").get(pk=employer)
        transfers.take_in(to, {account: Paying(yuan(BASE), RATIO, RATIO)}, by=self.night, on=self.on)

    def run_night(self, day: date) -> None:
        for _ in dayend.run(day):
            pass
