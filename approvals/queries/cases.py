"""Reads about cases 复核事项查询."""

from collections.abc import Iterable, Sequence
from datetime import date

from django.apps import apps
from django.db import models
from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet

from access.models import User
from access.states import PERMS_OF_POST, SIGNING, Perm, posts_with
from approvals.models import Case, Deputy, Signature
from approvals.states import CaseStatus

CENTRE = "00"
SIGNING_POSTS = {post: PERMS_OF_POST[post] & SIGNING for perm in SIGNING for post in posts_with(perm)}


def cases_decided_by(user: User, *, on: date) -> QuerySet[Case]:
    """The open cases a person may sign on a day 可复核的事项.

    It takes the right and the office (the centre all), one's own or those of somebody one stands in for; never one's
    own case nor that person's, and nobody signs a case twice, in whose name ever.
    """
    cases = Case.objects.filter(status=CaseStatus.OPEN).exclude(maker=user)
    if not user.is_active:
        return cases.none()
    own = Q(perm__in=[perm.value for perm in user.perms])
    if user.branch_code != CENTRE:
        own &= Q(branch=user.branch)
    lent = Q()
    for post, perms in SIGNING_POSTS.items():
        principals = _principals(user, on).filter(principal__post=post).exclude(principal=OuterRef("maker"))
        of_office = principals.filter(Q(principal__branch__code=CENTRE) | Q(principal__branch=OuterRef("branch")))
        fresh = of_office.exclude(Exists(_signed_by(OuterRef("principal"), OuterRef(OuterRef("pk")))))
        lent |= Q(Exists(fresh), perm__in=[perm.value for perm in perms])
    return cases.filter(own | lent).exclude(Exists(_signed_by(user, OuterRef("pk"))))


def stands_in_for(user: User, *, on: date) -> list[User]:
    """The people a person signs for on a day 被代理人, by name."""
    rows = _principals(user, on).select_related("principal__branch").order_by("principal__name", "pk")
    return [row.principal for row in rows]


def in_whose_name(case: Case, user: User, principals: Sequence[User], signed: Sequence[Signature]) -> User:
    """In whose name a person signs a case that this person may sign 以何人名义复核: one's own right comes first."""
    taken = {case.maker_id} | {person for row in signed for person in (row.signer_id, row.for_user_id)}
    for person in [user, *principals]:
        of_office = person.branch_code == CENTRE or person.branch_id == case.branch_id
        if of_office and case.perm in person.perms and person.pk not in taken:
            return person
    return user


def inbox_seen_by(user: User, *, on: date) -> QuerySet[Case]:
    """What waits for this person's signature 待办: what is due first comes first, then what waits longest."""
    signed = Prefetch("signatures", Signature.objects.select_related("signer").order_by("pk"))
    cases = cases_decided_by(user, on=on).select_related("maker", "branch").prefetch_related(signed)
    return cases.order_by(F("due_on").asc(nulls_last=True), "opened_on", "pk")


def cases_seen_by(user: User, *, on: date) -> QuerySet[Case]:
    """The cases a person may read 可查看的事项: one's own, those of one's right and office, and those one signs."""
    of_right = Q(perm__in=[perm.value for perm in user.perms])
    if user.branch_code != CENTRE:
        of_right &= Q(branch=user.branch)
    waiting = Exists(cases_decided_by(user, on=on).filter(pk=OuterRef("pk")))
    signed = Exists(_signed_by(user, OuterRef("pk")))
    return Case.objects.filter(Q(maker=user) | of_right | Q(waiting) | Q(signed)).select_related("maker", "branch")


def overtaken(user: User, kind: str, numbers: Sequence[int]) -> list[str]:
    """What others have done meanwhile with cases a person had chosen 所选已由他人处理, a sentence for each."""
    there = Case.objects.filter(kind=kind, pk__in=numbers).exclude(maker=user).exclude(status=CaseStatus.OPEN)
    return [outcome_of(case) for case in there.select_related("maker").order_by("pk")]


def subject_of(case: Case) -> models.Model:
    """What a case is about 复核对象, of whichever room."""
    return apps.get_model(case.subject_kind)._base_manager.get(pk=case.subject_id)


def sent_seen_by(user: User) -> QuerySet[Case]:
    """What this person entered and others sign, the newest first 我发起的."""
    signed = Prefetch("signatures", Signature.objects.select_related("signer", "for_user").order_by("pk"))
    return Case.objects.filter(maker=user).select_related("branch").prefetch_related(signed).order_by("-pk")


def others_with(perms: Iterable[Perm], case: Case, user: User) -> QuerySet[User]:
    """Who holds one of these rights at the case's office or the centre and had no part in it 可继续复核的其他人员."""
    signed = case.signatures.values_list("signer", "for_user")
    taken = {user.pk, case.maker_id} | {person for pair in signed for person in pair if person}
    of_office = Q(branch__code=CENTRE) | Q(branch=case.branch_id)
    posts = {post for perm in perms for post in posts_with(perm)}
    return User.objects.filter(of_office, is_active=True, post__in=posts).exclude(pk__in=taken)


def signatures_on(case: Case) -> list[Signature]:
    """Who signed a case, and in whose name 复核签署, in their order."""
    return list(case.signatures.select_related("signer", "for_user").order_by("pk"))


def outcome_of(case: Case) -> str:
    """What became of a case, in a sentence for somebody who comes too late 已处理说明; empty while it waits."""
    if case.is_open:
        return ""
    if case.status == CaseStatus.WITHDRAWN and _later(case.subject_kind, case.subject_id, case.pk).exists():
        return f"{case}：金额已变化，已改按该金额的复核路线另行复核，原来的复核结论不计"
    said = case.signatures.select_related("signer").order_by("-pk").first()
    if said is None or case.status == CaseStatus.WITHDRAWN:
        return f"{case}：经办人{case.maker.name}已撤回，不需要再复核"
    return f"{case}：{said.signer.name}已于 {said.on} {said.get_verdict_display()}，不需要再复核"


def put_anew_unsigned(cases: Iterable[Case]) -> list[Case]:
    """Of cases that somebody wanted to sign those put anew before other people instead 改按其他路线、未签署的事项."""
    later = _later(OuterRef("subject_kind"), OuterRef("subject_id"), OuterRef("pk"))
    unsigned = Exists(later.filter(status=CaseStatus.OPEN, step=0))
    moved = Case.objects.filter(unsigned, pk__in=[case.pk for case in cases], status=CaseStatus.WITHDRAWN)
    return list(moved.select_related("maker").order_by("pk"))


def _later(kind: str | OuterRef, subject: str | OuterRef, case: int | OuterRef) -> QuerySet[Case]:
    return Case.objects.filter(subject_kind=kind, subject_id=subject, pk__gt=case)


def _principals(user: User, on: date) -> QuerySet[Deputy]:
    days = Deputy.objects.filter(deputy=user, ended_on=None, since__lte=on, until__gte=on)
    return days.filter(principal__is_active=True)


def _signed_by(person: User | OuterRef, case: OuterRef) -> QuerySet[Signature]:
    return Signature.objects.filter(Q(signer=person) | Q(for_user=person), case=case)
