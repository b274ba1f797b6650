"""Reads about cases 复核事项查询. Pages load rows through `..._seen_by(user)` only."""

from django.db.models import QuerySet

from access.models import User
from approvals.models import Case
from approvals.states import CaseStatus

CENTRE = "00"


def cases_decided_by(user: User) -> QuerySet[Case]:
    """The open cases a person may sign 可复核的事项: the right, the office (the centre all), and not one's own."""
    perms = [perm.value for perm in user.perms] if user.is_active else []
    cases = Case.objects.filter(status=CaseStatus.OPEN, perm__in=perms).exclude(maker=user)
    return cases if user.branch_code == CENTRE else cases.filter(branch=user.branch)


def inbox_seen_by(user: User) -> QuerySet[Case]:
    """What waits for this person's signature, the oldest first 待办."""
    return cases_decided_by(user).select_related("maker", "branch").order_by("opened_on", "pk")


def sent_seen_by(user: User) -> QuerySet[Case]:
    """What this person entered and others sign, the newest first 我发起的."""
    return Case.objects.filter(maker=user).select_related("branch").order_by("-pk")
