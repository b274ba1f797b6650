"""What the centre has still to confirm 待中心确认, written from the first parameters and a list of our own choices."""

import csv
from itertools import groupby

from tests.house.source import ROOT

FIRST_TERMS = ROOT / "policy" / "migrations" / "first_terms.csv"
ASKED = "由中心确认"
HEAD = """\
# To be confirmed by the centre 待中心确认

Written from `policy/migrations/first_terms.csv`; the page 政策参数 shows the same rows. Until the centre confirms or
replaces a value, the system works with the one given here.
"""

# Decisions that are no parameter: rows of a migration, or the way a rule is built.
CHOICES = (
    ("受托银行及专户", "九家银行的代码和专户账号为占位值", "`banking/migrations/0002_nine_banks.py`"),
    ("网点", "中心本部和五个管理部的代码 00 至 05", "`access/migrations/0003_branches_and_night.py`"),
    ("会计科目", "219 的下级：21901 单位暂存款，21902 待查到账，21903 待付款项", "`ledger/migrations/0002_chart.py`"),
    ("单位账号和个人账号", "顺序号段，格式自定", "`accounts/migrations/0002_numbers.py`"),
    ("缴款识别号", "HJ 加十位顺序号加一位校验码", "`docs/rules.md` R-301"),
    ("资金转出的顺序", "先当年归集，后上年结转", "`ledger/migrations/sql/gate.sql`"),
    ("到账认领", "先缴款识别号，后付款账户；不唯一时留待人工", "`docs/rules.md` R-302"),
    ("人工认领", "柜员或财务一人办理，不需复核；一笔到账可分给多个单位", "`docs/rules.md` R-303"),
    ("汇缴分配", "按月份先后，一个月的清册全额到账才分配", "`deposits/actions/remittances.py`"),
    ("超前汇缴", "最早可提前一个月提交", "`deposits/actions/remittances.py`"),
    ("撤销清册", "未入账的清册可撤销；已开户、封存、调整的账户不恢复，资金留在单位暂存款", "`docs/rules.md` R-106"),
    ("补缴", "只补已入账的月份，按当月基数、比例和上下限，减去已缴；资金不足时先汇缴后补缴", "`docs/rules.md` R-107"),
    ("计提利息", "每日按网点汇总计提", "`deposits/actions/interest.py`"),
    ("关键信息", "单位名称、信用代码和管理部变更须复核，其他信息凭依据材料由柜员一人办理", "`docs/rules.md` R-416"),
    ("单位封存和销户", "封存须无人缴存、无在途业务；销户另须无未销户账户和暂存款，由他人复核", "`docs/rules.md` R-415"),
    ("经办授权", "到期次日起网厅停用，续办凭新授权书", "`docs/rules.md` R-414"),
    ("跨管理部转移", "当年利息由转入管理部承担，转出管理部已计提部分结息时冲回", "`docs/rules.md` R-207"),
    ("提取退回另一账户", "原账户已销户或转走时退回职工现有账户，自退回日起计息", "`docs/rules.md` R-620"),
    ("冻结前已提交的提取", "审批时提示后来的冻结，由审批人决定；不予同意的随即冻结", "`docs/rules.md` R-902"),
    ("待复核的冻结", "复核同意后才冻结；此前阻止转移、销户和会使冻结不足的提取，不告知职工", "`docs/rules.md` R-445"),
    ("网上查询配偶信息", "由配偶本人在网厅同意，未同意的凭材料；柜台由双方书面授权", "`docs/rules.md` R-618"),
    ("职工信息变更", "手机号和银行卡由经办人凭材料办理；姓名和证件须第二人复核", "`docs/rules.md` R-409"),
    ("密码", "不少于12位，工作人员含三类字符，不与最近5次相同；由运维重置，不定期强制更换", "`docs/rules.md` R-701"),
    ("会计日", "每个自然日都是会计日，含节假日", "`hpf/dayend.py`"),
)  # fmt: skip


def paper() -> str:
    """The whole document."""
    waiting, past = _terms()
    choices = [f"| {name} | {what} | {where} |" for name, what, where in CHOICES]
    return "\n".join(
        [
            HEAD,
            "## Parameters 政策参数",
            "",
            "| 参数 | Name | 默认取值 | 自 | 说明 |",
            "|---|---|---|---|---|",
            *waiting,
            "",
            "## Past values 历史取值",
            "",
            "The value in force today has a source; earlier ones have to be compared with the original notices before",
            "old books are migrated.",
            "",
            "| 参数 | Name | 待核对 | 说明 |",
            "|---|---|---|---|",
            *past,
            "",
            "## Choices that are no parameter 其他取定事项",
            "",
            "| 事项 | 目前做法 | 位置 |",
            "|---|---|---|",
            *choices,
            "",
        ]
    )


def _terms() -> tuple[list[str], list[str]]:
    """A line for each parameter whose newest value waits, and one for each of which only older values do."""
    from policy.rules import shown
    from policy.states import TermName, group_of

    place = {name.value: i for i, name in enumerate(TermName)}
    with FIRST_TERMS.open(encoding="utf-8", newline="") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: (place[row["name"]], row["valid_from"]))
    waiting, past = [], []
    for key, group in groupby(rows, key=lambda row: row["name"]):
        name, values = TermName(key), list(group)
        open_ones = [row for row in values if row["to_confirm"] == "yes" or ASKED in row["note"]]
        label = f"{group_of(key)}：{name.label} | `{key}`"
        if not open_ones:
            continue
        first, last = open_ones[0], open_ones[-1]
        if last is values[-1]:
            waiting.append(f"| {label} | {shown(name, last['value'])} | {last['valid_from']} | {_note(last)} |")
        else:
            span = f"{len(open_ones)} 个取值，{first['valid_from']} 至 {last['valid_from']}"
            past.append(f"| {label} | {span} | {_note(last)} |")
    return waiting, past


def _note(row: dict[str, str]) -> str:
    """What is said of a value, without the words that every row here would repeat."""
    return row["note"].removesuffix(ASKED).rstrip("；") or "—"
