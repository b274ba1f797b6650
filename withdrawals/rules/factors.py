"""Factors of a quote 核定因素: what was compared with what, how it came out, and what to do where it did not."""

from calendar import monthrange
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from hpf.months import Month
from withdrawals.rules.questions import Question, Terms
from withdrawals.states import Category, InquiryKind, PaperKind, Reason, Standing


@dataclass(frozen=True, slots=True)
class Factor:
    """One thing that was looked at 核定因素: its value against its limit in words, and the rule that asks for it."""

    name: str
    standing: Standing
    value: str
    limit: str
    rule: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Limit:
    """The most a category allows 类别限额, in yuan, and how it comes about."""

    amount: Decimal
    words: str
    rule: str


@dataclass(frozen=True, slots=True)
class Declaration:
    """A category 提取类别, declared in one place.

    `frequency` is in words, by the terms of the day. `instant`: data alone may decide it. `closes`: the account ends,
    with all that is on it. `asks`: what shared data are asked, of the member alone or of the household. The payee is
    always a card of the member's own.
    """

    category: Category
    reason: Reason
    who: str
    frequency: Callable[[Terms], str]
    instant: bool
    closes: bool
    asks: tuple[InquiryKind, ...]
    of_household: bool
    papers: tuple[PaperKind, ...]
    conditions: Callable[[Question], list[Factor]]
    limit: Callable[[Question], Limit]


def factor(name: str, met: bool, *, value: str, limit: str, rule: str, remedy: str) -> Factor:
    """A factor that is met or not 核定因素; the remedy is said only where it is not."""
    return Factor(name, Standing.MET if met else Standing.NOT_MET, value, limit, rule, "" if met else remedy)


def proved(question: Question, kind: PaperKind, *, rule: str) -> Factor:
    """A condition that a paper proves 凭材料: a person looks at it; missing, it is not met."""
    given = kind in question.evidence.papers
    return Factor(
        kind.label,
        Standing.BY_PAPER if given else Standing.NOT_MET,
        "由审批人审核" if given else "未提交",
        "须提交",
        rule,
        "" if given else f"请提交：{kind.label}",
    )


def yuan(amount: Decimal) -> str:
    """An amount in words 金额."""
    return f"{amount:,.2f} 元"


def listed(months: Iterable[Month]) -> str:
    """Months in words 月份."""
    return "、".join(map(str, sorted(months)))


def later(day: date, months: int) -> date:
    """The same day so many months later (earlier when negative), or the last one of that month 期满日."""
    month = Month.of(day).plus(months)
    return date(month.year, month.month, min(day.day, monthrange(month.year, month.month)[1]))


def gap_kept(question: Question, months: int, *, rule: str) -> Factor:
    """Whether so many months have passed since the last one of the category 提取间隔."""
    last = question.history.last_on
    again = later(last, months) if last else None
    return factor(
        "提取间隔",
        again is None or question.on >= again,
        value=f"上次申请 {last}" if last else "未提取过",
        limit=f"间隔 {months} 个月",
        rule=rule,
        remedy=f"请于 {again} 或之后再申请",
    )
