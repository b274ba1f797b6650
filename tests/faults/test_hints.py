"""F05, F17, F30: beats, workers and the broker are hints; what is to do stands in PostgreSQL."""

import os
import signal
from datetime import timedelta

import psycopg
from django.utils import timezone

from access.queries import night_user
from hpf import dayend
from hpf.embedded import postgres
from ledger.actions import nights
from tests.faults.conftest import DAYS_BEHIND
from tests.faults.stack import Stack
from tests.faults.stage import caught_up, closed, each_once, last_closed, postmaster_of, proved


def test_three_beats_and_two_workers_close_each_day_once_though_the_broker_lost_its_hints(stack):
    """Thirty days are waiting; each step of each is done once, at the first attempt."""
    assert caught_up(stack.database_url), stack.told()
    each_once(stack.database_url)
    with psycopg.connect(stack.database_url) as asks:
        first = timezone.localdate() - timedelta(days=DAYS_BEHIND)
        done = "select count(distinct day), count(*), max(attempt) from ledger_stepshard where day >= %s"
        days, shards, attempts = asks.execute(done, [first]).fetchone()
    assert days >= DAYS_BEHIND and shards >= len(dayend.STEPS) * days and attempts == 1


def test_a_broker_that_is_killed_and_wiped_while_all_are_at_work_loses_nothing(running):
    running.wipe_broker()
    day = last_closed(running.database_url) + timedelta(days=1)
    nights.order(day, last=day, by=night_user(), on=day)
    assert closed(running.database_url, day), running.told()
    each_once(running.database_url)
    proved(running.database_url)


def test_after_a_power_cut_the_night_goes_on_where_it_stopped(own_cluster):
    """PostgreSQL, broker, worker and beat die in the same moment, in the middle of closing days."""
    url = postgres.url_of(own_cluster)
    first = last_closed(url)
    system = Stack(url, own_cluster, lease=5)
    system.start(workers=2, beats=1)
    assert closed(url, first + timedelta(days=2))
    os.kill(postmaster_of(own_cluster), signal.SIGKILL)
    system.kill()
    url = postgres.start(own_cluster)
    again = Stack(url, own_cluster)
    try:
        again.start(workers=1, beats=1)
        assert caught_up(url)
    finally:
        again.kill()
    each_once(url)
    proved(url)
