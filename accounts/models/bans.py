"""Bans 违规限制: who took savings or a loan by fraud may do neither for some years (Regulation 条例 art. 41)."""

from django.db import models
from django.db.models import F, Q

from accounts.models.members import Member
from accounts.states import BAN_MOVES, BanGround, BanStatus
from approvals.models import Case


class Ban(models.Model):
    """A decision that a person may not withdraw and not borrow 违规限制, each up to a last day of its own.

    The years are reckoned from the parameters of the day of the decision and stay as they were then.
    """

    MOVES = BAN_MOVES

    member = models.ForeignKey(Member, models.PROTECT, related_name="bans", verbose_name="职工")
    ground = models.CharField("违规类型", max_length=20, choices=BanGround)
    document = models.CharField("处理决定书编号", max_length=100)
    decided_on = models.DateField("决定日期")
    begins_on = models.DateField("限制起始日期")
    no_withdrawal_until = models.DateField("限制提取至")
    no_loan_until = models.DateField("限制贷款至")
    amount = models.DecimalField("违规金额", max_digits=18, decimal_places=2)
    returned = models.DecimalField("已退回金额", max_digits=18, decimal_places=2)
    reason = models.CharField("违规事实", max_length=200)
    status = models.CharField("状态", max_length=10, choices=BanStatus, default=BanStatus.PENDING)
    case = models.OneToOneField(Case, models.PROTECT, related_name="+", verbose_name="复核事项")
    lifted_on = models.DateField("解除日期", null=True)

    class Meta:
        verbose_name = "违规限制"
        constraints = [
            models.CheckConstraint(condition=Q(ground__in=BanGround.values), name="accounts_ban_ground"),
            models.CheckConstraint(condition=Q(status__in=BanStatus.values), name="accounts_ban_status"),
            models.CheckConstraint(condition=~Q(document="") & ~Q(reason=""), name="accounts_ban_is_complete"),
            models.CheckConstraint(
                condition=Q(amount__gt=0) & Q(returned__gte=0) & Q(returned__lte=F("amount")),
                name="accounts_ban_amounts",
            ),
            models.CheckConstraint(
                condition=Q(begins_on__gte=F("decided_on"))
                & Q(no_withdrawal_until__gt=F("begins_on"))
                & Q(no_loan_until__gt=F("begins_on")),
                name="accounts_ban_term",
            ),
            models.CheckConstraint(
                condition=Q(status=BanStatus.LIFTED.value, lifted_on__isnull=False)
                | ~Q(status=BanStatus.LIFTED.value) & Q(lifted_on=None),
                name="accounts_ban_lifted",
            ),
            models.UniqueConstraint(
                fields=["member", "document"],
                condition=Q(status__in=[BanStatus.PENDING.value, BanStatus.ACTIVE.value]),
                name="accounts_ban_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_ground_display()} {self.document}"


class BanLift(models.Model):
    """A ban that somebody asks to lift before its end 提前解除申请, under a paper. Added, never changed.

    It takes a second person; its case says what became of it.
    """

    ban = models.ForeignKey(Ban, models.PROTECT, related_name="lifts", verbose_name="违规限制")
    document = models.CharField("撤销文书编号", max_length=100)
    reason = models.CharField("解除原因", max_length=200)
    case = models.OneToOneField(Case, models.PROTECT, related_name="+", verbose_name="复核事项")

    class Meta:
        verbose_name = "违规限制解除申请"
        constraints = [
            models.CheckConstraint(condition=~Q(document="") & ~Q(reason=""), name="accounts_banlift_is_complete")
        ]

    def __str__(self) -> str:
        return f"解除 {self.document}"
