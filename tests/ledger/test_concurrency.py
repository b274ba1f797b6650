"""Many at once on one PostgreSQL: nothing is lost, doubled or locked out."""

import random
import threading
from collections.abc import Callable

from django.db import connection, transaction

from audit.actions import inspection
from ledger.actions import posting
from ledger.models import Voucher
from tests.ledger.books import DAY, PLAIN, account, actor, bank, members, open_books, pay_in, pay_out, yuan

THREADS = 12


def all_at_once(work: Callable[[int], None], threads: int = THREADS) -> list[BaseException]:
    """Run the work in so many threads that start together; answers what they raised."""
    start, raised = threading.Barrier(threads), []

    def body(number: int) -> None:
        try:
            start.wait(60)
            work(number)
        except BaseException as error:
            raised.append(error)
        finally:
            connection.close()

    workers = [threading.Thread(target=body, args=(number,)) for number in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    return raised


def assert_books_prove() -> None:
    assert [finding.check.title for finding in inspection.inspect(DAY) if not finding.holds] == []


def test_many_threads_pay_out_of_one_account_only_what_is_there(own_database):
    """1,000 yuan, and 12 threads that each try five times to take 100: exactly ten succeed."""
    open_books()
    member, money = members(1)[0], bank()
    pay_in("start", money, member, 1000)
    paid: list[str] = []

    def take(number: int) -> None:
        for attempt in range(5):
            try:
                pay_out(f"{number}:{attempt}", member, money, 100)
                paid.append(f"{number}:{attempt}")
            except posting.NotEnough:
                pass

    assert all_at_once(take) == []
    assert (len(paid), account(member).balance, account(member).version) == (10, 0, 11)
    assert_books_prove()


def test_opposing_postings_do_not_lock_each_other_out(own_database):
    """A pays B while B pays A, over ten accounts and in lists and sets alike."""
    open_books()
    keys, money = members(10), bank()
    for key in keys:
        pay_in(f"start {key}", money, key, 1000)

    def pay_around(number: int) -> None:
        chance = random.Random(number)
        for attempt in range(20):
            one, other = chance.sample(keys, 2)
            with transaction.atomic():
                lines = [posting.debit(one, yuan(1)), posting.credit(other, yuan(1))]
                posting.post(PLAIN, f"{number}:{attempt}", lines, by=actor(), on=DAY)

    def pay_all(number: int) -> None:
        for attempt in range(10):
            select = posting.Select(
                "select id as account, 'C' as side, 1::numeric as amount from unnest(%s::bigint[]) id"
                " union all select %s, 'D', %s",
                [random.Random(number).sample(keys, 10), money, 10],
            )
            with transaction.atomic():
                posting.post_query(PLAIN, f"set {number}:{attempt}", select, by=actor(), on=DAY)

    assert all_at_once(lambda number: pay_all(number) if number % 4 == 0 else pay_around(number)) == []
    assert sum(account(key).balance for key in keys) == yuan(10 * 1000 + 3 * 10 * 10)
    assert_books_prove()


def test_the_same_act_many_times_at_once_is_posted_once(own_database):
    open_books()
    member, money = members(1)[0], bank()
    refused = all_at_once(lambda number: pay_in("one act", money, member, 5) and None)
    assert [type(error) for error in refused] == [posting.AlreadyPosted] * (THREADS - 1)
    assert (Voucher.objects.count(), account(member).balance) == (1, yuan(5))
    assert_books_prove()
