"""Reads about cases 复核事项查询. Pages load rows through `..._seen_by(user)` only."""

from django.db.models import Prefetch, QuerySet

from access.models import User
from approvals.models import Case, Signature
from approvals.states import CaseStatus

CENTRE = "00"


def cases_decided_by(user: User) -> QuerySet[Case]:
    """The open cases a person may sign 可复核的事项: the right, the office (the centre all), and not one's own."""
    perms = [perm.value for perm in user.perms] if user.is_active else []
    cases = (
        Case.objects.filter(status=CaseStatus.OPEN, perm__in=perms).exclude(maker=user).exclude(signatures__signer=user)
    )
    return cases if user.branch_code == CENTRE else cases.filter(branch=user.branch)


def inbox_seen_by(user: User) -> QuerySet[Case]:
    """What waits for this person's signature, the oldest first 待办."""
    return cases_decided_by(user).select_related("maker", "branch").order_by("opened_on", "pk")


def sent_seen_by(user: User) -> QuerySet[Case]:
    """What this person entered and others sign, the newest first 我发起的."""
    signed = Prefetch("signatures", Signature.objects.select_related("signer"))
    return Case.objects.filter(maker=user).select_related("branch").prefetch_related(signed).order_by("-pk")


def outcome_of(case: Case) -> str:
    """What became of a case, in a sentence for somebody who comes too late 已处理说明; empty while it waits."""
    if case.is_open:
        return ""
    said = case.signatures.select_related("signer").order_by("-pk").first()
    if said is None:
        return f"{case}：经办人{case.maker.name}已撤回，不需要再复核"
    return f"{case}：{said.signer.name}已于 {said.on} {said.get_verdict_display()}，不需要再复核"
