"""What was asked to change about an employer 单位关键信息变更, and what it meets as things stand."""

import json
from typing import Any

from access.models import Branch
from accounts.models import Employer, KeyChange
from accounts.queries.employers import standing_of
from accounts.states import CLOSING, KEY_LABELS, CloseReason, EmployerStatus, MemberAccountStatus

NONE = "无"
SHOWN_SAME = 3


def values_of(change: KeyChange) -> dict[str, list[str]]:
    """Old and new value by field 变更内容."""
    values: dict[str, list[str]] = json.loads(change.values)
    return values


def key_values(employer: Employer) -> dict[str, str]:
    """The key particulars as they stand 现有关键信息: name, credit code, the code of the branch."""
    return {"name": employer.name, "credit_code": employer.credit_code, "branch": employer.branch.code}


def is_closing(change: KeyChange) -> bool:
    """Whether it asks for the end of the employer 是否销户申请."""
    return CLOSING in values_of(change)


def facts_of(change: KeyChange) -> dict[str, str]:
    """What a signature on a change rests on 复核依据: what was entered, and what it meets as things stand.

    The employer is read again: it is what is true now that counts.
    """
    key: Any = change.employer_id  # there is one: the change is an employer's
    employer = Employer.objects.select_related("branch").get(pk=key)
    values = values_of(change)
    facts = _of_closing(employer, values[CLOSING][1]) if CLOSING in values else _of_particulars(employer, values)
    head = {"单位账号": employer.number, "状态": EmployerStatus(employer.status).label}
    return head | facts | {"依据材料": change.evidence, "原因": change.reason}


def _of_particulars(employer: Employer, values: dict[str, list[str]]) -> dict[str, str]:
    offices = dict(Branch.objects.values_list("code", "name"))
    now, facts = key_values(employer), {}
    for name, (_old, new) in values.items():
        label = KEY_LABELS[name]
        facts[f"现{label}"] = offices[now[name]] if name == "branch" else now[name]
        facts[f"拟变更为（{label}）"] = offices[new] if name == "branch" else new
    others = Employer.objects.exclude(pk=employer.pk).order_by("number")
    if "name" in values:
        same = others.filter(name=values["name"][1]).values_list("number", flat=True)[:SHOWN_SAME]
        facts["同名单位"] = "、".join(same) or NONE
    if "credit_code" in values:
        same = others.filter(credit_code=values["credit_code"][1]).values_list("number", flat=True)
        facts["拟用代码已开户单位"] = "、".join(same) or NONE
    return facts


def _of_closing(employer: Employer, reason: str) -> dict[str, str]:
    standing = standing_of(employer)
    facts = {"办理事项": "单位销户", "销户原因": CloseReason(reason).label, "缴至年月": employer.paid_to or NONE}
    for status in (MemberAccountStatus.NORMAL, MemberAccountStatus.SEALED):
        facts[f"{status.label}个人账户"] = f"{standing.counted(status)} 户"
    facts["单位暂存款"] = standing.unallocated.words
    facts["在途业务"] = "；".join(standing.in_flight) or NONE
    return facts
