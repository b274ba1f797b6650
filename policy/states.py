"""Names and kinds of the policy terms 政策参数: what may be set, how it is written, and what it is called."""

from django.db.models import TextChoices


class DayCount(TextChoices):
    """How the days of an interest period are counted 计息天数规则."""

    ACT_360 = "ACT_360", "实际天数/360"
    ACT_365 = "ACT_365", "实际天数/365"
    MONTH30_360 = "MONTH30_360", "每月30天/360"


class DeadlineCount(TextChoices):
    """How the days of a deadline are counted 期限计算规则."""

    CALENDAR = "CALENDAR", "日历日"
    WORKING = "WORKING", "工作日"


class TermKind(TextChoices):
    """How a value is written and read 参数类型."""

    PERCENT = "PERCENT", "百分比"
    MONEY = "MONEY", "金额"
    FACTOR = "FACTOR", "倍数"
    INTEGER = "INTEGER", "整数"
    DAY_OF_YEAR = "DAY_OF_YEAR", "月日"
    FLAG = "FLAG", "是否"
    CHOICE = "CHOICE", "选项"
    ROUTE = "ROUTE", "复核路线"


class TermName(TextChoices):
    """Every dated parameter 参数名称; the first part of the name is its group."""

    REG_VERSION = "reg.version", "条例版本"

    RATIO_MIN = "deposit.ratio.min", "缴存比例下限"
    RATIO_MAX = "deposit.ratio.max", "缴存比例上限"
    BASE_CAP = "deposit.base.cap", "月缴存基数上限"
    BASE_FLOOR = "deposit.base.floor", "月缴存基数下限"
    DEPOSIT_YEAR_START = "deposit.year.start", "缴存年度起始日"
    ROUND_UNIT = "deposit.round_unit", "月缴存额取整单位"
    ROUND_MODE = "deposit.round_mode", "月缴存额取整方式"
    DUE_DAYS = "deposit.due_days_after_payday", "发薪日后汇缴期限"
    REGISTER_DAYS = "unit.register.days", "单位缴存登记期限"
    LATE_REGISTER_DAYS = "unit.register.late_shown_days", "逾期登记提示期限"
    MANDATE_NOTICE_DAYS = "unit.mandate.notice_days", "经办授权到期提前提示期限"
    SETUP_DAYS = "account.setup.days", "职工账户设立期限"
    CHANGE_DAYS = "employee.change.days", "职工增减变更期限"
    DEFERRAL_MONTHS = "deferral.max_months", "缓缴每次最长期限"
    BACK_PAYMENT_MONTHS = "deposit.back_payment.months", "补缴免证明的最长月数"
    SUSPENSE_INTEREST = "suspense.interest", "单位暂存款是否计息"
    RECEIPT_OLDEST_DAYS = "receipt.oldest_days", "到账通知最长追溯期限"

    RATE_CARRIED = "interest.account.rate.carried", "账户存款年利率（上年结转）"
    RATE_CURRENT = "interest.account.rate.current", "账户存款年利率（当年归集）"
    SETTLE_DAY = "interest.settle_day", "年度结息日"
    DAY_COUNT = "interest.day_count", "账户计息天数规则"
    FACTOR_PRECISION = "interest.factor_precision", "日利率精度"
    INTEREST_MIN_UNIT = "interest.min_unit", "计息本金起点"
    SEGMENT_ON_CHANGE = "interest.segment_on_change", "利率调整是否分段计息"

    LOAN_FIRST_LE5 = "loan.rate.first.le5", "首套贷款年利率（五年及以下）"
    LOAN_FIRST_GT5 = "loan.rate.first.gt5", "首套贷款年利率（五年以上）"
    LOAN_SECOND_LE5 = "loan.rate.second.le5", "二套贷款年利率下限（五年及以下）"
    LOAN_SECOND_GT5 = "loan.rate.second.gt5", "二套贷款年利率下限（五年以上）"
    REPRICE_DATE = "loan.reprice.date", "存量贷款调息日"
    REPRICE_MIN_MONTHS = "loan.reprice.fixed_up_to_months", "不调息的最长贷款期限"
    REPRICE_SPLIT = "loan.reprice_split", "调息当期计息方式"
    LOAN_DECISION_DAYS = "loan.decision_days", "贷款审批期限"
    LOAN_MAX_MONTHS = "loan.term.max_months", "贷款最长期限"
    LOAN_AGE_LIMIT = "loan.age.limit", "退休年龄后可延长还款年数"
    DOWNPAYMENT_FIRST = "loan.downpayment.first", "首套最低首付比例"
    DOWNPAYMENT_SECOND = "loan.downpayment.second", "二套最低首付比例"
    LOAN_CAP_SINGLE = "loan.cap.single", "单人缴存最高贷款额度"
    LOAN_CAP_COUPLE = "loan.cap.couple", "夫妻双方缴存最高贷款额度"
    UPLIFT_MULTICHILD = "loan.cap.uplift.multichild", "多子女家庭额度上浮"
    UPLIFT_TALENT = "loan.cap.uplift.talent", "人才额度上浮"
    MULTIPLE_FIRST = "loan.quota.balance_multiple.first", "首套额度是否与账户余额挂钩"
    MULTIPLE_SECOND = "loan.quota.balance_multiple.second", "二套额度账户余额倍数"
    QUOTA_ROUND_DOWN = "loan.quota.round_down", "贷款额度取整单位"
    DTI_MAX = "loan.dti.max", "月还款占家庭收入上限"
    LOAN_MIN_DEPOSIT_MONTHS = "loan.min_deposit_months", "申请贷款最少连续缴存期限"
    LOAN_MAX_TIMES = "loan.max_times_per_household", "家庭使用贷款次数上限"
    FIRST_INTEREST = "loan.first_interest", "首期利息算法"
    GRACE_DAYS = "loan.grace_days", "还款宽限期"
    PENALTY_MULTIPLIER = "loan.penalty.multiplier", "罚息利率倍数"
    PENALTY_BASE = "loan.penalty.base", "罚息计算基数"
    PENALTY_DAY_COUNT = "loan.penalty.day_count", "罚息天数规则"
    OFFSET_ORDER = "loan.offset_order", "逾期还款冲抵顺序"
    PREPAY_MIN = "loan.prepay.min", "提前部分还款最低金额"
    PREPAY_AFTER = "loan.prepay.months_after_grant", "放款后可提前还款的月数"
    SHORTEN_RULE = "loan.shorten_rule", "提前还款缩期算法"
    CLASS_NORMAL = "loan.class.days.normal", "正常类最长逾期天数"
    CLASS_ATTENTION = "loan.class.days.attention", "关注类最长逾期天数"
    CLASS_SUBSTANDARD = "loan.class.days.substandard", "次级类最长逾期天数"
    CLASS_DOUBTFUL = "loan.class.days.doubtful", "可疑类最长逾期天数"
    CONVERSION_MAX_USAGE = "loan.conversion.max_usage", "商转公暂停的个贷率"

    RESERVE_RATE = "reserve.rate", "风险准备金占贷款余额比例"
    RESERVE_SHARE = "reserve.increment_share", "风险准备金占增值收益比例"
    RESERVE_METHOD = "reserve.method", "风险准备金提取方法"
    USAGE_WARN_LOW = "funds.usage.warn.low", "个贷率提示线"
    USAGE_WARN_MIDDLE = "funds.usage.warn.middle", "个贷率预警线"
    USAGE_WARN_HIGH = "funds.usage.warn.high", "个贷率警戒线"

    PAYMENT_TIER_ONE = "payment.tier.one", "付款免财务复核的最高金额"
    PAYMENT_TIER_TWO = "payment.tier.two", "付款一人复核的最高金额"
    PAYMENT_ANSWER_MINUTES = "payment.answer_minutes", "银行回报付款结果的期限"
    PAYMENT_ACCOUNT_FIRST = "payment.account_first", "付款专户的选择顺序"

    WITHDRAW_DECISION_DAYS = "withdraw.decision_days", "提取审批期限"
    RENT_QUOTA = "withdraw.rent.month_quota", "租房提取月额度"
    RENT_FREQUENCY = "withdraw.rent.frequency", "租房提取频次"
    KEEP_BALANCE = "withdraw.keep_balance", "部分提取后最低留存"
    WITHDRAW_ROUND_UNIT = "withdraw.round_unit", "提取金额取整单位"
    WITHDRAW_INSTANT = "withdraw.instant", "数据齐全时即时办结"
    INQUIRY_DAYS = "withdraw.inquiry.valid_days", "数据共享查询结果有效期"
    RENT_LIMIT = "withdraw.rent.limit", "租房提取限额依据"
    RENT_DEPOSIT_MONTHS = "withdraw.rent.deposit_months", "租房提取最少连续缴存期限"
    RENT_BACK_MONTHS = "withdraw.rent.back_months", "租房提取可追溯的月数"
    PURCHASE_MONTHS = "withdraw.purchase.months", "购房提取自合同签订起的期限"
    REPAYMENT_MONTHS = "withdraw.repayment.months", "还贷提取每次最多的月数"
    REPAYMENT_GAP = "withdraw.repayment.gap_months", "还贷提取间隔"
    RENOVATION_PERCENT = "withdraw.renovation.percent", "装修提取占费用比例"
    RENOVATION_CAP = "withdraw.renovation.cap", "装修提取最高金额"
    RENOVATION_YEARS = "withdraw.renovation.years", "同一住房装修提取间隔"
    PROPERTY_FEE_CAP = "withdraw.property_fee.cap", "物业费提取年额度"
    LEAVE_SEALED_MONTHS = "withdraw.leave.sealed_months", "离职提取需封存期限"

    RECHECK_REPLY_DAYS = "recheck.reply_days", "复核答复期限"
    RECONSIDERATION_DAYS = "recheck.reconsideration_days", "行政复议申请期限"
    LAWSUIT_MONTHS = "recheck.lawsuit_months", "行政诉讼起诉期限"
    BAN_WITHDRAW = "fraud.ban.withdraw", "骗提后限制期限"
    BAN_LOAN = "fraud.ban.loan", "骗贷后限制期限"
    FREEZE_COURT_MONTHS = "freeze.court.months", "司法冻结每次最长期限"
    FREEZE_NOTICE_DAYS = "freeze.notice_days", "冻结到期提前提示期限"
    FREEZE_LAPSED_SHOWN_DAYS = "freeze.lapsed_shown_days", "冻结到期解除后提示期限"
    FREEZE_PENDING_STOPS = "freeze.pending_stops", "待复核的冻结暂停付款"
    FINE_MIN = "fine.register.min", "未登记开户罚款下限"
    FINE_MAX = "fine.register.max", "未登记开户罚款上限"
    APPROVAL_DAYS = "approval.days", "复核办理期限"
    APPROVAL_DAY_COUNT = "approval.day_count", "办理期限按日历日或工作日"
    ROUTE_EMPLOYER_CHANGE = "approval.route.employer_change", "单位信息变更和销户的复核路线"
    ROUTE_MEMBER_CHANGE = "approval.route.member_change", "职工关键信息变更的复核路线"
    ROUTE_REFUND = "approval.route.refund", "退款的复核路线"
    ROUTE_WITHDRAWAL = "approval.route.withdrawal", "提取的审批路线"
    ROUTE_WITHDRAWAL_UNDO = "approval.route.withdrawal_undo", "撤销提取的复核路线"
    CERTIFICATE_DAYS = "cert.valid_days", "缴存证明有效期"
    MTTR_HOURS = "sla.mttr_hours", "故障恢复时限"
    LOG_MONTHS = "log.retention_months", "日志最短保存期限"
    FIRST_PASSWORD_DAYS = "access.initial_password_days", "初始密码有效期"
    SATISFACTION = "satisfaction.target", "服务满意度目标"


GROUP_LABELS = {
    "reg": "条例",
    "deposit": "归集",
    "unit": "归集",
    "account": "归集",
    "employee": "归集",
    "deferral": "归集",
    "suspense": "归集",
    "receipt": "归集",
    "interest": "结息",
    "loan": "贷款",
    "reserve": "资金",
    "funds": "资金",
    "payment": "资金",
    "withdraw": "提取",
    "recheck": "服务",
    "cert": "服务",
    "satisfaction": "服务",
    "approval": "服务",
    "fraud": "监管",
    "freeze": "监管",
    "fine": "监管",
    "sla": "运维",
    "log": "运维",
    "access": "运维",
}

# A whole number means nothing without its unit, so the unit is what makes a term a whole number.
UNITS: dict[str, frozenset[TermName]] = {
    "天": frozenset(
        {
            TermName.DUE_DAYS,
            TermName.REGISTER_DAYS,
            TermName.LATE_REGISTER_DAYS,
            TermName.MANDATE_NOTICE_DAYS,
            TermName.SETUP_DAYS,
            TermName.CHANGE_DAYS,
            TermName.LOAN_DECISION_DAYS,
            TermName.GRACE_DAYS,
            TermName.CLASS_NORMAL,
            TermName.CLASS_ATTENTION,
            TermName.CLASS_SUBSTANDARD,
            TermName.CLASS_DOUBTFUL,
            TermName.WITHDRAW_DECISION_DAYS,
            TermName.INQUIRY_DAYS,
            TermName.RECHECK_REPLY_DAYS,
            TermName.RECONSIDERATION_DAYS,
            TermName.APPROVAL_DAYS,
            TermName.RECEIPT_OLDEST_DAYS,
            TermName.CERTIFICATE_DAYS,
            TermName.FIRST_PASSWORD_DAYS,
            TermName.FREEZE_NOTICE_DAYS,
            TermName.FREEZE_LAPSED_SHOWN_DAYS,
        }
    ),
    "个月": frozenset(
        {
            TermName.DEFERRAL_MONTHS,
            TermName.BACK_PAYMENT_MONTHS,
            TermName.REPRICE_MIN_MONTHS,
            TermName.LOAN_MAX_MONTHS,
            TermName.LOAN_MIN_DEPOSIT_MONTHS,
            TermName.PREPAY_AFTER,
            TermName.LEAVE_SEALED_MONTHS,
            TermName.RENT_DEPOSIT_MONTHS,
            TermName.RENT_BACK_MONTHS,
            TermName.PURCHASE_MONTHS,
            TermName.REPAYMENT_MONTHS,
            TermName.REPAYMENT_GAP,
            TermName.LAWSUIT_MONTHS,
            TermName.LOG_MONTHS,
            TermName.FREEZE_COURT_MONTHS,
        }
    ),
    "年": frozenset({TermName.LOAN_AGE_LIMIT, TermName.RENOVATION_YEARS, TermName.BAN_WITHDRAW, TermName.BAN_LOAN}),
    "次": frozenset({TermName.LOAN_MAX_TIMES}),
    "小时": frozenset({TermName.MTTR_HOURS}),
    "分钟": frozenset({TermName.PAYMENT_ANSWER_MINUTES}),
}

# What a term may be set to, where only a few values have a meaning.
CHOICES: dict[TermName, dict[str, str]] = {
    TermName.REG_VERSION: {"2019": "2019年修订", "2026": "2026年修订"},
    TermName.ROUND_UNIT: {"0.01": "分", "0.1": "角", "1": "元"},
    TermName.ROUND_MODE: {"HALF_UP": "四舍五入"},
    TermName.DAY_COUNT: dict(DayCount.choices),
    TermName.FACTOR_PRECISION: {"EXACT": "不截断"},
    TermName.INTEREST_MIN_UNIT: {"0.01": "分"},
    TermName.REPRICE_SPLIT: {"BY_DAY": "按天分段", "NEXT_PERIOD": "下一期起"},
    TermName.FIRST_INTEREST: {"ACTUAL_DAYS": "实际天数/360", "FULL_MONTH": "整月"},
    TermName.PENALTY_BASE: {"PRINCIPAL": "逾期本金", "PRINCIPAL_AND_INTEREST": "逾期本金和利息"},
    TermName.PENALTY_DAY_COUNT: dict(DayCount.choices),
    TermName.OFFSET_ORDER: {"PENALTY_INTEREST_PRINCIPAL": "逐期：罚息、利息、本金", "INTEREST_FIRST": "先还清各期利息"},
    TermName.SHORTEN_RULE: {"NEAREST": "最接近原月供", "KEEP_PAYMENT": "月供不变"},
    TermName.RESERVE_METHOD: {"LOAN_BALANCE": "按贷款余额", "INCREMENT": "按增值收益"},
    TermName.APPROVAL_DAY_COUNT: dict(DeadlineCount.choices),
    TermName.PAYMENT_ACCOUNT_FIRST: {"PAYEE_BANK": "先收款人开户银行", "BRANCH": "先本管理部的专户"},
    TermName.RENT_FREQUENCY: {"MONTHLY": "每月", "QUARTERLY": "每季度", "YEARLY": "每年"},
    TermName.RENT_LIMIT: {"QUOTA": "月额度", "ACTUAL": "实际租金", "LOWER": "月额度与实际租金取低"},
    TermName.WITHDRAW_ROUND_UNIT: {"0.01": "分", "1": "元", "100": "百元"},
}

NAMES_OF_KIND: dict[TermKind, frozenset[TermName]] = {
    TermKind.PERCENT: frozenset(
        {
            TermName.RATIO_MIN,
            TermName.RATIO_MAX,
            TermName.RATE_CARRIED,
            TermName.RATE_CURRENT,
            TermName.LOAN_FIRST_LE5,
            TermName.LOAN_FIRST_GT5,
            TermName.LOAN_SECOND_LE5,
            TermName.LOAN_SECOND_GT5,
            TermName.DOWNPAYMENT_FIRST,
            TermName.DOWNPAYMENT_SECOND,
            TermName.UPLIFT_MULTICHILD,
            TermName.UPLIFT_TALENT,
            TermName.DTI_MAX,
            TermName.CONVERSION_MAX_USAGE,
            TermName.RESERVE_RATE,
            TermName.RESERVE_SHARE,
            TermName.USAGE_WARN_LOW,
            TermName.USAGE_WARN_MIDDLE,
            TermName.USAGE_WARN_HIGH,
            TermName.RENOVATION_PERCENT,
            TermName.SATISFACTION,
        }
    ),
    TermKind.MONEY: frozenset(
        {
            TermName.BASE_CAP,
            TermName.BASE_FLOOR,
            TermName.ROUND_UNIT,
            TermName.INTEREST_MIN_UNIT,
            TermName.LOAN_CAP_SINGLE,
            TermName.LOAN_CAP_COUPLE,
            TermName.QUOTA_ROUND_DOWN,
            TermName.PREPAY_MIN,
            TermName.PAYMENT_TIER_ONE,
            TermName.PAYMENT_TIER_TWO,
            TermName.RENT_QUOTA,
            TermName.KEEP_BALANCE,
            TermName.WITHDRAW_ROUND_UNIT,
            TermName.RENOVATION_CAP,
            TermName.PROPERTY_FEE_CAP,
            TermName.FINE_MIN,
            TermName.FINE_MAX,
        }
    ),
    TermKind.FACTOR: frozenset({TermName.MULTIPLE_SECOND, TermName.PENALTY_MULTIPLIER}),
    TermKind.INTEGER: frozenset().union(*UNITS.values()),
    TermKind.DAY_OF_YEAR: frozenset({TermName.DEPOSIT_YEAR_START, TermName.SETTLE_DAY, TermName.REPRICE_DATE}),
    TermKind.FLAG: frozenset({TermName.SUSPENSE_INTEREST, TermName.SEGMENT_ON_CHANGE, TermName.MULTIPLE_FIRST})
    | {TermName.WITHDRAW_INSTANT, TermName.FREEZE_PENDING_STOPS},
    TermKind.ROUTE: frozenset(
        {
            TermName.ROUTE_EMPLOYER_CHANGE,
            TermName.ROUTE_MEMBER_CHANGE,
            TermName.ROUTE_REFUND,
            TermName.ROUTE_WITHDRAWAL,
            TermName.ROUTE_WITHDRAWAL_UNDO,
        }
    ),
    TermKind.CHOICE: frozenset(CHOICES)
    - {TermName.ROUND_UNIT, TermName.INTEREST_MIN_UNIT, TermName.WITHDRAW_ROUND_UNIT},
}

# Which of two may not lie above the other.
ORDERED = (
    (TermName.RATIO_MIN, TermName.RATIO_MAX),
    (TermName.BASE_FLOOR, TermName.BASE_CAP),
    (TermName.LOAN_CAP_SINGLE, TermName.LOAN_CAP_COUPLE),
    (TermName.CLASS_NORMAL, TermName.CLASS_ATTENTION),
    (TermName.CLASS_ATTENTION, TermName.CLASS_SUBSTANDARD),
    (TermName.CLASS_SUBSTANDARD, TermName.CLASS_DOUBTFUL),
    (TermName.USAGE_WARN_LOW, TermName.USAGE_WARN_MIDDLE),
    (TermName.USAGE_WARN_MIDDLE, TermName.USAGE_WARN_HIGH),
    (TermName.FINE_MIN, TermName.FINE_MAX),
    (TermName.PAYMENT_TIER_ONE, TermName.PAYMENT_TIER_TWO),
)

# The rules of docs/rules.md that compute with a parameter; a test compares.
RULES_WITH: dict[TermName, tuple[str, ...]] = {
    TermName.BASE_FLOOR: ("R-101 缴存基数",),
    TermName.BASE_CAP: ("R-101 缴存基数",),
    TermName.RATIO_MIN: ("R-102 缴存比例",),
    TermName.RATIO_MAX: ("R-102 缴存比例",),
    TermName.ROUND_UNIT: ("R-103 月缴存额",),
    TermName.BACK_PAYMENT_MONTHS: ("R-107 补缴",),
    TermName.PAYMENT_TIER_ONE: ("R-801 付款复核",),
    TermName.PAYMENT_TIER_TWO: ("R-801 付款复核",),
    TermName.PAYMENT_ANSWER_MINUTES: ("R-802 付款结果不明",),
    TermName.PAYMENT_ACCOUNT_FIRST: ("R-804 付款专户",),
    TermName.RECEIPT_OLDEST_DAYS: ("R-304 到账日期",),
    TermName.REGISTER_DAYS: ("R-411 登记期限",),
    TermName.LATE_REGISTER_DAYS: ("R-411 登记期限",),
    TermName.MANDATE_NOTICE_DAYS: ("R-414 经办授权",),
    TermName.BAN_WITHDRAW: ("R-443 违规限制",),
    TermName.BAN_LOAN: ("R-443 违规限制",),
    TermName.FREEZE_COURT_MONTHS: ("R-441 冻结",),
    TermName.FREEZE_NOTICE_DAYS: ("R-441 冻结",),
    TermName.FREEZE_LAPSED_SHOWN_DAYS: ("R-441 冻结",),
    TermName.FREEZE_PENDING_STOPS: ("R-445 待复核的冻结",),
    TermName.SETUP_DAYS: ("R-412 职工开户期限",),
    TermName.DUE_DAYS: ("R-413 汇缴期限",),
    TermName.DAY_COUNT: ("R-201 计息天数",),
    TermName.FACTOR_PRECISION: ("R-203 利息",),
    TermName.RATE_CARRIED: ("R-204 上年结转与当年归集",),
    TermName.RATE_CURRENT: ("R-204 上年结转与当年归集",),
    TermName.SEGMENT_ON_CHANGE: ("R-205 分段计息",),
    TermName.SETTLE_DAY: ("R-206 年度结息",),
    TermName.KEEP_BALANCE: ("R-612 可提取额",),
    TermName.WITHDRAW_ROUND_UNIT: ("R-612 可提取额",),
    TermName.RENT_QUOTA: ("R-613 租房提取",),
    TermName.RENT_FREQUENCY: ("R-613 租房提取",),
    TermName.RENT_LIMIT: ("R-613 租房提取",),
    TermName.RENT_DEPOSIT_MONTHS: ("R-613 租房提取",),
    TermName.RENT_BACK_MONTHS: ("R-613 租房提取",),
    TermName.PURCHASE_MONTHS: ("R-614 购房提取",),
    TermName.REPAYMENT_MONTHS: ("R-615 还贷提取",),
    TermName.REPAYMENT_GAP: ("R-615 还贷提取",),
    TermName.WITHDRAW_INSTANT: ("R-617 即时办结与人工审批",),
    TermName.WITHDRAW_DECISION_DAYS: ("R-617 即时办结与人工审批",),
    TermName.INQUIRY_DAYS: ("R-618 数据共享查询",),
    TermName.ROUTE_REFUND: ("R-321 退款",),
    TermName.ROUTE_WITHDRAWAL: ("R-617 即时办结与人工审批",),
    TermName.ROUTE_WITHDRAWAL_UNDO: ("R-620 退回与撤销",),
    TermName.RECONSIDERATION_DAYS: ("R-621 决定与救济",),
    TermName.LAWSUIT_MONTHS: ("R-621 决定与救济",),
    TermName.APPROVAL_DAYS: ("R-1002 办理期限",),
    TermName.APPROVAL_DAY_COUNT: ("R-1002 办理期限",),
    TermName.ROUTE_EMPLOYER_CHANGE: ("R-1001 复核路线",),
    TermName.ROUTE_MEMBER_CHANGE: ("R-1001 复核路线",),
}

KIND_OF = {name: kind for kind, names in NAMES_OF_KIND.items() for name in names}
UNIT_OF = {name: unit for unit, names in UNITS.items() for name in names}


def group_of(name: str) -> str:
    """The business group a term belongs to 业务类别, in Chinese."""
    return GROUP_LABELS[name.split(".", 1)[0]]
