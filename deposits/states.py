"""Statuses of remittances and of the sheets they come from 汇缴与清册状态."""

from django.db.models import TextChoices


class RemittanceStatus(TextChoices):
    """汇缴状态."""

    SUBMITTED = "SUBMITTED", "待到账"
    ALLOCATED = "ALLOCATED", "已入账"
    CANCELLED = "CANCELLED", "已撤销"


REMITTANCE_MOVES = {
    RemittanceStatus.SUBMITTED: {RemittanceStatus.ALLOCATED, RemittanceStatus.CANCELLED},
    RemittanceStatus.ALLOCATED: set(),  # only a reversal undoes what is posted
    RemittanceStatus.CANCELLED: set(),
}


class RemittanceKind(TextChoices):
    """What a list pays 缴存类型: the codes of the basic data standard, annex A.5."""

    REGULAR = "01", "汇缴"
    BACK = "02", "补缴"


class BackReason(TextChoices):
    """Why a month that has passed is paid for somebody 补缴原因."""

    MISSED_PERSON = "01", "漏缴职工"
    MISSED_MONTH = "02", "漏缴月份"
    DIFFERENCE = "03", "基数或比例差额"
    ORDERED = "04", "中心责令补缴"


class LineKind(TextChoices):
    """How a member stands in a list, compared with the list before 与上月相比."""

    SAME = "SAME", "未变"
    CHANGED = "CHANGED", "基数或比例调整"
    OPENED = "OPENED", "新开户"
    MOVED = "MOVED", "转入"
    RETURNED = "RETURNED", "恢复缴存"
    LEFT = "LEFT", "减少"


class SheetRows(TextChoices):
    """Which rows of a checked sheet are looked at 清册行."""

    WRONG = "errors", "有错误的行"
    DIFFERENT = "differences", "与上月不同的行"
    ALL = "all", "全部行"


class SheetStatus(TextChoices):
    """汇缴清册状态."""

    WAITING = "WAITING", "校验中"
    CHECKED = "CHECKED", "已校验"
    CONFIRMING = "CONFIRMING", "确认中"
    FAILED = "FAILED", "无法读取"
    CONFIRMED = "CONFIRMED", "已确认"
    DISCARDED = "DISCARDED", "已作废"


SHEET_MOVES = {
    SheetStatus.WAITING: {SheetStatus.CHECKED, SheetStatus.FAILED, SheetStatus.DISCARDED},
    SheetStatus.CHECKED: {SheetStatus.CONFIRMING, SheetStatus.CONFIRMED, SheetStatus.DISCARDED},
    SheetStatus.CONFIRMING: {SheetStatus.CONFIRMED, SheetStatus.CHECKED},  # back, where it cannot stand any more
    SheetStatus.FAILED: set(),  # the file cannot be read: a new one is uploaded
    SheetStatus.CONFIRMED: set(),  # its remittance carries on
    SheetStatus.DISCARDED: set(),
}


class IdentifiedBy(TextChoices):
    """How a receipt found its employer 认领方式."""

    REFERENCE = "REFERENCE", "缴款识别号"
    PAYING_ACCOUNT = "PAYING_ACCOUNT", "付款账户"
    CLERK = "CLERK", "人工认领"


class RefundStatus(TextChoices):
    """退款状态."""

    SUBMITTED = "SUBMITTED", "审批中"
    APPROVED = "APPROVED", "已批准待付款"
    PAID = "PAID", "已退款"
    SENT_BACK = "SENT_BACK", "已退回补正"
    TAKEN_BACK = "TAKEN_BACK", "已撤回"
    RETURNED = "RETURNED", "付款未成已转回"


REFUND_MOVES = {
    RefundStatus.SUBMITTED: {RefundStatus.APPROVED, RefundStatus.SENT_BACK, RefundStatus.TAKEN_BACK},
    RefundStatus.APPROVED: {RefundStatus.PAID, RefundStatus.RETURNED},
    RefundStatus.PAID: {RefundStatus.RETURNED},  # the bank sent the money back after it had paid it
    RefundStatus.SENT_BACK: set(),  # it is mended and proposed anew
    RefundStatus.TAKEN_BACK: set(),
    RefundStatus.RETURNED: set(),  # the money is where it was; it is refunded anew, or claimed
}
# A bank has been told to pay it, and is not known to have failed.
GRANTED_REFUND = (RefundStatus.APPROVED, RefundStatus.PAID)
# What counts as refunded, or about to be.
STANDING_REFUND = (RefundStatus.SUBMITTED, *GRANTED_REFUND)


class RefundOrigin(TextChoices):
    """Where the money of a refund lies 款项来源."""

    SUSPENSE = "SUSPENSE", "待查到账"
    EMPLOYER = "EMPLOYER", "单位暂存款"


class SuspenseAge(TextChoices):
    """How long money has been waiting for its owner 挂账时间, in days since it came."""

    WEEK = "WEEK", "7 天以内"
    MONTH = "MONTH", "8 至 30 天"
    QUARTER = "QUARTER", "31 至 90 天"
    LONGER = "LONGER", "90 天以上"


# The days of each, from and to; None has no end.
DAYS_OF_AGE: dict[SuspenseAge, tuple[int, int | None]] = {
    SuspenseAge.WEEK: (0, 7),
    SuspenseAge.MONTH: (8, 30),
    SuspenseAge.QUARTER: (31, 90),
    SuspenseAge.LONGER: (91, None),
}
