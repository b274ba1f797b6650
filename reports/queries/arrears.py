"""Employers that are behind 欠缴 (R-601): which months are overdue, and what they come to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Min, Q, QuerySet, Sum

from accounts.models import Employer
from deposits.models import Remittance
from deposits.states import RemittanceStatus
from hpf.money import ZERO
from hpf.months import Month
from policy.queries import deposit_terms_on, term_on
from policy.states import TermName
from reports import rules
from reports.queries.contributions import PAYING, due, paying_accounts
from reports.states import Behind

PAY_DAYS = range(1, 32)


@dataclass(frozen=True, slots=True)
class Arrear:
    """One employer that is behind 欠缴单位: the months, what they come to, and the money free to pay them, in yuan.

    `listed` of the months are handed in and count with their list; the others with what the members contribute now.
    """

    employer: Employer
    first: Month
    last: Month
    listed: int
    amount: Decimal
    unallocated: Decimal

    @property
    def months(self) -> int:
        return rules.months_from(self.first, self.last)

    @property
    def behind(self) -> Behind:
        return rules.behind(self.months)


def arrears(employers: QuerySet[Employer], *, on: date, due_days: int | None = None) -> list[Arrear]:
    """Who is behind on a day 欠缴单位 (R-601), the longest first; `due_days` instead of the day's own term.

    Raises:
        NoTerm: a limit is missing on that day.
    """
    days = int(str(term_on(TermName.DUE_DAYS, on))) if due_days is None else due_days
    last = {pay_day: rules.last_month_due(pay_day, days, on=on) for pay_day in PAY_DAYS}
    late = list(_perhaps_late(employers, last))
    saving, listed = _saving(late, on=on), _listed(late, last)
    found = []
    for row in late:
        first_member, monthly = saving.get(row.pk, (None, ZERO))
        first = Month.parse(row.paid_to).next() if row.paid_to else first_member
        if first_member is None or first is None or first > last[row.pay_day]:
            continue
        lists = listed.get(row.pk, {})
        open_months = rules.months_from(first, last[row.pay_day]) - len(lists)
        amount = sum(lists.values(), ZERO) + open_months * monthly
        free = row.unallocated.balance - row.unallocated.held
        found.append(Arrear(row, first, last[row.pay_day], len(lists), amount, free))
    return sorted(found, key=lambda arrear: (-arrear.months, -arrear.amount, arrear.employer.number))


def _perhaps_late(employers: QuerySet[Employer], last: Mapping[int, Month]) -> QuerySet[Employer]:
    """The employers whose newest allocated month is before the one that is due, and those that never paid."""
    late = Q(paid_to=None)
    for month in set(last.values()):
        late |= Q(pay_day__in=[day for day, newest in last.items() if newest == month], paid_to__lt=str(month))
    rows = employers.filter(late, status__in=PAYING).select_related("branch", "unallocated")
    shown = ("number", "name", "pay_day", "paid_to", "branch__code", "branch__name")
    money = ("unallocated__balance", "unallocated__held")
    return rows.only(*shown, *money).order_by("number")


def _saving(late: list[Employer], *, on: date) -> dict[int, tuple[Month, Decimal]]:
    """The first month of the first member of each employer, and what its members contribute a month as things stand.

    An employer without members owes nobody and is left out.
    """
    accounts = paying_accounts(Employer.objects.filter(pk__in=[row.pk for row in late]))
    rows = accounts.values_list("employer").annotate(first=Min("first_month"), due=Sum(due(deposit_terms_on(on))))
    return {employer: (Month.parse(first), monthly) for employer, first, monthly in rows}


def _listed(late: list[Employer], last: Mapping[int, Month]) -> dict[int, dict[str, Decimal]]:
    """The overdue months of each employer that are handed in and wait for money, with what they come to."""
    due_to = {row.pk: str(last[row.pay_day]) for row in late}
    found: dict[int, dict[str, Decimal]] = {}
    rows = Remittance.objects.regular().filter(employer__in=due_to, status=RemittanceStatus.SUBMITTED).order_by("pk")
    for employer, month, total in rows.values_list("employer", "month", "total"):
        if month <= due_to[employer]:
            found.setdefault(employer, {})[month] = total
    return found


@dataclass(frozen=True, slots=True)
class ArrearClass:
    """The employers of one class of arrears 欠缴档次, in yuan."""

    behind: Behind
    count: int
    amount: Decimal


def by_class(found: list[Arrear]) -> list[ArrearClass]:
    """How many employers are behind by how much 欠缴分布."""
    of = {kind: [arrear.amount for arrear in found if arrear.behind == kind] for kind in Behind}
    return [ArrearClass(kind, len(amounts), sum(amounts, ZERO)) for kind, amounts in of.items()]
