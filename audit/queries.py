"""Reading the trail 查阅留痕."""

from django.db import connection
from django.db.models import Model, QuerySet

from audit.models import Record


def history_of(subject: Model) -> QuerySet[Record]:
    """Everything recorded about one subject, newest first 办理记录."""
    kind, pk = subject._meta.label_lower, str(subject.pk)
    return Record.objects.filter(subject_kind=kind, subject_id=pk).order_by("-id")


def changed_records(limit: int = 100) -> list[int]:
    """Numbers of records that are no longer what they were when written 被改动的留痕; empty when all is well."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select id from audit_record as record where leaf is distinct from audit_record_leaf(record)"
            " order by id limit %s",
            [limit],
        )
        return [pk for (pk,) in cursor.fetchall()]
