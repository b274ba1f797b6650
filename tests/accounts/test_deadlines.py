"""Statutory terms: when they end, how late they are, whose they are, and what it costs to know."""

from datetime import date

import pytest

from access.states import Post
from accounts import queries, rules
from accounts.actions import mandates
from accounts.actions.mandates import Paper
from accounts.models import Employer
from accounts.states import DeadlineKind
from hpf.months import Month
from policy.states import TermName
from tests.access.factories import person
from tests.accounts import factories
from tests.accounts.factories import DAY
from tests.accounts.test_registrations import applied
from tests.ledger import books
from tests.policy.test_changes import granted

JULY = Month(2026, 7)


@pytest.mark.parametrize(
    ("month", "pay_day", "days", "due_on"),
    [
        (JULY, 10, 5, date(2026, 7, 15)),
        (JULY, 31, 5, date(2026, 8, 5)),
        (Month(2026, 2), 31, 5, date(2026, 3, 5)),  # the last day of February is the pay day
        (Month(2024, 2), 30, 0, date(2024, 2, 29)),
    ],
)
def test_a_month_is_paid_some_days_after_its_pay_day(month, pay_day, days, due_on):
    """Regulation art. 19: within five days of the pay day."""
    assert rules.payment_due_on(month, pay_day, days) == due_on


@pytest.mark.parametrize(
    ("on", "late"),
    [(date(2026, 7, 15), 0), (date(2026, 7, 16), 1), (date(2026, 8, 15), 1), (date(2026, 8, 16), 2)],
)
def test_a_month_is_late_from_the_day_after_its_last_one(on, late):
    assert rules.months_late(JULY, 10, 5, on=on) == late


@pytest.mark.parametrize(("on", "left"), [(date(2026, 7, 1), 20), (date(2026, 7, 21), 0), (date(2026, 7, 22), -1)])
def test_on_its_last_day_a_term_has_none_left_and_is_not_late(on, left):
    assert rules.days_left(DAY, 20, on=on) == left


def seen(on: date, post: Post = Post.CLERK, **traits: object) -> list[tuple[str, str, date, int]]:
    found = queries.deadlines_seen_by(person(post, **traits), on=on)
    return [(one.kind, one.name, one.due_on, one.days_left) for one in found]


@pytest.fixture
def day(db):
    books.open_books(DAY)


def test_each_term_shows_with_its_last_day_the_earliest_first(day):
    late = factories.employer(name="逾期登记厂", established_on=date(2026, 5, 1))
    factories.employer(name="新开户厂")
    paying = factories.employer(name="应缴厂", pay_day=1)
    factories.member_account(paying)
    factories.member_account(late)
    user = person(Post.HANDLER, branch_id=None)
    mandates.appoint(paying, user, Paper(until=date(2026, 7, 20)), by=person(), on=DAY)
    applied(name="网上厂")
    assert seen(DAY) == [
        (DeadlineKind.REGISTRATION, "逾期登记厂", date(2026, 5, 31), -31),
        (DeadlineKind.APPLICATION, "网上厂", DAY, 0),
        (DeadlineKind.PAYMENT, "应缴厂", date(2026, 7, 6), 5),
        (DeadlineKind.MANDATE, "应缴厂", date(2026, 7, 20), 19),
        (DeadlineKind.SETUP, "新开户厂", date(2026, 7, 21), 20),
    ]


def test_a_month_shows_from_its_pay_day_until_it_is_paid(day):
    employer = factories.employer(pay_day=10)
    factories.member_account(employer)
    assert [seen(date(2026, 7, 9)), len(seen(date(2026, 7, 10)))] == [[], 1]
    assert seen(date(2026, 9, 16))[0][2:] == (date(2026, 7, 15), -63)
    Employer.objects.filter(pk=employer.pk).update(paid_to="2026-09")
    assert seen(date(2026, 9, 16)) == []


@pytest.mark.parametrize("paid_to", [None, "2026-08"])
def test_on_the_last_day_of_a_month_every_pay_day_has_come(day, paid_to):
    employer = factories.member_account(factories.employer(pay_day=31), first_month=Month(2026, 9)).employer
    Employer.objects.filter(pk=employer.pk).update(paid_to=paid_to)
    assert [len(seen(date(2026, 9, 29))), len(seen(date(2026, 9, 30)))] == [0, 1]


def test_of_two_months_owed_the_earlier_shows_before_the_pay_day_of_the_later(day):
    employer = factories.member_account(factories.employer(pay_day=20)).employer
    Employer.objects.filter(pk=employer.pk).update(paid_to="2026-07")
    assert seen(date(2026, 9, 5))[0][2] == date(2026, 8, 25)
    Employer.objects.filter(pk=employer.pk).update(paid_to="2026-08")
    assert seen(date(2026, 9, 19)) == [] and len(seen(date(2026, 9, 20))) == 1


def test_how_long_a_late_registration_shows_is_the_centres_to_say(day):
    factories.employer(established_on=date(2026, 5, 1))
    kinds = [{row[0] for row in seen(on)} for on in (date(2026, 9, 28), date(2026, 9, 29))]
    assert [DeadlineKind.REGISTRATION in found for found in kinds] == [True, False]
    granted("10", since=DAY, name=TermName.LATE_REGISTER_DAYS)
    kinds = [{row[0] for row in seen(on)} for on in (date(2026, 7, 10), date(2026, 7, 11))]
    assert [DeadlineKind.REGISTRATION in found for found in kinds] == [True, False]


def test_how_long_before_its_end_a_mandate_shows_is_the_centres_to_say(day):
    user = person(Post.HANDLER, branch_id=None)
    mandates.appoint(factories.employer(), user, Paper(until=date(2026, 9, 30)), by=person(), on=DAY)
    kinds = [{row[0] for row in seen(on)} for on in (date(2026, 8, 30), date(2026, 8, 31))]
    assert [DeadlineKind.MANDATE in found for found in kinds] == [False, True]
    granted("10", since=DAY, name=TermName.MANDATE_NOTICE_DAYS)
    kinds = [{row[0] for row in seen(on)} for on in (date(2026, 9, 19), date(2026, 9, 20))]
    assert [DeadlineKind.MANDATE in found for found in kinds] == [False, True]


def test_an_employer_where_nobody_contributes_owes_nothing(day):
    employer = factories.employer()
    assert queries.arrears_of(employer, on=date(2026, 12, 1)) is None


def test_arrears_count_the_months_past_their_last_day(day):
    employer = factories.member_account(factories.employer(pay_day=10)).employer
    owed = queries.arrears_of(employer, on=date(2026, 9, 16))
    assert (owed.month, owed.due_on, owed.months) == (JULY, date(2026, 7, 15), 3)
    Employer.objects.filter(pk=employer.pk).update(paid_to="2026-08")
    employer.refresh_from_db()
    assert queries.arrears_of(employer, on=date(2026, 9, 16)).months == 1


def test_everybody_sees_the_own_office_only(day):
    factories.employer(name="隆昌厂", at="01")
    factories.employer(name="市中厂", at="02")
    assert [row[1] for row in seen(DAY)] == ["隆昌厂"]
    assert [row[1] for row in seen(DAY, Post.MANAGER, branch_id=2)] == ["市中厂"]
    assert len(seen(DAY, branch_id=0)) == 2


@pytest.mark.parametrize("count", [2, 20])
def test_the_list_costs_the_same_however_long(day, count, django_assert_max_num_queries):
    for _ in range(count):
        factories.member_account(factories.employer(pay_day=1))
        factories.employer()
    user = person()
    with django_assert_max_num_queries(9):
        assert len(queries.deadlines_seen_by(user, on=DAY)) == 2 * count
