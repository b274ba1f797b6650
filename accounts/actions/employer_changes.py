"""Changes of an employer's particulars 单位信息变更: some at once, with evidence; the key ones by a second person."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction

from access.models import Branch, User
from accounts import rules
from accounts.actions import employers
from accounts.actions.employers import CreditCodeTaken, NewEmployer, named
from accounts.models import Employer, KeyChange
from accounts.queries import employer_changes as asked_for
from accounts.queries import open_change, standing_of
from accounts.states import KEY_LABELS
from approvals.actions import signatures
from approvals.states import CaseStatus, Verdict
from audit.actions import trail
from hpf import numbers, privacy
from hpf.errors import Overtaken, Refusal
from hpf.money import ZERO
from ledger.actions import opening
from ledger.states import AccountKind
from policy.queries import due_on, route_on
from policy.states import TermName

AT_ONCE = (
    "address",
    "legal_person",
    "economic_type",
    "industry",
    "established_on",
    "pay_day",
    "contact_name",
    "contact_mobile",
)
LONGEST_REASON = 200


class NothingChanged(Refusal):
    message = "没有需要变更的内容，请修改后再提交"
    code = "nothing_changed"


class AlreadyProposed(Refusal):
    message = "该单位已有待复核的变更或销户申请，请先等待复核，或由经办人撤回后再提出"
    code = "already_proposed"


class BranchHasMembers(Refusal):
    message = (
        "单位名下已有个人账户或暂存款，资金和账目按管理部核算，不能直接变更管理部；请在新管理部另行登记后办理职工转移"
    )
    code = "branch_has_members"


@dataclass(frozen=True)
class Grounds:
    """What a change rests on 变更依据: the evidence with its number, and why."""

    evidence: str
    reason: str


FROM_PORTAL = Grounds("单位网厅", "经办人变更联系人")  # a handler's own word is the evidence for whom we call


@transaction.atomic
def change(employer: Employer, wanted: Mapping[str, Any], grounds: Grounds, *, by: User, on: date) -> None:
    """Change particulars that need no second person 一般信息变更, with evidence; before and after go to the trail.

    `wanted` holds some of AT_ONCE, by name.

    Raises:
        EmployerEnded: it has ended.
        Overtaken: one of them changed since the employer was read.
        NothingChanged: all is so already.
        and what `employers.read_particulars` says of a value.
    """
    read, employer = employer, employers.held(employer)
    if any(getattr(read, name) != getattr(employer, name) for name in wanted):
        raise Overtaken
    asked = _as_now(employer, wanted)
    values = employers.read_particulars(asked, on=on)
    before = {name: getattr(employer, name) for name in values}
    before["contact_mobile"], after = employer.contact_mobile, values | {"contact_mobile": asked.contact_mobile}
    after["contact_mobile"] = rules.mobile(asked.contact_mobile)
    changed = [name for name in AT_ONCE if before[name] != after[name]]
    if not changed:
        raise NothingChanged
    for name in changed:
        setattr(employer, name, after[name])
    columns = ["contact_mobile_sealed" if name == "contact_mobile" else name for name in changed]
    employer.save(update_fields=columns)
    told = {name: _shown(name, after[name]) for name in changed}
    was: dict[str, object] = {name: _shown(name, before[name]) for name in changed}
    trail.note(
        "change_employer", employer, by=by, on=on, why=grounds.reason, before=was, evidence=grounds.evidence, **told
    )


@transaction.atomic
def propose(employer: Employer, wanted: Mapping[str, str], grounds: Grounds, *, by: User, on: date) -> KeyChange:
    """Ask for another name, credit code or branch 提出关键信息变更; a second person signs it.

    `wanted` holds some of name, credit code, the code of a branch.

    Raises:
        EmployerEnded, AlreadyProposed: nothing can be proposed now.
        Overtaken: key particulars changed since the employer was read.
        NothingChanged: all is so already.
        NameMissing, NameUnreadable, WrongCreditCode, WrongCreditCheckDigit, CreditCodeTaken, BranchHasMembers: a value
        that cannot be.
    """
    before, employer = asked_for.key_values(employer), employers.held(employer)
    now = asked_for.key_values(employer)
    if now != before:
        raise Overtaken
    read = {name: _read(name, text) for name, text in wanted.items() if name in KEY_LABELS}
    values = {name: [now[name], value] for name, value in read.items() if value != now[name]}
    if not values:
        raise NothingChanged
    _refuse_unfit(employer, values)
    title = "、".join(KEY_LABELS[name] for name in values)
    return ask(employer, values, grounds, f"{employer.name}：变更{title}", by=by, on=on)


def ask(
    employer: Employer, values: Mapping[str, list[str]], grounds: Grounds, title: str, *, by: User, on: date
) -> KeyChange:
    """Open the case of a key change 提交复核; the employer's row is held by the caller.

    Raises:
        AlreadyProposed: another one waits.
    """
    if open_change(employer):
        raise AlreadyProposed
    row = KeyChange(
        pk=numbers.draw_ids(KeyChange, 1)[0],
        employer=employer,
        evidence=named(grounds.evidence, field="evidence", longest=LONGEST_REASON),
        reason=named(grounds.reason, field="reason", longest=LONGEST_REASON),
    )
    row.values = json.dumps(values, ensure_ascii=False)
    page = signatures.Opening(
        kind="accounts:employer_change_decide",
        page="accounts:employer_change",
        business="单位信息变更和销户",
        title=title,
        branch=employer.branch,
        route=route_on(TermName.ROUTE_EMPLOYER_CHANGE, ZERO, employer.branch, on),
        due_on=due_on(TermName.APPROVAL_DAYS, on),
    )
    facts = asked_for.facts_of(row)
    row.case = signatures.open_case(page, row, facts=facts, by=by, on=on)
    row.save(force_insert=True)
    trail.note("propose_change", employer, by=by, on=on, why=grounds.reason, evidence=grounds.evidence, change=row.pk)
    return row


@transaction.atomic
def decide(row: KeyChange, decision: signatures.Decision, *, by: User, on: date) -> CaseStatus:
    """Sign a change of a name, credit code or branch; on grant it holds at once 复核关键信息变更.

    Raises:
        EmployerEnded, CreditCodeTaken, BranchHasMembers: it cannot be granted any more; it can still be returned.
        and what `signatures.sign` raises.
    """
    # Alone: money on its way to it has arrived, or waits for what is decided here.
    employer, values = _held_alone(Employer.objects.get(key_changes=row)), asked_for.values_of(row)
    if decision.verdict == Verdict.GRANT:
        employers.refuse_ended(employer)
        _refuse_unfit(employer, values)
    outcome = signatures.sign(row.case, decision, facts=asked_for.facts_of(row), by=by, on=on)
    if outcome == CaseStatus.GRANTED:
        _enact(employer, values, row, by=by, on=on)
    return outcome


@transaction.atomic
def withdraw(row: KeyChange, *, by: User, on: date) -> None:
    """Take back a change that nobody has signed 撤回变更申请.

    Raises:
        what `signatures.withdraw` raises.
    """
    signatures.withdraw(row.case, by=by, on=on)


def _enact(employer: Employer, values: Mapping[str, list[str]], row: KeyChange, *, by: User, on: date) -> None:
    wanted = {name: new for name, (_old, new) in values.items()}
    changes: dict[str, Any] = {name: wanted[name] for name in ("name", "credit_code") if name in wanted}
    if "name" in wanted:
        changes["initials"] = rules.initials(wanted["name"])
    if "branch" in wanted:
        changes["branch"] = Branch.objects.get(code=wanted["branch"])
        changes["unallocated_id"] = opening.open_accounts(AccountKind.UNALLOCATED, [changes["branch"].pk], on=on)[0]
    try:
        Employer.objects.filter(pk=employer.pk).update(**changes)
    except IntegrityError as clash:  # the code was opened at this moment
        raise CreditCodeTaken(field="credit_code") from clash
    before: dict[str, object] = {name: old for name, (old, _new) in values.items()}
    trail.note("change_key", employer, by=by, on=on, why=row.reason, before=before, evidence=row.evidence, **wanted)


def _held_alone(employer: Employer) -> Employer:
    """The employer as it is now; nobody gives it anything until the transaction ends."""
    return Employer.objects.select_related("branch").select_for_update(of=("self",)).get(pk=employer.pk)


def _as_now(employer: Employer, wanted: Mapping[str, Any]) -> NewEmployer:
    """The employer as it would stand: what is wanted, and the rest as it is."""
    fields = {name: wanted.get(name, getattr(employer, name)) for name in AT_ONCE}
    return NewEmployer(
        name=employer.name,
        credit_code=employer.credit_code,
        branch=employer.branch,
        employer_ratio=employer.employer_ratio,
        member_ratio=employer.member_ratio,
        **fields,
    )


def _read(name: str, text: str) -> str:
    if name == "name":
        return named(text, field="name", longest=employers.LONGEST_EMPLOYER_NAME)
    return rules.credit_code(text) if name == "credit_code" else text


def _refuse_unfit(employer: Employer, values: Mapping[str, list[str]]) -> None:
    if "credit_code" in values:
        employers.refuse_taken(values["credit_code"][1])
    if "branch" in values:
        standing = standing_of(employer)
        if standing.unallocated.balance or employer.member_accounts.exists():
            raise BranchHasMembers(field="branch")


def _shown(name: str, value: object) -> object:
    """A value as the trail may keep it."""
    return privacy.masked_mobile(str(value)) if name == "contact_mobile" else value
