"""Reads of banks and receipts 银行与到账查询."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, QuerySet, Sum

from access.models import User
from access.states import Perm
from banking.models import Bank, BankAccount, Receipt, RefusedNotice
from hpf.errors import Refusal
from hpf.money import ZERO


class NoBank(Refusal):
    """A client that may report, and for which no bank is entered 接口客户未关联银行."""

    message = "该接口客户尚未关联受托银行，请联系中心"
    code = "no_bank"


def bank_of(user: User) -> Bank:
    """The bank for which a client's user reports 接口用户所属银行. Raises NoBank."""
    bank = Bank.objects.filter(client__user=user).first()
    if bank is None:
        raise NoBank
    return bank


def open_accounts_of(bank: Bank) -> QuerySet[BankAccount]:
    """The centre's accounts at a bank that can take money 专户, with their ledger accounts."""
    return (
        BankAccount.objects.filter(bank=bank, ledger_account__closed_on=None)
        .select_related("ledger_account")
        .order_by("pk")
    )


def receipts_seen_by(user: User) -> QuerySet[Receipt]:
    """The receipts a person may look at 可查看的到账, newest first: staff with the right, others none.

    A receipt arrives at the head office for the whole city and has no branch until it is claimed.
    """
    receipts = Receipt.objects.select_related("bank", "account").order_by("-pk")
    return receipts if user.has(Perm.VIEW_RECEIPTS) else receipts.none()


def refused_notices_seen_by(user: User) -> QuerySet[RefusedNotice]:
    """The refused notices a person may look at 被拒通知, newest first."""
    notices = RefusedNotice.objects.select_related("bank", "first_receipt").order_by("-pk")
    return notices if user.has(Perm.VIEW_RECEIPTS) else notices.none()


@dataclass(frozen=True, slots=True)
class ReceiptTotals:
    """What a list of receipts adds up to 到账合计, in yuan."""

    count: int
    amount: Decimal
    unclaimed: Decimal


def totals_of(receipts: QuerySet[Receipt]) -> ReceiptTotals:
    """Add up receipts 到账合计: how many, how much, and how much nobody has claimed."""
    sums = receipts.order_by().aggregate(count=Count("pk"), amount=Sum("amount"), unclaimed=Sum("unclaimed"))
    return ReceiptTotals(sums["count"], sums["amount"] or ZERO, sums["unclaimed"] or ZERO)


def unclaimed_receipts() -> QuerySet[Receipt]:
    """The receipts of which something is still unclaimed 待认领到账, oldest first."""
    return Receipt.objects.filter(unclaimed__gt=0).order_by("pk")
