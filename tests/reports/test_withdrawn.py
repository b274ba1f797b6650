"""Money out in the figures of the desk, added up by hand: withdrawals, their return, closings with their interest."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from accounts.actions import sealing
from accounts.states import SealReason
from banking.actions import results
from banking.actions.results import Report
from banking.states import ResultOutcome
from hpf.months import Month
from reports.queries import desk, figures
from reports.queries.sights import branches_seen_by, sight_of
from reports.states import Figure
from reports.views.tables import TABLES
from tests.banking import owing
from tests.ledger.books import run
from tests.reports.factories import manager, nights
from tests.withdrawals import factories
from tests.withdrawals.factories import ON
from withdrawals.actions import applications, payouts
from withdrawals.rules import Retirement
from withdrawals.states import Category, InquiryKind, InquiryOutcome

pytestmark = pytest.mark.django_db
JULY = Month(2026, 7)


def months(on: date = ON):
    return figures.savings_by_month(sight_of(manager(), None), on=on, months=2)


def withdrawn(on: date = ON, branch=None):
    return figures.withdrawn_by_month(sight_of(manager(), branch), since=JULY, on=on)


def settle(on: date = ON):
    return payouts.settle(by=factories.night(), on=on)


def saved() -> Decimal:
    return run("select sum(balance) from ledger_ledgeraccount where chart_id = '201'")[0][0]


def test_what_is_withdrawn_stands_beside_what_is_deposited_and_one_that_came_back_counts_as_neither():
    account, other = factories.saver("9000.00"), factories.saver("6000.00", at="02")
    before = months()[-1].deposits
    home = factories.approved(account, factories.purchase(), "4000.00")
    factories.decided(factories.submitted(other, factories.purchase("NJ-2"), "1500.00"), by=factories.manager("02"))
    assert (months()[-1].deposits, months()[-1].paid_out) == (before, Decimal("5500.00"))
    [july] = withdrawn()
    assert (july.amounts, july.total, july.count) == ({"PURCHASE": Decimal("5500.00")}, Decimal("5500.00"), 2)
    assert withdrawn(branch=other.employer.branch)[0].total == Decimal("1500.00")
    factories.banked(home, ResultOutcome.FAILED)
    assert settle()["returned"] == 1
    assert (months()[-1].deposits, months()[-1].paid_out) == (before, Decimal("1500.00"))
    assert (withdrawn()[0].total, withdrawn()[0].count) == (Decimal("1500.00"), 1)
    assert months()[-1].balance == saved()


def test_a_closing_pays_its_interest_and_takes_it_away_again_when_it_comes_back():
    """Three days × 1.5 % ÷ 360 of 9,600.00 are 1.20; the bank has what another saved to pay them from."""
    account, _other = factories.saver("9600.00"), factories.saver("3000.00")
    before = months()[-1].deposits
    sealing.seal(account.employer, {account.pk: SealReason.RETIRED}, month=Month(2026, 8), by=factories.night(), on=ON)
    day = nights(ON, ON + timedelta(days=3))
    account.refresh_from_db()
    factories.answered(account, InquiryKind.RETIREMENT, InquiryOutcome.FOUND, "2026-06-30", on=day)
    asked = factories.application(factories.wish(account, Retirement(date(2026, 6, 30))))
    row = applications.submit(asked, by=factories.night(), on=day)
    july = months(day)[-1]
    assert (july.deposits, july.interest, july.paid_out) == (before, Decimal("1.20"), Decimal("9601.20"))
    assert withdrawn(day)[0].amounts == {Category.RETIREMENT: Decimal("9601.20")}
    payment = factories.payment_of(row)
    owing.claimed(payment.account.bank, on=day)
    told = Report(payment.reference, owing.said(ResultOutcome.FAILED), owing.AT, day)
    results.report(payment.account.bank, told, by=factories.night(), on=day)
    assert settle(day)["returned"] == 1
    july = months(day)[-1]
    assert (july.deposits, july.interest, july.paid_out, july.balance) == (before, 0, 0, saved())
    assert withdrawn(day)[0].total == 0


def test_the_tables_of_the_desk_name_every_category():
    factories.approved(factories.saver("9000.00"), factories.purchase(), "4000.00")
    user = manager()
    table = TABLES[Figure.WITHDRAWALS](desk.desk_of(sight_of(user, None), list(branches_seen_by(user)), on=ON))
    assert table.header == ["月份", "租房(元)", "购房(元)", "离退休(元)", "偿还购房贷款本息(元)", "合计(元)", "笔数"]
    assert [cell.value for cell in table.rows[-1]] == ["2026-07", 0, Decimal(4000), 0, 0, Decimal(4000), 1]
    assert all(cell.address for cell in table.rows[-1][1:6])
