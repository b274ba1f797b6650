"""How far a withdrawal is 提取进度, and what an application would come to 提取试算, for whoever applies online."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date

from django.utils import timezone

from accounts.models import Member
from banking.states import PaymentStatus
from withdrawals import rules
from withdrawals.models import Inquiry, Withdrawal
from withdrawals.queries.questions import Relative, Wish, answers_about, latest_answer, persons_of, question
from withdrawals.rules import CATEGORIES, Quote
from withdrawals.states import (
    FOR_ONESELF,
    Category,
    Consent,
    InquiryKind,
    InquiryOutcome,
    PaperKind,
    WithdrawalStatus,
)

ENDED = {
    WithdrawalStatus.REFUSED: "可以按上述原因补正后重新申请；有异议可在收到决定后到所属管理部申请复核",
    WithdrawalStatus.SENT_BACK: "请按退回原因补正后重新申请",
    WithdrawalStatus.TAKEN_BACK: "占用的资金和额度已经释放，需要时可以重新申请",
    WithdrawalStatus.RETURNED: "款项已退回您的公积金账户，请核对收款银行卡后重新申请",
    WithdrawalStatus.UNDONE: "款项已退回您的公积金账户，需要时可以重新申请",
}


@dataclass(frozen=True, slots=True)
class Offer:
    """What an application would come to 试算结果: the quote with the papers it still needs taken as given."""

    quote: Quote
    papers: list[PaperKind]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a withdrawal 办理环节: `tone` as of the status tags, `on` the day it was reached."""

    name: str
    tone: str
    on: date | None
    told: str


def offer(wish: Wish, *, on: date) -> Offer:
    """What an application would come to once its papers are there 提取试算.

    Raises:
        NoTerm: a parameter is missing.
    """
    asked = question(wish, on=on)
    papers = rules.papers_needed(asked)
    return Offer(rules.quote(rules.with_papers(asked, papers)), papers)


def is_answered(member: Member, kind: InquiryKind, *, on: date, by: Collection[Consent] = FOR_ONESELF) -> bool:
    """Whether shared data have told all there is to know of a member, so that nobody asks again 已有有效的查询结果."""
    return _serves(latest_answer(bytes(member.id_index), kind, on=on, by=by))


def spouse_to_consent(member: Member, category: Category, *, on: date) -> Relative | None:
    """The spouse whose own consent an application online still lacks 待授权的配偶 (R-618), or None."""
    declared, others = CATEGORIES[category], persons_of(member)[1:]
    if not declared.of_household or not others:
        return None
    told = [answer for kind in declared.asks for answer in answers_about(member, kind, on=on)[1:]]
    return None if all(map(_serves, told)) else others[0]


def _serves(answer: Inquiry | None) -> bool:
    return answer is not None and answer.outcome != InquiryOutcome.DOWN


def steps_of(withdrawal: Withdrawal) -> list[Step]:
    """What has been done, is being done and comes next 办理进度."""
    handed_in = Step("提交申请", "done", withdrawal.applied_on, f"申请金额 {withdrawal.asked:,.2f} 元")
    steps = [handed_in, _decision(withdrawal)]
    if withdrawal.payment:
        steps.append(_payment(withdrawal))
    elif withdrawal.status == WithdrawalStatus.SUBMITTED:
        steps.append(Step("银行付款", "draft", None, "批准后由银行付款到您的银行卡"))
    if withdrawal.status in ENDED:
        ended = WithdrawalStatus(withdrawal.status)
        day = withdrawal.came_back_on or withdrawal.decided_on
        steps.append(Step(ended.label, "bad", day, ENDED[ended]))
    return steps


def _decision(withdrawal: Withdrawal) -> Step:
    if withdrawal.status == WithdrawalStatus.SUBMITTED:
        return Step("审批", "work", None, f"正在审批，最迟 {withdrawal.due_on} 前告知结果")
    if withdrawal.status == WithdrawalStatus.TAKEN_BACK:
        return Step("审批", "draft", None, "未审批")
    if withdrawal.granted is None:
        return Step("审批", "bad", withdrawal.decided_on, f"理由：{withdrawal.refusal}")
    interest = f"，另付利息 {withdrawal.interest:,.2f} 元" if withdrawal.interest else ""
    told = f"已批准 {withdrawal.granted:,.2f} 元{interest}"
    return Step("审批", "done", withdrawal.decided_on, told)


def _payment(withdrawal: Withdrawal) -> Step:
    payment = withdrawal.payment
    assert payment is not None
    plain = Step("银行付款", "work", None, "已通知银行付款，请留意银行卡到账")
    paid_on, sent_on = payment.succeeded_on, timezone.localdate(payment.sent_at) if payment.sent_at else None
    return {
        PaymentStatus.CREATED: replace(plain, told="等待中心财务复核付款"),
        PaymentStatus.SENT: replace(plain, on=sent_on, told="银行正在处理"),
        PaymentStatus.ACCEPTED: replace(plain, on=sent_on, told="银行正在处理"),
        PaymentStatus.UNKNOWN: replace(
            plain, tone="wait", on=sent_on, told="正在与银行核实付款结果，请勿重复提交；核实后本页自动更新"
        ),
        PaymentStatus.SUCCEEDED: replace(plain, tone="done", on=paid_on, told="银行已付款到您的银行卡"),
        PaymentStatus.FAILED: replace(plain, tone="bad", on=sent_on, told="银行未能付款，款项将退回您的公积金账户"),
        PaymentStatus.RETURNED: replace(plain, tone="bad", on=paid_on, told="款项被银行退回，将退回您的公积金账户"),
        PaymentStatus.CANCELLED: replace(plain, tone="bad", told="付款已撤销"),
    }.get(PaymentStatus(payment.status), plain)
