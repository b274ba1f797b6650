"""Who saves with us 单位、职工与个人账户: employers, members, and the fund account a member holds at an employer.

An *employer* 单位 owes contributions; a *member* 缴存职工 is a person; a *member account* 个人账户 is that person's
savings while at one employer. Each owner keeps the key of its ledger account; the ledger account knows no owner.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from access.models import Branch
from accounts.states import (
    EMPLOYER_MOVES,
    MEMBER_ACCOUNT_ENDS,
    MEMBER_ACCOUNT_MOVES,
    CertificateType,
    EmployerStatus,
    MemberAccountStatus,
    SealReason,
    Sex,
)
from hpf import privacy
from ledger.models import LedgerAccount

EMPLOYER_NUMBER = "^1[0-9]{9}$"
MEMBER_NUMBER = "^2[0-9]{9}$"
MONTH = "^[0-9]{4}-(0[1-9]|1[0-2])$"


def _ratio(label: str) -> models.DecimalField:
    """A contribution ratio in percent 缴存比例: 12.00 is twelve percent."""
    return models.DecimalField(label, max_digits=5, decimal_places=2)


def _is_percentage(*columns: str) -> Q:
    """Columns above 0 and at most 100; the narrower limits are parameters with a date."""
    condition = Q()
    for column in columns:
        condition &= Q(**{f"{column}__gt": 0, f"{column}__lte": 100})
    return condition


class Employer(models.Model):
    """An employer registered with the centre 缴存单位."""

    MOVES = EMPLOYER_MOVES

    number = models.CharField("单位账号", max_length=20, unique=True)
    name = models.CharField("单位名称", max_length=200)
    credit_code = models.CharField("统一社会信用代码", max_length=18, unique=True)
    branch = models.ForeignKey(Branch, models.PROTECT, verbose_name="管理部")
    status = models.CharField("状态", max_length=2, choices=EmployerStatus, default=EmployerStatus.OPENED)
    pay_day = models.SmallIntegerField("发薪日")
    employer_ratio = _ratio("单位缴存比例")
    member_ratio = _ratio("个人缴存比例")
    paid_to = models.CharField("缴至年月", max_length=7, null=True)
    opened_on = models.DateField("开户日期")
    contact_name = models.CharField("联系人", max_length=120)
    contact_mobile_sealed = models.TextField("联系人手机号(密文)")
    unallocated = models.OneToOneField(LedgerAccount, models.PROTECT, related_name="+", verbose_name="单位暂存款")

    contact_mobile = privacy.Sealed("contact_mobile_sealed")

    class Meta:
        verbose_name = "单位"
        constraints = [
            models.CheckConstraint(condition=Q(number__regex=EMPLOYER_NUMBER), name="accounts_employer_number_form"),
            models.CheckConstraint(condition=Q(status__in=EmployerStatus.values), name="accounts_employer_status"),
            models.CheckConstraint(condition=Q(pay_day__range=(1, 31)), name="accounts_employer_pay_day"),
            models.CheckConstraint(
                condition=_is_percentage("employer_ratio", "member_ratio"), name="accounts_employer_ratios"
            ),
            models.CheckConstraint(condition=Q(paid_to__regex=MONTH), name="accounts_employer_paid_to"),
        ]
        indexes = [
            models.Index(fields=["name"], opclasses=["varchar_pattern_ops"], name="accounts_employer_name"),
            models.Index(fields=["branch", "number"], name="accounts_employer_branch"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class PayingAccount(models.Model):
    """A bank account an employer pays from 单位付款账户; money from it is recognised as that employer's."""

    employer = models.ForeignKey(Employer, models.PROTECT, related_name="paying_accounts", verbose_name="单位")
    account_number_sealed = models.TextField("账号(密文)")
    account_index = models.BinaryField("账号索引")
    bank_name = models.CharField("开户银行", max_length=120)

    account_number = privacy.Sealed("account_number_sealed")

    class Meta:
        verbose_name = "单位付款账户"
        constraints = [
            models.UniqueConstraint(fields=["employer", "account_index"], name="accounts_payingaccount_once")
        ]
        indexes = [models.Index(fields=["account_index"], name="accounts_payingaccount_index")]

    def __str__(self) -> str:
        return f"{self.bank_name}({self.pk})"


class Handler(models.Model):
    """The person who acts for an employer in the portal 单位经办人."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, related_name="handler", verbose_name="用户")
    employer = models.ForeignKey(Employer, models.PROTECT, related_name="handlers", verbose_name="单位")
    since = models.DateField("任职日期")

    class Meta:
        verbose_name = "单位经办人"

    def __str__(self) -> str:
        return f"{self.user}/{self.employer}"


class Member(models.Model):
    """A person who saves with the centre 缴存职工: one row for one certificate."""

    name = models.CharField("姓名", max_length=120)
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
    employer_ratio = _ratio("单位缴存比例")
    member_ratio = _ratio("个人缴存比例")
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
                condition=_is_percentage("employer_ratio", "member_ratio"), name="accounts_memberaccount_ratios"
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
