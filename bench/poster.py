"""One process that posts: reads a job a line from its input, does it in threads for some seconds, answers a line.

Run by `bench.clients`. The code measured is the product's: `ledger.actions.posting.post` inside a transaction.
"""

import json
import random
import sys
import threading
import time
from collections.abc import Callable
from decimal import Decimal

import django

Job = dict[str, object]


def main() -> None:
    django.setup()
    from django.db import connection

    connection.ensure_connection()
    connection.close()
    print("ready", flush=True)
    for line in sys.stdin:
        print(json.dumps(do(json.loads(line))), flush=True)


def do(job: Job) -> dict[str, float]:
    """Post in so many threads until the time is over; answers what all did and the longest time."""
    done: list[int] = []
    failures: list[BaseException] = []
    threads = [threading.Thread(target=_guarded, args=(job, done, failures)) for _ in range(int(job["threads"]))]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return {"done": sum(done), "wall": time.perf_counter() - began}


def _guarded(job: Job, done: list[int], failures: list[BaseException]) -> None:
    from django.db import connection

    try:
        done.append(_post_until(job))
    except Exception as error:  # shown by the process that asked
        failures.append(error)
    finally:
        connection.close()


def _post_until(job: Job) -> int:
    from django.db import connection, transaction

    from access.queries import night_user
    from bench.site import DAY
    from ledger.actions import posting

    by, chance = night_user(), random.Random()
    lines = LINES[str(job["shape"])](job, chance)
    prefix, posted = f"{chance.getrandbits(40):x}", 0
    connection.ensure_connection()
    until = time.perf_counter() + float(job["seconds"])
    while time.perf_counter() < until:
        with transaction.atomic():
            posting.post("bench.posting", f"{prefix}-{posted}", lines(), by=by, on=DAY)
        posted += 1
    return posted


def _pairs(job: Job, chance: random.Random) -> Callable[[], list]:
    """Two members, one pays the other."""
    from ledger.actions.posting import credit, debit

    first, last = int(job["first"]), int(job["last"])

    def lines() -> list:
        one, other = chance.sample(range(first, last + 1), 2)
        amount = Decimal(chance.randrange(100, 99999)).scaleb(-2)
        return [debit(one, amount), credit(other, amount)]

    return lines


def _receipts(job: Job, chance: random.Random) -> Callable[[], list]:
    """Money in for one member, out of an internal account: always the same one, or one of many."""
    from ledger.actions.posting import credit, debit

    first, last, internals = int(job["first"]), int(job["last"]), list(job["internals"])

    def lines() -> list:
        amount = Decimal(chance.randrange(100, 99999)).scaleb(-2)
        return [debit(chance.choice(internals), amount), credit(chance.randint(first, last), amount)]

    return lines


def _lists(job: Job, chance: random.Random) -> Callable[[], list]:
    """One payer and a list of members, each once."""
    from ledger.actions.posting import credit, debit

    first, last, size, payer = int(job["first"]), int(job["last"]), int(job["size"]), int(job["payer"])

    def lines() -> list:
        members = chance.sample(range(first, last + 1), size - 1)
        amounts = [Decimal(chance.randrange(100, 99999)).scaleb(-2) for _ in members]
        credits_ = [credit(member, amount) for member, amount in zip(members, amounts, strict=True)]
        return [debit(payer, sum(amounts)), *credits_]

    return lines


LINES = {"pairs": _pairs, "receipts": _receipts, "lists": _lists}

if __name__ == "__main__":
    import os

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hpf.settings")
    main()
