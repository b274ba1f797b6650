"""Reads about employers 单位查询."""

from django.db.models import QuerySet

from access.models import User
from access.states import Perm, Post
from accounts.models import Employer

CENTRE = "00"  # 中心本部 answers for every office


def employers_seen_by(user: User) -> QuerySet[Employer]:
    """The employers a person may look at 可查看的单位.

    Staff with the right see those of their office, the centre all; a handler sees the one employer acted for.
    """
    employers = Employer.objects.all()
    if user.post == Post.HANDLER:
        return employers.filter(handlers__user=user, handlers__ended_on=None)
    if not (user.works_at_counter and user.has(Perm.VIEW_EMPLOYER)):
        return employers.none()
    return employers if user.branch_code == CENTRE else employers.filter(branch=user.branch)
