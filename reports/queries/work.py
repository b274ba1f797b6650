"""What a desk of the counter shows 工作台: whom one serves, what waits, what was done today, how the books stand."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache, partial
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Count, Min, QuerySet, Sum
from django.db.models.functions import Coalesce

from access.actions.looking import Look
from access.models import User
from access.states import Perm, Post
from accounts.models import Employer, MemberAccount
from accounts.queries import CENTRE, employers_seen_by, freeze_terms, member_accounts_seen_by, registrations_seen_by
from accounts.queries.freezes import freezes_seen_by
from accounts.queries.history import ACTS
from accounts.states import FreezeDue, RegistrationStatus
from approvals.queries import cases_decided_by
from audit.models import Record
from banking.queries import payments_seen_by, results_seen_by
from banking.states import PaymentStatus, ResultStatus
from deposits.queries import refunds_seen_by, remittances_seen_by, suspense_seen_by
from deposits.states import RefundStatus, RemittanceStatus
from hpf.money import ZERO
from hpf.months import Month
from ledger.models import BusinessDay, Money
from ledger.queries import NightStep, SideSums, business_days_seen_by, night_of, sums_by_side, trial_balance
from ledger.states import BusinessDayStatus, DayStepName
from withdrawals.queries import lacking_files, stranded, withdrawals_seen_by

RECORDS_SHOWN = 15
# What an act is called where people read of it; the codes stay as they were written.
ACT_WORDS = ACTS | {
    "accrue_interest": "计提利息",
    "apply_registration": "申请网上登记",
    "appoint_deputy": "设置复核代理",
    "ask_bank": "再次查询银行",
    "ask_shared_data": "查询共享数据",
    "attach_paper": "上传要件",
    "book_receipts": "到账入账",
    "change_bases": "调整缴存基数",
    "change_password": "修改密码",
    "choose_keys": "设置快捷键",
    "choose_paper": "更换打印纸张",
    "claim_receipt": "占用到账",
    "clear_refund": "核实付款未成的退款",
    "connect_bank": "接入银行",
    "create_api_client": "建立接口客户",
    "create_user": "建立用户",
    "enact_term": "参数生效",
    "end_deputy": "终止复核代理",
    "give_back_receipt": "解除到账占用",
    "identify": "认领到账",
    "issue_api_key": "发放接口密钥",
    "mend_sheet": "更正清册",
    "open_case": "提交复核",
    "order_night": "下达日终指令",
    "order_payment": "生成付款指令",
    "propose_refund": "提出退款",
    "propose_ruling": "提出按对账单确认付款",
    "propose_term": "提出参数调整",
    "propose_undoing": "申请撤销提取",
    "read_paper": "查看要件",
    "refuse_withdrawal": "当场不予提取",
    "remove_paper": "移除要件",
    "report_payment": "银行回报付款结果",
    "reset_password": "重置密码",
    "reverse": "红字冲回",
    "revoke_api_key": "注销接口密钥",
    "set_webhook": "设置事件推送",
    "settle_interest": "年度结息",
    "sign_in": "登录",
    "sign_out": "退出",
    "sign_step": "复核一个环节",
    "send_up": "上报复核事项",
    "submit": "提交汇缴清册",
    "submit_withdrawal": "提交提取申请",
    "take_back_payment": "收回未付成的款项",
    "upload_sheet": "上传清册",
}
# What the values of a record are called; one that is missing here shows as it was written.
VALUE_WORDS = {
    "account": "账户",
    "amount": "金额",
    "bank": "银行",
    "base": "缴存基数",
    "branch": "网点",
    "change": "申请编号",
    "count": "人数",
    "credit_code": "统一社会信用代码",
    "employer": "单位",
    "employer_ratio": "单位比例",
    "evidence": "依据材料",
    "facts_digest": "内容摘要",
    "first": "起始账号",
    "headcount": "人数",
    "how": "认领方式",
    "keys": "快捷键",
    "last": "终止账号",
    "member_ratio": "个人比例",
    "month": "年月",
    "paper": "纸张",
    "password_until": "初始密码有效期至",
    "post": "岗位",
    "printout": "打印件",
    "receipt": "银行流水号",
    "rows": "行数",
    "seal_reason": "封存原因",
    "sealed_on": "封存日期",
    "size": "文件大小",
    "status": "状态",
    "table": "表格",
    "times": "第几次打印",
    "total": "合计",
    "unclaimed": "待认领",
    "user": "用户",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A record in words 留痕的显示: what was done, to what sort of thing, and which values it left behind."""

    record: Record
    act: str
    kind: str
    values: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A sort of work that waits 待处理业务: how much of it there is, since when, and the page where it is done.

    `only` narrows that page to it; `late` says in words what of it has to be seen to now.
    """

    label: str
    page: str
    count: int
    since: date | None = None
    amount: Decimal | None = None
    only: str = ""
    late: str = ""


@dataclass(frozen=True, slots=True)
class Done:
    """How often a person did something on a day 当日办理笔数."""

    act: str
    subject: str
    count: int


@dataclass(frozen=True, slots=True)
class Books:
    """How the books stand 账务状态: the sums of the trial balance, and the newest night with its proof."""

    sums: list[SideSums]
    night: BusinessDay | None
    proof: NightStep | None

    @property
    def balanced(self) -> bool:
        """Whether debits equal credits in each pair of columns 借贷平衡."""
        return not any(one.difference for one in self.sums)


def looked_at(looks: list[Look], user: User) -> list[Employer | MemberAccount]:
    """The rows a person looked at, in their order 最近查看; those the person may not see any more are left out."""
    members = [look.pk for look in looks if look.page == "accounts:member"]
    employers = [look.pk for look in looks if look.page == "accounts:employer"]
    found: dict[Look, Any] = {}
    if members:
        rows = member_accounts_seen_by(user).filter(pk__in=members).select_related("member", "employer")
        found |= {Look("accounts:member", row.pk): row for row in rows}
    if employers:
        firms = employers_seen_by(user).filter(pk__in=employers).select_related("branch")
        found |= {Look("accounts:employer", row.pk): row for row in firms}
    return [found[look] for look in looks if look in found]


def waiting_for(user: User, *, on: date) -> list[Waiting]:
    """What waits for a person's hand 待处理业务, by the rights of the person; one statement for each sort."""
    sorts: list[tuple[Perm, Callable[[User], Waiting]]] = [
        (Perm.VIEW_INBOX, partial(_cases, on=on)),
        (Perm.REGISTER_EMPLOYER, _registrations),
        (Perm.VIEW_RECEIPTS, _suspense),
        (Perm.VIEW_REMITTANCES, _lists),
        (Perm.HANDLE_WITHDRAWALS, _scans),
        (Perm.FREEZE_ACCOUNTS, partial(_ending_freezes, on=on)),
        (Perm.FREEZE_ACCOUNTS, partial(_lapsed_freezes, on=on)),
        (Perm.HANDLE_WITHDRAWALS, _stranded),
        (Perm.HANDLE_PAYMENTS, _unknown_payments),
        (Perm.HANDLE_PAYMENTS, _results),
        (Perm.REQUEST_REFUND, _unpaid_refunds),
    ]
    return [ask(user) for perm, ask in sorts if user.has(perm)]


def _cases(user: User, *, on: date) -> Waiting:
    asked = cases_decided_by(user, on=on).order_by().aggregate(count=Count("pk"), since=Min("opened_on"))
    return Waiting("待我复核", "approvals:inbox", **asked)


def _registrations(user: User) -> Waiting:
    waiting = registrations_seen_by(user).filter(status=RegistrationStatus.SUBMITTED).order_by()
    asked = waiting.aggregate(count=Count("pk"), since=Min("submitted_on"))
    return Waiting("网上登记待受理", "accounts:registrations", **asked)


def _suspense(user: User) -> Waiting:
    waiting = suspense_seen_by(user).order_by()
    asked = waiting.aggregate(count=Count("pk"), since=Min("paid_on"), amount=_total("unclaimed"))
    return Waiting("待认领资金", "deposits:suspense", **asked)


def _lists(user: User) -> Waiting:
    waiting = remittances_seen_by(user).filter(status=RemittanceStatus.SUBMITTED).order_by()
    asked = waiting.aggregate(count=Count("pk"), since=Min("submitted_on"), amount=_total("total"))
    return Waiting("待到账清册", "deposits:remittances", **asked)


def _scans(user: User) -> Waiting:
    lacking = lacking_files(withdrawals_seen_by(user), original_seen=True)
    asked = lacking.order_by().aggregate(count=Count("pk"), since=Min("applied_on"))
    return Waiting("提取要件待补扫描", "withdrawals:withdrawals", **asked, only="?to_do=SCAN")


def _ending_freezes(user: User, *, on: date) -> Waiting:
    notice = freeze_terms.notice_on(on)
    soon = freeze_terms.ending(freezes_seen_by(user), on=on, days=notice.before)
    found = list(soon.select_related(None).only("status", "until"))
    left = [one for one in (freeze_terms.left_of(row, notice, on=on) for row in found) if one]
    red = [one.days for one in left if one.is_red]
    late = f"{len(red)} 项临近届满" if red else ""
    since = found[0].until if found else None
    return Waiting("即将到期的冻结", "accounts:freezes", len(found), since, only=f"?due={FreezeDue.ENDING}", late=late)


def _lapsed_freezes(user: User, *, on: date) -> Waiting:
    notice = freeze_terms.notice_on(on)
    found = freeze_terms.lapsed(freezes_seen_by(user), on=on, days=notice.after)
    asked = found.order_by().aggregate(count=Count("pk"), since=Min("ended_on"))
    return Waiting("近期到期解除的冻结", "accounts:freezes", **asked, only=f"?due={FreezeDue.LAPSED}")


def _stranded(user: User) -> Waiting:
    homeless = withdrawals_seen_by(user).filter(pk__in=stranded().order_by().values("pk")).order_by()
    asked = homeless.aggregate(count=Count("pk"), since=Min("decided_on"), amount=_total("granted"))
    return Waiting("付款未成、无账户可退的提取", "withdrawals:withdrawals", **asked, only="?to_do=STRANDED")


def _unknown_payments(user: User) -> Waiting:
    unknown = payments_seen_by(user).filter(status=PaymentStatus.UNKNOWN).order_by()
    asked = unknown.aggregate(count=Count("pk"), since=Min("created_on"), amount=_total("amount"))
    return Waiting("结果不明的付款", "banking:payments", **asked, only=f"?status={PaymentStatus.UNKNOWN}")


def _results(user: User) -> Waiting:
    refused = results_seen_by(user).filter(status=ResultStatus.REFUSED).order_by()
    asked = refused.aggregate(count=Count("pk"), since=Min("received_on"))
    return Waiting("待核实的付款回报", "banking:payment_results", **asked, only=f"?status={ResultStatus.REFUSED}")


def _unpaid_refunds(user: User) -> Waiting:
    unpaid = refunds_seen_by(user).filter(status=RefundStatus.RETURNED, cleared_on=None).order_by()
    asked = unpaid.aggregate(count=Count("pk"), since=Min("came_back_on"), amount=_total("amount"))
    return Waiting("付款未成的退款", "deposits:refunds", **asked, only="?to_clear=1")


def _total(field: str) -> Coalesce:
    return Coalesce(Sum(field), ZERO, output_field=Money())


def done_by(user: User, *, on: date) -> list[Done]:
    """What a person did on a day, by kind 当日办理业务; signing in and out is no business."""
    acts = Record.objects.filter(by_id=user.pk, on=on).exclude(act__in=("sign_in", "sign_out"))
    rows = acts.values_list("act", "subject_kind").annotate(count=Count("pk")).order_by("-count", "act", "subject_kind")
    return [Done(act_word(act), kind_word(kind), count) for act, kind, count in rows]


def records_seen_by(user: User) -> QuerySet[Record]:
    """What people did, the newest first 操作留痕: in one's office, the centre in all; machines are left out."""
    if not user.has(Perm.VIEW_TRAIL):
        return Record.objects.none()
    records = Record.objects.exclude(by_post__in=(Post.NIGHT, Post.BANK, Post.PLATFORM)).order_by("-pk")
    return records if user.branch_code == CENTRE else records.filter(by_branch=user.branch_code)


def books_seen_by(user: User, *, on: date) -> Books | None:
    """How the books of the whole centre stand this month 账务状态, for whoever may see the trial balance."""
    if not user.has(Perm.VIEW_TRIAL_BALANCE):
        return None
    rows = trial_balance(Month.of(on).first_day, Month.of(on).next().first_day)
    night = business_days_seen_by(user).exclude(status=BusinessDayStatus.OPEN).first()
    steps = night_of(night) if night else []
    proof = next((step for step in steps if step.name == DayStepName.PROVE), None)
    return Books(sums_by_side(rows), night, proof)


def in_words(records: Iterable[Record]) -> list[Shown]:
    """Records as people read them 留痕的显示. Values that are tables themselves are read where they belong."""
    return [
        Shown(row, act_word(row.act), kind_word(row.subject_kind), [_value(row, name) for name in _plain(row)])
        for row in records
    ]


def _plain(row: Record) -> list[str]:
    return [name for name, value in row.after.items() if not isinstance(value, dict | list)]


def _value(row: Record, name: str) -> tuple[str, str]:
    """A value with its word; where the record knows the one before, both."""
    words = _choices(row.subject_kind, name)
    before, after = (str(words.get(values.get(name), values.get(name) or "")) for values in (row.before, row.after))
    return VALUE_WORDS.get(name, name), f"{before} → {after}" if before and before != after else after


@cache
def _choices(kind: str, name: str) -> dict[Any, str]:
    """What the values of a field are called, where it has a list of them."""
    try:
        return {code: str(word) for code, word in apps.get_model(kind)._meta.get_field(name).flatchoices}
    except (LookupError, FieldDoesNotExist, AttributeError):
        return {}


def act_word(act: str) -> str:
    """What an act is called 行为名称."""
    return ACT_WORDS.get(act, act)


def kind_word(kind: str) -> str:
    """What the subject of a record is called 对象名称: the model's own name, as long as there is such a model."""
    try:
        return str(apps.get_model(kind)._meta.verbose_name)
    except LookupError:
        return kind
