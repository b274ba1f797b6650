"""Mandates 经办人授权: who acts for an employer in the portal, under which paper, and until when."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from access.actions import people
from access.models import User
from access.states import Post
from accounts import rules
from accounts.actions import employers
from accounts.actions.employers import named
from accounts.models import Employer, Handler
from audit.actions import trail
from hpf import numbers, privacy
from hpf.errors import Overtaken, Refusal
from policy.queries import term_on
from policy.states import TermName

LONGEST_MANDATE = 100


class NotAHandler(Refusal):
    message = "用户“{username}”的岗位不是单位经办人，请先调整岗位"
    code = "not_a_handler"


class NoSuchHandler(Refusal):
    message = "没有用户名为“{username}”的单位经办人，请核对，或选择新建用户"
    code = "no_such_handler"


class ActsAlready(Refusal):
    message = "用户“{username}”已是单位经办人，一人只能经办一个单位，请先终止原授权"
    code = "acts_already"


class MandateOver(Refusal):
    message = "授权截止日期不能早于当前会计日 {today}，请对照授权书核对"
    code = "mandate_over"


class NotLater(Refusal):
    message = "续办后的截止日期应晚于原截止日期 {until}，请对照新的授权书核对"
    code = "not_later"


class NothingToRenew(Refusal):
    message = "该授权没有截止日期，无须续办；更换授权书请先终止再重新指定"
    code = "nothing_to_renew"


class MandateEnded(Refusal):
    message = "该授权已于 {day} 终止，请重新指定经办人"
    code = "mandate_ended"


@dataclass(frozen=True)
class Paper:
    """What a mandate says 授权书: its number, its last day (none: no end), the handler's mobile number."""

    mandate: str = ""
    until: date | None = None
    mobile: str = ""


@dataclass(frozen=True)
class NewHandler:
    """A handler who cannot sign in yet 新经办人. `password` is the first one, shown once."""

    username: str
    name: str
    password: str
    paper: Paper


@transaction.atomic
def appoint(employer: Employer, user: User, paper: Paper | None = None, *, by: trail.Actor, on: date) -> Handler:
    """Let a user act for an employer in the portal 指定单位经办人, from this day to the mandate's last one.

    A mandate of the user that has run out ends with its last day.

    Raises:
        NotAHandler: the user has another post.
        ActsAlready: the user acts for an employer already.
        MandateOver, WrongMobile, NameUnreadable: a paper that cannot be.
        EmployerEnded: the employer has ended.
    """
    paper = paper or Paper()
    if user.post != Post.HANDLER:
        raise NotAHandler(field="username", username=user.username)
    employer = employers.held(employer)
    _refuse_over(paper.until, on)
    _end_run_out(user, by=by, on=on)
    if Handler.objects.filter(user=user, ended_on=None).exists():
        raise ActsAlready(field="username", username=user.username)
    handler = Handler(
        pk=numbers.draw_ids(Handler, 1)[0],
        user=user,
        employer=employer,
        since=on,
        until=paper.until,
        mandate=_paper_number(paper.mandate),
    )
    handler.mobile = rules.mobile(paper.mobile) if paper.mobile else ""
    try:
        handler.save(force_insert=True)
    except IntegrityError as clash:  # somebody appoints the same user at this moment
        raise ActsAlready(field="username", username=user.username) from clash
    told: dict[str, Any] = {"user": user.username, "until": paper.until, "mandate": handler.mandate}
    trail.note("appoint_handler", employer, by=by, on=on, mobile=privacy.masked_mobile(handler.mobile), **told)
    return handler


@transaction.atomic
def appoint_new(employer: Employer, new: NewHandler, *, by: trail.Actor, on: date) -> Handler:
    """Make a user for a new handler and let it act for an employer 新增经办人; the first password holds for some days.

    Raises:
        NoTerm: nothing says for how many.
        UsernameTaken, WeakPassword: no such user can be made.
        and what `appoint` raises.
    """
    until = on + timedelta(days=int(str(term_on(TermName.FIRST_PASSWORD_DAYS, on))))
    name = named(new.name, field="handler_name")
    user = people.NewUser(new.username, name, Post.HANDLER, None, new.password, until=until)
    return appoint(employer, people.create_user(user, by=by, on=on), new.paper, by=by, on=on)


@transaction.atomic
def appoint_known(employer: Employer, username: str, paper: Paper, *, by: trail.Actor, on: date) -> Handler:
    """Let a handler who can sign in already act for an employer 指定已有经办人.

    Raises:
        NoSuchHandler: no handler has this name.
        and what `appoint` raises.
    """
    user = User.objects.filter(username=username, post=Post.HANDLER, is_active=True).first()
    if user is None:
        raise NoSuchHandler(field="username", username=username)
    return appoint(employer, user, paper, by=by, on=on)


@transaction.atomic
def renew(handler: Handler, mandate: str, until: date, *, by: trail.Actor, on: date) -> None:
    """Let a mandate hold longer, on a new paper 授权续期.

    Raises:
        MandateEnded, NothingToRenew: it ended, or has no end.
        MandateOver, NotLater: the new last day has passed, or comes no later than the old one.
        Overtaken: somebody renewed or ended it meanwhile.
    """
    if handler.ended_on:
        raise MandateEnded(day=handler.ended_on.isoformat())
    if handler.until is None:
        raise NothingToRenew
    _refuse_over(until, on)
    if until <= handler.until:
        raise NotLater(field="until", until=handler.until.isoformat())
    unchanged = Handler.objects.filter(pk=handler.pk, ended_on=None, until=handler.until)
    if not unchanged.update(until=until, mandate=_paper_number(mandate)):
        raise Overtaken
    before: dict[str, object] = {"user": handler.user.username, "until": handler.until, "mandate": handler.mandate}
    trail.note("renew_mandate", handler.employer, by=by, on=on, before=before, until=until, mandate=mandate.strip())


@transaction.atomic
def end(handler: Handler, *, by: trail.Actor, on: date, why: str) -> None:
    """End a mandate 终止授权: from now on the user finds no employer in the portal.

    Raises:
        Overtaken: it ended before.
    """
    if not Handler.objects.filter(pk=handler.pk, ended_on=None).update(ended_on=on):
        raise Overtaken
    trail.note("end_mandate", handler.employer, by=by, on=on, why=why, user=handler.user.username)


@transaction.atomic
def end_all(employer: Employer, *, by: trail.Actor, on: date, why: str) -> None:
    """End every mandate of an employer 终止全部授权."""
    acting = employer.handlers.filter(ended_on=None)
    names = list(acting.order_by("user__username").values_list("user__username", flat=True))
    if acting.update(ended_on=on):
        trail.note("end_mandate", employer, by=by, on=on, why=why, user="、".join(names))


def _refuse_over(until: date | None, on: date) -> None:
    if until and until < on:
        raise MandateOver(field="until", today=on.isoformat())


def _paper_number(text: str) -> str:
    return named(text, field="mandate", longest=LONGEST_MANDATE) if text.strip() else ""


def _end_run_out(user: User, *, by: trail.Actor, on: date) -> None:
    old = user.mandates.filter(ended_on=None, until__lt=on).select_related("employer").first()
    if old and old.until and Handler.objects.filter(pk=old.pk, ended_on=None).update(ended_on=old.until):
        trail.note("end_mandate", old.employer, by=by, on=on, why="授权到期", user=user.username)
