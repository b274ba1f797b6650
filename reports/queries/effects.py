"""What a new value of a parameter would touch 参数调整影响: computed by the rules that post, before anybody signs."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q, Sum

from deposits import rules as deposits
from hpf.money import ZERO
from ledger.models import LedgerAccount
from policy.queries import (
    DepositTerms,
    InterestTerms,
    Rate,
    deposit_terms_on,
    interest_rates,
    interest_terms_on,
    term_on,
)
from policy.rules import value_of
from policy.states import DayCount, TermName
from reports.queries.arrears import Arrear, arrears
from reports.queries.contributions import due, paying_accounts
from reports.queries.sights import Sight

CONTRIBUTION_TERMS = {
    TermName.BASE_FLOOR: "floor",
    TermName.BASE_CAP: "cap",
    TermName.RATIO_MIN: "ratio_min",
    TermName.RATIO_MAX: "ratio_max",
    TermName.ROUND_UNIT: "round_unit",
}
RATIO_TERMS = (TermName.RATIO_MIN, TermName.RATIO_MAX)
INTEREST_TERMS = (TermName.RATE_CARRIED, TermName.RATE_CURRENT, TermName.DAY_COUNT)
A_MONTH = timedelta(days=30)


@dataclass(frozen=True)
class Proposed:
    """A value that may come into force 拟定取值, as written on paper, and its first day."""

    name: TermName
    value: str
    valid_from: date


@dataclass(frozen=True, slots=True)
class EmployerEffect:
    """The members of one employer whose contributions change 单位月缴存额影响, in yuan a month."""

    pk: int
    number: str
    name: str
    office: str
    members: int
    before: Decimal
    after: Decimal

    @property
    def change(self) -> Decimal:
        return self.after - self.before


@dataclass(frozen=True)
class ContributionEffect:
    """Whose contributions a value changes 月缴存额影响, in yuan a month; the largest change first."""

    rows: list[EmployerEffect]

    @property
    def members(self) -> int:
        return sum(row.members for row in self.rows)

    @property
    def before(self) -> Decimal:
        return sum((row.before for row in self.rows), ZERO)

    @property
    def after(self) -> Decimal:
        return sum((row.after for row in self.rows), ZERO)

    @property
    def change(self) -> Decimal:
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class BranchInterest:
    """What an office's savings earn in thirty days before and after 网点三十天利息, in yuan."""

    name: str
    accounts: int
    carried: Decimal
    current: Decimal
    before: Decimal
    after: Decimal

    @property
    def change(self) -> Decimal:
        return self.after - self.before


@dataclass(frozen=True)
class InterestEffect:
    """What a rate or a day count changes 利息影响; `splits` says the year's settlement could not be cut (R-205)."""

    rows: list[BranchInterest]
    splits: bool

    @property
    def accounts(self) -> int:
        return sum(row.accounts for row in self.rows)

    @property
    def before(self) -> Decimal:
        return sum((row.before for row in self.rows), ZERO)

    @property
    def after(self) -> Decimal:
        return sum((row.after for row in self.rows), ZERO)

    @property
    def change(self) -> Decimal:
        return self.after - self.before


@dataclass(frozen=True)
class DueEffect:
    """Who would be behind today under the value and who would not 欠缴影响."""

    before: list[Arrear]
    after: list[Arrear]

    @property
    def amounts(self) -> tuple[Decimal, Decimal]:
        """What is overdue under the old value and under the new one 欠缴金额, in yuan."""
        before, after = (sum((one.amount for one in found), ZERO) for found in (self.before, self.after))
        return before, after

    @property
    def rows(self) -> list[tuple[Arrear, str]]:
        """The employers whose standing changes 变化的单位, and how."""
        was, would = ({one.employer.pk: one for one in found} for found in (self.before, self.after))
        freed = [(one, "不再逾期") for pk, one in was.items() if pk not in would]
        caught = [(one, "变为逾期") for pk, one in would.items() if pk not in was]
        moved = [
            (one, f"欠缴由 {was[pk].months} 个月变为 {one.months} 个月")
            for pk, one in would.items()
            if pk in was and was[pk].months != one.months
        ]
        return caught + moved + freed


def contribution_effect(proposed: Proposed, sight: Sight) -> ContributionEffect:
    """Whose contributions a floor, cap, ratio limit or unit changes 月缴存额影响 (R-602).

    An account outside a new limit of the ratio counts with that limit: its list is refused until it is adjusted.

    Raises:
        NoTerm: another limit is missing on the first day.
    """
    old = deposit_terms_on(proposed.valid_from)
    number = Decimal(str(value_of(proposed.name, proposed.value)))
    new = replace(old, **{CONTRIBUTION_TERMS[proposed.name]: number})
    accounts = paying_accounts(sight.employers).filter(_concerned(proposed.name, old, new))
    touched = accounts.annotate(old=due(old), new=due(new)).filter(_changed(proposed.name, new))
    rows = touched.values_list("employer", "employer__number", "employer__name", "employer__branch__name").annotate(
        members=Count("pk"), before=Sum("old"), after=Sum("new")
    )
    found = [EmployerEffect(*row) for row in rows]
    return ContributionEffect(sorted(found, key=lambda row: (-abs(row.change), -row.members, row.number)))


def _concerned(name: TermName, old: DepositTerms, new: DepositTerms) -> Q:
    """The accounts a value can change at all, told by their columns: only theirs are computed."""
    if name == TermName.BASE_CAP:
        return Q(base__gt=min(old.cap, new.cap))
    if name == TermName.BASE_FLOOR:
        return Q(base__lt=max(old.floor, new.floor))
    return Q() if name == TermName.ROUND_UNIT else _outside(old) | _outside(new)


def _changed(name: TermName, new: DepositTerms) -> Q:
    changed = ~Q(old=F("new"))
    return _outside(new) | changed if name in RATIO_TERMS else changed


def interest_effect(proposed: Proposed, sight: Sight) -> InterestEffect:
    """What thirty days' interest would come to 利息影响 (R-603), on the balances as they stand.

    Raises:
        NoTerm: a rate or the day count is missing on the first day.
    """
    day = proposed.valid_from
    terms, (rate,) = interest_terms_on(day), interest_rates(day, day + timedelta(days=1))
    new_terms, new_rate = terms, rate
    if proposed.name == TermName.DAY_COUNT:
        new_terms = replace(terms, day_count=DayCount(proposed.value))
    else:
        percent, of_carried = Decimal(proposed.value), proposed.name == TermName.RATE_CARRIED
        new_rate = replace(rate, carried=percent) if of_carried else replace(rate, current=percent)
    rows = []
    for name, accounts, carried, current in _standing(sight, proposed.name):
        parts = (carried, current)
        before, after = _earned(parts, rate, terms, day), _earned(parts, new_rate, new_terms, day)
        rows.append(BranchInterest(name, accounts, carried, current, before, after))
    return InterestEffect(rows, _splits(new_rate, terms, day))


def due_effect(proposed: Proposed, sight: Sight, *, on: date) -> DueEffect:
    """Who would be behind today 欠缴影响 if the value already held (R-601)."""
    days = int(proposed.value)
    return DueEffect(arrears(sight.employers, on=on), arrears(sight.employers, on=on, due_days=days))


def _outside(terms: DepositTerms) -> Q:
    outside = Q()
    for ratio in ("employer_ratio", "member_ratio"):
        outside |= Q(**{f"{ratio}__lt": terms.ratio_min}) | Q(**{f"{ratio}__gt": terms.ratio_max})
    return outside


def _standing(sight: Sight, name: TermName) -> list[tuple[Any, ...]]:
    """Both parts of the balances of each office, and how many accounts the parameter touches."""
    accounts = LedgerAccount.objects.filter(bears_interest=True, closed_on=None).order_by("branch__code")
    if sight.branch_id is not None:
        accounts = accounts.filter(branch=sight.branch_id)
    touched = {
        TermName.RATE_CARRIED: ~Q(carried=0),
        TermName.RATE_CURRENT: ~Q(current=0),
    }.get(name, ~Q(balance=0))
    sums = accounts.values("branch__code").annotate(
        accounts=Count("pk", filter=touched), all_carried=Sum("carried"), all_current=Sum("current")
    )
    return list(sums.values_list("branch__name", "accounts", "all_carried", "all_current"))


def _earned(parts: Sequence[Decimal], rate: Rate, terms: InterestTerms, since: date) -> Decimal:
    """What the parts of a balance earn in thirty days, as the night's accrual computes it (R-203, R-204)."""
    until = since + A_MONTH
    numbers = [deposits.interest_number(part, since, until, terms.day_count) for part in parts]
    return deposits.interest_on(zip(numbers, (rate.carried, rate.current), strict=True), terms.day_count)


def _splits(new: Rate, terms: InterestTerms, day: date) -> bool:
    """Whether the rate cuts a year whose parts have different rates, which could not be settled (R-205)."""
    first, _end = deposits.interest_year(day, settled_on=(terms.settle_day.month, terms.settle_day.day))
    if not term_on(TermName.SEGMENT_ON_CHANGE, day):
        return False
    earlier = [(rate.carried, rate.current) for rate in interest_rates(first, day)] if first < day else []
    pairs = {*earlier, (new.carried, new.current)}
    return len(pairs) > 1 and any(carried != current for carried, current in pairs)
