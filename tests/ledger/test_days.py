"""Business days: one after the other, and never closed over a posting in flight."""

import threading
import time
from contextlib import suppress
from datetime import date, timedelta

import pytest
from django.db import connection, transaction

from ledger import queries
from ledger.actions import days, posting
from ledger.models import BusinessDay, DayTotal, Entry
from tests.ledger.books import (
    DAY,
    NEXT_DAY,
    PLAIN,
    account,
    actor,
    bank,
    members,
    open_books,
    pay_in,
    pay_out,
    run,
    yuan,
)  # fmt: skip


def statuses() -> dict[date, str]:
    return dict(BusinessDay.objects.values_list("day", "status"))


@pytest.mark.django_db
def test_a_day_goes_from_open_to_closing_to_closed():
    open_books()
    assert queries.open_day() == DAY
    assert days.turn(DAY) == 1
    assert statuses() == {DAY: "CLOSING", NEXT_DAY: "OPEN"}
    assert queries.closing_day() == DAY
    days.close(DAY)
    assert statuses() == {DAY: "CLOSED", NEXT_DAY: "OPEN"}
    assert (queries.open_day(), queries.closing_day()) == (NEXT_DAY, None)


@pytest.mark.django_db
def test_turning_and_closing_again_changes_nothing():
    open_books()
    days.turn(DAY)
    assert days.turn(DAY) == 0
    days.close(DAY)
    assert days.close(DAY) == 0
    assert statuses() == {DAY: "CLOSED", NEXT_DAY: "OPEN"}


@pytest.mark.django_db
def test_the_next_year_is_opened_before_it_is_needed():
    open_books(date(2026, 12, 30))
    for day in (date(2026, 12, 30), date(2026, 12, 31)):
        days.turn(day)
        days.close(day)
    member, money = members(1)[0], bank()
    pay_in(1, money, member, 5, on=date(2027, 1, 1))
    assert run("select count(*) from ledger_entry_2027") == [(2,)]


@pytest.mark.django_db
def test_no_day_open_is_said_plainly():
    with pytest.raises(queries.NoBusinessDay, match="尚未开启会计日"):
        queries.open_day()


@pytest.mark.django_db
def test_balances_come_exactly_from_totals_and_the_days_tail():
    """The bank's balance over a closed day, an open one and none at all, against a sum of every entry."""
    open_books()
    member, money = members(1)[0], bank()
    moves = {DAY: [100, -30], NEXT_DAY: [], DAY + timedelta(days=2): [7]}
    expected = 0
    for number, (day, amounts) in enumerate(moves.items()):
        for place, amount in enumerate(amounts):
            move = pay_in if amount > 0 else pay_out
            sides = (money, member) if amount > 0 else (member, money)
            move(f"{number}:{place}", *sides, abs(amount), on=day)
        expected += sum(amounts)
        assert queries.internal_balance(money, day) == yuan(expected)
        if day != max(moves):
            days.turn(day)
            days.close(day)
            assert queries.internal_balance(money, day) == yuan(expected)
    assert queries.internal_balance(money, DAY) == yuan(70), "yesterday's balance stays what it was"
    assert list(DayTotal.objects.filter(account=money).values_list("day", "debit", "credit", "closing")) == [
        (DAY, yuan(100), yuan(30), yuan(70))
    ]


@pytest.mark.django_db
def test_the_trial_balance_sums_closed_and_open_days_alike():
    open_books()
    member, money = members(1)[0], bank()
    pay_in(1, money, member, 100)
    days.turn(DAY)
    days.close(DAY)
    pay_in(2, money, member, 11, on=NEXT_DAY)
    rows = {row.code: row for row in queries.trial_balance(NEXT_DAY, NEXT_DAY + timedelta(days=1))}
    assert (rows["10101"].opening, rows["10101"].debit, rows["10101"].closing) == (yuan(100), yuan(11), yuan(111))
    assert (rows["201"].opening, rows["201"].credit, rows["201"].closing) == (yuan(-100), yuan(11), yuan(-111))
    whole = queries.trial_balance(DAY, NEXT_DAY + timedelta(days=1))
    assert queries.totals_of(whole) == (yuan(111), yuan(111))
    assert all(row.debit == row.credit == 0 for row in queries.trial_balance(DAY, NEXT_DAY, branch=2))


@pytest.mark.django_db
def test_the_trial_balance_of_any_period_is_the_sum_of_its_entries():
    """Days with and without movements, a head that begins late, an open day: every period against the entries."""
    open_books()
    (first, second), money = members(2), bank()
    last = DAY + timedelta(days=5)
    booked = {DAY: [(first, 100)], DAY + timedelta(days=2): [(second, 40)], last: [(first, 7)]}
    for day in (DAY + timedelta(days=nth) for nth in range(6)):
        for number, (member, amount) in enumerate(booked.get(day, [])):
            pay_in(f"in {day} {number}", money, member, amount, on=day)
            pay_out(f"out {day} {number}", member, money, 1, on=day)
        if day < last:
            days.turn(day)
            days.close(day)
    periods = [(DAY + timedelta(days=a), DAY + timedelta(days=b)) for a in range(-1, 7) for b in range(a + 1, 8)]
    for since, until in periods:
        rows = {row.code: row for row in queries.trial_balance(since, until)}
        before = [amount for day, of_day in booked.items() for _, amount in of_day if day < since]
        within = [amount for day, of_day in booked.items() for _, amount in of_day if since <= day < until]
        opening = yuan(sum(before) - len(before))
        assert (rows["10101"].opening, rows["201"].opening) == (opening, -opening), (since, until)
        assert (rows["10101"].debit, rows["10101"].credit) == (yuan(sum(within)), yuan(len(within))), (since, until)
        assert (rows["201"].debit, rows["201"].credit) == (yuan(len(within)), yuan(sum(within))), (since, until)


def in_thread(work) -> threading.Thread:
    def body() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=body)
    thread.start()
    return thread


def test_the_close_waits_for_a_posting_in_flight(own_database):
    """A posting that has entered the day commits into it; the close comes after, and counts it."""
    open_books()
    member, money = members(1)[0], bank()
    entered, may_commit, turned = threading.Event(), threading.Event(), threading.Event()

    def post_slowly() -> None:
        with transaction.atomic():
            lines = [posting.debit(money, yuan(10)), posting.credit(member, yuan(10))]
            posting.post(PLAIN, 1, lines, by=actor(), on=DAY)
            entered.set()
            assert may_commit.wait(60)

    def close_day() -> None:
        days.turn(DAY)
        turned.set()

    poster = in_thread(post_slowly)
    assert entered.wait(60)
    closer = in_thread(close_day)
    assert not turned.wait(0.5), "the day was turned over a posting in flight"
    may_commit.set()
    poster.join(60)
    closer.join(60)
    assert turned.is_set()
    days.close(DAY)
    assert DayTotal.objects.get(account=money).debit == yuan(10)


def test_postings_that_never_cease_do_not_keep_the_day_from_turning(own_database):
    """Banks report around midnight too: a lock the newcomers slip past would leave the night waiting for ever."""
    open_books()
    keys, money = members(4), bank()
    turned = threading.Event()

    def bank_at_work(number: int) -> None:
        for attempt in range(100):
            if turned.is_set():
                return
            with suppress(posting.DayNotOpen), transaction.atomic():
                pay_in(f"{number}:{attempt}", money, keys[number], 1)
                time.sleep(0.2)

    banks = [in_thread(lambda number=number: bank_at_work(number)) for number in range(4)]
    time.sleep(1)
    began = time.monotonic()
    days.turn(DAY)
    waited = time.monotonic() - began
    turned.set()
    for thread in banks:
        thread.join(60)
    assert waited < 5


def test_no_posting_is_lost_or_misdated_while_a_day_is_turned(own_database):
    """Many clerks post while the day turns: each posting is in the old day or refused, and the totals know them all."""
    open_books()
    keys, money = members(8), bank()
    refused: list[int] = []

    def clerk(number: int) -> None:
        for attempt in range(12):
            try:
                pay_in(f"{number}:{attempt}", money, keys[number], 1)
            except posting.DayNotOpen:
                refused.append(1)

    clerks = [in_thread(lambda number=number: clerk(number)) for number in range(8)]
    days.turn(DAY)
    for thread in clerks:
        thread.join(60)
    days.close(DAY)
    booked = Entry.objects.filter(account=money, booked_on=DAY).count()
    assert booked + len(refused) == 8 * 12
    assert sum(account(key).balance for key in keys) == booked
    if booked:
        assert DayTotal.objects.get(account=money).debit == booked
