"""What the fixtures promise to every other test."""

import threading

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection, connections, transaction

from tests import servers
from tests.conftest import refusal_of


def current(what: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(f"select {what}")
        return cursor.fetchone()[0]


@pytest.mark.django_db
def test_tests_work_as_the_application_in_a_database_of_their_process():
    assert current("current_user::text") == "hpf_app"
    assert current("current_database()") == servers.process_database()


@pytest.mark.django_db
@pytest.mark.parametrize("turn", [1, 2])
def test_what_a_test_writes_is_rolled_back(turn):
    ContentType.objects.create(app_label="tests", model="trace")
    assert ContentType.objects.filter(app_label="tests").count() == 1


def test_committing_test_owns_a_database_in_every_thread(own_database):
    seen = []

    def look():
        seen.append(current("current_database()"))
        connections.close_all()

    with transaction.atomic():
        ContentType.objects.create(app_label="tests", model="committed")
    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    with connections["owner"].cursor() as cursor:
        cursor.execute("select count(*) from django_content_type where app_label = 'tests'")
        assert cursor.fetchone()[0] == 1
    assert seen == [current("current_database()")] == [own_database.name]


def test_next_owner_finds_nothing_of_the_last(own_database):
    assert not ContentType.objects.filter(app_label="tests").exists()
    with pytest.raises(Exception, match="does not exist"), connection.cursor() as cursor:
        cursor.execute("select * from never_made")


@pytest.mark.django_db
def test_unordered_reads_come_shuffled_and_ordered_ones_do_not():
    ContentType.objects.bulk_create(ContentType(app_label="tests", model=f"m{n:02}") for n in range(30))
    rows = ContentType.objects.filter(app_label="tests")
    in_order = [f"m{n:02}" for n in range(30)]
    assert [row.model for row in rows.order_by("model")] == in_order
    assert [row.model for row in rows] != in_order


@pytest.mark.parametrize(
    ("marker", "fixtures"),
    [
        (pytest.mark.django_db(transaction=True).mark, set()),
        (pytest.mark.django_db(reset_sequences=True).mark, set()),
        (None, {"transactional_db"}),
        (None, {"live_server"}),
        (pytest.mark.django_db.mark, {"own_database"}),
    ],
)
def test_truncating_tests_are_refused(marker, fixtures):
    assert "own_database" in refusal_of(marker, fixtures)


def test_honest_tests_are_not_refused():
    assert refusal_of(pytest.mark.django_db(databases=["default", "owner"]).mark, set()) == ""
    assert refusal_of(None, {"own_database", "page"}) == ""
