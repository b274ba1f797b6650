"""Changes of a member's particulars 职工信息变更: mobile and card at once; name and certificate by a second person."""

import json
from collections.abc import Mapping
from datetime import date

from django.db import IntegrityError, transaction

from access.models import User
from accounts import rules
from accounts.actions import members
from accounts.actions.employer_changes import LONGEST_REASON, Grounds, NothingChanged
from accounts.actions.employers import named
from accounts.models import KeyChange, Member
from accounts.queries import member_changes as asked_for
from accounts.states import MEMBER_KEY_LABELS, CertificateType
from approvals.actions import signatures
from approvals.states import CaseStatus, Verdict
from audit.actions import trail
from hpf import numbers, privacy
from hpf.errors import Overtaken, Refusal
from hpf.money import ZERO
from policy.queries import due_on, route_on
from policy.states import TermName

MASKS = {"mobile": privacy.masked_mobile, "card": privacy.masked_card}


class MemberChangeWaits(Refusal):
    message = "该职工已有待复核的变更申请，请先等待复核，或由经办人撤回后再提出"
    code = "member_change_waits"


class CertificateTaken(Refusal):
    message = (
        "该证件号码已属于另一名职工（个人账号 {number}），不能直接变更；请先核实两个账户是否为同一人，由中心本部处理"
    )
    code = "certificate_taken"


@transaction.atomic
def change_contacts(member: Member, wanted: Mapping[str, str], grounds: Grounds, *, by: User, on: date) -> None:
    """Change mobile and bank card at once, with evidence 联系方式变更; before and after go to the trail, masked.

    `wanted` holds mobile, card and card_bank; an empty one is taken off.

    Raises:
        WrongMobile, WrongBankAccount, CardBankMissing: a value that cannot be.
        NothingChanged: all is so already.
        Overtaken: one of them changed since the member was read.
    """
    held = _held(member)
    if any(getattr(member, name) != getattr(held, name) for name in wanted):
        raise Overtaken
    new = {
        "mobile": rules.mobile(wanted["mobile"]) if wanted["mobile"] else "",
        "card": rules.bank_account(wanted["card"]) if wanted["card"] else "",
        "card_bank": wanted["card_bank"],
    }
    members.refuse_half_a_card(new["card"], new["card_bank"])
    changed = [name for name, value in new.items() if getattr(held, name) != value]
    if not changed:
        raise NothingChanged
    before: dict[str, object] = {name: _masked(name, getattr(held, name)) for name in changed}
    for name in changed:
        setattr(held, name, new[name])
    held.mobile_index = privacy.blind_index("mobile", held.mobile) if held.mobile else None
    held.card_index = privacy.blind_index("account_number", held.card) if held.card else None
    held.save(update_fields=["mobile_sealed", "mobile_index", "card_sealed", "card_index", "card_bank"])
    after = {name: _masked(name, new[name]) for name in changed}
    trail.note(
        "change_member", held, by=by, on=on, why=grounds.reason, before=before, evidence=grounds.evidence, **after
    )


@transaction.atomic
def propose(member: Member, wanted: Mapping[str, str], grounds: Grounds, *, by: User, on: date) -> KeyChange:
    """Ask for another name or certificate 提出职工关键信息变更; a second person signs it.

    `wanted` holds name, certificate_type and id_number.

    Raises:
        MemberChangeWaits: another one waits.
        NothingChanged: all is so already.
        Overtaken: name or certificate changed since the member was read.
        WrongName, WrongIdNumber, …, CertificateTaken: a value that cannot be.
    """
    held = _held(member)
    if asked_for.open_change_of(held):
        raise MemberChangeWaits
    now = asked_for.key_values(held)
    if now != asked_for.key_values(member):
        raise Overtaken
    certificate = rules.certificate(CertificateType(wanted["certificate_type"]), wanted["id_number"], on=on)
    name = rules.person_name(named(wanted["name"], field="name"))
    read = {"name": name, "certificate_type": certificate.type.value, "id_number": certificate.number}
    values = {name: [now[name], value] for name, value in read.items() if value != now[name]}
    if not values:
        raise NothingChanged
    _refuse_taken(held, read)
    row = KeyChange(
        pk=numbers.draw_ids(KeyChange, 1)[0],
        member=held,
        evidence=named(grounds.evidence, field="evidence", longest=LONGEST_REASON),
        reason=named(grounds.reason, field="reason", longest=LONGEST_REASON),
    )
    row.values = json.dumps(values, ensure_ascii=False)
    row.case = signatures.open_case(_opening(held, values, on=on), row, facts=asked_for.facts_of(row), by=by, on=on)
    row.save(force_insert=True)
    trail.note("propose_change", held, by=by, on=on, why=grounds.reason, evidence=grounds.evidence, change=row.pk)
    return row


@transaction.atomic
def decide(row: KeyChange, decision: signatures.Decision, *, by: User, on: date) -> CaseStatus:
    """Sign a change of a name or certificate; on grant it holds at once 复核职工关键信息变更.

    Birth date, sex, initials and the index by which the person is found follow.

    Raises:
        CertificateTaken: it cannot be granted any more; it can still be returned.
        and what `signatures.sign` raises.
    """
    member, values = _held(Member.objects.get(key_changes=row)), asked_for.values_of(row)
    wanted = asked_for.key_values(member) | {name: new for name, (_old, new) in values.items()}
    if decision.verdict == Verdict.GRANT:
        _refuse_taken(member, wanted)
    outcome = signatures.sign(row.case, decision, facts=asked_for.facts_of(row), by=by, on=on)
    if outcome == CaseStatus.GRANTED:
        _enact(member, wanted, on=on)
        before: dict[str, object] = {name: asked_for.shown(name, old) for name, (old, _new) in values.items()}
        after = {name: asked_for.shown(name, new) for name, (_old, new) in values.items()}
        trail.note("change_key", member, by=by, on=on, why=row.reason, before=before, evidence=row.evidence, **after)
    return outcome


@transaction.atomic
def withdraw(row: KeyChange, *, by: User, on: date) -> None:
    """Take back a change that nobody has signed 撤回变更申请.

    Raises:
        what `signatures.withdraw` raises.
    """
    signatures.withdraw(row.case, by=by, on=on)


def _held(member: Member) -> Member:
    return Member.objects.select_for_update(no_key=True).get(pk=member.pk)


def _refuse_taken(member: Member, wanted: Mapping[str, str]) -> None:
    other = asked_for.registered_under(member, wanted["certificate_type"], wanted["id_number"])
    if other:
        raise CertificateTaken(field="id_number", number=asked_for.account_of(other).number)


def _opening(member: Member, values: Mapping[str, list[str]], *, on: date) -> signatures.Opening:
    account = asked_for.account_of(member)
    branch = account.employer.branch
    changed = "、".join(MEMBER_KEY_LABELS[name] for name in values)
    return signatures.Opening(
        kind="accounts:member_change_decide",
        page="accounts:member_change",
        business="职工关键信息变更",
        title=f"{member.name}（{account.number}）：变更{changed}",
        branch=branch,
        route=route_on(TermName.ROUTE_MEMBER_CHANGE, ZERO, branch, on),
        due_on=due_on(TermName.APPROVAL_DAYS, on),
    )


def _enact(member: Member, wanted: Mapping[str, str], *, on: date) -> None:
    certificate = rules.certificate(CertificateType(wanted["certificate_type"]), wanted["id_number"], on=on)
    member.name, member.initials = wanted["name"], rules.person_initials(wanted["name"])
    member.certificate_type, member.id_number = certificate.type, certificate.number
    member.id_index = privacy.blind_index("id_number", certificate.number)
    member.birth_date, member.sex = certificate.birth_date, certificate.sex
    columns = ["name", "initials", "certificate_type", "id_number_sealed", "id_index", "birth_date", "sex"]
    try:
        with transaction.atomic():
            member.save(update_fields=columns)
    except IntegrityError as clash:
        if "accounts_member_once" not in str(clash):
            raise
        _refuse_taken(member, wanted)  # the certificate was registered at this moment
        raise


def _masked(name: str, value: str) -> str:
    return MASKS[name](value) if name in MASKS else value
