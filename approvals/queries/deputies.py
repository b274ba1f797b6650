"""Reads about deputies 复核代理查询."""

from datetime import date

from django.db.models import Q, QuerySet

from access.models import User
from access.states import SIGNING, Perm, Post, posts_with
from approvals.models import Deputy
from approvals.queries.cases import CENTRE, stands_in_for


def rights_lent_to(user: User, *, on: date) -> frozenset[Perm]:
    """The rights to sign that a person has from others on a day 代理权限; they open the pages that decide."""
    return frozenset(perm for principal in stands_in_for(user, on=on) for perm in principal.perms & SIGNING)


def deputies_seen_by(user: User) -> QuerySet[Deputy]:
    """The appointments a person may read 可查看的代理: one's own on either side, and those one may make for others."""
    rows = Deputy.objects.select_related("principal__branch", "deputy__branch", "made_by", "ended_by").order_by("-pk")
    if user.has(Perm.APPOINT_DEPUTY) and user.branch_code == CENTRE:
        return rows
    mine = Q(principal=user) | Q(deputy=user)
    if user.has(Perm.APPOINT_DEPUTY):
        mine |= Q(principal__branch=user.branch)
    return rows.filter(mine)


def may_appoint_for(user: User) -> QuerySet[User]:
    """For whom a person may appoint a deputy 可代为设置的委托人: oneself, and with the right one's office."""
    signers = User.objects.filter(is_active=True, post__in={post for perm in SIGNING for post in posts_with(perm)})
    if not user.has(Perm.APPOINT_DEPUTY):
        return signers.filter(pk=user.pk)
    return (signers if user.branch_code == CENTRE else signers.filter(branch=user.branch)).order_by("name", "pk")


def may_stand_in() -> QuerySet[User]:
    """The people who may be a deputy 可担任代理人: staff who have an inbox."""
    posts: list[Post] = posts_with(Perm.VIEW_INBOX)
    return User.objects.filter(is_active=True, post__in=posts).order_by("branch__code", "name", "pk")
