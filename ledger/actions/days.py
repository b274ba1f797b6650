"""Business days 会计日: opening the first, turning one, closing it.

A day that is turned goes over to *closing* and the next opens in the same breath, so that the doors never stand
without a day. Only the vouchers of the night may still be booked on the closing day.
"""

from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction

from ledger.states import BusinessDayStatus

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
    if not _is(BusinessDayStatus.OPEN, day):
        return 0
    if (ahead := (day + YEAR_AHEAD).year) != day.year:
        with transaction.atomic():
            _call("select ledger_open_year(%s)", ahead)
    with transaction.atomic():
        _call("select ledger_turn_day(%s)", day)
    return 1


@transaction.atomic
def admit_savings(day: date) -> int:
    """Let accounts that earn interest move on the day after this one 放开计息账户; answers how many days it admitted.

    The database refuses it before the day's interest is booked and settled.
    """
    return _call("select ledger_admit_savings(%s)", day)


@transaction.atomic
def close(day: date) -> int:
    """Close a day that was turned 结账 and answer how many totals were drawn up. No entry enters it any more."""
    if _is(BusinessDayStatus.CLOSED, day):
        return 0
    return _call("select ledger_close_day(%s)", day)


def _is(status: BusinessDayStatus, day: date) -> bool:
    found: bool = _call("select exists (select from ledger_businessday where day = %s and status = %s)", day, status)
    return found


def _call(sql: str, *arguments: date | int | str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql, arguments)
        return cursor.fetchone()[0]
