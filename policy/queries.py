"""What was in force on a day 政策参数查询. Every answer names its day; none has a default."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from access.models import User
from access.states import Perm
from hpf.errors import Refusal
from policy.models import Term, TermQuerySet
from policy.rules import DayOfYear, TermValue, value_of
from policy.states import DayCount, TermName


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
    return terms_seen_by(seen_by).filter(name=name).order_by("-valid_from")


def _texts_on(names: Collection[TermName], day: date) -> dict[TermName, str]:
    rows = Term.objects.in_force_on(day).filter(name__in=names).order_by("name").values_list("name", "value")
    texts = {TermName(name): value for name, value in rows}
    for name in names:
        if name not in texts:
            raise NoTerm(name, day)
    return texts


def _percent(rows: list[Term], name: TermName, day: date) -> Decimal:
    for row in rows:
        if row.name == name and row.is_in_force_on(day):
            return Decimal(row.value)
    raise NoTerm(name, day)
