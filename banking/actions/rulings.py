"""What a statement says of a payment whose result is unknown 对账认定: one person reads it, a second one signs."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from access.models import User
from access.states import Perm
from approvals.actions import signatures
from approvals.actions.signatures import Decision, Opening
from approvals.states import CaseStatus, Verdict
from audit.actions import trail
from banking import queries
from banking.actions import results
from banking.actions.results import Report
from banking.models import Payment, Ruling
from banking.rules import Said
from banking.states import PaymentStatus, ResultOrigin, ResultOutcome
from hpf.errors import Refusal
from hpf.numbers import draw_ids
from policy.queries import due_on
from policy.states import TermName


class NotInDoubt(Refusal):
    """The bank has said what became of it meanwhile 不在结果不明状态."""

    message = "付款指令 {reference} 当前为“{status}”，只有结果不明的付款才能按对账单认定"
    code = "not_in_doubt"


class AlreadyRuled(Refusal):
    """Somebody else has proposed one 重复认定."""

    message = "该付款已有待复核的对账认定，请先等待复核，或由经办人撤回"
    code = "already_ruled"


class SerialMissing(Refusal):
    """A payment that succeeded has a line on the statement 缺少流水号."""

    message = "认定付款成功须填写对账单上的银行流水号"
    code = "serial_missing"


class StatementAhead(Refusal):
    """The statement's day is still to come 对账单日期."""

    message = "对账单日期不能晚于当前会计日 {today}"
    code = "statement_ahead"


class StatementBefore(Refusal):
    """A statement of a day on which the bank had not been handed the payment shows nothing of it 对账单日期过早."""

    message = "对账单日期不能早于付款指令最近一次发送的日期 {sent}：请取得该日或以后的对账单再认定"
    code = "statement_before"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the statement shows 对账单依据; an empty serial where it shows nothing."""

    outcome: ResultOutcome
    statement_on: date
    bank_serial: str
    reason: str


@transaction.atomic
def propose(payment: Payment, evidence: Evidence, *, by: User, on: date) -> Ruling:
    """Propose what became of a payment by the bank's statement 提出对账认定.

    Raises:
        NotInDoubt: its result is not unknown.
        AlreadyRuled: a proposal waits.
        SerialMissing, StatementAhead, StatementBefore: the evidence is not whole, or is none.
    """
    payment = _in_doubt(payment)
    if evidence.outcome == ResultOutcome.SUCCEEDED and not evidence.bank_serial:
        raise SerialMissing(field="bank_serial")
    if evidence.statement_on > on:
        raise StatementAhead(field="statement_on", today=on.isoformat())
    if payment.sent_on and evidence.statement_on < payment.sent_on:
        raise StatementBefore(field="statement_on", sent=payment.sent_on.isoformat())
    if queries.waiting_ruling(payment):
        raise AlreadyRuled
    given = {name: getattr(evidence, name) for name in evidence.__slots__}
    ruling = Ruling(pk=draw_ids(Ruling, 1)[0], payment=payment, sending=payment.sendings, **given)
    opening = Opening(
        kind="banking:ruling_decide",
        page="banking:ruling",
        business="对账认定付款结果",
        title=f"{payment.reference} {payment.amount:,.2f} 元：{evidence.outcome.label}",
        perm=Perm.APPROVE_PAYMENT,
        due_on=due_on(TermName.APPROVAL_DAYS, on),
        branch=payment.branch,
    )
    ruling.case = signatures.open_case(opening, ruling, facts=queries.facts_of_ruling(ruling), by=by, on=on)
    ruling.save(force_insert=True)
    trail.note("propose_ruling", payment, by=by, on=on, outcome=evidence.outcome, statement_on=evidence.statement_on)
    return ruling


@transaction.atomic
def decide(ruling: Ruling, decision: Decision, *, at: datetime, today: date, by: User, on: date) -> CaseStatus:
    """Sign a proposal; granted, the payment goes on as if the bank had said it 复核对账认定.

    Raises:
        NotInDoubt: the bank has answered meanwhile; the proposal can still be sent back.
        and what `signatures.sign` raises.
    """
    if decision.verdict == Verdict.GRANT:
        _in_doubt(ruling.payment)
    outcome = signatures.sign(ruling.case, decision, facts=queries.facts_of_ruling(ruling), by=by, on=on)
    if outcome == CaseStatus.GRANTED:
        payment = ruling.payment
        said = Said(
            outcome=ResultOutcome(ruling.outcome),
            sending=ruling.sending,
            bank_serial=ruling.bank_serial,
            account=payment.account.number,
            amount=payment.amount,
            paid_on=ruling.statement_on,
        )
        told = Report(payment.reference, said, at=at, calendar=today, origin=ResultOrigin.STATEMENT)
        results.report(payment.account.bank, told, by=by, on=on)
    return outcome


@transaction.atomic
def withdraw(ruling: Ruling, *, by: User, on: date) -> None:
    """Take back a proposal nobody has signed 撤回对账认定. Raises what `signatures.withdraw` raises."""
    signatures.withdraw(ruling.case, by=by, on=on)


def _in_doubt(payment: Payment) -> Payment:
    rows = Payment.objects.select_related("account__bank", "branch").select_for_update(of=("self",))
    held = rows.get(pk=payment.pk)
    if held.status != PaymentStatus.UNKNOWN:
        raise NotInDoubt(reference=held.reference, status=PaymentStatus(held.status).label)
    return held
