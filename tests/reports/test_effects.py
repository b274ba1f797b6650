"""What a new parameter touches: by the expression of the database, which is held to the rule that posts."""

import ast
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Employer, MemberAccount
from deposits import rules
from deposits.actions import interest
from ledger.actions import days
from ledger.models import Voucher
from policy.queries import DepositTerms
from policy.states import TermName
from reports.queries import effects
from reports.queries.contributions import due, paying_accounts
from reports.queries.effects import Proposed
from reports.queries.sights import sight_of
from reports.states import NOT_COUNTED
from tests.banking.factories import open_first_day
from tests.deposits.factories import JULY, night, paid, paying_employer
from tests.house.source import name_of, product_files, tree
from tests.ledger.books import as_owner, run
from tests.reports.factories import manager

pytestmark = pytest.mark.django_db
DAY = date(2026, 7, 1)


@pytest.fixture(autouse=True)
def day():
    return open_first_day(DAY)


def effect(name, value, on=date(2027, 7, 1), user=None):
    return effects.contribution_effect(Proposed(name, value, on), sight_of(user or manager(), None))


def test_a_parameter_that_some_room_reads_is_counted_or_says_what_it_changes():
    """`NOT_USED` tells people that nothing depends on the parameter: it must be so."""
    read = {
        TermName[node.attr]
        for path in product_files()
        if name_of(path).partition("/")[0] not in ("policy", "reports")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "TermName"
    }
    told = {*effects.CONTRIBUTION_TERMS, *effects.INTEREST_TERMS, TermName.DUE_DAYS, *NOT_COUNTED}
    assert TermName.REGISTER_DAYS in read and read - told == set()


bases = st.decimals(Decimal("0.01"), Decimal("99999999.99"), places=2)
ratios = st.decimals(Decimal("5"), Decimal("12"), places=2)
units = st.sampled_from([Decimal("0.01"), Decimal("0.1"), Decimal("1")])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(bases, ratios, ratios, bases, bases, units)
def test_the_database_computes_what_the_rule_does(base, ours, theirs, one, other, unit):
    if not MemberAccount.objects.exists():
        paying_employer(1)
    with as_owner():
        run("update accounts_memberaccount set base = %s, employer_ratio = %s, member_ratio = %s", base, ours, theirs)
    terms = DepositTerms(min(one, other), max(one, other), Decimal("5"), Decimal("12"), unit)
    limits = {"floor": terms.floor, "cap": terms.cap, "unit": unit}
    expected = rules.contribution(base, employer_ratio=ours, member_ratio=theirs, **limits).total
    assert paying_accounts(Employer.objects.all()).annotate(due=due(terms)).get().due == expected


def test_a_lower_cap_takes_from_those_above_it():
    """Cap 10,000: 12,000 and 20,000 fall to 10,000; 9,000 and 10,000 stay. 8 + 8 percent."""
    high, low = paying_employer(bases=["12000.00", "20000.00"]), paying_employer(bases=["9000.00", "10000.00"])
    found = effect(TermName.BASE_CAP, "10000.00")
    assert (found.members, len(found.rows)) == (2, 1)
    assert (found.before, found.after) == (Decimal("5120.00"), Decimal("3200.00"))  # 1,920 + 3,200; 2 × 1,600
    (row,) = found.rows
    assert (row.pk, row.members, row.change) == (high.pk, 2, Decimal("-1920.00"))
    assert low.pk != high.pk


def test_a_higher_floor_raises_the_lowest():
    paying_employer(bases=["2100.00", "2500.00", "6543.00"])
    found = effect(TermName.BASE_FLOOR, "3000")
    assert (found.members, found.before, found.after) == (2, Decimal("736.00"), Decimal("960.00"))  # 336 + 400; 2 × 480
    assert found.change == Decimal("224.00")


def test_whole_yuan_touch_those_with_fen():
    paying_employer(bases=["6543.00", "5000.00"])  # 523.44 becomes 523; 400.00 stays
    found = effect(TermName.ROUND_UNIT, "1")
    assert (found.members, found.before, found.after) == (1, Decimal("1046.88"), Decimal("1046.00"))


def test_a_ratio_outside_a_new_limit_counts_with_the_limit():
    employer = paying_employer(2)
    with as_owner():
        run("update accounts_memberaccount set member_ratio = 5 where employer_id = %s", employer.pk)
    paying_employer(1)
    found = effect(TermName.RATIO_MIN, "6")
    assert (found.members, len(found.rows), found.change) == (2, 1, Decimal("130.86"))  # 2 × 6,543 × 1 percent


def test_sealed_members_and_closed_employers_are_not_touched():
    employer = paying_employer(bases=["20000.00", "20000.00"])
    number = MemberAccount.objects.filter(employer=employer).order_by("number")[0].pk
    with as_owner():
        run("update accounts_memberaccount set status = '02', sealed_on = %s where id = %s", DAY, number)
    assert effect(TermName.BASE_CAP, "10000").members == 1
    with as_owner():
        run("update accounts_employer set status = '05' where id = %s", employer.pk)
    assert effect(TermName.BASE_CAP, "10000").members == 0


def test_an_office_sees_its_own_employers_only():
    paying_employer(bases=["20000.00"], at="01")
    paying_employer(bases=["20000.00"], at="02")
    assert effect(TermName.BASE_CAP, "10000", user=manager(branch_id=2)).members == 1


def test_interest_before_is_thirty_times_what_a_night_books():
    """3 × 1,046.88 at 1.5 percent: thirty days bring 3.9258; a night books 0.13."""
    paid(paying_employer(3), JULY)
    proposed = Proposed(TermName.RATE_CURRENT, "3.00", date(2027, 7, 1))
    found = effects.interest_effect(proposed, sight_of(manager(), None))
    assert (found.accounts, found.before, found.after) == (3, Decimal("3.93"), Decimal("7.85"))
    days.turn(DAY)
    interest.accrue(by=night(), on=DAY)
    one_day = Voucher.objects.get(kind="deposits.interest_accrual").total
    assert one_day == Decimal("0.13")
    assert abs(found.before - 30 * one_day) <= 30 * Decimal("0.005")  # a night rounds its one day


def test_a_rate_of_the_other_part_touches_nobody():
    paid(paying_employer(3), JULY)
    found = effects.interest_effect(
        Proposed(TermName.RATE_CARRIED, "3.00", date(2027, 7, 1)), sight_of(manager(), None)
    )
    assert (found.accounts, found.change) == (0, 0)


@pytest.mark.parametrize(
    ("name", "value", "on", "splits"),
    [
        (TermName.RATE_CARRIED, "2.00", date(2027, 1, 1), True),  # within the year, and the parts then differ
        (TermName.RATE_CARRIED, "2.00", date(2027, 7, 1), False),  # the year begins with it
        (TermName.RATE_CARRIED, "1.50", date(2027, 1, 1), False),  # nothing changes
    ],
)
def test_a_rate_that_could_not_be_settled_is_told(name, value, on, splits):
    paid(paying_employer(1), JULY)
    assert effects.interest_effect(Proposed(name, value, on), sight_of(manager(), None)).splits is splits


def test_another_day_count_changes_the_divisor():
    paid(paying_employer(3), JULY)
    found = effects.interest_effect(
        Proposed(TermName.DAY_COUNT, "ACT_365", date(2027, 7, 1)), sight_of(manager(), None)
    )
    assert (found.before, found.after) == (Decimal("3.93"), Decimal("3.87"))  # 94,219.20 × 1.5 % ÷ 360 and ÷ 365


def test_a_longer_period_frees_and_a_shorter_one_catches():
    employer = paying_employer(1)
    sight, on = sight_of(manager(), None), date(2026, 7, 16)
    longer = effects.due_effect(Proposed(TermName.DUE_DAYS, "10", on), sight, on=on)
    assert [(row.employer.pk, change) for row, change in longer.rows] == [(employer.pk, "不再逾期")]
    on = date(2026, 7, 12)
    shorter = effects.due_effect(Proposed(TermName.DUE_DAYS, "0", on), sight, on=on)
    assert [(row.employer.pk, change) for row, change in shorter.rows] == [(employer.pk, "变为逾期")]
    assert shorter.amounts == (Decimal("0.00"), Decimal("1046.88"))
    on = date(2026, 8, 12)
    more = effects.due_effect(Proposed(TermName.DUE_DAYS, "0", on), sight, on=on)
    assert [change for _row, change in more.rows] == ["欠缴由 1 个月变为 2 个月"]
