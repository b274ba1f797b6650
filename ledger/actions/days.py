"""Business days 会计日: opening the first, turning one, closing it, and the record of the night's steps.

A day that is turned goes over to *closing* and the next opens in the same breath, so that the doors never stand
without a day. Only the vouchers of the night may still be booked on the closing day.
"""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from ledger.models import BusinessDay, DayStep
from ledger.states import BusinessDayStatus, StepStatus

# A year is opened well before its first day, so that nobody waits for it on New Year's Eve.
YEAR_AHEAD = timedelta(days=31)


@transaction.atomic
def open_first(day: date) -> None:
    """Open the very first business day 开启首个会计日, with its accounting year; refused where one exists."""
    _call("select ledger_open_first_day(%s)", day)


def turn(day: date) -> int:
    """Turn the day 日切: it goes over to closing and the next opens; answers how many days were opened.

    Waits for the postings in flight. A day that was turned already stays as it is.
    """
    if not BusinessDay.objects.filter(day=day, status=BusinessDayStatus.OPEN).exists():
        return 0
    with transaction.atomic():
        _call("select ledger_open_year(%s)", (day + YEAR_AHEAD).year)
    with transaction.atomic():
        _call("select ledger_turn_day(%s)", day)
    return 1


@transaction.atomic
def close(day: date) -> int:
    """Close a day that was turned 结账 and answer how many totals were drawn up. No entry enters it any more."""
    if BusinessDay.objects.filter(day=day, status=BusinessDayStatus.CLOSED).exists():
        return 0
    return _call("select ledger_close_day(%s)", day)


BEGIN_STEP = """
insert into ledger_daystep (day, step, status, started_at) values (%(day)s, %(step)s, 'RUNNING', %(at)s)
on conflict (day, step) do update set status = 'RUNNING', started_at = %(at)s, ended_at = null, error = ''
    where ledger_daystep.status <> 'DONE'
"""


def begin_step(day: date, step: str, *, at: datetime) -> bool:
    """Note that a step of the night begins 日终步骤开始; answers False when it is done already."""
    with connection.cursor() as cursor:
        cursor.execute(BEGIN_STEP, {"day": day, "step": step, "at": at})
        return bool(cursor.rowcount)


def finish_step(day: date, step: str, *, at: datetime, counts: dict[str, int]) -> None:
    """Note that a step of the night is done, and what it did 日终步骤完成."""
    DayStep.objects.filter(day=day, step=step).update(status=StepStatus.DONE, ended_at=at, counts=counts)


def fail_step(day: date, step: str, *, at: datetime, error: str) -> None:
    """Note why a step of the night failed 日终步骤失败; the next run goes on here."""
    DayStep.objects.filter(day=day, step=step).update(status=StepStatus.FAILED, ended_at=at, error=error[:500])


def _call(sql: str, argument: date | int) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql, [argument])
        return cursor.fetchone()[0]
