"""What was in force on a day 政策参数查询. Every answer names its day; none has a default."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache

from django.db import connection
from django.db.models import Min, Prefetch, QuerySet
from holidays import HolidayBase, country_holidays

from access.models import Branch, User
from access.states import Perm
from approvals.models import Signature
from approvals.states import CaseStatus
from hpf.errors import Refusal
from policy import rules
from policy.models import Term, TermChange, TermQuerySet
from policy.rules import DayOfYear, Route, TermValue, bounds_kept, shown, value_of
from policy.states import ORDERED, DayCount, DeadlineCount, TermName


class NoTerm(Refusal):
    """No value is in force on that day 参数缺失."""

    message = "{day} 没有生效的政策参数“{label}”（{name}），请先由中心维护该参数再办理"
    code = "no_term"

    def __init__(self, name: TermName, day: date) -> None:
        super().__init__(name=name.value, label=name.label, day=day.isoformat())


@dataclass(frozen=True)
class DepositTerms:
    """What holds for contributions on a day 缴存政策. Money in yuan, ratios in percent."""

    floor: Decimal
    cap: Decimal
    ratio_min: Decimal
    ratio_max: Decimal
    round_unit: Decimal


@dataclass(frozen=True)
class InterestTerms:
    """How account interest is counted on a day 计息规则."""

    day_count: DayCount
    min_unit: Decimal
    settle_day: DayOfYear


@dataclass(frozen=True)
class Rate:
    """Account interest in percent a year from a day on 账户存款利率: carried-forward and current-year money."""

    from_: date
    carried: Decimal
    current: Decimal


def term_on(name: TermName, day: date) -> TermValue:
    """The typed value of one parameter on a day 参数取值.

    Raises:
        NoTerm: none is in force on that day.
    """
    return value_of(name, _texts_on([name], day)[name])


def numbers_on(names: Sequence[TermName], day: date) -> list[int]:
    """What some parameters that are whole numbers say on a day, in the order asked 整数参数.

    Raises:
        NoTerm: one of them is missing on that day.
    """
    texts = _texts_on(names, day)
    return [int(texts[name]) for name in names]


def values_on(names: Sequence[TermName], day: date) -> dict[TermName, TermValue]:
    """The typed values of some parameters on a day 参数取值, read at once.

    Raises:
        NoTerm: one of them is missing on that day.
    """
    texts = _texts_on(names, day)
    return {name: value_of(name, texts[name]) for name in names}


def route_on(name: TermName, amount: Decimal, branch: Branch, on: date) -> list[Perm]:
    """The rights that sign a business on a day, one after another 复核路线 (R-1001); amount in yuan, 0 where none.

    Raises:
        NoTerm: none is in force on that day.
    """
    route = term_on(name, on)
    assert isinstance(route, Route)
    return route.steps(amount, branch.code)


def due_on(name: TermName, opened_on: date) -> date:
    """The last day to decide what was opened on a day 办理期限 (R-1002), by the law in force on that day.

    `name` is a number of days; whether calendar or working days is a parameter of its own.

    Raises:
        NoTerm: one of the two is missing on that day.
    """
    texts = _texts_on([name, TermName.APPROVAL_DAY_COUNT], opened_on)
    working = texts[TermName.APPROVAL_DAY_COUNT] == DeadlineCount.WORKING
    return rules.due_on(opened_on, int(texts[name]), is_working_day if working else lambda day: True)


def is_working_day(day: date) -> bool:
    """Whether offices in China work on a day 工作日, with the exchanged weekends 调休 the State Council announced.

    For a year that was not announced yet: Monday to Friday but for the fixed public holidays.
    """
    return _calendar().is_working_day(day)


@cache
def _calendar() -> HolidayBase:
    return country_holidays("CN")


def deposit_terms_on(day: date) -> DepositTerms:
    """Limits and rounding of contributions on a day 缴存基数、比例与取整.

    Raises:
        NoTerm: one of them is missing on that day.
    """
    texts = _texts_on(
        [TermName.BASE_FLOOR, TermName.BASE_CAP, TermName.RATIO_MIN, TermName.RATIO_MAX, TermName.ROUND_UNIT], day
    )
    return DepositTerms(
        floor=Decimal(texts[TermName.BASE_FLOOR]),
        cap=Decimal(texts[TermName.BASE_CAP]),
        ratio_min=Decimal(texts[TermName.RATIO_MIN]),
        ratio_max=Decimal(texts[TermName.RATIO_MAX]),
        round_unit=Decimal(texts[TermName.ROUND_UNIT]),
    )


def interest_terms_on(day: date) -> InterestTerms:
    """Day count, smallest principal and settlement day of account interest on a day 计息规则.

    Raises:
        NoTerm: one of them is missing on that day.
    """
    texts = _texts_on([TermName.DAY_COUNT, TermName.INTEREST_MIN_UNIT, TermName.SETTLE_DAY], day)
    return InterestTerms(
        day_count=DayCount(texts[TermName.DAY_COUNT]),
        min_unit=Decimal(texts[TermName.INTEREST_MIN_UNIT]),
        settle_day=DayOfYear.parse(texts[TermName.SETTLE_DAY]),
    )


def rate_on(day: date) -> Rate:
    """The account interest rates of one day 账户存款利率.

    Raises:
        NoTerm: one of them is missing on that day.
    """
    texts = _texts_on([TermName.RATE_CARRIED, TermName.RATE_CURRENT], day)
    return Rate(day, Decimal(texts[TermName.RATE_CARRIED]), Decimal(texts[TermName.RATE_CURRENT]))


def interest_rates(since: date, until: date) -> list[Rate]:
    """The account interest rates from `since` to, and without, `until`, cut where one changes 分段利率.

    The first one begins on `since`; neighbours differ.

    Raises:
        NoTerm: a day within has no rate.
    """
    rows = list(
        Term.objects.filter(name__in=[TermName.RATE_CARRIED, TermName.RATE_CURRENT])
        .in_force_within(since, until)
        .order_by("name", "valid_from")
    )
    changes = {row.valid_from for row in rows} | {row.valid_to for row in rows if row.valid_to is not None}
    rates: list[Rate] = []
    for day in sorted({since} | {day for day in changes if since < day < until}):
        rate = Rate(day, _percent(rows, TermName.RATE_CARRIED, day), _percent(rows, TermName.RATE_CURRENT, day))
        if not rates or (rates[-1].carried, rates[-1].current) != (rate.carried, rate.current):
            rates.append(rate)
    return rates


def terms_seen_by(user: User) -> TermQuerySet:
    """The parameters a person may read 可见的政策参数: all of them, with the right to."""
    return Term.objects.all() if user.has(Perm.VIEW_PARAMETERS) else Term.objects.none()


def history(name: TermName, *, seen_by: User) -> TermQuerySet:
    """Every value a parameter ever had, the newest first 参数沿革."""
    terms = terms_seen_by(seen_by).filter(name=name).select_related("change__case__maker")
    return terms.prefetch_related(_signed("change__case__signatures")).order_by("-valid_from")


def changes_seen_by(user: User) -> QuerySet[TermChange]:
    """The proposals a person may read 可见的调整申请: all of them, with the right to read parameters."""
    changes = TermChange.objects.select_related("case__maker", "case__branch")
    return changes if user.has(Perm.VIEW_PARAMETERS) else changes.none()


def changes_of(name: TermName, *, seen_by: User) -> QuerySet[TermChange]:
    """The proposals about one parameter, the newest first 参数调整申请."""
    return changes_seen_by(seen_by).filter(name=name).prefetch_related(_signed("case__signatures")).order_by("-pk")


def waiting_changes(seen_by: User) -> QuerySet[TermChange]:
    """The proposals nobody has signed yet, the oldest first 待复核的调整; at most one for each parameter."""
    return changes_seen_by(seen_by).filter(case__status=CaseStatus.OPEN).order_by("pk")


def has_open_change(name: TermName) -> bool:
    """Whether a proposal about the parameter still waits 有待复核的申请."""
    return TermChange.objects.filter(name=name, case__status=CaseStatus.OPEN).exists()


def replaced_by(name: TermName, since: date) -> Term | None:
    """The value that holds on a day, which a new one from that day ends or replaces 被替代的取值."""
    return Term.objects.in_force_on(since).filter(name=name).order_by("-valid_from").first()


def held_until(name: TermName, since: date) -> date | None:
    """The day on which a value that begins on `since` has to give way to a later one 失效日期; None for open."""
    return Term.objects.filter(name=name, valid_from__gt=since).aggregate(until=Min("valid_from"))["until"]


def out_of_order(name: TermName, value: str, since: date) -> Term | None:
    """A bound that a new value from `since` on would cross on some day 上下限颠倒 (R-503), or None."""
    last = held_until(name, since) or date.max
    for lower, upper in ORDERED:
        if name not in (lower, upper):
            continue
        other = upper if name == lower else lower
        for row in Term.objects.filter(name=other).in_force_within(since, last).order_by("valid_from"):
            pair = (value, row.value) if name == lower else (row.value, value)
            if not bounds_kept(*pair):
                return row
    return None


def facts_of(change: TermChange) -> dict[str, str]:
    """What a signature on a proposal rests on 复核依据: what was entered, and what it meets as things stand."""
    name, old = TermName(change.name), replaced_by(TermName(change.name), change.valid_from)
    until = held_until(name, change.valid_from)
    bounds = {term for pair in ORDERED if name in pair for term in pair if term != name}
    others = Term.objects.in_force_on(change.valid_from).filter(name__in=bounds).order_by("name")
    return {
        "参数": f"{name.label}（{name.value}）",
        "拟定取值": shown(name, change.value),
        "生效日期": change.valid_from.isoformat(),
        "失效日期": until.isoformat() if until else "直至下次调整",
        "文号": change.document,
        "依据": change.source,
        "调整理由": change.reason,
        "届时原取值": old.shown_value if old else "无",
        "原取值起始日": old.valid_from.isoformat() if old else "无",
        "原取值文号": (old.document if old else "") or "无",
        "届时相关参数": "；".join(str(term) for term in others) or "无",
    }


def _signed(path: str) -> Prefetch:
    return Prefetch(path, Signature.objects.select_related("signer").order_by("pk"))


# `TermQuerySet.in_force_on`, put down in words: nearly every act asks, and asks in a quarter of the time.
IN_FORCE = """
select name, value from policy_term
where name = any(%s) and valid_from <= %s and (valid_to is null or valid_to > %s)
"""


def _texts_on(names: Collection[TermName], day: date) -> dict[TermName, str]:
    with connection.cursor() as cursor:
        cursor.execute(IN_FORCE, [[name.value for name in names], day, day])
        texts = {TermName(name): value for name, value in cursor.fetchall()}
    for name in names:
        if name not in texts:
            raise NoTerm(name, day)
    return texts


def _percent(rows: list[Term], name: TermName, day: date) -> Decimal:
    for row in rows:
        if row.name == name and row.is_in_force_on(day):
            return Decimal(row.value)
    raise NoTerm(name, day)
