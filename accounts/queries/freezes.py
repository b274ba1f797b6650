"""Reads about freezes 冻结查询: which hold, in which order, and what each covers."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from access.models import User
from accounts.models import Employer, Freeze, FreezeChange, MemberAccount
from accounts.queries.members import member_accounts_seen_by
from accounts.states import FreezeAct, FreezeStatus
from approvals.models import Case
from approvals.states import CaseStatus
from hpf.money import ZERO
from ledger import queries as books

KIND = "accounts.freeze"  # the holds of this room in the ledger
STOPPING = (FreezeStatus.PENDING, FreezeStatus.ACTIVE)
EVERYTHING = "账户全部余额"
NO_END = "无固定期限"
NONE = "无"


@dataclass(frozen=True, slots=True)
class Queued:
    """A freeze in its place 轮候顺位: `place` counts from one, `covered` is what it keeps now, in yuan."""

    place: int
    freeze: Freeze
    covered: Decimal

    @property
    def lacks(self) -> bool:
        """Whether it waits for money 轮候."""
        return self.freeze.amount is not None and self.covered < self.freeze.amount


def freezes_seen_by(user: User) -> QuerySet[Freeze]:
    """The freezes a person may read 可查看的冻结: those of the accounts that person sees."""
    freezes = Freeze.objects.filter(member_account__in=member_accounts_seen_by(user))
    return freezes.select_related("member_account__member", "member_account__employer__branch", "case__maker")


def changes_seen_by(user: User) -> QuerySet[FreezeChange]:
    """The renewals and liftings a person may read 可查看的续冻和解冻申请."""
    changes = FreezeChange.objects.filter(freeze__in=freezes_seen_by(user))
    about = ("freeze__member_account__member", "freeze__member_account__employer__branch")
    return changes.select_related(*about, "case__maker", "case__branch")


def stopped_among(accounts: Iterable[int]) -> set[int]:
    """Of these member accounts, by their key, those that a freeze keeps where they are 已冻结或待冻结的账户."""
    stopping = Freeze.objects.filter(member_account__in=list(accounts), status__in=STOPPING)
    return set(stopping.order_by().values_list("member_account", flat=True))


def holds_on_account() -> Exists:
    """Whether a freeze holds on a member account, for a query of accounts 是否冻结: state 06 of the standard's A.6."""
    return Exists(Freeze.objects.filter(member_account=OuterRef("pk"), status=FreezeStatus.ACTIVE))


def frozen_at(employer: Employer) -> int:
    """How many open accounts of an employer a freeze holds 冻结户数."""
    return employer.member_accounts.filter(holds_on_account()).count()


def queue_of(account: MemberAccount) -> list[Queued]:
    """The freezes of an account that hold, in the order in which they came, with what each covers now 轮候冻结."""
    return _in_order(account, account.freezes.filter(status=FreezeStatus.ACTIVE).order_by("pk"))


def queue_and_waiting(account: MemberAccount) -> tuple[list[Queued], str]:
    """`queue_of` and `told_waiting` of an account, read together."""
    found = list(account.freezes.filter(status__in=[FreezeStatus.ACTIVE, FreezeStatus.PENDING]).order_by("pk"))
    waiting = [one for one in found if one.status == FreezeStatus.PENDING]
    return _in_order(account, [one for one in found if one not in waiting]), _told(waiting[0]) if waiting else ""


def waiting_of(account: MemberAccount) -> Freeze | None:
    """The freeze of an account that waits for a second person 待复核的冻结, if any."""
    return account.freezes.filter(status=FreezeStatus.PENDING).select_related("case").order_by("pk").first()


def told_waiting(account: MemberAccount) -> str:
    """The freeze of an account that waits for a second person, in words 待复核的冻结; empty where none does."""
    row = waiting_of(account)
    return _told(row) if row else ""


def asked_of(freeze: Freeze, balance: Decimal) -> Decimal:
    """What a freeze asks for of an account with this balance, in yuan 冻结金额."""
    return balance if freeze.amount is None else freeze.amount


def asked_before(account: MemberAccount, kind: str, source: int, balance: Decimal) -> Decimal:
    """What the freezes ask for that hold and were asked for before the first case of a subject 在先申请的冻结, in yuan.

    At most the balance.
    """
    first = Case.objects.filter(subject_kind=kind, subject_id=str(source)).order_by("pk").values("pk")[:1]
    earlier = account.freezes.filter(status=FreezeStatus.ACTIVE, case__lt=Subquery(first)).order_by("pk")
    return min(balance, sum((asked_of(row, balance) for row in earlier), ZERO))


def open_change_of(freeze: Freeze) -> FreezeChange | None:
    """The renewal or lifting that waits for a second person 待复核的续冻或解冻, if any."""
    return freeze.changes.filter(case__status=CaseStatus.OPEN).select_related("case").first()


def to_lapse(on: date) -> QuerySet[Freeze]:
    """The freezes whose last day has passed 已到期未解除的冻结, the oldest first."""
    return Freeze.objects.filter(status=FreezeStatus.ACTIVE, until__lt=on).order_by("until", "pk")


def facts_of(freeze: Freeze) -> dict[str, str]:
    """What a signature on a freeze rests on 复核依据: the order, and what it meets as things stand.

    The account is read again: it is what is true now that counts.
    """
    account = MemberAccount.objects.select_related("member", "employer").get(pk=freeze.member_account_id)
    return _of_account(account) | {
        "冻结事由": freeze.get_ground_display(),
        "执行机关": freeze.authority,
        "法律文书编号": freeze.document,
        "冻结金额": shown_amount(freeze.amount),
        "冻结期限": term_of(freeze),
        "现可冻结": f"{_would_cover(freeze, account):,.2f} 元",
        "在途支取占用": f"{books.held_to_spend(account.ledger_account_id):,.2f} 元",
        "在先冻结": _shown_queue(account, freeze),
        "说明": freeze.reason,
    }


def facts_of_change(change: FreezeChange) -> dict[str, str]:
    """What a signature on a renewal or lifting rests on 复核依据: its paper, and the freeze as it stands."""
    freeze = Freeze.objects.select_related("member_account__member", "member_account__employer").get(
        pk=change.freeze_id
    )
    asked = {"续冻至": str(change.until)} if change.act == FreezeAct.RENEW else {}
    return _of_account(freeze.member_account) | {
        "办理事项": change.get_act_display(),
        **asked,
        "执行机关": change.authority,
        "法律文书编号": change.document,
        "原冻结": f"{freeze.get_ground_display()}，{freeze.authority}，{freeze.document}",
        "原冻结金额": shown_amount(freeze.amount),
        "原冻结期限": term_of(freeze),
        "冻结状态": freeze.get_status_display(),
        "现实际冻结": f"{covered_by(freeze):,.2f} 元",
        "说明": change.reason,
    }


def covered_by(freeze: Freeze) -> Decimal:
    """What a freeze keeps now, in yuan 实际冻结金额; nothing before it holds and after it ended."""
    return covered_by_each([freeze]).get(freeze.pk, ZERO)


def covered_by_each(freezes: Iterable[Freeze]) -> dict[int, Decimal]:
    """What each of some freezes keeps now, by its key, in yuan 实际冻结金额; those that hold nothing are not in it."""
    kept = books.kept_by(KIND, [str(row.pk) for row in freezes])
    return {int(source): amount for source, amount in kept.items()}


def shown_amount(amount: Decimal | None) -> str:
    """An amount to be frozen, in words where it is everything 冻结金额."""
    return EVERYTHING if amount is None else f"{amount:,} 元"


def term_of(freeze: Freeze) -> str:
    """From which day to which a freeze holds 冻结期限."""
    return f"{freeze.begins_on} 至 {freeze.until or NO_END}"


def _of_account(account: MemberAccount) -> dict[str, str]:
    return {
        "个人账号": account.number,
        "职工": account.member.name,
        "单位": account.employer.name,
        "账户状态": account.get_status_display(),
        "账户余额": f"{books.balance_of(account.ledger_account_id):,} 元",
    }


def _would_cover(freeze: Freeze, account: MemberAccount) -> Decimal:
    """What the freeze would keep if it were granted now, or keeps already."""
    if freeze.status != FreezeStatus.PENDING:
        return covered_by(freeze)
    free = books.available(account.ledger_account_id)
    return free if freeze.amount is None else min(freeze.amount, free)


def _shown_queue(account: MemberAccount, but: Freeze) -> str:
    earlier = [one for one in queue_of(account) if one.freeze.pk != but.pk]
    return "；".join(f"{one.freeze.document} 冻结 {one.covered:,} 元" for one in earlier) or NONE


def _in_order(account: MemberAccount, active: Iterable[Freeze]) -> list[Queued]:
    freezes = {one.pk: one for one in active}
    if not freezes:
        return []
    holds = books.holds_of(account.ledger_account_id).filter(kind=KIND)
    order, kept = map(int, holds.values_list("source", flat=True)), covered_by_each(freezes.values())
    # One may be lifted while we read: what keeps nothing any more has no place.
    in_order = [freezes[key] for key in order if key in freezes and key in kept]
    return [Queued(place, one, kept[one.pk]) for place, one in enumerate(in_order, start=1)]


def _told(waiting: Freeze) -> str:
    amount = shown_amount(waiting.amount)
    return f"有待复核的冻结（{waiting.get_ground_display()}，{waiting.authority} {waiting.document}，{amount}）"
