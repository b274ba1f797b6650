"""Words of banking 银行与资金用语: what an account is for, and what becomes of a notice."""

from django.db.models import TextChoices


class AccountPurpose(TextChoices):
    """What the centre's account at a bank is for 专户用途."""

    COLLECTION = "COLLECTION", "归集专户"


class NoticeOutcome(TextChoices):
    """What became of one notice of money in 到账通知处理结果."""

    BOOKED = "booked", "已入账"
    REPEATED = "repeated", "重复通知"
    REFUSED = "refused", "已拒绝"


class RefusalCode(TextChoices):
    """Why a notice was refused 到账通知拒绝原因: the code a bank's system reads, the words a clerk reads."""

    MALFORMED = "malformed", "格式错误"
    CURRENCY = "currency_not_cny", "币种不是人民币"
    ACCOUNT_UNKNOWN = "account_unknown", "收款账户不是该银行的专户"
    AMOUNT = "amount_not_positive", "金额不大于零"
    AHEAD = "paid_on_ahead", "到账日期晚于当日"
    TOO_OLD = "paid_on_too_old", "到账日期过早"
    SERIAL_REUSED = "serial_reused", "流水号已用于另一笔到账"


class ClaimState(TextChoices):
    """How much of a receipt the business rooms have claimed 认领情况; it follows from the amounts."""

    UNCLAIMED = "UNCLAIMED", "待认领"
    PARTLY = "PARTLY", "部分认领"
    CLAIMED = "CLAIMED", "已认领"
