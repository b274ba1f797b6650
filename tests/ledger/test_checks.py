"""Every promise about the books is broken on purpose, as the owner could, and named by the proof.

These tests, and no others, take a guard away: that is what the owner of the tables could do.
"""

import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from audit.actions import inspection
from ledger.actions import days
from ledger.states import DayStepName
from tests.ledger.books import DAY, NEXT_DAY, as_owner, bank, members, open_books, pay_in, run

pytestmark = pytest.mark.django_db


@pytest.fixture
def books():
    """Two closed days with movements, and an open one: a member, a bank account, three vouchers."""
    open_books()
    member, money = members(1)[0], bank()
    pay_in(1, money, member, 100)
    days.turn(DAY)
    days.close(DAY)
    pay_in(2, money, member, 50, on=NEXT_DAY)
    pay_in(3, money, members(1)[0], 20, on=NEXT_DAY)
    for step in DayStepName.values:
        run("insert into ledger_stepshard (day, step, status, started_at) values (%s, %s, 'DONE', now())", DAY, step)
    return member, money


def broken() -> dict[str, list[str]]:
    return {
        f"{finding.check.invariant} {finding.check.title}": finding.rows
        for finding in inspection.inspect(NEXT_DAY)
        if not finding.holds
    }


def owner_does(*statements: str) -> None:
    with as_owner():
        for table in ("ledger_voucher", "ledger_entry", "ledger_businessday", "ledger_stepshard"):
            run(f"alter table {table} disable trigger user")
        for statement in statements:
            run(statement)


def test_sound_books_prove_on_every_point(books):
    assert broken() == {}


RICH = "update ledger_ledgeraccount set {} where balance = 150"
STRAY = "insert into ledger_entry values ({}, {}, 777, 1, '2026-06-01', null, 1, 'D', '10101', 1, null)"

# Which promise is broken, and how.
PLANTED = [
    ("I1 每张凭证借贷相等", "update ledger_entry set amount = 51 where side = 'C' and amount = 50"),
    ("I1 每张凭证借贷相等", "delete from ledger_entry where amount = 20 and side = 'C'"),
    ("I1 每张凭证都有会计日", "update ledger_voucher set kind_id = 'nobody.knows' where total = 50"),
    ("I1 没有脱离凭证或账户的分录", "update ledger_entry set account_id = 999999 where amount = 20"),
    ("I1 没有脱离凭证或账户的分录", STRAY.format("'2026-03-03'", 1)),
    ("I2 分户账合计等于科目余额", RICH.format("balance = balance + 1, current = current + 1")),
    ("I2 已结账日的日累计等于分录", "update ledger_daytotal set debit = debit + 1 where debit = 100"),
    ("I2 已结账日的日累计等于分录", "update ledger_daytotal set closing = 0 where debit = 100"),
    ("I2 已结账日的累计发生额", "update ledger_daybalance set debited = debited + 1 where debited = 100"),
    ("I2 已结账日的累计发生额", "update ledger_daybalance set credited = 0 where credited = 100"),
    ("I2 已结账日的累计发生额", "delete from ledger_daybalance where debited = 100"),
    ("I2 已结账日的累计发生额", "update ledger_daybalance set branch_id = 9 where debited = 100"),
    ("I3 账户余额等于分录之和", RICH.format("version = 9")),
    ("I3 账户余额等于分录之和", "update ledger_entry set balance = 149 where balance = 150"),
    ("I4 余额不为负", RICH.format("carried = -1, current = 151")),
    ("I6 已记账的凭证与分录未被改动", "update ledger_voucher set why = '改过' where total = 50"),
    ("I6 已记账的凭证与分录未被改动", "update ledger_entry set account_id = account_id + 1 where amount = 20"),
    ("I6 没有凭证在结账之后进入", "update ledger_businessday set closed_at = '2020-01-01' where status = 'CLOSED'"),
    ("I8 已结账日的每个日终步骤", "update ledger_stepshard set status = 'FAILED' where step = 'close'"),
    ("I8 已结账日的每个日终步骤", "delete from ledger_stepshard"),
    ("I8 日终分片的校验值", "update ledger_stepshard set posts = 'tests.plain', checksum = 'x' where step = 'accrue'"),
    ("I8 已结账日的每个日终步骤", "delete from ledger_stepshard where step = 'settle'"),
    (
        "I12 会计日连续向前",
        "insert into ledger_businessday (day, status, interest_ready) values ('2026-03-09', 'CLOSED', true)",
    ),
    ("I12 会计日连续向前", STRAY.format("'2026-06-01'", 1)),
]


@pytest.mark.parametrize(("promise", "statement"), PLANTED)
def test_what_the_owner_breaks_is_named(books, promise, statement):
    owner_does(statement)
    found = broken()
    named = [title for title in found if title.startswith(promise)]
    assert named, f"{promise} was broken and only {list(found)} was named"
    assert all(found[title] for title in named)


# One member's savings for another's: the voucher is whole and the sums agree, and no balance knows of it.
UNSEEN = """
with pair as (select min(id) as poor, max(id) as rich from ledger_ledgeraccount where kind_id = 'MEMBER'),
made as (
    insert into ledger_voucher
        (id, kind_id, source, booked_on, interest_on, by_id, why, made_at, line_count, total, leaf)
    select 9999, 'tests.plain', 'x', '2026-03-03', '2026-03-03', (select min(id) from access_user), '', t, 2, 10,
           ledger_leaf(9999, 'tests.plain', 'x', '2026-03-03', '2026-03-03', (select min(id) from access_user), '', t,
                       poor || ',' || rich, 'D,C', '10.00,10.00')
    from pair, (select now() as t) moment returning id
)
insert into ledger_entry
    (booked_on, line, voucher_id, account_id, interest_on, version, branch_id, side, chart_id, amount, balance)
select '2026-03-03', l.line, made.id, l.account, '2026-03-03', null, 1, l.side, '201', 10, null
from made, pair cross join lateral (values (1, poor, 'D'::"char"), (2, rich, 'C')) l (line, account, side)
"""


def test_entries_that_no_balance_knows_are_named(books):
    owner_does(UNSEEN)
    assert list(broken()) == ["I1 没有脱离凭证或账户的分录"]


def test_the_command_prints_a_line_for_each_invariant(books):
    out = StringIO()
    call_command("verify_books", stdout=out)
    lines = out.getvalue().splitlines()
    assert all(re.match(r"I\d+ ok ", line) for line in lines)
    assert {"I1", "I2", "I3", "I4", "I6", "I8", "I10", "I12"} <= {line.split()[0] for line in lines}


def test_the_command_fails_when_something_is_broken(books):
    owner_does("update ledger_ledgeraccount set version = 9 where balance = 150")
    out = StringIO()
    with pytest.raises(CommandError) as failed:
        call_command("verify_books", stdout=out)
    assert failed.value.returncode == 1
    assert "I3 BROKEN" in out.getvalue()
    assert "I1 ok" in out.getvalue()


def test_the_proof_can_look_back_and_at_one_branch(books):
    """A break of the open day is not a break of the day before, nor of another branch."""
    owner_does("update ledger_entry set balance = 149 where balance = 150")
    assert [f.check.invariant for f in inspection.inspect(NEXT_DAY) if not f.holds] == ["I3"]
    assert all(finding.holds for finding in inspection.inspect(DAY))
    assert all(finding.holds for finding in inspection.inspect(NEXT_DAY, branch=2))
    assert not all(finding.holds for finding in inspection.inspect(NEXT_DAY, branch=1))
