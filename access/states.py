"""Posts and rights 岗位权限表: who may do what, on one page. `docs/permissions.md` is this table for reading."""

from typing import NamedTuple

from django.db.models import TextChoices


class Post(TextChoices):
    """What a person, or a machine, is here for 岗位."""

    CLERK = "CLERK", "柜员"
    FINANCE = "FINANCE", "财务"
    MANAGER = "MANAGER", "负责人"
    OPERATOR = "OPERATOR", "运维"
    AUDITOR = "AUDITOR", "稽核"
    HANDLER = "HANDLER", "单位经办人"
    MEMBER = "MEMBER", "缴存职工"
    BANK = "BANK", "银行接口"
    PLATFORM = "PLATFORM", "政务服务平台接口"
    NIGHT = "NIGHT", "日终"


COUNTER_POSTS = {Post.CLERK, Post.FINANCE, Post.MANAGER, Post.OPERATOR, Post.AUDITOR}


class Perm(TextChoices):
    """One right 权限. Every door names the one it asks for."""

    SEARCH_ACCOUNTS = "SEARCH_ACCOUNTS", "查找单位和职工"
    VIEW_MEMBER = "VIEW_MEMBER", "查看职工及个人账户"
    VIEW_EMPLOYER = "VIEW_EMPLOYER", "查看单位"
    VIEW_REMITTANCES = "VIEW_REMITTANCES", "查看汇缴"
    VIEW_RECEIPTS = "VIEW_RECEIPTS", "查看到账"
    VIEW_VOUCHERS = "VIEW_VOUCHERS", "查看凭证"
    VIEW_TRIAL_BALANCE = "VIEW_TRIAL_BALANCE", "查看试算平衡表"
    VIEW_PARAMETERS = "VIEW_PARAMETERS", "查看政策参数"
    VIEW_BUSINESS_DAY = "VIEW_BUSINESS_DAY", "查看会计日和日终"
    PROPOSE_TERM = "PROPOSE_TERM", "提出政策参数调整"
    APPROVE_TERM = "APPROVE_TERM", "复核政策参数调整"
    VIEW_INBOX = "VIEW_INBOX", "查看待办"
    APPOINT_DEPUTY = "APPOINT_DEPUTY", "为本网点人员设置复核代理"
    CLOSE_DAY = "CLOSE_DAY", "办理日终"
    EXPORT = "EXPORT", "导出表格"
    SEAL_ACCOUNTS = "SEAL_ACCOUNTS", "办理职工账户封存和启封"
    OPEN_MEMBERS = "OPEN_MEMBERS", "办理职工开户和同城转移"
    REVEAL_NUMBERS = "REVEAL_NUMBERS", "查看完整证件号码、手机号和银行卡号"
    IDENTIFY_RECEIPTS = "IDENTIFY_RECEIPTS", "认领到账"
    VIEW_REPORTS = "VIEW_REPORTS", "查看看板和报表"
    VIEW_TRAIL = "VIEW_TRAIL", "查看操作留痕"
    REGISTER_EMPLOYER = "REGISTER_EMPLOYER", "办理单位登记开户"
    CHANGE_PARTICULARS = "CHANGE_PARTICULARS", "办理单位和职工信息变更"
    APPROVE_CHANGES = "APPROVE_CHANGES", "复核关键信息变更和单位销户"
    END_EMPLOYER = "END_EMPLOYER", "办理单位封存、启封和销户"
    APPOINT_HANDLER = "APPOINT_HANDLER", "办理单位经办人授权"
    VIEW_DEADLINES = "VIEW_DEADLINES", "查看法定期限"
    WITHDRAW_REMITTANCE = "WITHDRAW_REMITTANCE", "撤销未入账的清册"
    SUBMIT_BACK_PAYMENT = "SUBMIT_BACK_PAYMENT", "办理补缴"
    HANDLE_SHEETS = "HANDLE_SHEETS", "代单位上传、更正和确认汇缴清册"
    SUBMIT_REMITTANCE = "SUBMIT_REMITTANCE", "提交本单位汇缴清册"
    RESET_PASSWORDS = "RESET_PASSWORDS", "重置用户密码"
    VIEW_OWN_ACCOUNT = "VIEW_OWN_ACCOUNT", "查看本人账户"
    REPORT_RECEIPTS = "REPORT_RECEIPTS", "报送到账通知"
    VIEW_PAYMENTS = "VIEW_PAYMENTS", "查看付款"
    APPROVE_PAYMENT = "APPROVE_PAYMENT", "复核付款"
    HANDLE_PAYMENTS = "HANDLE_PAYMENTS", "核实付款回报和认定付款结果"
    VIEW_OUTBOX = "VIEW_OUTBOX", "查看事件推送"
    REPLAY_EVENTS = "REPLAY_EVENTS", "重新推送事件"
    CLAIM_PAYMENTS = "CLAIM_PAYMENTS", "领取付款指令"
    REPORT_PAYMENTS = "REPORT_PAYMENTS", "报送付款结果"
    RECEIVE_EVENTS = "RECEIVE_EVENTS", "接收事件"
    APPLY_WITHDRAWALS = "APPLY_WITHDRAWALS", "代职工网上申请提取"
    FREEZE_ACCOUNTS = "FREEZE_ACCOUNTS", "办理个人账户冻结、续冻和解冻"
    APPROVE_FREEZE = "APPROVE_FREEZE", "复核个人账户冻结、续冻和解冻"
    REQUEST_REFUND = "REQUEST_REFUND", "办理退款"
    APPROVE_REFUND = "APPROVE_REFUND", "复核退款"
    APPROVE_REFUND_LAST = "APPROVE_REFUND_LAST", "审批退款"
    VIEW_WITHDRAWALS = "VIEW_WITHDRAWALS", "查看提取"
    HANDLE_WITHDRAWALS = "HANDLE_WITHDRAWALS", "受理提取和申请撤销提取"
    APPROVE_WITHDRAWAL = "APPROVE_WITHDRAWAL", "审批提取和撤销提取"
    APPROVE_LARGE_WITHDRAWAL = "APPROVE_LARGE_WITHDRAWAL", "审批大额提取"
    RECORD_BAN = "RECORD_BAN", "登记和解除违规限制"
    APPROVE_BAN = "APPROVE_BAN", "复核违规限制"
    APPROVE_ESCALATED = "APPROVE_ESCALATED", "审批上报事项"


# The rights that sign what somebody else entered; one who is away may have them exercised by a deputy.
SIGNING = frozenset(perm for perm in Perm if perm.value.startswith("APPROVE_"))
# The right asked next where a case is sent up 上报. Parameters are signed at the centre, and nobody stands above that.
NEXT_HIGHER: dict[Perm, Perm] = {
    Perm.APPROVE_WITHDRAWAL: Perm.APPROVE_LARGE_WITHDRAWAL,
    Perm.APPROVE_LARGE_WITHDRAWAL: Perm.APPROVE_ESCALATED,
    Perm.APPROVE_REFUND: Perm.APPROVE_REFUND_LAST,
    Perm.APPROVE_REFUND_LAST: Perm.APPROVE_ESCALATED,
    Perm.APPROVE_PAYMENT: Perm.APPROVE_ESCALATED,
    Perm.APPROVE_CHANGES: Perm.APPROVE_ESCALATED,
    Perm.APPROVE_FREEZE: Perm.APPROVE_ESCALATED,
    Perm.APPROVE_BAN: Perm.APPROVE_ESCALATED,
}


class ResetReason(TextChoices):
    """Why somebody is given a new first password 重置原因."""

    FORGOTTEN = "FORGOTTEN", "本人忘记密码"
    RUN_OUT = "RUN_OUT", "初始密码已过期"
    LEAKED = "LEAKED", "密码可能已泄露"


# What every desk of the business looks at, and what only those look at who answer for the books.
LOOKING = frozenset(
    {
        Perm.SEARCH_ACCOUNTS,
        Perm.VIEW_EMPLOYER,
        Perm.VIEW_REMITTANCES,
        Perm.VIEW_RECEIPTS,
        Perm.VIEW_WITHDRAWALS,
        Perm.VIEW_PARAMETERS,
        Perm.VIEW_BUSINESS_DAY,
        Perm.EXPORT,
    }
)
BOOKS = frozenset({Perm.VIEW_VOUCHERS, Perm.VIEW_TRIAL_BALANCE, Perm.VIEW_REPORTS, Perm.VIEW_PAYMENTS})

PERMS_OF_POST: dict[Post, frozenset[Perm]] = {
    Post.CLERK: LOOKING
    | {Perm.VIEW_INBOX, Perm.VIEW_MEMBER, Perm.SEAL_ACCOUNTS, Perm.IDENTIFY_RECEIPTS, Perm.REGISTER_EMPLOYER}
    | {Perm.HANDLE_SHEETS, Perm.WITHDRAW_REMITTANCE, Perm.SUBMIT_BACK_PAYMENT, Perm.REQUEST_REFUND}
    | {Perm.CHANGE_PARTICULARS, Perm.END_EMPLOYER, Perm.APPOINT_HANDLER, Perm.VIEW_DEADLINES}
    | {Perm.OPEN_MEMBERS, Perm.REVEAL_NUMBERS, Perm.FREEZE_ACCOUNTS, Perm.RECORD_BAN}
    | {Perm.HANDLE_WITHDRAWALS},
    Post.FINANCE: LOOKING
    | BOOKS
    | {Perm.VIEW_INBOX, Perm.PROPOSE_TERM, Perm.IDENTIFY_RECEIPTS}
    | {Perm.APPROVE_PAYMENT, Perm.HANDLE_PAYMENTS, Perm.REQUEST_REFUND, Perm.APPROVE_REFUND},
    Post.MANAGER: LOOKING
    | BOOKS
    | {Perm.VIEW_MEMBER, Perm.VIEW_INBOX, Perm.APPOINT_DEPUTY, Perm.PROPOSE_TERM, Perm.APPROVE_TERM, Perm.VIEW_TRAIL}
    | {Perm.APPROVE_CHANGES, Perm.VIEW_DEADLINES, Perm.REVEAL_NUMBERS, Perm.APPROVE_PAYMENT}
    | {Perm.APPROVE_WITHDRAWAL, Perm.APPROVE_LARGE_WITHDRAWAL, Perm.APPROVE_REFUND_LAST}
    | {Perm.APPROVE_FREEZE, Perm.APPROVE_BAN, Perm.APPROVE_ESCALATED},
    # Runs the machines; sees no person's savings and no employer's books (三权分立).
    Post.OPERATOR: frozenset({Perm.VIEW_BUSINESS_DAY, Perm.CLOSE_DAY, Perm.VIEW_PARAMETERS, Perm.RESET_PASSWORDS})
    | {Perm.VIEW_OUTBOX, Perm.REPLAY_EVENTS},
    Post.AUDITOR: LOOKING | BOOKS | {Perm.VIEW_MEMBER, Perm.VIEW_TRAIL, Perm.VIEW_OUTBOX},
    Post.HANDLER: frozenset({Perm.SUBMIT_REMITTANCE}),
    Post.MEMBER: frozenset({Perm.VIEW_OWN_ACCOUNT}),
    Post.BANK: frozenset({Perm.REPORT_RECEIPTS, Perm.CLAIM_PAYMENTS, Perm.REPORT_PAYMENTS, Perm.RECEIVE_EVENTS}),
    Post.PLATFORM: frozenset({Perm.APPLY_WITHDRAWALS}),
    Post.NIGHT: frozenset({Perm.CLOSE_DAY}),
}


def posts_with(perm: Perm) -> list[Post]:
    """The posts that hold a right, in the order of the table 拥有该权限的岗位."""
    return [post for post in Post if perm in PERMS_OF_POST[post]]


class MenuEntry(NamedTuple):
    """A page in the menu 菜单项; it shows for whoever holds the right, once the page exists."""

    label: str
    icon: str
    name: str
    perm: Perm


MENU: dict[str, list[MenuEntry]] = {
    "首页": [MenuEntry("工作台", "home", "reports:work_desk", Perm.SEARCH_ACCOUNTS)],
    "归集": [
        MenuEntry("查找", "search", "accounts:search", Perm.SEARCH_ACCOUNTS),
        MenuEntry("单位", "building", "accounts:employers", Perm.VIEW_EMPLOYER),
        MenuEntry("网上登记", "inbox", "accounts:registrations", Perm.REGISTER_EMPLOYER),
        MenuEntry("法定期限", "clock", "accounts:deadlines", Perm.VIEW_DEADLINES),
        MenuEntry("冻结账户", "card", "accounts:freezes", Perm.VIEW_MEMBER),
        MenuEntry("违规限制", "scale", "accounts:bans", Perm.VIEW_MEMBER),
        MenuEntry("汇缴", "list", "deposits:remittances", Perm.VIEW_REMITTANCES),
    ],
    "提取": [MenuEntry("提取", "cash", "withdrawals:withdrawals", Perm.VIEW_WITHDRAWALS)],
    "复核": [MenuEntry("待办", "inbox", "approvals:inbox", Perm.VIEW_INBOX)],
    "资金与结算": [
        MenuEntry("到账", "cash", "banking:receipts", Perm.VIEW_RECEIPTS),
        MenuEntry("待认领资金", "cash", "deposits:suspense", Perm.VIEW_RECEIPTS),
        MenuEntry("退款", "cash", "deposits:refunds", Perm.VIEW_RECEIPTS),
        MenuEntry("付款", "cash", "banking:payments", Perm.VIEW_PAYMENTS),
    ],
    "核算": [
        MenuEntry("凭证", "book", "ledger:vouchers", Perm.VIEW_VOUCHERS),
        MenuEntry("试算平衡表", "scale", "ledger:trial_balance", Perm.VIEW_TRIAL_BALANCE),
        MenuEntry("会计日与日终", "moon", "ledger:business_day", Perm.VIEW_BUSINESS_DAY),
        MenuEntry("作业中心", "list", "ledger:jobs", Perm.VIEW_BUSINESS_DAY),
    ],
    "报表": [
        MenuEntry("看板", "chart", "reports:manager_desk", Perm.VIEW_REPORTS),
        MenuEntry("欠缴单位", "list", "reports:arrears", Perm.VIEW_REPORTS),
        MenuEntry("单位暂存款", "cash", "reports:unallocated", Perm.VIEW_REPORTS),
    ],
    "稽核": [MenuEntry("操作留痕", "eye", "reports:records", Perm.VIEW_TRAIL)],
    "设置": [
        MenuEntry("政策参数", "sliders", "policy:terms", Perm.VIEW_PARAMETERS),
        MenuEntry("用户与密码", "user", "access:users", Perm.RESET_PASSWORDS),
        MenuEntry("事件推送", "list", "banking:deliveries", Perm.VIEW_OUTBOX),
    ],
    "单位": [
        MenuEntry("本月汇缴", "list", "deposits:employer_home", Perm.SUBMIT_REMITTANCE),
        MenuEntry("单位信息", "building", "accounts:my_employer", Perm.SUBMIT_REMITTANCE),
    ],
    "个人": [
        MenuEntry("我的账户", "user", "accounts:my_account", Perm.VIEW_OWN_ACCOUNT),
        MenuEntry("提取", "cash", "withdrawals:my_withdrawals", Perm.VIEW_OWN_ACCOUNT),
    ],
}


class KeyFunction(TextChoices):
    """What a key does on a page 快捷功能. Each person may give it a key of one's own."""

    SEARCH = "SEARCH", "查找单位或职工"
    SEARCH_TOO = "SEARCH_TOO", "查找单位或职工（第二组按键）"
    SEARCH_QUICK = "SEARCH_QUICK", "查找单位或职工（单键）"
    READ_CARD = "READ_CARD", "读身份证"
    TAB = "TAB", "打开第几个分栏"
    NEXT_ROW = "NEXT_ROW", "到列表的下一行，回车打开"
    PREVIOUS_ROW = "PREVIOUS_ROW", "到列表的上一行，回车打开"
    TICK = "TICK", "勾选列表中的这一笔；同时按住 Shift 勾选同类全部"
    PREVIOUS_PAGE = "PREVIOUS_PAGE", "向前翻页"
    NEXT_PAGE = "NEXT_PAGE", "向后翻页"
    SUBMIT = "SUBMIT", "提交本页内容"
    APPROVAL = "APPROVAL", "提交复核"
    PRINT = "PRINT", "打印本页"
    BACK = "BACK", "离开输入栏；不在输入栏时返回上级页面"
    HELP = "HELP", "打开或关闭按键说明"


DEFAULT_KEYS: dict[KeyFunction, str] = {
    KeyFunction.SEARCH: "F2",
    KeyFunction.SEARCH_TOO: "Ctrl+K",
    KeyFunction.SEARCH_QUICK: "/",
    KeyFunction.READ_CARD: "F4",
    KeyFunction.TAB: "Alt+1",  # the first tab; the others follow up to 9
    KeyFunction.NEXT_ROW: "j",
    KeyFunction.PREVIOUS_ROW: "k",
    KeyFunction.TICK: "x",
    KeyFunction.PREVIOUS_PAGE: "[",
    KeyFunction.NEXT_PAGE: "]",
    KeyFunction.SUBMIT: "Ctrl+Enter",
    KeyFunction.APPROVAL: "F9",
    KeyFunction.PRINT: "F8",
    KeyFunction.BACK: "Esc",
    KeyFunction.HELP: "?",
}
# These act outside of fields only, so a plain sign may be their key; every other must work while one types.
OUTSIDE_FIELDS = frozenset(
    {
        *(KeyFunction.SEARCH_QUICK, KeyFunction.TAB, KeyFunction.NEXT_ROW, KeyFunction.PREVIOUS_ROW),
        *(KeyFunction.TICK, KeyFunction.PREVIOUS_PAGE, KeyFunction.NEXT_PAGE, KeyFunction.HELP),
    }
)

# The page a post begins with 首页, where it is not the first one of its menu.
FIRST_PAGE: dict[Post, str] = {Post.MANAGER: "reports:manager_desk"}
