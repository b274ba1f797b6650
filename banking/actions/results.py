"""What banks say of payments 付款回报: kept as facts, and the payment's status follows from all of them.

A success posts Dr 21903 待付款项, Cr the bank account; a return posts it back. What contradicts the payment posts
nothing and waits for a person.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from access.models import User
from audit.actions import trail
from banking import queries, rules
from banking.actions import events
from banking.models import Bank, Payment, PaymentResult
from banking.rules import Effect, Said, Standing
from banking.states import (
    EventType,
    PaymentStatus,
    ResultOrigin,
    ResultRefusal,
    ResultStatus,
)
from hpf.errors import Refusal
from ledger.actions import opening, posting
from policy.queries import numbers_on
from policy.states import TermName

PAYABLE = "21903"  # 待付款项
PAID = "banking.payment"
RETURNED = "banking.payment_return"
COUNTED = (ResultStatus.APPLIED, ResultStatus.WAITING)

DayNotOpen = posting.DayNotOpen  # named here for the door, which then tries the day that is open now


class WordMissing(Refusal):
    """Nobody says what was found out 缺少核实说明."""

    message = "请填写与银行核实的结果和处理办法"
    code = "word_missing"


@dataclass(frozen=True, slots=True)
class Report:
    """Who says what, and when 回报: `calendar` is its day, `at` the moment."""

    named: str
    said: Said
    at: datetime
    calendar: date
    origin: ResultOrigin = ResultOrigin.BANK


@transaction.atomic
def report(bank: Bank, report: Report, *, by: User, on: date) -> PaymentResult:
    """Take in what a bank says of a payment 付款回报, and do what follows from it; said again, nothing.

    Answers the fact as it is kept, with what became of it. What names no payment of this bank, another amount or
    account, or contradicts what was said before is kept, refused and left to a person; it posts nothing (R-803).

    Raises:
        DayNotOpen: the day turned meanwhile.
    """
    payment = _payment_named(bank, report.named)
    said = report.said
    fact = {"bank": bank, "named": report.named, "outcome": said.outcome}
    fact["fingerprint"] = rules.fingerprint_of_result(said)
    counted = PaymentResult.objects.filter(**fact, status__in=COUNTED).order_by("pk").first()
    if counted:
        return counted
    effect = Effect(ResultStatus.REFUSED, ResultRefusal.PAYMENT_UNKNOWN)
    if payment is not None:
        effect = rules.effect_of(said, _standing(payment), latest=max(on, report.calendar))
    # Whoever names a payment holds its row; of many that name none alike, the database lets one through.
    result, is_new = PaymentResult.objects.get_or_create(
        **fact, refusal=effect.refusal or "", defaults=_told(payment, report, effect, on)
    )
    if is_new:
        outcome: dict[str, Any] = {"named": report.named, "outcome": said.outcome, "became": effect.became}
        outcome["refusal"] = effect.refusal
        trail.note("report_payment", payment or bank, by=by, on=on, **outcome)
    if is_new and payment is not None and effect.moves_to is not None:
        _follow(payment, said, effect.moves_to, at=report.at, by=by, on=on)
    return result


@transaction.atomic
def clear(result: PaymentResult, *, word: str, by: User, on: date) -> None:
    """Say what was found out about a result that was refused 核实付款回报; the payment stays as it is.

    Raises:
        WordMissing: nothing is said.
        NotAllowedNow, Overtaken: it does not wait for anybody.
    """
    if not word.strip():
        raise WordMissing(field="word")
    trail.move(result, ResultStatus.CLEARED, by=by, on=on, why=word.strip())


def _payment_named(bank: Bank, named: str) -> Payment | None:
    rows = queries.payments_of_bank(bank).select_related("account__ledger_account", "branch")
    return rows.select_for_update(of=("self",)).filter(reference=named).first()


def _standing(payment: Payment) -> Standing:
    return Standing(PaymentStatus(payment.status), payment.sendings, payment.amount, payment.account.number)


def _told(payment: Payment | None, report: Report, effect: Effect, on: date) -> dict[str, object]:
    """What is kept of a result beside what makes it the same when it is said again."""
    said = report.said
    return {
        "payment": payment,
        "origin": report.origin,
        "sending": said.sending,
        "bank_serial": said.bank_serial,
        "account": said.account,
        "amount": said.amount,
        "paid_on": said.paid_on,
        "code": said.code,
        "text": said.text,
        "status": effect.became,
        "received_on": on,
    }


def _follow(payment: Payment, said: Said, moves_to: PaymentStatus, *, at: datetime, by: User, on: date) -> None:
    """Move the payment where the result leads, and with it what waited for that."""
    if moves_to == PaymentStatus.ACCEPTED:
        [minutes] = numbers_on([TermName.PAYMENT_ANSWER_MINUTES], on)
        trail.move(payment, moves_to, by=by, on=on, answer_by=at + timedelta(minutes=minutes))
    elif moves_to == PaymentStatus.APPROVED:
        trail.move(payment, moves_to, by=by, on=on)
        events.tell(EventType.APPROVED, [payment])
    elif moves_to == PaymentStatus.SUCCEEDED:
        voucher = _post(PAID, payment, by=by, on=on)
        also: dict[str, Any] = {"success_voucher": voucher, "succeeded_on": on, "bank_serial": said.bank_serial}
        trail.move(payment, moves_to, by=by, on=on, **also)
        _settle_waiting(payment, by=by, on=on)
    elif moves_to == PaymentStatus.FAILED:
        trail.move(payment, moves_to, by=by, on=on, failure_code=said.code)
        _refuse(_waiting(payment), ResultRefusal.FAILED_BEFORE, by=by, on=on)
    else:
        _return(payment, by=by, on=on)


def _settle_waiting(payment: Payment, *, by: User, on: date) -> None:
    """A return that came before its success counts now; a second one contradicts it."""
    waiting = _waiting(payment)
    if waiting:
        trail.move(waiting[0], ResultStatus.APPLIED, by=by, on=on)
        _return(payment, by=by, on=on)
        _refuse(waiting[1:], ResultRefusal.RETURNED_BEFORE, by=by, on=on)


def _waiting(payment: Payment) -> list[PaymentResult]:
    return list(payment.results.filter(status=ResultStatus.WAITING).order_by("pk"))


def _refuse(results: Iterable[PaymentResult], why: ResultRefusal, *, by: User, on: date) -> None:
    for result in results:
        trail.move(result, ResultStatus.REFUSED, by=by, on=on, refusal=why)


def _return(payment: Payment, *, by: User, on: date) -> None:
    voucher = _post(RETURNED, payment, by=by, on=on)
    trail.move(payment, PaymentStatus.RETURNED, by=by, on=on, return_voucher=voucher, returned_on=on)


def _post(kind: str, payment: Payment, *, by: User, on: date) -> int:
    """Money left our account, or came back to it: 21903 of the payment's branch on the other side."""
    owed = opening.internal(PAYABLE, payment.branch_id, on=on)
    bank = payment.account.ledger_account_id
    paid, given_back = (owed, bank) if kind == PAID else (bank, owed)
    lines = [posting.debit(paid, payment.amount), posting.credit(given_back, payment.amount)]
    return posting.post(kind, payment.pk, lines, by=by, on=on, why=payment.reference)
