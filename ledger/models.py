"""The nouns of the books 会计核算.

A *chart account* 科目 is a heading of the chart; a *ledger account* 分户账 is one account under it, kept for somebody
or for the centre itself; a *voucher* 凭证 is one act in money, and its *entries* 分录 are the lines on ledger accounts.

The tables are made by the SQL beside the migrations, with the guards that the application's role cannot pass: these
models read them. Only `ledger.actions` write, through the functions of the database.
"""

from django.db import models
from django.db.models.functions import Now

from ledger.states import SHARD_MOVES, AccountKind, BusinessDayStatus, ChartCategory, HoldPurpose, ShardStatus, Side


class Money(models.DecimalField):
    """An amount in yuan with two places 金额."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**{"max_digits": 18, "decimal_places": 2, **kwargs})


class ChartAccount(models.Model):
    """A heading of the chart of accounts 会计科目."""

    code = models.TextField("科目编码", primary_key=True)
    name = models.TextField("科目名称")
    side = models.CharField("余额方向", max_length=1, choices=Side.choices)
    category = models.TextField("科目类别", choices=ChartCategory.choices)
    parent = models.ForeignKey("self", models.PROTECT, null=True, verbose_name="上级科目")
    takes_entries = models.BooleanField("可记账")

    class Meta:
        verbose_name = "科目"

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class VoucherKind(models.Model):
    """What sort of act a voucher records 凭证类别."""

    code = models.TextField(primary_key=True)
    name = models.TextField("名称")
    at_day_end = models.BooleanField("日终记账")
    turns_year = models.BooleanField("结转年度")

    class Meta:
        verbose_name = "凭证类别"

    def __str__(self) -> str:
        return self.name


class AccountKindFlags(models.Model):
    """What the accounts of one kind keep and allow 分户账类别."""

    code = models.TextField(primary_key=True, choices=AccountKind.choices)
    name = models.TextField("名称")
    stored = models.BooleanField("存储余额")
    bears_interest = models.BooleanField("计息")
    may_overdraw = models.BooleanField("允许透支")
    shared = models.BooleanField("共用账户")

    class Meta:
        verbose_name = "分户账类别"
        db_table = "ledger_accountkind"


class BusinessDay(models.Model):
    """A business day 会计日. Every calendar day is one."""

    day = models.DateField("会计日", primary_key=True)
    status = models.TextField("状态", choices=BusinessDayStatus.choices)
    interest_ready = models.BooleanField("可记计息账户")
    opened_at = models.DateTimeField("开启时间")
    closing_at = models.DateTimeField("日终开始", null=True)
    closed_at = models.DateTimeField("结账时间", null=True)

    class Meta:
        verbose_name = "会计日"

    def __str__(self) -> str:
        return self.day.isoformat()


class StepShard(models.Model):
    """A shard of one step of one night 日终分片: its lease, its fence and its record; a small step has one, `all`.

    `token` grows with each claim. Who was frozen and wakes up holds an older one, and may no longer say it is done.
    """

    MOVES = SHARD_MOVES

    day = models.ForeignKey(BusinessDay, models.PROTECT, db_column="day", related_name="shards", verbose_name="会计日")
    step = models.TextField("步骤")
    shard = models.TextField("分片", default="all")
    status = models.TextField("状态", choices=ShardStatus.choices)
    holder = models.TextField("执行者", default="")
    token = models.BigIntegerField("令牌", default=1)
    attempt = models.IntegerField("次数", default=1)
    leased_until = models.DateTimeField("租约到期", null=True)
    beat_at = models.DateTimeField("最近心跳", null=True)
    started_at = models.DateTimeField("开始时间", null=True)
    ended_at = models.DateTimeField("结束时间", null=True)
    expected = models.IntegerField("应办笔数", default=0)
    done = models.IntegerField("已办笔数", default=0)
    counts = models.JSONField("笔数", default=dict)
    posts = models.TextField("凭证类别", default="")
    checksum = models.TextField("校验值", default="")
    error = models.TextField("错误", default="")

    class Meta:
        verbose_name = "日终分片"
        constraints = [models.UniqueConstraint(fields=["day", "step", "shard"], name="ledger_stepshard_once")]

    def __str__(self) -> str:
        return f"{self.day_id} {self.step} {self.shard}"


class NightOrder(models.Model):
    """That a person asked for the night of a day 日终指令. Workers look here; a message that is lost loses nothing."""

    day = models.OneToOneField(
        BusinessDay,
        models.PROTECT,
        db_column="day",
        primary_key=True,
        related_name="order",
        verbose_name="会计日",
    )
    by = models.ForeignKey("access.User", models.PROTECT, verbose_name="经办")
    at = models.DateTimeField("下达时间", db_default=Now())

    class Meta:
        verbose_name = "日终指令"

    def __str__(self) -> str:
        return str(self.day_id)


class LedgerAccount(models.Model):
    """An account in the books 分户账. It knows no owner: the owner's table holds its key."""

    id = models.BigAutoField(primary_key=True)
    chart = models.ForeignKey(ChartAccount, models.PROTECT, verbose_name="科目")
    branch = models.ForeignKey("access.Branch", models.PROTECT, verbose_name="网点")
    sign = models.SmallIntegerField("借方符号")
    kind = models.ForeignKey(AccountKindFlags, models.PROTECT, verbose_name="类别")
    stored = models.BooleanField()
    bears_interest = models.BooleanField()
    may_overdraw = models.BooleanField()
    shared = models.BooleanField()
    opened_on = models.DateField("开立日期")
    closed_on = models.DateField("销户日期", null=True)
    version = models.IntegerField("版本")
    counted_to = models.DateField("积数计至")
    balance = Money(verbose_name="余额")
    held = Money(verbose_name="占用金额")
    carried = Money(verbose_name="上年结转")
    current = Money(verbose_name="当年归集")
    carried_number = Money(verbose_name="上年结转积数", max_digits=24)
    current_number = Money(verbose_name="当年归集积数", max_digits=24)

    class Meta:
        verbose_name = "分户账"

    def __str__(self) -> str:
        return f"{self.chart_id}/{self.id}"


class Voucher(models.Model):
    """One act in money 凭证: who, what, when and why. `source` is text: the ledger does not know what made it."""

    id = models.BigAutoField(primary_key=True)
    kind = models.ForeignKey(VoucherKind, models.DO_NOTHING, db_constraint=False, verbose_name="类别")
    source = models.TextField("业务来源")
    booked_on = models.DateField("记账日期")
    interest_on = models.DateField("起息日期")
    by = models.ForeignKey("access.User", models.DO_NOTHING, db_constraint=False, verbose_name="经办")
    why = models.TextField("摘要")
    made_at = models.DateTimeField("制单时间")
    line_count = models.IntegerField("分录数")
    total = Money(verbose_name="金额合计")
    leaf = models.BinaryField("摘要值")

    class Meta:
        verbose_name = "凭证"
        constraints = [models.UniqueConstraint(fields=["kind", "source"], name="ledger_voucher_once")]

    def __str__(self) -> str:
        return str(self.id)


class Entry(models.Model):
    """One line of a voucher on one account 分录, with the account's balance after it where it keeps one."""

    pk = models.CompositePrimaryKey("booked_on", "voucher_id", "line")
    booked_on = models.DateField("记账日期")
    line = models.IntegerField("行号")
    voucher = models.ForeignKey(Voucher, models.DO_NOTHING, db_constraint=False, verbose_name="凭证")
    account = models.ForeignKey(LedgerAccount, models.DO_NOTHING, db_constraint=False, verbose_name="分户账")
    interest_on = models.DateField("起息日期")
    version = models.IntegerField("账户版本", null=True)
    branch = models.ForeignKey("access.Branch", models.DO_NOTHING, db_constraint=False, verbose_name="网点")
    side = models.CharField("方向", max_length=1, choices=Side.choices)
    chart = models.ForeignKey(ChartAccount, models.DO_NOTHING, db_constraint=False, verbose_name="科目")
    amount = Money(verbose_name="金额")
    balance = Money(verbose_name="余额", null=True)

    class Meta:
        verbose_name = "分录"


class DayTotal(models.Model):
    """What one closed day moved 日累计: by internal account, and in one sum for accounts that belong to somebody."""

    id = models.BigAutoField(primary_key=True)
    day = models.DateField("会计日")
    branch = models.ForeignKey("access.Branch", models.DO_NOTHING, db_constraint=False, verbose_name="网点")
    chart = models.ForeignKey(ChartAccount, models.PROTECT, verbose_name="科目")
    account = models.ForeignKey(LedgerAccount, models.DO_NOTHING, db_constraint=False, null=True)
    debit = Money(verbose_name="借方发生额")
    credit = Money(verbose_name="贷方发生额")
    closing = Money(verbose_name="期末余额")

    class Meta:
        verbose_name = "日累计"


class DayBalance(models.Model):
    """What a chart account of a branch was debited and credited up to the end of a closed day 累计发生额."""

    pk = models.CompositePrimaryKey("day", "chart_id", "branch_id")
    day = models.DateField("会计日")
    branch = models.ForeignKey("access.Branch", models.DO_NOTHING, db_constraint=False, verbose_name="网点")
    chart = models.ForeignKey(ChartAccount, models.PROTECT, verbose_name="科目")
    debited = Money(verbose_name="借方累计")
    credited = Money(verbose_name="贷方累计")

    class Meta:
        verbose_name = "累计发生额"


class Hold(models.Model):
    """Money of an account that is spoken for 占用: kept for an application, or frozen by an order.

    (kind, source) names what holds it. `covered` is how much of the amount is there and counts in the account's `held`.
    """

    id = models.BigAutoField(primary_key=True)
    account = models.ForeignKey(
        LedgerAccount, models.DO_NOTHING, db_constraint=False, related_name="holds", verbose_name="分户账"
    )
    kind = models.TextField("占用类别")
    source = models.TextField("业务来源")
    purpose = models.TextField("用途", choices=HoldPurpose.choices)
    amount = Money(verbose_name="金额", null=True)
    covered = Money(verbose_name="已占用金额")
    placed_on = models.DateField("占用日期")
    placed_by = models.ForeignKey(
        "access.User", models.DO_NOTHING, db_constraint=False, related_name="+", verbose_name="经办"
    )
    placed_at = models.DateTimeField("占用时间")
    released_on = models.DateField("解除日期", null=True)
    released_by = models.ForeignKey(
        "access.User", models.DO_NOTHING, db_constraint=False, related_name="+", null=True, verbose_name="解除经办"
    )
    released_at = models.DateTimeField("解除时间", null=True)

    class Meta:
        verbose_name = "占用"
        constraints = [models.UniqueConstraint(fields=["kind", "source"], name="ledger_hold_once")]

    def __str__(self) -> str:
        return f"{self.kind}:{self.source}"


class PaidOut(models.Model):
    """Held money that left an account 支取, and how the account stood before; undone it comes back as it was."""

    voucher = models.OneToOneField(
        Voucher, models.DO_NOTHING, db_constraint=False, primary_key=True, related_name="paid_out", verbose_name="凭证"
    )
    account = models.ForeignKey(
        LedgerAccount, models.DO_NOTHING, db_constraint=False, related_name="payouts", verbose_name="分户账"
    )
    to_account = models.ForeignKey(
        LedgerAccount, models.DO_NOTHING, db_constraint=False, related_name="+", verbose_name="转入分户账"
    )
    interest_account = models.ForeignKey(
        LedgerAccount, models.DO_NOTHING, db_constraint=False, related_name="+", null=True, verbose_name="利息分户账"
    )
    paid_on = models.DateField("支取日期")
    amount = Money(verbose_name="支取金额")
    interest = Money(verbose_name="销户利息")
    closes = models.BooleanField("销户")
    carried_taken = Money(verbose_name="支取上年结转")
    current_taken = Money(verbose_name="支取当年归集")
    carried = Money(verbose_name="支取前上年结转")
    current = Money(verbose_name="支取前当年归集")
    carried_number = Money(verbose_name="支取前上年结转积数", max_digits=24)
    current_number = Money(verbose_name="支取前当年归集积数", max_digits=24)
    counted_to = models.DateField("支取前积数计至")
    undone_by = models.OneToOneField(
        Voucher, models.DO_NOTHING, db_constraint=False, null=True, related_name="undoes", verbose_name="冲回凭证"
    )

    class Meta:
        verbose_name = "支取"
        db_table = "ledger_payout"

    def __str__(self) -> str:
        return str(self.voucher_id)
