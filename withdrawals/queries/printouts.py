"""What of withdrawals is printed 提取打印件: the receipt of an application, and the decision about it."""

from hpf.errors import Refusal
from hpf.money import ZERO
from hpf.printing.shapes import Applicant, Ground, Payee, WithdrawalDecision, WithdrawalReceipt
from hpf.privacy import masked_card, masked_id
from ledger.rules import in_capitals
from policy.queries import numbers_on
from policy.states import TermName
from withdrawals.models import Withdrawal
from withdrawals.queries.papers import proofs_of
from withdrawals.states import CAME_BACK, LEFT, DecidedBy, Standing, WithdrawalStatus


class NotDecidedYet(Refusal):
    """There is no decision to print 尚无决定."""

    message = "该申请没有可以打印的决定书：尚未作出决定，或已撤回、已退回补正"
    code = "not_decided_yet"


def receipt(row: Withdrawal) -> WithdrawalReceipt:
    """That an application was taken in 提取受理回执; without a last day where it was decided at once."""
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
        papers=[f"{proof.get_kind_display()}（{proof.standing}）" for proof in proofs_of(row)],
        taken_in_by=row.applied_by.name,
    )


def decision(row: Withdrawal) -> WithdrawalDecision:
    """What was decided of an application 提取决定书: granted, or refused with its reasons and the ways to object.

    Raises:
        NotDecidedYet: nobody has decided it.
    """
    if row.status not in (*LEFT, *CAME_BACK, WithdrawalStatus.REFUSED):
        raise NotDecidedYet
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
        remedies=[] if granted else _remedies(row),
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


def _remedies(row: Withdrawal) -> list[str]:
    """The ways to object to a refusal, by the terms of its day (R-621)."""
    assert row.decided_on
    days, months = numbers_on([TermName.RECONSIDERATION_DAYS, TermName.LAWSUIT_MONTHS], row.decided_on)
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
