"""What strangers may do from one address is counted once, however many processes serve them."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from access.actions import throttles
from access.models import Throttle

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
THREE = throttles.Limit("asking", 3, 900)
HERE, THERE = "10.0.0.1", "10.0.0.2"


def asked(address: str = HERE, limit: throttles.Limit = THREE, *, after: int = 0) -> bool:
    return throttles.too_often(limit, address, at=NOON + timedelta(seconds=after))


@pytest.mark.django_db
def test_one_more_than_a_person_would_is_too_often():
    assert [asked() for _ in range(5)] == [False, False, False, True, True]


@pytest.mark.django_db
def test_addresses_and_things_are_counted_apart():
    assert [asked() for _ in range(4)][-1] is True
    assert asked(THERE) is False and asked(limit=throttles.Limit("applying", 3, 900)) is False


@pytest.mark.django_db
@pytest.mark.parametrize(("later", "often"), [(899, True), (900, False), (86_400 * 3, False)])
def test_the_window_begins_with_the_first_time(later, often):
    for second in range(4):
        asked(after=second)
    assert asked(after=later) is often


@pytest.mark.django_db
def test_an_address_is_not_kept_as_it_is_and_not_for_long():
    for last in range(30):
        asked(f"10.0.1.{last}")
    assert not [row for row in Throttle.objects.all() if b"10.0" in bytes(row.address)]
    for _ in range(3):
        asked(THERE, after=86_400 * 2)
    assert Throttle.objects.count() == 1


@pytest.mark.django_db
def test_a_count_reads_no_more_than_its_own_row():
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into access_throttle (what, address, count, began_at)"
            " select 'asking', int8send(n), 1, now() from generate_series(1, 20000) n"
        )
        cursor.execute("analyze access_throttle")
        cursor.execute(
            "explain select 1 from access_throttle where began_at < now() - interval '1 day' order by began_at limit 10"
        )
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "access_throttle_began" in plan and "Seq Scan" not in plan


def test_many_connections_at_once_share_one_count(own_database):
    limit, answers = throttles.Limit("asking", 25, 900), []
    start = threading.Barrier(8)

    def ask_ten_times() -> None:
        start.wait()
        try:
            answers.extend(asked(limit=limit) for _ in range(10))
        finally:
            connection.close()

    threads = [threading.Thread(target=ask_ten_times) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(answers), answers.count(False), Throttle.objects.get().count) == (80, 25, 80)
