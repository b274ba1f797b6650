"""Applying for a withdrawal and deciding it 提取申请与审批: held when it is handed in, paid out when it is granted."""

import uuid
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.db import transaction

from access.models import User
from accounts.actions import holding
from accounts.models import MemberAccount
from accounts.queries.freezes import told_waiting
from accounts.rules import bank_account, written_name
from approvals.actions import signatures
from approvals.actions.signatures import Decision, refuse_signer
from approvals.models import Case
from approvals.states import CaseStatus, Verdict
from audit.actions import trail
from hpf import numbers, privacy
from hpf.errors import Refusal, why_not
from ledger.actions import holds
from policy.queries import due_on, route_on
from policy.states import TermName
from withdrawals import queries, rules
from withdrawals.actions import papers, payouts, uses
from withdrawals.models import Withdrawal
from withdrawals.queries import KIND, Wish
from withdrawals.rules import CATEGORIES, Quote
from withdrawals.states import Channel, DecidedBy, WithdrawalStatus

ENDED_AS = {CaseStatus.REFUSED: WithdrawalStatus.REFUSED, CaseStatus.RETURNED: WithdrawalStatus.SENT_BACK}


class NotEntitled(Refusal):
    """A condition is not met, or the amount is too high 不符合提取条件."""

    message = "不符合提取条件：{reasons}"
    code = "not_entitled"

    def __init__(self, quote: Quote) -> None:
        self.quote = quote
        super().__init__(reasons="；".join(quote.refusals))


class NoLongerEntitled(Refusal):
    """What was met when it was handed in is met no more 条件已变化."""

    message = "申请提交后情况有变化，目前不能同意：{reasons}；请不予同意，或退回申请人补正"
    code = "no_longer_entitled"


class Entitled(Refusal):
    """Nothing stands in the way of it 符合条件."""

    message = "各项条件都已符合，不需要出具不予提取决定，请直接提交申请"
    code = "entitled"


class AmountNeeded(Refusal):
    """How much is refused has to be said 未填写申请金额."""

    message = "请填写申请人要求提取的金额，决定书照此打印"
    code = "amount_needed"


class FreezeUndecided(Refusal):
    """A freeze of the account waits for its second signature 有待复核的冻结."""

    message = "{waiting}，付款后将不足以冻结，现在不能同意；请等待冻结复核的结论，或不予同意、退回"
    code = "freeze_undecided"


class PapersOwed(Refusal):
    """Somebody said that papers would follow, and they have not come 要件未齐."""

    message = "要件未齐：{papers}；请等待申请人补交，或退回补正"
    code = "papers_owed"


class NotOwnCard(Refusal):
    """Money goes to the member's own card only 非本人银行卡."""

    message = "收款户名“{name}”与职工姓名不一致，提取资金只能转入本人银行卡，请改填本人的银行卡"
    code = "not_own_card"


class CardBankNeeded(Refusal):
    """A card without its bank 未填写开户银行."""

    message = "请填写收款银行卡的开户银行"
    code = "card_bank_needed"


class OnceTaken(Refusal):
    """The form's mark belongs to another application 提交标识已被使用."""

    message = "页面已过期，请重新打开申请页面再提交"
    code = "once_taken"


@dataclass(frozen=True, slots=True)
class Card:
    """Where the money is to go 收款银行卡."""

    name: str
    number: str
    bank: str


@dataclass(frozen=True, slots=True)
class Application:
    """What is handed in 提取申请. `once` is drawn with the form; `by_people` asks that a person decides.

    `uploads` are the files of papers the wish names. Of one without a file the original was seen at the counter;
    elsewhere it is still to come.
    """

    once: uuid.UUID
    wish: Wish
    card: Card
    channel: Channel
    by_people: bool = False
    uploads: papers.Uploads = field(default_factory=dict)


def quote(wish: Wish, *, on: date) -> Quote:
    """What could be withdrawn now, and why 提取试算; `submit` asks the same again under its locks."""
    return rules.quote(queries.question(wish, on=on))


@transaction.atomic
def submit(application: Application, *, by: User, on: date) -> Withdrawal:
    """Hand in a withdrawal 提交提取申请: the money is held, and data decide at once, or people (R-617).

    The same form handed in again answers the same withdrawal.

    Raises:
        NotOwnCard, CardBankNeeded, WrongBankAccount: the card.
        NotEntitled: a factor is not met.
        NotEnough, Frozen, DayNotOpen: as for `holds.place`.
        OnceTaken: the mark belongs to another account's application.
        and what `papers.take_in` raises, and `payouts.pay`, where it is decided at once.
    """
    account = holding.held(application.wish.account.pk)
    if before := _before(application, account):
        return before
    wish = replace(application.wish, account=account)
    uses.hold_household(wish)
    asked = queries.question(wish, on=on)
    found = rules.quote(asked)
    if not found.granted:
        raise NotEntitled(found)
    withdrawal = _row(application, account, found, by=by, on=on)
    holds.place(KIND, withdrawal.pk, account.ledger_account_id, found.amount, by=by, on=on)
    kinds = rules.papers_taken(asked, application.uploads)
    papers.take_in(withdrawal, kinds, application.uploads, by=by, on=on)
    if withdrawal.decided_by == DecidedBy.PEOPLE:
        withdrawal.case = _open_case(withdrawal, found, by=by, on=on)
    withdrawal.save(force_insert=True)
    uses.take(withdrawal, asked, found.amount)
    _note("submit_withdrawal", withdrawal, by=by, on=on)
    if withdrawal.decided_by == DecidedBy.INSTANT:
        payouts.pay(withdrawal, found, by=by, on=on)
    return withdrawal


@transaction.atomic
def refuse(application: Application, *, by: User, on: date) -> Withdrawal:
    """Decide that somebody who insists may not withdraw 当场不予提取 (R-621): with every reason, and nothing is held.

    The same function decides as for `submit`; papers are no reason, they could be brought. The same form handed in
    again answers the same withdrawal.

    Raises:
        NotOwnCard, CardBankNeeded, WrongBankAccount: the card.
        Entitled: nothing stands in the way.
        AmountNeeded: nobody said how much, and nothing could be had.
        OnceTaken: the mark belongs to another account's application.
    """
    account = holding.held(application.wish.account.pk)
    if before := _before(application, account):
        return before
    asked = queries.question(replace(application.wish, account=account), on=on)
    found = rules.quote(rules.with_papers(asked, rules.papers_needed(asked)))
    if found.granted:
        raise Entitled
    if not found.amount and not CATEGORIES[found.category].closes:
        raise AmountNeeded(field="asked")
    decided = {"status": WithdrawalStatus.REFUSED, "decided_on": on, "refusal": "；".join(found.refusals)}
    withdrawal = _row(application, account, found, by=by, on=on, **decided)
    withdrawal.save(force_insert=True)
    _note("refuse_withdrawal", withdrawal, by=by, on=on)
    return withdrawal


@transaction.atomic
def decide(withdrawal: Withdrawal, decision: Decision, *, by: User, on: date) -> WithdrawalStatus:
    """Sign a withdrawal 提取审批; answers its status: granted it is paid out, refused or sent back all is free again.

    Who signs follows from what is paid: where a closing has grown past the route it was handed in with, its case is put
    anew by the route of the sum, and the signature counts there, or waits for whoever may give it (R-617).

    Raises:
        PapersOwed: a paper has not come yet; it can still be sent back.
        NoLongerEntitled: what was met is met no more; it can still be refused.
        FreezeUndecided: a freeze of the account waits for its signature (R-445).
        and what `signatures.sign` and `payouts.pay` raise.
    """
    withdrawal = payouts.held(withdrawal)
    assert withdrawal.case is not None
    found = requote(withdrawal, on=on)
    if decision.verdict == Verdict.GRANT and withdrawal.case.is_open:
        _refuse_to_grant(withdrawal, found)
        if _put_anew(withdrawal, found, by=by, on=on) and why_not(refuse_signer, withdrawal.case, by=by, on=on):
            return WithdrawalStatus(withdrawal.status)
    outcome = signatures.sign(withdrawal.case, decision, facts=queries.facts_of(withdrawal, found), by=by, on=on)
    if outcome == CaseStatus.GRANTED:
        payouts.pay(withdrawal, found, by=by, on=on)
    elif outcome != CaseStatus.OPEN:
        reason = decision.reason.strip()
        _give_up(withdrawal, ENDED_AS[outcome], by=by, on=on, why=reason, refusal=reason, decided_on=on)
    return WithdrawalStatus(withdrawal.status)


@transaction.atomic
def take_back(withdrawal: Withdrawal, *, by: User, on: date) -> None:
    """Take back an application that nobody has decided 撤回提取申请; the money and the limits are free again.

    Raises:
        what `signatures.withdraw` raises.
    """
    withdrawal = payouts.held(withdrawal)
    if withdrawal.case:
        signatures.withdraw(withdrawal.case, by=by, on=on)
    _give_up(withdrawal, WithdrawalStatus.TAKEN_BACK, by=by, on=on, why="申请人撤回", decided_on=on)


def requote(withdrawal: Withdrawal, *, on: date) -> Quote:
    """The quote of an application as things stand now 重新核定: its own hold and uses do not stand in its way."""
    wish = queries.wish_of(withdrawal)
    return rules.quote(queries.question(wish, on=on, applied_on=withdrawal.applied_on, own=withdrawal))


def _refuse_to_grant(withdrawal: Withdrawal, found: Quote) -> None:
    owed = queries.papers_owed(withdrawal)
    if owed:
        raise PapersOwed(papers="、".join(kind.label for kind in owed))
    if not found.granted:
        raise NoLongerEntitled(reasons="；".join(found.refusals))
    if found.waits:
        # It may be taken back while we read; then the same decision goes through when it is pressed once more.
        raise FreezeUndecided(waiting=told_waiting(withdrawal.member_account) or "有待复核的冻结")


def _before(application: Application, account: MemberAccount) -> Withdrawal | None:
    """What the same form was handed in as before, or None."""
    before = Withdrawal.objects.filter(once=application.once).first()
    if before and before.member_account_id != account.pk:
        raise OnceTaken
    return before


def _row(
    application: Application, account: MemberAccount, found: Quote, *, by: User, on: date, **decided: Any
) -> Withdrawal:
    card, member, declared = _card(application.card, account), account.member, CATEGORIES[found.category]
    pk = numbers.draw_ids(Withdrawal, 1)[0]
    row = Withdrawal(
        pk=pk,
        number=f"TQ{pk:010d}",
        once=application.once,
        member_account=account,
        member=member,
        ledger_account_id=account.ledger_account_id,
        branch=account.employer.branch,
        category=found.category,
        reason=declared.reason,
        channel=application.channel,
        subject_index=queries.subject_index(application.wish.particulars),
        quote=found.snapshot(),
        asked=found.amount,
        payee_name=member.name,
        payee_card_index=privacy.blind_index("account_number", card.number),
        payee_bank=card.bank,
        decided_by=DecidedBy.INSTANT if decided or _at_once(application, found) else DecidedBy.PEOPLE,
        applied_on=on,
        applied_by=by,
        due_on=due_on(TermName.WITHDRAW_DECISION_DAYS, on),
        **decided,
    )
    row.particulars = rules.written(application.wish.particulars)
    row.payee_card = card.number
    return row


def _at_once(application: Application, found: Quote) -> bool:
    return found.instant and not application.by_people


def _card(card: Card, account: MemberAccount) -> Card:
    name, bank = written_name(card.name), " ".join(card.bank.split())
    if name != account.member.name:
        raise NotOwnCard(field="payee_name", name=card.name)
    if not bank:
        raise CardBankNeeded(field="payee_bank")
    return Card(name, bank_account(card.number), bank)


def _open_case(withdrawal: Withdrawal, found: Quote, *, by: User, on: date) -> Case:
    opening, facts = _opening(withdrawal, found), queries.facts_of(withdrawal, found)
    return signatures.open_case(opening, withdrawal, facts=facts, by=by, on=on)


def _put_anew(withdrawal: Withdrawal, found: Quote, *, by: User, on: date) -> bool:
    """Whether the sum asks for more signatures than its case does; then another has taken its place."""
    case, opening = withdrawal.case, _opening(withdrawal, found)
    assert case is not None
    asked, sent_up = len(opening.steps), case.signatures.filter(verdict=Verdict.ESCALATE).count()
    if case.steps[:asked] == opening.steps and len(case.steps) - sent_up >= asked:
        return False
    refuse_signer(case, by=by, on=on)
    facts = queries.facts_of(withdrawal, found)
    withdrawal.case = signatures.open_anew(case, opening, withdrawal, facts=facts, by=by, on=on)
    Withdrawal.objects.filter(pk=withdrawal.pk).update(case=withdrawal.case)
    return True


def _opening(withdrawal: Withdrawal, found: Quote) -> signatures.Opening:
    return signatures.Opening(
        kind="withdrawals:withdrawal_decide",
        page="withdrawals:withdrawal",
        business=withdrawal.get_category_display(),
        title=f"{withdrawal.number} {withdrawal.member.name} {found.paid:,.2f} 元",
        branch=withdrawal.branch,
        route=route_on(TermName.ROUTE_WITHDRAWAL, found.paid, withdrawal.branch, withdrawal.applied_on),
        due_on=withdrawal.due_on,
        may_refuse=True,
    )


def _note(act: str, withdrawal: Withdrawal, *, by: User, on: date) -> None:
    trail.note(
        act,
        withdrawal,
        by=by,
        on=on,
        account=withdrawal.member_account.number,
        category=withdrawal.category,
        asked=withdrawal.asked,
        decided_by=withdrawal.decided_by,
        card=privacy.masked_card(withdrawal.payee_card),
    )


def _give_up(withdrawal: Withdrawal, status: WithdrawalStatus, *, by: User, on: date, why: str, **also: object) -> None:
    """End an application without money, and free what it held."""
    trail.move(withdrawal, status, by=by, on=on, why=why, **also)
    holds.release(KIND, withdrawal.pk, by=by, on=on)
    uses.release(withdrawal, on=on)
