"""The lines of an account 明细: the newest ones, written out for the pages, are those of the whole statement."""

from datetime import timedelta

import pytest

from ledger import queries
from ledger.actions import days
from ledger.models import Entry
from tests.ledger.books import DAY, NEXT_DAY, bank, members, open_books, pay_in, pay_out

pytestmark = pytest.mark.django_db
AFTER = NEXT_DAY + timedelta(days=1)


@pytest.fixture
def accounts():
    """Two members and the bank, with movements of both sides over a closed day and an open one."""
    open_books()
    (one, other), money = members(2), bank()
    for number in range(3):
        pay_in(f"in {number}", money, one, 10 + number)
    pay_out("out", one, money, 5)
    days.turn(DAY)
    days.close(DAY)
    pay_in("later", money, one, 7, on=NEXT_DAY)
    pay_in("other", money, other, 9, on=NEXT_DAY)
    return one, other, money


@pytest.mark.parametrize("most", [1, 3, 50])
@pytest.mark.parametrize("period", [(DAY, AFTER), (DAY, NEXT_DAY), (NEXT_DAY, AFTER), (AFTER, DAY)])
def test_the_newest_lines_are_the_end_of_the_statement(accounts, period, most):
    for account in accounts:
        whole = list(queries.statement(account, *period))
        assert queries.newest_lines([account], *period, most=most) == whole[::-1][:most]


def test_lines_of_several_accounts_leave_out_the_vouchers_named(accounts):
    one, other, _ = accounts
    aside = Entry.objects.get(account=one, amount=7).voucher_id
    whole = list(queries.statement(one, DAY, AFTER, [other]).exclude(voucher=aside))
    assert len(whole) == 5
    assert queries.newest_lines([one, other], DAY, AFTER, apart_from=[aside], most=50) == whole[::-1]
