"""Freezing money of member accounts 冻结、续冻与解冻: by a paper and two persons; the ledger keeps what is frozen."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from access.models import User
from access.states import Perm
from accounts import rules
from accounts.actions.employer_changes import LONGEST_REASON
from accounts.actions.employers import named
from accounts.actions.holding import held
from accounts.models import Freeze, FreezeChange, MemberAccount
from accounts.queries import freezes as frozen
from accounts.queries.freezes import KIND
from accounts.states import MEMBER_ACCOUNT_ENDS, FreezeAct, FreezeGround, FreezeStatus
from approvals.actions import signatures
from approvals.states import CaseStatus, Verdict
from audit.actions import trail
from hpf import numbers
from hpf.errors import Refusal
from ledger.actions import holds
from policy.queries import due_on, numbers_on
from policy.states import TermName

LONGEST_AUTHORITY = 120
LONGEST_DOCUMENT = 100


class AccountEnded(Refusal):
    message = "账户已销户，没有可以冻结的资金，请核对文书上的账户"
    code = "account_ended"


class AccountFrozen(Refusal):
    message = "账户已冻结或有冻结申请待复核，解冻前不能转移和销户，请到账户所在管理部核实"
    code = "account_frozen"


class FreezeWaits(Refusal):
    message = "该账户已有一项冻结申请待复核，请先等待复核，或由经办人撤回后再提出"
    code = "freeze_waits"


class FrozenByThisPaper(Refusal):
    message = "该账户已按这份文书（{document}）冻结，不会重复冻结；期限届满前可以办理续冻"
    code = "frozen_by_this_paper"


class BeginsLater(Refusal):
    message = "冻结起始日期不能晚于今天（{on}），请核对文书；到期再办理"
    code = "begins_later"


class TermPast(Refusal):
    message = "冻结截止日期不能早于 {first}，请核对文书"
    code = "freeze_term_past"


class TermTooLong(Refusal):
    message = "司法冻结每次最长 {months} 个月，截止日期不能晚于 {last}，请核对文书"
    code = "freeze_term_too_long"


class TermMissing(Refusal):
    message = "请按文书填写冻结截止日期；司法冻结和续冻都须有截止日期"
    code = "freeze_term_missing"


class NoTermToRenew(Refusal):
    message = "这项冻结没有固定期限，不需要续冻"
    code = "no_term_to_renew"


class AmountWrong(Refusal):
    message = "冻结金额应大于 0.00 元；冻结全部余额的，请选择“账户全部余额”"
    code = "freeze_amount_wrong"


class NotFrozen(Refusal):
    message = "这项冻结目前为“{status}”，不能续冻或解冻，请刷新页面查看"
    code = "not_frozen"


class ChangeWaits(Refusal):
    message = "这项冻结已有续冻或解冻申请待复核，请先等待复核，或由经办人撤回后再提出"
    code = "freeze_change_waits"


@dataclass(frozen=True)
class Order:
    """What an order to freeze says 冻结文书. `amount` in yuan, None for everything; `until` None: without an end."""

    ground: FreezeGround
    authority: str
    document: str
    amount: Decimal | None
    begins_on: date
    until: date | None
    reason: str


@dataclass(frozen=True)
class Paper:
    """The paper by which a freeze is renewed or lifted 续冻、解冻文书; `until` is the new last day of a renewed one."""

    act: FreezeAct
    authority: str
    document: str
    reason: str
    until: date | None = None


@transaction.atomic
def propose(account: MemberAccount, order: Order, *, by: User, on: date) -> Freeze:
    """Ask for a freeze of a member account 提出冻结 (R-441); a second person signs it, and then it holds.

    Raises:
        AccountEnded, FreezeWaits, FrozenByThisPaper: nothing can be frozen, or it is so already.
        BeginsLater, TermMissing, TermPast, TermTooLong, AmountWrong: an order that cannot be.
        NameMissing, NameUnreadable: authority, paper number or reason.
    """
    account = held(account.pk)
    refuse_to_freeze(account)
    _refuse_order(order, on)
    document = named(order.document, field="document", longest=LONGEST_DOCUMENT)
    if account.freezes.filter(document=document, status__in=frozen.STOPPING).exists():
        raise FrozenByThisPaper(field="document", document=document)
    row = Freeze(
        pk=numbers.draw_ids(Freeze, 1)[0],
        member_account=account,
        ground=order.ground,
        authority=named(order.authority, field="authority", longest=LONGEST_AUTHORITY),
        document=document,
        amount=order.amount,
        begins_on=order.begins_on,
        until=order.until,
        reason=named(order.reason, field="reason", longest=LONGEST_REASON),
    )
    opening = _opening(account, "accounts:freeze", "个人账户冻结", "冻结", on=on)
    row.case = signatures.open_case(opening, row, facts=frozen.facts_of(row), by=by, on=on)
    row.save(force_insert=True)
    trail.note("propose_freeze", account, by=by, on=on, why=row.reason, **_told(row))
    return row


@transaction.atomic
def decide(row: Freeze, decision: signatures.Decision, *, by: User, on: date) -> CaseStatus:
    """Sign a freeze; on grant the money is frozen at once 复核冻结 (R-902).

    Raises:
        AccountEnded, TermPast: it cannot be granted any more; it can still be returned.
        DayNotOpen: the day turned.
        and what `signatures.sign` raises.
    """
    account = held(row.member_account_id)
    if decision.verdict == Verdict.GRANT:
        if account.status in MEMBER_ACCOUNT_ENDS:
            raise AccountEnded
        if row.until and row.until < on:
            raise TermPast(first=on)
    outcome = signatures.sign(row.case, decision, facts=frozen.facts_of(row), by=by, on=on)
    if outcome == CaseStatus.GRANTED:
        trail.move(row, FreezeStatus.ACTIVE, by=by, on=on, why=row.reason)
        holds.freeze(KIND, row.pk, account.ledger_account_id, row.amount, by=by, on=on)
        trail.note("freeze", account, by=by, on=on, why=row.reason, **_told(row))
    elif outcome != CaseStatus.OPEN:
        trail.move(row, FreezeStatus.DROPPED, by=by, on=on, why=decision.reason.strip())
    return outcome


@transaction.atomic
def withdraw(row: Freeze, *, by: User, on: date) -> None:
    """Take back a freeze that nobody has signed 撤回冻结申请.

    Raises:
        what `signatures.withdraw` raises.
    """
    signatures.withdraw(row.case, by=by, on=on)
    trail.move(row, FreezeStatus.DROPPED, by=by, on=on)


@transaction.atomic
def propose_change(freeze: Freeze, paper: Paper, *, by: User, on: date) -> FreezeChange:
    """Ask to renew or to lift a freeze 提出续冻、解冻 (R-441); a second person signs it.

    Raises:
        NotFrozen, ChangeWaits, NoTermToRenew: nothing can be asked for now.
        TermMissing, TermPast, TermTooLong: a new last day that is not later, or too late.
        NameMissing, NameUnreadable: authority, paper number or reason.
    """
    freeze = _held_freeze(freeze)
    refuse_to_change(freeze, paper.act, on=on)
    if paper.act == FreezeAct.RENEW:
        _refuse_renewal(freeze, paper.until, on)
    account = freeze.member_account
    row = FreezeChange(
        pk=numbers.draw_ids(FreezeChange, 1)[0],
        freeze=freeze,
        act=paper.act,
        authority=named(paper.authority, field="authority", longest=LONGEST_AUTHORITY),
        document=named(paper.document, field="document", longest=LONGEST_DOCUMENT),
        until=paper.until if paper.act == FreezeAct.RENEW else None,
        reason=named(paper.reason, field="reason", longest=LONGEST_REASON),
    )
    opening = _opening(account, "accounts:freeze_change", "个人账户续冻和解冻", FreezeAct(paper.act).label, on=on)
    if paper.act == FreezeAct.RENEW and freeze.until:  # signed later, it has ended meanwhile
        opening = replace(opening, due_on=min(opening.due_on or freeze.until, freeze.until))
    row.case = signatures.open_case(opening, row, facts=frozen.facts_of_change(row), by=by, on=on)
    row.save(force_insert=True)
    trail.note("propose_freeze_change", account, by=by, on=on, why=row.reason, **_told_change(row))
    return row


@transaction.atomic
def decide_change(row: FreezeChange, decision: signatures.Decision, *, by: User, on: date) -> CaseStatus:
    """Sign a renewal or a lifting; on grant it holds at once 复核续冻、解冻. A renewed freeze keeps its place.

    Raises:
        NotFrozen: the freeze has ended meanwhile; the request can still be returned.
        DayNotOpen: the day turned.
        and what `signatures.sign` raises.
    """
    freeze = _held_freeze(row.freeze)
    if decision.verdict == Verdict.GRANT:
        _refuse_ended(freeze, on)
    outcome = signatures.sign(row.case, decision, facts=frozen.facts_of_change(row), by=by, on=on)
    if outcome == CaseStatus.GRANTED and row.act == FreezeAct.RENEW:
        before: dict[str, object] = {"until": freeze.until}
        Freeze.objects.filter(pk=freeze.pk).update(until=row.until)
        trail.note(
            "renew_freeze", freeze.member_account, by=by, on=on, why=row.reason, before=before, **_told_change(row)
        )
    elif outcome == CaseStatus.GRANTED:
        _end(freeze, by=by, on=on, why=row.reason)
        trail.note("lift_freeze", freeze.member_account, by=by, on=on, why=row.reason, **_told_change(row))
    return outcome


@transaction.atomic
def withdraw_change(row: FreezeChange, *, by: User, on: date) -> None:
    """Take back a renewal or a lifting that nobody has signed 撤回续冻、解冻申请.

    Raises:
        what `signatures.withdraw` raises.
    """
    signatures.withdraw(row.case, by=by, on=on)


@transaction.atomic
def lapse(freeze: Freeze, *, by: User, on: date) -> bool:
    """End a freeze whose last day has passed 到期自动解冻; answers whether there was something to end."""
    freeze = _held_freeze(freeze)
    if freeze.status != FreezeStatus.ACTIVE or freeze.until is None or freeze.until >= on:
        return False
    why = f"冻结期限于 {freeze.until} 届满，自动解除"
    _end(freeze, by=by, on=on, why=why)
    trail.note("lapse_freeze", freeze.member_account, by=by, on=on, why=why, document=freeze.document)
    return True


def lapse_all(*, by: User, on: date) -> dict[str, int]:
    """End every freeze whose last day has passed 到期自动解冻, each in its own transaction; safe to run twice."""
    return {"lapsed": sum(lapse(row, by=by, on=on) for row in frozen.to_lapse(on))}


def refuse_to_freeze(account: MemberAccount) -> None:
    """Refuse an account that cannot be frozen now 冻结条件.

    Raises:
        AccountEnded, FreezeWaits.
    """
    if account.status in MEMBER_ACCOUNT_ENDS:
        raise AccountEnded
    if frozen.waiting_of(account):
        raise FreezeWaits


def refuse_to_change(freeze: Freeze, act: FreezeAct, *, on: date) -> None:
    """Refuse a freeze that cannot be renewed or lifted now 续冻、解冻条件.

    Raises:
        NotFrozen, ChangeWaits, NoTermToRenew.
    """
    _refuse_ended(freeze, on)
    if frozen.open_change_of(freeze):
        raise ChangeWaits
    if act == FreezeAct.RENEW and freeze.until is None:
        raise NoTermToRenew


def refuse_frozen(accounts: Iterable[int]) -> None:
    """Refuse to end member accounts, by their key, that a freeze keeps 冻结期间不得销户 (R-442).

    Raises:
        AccountFrozen: one of them is frozen, or waits to be.
    """
    if frozen.stopped_among(accounts):
        raise AccountFrozen


def _held_freeze(freeze: Freeze) -> Freeze:
    rows = Freeze.objects.select_related("member_account__member", "member_account__employer__branch")
    return rows.select_for_update(no_key=True, of=("self",)).get(pk=freeze.pk)


def _refuse_order(order: Order, on: date) -> None:
    if order.amount is not None and order.amount <= 0:
        raise AmountWrong(field="amount")
    if order.begins_on > on:
        raise BeginsLater(field="begins_on", on=on)
    if order.until is None:
        if order.ground == FreezeGround.COURT:
            raise TermMissing(field="until")
        return
    _refuse_term(order.until, order.ground, since=order.begins_on, first=on, on=on)


def _refuse_renewal(freeze: Freeze, until: date | None, on: date) -> None:
    if until is None:
        raise TermMissing(field="until")
    first = (freeze.until or on) + timedelta(days=1)
    _refuse_term(until, freeze.ground, since=on, first=first, on=on)


def _refuse_term(until: date, ground: str, *, since: date, first: date, on: date) -> None:
    """Refuse a last day before the first one that can be, and a court's term that is too long from a day on."""
    if until < first:
        raise TermPast(field="until", first=first)
    if ground != FreezeGround.COURT:
        return
    [months] = numbers_on([TermName.FREEZE_COURT_MONTHS], on)
    last = rules.last_day(since, months)
    if until > last:
        raise TermTooLong(field="until", months=months, last=last)


def _refuse_ended(freeze: Freeze, on: date) -> None:
    if freeze.status != FreezeStatus.ACTIVE:
        raise NotFrozen(status=freeze.get_status_display())
    if freeze.until and freeze.until < on:
        raise NotFrozen(status="已到期")


def _end(freeze: Freeze, *, by: User, on: date, why: str) -> None:
    trail.move(freeze, FreezeStatus.ENDED, by=by, on=on, why=why, ended_on=on)
    holds.release(KIND, freeze.pk, by=by, on=on)


def _opening(account: MemberAccount, page: str, business: str, what: str, *, on: date) -> signatures.Opening:
    return signatures.Opening(
        kind=f"{page}_decide",
        page=page,
        business=business,
        title=f"{account.member.name}（{account.number}）：{what}",
        perm=Perm.APPROVE_FREEZE,
        due_on=due_on(TermName.APPROVAL_DAYS, on),
        branch=account.employer.branch,
    )


def _told(row: Freeze) -> dict[str, Any]:
    return {
        "ground": row.ground,
        "authority": row.authority,
        "document": row.document,
        "amount": frozen.shown_amount(row.amount),
        "begins_on": row.begins_on,
        "until": row.until,
    }


def _told_change(row: FreezeChange) -> dict[str, Any]:
    return {"authority": row.authority, "document": row.document, "until": row.until, "freeze": row.freeze.document}
