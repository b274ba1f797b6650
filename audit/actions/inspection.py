"""Inspection 稽核: the questions each room asks of its own tables, kept in one register.

A check is one SQL statement that answers the rows it finds wrong; nothing found means the promise holds. Rooms register
theirs in `checks.py`; `verify_books` and the night ask them all.
"""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection
from django.utils.module_loading import autodiscover_modules

# Enough to see what is wrong; the count says how much of it there is.
ROWS_SHOWN = 5
# One core each; more at once would take the machine from those who work at it.
AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class Check:
    """One promise about the books 稽核规则: its invariant, what it says, and the SQL that finds where it is broken.

    The SQL answers one text column and may use %(as_of)s (the last day looked at) and %(branch)s (null: every branch).
    """

    invariant: str
    title: str
    sql: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found 稽核结果: how many rows are wrong, and the first of them."""

    check: Check
    count: int
    rows: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        return self.count == 0


REGISTER: dict[str, Check] = {}


def check(invariant: str, title: str, sql: str) -> Check:
    """Register one check 登记稽核规则. Its title must be its own, so that a finding names it."""
    if title in REGISTER:
        raise ValueError(f"two checks are called {title}")
    REGISTER[title] = Check(invariant, title, sql)
    return REGISTER[title]


def inspect(as_of: date, branch: int | None = None) -> list[Finding]:
    """Ask every check 稽核, in the order of the invariants, about the books up to and including a day.

    Outside a transaction two are asked at once, each on a connection of its own; inside one, only its own connection
    sees what it has written.
    """
    autodiscover_modules("checks")
    ordered = sorted(REGISTER.values(), key=lambda one: (int(one.invariant[1:]), one.title))
    values = {"as_of": as_of, "branch": branch}
    if connection.in_atomic_block:
        return [_ask(one, values) for one in ordered]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(lambda one: _ask_apart(one, values), ordered))


def _ask_apart(one: Check, values: Mapping[str, Any]) -> Finding:
    try:
        return _ask(one, values)
    finally:
        connection.close()


def _ask(one: Check, values: Mapping[str, Any]) -> Finding:
    with connection.cursor() as cursor:
        cursor.execute(f"select count(*) over (), wrong from ({one.sql}) found (wrong) limit {ROWS_SHOWN}", values)
        rows = cursor.fetchall()
    return Finding(one, rows[0][0] if rows else 0, [wrong for _, wrong in rows])
