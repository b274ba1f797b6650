"""Who uses the embedded servers: whoever comes first starts them, the last one out stops them. 使用登记"""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from hpf.embedded import keys, postgres, valkey
from hpf.embedded.processes import ServerTrouble


@contextlib.contextmanager
def environment(data_dir: Path, *, ends_with_starter: bool = False) -> Iterator[None]:
    """Give the process a database, and secrets, for as long as the block lasts. 命令的运行环境

    With DATABASE_URL set, nothing happens. Otherwise the embedded PostgreSQL of `data_dir` is
    adopted or started, and stopped at the end unless another process uses it. A Valkey that is
    already up is used as well; none is started.
    """
    if os.environ.get("DATABASE_URL"):
        yield
        return
    for name, value in keys.of(data_dir).items():
        os.environ.setdefault(name, value)
    with postgres_lease(data_dir, ends_with_starter=ends_with_starter) as url:
        os.environ["DATABASE_URL"] = url
        broker = valkey.running(data_dir)
        if broker is not None:
            os.environ.setdefault("REDIS_URL", broker)
        try:
            yield
        finally:
            del os.environ["DATABASE_URL"]


@contextlib.contextmanager
def postgres_lease(data_dir: Path, *, ends_with_starter: bool = False) -> Iterator[str]:
    """The embedded PostgreSQL's URL; every user holds the lock file shared meanwhile. 数据库使用权"""
    data_dir.mkdir(parents=True, exist_ok=True)
    with (data_dir / "postgres.lock").open("ab") as use, (data_dir / "postgres.start.lock").open("ab") as turn:
        with _alone(turn):
            fcntl.flock(use, fcntl.LOCK_SH)
            url = postgres.start(data_dir, ends_with_starter=ends_with_starter)
        try:
            yield url
        finally:
            with _alone(turn):
                if _nobody_else_holds(use):
                    postgres.stop(data_dir)


@contextlib.contextmanager
def only_one(file: Path, refusal: str) -> Iterator[None]:
    """Hold a lock file alone, or refuse with the sentence given. 独占

    Raises:
        ServerTrouble: another process holds it.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("ab") as lock:
        if not _nobody_else_holds(lock):
            raise ServerTrouble(refusal)
        yield


@contextlib.contextmanager
def _alone(turn: IO[bytes]) -> Iterator[None]:
    """One starts or stops at a time: two starters would fight over the data directory."""
    fcntl.flock(turn, fcntl.LOCK_EX)
    try:
        yield
    finally:
        fcntl.flock(turn, fcntl.LOCK_UN)


def _nobody_else_holds(lock: IO[bytes]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
