"""Signing like cases together 批量复核: each in a transaction of its own, so that one that cannot be stops no other."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db import transaction

from approvals import queries
from approvals.models import Case
from hpf.errors import Overtaken, Refusal

Row = TypeVar("Row", bound=Any)
MOST_SIGNED = 50  # as many as a page of the inbox holds


@dataclass(frozen=True)
class Signed(Generic[Row]):
    """What became of a batch 批量复核结果: what was signed, and of the rest each with the sentence why not."""

    done: list[Row]
    refused: list[tuple[Row, str]]


def sign_each(rows: Sequence[Row], sign: Callable[[Row], object]) -> Signed[Row]:
    """Sign rows, each of which has its `case`, one after another 逐笔签署. `sign` is the room's own action for one."""
    signed: Signed[Row] = Signed([], [])
    for row in rows:
        try:
            with transaction.atomic():
                sign(row)
            signed.done.append(row)
        except Overtaken as refusal:  # said with the name of who was quicker
            now = queries.outcome_of(Case.objects.select_related("maker").get(pk=row.case.pk))
            signed.refused.append((row, now or refusal.sentence))
        except Refusal as refusal:
            signed.refused.append((row, refusal.sentence))
    anew = {case.pk: case for case in queries.put_anew_unsigned(row.case for row in signed.done)}
    moved = [(row, queries.outcome_of(anew[row.case.pk])) for row in signed.done if row.case.pk in anew]
    return Signed([row for row in signed.done if row.case.pk not in anew], signed.refused + moved)
