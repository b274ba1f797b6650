"""When freezes end 冻结到期提示: which end soon and how near that is, and which ended of themselves lately (R-441)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import F, QuerySet

from accounts.models import Freeze, FreezeChange
from accounts.states import FreezeStatus
from approvals.rules import pressure
from approvals.states import CaseStatus, Pressure
from policy.queries import numbers_on
from policy.states import TermName


@dataclass(frozen=True, slots=True)
class Notice:
    """For how many days the end of a freeze is shown 提示期限: `before` it comes, and `after` it came."""

    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Left:
    """How long a freeze still holds 剩余期限: days, below zero once its last one has passed, and how near that is."""

    days: int
    pressure: Pressure

    @property
    def is_red(self) -> bool:
        """Whether it has to be seen to now 红色提示."""
        return self.pressure in (Pressure.NEAR, Pressure.OVER)


def notice_on(day: date) -> Notice:
    """How long before and after its end a freeze is shown on a day 冻结到期提示参数.

    Raises:
        NoTerm: one is missing on that day.
    """
    return Notice(*numbers_on([TermName.FREEZE_NOTICE_DAYS, TermName.FREEZE_LAPSED_SHOWN_DAYS], day))


def ending(freezes: QuerySet[Freeze], *, on: date, days: int) -> QuerySet[Freeze]:
    """Of these freezes those that hold and end within so many days 即将到期的冻结, the earliest first."""
    return freezes.filter(status=FreezeStatus.ACTIVE, until__lte=on + timedelta(days=days)).order_by("until", "pk")


def lapsed(freezes: QuerySet[Freeze], *, on: date, days: int) -> QuerySet[Freeze]:
    """Of these freezes those that ended of themselves in the last so many days 近期到期解除的冻结, the latest first.

    A freeze that is lifted by a paper ends on its last day at the latest; one that runs out, after it.
    """
    lately = freezes.filter(status=FreezeStatus.ENDED, ended_on__gt=on - timedelta(days=days))
    return lately.filter(ended_on__gt=F("until")).order_by("-ended_on", "-pk")


def left_of(freeze: Freeze, notice: Notice, *, on: date) -> Left | None:
    """How long a freeze still holds 剩余期限; None where it holds no more, not yet, or without an end.

    Amber from half of the days for which it is shown, red from 80 percent, as with what waits for a signature (R-1002).
    """
    if freeze.status != FreezeStatus.ACTIVE or freeze.until is None:
        return None
    days = (freeze.until - on).days
    return Left(days, pressure(notice.before - days, notice.before))


def has_lapsed(freeze: Freeze) -> bool:
    """Whether a freeze ended of itself after its last day, and not by a paper 到期自动解除."""
    return bool(freeze.until and freeze.ended_on and freeze.ended_on > freeze.until)


def open_changes_of(freezes: Iterable[Freeze]) -> dict[int, FreezeChange]:
    """The renewals and liftings that wait for a second person, by the key of their freeze 待复核的续冻和解冻申请."""
    rows = FreezeChange.objects.filter(freeze__in=[row.pk for row in freezes], case__status=CaseStatus.OPEN)
    return {row.freeze_id: row for row in rows.order_by("pk")}
