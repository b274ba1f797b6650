"""Reads of withdrawals 提取查询. Pages load rows through `..._seen_by(user)` only."""

from decimal import Decimal

from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum

from access.models import User
from access.states import Perm, Post
from accounts.models import MemberAccount
from accounts.queries import CENTRE, member_accounts_seen_by
from accounts.queries.freezes import queue_of, shown_amount, told_waiting
from accounts.states import MEMBER_ACCOUNT_ENDS
from approvals.queries import papers_told
from banking.states import NOT_PAID, PaymentStatus
from hpf.money import ZERO
from hpf.privacy import masked_card
from withdrawals import rules
from withdrawals.models import Undoing, Withdrawal
from withdrawals.queries.papers import proofs_of
from withdrawals.queries.questions import Wish
from withdrawals.rules import Particulars, Quote
from withdrawals.states import LEFT, Category, PaperKind, WithdrawalStatus

# Its payment ended without the member having the money, and the money is not back yet.
UNPAID = Q(status__in=LEFT, payment__status__in=NOT_PAID, payment__taken_back_on=None)


def withdrawals_seen_by(user: User) -> QuerySet[Withdrawal]:
    """The withdrawals a person may look at 可查看的提取, newest first.

    Staff with the right see those of their office, the centre all; a member the own ones. What people withdraw for
    is no business of their employer's.
    """
    seen = Withdrawal.objects.all()
    if user.post == Post.MEMBER:
        seen = seen.filter(member_account__in=member_accounts_seen_by(user).order_by())
    elif not (user.works_at_counter and user.has(Perm.VIEW_WITHDRAWALS)):
        seen = seen.none()
    elif user.branch_code != CENTRE:
        seen = seen.filter(branch=user.branch)
    return seen.select_related("member_account__employer__branch", "member", "branch", "case", "payment").order_by(
        "-pk"
    )


def totals_of(rows: QuerySet[Withdrawal]) -> dict[str, Decimal]:
    """What some withdrawals come to, in yuan 提取合计: `asked_for`, and `paid_out` or about to be."""
    paid = Sum(F("granted") + F("interest"), filter=Q(status__in=LEFT), default=ZERO)
    return rows.order_by().aggregate(asked_for=Sum("asked", default=ZERO), paid_out=paid)


def particulars_of(withdrawal: Withdrawal) -> Particulars:
    """What was declared 申报内容, as it was handed in."""
    return rules.read(Category(withdrawal.category), withdrawal.particulars)


def wish_of(withdrawal: Withdrawal) -> Wish:
    """What was asked for 提取意向, as it was handed in, with the papers that have come by now."""
    here = {PaperKind(proof.kind) for proof in proofs_of(withdrawal) if proof.in_file or proof.original_seen}
    return Wish(withdrawal.member_account, particulars_of(withdrawal), withdrawal.asked, frozenset(here))


def facts_of(withdrawal: Withdrawal, quote: Quote) -> dict[str, str]:
    """What a signature on a withdrawal rests on 复核依据: what was declared, and every factor as it stands now."""
    papers = "；".join(f"{proof.get_kind_display()}：{proof.standing}" for proof in proofs_of(withdrawal))
    return {
        "提取编号": withdrawal.number,
        "职工": withdrawal.member.name,
        "个人账号": withdrawal.member_account.number,
        "提取类别": withdrawal.get_category_display(),
        **rules.shown(particulars_of(withdrawal)),
        "申请金额": f"{withdrawal.asked:,.2f} 元",
        "收款人": f"{withdrawal.payee_name}，{masked_card(withdrawal.payee_card)}，{withdrawal.payee_bank}",
        "要件": papers or "不需要",
        "要件文件": papers_told(withdrawal),
        "账户冻结": _frozen(withdrawal.member_account),
        "申请日期": withdrawal.applied_on.isoformat(),
        "办理期限": withdrawal.due_on.isoformat(),
        **rules.facts_of_factors(quote.factors),
        "实付金额": f"{quote.paid:,.2f} 元",
    }


def quote_of(withdrawal: Withdrawal) -> Quote:
    """The quote it was handed in with, or approved with 核定结果."""
    return rules.kept(Category(withdrawal.category), withdrawal.quote)


def _frozen(account: MemberAccount) -> str:
    """The freezes of an account that applies 账户冻结. What waits for money came after the application (R-902)."""
    queue, waiting = queue_of(account), told_waiting(account)
    told = [f"{waiting}，复核结论作出前不能同意付款"] if waiting else []
    told += [
        f"{one.freeze.get_ground_display()}（{one.freeze.authority} {one.freeze.document}）"
        f"冻结 {shown_amount(one.freeze.amount)}，现冻结 {one.covered:,.2f} 元"
        for one in queue
    ]
    if any(one.lacks or one.freeze.amount is None for one in queue):
        told.append("冻结在本笔申请之后，请核对是否仍可付款：不予同意或退回的，本笔占用的资金随即冻结")
    return "；".join(told) or "无"


def facts_of_undoing(undoing: Undoing) -> dict[str, str]:
    """What a signature on an undoing rests on 复核依据."""
    withdrawal = undoing.withdrawal
    return {
        "提取编号": withdrawal.number,
        "职工": withdrawal.member.name,
        "个人账号": withdrawal.member_account.number,
        "提取类别": withdrawal.get_category_display(),
        "实付金额": f"{withdrawal.paid:,.2f} 元",
        "批准日期": str(withdrawal.decided_on),
        "付款状态": withdrawal.payment.get_status_display() if withdrawal.payment else "无",
        "撤销理由": undoing.reason,
    }


def undoings_seen_by(user: User) -> QuerySet[Undoing]:
    """The undoings a person may look at 可查看的撤销申请, newest first."""
    seen = Undoing.objects.filter(withdrawal__in=withdrawals_seen_by(user).order_by())
    whose = "withdrawal__member_account__employer__branch"
    return seen.select_related(whose, "withdrawal__member", "withdrawal__payment", "case__maker").order_by("-pk")


def other_account_of(withdrawal: Withdrawal) -> MemberAccount | None:
    """The account that takes the place of one that has ended since the money left 现有账户 (R-620).

    None where the money can go back where it was, or where the member has no account to take it.
    """
    account = withdrawal.member_account
    moved = account.ledger_account_id != withdrawal.ledger_account_id
    ended = account.status in MEMBER_ACCOUNT_ENDS and not withdrawal.closed_from
    others = withdrawal.member.member_accounts.exclude(status__in=MEMBER_ACCOUNT_ENDS)
    if withdrawal.closed_from:
        others = others.exclude(pk=account.pk)
    return others.first() if moved or ended or withdrawal.closed_from else None


def account_returned_to(withdrawal: Withdrawal) -> MemberAccount | None:
    """Where the money came back to, if not where it had left 退回的账户."""
    back_on = MemberAccount.objects.filter(ledger_account=withdrawal.returned_to_id, member=withdrawal.member_id)
    return back_on.first() if withdrawal.returned_to_id else None


def stranded() -> QuerySet[Withdrawal]:
    """Those of the unsettled that have no account to come back to 无账户可退的提取, the oldest first."""
    open_ones = MemberAccount.objects.filter(member=OuterRef("member")).exclude(status__in=MEMBER_ACCOUNT_ENDS)
    return unsettled().filter(~Exists(open_ones), closed_from="")


def unsettled() -> QuerySet[Withdrawal]:
    """Withdrawals whose payment ended without the member having the money 付款未成待处理, the oldest first."""
    ended = Withdrawal.objects.filter(UNPAID)
    return ended.select_related("payment", "member", "member_account").order_by(F("pk"))


# A payment that succeeded, or what UNPAID says: asked every few seconds, and the answer is nearly always no.
WAITING = """
select exists (
    select from withdrawals_withdrawal w join banking_payment p on p.id = w.payment_id
    where w.status = %s and p.status = %s or w.status = any(%s) and p.status = any(%s) and p.taken_back_on is null
)
"""


def waits_to_be_settled() -> bool:
    """Whether the payment of any withdrawal has ended and nothing has followed from it yet 有待处理的提取付款结果."""
    paid = [WithdrawalStatus.APPROVED.value, PaymentStatus.SUCCEEDED.value]
    unpaid = [[status.value for status in LEFT], [status.value for status in NOT_PAID]]
    with connection.cursor() as cursor:
        cursor.execute(WAITING, [*paid, *unpaid])
        return bool(cursor.fetchone()[0])
