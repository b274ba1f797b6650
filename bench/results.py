"""What a benchmark found, in one shape: a ratio with its floor and goal; the table and the file of the run."""

import json
import statistics
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from bench.pairs import Series


@dataclass(frozen=True, slots=True)
class Goal:
    """A floor that must hold and a goal to reach. `low`: less is better, as for times and counts."""

    name: str
    what: str
    floor: float | None = None
    goal: float | None = None
    low: bool = False

    def met(self, value: float) -> str:
        if self.goal is None or self.floor is None:
            return ""
        worth = -value if self.low else value
        goal, floor = (-self.goal, -self.floor) if self.low else (self.goal, self.floor)
        return "goal" if worth >= goal else "floor" if worth >= floor else "BELOW"


@dataclass(frozen=True, slots=True)
class Result:
    """One line of the table. `ours` and `limit` are in `unit`; `ratio` is the worse of wall and CPU."""

    goal: Goal
    ratio: float
    ours: float
    limit: float
    unit: str
    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    unsteady: int = 0


def throughput(goal: Goal, series: Series, unit: str) -> Result:
    """Pieces of work a second over those of the base; more is better."""
    wall, cpu = [1 / x for x in series.wall], [1 / x for x in series.cpu]
    worse = min(statistics.median(wall), statistics.median(cpu))
    return Result(goal, worse, 1 / series.cost(), 1 / series.base_cost(), unit, wall, cpu, series.unsteady)


def duration(goal: Goal, series: Series) -> Result:
    """Seconds over those of the base; less is better. One piece of work is the whole."""
    worse = max(statistics.median(series.wall), statistics.median(series.cpu))
    return Result(goal, worse, series.cost(), series.base_cost(), "s", series.wall, series.cpu, series.unsteady)


def waiting(goal: Goal, series: Series) -> Result:
    """Seconds that a person waits, over those of the base; what the processors did meanwhile is shown, not judged."""
    wall = statistics.median(series.wall)
    return Result(goal, wall, series.cost(), series.base_cost(), "s", series.wall, series.cpu, series.unsteady)


def extra_cpu(goal: Goal, series: Series, unit: str) -> Result:
    """What it costs on top of the base, as a share of the base's CPU time."""
    extra = [x - 1 for x in series.cpu]
    wall = [x - 1 for x in series.wall]
    return Result(goal, statistics.median(extra), 1 / series.cost(), 1 / series.base_cost(), unit, wall, extra)


def latency(goal: Goal, ours: list[float], limits: list[float]) -> Result:
    """Microseconds of single reads over those of another kind, round by round; less is better."""
    wall = [one / limit for one, limit in zip(ours, limits, strict=True)]
    return Result(goal, statistics.median(wall), statistics.median(ours), statistics.median(limits), "us", wall)


def counted(goal: Goal, ours: float, unit: str, *, limit: float | None = None) -> Result:
    """A count that no noise touches; `limit` is what it is held against, else the goal."""
    return Result(goal, ours, ours, limit if limit is not None else goal.goal or 0, unit)


HEAD = f"{'':6}{'':52}{'ratio':>8}{'wall':>8}{'CPU':>8}{'floor':>7}{'goal':>7}{'ours':>12}{'limit':>12}  "


def table(results: Iterable[Result]) -> str:
    """The table a person reads."""
    return "\n".join([HEAD, *(_row(result) for result in results)])


def _row(result: Result) -> str:
    goal = result.goal
    wall = f"{statistics.median(result.wall):8.3f}" if result.wall else " " * 8
    cpu = f"{statistics.median(result.cpu):8.3f}" if result.cpu else " " * 8
    bounds = f"{_bound(goal.floor)}{_bound(goal.goal)}"
    figures = f"{result.ours:12,.2f}{result.limit:12,.2f}  {result.unit:12}{goal.met(result.ratio)}"
    return f"{goal.name:6}{goal.what:52.52}{result.ratio:8.3f}{wall}{cpu}{bounds}{figures}"


def _bound(value: float | None) -> str:
    return f"{value:7.2f}" if value is not None else " " * 7


def rounds(result: Result) -> str:
    """Every round, so that nobody has to trust a median."""
    if not result.wall:
        return f"  {result.goal.name:6}{result.ratio:g} {result.unit}"
    unsteady = f"  ({result.unsteady} with unsteady bases)" if result.unsteady else ""
    wall, cpu = (" ".join(f"{x:.3f}" for x in figures) for figures in (result.wall, result.cpu))
    return f"  {result.goal.name:6}wall {wall}{f'  CPU {cpu}' if cpu else ''}{unsteady}"


def write(results: Iterable[Result], file: Path, *, keep: bool) -> None:
    """The figures of this run for machines to read; after a partial run (`keep`) those of the others stay."""
    file.parent.mkdir(parents=True, exist_ok=True)
    kept = json.loads(file.read_text()) if keep and file.exists() else {}
    for result in results:
        kept[result.goal.name] = {
            "ratio": round(result.ratio, 4),
            "ours": round(result.ours, 4),
            "limit": round(result.limit, 4),
            "unit": result.unit,
            "floor": result.goal.floor,
            "goal": result.goal.goal,
            "wall": [round(x, 4) for x in result.wall],
            "cpu": [round(x, 4) for x in result.cpu],
        }
    file.write_text(json.dumps(dict(sorted(kept.items())), indent=1, ensure_ascii=False) + "\n")
