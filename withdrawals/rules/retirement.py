"""Retirement 离退休提取: the account is closed, and all that is on it is paid with interest to the day before."""

from withdrawals.rules.factors import Declaration, Factor, Limit, factor, yuan
from withdrawals.rules.questions import Question, Retirement
from withdrawals.states import Category, InquiryKind, InquiryOutcome, PaperKind, Reason, Standing

RULE = "R-616（条例第二十四条）"


def conditions(question: Question) -> list[Factor]:
    """What retirement asks for 离退休提取条件 (R-616)."""
    return [_retired(question), _no_more_lists(question), _nothing_open(question)]


def limit(question: Question) -> Limit:
    """The whole balance 全部余额 (R-616); the interest of the closing is paid with it."""
    account = question.account
    return Limit(account.balance, f"全部余额 {yuan(account.balance)}，另付利息 {yuan(account.interest)}", RULE)


def _retired(question: Question) -> Factor:
    answer, limit_ = question.evidence.retired, "已办理离休、退休手续"
    assert isinstance(question.particulars, Retirement)
    since = question.particulars.retired_on
    if since > question.on:
        remedy = f"请在 {since} 退休之后申请"
        return Factor("离退休", Standing.NOT_MET, since.isoformat(), limit_, RULE, remedy)
    if answer == InquiryOutcome.FOUND:
        return Factor("离退休", Standing.MET, f"数据共享查询：{since} 退休", limit_, RULE)
    if PaperKind.RETIREMENT in question.evidence.papers:
        down = "数据共享平台暂不可用，" if answer == InquiryOutcome.DOWN else ""
        return Factor("离退休", Standing.BY_PAPER, f"{down}凭退休证或退休审批表", limit_, RULE)
    remedies = {
        InquiryOutcome.NONE: "未查询到退休信息；如已退休，请提交退休证或退休审批表，由人工审核",
        InquiryOutcome.DOWN: "数据共享平台暂不可用，请凭纸质材料办理：提交退休证或退休审批表",
        None: "请先授权查询退休信息，或提交退休证或退休审批表",
    }
    return Factor("离退休", Standing.NOT_MET, answer.label if answer else "未查询", limit_, RULE, remedies[answer])


def _no_more_lists(question: Question) -> Factor:
    done = not question.account.contributing or question.evidence.last_list_done
    return factor(
        "缴存已结束",
        done,
        value="账户已封存" if not question.account.contributing else ("已缴至退休当月" if done else "仍在缴存"),
        limit="账户已封存，或单位已缴至退休当月",
        rule=RULE,
        remedy="请单位先办理封存，或缴清至退休当月的汇缴后再申请",
    )


def _nothing_open(question: Question) -> Factor:
    open_ones = question.history.in_flight
    return factor(
        "无在途业务",
        not open_ones,
        value="；".join(open_ones) or "无",
        limit="销户前无未办结的业务",
        rule=RULE,
        remedy="请先办结或撤回上述业务，再申请销户提取",
    )


RETIREMENT = Declaration(
    category=Category.RETIREMENT,
    reason=Reason.RETIREMENT,
    who="离休、退休的缴存职工本人",
    frequency=lambda terms: "一次，账户随之销户",
    instant=True,
    closes=True,
    asks=(InquiryKind.RETIREMENT,),
    of_household=False,
    papers=(PaperKind.RETIREMENT,),
    conditions=conditions,
    limit=limit,
)
