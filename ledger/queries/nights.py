"""The nights 日终: what is to do, who does it, how far it is, and whether one is at work just now."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Case, Exists, OuterRef, Prefetch, Q, QuerySet, When
from django.db.models.functions import Now

from access.models import User
from access.states import Perm
from ledger import rules
from ledger.models import BusinessDay, NightOrder, StepShard
from ledger.states import COUNT_WORDS, BusinessDayStatus, DayStepName, ShardStatus


def night_is_ordered(day: date) -> bool:
    """Whether a person asked for the night of a day 是否已下达日终指令."""
    return NightOrder.objects.filter(day=day).exists()


# Work that takes longer is shown in amber 超过 5 分钟未完成.
STUCK_AFTER = timedelta(minutes=5)


def shards_with_state() -> QuerySet[Any]:
    """The shards of nights 日终分片 in their order, each with what the database's clock says of it.

    silent: its worker gives no sign of life; stuck: it takes long; retriable: a person may send it back.
    """
    running = Q(status=ShardStatus.RUNNING)
    silent = running & Q(leased_until__lt=Now())
    return StepShard.objects.annotate(
        asked_at=Now(),
        silent=Case(When(silent, then=True), default=False),
        stuck=Case(When(running & Q(started_at__lt=Now() - STUCK_AFTER), then=True), default=False),
        retriable=Case(When(silent | Q(status=ShardStatus.FAILED), then=True), default=False),
    ).order_by("pk")


def unfinished_shards(day: date, step: str | None = None) -> QuerySet[Any]:
    """What is still to do of a night, or of one of its steps 未完成的分片."""
    left = shards_with_state().filter(day=day).exclude(status=ShardStatus.DONE)
    return left.filter(step=step) if step else left


def shards_seen_by(user: User) -> QuerySet[Any]:
    """The shards of nights a person may look at 可查看的日终分片."""
    return shards_with_state() if user.has(Perm.VIEW_BUSINESS_DAY) else StepShard.objects.none()


def business_days_seen_by(user: User) -> QuerySet[BusinessDay]:
    """The business days with their nights 会计日, newest first."""
    shards = Prefetch("shards", shards_with_state())
    days = BusinessDay.objects.select_related("order__by").prefetch_related(shards).order_by("-day")
    return days if user.has(Perm.VIEW_BUSINESS_DAY) else days.none()


def nights_seen_by(user: User) -> QuerySet[BusinessDay]:
    """The days of whose night anything is recorded 日终作业, newest first."""
    return business_days_seen_by(user).filter(Exists(StepShard.objects.filter(day=OuterRef("pk"))))


@dataclass(frozen=True, slots=True)
class NightStep:
    """One step of one night as a page shows it 日终步骤; without shards it has not begun."""

    name: DayStepName
    shards: tuple[Any, ...] = ()

    @property
    def status(self) -> ShardStatus | None:
        """Failed where one shard failed, done where all are 步骤状态."""
        order = (ShardStatus.FAILED, ShardStatus.RUNNING, ShardStatus.WAITING, ShardStatus.DONE)
        return min((ShardStatus(shard.status) for shard in self.shards), key=order.index, default=None)

    @property
    def finished(self) -> int:
        return sum(shard.status == ShardStatus.DONE for shard in self.shards)

    @property
    def stuck(self) -> bool:
        return any(shard.stuck for shard in self.shards)

    @property
    def started_at(self) -> datetime | None:
        return min((shard.started_at for shard in self.shards if shard.started_at), default=None)

    @property
    def ended_at(self) -> datetime | None:
        done = self.status == ShardStatus.DONE
        return max((shard.ended_at for shard in self.shards if shard.ended_at), default=None) if done else None

    @property
    def counts(self) -> list[tuple[str, int]]:
        """What its shards did, summed, in words 笔数."""
        sums: dict[str, int] = {}
        for what, count in [pair for shard in self.shards for pair in shard.counts.items()]:
            sums[what] = sums.get(what, 0) + count
        known = [what for what in COUNT_WORDS if what in sums]  # the database keeps keys in an order of its own
        return [(COUNT_WORDS.get(what, what), sums[what]) for what in [*known, *sorted(sums.keys() - known)]]

    @property
    def progress(self) -> rules.Progress:
        """How far it is, in things where each shard knows how many it expects, else in shards 进度."""
        known = all(shard.expected for shard in self.shards)
        pairs = [(s.done, s.expected) if known else (s.status == ShardStatus.DONE, 1) for s in self.shards]
        since = self.started_at
        worked = self.shards[0].asked_at - since if since else None
        return rules.progress(sum(done for done, _ in pairs), sum(total for _, total in pairs), worked)


def night_of(day: BusinessDay) -> list[NightStep]:
    """Every step of one night in its order 日终步骤, with what has been done of it."""
    shards = list(day.shards.all())
    return [NightStep(name, tuple(shard for shard in shards if shard.step == name)) for name in DayStepName]


def last_night() -> date | None:
    """The newest day of whose night anything is recorded 最近的日终."""
    return StepShard.objects.order_by("-day").values_list("day_id", flat=True).first()


class BatchNow(NamedTuple):
    """The night at work just now 正在办理的日终: its day, the step it is at, how many of all steps are done.

    failed: a step waits for a person or its next attempt; alive: somebody holds a lease on a piece of it.
    """

    day: date
    step: DayStepName
    done: int
    steps: int
    failed: bool
    alive: bool


# The night is at work on one of the two newest days, or on none; read on every page, so it is one small statement.
BATCH_NOW = """
select d.day, d.status, s.step, bool_and(s.status = 'DONE'), bool_or(s.status = 'FAILED'),
       coalesce(bool_or(s.leased_until > clock_timestamp()), false)
from (select day, status from ledger_businessday order by day desc limit 2) d
left join ledger_stepshard s on s.day = d.day
where d.status <> 'CLOSED'
group by 1, 2, 3
"""


def batch_now() -> BatchNow | None:
    """The night that is at work or has stopped half way 日终是否进行中; None between the nights."""
    with connection.cursor() as cursor:
        cursor.execute(BATCH_NOW)
        rows = cursor.fetchall()
    begun = [day for day, status, step, done, *_ in rows if status == BusinessDayStatus.CLOSING or (step and not done)]
    if not begun:
        return None
    steps = {step: flags for day, _, step, *flags in rows if day == min(begun) and step}
    left = [name for name in DayStepName if not steps.get(name, [False])[0]]
    at, all_of = (left or [DayStepName.CLOSE])[0], len(DayStepName)
    failed, alive = (any(flags[place] for flags in steps.values()) for place in (1, 2))
    return BatchNow(min(begun), at, all_of - len(left), all_of, failed, alive)
