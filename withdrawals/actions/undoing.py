"""Undoing an approved withdrawal before its bank has it 撤销提取: with a reason and a second person."""

from datetime import date

from django.db import transaction

from access.models import User
from approvals.actions import signatures
from approvals.actions.signatures import Decision
from approvals.states import CaseStatus, Verdict
from audit.actions import trail
from banking.actions import payments
from banking.models import Payment
from banking.states import PaymentStatus
from hpf import numbers
from hpf.errors import NotAllowedNow, Refusal
from policy.queries import due_on, route_on
from policy.states import TermName
from withdrawals import queries
from withdrawals.actions import payouts
from withdrawals.models import Undoing, Withdrawal
from withdrawals.states import WithdrawalStatus

LONGEST_REASON = 300
NOT_SENT = (PaymentStatus.CREATED, PaymentStatus.APPROVED)


class ReasonNeeded(Refusal):
    """Undone without a word 未说明理由."""

    message = f"请填写撤销理由，不超过{LONGEST_REASON}个字"
    code = "reason_needed"


class UndoingWaits(Refusal):
    """Somebody has asked for it already 已有撤销申请."""

    message = "该笔提取已有待复核的撤销申请，请先等待复核，或由经办人撤回后再提出"
    code = "undoing_waits"


@transaction.atomic
def propose(withdrawal: Withdrawal, reason: str, *, by: User, on: date) -> Undoing:
    """Ask that an approved withdrawal be undone 提出撤销提取; a second person signs it.

    Raises:
        ReasonNeeded: without a reason, or with one that is too long.
        NotAllowedNow, AlreadySent: it is not approved, or a bank has been handed its payment.
        UndoingWaits: one waits already.
    """
    reason, withdrawal = " ".join(reason.split()), payouts.held(withdrawal)
    if not reason or len(reason) > LONGEST_REASON:
        raise ReasonNeeded(field="reason")
    refuse_to_propose(withdrawal)
    row = Undoing(pk=numbers.draw_ids(Undoing, 1)[0], withdrawal=withdrawal, reason=reason)
    opening = signatures.Opening(
        kind="withdrawals:undoing_decide",
        page="withdrawals:undoing",
        business="撤销提取",
        title=f"撤销 {withdrawal.number} {withdrawal.member.name} {withdrawal.paid:,.2f} 元",
        branch=withdrawal.branch,
        route=route_on(TermName.ROUTE_WITHDRAWAL_UNDO, withdrawal.paid, withdrawal.branch, on),
        due_on=due_on(TermName.WITHDRAW_DECISION_DAYS, on),
    )
    row.case = signatures.open_case(opening, row, facts=queries.facts_of_undoing(row), by=by, on=on)
    row.save(force_insert=True)
    trail.note("propose_undoing", withdrawal, by=by, on=on, why=reason)
    return row


def refuse_to_propose(withdrawal: Withdrawal) -> None:
    """Say why a withdrawal cannot be undone now 不能撤销的原因.

    Raises:
        NotAllowedNow, AlreadySent: it is not approved, or a bank has been handed its payment, be it in vain.
        UndoingWaits: one waits already.
    """
    _refuse_to_undo(withdrawal)
    if withdrawal.undoings.filter(case__status=CaseStatus.OPEN).exists():
        raise UndoingWaits


@transaction.atomic
def decide(row: Undoing, decision: Decision, *, by: User, on: date) -> CaseStatus:
    """Sign an undoing 复核撤销提取: granted, the payment is cancelled and the money is back on the account.

    Raises:
        AlreadySent: a bank has been handed the payment meanwhile; it can still be sent back.
        and what `signatures.sign` and `payouts.bring_back` raise.
    """
    withdrawal = payouts.held(row.withdrawal)
    row = Undoing.objects.select_related("case").get(pk=row.pk)
    row.withdrawal = withdrawal
    if decision.verdict == Verdict.GRANT and row.case.is_open:
        _refuse_to_undo(withdrawal)
    outcome = signatures.sign(row.case, decision, facts=queries.facts_of_undoing(row), by=by, on=on)
    if outcome == CaseStatus.GRANTED:
        assert withdrawal.payment is not None
        payments.cancel(withdrawal.payment, why=row.reason, by=by, on=on)
        payouts.bring_back(withdrawal, WithdrawalStatus.UNDONE, by=by, on=on, why=row.reason)
    return outcome


@transaction.atomic
def withdraw(row: Undoing, *, by: User, on: date) -> None:
    """Take back an undoing that nobody has signed 撤回撤销申请.

    Raises:
        what `signatures.withdraw` raises.
    """
    signatures.withdraw(row.case, by=by, on=on)


def _refuse_to_undo(withdrawal: Withdrawal) -> None:
    if withdrawal.status != WithdrawalStatus.APPROVED:
        raise NotAllowedNow
    payment = Payment.objects.get(kind=queries.KIND, source=str(withdrawal.pk))
    if payment.status not in NOT_SENT or payment.was_sent:
        raise payments.AlreadySent(reference=payment.reference)
