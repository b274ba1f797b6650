"""Payouts: what leaves an account and how it comes back, and everything the gate refuses."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.actions import inspection
from ledger import queries
from ledger.actions import days, holds, opening, payouts, posting
from ledger.models import Entry, LedgerAccount, PaidOut, Voucher
from ledger.states import AccountKind
from tests.ledger.books import (
    BRANCH,
    DAY,
    NEXT_DAY,
    NIGHT,
    PLAIN,
    TURN,
    account,
    actor,
    as_owner,
    bank,
    members,
    open_books,
    pay_in,
    run,
    yuan,
)
from tests.ledger.test_guards import state_of

pytestmark = pytest.mark.django_db

OWED, PAYABLE = "21903", "211"


@pytest.fixture
def member():
    """A member's account with 1,000 yuan."""
    open_books()
    key = members(1)[0]
    pay_in("start", bank(), key, 1000)
    return key


def own(chart, branch=BRANCH, on=DAY):
    return opening.internal(chart, branch, on=on)


def hold(key, source, amount, *, on=DAY, kind=PLAIN):
    with transaction.atomic():
        holds.place(kind, source, key, yuan(amount), by=actor(), on=on)


def take(key, source, amount, *, on=DAY, held=True, **given):
    """Hold an amount and pay it out, under one source."""
    if held:
        hold(key, source, amount, on=on)
    wanted = {"kind": PLAIN, "to_account": own(OWED, on=on), **given}
    with transaction.atomic():
        return payouts.pay_out(
            payouts.Payout(source=source, account=key, amount=yuan(amount), **wanted), by=actor(), on=on, why="支取"
        )


def close(key, source, interest, *, on=DAY, held=True):
    amount = account(key).balance
    return take(key, source, amount, on=on, held=held, closes=True, interest=yuan(interest),
                interest_account=own(PAYABLE, on=on))  # fmt: skip


def undo(voucher, source, *, on=DAY, kind=PLAIN):
    with transaction.atomic():
        return payouts.undo(voucher, kind, source, by=actor(), on=on, why="银行退回")


def next_day(on):
    days.turn(on)
    days.close(on)
    return on + timedelta(days=1)


def wait(on, until):
    while on < until:
        on = next_day(on)
    return on


def turn_year(on, **interest):
    """The night of the settling day: every account named earns its interest, all becomes carried forward."""
    days.turn(on)
    payable = own(PAYABLE, on=on)
    lines = " union all ".join("select %s::bigint as account, 'C' as side, %s::numeric as amount" for _ in interest)
    values = [value for key, amount in interest.items() for value in (int(key[1:]), yuan(amount))]
    total = sum((yuan(amount) for amount in interest.values()), Decimal())
    select = posting.Select(f"{lines} union all select %s, 'D', %s", [*values, payable, total], on + timedelta(days=1))
    with transaction.atomic():
        posting.post_query(TURN, f"{on}", select, by=actor(), on=on)
    days.close(on)
    return on + timedelta(days=1)


def lines_of(voucher):
    made = Voucher.objects.get(pk=voucher)
    return {
        (entry.chart_id, entry.side, entry.amount)
        for entry in Entry.objects.filter(booked_on=made.booked_on, voucher=made).order_by("line")
    }


def standing(key):
    """What an account holds and what it has counted for interest, brought up to no particular day."""
    names = ("balance", "held", "carried", "current", "carried_number", "current_number", "counted_to", "closed_on")
    return LedgerAccount.objects.values_list(*names).get(pk=key)


def counted(key, on):
    """Both interest numbers as they stand on a day."""
    row = account(key)
    passed = (on - row.counted_to).days
    return row.carried_number + row.carried * passed, row.current_number + row.current * passed


def wrong_in_the_books(on):
    """What the proof of the books names; payments and nights, which these tests do without, are not asked about."""
    found = [finding for finding in inspection.inspect(on) if not finding.holds]
    return [finding.check.title for finding in found if finding.check.invariant not in ("I5", "I8")]


def test_held_money_goes_to_what_is_owed(member):
    voucher = take(member, 1, 300)
    assert lines_of(voucher) == {("201", "D", 300), (OWED, "C", 300)}
    assert (account(member).balance, account(member).held, queries.available(member)) == (700, 0, 700)
    assert wrong_in_the_books(DAY) == []


def test_a_payout_leaves_other_holds_and_freezes_alone(member):
    with transaction.atomic():
        holds.freeze("tests.court", 1, member, None, by=actor(), on=DAY)
        holds.release("tests.court", 1, by=actor(), on=DAY)
    hold(member, 1, 300)
    hold(member, 2, 100)
    with transaction.atomic():
        holds.freeze("tests.court", 2, member, None, by=actor(), on=DAY)
    take(member, 1, 300, held=False)
    assert (account(member).balance, account(member).held) == (700, 700)
    assert [one.covered for one in queries.holds_of(member)] == [100, 600]
    assert wrong_in_the_books(DAY) == []


def refused(member):
    """What is asked for, and why not."""
    other = members(1)[0]
    pay_in("other", bank(), other, 500)
    hold(member, "held", 300)
    elsewhere = opening.internal(OWED, 4, on=DAY)
    return [
        ("nothing was held", {"source": "none"}, posting.BooksError),
        ("another kind", {"kind": "tests.unknown"}, posting.BooksError),
        ("a kind of the night", {"kind": NIGHT}, posting.BooksError),
        ("a kind that turns the year", {"kind": TURN}, posting.BooksError),
        ("another account", {"account": other}, posting.BooksError),
        ("less than was held", {"amount": yuan("299.99")}, posting.BooksError),
        ("more than was held", {"amount": yuan("300.01")}, posting.BooksError),
        ("an account that is not there", {"account": 999_999_999}, posting.AccountUnknown),
        ("to a member", {"to_account": other}, posting.BooksError),
        ("to another office", {"to_account": elsewhere}, posting.BooksError),
        ("interest without closing", {"interest": yuan(1), "interest_account": own(PAYABLE)}, posting.BooksError),
        ("closing what is not all", {"closes": True}, payouts.BalanceChanged),
    ]


def test_everything_else_is_refused_and_moves_nothing(member):
    fits = {"kind": PLAIN, "source": "held", "account": member, "to_account": own(OWED), "amount": yuan(300)}
    for what, asked, refusal in refused(member):
        with pytest.raises(refusal), transaction.atomic():
            pytest.fail(f"{what}: {payouts.pay_out(payouts.Payout(**fits | asked), by=actor(), on=DAY)}")
        assert (account(member).balance, account(member).held) == (1000, 300), what
    with pytest.raises(posting.DayNotOpen), transaction.atomic():
        payouts.pay_out(payouts.Payout(**fits), by=actor(), on=NEXT_DAY)
    days.turn(DAY)
    with pytest.raises(posting.YearTurning), transaction.atomic():
        payouts.pay_out(payouts.Payout(**fits), by=actor(), on=NEXT_DAY)


def test_a_hold_is_paid_out_once(member):
    take(member, 1, 300)
    with pytest.raises(posting.AlreadyPosted):
        take(member, 1, 300, held=False)
    hold(member, 2, 300)
    with transaction.atomic():
        holds.release(PLAIN, 2, by=actor(), on=DAY)
    with pytest.raises(holds.AlreadyReleased):
        take(member, 2, 300, held=False)
    with pytest.raises(holds.AlreadyReleased), transaction.atomic():
        holds.release(PLAIN, 1, by=actor(), on=DAY)
    assert account(member).balance == 700


def test_a_freeze_is_not_paid_out(member):
    with transaction.atomic():
        holds.freeze(PLAIN, 1, member, yuan(300), by=actor(), on=DAY)
    with pytest.raises(posting.BooksError):
        take(member, 1, 300, held=False)


def test_closing_pays_interest_and_all_and_ends_the_account():
    """66,000 carried forward since 1 July, closed on 20 August: 50 days, 137.50 at 1.5 percent of 360 days."""
    open_books(date(2025, 6, 30))
    key = members(1, date(2025, 6, 30))[0]
    pay_in("start", bank(), key, 65000, on=date(2025, 6, 30))
    on = wait(turn_year(date(2025, 6, 30), **{f"a{key}": 1000}), date(2025, 8, 20))
    assert counted(key, on) == (3_300_000, 0)
    voucher = close(key, 1, "137.50", on=on)
    assert lines_of(voucher) == {
        ("211", "D", yuan("137.50")), ("201", "C", yuan("137.50")),
        ("201", "D", yuan("66137.50")), (OWED, "C", yuan("66137.50")),
    }  # fmt: skip
    row = account(key)
    assert (row.balance, row.held, row.carried_number, row.current_number, row.closed_on) == (0, 0, 0, 0, on)
    with pytest.raises(posting.AccountUnknown):
        pay_in("late", bank(), key, 1, on=on)
    assert wrong_in_the_books(on) == []


def test_closing_takes_what_came_after_it_was_held(member):
    hold(member, 1, 1000)
    pay_in("later", bank(), member, 50)
    with pytest.raises(payouts.BalanceChanged):
        take(member, 1, 1000, held=False, closes=True)
    close(member, 1, 0, held=False)
    assert (account(member).balance, account(member).closed_on) == (0, DAY)
    assert wrong_in_the_books(DAY) == []


def test_an_account_that_only_earned_interest_is_closed(member):
    take(member, 1, 1000)
    hold(member, 2, 0)
    voucher = close(member, 2, "0.04", held=False)
    assert Voucher.objects.get(pk=voucher).total == yuan("0.08")
    assert account(member).closed_on == DAY


def test_nothing_is_closed_over_another_hold_or_freeze(member):
    for number, place in enumerate([
        lambda: hold(member, "other", "0.00"),
        lambda: holds.freeze("tests.court", 1, member, None, by=actor(), on=DAY),
    ]):  # fmt: skip
        with transaction.atomic():
            hold(member, number, 1000)
            place()
            with pytest.raises(posting.HeldOpen):
                close(member, number, 0, held=False)
            transaction.set_rollback(True)


def test_undone_money_is_back_where_it_was(member):
    before = standing(member)
    voucher = take(member, 1, 300)
    red = undo(voucher, "undo 1")
    assert standing(member) == before
    assert lines_of(red) == {("201", "C", 300), (OWED, "D", 300)}
    assert PaidOut.objects.get(pk=voucher).undone_by_id == red
    assert wrong_in_the_books(DAY) == []


def test_money_that_was_away_counts_as_if_it_had_stayed():
    """Carried 600 and 100 of this year; 300 leave for ten days, and 50 come meanwhile."""
    open_books(date(2026, 6, 30))
    key, on = members(1, date(2026, 6, 30))[0], date(2026, 6, 30)
    pay_in("start", bank(on), key, 590, on=on)
    on = turn_year(on, **{f"a{key}": 10})
    pay_in("this year", bank(on), key, 100, on=on)
    voucher = take(key, 1, 300, on=on)
    assert (account(key).carried, account(key).current) == (400, 0)
    on = wait(on, on + timedelta(days=4))
    pay_in("meanwhile", bank(on), key, 50, on=on)
    on = wait(on, on + timedelta(days=6))
    red = undo(voucher, "undo 1", on=on)
    assert (account(key).carried, account(key).current) == (600, 150)
    assert counted(key, on) == (600 * 10, 100 * 10 + 50 * 6)
    assert Entry.objects.get(voucher=red, account=key).interest_on == date(2026, 7, 1)
    assert wrong_in_the_books(on) == []


def test_a_closing_is_undone_with_its_interest(member):
    on = wait(DAY, DAY + timedelta(days=10))
    pay_in("more", bank(on), member, 40, on=on)
    on = wait(on, on + timedelta(days=3))
    before = standing(member)
    voucher = close(member, 1, "0.54", on=on)
    on = wait(on, on + timedelta(days=5))
    red = undo(voucher, "undo 1", on=on)
    assert standing(member) == before
    assert lines_of(red) == {
        (OWED, "D", yuan("1040.54")), ("201", "C", yuan("1040.54")),
        ("201", "D", yuan("0.54")), ("211", "C", yuan("0.54")),
    }  # fmt: skip
    pay_in("goes on", bank(on), member, 1, on=on)
    assert wrong_in_the_books(on) == []


def test_after_a_settlement_all_comes_back_as_carried_money():
    on = date(2026, 6, 29)
    open_books(on)
    key, quiet = members(2, on)
    pay_in("start", bank(on), key, 1000, on=on)
    pay_in("quiet", bank(on), quiet, 1000, on=on)
    part = take(key, 1, 300, on=on)
    whole = close(quiet, 2, "0.10", on=on)
    on = wait(turn_year(next_day(on), **{f"a{key}": "0.05"}), date(2026, 7, 11))
    undo(part, "undo 1", on=on)
    undo(whole, "undo 2", on=on)
    assert (account(key).carried, account(key).current) == (yuan("1000.05"), 0)
    assert counted(key, on) == (yuan("10000.50"), 0)
    assert (account(quiet).carried, account(quiet).closed_on) == (yuan("1000.10"), None)
    assert counted(quiet, on) == (yuan("10001.00"), 0)
    assert wrong_in_the_books(on) == []


def test_what_left_on_the_settling_day_itself_comes_back_after_the_settlement():
    on = date(2026, 6, 30)
    open_books(on)
    key = members(1, on)[0]
    pay_in("start", bank(on), key, 1000, on=on)
    voucher = take(key, 1, 300, on=on)
    on = turn_year(on, **{f"a{key}": "0.03"})
    undo(voucher, "undo 1", on=on)
    assert (account(key).carried, account(key).current, counted(key, on)) == (yuan("1000.03"), 0, (0, 0))
    assert wrong_in_the_books(on) == []


def test_a_payout_is_undone_once_and_only_as_one(member):
    voucher = take(member, 1, 300)
    with pytest.raises(posting.AlreadyPosted):
        undo(voucher, 1)
    for kind in (NIGHT, TURN, "tests.unknown"):
        with pytest.raises(posting.BooksError):
            undo(voucher, "undo 1", kind=kind)
    with pytest.raises(posting.DayNotOpen):
        undo(voucher, "undo 1", on=NEXT_DAY)
    red = undo(voucher, "undo 1")
    with pytest.raises(payouts.AlreadyUndone):
        undo(voucher, "undo 2")
    for no_payout in (red, Voucher.objects.get(source="start").pk, 999_999_999):
        with pytest.raises(posting.BooksError):
            undo(no_payout, "undo 2")
    assert account(member).balance == 1000


def test_nothing_comes_back_to_an_account_that_was_closed_since(member):
    part = take(member, 1, 300)
    whole = close(member, 2, 0)
    with pytest.raises(payouts.ClosedSince):
        undo(part, "undo 1")
    undo(whole, "undo 2")
    undo(part, "undo 1")
    assert (account(member).balance, account(member).closed_on) == (1000, None)


def test_money_that_comes_back_meets_the_freeze_that_waits_for_it(member):
    voucher = take(member, 1, 300)
    with transaction.atomic():
        holds.freeze("tests.court", 1, member, yuan(900), by=actor(), on=DAY)
    assert account(member).held == 700
    undo(voucher, "undo 1")
    assert (account(member).held, queries.available(member)) == (900, 100)


def test_an_employers_money_is_paid_out_and_comes_back(member):
    employer = opening.open_accounts(AccountKind.UNALLOCATED, [BRANCH], on=DAY)[0]
    pay_in("employer", bank(), employer, 80)
    voucher = take(employer, 1, 80)
    assert account(employer).balance == 0
    on = turn_year(DAY, **{f"a{member}": "0.01"})
    undo(voucher, "undo 1", on=on)
    assert account(employer).balance == 80


PAST_THE_FUNCTIONS = {
    "a payout of one's own": "insert into ledger_payout select * from ledger_payout",
    "a payout changed": "update ledger_payout set amount = 1",
    "an undoing forgotten": "update ledger_payout set undone_by_id = null",
    "a payout deleted": "delete from ledger_payout",
    "payouts emptied": "truncate ledger_payout",
    "a voucher without the gate": "select ledger_write_voucher('tests.plain', 'x', '2026-03-02', '2026-03-02', 1, '',"
    " '{1}', '{D}', '{1}', 1)",
    "a question for the owner": "select ledger_turned_since('2026-03-02')",
}


@pytest.mark.parametrize("sql", PAST_THE_FUNCTIONS.values(), ids=PAST_THE_FUNCTIONS.keys())
def test_the_application_cannot_write_payouts_itself(member, sql):
    take(member, 1, 300)
    assert state_of(sql) == "42501"


AGAINST_THE_OWNER = {
    "an amount changed": "update ledger_payout set current_taken = 1, amount = 1",
    "an undoing forgotten": "update ledger_payout set undone_by_id = null where undone_by_id is not null",
    "a payout deleted": "delete from ledger_payout",
    "payouts emptied": "truncate ledger_payout",
}


@pytest.mark.parametrize("sql", AGAINST_THE_OWNER.values(), ids=AGAINST_THE_OWNER.keys())
def test_even_the_owner_does_not_rewrite_a_payout(member, sql):
    undo(take(member, 1, 300), "undo 1")
    with as_owner():
        assert state_of(sql) == "HP009"


# Ten days, one payout and one undoing of it among deposits: fen in on each day, fen out on a day, the days between.
stories = st.tuples(
    st.lists(st.integers(0, 50_000), min_size=10, max_size=10),
    st.integers(0, 9), st.integers(0, 9), st.integers(1, 60_000), st.booleans(),
)  # fmt: skip


def number_of(ends_of_days):
    """The interest number by its definition: the sum of the balances at the end of each day, in fen."""
    return sum(ends_of_days)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(story=stories)
def test_undone_is_as_never_paid_whatever_else_comes(story):
    with transaction.atomic():
        tell(*story)
        transaction.set_rollback(True)


def tell(arrivals, one, other, wanted, closes):
    """The model knows deposits only: what left and came back has never left."""
    first = date(2026, 6, 30)
    open_books(first)
    key, money = members(1, first)[0], bank(first)
    pay_in("start", money, key, 400, on=first)
    on = turn_year(first, **{f"a{key}": 10})
    leaves, back = sorted((one, other))
    balance, ends, voucher = 41_000, [], None
    for day, fen in enumerate(arrivals):
        # A closed account takes no deposits: they would wait elsewhere.
        if fen and not (closes and voucher and day <= back):
            pay_in(f"day {day}", money, key, yuan(Decimal(fen) / 100), on=on)
            balance += fen
        if day == leaves:
            amount = yuan(Decimal(min(wanted, balance)) / 100)
            voucher = close(key, "out", "1.23", on=on) if closes else take(key, "out", amount, on=on)
        if day == back:
            undo(voucher, "back", on=on)
        ends.append(balance)
        on = next_day(on)
    assert account(key).balance * 100 == balance
    assert sum(counted(key, on)) * 100 == number_of(ends)
    assert counted(key, on)[0] == 410 * len(arrivals), "carried money has stayed carried"
    assert wrong_in_the_books(on) == []


def owner_does(sql):
    with as_owner():
        for table in ("ledger_voucher", "ledger_entry", "ledger_hold", "ledger_payout"):
            run(f"alter table {table} disable trigger user")
        run(sql)


# Which promise is broken, and how, in books with a payout, one that was undone, a hold and two freezes.
PLANTED = [
    ("占用金额等于未解除占用之和", "update ledger_ledgeraccount set held = held - 1 where held > 0"),
    ("占用金额等于未解除占用之和", "delete from ledger_hold where released_on is null and purpose = 'SPEND'"),
    ("占用金额等于未解除占用之和", "update ledger_hold set account_id = 999999 where source = '3'"),
    ("占用金额等于未解除占用之和", "update ledger_ledgeraccount set closed_on = '2026-03-02' where held > 0"),
    (
        "支取占用足额",
        "update ledger_hold set covered = 300 where purpose = 'FREEZE'",
    ),
    ("每笔支取都有已了结的占用", "delete from ledger_hold where source = '1'"),
    ("每笔支取都有已了结的占用", "update ledger_payout set amount = 299, current_taken = 299 where amount = 300"),
    ("每笔支取都有已了结的占用", "update ledger_hold set amount = 299, covered = 299 where source = '1'"),
    ("冲回凭证与支取凭证逐户抵销", "update ledger_entry set amount = 99 where amount = 100 and side = 'C'"),
    ("冲回凭证与支取凭证逐户抵销", "update ledger_payout set undone_by_id = 999999 where amount = 100"),
]  # fmt: skip


@pytest.mark.parametrize(("promise", "statement"), PLANTED)
def test_what_the_owner_breaks_is_named(member, promise, statement):
    take(member, 1, 300)
    undo(take(member, 2, 100), "undo 2")
    hold(member, 3, 100)
    with transaction.atomic():
        holds.freeze("tests.court", "first", member, yuan(450), by=actor(), on=DAY)
        holds.freeze("tests.court", "second", member, yuan(450), by=actor(), on=DAY)
    assert wrong_in_the_books(DAY) == []
    owner_does(statement)
    assert [title for title in wrong_in_the_books(DAY) if title.startswith(promise)]
