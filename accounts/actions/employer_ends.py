"""An employer rests or ends 单位封存、启封与销户; out of business 歇业, it is sealed with everybody there."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction

from access.models import User
from accounts.actions import employer_changes, mandates, sealing
from accounts.actions.employer_changes import Grounds
from accounts.models import Employer, KeyChange, MemberAccount, PayingAccount
from accounts.queries import Standing, standing_of
from accounts.queries import employer_changes as asked_for
from accounts.states import CLOSING, CloseReason, EmployerStatus, MemberAccountStatus, SealReason
from approvals.actions import signatures
from approvals.states import CaseStatus, Verdict
from audit.actions import trail
from hpf.errors import Refusal
from hpf.months import Month

MAY_CLOSE = (EmployerStatus.OPENED, EmployerStatus.NORMAL, EmployerStatus.SEALED)


class NotNow(Refusal):
    """Everything that stands in the way, in one sentence 不符合条件."""

    message = "{reasons}"
    code = "employer_not_ready"

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__(reasons="；".join(reasons))


@transaction.atomic
def seal(employer: Employer, grounds: Grounds, *, by: User, on: date) -> None:
    """Let an employer rest that has nobody left to pay for 单位封存. Sealed members and their money stay.

    Raises:
        NotNow: somebody still contributes, something is under way, or it does not stand in 正常.
    """
    employer = _held(employer)
    _refuse(no_sealing(employer, standing_of(employer)))
    _move_to_sealed(employer, grounds, by=by, on=on)


@transaction.atomic
def suspend(employer: Employer, grounds: Grounds, *, by: User, on: date) -> int:
    """Seal everybody who contributes, and then the employer 歇业封存: one act, answers how many were sealed.

    The months before must be paid, as for anybody who is sealed; frozen accounts stay frozen as well.

    Raises:
        NotNow: something is under way, or it does not stand in 正常.
        NotPaidUp: a month before is not paid.
    """
    employer, month = _held(employer), Month.of(on)
    _refuse(no_suspending(employer, standing_of(employer)))
    contributing = MemberAccount.objects.filter(employer=employer, status=MemberAccountStatus.NORMAL)
    accounts = list(contributing.order_by("pk").select_for_update(no_key=True))
    for account in accounts:
        sealing.refuse_to_seal(account, employer, month)
    why = f"单位歇业，从 {month} 起停缴：{grounds.reason}"
    also: dict[str, Any] = {"sealed_on": on, "seal_reason": SealReason.UNPAID.value}
    trail.move_many(accounts, MemberAccountStatus.SEALED, by=by, on=on, why=why, **also)
    told: dict[str, Any] = {"evidence": grounds.evidence, "count": len(accounts)}
    trail.note("suspend_employer", employer, by=by, on=on, why=grounds.reason, **told)
    _move_to_sealed(employer, grounds, by=by, on=on)
    return len(accounts)


@transaction.atomic
def unseal(employer: Employer, grounds: Grounds, *, by: User, on: date) -> None:
    """Let a sealed employer contribute again 单位启封; its members are unsealed one by one or by the next list.

    Raises:
        NotNow: it is not sealed, or its end is asked for.
    """
    employer = _held(employer)
    _refuse(no_unsealing(employer, standing_of(employer)))
    trail.move(employer, EmployerStatus.NORMAL, by=by, on=on, why=_why(grounds), sealed_on=None)


@transaction.atomic
def propose_closing(employer: Employer, reason: CloseReason, grounds: Grounds, *, by: User, on: date) -> KeyChange:
    """Ask for the end of an employer 提出单位销户; a second person signs it (Regulation 条例 art. 14).

    Raises:
        NotNow: an account is open, money is left, or something is under way.
        AlreadyProposed: a change of it waits.
    """
    employer = _held(employer)
    _refuse(no_closing(employer, standing_of(employer)))
    values = {CLOSING: ["", reason.value]}
    return employer_changes.ask(employer, values, grounds, f"{employer.name}：单位销户", by=by, on=on)


@transaction.atomic
def decide_closing(change: KeyChange, decision: signatures.Decision, *, by: User, on: date) -> CaseStatus:
    """Sign the end of an employer; on grant it ends at once 复核单位销户.

    Its mandates end and its paying accounts are taken off, so that no money is recognised as its own any more.

    Raises:
        NotNow: it cannot be granted any more; it can still be returned.
        and what `signatures.sign` raises.
    """
    employer = _held_alone(Employer.objects.get(key_changes=change))
    if decision.verdict == Verdict.GRANT:
        _refuse(no_closing(employer, standing_of(employer), but=change))
    outcome = signatures.sign(change.case, decision, facts=asked_for.facts_of(change), by=by, on=on)
    if outcome == CaseStatus.GRANTED:
        reason = asked_for.values_of(change)[CLOSING][1]
        why = f"{CloseReason(reason).label}：{change.reason}"
        trail.move(employer, EmployerStatus.CLOSED, by=by, on=on, why=why, closed_on=on, close_reason=reason)
        mandates.end_all(employer, by=by, on=on, why="单位销户")
        PayingAccount.objects.filter(employer=employer).delete()
    return outcome


def no_sealing(employer: Employer, standing: Standing) -> list[str]:
    """Why an employer cannot be sealed now 不能封存的原因; empty where it can."""
    found = no_suspending(employer, standing)
    if employer.status == EmployerStatus.NORMAL and (left := standing.contributing):
        found.append(f"还有 {left} 名职工正常缴存，请先办理职工封存或转移；整个单位停业的，请办理“歇业封存”")
    return found


def no_suspending(employer: Employer, standing: Standing) -> list[str]:
    """Why an employer and everybody there cannot be sealed now 不能歇业封存的原因; empty where they can."""
    if employer.status != EmployerStatus.NORMAL:
        return [f"单位状态为“{EmployerStatus(employer.status).label}”，只有正常缴存的单位可以封存"]
    return [*_change_waits(standing), *standing.in_flight]


def no_unsealing(employer: Employer, standing: Standing) -> list[str]:
    """Why an employer cannot be unsealed now 不能启封的原因; empty where it can."""
    if employer.status != EmployerStatus.SEALED:
        return [f"单位状态为“{EmployerStatus(employer.status).label}”，只有已封存的单位可以启封"]
    return _change_waits(standing)


def no_closing(employer: Employer, standing: Standing, *, but: KeyChange | None = None) -> list[str]:
    """Why an employer cannot end now 不能销户的原因; empty where it can. `but` is the change that asks for it."""
    if employer.status not in MAY_CLOSE:
        return [f"单位状态为“{EmployerStatus(employer.status).label}”，不能销户"]
    found = _change_waits(standing, but=but)
    for status in (MemberAccountStatus.NORMAL, MemberAccountStatus.SEALED):
        if count := standing.counted(status):
            found.append(f"还有 {count} 户{status.label}的个人账户，请先办理转移或销户")
    if standing.unallocated.balance:
        found.append(f"单位暂存款还有 {standing.unallocated.words}，请先分配入账或退款")
    return [*found, *standing.in_flight]


def _change_waits(standing: Standing, *, but: KeyChange | None = None) -> list[str]:
    return [] if standing.waiting in (None, but) else ["有一项变更或销户申请待复核，请先办结"]


def _move_to_sealed(employer: Employer, grounds: Grounds, *, by: User, on: date) -> None:
    trail.move(employer, EmployerStatus.SEALED, by=by, on=on, why=_why(grounds), sealed_on=on)


def _why(grounds: Grounds) -> str:
    return f"{grounds.reason}（依据：{grounds.evidence}）"


def _refuse(reasons: Sequence[str]) -> None:
    if reasons:
        raise NotNow(reasons)


def _held(employer: Employer) -> Employer:
    """The employer as it is now, held until the transaction ends."""
    return Employer.objects.select_for_update(no_key=True).get(pk=employer.pk)


def _held_alone(employer: Employer) -> Employer:
    """The same, and nobody gives it anything meanwhile: money on its way to it has arrived, or finds it closed."""
    return Employer.objects.select_for_update().get(pk=employer.pk)
