"""The night's work in shards 日终分片: claimed under a lease, finished under a fence, sent back by a person.

PostgreSQL holds what is to do, who does it and until when, by its own clock. A worker that claims a shard draws a
higher token; it finishes in the transaction of its writes, and only while that token is still the highest. So a worker
that was frozen, and whose shard another has taken over, writes nothing when it wakes up.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum, auto
from typing import Any

from django.db import DatabaseError, connection, transaction
from psycopg.types.json import Jsonb

from access.models import User
from audit.actions import trail
from hpf.errors import Refusal
from ledger.models import BusinessDay, NightOrder, StepShard
from ledger.queries import next_to_close, unfinished_shards
from ledger.states import BusinessDayStatus, ShardStatus

# What fails again and again by itself waits for a person after so many attempts, the n-th of them n minutes after.
TRIES = 5


class Fenced(Refusal):
    """Another worker took the shard over 租约已失效: nothing of this one's work stands."""

    message = "{claim} 已由其他执行者接手，本次结果不予采用"
    code = "fenced"


class NotTheNext(Refusal):
    """Days are closed one after another 按日期顺序办理."""

    message = "当前待日终的会计日是 {day}，请刷新页面后按日期顺序办理"
    code = "not_the_next"


class NotEnded(Refusal):
    """The calendar day still runs 日期未到."""

    message = "{day} 尚未结束，日终在当日结束后自动办理"
    code = "not_ended"


class NothingToRetry(Refusal):
    """The shard neither failed nor lost its worker 无需重试."""

    message = "该分片正在办理或已完成，无需重试，请刷新页面查看"
    code = "nothing_to_retry"


class Pressed(Enum):
    """What came of a person's order 指令结果."""

    ORDERED = auto()
    AT_WORK = auto()
    CLOSED = auto()


@dataclass(frozen=True, slots=True)
class Worker:
    """Who asks for work 执行者: its name, how long it may be silent, and whether a person stands behind it."""

    name: str
    lease: timedelta
    by_hand: bool = False


@dataclass(frozen=True, slots=True)
class Claim:
    """A shard in hand 已领取的分片; the token is what its holder proves at the end."""

    day: date
    step: str
    shard: str
    token: int

    def __str__(self) -> str:
        return f"{self.day} {self.step} {self.shard}"

    @property
    def key(self) -> dict[str, Any]:
        return {"day": self.day, "step": self.step, "shard": self.shard, "token": self.token}


PLAN = """
insert into ledger_stepshard (day, step, shard, status, token, attempt, expected)
select %(day)s, %(step)s, planned.shard, 'WAITING', 0, 0, planned.expected
from unnest(%(shards)s::text[], %(expected)s::int[]) with ordinality planned (shard, expected, place)
where not exists (select from ledger_stepshard s where s.day = %(day)s and s.step = %(step)s)
order by planned.place
on conflict (day, step, shard) do nothing
"""


def plan(day: date, step: str, shards: Mapping[str, int]) -> list[str]:
    """Cut a step into shards, each with how many things it expects, and answer them 登记分片. It is cut once only."""
    with connection.cursor() as cursor:
        values: dict[str, Any] = {"day": day, "step": step}
        values |= {"shards": list(shards), "expected": list(shards.values())}
        cursor.execute(PLAN, values)
    return list(StepShard.objects.filter(day=day, step=step).order_by("pk").values_list("shard", flat=True))


CLAIM = """
insert into ledger_stepshard as s
    (day, step, shard, status, holder, token, attempt, leased_until, beat_at, started_at, posts)
values (%(day)s, %(step)s, %(shard)s, 'RUNNING', %(holder)s, 1, 1,
    clock_timestamp() + %(lease)s::interval, clock_timestamp(), clock_timestamp(), %(posts)s)
on conflict (day, step, shard) do update set
    status = 'RUNNING', holder = excluded.holder, token = s.token + 1, attempt = s.attempt + 1, posts = excluded.posts,
    leased_until = excluded.leased_until, beat_at = excluded.beat_at, started_at = excluded.started_at,
    ended_at = null, error = ''
where s.status = 'WAITING'
   or s.status = 'RUNNING' and s.leased_until < clock_timestamp() and (%(by_hand)s::boolean or s.attempt < %(tries)s)
   or s.status = 'FAILED' and (%(by_hand)s::boolean
       or s.attempt < %(tries)s and s.ended_at + s.attempt * interval '1 minute' < clock_timestamp())
returning token
"""


def claim(day: date, step: str, shard: str, *, worker: Worker, posts: str = "") -> Claim | None:
    """Take a shard in hand for the length of a lease 领取分片; None when it is done, or somebody else's.

    A shard whose lease has run out is taken over. One that failed is tried again after a while, and after several
    attempts only by hand. `posts` names the kind of voucher whose digest the record will keep.
    """
    values: dict[str, Any] = {"day": day, "step": step, "shard": shard, "posts": posts, "tries": TRIES}
    values |= {"holder": worker.name, "lease": worker.lease, "by_hand": worker.by_hand}
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, values)
        row = cursor.fetchone()
    return Claim(day, step, shard, row[0]) if row else None


RENEW = """
update ledger_stepshard set leased_until = clock_timestamp() + %(lease)s::interval, beat_at = clock_timestamp()
where day = %(day)s and step = %(step)s and shard = %(shard)s and token = %(token)s and status = 'RUNNING'
"""


def renew(claim: Claim, *, lease: timedelta) -> bool:
    """A sign of life 续租: whether the shard is still this holder's."""
    return _changes(RENEW, {**claim.key, "lease": lease})


@contextmanager
def bound(lease: timedelta) -> Iterator[None]:
    """Let PostgreSQL end a transaction whose worker is silent for a lease 限时: a frozen one keeps no lock."""
    setting, milliseconds = "idle_in_transaction_session_timeout", str(max(1, lease // timedelta(milliseconds=1)))
    with connection.cursor() as cursor:
        cursor.execute("select set_config(%s, %s, false)", [setting, milliseconds])
    try:
        yield
    finally:
        # Where the connection is gone or its transaction has failed, the setting is gone with it.
        with suppress(DatabaseError), connection.cursor() as cursor:
            cursor.execute(f"reset {setting}")


# The digest of what the shard posted: the books can be held against it later.
FINISH = """
update ledger_stepshard set status = 'DONE', leased_until = null, ended_at = clock_timestamp(), counts = %(counts)s,
    done = %(done)s, checksum = case when posts = '' then '' else coalesce((
        select encode(sha256(string_agg(v.leaf, ''::bytea order by v.id)), 'hex') from ledger_voucher v
        where v.kind_id = posts and v.source >= %(from)s and v.source < %(until)s
    ), '') end
where day = %(day)s and step = %(step)s and shard = %(shard)s and token = %(token)s and status = 'RUNNING'
"""


def finish(claim: Claim, *, counts: Mapping[str, int]) -> None:
    """Note that a shard is done, and what it did 分片完成; in the transaction of its writes.

    Raises:
        Fenced: the shard is another's by now.
    """
    # Sources are `day:branch`; of a step with one shard, all of the day's.
    first, last = (":", ";") if claim.shard == "all" else (f":{claim.shard}", f":{claim.shard}!")
    values = {"counts": Jsonb(dict(counts)), "done": sum(counts.values())}
    if not _changes(FINISH, {**claim.key, **values, "from": f"{claim.day}{first}", "until": f"{claim.day}{last}"}):
        raise Fenced(claim=claim)


FAIL = """
update ledger_stepshard set status = 'FAILED', leased_until = null, ended_at = clock_timestamp(), error = %(error)s
where day = %(day)s and step = %(step)s and shard = %(shard)s and token = %(token)s and status = 'RUNNING'
"""


def fail(claim: Claim, *, error: str) -> None:
    """Note why a shard failed 分片失败; one that is another's by now is left to it."""
    _changes(FAIL, {**claim.key, "error": error[:4000]})


@transaction.atomic
def retry(shard: StepShard, *, by: User, on: date) -> None:
    """Send a shard back to be done again 重试: one that failed, or whose worker gives no sign of life any more.

    Raises:
        NothingToRetry: it is done, waits already, or its worker lives.
    """
    if not unfinished_shards(shard.day_id).filter(pk=shard.pk, retriable=True).exists():
        raise NothingToRetry
    trail.move(shard, ShardStatus.WAITING, by=by, on=on, leased_until=None)


@transaction.atomic
def order(day: date, *, last: date, by: User, on: date) -> Pressed:
    """Ask for the night of a day 下达日终指令; what failed is sent back. Pressed again, it changes nothing.

    `last` is the last day that may be closed. Every press leaves a trail.

    Raises:
        NotTheNext: an earlier day is to be closed first, or the page is an old one.
        NotEnded: the calendar day still runs.
    """
    subject = BusinessDay.objects.filter(day=day).first()
    if subject is None or (subject.status != BusinessDayStatus.CLOSED and day != next_to_close()):
        raise NotTheNext(day=next_to_close())
    if subject.status != BusinessDayStatus.CLOSED and day > last:
        raise NotEnded(day=day)
    pressed = _press(subject, by=by, on=on)
    trail.note("order_night", subject, by=by, on=on, result=pressed.name)
    return pressed


def _press(subject: BusinessDay, *, by: User, on: date) -> Pressed:
    if subject.status == BusinessDayStatus.CLOSED:
        return Pressed.CLOSED
    _row, new = NightOrder.objects.get_or_create(day=subject, defaults={"by": by})
    stopped = list(unfinished_shards(subject.day).filter(retriable=True).order_by("pk"))
    for shard in stopped:
        trail.move(shard, ShardStatus.WAITING, by=by, on=on, leased_until=None)
    return Pressed.ORDERED if new or stopped else Pressed.AT_WORK


def _changes(sql: str, values: Mapping[str, Any]) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return bool(cursor.rowcount)
