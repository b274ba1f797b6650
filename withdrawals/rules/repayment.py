"""Repayment of a housing loan 还贷提取: what a household repaid in the last months, once in twelve."""

from collections.abc import Mapping
from decimal import Decimal

from hpf.money import ZERO
from hpf.months import Month
from withdrawals.rules.factors import Declaration, Factor, Limit, factor, gap_kept, listed, proved, yuan
from withdrawals.rules.questions import Question, Repayment
from withdrawals.states import Category, PaperKind, Reason

RULE = "R-615（条例第二十四条）"


def conditions(question: Question) -> list[Factor]:
    """What a repayment asks for 还贷提取条件 (R-615)."""
    papers = [proved(question, kind, rule=RULE) for kind in REPAYMENT.papers]
    found = [_period(question), _unused(question), _declared(question)]
    return [*found, gap_kept(question, question.terms.repayment_gap, rule=RULE), *papers]


def limit(question: Question) -> Limit:
    """What was repaid in the months, less what the household has withdrawn for them 还贷提取限额 (R-615)."""
    repayment, left = _repayment(question), left_of(_repayment(question), question.history.used_of)
    repaid = sum(repayment.repaid.values(), ZERO)
    amount = sum(left.values(), ZERO)
    return Limit(amount, f"{len(left)} 个月已还本息 {yuan(repaid)} − 家庭已提取 {yuan(repaid - amount)}", RULE)


def left_of(repayment: Repayment, used: Mapping[Month, Decimal]) -> dict[Month, Decimal]:
    """What is left of each month's repayment after what the household has withdrawn for it 各月剩余额度, in yuan."""
    return {month: max(ZERO, repayment.repaid[month] - used.get(month, ZERO)) for month in repayment.months}


def shares_of(amount: Decimal, left: Mapping[Month, Decimal]) -> dict[Month, Decimal]:
    """Which months an amount uses up 占用各月额度, in yuan: the oldest first."""
    shares: dict[Month, Decimal] = {}
    for month in sorted(left):
        shares[month] = min(amount, left[month])
        amount -= shares[month]
    return shares


def _repayment(question: Question) -> Repayment:
    assert isinstance(question.particulars, Repayment)
    return question.particulars


def _period(question: Question) -> Factor:
    months, now, most = _repayment(question).months, Month.of(question.on), question.terms.repayment_months
    earliest = now.plus(-most)
    return factor(
        "还款月份",
        0 < len(months) <= most and earliest <= months[0] and months[-1] <= now,
        value=f"{months[0]} 至 {months[-1]}，{len(months)} 个月" if months else "未填写",
        limit=f"{earliest} 至 {now}，不超过 {most} 个月",
        rule=RULE,
        remedy=f"请填写 {earliest} 至 {now} 之间已还款的月份，不超过 {most} 个月",
    )


def _unused(question: Question) -> Factor:
    again = question.history.own_months & set(_repayment(question).months)
    return factor(
        "月份未重复提取",
        not again,
        value=listed(again) or "未提取过",
        limit="同一贷款每人每月只提取一次",
        rule="R-619",
        remedy=f"您已就这笔贷款提取过 {listed(again)}，请改选其他月份",
    )


def _declared(question: Question) -> Factor:
    repaid, declared = _repayment(question).repaid, question.history.declared_of
    differing = {month for month in repaid if declared.get(month, repaid[month]) != repaid[month]}
    positive = all(amount > 0 for amount in repaid.values())
    return factor(
        "还款金额",
        positive and not differing,
        value=yuan(sum(repaid.values(), ZERO)),
        limit="大于零，且与家人申报的一致",
        rule=RULE,
        remedy=f"请按贷款银行还款明细核对各月金额：{listed(differing) or '每月须大于零'}",
    )


REPAYMENT = Declaration(
    category=Category.LOAN_REPAYMENT,
    reason=Reason.LOAN_REPAYMENT,
    who="借款人本人或其配偶；双方的提取合并计算",
    frequency=lambda terms: f"{terms.repayment_gap} 个月一次",
    instant=False,
    closes=False,
    asks=(),
    of_household=False,
    papers=(PaperKind.LOAN_CONTRACT, PaperKind.REPAYMENT_RECORD),
    conditions=conditions,
    limit=limit,
)
