"""Reading and showing the value of a term 参数取值: text on paper, a typed value in the program."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from policy.states import CHOICES, KIND_OF, UNIT_OF, TermKind, TermName

WRITTEN = {
    TermKind.PERCENT: re.compile(r"(0|[1-9][0-9]{0,2})(\.[0-9]{1,5})?"),
    TermKind.MONEY: re.compile(r"(0|[1-9][0-9]{0,15})(\.[0-9]{1,2})?"),
    TermKind.FACTOR: re.compile(r"(0|[1-9][0-9]{0,4})(\.[0-9]{1,4})?"),
    TermKind.INTEGER: re.compile(r"0|[1-9][0-9]{0,8}"),
    TermKind.DAY_OF_YEAR: re.compile(r"[0-9]{2}-[0-9]{2}"),
    TermKind.FLAG: re.compile(r"yes|no"),
    TermKind.CHOICE: re.compile(r"[A-Z0-9_]+"),
}


HOW_TO_WRITE = {
    TermKind.PERCENT: "只填数字，不带百分号，至多五位小数，例如 1.5",
    TermKind.MONEY: "以元为单位，不带千位分隔符，至多两位小数，例如 22389.00",
    TermKind.FACTOR: "只填数字，至多四位小数，例如 1.5",
    TermKind.INTEGER: "填写整数",
    TermKind.DAY_OF_YEAR: "写成 月-日 两位数，例如 06-30；不能是 02-29",
    TermKind.FLAG: "从列表中选择",
    TermKind.CHOICE: "从列表中选择",
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


TermValue = Decimal | int | bool | str | DayOfYear


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
