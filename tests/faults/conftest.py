"""The stage of the faults: a fund whose story was told, in databases and servers of its own."""

import itertools
import subprocess
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
import time_machine
from django.utils import timezone

from hpf import dayend
from hpf.embedded import postgres
from hpf.management.demo.story import Size, Story
from tests import servers
from tests.faults import stage
from tests.faults.stack import Stack

# A small fund the day before its interest is settled, and the calendar it lives by.
EVE = date(2026, 6, 29)
CALENDAR = "2026-07-20T10:00:00+08:00"
# In the middle of the settlement: nothing written yet; the voucher, but not the trail; everything but the record.
IN_THE_SETTLEMENT = [("from owed",), ("settle_interest",), ("encode(sha256", "'settle'")]

_numbers = itertools.count(1)
# A fund whose last thirty days wait for their nights, by the real calendar: what beat and workers live by.
DAYS_BEHIND = 30


@pytest.fixture(scope="session")
def told(django_db_setup: None, django_db_blocker) -> Callable[[date, str], str]:
    """The name of a database in which the story was told up to a day; told once, cloned by each test."""
    names: dict[date, str] = {}

    def tell(until: date, calendar: str) -> str:
        if until not in names:
            name = f"{servers.process_database()}_told_{len(names)}"
            servers.clone(name)
            with django_db_blocker.unblock(), time_machine.travel(calendar, tick=True), stage.pointed_at(name):
                story = Story(Size(employers=3, members=15, months=2, seed=7, until=until))
                story.begin()
                for _ in story.tell():
                    pass
            names[until] = name
        return names[until]

    return tell


@pytest.fixture
def eve(told, django_db_blocker) -> Iterator[Callable[[], str]]:
    """Makes fresh databases on the eve of the settlement; they go with the test."""
    yield from copies(lambda: told(EVE, CALENDAR), django_db_blocker)


@pytest.fixture
def behind(told, django_db_blocker) -> Iterator[Callable[[], str]]:
    """Makes fresh databases whose last thirty days are not closed."""
    until = timezone.localdate() - timedelta(days=DAYS_BEHIND + 1)
    yield from copies(lambda: told(until, f"{timezone.localdate()}T10:00:00+08:00"), django_db_blocker)


def copies(original: Callable[[], str], django_db_blocker) -> Iterator[Callable[[], str]]:
    made: list[str] = []

    def copy() -> str:
        source = original()
        made.append(f"{source}_{next(_numbers)}")
        servers.clone(made[-1], source)
        return made[-1]

    with django_db_blocker.unblock():
        yield copy
        for name in made:
            servers.drop(name)


@pytest.fixture(scope="session")
def stack(told, tmp_path_factory, django_db_blocker) -> Iterator[Stack]:
    """The running system over a fund that is thirty days behind; the hints that waited for it were lost.

    One for all tests that need one: it takes longer to start than most of them last.
    """
    until = timezone.localdate() - timedelta(days=DAYS_BEHIND + 1)
    source = told(until, f"{timezone.localdate()}T10:00:00+08:00")
    name = f"{source}_stack"
    servers.clone(name, source)
    # A machine that stands still for half a minute takes nothing from its workers.
    made = Stack(servers.url_of(name), tmp_path_factory.mktemp("stack"), lease=600)
    try:
        made.start_broker()
        for _ in range(50):
            made.hint(dayend.close_days)
        assert made.hints() == 50
        made.wipe_broker()
        made.start(workers=2, beats=3)
        made.start_web()
        yield made
    finally:
        made.kill()
        servers.drop(name)


@pytest.fixture
def running(stack, django_db_blocker) -> Iterator[Stack]:
    """The running system on the day of the calendar, and this process beside it; afterwards its books are sound."""
    assert stage.caught_up(stack.database_url), stack.told()
    with django_db_blocker.unblock(), stage.pointed_at(stack.database):
        yield stack
        print(stack.told())  # shown where a test fails
        stage.sound()


@pytest.fixture
def own_cluster(behind, tmp_path) -> Iterator[Path]:
    """A PostgreSQL of the test's own, that does what it promises to the disk, with a fund that is behind."""
    postgres.start(tmp_path, durable=True)
    postgres.remake_database(tmp_path)
    dump = subprocess.run(
        [str(postgres.program("pg_dump")), "--no-owner", servers.url_of(behind())], capture_output=True, check=True
    )
    psql = [str(postgres.program("psql")), "-XqAt", "-v", "ON_ERROR_STOP=1"]
    roles = "create role hpf_app nologin; grant hpf_app to hpf_owner;"
    subprocess.run([*psql, "-c", roles, postgres.url_of(tmp_path)], check=True, capture_output=True)
    subprocess.run([*psql, postgres.url_of(tmp_path)], input=dump.stdout, check=True, capture_output=True)
    try:
        yield tmp_path
    finally:
        postgres.stop(tmp_path)
