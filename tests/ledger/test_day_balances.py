"""Days that were closed before their balances were kept get the same balances as days closed since."""

from datetime import timedelta
from pathlib import Path

import pytest

from ledger import migrations
from ledger.actions import days
from tests.ledger.books import DAY, as_owner, bank, members, open_books, pay_in, pay_out, run

SQL = Path(migrations.__file__).parent / "sql" / "day_balances.sql"


@pytest.mark.django_db
def test_the_migration_gives_earlier_days_the_balances_the_close_would_have_given():
    open_books()
    (one, other), money = members(2), bank()
    pay_in("one", money, one, 100)
    for number in range(4):
        day = DAY + timedelta(days=number)
        if number == 2:
            pay_in("two", money, other, 40, on=day)
            pay_out("three", one, money, 5, on=day)
        days.turn(day)
        days.close(day)
    kept = run("select * from ledger_daybalance order by 1, 2, 3")
    assert len({row[0] for row in kept}) == 4
    script = SQL.read_text(encoding="utf-8")
    backfill = script[script.index("insert into ledger_daybalance") : script.index("-- Carries the balances")]
    with as_owner():
        run("delete from ledger_daybalance")
        run(backfill)
    assert run("select * from ledger_daybalance order by 1, 2, 3") == kept
