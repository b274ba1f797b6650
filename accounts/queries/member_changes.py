"""What was asked to change about a member 职工关键信息变更, and what it meets as things stand."""

import json
from typing import Any

from django.db.models import QuerySet

from access.models import User
from accounts.models import KeyChange, Member, MemberAccount
from accounts.queries.members import member_accounts_seen_by
from accounts.states import MEMBER_ACCOUNT_ENDS, MEMBER_KEY_LABELS, CertificateType
from approvals.states import CaseStatus
from hpf import privacy

NONE = "无"


def member_changes_seen_by(user: User) -> QuerySet[KeyChange]:
    """The changes of members' key particulars a person may read 可查看的职工关键信息变更."""
    changes = KeyChange.objects.filter(member__member_accounts__in=member_accounts_seen_by(user)).distinct()
    return changes.select_related("member", "case__maker", "case__branch")


def open_change_of(member: Member) -> KeyChange | None:
    """The change of this member that waits for a second person 待复核的变更, if any."""
    return member.key_changes.filter(case__status=CaseStatus.OPEN).select_related("case__maker").first()


def account_of(member: Member) -> MemberAccount:
    """The account under which a member is looked up 职工的当前账户: the open one, or the last that ended."""
    accounts = member.member_accounts.select_related("employer__branch").order_by("-opened_on", "-pk")
    return accounts.exclude(status__in=MEMBER_ACCOUNT_ENDS).first() or accounts[0]


def values_of(change: KeyChange) -> dict[str, list[str]]:
    """Old and new value by field 变更内容."""
    values: dict[str, list[str]] = json.loads(change.values)
    return values


def key_values(member: Member) -> dict[str, str]:
    """The key particulars as they stand 现有关键信息: name, type and number of the certificate."""
    return {"name": member.name, "certificate_type": member.certificate_type, "id_number": member.id_number}


def registered_under(member: Member, type: str, number: str) -> Member | None:
    """Another person who has this certificate 已登记该证件的其他职工, if any."""
    index = privacy.blind_index("id_number", number)
    return Member.objects.filter(certificate_type=type, id_index=index).exclude(pk=member.pk).first()


def facts_of(change: KeyChange) -> dict[str, str]:
    """What a signature on a change rests on 复核依据: what was entered, and what it meets as things stand.

    The member is read again: it is what is true now that counts. Numbers are masked.
    """
    key: Any = change.member_id  # there is one: the change is a member's
    member = Member.objects.get(pk=key)
    account, now, values = account_of(member), key_values(member), values_of(change)
    facts = {
        "个人账号": account.number,
        "单位": account.employer.name,
        "账户状态": account.get_status_display(),
    }
    for name, (_old, new) in values.items():
        label = MEMBER_KEY_LABELS[name]
        facts[f"现{label}"] = shown(name, now[name])
        facts[f"拟变更为（{label}）"] = shown(name, new)
    if "id_number" in values or "certificate_type" in values:
        wanted = now | {name: new for name, (_old, new) in values.items()}
        other = registered_under(member, wanted["certificate_type"], wanted["id_number"])
        facts["拟用证件已登记职工"] = f"个人账号 {account_of(other).number}" if other else NONE
    return facts | {"依据材料": change.evidence, "原因": change.reason}


def shown(name: str, value: str) -> str:
    """A key value as a page and the trail may show it: numbers masked, codes in words."""
    if name == "id_number":
        return privacy.masked_id(value)
    return CertificateType(value).label if name == "certificate_type" else value
