"""A member who changes office within the year is paid what a neighbour is paid who stayed, to the fen."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from access.queries import night_user
from accounts.actions import sealing, transfers
from accounts.models import MemberAccount
from accounts.queries import statement_of
from accounts.states import SealReason
from audit.actions import inspection
from hpf.months import Month
from ledger.actions import days
from ledger.models import LedgerAccount
from ledger.queries import internal_balance
from policy.states import TermName
from tests.accounts import factories
from tests.deposits.test_interest import change_term, end, move, run_through, settled

FIRST = date(2025, 6, 21)
NEXT_YEAR = date(2025, 7, 1)
BOOKS = ("I1", "I2", "I3", "I4", "I6", "I12")


def pair(on):
    """A mover and a neighbour who stays, both of the office 01 and sealed, so that the mover may go at any time."""
    employer = factories.employer(on=on)
    month = Month.of(on).next()
    given = {"on": on, "first_month": month}
    both = [factories.member_account(employer, **given) for _ in range(2)]
    leavers = {account.pk: SealReason.ENDED for account in both}
    sealing.seal(employer, leavers, month=month, by=night_user(), on=on)
    return both


def go(account, code, *, on):
    """The account follows its member to an employer of another office."""
    account = MemberAccount.objects.get(pk=account.pk)
    paying = transfers.Paying(account.base, account.employer_ratio, account.member_ratio)
    employer = factories.employer(at=code, on=on)
    transfers.take_in(employer, {account.pk: paying}, by=night_user(), on=on)
    account.refresh_from_db()
    month = Month.of(on).plus(6)  # sealed again at once, so that it may go on
    MemberAccount.objects.filter(pk=account.pk).update(first_month=str(month.next()))
    sealing.seal(employer, {account.pk: SealReason.ENDED}, month=month, by=night_user(), on=on)
    return account


def kept(account):
    """What the books keep for a member account now."""
    return LedgerAccount.objects.get(pk=MemberAccount.objects.get(pk=account.pk).ledger_account_id)


def parts(account):
    """Both parts and their interest numbers, brought up to one day."""
    row = kept(account)
    days_since = (date(2030, 1, 1) - row.counted_to).days
    numbers = row.carried_number + row.carried * days_since, row.current_number + row.current * days_since
    return row.balance, row.carried, row.current, *numbers


HISTORIES = st.lists(
    st.tuples(st.integers(0, 9), st.integers(1, 10_000_000), st.booleans()), min_size=1, max_size=6
).map(sorted)


def live(both, history, moves, *, until):
    """The same money for both on the same days; the mover goes to the next office on each day of `moves`."""
    day, offices = FIRST, iter(["04", "05", "01"])
    while day < until:
        due = [row for row in history if FIRST + timedelta(days=row[0]) == day]
        for before_moving in (True, False):
            for _, fen, early in due:
                if early == before_moving:
                    for account in both:
                        move(kept(account).pk, Decimal(fen) / 100, on=day)
            if before_moving and day in moves:
                go(both[0], next(offices), on=day)
        day = end(day)


@pytest.mark.django_db
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(HISTORIES, st.lists(st.integers(0, 9), min_size=1, max_size=3, unique=True), st.booleans(), st.integers(1, 9))
def test_mover_earns_what_the_neighbour_earns(history, moving, rate_changes, changed):
    """With one rate by the interest numbers, and by the entries where the rate changed for all money (R-205)."""
    with transaction.atomic():
        days.open_first(FIRST)
        if rate_changes:
            for name in (TermName.RATE_CARRIED, TermName.RATE_CURRENT):
                change_term(name, "0.95", FIRST + timedelta(days=changed))
        both = pair(FIRST)
        live(both, history, {FIRST + timedelta(days=offset) for offset in moving}, until=NEXT_YEAR)
        interest = [settled(kept(account).pk) for account in both]
        assert interest[0] == interest[1]
        assert parts(both[0]) == parts(both[1])
        for account in both:
            account.refresh_from_db()
        said = [[row["change"] for row in statement_of(account, on=NEXT_YEAR)] for account in both]
        assert said[0] == said[1]
        findings = inspection.inspect(NEXT_YEAR)  # the days are closed here without the steps of the night
        assert [one.check.title for one in findings if one.check.invariant in BOOKS and not one.holds] == []
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_both_parts_and_their_numbers_go_along():
    """Carried-forward money stays carried-forward money, and is taken out after the current year's as before."""
    first = date(2025, 6, 29)
    days.open_first(first)
    both = pair(first)
    same = [(first, Decimal("10000.00")), (date(2025, 7, 2), Decimal("321.09")), (date(2025, 7, 9), Decimal("-400.00"))]
    movements = [(on, kept(account).pk, amount) for account in both for on, amount in same]
    run_through(first, date(2025, 7, 10), movements)
    before = kept(both[0])
    assert before.carried > 0 and before.carried_number > 0
    go(both[0], "04", on=date(2025, 7, 10))
    old, new = LedgerAccount.objects.get(pk=before.pk), kept(both[0])
    assert (old.balance, old.carried, old.current, old.carried_number, old.current_number) == (0, 0, 0, 0, 0)
    assert old.closed_on == date(2025, 7, 10) and new.branch.code == "04"
    assert parts(both[0]) == parts(both[1])
    for account in both:
        move(kept(account).pk, Decimal("-100.00"), on=date(2025, 7, 10))
    assert parts(both[0]) == parts(both[1])


@pytest.mark.django_db
def test_what_moved_at_an_earlier_office_after_the_rate_changed_earns_the_new_rate():
    """Days 21 and 22 at 1.50 percent, 23 to 30 at 0.75; saved at three offices, one after the other (R-205, R-207)."""
    days.open_first(FIRST)
    for name in (TermName.RATE_CARRIED, TermName.RATE_CURRENT):
        change_term(name, "0.75", date(2025, 6, 23))
    mover = pair(FIRST)[0]
    came = {
        21: "24000.00",  # 2 days of 1.00 and 8 of 0.50: 6.00
        23: "48000.00",  # 8 days of 1.00: 8.00
        25: "-12000.00",  # 6 days of 0.25: -1.50
        27: "96000.00",  # 4 days of 2.00: 8.00
        29: "36000.00",  # 2 days of 0.75: 1.50
    }
    goes = {26: "04", 28: "05"}
    for number in range(21, 31):
        day = date(2025, 6, number)
        if number in goes:
            go(mover, goes[number], on=day)
        if number in came:
            move(kept(mover).pk, Decimal(came[number]), on=day)
        end(day)
    assert settled(kept(mover).pk) == Decimal("22.00")


@pytest.mark.django_db
def test_what_an_office_accrued_before_the_move_is_put_right_on_the_settling_day():
    """R-207: nothing is left in 应付利息, the office that pays bears the year, and the sum is what was paid."""
    days.open_first(FIRST)
    both, stays = pair(FIRST), pair(FIRST)
    for account in both + stays:
        move(kept(account).pk, Decimal("24000.00"), on=FIRST)
    run_through(FIRST, date(2025, 6, 26), [], accrues=True)
    go(both[0], "04", on=date(2025, 6, 26))
    run_through(date(2025, 6, 26), NEXT_YEAR, [], accrues=True)
    paid = settled(kept(both[0]).pk)
    assert paid == Decimal("10.00")  # ten days of 24,000 yuan at 1.5 percent over 360
    internal = {
        (row.chart_id, row.branch.code): internal_balance(row.pk, date(2025, 6, 30))
        for row in LedgerAccount.objects.filter(shared=True, chart__in=["211", "41101"]).select_related("branch")
    }
    assert internal == {("211", "01"): 0, ("211", "04"): 0, ("41101", "01"): 30, ("41101", "04"): 10}
