"""Reading and showing the value of a term 参数取值: text on paper, a typed value in the program."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from access.states import SIGNING, Perm
from policy.states import CHOICES, KIND_OF, UNIT_OF, TermKind, TermName

WRITTEN = {
    TermKind.PERCENT: re.compile(r"(0|[1-9][0-9]{0,2})(\.[0-9]{1,5})?"),
    TermKind.MONEY: re.compile(r"(0|[1-9][0-9]{0,15})(\.[0-9]{1,2})?"),
    TermKind.FACTOR: re.compile(r"(0|[1-9][0-9]{0,4})(\.[0-9]{1,4})?"),
    TermKind.INTEGER: re.compile(r"0|[1-9][0-9]{0,8}"),
    TermKind.DAY_OF_YEAR: re.compile(r"[0-9]{2}-[0-9]{2}"),
    TermKind.FLAG: re.compile(r"yes|no"),
    TermKind.CHOICE: re.compile(r"[A-Z0-9_]+"),
    TermKind.ROUTE: re.compile(r"([0-9]{2}/)?[0-9.]+:[A-Z_>]+(;([0-9]{2}/)?[0-9.]+:[A-Z_>]+)*"),
}
MOST_STEPS = 5


HOW_TO_WRITE = {
    TermKind.PERCENT: "只填数字，不带百分号，至多五位小数，例如 1.5",
    TermKind.MONEY: "以元为单位，不带千位分隔符，至多两位小数，例如 22389.00",
    TermKind.FACTOR: "只填数字，至多四位小数，例如 1.5",
    TermKind.INTEGER: "填写整数",
    TermKind.DAY_OF_YEAR: "写成 月-日 两位数，例如 06-30；不能是 02-29",
    TermKind.FLAG: "从列表中选择",
    TermKind.CHOICE: "从列表中选择",
    TermKind.ROUTE: "每档写成 起点金额:权限，多人依次复核用 > 连接，各档用 ; 分隔，从 0 起按金额递增；"
    "某网点另有规定的在金额前加 网点代码/。例如 0:APPROVE_PAYMENT;50000:APPROVE_PAYMENT>APPROVE_TERM;05/0:APPROVE_TERM",
}


@dataclass(frozen=True, order=True)
class DayOfYear:
    """A day that comes back every year 月日, written mm-dd; never 29 February."""

    month: int
    day: int

    @classmethod
    def parse(cls, text: str) -> "DayOfYear":
        """Read "06-30". Raises ValueError for a day that not every year has."""
        month, day = text.split("-")
        in_common_year = date(2001, int(month), int(day))
        return cls(in_common_year.month, in_common_year.day)

    def in_year(self, year: int) -> date:
        """The day in one year."""
        return date(year, self.month, self.day)

    def __str__(self) -> str:
        return f"{self.month:02d}-{self.day:02d}"


@dataclass(frozen=True)
class Tier:
    """Who signs from an amount on 复核档次: the rights, one after another. `branch` is empty for every office."""

    branch: str
    since: Decimal
    perms: tuple[Perm, ...]

    @classmethod
    def parse(cls, text: str) -> "Tier":
        """Read "50000:A>B" or "05/50000:A>B". Raises ValueError for what is no amount or no right to sign."""
        place, names = text.split(":")
        branch, _, amount = place.rpartition("/")
        if not WRITTEN[TermKind.MONEY].fullmatch(amount):
            raise ValueError(f"{amount!r} is no amount")
        perms = tuple(Perm(name) for name in names.split(">"))
        if len(perms) > MOST_STEPS or not SIGNING.issuperset(perms):
            raise ValueError(f"{names!r} are no rights to sign")
        return cls(branch, Decimal(amount), perms)

    def __str__(self) -> str:
        where = f"{self.branch}网点" if self.branch else ""
        who = " → ".join(perm.label for perm in self.perms)
        return f"{where}{self.since:,} 元起：{who}" if self.since else f"{where}{who}"


@dataclass(frozen=True)
class Route:
    """Who signs a business 复核路线 (R-1001): by amount, and where an office has its own tiers, by those."""

    tiers: tuple[Tier, ...]

    @classmethod
    def parse(cls, text: str) -> "Route":
        """Read the tiers, separated by ";". Raises ValueError unless each office's begin at 0 and rise."""
        route = cls(tuple(Tier.parse(part) for part in text.split(";")))
        for branch in route.branches | {""}:
            starts = [tier.since for tier in route.tiers if tier.branch == branch]
            if not starts or starts[0] != 0 or any(low >= high for low, high in pairwise(starts)):
                raise ValueError(f"the tiers of {branch or 'every office'} do not rise from 0")
        return route

    @property
    def branches(self) -> set[str]:
        """The offices that have their own tiers 另有规定的网点."""
        return {tier.branch for tier in self.tiers if tier.branch}

    def steps(self, amount: Decimal, branch: str) -> list[Perm]:
        """The rights that sign an amount at an office, one after another 复核环节."""
        scope = branch if branch in self.branches else ""
        return list([tier for tier in self.tiers if tier.branch == scope and tier.since <= amount][-1].perms)

    def __str__(self) -> str:
        return "；".join(str(tier) for tier in self.tiers)


def due_on(opened_on: date, days: int, counts: Callable[[date], bool]) -> date:
    """The last day of a deadline 办理期限 (R-1002): the day of opening not counted, then those that `counts` says."""
    day = opened_on
    while days:
        day += timedelta(days=1)
        days -= counts(day)
    return day


TermValue = Decimal | int | bool | str | DayOfYear | Route


def value_of(name: TermName, text: str) -> TermValue:
    """The typed value of a term 参数值 (R-501): percent, money and factors as Decimal, days of the year as DayOfYear.

    Raises:
        ValueError: the text is not written as the term's kind asks, or is none of its choices.
    """
    kind = KIND_OF[name]
    allowed = CHOICES.get(name)
    if not WRITTEN[kind].fullmatch(text) or (allowed is not None and text not in allowed):
        raise ValueError(f"{name.value}: {text!r} is no value of kind {kind.value}")
    if kind == TermKind.INTEGER:
        return int(text)
    if kind == TermKind.DAY_OF_YEAR:
        return DayOfYear.parse(text)
    if kind == TermKind.FLAG:
        return text == "yes"
    if kind == TermKind.ROUTE:
        return Route.parse(text)
    return text if kind == TermKind.CHOICE else Decimal(text)


def choices_of(name: TermName) -> list[tuple[str, str]]:
    """What a term may be set to, for people to choose from 可选取值; empty where its kind says all."""
    if KIND_OF[name] == TermKind.FLAG:
        return [("yes", "是"), ("no", "否")]
    return list(CHOICES.get(name, {}).items())


def bounds_kept(lower: str, upper: str) -> bool:
    """Whether of two numbers, as written, the lower bound is not above the upper one 上下限不颠倒 (R-503)."""
    return Decimal(lower) <= Decimal(upper)


def shown(name: TermName, text: str) -> str:
    """The value as people read it, with its unit 参数值的显示."""
    value = value_of(name, text)
    if name in CHOICES:
        return CHOICES[name][text]
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Route):
        return str(value)
    if isinstance(value, DayOfYear):
        return f"{value.month}月{value.day}日"
    return f"{value:,}{_unit(name)}" if isinstance(value, int) else _shown_decimal(name, Decimal(text))


def _shown_decimal(name: TermName, value: Decimal) -> str:
    kind = KIND_OF[name]
    if kind == TermKind.MONEY:
        return f"{value:,.2f} 元"
    return f"{value}%" if kind == TermKind.PERCENT else f"{value.normalize():f} 倍"


def _unit(name: TermName) -> str:
    return f" {UNIT_OF[name]}"
