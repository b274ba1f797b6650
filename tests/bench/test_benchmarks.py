"""The benchmarks run, and the counts that no noise touches hold: with the smallest slices, on this test's database."""

import json
import math
import socket
import threading

import pytest

from bench import growth, instant, load, nights, pairs, postings, remittances, results, web
from bench.meter import Slice
from bench.pairs import paired
from bench.site import SMOKE, Site, furnish

ASKED = {"P1", "B2", "W1", "W2", "I2", "G1", "G2", "G3"}
PARTS = (postings.run, remittances.run, web.run, nights.run, growth.run)
UNSOUND = """
select a.id from ledger_ledgeraccount a
cross join lateral (
    select count(*) as lines, max(e.version) as latest from ledger_entry e where e.account_id = a.id
) e
left join ledger_entry last on last.account_id = a.id and last.version = a.version
where a.stored and (e.lines, e.latest, last.balance) is distinct from (a.version::bigint, a.version, a.balance)
    and a.version > 0
"""


@pytest.fixture
def furnished(own_database) -> Site:
    return furnish(own_database.url, SMOKE)


def test_a_posting_is_one_statement_and_a_night_writes_no_account(furnished: Site):
    assert postings.statements_a_posting(furnished) == 1
    assert nights.Years(furnished).rows_of_a_night() == 0


def test_the_benchmarks_run_and_settle_a_year_to_the_last_account(furnished: Site, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(pairs, "UNSTEADY", math.inf)  # slices this small tell nothing of speed: a noisy one may stand
    found = {result.goal.name: result for part in PARTS for result in part(furnished, ASKED)}
    assert {name[:2] for name in found} == ASKED
    assert all(result.ours > 0 for result in found.values())
    assert all(len(result.wall) == SMOKE.rounds for name, result in found.items() if not name.startswith("G1"))
    # An account that has grown keeps its books sound: as many lines as its version says, the last with its balance.
    assert furnished.owner_run(UNSOUND) == []


@pytest.mark.night
def test_a_withdrawal_is_instant_while_nights_run(furnished: Site):
    found = {result.goal.name: result for result in instant.run(furnished, {"S1"})}
    assert set(found) == {"S1", "S1b", "S1c"} and all(result.ours > 0 for result in found.values())


def test_a_page_that_does_not_say_200_stops_the_web_benchmark():
    with socket.create_server(("127.0.0.1", 0)) as door:
        answering = threading.Thread(target=_refuse_one, args=(door,))
        answering.start()
        with pytest.raises(RuntimeError, match="403"):
            load.do({"port": door.getsockname()[1], "connections": 1, "seconds": 5, "path": "/"})
        answering.join()


def _refuse_one(door: socket.socket) -> None:
    link, _ = door.accept()
    with link:
        link.recv(1 << 16)
        link.sendall(b"HTTP/1.1 403 Forbidden\r\n\r\n")


def test_the_base_stands_on_both_sides_of_each_candidate():
    costs = iter([1.0, 9.0, 2.0, 3.0, 2.0])
    asked = []

    def run(name: str) -> Slice:
        asked.append(name)
        cost = next(costs)
        return Slice(work=10, wall=cost, cpu=cost)

    # The two bases around the first try differ by more than half: it is tried again.
    series = paired(lambda: run("base"), {"candidate": lambda: run("candidate")}, rounds=1)["candidate"]
    assert asked == ["base", "candidate", "base", "candidate", "base"]
    assert (series.wall, series.unsteady) == (pytest.approx([1.5]), 0)


def test_a_ratio_is_the_worse_of_wall_and_cpu(tmp_path):
    slices = iter([Slice(100, 1, 1), Slice(100, 2, 4), Slice(100, 1, 1)])
    series = paired(lambda: next(slices), {"x": lambda: next(slices)}, rounds=1)["x"]
    goal = results.Goal("X1", "half as fast by the clock, a quarter by CPU", 0.3, 0.5)
    result = results.throughput(goal, series, "things/s")
    assert (result.ratio, result.ours, result.limit) == (0.25, 50, 100)
    assert goal.met(result.ratio) == "BELOW"
    results.write([result], tmp_path / "latest.json", keep=False)
    kept = json.loads((tmp_path / "latest.json").read_text())["X1"]
    assert (kept["ratio"], kept["ours"], kept["limit"], kept["unit"]) == (0.25, 50, 100, "things/s")
