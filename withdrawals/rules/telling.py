"""The factors of a quote as a person reads them 核定说明: in its order, in groups, beside how they stood before."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from withdrawals.rules.factors import Factor
from withdrawals.rules.quoting import HOW_MUCH, LIMIT, UNDECIDED, WHO, Quote
from withdrawals.states import Category, Standing

LABEL = "核定："
WHO_MAY, WHAT_FOR, AMOUNTS = "账户和申请人", "本类别的条件", "金额"
Groups = list[tuple[str, list[dict[str, str]]]]


def kept(category: Category, snapshot: Mapping[str, Any]) -> Quote:
    """A quote from its snapshot 核定快照; it is decided, so that it does not say whether data alone would do."""
    return Quote(
        category=category,
        factors=tuple(Factor(**{**one, "standing": Standing(one["standing"])}) for one in snapshot["factors"]),
        entitlement=Decimal(snapshot["entitlement"]),
        amount=Decimal(snapshot["amount"]),
        interest=Decimal(snapshot["interest"]),
        instant=False,
    )


def facts_of_factors(factors: Iterable[Factor]) -> dict[str, str]:
    """Every factor as a line of what a signature rests on 核定因素."""
    return {f"{LABEL}{one.name}": _told(one) for one in factors}


def without_factors(facts: Mapping[str, str]) -> dict[str, str]:
    """What a signature rests on besides the factors 申报与要件."""
    return {label: value for label, value in facts.items() if not label.startswith(LABEL)}


def grouped(factors: Iterable[Factor], before: Mapping[str, str] | None = None) -> Groups:
    """The factors of a quote in groups 核定因素分组, in its own order.

    `before` are the facts of a case: a factor that stood otherwise in them says under `before` how.
    """
    groups: dict[str, list[dict[str, str]]] = {WHO_MAY: [], WHAT_FOR: [], AMOUNTS: []}
    for one in factors:
        then = (before or {}).get(f"{LABEL}{one.name}", "")
        texts = {name: str(getattr(one, name)) for name in ("name", "value", "limit", "rule", "remedy")}
        told = texts | {"standing": one.standing.value, "before": "" if then == _told(one) else then}
        groups[_group(one)].append(told)
    return [(name, found) for name, found in groups.items() if found]


def _told(one: Factor) -> str:
    return f"{Standing(one.standing).label}：{one.value}（{one.limit}）"


def _group(one: Factor) -> str:
    if one.name == LIMIT or one.rule in (HOW_MUCH, UNDECIDED):
        return AMOUNTS
    return WHO_MAY if one.rule.startswith(WHO) else WHAT_FOR
