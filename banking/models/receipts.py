"""Banks, our accounts with them, and money that came in 受托银行、专户、到账."""

from decimal import Decimal

from django.db import models
from django.db.models.functions import Now

from banking.states import AccountPurpose, ClaimState, RefusalCode
from hpf import privacy
from ledger.models import Money

NOTICE_LABELS = {
    "wrong": "错误",
    "amount": "金额",
    "currency": "币种",
    "paid_on": "到账日期",
    "account": "收款专户",
    "payer_name": "付款户名",
    "payer_account": "付款账号",
    "payer_bank": "付款银行",
    "remark": "附言",
}


class Bank(models.Model):
    """An entrusted bank 受托银行. It can report once it is connected: then it has a client."""

    code = models.CharField("银行代码", max_length=12, unique=True)
    name = models.CharField("银行名称", max_length=60)
    client = models.OneToOneField("access.ApiClient", models.PROTECT, null=True, verbose_name="接口客户")

    class Meta:
        verbose_name = "受托银行"
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class BankAccount(models.Model):
    """The centre's account at an entrusted bank 专户."""

    bank = models.ForeignKey(Bank, models.PROTECT, db_index=False, related_name="accounts", verbose_name="银行")
    number = models.CharField("账号", max_length=40)
    name = models.CharField("户名", max_length=120)
    purpose = models.CharField("用途", max_length=12, choices=AccountPurpose)
    ledger_account = models.OneToOneField("ledger.LedgerAccount", models.PROTECT, verbose_name="分户账")

    class Meta:
        verbose_name = "专户"
        ordering = ["bank", "number"]
        constraints = [models.UniqueConstraint(fields=["bank", "number"], name="banking_account_once")]

    def __str__(self) -> str:
        return f"{self.name} {self.number}"


class Receipt(models.Model):
    """Money that came in 到账, once for each serial number of the bank.

    `unclaimed` is what no business has claimed yet 待认领金额; `fingerprint` tells a repeated notice from another one
    under the same serial number.
    """

    bank = models.ForeignKey(Bank, models.PROTECT, db_index=False, verbose_name="银行")
    account = models.ForeignKey(BankAccount, models.PROTECT, verbose_name="收款专户")
    serial = models.CharField("银行流水号", max_length=64)
    amount = Money(verbose_name="金额")
    paid_on = models.DateField("到账日期")
    payer_name = models.CharField("付款户名", max_length=200)
    payer_account_sealed = models.TextField("付款账号(密文)")
    payer_account_index = models.BinaryField("付款账号(盲索引)")
    payer_bank = models.CharField("付款银行", max_length=200)
    remark = models.CharField("附言", max_length=500)
    fingerprint = models.BinaryField("内容摘要")
    booked_on = models.DateField("入账日期")
    voucher = models.ForeignKey(
        "ledger.Voucher", models.DO_NOTHING, db_constraint=False, db_index=False, null=True, verbose_name="凭证"
    )
    received_at = models.DateTimeField("收到时间", db_default=Now())
    unclaimed = Money(verbose_name="待认领金额")

    payer_account = privacy.Sealed("payer_account_sealed")

    class Meta:
        verbose_name = "到账"
        constraints = [
            models.UniqueConstraint(fields=["bank", "serial"], name="banking_receipt_once"),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="banking_receipt_amount"),
            models.CheckConstraint(
                condition=models.Q(unclaimed__gte=0, unclaimed__lte=models.F("amount")),
                name="banking_receipt_unclaimed",
            ),
        ]
        indexes = [
            models.Index(fields=["id"], condition=models.Q(unclaimed__gt=0), name="banking_receipt_open"),
            models.Index(fields=["paid_on", "id"], name="banking_receipt_paid"),
        ]

    def __str__(self) -> str:
        return f"{self.bank_id}/{self.serial}"

    @property
    def claimed(self) -> Decimal:
        """What has been claimed, in yuan 已认领金额."""
        return self.amount - self.unclaimed

    @property
    def claim_state(self) -> ClaimState:
        """How much has been claimed, in a word 认领情况."""
        if self.unclaimed == 0:
            return ClaimState.CLAIMED
        return ClaimState.PARTLY if self.unclaimed < self.amount else ClaimState.UNCLAIMED


class RefusedNotice(models.Model):
    """A notice that was refused 被拒的到账通知, kept once for a clerk who asks the bank. `summary` is masked."""

    bank = models.ForeignKey(Bank, models.PROTECT, db_index=False, verbose_name="银行")
    serial = models.CharField("银行流水号", max_length=64)
    code = models.CharField("拒绝原因", max_length=20, choices=RefusalCode)
    fingerprint = models.BinaryField("内容摘要")
    summary = models.JSONField("通知内容(脱敏)")
    first_receipt = models.ForeignKey(Receipt, models.PROTECT, null=True, verbose_name="已入账的到账")
    seen_at = models.DateTimeField("首次收到时间", db_default=Now())

    class Meta:
        verbose_name = "被拒的到账通知"
        constraints = [
            models.UniqueConstraint(fields=["bank", "serial", "code", "fingerprint"], name="banking_refused_once")
        ]

    def __str__(self) -> str:
        return f"{self.bank_id}/{self.serial}"

    @property
    def lines(self) -> list[tuple[str, str]]:
        """What the notice said 通知内容, in the order of the interface; what it does not know comes last."""
        told = [(label, self.summary[name]) for name, label in NOTICE_LABELS.items() if name in self.summary]
        return told + [(name, value) for name, value in self.summary.items() if name not in NOTICE_LABELS]
