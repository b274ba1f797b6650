"""What of withdrawals is printed 提取打印件: receipts of applications, decisions, and what closed accounts came to."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.db.models import Prefetch, prefetch_related_objects

from hpf.errors import Refusal
from hpf.money import ZERO
from hpf.printing.shapes import AccountSettlement, Applicant, Ground, Payee, WithdrawalDecision, WithdrawalReceipt
from hpf.privacy import masked_card, masked_id
from ledger.rules import in_capitals
from policy.queries import numbers_on
from policy.states import TermName
from withdrawals.models import Proof, Withdrawal
from withdrawals.states import CAME_BACK, LEFT, DecidedBy, Standing, WithdrawalStatus

A_DAY = timedelta(days=1)
DECIDED = (*LEFT, *CAME_BACK, WithdrawalStatus.REFUSED)  # so that there is a decision to print


class NotDecidedYet(Refusal):
    """There is no decision to print 尚无决定."""

    message = "{number} 没有可以打印的决定书：尚未作出决定，或已撤回、已退回补正"
    code = "not_decided_yet"


class NotClosed(Refusal):
    """It closed no account 未销户."""

    message = "{number} 没有可以打印的结清单：不是销户提取、尚未批准，或款项已退回"
    code = "not_closed"


def receipts(rows: Sequence[Withdrawal]) -> list[WithdrawalReceipt]:
    """That applications were taken in 提取受理回执; without a last day where it was decided at once."""
    papers = Prefetch("proofs", Proof.objects.select_related("paper").order_by("pk"))
    prefetch_related_objects(rows, "applied_by", papers)
    return [_receipt(row) for row in rows]


def decisions(rows: Sequence[Withdrawal]) -> list[WithdrawalDecision]:
    """What was decided of applications 提取决定书: granted, or refused with its reasons and the ways to object.

    Raises:
        NotDecidedYet: nobody has decided one of them.
    """
    for row in rows:
        if row.status not in DECIDED:
            raise NotDecidedYet(number=row.number)
    refused = {row.decided_on for row in rows if row.granted is None}
    names = [TermName.RECONSIDERATION_DAYS, TermName.LAWSUIT_MONTHS]
    terms: dict[date | None, list[int]] = {day: numbers_on(names, day) for day in refused if day}
    return [_decision(row, [] if row.granted is not None else _remedies(row, *terms[row.decided_on])) for row in rows]


def settlements(rows: Sequence[Withdrawal]) -> list[AccountSettlement]:
    """What closed accounts came to 销户结清单: savings and interest, counted to the day before the closing.

    Raises:
        NotClosed: one of them closed no account, or its money has come back and the account lives again.
    """
    for row in rows:
        if not row.closed_from or row.status not in LEFT:
            raise NotClosed(number=row.number)
    return [_settlement(row) for row in rows]


def _receipt(row: Withdrawal) -> WithdrawalReceipt:
    return WithdrawalReceipt(
        number=row.number,
        applicant=_applicant(row),
        payee=_payee(row),
        category=row.get_category_display(),
        reason=row.get_reason_display(),
        asked=row.asked,
        capitals=in_capitals(row.asked),
        applied_on=row.applied_on,
        due_on=row.due_on if row.decided_by == DecidedBy.PEOPLE else None,
        papers=[f"{proof.get_kind_display()}（{proof.standing}）" for proof in row.proofs.all()],
        taken_in_by=row.applied_by.name,
    )


def _decision(row: Withdrawal, remedies: list[str]) -> WithdrawalDecision:
    assert row.decided_on
    granted = row.granted is not None
    return WithdrawalDecision(
        number=row.number,
        applicant=_applicant(row),
        payee=_payee(row),
        category=row.get_category_display(),
        reason=row.get_reason_display(),
        asked=row.asked,
        applied_on=row.applied_on,
        decided_on=row.decided_on,
        granted=granted,
        amount=row.paid if granted else ZERO,
        interest=row.interest if row.interest else None,
        capitals=in_capitals(row.paid if granted else ZERO),
        grounds=_grounds(row),
        remedies=remedies,
    )


def _settlement(row: Withdrawal) -> AccountSettlement:
    assert row.decided_on and row.payment and row.granted is not None
    return AccountSettlement(
        number=row.number,
        applicant=_applicant(row),
        payee=_payee(row),
        opened_on=row.member_account.opened_on,
        closed_on=row.decided_on,
        interest_until=row.decided_on - A_DAY,
        savings=row.granted,
        interest=row.interest,
        total=row.paid,
        capitals=in_capitals(row.paid),
        reason=row.get_reason_display(),
        payment=row.payment.reference,
        payment_status=row.payment.get_status_display(),
        voucher=str(row.voucher),
    )


def _grounds(row: Withdrawal) -> list[Ground]:
    """The reasons in the signer's words where it was refused, then every factor with its rule."""
    refused = [Ground(text=row.refusal, rule="住房公积金管理条例第二十五条")] if row.refusal else []
    factors = [
        Ground(
            text=f"{one['name']}：{Standing(one['standing']).label}（{one['value']}；{one['limit']}）", rule=one["rule"]
        )
        for one in row.quote["factors"]
    ]
    return [*refused, *factors]


def _remedies(row: Withdrawal, days: int, months: int) -> list[str]:
    """The ways to object to a refusal, by the terms of its day (R-621)."""
    by_data = row.decided_by == DecidedBy.INSTANT
    return [
        *(["对核定所用的数据有异议的，可以提交材料，要求本中心人工复核"] if by_data else []),
        f"自收到本决定书之日起 {days} 日内，可以向本级人民政府申请行政复议",
        f"自收到本决定书之日起 {months} 个月内，可以直接向人民法院提起行政诉讼",
        "补正上述事项或情况变化后，可以重新申请提取",
    ]


def _applicant(row: Withdrawal) -> Applicant:
    member, account = row.member, row.member_account
    return Applicant(
        name=member.name,
        certificate=member.get_certificate_type_display(),
        certificate_number=masked_id(member.id_number),
        account=account.number,
        employer=account.employer.name,
        office=row.branch.name,
    )


def _payee(row: Withdrawal) -> Payee:
    return Payee(name=row.payee_name, bank=row.payee_bank, account=masked_card(row.payee_card))
