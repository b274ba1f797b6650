"""The order of the day 日终: one list of real steps, and the loop that runs and records them.

Every step takes the day and the user the night acts as, may be run again without harm, and answers how many things it
did. A step that fails stops the list there, before the day is closed; the next run goes on at that step. PostgreSQL
holds what is done: losing the broker loses nothing.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import psycopg
from celery import shared_task
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from access.models import User
from access.queries import night_user
from audit.actions import inspection
from deposits.actions import interest, receipts, remittances
from hpf.errors import Refusal
from ledger import queries
from ledger.actions import days

Counts = dict[str, int]


class BooksBroken(Exception):
    """The books do not prove 账务核验未通过: the day stays open to be looked at."""


class AheadOfTheCalendar(Refusal):
    """The day has not ended 日期未到."""

    message = "{day} 尚未结束，不能办理日终"
    code = "ahead_of_the_calendar"


def identify(day: date, by: User) -> Counts:
    """Whose money arrived 认领到账."""
    return receipts.identify_all(by=by, on=day)


def allocate(day: date, by: User) -> Counts:
    """What the money covers goes to the members 分配入账."""
    return remittances.allocate_covered(by=by, on=day)


def turn(day: date, by: User) -> Counts:
    """The day goes over to closing and the next one opens 日切."""
    return {"opened": days.turn(day)}


def accrue(day: date, by: User) -> Counts:
    """The day's account interest is booked in sum 计提利息."""
    return interest.accrue(by=by, on=day)


def settle(day: date, by: User) -> Counts:
    """On the settling day each account receives its interest 年度结息."""
    return interest.settle(by=by, on=day)


def prove(day: date, by: User) -> Counts:
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


def close(day: date, by: User) -> Counts:
    """The day is closed: its totals are drawn up and nothing enters it any more 结账.

    With its record, in one transaction: nobody comes back to a day that is closed, and one without its record would
    not prove (I8).
    """
    with transaction.atomic():
        counts = {"totals": days.close(day)}
        days.finish_step(day, close.__name__, at=timezone.now(), counts=counts)
    return counts


STEPS: tuple[Callable[[date, User], Counts], ...] = (identify, allocate, turn, accrue, settle, prove, close)


def run(day: date) -> Iterator[tuple[str, Counts]]:
    """Run what is still to do of one day's list, answering each step with what it did 办理日终."""
    if day >= timezone.localdate() and not settings.DEMO:
        raise AheadOfTheCalendar(day=day)
    by = night_user()
    for step in STEPS:
        if days.begin_step(day, step.__name__, at=timezone.now()):
            try:
                counts = step(day, by)
            except Exception as error:
                days.fail_step(day, step.__name__, at=timezone.now(), error=f"{type(error).__name__}: {error}")
                raise
            days.finish_step(day, step.__name__, at=timezone.now(), counts=counts)
            yield step.__name__, counts


def next_to_close() -> date:
    """The day the list goes on with 待日终的会计日: one that is being closed before the open one."""
    return queries.closing_day() or queries.open_day()


@contextmanager
def only_night() -> Iterator[bool]:
    """Whether this is the only night at work: a lock of a transaction on a connection of its own.

    It is free again whenever this process ends, however it ends; no row has to be mended after a crash.
    """
    with psycopg.connect(**connection.get_connection_params()) as held:
        row = held.execute("select pg_try_advisory_xact_lock(hashtext('hpf.dayend'))").fetchone()
        yield bool(row and row[0])


@shared_task
def close_days() -> list[str]:
    """Close every calendar day that has ended, in order 自动日终; called again and again by beat."""
    closed = []
    with only_night() as alone:
        while alone and (day := next_to_close()) < timezone.localdate():
            for _ in run(day):
                pass
            closed.append(day.isoformat())
    return closed
