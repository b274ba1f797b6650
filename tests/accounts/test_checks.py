"""The promises about where accounts are kept and what a closed employer has left, broken on purpose and named."""

import pytest

from audit.actions import inspection
from tests.accounts import factories
from tests.accounts.factories import DAY
from tests.ledger.books import as_owner, open_books, run

pytestmark = pytest.mark.django_db

TITLE = "个人账户和单位暂存款在单位所在的网点记账"
CLOSED = "已销户单位没有未销户的个人账户和暂存款"


@pytest.fixture
def account():
    open_books(DAY)
    factories.member_account(factories.employer(at="04"))
    return factories.member_account()


def named(branch=None, title=TITLE):
    return next(finding for finding in inspection.inspect(DAY, branch) if finding.check.title == title)


def test_accounts_are_kept_where_their_employer_is(account):
    assert named().holds


def test_account_at_another_branch_is_named_to_both(account):
    other = factories.employer(at="05")
    with as_owner():
        run(f"update accounts_memberaccount set employer_id = {other.pk} where id = {account.pk}")
    assert named().count == named(branch=1).count == named(branch=5).count == 1
    assert account.number in named().rows[0]
    assert named(branch=4).holds


def test_employer_whose_money_waits_at_another_branch_is_named(account):
    with as_owner():
        run(f"update accounts_employer set branch_id = 3 where id = {account.employer_id}")
    assert named(branch=3).count == 2  # its member and its unallocated money


def test_a_closed_employer_that_still_has_members_or_money_is_named(account):
    assert named(title=CLOSED).holds
    with as_owner():
        run(
            "update accounts_employer set status = '04', closed_on = '2026-07-01', close_reason = '01'"
            f" where id = {account.employer_id}"
        )
    assert "未销户 1 户" in named(title=CLOSED).rows[0]
    assert named(title=CLOSED, branch=3).holds
    with as_owner():
        run(f"update accounts_memberaccount set status = '02', sealed_on = '2026-07-01' where id = {account.pk}")
    assert named(title=CLOSED).holds  # it came back since
    with as_owner():
        run(f"update accounts_employer set closed_on = '2026-07-02' where id = {account.employer_id}")
    assert not named(title=CLOSED).holds
