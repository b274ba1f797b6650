"""Deputies 复核代理: who signs for somebody who is away."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction

from access.models import User
from approvals import queries
from approvals.models import Deputy
from audit.actions import trail
from hpf.errors import Overtaken, Refusal


class NotToAppoint(Refusal):
    message = "您不能为 {name} 设置代理：只能由本人，或有权限的本网点（中心本部）人员设置；没有复核权限的人员不需要代理"
    code = "not_to_appoint"


class NotToStandIn(Refusal):
    message = "{name} 不能担任代理人，请选择委托人以外、能办理待办的在岗人员"
    code = "not_to_stand_in"


class WrongDays(Refusal):
    message = "代理期间有误：起始日期不早于会计日 {today}，截止日期不早于起始日期"
    code = "wrong_days"


class HasDeputy(Refusal):
    message = "{name} 在这段时间已有代理人，请先终止原代理，或改填其他日期"
    code = "has_deputy"


class NotToEnd(Refusal):
    message = "您不能终止这项代理：只能由委托人、代理人本人，或有权限的本网点（中心本部）人员终止"
    code = "not_to_end"


@dataclass(frozen=True)
class Appointment:
    """Who signs for whom, from which day to which, and why 代理委托."""

    principal: User
    deputy: User
    since: date
    until: date
    reason: str


@transaction.atomic
def appoint(asked: Appointment, *, by: User, on: date) -> Deputy:
    """Let somebody sign for somebody who is away 设置代理.

    Raises:
        NotToAppoint: `by` may not do so for that person, or that person signs nothing.
        NotToStandIn: the deputy is the same person, or has no inbox.
        WrongDays, HasDeputy: the days cannot be.
    """
    if not queries.may_appoint_for(by).filter(pk=asked.principal.pk).exists():
        raise NotToAppoint(field="principal", name=asked.principal.name)
    if asked.deputy == asked.principal or not queries.may_stand_in().filter(pk=asked.deputy.pk).exists():
        raise NotToStandIn(field="deputy", name=asked.deputy.name)
    if not on <= asked.since <= asked.until:
        raise WrongDays(field="since" if asked.since < on else "until", today=on.isoformat())
    try:
        with transaction.atomic():
            row = Deputy.objects.create(**vars(asked), made_by=by, made_on=on)
    except IntegrityError as clash:
        if "approvals_deputy_one_at_a_time" not in str(clash):
            raise
        raise HasDeputy(field="principal", name=asked.principal.name) from clash
    told: dict[str, Any] = {"deputy": asked.deputy.username, "since": asked.since, "until": asked.until}
    trail.note("appoint_deputy", row, by=by, on=on, why=asked.reason, **told)
    return row


@transaction.atomic
def end(row: Deputy, *, by: User, on: date) -> None:
    """End an appointment before its last day 终止代理; what was signed stays signed.

    Raises:
        NotToEnd: `by` is neither of the two, nor may appoint for the principal.
        Overtaken: it has been ended.
    """
    if by not in (row.principal, row.deputy) and not queries.may_appoint_for(by).filter(pk=row.principal_id).exists():
        raise NotToEnd
    if not Deputy.objects.filter(pk=row.pk, ended_on=None).update(ended_on=on, ended_by=by):
        raise Overtaken
    trail.note("end_deputy", row, by=by, on=on)
