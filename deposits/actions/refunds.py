"""Refunds 退款 of money that came twice, too much, nameless or wrong: to the account it came from, by two signatures.

Held as soon as it is asked for, the money cannot be claimed, allocated or refunded a second time meanwhile. With the
last signature it is owed to the payer, and a bank is told to pay it, in one act; where the bank does not, it is back.
"""

import logging
from collections import Counter
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

from access.models import User
from accounts.actions.employers import named
from accounts.models import Employer
from accounts.states import EmployerStatus
from approvals.actions import signatures
from approvals.actions.signatures import Decision
from approvals.models import Case
from approvals.states import CaseStatus
from audit.actions import trail
from banking.actions import payments
from banking.actions import receipts as arrivals
from banking.models import Payment, Receipt
from banking.states import NOT_PAID, PaymentStatus
from deposits import queries
from deposits.actions import remittances
from deposits.actions.receipts import SUSPENSE
from deposits.models import Refund
from deposits.queries.refunds import DECIDED_AT, KIND
from deposits.states import RefundStatus
from hpf import numbers
from hpf.errors import NotAllowedNow, Overtaken, Refusal
from hpf.money import rounded
from ledger.actions import holds, opening, posting
from policy.queries import route_on
from policy.states import TermName

LOG = logging.getLogger(__name__)
RETURN = "deposits.refund_return"
OWED = "21903"  # 待付款项
LONGEST_REASON = 200


class NothingToRefund(Refusal):
    """All of it is claimed, allocated, held or refunded 无可退金额."""

    message = "没有可退的金额：款项已认领、已分配入账，或已在退款中"
    code = "nothing_to_refund"


class PayerNotNamed(Refusal):
    """The bank did not say from which account the money came 付款账户不明."""

    message = "银行的到账通知没有注明付款户名或付款账号，不能原路退回；请向银行核实，款项暂留待查"
    code = "payer_not_named"


class RefundTooMuch(Refusal):
    """Nothing, or more than may be refunded 退款金额有误."""

    message = "退款金额应大于零且不超过可退金额 {most} 元，最多两位小数"
    code = "refund_too_much"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be refunded 退款意向: `amount` yuan of a receipt, or of what an employer was given of it.

    `seen` is what could be refunded when the person looked, in yuan.
    """

    receipt: Receipt
    employer: Employer | None
    amount: Decimal
    seen: Decimal
    reason: str


@transaction.atomic
def propose(wanted: Wanted, *, by: User, on: date) -> Refund:
    """Ask for a refund 提出退款 (R-321): the money is held at once, and others sign it along the route.

    Who is paid is read from the receipt: nobody can name another account.

    Raises:
        PayerNotNamed, NothingToRefund: it cannot be refunded.
        Overtaken: some of it went elsewhere since the person looked.
        RefundTooMuch: the amount.
        NameMissing, NameUnreadable: the reason.
        NotEnough, DayNotOpen: as for `holds.place`.
    """
    receipt, employer = _held_money(wanted)
    refuse_to_refund(receipt, employer)
    most = queries.refundable(receipt, employer)
    if most != wanted.seen:
        raise Overtaken
    if not 0 < wanted.amount <= most or wanted.amount != rounded(wanted.amount):
        raise RefundTooMuch(field="amount", most=f"{most:,.2f}")
    pk = numbers.draw_ids(Refund, 1)[0]
    refund = Refund(
        pk=pk,
        number=f"TK{pk:010d}",
        receipt=receipt,
        employer=employer,
        branch=employer.branch if employer else receipt.account.ledger_account.branch,
        amount=wanted.amount,
        reason=named(wanted.reason, field="reason", longest=LONGEST_REASON),
        proposed_by=by,
        proposed_on=on,
    )
    _hold(refund, by=by, on=on)
    refund.case = _open_case(refund, by=by, on=on)
    refund.save(force_insert=True)
    trail.note("propose_refund", refund, by=by, on=on, why=refund.reason, **_told(refund))
    return refund


def refuse_to_refund(receipt: Receipt, employer: Employer | None) -> None:
    """Refuse money that cannot be refunded now 退款条件, of a receipt or of an employer's share of it.

    Raises:
        PayerNotNamed, NothingToRefund.
    """
    if not receipt.payer_name.strip() or not receipt.payer_account:
        raise PayerNotNamed
    if queries.refundable(receipt, employer) <= 0:
        raise NothingToRefund


@transaction.atomic
def decide(refund: Refund, decision: Decision, *, by: User, on: date) -> RefundStatus:
    """Sign a refund 复核退款; answers its status: with the last signature it is paid, sent back the money is free.

    Raises:
        what `signatures.sign` and `payments.order` raise.
        DayNotOpen: the day turned.
    """
    refund = _held(refund)
    outcome = signatures.sign(refund.case, decision, facts=queries.facts_of_refund(refund), by=by, on=on)
    if outcome == CaseStatus.GRANTED:
        _pay(refund, by=by, on=on)
    elif outcome != CaseStatus.OPEN:
        _give_up(refund, RefundStatus.SENT_BACK, by=by, on=on, why=decision.reason.strip())
    return RefundStatus(refund.status)


@transaction.atomic
def take_back(refund: Refund, *, by: User, on: date) -> None:
    """Take back a refund that nobody has decided 撤回退款申请; the money is free again.

    Raises:
        what `signatures.withdraw` raises.
    """
    refund = _held(refund)
    signatures.withdraw(refund.case, by=by, on=on)
    _give_up(refund, RefundStatus.TAKEN_BACK, by=by, on=on, why="经办人撤回")


@transaction.atomic
def clear(refund: Refund, word: str, *, by: User, on: date) -> None:
    """Note that a refund that was not paid has been seen to 核实付款未成的退款; `word` says what was found.

    Raises:
        NotAllowedNow: it did not come back.
        Overtaken: somebody else has seen to it.
        NameMissing, NameUnreadable: the word.
    """
    if refund.status != RefundStatus.RETURNED:
        raise NotAllowedNow
    word = named(word, field="word", longest=LONGEST_REASON)
    if not Refund.objects.filter(pk=refund.pk, cleared_on=None).update(cleared_on=on):
        raise Overtaken
    trail.note("clear_refund", refund, by=by, on=on, why=word)


def settle(*, by: User, on: date) -> dict[str, int]:
    """Take up what became of the payments 退款付款结果: paid, or the money is back; each once, safe to run again.

    What cannot come back is left for a person, and counted as refused.
    """
    counts = Counter(paid=0, returned=0, refused=0)
    if not queries.waits_to_be_settled():  # nearly always, and it is asked every few seconds
        return dict(counts)
    paid = Refund.objects.filter(status=RefundStatus.APPROVED, payment__status=PaymentStatus.SUCCEEDED)
    counts["paid"] = trail.move_waiting(paid, RefundStatus.PAID, by=by, on=on)
    for refund in queries.unpaid_refunds():
        try:
            counts["returned"] += _bring_back(refund, by=by, on=on)
        except Refusal as refusal:
            LOG.warning("%s 的款项未能转回：%s", refund.number, refusal.sentence)
            counts["refused"] += 1
    return dict(counts)


def _held_money(wanted: Wanted) -> tuple[Receipt, Employer | None]:
    """The receipt and the employer as they are now; what the refund takes from, nobody else's until the end."""
    rows = Receipt.objects.select_related("bank", "account__ledger_account__branch")
    if wanted.employer is None:
        return rows.select_for_update(of=("self",)).get(pk=wanted.receipt.pk), None
    employer = remittances.lock(wanted.employer)
    return rows.get(pk=wanted.receipt.pk), employer


def _held(refund: Refund) -> Refund:
    """The refund as it is now, its employer first, nobody else's until the transaction ends."""
    employer = remittances.lock(refund.employer) if refund.employer else None
    rows = Refund.objects.select_related("receipt__bank", "receipt__account__ledger_account", "branch", "case")
    found = rows.select_for_update(no_key=True, of=("self",)).get(pk=refund.pk)
    found.employer = employer
    return found


def _hold(refund: Refund, *, by: User, on: date) -> None:
    if refund.employer:
        holds.place(KIND, refund.pk, refund.employer.unallocated_id, refund.amount, by=by, on=on)
    else:
        arrivals.claim(refund.receipt, refund.amount, by=by, on=on)


def _open_case(refund: Refund, *, by: User, on: date) -> Case:
    case = signatures.Opening(
        kind=DECIDED_AT,
        page="deposits:refund",
        business="退款",
        title=f"{refund.number} {refund.receipt.payer_name} {refund.amount:,.2f} 元",
        branch=refund.branch,
        route=route_on(TermName.ROUTE_REFUND, refund.amount, refund.branch, on),
    )
    return signatures.open_case(case, refund, facts=queries.facts_of_refund(refund), by=by, on=on)


def _give_up(refund: Refund, status: RefundStatus, *, by: User, on: date, why: str) -> None:
    """End a refund without money, and free what it held."""
    trail.move(refund, status, by=by, on=on, why=why, decided_on=on)
    if refund.employer:
        holds.release(KIND, refund.pk, by=by, on=on)
    else:
        arrivals.give_back(refund.receipt, refund.amount, by=by, on=on)


def _pay(refund: Refund, *, by: User, on: date) -> None:
    """Owe the money to the payer, Dr 待查到账 or 单位暂存款, Cr 待付款项, and have a bank pay it, in one act."""
    if refund.employer:
        holds.release(KIND, refund.pk, by=by, on=on)
    home = _home(refund, on=on)
    entries = [posting.debit(home, refund.amount), posting.credit(_owed(refund, on=on), refund.amount)]
    voucher = posting.post(KIND, refund.pk, entries, by=by, on=on, why=f"退款 {refund.number}")
    ordered = payments.order(_order(refund), by=by, on=on)
    also: dict[str, Any] = {"voucher": voucher, "payment_id": ordered.pk, "decided_on": on}
    trail.move(refund, RefundStatus.APPROVED, by=by, on=on, **also)


def _order(refund: Refund) -> payments.Order:
    receipt = refund.receipt
    return payments.Order(
        kind=KIND,
        source=str(refund.pk),
        branch=refund.branch,
        amount=refund.amount,
        payee=payments.Payee(receipt.payer_name, receipt.payer_account, receipt.payer_bank),
        remark=f"退款 {refund.number} 原流水号 {receipt.serial}",
    )


@transaction.atomic
def _bring_back(refund: Refund, *, by: User, on: date) -> bool:
    """Put the money of a refund that was not paid back to where it was; of an employer that has ended, into suspense.

    Whether this one came back: somebody else may have been quicker.
    """
    refund = _held(refund)
    payment = Payment.objects.get(kind=KIND, source=str(refund.pk))
    if payment.status not in NOT_PAID or payment.taken_back_on:
        return False
    ownerless = refund.employer is not None and refund.employer.status == EmployerStatus.CLOSED
    home = _suspense(refund, on=on) if ownerless else _home(refund, on=on)
    why = f"付款指令 {payment.reference} {payment.get_status_display()}"
    entries = [posting.debit(_owed(refund, on=on), refund.amount), posting.credit(home, refund.amount)]
    made = posting.post(RETURN, refund.pk, entries, by=by, on=on, why=why)
    if ownerless or not refund.employer:
        arrivals.give_back(refund.receipt, refund.amount, by=by, on=on)
    payments.take_back(payment, by=by, on=on)
    also: dict[str, Any] = {"return_voucher": made, "came_back_on": on, "ownerless": ownerless}
    trail.move(refund, RefundStatus.RETURNED, by=by, on=on, why=why, **also)
    return True


def _home(refund: Refund, *, on: date) -> int:
    """The ledger account the money is taken from, and comes back to."""
    return refund.employer.unallocated_id if refund.employer else _suspense(refund, on=on)


def _suspense(refund: Refund, *, on: date) -> int:
    return opening.internal(SUSPENSE, refund.receipt.account.ledger_account.branch_id, on=on)


def _owed(refund: Refund, *, on: date) -> int:
    return opening.internal(OWED, refund.branch_id, on=on)


def _told(refund: Refund) -> dict[str, Any]:
    return {
        "receipt": refund.receipt.serial,
        "employer": refund.employer.number if refund.employer else None,
        "amount": refund.amount,
    }
