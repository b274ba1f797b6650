"""Somebody who owes money and has it paid: what a business room does, in the smallest form."""

import itertools
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection, transaction

from access.models import Branch, User
from approvals.actions.signatures import Decision
from approvals.rules import digest_of
from approvals.states import Verdict
from banking import queries
from banking.actions import payments, results
from banking.actions.payments import Order, Payee
from banking.actions.results import Report
from banking.models import Bank, BankAccount, Payment, PaymentResult
from banking.rules import Said
from banking.states import ResultOutcome
from ledger import queries as books
from ledger.actions import opening, posting
from tests.banking.factories import ACCOUNT, DAY, bank, night
from tests.ledger.books import as_owner, run

AT = datetime(2026, 7, 1, 2, 0, tzinfo=UTC)
OWES, TAKES_BACK = "tests.owes", "tests.takes_back"
CARD = "6217003650001234567"
_numbers = itertools.count(1)


def may_owe() -> None:
    """Kinds of voucher for an act that owes money, and for its undoing."""
    with as_owner():
        run(
            "insert into ledger_voucherkind (code, name, at_day_end, turns_year) values (%s, '测试应付', false, false),"
            " (%s, '测试收回', false, false)",
            OWES, TAKES_BACK,
        )  # fmt: skip
    for account in BankAccount.objects.order_by("pk"):
        fund(account, Decimal(10) ** 9)


def fund(account: BankAccount, amount: Decimal, on: date | None = None) -> None:
    """Money comes to one of the centre's bank accounts from somewhere, or goes."""
    on = on or books.open_day()
    there, elsewhere = account.ledger_account_id, opening.internal("119", 1, on=on)
    to, of = (there, elsewhere) if amount > 0 else (elsewhere, there)
    lines = [posting.debit(to, abs(amount)), posting.credit(of, abs(amount))]
    with transaction.atomic():
        posting.post(OWES, f"fund-{next(_numbers)}", lines, by=night(), on=on)


def order_of(**changes: Any) -> Order:
    """A small payment to a card at the first bank; it needs no signature of finance."""
    plain = Order(
        kind=OWES,
        source=str(next(_numbers)),
        branch=Branch.objects.get(pk=1),
        amount=Decimal("1200.00"),
        payee=Payee("李建国", CARD, "工商银行内江分行"),
        remark="住房公积金提取",
    )
    return replace(plain, **changes)


def ordered(by: User | None = None, on: date = DAY, **changes: Any) -> Payment:
    """Owe the money and order its payment, in one transaction."""
    wanted, by = order_of(**changes), by or night()
    with transaction.atomic():
        _post(OWES, wanted.source, wanted.branch, wanted.amount, on=on)
        return payments.order(wanted, by=by, on=on)


def undone(payment: Payment, on: date = DAY) -> None:
    """Owe it no more, as a business room does for a payment that was not made."""
    with transaction.atomic():
        _post(TAKES_BACK, payment.source, payment.branch, -payment.amount, on=on)
        payments.take_back(payment, by=night(), on=on)


def _post(kind: str, source: str, branch: Branch, amount: Decimal, *, on: date) -> None:
    owed, other = (opening.internal(chart, branch.pk, on=on) for chart in ("21903", "119"))
    sides = [posting.debit(other, amount), posting.credit(owed, amount)]
    if amount < 0:
        sides = [posting.credit(other, -amount), posting.debit(owed, -amount)]
    posting.post(kind, source, sides, by=night(), on=on)


def claimed(of: Bank | None = None, limit: int = 1000, at: datetime = AT, on: date = DAY) -> list[Payment]:
    """What a bank is handed."""
    return payments.claim(of or bank(), limit, at=at, by=night(), on=on)


def sent(**changes: Any) -> Payment:
    """A payment a bank has been handed."""
    payment = ordered(**changes)
    claimed(payment.account.bank)
    return fresh(payment)


def unknown(**changes: Any) -> Payment:
    """A payment a bank has not answered in time."""
    payment = sent(**changes)
    payments.overdue_all(at=AT + timedelta(days=1), by=night(), on=DAY)
    return fresh(payment)


def said(outcome: ResultOutcome, payment: Payment | None = None, **changes: Any) -> Said:
    """What a bank says of a payment when all is well."""
    moved = outcome in (ResultOutcome.SUCCEEDED, ResultOutcome.RETURNED)
    plain = Said(outcome, bank_serial=f"B-{outcome}", code="0000")
    if moved:
        amount = payment.amount if payment else Decimal("1200.00")
        account = payment.account.number if payment else ACCOUNT
        plain = replace(plain, account=account, amount=amount, paid_on=DAY)
    if outcome == ResultOutcome.NOT_RECEIVED:
        plain = replace(plain, sending=payment.sendings if payment else 1)
    return replace(plain, **changes)


def reported(payment: Payment, outcome: ResultOutcome, named: str = "", **changes: Any) -> PaymentResult:
    """Have the payment's bank say something of it."""
    told = Report(named or payment.reference, said(outcome, payment, **changes), at=AT, calendar=DAY)
    return results.report(payment.account.bank, told, by=night(), on=DAY)


def signed(payment: Payment, by: User, verdict: Verdict = Verdict.GRANT, reason: str = "") -> str:
    """Sign a payment as it stands."""
    seen = digest_of(queries.facts_of(payment))
    return payments.decide(payment, Decision(verdict, seen, reason), by=by, on=DAY)


def fresh(payment: Payment) -> Payment:
    return Payment.objects.select_related("account__bank", "branch", "case").get(pk=payment.pk)


def owed(branch: int = 1) -> Decimal:
    """What stands on 21903 待付款项 of an office, by its entries."""
    return _credits("a.chart_id = '21903' and a.branch_id = %s", branch)


def paid_from(account: BankAccount) -> Decimal:
    """What has left one of the centre's bank accounts, by its entries."""
    return _credits(
        f"e.voucher_id in (select id from ledger_voucher where kind_id <> '{OWES}') and a.id = %s",
        account.ledger_account_id,
    )


def _credits(which: str, value: int) -> Decimal:
    """Credits less debits of some accounts."""
    sum_ = "select coalesce(sum(case e.side when 'C' then e.amount else -e.amount end), 0.00) from ledger_entry e"
    with connection.cursor() as cursor:
        cursor.execute(f"{sum_} join ledger_ledgeraccount a on a.id = e.account_id where {which}", [value])
        return cursor.fetchone()[0]
