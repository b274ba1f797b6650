"""Freezes 冻结: money of a member account that an authority has ordered to stay, and what is asked about it later."""

from django.db import models
from django.db.models import F, Q

from accounts.models.members import MemberAccount
from accounts.states import FREEZE_MOVES, FreezeAct, FreezeGround, FreezeStatus
from approvals.models import Case

AMOUNT = {"max_digits": 18, "decimal_places": 2}


class Freeze(models.Model):
    """An order that money of a member account stays 冻结. It holds from its grant to its last day, or until lifted.

    `amount` empty: everything, also what arrives later. What it covers stands in the ledger, under its own number.
    """

    MOVES = FREEZE_MOVES

    member_account = models.ForeignKey(MemberAccount, models.PROTECT, related_name="freezes", verbose_name="个人账户")
    ground = models.CharField("冻结事由", max_length=10, choices=FreezeGround)
    authority = models.CharField("执行机关", max_length=120)
    document = models.CharField("法律文书编号", max_length=100)
    amount = models.DecimalField("冻结金额", null=True, **AMOUNT)
    begins_on = models.DateField("冻结起始日期")
    until = models.DateField("冻结截止日期", null=True)
    reason = models.CharField("说明", max_length=200)
    status = models.CharField("状态", max_length=10, choices=FreezeStatus, default=FreezeStatus.PENDING)
    case = models.OneToOneField(Case, models.PROTECT, related_name="+", verbose_name="复核事项")
    ended_on = models.DateField("解冻日期", null=True)

    class Meta:
        verbose_name = "冻结"
        constraints = [
            models.CheckConstraint(condition=Q(ground__in=FreezeGround.values), name="accounts_freeze_ground"),
            models.CheckConstraint(condition=Q(status__in=FreezeStatus.values), name="accounts_freeze_status"),
            models.CheckConstraint(
                condition=~Q(authority="") & ~Q(document="") & ~Q(reason=""), name="accounts_freeze_is_complete"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="accounts_freeze_amount"),
            models.CheckConstraint(condition=Q(until__gte=F("begins_on")), name="accounts_freeze_term"),
            # A court's order always says until when.
            models.CheckConstraint(
                condition=~Q(ground=FreezeGround.COURT.value) | Q(until__isnull=False),
                name="accounts_freeze_court_term",
            ),
            models.CheckConstraint(
                condition=Q(status=FreezeStatus.ENDED.value, ended_on__isnull=False)
                | ~Q(status=FreezeStatus.ENDED.value) & Q(ended_on=None),
                name="accounts_freeze_ended",
            ),
        ]
        indexes = [
            models.Index(
                fields=["until"], condition=Q(status=FreezeStatus.ACTIVE.value), name="accounts_freeze_to_lapse"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_ground_display()} {self.document}"


class FreezeChange(models.Model):
    """A freeze that somebody asks to renew or to lift 续冻、解冻申请, under a paper. Added, never changed.

    It takes a second person; its case says what became of it. `until` is the new last day of a renewed one.
    """

    freeze = models.ForeignKey(Freeze, models.PROTECT, related_name="changes", verbose_name="冻结")
    act = models.CharField("办理事项", max_length=5, choices=FreezeAct)
    authority = models.CharField("执行机关", max_length=120)
    document = models.CharField("法律文书编号", max_length=100)
    until = models.DateField("续冻截止日期", null=True)
    reason = models.CharField("说明", max_length=200)
    case = models.OneToOneField(Case, models.PROTECT, related_name="+", verbose_name="复核事项")

    class Meta:
        verbose_name = "续冻解冻申请"
        constraints = [
            models.CheckConstraint(
                condition=Q(act=FreezeAct.RENEW.value, until__isnull=False) | Q(act=FreezeAct.LIFT.value, until=None),
                name="accounts_freezechange_act",
            ),
            models.CheckConstraint(
                condition=~Q(authority="") & ~Q(document="") & ~Q(reason=""), name="accounts_freezechange_is_complete"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_act_display()} {self.document}"
