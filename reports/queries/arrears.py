"""Employers that are behind 欠缴 (R-601): which months are overdue, and what they come to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Exists, Min, OuterRef, Q, QuerySet, Subquery, Sum

from accounts.models import Employer, MemberAccount
from deposits.models import Remittance
from deposits.states import RemittanceStatus
from hpf.money import ZERO
from hpf.months import Month
from policy.queries import deposit_terms_on, term_on
from policy.states import TermName
from reports import rules
from reports.queries.contributions import ACTIVE, PAYING, due, paying_accounts
from reports.states import Behind

PAY_DAYS = range(1, 32)


@dataclass(frozen=True, slots=True)
class Arrear:
    """One employer that is behind 欠缴单位: the months, what they come to, and the money not yet used, in yuan.

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
    late = list(_late(employers, last))
    first = {row.pk: Month.parse(row.paid_to).next() if row.paid_to else Month.parse(row.begun) for row in late}
    listed, monthly = _listed(late, last), _monthly(late, on=on)
    found = []
    for row in late:
        lists = listed.get(row.pk, {})
        open_months = rules.months_from(first[row.pk], last[row.pay_day]) - len(lists)
        amount = sum(lists.values(), ZERO) + open_months * monthly.get(row.pk, ZERO)
        found.append(Arrear(row, first[row.pk], last[row.pay_day], len(lists), amount, row.unallocated.balance))
    return sorted(found, key=lambda arrear: (-arrear.months, -arrear.amount, arrear.employer.number))


def _late(employers: QuerySet[Employer], last: Mapping[int, Month]) -> QuerySet[Any, Any]:
    """The employers that owe somebody an overdue month; one that never paid owes from its first member's first."""
    account = MemberAccount.objects.filter(ACTIVE, employer=OuterRef("pk")).order_by()
    begun = account.values("employer").annotate(first=Min("first_month")).values("first")
    late = Q()
    for month in set(last.values()):
        days = [day for day, newest in last.items() if newest == month]
        never, earlier = Q(paid_to=None, begun__lte=str(month)), Q(Exists(account), paid_to__lt=str(month))
        late |= Q(pay_day__in=days) & (earlier | never)
    rows = employers.filter(status__in=PAYING).annotate(begun=Subquery(begun)).filter(late)
    return rows.select_related("branch", "unallocated").order_by("number")


def _listed(late: list[Employer], last: Mapping[int, Month]) -> dict[int, dict[str, Decimal]]:
    """The overdue months of each employer that are handed in and wait for money, with what they come to."""
    due_to = {row.pk: str(last[row.pay_day]) for row in late}
    found: dict[int, dict[str, Decimal]] = {}
    rows = Remittance.objects.regular().filter(employer__in=due_to, status=RemittanceStatus.SUBMITTED).order_by("pk")
    for employer, month, total in rows.values_list("employer", "month", "total"):
        if month <= due_to[employer]:
            found.setdefault(employer, {})[month] = total
    return found


def _monthly(late: list[Employer], *, on: date) -> dict[int, Decimal]:
    """What the members of each employer contribute a month, as things stand."""
    accounts = paying_accounts(Employer.objects.filter(pk__in=[row.pk for row in late]))
    return dict(accounts.values_list("employer").annotate(due=Sum(due(deposit_terms_on(on)))))


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
