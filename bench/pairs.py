"""Base and candidate in turns: base, candidate, base, candidate ... so that a noisy minute meets both.

A candidate is compared with the mean of its two neighbouring bases. When those two differ by more than half, something
else was at work on the machine, and the pair is measured again.
"""

import statistics
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bench.meter import Slice

UNSTEADY = 1.5
REPEATS = 2

Run = Callable[[], Slice]


@dataclass(slots=True)
class Series:
    """The rounds of one candidate against its base. Costs are seconds for one piece of work."""

    wall_costs: list[float] = field(default_factory=list)
    base_costs: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)  # candidate's cost over the base's
    cpu: list[float] = field(default_factory=list)
    unsteady: int = 0

    def add(self, before: Slice, slice_: Slice, after: Slice) -> None:
        base_wall = (before.wall / before.work + after.wall / after.work) / 2
        base_cpu = (before.cpu / before.work + after.cpu / after.work) / 2
        cost = slice_.wall / slice_.work
        self.wall_costs.append(cost)
        self.base_costs.append(base_wall)
        self.wall.append(cost / base_wall)
        self.cpu.append(slice_.cpu / slice_.work / max(base_cpu, 1e-9))

    def cost(self) -> float:
        return statistics.median(self.wall_costs)

    def base_cost(self) -> float:
        return statistics.median(self.base_costs)


def paired(base: Run, candidates: Mapping[str, Run], rounds: int) -> dict[str, Series]:
    """Run every candidate between two bases, in as many rounds as asked."""
    series = {name: Series() for name in candidates}
    before = base()
    for _ in range(rounds):
        for name, candidate in candidates.items():
            before = _pair(series[name], base, candidate, before)
    return series


def _pair(series: Series, base: Run, candidate: Run, before: Slice) -> Slice:
    """One candidate between two bases; answers the second, which the next candidate begins with."""
    for attempt in range(REPEATS + 1):
        slice_ = candidate()
        after = base()
        if _steady(before, after) or attempt == REPEATS:
            series.unsteady += not _steady(before, after)
            series.add(before, slice_, after)
            break
        before = after
    return after


def _steady(before: Slice, after: Slice) -> bool:
    first, second = before.wall / before.work, after.wall / after.work
    return max(first, second) <= UNSTEADY * min(first, second)
