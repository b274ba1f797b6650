"""Measuring one slice of work: its wall time, and the CPU seconds of the server and of its clients together."""

import os
import resource
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Slice:
    """What was done in one slice, and what it took."""

    work: float
    wall: float
    cpu: float

    def __add__(self, other: "Slice") -> "Slice":
        """Two parts of the same work, done one after the other."""
        return Slice(self.work, self.wall + other.wall, self.cpu + other.cpu)


class Meter:
    """`with Meter(server, clients) as meter: ...`, then `meter.slice(work)`.

    `server` is the postmaster's pid; its sessions count too, ended or living. Clients that go on living are given by
    pid; this process and the children it has waited for count without being named.
    """

    def __init__(self, server: int, clients: Iterable[int] = ()) -> None:
        self._server = server
        self._clients = list(clients)
        self.wall = 0.0
        self.cpu = 0.0

    def __enter__(self) -> Self:
        self._cpu_before = self._cpu()
        self._wall_before = time.perf_counter()
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.wall = time.perf_counter() - self._wall_before
        self.cpu = self._cpu() - self._cpu_before

    def slice(self, work: float, *, wall: float | None = None) -> Slice:
        """The slice measured; `wall` where the work itself took less time than starting and ending it."""
        return Slice(work, wall or self.wall, self.cpu)

    def _cpu(self) -> float:
        finished = resource.getrusage(resource.RUSAGE_CHILDREN)
        own = time.process_time() + finished.ru_utime + finished.ru_stime
        return own + sum(_times(pid)[0] for pid in self._clients) + _tree(self._server)


def _tree(server: int) -> float:
    """CPU seconds of a server: itself, its living children and those it has reaped."""
    time.sleep(0.05)  # sessions just closed are reaped
    for _ in range(20):
        own, reaped = _times(server)
        total = own + reaped + sum(_times(pid)[0] for pid in children_of(server))
        if _times(server)[1] == reaped:  # else one ended while we counted: count again
            return total
    return total


def children_of(parent: int) -> list[int]:
    """The living processes that a process has started."""
    living = []
    for name in os.listdir("/proc"):
        if name.isdecimal() and (fields := _stat(int(name))) and int(fields[1]) == parent:
            living.append(int(name))
    return living


def _times(pid: int) -> tuple[float, float]:
    """CPU seconds of a process itself, and of the children it has reaped."""
    fields = _stat(pid)
    if not fields:
        return 0.0, 0.0
    user, system, reaped_user, reaped_system = (int(field) for field in fields[11:15])
    return (user + system) / TICKS, (reaped_user + reaped_system) / TICKS


def _stat(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except (FileNotFoundError, ProcessLookupError):
        return []
