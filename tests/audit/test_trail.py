"""The trail records every act, nobody changes it, and a status moves only by its table."""

import hashlib
import json
from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, connections, models, transaction
from django.test.utils import isolate_apps

from access.models import User
from access.queries import night_user
from audit.actions import trail
from audit.models import Record
from audit.queries import changed_records, history_of
from hpf.errors import NotAllowedNow, Overtaken
from hpf.months import Month
from tests.access.factories import DAY, person

pytestmark = pytest.mark.django_db


def note(**after: object) -> Record:
    subject = night_user()
    trail.note("sign_in", subject, by=person(name="王芳"), on=DAY, why="试验", **after)
    return Record.objects.latest("pk")


def leaf_of(row: dict[str, object]) -> bytes:
    """The digest by the description beside the trigger, worked out without the database."""
    fields = [
        str(row["id"]),
        row["at"].strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        *(row[name] for name in ("act", "subject_kind", "subject_id", "subject_label")),
        None if row["by_id"] is None else str(row["by_id"]),
        *(row[name] for name in ("by_name", "by_post", "by_branch")),
        row["on"].isoformat(),
        *(json.dumps(row[name], ensure_ascii=False) for name in ("before", "after")),
        row["why"],
        row["request_id"],
    ]
    spelt = "".join("-," if field is None else f"{len(field.encode())}:{field}," for field in fields)
    return hashlib.sha256(spelt.encode()).digest()


def test_a_record_keeps_who_where_and_when_as_they_were():
    actor = person(name="王芳")
    trail.note("sign_in", night_user(), by=actor, on=DAY, why="试验")
    record = Record.objects.latest("pk")
    User.objects.filter(pk=actor.pk).update(name="王芳芳", post="FINANCE", branch_id=3)
    record.refresh_from_db()
    assert (record.by_id, record.by_name, record.by_post, record.by_branch) == (actor.pk, "王芳", "CLERK", "01")
    assert (record.subject_kind, record.subject_id) == ("access.user", str(night_user().pk))
    assert (record.on, record.why) == (DAY, "试验")


def test_values_are_kept_as_people_read_them():
    record = note(total=Decimal("1234.50"), month=Month(2026, 7), day=date(2026, 7, 1), headcount=3)
    record.refresh_from_db()
    assert record.after == {"total": "1234.50", "month": "2026-07", "day": "2026-07-01", "headcount": 3}


def test_a_record_carries_the_number_of_its_request():
    token = trail.request_id.set("request-0001")
    try:
        assert note().request_id == "request-0001"
    finally:
        trail.request_id.reset(token)
    assert note().request_id == ""


def test_the_leaf_is_the_digest_of_every_field():
    note(name="汉字，“引号”", n=1)
    row = Record.objects.values().latest("id")
    assert bytes(row["leaf"]) == leaf_of(row)


@pytest.mark.parametrize("column", ["at", "leaf"])
def test_time_and_leaf_are_the_databases_own(column):
    forged = {"at": "2001-01-01T00:00:00Z", "leaf": b"forged"}[column]
    record = Record.objects.create(
        act="x", subject_kind="x", subject_id="1", subject_label="x", by_name="x", by_post="x", by_branch="",
        on=DAY, **{column: forged},
    )  # fmt: skip
    record.refresh_from_db()
    assert record.at.year > 2001 and len(bytes(record.leaf)) == 32


CHANGES = [
    "update audit_record set by_name = 'nobody'",
    "update audit_record set by_name = 'nobody' where false",
    "delete from audit_record",
    "truncate audit_record",
    "insert into audit_record (id, act, subject_kind, subject_id, subject_label, by_name, by_post, by_branch, "
    '"on", before, after, why, request_id) select id, act, subject_kind, subject_id, subject_label, by_name, by_post, '
    "by_branch, \"on\", before, after, why, request_id from audit_record on conflict (id) do update set why = 'x'",
]


@pytest.mark.parametrize("statement", CHANGES)
def test_the_application_cannot_change_a_record(statement):
    note()
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def as_owner(statement: str) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.django_db(databases=["default", "owner"])
@pytest.mark.parametrize("statement", CHANGES[:4])
def test_the_owner_is_refused_too(statement):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(using="owner"):
        as_owner(statement)


@pytest.mark.django_db(databases=["default", "owner"])
def test_what_an_owner_changed_behind_the_guard_is_named():
    """The guard of the table is taken away for one statement, as only its owner could."""
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute(
            "insert into audit_record (act, subject_kind, subject_id, subject_label, by_name, by_post, by_branch, "
            "\"on\", before, after, why, request_id) values ('a','b','1','c','d','e','f','2026-07-01','{}','{}','','')"
            " returning id"
        )
        pk = cursor.fetchone()[0]
        cursor.execute("select count(*) from audit_record r where leaf is distinct from audit_record_leaf(r)")
        assert cursor.fetchone()[0] == 0
        cursor.execute("alter table audit_record disable trigger audit_record_refuse")
        cursor.execute("update audit_record set by_name = 'somebody else' where id = %s", [pk])
        cursor.execute("alter table audit_record enable always trigger audit_record_refuse")
        cursor.execute("select id from audit_record r where leaf is distinct from audit_record_leaf(r)")
        assert cursor.fetchall() == [(pk,)]
        transaction.set_rollback(True, using="owner")


def test_an_untouched_trail_has_no_changed_records():
    note()
    assert changed_records() == []


def test_history_shows_one_subject_newest_first():
    mine, other = person(), person()
    for act in ("create_user", "sign_in"):
        trail.note(act, mine, by=mine, on=DAY)
    trail.note("create_user", other, by=other, on=DAY)
    assert [record.act for record in history_of(mine)] == ["sign_in", "create_user"]


with isolate_apps("audit"):

    class Case(models.Model):
        """A row with a status, on a table that lives for one test."""

        MOVES = {"open": {"closed", "lost"}, "closed": set()}
        status = models.TextField()
        closed_on = models.DateField(null=True)

        class Meta:
            app_label = "audit"
            db_table = "case_of_test"

        def __str__(self) -> str:
            return f"案卷{self.pk}"


@pytest.fixture
def case():
    with connection.cursor() as cursor:
        cursor.execute(
            "create temporary table case_of_test"
            " (id bigint generated by default as identity primary key, status text, closed_on date) on commit drop"
        )
    return Case.objects.create(status="open")


def test_a_move_changes_the_row_and_records_it(case):
    trail.move(case, "closed", by=person(), on=DAY, why="办结", closed_on=DAY)
    assert (case.status, case.closed_on) == ("closed", DAY)
    case.refresh_from_db()
    assert (case.status, case.closed_on) == ("closed", DAY)
    record = Record.objects.latest("id")
    assert (record.act, record.subject_label, record.why) == ("move", f"案卷{case.pk}", "办结")
    assert record.before == {"status": "open", "closed_on": None}
    assert record.after == {"status": "closed", "closed_on": "2026-07-01"}


@pytest.mark.parametrize(("now", "to"), [("open", "open"), ("open", "burnt"), ("closed", "open"), ("lost", "open")])
def test_a_move_the_table_does_not_know_is_refused(case, now, to):
    Case.objects.update(status=now)
    case.refresh_from_db()
    with pytest.raises(NotAllowedNow):
        trail.move(case, to, by=person(), on=DAY)
    case.refresh_from_db()
    assert case.status == now
    assert not Record.objects.filter(act="move").exists()


def test_of_two_people_at_one_row_the_second_is_overtaken(case):
    same = Case.objects.get(pk=case.pk)
    trail.move(case, "closed", by=person(), on=DAY)
    with pytest.raises(Overtaken):
        trail.move(same, "lost", by=person(), on=DAY)
    assert same.status == "open"
    case.refresh_from_db()
    assert case.status == "closed"
    assert Record.objects.filter(act="move").count() == 1


def test_a_move_that_cannot_be_recorded_does_not_happen(case):
    with pytest.raises(DatabaseError), transaction.atomic():
        trail.move(case, "closed", by=person(), on=None)
    case.refresh_from_db()
    assert case.status == "open"
