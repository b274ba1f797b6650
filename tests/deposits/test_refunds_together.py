"""Refunds asked for by many at once, beside allocation, and a payment that came twice, all the way to the bank."""

from decimal import Decimal

from access.states import Post
from audit.actions import inspection
from banking.models import Receipt
from deposits import queries
from deposits.actions import receipts, refunds, remittances
from deposits.actions.refunds import Wanted
from deposits.models import Refund, Remittance
from deposits.states import RefundStatus, RemittanceStatus
from hpf.errors import Overtaken
from hpf.money import ZERO
from tests.access.factories import person
from tests.banking.factories import ACCOUNT, Signer, bank, open_first_day, row
from tests.banking.owing import owed
from tests.deposits.factories import DAY, arrived, at_once, night, paying_employer, submitted, unallocated
from tests.deposits.test_refunds import WHY, centre, fresh, given_to, signed
from tests.deposits.test_suspense import nameless

CLAIMS = "/api/v1/bank/payments/claims/"


def test_twenty_ask_for_the_same_money_and_one_has_it(own_database):
    open_first_day(DAY)
    employer, given = given_to("1000.00")
    unclaimed, clerk = nameless("1000.00"), person(Post.CLERK)
    for receipt, whose in ((unclaimed, None), (given, employer)):
        told = Wanted(receipt, whose, Decimal("1000.00"), Decimal("1000.00"), WHY)
        answers = at_once(lambda told=told: refunds.propose(told, by=clerk, on=DAY), times=20)
        assert sum(isinstance(answer, Refund) for answer in answers) == 1
        assert {answer for answer in answers if not isinstance(answer, Refund)} <= {Overtaken, refunds.NothingToRefund}
    assert Refund.objects.count() == 2
    assert [one.rows for one in inspection.inspect(DAY) if not one.holds] == []


def test_refund_and_allocation_do_not_both_have_the_money(own_database):
    open_first_day(DAY)
    for _ in range(4):
        employer = paying_employer(1)
        month, clerk = submitted(employer), person(Post.CLERK)
        receipt = arrived(month.total, remark=month.reference)
        receipts.identify(receipt, by=night(), on=DAY)
        told = Wanted(receipt, employer, month.total, month.total, WHY)
        work = [
            lambda told=told, clerk=clerk: refunds.propose(told, by=clerk, on=DAY),
            lambda month=month: remittances.allocate(month, by=night(), on=DAY),
        ]
        at_once(lambda work=work: work.pop()(), times=2)
        allocated = Remittance.objects.get(pk=month.pk).status == RemittanceStatus.ALLOCATED
        assert allocated != Refund.objects.filter(employer=employer).exists()
        assert unallocated(employer) == (ZERO if allocated else month.total)
    assert [one.rows for one in inspection.inspect(DAY) if not one.holds] == []


def test_a_payment_that_came_twice_ends_with_the_payer(client, db):
    """The employer's bank pays the month a second time under another serial number; the second goes back."""
    open_first_day(DAY)
    employer = paying_employer(2)
    month, signer = submitted(employer), Signer.of(bank())
    payer = {"amount": str(month.total), "remark": month.reference, "payer_name": employer.name}
    told = [row(serial=serial, **payer) for serial in ("TWICE-1", "TWICE-2")]
    assert signer.post(client, told).status_code == 200
    receipts.identify_all(by=night(), on=DAY)
    remittances.allocate_covered(by=night(), on=DAY)
    second = Receipt.objects.get(serial="TWICE-2")
    assert (unallocated(employer), queries.refundable(second, employer)) == (month.total, month.total)

    refund = refunds.propose(Wanted(second, employer, month.total, month.total, WHY), by=person(Post.CLERK), on=DAY)
    signed(refund, centre(Post.FINANCE))
    signed(refund, centre(Post.MANAGER))
    [order] = signer.call(client, "POST", CLAIMS, {"limit": 10}).json()["payments"]
    assert (order["payee_name"], order["payee_account"], order["amount"]) == (
        employer.name, told[1]["payer_account"], str(month.total),
    )  # fmt: skip
    paid = {"outcome": "succeeded", "bank_serial": "R1", "account": ACCOUNT, "amount": order["amount"]}
    at = f"/api/v1/bank/payments/{order['payment_id']}/results/"
    assert signer.call(client, "POST", at, paid | {"paid_on": str(DAY)}).status_code == 200
    assert refunds.settle(by=night(), on=DAY) == {"paid": 1, "returned": 0, "refused": 0}
    assert (fresh(refund).status, unallocated(employer), owed(refund.branch_id)) == (RefundStatus.PAID, ZERO, ZERO)
    assert [one.rows for one in inspection.inspect(DAY) if not one.holds] == []
