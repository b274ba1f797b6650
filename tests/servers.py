"""A pytest plugin: the real PostgreSQL and Valkey that the tests run against.

One PostgreSQL serves the whole session, started by the controlling process before the settings
are read; each process gets a database of its own, cloned from a migrated template. The template
is migrated when the first test asks for a database, so tests without one do not wait for it.
Nothing is ever truncated, and no guard of the database is switched off.
"""

import contextlib
import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from psycopg import sql

from hpf.embedded import keys, postgres, valkey

ROOT = Path(__file__).resolve().parent.parent
TEMPLATE = "template_hpf"
_PREFIX = "hpf-test-"
_SESSION_DIR = "HPF_TEST_SESSION_DIR"
_ahead: list[threading.Thread] = []  # what is prepared before anybody asks for it


def process_name() -> str:
    """The name xdist gives this process, such as gw0; `main` without xdist."""
    return os.environ.get("PYTEST_XDIST_WORKER", "main")


def session_dir() -> Path:
    """The folder of this session, shared by its processes and removed at its end."""
    return Path(os.environ[_SESSION_DIR])


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    """Start the servers before Django's settings read their addresses."""
    if process_name() == "main":
        _sweep_killed_sessions()
        os.environ[_SESSION_DIR] = tempfile.mkdtemp(prefix=_PREFIX)
        _hold(session_dir())
        os.environ["HPF_SERVER_URL"] = postgres.start(session_dir(), durable=False)
    own_dir = session_dir() / process_name()
    (own_dir / "static").mkdir(parents=True, exist_ok=True)  # WhiteNoise looks for it at every start
    os.environ |= keys.of(session_dir()) | {
        "HPF_DATA_DIR": str(own_dir),
        "HPF_DEMO": "1",
        # Playwright keeps an event loop in the test's thread; our own code is synchronous throughout.
        "DJANGO_ALLOW_ASYNC_UNSAFE": "1",
        # A queue of its own: a worker started by one process must not take another's tasks.
        "REDIS_URL": valkey.start(own_dir, durable=False),
        "DATABASE_URL": url_of(process_database()),
    }
    os.environ.pop("DATABASE_OWNER_URL", None)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    """Migrate the template while the workers of a large run still collect their tests."""
    _ahead.append(threading.Thread(target=_template_is_there))
    _ahead[0].start()


def pytest_unconfigure() -> None:
    """Stop what this process started; the controller removes the folder last."""
    if _SESSION_DIR not in os.environ:
        return
    for thread in _ahead:
        thread.join()
    valkey.stop(session_dir() / process_name())
    if process_name() == "main":
        postgres.stop(session_dir())
        shutil.rmtree(os.environ.pop(_SESSION_DIR), ignore_errors=True)


def _hold(folder: Path) -> bool:
    """Mark a session's folder as in use for as long as this process lives; False when another holds it."""
    mark = os.open(folder / "in-use.lock", os.O_RDWR | os.O_CREAT)  # closed by the end of the process
    try:
        fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(mark)
        return False
    return True


def _sweep_killed_sessions() -> None:
    """Remove what a session that was killed could not: its servers are gone, its folders are not."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with contextlib.suppress(FileNotFoundError):  # a session beside this one ends and takes its folder along
            if folder.stat().st_uid == os.geteuid() and _hold(folder):
                for process_dir in filter(Path.is_dir, folder.iterdir()):
                    valkey.stop(process_dir)
                postgres.stop(folder)
                shutil.rmtree(folder, ignore_errors=True)


def process_database() -> str:
    """The database in which this process runs the tests that roll back."""
    return f"test_{process_name()}"


def url_of(database: str) -> str:
    """The address of a database of the session's server, as the owner."""
    return urlunsplit(urlsplit(os.environ["HPF_SERVER_URL"])._replace(path=f"/{database}"))


def make_process_database() -> None:
    """Clone the template for this process, migrating it first when nobody has."""
    _template_is_there()
    if not _exists(process_database()):
        clone(process_database())


def clone(name: str, source: str = TEMPLATE) -> None:
    """Make a database from the migrated template, or from another database nobody is connected to.

    Its files are copied: without fsync a third of the work of logging each page.
    """
    made = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy")
    _run(made.format(sql.Identifier(name), sql.Identifier(source)))


def drop(name: str) -> None:
    """Remove a database, even when a thread of the test has left a connection open."""
    _run(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _template_is_there() -> None:
    with _one_at_a_time():
        if not _exists(TEMPLATE):
            _make_template()


def _make_template() -> None:
    draft = f"{TEMPLATE}_draft"
    _run(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(draft)))
    _run(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(draft)))
    done = subprocess.run(
        [sys.executable, "manage.py", "migrate", "--no-input", "--database", "owner", "--verbosity", "0"],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": url_of(draft)},
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        raise pytest.UsageError(f"The test database cannot be migrated:\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
    _run(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(draft), sql.Identifier(TEMPLATE)))


def _exists(database: str) -> bool:
    with psycopg.connect(os.environ["HPF_SERVER_URL"]) as connection:
        return connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone() is not None


def _run(statement: sql.Composed) -> None:
    with psycopg.connect(os.environ["HPF_SERVER_URL"], autocommit=True) as connection:
        connection.execute(statement)


@contextlib.contextmanager
def _one_at_a_time() -> Iterator[None]:
    with (session_dir() / "template.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
