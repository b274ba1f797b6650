"""Purchase of a home 购房提取: the buyer's family withdraws up to the price, each person once for each house."""

from hpf.money import ZERO
from withdrawals.rules.factors import Declaration, Factor, Limit, factor, later, proved, yuan
from withdrawals.rules.questions import Purchase, Question
from withdrawals.states import Category, PaperKind, Reason

RULE = "R-614（条例第二十四条）"


def conditions(question: Question) -> list[Factor]:
    """What a purchase asks for 购房提取条件 (R-614)."""
    papers = [proved(question, kind, rule=RULE) for kind in PURCHASE.papers]
    return [_in_time(question), _once(question), _price(question), *papers]


def limit(question: Question) -> Limit:
    """The price less what the family has withdrawn for the house 购房提取限额 (R-614)."""
    price, used = _purchase(question).price, question.history.used
    return Limit(max(ZERO, price - used), f"房屋总价 {yuan(price)} − 家庭已提取 {yuan(used)}", RULE)


def _purchase(question: Question) -> Purchase:
    assert isinstance(question.particulars, Purchase)
    return question.particulars


def _in_time(question: Question) -> Factor:
    signed, months = _purchase(question).signed_on, question.terms.purchase_months
    return factor(
        "合同签订时间",
        signed <= question.on <= later(signed, months),
        value=signed.isoformat(),
        limit=f"{later(question.on, -months)} 至 {question.on}（{months} 个月内）",
        rule=RULE,
        remedy=f"购房提取须在合同签订后 {months} 个月内申请，且签订日期不晚于今日；请核对合同签订日期",
    )


def _once(question: Question) -> Factor:
    return factor(
        "同一住房一次",
        not question.history.used_before,
        value="已提取" if question.history.used_before else "未提取过",
        limit="每人每套住房一次",
        rule="R-619",
        remedy="您已用这套住房提取过，不能再次提取；如前次提取有误，请先到柜台办理撤销",
    )


def _price(question: Question) -> Factor:
    price, declared = _purchase(question).price, question.history.declared
    return factor(
        "房屋总价",
        price > 0 and declared in (None, price),
        value=yuan(price),
        limit=f"与家人申报的 {yuan(declared)} 一致" if declared is not None else "大于零",
        rule=RULE,
        remedy="请按购房合同填写房屋总价；与家人此前申报的总价不一致时，请先核对合同",
    )


PURCHASE = Declaration(
    category=Category.PURCHASE,
    reason=Reason.PURCHASE,
    who="购房的缴存职工本人；配偶等家人的提取合并计算",
    frequency=lambda terms: "每人每套住房一次",
    instant=False,
    closes=False,
    asks=(),
    of_household=False,
    papers=(PaperKind.PURCHASE_CONTRACT, PaperKind.PURCHASE_INVOICE),
    conditions=conditions,
    limit=limit,
)
