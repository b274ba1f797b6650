"""The night: a list of steps, each recorded once; killed it resumes, late it catches up, twice it does no harm."""

import os
import signal
import subprocess
import sys
import threading
from datetime import date, timedelta

import pytest
import time_machine
from django.conf import settings
from django.db import connection, transaction
from django.test import override_settings

from audit.actions import inspection
from hpf import dayend, worker
from hpf.management.demo.story import Size, Story
from ledger.models import BusinessDay, Entry, LedgerAccount, StepShard
from ledger.queries import open_day
from tests.faults.stage import books, lease_runs_out
from tests.ledger.books import as_owner, run

STEPS = ["identify", "allocate", "settle_payouts", "turn", "accrue", "settle", "admit", "prove", "close"]
UNTIL = date(2026, 6, 12)
WORKING = date(2026, 6, 20)


@pytest.fixture(autouse=True)
def calendar():
    """A fixed calendar, so that nothing here depends on the day the tests run."""
    with time_machine.travel(f"{WORKING}T10:00:00+08:00", tick=True):
        yield


def tell_story(until: date = UNTIL) -> Story:
    """Three employers, fifteen members, and every day closed up to one with money still to come."""
    story = Story(Size(employers=3, members=15, months=2, seed=7, until=until))
    story.begin()
    for _ in story.tell():
        pass
    return story


def close(day: date) -> list[str]:
    return [step for step, _ in dayend.run(day)]


@pytest.mark.django_db
def test_a_night_runs_its_list_and_opens_the_next_day():
    tell_story()
    day = open_day()
    assert close(day) == STEPS
    assert open_day() == day + timedelta(days=1)
    records = StepShard.objects.filter(day=day).order_by("started_at")
    assert [(record.step, record.status) for record in records] == [(step, "DONE") for step in STEPS]
    assert all(record.ended_at for record in records)
    assert records.get(step="accrue").counts["branches"] >= 1


@pytest.mark.django_db
def test_a_day_that_is_closed_is_not_closed_again():
    tell_story()
    before = books()
    assert close(UNTIL) == []
    assert books() == before


@pytest.mark.django_db
def test_a_step_that_fails_stops_the_night_and_is_where_it_goes_on():
    tell_story()
    day = open_day()
    with time_machine.travel(f"{day + timedelta(days=1)}T00:05:00+08:00"):
        with as_owner():
            run("update ledger_ledgeraccount set version = version + 1 where kind_id = 'MEMBER'")
        with pytest.raises(dayend.BooksBroken, match="I3"):
            close(day)
        assert BusinessDay.objects.get(pk=day).status == "CLOSING"
        failed = StepShard.objects.get(day=day, step="prove")
        assert (failed.status, "I3" in failed.error) == ("FAILED", True)
        with as_owner():
            run("update ledger_ledgeraccount set version = version - 1 where kind_id = 'MEMBER'")
        assert close(day) == ["prove", "close"]


@pytest.mark.django_db
@override_settings(DEMO=False)
def test_a_day_that_has_not_ended_stays_open():
    story = Story(Size(employers=1, members=4, months=1, seed=7, until=WORKING))
    with override_settings(DEMO=True):
        story.begin()
        for _ in story.tell():
            pass
    assert open_day() == WORKING + timedelta(days=1)
    with pytest.raises(dayend.AheadOfTheCalendar, match="尚未结束"):
        close(open_day())


@pytest.mark.django_db
def test_the_night_catches_up_in_order():
    tell_story()
    assert dayend.close_days() == [(UNTIL + timedelta(days=n)).isoformat() for n in range(1, 8)]
    assert open_day() == WORKING
    assert [finding.check.title for finding in inspection.inspect(WORKING) if not finding.holds] == []


@pytest.mark.django_db
def test_days_caught_up_are_the_books_of_days_closed_in_time():
    """Over the settlement: each night after its own day, or three weeks later in one go; nobody could tell which."""
    until, last = date(2026, 6, 25), date(2026, 7, 5)
    tell_story(until)
    apart = transaction.savepoint()
    for number in range(1, (last - until).days + 1):
        with time_machine.travel(f"{until + timedelta(days=number + 1)}T00:00:05+08:00", tick=True):
            assert dayend.close_days() == [(until + timedelta(days=number)).isoformat()]
    in_time = books()
    transaction.savepoint_rollback(apart)
    with time_machine.travel(f"{last + timedelta(days=1)}T09:00:00+08:00", tick=True):
        assert len(dayend.close_days()) == 10
    assert books() == in_time
    assert Entry.objects.filter(booked_on=date(2026, 6, 30), interest_on=date(2026, 7, 1), chart="201").count() == 15


@pytest.mark.django_db
def test_interest_is_accrued_each_night_in_sum():
    """1.50 % a year over 360 days on what the members of a branch hold, rounded once: worked out here from balances."""
    tell_story()
    day = open_day()
    close(day)
    held: dict[int, int] = {}
    for branch, balance in LedgerAccount.objects.filter(kind="MEMBER").values_list("branch", "balance"):
        held[branch] = held.get(branch, 0) + int(balance * 100)
    expected = {branch: (fen * 150 * 2 + 3_600_000) // (2 * 3_600_000) for branch, fen in held.items()}
    booked = Entry.objects.filter(booked_on=day, chart="211", side="C").values_list("branch", "amount")
    assert {branch: int(amount * 100) for branch, amount in booked} == {b: fen for b, fen in expected.items() if fen}


def in_threads(work, count: int) -> list[BaseException]:
    start, raised = threading.Barrier(count), []

    def body() -> None:
        try:
            start.wait(60)
            work()
        except BaseException as error:
            raised.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=body) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return raised


def test_several_nights_at_once_close_each_day_once(own_database):
    """Over a settlement, whose branches they share; the helpers that were called are hints, and nobody needs them."""
    tell_story(date(2026, 6, 27))
    closed: list[str] = []
    with time_machine.travel("2026-07-03T10:00:00+08:00", tick=True):
        assert in_threads(lambda: closed.extend(dayend.close_days()), 3) == []
        if dayend.due():  # whoever was last found the others gone
            closed.extend(dayend.close_days())
        worker.app.control.purge()
        assert sorted(closed) == ["2026-06-28", "2026-06-29", "2026-06-30", "2026-07-01", "2026-07-02"]
        shards = StepShard.objects.filter(day__gt=date(2026, 6, 27))
        branches = shards.filter(step="settle", day=date(2026, 6, 30))
        assert branches.count() == 3 and branches.values("checksum").distinct().count() == 3
        assert shards.count() == 5 * len(STEPS) + 2
        assert set(shards.values_list("status", "attempt")) == {("DONE", 1)}
        assert [f.check.title for f in inspection.inspect(date(2026, 7, 3)) if not f.holds] == []


def command(own_database, *arguments: str) -> subprocess.Popen:
    """manage.py in a process of its own, on the test's database."""
    environment = os.environ | {"DATABASE_URL": own_database.url, "HPF_DEMO": "1"}
    return subprocess.Popen(
        [sys.executable, "manage.py", *arguments],
        cwd=settings.BASE_DIR, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip


def test_a_killed_night_resumes_and_ends_in_the_same_books(own_database):
    """SIGKILL in the middle of the night's list, then the same command again; beside it, a night left in peace."""
    tell_story(date(2026, 6, 27))
    through = date(2026, 7, 4)
    killed = command(own_database, "close_day", "--through", through.isoformat())
    assert killed.stdout is not None
    for line in killed.stdout:
        if "2026-06-30 accrue" in line:
            break
    killed.send_signal(signal.SIGKILL)
    killed.wait(60)
    lease_runs_out(own_database.name)
    assert BusinessDay.objects.get(pk=date(2026, 6, 30)).status != "CLOSED"
    again = command(own_database, "close_day", "--through", through.isoformat())
    said, _ = again.communicate(timeout=120)
    assert again.returncode == 0, said
    assert open_day() == through + timedelta(days=1)
    done = StepShard.objects.filter(day=date(2026, 6, 30), status="DONE")
    assert set(done.values_list("step", flat=True)) == set(STEPS)
    settled = Entry.objects.filter(chart="201", booked_on=date(2026, 6, 30), interest_on=date(2026, 7, 1))
    assert settled.count() == settled.values("account").distinct().count() > 0
    assert [finding.check.title for finding in inspection.inspect(through) if not finding.holds] == []
