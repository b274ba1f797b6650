"""Counting printouts: the first is the original, whoever prints; a printing that failed was none."""

import threading

import psycopg
import pytest
from django.db import connection, connections

from access.models import Branch
from access.queries import night_user
from audit.actions import prints
from audit.models import Record
from hpf.embedded.processes import await_until
from tests.ledger.books import DAY

VOUCHER, RECEIPT = "记账凭证", "汇缴回单"
WAITS = "select pid from pg_locks where not granted and %s = any(pg_blocking_pids(pid))"
HELD = "select count(*) from pg_locks where granted and locktype = 'advisory' and pid = %s"


def printed(subject: Branch, printout: str = VOUCHER) -> int:
    with prints.counted(printout, [subject], by=night_user(), on=DAY) as [times]:
        return times


@pytest.fixture
def office() -> Branch:
    return Branch.objects.get(code="01")


@pytest.mark.django_db
def test_printings_are_counted_by_printout_and_subject(office):
    other = Branch.objects.get(code="02")
    assert [printed(office), printed(office), printed(other), printed(office, RECEIPT), printed(office)] == [
        1,
        2,
        1,
        1,
        3,
    ]


@pytest.mark.django_db
def test_each_printing_is_recorded_with_its_number(office):
    printed(office), printed(office)
    records = Record.objects.filter(act="print", subject_kind="access.branch").order_by("id")
    assert [record.after for record in records] == [{"printout": VOUCHER, "times": n} for n in (1, 2)]
    assert {(record.by_name, record.on) for record in records} == {(night_user().name, DAY)}


@pytest.mark.django_db
def test_a_printing_that_failed_is_not_counted(office):
    with pytest.raises(RuntimeError), prints.counted(VOUCHER, [office], by=night_user(), on=DAY):
        raise RuntimeError("no paper")
    assert printed(office) == 1


def test_of_many_who_print_at_once_one_has_the_original(own_database):
    office, start, counts = Branch.objects.get(code="01"), threading.Barrier(6), []

    def one() -> None:
        start.wait()
        counts.append(printed(office))
        connections.close_all()

    threads = [threading.Thread(target=one) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(counts) == [1, 2, 3, 4, 5, 6]


def held_by_who_waits(database, taken: Branch, subjects: list[Branch]) -> int:
    """How many subjects somebody holds already who prints these and waits for the one that is taken."""

    def late() -> None:
        with prints.counted(VOUCHER, subjects, by=night_user(), on=DAY):
            pass
        connections.close_all()

    thread = threading.Thread(target=late)
    with (
        psycopg.connect(database.url, autocommit=True) as looks,
        prints.counted(VOUCHER, [taken], by=night_user(), on=DAY),
    ):
        thread.start()
        own = connection.connection.info.backend_pid
        assert await_until(lambda: looks.execute(WAITS, [own]).fetchone(), seconds=60)
        [held] = looks.execute(HELD, looks.execute(WAITS, [own]).fetchone()).fetchone()
    thread.join(60)
    return held


def test_files_with_the_same_subjects_take_them_in_one_order(own_database):
    """Else two that were begun at once would lock each other out."""
    taken, other = Branch.objects.order_by("code")[:2]
    held = [held_by_who_waits(own_database, taken, subjects) for subjects in ([taken, other], [other, taken])]
    assert held[0] == held[1]
    assert printed(taken) == 5 and printed(other) == 3
