"""The lists employers handed in 汇缴与补缴: the rows of each, and what money they wait for."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from access.models import User
from access.states import Perm
from accounts.models import Employer
from accounts.queries import employers_seen_by
from banking.models import BankAccount
from banking.states import AccountPurpose
from deposits.models import Remittance, RemittanceLine
from deposits.states import RemittanceStatus
from hpf.money import ZERO
from hpf.months import Month
from ledger.models import Money


def accounts_to_pay_to() -> QuerySet[BankAccount]:
    """The centre's accounts employers pay to 归集专户, by bank."""
    accounts = BankAccount.objects.filter(purpose=AccountPurpose.COLLECTION).select_related("bank")
    return accounts.order_by("bank__code", "number")


def paying_account_of(employer: Employer) -> str:
    """The account an employer pays from 付款账户, the one registered first; nothing where none is registered."""
    account = employer.paying_accounts.order_by("pk").first()
    return account.account_number if account else ""


def remittances_seen_by(user: User) -> QuerySet[Remittance]:
    """The remittances a person may look at 可查看的汇缴, newest first: of the employers the person may see."""
    rows = Remittance.objects.select_related("employer", "employer__branch").order_by("-month", "-pk")
    if not (user.has(Perm.VIEW_REMITTANCES) or user.has(Perm.SUBMIT_REMITTANCE)):
        return rows.none()
    return rows.filter(employer__in=employers_seen_by(user))


def totals_of(remittances: QuerySet[Remittance]) -> dict[str, Any]:
    """How many, for how many members, and how much 汇缴合计; `waiting` is what has not been paid."""
    waiting = Q(status=RemittanceStatus.SUBMITTED)
    return remittances.order_by().aggregate(
        count=Count("pk"),
        people=Coalesce(Sum("headcount"), 0),
        amount=Coalesce(Sum("total"), ZERO, output_field=Money()),
        waiting=Coalesce(Sum("total", filter=waiting), ZERO, output_field=Money()),
    )


def withdrawn_before(employer: Employer, month: str) -> Remittance | None:
    """The list of a month that was taken back last 已撤销的清册, to compare the corrected one with."""
    gone = Remittance.objects.regular().filter(employer=employer, month=month, status=RemittanceStatus.CANCELLED)
    return gone.order_by("-pk").first()


def lines_of(remittance: Remittance) -> QuerySet[RemittanceLine]:
    """The lines of a remittance 汇缴明细, in the order of the list."""
    return (
        RemittanceLine.objects.filter(remittance=remittance)
        .select_related("member_account", "member_account__member")
        .order_by("line")
    )


def listed_in(month: Month, accounts: Iterable[int]) -> set[int]:
    """The member accounts, of those given by their key, that some employer's list of a month names 当月已列入汇缴."""
    lines = RemittanceLine.objects.filter(remittance__month=str(month), member_account__in=list(accounts))
    return set(lines.exclude(remittance__status=RemittanceStatus.CANCELLED).values_list("member_account_id", flat=True))


def covered() -> list[int]:
    """The lists that the employer's unallocated money covers 资金已到齐的清册: an employer's months in order.

    Back payments come after the months, so that none of them keeps a month waiting. What is held for a refund covers
    nothing.
    """
    rows = Remittance.objects.filter(
        status=RemittanceStatus.SUBMITTED,
        employer__unallocated__balance__gte=F("total") + F("employer__unallocated__held"),
    ).order_by("employer", "kind", "month", "pk")
    return list(rows.values_list("pk", flat=True))
