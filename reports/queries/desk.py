"""Everything the manager's desk shows 看板: each figure asked once for one sight and one day."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Max

from access.models import Branch, User
from ledger.queries import batch_now, business_days_seen_by
from ledger.states import BusinessDayStatus
from reports.queries import figures
from reports.queries.arrears import Arrear, arrears
from reports.queries.sights import Sight

MONTHS = 24
DAYS = 30


@dataclass(frozen=True)
class Night:
    """How the nights stand 日终状态: the last closed day, the one that is being closed, and whether a step failed."""

    closed: date | None
    closing: date | None
    failed: bool = False


@dataclass(frozen=True)
class Desk:
    """The figures of one sight 看板数字."""

    sight: Sight
    on: date
    savings: list[figures.SavingsMonth]
    withdrawn: list[figures.WithdrawnMonth]
    paid: list[figures.PaidMonth]
    branches: list[figures.BranchFigures]
    arrears: list[Arrear]
    unidentified: list[figures.Aged]
    unallocated: list[figures.Aged]
    receipts: list[figures.ReceiptDay]
    waiting: figures.WaitingLists

    @property
    def is_empty(self) -> bool:
        """Whether the fund has nothing to show yet 尚无数据."""
        return not (any(row.paying_employers for row in self.branches) or self.savings[-1].balance)


def desk_of(sight: Sight, branches: list[Branch], *, on: date) -> Desk:
    """The manager's figures on a day 负责人看板.

    Raises:
        NoTerm: a limit of contributions is missing on that day.
    """
    savings = figures.savings_by_month(sight, on=on, months=MONTHS)
    return Desk(
        sight=sight,
        on=on,
        savings=savings,
        withdrawn=figures.withdrawn_by_month(sight, since=savings[0].month, on=on),
        paid=figures.paid_months(sight, on=on, months=MONTHS),
        branches=figures.branch_figures(branches, on=on),
        arrears=arrears(sight.employers, on=on),
        unidentified=figures.unidentified_by_age(on=on),
        unallocated=figures.unallocated_by_age(sight, on=on),
        receipts=figures.receipts_by_day(on=on, days=DAYS),
        waiting=figures.waiting_lists(sight),
    )


def night_seen_by(user: User) -> Night:
    """How the nights stand 日终状态."""
    days = dict(
        business_days_seen_by(user).prefetch_related(None).order_by().values_list("status").annotate(Max("day"))
    )
    now = batch_now()
    return Night(
        days.get(BusinessDayStatus.CLOSED), days.get(BusinessDayStatus.CLOSING), failed=bool(now and now.failed)
    )
