"""Leaving a trail 留痕: what was done is written in the transaction that does it.

`note` records an act; `move` is the only place that changes a status, because a change of state is an act.
"""

from contextvars import ContextVar
from datetime import date
from typing import Any, Protocol

from django.db import models, transaction

from audit.models import Record
from hpf.errors import NotAllowedNow, Overtaken

# The door's request, so that a record, an error page and the server's log can be laid side by side.
request_id: ContextVar[str] = ContextVar("request_id", default="")


class Actor(Protocol):
    """Whoever acts 经办人: a person, a bank's client, the night."""

    pk: Any
    name: str
    post: str

    @property
    def branch_code(self) -> str: ...


def note(
    act: str,
    subject: models.Model,
    *,
    by: Actor,
    on: date,
    why: str = "",
    before: dict[str, object] | None = None,
    **after: object,
) -> Record:
    """Record an act on a subject 留痕.

    `on` is the accounting date 会计日. Values are kept as text and must already be masked: no whole ID number,
    mobile number or bank card ever enters a record (个人信息保护法 第五十一条).
    """
    return Record.objects.create(
        act=act,
        subject_kind=subject._meta.label_lower,
        subject_id=str(subject.pk),
        subject_label=str(subject),
        by_id=by.pk,
        by_name=by.name,
        by_post=by.post,
        by_branch=by.branch_code,
        on=on,
        before=before or {},
        after=after,
        why=why,
        request_id=request_id.get(),
    )


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
    for field, value in also.items():
        setattr(row, field, value)
    row.status = to
    note("move", row, by=by, on=on, why=why, before={"status": str(old), **before}, status=str(to), **also)
