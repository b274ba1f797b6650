"""Closing interest: figures worked out by hand, and what a closing leaves for the settlement of everybody else."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import transaction

from deposits.queries import DayCountNotKept, closing_interest
from ledger.actions import days, holds, opening, payouts
from ledger.models import LedgerAccount
from ledger.queries import internal_balance
from policy.states import TermName
from tests.deposits.factories import night
from tests.deposits.test_interest import SETTLING, change_term, member_accounts, move, run_through, settled

pytestmark = pytest.mark.django_db


def close(account, on):
    """Close an account as a withdrawal does, and answer what was paid out with its interest."""
    owed, payable = (opening.internal(chart, 1, on=on) for chart in ("21903", "211"))
    amount, earned = LedgerAccount.objects.get(pk=account).balance, closing_interest(account, on)
    with transaction.atomic():
        holds.place("deposits.remittance", f"close {account}", account, amount, by=night(), on=on)
        payout = payouts.Payout(
            kind="deposits.remittance", source=f"close {account}", account=account, to_account=owed, amount=amount,
            closes=True, interest=earned, interest_account=payable,
        )  # fmt: skip
        payouts.pay_out(payout, by=night(), on=on)
    return amount + earned


# First day, what moves on which day, and the closing day; interest by hand at 1.50 percent, actual days of 360.
WORKED = {
    # 66,000 x 50 = 3,300,000; x 1.5 / 36,000 = 137.50
    "one sum": ([("2025-07-01", "66000.00")], "2025-08-20", "137.50"),
    # 1,000 x 30 + 500 x 20 = 40,000; x 1.5 / 36,000 = 1.6667
    "two sums": ([("2025-07-01", "1000"), ("2025-07-11", "500")], "2025-07-31", "1.67"),
    # 80,000 x 10 + 50,000 x 20 = 1,800,000; x 1.5 / 36,000 = 75.00
    "money that left meanwhile": ([("2025-07-01", "80000"), ("2025-07-11", "-30000")], "2025-07-31", "75.00"),
    "on the day it came": ([("2025-07-01", "80000")], "2025-07-01", "0.00"),
    # 120 x 1.5 / 36,000 = 0.005
    "half a fen": ([("2025-07-01", "120")], "2025-07-02", "0.01"),
    "less than half a fen": ([("2025-07-01", "119.99")], "2025-07-02", "0.00"),
}


@pytest.mark.parametrize("case", WORKED.values(), ids=WORKED.keys())
def test_closing_interest_is_what_the_hand_says(case):
    movements, on, expected = case
    first, closing = date.fromisoformat(movements[0][0]), date.fromisoformat(on)
    days.open_first(first)
    account = member_accounts(on=first)[0]
    moves = [(date.fromisoformat(day), account, Decimal(amount)) for day, amount in movements]
    run_through(first, closing, moves)
    for _, _, amount in (one for one in moves if one[0] == closing):
        move(account, amount, on=closing)
    assert closing_interest(account, closing) == Decimal(expected)


def test_closing_pays_balance_and_interest_of_the_example():
    """66,000 that were carried on 1 July 2025, closed on 20 August: 66,137.50 are paid."""
    days.open_first(SETTLING)
    account = member_accounts(on=SETTLING)[0]
    # 65,997.25 and the 2.75 it earns on 30 June: 65,997.25 x 1.5 / 36,000 = 2.7499
    run_through(SETTLING, date(2025, 8, 20), [(SETTLING, account, Decimal("65997.25"))])
    assert LedgerAccount.objects.get(pk=account).carried == Decimal("66000.00")
    assert close(account, date(2025, 8, 20)) == Decimal("66137.50")


def test_both_parts_are_added_before_they_are_rounded():
    """60 carried and 60 of the year: a quarter of a fen each in one day, half a fen together."""
    days.open_first(SETTLING)
    account = member_accounts(on=SETTLING)[0]
    first = SETTLING + timedelta(days=1)
    run_through(SETTLING, date(2025, 7, 2), [(SETTLING, account, Decimal("60")), (first, account, Decimal("60"))])
    kept = LedgerAccount.objects.get(pk=account)
    assert (kept.carried, kept.current) == (60, 60)
    assert closing_interest(account, date(2025, 7, 2)) == Decimal("0.01")


def test_the_rate_and_day_count_of_the_closing_day_hold():
    first = date(2025, 7, 1)
    days.open_first(first)
    account = member_accounts(on=first)[0]
    run_through(first, date(2025, 7, 11), [(first, account, Decimal("36000"))])
    assert closing_interest(account, date(2025, 7, 11)) == Decimal("15.00")  # 360,000 x 1.5 / 36,000
    for rate in (TermName.RATE_CARRIED, TermName.RATE_CURRENT):
        change_term(rate, "3", date(2025, 7, 11))
    assert closing_interest(account, date(2025, 7, 11)) == Decimal("30.00")
    change_term(TermName.DAY_COUNT, "ACT_365", date(2025, 7, 10))
    assert closing_interest(account, date(2025, 7, 11)) == Decimal("29.59")  # 360,000 x 3 / 36,500 = 29.589
    change_term(TermName.DAY_COUNT, "MONTH30_360", date(2025, 7, 11))
    with pytest.raises(DayCountNotKept):
        closing_interest(account, date(2025, 7, 11))


def test_a_settlement_makes_good_what_closings_took_beyond_the_accrual():
    """Nothing is accrued on small sums, a closing pays by the account: the next settlement balances all the same."""
    first = date(2025, 6, 1)
    days.open_first(first)
    leaver, stayer = member_accounts(2, on=first)
    run_through(first, date(2025, 6, 21), [(first, leaver, Decimal("100")), (first, stayer, Decimal("100"))])
    close(leaver, date(2025, 6, 21))  # 100 x 20 x 1.5 / 36,000 = 0.08
    payable = opening.internal("211", 1, on=date(2025, 6, 21))
    assert internal_balance(payable, date(2025, 6, 21)) == Decimal("0.08"), "paid, and never accrued"
    run_through(date(2025, 6, 21), date(2025, 7, 1), [])
    assert settled(stayer) == Decimal("0.13")  # 100 x 30 x 1.5 / 36,000 = 0.125
    assert internal_balance(payable, SETTLING) == 0
    assert internal_balance(opening.internal("41101", 1, on=SETTLING), SETTLING) == Decimal("0.21")
