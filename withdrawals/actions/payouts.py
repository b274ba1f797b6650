"""The money of a withdrawal 提取资金: paid out and ordered in one act, and back on the account when it was not paid."""

import logging
from collections import Counter
from datetime import date

from django.db import transaction

from access.models import User
from accounts.actions import closing, holding
from accounts.models import MemberAccount
from accounts.states import MemberAccountStatus
from audit.actions import trail
from banking.actions import payments
from banking.models import Payment
from banking.states import NOT_PAID, PaymentStatus
from hpf.errors import Refusal
from ledger.actions import opening, posting
from ledger.actions import payouts as books
from withdrawals import queries
from withdrawals.actions import uses
from withdrawals.models import Withdrawal
from withdrawals.queries import KIND
from withdrawals.rules import CATEGORIES, Quote
from withdrawals.states import Category, WithdrawalStatus

LOG = logging.getLogger(__name__)
RETURN = "withdrawals.return"
OWED = "21903"  # 待付款项
INTEREST = "211"  # 应付利息


def pay(withdrawal: Withdrawal, quote: Quote, *, by: User, on: date) -> None:
    """Approve a withdrawal 批准提取: the money leaves the account and a bank is told to pay it, in one act.

    Call it in the act's transaction, with the member account's row held. A closing ends the account.

    Raises:
        AlreadyReleased, BalanceChanged, HeldOpen, DayNotOpen, YearTurning: as for `ledger.actions.payouts.pay_out`.
        AlreadyOrdered, NoAccount, NoTerm: as for `payments.order`.
        AccountFrozen: a freeze keeps an account from being closed.
    """
    closes = CATEGORIES[Category(withdrawal.category)].closes
    closed_from = ""
    if closes:
        account = withdrawal.member_account
        closed_from = account.status
        closing.close(account, by=by, on=on, why=f"提取 {withdrawal.number}")
    voucher = _pay_out(withdrawal, quote, closes, by=by, on=on)
    ordered = payments.order(_order(withdrawal, quote), by=by, on=on)
    trail.move(
        withdrawal,
        WithdrawalStatus.APPROVED,
        by=by,
        on=on,
        granted=quote.amount,
        interest=quote.interest,
        voucher=voucher,
        payment_id=ordered.pk,
        quote=quote.snapshot(),
        decided_on=on,
        closed_from=closed_from,
    )


def settle(*, by: User, on: date) -> dict[str, int]:
    """Take up what became of the payments 提取付款结果: paid, or back on the account; each once, safe to run again.

    What cannot come back to its account is left for a person, and counted as refused. What has no account to come back
    to waits on the work desk and is left alone until one is open.
    """
    counts = Counter(paid=0, returned=0, refused=0)
    if not queries.waits_to_be_settled():  # nearly always, and it is asked every few seconds
        return dict(counts)
    paid = Withdrawal.objects.filter(status=WithdrawalStatus.APPROVED, payment__status=PaymentStatus.SUCCEEDED)
    counts["paid"] = trail.move_waiting(paid, WithdrawalStatus.PAID, by=by, on=on)
    stranded = queries.stranded().order_by().values("pk")
    counts["refused"] = stranded.count()
    for withdrawal in queries.unsettled().exclude(pk__in=stranded):
        try:
            counts["returned"] += _settle_unpaid(withdrawal, by=by, on=on)
        except Refusal as refusal:
            LOG.warning("%s 的款项未能退回账户：%s", withdrawal.number, refusal.sentence)
            counts["refused"] += 1
    return dict(counts)


def bring_back(withdrawal: Withdrawal, status: WithdrawalStatus, *, by: User, on: date, why: str) -> None:
    """Put the money back on the account as if it had never left 冲回提取 (R-904), and free the limits it had used.

    Where that account has ended since, it goes to the one the member has now (R-620). Call it in the act's transaction,
    with the rows of member account and withdrawal held, when its payment has ended.

    Raises:
        ClosedSince: the account has ended, and the member has no other.
        AlreadyUndone, AlreadyTakenBack, NotAllowedNow: it has come back, or the payee has the money.
        AccountUnknown, OpenedElsewhere: another account was ended, or opened, this moment.
    """
    assert withdrawal.voucher is not None and withdrawal.payment is not None
    other = queries.other_account_of(withdrawal)
    if other:
        made = _pay_in(withdrawal, other, by=by, on=on, why=why)
    else:
        made = books.undo(withdrawal.voucher, RETURN, withdrawal.pk, by=by, on=on, why=why)
    payments.take_back(withdrawal.payment, by=by, on=on)
    uses.release(withdrawal, on=on)
    if withdrawal.closed_from and not other:
        before = MemberAccountStatus(withdrawal.closed_from)
        closing.reopen(withdrawal.member_account, before, by=by, on=on, why=why)
    also = {"undo_voucher": made, "came_back_on": on, "returned_to_id": other.ledger_account_id if other else None}
    trail.move(withdrawal, status, by=by, on=on, why=why, **also)


def held(withdrawal: Withdrawal) -> Withdrawal:
    """The withdrawal as it is now, its member account first, nobody else's until the transaction ends 加锁."""
    account = holding.held(withdrawal.member_account_id)
    rows = Withdrawal.objects.select_related("member", "branch", "case", "payment", "applied_by")
    found = rows.select_for_update(no_key=True, of=("self",)).get(pk=withdrawal.pk)
    found.member_account = account
    return found


def _pay_out(withdrawal: Withdrawal, quote: Quote, closes: bool, *, by: User, on: date) -> int:
    accounts = opening.internals([OWED, INTEREST], [withdrawal.branch_id], on=on)
    payout = books.Payout(
        KIND,
        withdrawal.pk,
        withdrawal.ledger_account_id,
        accounts[OWED, withdrawal.branch_id],
        quote.amount,
        closes=closes,
        interest=quote.interest,
        interest_account=accounts[INTEREST, withdrawal.branch_id] if closes else None,
    )
    why = f"{withdrawal.get_category_display()} {withdrawal.number}"
    return books.pay_out(payout, by=by, on=on, why=why)


def _pay_in(withdrawal: Withdrawal, other: MemberAccount, *, by: User, on: date, why: str) -> int:
    """What was to be paid is the member's savings again, on another account and from this day on."""
    owed = opening.internal(OWED, withdrawal.branch_id, on=on)
    lines = [posting.debit(owed, withdrawal.paid), posting.credit(other.ledger_account_id, withdrawal.paid)]
    return posting.post(RETURN, withdrawal.pk, lines, by=by, on=on, why=f"{why}，退回 {other.number}")


def _order(withdrawal: Withdrawal, quote: Quote) -> payments.Order:
    return payments.Order(
        kind=KIND,
        source=str(withdrawal.pk),
        branch=withdrawal.branch,
        amount=quote.paid,
        payee=payments.Payee(withdrawal.payee_name, withdrawal.payee_card, withdrawal.payee_bank),
        remark=f"住房公积金提取 {withdrawal.number}",
    )


@transaction.atomic
def _settle_unpaid(withdrawal: Withdrawal, *, by: User, on: date) -> bool:
    """Whether this one came back: somebody else may have been quicker."""
    withdrawal = held(withdrawal)
    payment = Payment.objects.get(kind=KIND, source=str(withdrawal.pk))
    if payment.status not in NOT_PAID or payment.taken_back_on:
        return False
    why = f"付款指令 {payment.reference} {payment.get_status_display()}"
    bring_back(withdrawal, WithdrawalStatus.RETURNED, by=by, on=on, why=why)
    return True
