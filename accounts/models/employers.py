"""Employers 单位: what they registered with, the accounts they pay from, who acts for them, who asks to register."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from access.models import Branch
from accounts.models.shapes import EMPLOYER_NUMBER, MONTH, is_percentage, ratio
from accounts.states import (
    EMPLOYER_MOVES,
    REGISTRATION_MOVES,
    CloseReason,
    EconomicType,
    EmployerStatus,
    Industry,
    RegistrationStatus,
)
from hpf import privacy
from ledger.models import LedgerAccount


class _Particulars(models.Model):
    """What an employer registers with 单位登记信息 (basic data standard 基础数据标准, table 4.0.2)."""

    name = models.CharField("单位名称", max_length=200)
    address = models.CharField("单位地址", max_length=200, default="", db_default="")
    legal_person = models.CharField("法定代表人或负责人", max_length=120, default="", db_default="")
    economic_type = models.CharField("经济类型", max_length=3, choices=EconomicType, default="", db_default="")
    industry = models.CharField("所属行业", max_length=1, choices=Industry, default="", db_default="")
    established_on = models.DateField("成立日期", null=True)

    class Meta:
        abstract = True


class Employer(_Particulars):
    """An employer registered with the centre 缴存单位."""

    MOVES = EMPLOYER_MOVES

    number = models.CharField("单位账号", max_length=20, unique=True)
    initials = models.CharField("名称拼音首字母", max_length=200, default="", db_default="")
    credit_code = models.CharField("统一社会信用代码", max_length=18, unique=True)
    branch = models.ForeignKey(Branch, models.PROTECT, verbose_name="管理部")
    status = models.CharField("状态", max_length=2, choices=EmployerStatus, default=EmployerStatus.OPENED)
    pay_day = models.SmallIntegerField("发薪日")
    employer_ratio = ratio("单位缴存比例")
    member_ratio = ratio("个人缴存比例")
    paid_to = models.CharField("缴至年月", max_length=7, null=True)
    opened_on = models.DateField("开户日期")
    contact_name = models.CharField("联系人", max_length=120)
    contact_mobile_sealed = models.TextField("联系人手机号(密文)")
    unallocated = models.OneToOneField(LedgerAccount, models.PROTECT, related_name="+", verbose_name="单位暂存款")
    sealed_on = models.DateField("封存日期", null=True)
    closed_on = models.DateField("销户日期", null=True)
    close_reason = models.CharField("销户原因", max_length=2, choices=CloseReason, default="", db_default="")

    contact_mobile = privacy.Sealed("contact_mobile_sealed")

    class Meta:
        verbose_name = "单位"
        constraints = [
            models.CheckConstraint(condition=Q(number__regex=EMPLOYER_NUMBER), name="accounts_employer_number_form"),
            models.CheckConstraint(condition=Q(status__in=EmployerStatus.values), name="accounts_employer_status"),
            models.CheckConstraint(condition=Q(pay_day__range=(1, 31)), name="accounts_employer_pay_day"),
            models.CheckConstraint(
                condition=is_percentage("employer_ratio", "member_ratio"), name="accounts_employer_ratios"
            ),
            models.CheckConstraint(condition=Q(paid_to__regex=MONTH), name="accounts_employer_paid_to"),
            models.CheckConstraint(
                condition=Q(status=EmployerStatus.CLOSED.value, closed_on__isnull=False)
                & Q(close_reason__in=CloseReason.values)
                | ~Q(status=EmployerStatus.CLOSED.value) & Q(closed_on=None, close_reason=""),
                name="accounts_employer_closed",
            ),
        ]
        indexes = [
            models.Index(fields=["initials"], opclasses=["varchar_pattern_ops"], name="accounts_employer_initials"),
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
    """A mandate 经办授权: a person acts for an employer in the portal 单位经办人, from a day to a day.

    A person has one that has not ended; `until` is the last day it holds, empty where it has no end.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, db_index=False, related_name="mandates", verbose_name="用户"
    )
    employer = models.ForeignKey(Employer, models.PROTECT, related_name="handlers", verbose_name="单位")
    since = models.DateField("任职日期")
    until = models.DateField("授权截止日期", null=True)
    mandate = models.CharField("授权书编号", max_length=100, default="", db_default="")
    mobile_sealed = models.TextField("手机号(密文)", default="", db_default="")
    ended_on = models.DateField("终止日期", null=True)

    mobile = privacy.Sealed("mobile_sealed")

    class Meta:
        verbose_name = "单位经办人"
        constraints = [
            models.UniqueConstraint(fields=["user"], condition=Q(ended_on=None), name="accounts_handler_one_mandate"),
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="accounts_handler_until"),
            models.CheckConstraint(condition=Q(ended_on__gte=F("since")), name="accounts_handler_ended"),
        ]
        indexes = [models.Index(fields=["user"], name="accounts_handler_user")]

    def __str__(self) -> str:
        return f"{self.user}/{self.employer}"


class Registration(_Particulars):
    """An employer that asks to be opened, from the portal 单位网上登记申请; a clerk accepts it or sends it back.

    Until then nobody can sign in: the applicant asks for its state by number and mobile number.
    """

    MOVES = REGISTRATION_MOVES

    number = models.CharField("申请编号", max_length=13, unique=True)
    status = models.CharField("状态", max_length=10, choices=RegistrationStatus, default=RegistrationStatus.SUBMITTED)
    credit_code = models.CharField("统一社会信用代码", max_length=18)
    branch = models.ForeignKey(Branch, models.PROTECT, verbose_name="管理部")
    pay_day = models.SmallIntegerField("发薪日")
    employer_ratio = ratio("单位缴存比例")
    member_ratio = ratio("个人缴存比例")
    contact_name = models.CharField("联系人", max_length=120)
    contact_mobile_sealed = models.TextField("联系人手机号(密文)")
    contact_index = models.BinaryField("联系人手机号索引")
    account_number_sealed = models.TextField("付款账号(密文)", default="", db_default="")
    bank_name = models.CharField("付款账户开户银行", max_length=120, default="", db_default="")
    username = models.CharField("用户名", max_length=60)
    password = models.CharField("密码摘要", max_length=128)
    submitted_on = models.DateField("提交日期")
    submitted_at = models.DateTimeField("提交时间", db_default=Now())
    decided_on = models.DateField("办理日期", null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="办理人"
    )
    reason = models.CharField("退回原因", max_length=200, default="", db_default="")
    employer = models.OneToOneField(
        Employer, models.PROTECT, null=True, related_name="registration", verbose_name="单位"
    )

    contact_mobile = privacy.Sealed("contact_mobile_sealed")
    account_number = privacy.Sealed("account_number_sealed")

    class Meta:
        verbose_name = "单位登记申请"
        constraints = [
            models.UniqueConstraint(
                fields=["credit_code"],
                condition=Q(status=RegistrationStatus.SUBMITTED.value),
                name="accounts_registration_one_waiting",
            ),
            models.UniqueConstraint(
                fields=["username"],
                condition=Q(status=RegistrationStatus.SUBMITTED.value),
                name="accounts_registration_username",
            ),
            models.CheckConstraint(
                condition=Q(status__in=RegistrationStatus.values), name="accounts_registration_status"
            ),
            models.CheckConstraint(condition=Q(pay_day__range=(1, 31)), name="accounts_registration_pay_day"),
            models.CheckConstraint(
                condition=is_percentage("employer_ratio", "member_ratio"), name="accounts_registration_ratios"
            ),
            models.CheckConstraint(
                condition=Q(status=RegistrationStatus.ACCEPTED.value, employer__isnull=False)
                | ~Q(status=RegistrationStatus.ACCEPTED.value) & Q(employer=None),
                name="accounts_registration_accepted",
            ),
        ]
        indexes = [
            models.Index(
                fields=["branch", "submitted_on", "id"],
                condition=Q(status=RegistrationStatus.SUBMITTED.value),
                name="accounts_registration_waiting",
            )
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"
