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

from bench.meter import Meter

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
    found = Work(books, server=asked["server"], seconds=asked["seconds"]).measure(asked["legs"])
    print(json.dumps({"found": found, "version": metadata.version(peer), "django": metadata.version("django")}))


class Work:
    """What is asked of a peer's books; each answer is milliseconds by the clock and of CPU, server and client."""

    def __init__(self, books, *, server: int, seconds: float) -> None:
        self._books, self._server, self._seconds = books, server, seconds

    def measure(self, legs: int) -> dict[str, tuple[float, float]]:
        """One posting or balance; with four threads, what passes between two postings."""
        chance, books = random.Random(5), self._books

        def pair() -> None:
            books.pay(*chance.sample(books.members, 2), AMOUNT)

        def many() -> None:
            books.pay_many(chance.sample(books.members, LIST - 1), AMOUNT)

        found = {"pair": self._each(pair), "pair_by_four": self._each(pair, threads=4), "list": self._each(many)}
        busy = books.members[0]
        before = books.balance(busy)
        for _ in range(legs // LIST):
            books.pay_many([busy] * LIST, AMOUNT)
        if books.balance(busy) - before != AMOUNT * (legs // LIST) * LIST:
            raise RuntimeError("the balance is not what was posted")
        return found | {"balance": self._each(lambda: books.balance(busy))}

    def _each(self, work: Callable[[], None], *, threads: int = 1) -> tuple[float, float]:
        work()  # the first does not count
        done: list[int] = []
        failures: list[BaseException] = []
        with Meter(self._server) as meter:
            until = time.perf_counter() + self._seconds
            workers = [threading.Thread(target=_repeat, args=(work, until, done, failures)) for _ in range(threads)]
            for worker in workers:
                worker.start()
            for worker in workers:
                worker.join()
        if failures:
            raise failures[0]
        return meter.wall / sum(done) * 1000, meter.cpu / sum(done) * 1000


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
