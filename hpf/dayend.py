"""The order of the day 日终: one list of real steps, and the one loop that runs and records them.

Every step takes the day, the user the night acts as and the shard that is to be done, may be run again without harm,
and answers how many things it did. Any number of workers may run the loop at once: PostgreSQL holds what is to do and
who does it (`ledger.actions.nights`), and losing the broker loses nothing. What fails stops the list before the next
step, and never what is beside it; the next run goes on there.
"""

import contextlib
import logging
import os
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from celery import shared_task
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from access.models import User
from access.queries import night_user
from audit.actions import inspection
from deposits.actions import interest, receipts, refunds, remittances
from hpf.errors import Refusal
from ledger import queries
from ledger.actions import days, nights
from ledger.actions.nights import Claim, Worker
from ledger.states import DayStepName, ShardStatus
from withdrawals.actions import payouts

LOG = logging.getLogger(__name__)
Counts = dict[str, int]
Step = Callable[[date, User, str], Counts]
WHOLE = "all"  # the one shard of a small step
HELPERS = 3  # whom a step of many shards calls, beside the worker that begins it


class BooksBroken(Exception):
    """The books do not prove 账务核验未通过: the day stays open to be looked at."""


class AheadOfTheCalendar(Refusal):
    """The day has not ended 日期未到."""

    message = "{day} 尚未结束，不能办理日终"
    code = "ahead_of_the_calendar"


class LeftToOthers(Refusal):
    """Another worker is at it, or a person has to look 他人办理中或待人工处理."""

    message = "{day} 的“{step}”未完成：{why}"
    code = "left_to_others"


@dataclass(slots=True)
class Hand:
    """The shard this process works at just now 在办分片, if any."""

    claim: Claim | None = None


def identify(day: date, by: User, shard: str) -> Counts:
    """Whose money arrived 认领到账."""
    return receipts.identify_all(by=by, on=day)


def allocate(day: date, by: User, shard: str) -> Counts:
    """What the money covers goes to the members 分配入账."""
    return remittances.allocate_covered(by=by, on=day)


def settle_payouts(day: date, by: User, shard: str) -> Counts:
    """What became of the payments of withdrawals and refunds 付款结果."""
    counts = Counter(payouts.settle(by=by, on=day))
    counts.update(refunds.settle(by=by, on=day))
    return dict(counts)


def turn(day: date, by: User, shard: str) -> Counts:
    """The day goes over to closing and the next one opens 日切."""
    return {"opened": days.turn(day)}


def accrue(day: date, by: User, shard: str) -> Counts:
    """The day's account interest is booked in sum 计提利息."""
    return interest.accrue(by=by, on=day)


def settle(day: date, by: User, shard: str) -> Counts:
    """On the settling day each account receives its interest 年度结息, branch by branch."""
    return {"accounts": 0 if shard == WHOLE else interest.settle_branch(shard, by=by, on=day)}


def admit(day: date, by: User, shard: str) -> Counts:
    """What the accounts earned is settled: they may move on the new day 放开计息账户."""
    return {"admitted": days.admit_savings(day)}


def prove(day: date, by: User, shard: str) -> Counts:
    """The books are proved before they are closed 账务核验.

    Days caught up one after another are proved by their trial balance, and the last of them by every check.
    """
    debit, credit = queries.totals_of(queries.trial_balance(day, day + timedelta(days=1)))
    if debit != credit:
        raise BooksBroken(f"{day} 借方 {debit} 与贷方 {credit} 不平")
    if day + timedelta(days=1) < timezone.localdate():
        return {"checks": 1}
    # Up to the present: each check reads one snapshot, and what the new day has moved by now is part of it.
    findings = inspection.inspect(queries.open_day())
    broken = [f"{finding.check.invariant} {finding.check.title}" for finding in findings if not finding.holds]
    if broken:
        raise BooksBroken("；".join(broken))
    return {"checks": len(findings) + 1}


def close(day: date, by: User, shard: str) -> Counts:
    """The day is closed: its totals are drawn up and nothing enters it any more 结账."""
    return {"totals": days.close(day)}


STEPS: tuple[Step, ...] = (identify, allocate, settle_payouts, turn, accrue, settle, admit, prove, close)
# These drain what waits, each thing in a transaction of its own, and once by its own key. The others write with their
# record in one transaction. One that fails does not hold up the other, and the day is not turned after either.
DRAINS = (identify, allocate, settle_payouts)
# What a step of several shards is cut into, each with how many things it expects; the others are one shard.
SHARDS_OF: dict[Step, Callable[[date], dict[str, int]]] = {settle: interest.branches_to_settle}
POSTS: dict[Step, str] = {accrue: interest.ACCRUAL, settle: interest.SETTLEMENT}


def run(day: date, *, by_hand: bool = True) -> Iterator[tuple[str, Counts]]:
    """Run what is still to do of one day's list, answering each step with what it did 办理日终.

    `by_hand`: a person asks for it, so what failed is tried again at once.

    Raises:
        AheadOfTheCalendar: the day has not ended.
        LeftToOthers: another worker holds what is next; whoever is last goes on.
        Exception: what a step raised; an ExceptionGroup where several did.
    """
    if day >= timezone.localdate() and not settings.DEMO:
        raise AheadOfTheCalendar(day=day)
    by, mistakes = night_user(), list[Exception]()
    worker = Worker(f"{socket.gethostname()}:{os.getpid()}", settings.NIGHT_LEASE, by_hand)
    with nights.bound(settings.NIGHT_LEASE), _kept_alive() as hand:
        for step in STEPS:
            if mistakes and step not in DRAINS:
                break
            counts, failed = _work_through(step, day, by, worker, hand)
            mistakes += failed
            if counts is not None and not failed:
                yield step.__name__, counts
    if len(mistakes) == 1:
        raise mistakes[0]
    if mistakes:
        raise ExceptionGroup(f"{day}", mistakes)


def _work_through(step: Step, day: date, by: User, worker: Worker, hand: Hand) -> tuple[Counts | None, list[Exception]]:
    """Do the shards of a step that are free, and answer what was done and what failed; nothing when it was done."""
    shards = _shards_of(step, day, alone=worker.by_hand)
    done, mistakes, in_hand = Counter[str](), list[Exception](), 0
    for shard in shards:
        claim = nights.claim(day, step.__name__, shard, worker=worker, posts=POSTS.get(step, ""))
        if claim is None:
            continue
        in_hand += 1
        try:
            hand.claim = claim
            done.update(_do(step, claim, by))
        except nights.Fenced:
            raise
        except Exception as mistake:
            LOG.error("%s 失败：%s", claim, described(mistake))
            nights.fail(claim, error=described(mistake))
            mistakes.append(mistake)
        finally:
            hand.claim = None
    if in_hand < len(shards) and not mistakes:
        _refuse_unfinished(step, day)
    return (dict(done) if in_hand else None), mistakes


def _shards_of(step: Step, day: date, *, alone: bool) -> list[str]:
    planned = SHARDS_OF[step](day) if step in SHARDS_OF else {}
    if not planned:
        return [WHOLE]
    if not alone and len(planned) > 1:
        _call_helpers(min(len(planned) - 1, HELPERS))
    return nights.plan(day, step.__name__, planned)


def _call_helpers(count: int) -> None:
    """A hint to other workers; who misses it finds the shards in PostgreSQL."""
    with contextlib.suppress(OperationalError):
        for _ in range(count):
            close_days.delay()


def _do(step: Step, claim: Claim, by: User) -> Counts:
    """One shard, under its lease: its writes and its record stand together, and only while the lease is ours."""
    if step in DRAINS:
        counts = step(claim.day, by, claim.shard)
        nights.finish(claim, counts=counts)
        return counts
    with transaction.atomic():
        counts = step(claim.day, by, claim.shard)
        nights.finish(claim, counts=counts)
        return counts


@contextlib.contextmanager
def _kept_alive() -> Iterator[Hand]:
    """Renew the lease of what is in hand for as long as this process works: one thread beside it all night long."""
    hand, over = Hand(), threading.Event()

    def beat() -> None:
        while not over.wait(settings.NIGHT_LEASE.total_seconds() / 3):
            try:
                if claim := hand.claim:
                    nights.renew(claim, lease=settings.NIGHT_LEASE)
            except DatabaseError:  # it may come back; the worker itself meets the same
                connection.close()
        connection.close()

    heart = threading.Thread(target=beat, daemon=True)
    heart.start()
    try:
        yield hand
    finally:
        over.set()
        heart.join()


def _refuse_unfinished(step: Step, day: date) -> None:
    left = queries.unfinished_shards(day, step.__name__).first()
    if left is None:
        return
    why = "失败，待人工重试" if left.status == ShardStatus.FAILED else f"由 {left.holder or '其他执行者'} 办理中"
    if left.leased_until:
        why += f"，租约至 {timezone.localtime(left.leased_until):%H:%M:%S}"
    raise LeftToOthers(day=day, step=DayStepName(step.__name__).label, why=why)


def described(mistake: Exception) -> str:
    """What failed and why 失败原因, a line each. Of a database's message the first line: its details name persons."""
    if isinstance(mistake, ExceptionGroup):
        return "\n".join(described(one) for one in mistake.exceptions)
    what = "".join(f"{note}：" for note in getattr(mistake, "__notes__", []))
    said = (str(mistake).splitlines() or [""])[0]
    return f"{what}{type(mistake).__name__}: {said}"


def due() -> date | None:
    """The day whose night is to be run 待办理的会计日: it has ended, or in a demonstration a person asks for it."""
    try:
        day = queries.next_to_close()
    except queries.NoBusinessDay:
        return None
    ended = day < timezone.localdate() or (settings.DEMO and queries.night_is_ordered(day))
    return day if ended else None


@shared_task
def close_days() -> list[str]:
    """Close every calendar day that has ended, in order 自动日终; called again and again by beat."""
    closed = []
    while day := due():
        try:
            for step, _ in run(day, by_hand=False):
                if step == close.__name__:
                    closed.append(day.isoformat())
        except (LeftToOthers, nights.Fenced):
            break
    return closed
