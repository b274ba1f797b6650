"""Counting printouts 打印计数: the first one is the original, every later one says that it was printed again."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date

from django.db import connection, models, transaction
from django.db.models import Count

from audit.actions import trail
from audit.models import Record

# In one order whoever prints, so that two files with the same subjects wait and do not lock each other out.
LOCK = """
select pg_advisory_xact_lock(key)
from (select hashtextextended('audit.print:' || %s || ':' || id, 0) as key from unnest(%s::text[]) id order by key) keys
"""


@contextmanager
def counted(printout: str, subjects: Sequence[models.Model], *, by: trail.Actor, on: date) -> Iterator[list[int]]:
    """The how manieth printing of a printout this is for each subject 第几次打印; recorded once the block made them.

    The subjects are rows of one table. Two people who print the same at once wait for each other, so that only one of
    them has the original. A printing that failed was none.
    """
    kind, pks = subjects[0]._meta.label_lower, [str(subject.pk) for subject in subjects]
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(LOCK, [kind, pks])
        before = Record.objects.filter(act="print", subject_kind=kind, subject_id__in=pks, after__printout=printout)
        counts = dict(before.order_by().values_list("subject_id").annotate(Count("pk")))
        times = [counts.get(pk, 0) + 1 for pk in pks]
        yield times
        told = [
            trail.Told(subject, {"printout": printout, "times": time})
            for subject, time in zip(subjects, times, strict=True)
        ]
        trail.note_many("print", told, by=by, on=on)
