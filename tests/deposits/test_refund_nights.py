"""Refunds and the end of a day: what banks say of them is posted on an open day, also after a killed night."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection

from deposits import queries
from deposits.actions import refunds
from deposits.models import Refund
from deposits.states import RefundStatus
from hpf import dayend
from hpf.money import ZERO
from ledger.models import Voucher
from ledger.queries import open_day
from tests.banking.factories import open_first_day
from tests.banking.owing import owed
from tests.deposits.factories import DAY, night
from tests.deposits.test_refunds import FAILED, SUCCEEDED, banked, broken, fresh, granted
from tests.deposits.test_suspense import nameless
from tests.ledger.books import as_owner, run

NEXT = DAY + timedelta(days=1)
HOME = Decimal("1000.00")


class Killed(BaseException):
    """The worker is gone: nothing of it runs on."""


@pytest.fixture
def day(db):
    return open_first_day(DAY)


def close(day) -> dict[str, dict[str, int]]:
    """The night of a day, and what its steps did."""
    return dict(dayend.run(day))


def lease_runs_out() -> None:
    """The killed worker's pieces are free for others."""
    with as_owner():
        over = "leased_until = clock_timestamp() - interval '1 second'"
        run(f"update ledger_stepshard set {over} where status = 'RUNNING'")


def booked_on(voucher: int):
    return Voucher.objects.get(pk=voucher).booked_on


def test_what_a_bank_said_before_the_day_turned_is_posted_on_that_day(day):
    paid, failed = granted(nameless("1000.00")), granted(nameless("1000.00"))
    banked(paid, SUCCEEDED)
    banked(failed, FAILED)
    assert close(DAY)["settle_payouts"] == {"paid": 1, "returned": 1, "refused": 0}
    paid, failed = fresh(paid), fresh(failed)
    assert (paid.status, failed.status) == (RefundStatus.PAID, RefundStatus.RETURNED)
    assert (failed.came_back_on, booked_on(failed.return_voucher)) == (DAY, DAY)
    assert broken() == []


def test_what_it_says_after_the_day_has_turned_is_posted_on_the_next(day):
    refund = granted(nameless("1000.00"))
    close(DAY)
    banked(refund, FAILED)
    assert refunds.settle(by=night(), on=DAY) == {"paid": 0, "returned": 0, "refused": 1}
    assert (fresh(refund).status, fresh(refund).return_voucher) == (RefundStatus.APPROVED, None)
    assert refunds.settle(by=night(), on=open_day())["returned"] == 1
    assert booked_on(fresh(refund).return_voucher) == NEXT


@pytest.mark.parametrize(
    ("statement", "time"),
    [
        ('UPDATE "banking_receipt"', 1),
        ('UPDATE "banking_receipt"', 2),
        ('UPDATE "deposits_refund"', 2),
        ("status = 'DONE'", 3),  # the third step is the one in which they are settled
    ],
)
def test_a_night_killed_in_the_middle_leaves_nothing_half_done_and_the_next_finishes(day, statement, time):
    refunded = [granted(nameless("1000.00")) for _ in range(2)]
    for refund in refunded:
        banked(refund, FAILED)
    met = 0

    def kill(execute, sql, params, many, context):
        nonlocal met
        met += statement in sql
        if met == time and statement in sql:
            raise Killed
        return execute(sql, params, many, context)

    with pytest.raises(Killed), connection.execute_wrapper(kill):
        close(DAY)
    for refund in map(fresh, refunded):
        back = refund.status == RefundStatus.RETURNED
        assert bool(refund.return_voucher) == bool(refund.came_back_on) == back
        assert queries.refundable(fresh(refund.receipt), None) == (HOME if back else ZERO)
    lease_runs_out()
    close(DAY)
    assert [row.status for row in Refund.objects.order_by("pk")] == [RefundStatus.RETURNED] * 2
    assert Voucher.objects.filter(kind=refunds.RETURN, booked_on=DAY).count() == 2
    assert {queries.refundable(fresh(refund.receipt), None) for refund in refunded} == {HOME}
    assert owed(refunded[0].branch_id) == ZERO
    assert broken() == []
