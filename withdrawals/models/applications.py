"""A withdrawal 提取 from its application to its payment, and its undoing 撤销提取."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from accounts.models import Member, MemberAccount
from approvals.models import Case
from banking.models import Payment
from hpf import privacy
from ledger.models import LedgerAccount, Money
from withdrawals.states import CAME_BACK, LEFT, WITHDRAWAL_MOVES, Category, Channel, DecidedBy, Reason, WithdrawalStatus

GONE = [status.value for status in (*LEFT, *CAME_BACK)]
BACK = [status.value for status in CAME_BACK]


class Withdrawal(models.Model):
    """A member's application to withdraw, its decision, and what became of the money 提取.

    `once` is drawn with the form: handed in again, it answers the same application. `subject_index` finds the house or
    the loan it is for, and is empty where there is none. `particulars` is what was declared, sealed; `quote` is what
    was found when it was handed in, and again when it was approved. A closing pays `interest` beside `granted`, and
    `closed_from` is the account's status before. `returned_to` is where the money came back to, if not where it left.
    """

    MOVES = WITHDRAWAL_MOVES

    number = models.CharField("提取编号", max_length=12, unique=True)
    once = models.UUIDField("提交标识", unique=True)
    member_account = models.ForeignKey(
        MemberAccount, models.PROTECT, related_name="withdrawals", verbose_name="个人账户"
    )
    member = models.ForeignKey(Member, models.PROTECT, related_name="withdrawals", verbose_name="职工")
    ledger_account = models.ForeignKey(LedgerAccount, models.PROTECT, related_name="+", verbose_name="分户账")
    branch = models.ForeignKey("access.Branch", models.PROTECT, verbose_name="网点")
    category = models.CharField("提取类别", max_length=16, choices=Category)
    reason = models.CharField("提取原因", max_length=2, choices=Reason)
    channel = models.CharField("办理渠道", max_length=8, choices=Channel)
    status = models.CharField("状态", max_length=10, choices=WithdrawalStatus, default=WithdrawalStatus.SUBMITTED)
    subject_index = models.BinaryField("房屋或贷款索引", default=b"")
    particulars_sealed = models.TextField("申报内容(密文)")
    quote = models.JSONField("核定内容")
    asked = Money(verbose_name="申请金额")
    granted = Money(verbose_name="批准金额", null=True)
    interest = Money(verbose_name="销户利息", default=Decimal(0))
    payee_name = models.CharField("收款户名", max_length=200)
    payee_card_sealed = models.TextField("收款卡号(密文)")
    payee_card_index = models.BinaryField("收款卡号索引")
    payee_bank = models.CharField("收款银行", max_length=200)
    decided_by = models.CharField("决定方式", max_length=8, choices=DecidedBy)
    case = models.OneToOneField(Case, models.PROTECT, null=True, related_name="+", verbose_name="复核事项")
    applied_on = models.DateField("申请日期")
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name="经办人"
    )
    applied_at = models.DateTimeField("申请时间", db_default=Now())
    due_on = models.DateField("办理期限")
    decided_on = models.DateField("决定日期", null=True)
    refusal = models.TextField("不予提取的理由", default="", blank=True)
    closed_from = models.CharField("销户前状态", max_length=2, default="", blank=True)
    voucher = models.BigIntegerField("提取凭证", null=True, unique=True)
    payment = models.OneToOneField(Payment, models.PROTECT, null=True, related_name="+", verbose_name="付款指令")
    came_back_on = models.DateField("退回日期", null=True)
    undo_voucher = models.BigIntegerField("冲回凭证", null=True, unique=True)
    returned_to = models.ForeignKey(
        LedgerAccount, models.PROTECT, null=True, related_name="+", db_index=False, verbose_name="退回的分户账"
    )

    particulars = privacy.Sealed("particulars_sealed")
    payee_card = privacy.Sealed("payee_card_sealed")

    class Meta:
        verbose_name = "提取"
        constraints = [
            models.UniqueConstraint(
                fields=["member_account", "category", "subject_index"],
                condition=Q(status="SUBMITTED"),
                name="withdrawals_withdrawal_one_open",
            ),
            models.CheckConstraint(condition=Q(number__regex="^TQ[0-9]{10}$"), name="withdrawals_withdrawal_number"),
            models.CheckConstraint(
                condition=Q(status__in=WithdrawalStatus.values), name="withdrawals_withdrawal_status"
            ),
            models.CheckConstraint(
                condition=Q(category="RENT", reason="07")
                | Q(category="PURCHASE", reason="01")
                | Q(category="RETIREMENT", reason="03")
                | Q(category="LOAN_REPAYMENT", reason="06"),
                name="withdrawals_withdrawal_reason",
            ),
            models.CheckConstraint(
                condition=Q(category="RETIREMENT", asked__gte=0, interest__gte=0) | Q(asked__gt=0, interest=0),
                name="withdrawals_withdrawal_asked",
            ),
            # A closing pays what is there on the day; everything else at most what was asked for and held.
            models.CheckConstraint(
                condition=Q(granted=None)
                | Q(category="RETIREMENT", granted__gte=F("asked"))
                | Q(granted=F("asked")) & ~Q(category="RETIREMENT"),
                name="withdrawals_withdrawal_granted",
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=GONE,
                    granted__isnull=False,
                    voucher__isnull=False,
                    payment__isnull=False,
                    decided_on__isnull=False,
                )
                | ~Q(status__in=GONE) & Q(granted=None, voucher=None, payment=None),
                name="withdrawals_withdrawal_paid_out",
            ),
            models.CheckConstraint(
                condition=Q(status__in=BACK, undo_voucher__isnull=False, came_back_on__isnull=False)
                | ~Q(status__in=BACK) & Q(undo_voucher=None, came_back_on=None),
                name="withdrawals_withdrawal_came_back",
            ),
            models.CheckConstraint(
                condition=Q(returned_to=None) | Q(status__in=BACK) & ~Q(returned_to=F("ledger_account")),
                name="withdrawals_withdrawal_returned_to",
            ),
            models.CheckConstraint(
                condition=~Q(status="SUBMITTED") | Q(decided_on=None), name="withdrawals_withdrawal_waits"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["REFUSED", "SENT_BACK"]) | ~Q(refusal="") & Q(decided_on__isnull=False),
                name="withdrawals_withdrawal_refused_why",
            ),
            models.CheckConstraint(
                condition=Q(decided_by="INSTANT", case=None) | Q(decided_by="PEOPLE", case__isnull=False),
                name="withdrawals_withdrawal_decided_by",
            ),
            models.CheckConstraint(
                condition=Q(category="RETIREMENT") | Q(closed_from=""), name="withdrawals_withdrawal_closes"
            ),
        ]
        indexes = [
            models.Index(fields=["member_account", "category", "-id"], name="withdrawals_of_account"),
            models.Index(fields=["branch", "status", "id"], name="withdrawals_of_branch"),
            models.Index(fields=["id"], condition=Q(status="APPROVED"), name="withdrawals_to_settle"),
            models.Index(fields=["subject_index"], name="withdrawals_subject"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def paid(self) -> Decimal:
        """What the member receives, in yuan 实付金额; nothing before it is approved."""
        return (self.granted or Decimal(0)) + self.interest


class Undoing(models.Model):
    """An approved withdrawal that somebody asks to undo before it is paid 撤销提取申请; a second person signs it."""

    withdrawal = models.ForeignKey(Withdrawal, models.PROTECT, related_name="undoings", verbose_name="提取")
    reason = models.CharField("撤销理由", max_length=300)
    case = models.OneToOneField(Case, models.PROTECT, related_name="+", verbose_name="复核事项")

    class Meta:
        verbose_name = "撤销提取申请"
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="withdrawals_undoing_why")]

    def __str__(self) -> str:
        return f"撤销 {self.withdrawal}"
