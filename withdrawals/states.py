"""Words of withdrawals 提取用语: categories, statuses and their moves, and what a decision rests on."""

from django.db.models import TextChoices


class Category(TextChoices):
    """What a member withdraws for 提取类别 (Regulation 条例 art. 24)."""

    RENT = "RENT", "租房提取"
    PURCHASE = "PURCHASE", "购房提取"
    RETIREMENT = "RETIREMENT", "离退休提取"
    LOAN_REPAYMENT = "LOAN_REPAYMENT", "偿还购房贷款本息提取"


class Reason(TextChoices):
    """提取原因: the codes of the basic data standard, annex A.7."""

    PURCHASE = "01", "购买住房"
    RETIREMENT = "03", "离休、退休"
    LOAN_REPAYMENT = "06", "偿还购房贷款本息"
    RENT = "07", "支付房租"


class Channel(TextChoices):
    """Where it was applied for 办理渠道."""

    COUNTER = "COUNTER", "柜台"
    PORTAL = "PORTAL", "网厅"
    API = "API", "接口"


class WithdrawalStatus(TextChoices):
    """提取申请状态."""

    SUBMITTED = "SUBMITTED", "审批中"
    APPROVED = "APPROVED", "已批准待付款"
    PAID = "PAID", "已付款"
    REFUSED = "REFUSED", "不予提取"
    SENT_BACK = "SENT_BACK", "已退回补正"
    TAKEN_BACK = "TAKEN_BACK", "已撤回"
    RETURNED = "RETURNED", "付款未成已退回账户"
    UNDONE = "UNDONE", "已撤销"


WITHDRAWAL_MOVES = {
    WithdrawalStatus.SUBMITTED: {
        *(WithdrawalStatus.APPROVED, WithdrawalStatus.REFUSED),
        *(WithdrawalStatus.SENT_BACK, WithdrawalStatus.TAKEN_BACK),
    },
    WithdrawalStatus.APPROVED: {WithdrawalStatus.PAID, WithdrawalStatus.RETURNED, WithdrawalStatus.UNDONE},
    WithdrawalStatus.PAID: {WithdrawalStatus.RETURNED},  # the bank sent the money back after it had paid it
    WithdrawalStatus.REFUSED: set(),
    WithdrawalStatus.SENT_BACK: set(),  # the member mends it and applies anew
    WithdrawalStatus.TAKEN_BACK: set(),
    WithdrawalStatus.RETURNED: set(),  # the money is on the account; the member applies anew
    WithdrawalStatus.UNDONE: set(),
}
# The money has left the account.
LEFT = (WithdrawalStatus.APPROVED, WithdrawalStatus.PAID)
# It had left, and is back.
CAME_BACK = (WithdrawalStatus.RETURNED, WithdrawalStatus.UNDONE)
# Taken back, or ended to be mended: another application takes its place.
GIVEN_UP = (WithdrawalStatus.SENT_BACK, WithdrawalStatus.TAKEN_BACK)
# What counts as withdrawn, or about to be.
STANDING = (WithdrawalStatus.SUBMITTED, *LEFT)


class DecidedBy(TextChoices):
    """How it is decided 决定方式."""

    INSTANT = "INSTANT", "即时办结"
    PEOPLE = "PEOPLE", "人工审批"


class Standing(TextChoices):
    """What became of one factor of a quote 核定结果."""

    MET = "MET", "符合"
    BY_PAPER = "BY_PAPER", "凭材料审核"
    WAITS = "WAITS", "待中心复核"
    NOT_MET = "NOT_MET", "不符合"


class PaperKind(TextChoices):
    """What proves a condition 要件."""

    NO_HOME = "NO_HOME", "本人及配偶无自有住房证明"
    RENT_CONTRACT = "RENT_CONTRACT", "租房合同及租金支付凭证"
    PURCHASE_CONTRACT = "PURCHASE_CONTRACT", "备案的购房合同或不动产权证书"
    PURCHASE_INVOICE = "PURCHASE_INVOICE", "购房发票或契税完税凭证"
    LOAN_CONTRACT = "LOAN_CONTRACT", "购房借款合同"
    REPAYMENT_RECORD = "REPAYMENT_RECORD", "贷款银行还款明细"
    RETIREMENT = "RETIREMENT", "退休证或退休审批表"


class RentLimit(TextChoices):
    """What limits a withdrawal for rent 租房提取限额依据."""

    QUOTA = "QUOTA", "月额度"
    ACTUAL = "ACTUAL", "实际租金"
    LOWER = "LOWER", "月额度与实际租金取低"


class UseKind(TextChoices):
    """What a household may use only once, or up to an amount 额度类别."""

    RENT_MONTH = "RENT_MONTH", "租房月份"
    HOUSE = "HOUSE", "购房"
    LOAN_MONTH = "LOAN_MONTH", "还贷月份"


class InquiryKind(TextChoices):
    """What is asked of shared data 数据共享查询."""

    PROPERTY = "PROPERTY", "不动产登记信息"
    RETIREMENT = "RETIREMENT", "退休信息"


class InquiryOutcome(TextChoices):
    """What shared data answered 查询结果."""

    FOUND = "FOUND", "有记录"
    NONE = "NONE", "无记录"
    DOWN = "DOWN", "平台不可用"


class Consent(TextChoices):
    """How the person let the centre ask, and for whose application 授权方式."""

    SIGNED = "SIGNED", "书面签字"  # at the counter both spouses sign, for either of them
    ONLINE = "ONLINE", "网上勾选"
    SPOUSE = "SPOUSE", "网上勾选（供配偶办理）"


# What an answer serves for follows from the consent it was asked by, and from nothing else.
FOR_ONESELF = (Consent.SIGNED, Consent.ONLINE)
FOR_SPOUSE = (Consent.SIGNED, Consent.SPOUSE)
