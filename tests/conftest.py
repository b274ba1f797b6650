"""Fixtures for every test: the database it may use, and the browser.

`@pytest.mark.django_db` rolls back in this process's database, as the application's role.
`own_database` is for tests that commit, use threads or other processes: a fresh clone.
"""

import itertools
import random
import shutil
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.db import connections
from django.db.models import QuerySet
from django.test import override_settings

from hpf.launcher.programme import BROWSERS
from tests import servers

_numbers = itertools.count(1)
_TRUNCATING = {"transactional_db", "django_db_reset_sequences", "django_db_serialized_rollback", "live_server"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Stop before a test runs that would truncate tables."""
    for item in items:
        refusal = refusal_of(item.get_closest_marker("django_db"), set(getattr(item, "fixturenames", ())))
        if refusal:
            raise pytest.UsageError(f"{item.nodeid}: {refusal}")


def refusal_of(marker: pytest.Mark | None, fixtures: set[str]) -> str:
    """Why a test may not use the database this way: truncating is forbidden by guards, and a clone is quicker."""
    if fixtures & _TRUNCATING or (marker and (marker.args or marker.kwargs.keys() - {"databases"})):
        return "a test that commits uses the fixture own_database"
    if marker and "own_database" in fixtures:
        return "own_database and the marker django_db exclude each other"
    return ""


@pytest.fixture(autouse=True)
def unordered_reads_are_shuffled(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever needs an order must ask for it: PostgreSQL promises none, and keeps one just long enough to deceive."""
    fetch_all, shuffle = QuerySet._fetch_all, random.Random(request.node.nodeid).shuffle

    def fetch_all_shuffled(self: QuerySet) -> None:
        fresh = self._result_cache is None
        fetch_all(self)
        if fresh and not self.ordered and not self.query.is_sliced:
            shuffle(self._result_cache)

    monkeypatch.setattr(QuerySet, "_fetch_all", fetch_all_shuffled)


@pytest.fixture(scope="session", autouse=True)
def passwords_cost_little() -> Iterator[None]:
    """Hundreds of tests make people who sign in; nobody guesses their passwords."""
    with override_settings(PASSWORD_HASHERS=["tests.passwords.QuickArgon2"]):
        yield


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """The settings already name this process's database."""


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker) -> None:
    """Make this process's database; it goes with the session's server."""
    with django_db_blocker.unblock():
        servers.make_process_database()


@dataclass(frozen=True)
class OwnDatabase:
    """A database that belongs to one test."""

    name: str
    url: str


@pytest.fixture
def own_database(django_db_setup: None, django_db_blocker) -> Iterator[OwnDatabase]:
    """Point every connection at a fresh clone, in all threads, and drop it afterwards."""
    name = f"{servers.process_database()}_{next(_numbers)}"
    servers.clone(name)
    with django_db_blocker.unblock():
        _point_connections_at(name)
        try:
            yield OwnDatabase(name, servers.url_of(name))
        finally:
            _point_connections_at(servers.process_database())
            servers.drop(name)


def _point_connections_at(database: str) -> None:
    for alias in connections:
        connections[alias].close()
        # One dictionary per alias serves the connections of all threads.
        connections.settings[alias]["NAME"] = database


@pytest.fixture
def site(own_database: OwnDatabase) -> Iterator[str]:
    """The address of a running copy of the pages over the test's own database."""
    from django.contrib.staticfiles.handlers import StaticFilesHandler
    from django.test.testcases import LiveServerThread

    thread = LiveServerThread("127.0.0.1", StaticFilesHandler)
    thread.daemon = True
    thread.start()
    thread.is_ready.wait()
    if thread.error:
        raise thread.error
    yield f"http://127.0.0.1:{thread.port}"
    thread.terminate()


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    """Debian's Chromium, quiet and without calls home."""
    chromium = next(filter(None, map(shutil.which, BROWSERS)), None)
    if chromium is None:
        pytest.skip(f"没有 chromium:请安装 {BROWSERS[0]} 和 fonts-noto-cjk 后再运行浏览器测试")
    silent = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic"]
    plain = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-dev-shm-usage"]
    return {"executable_path": chromium, "args": silent + plain}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, object]) -> dict[str, object]:
    """The smaller of the two screens the pages are made for."""
    return {
        **browser_context_args,
        "viewport": {"width": 1366, "height": 768},
        "locale": "zh-CN",
        "timezone_id": "Asia/Shanghai",
    }
