"""Numbers 取号: drawn from a database sequence in one statement, however many are needed.

A sequence never waits for another transaction; a number drawn by one that failed stays unused.
"""

from django.db import connections, models


def draw(sequence: str, count: int, using: str = "default") -> list[int]:
    """Draw the next `count` numbers of a sequence, ascending 取号."""
    with connections[using].cursor() as cursor:
        cursor.execute("select nextval(%s::regclass) from generate_series(1, %s)", [sequence, count])
        return [number for (number,) in cursor.fetchall()]


def draw_ids(model: type[models.Model], count: int, using: str = "default") -> list[int]:
    """Draw primary keys for rows still to be inserted 预取主键: sealed fields and bulk inserts need them first."""
    table, column = model._meta.db_table, model._meta.pk.column
    with connections[using].cursor() as cursor:
        cursor.execute(
            "select nextval((select pg_get_serial_sequence(%s, %s))::regclass) from generate_series(1, %s)",
            [connections[using].ops.quote_name(table), column, count],
        )
        return [number for (number,) in cursor.fetchall()]
