"""What becomes of the money that goes out 示例付款: finance signs the large ones, the banks fetch, pay and answer."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal

from django.db.models import QuerySet
from django.utils import timezone

from access.models import User
from banking import queries
from banking.actions import payments, results
from banking.actions.results import Report
from banking.models import Bank, Payment
from banking.rules import Said
from banking.states import PaymentStatus, ResultOutcome
from hpf.management.demo.desks import Desks, granting

MORNING, AFTERNOON = time(9, 30), time(16, 0)
FAILURE = ("AC04", "收款账户已销户")
PLAIN = (ResultOutcome.SUCCEEDED,)


@dataclass
class Tellers:
    """The banks of the story. `answers` is what a bank will say of a payment, other than that it was made."""

    by: User
    desks: Desks
    answers: dict[int, Sequence[ResultOutcome]] = field(default_factory=dict)
    expected: int = 0

    def expect(self, *answers: ResultOutcome, payment: int | None) -> None:
        """A payment was ordered; it is made unless `answers` say otherwise."""
        assert payment is not None
        self.expected += 1
        if answers:
            self.answers[payment] = answers

    def work(self, day: date) -> None:
        """What was ordered up to now is signed, fetched and answered."""
        if not self.expected:
            return
        for payment in Payment.objects.filter(status=PaymentStatus.CREATED).order_by("pk"):
            self._sign(payment.pk, on=day)
        for bank in self._asked():
            for payment in payments.claim(bank, payments.MOST_CLAIMED, at=at(day, MORNING), by=self.by, on=day):
                for outcome in self.answers.pop(payment.pk, PLAIN):
                    self.tell(payment, outcome, on=day)
        self.expected = 0

    def fetch(self, payment: Payment, *, on: date, when: time) -> None:
        """Its bank fetches one payment, and has not answered yet."""
        payments.claim(payment.account.bank, 1, at=at(on, when), by=self.by, on=on)

    def ask(self, *, on: date) -> None:
        """The banks are asked what became of payments they have not answered in time."""
        payments.overdue_all(at=at(on, MORNING), by=self.by, on=on)

    def tell(self, payment: Payment, outcome: ResultOutcome, *, on: date, amount: Decimal | None = None) -> None:
        """Its bank says something of a payment; `amount` is another one than that of the payment."""
        serial = f"{on:%Y%m%d}{payment.reference}{outcome[0].upper()}"
        if outcome == ResultOutcome.FAILED:
            code, text = FAILURE
            said = Said(outcome, None, serial, code=code, text=text)
        else:
            said = Said(outcome, None, serial, payment.account.number, amount or payment.amount, on)
        report = Report(payment.reference, said, at=at(on, AFTERNOON), calendar=on)
        results.report(payment.account.bank, report, by=self.by, on=on)

    def _asked(self) -> QuerySet[Bank]:
        to_pay = Payment.objects.filter(status=PaymentStatus.APPROVED).order_by().values("account__bank")
        return Bank.objects.filter(pk__in=to_pay).order_by("code")

    def _sign(self, pk: int, *, on: date) -> None:
        """Finance first, the manager where it takes two."""
        for name in ("finance", "manager"):
            payment = Payment.objects.select_related("account__bank", "branch", "case").get(pk=pk)
            if payment.status == PaymentStatus.CREATED:
                payments.decide(payment, granting(queries.facts_of(payment)), by=self.desks.people[name], on=on)


def at(day: date, when: time) -> datetime:
    """A moment of a day, by the centre's clock."""
    return datetime.combine(day, when, tzinfo=timezone.get_current_timezone())
