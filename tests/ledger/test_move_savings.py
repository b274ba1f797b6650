"""Moving savings to another branch: what the gate lets through, and everything it refuses."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from ledger.actions import days, opening, posting
from ledger.models import LedgerAccount, Voucher
from ledger.states import AccountKind
from tests.ledger.books import DAY, NIGHT, PLAIN, TURN, actor, as_owner, bank, members, open_books, pay_in, run

pytestmark = pytest.mark.django_db


@pytest.fixture
def old():
    """A member's account of branch 1 with 500 yuan."""
    open_books()
    account = members(1)[0]
    pay_in("in", bank(), account, 500)
    return account


def fresh(branch=4, day=DAY, kind=AccountKind.MEMBER):
    return opening.open_accounts(kind, [branch], on=day)[0]


def move(old, new, *, kind=PLAIN, on=DAY, source="one"):
    with transaction.atomic():
        return posting.move_savings(kind, [posting.Move(source, "测试", old, new)], by=actor(), on=on)


def test_money_goes_with_a_voucher_and_the_old_account_is_closed(old):
    new = fresh()
    (voucher,) = move(old, new)
    made = Voucher.objects.get(pk=voucher)
    assert (made.kind_id, made.source, made.total, made.line_count) == (PLAIN, "one", 500, 2)
    gone, here = LedgerAccount.objects.get(pk=old), LedgerAccount.objects.get(pk=new)
    assert (gone.balance, gone.version, gone.closed_on) == (0, 2, DAY)
    assert (here.balance, here.version, here.closed_on) == (500, 1, None)
    with pytest.raises(posting.AccountUnknown):
        pay_in("late", bank(), old, 1)


def refusals(old):
    """What is asked for, and why not."""
    till, unallocated = bank(), fresh(1, kind=AccountKind.UNALLOCATED)
    used = fresh()
    pay_in("used", till, used, 1)
    before = opening.open_accounts(AccountKind.MEMBER, [4], on=DAY - timedelta(days=1))[0]
    return [
        ("same branch", old, fresh(1), {}, posting.BooksError),
        ("one account", old, old, {}, posting.BooksError),
        ("account in use", old, used, {}, posting.BooksError),
        ("account of another day", old, before, {}, posting.BooksError),
        ("account without interest", till, fresh(), {}, posting.BooksError),
        ("account of another kind", unallocated, fresh(), {}, posting.BooksError),
        ("kind of the night", old, fresh(), {"kind": NIGHT}, posting.BooksError),
        ("kind that turns the year", old, fresh(), {"kind": TURN}, posting.BooksError),
        ("kind nobody knows", old, fresh(), {"kind": "tests.unknown"}, posting.BooksError),
        ("account that is not there", old, 999_999_999, {}, posting.AccountUnknown),
        ("act that was posted", old, fresh(), {"source": "in"}, posting.AlreadyPosted),
        ("day that is not open", old, fresh(), {"on": DAY + timedelta(days=9)}, posting.DayNotOpen),
    ]


def test_everything_else_is_refused_and_moves_nothing(old):
    for what, from_, to, given, refusal in refusals(old):
        with pytest.raises(refusal):
            pytest.fail(f"{what}: {move(from_, to, **given)}")
        row = LedgerAccount.objects.get(pk=old)
        assert (row.balance, row.closed_on) == (500, None), what


def test_held_money_stays(old):
    with as_owner():
        run("update ledger_ledgeraccount set held = 1 where id = %s", old)
    with pytest.raises(posting.NotEnough):
        move(old, fresh())


def test_nothing_moves_until_the_day_before_is_settled(old):
    days.turn(DAY)
    tomorrow = DAY + timedelta(days=1)
    empty = members(1, tomorrow)[0]
    for account in (old, empty):  # with a voucher or without
        with pytest.raises(posting.YearTurning):
            move(account, fresh(day=tomorrow), on=tomorrow)
        with pytest.raises(posting.DayNotOpen):
            move(account, fresh(), on=DAY)


def test_the_application_cannot_write_the_accounts_itself(old):
    for statement in ("set closed_on = %s", "set carried_number = 0, opened_on = %s"):
        with pytest.raises(DatabaseError, match="permission denied"):
            run(f"update ledger_ledgeraccount {statement} where id = %s", DAY, old)
