"""P1-P6: one posting at a time, against pgbench's TPC-B-like transaction.

Both do two balance updates in one durable transaction; ours also proves the balance, keeps (kind, source) once, writes
voucher, leaf hash and two entries, brings up the interest numbers and holds the day open.
"""

import random
import tempfile
from collections.abc import Iterator
from decimal import Decimal

from bench import clients, results
from bench.meter import Slice
from bench.pairs import paired
from bench.results import Goal, Result
from bench.site import DAY, Site, make_tpcb

P1 = Goal("P1", "post(), 2 processes x 4 threads / TPC-B c8", 0.30, 0.50)
P2 = Goal("P2", "post(), 1 thread / TPC-B c1", 0.30, 0.55)
P3 = Goal("P3", "gate alone, 2 lines, c8 / TPC-B c8", 0.70, 1.00)
P3_FOUR = Goal("P3b", "gate alone, 4 lines, c8 / TPC-B c8", 0.50, 0.80)
P4 = Goal("P4", "all on one internal account / spread over many", 0.70, 0.85)
P5_SHORT = Goal("P5", "post() of 20 lines, 4 threads, lines/s / TPC-B", 1.2, 1.8)
P5_LONG = Goal("P5b", "post() of 200 lines, 4 threads, lines/s / TPC-B", 2.0, 2.8)
P6 = Goal("P6", "SQL statements a posting", 2, 1, low=True)
P6_WAL = Goal("P6b", "WAL bytes a posting of 2 lines")


def run(site: Site, wanted: set[str]) -> Iterator[Result]:
    """Every benchmark of this file that is wanted."""
    if wanted & {"P1", "P2", "P3", "P5"}:
        make_tpcb(site)
    if wanted & {"P1", "P3", "P4", "P5"}:
        yield from eight_at_once(site, wanted)
    if "P2" in wanted:
        with clients.posters(site, 1) as one:
            series = paired(clients.tpcb(site, 1), {"P2": lambda: one.run(_pairs(site), 1)}, site.scale.rounds)
        yield results.throughput(P2, series["P2"], "postings/s")
    if "P6" in wanted:
        yield results.counted(P6, statements_a_posting(site), "statements")
        yield results.counted(P6_WAL, wal_a_posting(site), "bytes")


def eight_at_once(site: Site, wanted: set[str]) -> Iterator[Result]:
    with clients.posters(site, 2) as two:
        if wanted & {"P1", "P3", "P5"}:
            yield from _against_tpcb(site, two, wanted)
        if "P4" in wanted:
            hot = {"P4": lambda: two.run(_receipts(site, (site.bank,)), 4)}
            series = paired(lambda: two.run(_receipts(site, site.internals), 4), hot, site.scale.rounds)
            yield results.throughput(P4, series["P4"], "postings/s")


def _against_tpcb(site: Site, two: clients.Posters, wanted: set[str]) -> Iterator[Result]:
    candidates = {
        P1: lambda: two.run(_pairs(site), 4),
        P3: clients.script(site, 8, gate_script(site, 2)),
        P3_FOUR: clients.script(site, 8, gate_script(site, 4)),
        P5_SHORT: lambda: _lines(two.run(_lists(site, 20), 2), 20),
        P5_LONG: lambda: _lines(two.run(_lists(site, 200), 2), 200),
    }
    chosen = {goal.name: run for goal, run in candidates.items() if goal.name.rstrip("b") in wanted}
    series = paired(clients.tpcb(site, 8), chosen, site.scale.rounds)
    for goal in candidates:
        if goal.name in series:
            unit = "lines/s" if goal.name.startswith("P5") else "postings/s"
            yield results.throughput(goal, series[goal.name], unit)


def gate_script(site: Site, lines: int) -> str:
    """The gate through pgbench: members in ascending order from as many stretches, paid in pairs."""
    stretch = (site.last_member - site.first_member + 1) // lines
    starts = [site.first_member + place * stretch for place in range(lines)]
    chosen = "".join(f"\\set a{n} random({at}, {at + stretch - 1})\n" for n, at in enumerate(starts))
    accounts = ",".join(f":a{n}" for n in range(lines))
    sides = ",".join("DC"[n % 2] for n in range(lines))
    amounts = ",".join([":cents / 100.0"] * lines)
    return (
        f"{chosen}\\set cents random(100, 99999)\n"
        f"select ledger_post('bench.posting', nextval('bench_source')::text, '{DAY}', '{DAY}', {site.user}, '',"
        f" array[{accounts}]::bigint[], '{{{sides}}}'::\"char\"[], array[{amounts}]::numeric(18,2)[]);\n"
    )


def statements_a_posting(site: Site) -> int:
    """Statements that cross the wire for one posting, as the client library traces them."""
    from django.db import connection, transaction

    from ledger.actions import posting

    _post_pair(site, "counted", site.first_member)
    with tempfile.TemporaryFile("w+") as wire, transaction.atomic():
        connection.cursor().execute("select 1")  # the act's transaction has begun
        by, lines = _pair(site, site.first_member)
        connection.connection.pgconn.trace(wire.fileno())
        posting.post("bench.posting", f"counted-{random.getrandbits(60)}", lines, by=by, on=DAY)
        connection.connection.pgconn.untrace()
        wire.seek(0)
        messages = [message.split("\t") for message in wire]
    return sum(fields[1] == "F" and fields[3] in ("Execute", "Query") for fields in messages if len(fields) > 3)


def wal_a_posting(site: Site, postings: int = 300) -> float:
    """Write-ahead log that a posting of two lines leaves, on pages written whole before."""
    for _ in range(2):
        ((before,),) = site.owner_run("select pg_current_wal_insert_lsn() - '0/0'")
        for number in range(postings):
            _post_pair(site, "wal", site.first_member + number % 50)
    ((after,),) = site.owner_run("select pg_current_wal_insert_lsn() - '0/0'")
    return float(after - before) / postings


def _post_pair(site: Site, act: str, member: int) -> None:
    from django.db import transaction

    from ledger.actions import posting

    by, lines = _pair(site, member)
    with transaction.atomic():
        posting.post("bench.posting", f"{act}-{random.getrandbits(60)}", lines, by=by, on=DAY)


def _pair(site: Site, member: int) -> tuple[object, list]:
    """Who posts, and two lines."""
    from access.queries import night_user
    from ledger.actions import posting

    lines = [posting.debit(member, Decimal("1.00")), posting.credit(site.last_member, Decimal("1.00"))]
    return night_user(), lines


def _pairs(site: Site) -> dict[str, object]:
    return {"shape": "pairs", "first": site.first_member, "last": site.last_member}


def _receipts(site: Site, internals: tuple[int, ...]) -> dict[str, object]:
    return {"shape": "receipts", "first": site.first_member, "last": site.last_member, "internals": internals}


def _lists(site: Site, size: int) -> dict[str, object]:
    return {
        "shape": "lists", "first": site.first_member, "last": site.last_member,
        "size": size, "payer": site.bank,
    }  # fmt: skip


def _lines(slice_: Slice, lines: int) -> Slice:
    """Lines in place of postings."""
    return Slice(slice_.work * lines, slice_.wall, slice_.cpu)
