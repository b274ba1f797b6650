"""Payments ordered in the same moment: no two count on the same money. They commit, from more than one thread."""

import threading
from decimal import Decimal

import psycopg
from django.db import connection, connections, transaction

from banking import queries
from banking.actions import banks
from banking.models import Payment
from hpf.embedded.processes import await_until
from tests.banking.factories import DAY, bank, night, open_first_day
from tests.banking.owing import fund, may_owe, ordered

WAITS = "select pid from pg_locks where not granted and %s = any(pg_blocking_pids(pid))"


def left(code: str, amount: Decimal) -> None:
    """So much can still be paid from the account of a bank."""
    account = bank(code).accounts.get()
    fund(account, amount - queries.spendable(account, on=DAY))


def begun_while_another_is_on_its_way(database) -> Payment:
    """A payment of 1,200.00 whose order begins after that of another, and before that one is committed."""
    made: list[Payment] = []

    def late() -> None:
        made.append(ordered())
        connections.close_all()

    thread = threading.Thread(target=late)
    with transaction.atomic(), psycopg.connect(database.url, autocommit=True) as looks:
        ordered()
        thread.start()
        pid = connection.connection.info.backend_pid
        assert await_until(lambda: made or looks.execute(WAITS, [pid]).fetchone(), seconds=60)
    thread.join(60)
    return made[0]


def test_the_last_money_of_an_account_is_counted_on_once(own_database):
    open_first_day()
    may_owe()
    for code in ("102", "105"):
        banks.connect(bank(code), by=night(), on=DAY)
    ordered()  # what the first posting of all opens is there
    left("102", Decimal("1200.00"))
    left("105", Decimal("2399.99"))
    second = begun_while_another_is_on_its_way(own_database)
    assert (second.account.bank.code, second.status) == ("105", "APPROVED")
    third = ordered()
    assert (third.account.bank.code, third.status) == ("102", "CREATED")  # 1,199.99 are left: finance is asked
    assert queries.spendable(bank("105").accounts.get(), on=DAY) == Decimal("1199.99")
