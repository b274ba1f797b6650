"""A payout that was undone costs its member nothing: the year's settlement pays what it would have paid without it."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import transaction

from deposits.queries import closing_interest
from ledger.actions import days, holds, opening, payouts
from ledger.models import LedgerAccount
from policy.states import TermName
from tests.deposits.factories import night
from tests.deposits.test_closing_interest import close
from tests.deposits.test_interest import change_term, end, member_accounts, move, settled

pytestmark = pytest.mark.django_db

FIRST = date(2025, 5, 20)
KIND = "deposits.remittance"


def pay_out(account, amount, on):
    owed = opening.internal("21903", 1, on=on)
    with transaction.atomic():
        holds.place(KIND, f"out {account}", account, amount, by=night(), on=on)
        payout = payouts.Payout(kind=KIND, source=f"out {account}", account=account, to_account=owed, amount=amount)
        return payouts.pay_out(payout, by=night(), on=on)


def undo(voucher, on):
    with transaction.atomic():
        payouts.undo(voucher, KIND, f"undo {voucher}", by=night(), on=on, why="银行退回")


def closing(account, on):
    close(account, on)
    return LedgerAccount.objects.get(pk=account).payouts.get().voucher_id


def live(accounts, *, leaves, back):
    """The year's last weeks: all begin alike, a part and a whole balance go and come back, the year is settled."""
    for account in accounts:
        move(account, Decimal("54321.09"), on=FIRST)
    (_stayed, part, whole), day, paid = accounts, FIRST, []
    while day <= date(2025, 6, 30):
        if day == leaves:
            paid = [pay_out(part, Decimal("30000.01"), day), closing(whole, day)]
        for voucher in paid if day == back else []:
            undo(voucher, day)
        day = end(day, accrues=False)


@pytest.mark.parametrize("changes", [None, 12], ids=["one rate", "a rate that changes while the money is away"])
def test_settlement_pays_as_if_the_money_had_stayed(changes):
    days.open_first(FIRST)
    accounts = member_accounts(3, on=FIRST)
    for name in (TermName.RATE_CARRIED, TermName.RATE_CURRENT) if changes else ():
        change_term(name, "2.75", FIRST + timedelta(days=changes))
    live(accounts, leaves=FIRST + timedelta(days=7), back=FIRST + timedelta(days=20))
    stayed, part, whole = map(settled, accounts)
    assert part == whole == stayed > 0
    kept = LedgerAccount.objects.filter(pk__in=accounts).order_by("pk").values_list("carried", "current")
    assert len(set(kept)) == 1


def test_closing_interest_of_an_account_that_came_back_is_what_it_was():
    days.open_first(FIRST)
    (account,) = member_accounts(1, on=FIRST)
    move(account, Decimal("36000"), on=FIRST)
    day = end(FIRST, accrues=False)
    voucher = closing(account, day)
    day = end(end(day, accrues=False), accrues=False)
    undo(voucher, day)
    assert closing_interest(account, day) == Decimal("4.50")  # 36,000 x 3 x 1.5 / 36,000
