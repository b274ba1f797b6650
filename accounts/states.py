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
    EmployerStatus.OPENED: {EmployerStatus.NORMAL, EmployerStatus.CLOSED},  # closed where it was opened by mistake
    EmployerStatus.NORMAL: {EmployerStatus.DEFERRED, EmployerStatus.SEALED, EmployerStatus.CLOSED},
    EmployerStatus.DEFERRED: {EmployerStatus.NORMAL},  # an approval to defer ends; it does not turn into a sealing
    EmployerStatus.SEALED: {EmployerStatus.NORMAL, EmployerStatus.CLOSED},
    EmployerStatus.CLOSED: set(),  # a closed number is never used again
}


class CloseReason(TextChoices):
    """单位销户原因: why an employer ends (Regulation 条例 art. 14). The codes are ours."""

    DISSOLVED = "01", "解散"
    REVOKED = "02", "撤销或吊销"
    BANKRUPT = "03", "破产"
    MERGED = "04", "合并或分立"
    MISTAKEN = "05", "重复或错误登记"
    OTHER = "99", "其他"


# The key particulars of an employer 关键信息: they take a second person.
KEY_LABELS = {"name": "单位名称", "credit_code": "统一社会信用代码", "branch": "管理部"}
MEMBER_KEY_LABELS = {"name": "姓名", "certificate_type": "证件类型", "id_number": "证件号码"}
CLOSING = "close"  # the end of an employer is asked for in the same way


class DeadlineKind(TextChoices):
    """法定期限类别: what has to be done, or had to be."""

    APPLICATION = "APPLICATION", "网上登记待受理"
    REGISTRATION = "REGISTRATION", "逾期登记"
    SETUP = "SETUP", "职工开户"
    PAYMENT = "PAYMENT", "汇缴"
    MANDATE = "MANDATE", "经办授权到期"
    FREEZE = "FREEZE", "冻结到期"


class RegistrationStatus(TextChoices):
    """单位登记申请状态."""

    SUBMITTED = "SUBMITTED", "待受理"
    ACCEPTED = "ACCEPTED", "已开户"
    RETURNED = "RETURNED", "已退回"


REGISTRATION_MOVES = {
    RegistrationStatus.SUBMITTED: {RegistrationStatus.ACCEPTED, RegistrationStatus.RETURNED},
    RegistrationStatus.ACCEPTED: set(),  # the employer carries on
    RegistrationStatus.RETURNED: set(),  # the applicant mends it and applies anew
}


class EconomicType(TextChoices):
    """经济类型, the first two levels of GB/T 12402."""

    STATE = "110", "国有全资"
    COLLECTIVE = "120", "集体全资"
    SHARES_COOPERATIVE = "130", "股份合作"
    JOINT = "140", "联营"
    LIMITED = "150", "有限责任公司"
    SHARES = "160", "股份有限公司"
    PRIVATE = "170", "私有"
    OTHER_INNER = "190", "其他内资"
    HONG_KONG = "200", "港澳台投资"
    FOREIGN = "300", "国外投资"
    OTHER = "900", "其他"


class Industry(TextChoices):
    """所属行业, the sections of GB/T 4754."""

    FARMING = "A", "农、林、牧、渔业"
    MINING = "B", "采矿业"
    MANUFACTURING = "C", "制造业"
    ENERGY = "D", "电力、热力、燃气及水生产和供应业"
    BUILDING = "E", "建筑业"
    TRADE = "F", "批发和零售业"
    TRANSPORT = "G", "交通运输、仓储和邮政业"
    LODGING = "H", "住宿和餐饮业"
    SOFTWARE = "I", "信息传输、软件和信息技术服务业"
    FINANCE = "J", "金融业"
    REAL_ESTATE = "K", "房地产业"
    LEASING = "L", "租赁和商务服务业"
    RESEARCH = "M", "科学研究和技术服务业"
    WATER = "N", "水利、环境和公共设施管理业"
    HOUSEHOLD = "O", "居民服务、修理和其他服务业"
    EDUCATION = "P", "教育"
    HEALTH = "Q", "卫生和社会工作"
    CULTURE = "R", "文化、体育和娱乐业"
    GOVERNMENT = "S", "公共管理、社会保障和社会组织"
    INTERNATIONAL = "T", "国际组织"


class MemberAccountStatus(TextChoices):
    """A.6 个人账户状态. Frozen 06 follows from freezes; custody 托管 and an empty account 空账 are none."""

    NORMAL = "01", "正常"
    SEALED = "02", "封存"
    MERGED = "03", "合并销户"
    TRANSFERRED_OUT = "04", "外部转出销户"
    CLOSED = "05", "提取销户"


class FreezeGround(TextChoices):
    """冻结事由: who ordered that the money stays. The codes are ours."""

    COURT = "COURT", "司法冻结"
    FRAUD = "FRAUD", "涉嫌骗提骗贷"
    OTHER = "OTHER", "其他有权机关"


class FreezeStatus(TextChoices):
    """冻结状态. Whether an account is frozen follows from its freezes; it is no status of the account."""

    PENDING = "PENDING", "待复核"
    ACTIVE = "ACTIVE", "冻结中"
    ENDED = "ENDED", "已解冻"
    DROPPED = "DROPPED", "未生效"


FREEZE_MOVES = {
    FreezeStatus.PENDING: {FreezeStatus.ACTIVE, FreezeStatus.DROPPED},
    FreezeStatus.ACTIVE: {FreezeStatus.ENDED},
    FreezeStatus.ENDED: set(),  # money to be frozen again takes a new order, and a new place in the queue
    FreezeStatus.DROPPED: set(),  # returned or taken back: it is asked for anew
}


class FreezeAct(TextChoices):
    """What may be asked for while a freeze holds 冻结期间的申请."""

    RENEW = "RENEW", "续冻"
    LIFT = "LIFT", "解冻"


class FreezeDue(TextChoices):
    """冻结到期情况: which freezes end soon, and which have ended of themselves lately."""

    ENDING = "ENDING", "即将到期"
    LAPSED = "LAPSED", "近期到期解除"


class BanGround(TextChoices):
    """违规类型 (Regulation 条例 art. 41): what somebody did. The codes are ours."""

    FRAUD_WITHDRAWAL = "FRAUD_WITHDRAWAL", "骗提住房公积金"
    FRAUD_LOAN = "FRAUD_LOAN", "骗取住房公积金贷款"


class BanStatus(TextChoices):
    """限制状态. A ban that runs out stays 生效: its last day says that it no longer bars anything."""

    PENDING = "PENDING", "待复核"
    ACTIVE = "ACTIVE", "已生效"
    LIFTED = "LIFTED", "提前解除"
    DROPPED = "DROPPED", "未生效"


BAN_MOVES = {
    BanStatus.PENDING: {BanStatus.ACTIVE, BanStatus.DROPPED},
    BanStatus.ACTIVE: {BanStatus.LIFTED},
    BanStatus.LIFTED: set(),  # a decision that was taken back; a new one is entered anew
    BanStatus.DROPPED: set(),  # returned or taken back: it is entered anew
}


class SealReason(TextChoices):
    """封存原因: why an account stops contributing (Regulation 条例 art. 15). The codes are ours."""

    ENDED = "01", "终止劳动关系"
    UNPAID = "02", "保留劳动关系停发工资"
    RETIRED = "03", "离休退休"
    ABROAD = "04", "出境定居"
    DIED = "05", "死亡"
    OTHER = "99", "其他"


class PersonStanding(TextChoices):
    """How a person stands with the centre, seen from an employer who wants to take that person in 职工开户情况."""

    NEW = "NEW", "中心尚无该证件的登记，可以开户"
    ENDED = "ENDED", "该职工原账户均已销户，可以新开账户"
    SAVES_HERE = "SAVES_HERE", "该职工已在本单位开户，无需重复开户"
    SEALED_HERE = "SEALED_HERE", "该职工在本单位的账户已封存，办理启封即可恢复缴存"
    SEALED_ELSEWHERE = "SEALED_ELSEWHERE", "该职工在其他单位的账户已封存，可办理同城转移，账户连同余额转入本单位"
    ACTIVE_ELSEWHERE = "ACTIVE_ELSEWHERE", "该职工在其他单位的账户仍在缴存，须先由原单位办理封存，再转入本单位"
    FROZEN_ELSEWHERE = "FROZEN_ELSEWHERE", "该职工在其他单位的账户已冻结，解冻前不能转移，请到账户所在管理部核实"


MEMBER_ACCOUNT_ENDS = (
    MemberAccountStatus.MERGED,
    MemberAccountStatus.TRANSFERRED_OUT,
    MemberAccountStatus.CLOSED,
)

MEMBER_ACCOUNT_MOVES = {
    MemberAccountStatus.NORMAL: {MemberAccountStatus.SEALED, *MEMBER_ACCOUNT_ENDS},
    MemberAccountStatus.SEALED: {MemberAccountStatus.NORMAL, *MEMBER_ACCOUNT_ENDS},
    MemberAccountStatus.MERGED: set(),
    MemberAccountStatus.TRANSFERRED_OUT: set(),
    # Only when the withdrawal that closed it is undone, back to what it was before.
    MemberAccountStatus.CLOSED: {MemberAccountStatus.NORMAL, MemberAccountStatus.SEALED},
}
