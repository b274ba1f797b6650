"""Members 缴存职工, the fund account each holds at an employer, and the way it went from one to another."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models.employers import Employer
from accounts.models.shapes import MEMBER_NUMBER, MONTH, is_percentage, ratio
from accounts.states import (
    MEMBER_ACCOUNT_ENDS,
    MEMBER_ACCOUNT_MOVES,
    CertificateType,
    MemberAccountStatus,
    SealReason,
    Sex,
)
from hpf import privacy
from ledger.models import LedgerAccount


class Member(models.Model):
    """A person who saves with the centre 缴存职工: one row for one certificate."""

    name = models.CharField("姓名", max_length=120)
    initials = models.CharField("姓名拼音首字母", max_length=120, default="", db_default="")
    certificate_type = models.CharField("证件类型", max_length=2, choices=CertificateType)
    id_number_sealed = models.TextField("证件号码(密文)")
    id_index = models.BinaryField("证件号码索引")
    birth_date = models.DateField("出生日期", null=True)
    sex = models.CharField("性别", max_length=1, choices=Sex, null=True)
    mobile_sealed = models.TextField("手机号(密文)", default="")
    mobile_index = models.BinaryField("手机号索引", null=True)
    card_sealed = models.TextField("银行卡号(密文)", default="")
    card_index = models.BinaryField("银行卡号索引", null=True)
    card_bank = models.CharField("银行卡开户银行", max_length=120, default="")
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="member", verbose_name="用户"
    )

    id_number = privacy.Sealed("id_number_sealed")
    mobile = privacy.Sealed("mobile_sealed")
    card = privacy.Sealed("card_sealed")

    class Meta:
        verbose_name = "缴存职工"
        constraints = [
            models.UniqueConstraint(fields=["id_index", "certificate_type"], name="accounts_member_once"),
            models.CheckConstraint(
                condition=Q(certificate_type__in=CertificateType.values), name="accounts_member_certificate"
            ),
            models.CheckConstraint(condition=Q(sex__in=Sex.values), name="accounts_member_sex"),
        ]
        indexes = [
            models.Index(fields=["name"], opclasses=["varchar_pattern_ops"], name="accounts_member_name"),
            models.Index(fields=["initials"], opclasses=["varchar_pattern_ops"], name="accounts_member_initials"),
            models.Index(fields=["mobile_index"], name="accounts_member_mobile"),
        ]

    def __str__(self) -> str:
        return f"{self.name}({self.pk})"


class MemberAccount(models.Model):
    """A member's fund account at one employer 个人账户. A person has at most one that has not ended."""

    MOVES = MEMBER_ACCOUNT_MOVES

    number = models.CharField("个人账号", max_length=20, unique=True)
    member = models.ForeignKey(Member, models.PROTECT, related_name="member_accounts", verbose_name="职工")
    employer = models.ForeignKey(Employer, models.PROTECT, related_name="member_accounts", verbose_name="单位")
    ledger_account = models.OneToOneField(LedgerAccount, models.PROTECT, related_name="+", verbose_name="分户账")
    status = models.CharField("状态", max_length=2, choices=MemberAccountStatus, default=MemberAccountStatus.NORMAL)
    base = models.DecimalField("缴存基数", max_digits=18, decimal_places=2)
    employer_ratio = ratio("单位缴存比例")
    member_ratio = ratio("个人缴存比例")
    opened_on = models.DateField("开户日期")
    first_month = models.CharField("首次缴存年月", max_length=7)
    sealed_on = models.DateField("封存日期", null=True)
    seal_reason = models.CharField("封存原因", max_length=2, choices=SealReason, default="", db_default="")

    class Meta:
        verbose_name = "个人账户"
        constraints = [
            models.UniqueConstraint(
                fields=["member"],
                condition=~Q(status__in=[end.value for end in MEMBER_ACCOUNT_ENDS]),
                name="accounts_memberaccount_one_open",
            ),
            models.CheckConstraint(condition=Q(number__regex=MEMBER_NUMBER), name="accounts_memberaccount_number_form"),
            models.CheckConstraint(
                condition=Q(status__in=MemberAccountStatus.values), name="accounts_memberaccount_status"
            ),
            models.CheckConstraint(condition=Q(base__gt=0), name="accounts_memberaccount_base"),
            models.CheckConstraint(
                condition=is_percentage("employer_ratio", "member_ratio"), name="accounts_memberaccount_ratios"
            ),
            models.CheckConstraint(condition=Q(first_month__regex=MONTH), name="accounts_memberaccount_month"),
            models.CheckConstraint(condition=Q(sealed_on__gte=F("opened_on")), name="accounts_memberaccount_sealed"),
            models.CheckConstraint(
                condition=Q(seal_reason="") | Q(seal_reason__in=SealReason.values, sealed_on__isnull=False),
                name="accounts_memberaccount_seal_reason",
            ),
        ]
        indexes = [models.Index(fields=["employer", "number"], name="accounts_memberaccount_list")]

    def __str__(self) -> str:
        return self.number


class Transfer(models.Model):
    """A member account that went from one employer to another inside the centre 同城转移. Added, never changed.

    Where the two belong to different offices the money goes to a new ledger account, with both its parts and their
    interest numbers; inside one office nothing is posted, and the three last columns stay empty.
    """

    member_account = models.ForeignKey(MemberAccount, models.PROTECT, related_name="transfers", verbose_name="个人账户")
    from_employer = models.ForeignKey(Employer, models.PROTECT, related_name="+", verbose_name="转出单位")
    to_employer = models.ForeignKey(Employer, models.PROTECT, related_name="+", verbose_name="转入单位")
    on = models.DateField("转移日期")
    from_ledger_account = models.OneToOneField(
        LedgerAccount, models.PROTECT, null=True, related_name="+", verbose_name="原分户账"
    )
    to_ledger_account = models.OneToOneField(
        LedgerAccount, models.PROTECT, null=True, related_name="+", verbose_name="新分户账"
    )
    voucher = models.ForeignKey(
        "ledger.Voucher", models.DO_NOTHING, db_constraint=False, db_index=False, null=True, verbose_name="凭证"
    )

    class Meta:
        verbose_name = "同城转移"
        constraints = [
            models.CheckConstraint(condition=~Q(from_employer=F("to_employer")), name="accounts_transfer_moves"),
            models.CheckConstraint(
                condition=Q(from_ledger_account=None, to_ledger_account=None, voucher=None)
                | Q(from_ledger_account__isnull=False, to_ledger_account__isnull=False),
                name="accounts_transfer_ledger_accounts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member_account_id}: {self.from_employer_id} → {self.to_employer_id}"
