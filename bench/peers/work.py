"""Runs inside the peers' environment: `python -m bench.peers.work`; answers figures as a line of JSON.

HPF_PEER names the package, DATABASE_URL an empty database for it.
"""

import json
import os
import random
import sys
import threading
import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from importlib import import_module, metadata

MODULES = {"django-hordak": "bench.peers.books_of_hordak", "django-ledger": "bench.peers.books_of_ledger"}
ACCOUNTS, LIST = 400, 200
AMOUNT = Decimal("123.45")
DAY = date(2025, 7, 1)


def main() -> None:
    import django
    from django.core.management import call_command

    os.environ["DJANGO_SETTINGS_MODULE"] = "bench.peers.settings"
    asked = json.loads(sys.argv[1])
    django.setup()
    call_command("migrate", verbosity=0)
    peer = os.environ["HPF_PEER"]
    books = import_module(MODULES[peer]).Books(ACCOUNTS, DAY)
    found = measure(books, seconds=asked["seconds"], legs=asked["legs"])
    print(json.dumps({**found, "version": metadata.version(peer), "django": metadata.version("django")}))


def measure(books, *, seconds: float, legs: int) -> dict[str, float]:
    """Milliseconds of one posting or balance; of four threads, those that pass between two postings."""
    chance = random.Random(5)
    members = books.members

    def pair() -> None:
        books.pay(*chance.sample(members, 2), AMOUNT)

    def many() -> None:
        books.pay_many(chance.sample(members, LIST - 1), AMOUNT)

    found = {
        "pair": _each(pair, seconds),
        "pair_by_four": _each(pair, seconds, threads=4),
        "list": _each(many, seconds),
    }
    busy = members[0]
    before = books.balance(busy)
    for _ in range(legs // LIST):
        books.pay_many([busy] * LIST, AMOUNT)
    if books.balance(busy) - before != AMOUNT * (legs // LIST) * LIST:
        raise RuntimeError("the balance is not what was posted")
    return found | {"balance": _each(lambda: books.balance(busy), seconds)}


def _each(work: Callable[[], None], seconds: float, *, threads: int = 1) -> float:
    """Milliseconds between two pieces of work, of which the first does not count."""
    work()
    done: list[int] = []
    failures: list[BaseException] = []
    began = time.perf_counter()
    workers = [threading.Thread(target=_repeat, args=(work, began + seconds, done, failures)) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    if failures:
        raise failures[0]
    return (time.perf_counter() - began) / sum(done) * 1000


def _repeat(work: Callable[[], None], until: float, done: list[int], failures: list[BaseException]) -> None:
    from django.db import connection

    count = 0
    try:
        while time.perf_counter() < until:
            work()
            count += 1
    except Exception as failure:  # raised by the thread that waits
        failures.append(failure)
    finally:
        done.append(count)
        connection.close()


if __name__ == "__main__":
    main()
