"""A closing whose sum grows past its route while it waits 销户提取金额变化: signed by the route of what is paid."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from access.states import Post
from approvals.models import Case
from approvals.states import CaseStatus, Verdict
from audit.actions import inspection
from tests.accounts.factories import user
from tests.deposits.factories import through
from tests.withdrawals.factories import ON, decision, fresh, manager, payment_of, retired, saver, submitted
from withdrawals.actions import applications
from withdrawals.models import Withdrawal
from withdrawals.states import WithdrawalStatus

pytestmark = pytest.mark.django_db
LATER = ON + timedelta(days=12)
ONE, TWO = ["APPROVE_WITHDRAWAL"], ["APPROVE_WITHDRAWAL", "APPROVE_LARGE_WITHDRAWAL"]


def handed_in(balance, months):
    account = saver(balance, months=months)
    return submitted(account, retired(account), by=user(Post.CLERK, at="01"), by_people=True)


@pytest.fixture
def small():
    return handed_in("9000.00", 3)


@pytest.fixture
def closing(small):
    """Just below the 50,000 yuan from which two sign; twelve days of interest lead past them."""
    row, day = handed_in("49990.00", 16), ON
    while day < LATER:
        day = through(day)
    return fresh(row)


def signed(row, by, on=LATER):
    said = decision(row, Verdict.GRANT, on=on)
    return applications.decide(fresh(row), said, by=by, on=on)


def test_who_signs_follows_from_the_sum_that_is_paid(closing):
    assert closing.case.steps == ONE
    assert signed(closing, manager()) == WithdrawalStatus.SUBMITTED
    now = fresh(closing)
    assert (now.case.steps, now.case.step, now.case.maker_id) == (TWO, 1, closing.case.maker_id)
    assert Case.objects.get(pk=closing.case_id).status == CaseStatus.WITHDRAWN
    assert signed(closing, manager("00")) == WithdrawalStatus.APPROVED
    assert payment_of(closing).amount > 50000
    broken = [one.check.title for one in inspection.inspect(LATER) if not one.holds]
    assert [title for title in broken if "提取" in title] == []  # the days were closed without their nights


def test_below_the_tier_it_stays_where_it_is(small, closing):
    assert signed(small, manager()) == WithdrawalStatus.APPROVED and fresh(small).case_id == small.case_id


def test_its_maker_does_not_put_it_anew(closing):
    with pytest.raises(applications.signatures.OwnCase):
        signed(closing, closing.case.maker)
    assert fresh(closing).case_id == closing.case_id


def test_the_database_keeps_the_case_of_a_withdrawal(small, closing):
    with pytest.raises(IntegrityError, match="keeps its case"), transaction.atomic():
        Withdrawal.objects.filter(pk=closing.pk).update(case=small.case)
