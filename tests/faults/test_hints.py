"""F05, F17, F30: beats, workers and the broker are hints; what is to do stands in PostgreSQL."""

import os
import signal
from datetime import timedelta

import psycopg
import pytest
from django.utils import timezone
from kombu import Connection

from access.queries import night_user
from hpf import dayend
from hpf.embedded import postgres
from ledger.actions import nights
from tests import servers
from tests.faults.conftest import DAYS_BEHIND
from tests.faults.stage import System, caught_up, closed, each_once, last_closed, pointed_at, postmaster_of, proved


@pytest.fixture
def system(behind, tmp_path):
    made = System(servers.url_of(behind()), tmp_path)
    yield made
    made.kill()
    print(made.told())  # shown where a test fails


def test_three_beats_and_two_workers_close_each_day_once(system):
    """Thirty days are waiting; each step of each is done once, at the first attempt."""
    system.lease = 600  # a machine that stands still for half a minute takes nothing from its workers
    system.start(workers=2, beats=3)
    assert caught_up(system.database_url)
    each_once(system.database_url)
    with psycopg.connect(system.database_url) as asks:
        first = timezone.localdate() - timedelta(days=DAYS_BEHIND)
        done = "select count(distinct day), count(*), max(attempt) from ledger_stepshard where day >= %s"
        days, shards, attempts = asks.execute(done, [first]).fetchone()
    assert days >= DAYS_BEHIND and shards >= len(dayend.STEPS) * days and attempts == 1
    proved(system.database_url)


def test_a_broker_that_is_killed_and_wiped_loses_nothing(system):
    """Queued hints are gone, and later the broker goes while all are at work; the days are closed all the same."""
    system.start_broker()
    with Connection(system.broker.replace("unix://", "redis+socket://")) as queue:
        for _ in range(50):
            dayend.close_days.apply_async(connection=queue)
        waiting = queue.default_channel.client
        assert waiting.llen("celery") == 50
    system.wipe_broker()
    system.start(workers=1, beats=1)
    assert caught_up(system.database_url)
    system.wipe_broker()
    name = system.database_url.partition("@/")[2].partition("?")[0]
    day = last_closed(system.database_url) + timedelta(days=1)
    with pointed_at(name):
        nights.order(day, last=day, by=night_user(), on=day)
    assert closed(system.database_url, day)
    each_once(system.database_url)
    proved(system.database_url)


def test_after_a_power_cut_the_night_goes_on_where_it_stopped(own_cluster):
    """PostgreSQL, broker, worker and beat die in the same moment, in the middle of closing days."""
    url = postgres.url_of(own_cluster)
    first = last_closed(url)
    system = System(url, own_cluster, lease=5)
    system.start(workers=2, beats=1)
    assert closed(url, first + timedelta(days=2))
    os.kill(postmaster_of(own_cluster), signal.SIGKILL)
    system.kill()
    url = postgres.start(own_cluster)
    again = System(url, own_cluster)
    try:
        again.start(workers=1, beats=1)
        assert caught_up(url)
    finally:
        again.kill()
    each_once(url)
    proved(url)
