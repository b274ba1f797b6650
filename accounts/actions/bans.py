"""Bans after fraud 违规限制: a dated decision entered by one person and signed by another (Regulation 条例 art. 41)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

from access.models import User
from access.states import Perm
from accounts import rules
from accounts.actions.employer_changes import LONGEST_REASON
from accounts.actions.employers import named
from accounts.models import Ban, BanLift, Member
from accounts.queries import bans as barred
from accounts.queries.member_changes import account_of
from accounts.states import BanGround, BanStatus
from approvals.actions import signatures
from approvals.states import CaseStatus, Verdict
from audit.actions import trail
from hpf import numbers
from hpf.errors import Refusal
from policy.queries import due_on, numbers_on
from policy.states import TermName

LONGEST_DOCUMENT = 100
YEARS = {BanGround.FRAUD_WITHDRAWAL: TermName.BAN_WITHDRAW, BanGround.FRAUD_LOAN: TermName.BAN_LOAN}


class DecidedLater(Refusal):
    message = "决定日期不能晚于今天（{on}），请核对处理决定书"
    code = "decided_later"


class BeginsBeforeDecision(Refusal):
    message = "限制起始日期不能早于决定日期（{decided_on}），请核对处理决定书"
    code = "begins_before_decision"


class AmountsWrong(Refusal):
    message = "违规金额应大于 0.00 元，已退回金额应在 0.00 元与违规金额之间，请核对"
    code = "ban_amounts_wrong"


class BannedByThisPaper(Refusal):
    message = "该职工已按这份处理决定书（{document}）登记，不会重复登记，请查看已有的限制"
    code = "banned_by_this_paper"


class NotBanned(Refusal):
    message = "这项限制目前为“{status}”，不能解除，请刷新页面查看"
    code = "not_banned"


class LiftWaits(Refusal):
    message = "这项限制已有解除申请待复核，请先等待复核，或由经办人撤回后再提出"
    code = "lift_waits"


@dataclass(frozen=True)
class Ruling:
    """What the centre decided about a fraud 处理决定; amounts in yuan."""

    ground: BanGround
    document: str
    decided_on: date
    begins_on: date
    amount: Decimal
    returned: Decimal
    reason: str


@transaction.atomic
def propose(member: Member, ruling: Ruling, *, by: User, on: date) -> Ban:
    """Enter a ban 登记违规限制 (R-443); a second person signs it, and then it holds.

    Its years are those in force on the day of the decision, for withdrawals and loans alike.

    Raises:
        BannedByThisPaper: the decision was entered.
        DecidedLater, BeginsBeforeDecision, AmountsWrong: a decision that cannot be.
        NoTerm: on the day of the decision no such ban existed.
        NameMissing, NameUnreadable: paper number or reason.
    """
    member = _held(member)
    _refuse_ruling(ruling, on)
    document = named(ruling.document, field="document", longest=LONGEST_DOCUMENT)
    if member.bans.filter(document=document, status__in=(BanStatus.PENDING, BanStatus.ACTIVE)).exists():
        raise BannedByThisPaper(field="document", document=document)
    [years] = numbers_on([YEARS[ruling.ground]], ruling.decided_on)
    until = rules.last_day(ruling.begins_on, years * 12)
    row = Ban(
        pk=numbers.draw_ids(Ban, 1)[0],
        member=member,
        ground=ruling.ground,
        document=document,
        decided_on=ruling.decided_on,
        begins_on=ruling.begins_on,
        no_withdrawal_until=until,
        no_loan_until=until,
        amount=ruling.amount,
        returned=ruling.returned,
        reason=named(ruling.reason, field="reason", longest=LONGEST_REASON),
    )
    row.case = signatures.open_case(
        _opening(member, "ban", "登记限制", on=on), row, facts=barred.facts_of(row), by=by, on=on
    )
    row.save(force_insert=True)
    trail.note("propose_ban", member, by=by, on=on, why=row.reason, **_told(row))
    return row


@transaction.atomic
def decide(row: Ban, decision: signatures.Decision, *, by: User, on: date) -> CaseStatus:
    """Sign a ban; on grant it holds 复核违规限制.

    Raises:
        what `signatures.sign` raises.
    """
    _held(row.member)
    outcome = signatures.sign(row.case, decision, facts=barred.facts_of(row), by=by, on=on)
    if outcome == CaseStatus.GRANTED:
        trail.move(row, BanStatus.ACTIVE, by=by, on=on, why=row.reason)
        trail.note("ban", row.member, by=by, on=on, why=row.reason, **_told(row))
    elif outcome != CaseStatus.OPEN:
        trail.move(row, BanStatus.DROPPED, by=by, on=on, why=decision.reason.strip())
    return outcome


@transaction.atomic
def withdraw(row: Ban, *, by: User, on: date) -> None:
    """Take back a ban that nobody has signed 撤回限制登记.

    Raises:
        what `signatures.withdraw` raises.
    """
    signatures.withdraw(row.case, by=by, on=on)
    trail.move(row, BanStatus.DROPPED, by=by, on=on)


@transaction.atomic
def propose_lift(ban: Ban, document: str, reason: str, *, by: User, on: date) -> BanLift:
    """Ask to lift a ban before its end 提出提前解除 (R-443); a second person signs it.

    Raises:
        NotBanned, LiftWaits: nothing can be lifted now.
        NameMissing, NameUnreadable: paper number or reason.
    """
    member = _held(ban.member)
    ban = Ban.objects.get(pk=ban.pk)
    refuse_to_lift(ban)
    row = BanLift(
        pk=numbers.draw_ids(BanLift, 1)[0],
        ban=ban,
        document=named(document, field="document", longest=LONGEST_DOCUMENT),
        reason=named(reason, field="reason", longest=LONGEST_REASON),
    )
    opening = _opening(member, "ban_lift", "提前解除限制", on=on)
    row.case = signatures.open_case(opening, row, facts=barred.facts_of_lift(row), by=by, on=on)
    row.save(force_insert=True)
    trail.note("propose_ban_lift", member, by=by, on=on, why=row.reason, document=row.document, ban=ban.document)
    return row


@transaction.atomic
def decide_lift(row: BanLift, decision: signatures.Decision, *, by: User, on: date) -> CaseStatus:
    """Sign a lifting; on grant the ban bars nothing from this day on 复核提前解除.

    Raises:
        NotBanned: it was lifted meanwhile; the request can still be returned.
        and what `signatures.sign` raises.
    """
    member = _held(row.ban.member)
    ban = Ban.objects.get(pk=row.ban_id)
    if decision.verdict == Verdict.GRANT and ban.status != BanStatus.ACTIVE:
        raise NotBanned(status=ban.get_status_display())
    outcome = signatures.sign(row.case, decision, facts=barred.facts_of_lift(row), by=by, on=on)
    if outcome == CaseStatus.GRANTED:
        trail.move(ban, BanStatus.LIFTED, by=by, on=on, why=row.reason, lifted_on=on)
        trail.note("lift_ban", member, by=by, on=on, why=row.reason, document=row.document, ban=ban.document)
    return outcome


@transaction.atomic
def withdraw_lift(row: BanLift, *, by: User, on: date) -> None:
    """Take back a lifting that nobody has signed 撤回解除申请.

    Raises:
        what `signatures.withdraw` raises.
    """
    signatures.withdraw(row.case, by=by, on=on)


def refuse_to_lift(ban: Ban) -> None:
    """Refuse a ban that cannot be lifted now 解除条件.

    Raises:
        NotBanned, LiftWaits.
    """
    if ban.status != BanStatus.ACTIVE:
        raise NotBanned(status=ban.get_status_display())
    if barred.open_lift_of(ban):
        raise LiftWaits


def _refuse_ruling(ruling: Ruling, on: date) -> None:
    if ruling.decided_on > on:
        raise DecidedLater(field="decided_on", on=on)
    if ruling.begins_on < ruling.decided_on:
        raise BeginsBeforeDecision(field="begins_on", decided_on=ruling.decided_on)
    if ruling.amount <= 0 or not 0 <= ruling.returned <= ruling.amount:
        raise AmountsWrong(field="returned" if ruling.amount > 0 else "amount")


def _held(member: Member) -> Member:
    return Member.objects.select_for_update(no_key=True).get(pk=member.pk)


def _opening(member: Member, page: str, what: str, *, on: date) -> signatures.Opening:
    account = account_of(member)
    return signatures.Opening(
        kind=f"accounts:{page}_decide",
        page=f"accounts:{page}",
        business="违规限制",
        title=f"{member.name}（{account.number}）：{what}",
        perm=Perm.APPROVE_BAN,
        due_on=due_on(TermName.APPROVAL_DAYS, on),
        branch=account.employer.branch,
    )


def _told(row: Ban) -> dict[str, Any]:
    return {
        "ban_ground": row.ground,
        "document": row.document,
        "decided_on": row.decided_on,
        "begins_on": row.begins_on,
        "no_withdrawal_until": row.no_withdrawal_until,
        "no_loan_until": row.no_loan_until,
        "fraud_amount": row.amount,
        "returned": row.returned,
    }
