"""The guards of the database: what the application's role cannot do past the gate, and the owner cannot do at all.

What the owner can still break is named by `verify_books` (test_checks.py).
"""

import psycopg
import pytest
from django.db import DatabaseError

from tests.ledger.books import DAY, PLAIN, as_owner, bank, members, open_books, pay_in, run

pytestmark = pytest.mark.django_db

GATE = """select ledger_post(%s, %s, %s, %s, 1, '', %s::bigint[], %s::"char"[], %s::numeric[])"""


@pytest.fixture
def posted():
    """A member with 100 yuan, a bank account, and the voucher that put it there."""
    open_books()
    member, money = members(1)[0], bank()
    return member, money, pay_in(1, money, member, 100)


def state_of(sql: str, *params: object) -> str:
    """The SQLSTATE with which the database refuses a statement."""
    with pytest.raises(DatabaseError) as caught:
        run(sql, *params)
    cause = caught.value.__cause__
    assert isinstance(cause, psycopg.Error)
    return cause.sqlstate or ""


PAST_THE_GATE = {
    "a voucher of one's own": "insert into ledger_voucher select * from ledger_voucher",
    "a line added to a posted voucher": "insert into ledger_entry select * from ledger_entry",
    "a line added by way of the partition": "insert into ledger_entry_2026 select * from ledger_entry",
    "an entry changed": "update ledger_entry set amount = 1",
    "an entry changed in its partition": "update ledger_entry_2026 set amount = 1",
    "an entry deleted": "delete from ledger_entry",
    "an entry deleted in its partition": "delete from ledger_entry_2026",
    "entries emptied": "truncate ledger_entry",
    "entries emptied in their partition": "truncate ledger_entry_2026",
    "a voucher changed": "update ledger_voucher set why = ''",
    "a balance changed": "update ledger_ledgeraccount set balance = 1000000",
    "an account with a balance": "insert into ledger_ledgeraccount select * from ledger_ledgeraccount",
    "an overdraft allowed": "update ledger_ledgeraccount set may_overdraw = true",
    "a day opened again": "update ledger_businessday set status = 'OPEN'",
    "a day of one's own": "insert into ledger_businessday (day, status) values ('2030-01-01', 'OPEN')",
    "totals of one's own": "insert into ledger_daytotal select * from ledger_daytotal",
    "a day's balances changed": "update ledger_daybalance set debited = 0",
    "balances carried at will": "select ledger_carry_balances('2026-03-02')",
    "a kind that books at night": "update ledger_voucherkind set at_day_end = true",
    "the inner part of the gate": "select ledger_post_few(1, '2026-03-02', '2026-03-02', true, '{1}', '{C}', '{1}')",
    "a guard taken off": "alter table ledger_entry disable trigger all",
    "the guard's function dropped": "drop function ledger_refuse_change() cascade",
}  # fmt: skip


@pytest.mark.parametrize("sql", PAST_THE_GATE.values(), ids=PAST_THE_GATE.keys())
def test_the_application_cannot_go_past_the_gate(posted, sql):
    assert state_of(sql) == "42501"


THROUGH_THE_GATE = {
    "an unbalanced voucher": ("HP002", PLAIN, "2", DAY, ["C", "D"], [5, 6]),
    "one side only": ("HP002", PLAIN, "2", DAY, ["C", "C"], [5, 5]),
    "money that is no number": ("HP002", PLAIN, "2", DAY, ["C", "D"], ["NaN", "NaN"]),
    "a second voucher for the same act": ("HP004", PLAIN, "1", DAY, ["C", "D"], [5, 5]),
    "a negative balance": ("23514", PLAIN, "2", DAY, ["D", "C"], ["100.01", "100.01"]),
    "a day that is not open": ("HP001", PLAIN, "2", "2026-03-03", ["C", "D"], [5, 5]),
    "a day in a year without a partition": ("HP001", PLAIN, "2", "2050-01-01", ["C", "D"], [5, 5]),
    "a kind nobody declared": ("HP002", "nobody.knows", "2", DAY, ["C", "D"], [5, 5]),
}


@pytest.mark.parametrize("case", THROUGH_THE_GATE.values(), ids=THROUGH_THE_GATE.keys())
def test_the_gate_refuses(posted, case):
    member, money, _ = posted
    state, kind, source, day, sides, amounts = case
    assert state_of(GATE, kind, source, day, day, [member, money], sides, amounts) == state


def test_the_gate_refuses_accounts_out_of_order(posted):
    """Ascending order is what keeps two postings from locking each other out."""
    member, money, _ = posted
    assert state_of(GATE, PLAIN, "2", DAY, DAY, [money, member], ["D", "C"], [5, 5]) == "HP002"


AGAINST_THE_OWNER = {
    "an entry changed": "update ledger_entry set amount = 1",
    "an entry changed in its partition": "update ledger_entry_2026 set amount = 1",
    "an entry deleted": "delete from ledger_entry",
    "an entry deleted in its partition": "delete from ledger_entry_2026",
    "entries emptied": "truncate ledger_entry",
    "entries emptied in their partition": "truncate ledger_entry_2026",
    "a voucher changed": "update ledger_voucher set why = 'x'",
    "a voucher deleted": "delete from ledger_voucher",
    "vouchers emptied": "truncate ledger_voucher",
    "a day opened again": "update ledger_businessday set status = 'CLOSED'",
    "a day deleted": "delete from ledger_businessday",
}


@pytest.mark.parametrize("sql", AGAINST_THE_OWNER.values(), ids=AGAINST_THE_OWNER.keys())
def test_even_the_owner_cannot_change_what_is_posted(posted, sql):
    with as_owner():
        assert state_of(sql) == "HP009"


def test_even_the_owner_cannot_overdraw_an_account(posted):
    with as_owner():
        assert (
            state_of("update ledger_ledgeraccount set balance = -1, current = -1 where id = %s", posted[0]) == "23514"
        )
        assert state_of("update ledger_ledgeraccount set held = 101 where id = %s", posted[0]) == "23514"


def test_even_the_owner_cannot_book_in_a_year_that_was_never_opened(posted):
    sql = "insert into ledger_entry values ('2050-01-01', 1, 1, 1, '2050-01-01', null, 1, 'D', '10101', 1, null)"
    with as_owner():
        assert state_of(sql) == "23514"


def test_every_year_carries_every_guard(posted):
    """A statement that names a partition does not fire its parent's guards, so each partition has its own."""
    run("select ledger_open_year(2031)")
    run("select ledger_open_year(2031)")
    assert state_of("insert into ledger_entry_2031 select * from ledger_entry") == "42501"
    with as_owner():
        assert state_of("truncate ledger_entry_2031") == "HP009"
        run("insert into ledger_entry values ('2031-05-01', 1, 1, 1, '2031-05-01', null, 1, 'D', '10101', 1, null)")
        assert state_of("update ledger_entry_2031 set amount = 2") == "HP009"
        assert state_of("delete from ledger_entry_2031") == "HP009"


def test_the_gate_runs_with_a_fixed_search_path():
    """Otherwise a schema of the caller's own could slip its tables under the owner's rights."""
    loose = run(
        "select proname from pg_proc where prosecdef and pronamespace = 'public'::regnamespace"
        " and not coalesce(array_to_string(proconfig, ','), '') like '%search_path=pg_catalog, public, pg_temp%'"
        " and proname like 'ledger%'"
    )
    assert loose == []
