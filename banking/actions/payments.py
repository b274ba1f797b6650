"""Money that goes out 付款: ordered by the room that owes it, signed by finance where it is large, claimed by its bank.

Nothing here sends: a bank fetches what is approved, and says what became of it (`results`). Until it has said so, a
payment is not handed out again.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, connection, transaction

from access.models import Branch, User
from access.states import Perm
from approvals.actions import signatures
from approvals.actions.signatures import Decision, Opening
from approvals.models import Case
from approvals.states import CaseStatus, Verdict
from audit.actions import trail
from banking import queries, rules
from banking.actions import events
from banking.models import Bank, Payment
from banking.states import NOT_PAID, WITH_THE_BANK, EventType, PaymentStatus
from hpf import numbers, privacy
from hpf.errors import NotAllowedNow, Refusal
from policy.queries import due_on, numbers_on, term_on
from policy.states import TermName

MOST_CLAIMED = 1000
REFERENCE_DIGITS = 12
# Whoever chooses an account sees every payment that counts on it: between choosing and committing nobody else chooses.
TURN = "select pg_advisory_xact_lock(hashtextextended('banking.order', 0))"


class AlreadyOrdered(Refusal):
    """What owes the money has its payment 重复付款."""

    message = "该业务已有付款指令，不会重复付款"
    code = "already_ordered"


class NotCovered(Refusal):
    """The account cannot pay it 专户余额不足."""

    message = "付款专户 {account} 可付余额 {there:,.2f} 元，不足以支付；请先调入资金再同意，或退回这笔付款"
    code = "not_covered"


class AlreadySent(Refusal):
    """The bank has it, or had it 已发送."""

    message = "付款指令 {reference} 已发送过银行，不能撤销，请等待银行回报"
    code = "already_sent"


class AlreadyTakenBack(Refusal):
    """The business has taken it back before 重复收回."""

    message = "付款指令 {reference} 未付的款项已由业务收回"
    code = "already_taken_back"


@dataclass(frozen=True, slots=True)
class Payee:
    """Who is to be paid 收款人: the name, the account's number, and the bank as written."""

    name: str
    account: str
    bank: str


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be paid 付款委托: `kind` and `source` name what owes it, `amount` is yuan."""

    kind: str
    source: str
    branch: Branch
    amount: Decimal
    payee: Payee
    remark: str


def order(order: Order, *, by: User, on: date) -> Payment:
    """Have a bank pay what is owed 付款制单, once for each (kind, source).

    Call it in the transaction that owes the money: that one credits 21903 待付款项 of the order's branch. How many of
    finance have to sign depends on the amount (R-801); small ones rest on the decision they come from. Call it as late
    as can be: no other payment is ordered until that transaction ends, so that no two count on the same money (R-804).

    Raises:
        AlreadyOrdered: it has its payment.
        NoAccount: there is no account to pay from.
        NoTerm: nobody set the amounts from which finance signs.
    """
    try:
        with transaction.atomic():
            return _order(order, by=by, on=on)
    except IntegrityError:
        if queries.payment_of(order.kind, order.source):
            raise AlreadyOrdered from None
        raise


@transaction.atomic
def decide(payment: Payment, decision: Decision, *, by: User, on: date) -> PaymentStatus:
    """Sign a payment 付款复核: with the last signature its bank may claim it; sent back, it ends unpaid.

    Answers the status it has then.

    Raises:
        NotCovered: the account it goes out of cannot pay it; it can still be sent back.
        Overtaken, and what `signatures.sign` raises.
    """
    payment = _held(payment)
    assert payment.case is not None
    there = queries.spendable(payment.account, on=on, but=payment)
    if decision.verdict == Verdict.GRANT and payment.case.is_open and there < payment.amount:
        raise NotCovered(account=payment.account, there=there)
    outcome = signatures.sign(payment.case, decision, facts=queries.facts_of(payment), by=by, on=on)
    if outcome == CaseStatus.GRANTED:
        trail.move(payment, PaymentStatus.APPROVED, by=by, on=on)
        events.tell(EventType.APPROVED, [payment])
    elif outcome == CaseStatus.RETURNED:
        trail.move(payment, PaymentStatus.CANCELLED, by=by, on=on, why=decision.reason.strip())
    return PaymentStatus(payment.status)


@transaction.atomic
def cancel(payment: Payment, *, why: str, by: User, on: date) -> None:
    """Take a payment back before a bank has it 撤销付款; the room that ordered it undoes its own act beside.

    What a bank was handed once stays to be paid, also where it said that it had not received it: it may find it yet.

    Raises:
        AlreadySent: a bank has been handed it, if ever so long ago.
        NotAllowedNow: it is cancelled already.
    """
    payment = _held(payment)
    was = payment.status
    if payment.was_sent or was not in (PaymentStatus.CREATED, PaymentStatus.APPROVED, PaymentStatus.CANCELLED):
        raise AlreadySent(reference=payment.reference)
    trail.move(payment, PaymentStatus.CANCELLED, by=by, on=on, why=why)
    if was == PaymentStatus.APPROVED:
        events.tell(EventType.CANCELLED, [payment])
    elif payment.case and payment.case.is_open:
        # Nobody has to sign any more what is not to be paid.
        trail.move(payment.case, CaseStatus.WITHDRAWN, by=by, on=on, why=why)


@transaction.atomic
def claim(bank: Bank, limit: int, *, at: datetime, by: User, on: date) -> list[Payment]:
    """Hand a bank payments to make 领取付款指令, the oldest first, at most 1,000; it has until `answer_by` to answer.

    What is handed out is not handed out again, unless the bank says that it never received it. Two claims at once get
    different payments.
    """
    rows = queries.payments_of_bank(bank).filter(status=PaymentStatus.APPROVED)
    found = list(rows.select_for_update(skip_locked=True, of=("self",))[: min(limit, MOST_CLAIMED)])
    [minutes] = numbers_on([TermName.PAYMENT_ANSWER_MINUTES], on)
    by_sendings: dict[int, list[Payment]] = defaultdict(list)
    for payment in found:
        by_sendings[payment.sendings + 1].append(payment)
    for sendings, alike in by_sendings.items():
        also: dict[str, Any] = {"sendings": sendings, "sent_at": at, "answer_by": at + timedelta(minutes=minutes)}
        trail.move_many(alike, PaymentStatus.SENT, by=by, on=on, **also)
    return found


@transaction.atomic
def overdue(*, at: datetime, by: User, on: date) -> int:
    """Ask the banks what became of payments they have not answered in time 付款结果不明; answers how many (R-802).

    They are not sent again of themselves: only what the bank, or its statement, says moves them on.
    """
    late = Payment.objects.filter(status__in=WITH_THE_BANK, answer_by__lt=at).order_by("pk")
    found = list(late.select_for_update(skip_locked=True, of=("self",))[:MOST_CLAIMED])
    trail.move_many(found, PaymentStatus.UNKNOWN, by=by, on=on)
    events.tell(EventType.QUERY, found)
    return len(found)


def overdue_all(*, at: datetime, by: User, on: date) -> int:
    """The same for all of them, so many at a time as one transaction should hold 付款结果不明."""
    total = 0
    while count := overdue(at=at, by=by, on=on):
        total += count
    return total


@transaction.atomic
def ask_again(payment: Payment, *, by: User, on: date) -> None:
    """Ask a bank once more what became of a payment whose result is unknown 再次查询; it is not sent again.

    Raises:
        NotAllowedNow: its result is not unknown, or no longer.
    """
    payment = _held(payment)
    if payment.status != PaymentStatus.UNKNOWN:
        raise NotAllowedNow
    events.tell(EventType.QUERY, [payment])
    trail.note("ask_bank", payment, by=by, on=on, sending=payment.sendings)


@transaction.atomic
def take_back(payment: Payment, *, by: User, on: date) -> None:
    """Note that the business has undone what a payment that was not made had been ordered for 收回未付款项.

    Call it in the transaction that debits 21903 待付款项 again.

    Raises:
        NotAllowedNow: the payee has the money, or may still get it.
        AlreadyTakenBack: it was taken back before.
    """
    payment = _held(payment)
    if payment.status not in NOT_PAID:
        raise NotAllowedNow
    if payment.taken_back_on:
        raise AlreadyTakenBack(reference=payment.reference)
    Payment.objects.filter(pk=payment.pk).update(taken_back_on=on)
    trail.note("take_back_payment", payment, by=by, on=on)


def _order(order: Order, *, by: User, on: date) -> Payment:
    pk = numbers.draw_ids(Payment, 1)[0]
    accounts = queries.paying_accounts_for(order.payee.bank, order.branch, on=on)
    tiers = {"tier_one": _yuan(TermName.PAYMENT_TIER_ONE, on), "tier_two": _yuan(TermName.PAYMENT_TIER_TWO, on)}
    with connection.cursor() as cursor:
        cursor.execute(TURN)
    covering = next((one for one in accounts if queries.spendable(one, on=on) >= order.amount), None)
    payment = Payment(
        pk=pk,
        reference=f"PY{pk:0{REFERENCE_DIGITS}d}",
        kind=order.kind,
        source=order.source,
        branch=order.branch,
        account=covering or accounts[0],
        amount=order.amount,
        payee_name=order.payee.name,
        payee_bank=order.payee.bank,
        payee_account_index=privacy.blind_index("account_number", order.payee.account),
        remark=order.remark,
        status=PaymentStatus.CREATED,
        created_by=by,
        created_on=on,
    )
    payment.payee_account = order.payee.account
    needed = rules.signatures_needed(payment.amount, covered=covering is not None, **tiers)
    payment.case = _case_of(payment, needed, by=by, on=on)
    payment.save(force_insert=True)
    trail.note("order_payment", payment, by=by, on=on, owes=f"{order.kind}:{order.source}", amount=order.amount)
    if payment.case is None:
        trail.move(payment, PaymentStatus.APPROVED, by=by, on=on)
        events.tell(EventType.APPROVED, [payment])
    return payment


def _case_of(payment: Payment, needed: int, *, by: User, on: date) -> Case | None:
    if not needed:
        return None
    opening = Opening(
        kind="banking:payment_decide",
        page="banking:payment",
        business="付款",
        title=f"{payment.reference} {payment.payee_name} {payment.amount:,.2f} 元",
        branch=payment.branch,
        route=[Perm.APPROVE_PAYMENT] * needed,
        due_on=due_on(TermName.APPROVAL_DAYS, on),
    )
    return signatures.open_case(opening, payment, facts=queries.facts_of(payment), by=by, on=on)


def _yuan(name: TermName, on: date) -> Decimal:
    value = term_on(name, on)
    assert isinstance(value, Decimal)
    return value


def _held(payment: Payment) -> Payment:
    """The payment as it stands, nobody else's until the transaction ends."""
    rows = Payment.objects.select_related("account__bank", "branch", "case")
    return rows.select_for_update(of=("self",)).get(pk=payment.pk)
