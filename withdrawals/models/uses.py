"""What a household has used of a limit 额度占用, and what shared data were asked 数据共享查询."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from hpf import privacy
from ledger.models import Money
from withdrawals.models.applications import Withdrawal
from withdrawals.states import Consent, InquiryKind, InquiryOutcome, UseKind


class Use(models.Model):
    """Something a withdrawal uses up 额度占用: a month of rent, a house, a month of a loan, for one person.

    `key_index` is the house or the loan, and for rent the person again; `slot` the month. `amount` is what of the limit
    is used, `declared` the limit itself as the applicant stated it, in yuan. It is free again from `released_on`.
    """

    withdrawal = models.ForeignKey(Withdrawal, models.PROTECT, related_name="uses", verbose_name="提取")
    kind = models.CharField("额度类别", max_length=12, choices=UseKind)
    key_index = models.BinaryField("房屋或贷款索引")
    person_index = models.BinaryField("证件号码索引")
    slot = models.CharField("月份", max_length=7, default="", blank=True)
    amount = Money(verbose_name="占用金额")
    declared = Money(verbose_name="申报金额", null=True)
    released_on = models.DateField("释放日期", null=True)

    class Meta:
        verbose_name = "额度占用"
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "key_index", "person_index", "slot"],
                condition=Q(released_on=None),
                name="withdrawals_use_once",
            ),
            models.CheckConstraint(condition=Q(kind__in=UseKind.values), name="withdrawals_use_kind"),
            models.CheckConstraint(
                condition=Q(kind="HOUSE", slot="") | ~Q(kind="HOUSE") & Q(slot__regex="^[0-9]{4}-(0[1-9]|1[0-2])$"),
                name="withdrawals_use_slot",
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=0)
                & (Q(kind="RENT_MONTH", declared=None) | Q(declared__gte=models.F("amount"))),
                name="withdrawals_use_amount",
            ),
        ]
        indexes = [
            models.Index(fields=["kind", "person_index"], condition=Q(released_on=None), name="withdrawals_use_person")
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.slot}".strip()


class Inquiry(models.Model):
    """A question to shared data about a person 数据共享查询: why, by whose consent, and the answer. Kept as asked."""

    kind = models.CharField("查询事项", max_length=10, choices=InquiryKind)
    person_index = models.BinaryField("证件号码索引")
    purpose = models.CharField("查询目的", max_length=200)
    consent = models.CharField("授权方式", max_length=6, choices=Consent)
    consented_on = models.DateField("授权日期")
    asked_on = models.DateField("查询日期")
    asked_at = models.DateTimeField("查询时间", db_default=Now())
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name="查询人"
    )
    source = models.CharField("数据来源", max_length=60)
    outcome = models.CharField("查询结果", max_length=5, choices=InquiryOutcome)
    answer_sealed = models.TextField("返回内容(密文)", default="", blank=True)

    answer = privacy.Sealed("answer_sealed")

    class Meta:
        verbose_name = "数据共享查询"
        constraints = [
            models.CheckConstraint(condition=~Q(purpose=""), name="withdrawals_inquiry_purpose"),
            models.CheckConstraint(
                condition=Q(consented_on__lte=models.F("asked_on")), name="withdrawals_inquiry_consent"
            ),
            models.CheckConstraint(
                condition=Q(outcome="FOUND") & ~Q(answer_sealed="") | Q(outcome__in=["NONE", "DOWN"], answer_sealed=""),
                name="withdrawals_inquiry_answer",
            ),
        ]
        indexes = [models.Index(fields=["person_index", "kind", "-id"], name="withdrawals_inquiry_of")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.get_outcome_display()}"
