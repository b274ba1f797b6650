"""Employers that are behind (R-601): pay day on the 10th and five days more, so a month is overdue from the 16th on."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.models import Employer
from accounts.states import EmployerStatus
from hpf.months import Month
from reports.queries.arrears import arrears, by_class
from reports.states import Behind
from tests.accounts import factories as accounts
from tests.banking.factories import open_first_day
from tests.deposits.factories import EACH, funded, paid, paying_employer, submitted
from tests.ledger.books import as_owner, run

pytestmark = pytest.mark.django_db
DAY = date(2026, 7, 1)
JULY = Month(2026, 7)


@pytest.fixture(autouse=True)
def day():
    return open_first_day(DAY)


def found(on, **asked):
    return {row.employer.pk: row for row in arrears(Employer.objects.order_by(), on=on, **asked)}


def test_nobody_is_behind_on_the_last_day_to_pay():
    paying_employer(2)
    assert found(date(2026, 7, 15)) == {}


def test_a_month_not_handed_in_is_estimated_by_who_works_there_now():
    employer = paying_employer(2)
    row = found(date(2026, 7, 16))[employer.pk]
    assert (row.months, row.listed, row.amount, row.unallocated) == (1, 0, 2 * EACH, 0)
    assert (row.first, row.last) == (JULY, JULY)


def test_a_month_handed_in_counts_with_its_list():
    employer = paying_employer(2)
    remittance = submitted(employer)
    accounts.member_accounts(employer, 5)  # they came after the list
    row = found(date(2026, 7, 16))[employer.pk]
    assert (row.months, row.listed, row.amount) == (1, 1, remittance.total)
    later = found(date(2026, 9, 16))[employer.pk]
    assert (later.months, later.behind, later.amount) == (3, Behind.QUARTER, 2 * EACH + 2 * 7 * EACH)


def test_a_list_of_a_month_that_is_not_due_yet_is_not_owed():
    employer = paying_employer(2)
    remittance = submitted(employer)
    submitted(employer, JULY.next())
    row = found(date(2026, 7, 16))[employer.pk]
    assert (row.last, row.months, row.listed, row.amount) == (JULY, 1, 1, remittance.total)


def test_money_that_came_but_does_not_cover_is_shown_beside():
    employer = paying_employer(2)
    funded(employer, "100.00", reference=submitted(employer).reference)
    assert found(date(2026, 7, 16))[employer.pk].unallocated == Decimal("100.00")


def test_a_month_that_is_allocated_is_not_owed():
    employer = paying_employer(2)
    paid(employer)
    assert found(date(2026, 8, 15)) == {}
    assert found(date(2026, 8, 16))[employer.pk].first == Month(2026, 8)


def test_who_never_paid_owes_from_the_first_member_on():
    employer = accounts.employer()
    accounts.member_account(employer, first_month=Month(2026, 8))
    assert found(date(2026, 8, 15)) == {}
    row = found(date(2026, 9, 16))[employer.pk]
    assert (row.first, row.months) == (Month(2026, 8), 2)


def test_who_has_no_members_or_may_pay_later_is_not_behind():
    accounts.employer()
    deferred = paying_employer(2)
    paid(deferred)
    with as_owner():
        run("update accounts_employer set status = %s where id = %s", EmployerStatus.DEFERRED, deferred.pk)
    assert found(date(2027, 7, 1)) == {}


def test_the_longest_stand_first_and_fall_into_classes():
    late, later = paying_employer(1), paying_employer(3)
    paid(late)
    rows = arrears(Employer.objects.order_by(), on=date(2026, 8, 16))
    assert [(row.employer.pk, row.months) for row in rows] == [(later.pk, 2), (late.pk, 1)]
    classes = {one.behind: (one.count, one.amount) for one in by_class(rows)}
    assert classes[Behind.ONE] == (1, EACH)
    assert classes[Behind.QUARTER] == (1, 6 * EACH)
    assert classes[Behind.LONGER] == (0, 0)


def test_another_period_may_be_tried():
    employer = paying_employer(1)
    assert found(date(2026, 7, 11)) == {}
    assert employer.pk in found(date(2026, 7, 11), due_days=0)
    assert found(date(2026, 7, 16), due_days=10) == {}


def test_the_number_of_queries_does_not_grow_with_employers(django_assert_num_queries):
    for _ in range(6):
        submitted(paying_employer(2))
    with django_assert_num_queries(5):
        assert len(found(date(2026, 9, 16))) == 6
