"""Statuses and codes of employers, members and their accounts 状态与代码.

Values are those of the national basic data standard 住房公积金基础数据标准: annexes A.1, A.4 and A.6.
"""

from django.db.models import TextChoices


class CertificateType(TextChoices):
    """A.1 证件类型."""

    RESIDENT_ID = "01", "身份证"
    OFFICER = "02", "军官证"
    PASSPORT = "03", "护照"
    PERMANENT_RESIDENCE = "04", "外国人永久居留证"
    OTHER = "99", "其他"


class Sex(TextChoices):
    """性别, as in GB/T 2261.1."""

    MALE = "1", "男"
    FEMALE = "2", "女"


class EmployerStatus(TextChoices):
    """A.4 单位账户状态."""

    OPENED = "02", "开户"
    NORMAL = "01", "正常"
    DEFERRED = "03", "缓缴"
    SEALED = "05", "封存"
    CLOSED = "04", "销户"


EMPLOYER_MOVES = {
    EmployerStatus.OPENED: {EmployerStatus.NORMAL},
    EmployerStatus.NORMAL: {EmployerStatus.DEFERRED, EmployerStatus.SEALED, EmployerStatus.CLOSED},
    EmployerStatus.DEFERRED: {EmployerStatus.NORMAL},  # an approval to defer ends; it does not turn into a sealing
    EmployerStatus.SEALED: {EmployerStatus.NORMAL, EmployerStatus.CLOSED},
    EmployerStatus.CLOSED: set(),  # a closed number is never used again
}


class MemberAccountStatus(TextChoices):
    """A.6 个人账户状态. Custody 托管 and an empty account 空账 are no statuses."""

    NORMAL = "01", "正常"
    SEALED = "02", "封存"
    FROZEN = "06", "冻结"
    MERGED = "03", "合并销户"
    TRANSFERRED_OUT = "04", "外部转出销户"
    CLOSED = "05", "提取销户"


class SealReason(TextChoices):
    """封存原因: why an account stops contributing (Regulation 条例 art. 15). The codes are ours."""

    ENDED = "01", "终止劳动关系"
    UNPAID = "02", "保留劳动关系停发工资"
    RETIRED = "03", "离休退休"
    ABROAD = "04", "出境定居"
    DIED = "05", "死亡"
    OTHER = "99", "其他"


MEMBER_ACCOUNT_ENDS = (
    MemberAccountStatus.MERGED,
    MemberAccountStatus.TRANSFERRED_OUT,
    MemberAccountStatus.CLOSED,
)

MEMBER_ACCOUNT_MOVES = {
    MemberAccountStatus.NORMAL: {MemberAccountStatus.SEALED, MemberAccountStatus.FROZEN, *MEMBER_ACCOUNT_ENDS},
    MemberAccountStatus.SEALED: {MemberAccountStatus.NORMAL, MemberAccountStatus.FROZEN, *MEMBER_ACCOUNT_ENDS},
    # Unfreezing goes back to what it was before; the account cannot end while a court holds it.
    MemberAccountStatus.FROZEN: {MemberAccountStatus.NORMAL, MemberAccountStatus.SEALED},
    MemberAccountStatus.MERGED: set(),
    MemberAccountStatus.TRANSFERRED_OUT: set(),
    MemberAccountStatus.CLOSED: set(),
}
