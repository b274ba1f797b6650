"""Counting printouts 打印计数: the first one is the original, every later one says that it was printed again."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from django.db import connection, models, transaction

from audit.actions import trail
from audit.models import Record


@contextmanager
def counted(printout: str, subject: models.Model, *, by: trail.Actor, on: date) -> Iterator[int]:
    """The how manieth printing of a printout about a subject this is 第几次打印; recorded once the block made it.

    Two people who print the same at once wait for each other, so that only one of them has the original. A printing
    that failed was none.
    """
    kind, pk = subject._meta.label_lower, str(subject.pk)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"audit.print:{kind}:{pk}"])
        before = Record.objects.filter(act="print", subject_kind=kind, subject_id=pk, after__printout=printout)
        times = before.count() + 1
        yield times
        trail.note("print", subject, by=by, on=on, printout=printout, times=times)
