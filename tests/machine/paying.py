"""The fund's money out, as its doors drive it: withdrawals, refunds, payments, and what banks say of them."""

import itertools
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from accounts.models import Employer
from approvals.states import Verdict
from banking import queries as banks
from banking.actions import payments, results, rulings
from banking.actions.results import Report
from banking.actions.rulings import Evidence
from banking.models import Bank, Payment, Receipt, Ruling
from banking.states import ResultOutcome
from deposits import queries as deposits
from deposits.actions import refunds
from deposits.models import Refund
from deposits.queries.refunds import KIND as REFUND
from hpf.months import Month
from tests.banking import owing
from tests.machine.fund import Fund, fen, signed, yuan
from tests.machine.model import CENTRE
from tests.machine.outgoing import DEAR, HOUSES, REPAID, Wish
from tests.withdrawals import factories as wishes
from withdrawals import queries
from withdrawals.actions import applications, payouts, undoing
from withdrawals.models import Undoing, Withdrawal
from withdrawals.rules import Particulars, Purchase, Rent, Repayment, Retirement
from withdrawals.states import InquiryKind, InquiryOutcome

RETIRED_ON = date(2026, 5, 31)
SIGNED_ON = date(2026, 3, 1)
KINDS = {"withdrawal": queries.KIND, "refund": REFUND}
OUTCOMES = {
    "succeeded": ResultOutcome.SUCCEEDED,
    "failed": ResultOutcome.FAILED,
    "returned": ResultOutcome.RETURNED,
    "accepted": ResultOutcome.ACCEPTED,
    "not received": ResultOutcome.NOT_RECEIVED,
}
_serials = itertools.count(1)


def particulars_of(wish: Wish) -> Particulars:
    """What a member declares for a wish 申报内容."""
    if wish.category == "rent":
        return Rent(Month.parse(wish.months[0]), Month.parse(wish.months[-1]))
    if wish.category == "loan":
        return Repayment(f"DK-{wish.subject}", {Month.parse(month): yuan(fen) for month, fen in REPAID.items()})
    if wish.category == "purchase":
        return Purchase(f"NJ-{wish.subject}", SIGNED_ON, Decimal(yuan(HOUSES.get(wish.subject, DEAR))))
    return Retirement(RETIRED_ON)


class PayingFund(Fund):
    """The fund with what leaves it."""

    # Withdrawals

    def application(self, account: int, wish: Wish, amount: int | None, *, by_people: bool) -> Any:
        """A form filled in, after shared data were asked what they are asked for it."""
        row, on = self.account(account), self.on
        if wish.category == "rent":
            wishes.answered(row, InquiryKind.PROPERTY, InquiryOutcome.NONE, on=on)
        if wish.category == "retirement":
            answer = RETIRED_ON.isoformat()
            wishes.answered(row, InquiryKind.RETIREMENT, InquiryOutcome.FOUND, answer, on=on)
        asked = None if amount is None else str(yuan(amount))
        return wishes.application(wishes.wish(row, particulars_of(wish), asked), by_people=by_people)

    def submit(self, application: Any) -> int:
        return applications.submit(application, by=self.night, on=self.on).pk

    def decide(self, withdrawal: int, verdict: Verdict) -> str:
        row = wishes.fresh(Withdrawal.objects.get(pk=withdrawal))
        said = wishes.decision(row, verdict, "" if verdict == Verdict.GRANT else "材料不符", on=self.on)
        return applications.decide(row, said, by=self.managers[row.branch.code], on=self.on)

    def take_back(self, withdrawal: int) -> None:
        applications.take_back(Withdrawal.objects.get(pk=withdrawal), by=self.night, on=self.on)

    def propose_undoing(self, withdrawal: int, why: str = "误办") -> int:
        row = wishes.fresh(Withdrawal.objects.get(pk=withdrawal))
        return undoing.propose(row, why, by=self.clerks[row.branch.code], on=self.on).pk

    def sign_undoing(self, made: int, *, by_maker: bool = False) -> None:
        row = Undoing.objects.select_related("case", "withdrawal").get(pk=made)
        row.withdrawal = wishes.fresh(row.withdrawal)
        office = row.withdrawal.branch.code
        by = self.clerks[office] if by_maker else self.managers[office]
        undoing.decide(row, signed(queries.facts_of_undoing(row)), by=by, on=self.on)

    def drop_undoing(self, made: int) -> None:
        row = Undoing.objects.select_related("case", "withdrawal__branch").get(pk=made)
        undoing.withdraw(row, by=self.clerks[row.withdrawal.branch.code], on=self.on)

    def settle_payouts(self) -> dict[str, int]:
        return payouts.settle(by=self.night, on=self.on)

    # Refunds

    def refundable(self, receipt: int, employer: int | None) -> int:
        of = None if employer is None else Employer.objects.get(pk=employer)
        return fen(deposits.refundable(Receipt.objects.get(pk=receipt), of))

    def propose_refund(self, receipt: int, employer: int | None, amount: int) -> int:
        of = None if employer is None else Employer.objects.get(pk=employer)
        row = Receipt.objects.get(pk=receipt)
        wanted = refunds.Wanted(row, of, yuan(amount), deposits.refundable(row, of), "付款人来函：重复汇款")
        return refunds.propose(wanted, by=self.clerks["01"], on=self.on).pk

    def sign_refund(self, refund: int, signatures: int, verdict: Verdict) -> None:
        """The next signature: finance, then the head of the centre."""
        row = Refund.objects.select_related("case").get(pk=refund)
        by = (self.finance, self.managers[CENTRE])[signatures]
        refunds.decide(row, signed(deposits.facts_of_refund(row), verdict), by=by, on=self.on)

    def take_back_refund(self, refund: int) -> None:
        refunds.take_back(Refund.objects.get(pk=refund), by=self.clerks["01"], on=self.on)

    def settle_refunds(self) -> dict[str, int]:
        return refunds.settle(by=self.night, on=self.on)

    # The bank

    def claim(self, limit: int) -> list[tuple[str, int, int, str]]:
        """What banks are handed: for what, how much, and to which account."""
        at = datetime.combine(self.on, datetime.min.time(), UTC)
        names = {kind: name for name, kind in KINDS.items()}
        return [
            (names[payment.kind], int(payment.source), fen(payment.amount), payment.payee_account)
            for bank in Bank.objects.order_by("pk")
            for payment in payments.claim(bank, limit, at=at, by=self.night, on=self.on)
        ]

    def are_late(self) -> int:
        """The time to answer is over for all that banks were handed."""
        return payments.overdue_all(at=owing.AT + timedelta(days=999), by=self.night, on=self.on)

    def payment(self, kind: str, source: int) -> Payment:
        return Payment.objects.select_related("account__bank", "branch").get(kind=KINDS[kind], source=str(source))

    def sign_payment(self, kind: str, source: int, verdict: Verdict) -> None:
        payment = Payment.objects.select_related("account__bank", "branch", "case").get(
            pk=self.payment(kind, source).pk
        )
        payments.decide(payment, signed(banks.facts_of(payment), verdict), by=self.finance, on=self.on)

    def say(self, kind: str, source: int, word: str) -> str:
        """What the bank says of a payment; `wrong`: that it paid a fen more."""
        payment, outcome = self.payment(kind, source), OUTCOMES.get(word, ResultOutcome.SUCCEEDED)
        changes: dict[str, Any] = {}
        if outcome in (ResultOutcome.SUCCEEDED, ResultOutcome.RETURNED):
            changes = {"paid_on": self.on, "amount": payment.amount + yuan(word == "wrong")}
        said = owing.said(outcome, payment, **changes)
        told = Report(payment.reference, said, at=owing.AT, calendar=self.on)
        return results.report(payment.account.bank, told, by=self.night, on=self.on).status

    def propose_ruling(self, kind: str, source: int, word: str) -> int:
        found = Evidence(OUTCOMES[word], self.on, f"DZ{next(_serials)}", "对账单核对")
        return rulings.propose(self.payment(kind, source), found, by=self.finance, on=self.on).pk

    def sign_ruling(self, made: int) -> None:
        row = Ruling.objects.select_related("case", "payment__account__bank", "payment__branch").get(pk=made)
        said, by = signed(banks.facts_of_ruling(row)), self.managers[CENTRE]
        rulings.decide(row, said, at=owing.AT, today=self.on, by=by, on=self.on)
