"""Reads of payments, of what banks said of them, and of what a statement says 付款、付款回报与对账认定查询."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Min, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Now

from access.models import Branch, User
from access.states import Perm
from approvals.queries import CENTRE
from approvals.states import CaseStatus
from banking.models import Bank, BankAccount, Event, Payment, PaymentResult, Ruling
from banking.states import (
    NOT_PAID,
    UNFINISHED,
    WITH_THE_BANK,
    EventType,
    PaymentStatus,
    ResultOutcome,
    ResultStatus,
)
from hpf.errors import Refusal
from hpf.money import ZERO
from hpf.privacy import masked_card
from ledger.queries import internal_balance
from policy.queries import term_on
from policy.states import TermName


class NoAccount(Refusal):
    """The centre has no account it could pay from 没有可付款的专户."""

    message = "没有可用于付款的专户，请先由中心维护受托银行专户"
    code = "no_account"


def paying_accounts_for(payee_bank: str, branch: Branch, *, on: date) -> list[BankAccount]:
    """The accounts a payment may go out of 付款专户 (R-804), in the order of the parameter.

    They are of banks that are connected; where none is, of the others.

    Raises:
        NoAccount: the centre has no open account at all.
        NoTerm: nobody set which comes first.
    """
    accounts = BankAccount.objects.filter(ledger_account__closed_on=None).select_related("bank", "ledger_account")
    payee_first = term_on(TermName.PAYMENT_ACCOUNT_FIRST, on) == "PAYEE_BANK"

    def rank(account: BankAccount) -> tuple[bool, bool, bool, int]:
        elsewhere, away = account.bank.name not in payee_bank, account.ledger_account.branch_id != branch.pk
        first, second = (elsewhere, away) if payee_first else (away, elsewhere)
        return account.bank.client_id is None, first, second, account.pk

    ranked = sorted(accounts, key=rank)
    if not ranked:
        raise NoAccount
    return [one for one in ranked if (one.bank.client_id is None) == (ranked[0].bank.client_id is None)]


def spendable(account: BankAccount, *, on: date, but: Payment | None = None) -> Decimal:
    """What an account can still pay 专户可付余额, in yuan: its books less the payments on their way, `but` one."""
    promised = Payment.objects.filter(account=account, status__in=UNFINISHED)
    others = promised.exclude(pk=but.pk) if but else promised
    waiting: Decimal = others.aggregate(sum=Sum("amount", default=ZERO))["sum"]
    return internal_balance(account.ledger_account_id, on) - waiting


def payment_of(kind: str, source: object) -> Payment | None:
    """The payment that was ordered for something owed 业务对应的付款指令, or None."""
    return Payment.objects.filter(kind=kind, source=str(source)).first()


def ended_unpaid(kind: str) -> QuerySet[Payment]:
    """Payments of one business that ended without the payee having the money 未付成的付款, oldest first.

    The business room undoes its act for each and takes the payment back in the same transaction.
    """
    return Payment.objects.filter(kind=kind, status__in=NOT_PAID, taken_back_on=None).order_by("pk")


def payments_of_bank(bank: Bank) -> QuerySet[Payment]:
    """The payments one bank was ever to make 银行的付款指令, oldest first; a bank sees no other's."""
    return Payment.objects.filter(account__bank=bank).select_related("account").order_by("pk")


@dataclass(frozen=True, slots=True)
class Page:
    """A page of payments 一页付款指令, and whether there is another one after it."""

    rows: list[Payment]
    goes_on: bool


def handed_to(bank: Bank, *, limit: int, status: str = "", after: str = "") -> Page:
    """What one bank was ever handed 已发送的付款指令, oldest first, of one status, after a reference.

    What it has not fetched yet it does not see here, so that it pays nothing it has not claimed.
    """
    payments = payments_of_bank(bank).filter(sendings__gt=0)
    if status:
        payments = payments.filter(status=status)
    if after:
        payments = payments.filter(reference__gt=after).order_by("reference")
    rows = list(payments[: limit + 1])
    return Page(rows[:limit], len(rows) > limit)


def payments_seen_by(user: User) -> QuerySet[Payment]:
    """The payments a person may look at 可查看的付款, newest first: the centre all, an office its own."""
    payments = Payment.objects.select_related("account__bank", "branch", "created_by", "case__maker").order_by("-pk")
    if not user.has(Perm.VIEW_PAYMENTS):
        return payments.none()
    return payments if user.branch_code == CENTRE else payments.filter(branch=user.branch)


def results_seen_by(user: User) -> QuerySet[PaymentResult]:
    """What banks said of payments 可查看的付款回报, newest first; what names no payment of ours, the centre only."""
    results = PaymentResult.objects.select_related("bank", "payment").order_by("-pk")
    if not user.has(Perm.VIEW_PAYMENTS):
        return results.none()
    return results if user.branch_code == CENTRE else results.filter(payment__branch=user.branch)


def results_to_clear(user: User) -> int:
    """How many results wait for somebody to ask the bank 待核实的付款回报."""
    return results_seen_by(user).order_by().filter(status=ResultStatus.REFUSED).count()


def rulings_seen_by(user: User) -> QuerySet[Ruling]:
    """What statements were said to show 可查看的对账认定, newest first: of the payments the person may look at."""
    rulings = Ruling.objects.select_related("payment__account__bank", "payment__branch", "case__maker", "case__branch")
    return rulings.filter(payment__in=payments_seen_by(user).order_by()).order_by("-pk")


def waiting_ruling(payment: Payment) -> Ruling | None:
    """What was proposed about a payment and nobody has signed 待复核的对账认定, or None."""
    return payment.rulings.filter(case__status=CaseStatus.OPEN).select_related("case").first()


@dataclass(frozen=True, slots=True)
class PaymentCount:
    """How many payments have one status 各状态付款笔数; `amount` in yuan, `late` past their time to be answered."""

    status: PaymentStatus
    count: int
    amount: Decimal
    late: int


def counts_by_status(payments: QuerySet[Payment]) -> list[PaymentCount]:
    """Payments counted by status, every status in its order 付款监控."""
    late = Count("pk", filter=Q(status__in=WITH_THE_BANK, answer_by__lt=Now()))
    rows = payments.order_by().values("status").annotate(count=Count("pk"), sum=Sum("amount"), late=late)
    found: dict[str, Any] = {row["status"]: row for row in rows.order_by("status")}
    none: dict[str, Any] = {"count": 0, "sum": ZERO, "late": 0}
    return [
        PaymentCount(status, row["count"], row["sum"], row["late"])
        for status in PaymentStatus
        for row in [found.get(status, none)]
    ]


@dataclass(frozen=True, slots=True)
class Unfetched:
    """A bank that does not fetch what it is to pay 未领取付款的银行; `amount` in yuan, `since` of the oldest."""

    bank: str
    count: int
    amount: Decimal
    since: datetime


def unfetched(payments: QuerySet[Payment], *, before: datetime) -> list[Unfetched]:
    """The banks for which some of these payments wait since before a moment and were not fetched 未领取的付款."""
    told = Event.objects.filter(subject=OuterRef("reference"), type=EventType.APPROVED).order_by("-sequence")
    waiting = payments.order_by().filter(status=PaymentStatus.APPROVED).annotate(told=Subquery(told.values("at")[:1]))
    late = waiting.filter(told__lt=before).values("account__bank__name")
    rows = late.annotate(count=Count("pk"), sum=Sum("amount"), since=Min("told")).order_by("account__bank__name")
    return [Unfetched(row["account__bank__name"], row["count"], row["sum"], row["since"]) for row in rows]


def facts_of(payment: Payment) -> dict[str, str]:
    """What a signature on a payment rests on 复核依据."""
    return {
        "付款指令号": payment.reference,
        "金额": f"{payment.amount:,.2f} 元",
        "收款户名": payment.payee_name,
        "收款账号": masked_card(payment.payee_account),
        "收款银行": payment.payee_bank,
        "付款专户": str(payment.account),
        "付款银行": payment.account.bank.name,
        "附言": payment.remark,
        "网点": payment.branch.name,
        "制单日期": payment.created_on.isoformat(),
        "状态": PaymentStatus(payment.status).label,
    }


def facts_of_ruling(ruling: Ruling) -> dict[str, str]:
    """What a signature on a ruling rests on 复核依据: what the statement shows, beside the payment as it is."""
    return {
        **facts_of(ruling.payment),
        "认定结果": ResultOutcome(ruling.outcome).label,
        "对账单日期": ruling.statement_on.isoformat(),
        "对账单流水号": ruling.bank_serial or "对账单上没有这笔付款",
        "依据": ruling.reason,
        "发送次数": str(ruling.payment.sendings),
    }
