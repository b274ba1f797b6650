"""A new value of a parameter 参数调整: one person proposes it with its document, another puts it in force."""

from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction

from access.models import Branch, User
from access.states import Perm
from approvals.actions import signatures
from approvals.rules import digest_of
from approvals.states import CaseStatus, Verdict
from audit.actions import trail
from hpf.errors import Refusal
from hpf.numbers import draw_ids
from policy import queries
from policy.models import Term, TermChange
from policy.rules import HOW_TO_WRITE, Route, value_of
from policy.states import KIND_OF, TermName

CENTRE = "00"  # parameters hold for the whole centre, so the centre signs them


class NotAValue(Refusal):
    message = "“{value}”不是该参数的有效取值：{how}"
    code = "not_a_value"


class UnknownOffice(Refusal):
    message = "没有代码为 {codes} 的网点，请核对复核路线中的网点代码"
    code = "unknown_office"


class BackDated(Refusal):
    message = "生效日期不能早于当前会计日 {today}：已按原取值办理的业务不会改变，请改填今天或以后的日期"
    code = "back_dated"


class HeldToday(Refusal):
    message = "该参数今天刚开始执行新取值，不能在同一天再次调整，请改填以后的日期"
    code = "held_today"


class NoDifference(Refusal):
    message = "{day} 起的取值已经是 {value}，无须调整"
    code = "no_difference"


class BoundsCrossed(Refusal):
    message = "与“{other}”（自 {since} 起）上下颠倒，请核对取值，或先调整该参数"
    code = "bounds_crossed"


class AlreadyProposed(Refusal):
    message = "该参数已有待复核的调整申请，请先等待复核，或由经办人撤回后再提出"
    code = "already_proposed"


class NotSeen(Refusal):
    message = "内容已变化，请核对预览后再提交"
    code = "not_seen"


@dataclass(frozen=True)
class NewValue:
    """What the maker enters 拟定取值; `value` as written on paper, without unit."""

    name: TermName
    value: str
    valid_from: date
    document: str
    source: str
    reason: str


def preview(new: NewValue, *, on: date) -> dict[str, str]:
    """What a new value would meet, before anybody signs it 预览影响.

    Raises:
        NotAValue, UnknownOffice, BackDated, HeldToday, NoDifference, BoundsCrossed, AlreadyProposed: it could not be
        proposed.
    """
    change = TermChange(**vars(new))
    _refuse_unfit(change, on)
    if queries.has_open_change(new.name):
        raise AlreadyProposed
    return queries.facts_of(change)


@transaction.atomic
def propose(new: NewValue, *, seen: str, by: User, on: date) -> TermChange:
    """Ask for a new value of a parameter from a day on 提出参数调整. `seen`: the digest of the preview shown.

    Raises:
        NotSeen: the preview has changed since.
        and what `preview` raises.
    """
    _hold()
    facts = preview(new, on=on)
    if seen != digest_of(facts):
        raise NotSeen
    change = TermChange(pk=draw_ids(TermChange, 1)[0], **vars(new))
    opening = signatures.Opening(
        kind="policy:change_decide",
        page="policy:change",
        business="政策参数调整",
        title=str(change),
        perm=Perm.APPROVE_TERM,
        branch=Branch.objects.get(code=CENTRE),
        due_on=queries.due_on(TermName.APPROVAL_DAYS, on),
    )
    change.case = signatures.open_case(opening, change, facts=facts, by=by, on=on)
    change.save(force_insert=True)
    trail.note("propose_term", change, by=by, on=on, why=new.reason, facts=facts)
    return change


@transaction.atomic
def decide(change: TermChange, decision: signatures.Decision, *, by: User, on: date) -> CaseStatus:
    """Sign a proposal, and put the value in force when it is granted 复核参数调整.

    Raises:
        BackDated, HeldToday, NoDifference, BoundsCrossed: it cannot be granted any more; it can still be returned.
        and what `signatures.sign` raises.
    """
    _hold()
    if decision.verdict == Verdict.GRANT:
        _refuse_unfit(change, on)
    outcome = signatures.sign(change.case, decision, facts=queries.facts_of(change), by=by, on=on)
    if outcome == CaseStatus.GRANTED:
        _enact(change, by=by, on=on)
    return outcome


@transaction.atomic
def withdraw(change: TermChange, *, by: User, on: date) -> None:
    """Take a proposal back that nobody has signed 撤回参数调整.

    Raises:
        what `signatures.withdraw` raises.
    """
    signatures.withdraw(change.case, by=by, on=on)


def _refuse_unfit(change: TermChange, on: date) -> None:
    name = TermName(change.name)
    try:
        value = value_of(name, change.value)
    except ValueError:
        raise NotAValue(field="value", value=change.value, how=HOW_TO_WRITE[KIND_OF[name]]) from None
    if isinstance(value, Route):
        _refuse_unknown_offices(value)
    if change.valid_from < on:
        raise BackDated(field="valid_from", today=on.isoformat())
    old = queries.replaced_by(name, change.valid_from)
    if old and value_of(name, old.value) == value:
        raise NoDifference(field="value", day=change.valid_from.isoformat(), value=old.shown_value)
    if old and old.valid_from == change.valid_from == on:
        raise HeldToday(field="valid_from")
    other = queries.out_of_order(name, change.value, change.valid_from)
    if other:
        raise BoundsCrossed(field="value", other=str(other), since=other.valid_from.isoformat())


def _refuse_unknown_offices(route: Route) -> None:
    unknown = route.branches - set(Branch.objects.filter(code__in=route.branches).values_list("code", flat=True))
    if unknown:
        raise UnknownOffice(field="value", codes="、".join(sorted(unknown)))


def _hold() -> None:
    """Let nobody else change a parameter until the transaction ends: what was checked must still be so when written."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended('policy.term', 0))")


def _enact(change: TermChange, *, by: User, on: date) -> None:
    old = queries.replaced_by(TermName(change.name), change.valid_from)
    before = {"value": old.value, "valid_from": old.valid_from} if old else {}
    with connection.cursor() as cursor:
        cursor.execute("select policy_enact_term(%s)", [change.pk])
        term = Term.objects.get(pk=cursor.fetchone()[0])
    after = {"value": term.value, "valid_from": term.valid_from, "document": term.document}
    trail.note("enact_term", term, by=by, on=on, why=change.reason, before=before, **after)
