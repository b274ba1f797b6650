"""`python -m bench [--quick] [--rounds N] [--seconds S] [--only P1,B2] [--out FILE]`: prints a table, writes a file.

`python -m bench --peers` measures two other packages beside ours instead.
"""

import argparse
import os
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from bench import results
from bench.peers import run as peers
from bench.results import Result
from bench.site import FULL, QUICK, ROOT, Scale, Site, cluster, furnish

Part = Callable[[Site, set[str]], Iterator[Result]]
LATEST = ROOT / "var" / "bench" / "latest.json"


def main() -> None:
    """Make a throw-away server, measure what was asked for, and say what was found."""
    asked = _asked()
    scale = _scale(asked)
    home = Path(os.environ.get("HPF_DATA_DIR") or ROOT / "var")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hpf.settings")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))  # the server and its gigabytes go even then
    with cluster() as url:
        import django
        from django.db import connections

        django.setup()
        print(f"{scale.members:,} accounts, {scale.rounds} rounds of {scale.seconds:g} s", flush=True)
        site = furnish(url, scale)
        if asked.peers:
            print(peers.compare(site, home / "bench"))
        else:
            _judge(site, asked)
        connections.close_all()


def _judge(site: Site, asked: argparse.Namespace) -> None:
    found = measure(site, set(asked.only.split(",")) if asked.only else set(NAMES))
    results.write(found, asked.out, keep=bool(asked.only))
    print(f"\n{results.table(found)}\n\n{asked.out}")


def measure(site: Site, wanted: set[str]) -> list[Result]:
    """Every benchmark that is wanted, in the order of the list; each is shown with its rounds as it comes."""
    found = []
    for part in parts():
        for result in part(site, wanted):
            print(results.rounds(result), flush=True)
            found.append(result)
    return found


def parts() -> tuple[Part, ...]:
    """What there is to measure; imported late, since it needs the settings."""
    from bench import day_lock, growth, guards, instant, nights, postings, remittances, web

    # What runs nights, and the growth, leaves the day behind, so they come last.
    return postings.run, remittances.run, web.run, guards.run, day_lock.run, instant.run, nights.run, growth.run


NAMES = (
    "P1",
    "P2",
    "P3",
    "P4",
    "P5",
    "P6",
    "B1",
    "B2",
    "B3",
    "I1",
    "I2",
    "I3",
    "I4",
    "T1",
    "G1",
    "G2",
    "G3",
    "W1",
    "W2",
    "S1",
)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="smaller and shorter: to look, not to judge")
    parser.add_argument("--rounds", type=int, help="rounds of each pair")
    parser.add_argument("--seconds", type=float, help="length of a slice that runs for a time")
    parser.add_argument("--members", type=int, help="ledger accounts of members")
    parser.add_argument("--only", help=f"some of {','.join(NAMES)}, or D1, comma separated")
    parser.add_argument(
        "--peers", action="store_true", help="postings and balances beside two other packages, nothing else"
    )
    parser.add_argument("--out", type=Path, default=LATEST, help="the file of figures")
    return parser.parse_args()


def _scale(asked: argparse.Namespace) -> Scale:
    given = {name: getattr(asked, name) for name in ("rounds", "seconds", "members") if getattr(asked, name)}
    return replace(QUICK if asked.quick else FULL, **given)


if __name__ == "__main__":
    main()
