"""`python -m bench --peers`: postings and balances of two packages and of ours, one after another on one server.

None of these has a floor: each keeps other promises, which docs/performance.md names. The environment of the peers is
made under the data directory from the hashed list beside this file, and kept for the next time.
"""

import json
import os
import subprocess
import venv
from decimal import Decimal
from pathlib import Path
from typing import Any

from psycopg import sql

from bench import clients
from bench.meter import Meter, Slice
from bench.site import DAY, ROOT, Site

PEERS = ("django-hordak", "django-ledger")
LOCK = Path(__file__).with_name("requirements.txt")
LEGS, LIST, READS = 100_000, 200, 2_000
WHAT = {
    "pair": "posting of two lines",
    "pair_by_four": "the same by four threads",
    "list": "posting of 200 lines",
    "balance": "balance of an account with 100,000 lines",
}


def compare(site: Site, home: Path) -> str:
    """Milliseconds of each piece of work by the clock and of CPU, as a table."""
    python = environment(home / "peers")
    found = {"ours": ours(site)}
    for peer in PEERS:
        answer = ask(site, python, peer)
        found[f"{peer} {answer['version']}"] = answer["found"]
        print(f"  {peer} {answer['version']} on Django {answer['django']}", flush=True)
    head = f"{'ms: wall, CPU':42}" + "".join(f"{name:>22}" for name in found)
    rows = [f"{said:42}" + "".join(_cell(*one[key]) for one in found.values()) for key, said in WHAT.items()]
    return "\n".join([head, *rows])


def _cell(wall: float, cpu: float) -> str:
    return f"{wall:13.3f}{cpu:9.3f}"


def environment(folder: Path) -> Path:
    """The peers' Python; made anew when their list has changed."""
    python, made_from = folder / "bin" / "python", folder / "made-from.txt"
    if not made_from.exists() or made_from.read_text() != LOCK.read_text():
        venv.create(folder, clear=True, with_pip=True)
        install = [
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--require-hashes",
            "-r",
            str(LOCK),
        ]
        subprocess.run([str(python), *install], check=True)
        made_from.write_text(LOCK.read_text())
    return python


def ask(site: Site, python: Path, peer: str) -> dict[str, Any]:
    """What a peer needs, in a database of its own on the same server."""
    database = f"bench_{peer.replace('-', '_')}"
    with site.owner() as connection:
        connection.execute(sql.SQL("drop database if exists {}").format(sql.Identifier(database)))
        connection.execute(sql.SQL("create database {}").format(sql.Identifier(database)))
    names = {"DATABASE_URL": site.url_of(database), "HPF_PEER": peer, "PATH": os.environ["PATH"]}
    asked = json.dumps({"seconds": site.scale.seconds, "legs": LEGS, "server": site.postmaster})
    done = subprocess.run(
        [str(python), "-m", "bench.peers.work", asked],
        cwd=ROOT,
        env=names,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


def ours(site: Site) -> dict[str, tuple[float, float]]:
    """The same with our ledger: an act's transaction around each posting, the balance as pages read it."""
    members = {"first": site.first_member, "last": site.last_member}
    pairs, lists = {"shape": "pairs", **members}, {"shape": "lists", **members, "size": LIST, "payer": site.bank}
    with clients.posters(site, 1) as one:
        one.run(pairs, 1)  # the first slice prepares
        found = {"pair": one.run(pairs, 1), "pair_by_four": one.run(pairs, 4), "list": one.run(lists, 1)}
    return {name: _milliseconds(slice_) for name, slice_ in found.items()} | {"balance": _balance(site)}


def _milliseconds(slice_: Slice) -> tuple[float, float]:
    return slice_.wall / slice_.work * 1000, slice_.cpu / slice_.work * 1000


def _balance(site: Site) -> tuple[float, float]:
    """A member who was paid so often, one voucher after another: none may name an account twice."""
    from django.db import transaction

    from access.queries import night_user
    from ledger import queries
    from ledger.actions import posting

    member, cent, by = site.first_member, Decimal("0.01"), night_user()
    before = queries.balance_of(member)
    pair = [posting.debit(site.bank, cent), posting.credit(member, cent)]
    for first in range(0, LEGS, LIST):
        with transaction.atomic():
            for number in range(first, first + LIST):
                posting.post("bench.posting", f"busy-{number}", pair, by=by, on=DAY)
    if queries.balance_of(member) - before != cent * LEGS:
        raise RuntimeError("the balance is not what was posted")
    with Meter(site.postmaster) as meter:
        for _ in range(READS):
            queries.balance_of(member)
    return _milliseconds(meter.slice(READS))
