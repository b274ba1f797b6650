"""Money that goes out 付款指令, and what banks say became of it 付款回报."""

from datetime import date

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from banking.models.receipts import Bank, BankAccount
from banking.states import (
    NOT_PAID,
    PAYMENT_MOVES,
    RESULT_MOVES,
    PaymentStatus,
    ResultOrigin,
    ResultOutcome,
    ResultRefusal,
    ResultStatus,
)
from hpf import privacy
from ledger.models import Money


class Payment(models.Model):
    """What a bank is told to pay 付款指令, once for each thing that owes it.

    `kind` and `source` name what owes the money, in words of the room above. `reference` is what the bank knows it by.
    `sendings` counts how often it was handed out; `answer_by` is until when the bank may answer.
    """

    MOVES = PAYMENT_MOVES

    reference = models.CharField("付款指令号", max_length=35, unique=True)
    kind = models.CharField("业务类别", max_length=60)
    source = models.CharField("业务编号", max_length=60)
    branch = models.ForeignKey("access.Branch", models.PROTECT, verbose_name="网点")
    account = models.ForeignKey(BankAccount, models.PROTECT, db_index=False, verbose_name="付款专户")
    amount = Money(verbose_name="金额")
    payee_name = models.CharField("收款户名", max_length=200)
    payee_account_sealed = models.TextField("收款账号(密文)")
    payee_account_index = models.BinaryField("收款账号(盲索引)")
    payee_bank = models.CharField("收款银行", max_length=200)
    remark = models.CharField("附言", max_length=200)
    status = models.CharField("状态", max_length=10, choices=PaymentStatus)
    case = models.OneToOneField("approvals.Case", models.PROTECT, null=True, verbose_name="复核事项")
    created_on = models.DateField("制单日期")
    created_by = models.ForeignKey("access.User", models.PROTECT, db_index=False, verbose_name="经办人")
    created_at = models.DateTimeField("制单时间", db_default=Now())
    sendings = models.SmallIntegerField("发送次数", default=0)
    sent_at = models.DateTimeField("最近发送时间", null=True)
    answer_by = models.DateTimeField("应答期限", null=True)
    bank_serial = models.CharField("银行流水号", max_length=64, default="")
    succeeded_on = models.DateField("付款记账日期", null=True)
    success_voucher = models.BigIntegerField("付款凭证", null=True)
    returned_on = models.DateField("退回记账日期", null=True)
    return_voucher = models.BigIntegerField("退回凭证", null=True)
    failure_code = models.CharField("失败代码", max_length=40, default="")
    taken_back_on = models.DateField("业务收回日期", null=True)

    payee_account = privacy.Sealed("payee_account_sealed")

    class Meta:
        verbose_name = "付款指令"
        constraints = [
            models.UniqueConstraint(fields=["kind", "source"], name="banking_payment_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="banking_payment_amount"),
            models.CheckConstraint(condition=Q(status__in=PaymentStatus.values), name="banking_payment_status_known"),
            models.CheckConstraint(
                condition=Q(status__in=["CREATED", "APPROVED", "CANCELLED"])
                | Q(sendings__gt=0, sent_at__isnull=False, answer_by__isnull=False),
                name="banking_payment_sent",
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=["SUCCEEDED", "RETURNED"], success_voucher__isnull=False, succeeded_on__isnull=False
                )
                | (~Q(status__in=["SUCCEEDED", "RETURNED"]) & Q(success_voucher=None, succeeded_on=None)),
                name="banking_payment_paid",
            ),
            models.CheckConstraint(
                condition=Q(status="RETURNED", return_voucher__isnull=False, returned_on__isnull=False)
                | (~Q(status="RETURNED") & Q(return_voucher=None, returned_on=None)),
                name="banking_payment_returned",
            ),
            models.CheckConstraint(
                condition=Q(taken_back_on=None) | Q(status__in=[status.value for status in NOT_PAID]),
                name="banking_payment_taken_back",
            ),
        ]
        indexes = [
            models.Index(fields=["account", "id"], condition=Q(status="APPROVED"), name="banking_payment_to_send"),
            models.Index(
                fields=["answer_by"], condition=Q(status__in=["SENT", "ACCEPTED"]), name="banking_payment_to_answer"
            ),
            models.Index(fields=["account", "status", "id"], name="banking_payment_of_bank"),
            models.Index(fields=["created_on", "id"], name="banking_payment_created"),
            models.Index(fields=["payee_account_index"], name="banking_payment_payee"),
            models.Index(
                fields=["kind", "id"],
                condition=Q(status__in=[status.value for status in NOT_PAID], taken_back_on=None),
                name="banking_payment_to_take_back",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def was_sent(self) -> bool:
        """Whether a bank has ever been handed it 是否发送过."""
        return self.sendings > 0

    @property
    def sent_on(self) -> date | None:
        """The calendar day on which a bank was last handed it 最近发送日期; None before that."""
        return self.sent_at and self.sent_at.astimezone(timezone.get_current_timezone()).date()


class PaymentResult(models.Model):
    """What a bank said of a payment 付款回报: a fact, kept as it was said, also where it can only be a mistake.

    `named` is the payment's reference as the bank gave it; `payment` is empty where no payment of that bank has it.
    """

    MOVES = RESULT_MOVES

    bank = models.ForeignKey(Bank, models.PROTECT, db_index=False, verbose_name="银行")
    named = models.CharField("付款指令号", max_length=64)
    payment = models.ForeignKey(Payment, models.PROTECT, null=True, related_name="results", verbose_name="付款指令")
    origin = models.CharField("来源", max_length=10, choices=ResultOrigin, default=ResultOrigin.BANK)
    outcome = models.CharField("回报", max_length=12, choices=ResultOutcome)
    sending = models.SmallIntegerField("发送次数", null=True)
    bank_serial = models.CharField("银行流水号", max_length=64, default="")
    account = models.CharField("付款账号", max_length=40, default="")
    amount = Money(verbose_name="金额", null=True)
    paid_on = models.DateField("付款日期", null=True)
    code = models.CharField("银行代码", max_length=40, default="")
    text = models.CharField("银行说明", max_length=200, default="")
    fingerprint = models.BinaryField("内容摘要")
    status = models.CharField("处理情况", max_length=10, choices=ResultStatus)
    refusal = models.CharField("拒绝原因", max_length=20, choices=ResultRefusal, default="")
    received_on = models.DateField("收到日期")
    received_at = models.DateTimeField("收到时间", db_default=Now())

    class Meta:
        verbose_name = "付款回报"
        constraints = [
            # What counted is kept once, and what did not once for each reason: the same word may count later.
            models.UniqueConstraint(
                fields=["bank", "named", "outcome", "fingerprint"],
                condition=Q(status__in=["APPLIED", "WAITING"]),
                name="banking_result_once",
            ),
            models.UniqueConstraint(
                fields=["bank", "named", "outcome", "fingerprint", "refusal"],
                condition=Q(status__in=["REFUSED", "CLEARED"]),
                name="banking_result_refused_once",
            ),
            models.UniqueConstraint(
                fields=["payment"],
                condition=Q(outcome="succeeded", status="APPLIED"),
                name="banking_result_one_success",
            ),
            models.UniqueConstraint(
                fields=["payment"], condition=Q(outcome="returned", status="APPLIED"), name="banking_result_one_return"
            ),
            models.CheckConstraint(
                condition=Q(payment__isnull=False) | Q(status__in=["REFUSED", "CLEARED"]),
                name="banking_result_of_payment",
            ),
            models.CheckConstraint(condition=~Q(status="REFUSED", refusal=""), name="banking_result_refused_why"),
        ]
        indexes = [models.Index(fields=["id"], condition=Q(status="REFUSED"), name="banking_result_to_do")]

    def __str__(self) -> str:
        return f"{self.named} {self.get_outcome_display()}"


class Ruling(models.Model):
    """What a statement says of a payment whose result is unknown 对账认定: one proposes it, another signs."""

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="rulings", verbose_name="付款指令")
    outcome = models.CharField("认定结果", max_length=12, choices=ResultOutcome)
    statement_on = models.DateField("对账单日期")
    bank_serial = models.CharField("对账单流水号", max_length=64, default="", blank=True)
    reason = models.CharField("依据", max_length=300)
    sending = models.SmallIntegerField("发送次数")
    case = models.OneToOneField("approvals.Case", models.PROTECT, verbose_name="复核事项")

    class Meta:
        verbose_name = "对账认定"
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=["succeeded", "failed", "not_received"]), name="banking_ruling_outcome"
            ),
            models.CheckConstraint(condition=~Q(outcome="succeeded", bank_serial=""), name="banking_ruling_serial"),
        ]

    def __str__(self) -> str:
        return f"{self.payment} {self.get_outcome_display()}"
