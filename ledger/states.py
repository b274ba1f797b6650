"""Words of the books 核算用语: sides, classes of chart accounts, kinds of account, and the states of a business day."""

from django.db.models import TextChoices


class Side(TextChoices):
    """Which side of an account 借贷方向."""

    DEBIT = "D", "借"
    CREDIT = "C", "贷"


class ChartCategory(TextChoices):
    """The class of a chart account 科目类别."""

    ASSET = "ASSET", "资产"
    LIABILITY = "LIABILITY", "负债"
    NET = "NET", "净资产"
    INCOME = "INCOME", "收入"
    EXPENSE = "EXPENSE", "支出"


class AccountKind(TextChoices):
    """What a ledger account keeps and allows 分户账类别; the flags of each kind stand in the database."""

    MEMBER = "MEMBER", "职工个人账户"
    UNALLOCATED = "UNALLOCATED", "单位暂存款"
    BANK = "BANK", "银行专户"
    INTERNAL = "INTERNAL", "内部账户"


# The kind of a voucher that takes another back; its source is that voucher's id.
REVERSAL = "ledger.reversal"


class HoldPurpose(TextChoices):
    """What money of an account is held for 占用用途."""

    SPEND = "SPEND", "支取占用"
    FREEZE = "FREEZE", "冻结"


class BusinessDayStatus(TextChoices):
    """The states of a business day 会计日: it only moves forward, and the database holds it to that."""

    OPEN = "OPEN", "营业中"
    CLOSING = "CLOSING", "日终中"
    CLOSED = "CLOSED", "已结账"


class ShardStatus(TextChoices):
    """The states of a shard of a night's step 日终分片."""

    WAITING = "WAITING", "待办理"
    RUNNING = "RUNNING", "执行中"
    DONE = "DONE", "已完成"
    FAILED = "FAILED", "失败"


# A shard whose holder is gone stays RUNNING until its lease ends; then another claims it, or a person sends it back.
SHARD_MOVES = {
    ShardStatus.WAITING: {ShardStatus.RUNNING},
    ShardStatus.RUNNING: {ShardStatus.DONE, ShardStatus.FAILED, ShardStatus.WAITING},
    ShardStatus.FAILED: {ShardStatus.RUNNING, ShardStatus.WAITING},
    ShardStatus.DONE: set(),
}


class DayStepName(TextChoices):
    """The steps of the night in their order 日终步骤; `hpf/dayend.py` holds what each does."""

    IDENTIFY = "identify", "认领到账"
    ALLOCATE = "allocate", "分配入账"
    SETTLE_PAYOUTS = "settle_payouts", "付款结果"
    TURN = "turn", "日切"
    ACCRUE = "accrue", "计提利息"
    SETTLE = "settle", "年度结息"
    ADMIT = "admit", "放开计息账户"
    PROVE = "prove", "账务核验"
    CLOSE = "close", "结账"


# What the steps count, in words; a word that is missing here shows as the step named it.
COUNT_WORDS = {
    "identified": "认领",
    "unknown": "待查",
    "allocated": "入账清册",
    "refused": "暂不能办理",
    "paid": "已付款",
    "returned": "未付成已退回",
    "opened": "开启会计日",
    "admitted": "放开计息会计日",
    "branches": "网点",
    "accounts": "账户",
    "checks": "核验项目",
    "totals": "日累计",
}
