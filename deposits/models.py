"""The nouns of deposits 归集: a month's remittance, the sheet it came from, and how money found its employer.

A *remittance* 汇缴 is what one employer owes for one month, with a *line* for each member; a *back payment* 补缴 is one
for named members of a month that is paid already. A *sheet* 汇缴清册 is the file an employer hands in before it becomes
a remittance, its *parts* 清册分段 hold what the check found, its *mends* 清册更正 how rows read that were changed in
the page; an *identification* 到账认领 says which receipt, or which part of one, is whose money. A *refund* 退款 sends
money back to the account a receipt came from.
"""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from accounts.models import MONTH, Employer, MemberAccount
from deposits.states import (
    GRANTED_REFUND,
    REFUND_MOVES,
    REMITTANCE_MOVES,
    SHEET_MOVES,
    BackReason,
    IdentifiedBy,
    RefundOrigin,
    RefundStatus,
    RemittanceKind,
    RemittanceStatus,
    SheetStatus,
)
from ledger.models import Money


class _Totals(models.Model):
    """What a list adds up to 合计, in yuan."""

    headcount = models.IntegerField("人数", default=0)
    employer_part = Money(verbose_name="单位缴存额", default=0)
    member_part = Money(verbose_name="个人缴存额", default=0)
    total = Money(verbose_name="合计", default=0)

    class Meta:
        abstract = True


class RemittanceQuerySet(models.QuerySet["Remittance"]):
    """The lists that count 有效清册, and those of them that are a month's own 汇缴."""

    def standing(self) -> "RemittanceQuerySet":
        return self.exclude(status=RemittanceStatus.CANCELLED)

    def regular(self) -> "RemittanceQuerySet":
        return self.filter(kind=RemittanceKind.REGULAR)


class Remittance(_Totals):
    """What an employer owes for a month 汇缴, or still for somebody 补缴. It is allocated whole or not at all."""

    MOVES = REMITTANCE_MOVES

    kind = models.CharField(
        "类型", max_length=2, choices=RemittanceKind, default=RemittanceKind.REGULAR, db_default=RemittanceKind.REGULAR
    )
    reason = models.CharField("补缴原因", max_length=2, choices=BackReason, default="", db_default="")
    grounds = models.CharField("证明材料", max_length=200, default="", db_default="")
    employer = models.ForeignKey(Employer, models.PROTECT, related_name="remittances", verbose_name="单位")
    month = models.CharField("汇缴年月", max_length=7)
    status = models.CharField("状态", max_length=10, choices=RemittanceStatus, default=RemittanceStatus.SUBMITTED)
    reference = models.CharField("缴款识别号", max_length=13, unique=True)
    submitted_on = models.DateField("提交日期")
    allocated_on = models.DateField("入账日期", null=True)
    voucher = models.ForeignKey(
        "ledger.Voucher", models.DO_NOTHING, db_constraint=False, db_index=False, null=True, verbose_name="凭证"
    )

    objects = RemittanceQuerySet.as_manager()

    class Meta:
        verbose_name = "汇缴"
        constraints = [
            models.UniqueConstraint(
                fields=["employer", "month"],
                condition=Q(kind=RemittanceKind.REGULAR.value) & ~Q(status=RemittanceStatus.CANCELLED.value),
                name="deposits_remittance_one_a_month",
            ),
            models.CheckConstraint(
                condition=Q(kind=RemittanceKind.REGULAR.value, reason="", grounds="")
                | Q(kind=RemittanceKind.BACK.value, reason__in=BackReason.values),
                name="deposits_remittance_kind",
            ),
            models.CheckConstraint(condition=Q(status__in=RemittanceStatus.values), name="deposits_remittance_status"),
            models.CheckConstraint(condition=Q(month__regex=MONTH), name="deposits_remittance_month"),
            models.CheckConstraint(
                condition=Q(headcount__gt=0, total__gt=0, total=F("employer_part") + F("member_part")),
                name="deposits_remittance_sums",
            ),
        ]
        indexes = [
            models.Index(
                fields=["employer", "month"],
                condition=Q(status=RemittanceStatus.SUBMITTED.value),
                name="deposits_remittance_waiting",
            ),
            models.Index(fields=["-month", "-id"], name="deposits_remittance_recent"),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.month}"


class RemittanceLine(models.Model):
    """One member in a remittance 汇缴明细. Bulk detail: written once, with its remittance, and never changed."""

    pk = models.CompositePrimaryKey("remittance_id", "member_account_id")
    remittance = models.ForeignKey(
        Remittance, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="lines", verbose_name="汇缴"
    )
    member_account = models.ForeignKey(
        MemberAccount, models.DO_NOTHING, db_constraint=False, db_index=False, verbose_name="个人账户"
    )
    line = models.IntegerField("序号")
    base = Money(verbose_name="缴存基数")
    employer_ratio = models.DecimalField("单位缴存比例", max_digits=5, decimal_places=2)
    member_ratio = models.DecimalField("个人缴存比例", max_digits=5, decimal_places=2)
    employer_part = Money(verbose_name="单位缴存额")
    member_part = Money(verbose_name="个人缴存额")

    class Meta:
        verbose_name = "汇缴明细"
        constraints = [
            models.CheckConstraint(
                condition=Q(employer_part__gte=0, member_part__gte=0), name="deposits_remittanceline_parts"
            )
        ]
        indexes = [models.Index(fields=["member_account"], name="deposits_remittanceline_of")]

    def __str__(self) -> str:
        return f"{self.remittance_id}/{self.line}"

    @property
    def total(self) -> Decimal:
        return self.employer_part + self.member_part


class Sheet(_Totals):
    """An employer's file on its way to a remittance 汇缴清册. It holds personal data, so it is sealed."""

    MOVES = SHEET_MOVES

    employer = models.ForeignKey(Employer, models.PROTECT, related_name="sheets", verbose_name="单位")
    month = models.CharField("汇缴年月", max_length=7)
    status = models.CharField("状态", max_length=10, choices=SheetStatus, default=SheetStatus.WAITING)
    file_sealed = models.BinaryField("文件(密文)")
    row_count = models.IntegerField("行数", default=0)
    done_count = models.IntegerField("已校验行数", default=0)
    error_count = models.IntegerField("错误数", default=0)
    wrong_count = models.IntegerField("有错误的行数", default=0)
    missing_count = models.IntegerField("未列入人数", default=0)
    leaver_count = models.IntegerField("封存人数", default=0)
    mover_count = models.IntegerField("转入人数", default=0)
    last_row = models.IntegerField("最后一行行号", default=0, db_default=0)
    mended_count = models.IntegerField("页面更正的行数", default=0, db_default=0)
    differences = models.JSONField("与上月相比", default=list)
    error_kinds = models.JSONField("错误分类", default=list)
    failure = models.TextField("未办成的原因", default="")
    uploaded_by = models.ForeignKey("access.User", models.PROTECT, related_name="+", verbose_name="上传人")
    uploaded_at = models.DateTimeField("上传时间", db_default=Now())
    confirmed_by = models.ForeignKey("access.User", models.PROTECT, null=True, related_name="+", verbose_name="确认人")
    remittance = models.OneToOneField(Remittance, models.PROTECT, null=True, related_name="sheet", verbose_name="汇缴")

    class Meta:
        verbose_name = "汇缴清册"
        constraints = [
            models.CheckConstraint(condition=Q(status__in=SheetStatus.values), name="deposits_sheet_status"),
            models.CheckConstraint(condition=Q(month__regex=MONTH), name="deposits_sheet_month"),
            models.CheckConstraint(
                condition=~Q(status=SheetStatus.CONFIRMING.value) | Q(confirmed_by__isnull=False),
                name="deposits_sheet_confirmed_by_somebody",
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"],
                condition=Q(status__in=[SheetStatus.WAITING.value, SheetStatus.CONFIRMING.value]),
                name="deposits_sheet_waiting",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month} 清册({self.pk})"


class SheetPart(models.Model):
    """Some hundred rows of a sheet as the check found them 清册分段, sealed, so that no page reads the whole list."""

    pk = models.CompositePrimaryKey("sheet_id", "place")
    sheet = models.ForeignKey(Sheet, models.CASCADE, related_name="parts", verbose_name="汇缴清册")
    place = models.IntegerField("次序")
    row_count = models.IntegerField("行数")
    wrong_count = models.IntegerField("有错误的行数")
    differences = models.JSONField("各类变动的行数", default=dict)
    rows_sealed = models.BinaryField("校验结果(密文)")

    class Meta:
        verbose_name = "清册分段"

    def __str__(self) -> str:
        return f"{self.sheet_id}/{self.place}"


class SheetMend(models.Model):
    """How a row of a sheet reads since somebody mended it in the page 清册更正. Only added; the file stays as it came.

    The cells hold personal data, so they are sealed. A row that is left out is not remitted; one beyond the last row
    of the file names a member the file does not.
    """

    pk = models.CompositePrimaryKey("sheet_id", "row", "turn")
    sheet = models.ForeignKey(Sheet, models.PROTECT, db_index=False, related_name="mends", verbose_name="汇缴清册")
    row = models.IntegerField("行号")
    turn = models.IntegerField("第几次更正")
    left_out = models.BooleanField("不列入")
    cells_sealed = models.BinaryField("更正后的内容(密文)")
    mended_by = models.ForeignKey(
        "access.User", models.PROTECT, related_name="+", db_index=False, verbose_name="更正人"
    )
    mended_at = models.DateTimeField("更正时间", db_default=Now())

    class Meta:
        verbose_name = "清册更正"
        constraints = [models.CheckConstraint(condition=Q(turn__gt=0), name="deposits_sheetmend_turn")]

    def __str__(self) -> str:
        return f"{self.sheet_id}/{self.row}"


class Identification(models.Model):
    """Which employer a receipt belongs to 到账认领, and how that was known."""

    receipt = models.ForeignKey("banking.Receipt", models.PROTECT, verbose_name="到账")
    employer = models.ForeignKey(Employer, models.PROTECT, related_name="identifications", verbose_name="单位")
    amount = Money(verbose_name="金额")
    how = models.CharField("认领方式", max_length=16, choices=IdentifiedBy)
    on = models.DateField("认领日期")
    voucher = models.ForeignKey(
        "ledger.Voucher", models.DO_NOTHING, db_constraint=False, db_index=False, verbose_name="凭证"
    )

    class Meta:
        verbose_name = "到账认领"
        constraints = [
            models.UniqueConstraint(fields=["receipt", "employer"], name="deposits_identification_once"),
            models.CheckConstraint(condition=Q(how__in=IdentifiedBy.values), name="deposits_identification_how"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="deposits_identification_amount"),
        ]

    def __str__(self) -> str:
        return f"{self.receipt_id}/{self.employer_id}"


LEFT = [status.value for status in (*GRANTED_REFUND, RefundStatus.RETURNED)]


class Refund(models.Model):
    """Money of a receipt that is paid back to the account it came from 退款, whole or in part.

    Without an employer it is of what nobody has claimed; with one, of what that employer was given of the receipt and
    still has unallocated. Who is paid is read from the receipt. `ownerless`: its payment failed after the employer had
    ended, so that the money came back as unclaimed. `cleared_on`: somebody has seen to what came back.
    """

    MOVES = REFUND_MOVES

    number = models.CharField("退款编号", max_length=12, unique=True)
    receipt = models.ForeignKey("banking.Receipt", models.PROTECT, related_name="refunds", verbose_name="到账")
    employer = models.ForeignKey(Employer, models.PROTECT, null=True, related_name="refunds", verbose_name="单位")
    branch = models.ForeignKey("access.Branch", models.PROTECT, verbose_name="网点")
    amount = Money(verbose_name="金额")
    reason = models.CharField("退款原因", max_length=200)
    status = models.CharField("状态", max_length=10, choices=RefundStatus, default=RefundStatus.SUBMITTED)
    case = models.OneToOneField("approvals.Case", models.PROTECT, related_name="+", verbose_name="复核事项")
    proposed_on = models.DateField("申请日期")
    proposed_by = models.ForeignKey(
        "access.User", models.PROTECT, related_name="+", db_index=False, verbose_name="经办人"
    )
    proposed_at = models.DateTimeField("申请时间", db_default=Now())
    decided_on = models.DateField("决定日期", null=True)
    voucher = models.BigIntegerField("退款凭证", null=True, unique=True)
    payment = models.OneToOneField(
        "banking.Payment", models.PROTECT, null=True, related_name="+", verbose_name="付款指令"
    )
    came_back_on = models.DateField("转回日期", null=True)
    return_voucher = models.BigIntegerField("转回凭证", null=True, unique=True)
    ownerless = models.BooleanField("转回时单位已销户", default=False, db_default=False)
    cleared_on = models.DateField("核实日期", null=True)

    class Meta:
        verbose_name = "退款"
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="deposits_refund_amount"),
            models.CheckConstraint(condition=Q(number__regex="^TK[0-9]{10}$"), name="deposits_refund_number"),
            models.CheckConstraint(condition=Q(status__in=RefundStatus.values), name="deposits_refund_status"),
            models.CheckConstraint(
                condition=Q(status__in=LEFT, voucher__isnull=False, payment__isnull=False)
                | ~Q(status__in=LEFT) & Q(voucher=None, payment=None),
                name="deposits_refund_left",
            ),
            models.CheckConstraint(
                condition=Q(status="RETURNED", return_voucher__isnull=False, came_back_on__isnull=False)
                | ~Q(status="RETURNED") & Q(return_voucher=None, came_back_on=None, ownerless=False, cleared_on=None),
                name="deposits_refund_came_back",
            ),
            models.CheckConstraint(
                condition=Q(ownerless=False) | Q(employer__isnull=False), name="deposits_refund_ownerless"
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"], condition=Q(status="RETURNED", cleared_on=None), name="deposits_refund_to_clear"
            ),
            models.Index(fields=["proposed_on", "id"], name="deposits_refund_proposed"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def origin(self) -> RefundOrigin:
        """Where the money lies, or lay 款项来源."""
        return RefundOrigin.EMPLOYER if self.employer_id else RefundOrigin.SUSPENSE
