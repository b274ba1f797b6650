"""The figures of the desk as tables 看板表格: the same rows are drawn, shown as a table and go out as a file."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import NamedTuple
from urllib.parse import urlencode

from django.urls import reverse

from deposits.states import RemittanceStatus
from hpf.money import ZERO
from hpf.months import Month
from reports.queries.arrears import by_class
from reports.queries.desk import Desk
from reports.queries.figures import SAVINGS
from reports.queries.sights import Sight
from reports.rules import change_in_percent
from reports.states import Figure
from withdrawals.states import Category

LINE, BAR = "line", "bar"


class Column(NamedTuple):
    """A column: its head, how its cells are written (money, number, percent), and its place in the chart.

    `axis` is the axis it is drawn on, 0 or 1; None for a column that is not drawn.
    """

    label: str
    kind: str = ""
    axis: int | None = None


class Cell(NamedTuple):
    """What stands in a cell, and the page with the rows behind it 钻取."""

    value: Decimal | int | str | None
    address: str = ""


@dataclass(frozen=True)
class Table:
    """One figure 图表: its title, what is seen in it, its columns and rows, the oldest first."""

    figure: Figure
    title: str
    says: str
    shape: str
    columns: list[Column]
    rows: list[list[Cell]] = field(default_factory=list)

    @property
    def is_drawn(self) -> bool:
        """Whether there is anything to draw 有无数据."""
        drawn = [place for place, column in enumerate(self.columns) if column.axis is not None]
        return any(row[place].value for row in self.rows for place in drawn)

    @property
    def header(self) -> list[str]:
        units = {"money": "(元)", "percent": "(%)"}
        return [column.label + units.get(column.kind, "") for column in self.columns]

    def excel_rows(self) -> Iterable[list[object]]:
        """The rows as a spreadsheet takes them."""
        return ([cell.value for cell in row] for row in self.rows)


def address(name: str, *args: object, **query: object) -> str:
    """A page with a query; what is None is left out 网址."""
    asked = urlencode({key: value for key, value in query.items() if value is not None})
    return reverse(name, args=args) + (f"?{asked}" if asked else "")


def entries_of(sight: Sight, month: Month) -> str:
    """The entries on members' savings of one month 公积金明细账."""
    last = month.next().first_day - timedelta(days=1)
    return address("ledger:chart_entries", SAVINGS, since=month.first_day, until=last, branch=sight.branch_id)


def deposits(desk: Desk) -> Table:
    """每月归集额."""
    rows = []
    for place, one in enumerate(desk.savings):
        before, year_ago = (desk.savings[place - back].deposits if place >= back else None for back in (1, 12))
        changes = [Cell(change_in_percent(one.deposits, past)) for past in (before, year_ago)]
        amounts = [Cell(one.deposits, entries_of(desk.sight, one.month)), Cell(one.paid_out), Cell(one.interest)]
        rows.append([Cell(str(one.month)), *amounts, *changes])
    columns = [
        *(Column("月份"), Column("归集额", "money", 0), Column("提取额", "money", 0), Column("结息", "money")),
        *(Column("较上月", "percent"), Column("较去年同月", "percent")),
    ]
    says = f"按记账日期统计，{desk.on} 止；不含结息和网点间转移，提取额已减去冲回的。点一个月查看该月的公积金明细账。"
    return Table(Figure.DEPOSITS, f"近 {len(rows)} 个月每月归集额和提取额", says, BAR, columns, rows)


def withdrawals(desk: Desk) -> Table:
    """每月提取额."""
    rows = [
        [
            Cell(str(one.month)),
            *(Cell(one.amounts.get(category, ZERO), _withdrawals_of(desk, category)) for category in Category),
            Cell(one.total, entries_of(desk.sight, one.month)),
            Cell(one.count),
        ]
        for one in desk.withdrawn
    ]
    kinds = [Column(category.label.removesuffix("提取"), "money", 0) for category in Category]
    columns = [Column("月份"), *kinds, Column("合计", "money"), Column("笔数", "number")]
    says = f"按批准日期统计，{desk.on} 止；含销户利息，不含未付成退回账户和撤销的。点一类查看该类提取。"
    return Table(Figure.WITHDRAWALS, f"近 {len(rows)} 个月每月提取额，按类别", says, BAR, columns, rows)


def _withdrawals_of(desk: Desk, category: Category) -> str:
    return address("withdrawals:withdrawals", category=category, branch=desk.sight.branch_id)


def savings(desk: Desk) -> Table:
    """缴存余额."""
    rows = [
        [Cell(str(one.month)), Cell(one.balance, entries_of(desk.sight, one.month)), Cell(one.came - one.went)]
        for one in desk.savings
    ]
    columns = [Column("月份"), Column("月末余额", "money", 0), Column("当月净增", "money")]
    says = f"各月末职工账户余额合计，最后一个月为 {desk.on} 的余额。"
    return Table(Figure.SAVINGS, f"近 {len(rows)} 个月缴存余额", says, LINE, columns, rows)


def paying(desk: Desk) -> Table:
    """实缴职工和单位."""
    rows = []
    for one in desk.paid:
        paid, waits = (
            address("deposits:remittances", month=one.month, status=status)
            for status in (RemittanceStatus.ALLOCATED, RemittanceStatus.SUBMITTED)
        )
        people = [Cell(one.members, paid), Cell(one.employers, paid)]
        rows.append([Cell(str(one.month)), *people, Cell(one.amount, paid), Cell(one.waiting, waits)])
    columns = [
        *(Column("缴存年月"), Column("实缴职工", "number", 0), Column("实缴单位", "number", 1)),
        *(Column("已入账", "money"), Column("待到账", "money")),
    ]
    says = "按汇缴所属年月统计已入账的清册；近期月份会随资金到账增加。点一个月查看清册。"
    return Table(Figure.PAYING, f"近 {len(rows)} 个缴存年月的实缴职工和单位", says, LINE, columns, rows)


def behind(desk: Desk) -> Table:
    """欠缴单位."""
    classes = by_class(desk.arrears)
    rows = []
    for one in classes:
        page = address("reports:arrears", behind=one.behind, branch=desk.sight.branch_id)
        rows.append([Cell(one.behind.label), Cell(one.count, page), Cell(one.amount, page)])
    columns = [Column("欠缴月数"), Column("单位数", "number", 0), Column("欠缴金额", "money", 1)]
    title = f"{sum(one.count for one in classes):,} 个单位欠缴，按欠缴月数"
    says = "发薪日后的汇缴期限已过、尚未入账的月份；未提交清册的月份按现有职工测算。点一档查看单位。"
    return Table(Figure.ARREARS, title, says, BAR, columns, rows)


def waiting(desk: Desk) -> Table:
    """未入账资金."""
    rows = []
    for nameless, employers in zip(desk.unidentified, desk.unallocated, strict=True):
        suspense = address("deposits:suspense", age=nameless.age)
        page = address("reports:unallocated", age=employers.age, branch=desk.sight.branch_id)
        unclaimed = [Cell(nameless.count, suspense), Cell(nameless.amount, suspense)]
        rows.append([Cell(nameless.age.label), *unclaimed, Cell(employers.count, page), Cell(employers.amount, page)])
    columns = [
        *(Column("挂账时间"), Column("待认领笔数", "number"), Column("待认领金额", "money", 0)),
        *(Column("有暂存款的单位", "number"), Column("单位暂存款", "money", 0)),
    ]
    says = "待认领资金属于全中心，不分网点；单位暂存款的挂账时间从最近一次认领算起。点一档查看明细。"
    if held := sum((one.held for one in desk.unallocated), ZERO):
        says += f"单位暂存款中有 {held:,.2f} 元正在退款。"
    return Table(Figure.WAITING, "尚未进入职工账户的资金，按挂账时间", says, BAR, columns, rows)


def branches(desk: Desk) -> Table:
    """网点对比."""
    rows = []
    for one in desk.branches:
        page = address("reports:manager_desk", branch=one.branch.pk)
        people = [Cell(one.paying_employers), Cell(one.paying_members), Cell(one.sealed_members)]
        rows.append([Cell(one.branch.name), *people, Cell(one.savings, page), Cell(one.unallocated)])
    columns = [
        *(Column("网点"), Column("缴存单位", "number"), Column("缴存职工", "number"), Column("封存职工", "number")),
        *(Column("缴存余额", "money", 0), Column("单位暂存款", "money")),
    ]
    says = "当前状态；缴存职工含冻结但未封存的账户。点一个网点查看它的看板。"
    return Table(Figure.BRANCHES, "各网点缴存余额", says, BAR, columns, rows)


TABLES: dict[Figure, Callable[[Desk], Table]] = {
    Figure.DEPOSITS: deposits,
    Figure.WITHDRAWALS: withdrawals,
    Figure.SAVINGS: savings,
    Figure.PAYING: paying,
    Figure.ARREARS: behind,
    Figure.WAITING: waiting,
    Figure.BRANCHES: branches,
}
