"""Reads of refunds 退款查询: what may be paid back of a receipt, and what is under way."""

from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from access.models import User
from access.states import Perm
from accounts.models import Employer
from approvals.queries import CENTRE, papers_told
from banking.models import Receipt
from banking.states import NOT_PAID, PaymentStatus
from deposits.models import Identification, Refund
from deposits.states import GRANTED_REFUND, STANDING_REFUND, RefundStatus
from hpf.money import ZERO
from hpf.privacy import masked_card
from ledger import queries as books
from ledger.models import Money

KIND = "deposits.refund"  # its holds, vouchers and payments
DECIDED_AT = "deposits:refund_decide"
# What an employer has no more of a receipt: refunded or about to be, or back without an owner.
GONE = Q(status__in=STANDING_REFUND) | Q(ownerless=True)
# Its payment ended without the payer having the money, and the money is not back yet.
UNPAID = Q(status__in=GRANTED_REFUND, payment__status__in=NOT_PAID, payment__taken_back_on=None)


def refunds_seen_by(user: User) -> QuerySet[Refund]:
    """The refunds a person may look at 可查看的退款, newest first.

    Money without an owner belongs to no office, so whoever may see receipts sees what is refunded of it; of employers'
    money the centre sees all, an office its own.
    """
    about = ("receipt__bank", "employer", "branch", "case__maker", "case__branch", "payment", "proposed_by")
    refunds = Refund.objects.select_related(*about).order_by("-pk")
    if not user.has(Perm.VIEW_RECEIPTS):
        return refunds.none()
    return refunds if user.branch_code == CENTRE else refunds.filter(Q(employer=None) | Q(employer__branch=user.branch))


def refunds_to(employer: Employer) -> QuerySet[Refund]:
    """What was refunded of an employer's unallocated money, or is to be 单位的退款, newest first."""
    return Refund.objects.filter(employer=employer).select_related("receipt__bank").order_by("-pk")


def refundable(receipt: Receipt, employer: Employer | None) -> Decimal:
    """The most that may be refunded now of a receipt 可退金额 (R-321), in yuan.

    Without an employer what nobody has claimed; with one what that employer was given of it, less what was refunded of
    that or is to be, and not more than what it has unallocated and not held.
    """
    if employer is None:
        return receipt.unclaimed
    given = _sum(Identification.objects.filter(receipt=receipt, employer=employer))
    left = given - _sum(Refund.objects.filter(GONE, receipt=receipt, employer=employer))
    return max(ZERO, min(left, books.available(employer.unallocated_id)))


def unclaimed_in_refund() -> dict[str, Any]:
    """What nobody has claimed and somebody asks to refund 待认领资金中正在退款的: `count`, and `amount` in yuan."""
    waiting = Refund.objects.filter(employer=None, status=RefundStatus.SUBMITTED)
    return waiting.aggregate(count=Count("pk"), amount=Coalesce(Sum("amount"), ZERO, output_field=Money()))


def shares_with_rest(employer: Employer, limit: int) -> list[tuple[Identification, Decimal]]:
    """What arrived for an employer, newest first, each with what of it may be refunded now 各笔可退金额, in yuan."""
    gone = Refund.objects.filter(GONE, receipt=OuterRef("receipt"), employer=employer).order_by()
    refunded = gone.values("employer").annotate(total=Sum("amount")).values("total")
    rows = Identification.objects.filter(employer=employer).select_related("receipt__bank").order_by("-on", "-pk")
    free = books.available(employer.unallocated_id)
    shares = rows.annotate(refunded=Coalesce(Subquery(refunded), ZERO, output_field=Money()))[:limit]
    return [(share, max(ZERO, min(share.amount - share.refunded, free))) for share in shares]


def unpaid_refunds() -> QuerySet[Refund]:
    """Refunds whose payment ended without the payer having the money back 付款未成的退款, the oldest first."""
    return Refund.objects.filter(UNPAID).order_by("pk")


# A payment that succeeded, or what UNPAID says: asked every few seconds, and the answer is nearly always no.
WAITING = """
select exists (
    select from deposits_refund r join banking_payment p on p.id = r.payment_id
    where r.status = %s and p.status = %s or r.status = any(%s) and p.status = any(%s) and p.taken_back_on is null
)
"""


def waits_to_be_settled() -> bool:
    """Whether the payment of any refund has ended and nothing has followed from it yet 有待处理的退款付款结果."""
    paid = [RefundStatus.APPROVED.value, PaymentStatus.SUCCEEDED.value]
    unpaid = [[status.value for status in GRANTED_REFUND], [status.value for status in NOT_PAID]]
    with connection.cursor() as cursor:
        cursor.execute(WAITING, [*paid, *unpaid])
        return bool(cursor.fetchone()[0])


def refunds_to_clear(user: User) -> int:
    """How many refunds came back and nobody has seen to them 付款未成待核实的退款."""
    return refunds_seen_by(user).order_by().filter(status=RefundStatus.RETURNED, cleared_on=None).count()


def facts_of_refund(refund: Refund) -> dict[str, str]:
    """What a signature on a refund rests on 复核依据: the receipt it came by, and what is paid back of it to whom."""
    receipt, employer = refund.receipt, refund.employer
    return {
        "退款编号": refund.number,
        "退款金额": f"{refund.amount:,.2f} 元",
        "款项来源": refund.origin.label,
        "单位": f"{employer.number} {employer.name}" if employer else "无",
        "银行流水号": receipt.serial,
        "收款银行": receipt.bank.name,
        "到账日期": receipt.paid_on.isoformat(),
        "到账金额": f"{receipt.amount:,.2f} 元",
        "附言": receipt.remark or "无",
        "退回户名": receipt.payer_name,
        "退回账号": masked_card(receipt.payer_account),
        "退回银行": receipt.payer_bank or "到账通知未注明",
        "退款原因": refund.reason,
        "要件": papers_told(refund),
    }


def _sum(rows: QuerySet[Identification] | QuerySet[Refund]) -> Decimal:
    total: Decimal = rows.aggregate(total=Coalesce(Sum("amount"), ZERO, output_field=Money()))["total"]
    return total
