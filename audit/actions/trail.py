"""Leaving a trail 留痕: what was done is written in the transaction that does it.

`note` records an act; `move` is the only place that changes a status, because a change of state is an act. `note_many`,
`move_many` and `move_waiting` do the same for many rows at once.
"""

import json
from collections import defaultdict
from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from django.db import connection, models, transaction

from audit.models import PlainEncoder
from hpf.errors import NotAllowedNow, Overtaken

MOVED_AT_ONCE = 1000
# The door's request, so that a record, an error page and the server's log can be laid side by side.
request_id: ContextVar[str] = ContextVar("request_id", default="")


class Actor(Protocol):
    """Whoever acts 经办人: a person, a bank's client, the night."""

    pk: Any
    name: str
    post: str

    @property
    def branch_code(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Told:
    """What one of many subjects of an act went through 批量留痕的一条."""

    subject: models.Model
    after: dict[str, object]
    before: dict[str, object] = field(default_factory=dict)


NOTE = """
insert into audit_record
    (act, subject_kind, by_id, by_name, by_post, by_branch, "on", why, request_id, subject_id, subject_label, before,
     after)
values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""


def note(
    act: str,
    subject: models.Model,
    *,
    by: Actor,
    on: date,
    why: str = "",
    before: dict[str, object] | None = None,
    **after: object,
) -> None:
    """Record an act on a subject 留痕.

    `on` is the accounting date 会计日. Values are kept as text and must already be masked: no whole ID number,
    mobile number or bank card ever enters a record (个人信息保护法 第五十一条).
    """
    values = _heading(act, subject, by=by, on=on, why=why)
    values += [str(subject.pk), str(subject), _plain(before or {}), _plain(after)]
    with connection.cursor() as cursor:
        cursor.execute(NOTE, values)


@transaction.atomic
def move(row: Any, to: str, *, by: Actor, on: date, why: str = "", **also: object) -> None:
    """Change the status of a row, and with it the fields in `also`, and record it 状态变更.

    The row's class holds the table of moves in `MOVES`. The update asks for the status as it was read, so of two
    people at the same row one wins.

    Raises:
        NotAllowedNow: the table of moves has no such step.
        Overtaken: the status changed since the row was read.
    """
    old = row.status
    if to not in row.MOVES.get(old, ()):
        raise NotAllowedNow
    before = {field: getattr(row, field) for field in also}
    table = type(row)._base_manager.filter(pk=row.pk, status=old)
    if not table.update(status=to, **also):
        raise Overtaken
    for name, value in also.items():
        setattr(row, name, value)
    row.status = to
    note("move", row, by=by, on=on, why=why, before={"status": str(old), **before}, status=str(to), **also)


NOTE_MANY = """
insert into audit_record
    (act, subject_kind, subject_id, subject_label, by_id, by_name, by_post, by_branch, "on", before, after, why,
     request_id)
select %s, %s, t.id, t.label, %s, %s, %s, %s, %s, t.before, t.after, %s, %s
from unnest(%s::text[], %s::text[], %s::jsonb[], %s::jsonb[]) with ordinality t (id, label, before, after, place)
order by t.place
"""


def note_many(act: str, told: Sequence[Told], *, by: Actor, on: date, why: str = "") -> None:
    """Record one act on many subjects of one kind 批量留痕: a record for each, in one statement."""
    if not told:
        return
    subjects = [one.subject for one in told]
    values = [
        *_heading(act, subjects[0], by=by, on=on, why=why),
        [str(subject.pk) for subject in subjects],
        [str(subject) for subject in subjects],
        [_plain(one.before) for one in told],
        [_plain(one.after) for one in told],
    ]
    with connection.cursor() as cursor:
        cursor.execute(NOTE_MANY, values)


@transaction.atomic
def move_many(rows: Sequence[Any], to: str, *, by: Actor, on: date, why: str = "", **also: object) -> None:
    """Change the status of many rows of one table, all or none, and record each 批量状态变更; as `move` otherwise.

    Raises:
        NotAllowedNow: the table of moves has no such step for one of them.
        Overtaken: the status of one of them changed since it was read.
    """
    by_status: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        if to not in row.MOVES.get(row.status, ()):
            raise NotAllowedNow
        by_status[row.status].append(row)
    told = []
    for old, alike in by_status.items():
        table = type(alike[0])._base_manager.filter(pk__in=[row.pk for row in alike], status=old)
        if table.update(status=to, **also) != len(alike):
            raise Overtaken
        for row in alike:
            before = {"status": str(old), **{name: getattr(row, name) for name in also}}
            told.append(Told(row, {"status": str(to), **also}, before))
    for row in rows:
        for name, value in also.items():
            setattr(row, name, value)
        row.status = to
    note_many("move", told, by=by, on=on, why=why)


def move_waiting(waiting: models.QuerySet[Any], to: str, *, by: Actor, on: date) -> int:
    """Change the status of all that waits, a thousand in a transaction 分批状态变更; answers how many.

    What somebody else holds at that moment is left to the next time.
    """
    moved = 0
    while True:
        with transaction.atomic():
            rows = waiting.order_by("pk").select_for_update(skip_locked=True, no_key=True, of=("self",))
            found = list(rows[:MOVED_AT_ONCE])
            move_many(found, to, by=by, on=on)
        moved += len(found)
        if len(found) < MOVED_AT_ONCE:
            return moved


def _heading(act: str, subject: models.Model, *, by: Actor, on: date, why: str) -> list[Any]:
    """What the records of one act have in common."""
    kind = subject._meta.label_lower
    return [act, kind, by.pk, by.name, by.post, by.branch_code, on, why, request_id.get()]


def _plain(values: dict[str, object]) -> str:
    return json.dumps(values, cls=PlainEncoder)
