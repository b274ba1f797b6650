"""What was done about an employer, a member or an account, in words 办理记录."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet, TextChoices

from accounts.models import Employer, Member, MemberAccount
from accounts.states import (
    BanGround,
    CertificateType,
    CloseReason,
    EconomicType,
    EmployerStatus,
    FreezeGround,
    Industry,
    MemberAccountStatus,
    SealReason,
)
from audit.models import Record

ACTS = {
    "open_employer": "单位开户",
    "change_employer": "变更单位信息",
    "propose_change": "提出关键信息变更或销户",
    "change_key": "变更关键信息",
    "add_paying_account": "登记付款账户",
    "drop_paying_account": "取消付款账户",
    "appoint_handler": "指定经办人",
    "renew_mandate": "授权续期",
    "end_mandate": "终止授权",
    "suspend_employer": "歇业封存",
    "open_members": "职工开户",
    "take_in_members": "职工转入",
    "open_list": "批量开户",
    "change_bases": "调整缴存基数",
    "export_members": "导出职工名单",
    "change_member": "变更联系方式",
    "change_base": "变更缴存基数和比例",
    "reveal_numbers": "查看完整号码",
    "export_statement": "导出账户明细",
    "give_sign_in": "开通个人网厅",
    "propose_freeze": "提出冻结",
    "freeze": "冻结",
    "propose_freeze_change": "提出续冻或解冻",
    "renew_freeze": "续冻",
    "lift_freeze": "解冻",
    "lapse_freeze": "到期自动解冻",
    "record_spouse": "登记配偶",
    "end_spouse": "登记婚姻终止",
    "propose_ban": "提出违规限制",
    "ban": "违规限制生效",
    "propose_ban_lift": "提出解除违规限制",
    "lift_ban": "提前解除违规限制",
    "move": "状态变更",
    "export": "导出",
    "print": "打印",
}
LABELS = {
    "amount": "冻结金额",
    "authority": "执行机关",
    "begins_on": "起始日期",
    "document": "文书编号",
    "freeze": "原冻结文书编号",
    "ground": "冻结事由",
    "ban": "原处理决定书编号",
    "ban_ground": "违规类型",
    "decided_on": "决定日期",
    "fraud_amount": "违规金额",
    "no_loan_until": "限制贷款至",
    "no_withdrawal_until": "限制提取至",
    "returned": "已退回金额",
    "spouse": "配偶",
    "married_until": "婚姻终止日期",
    "card": "银行卡号",
    "employer_id": "单位编号",
    "fields": "查看内容",
    "id_number": "证件号码",
    "account": "付款账号",
    "bank": "开户银行",
    "branch": "管理部代码",
    "change": "变更申请编号",
    "contact_mobile": "联系人手机号",
    "count": "人数",
    "evidence": "依据材料",
    "first": "首个个人账号",
    "last": "末个个人账号",
    "mandate": "授权书编号",
    "mobile": "手机号",
    "month": "汇缴年月",
    "moved": "转入人数",
    "opened": "开户人数",
    "printout": "打印件",
    "table": "表格",
    "times": "第几次打印",
    "until": "截止日期",
    "user": "用户名",
}
CODES: dict[str, type[TextChoices]] = {
    "status": EmployerStatus,
    "economic_type": EconomicType,
    "industry": Industry,
    "close_reason": CloseReason,
    "ban_ground": BanGround,
    "ground": FreezeGround,
    "seal_reason": SealReason,
    "certificate_type": CertificateType,
}
OF_ACCOUNTS: dict[str, type[TextChoices]] = CODES | {"status": MemberAccountStatus}
TABLES = (Employer, Member, MemberAccount)


@dataclass(frozen=True, slots=True)
class Told:
    """One act in words 一条办理记录; `changes` are field, before, after."""

    at: datetime
    on: date
    act: str
    by: str
    why: str
    changes: list[tuple[str, str, str]]


def told(record: Record) -> Told:
    """A record in words 办理记录."""
    codes = OF_ACCOUNTS if record.subject_kind == "accounts.memberaccount" else CODES
    names = [*record.after, *(name for name in record.before if name not in record.after)]
    changes = [(_label(name), _value(name, record.before, codes), _value(name, record.after, codes)) for name in names]
    who = f"{record.by_name}（{record.by_branch or '网厅'}）" if record.by_name else ""
    shown = [change for change in changes if change[1] != change[2]]
    return Told(record.at, record.on, ACTS.get(record.act, record.act), who, record.why, shown)


def _label(name: str) -> str:
    columns = {column.attname: str(column.verbose_name) for table in TABLES for column in table._meta.fields}
    return LABELS.get(name) or columns.get(name, name)


def _value(name: str, values: dict[str, object], codes: Mapping[str, type[TextChoices]]) -> str:
    value = values.get(name)
    if value in (None, "", []):
        return ""
    kinds = codes.get(name)
    return kinds(str(value)).label if kinds and str(value) in kinds.values else str(value)


def records_of(account: MemberAccount) -> QuerySet[Record]:
    """Everything recorded about a member account and its person, newest first 办理记录."""
    about_account = Q(subject_kind="accounts.memberaccount", subject_id=str(account.pk))
    about_member = Q(subject_kind="accounts.member", subject_id=str(account.member_id))
    return Record.objects.filter(about_account | about_member).order_by("-id")
