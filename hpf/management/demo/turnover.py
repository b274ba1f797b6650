"""Who joins and who leaves 示例人员变动: new members, leavers who are sealed, and those who change employer."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from random import Random

from access.models import User
from accounts.actions import members, sealing, transfers
from accounts.actions.members import Paying
from accounts.models import Employer, MemberAccount
from accounts.states import MemberAccountStatus, SealReason
from hpf.management.demo.payers import Payer
from hpf.management.demo.people import People
from hpf.months import Month
from policy.queries import deposit_terms_on

CHANGING = 0.5  # of the employers; in the others nobody comes or goes
JOINING, LEAVING = Decimal("0.20"), Decimal("0.19")  # of the members of those, over the whole story
MOVING = 0.16  # of those who leave: they save on at another employer of the same office
REASONS = {SealReason.ENDED: 80, SealReason.RETIRED: 12, SealReason.UNPAID: 8}
HEADS_A_CHANGE = 150  # a larger employer has more than one month in which people come or go
KEPT = 3  # members at least


@dataclass
class Turnover:
    """The changes of a story: who waits to be taken in, by office."""

    people: People
    chance: Random
    by: User
    months: list[Month]
    waiting: dict[int, list[MemberAccount]] = field(default_factory=lambda: defaultdict(list))

    def plan(self, headcount: int, last_month: Month) -> tuple[dict[Month, int], dict[Month, int]]:
        """In which months how many of an employer's members join, and leave, as long as it pays."""
        months = [month for month in self.months if month <= last_month]
        if not months or self.chance.random() >= CHANGING:
            return {}, {}
        joining = min(self._about(headcount * JOINING), headcount - KEPT)
        leaving = min(self._about(headcount * LEAVING), headcount - joining - KEPT)
        times = 1 + headcount // HEADS_A_CHANGE
        return self._spread(joining, months, times), self._spread(leaving, months, times)

    def change(self, payer: Payer, month: Month, *, on: date) -> None:
        """What changes at an employer with a month, before its list is handed in."""
        if leaving := payer.leaving.get(month, 0):
            self._leave(payer.employer, leaving, month, on=on)
        if joining := payer.joining.get(month, 0):
            self._join(payer.employer, joining, month, on=on)
            self._take_in(payer.employer, joining, on=on)

    def _join(self, employer: Employer, count: int, month: Month, *, on: date) -> None:
        terms = deposit_terms_on(on)
        listed = [self.people.member(month, terms.floor, terms.cap) for _ in range(count)]
        members.open_many(employer, listed, by=self.by, on=on)

    def _leave(self, employer: Employer, count: int, month: Month, *, on: date) -> None:
        """They leave at the end of a month that was paid; who is not paid up stays."""
        employer.refresh_from_db(fields=["paid_to"])
        if employer.paid_to != str(month.plus(-1)):
            return
        saving = MemberAccount.objects.filter(employer=employer, status=MemberAccountStatus.NORMAL).order_by("number")
        # Whoever is listed first stays: at one employer that is the member one can sign in as.
        keys = self.chance.sample(list(saving.values_list("pk", flat=True)[1:]), count)
        leavers = {key: self.chance.choices(list(REASONS), list(REASONS.values()))[0] for key in keys}
        for account in sealing.seal(employer, leavers, month=month, by=self.by, on=on):
            if leavers[account.pk] != SealReason.RETIRED and self.chance.random() < MOVING:
                self.waiting[employer.branch_id].append(account)

    def _take_in(self, employer: Employer, count: int, *, on: date) -> None:
        waiting = self.waiting[employer.branch_id]
        taken = [account for account in waiting if account.employer_id != employer.pk][:count]
        terms = deposit_terms_on(on)
        joiners = {
            account.pk: Paying(
                min(max(account.base, terms.floor), terms.cap), employer.employer_ratio, employer.member_ratio
            )
            for account in taken
        }
        transfers.take_in(employer, joiners, by=self.by, on=on)
        self.waiting[employer.branch_id] = [account for account in waiting if account.pk not in joiners]

    def _about(self, wanted: Decimal) -> int:
        return int(wanted) + (self.chance.random() < wanted % 1)

    def _spread(self, count: int, months: list[Month], times: int) -> dict[Month, int]:
        chosen = self.chance.sample(months, min(len(months), times))
        spread: dict[Month, int] = defaultdict(int)
        for place in range(count):
            spread[chosen[place % len(chosen)]] += 1
        return spread
