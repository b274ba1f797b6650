"""Words of the reports 报表用语: the figures of the desk, how far an employer is behind, what cannot be counted."""

from django.db.models import TextChoices

from policy.states import TermName


class Figure(TextChoices):
    """A figure of the manager's desk 看板图表: each is drawn, shown as a table, and goes out as a file."""

    DEPOSITS = "deposits", "每月归集额"
    WITHDRAWALS = "withdrawals", "每月提取额"
    SAVINGS = "savings", "缴存余额"
    PAYING = "paying", "实缴职工和单位"
    ARREARS = "arrears", "欠缴单位"
    WAITING = "waiting", "未入账资金"
    BRANCHES = "branches", "网点对比"


class Behind(TextChoices):
    """How many months an employer is behind 欠缴月数."""

    ONE = "ONE", "1 个月"
    QUARTER = "QUARTER", "2 至 3 个月"
    HALF = "HALF", "4 至 6 个月"
    LONGER = "LONGER", "7 个月以上"


# The months of each, from and to; None has no end.
MONTHS_BEHIND: dict[Behind, tuple[int, int | None]] = {
    Behind.ONE: (1, 1),
    Behind.QUARTER: (2, 3),
    Behind.HALF: (4, 6),
    Behind.LONGER: (7, None),
}

WHO_SIGNS = "只改变此后提交的事项由谁先后复核，不改变已提交的事项和账务。"
WHAT_IS_GRANTED = "只改变此后申请的提取如何核定，不改变已批准的提取、缴存额和利息。"
# What a new value of a parameter does where nobody and no sum can be counted beforehand 无法测算的参数.
NOT_COUNTED: dict[TermName, str] = {
    TermName.REG_VERSION: "决定页面和文书引用哪一版条例，不改变缴存额、利息和账务。",
    TermName.DEPOSIT_YEAR_START: "只是缴存年度的名义起始日：基数上下限各有自己的生效日期，缴存额不随它改变。",
    TermName.ROUND_MODE: "目前只有四舍五入一种方式，没有可以比较的取值。",
    TermName.REGISTER_DAYS: "只改变单位缴存登记的期限，不改变缴存额、利息和账务。",
    TermName.LATE_REGISTER_DAYS: "只改变逾期登记的单位在法定期限中显示多久，不改变登记期限、缴存额和账务。",
    TermName.MANDATE_NOTICE_DAYS: "只改变经办授权到期前多久开始提示，不改变授权的截止日期。",
    TermName.FIRST_PASSWORD_DAYS: "只改变此后发放的初始密码的有效天数，不改变缴存额、利息和账务。",
    TermName.SETUP_DAYS: "只改变设立职工账户的期限，不改变缴存额、利息和账务。",
    TermName.CHANGE_DAYS: "只改变职工增减变更的期限，不改变缴存额、利息和账务。",
    TermName.BACK_PAYMENT_MONTHS: "只改变补缴多少个月需要证明材料，不改变应缴金额和已入账的补缴。",
    TermName.RECEIPT_OLDEST_DAYS: "只改变银行可以补报多久以前的到账，不改变已入账的资金和计息日期。",
    TermName.APPROVAL_DAYS: "只改变待办的到期提醒，不改变复核的结论和账务。",
    TermName.SETTLE_DAY: "改变结息年度的起止和结息入账的日期：每日计提不变，已结息的年度不变。",
    TermName.FACTOR_PRECISION: "目前只有不截断一种取值，没有可以比较的取值。",
    TermName.INTEREST_MIN_UNIT: "目前只有计到分一种取值，没有可以比较的取值。",
    TermName.SEGMENT_ON_CHANGE: "只在结息年度内利率有调整时起作用：是，按调整日分段计息；否，全年按年末利率计息。",
    TermName.BAN_LOAN: "只改变此后作出的骗贷处理决定限制多久，不改变已有的决定。",
    TermName.BAN_WITHDRAW: "只改变此后作出的骗提处理决定限制多久，不改变已有的决定。",
    TermName.FREEZE_COURT_MONTHS: "只改变此后登记或续冻的期限，不改变已生效的冻结。",
    TermName.FREEZE_NOTICE_DAYS: "只改变冻结到期前多久开始提示，不改变冻结的期限。",
    TermName.FREEZE_LAPSED_SHOWN_DAYS: "只改变到期解除的冻结在工作台显示多久，不改变冻结的期限。",
    TermName.FREEZE_PENDING_STOPS: "只改变冻结申请待复核期间能否付款，不改变核定的金额和已付的款项。",
    TermName.PAYMENT_ACCOUNT_FIRST: "只改变此后的付款先从哪个账户付出，不改变付款金额和已排定的付款。",
    TermName.PAYMENT_ANSWER_MINUTES: "只改变此后发出的付款多久没有回报即待查询，不改变付款金额和账务。",
    TermName.PAYMENT_TIER_ONE: "只改变此后的付款由谁复核，不改变付款金额和账务。",
    TermName.PAYMENT_TIER_TWO: "只改变此后的付款由谁复核，不改变付款金额和账务。",
    TermName.WITHDRAW_DECISION_DAYS: "只改变此后申请的提取的办理期限，不改变核定的金额。",
    TermName.RECONSIDERATION_DAYS: "只改变此后的决定书上写明的复议期限，不改变决定和账务。",
    TermName.LAWSUIT_MONTHS: "只改变此后的决定书上写明的起诉期限，不改变决定和账务。",
    TermName.WITHDRAW_INSTANT: "只改变此后的提取由数据即时办结还是由人审批，不改变核定的金额。",
    **dict.fromkeys(
        [
            TermName.ROUTE_EMPLOYER_CHANGE,
            TermName.ROUTE_MEMBER_CHANGE,
            TermName.ROUTE_REFUND,
            TermName.ROUTE_WITHDRAWAL,
            TermName.ROUTE_WITHDRAWAL_UNDO,
        ],
        WHO_SIGNS,
    ),
    **dict.fromkeys(
        [
            TermName.INQUIRY_DAYS,
            TermName.KEEP_BALANCE,
            TermName.PURCHASE_MONTHS,
            TermName.RENT_BACK_MONTHS,
            TermName.RENT_DEPOSIT_MONTHS,
            TermName.RENT_FREQUENCY,
            TermName.RENT_LIMIT,
            TermName.RENT_QUOTA,
            TermName.REPAYMENT_GAP,
            TermName.REPAYMENT_MONTHS,
            TermName.WITHDRAW_ROUND_UNIT,
        ],
        WHAT_IS_GRANTED,
    ),
}
NOT_USED = "目前没有业务按该参数计算，调整不影响现有的账户、汇缴和账务。"
