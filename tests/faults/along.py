"""Processes that the kernel ends with this one: a test run that is killed leaves no system at work behind it."""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from functools import partial
from typing import Any

from hpf.embedded import processes
from tests import servers


def environment(database_url: str, **more: str) -> dict[str, str]:
    """What a process of the system needs to know."""
    return {**os.environ, "DATABASE_URL": database_url, "DJANGO_SETTINGS_MODULE": "hpf.settings", **more}


def started(arguments: Sequence[str], known: dict[str, str], **pipes: Any) -> "subprocess.Popen[Any]":
    """A Python process at work in the project's folder."""
    along = partial(processes.end_with, os.getpid(), signal.SIGKILL)
    return subprocess.Popen([sys.executable, *arguments], cwd=servers.ROOT, env=known, preexec_fn=along, **pipes)
