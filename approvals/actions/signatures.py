"""The second signature 复核: a room opens a case, and its own action signs it and goes on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import models, transaction

from access.models import Branch, User
from access.states import Perm
from approvals import queries
from approvals.models import Case, Signature
from approvals.rules import digest_of
from approvals.states import ENDS, CaseStatus, Verdict
from audit.actions import trail
from hpf.errors import Overtaken, Refusal

OTHER_ROUTE = "金额已变化，改按该金额的复核路线"


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
    message = "{verdict}时请填写意见，说明{what}"
    code = "reason_missing"


class NotToRefuse(Refusal):
    message = "这类业务不能“不予同意”，请选择同意或退回"
    code = "not_to_refuse"


class NothingHigher(Refusal):
    message = "“{perm}”之上没有更高的复核权限，不能上报，请选择其他结论"
    code = "nothing_higher"


class NobodyHigher(Refusal):
    message = "本网点和中心本部除已办理和须先行复核的人员外，没有其他人员具有“{perm}”权限，不能上报，请选择其他结论"
    code = "nobody_higher"


class SignedBefore(Refusal):
    message = "您已在前一环节复核过这笔业务，后续环节须由其他人员办理"
    code = "signed_before"


class NotTheMaker(Refusal):
    message = "只有经办人本人可以撤回，其他人请使用退回"
    code = "not_the_maker"


# What the reason of everything but a plain yes has to say.
TO_SAY = {
    Verdict.RETURN: "需要更正的内容",
    Verdict.REFUSE: "理由和依据",
    Verdict.ESCALATE: "上报的理由和您的意见",
}


@dataclass(frozen=True)
class Opening:
    """What a room says about a case it opens 复核事项内容.

    `kind` and `page` are URL names that take the subject's number: where it is decided, and where it can be read.
    `perm` is the right that signs; a `route` of several takes its place. `due_on` is the last day to decide it, and
    `may_refuse` says that it can be refused with reasons 不予同意 instead of being sent back to be mended.
    """

    kind: str
    page: str
    business: str
    title: str
    branch: Branch
    perm: Perm | None = None
    route: Sequence[Perm] = ()
    due_on: date | None = None
    may_refuse: bool = False

    @property
    def steps(self) -> list[str]:
        """The rights that sign it, one after another 复核环节."""
        return [perm.value for perm in self.route or filter(None, [self.perm])]


@dataclass(frozen=True)
class Decision:
    """What the checker says, and the digest of what the page had shown 复核结论."""

    verdict: Verdict
    seen: str
    reason: str = ""


@transaction.atomic
def open_case(opening: Opening, subject: models.Model, *, facts: Mapping[str, str], by: User, on: date) -> Case:
    """Ask for a second signature on a subject 提交复核. The subject's number must be drawn, its row may follow."""
    case = _open(opening, subject, facts=facts, maker=by, opened_on=on)
    trail.note("open_case", case, by=by, on=on, facts_digest=case.facts_digest)
    return case


@transaction.atomic
def open_anew(
    case: Case, opening: Opening, subject: models.Model, *, facts: Mapping[str, str], by: User, on: date
) -> Case:
    """Put a case that waits before other people 改按其他路线复核; its maker and the day since when it waits stay.

    What was signed so far does not count: it was said of less.

    Raises:
        NotAllowedNow, Overtaken: it was decided.
    """
    trail.move(case, CaseStatus.WITHDRAWN, by=by, on=on, why=OTHER_ROUTE)
    anew = _open(opening, subject, facts=facts, maker=case.maker, opened_on=case.opened_on)
    trail.note("open_case", anew, by=by, on=on, facts_digest=anew.facts_digest)
    return anew


@transaction.atomic
def sign(case: Case, decision: Decision, *, facts: Mapping[str, str], by: User, on: date) -> CaseStatus:
    """Sign a case 复核; answers what became of it, and on GRANTED the room's own action goes on.

    OPEN means that it waits for the next step's signature, also where this one sent it up 上报. `facts` is what is true
    now: a person who saw something else has to read again.

    Raises:
        Overtaken: it no longer waits, or waits at another step.
        OwnCase, SignedBefore, NotToSign: this person may not sign it.
        FactsChanged: the page showed other facts.
        ReasonMissing, NotToRefuse: anything but yes without a word, or refused where that is not provided for.
        NothingHigher, NobodyHigher: sent up where no right is above those of the route, or nobody else holds it.
    """
    # One decision at a time: the status and the step are read under the row's lock.
    held = Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
    if held.status != CaseStatus.OPEN or held.step != case.step:
        raise Overtaken
    refuse_signer(held, by=by, on=on)
    name = queries.in_whose_name(held, by, queries.stands_in_for(by, on=on), list(held.signatures.order_by("pk")))
    if decision.seen != digest_of(facts):
        raise FactsChanged
    _refuse_verdict(held, decision, by)
    Signature.objects.create(
        case=held,
        maker_id=held.maker_id,
        signer=by,
        for_user=None if name == by else name,
        step=held.step,
        verdict=decision.verdict,
        reason=decision.reason.strip(),
        on=on,
        facts=dict(facts),
        facts_digest=decision.seen,
    )
    return _go_on(case, decision, by=by, on=on)


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


def refuse_signer(case: Case, *, by: User, on: date) -> None:
    """Refuse a person who may not sign a case now 复核资格.

    Raises:
        OwnCase, SignedBefore, NotToSign.
    """
    if case.maker_id == by.pk:
        raise OwnCase
    if case.signatures.filter(signer=by).exists():
        raise SignedBefore
    if not queries.cases_decided_by(by, on=on).filter(pk=case.pk).exists():
        raise NotToSign(perm=case.perm_label)


def _open(opening: Opening, subject: models.Model, *, facts: Mapping[str, str], maker: User, opened_on: date) -> Case:
    return Case.objects.create(
        kind=opening.kind,
        page=opening.page,
        business=opening.business,
        subject_kind=subject._meta.label_lower,
        subject_id=str(subject.pk),
        title=opening.title,
        maker=maker,
        branch=opening.branch,
        perm=opening.steps[0],
        steps=opening.steps,
        step=0,
        may_refuse=opening.may_refuse,
        due_on=opening.due_on,
        opened_on=opened_on,
        facts=dict(facts),
        facts_digest=digest_of(facts),
    )


def _go_on(case: Case, decision: Decision, *, by: User, on: date) -> CaseStatus:
    """To the next step; after the last one, or with a no, to the end."""
    why, act = decision.reason.strip(), "sign_step"
    if decision.verdict == Verdict.ESCALATE and case.higher:
        case.steps, act = [*case.steps, case.higher.value], "send_up"
    if decision.verdict not in ENDS and case.steps_left > 1:
        was: dict[str, object] = {"step": case.step}
        case.step, case.perm = case.step + 1, case.steps[case.step + 1]
        Case.objects.filter(pk=case.pk).update(step=case.step, perm=case.perm, steps=case.steps)
        trail.note(act, case, by=by, on=on, why=why, before=was, step=case.step, steps=case.steps)
        return CaseStatus.OPEN
    outcome = ENDS.get(decision.verdict, CaseStatus.GRANTED)
    trail.move(case, outcome, by=by, on=on, why=why)
    return outcome


def _refuse_verdict(case: Case, decision: Decision, by: User) -> None:
    if decision.verdict == Verdict.REFUSE and not case.may_refuse:
        raise NotToRefuse(field="verdict")
    if decision.verdict == Verdict.ESCALATE:
        _refuse_to_send_up(case, by)
    if decision.verdict in TO_SAY and not decision.reason.strip():
        raise ReasonMissing(field="reason", verdict=decision.verdict.label, what=TO_SAY[decision.verdict])


def _refuse_to_send_up(case: Case, by: User) -> None:
    if case.higher is None:
        raise NothingHigher(field="verdict", perm=case.last_label)
    after = [*map(Perm, case.steps[case.step + 1 :]), case.higher]
    # One person for each step that is left: who signs on the way there signs no more at its end.
    if any(queries.others_with(after[place:], case, by).count() < len(after) - place for place in range(len(after))):
        raise NobodyHigher(field="verdict", perm=case.higher.label)
