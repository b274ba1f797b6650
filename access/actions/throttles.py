"""Throttles 访问频率: what strangers may do from one address within a window, counted once for all processes.

The count is taken by one statement that waits for another one of the same address, so that none is lost; it stands
whatever becomes of the request, as long as the door asks outside of the action's transaction.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from access.models import Throttle
from hpf import privacy

FORGOTTEN_AFTER = timedelta(days=1)


@dataclass(frozen=True)
class Limit:
    """How often something may be done from one address within a window 频率上限, in seconds."""

    what: str
    most: int
    window_seconds: int


def too_often(limit: Limit, address: str, *, at: datetime) -> bool:
    """Count one more time, and say whether that is more than a person would do 是否过于频繁.

    The window begins with the first time, and anew with the first time after it has ended.
    """
    return _counted(limit, privacy.blind_index("address", address), at) > limit.most


def _counted(limit: Limit, address: bytes, at: datetime) -> int:
    """The count with this one, and a few rows dropped that are long over, so that the table stays small."""
    table = Throttle._meta.db_table
    over = at - timedelta(seconds=limit.window_seconds)
    given: dict[str, Any] = {
        "what": limit.what,
        "address": address,
        "at": at,
        "over": over,
        "old": at - FORGOTTEN_AFTER,
    }
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            with forgotten as (
                delete from {table} where id in (
                    select id from {table}
                    where began_at < %(old)s and not (what = %(what)s and address = %(address)s)
                    order by began_at limit 10 for update skip locked
                )
            )
            insert into {table} (what, address, count, began_at)
            values (%(what)s, %(address)s, 1, %(at)s)
            on conflict (what, address) do update set
                count = case when {table}.began_at <= %(over)s then 1 else {table}.count + 1 end,
                began_at = case when {table}.began_at <= %(over)s then excluded.began_at else {table}.began_at end
            returning count
            """,
            given,
        )
        counted: int = cursor.fetchone()[0]
        return counted
