"""What a bank is told 事件, where to push it 推送地址, and how far that is 事件推送."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from banking.models.receipts import Bank
from banking.states import DELIVERY_MOVES, DeliveryStatus, EventType
from hpf import privacy


class Event(models.Model):
    """That something has happened a bank should know 事件, written in the transaction of the act.

    `sequence` counts the events of one subject. `position` is its place in its bank's list, given when it is first
    read: by then it is committed, and nothing can come before it. `payload` holds no personal data.
    """

    bank = models.ForeignKey(Bank, models.PROTECT, db_index=False, verbose_name="银行")
    type = models.CharField("类型", max_length=40, choices=EventType)
    subject = models.CharField("对象", max_length=35)
    sequence = models.IntegerField("序号")
    payload = models.JSONField("内容")
    position = models.BigIntegerField("位次", null=True)
    at = models.DateTimeField("时间", db_default=Now())

    class Meta:
        verbose_name = "事件"
        constraints = [models.UniqueConstraint(fields=["subject", "sequence"], name="banking_event_once")]
        indexes = [models.Index(fields=["bank", "position"], name="banking_event_of_bank")]

    def __str__(self) -> str:
        return f"{self.type} {self.subject}"


class Webhook(models.Model):
    """Where a bank wants its events pushed 推送地址.

    After a change of the secret the old one signs too, until `old_until`.
    """

    bank = models.OneToOneField(Bank, models.PROTECT, verbose_name="银行")
    url = models.CharField("推送地址", max_length=300)
    secret_sealed = models.TextField("签名密钥(密文)")
    old_secret_sealed = models.TextField("原签名密钥(密文)", default="")
    old_until = models.DateTimeField("原密钥有效期至", null=True)
    since = models.DateTimeField("启用时间", db_default=Now())

    secret = privacy.Sealed("secret_sealed")
    old_secret = privacy.Sealed("old_secret_sealed")

    class Meta:
        verbose_name = "推送地址"

    def __str__(self) -> str:
        return self.url


class Delivery(models.Model):
    """The pushing of one event 事件推送: tried until it arrives, at most eight times, then left to a person."""

    MOVES = DELIVERY_MOVES

    event = models.OneToOneField(Event, models.PROTECT, primary_key=True, verbose_name="事件")
    status = models.CharField("状态", max_length=10, choices=DeliveryStatus, default=DeliveryStatus.PENDING)
    attempts = models.SmallIntegerField("已推送次数", default=0)
    next_at = models.DateTimeField("下次推送", null=True, db_default=Now())
    last_error = models.CharField("最近一次失败原因", max_length=200, default="")
    ended_at = models.DateTimeField("完成时间", null=True)

    class Meta:
        verbose_name = "事件推送"
        constraints = [
            models.CheckConstraint(
                condition=Q(status="PENDING", next_at__isnull=False)
                | Q(status__in=["DELIVERED", "DEAD"], next_at=None),
                name="banking_delivery_has_a_next_try",
            )
        ]
        indexes = [
            models.Index(fields=["next_at"], condition=Q(status="PENDING"), name="banking_delivery_due"),
            models.Index(fields=["status", "event"], name="banking_delivery_status"),
        ]

    def __str__(self) -> str:
        return str(self.event)
