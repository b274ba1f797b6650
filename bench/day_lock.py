"""D1: what it costs a posting to hold its business day open until it commits (docs/decisions/0003-day-lock.md).

As built, a posting locks the day's row FOR SHARE. The variants are made in the benchmark's own database: an advisory
lock in its place, and no lock at all, which would let a line into a closed day and only shows the price.
"""

from collections.abc import Callable, Iterator

from bench import clients, postings, results
from bench.meter import Slice
from bench.pairs import paired
from bench.results import Goal, Result
from bench.site import Site

ROW = Goal("D1", "gate with the day's row FOR SHARE / no lock")
ADVISORY = Goal("D1b", "gate with a shared advisory lock / no lock")

LOCK = " for share;"
ADVISORY_LOCK = ";\n    perform pg_advisory_xact_lock_shared(7, p_on - date '2000-01-01');"


def run(site: Site, wanted: set[str]) -> Iterator[Result]:
    """Only when asked for by name."""
    if "D1" not in wanted:
        return
    ((built,),) = site.owner_run("select pg_get_functiondef('ledger_enter_day'::regproc)")
    if LOCK not in built:
        raise RuntimeError("ledger_enter_day no longer locks the day as this study expects")
    work = clients.script(site, 8, postings.gate_script(site, 2))
    candidates = {
        ROW.name: _with(site, built, work),
        ADVISORY.name: _with(site, built.replace(LOCK, ADVISORY_LOCK), work),
    }
    try:
        series = paired(_with(site, built.replace(LOCK, ";"), work), candidates, site.scale.rounds)
    finally:
        site.owner_run(built)
    for goal in (ROW, ADVISORY):
        yield results.throughput(goal, series[goal.name], "postings/s")


def _with(site: Site, definition: str, work: Callable[[], Slice]) -> Callable[[], Slice]:
    def run_() -> Slice:
        site.owner_run(definition)
        return work()

    return run_
