"""The night's accrual and the yearly settlement: what is posted is what the calculator says, to the fen."""

import itertools
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deposits import rules
from deposits.actions import interest
from deposits.queries import DayCountNotKept
from deposits.rules import DatedRate, Movement
from hpf.errors import Refusal
from ledger.actions import days, opening, posting
from ledger.models import Entry, LedgerAccount, Voucher
from ledger.queries import balance_of, internal_balance, statement
from ledger.states import AccountKind
from policy.states import DayCount, TermName
from tests.deposits.factories import night
from tests.ledger.books import as_owner, run

RATES = [DatedRate(date(2016, 2, 21), Decimal("1.50"))]
SETTLING = date(2025, 6, 30)
_sources = itertools.count(1)


def member_accounts(count=1, *, branch=1, on):
    return opening.open_accounts(AccountKind.MEMBER, [branch] * count, on=on)


def move(account, amount, *, on):
    """Money in, or out where negative, through the gate."""
    other = opening.internal("21903", 0, on=on)
    pair = (posting.debit, posting.credit) if amount > 0 else (posting.credit, posting.debit)
    entries = [pair[0](other, abs(amount)), pair[1](account, abs(amount))]
    posting.post("deposits.remittance", f"t{next(_sources)}", entries, by=night(), on=on)


def end(day, *, accrues=True):
    """The night of a day, as hpf.dayend orders it."""
    days.turn(day)
    if accrues:
        interest.accrue(by=night(), on=day)
    settle(on=day)
    days.close(day)
    return day + timedelta(days=1)


def settle(*, on):
    """The yearly settlement, branch by branch, as the night's workers do it; answers how many accounts it paid."""
    return {code: interest.settle_branch(code, by=night(), on=on) for code in interest.branches_to_settle(on)}


def run_through(first, until, movements, *, accrues=False):
    """Live every day from `first` up to, and without, `until`."""
    day = first
    while day < until:
        for on, account, amount in movements:
            if on == day:
                move(account, amount, on=day)
        day = end(day, accrues=accrues)


def settled(account):
    entry = Entry.objects.filter(account=account, voucher__kind="deposits.interest_settlement").order_by("-booked_on")
    return entry.first().amount if entry else Decimal("0.00")


def calculated(opening_balance, since, until, movements):
    made = [Movement(on, amount) for on, _, amount in movements if since <= on < until]
    return rules.member_interest(opening_balance, since, until, made, RATES, DayCount.ACT_360).interest


@pytest.mark.django_db
def test_accrual_is_one_voucher_a_branch_and_rounded_once():
    day = date(2025, 3, 3)
    days.open_first(day)
    for account in member_accounts(3, on=day):
        move(account, Decimal("1000.10"), on=day)
    days.turn(day)
    assert interest.accrue(by=night(), on=day) == {"branches": 1}
    voucher = Voucher.objects.get(kind="deposits.interest_accrual")
    assert (voucher.source, voucher.total) == ("2025-03-03:01", Decimal("0.13"))  # 3000.30 × 1.5% ÷ 360 = 0.12501
    assert internal_balance(opening.internal("211", 1, on=day), day) == Decimal("-0.13")
    assert internal_balance(opening.internal("41101", 1, on=day), day) == Decimal("0.13")
    assert interest.accrue(by=night(), on=day) == {"branches": 0}  # again, without harm


@pytest.mark.django_db
def test_empty_fund_accrues_nothing():
    day = date(2025, 3, 3)
    days.open_first(day)
    member_accounts(2, on=day)
    assert interest.accrue(by=night(), on=day) == {"branches": 0}
    assert not Voucher.objects.exists()


@pytest.mark.django_db
def test_nothing_is_settled_on_another_day():
    day = date(2025, 6, 29)
    days.open_first(day)
    move(member_accounts(on=day)[0], Decimal("1000.00"), on=day)
    assert interest.branches_to_settle(day) == {}


@pytest.mark.django_db
def test_settlement_pays_the_accounts_out_of_what_was_accrued():
    first = date(2025, 6, 1)
    days.open_first(first)
    one, two, idle = member_accounts(3, on=first)
    far = member_accounts(branch=2, on=first)[0]
    movements = [
        (first, one, Decimal("120000.00")),
        (date(2025, 6, 30), two, Decimal("120000.00")),  # the settling day counts
        (first, far, Decimal("36000.00")),
    ]
    run_through(first, date(2025, 7, 1), movements, accrues=True)
    # 120,000 × 30 × 1.5% ÷ 360 = 150.00; one day 5.00; 36,000 × 30 × 1.5% ÷ 360 = 45.00
    assert (settled(one), settled(two), settled(idle), settled(far)) == (
        Decimal("150.00"),
        Decimal("5.00"),
        Decimal("0.00"),
        Decimal("45.00"),
    )
    vouchers = Voucher.objects.filter(kind="deposits.interest_settlement").order_by("source")
    assert [(row.source, row.total) for row in vouchers] == [
        ("2025-06-30:01", Decimal("155.00")),
        ("2025-06-30:02", Decimal("45.00")),
    ]
    assert all(internal_balance(opening.internal("211", branch, on=SETTLING), SETTLING) == 0 for branch in (1, 2))
    assert internal_balance(opening.internal("41101", 1, on=SETTLING), SETTLING) == Decimal("155.00")
    account = LedgerAccount.objects.get(pk=one)
    assert (account.carried, account.current, account.carried_number) == (Decimal("120150.00"), 0, 0)
    assert account.counted_to == date(2025, 7, 1)
    row = statement(one, SETTLING, date(2025, 7, 1)).get()
    assert (row["booked_on"], row["interest_on"], row["why"]) == (SETTLING, date(2025, 7, 1), "2024至2025年度结息")


@pytest.mark.django_db
def test_difference_to_the_accrual_goes_to_the_expense():
    """A thousand small balances: the accrual rounds once a branch, the settlement once an account."""
    days.open_first(SETTLING)
    for account in member_accounts(20, on=SETTLING):
        move(account, Decimal("200.00"), on=SETTLING)  # a day earns 0.00833, so 0.01 each, 0.17 together
    end(SETTLING)
    assert internal_balance(opening.internal("211", 1, on=SETTLING), SETTLING) == 0
    assert internal_balance(opening.internal("41101", 1, on=SETTLING), SETTLING) == Decimal("0.20")


@pytest.mark.django_db
def test_difference_may_lessen_the_expense():
    days.open_first(SETTLING)
    for account in member_accounts(20, on=SETTLING):
        move(account, Decimal("100.00"), on=SETTLING)  # 0.00417 each is nothing, 0.08 together
    end(SETTLING)
    assert internal_balance(opening.internal("41101", 1, on=SETTLING), SETTLING) == 0
    assert Voucher.objects.get(kind="deposits.interest_settlement").total == Decimal("0.08")
    turned = LedgerAccount.objects.filter(bears_interest=True)
    assert set(turned.values_list("carried", "current")) == {(Decimal("100.00"), Decimal("0.00"))}


@pytest.mark.django_db
def test_settlement_run_again_goes_on_where_it_stopped():
    days.open_first(SETTLING)
    for branch in (1, 2):
        move(member_accounts(branch=branch, on=SETTLING)[0], Decimal("1000.00"), on=SETTLING)
    days.turn(SETTLING)
    interest.accrue(by=night(), on=SETTLING)
    assert interest.branches_to_settle(SETTLING) == {"01": 1, "02": 1}
    assert interest.settle_branch("01", by=night(), on=SETTLING) == 1
    assert settle(on=SETTLING) == {"01": 0, "02": 1}
    assert settle(on=SETTLING) == {"01": 0, "02": 0}


@pytest.mark.django_db
def test_two_years_with_a_settlement_between_them():
    """What the first year earned earns in the second; a withdrawal takes current-year money first."""
    first = date(2024, 6, 20)
    days.open_first(first)
    account = member_accounts(on=first)[0]
    movements = [
        (first, account, Decimal("50000.00")),
        (date(2024, 7, 15), account, Decimal("1500.00")),
        (date(2025, 3, 3), account, Decimal("-30000.00")),
        (date(2025, 6, 30), account, Decimal("777.77")),
    ]
    run_through(first, date(2024, 7, 1), movements)
    earlier = settled(account)
    assert earlier == calculated(Decimal("0.00"), first, date(2024, 7, 1), movements)
    run_through(date(2024, 7, 1), date(2025, 7, 1), movements)
    later = calculated(Decimal("50000.00") + earlier, date(2024, 7, 1), date(2025, 7, 1), movements)
    assert settled(account) == later


@st.composite
def histories(draw):
    """Some movements of June, in and out, never below nothing."""
    balance, movements = Decimal("0.00"), []
    for offset in sorted(draw(st.lists(st.integers(0, 9), min_size=1, max_size=12))):
        fen = draw(st.integers(-int(balance * 100), 5_000_000_00))
        if fen:
            balance += Decimal(fen) / 100
            movements.append((date(2025, 6, 21) + timedelta(days=offset), Decimal(fen) / 100))
    return movements


@pytest.mark.django_db
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(histories(), min_size=1, max_size=3))
def test_settlement_is_what_the_calculator_says(several):
    first = date(2025, 6, 21)
    with transaction.atomic():
        days.open_first(first)
        accounts = member_accounts(len(several), on=first)
        movements = [
            (on, account, amount) for account, made in zip(accounts, several, strict=True) for on, amount in made
        ]
        run_through(first, date(2025, 7, 1), movements)
        for account in accounts:
            mine = [row for row in movements if row[1] == account]
            assert settled(account) == calculated(Decimal("0.00"), first, date(2025, 7, 1), mine)
            kept = LedgerAccount.objects.get(pk=account)
            assert kept.balance == sum(row[2] for row in mine) + settled(account)
            if Voucher.objects.filter(kind="deposits.interest_settlement").exists():
                assert (kept.carried, kept.current) == (kept.balance, 0)
        transaction.set_rollback(True)


@pytest.mark.django_db
@pytest.mark.parametrize("fen", [1, 11_999, 12_000, 12_001, 36_000, 99_999_999_999_99])
def test_half_a_fen_is_rounded_up_and_never_twice(fen):
    """One day at 1.5 percent over 360 is 1/24000: 120 yuan are exactly half a fen; a long quotient is not cut first."""
    days.open_first(SETTLING)
    account = member_accounts(on=SETTLING)[0]
    move(account, Decimal(fen) / 100, on=SETTLING)
    move(member_accounts(on=SETTLING)[0], Decimal("24000.00"), on=SETTLING)
    end(SETTLING)
    assert settled(account) == Decimal((2 * fen + 24000) // 48000) / 100


def change_term(name, value, since):
    with as_owner():
        run("update policy_term set valid_to = %s where name = %s and valid_to is null", since, name.value)
        run(
            "insert into policy_term (name, value, valid_from, document, source, to_confirm, note)"
            " values (%s, %s, %s, '', '测试', false, '')",
            name.value, value, since,
        )  # fmt: skip


@pytest.mark.django_db
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(histories(), min_size=1, max_size=3), st.integers(1, 9))
def test_rate_that_changed_for_all_money_cuts_the_year(several, offset):
    """Each stretch earns its own rate, as the calculator says (R-205)."""
    first, changed = date(2025, 6, 21), date(2025, 6, 21) + timedelta(days=offset)
    with transaction.atomic():
        days.open_first(first)
        for name in (TermName.RATE_CARRIED, TermName.RATE_CURRENT):
            change_term(name, "0.95", changed)
        accounts = member_accounts(len(several), on=first)
        movements = [
            (on, account, amount) for account, made in zip(accounts, several, strict=True) for on, amount in made
        ]
        run_through(first, date(2025, 7, 1), movements)
        rates = [*RATES, DatedRate(changed, Decimal("0.95"))]
        for account in accounts:
            mine = [Movement(on, amount) for on, owner, amount in movements if owner == account]
            said = rules.member_interest(Decimal("0.00"), first, date(2025, 7, 1), mine, rates, DayCount.ACT_360)
            assert settled(account) == said.interest
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_year_that_began_with_money_is_cut_too():
    """What was carried forward, and the interest that counts from 1 July, earn both rates."""
    first, changed = date(2024, 6, 20), date(2024, 12, 1)
    days.open_first(first)
    for name in (TermName.RATE_CARRIED, TermName.RATE_CURRENT):
        change_term(name, "1.30", changed)
    account = member_accounts(on=first)[0]
    movements = [
        (first, account, Decimal("80000.00")),
        (date(2024, 7, 1), account, Decimal("500.00")),
        (date(2024, 12, 1), account, Decimal("-600.00")),
        (date(2025, 6, 30), account, Decimal("777.77")),
    ]
    run_through(first, date(2024, 7, 1), movements)
    earlier = settled(account)
    run_through(date(2024, 7, 1), date(2025, 7, 1), movements)
    made = [Movement(on, amount) for on, _, amount in movements[1:]]
    rates = [*RATES, DatedRate(changed, Decimal("1.30"))]
    said = rules.member_interest(
        Decimal("80000.00") + earlier, date(2024, 7, 1), date(2025, 7, 1), made, rates, DayCount.ACT_360
    )
    assert settled(account) == said.interest


@pytest.mark.django_db
def test_change_of_rate_is_left_out_where_the_centre_says_so():
    """Without segments the rate of the settling day holds for the whole year."""
    days.open_first(SETTLING - timedelta(days=1))
    account = member_accounts(on=SETTLING - timedelta(days=1))[0]
    for name in (TermName.RATE_CARRIED, TermName.RATE_CURRENT):
        change_term(name, "3.00", SETTLING)
    change_term(TermName.SEGMENT_ON_CHANGE, "no", date(2025, 1, 1))
    run_through(SETTLING - timedelta(days=1), date(2025, 7, 1), [(date(2025, 6, 29), account, Decimal("12000.00"))])
    assert settled(account) == Decimal("2.00")  # 12,000 × 2 × 3% ÷ 360; by segments it would be 1.50


@pytest.mark.django_db
def test_rate_that_changed_for_one_part_is_not_settled_by_guess():
    days.open_first(SETTLING)
    move(member_accounts(on=SETTLING)[0], Decimal("24000.00"), on=SETTLING)
    change_term(TermName.RATE_CARRIED, "1.30", date(2025, 1, 1))
    with pytest.raises(interest.RateChanged) as refused:
        settle(on=SETTLING)
    assert "2025-01-01" in refused.value.sentence
    assert isinstance(refused.value, Refusal)


@pytest.mark.django_db
def test_day_count_the_books_do_not_keep_is_refused():
    days.open_first(SETTLING)
    change_term(TermName.DAY_COUNT, "MONTH30_360", date(2025, 1, 1))
    move(member_accounts(on=SETTLING)[0], Decimal("1000.00"), on=SETTLING)
    with pytest.raises(DayCountNotKept):
        settle(on=SETTLING)


@pytest.mark.django_db
def test_fund_that_earned_no_fen_is_carried_forward_without_a_voucher():
    """Less than half a fen is nothing: the year ends for it all the same, and the next begins afresh."""
    days.open_first(SETTLING)
    account = member_accounts(on=SETTLING)[0]
    move(account, Decimal("0.01"), on=SETTLING)
    end(SETTLING)
    kept = LedgerAccount.objects.get(pk=account)
    assert (kept.balance, kept.carried, kept.current) == (Decimal("0.01"), Decimal("0.01"), 0)
    assert (kept.current_number, kept.counted_to) == (0, SETTLING + timedelta(days=1))
    assert not Voucher.objects.filter(kind="deposits.interest_settlement").exists()


@pytest.mark.django_db
def test_year_of_365_days_is_a_parameter():
    days.open_first(SETTLING)
    account = member_accounts(on=SETTLING)[0]
    change_term(TermName.DAY_COUNT, "ACT_365", date(2025, 1, 1))
    move(account, Decimal("36500.00"), on=SETTLING)
    end(SETTLING)
    assert settled(account) == Decimal("1.50")


def test_branches_are_settled_side_by_side(own_database):
    """Nothing of one branch waits for another's, so that workers may share them."""
    days.open_first(SETTLING)
    accounts = [member_accounts(branch=branch, on=SETTLING)[0] for branch in (1, 2)]
    for account in accounts:
        with transaction.atomic():
            move(account, Decimal("100000.00"), on=SETTLING)
    days.turn(SETTLING)
    met = threading.Barrier(2, timeout=60)

    def work(code: str) -> int:
        try:
            with transaction.atomic():
                paid = interest.settle_branch(code, by=night(), on=SETTLING)
                met.wait()  # neither has committed, and both are done
            return paid
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(work, interest.branches_to_settle(SETTLING))) == [1, 1]
    assert all(balance_of(account) == Decimal("100004.17") for account in accounts)
