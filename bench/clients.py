"""Who does the work: pgbench, and processes of our own that post through Django, several threads each."""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.meter import Meter, Slice
from bench.site import ROOT, TPCB, Site


def tpcb(site: Site, clients: int) -> Callable[[], Slice]:
    """The limit: pgbench's TPC-B-like transaction, prepared, at the same concurrency."""
    return _pgbench(site, clients, ["-b", "tpcb-like"], site.url_of(TPCB), {})


def script(site: Site, clients: int, text: str, *, role: str = "hpf_app") -> Callable[[], Slice]:
    """A script of SQL through pgbench, prepared, with the rights of `role`."""
    file = Path(tempfile.mkdtemp(prefix="hpf-bench-")) / "script.sql"
    file.write_text(text)
    return _pgbench(site, clients, ["-f", str(file)], site.url, {"PGOPTIONS": f"-c role={role}"})


def _pgbench(site: Site, clients: int, work: list[str], url: str, environment: dict[str, str]) -> Callable[[], Slice]:
    from hpf.embedded.postgres import program

    seconds = max(1, round(site.scale.seconds))
    command = [str(program("pgbench")), "-n", "-M", "prepared", "-T", str(seconds)]
    command += ["-c", str(clients), "-j", str(min(2, clients)), *work, url]

    def run() -> Slice:
        with Meter(site.postmaster) as meter:
            done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **environment})
        if done.returncode:
            raise RuntimeError(f"pgbench failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
        rate = float(re.search(r"tps = ([0-9.]+)", done.stdout).group(1))
        return meter.slice(rate * seconds, wall=seconds)

    return run


class Posters:
    """Processes that post through `ledger.actions.posting`, started once and asked for one slice after another."""

    def __init__(self, site: Site, processes: int) -> None:
        self._site = site
        command = [sys.executable, "-m", "bench.poster"]
        environment = {**os.environ, "DATABASE_URL": site.url}
        self._living = [
            subprocess.Popen(
                command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
            for _ in range(processes)
        ]
        for process in self._living:
            process.stdout.readline()  # it is ready

    def run(self, job: dict[str, object], threads: int) -> Slice:
        """One slice of a job in every process; answers the pieces of work of all."""
        seconds = self._site.scale.seconds
        with Meter(self._site.postmaster, [process.pid for process in self._living]) as meter:
            for process in self._living:
                process.stdin.write(json.dumps({**job, "seconds": seconds, "threads": threads}) + "\n")
                process.stdin.flush()
            answers = [json.loads(process.stdout.readline()) for process in self._living]
        return meter.slice(sum(answer["done"] for answer in answers), wall=max(a["wall"] for a in answers))

    def stop(self) -> None:
        for process in self._living:
            process.stdin.close()
            process.wait()


@contextmanager
def posters(site: Site, processes: int) -> Iterator[Posters]:
    """Processes for the time of the block."""
    living = Posters(site, processes)
    try:
        yield living
    finally:
        living.stop()
