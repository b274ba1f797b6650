"""Which day it is in the books 会计日: the open one, the one that is being closed, and what the night goes on with."""

from datetime import date

from django.db import connection

from hpf.errors import NotJustNow
from ledger.models import BusinessDay
from ledger.states import BusinessDayStatus

# Asked by every request, so it is written out.
OPEN_DAY = "select day from ledger_businessday where status = 'OPEN'"


class NoBusinessDay(NotJustNow):
    """No day is open 会计日未开启."""

    message = "系统尚未开启会计日，请联系运维人员"
    code = "no_business_day"


def open_day() -> date:
    """The open business day 当前会计日, at which the doors book. Refuses where the first day was never opened."""
    with connection.cursor() as cursor:
        cursor.execute(OPEN_DAY)
        row = cursor.fetchone()
    if row is None:
        raise NoBusinessDay
    return row[0]


def closing_day() -> date | None:
    """The day the night is closing just now 正在日终的会计日, if any."""
    return BusinessDay.objects.filter(status=BusinessDayStatus.CLOSING).values_list("day", flat=True).first()


def next_to_close() -> date:
    """The day the night goes on with 待日终的会计日: one that is being closed before the open one."""
    return closing_day() or open_day()
