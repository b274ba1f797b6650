"""Rent 租房提取: who owns no home and has saved some months withdraws for months that are rented."""

from decimal import Decimal

from hpf.money import ZERO
from hpf.months import Month
from withdrawals.rules.factors import Declaration, Factor, Limit, factor, gap_kept, listed, proved, yuan
from withdrawals.rules.questions import Question, Rent
from withdrawals.states import Category, InquiryKind, InquiryOutcome, PaperKind, Reason, RentLimit, Standing

RULE = "R-613（条例第二十四条）"
FOUND, DOWN = InquiryOutcome.FOUND, InquiryOutcome.DOWN
EVERY = {1: "每月一次", 3: "每季度一次", 12: "每年一次"}


def conditions(question: Question) -> list[Factor]:
    """What rent asks for 租房提取条件 (R-613)."""
    found = [_saved(question), _no_home(question), _period(question), _unused(question)]
    found.append(gap_kept(question, question.terms.rent_gap, rule=RULE))
    if question.terms.rent_limit != RentLimit.QUOTA:
        found += [_rent_given(question), proved(question, PaperKind.RENT_CONTRACT, rule=RULE)]
    return found


def limit(question: Question) -> Limit:
    """So many months at the quota, at the rent, or at the lower of them 租房提取限额 (R-613)."""
    rented, terms = _rent(question), question.terms
    rent = rented.rent or ZERO
    each: Decimal = {
        RentLimit.QUOTA: terms.rent_quota,
        RentLimit.ACTUAL: rent,
        RentLimit.LOWER: min(terms.rent_quota, rent),
    }[terms.rent_limit]
    count = len(rented.months)
    return Limit(each * count, f"每月 {yuan(each)} × {count} 个月（{terms.rent_limit.label}）", RULE)


def _rent(question: Question) -> Rent:
    assert isinstance(question.particulars, Rent)
    return question.particulars


def _saved(question: Question) -> Factor:
    account, needed = question.account, question.terms.rent_deposit_months
    return factor(
        "连续缴存",
        account.contributing and account.months_in_a_row >= needed,
        value=f"{account.months_in_a_row} 个月" if account.contributing else "账户未在缴存",
        limit=f"不少于 {needed} 个月",
        rule=RULE,
        remedy="请在连续缴存满期后申请；如单位漏缴，请联系单位补缴",
    )


def _no_home(question: Question) -> Factor:
    homes, rule, name, limit_ = question.evidence.homes, RULE, "无自有住房", "本人及配偶在本市无自有住房"
    if homes == InquiryOutcome.NONE:
        return Factor(name, Standing.MET, "数据共享查询无房屋登记", limit_, rule)
    if PaperKind.NO_HOME in question.evidence.papers:
        values = {FOUND: "数据共享查询有房屋登记，凭材料核实", DOWN: "数据共享平台暂不可用，凭纸质材料"}
        value = values[homes] if homes else "未查询，凭纸质材料"
        return Factor(name, Standing.BY_PAPER, value, limit_, rule)
    remedies = {
        FOUND: "查询到房屋登记；如登记有误或房屋已转让，请提交无自有住房证明，由人工审核",
        DOWN: "数据共享平台暂不可用，请凭纸质材料办理：提交无自有住房证明",
        None: "请先授权查询本人及配偶的不动产登记信息，或提交无自有住房证明",
    }
    return Factor(name, Standing.NOT_MET, homes.label if homes else "未查询", limit_, rule, remedies[homes])


def _period(question: Question) -> Factor:
    rented, now = _rent(question), Month.of(question.on)
    earliest = now.plus(-question.terms.rent_back_months)
    return factor(
        "租住月份",
        earliest <= rented.first <= rented.last <= now,
        value=f"{rented.first} 至 {rented.last}",
        limit=f"{earliest} 至 {now}",
        rule=RULE,
        remedy=f"请填写 {earliest} 至 {now} 之间、已经或正在租住的月份",
    )


def _unused(question: Question) -> Factor:
    again = question.history.months & set(_rent(question).months)
    return factor(
        "月份未重复提取",
        not again,
        value=listed(again) or "未提取过",
        limit="本人及配偶每月只提取一次",
        rule="R-619",
        remedy=f"{listed(again)} 已由本人或配偶提取，请改选其他月份",
    )


def _rent_given(question: Question) -> Factor:
    rent = _rent(question).rent
    return factor(
        "月租金",
        bool(rent and rent > 0),
        value=yuan(rent) if rent else "未填写",
        limit="大于零",
        rule=RULE,
        remedy="请按租房合同填写月租金",
    )


RENT = Declaration(
    category=Category.RENT,
    reason=Reason.RENT,
    who="缴存职工本人；配偶已提取的月份不能再提取",
    frequency=lambda terms: EVERY.get(terms.rent_gap, f"{terms.rent_gap} 个月一次"),
    instant=True,
    closes=False,
    asks=(InquiryKind.PROPERTY,),
    of_household=True,
    papers=(PaperKind.NO_HOME, PaperKind.RENT_CONTRACT),
    conditions=conditions,
    limit=limit,
)
