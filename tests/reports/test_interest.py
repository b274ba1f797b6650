"""The interest year of a member: figures worked out by hand, and the same as what the settlement posted."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from accounts.models import MemberAccount
from deposits.actions import interest as nightly
from hpf.months import Month
from ledger.actions import opening, posting
from ledger.models import LedgerAccount
from reports.queries import interest
from tests.accounts import factories as accounts
from tests.banking.factories import open_first_day
from tests.deposits.factories import night, paid, paying_employer, through
from tests.reports.factories import moved_to, nights

pytestmark = pytest.mark.django_db
FIRST_YEAR, SECOND_YEAR = date(2024, 7, 1), date(2025, 7, 1)


def move(account: MemberAccount, amount: str, *, on: date) -> None:
    """Money in, or out where negative, through the gate."""
    other, size = opening.internal("21903", 0, on=on), abs(Decimal(amount))
    into, out = posting.debit(other, size), posting.credit(account.ledger_account_id, size)
    if amount.startswith("-"):
        into, out = posting.credit(other, size), posting.debit(account.ledger_account_id, size)
    posting.post("deposits.remittance", f"{on}:{amount}", [into, out], by=night(), on=on)


def settled_through(first: date, until: date, moves: dict[date, tuple[MemberAccount, str]]) -> None:
    """Live every day up to, and without, `until`; the settling days with their settlement."""
    day = first
    while day < until:
        if day in moves:
            move(*moves[day], on=day)
        day = nights(day, day + timedelta(days=1)) if (day.month, day.day) == (6, 30) else through(day)


@pytest.fixture
def account():
    """36,000 come on 1 June 2024; in the next year 1,500 come and 5,000 go.

    To 30 June 2024: 36,000 × 30 days × 1.5 % ÷ 360 = 45.00.
    The year after, carried: 36,045 all year (365 days), less 3,500 from 1 March 2025 on (122 days);
    current: 1,500 from 1 September 2024 to 1 March 2025 (181 days). The withdrawal takes the 1,500 first.
    """
    first = date(2024, 6, 1)
    open_first_day(first)
    made = accounts.member_account(on=first, first_month=Month(2024, 6))
    moves = {
        first: (made, "36000.00"),
        date(2024, 9, 1): (made, "1500.00"),
        date(2025, 3, 1): (made, "-5000.00"),
        date(2025, 7, 10): (made, "800.00"),
    }
    settled_through(first, date(2025, 7, 20), moves)
    return made


def year(account, first, on=date(2025, 7, 20)):
    return interest.interest_statement(account, first, on=on)


def test_a_settled_year_is_what_was_posted(account):
    """Carried 36,045 × 365 − 3,500 × 122 = 12,729,425; current 1,500 × 181 = 271,500; × 1.5 % ÷ 360 = 541.705."""
    found = year(account, FIRST_YEAR)
    assert (found.opening, found.came, found.went) == (Decimal("36045.00"), Decimal("1500.00"), Decimal("5000.00"))
    assert [(one.carried, one.current) for one in found.numbers] == [(Decimal("12729425.00"), Decimal("271500.00"))]
    assert (found.carried, found.current) == (Decimal("32545.00"), Decimal("0.00"))
    assert (found.interest, found.so_far) == (Decimal("541.71"), Decimal("541.71"))
    assert found.closing == Decimal("33086.71")


def test_every_month_has_its_balance(account):
    months = {str(row.month): (row.came, row.went, row.balance) for row in year(account, FIRST_YEAR).months}
    assert len(months) == 12
    assert months["2024-08"] == (0, 0, Decimal("36045.00"))
    assert months["2024-09"] == (Decimal("1500.00"), 0, Decimal("37545.00"))
    assert months["2025-03"] == (0, Decimal("5000.00"), Decimal("32545.00"))
    assert months["2025-06"] == (0, 0, Decimal("32545.00"))  # interest stands apart


def test_the_year_an_account_began_starts_with_its_opening(account):
    found = year(account, date(2023, 7, 1))
    assert [str(row.month) for row in found.months] == ["2024-06"]
    assert (found.opening, found.interest, found.closing) == (0, Decimal("45.00"), Decimal("36045.00"))


def test_a_year_that_runs_shows_what_it_would_earn_so_far(account):
    """20 days of 33,086.71 carried and 11 of 800 current, as the ledger's own numbers count them."""
    found = year(account, SECOND_YEAR)
    assert (found.interest, found.until) == (None, date(2025, 7, 20))
    (numbers,) = found.numbers
    assert (numbers.carried, numbers.current) == (Decimal("661734.20"), Decimal("8800.00"))
    assert found.so_far == Decimal("27.94")  # 670,534.20 × 1.5 % ÷ 360 = 27.9389
    assert found.closing == Decimal("33886.71")
    held = LedgerAccount.objects.get(pk=account.ledger_account_id)
    days = (date(2025, 7, 21) - held.counted_to).days
    assert numbers.carried == held.carried_number + held.carried * days
    assert numbers.current == held.current_number + held.current * days


def test_years_are_offered_from_the_first_to_the_running_one(account):
    assert interest.years_of(account, on=date(2025, 7, 20)) == [SECOND_YEAR, FIRST_YEAR, date(2023, 7, 1)]


def test_an_account_that_earned_nothing_is_settled_with_nothing():
    day = open_first_day(date(2026, 6, 30))
    made = accounts.member_account(on=day, first_month=Month(2026, 6))
    assert year(made, SECOND_YEAR, on=day).interest is None
    after = nights(day, date(2026, 7, 1))
    found = year(made, SECOND_YEAR, on=after)
    assert (found.interest, found.closing) == (Decimal("0.00"), Decimal("0.00"))


def test_the_settling_day_itself_still_runs_until_it_is_settled():
    day = open_first_day(date(2026, 6, 30))
    employer = paying_employer(1, on=day)
    paid(employer, Month(2026, 6), on=day)
    made = MemberAccount.objects.get(employer=employer)
    before = year(made, SECOND_YEAR, on=day)
    assert (before.interest, before.so_far) == (None, Decimal("0.04"))  # 1,046.88 × 1 day × 1.5 % ÷ 360 = 0.0436
    after = year(made, SECOND_YEAR, on=nights(day, date(2026, 7, 1)))
    assert (after.interest, after.closing) == (Decimal("0.04"), Decimal("1046.92"))
    assert nightly.SETTLEMENT == interest.SETTLEMENT


def test_a_move_between_offices_is_no_movement_of_the_members():
    """1,046.88 come on 1 June at one office; the member goes to another on 16 June: 30 days earn 1.31 (1.3086)."""
    first = open_first_day(date(2026, 6, 1))
    here, there = paying_employer(1, on=first, at="01"), paying_employer(1, on=first, at="02")
    paid(here, Month(2026, 6), on=first)
    paid(there, Month(2026, 6), on=first)
    made = MemberAccount.objects.get(employer=here)
    moved_to(there, made, on=nights(first, date(2026, 6, 16)))
    after = nights(date(2026, 6, 16), date(2026, 7, 1))
    found = year(made, SECOND_YEAR, on=after)
    assert (found.came, found.went, found.current) == (Decimal("1046.88"), 0, Decimal("1046.88"))
    assert (found.interest, found.so_far) == (Decimal("1.31"), Decimal("1.31"))
    assert year(made, date(2026, 7, 1), on=after).opening == Decimal("1048.19")


def test_the_file_says_what_the_page_says(account):
    rows = list(interest.excel_rows(year(account, FIRST_YEAR)))
    assert {len(row) for row in rows} == {len(interest.EXCEL_HEADER)}
    assert rows[0][0] == "期初余额" and rows[0][5] == Decimal("36045.00")
    assert ["年度利息", Decimal("541.71")] in [[row[0], row[-1]] for row in rows]
    assert rows[-1][3:6] == [Decimal("1500.00"), Decimal("5000.00"), Decimal("33086.71")]
