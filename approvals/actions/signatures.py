"""The second signature 复核: a room opens a case, and its own action signs it and goes on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db import models, transaction

from access.models import Branch, User
from access.states import Perm
from approvals import queries
from approvals.models import Case, Signature
from approvals.rules import digest_of
from approvals.states import STATUS_AFTER, CaseStatus, Verdict
from audit.actions import trail
from hpf.errors import Overtaken, Refusal


class OwnCase(Refusal):
    message = "本人经办的业务须由他人复核，请交由其他有权限的人员办理"
    code = "own_case"


class NotToSign(Refusal):
    message = "您不能复核这笔业务：需要本网点（或中心本部）具有“{perm}”权限的人员办理"
    code = "not_to_sign"


class FactsChanged(Refusal):
    message = "内容已变化，请按页面上的最新内容重新核对后再审批"
    code = "facts_changed"


class ReasonMissing(Refusal):
    message = "退回时请填写意见，说明需要更正的内容"
    code = "reason_missing"


class NotTheMaker(Refusal):
    message = "只有经办人本人可以撤回，其他人请使用退回"
    code = "not_the_maker"


@dataclass(frozen=True)
class Opening:
    """What a room says about a case it opens 复核事项内容.

    `kind` and `page` are URL names that take the subject's number: where it is decided, and where it can be read.
    """

    kind: str
    page: str
    business: str
    title: str
    perm: Perm
    branch: Branch


@dataclass(frozen=True)
class Decision:
    """What the checker says, and the digest of what the page had shown 复核结论."""

    verdict: Verdict
    seen: str
    reason: str = ""


@transaction.atomic
def open_case(opening: Opening, subject: models.Model, *, facts: Mapping[str, str], by: User, on: date) -> Case:
    """Ask for a second signature on a subject 提交复核. The subject's number must be drawn, its row may follow."""
    case = Case.objects.create(
        kind=opening.kind,
        page=opening.page,
        business=opening.business,
        subject_kind=subject._meta.label_lower,
        subject_id=str(subject.pk),
        title=opening.title,
        maker=by,
        branch=opening.branch,
        perm=opening.perm.value,
        opened_on=on,
        facts=dict(facts),
        facts_digest=digest_of(facts),
    )
    trail.note("open_case", case, by=by, on=on, facts_digest=case.facts_digest)
    return case


@transaction.atomic
def sign(case: Case, decision: Decision, *, facts: Mapping[str, str], by: User, on: date) -> CaseStatus:
    """Sign a case 复核; answers what became of it, and on GRANTED the room's own action goes on.

    `facts` is what is true now: a person who saw something else has to read again.

    Raises:
        Overtaken: it no longer waits.
        OwnCase, NotToSign: this person may not sign it.
        FactsChanged: the page showed other facts.
        ReasonMissing: sent back without a word.
    """
    # One decision at a time: the status is read under the row's lock.
    if Case.objects.select_for_update(of=("self",)).get(pk=case.pk).status != CaseStatus.OPEN:
        raise Overtaken
    _refuse_signer(case, by)
    if decision.seen != digest_of(facts):
        raise FactsChanged
    if decision.verdict == Verdict.RETURN and not decision.reason.strip():
        raise ReasonMissing(field="reason")
    Signature.objects.create(
        case=case,
        maker_id=case.maker_id,
        signer=by,
        verdict=decision.verdict,
        reason=decision.reason.strip(),
        on=on,
        facts=dict(facts),
        facts_digest=decision.seen,
    )
    outcome = STATUS_AFTER[decision.verdict]
    trail.move(case, outcome, by=by, on=on, why=decision.reason.strip())
    return outcome


@transaction.atomic
def withdraw(case: Case, *, by: User, on: date) -> None:
    """Take back what nobody has signed yet 撤回.

    Raises:
        NotTheMaker: somebody else entered it.
        NotAllowedNow, Overtaken: it was decided.
    """
    if case.maker_id != by.pk:
        raise NotTheMaker
    trail.move(case, CaseStatus.WITHDRAWN, by=by, on=on)


def _refuse_signer(case: Case, by: User) -> None:
    if case.maker_id == by.pk:
        raise OwnCase
    if not queries.cases_decided_by(by).filter(pk=case.pk).exists():
        raise NotToSign(perm=case.perm_label)
