"""Reads about bans 违规限制查询: who may not withdraw or borrow on a day, and what a signature rests on."""

from datetime import date

from django.db.models import Q, QuerySet

from access.models import User
from accounts.models import Ban, BanLift, Member
from accounts.queries.member_changes import account_of
from accounts.queries.members import member_accounts_seen_by
from accounts.states import BanStatus
from approvals.states import CaseStatus
from hpf.privacy import masked_id

NONE = "无"


def bans_seen_by(user: User) -> QuerySet[Ban]:
    """The bans a person may read 可查看的违规限制: those of the members that person sees."""
    bans = Ban.objects.filter(member__in=member_accounts_seen_by(user).values("member"))
    return bans.select_related("member", "case__maker", "case__branch")


def lifts_seen_by(user: User) -> QuerySet[BanLift]:
    """The requests to lift a ban a person may read 可查看的解除申请."""
    return BanLift.objects.filter(ban__in=bans_seen_by(user)).select_related(
        "ban__member", "case__maker", "case__branch"
    )


def bans_on(member: Member, on: date) -> QuerySet[Ban]:
    """The bans that bar a person from withdrawing or borrowing on a day 当日有效的违规限制 (R-443), the longest first.

    Which of the two a ban bars on that day its two last days say.
    """
    bars = Q(no_withdrawal_until__gte=on) | Q(no_loan_until__gte=on)
    bans = member.bans.filter(bars, status=BanStatus.ACTIVE, begins_on__lte=on)
    return bans.order_by("-no_withdrawal_until", "-no_loan_until", "pk")


def open_lift_of(ban: Ban) -> BanLift | None:
    """The request to lift a ban that waits for a second person 待复核的解除申请, if any."""
    return ban.lifts.filter(case__status=CaseStatus.OPEN).select_related("case").first()


def facts_of(ban: Ban) -> dict[str, str]:
    """What a signature on a ban rests on 复核依据: the decision, its terms, and what the person has already."""
    others = ban.member.bans.filter(status=BanStatus.ACTIVE).exclude(pk=ban.pk).order_by("pk")
    return _of_member(ban.member) | {
        "违规类型": ban.get_ground_display(),
        "处理决定书编号": ban.document,
        "决定日期": str(ban.decided_on),
        "限制起始日期": str(ban.begins_on),
        "限制提取至": str(ban.no_withdrawal_until),
        "限制贷款至": str(ban.no_loan_until),
        "违规金额": f"{ban.amount} 元",
        "已退回金额": f"{ban.returned} 元",
        "已有限制": "；".join(f"{one.document} 至 {one.no_withdrawal_until}" for one in others) or NONE,
        "违规事实": ban.reason,
    }


def facts_of_lift(lift: BanLift) -> dict[str, str]:
    """What a signature on a lifting rests on 复核依据: its paper, and the ban as it stands."""
    ban = Ban.objects.select_related("member").get(pk=lift.ban_id)
    return _of_member(ban.member) | {
        "办理事项": "提前解除违规限制",
        "撤销文书编号": lift.document,
        "原处理决定书": f"{ban.document}（{ban.get_ground_display()}）",
        "原限制期限": f"提取至 {ban.no_withdrawal_until}，贷款至 {ban.no_loan_until}",
        "限制状态": ban.get_status_display(),
        "解除原因": lift.reason,
    }


def _of_member(member: Member) -> dict[str, str]:
    account = account_of(member)
    return {
        "职工": member.name,
        "证件号码": masked_id(member.id_number),
        "个人账号": account.number,
        "单位": account.employer.name,
    }
