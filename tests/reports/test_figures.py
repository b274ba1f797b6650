"""The figures of the desk, added up by hand: each member of 6,543.00 at 8 + 8 percent brings 1,046.88 a month."""

from datetime import date
from decimal import Decimal

import pytest

from access.models import Branch
from accounts.actions import sealing
from accounts.models import MemberAccount
from accounts.states import SealReason
from deposits.states import SuspenseAge
from hpf.months import Month
from reports.queries import desk as desks
from reports.queries import figures
from reports.queries.sights import branches_seen_by, sight_of
from tests.deposits.factories import EACH, arrived, funded, night, paid, paying_employer, submitted
from tests.ledger.books import as_owner, run
from tests.reports.factories import FIRST, manager, moved_to, nights, opened

pytestmark = pytest.mark.django_db
JUNE, JULY = Month(2026, 6), Month(2026, 7)


def whole(user=None):
    return sight_of(user or manager(), None)


def of_office(code):
    return sight_of(manager(), Branch.objects.get(code=code))


@pytest.fixture
def fund():
    """Three members at Longchang and two at another office pay June on 1 June; on 1 July Longchang pays July."""
    opened()
    here, there = paying_employer(3, on=FIRST), paying_employer(2, on=FIRST, at="02")
    paid(here, JUNE, on=FIRST)
    paid(there, JUNE, on=FIRST)
    day = nights(FIRST, date(2026, 7, 1))
    paid(here, JULY, on=day)
    return here, there, day


def test_deposits_leave_out_the_interest_of_the_year(fund):
    """30 days × 1.5 % ÷ 360 of 1,046.88 are 1.31 (1.3086) for each of the five members."""
    _here, _there, day = fund
    june, july = figures.savings_by_month(whole(), on=day, months=24)
    assert (june.month, june.deposits, june.interest) == (JUNE, 5 * EACH, Decimal("6.55"))
    assert (july.month, july.deposits, july.interest) == (JULY, 3 * EACH, 0)
    assert (june.balance, july.balance) == (5 * EACH + Decimal("6.55"), 8 * EACH + Decimal("6.55"))
    assert (june.paid_out, july.paid_out) == (0, 0)


def test_the_last_balance_is_what_the_accounts_hold(fund):
    _here, _there, day = fund
    held = run("select sum(balance) from ledger_ledgeraccount where chart_id = '201'")[0][0]
    assert figures.savings_by_month(whole(), on=day, months=2)[-1].balance == held


def test_an_office_has_its_own_figures(fund):
    _here, _there, day = fund
    june, july = figures.savings_by_month(of_office("02"), on=day, months=24)
    assert (june.deposits, june.interest) == (2 * EACH, Decimal("2.62"))
    assert (july.deposits, july.balance) == (0, 2 * EACH + Decimal("2.62"))


def test_savings_that_change_the_office_are_no_deposits(fund):
    """One of Longchang's three, with 2,095.07 (2 × 1,046.88 and 1.31), goes to the other office."""
    here, there, day = fund
    account = MemberAccount.objects.filter(employer=here).order_by("number")[0]
    moved_to(there, account, on=day)
    july = figures.savings_by_month(whole(), on=day, months=2)[-1]
    assert (july.deposits, july.paid_out) == (3 * EACH, 0)
    left, joined = (figures.savings_by_month(of_office(code), on=day, months=2)[-1] for code in ("01", "02"))
    assert (left.deposits, left.paid_out, left.moved_out) == (3 * EACH, 0, Decimal("2095.07"))
    assert (joined.deposits, joined.paid_out, joined.moved_in) == (0, 0, Decimal("2095.07"))
    assert left.balance + joined.balance == july.balance


def test_months_before_the_window_stand_in_the_first_balance(fund):
    _here, _there, day = fund
    after = nights(day, date(2026, 9, 1))
    august, september = figures.savings_by_month(whole(), on=after, months=2)
    assert (august.came, september.came) == (0, 0)
    assert august.balance == september.balance == 8 * EACH + Decimal("6.55")


def test_settlement_that_earned_less_than_was_accrued_counts_what_it_paid():
    """331.20 yuan earn 0.0138 on the last day, 0.01 each, 0.20 together; accrued in sum were 0.28."""
    day = opened(date(2026, 6, 30))
    employer = paying_employer(20, on=day, bases=["2070.00"] * 20)
    paid(employer, JUNE, on=day)
    nights(day, date(2026, 7, 1))
    june, _ = figures.savings_by_month(whole(), on=date(2026, 7, 1), months=2)
    assert (june.interest, june.deposits) == (Decimal("0.20"), 20 * Decimal("331.20"))


def test_who_paid_counts_lists_that_are_allocated(fund):
    here, there, day = fund
    waiting = submitted(there, JULY, on=day)
    june, july = figures.paid_months(whole(), on=day, months=24)
    assert (june.employers, june.members, june.amount, june.waiting) == (2, 5, 5 * EACH, 0)
    assert (july.employers, july.members, july.amount, july.waiting) == (1, 3, 3 * EACH, waiting.total)
    lists = figures.waiting_lists(whole())
    assert (lists.count, lists.amount, lists.oldest) == (1, 2 * EACH, "2026-07")
    assert figures.waiting_lists(of_office("01")).count == 0
    assert here.pk != there.pk


def test_offices_stand_beside_each_other(fund):
    here, _there, day = fund
    account = MemberAccount.objects.filter(employer=here).order_by("number")[0]
    sealing.seal(here, {account.pk: SealReason.ENDED}, month=Month(2026, 8), by=night(), on=day)
    rows = {row.branch.code: row for row in figures.branch_figures(branches_seen_by(manager()), on=day)}
    assert (rows["01"].paying_employers, rows["01"].paying_members, rows["01"].sealed_members) == (1, 2, 1)
    assert (rows["02"].paying_employers, rows["02"].paying_members, rows["02"].sealed_members) == (1, 2, 0)
    assert rows["02"].savings == 2 * EACH + Decimal("2.62")
    assert (rows["00"].paying_members, rows["00"].savings) == (0, 0)


def test_nameless_money_is_shown_by_its_age():
    day = opened(date(2026, 7, 1))
    for amount, came in [("10.00", 1), ("20.00", 7), ("40.00", 8), ("80.00", 31)]:
        arrived(amount, on=date(2026, 7, 1), paid_on=date.fromordinal(day.toordinal() - came), remark="无")
    ages = {one.age: (one.count, one.amount) for one in figures.unidentified_by_age(on=day)}
    assert ages == {
        SuspenseAge.WEEK: (2, Decimal("30.00")),
        SuspenseAge.MONTH: (1, Decimal("40.00")),
        SuspenseAge.QUARTER: (1, Decimal("80.00")),
        SuspenseAge.LONGER: (0, Decimal("0.00")),
    }


def test_unallocated_money_is_as_old_as_the_last_that_came(fund):
    here, there, day = fund
    for employer, amount in ((here, "5.00"), (there, "7.00")):
        listed = employer.remittances.get(month="2026-06")
        funded(employer, amount, reference=listed.reference, on=day)
    later = nights(day, date(2026, 7, 11))
    ages = {one.age: (one.count, one.amount) for one in figures.unallocated_by_age(whole(), on=later)}
    assert ages[SuspenseAge.MONTH] == (2, Decimal("12.00"))
    assert sum(count for count, _amount in ages.values()) == 2
    office = figures.unallocated_by_age(of_office("02"), on=later)
    assert sum(one.amount for one in office) == Decimal("7.00")


def test_receipts_have_a_row_for_every_day(fund):
    _here, _there, day = fund
    arrived("12.34", on=day)
    rows = figures.receipts_by_day(on=day, days=31)
    assert (rows[0].day, rows[0].count, rows[0].amount) == (FIRST, 2, 5 * EACH)
    assert (rows[1].count, rows[1].amount) == (0, 0)
    assert (rows[-1].day, rows[-1].count, rows[-1].amount) == (day, 2, 3 * EACH + Decimal("12.34"))


def test_a_fresh_fund_has_nothing_to_show():
    day = opened()
    user = manager()
    empty = desks.desk_of(whole(user), list(branches_seen_by(user)), on=day)
    assert empty.is_empty
    assert [one.balance for one in empty.savings] == [0, 0]
    assert desks.night_seen_by(user) == desks.Night(closed=None, closing=None)


def test_the_night_is_told(fund):
    _here, _there, day = fund
    assert desks.night_seen_by(manager()) == desks.Night(closed=date(2026, 6, 30), closing=None)
    assert day == date(2026, 7, 1)


def test_a_step_that_failed_is_told(fund):
    _here, _there, day = fund
    with as_owner():
        run("update ledger_businessday set status = 'CLOSING' where day = %s", day)
        run(
            "insert into ledger_stepshard (day, step, shard, status, holder, token, attempt, expected, done, posts,"
            " checksum, error, counts) values (%s, 'accrue', 'all', 'FAILED', '', 1, 1, 0, 0, '', '', 'x', '{}')",
            day,
        )
    night_now = desks.night_seen_by(manager())
    assert (night_now.closing, night_now.failed) == (day, True)
