"""The large figures on top of the desk 看板数字卡: each with its line, its change, and a way to the rows behind it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from deposits.states import DAYS_OF_AGE, RemittanceStatus
from hpf.money import ZERO
from reports.queries.desk import Desk, Night
from reports.queries.figures import Aged
from reports.rules import change_in_percent, spark_points
from reports.views.tables import address, entries_of

SPARK = (120, 28)
OLD = (31, "30 天以上")  # money that waits longer is shown apart


@dataclass(frozen=True)
class Card:
    """One figure people steer by 数字卡. `changes` are (compared with, percent); `tone` as in components/table."""

    label: str
    value: Decimal | int | str
    unit: str
    address: str
    points: str = ""
    changes: list[tuple[str, Decimal | None]] = field(default_factory=list)
    note: str = ""
    tone: str = ""


def cards_of(desk: Desk, night: Night) -> list[Card]:
    """The cards of a desk 数字卡, in the order in which they are read."""
    return [*_of_savings(desk), *_of_people(desk), *_of_work(desk), _of_night(night)]


def _of_savings(desk: Desk) -> list[Card]:
    now, page = desk.savings[-1], entries_of(desk.sight, desk.savings[-1].month)
    deposits = [one.deposits for one in desk.savings]
    withdrawn, balances = [one.paid_out for one in desk.savings], [one.balance for one in desk.savings]
    branch, count = desk.sight.branch_id, desk.withdrawn[-1].count
    applied = address("withdrawals:withdrawals", since=desk.withdrawn[-1].month.first_day, branch=branch)
    return [
        Card("本月归集额", now.deposits, "元", page, _spark(deposits), _changes(deposits), f"截至 {desk.on}"),
        Card("本月提取额", now.paid_out, "元", applied, _spark(withdrawn), _changes(withdrawn), f"{count:,} 笔"),
        Card("缴存余额", now.balance, "元", page, _spark(balances), _changes(balances)),
    ]


def _of_people(desk: Desk) -> list[Card]:
    """Of the newest month that has ended: the one that runs is not complete."""
    done = desk.paid[:-1]
    members, employers = [one.members for one in done], [one.employers for one in done]
    page = address("deposits:remittances", month=done[-1].month, status=RemittanceStatus.ALLOCATED)
    now = f"正常户 {_total(desk, 'paying_members'):,} 人，封存 {_total(desk, 'sealed_members'):,} 人"
    firms = f"缴存单位 {_total(desk, 'paying_employers'):,} 个"
    return [
        Card(f"{done[-1].month} 实缴职工", members[-1], "人", page, _spark(members), _changes(members), now),
        Card(f"{done[-1].month} 实缴单位", employers[-1], "个", page, _spark(employers), _changes(employers), firms),
    ]


def _of_work(desk: Desk) -> list[Card]:
    owed = sum((one.amount for one in desk.arrears), ZERO)
    today, amounts = desk.receipts[-1], [one.amount for one in desk.receipts]
    lists, branch = desk.waiting, desk.sight.branch_id
    return [
        Card(
            *("欠缴单位", len(desk.arrears), "个", address("reports:arrears", branch=branch)),
            note=f"欠缴 {owed:,.2f} 元",
            tone="wait" if desk.arrears else "",
        ),
        _aged("待认领资金", "笔", desk.unidentified, address("deposits:suspense")),
        _aged("单位暂存款", "个单位", desk.unallocated, address("reports:unallocated", branch=branch)),
        Card(
            *("今日到账", today.amount, "元", address("banking:receipts", since=today.day, until=today.day)),
            points=_spark(amounts),
            note=f"{today.count:,} 笔；近 {len(amounts)} 天走势",
        ),
        Card(
            *("待到账清册", lists.count, "份", address("deposits:remittances", status=RemittanceStatus.SUBMITTED)),
            note=f"{lists.amount:,.2f} 元，最早 {lists.oldest}" if lists.count else "已提交的清册都已入账",
        ),
    ]


def _of_night(night: Night) -> Card:
    page = address("ledger:business_day")
    if night.failed:
        return Card("日终", "已停下", "", page, note="有步骤失败，账没有结到一半；请查看原因后重试", tone="bad")
    if night.closing:
        return Card("日终", "办理中", "", page, note=f"{night.closing} 正在日终，柜台和网厅照常受理", tone="work")
    if night.closed is None:
        return Card("日终", "尚未办理", "", page, note="首个会计日结束后自动办理")
    return Card("日终", "已结账", "", page, note=f"已结账至 {night.closed}", tone="done")


def _aged(label: str, unit: str, ages: Sequence[Aged], page: str) -> Card:
    days, words = OLD
    old = sum((one.amount for one in ages if DAYS_OF_AGE[one.age][0] >= days), ZERO)
    count = sum(one.count for one in ages)
    note = f"{count:,} {unit}；{words} {old:,.2f} 元" if count else "没有挂账"
    return Card(label, sum((one.amount for one in ages), ZERO), "元", page, note=note, tone="wait" if old else "")


def _total(desk: Desk, name: str) -> int:
    """A count of the offices in sight, added up."""
    seen = [one for one in desk.branches if desk.sight.branch in (None, one.branch)]
    return sum(getattr(one, name) for one in seen)


def _spark(values: Sequence[Decimal | int]) -> str:
    return spark_points(values, *SPARK) if any(values) else ""


def _changes(values: Sequence[Decimal | int]) -> list[tuple[str, Decimal | None]]:
    """Against the month before, and the same month a year before."""
    compared = [("较上月", 1), ("较去年同月", 12)]
    return [(words, change_in_percent(values[-1], values[-1 - back])) for words, back in compared if len(values) > back]
