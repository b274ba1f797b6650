"""Nobody who writes past the actions moves a refund where its table of moves does not lead."""

import pytest
from django.db import IntegrityError

from access.states import Post
from approvals.states import Verdict
from deposits.states import REFUND_MOVES
from tests.access.factories import person
from tests.banking.factories import open_first_day
from tests.deposits.factories import DAY
from tests.deposits.test_refunds import centre, granted, proposed, signed
from tests.deposits.test_suspense import nameless
from tests.ledger.books import as_owner, run

pytestmark = pytest.mark.django_db


def refused(sql: str, *values: object) -> str:
    """Why the database refuses a statement, or nothing."""
    try:
        with as_owner():
            run(sql, *values)
    except IntegrityError as refusal:
        return str(refusal)
    return ""


def test_the_trigger_has_the_table_of_moves():
    [(told,)] = run("select encode(tgargs, 'escape') from pg_trigger where tgname = 'deposits_refund_moves'")
    moves = {f"{one}>{to}" for one, following in REFUND_MOVES.items() for to in following}
    assert set(filter(None, told.split("\\000"))) == moves


@pytest.mark.parametrize(
    ("status", "change", "said"),
    [
        ("SUBMITTED", "status = 'APPROVED', voucher = 1, decided_on = proposed_on", "is posted before it moves"),
        ("SUBMITTED", "status = 'PAID'", "does not become"),
        ("APPROVED", "status = 'SUBMITTED', voucher = null, payment_id = null", "does not become"),
        ("APPROVED", "status = 'PAID'", "was not paid by a bank"),
        ("APPROVED", "status = 'RETURNED', return_voucher = voucher", "is posted before it moves"),
        ("APPROVED", "voucher = voucher + 1", "is paid out once"),
        ("SENT_BACK", "status = 'SUBMITTED', decided_on = null", "does not become"),
    ],
)
def test_what_the_table_does_not_have_is_refused(status, change, said):
    open_first_day(DAY)
    receipt = nameless("1000.00")
    refund = granted(receipt) if status == "APPROVED" else proposed(receipt, by=person(Post.CLERK))
    if status == "SENT_BACK":
        signed(refund, centre(Post.FINANCE), Verdict.RETURN, "请补来函")
    assert said in refused(f"update deposits_refund set {change} where id = %s", refund.pk)


def test_a_refund_begins_proposed():
    open_first_day(DAY)
    refund = proposed(nameless("1000.00"))
    columns = "case_id, number, receipt_id, employer_id, branch_id, amount, reason, proposed_on, proposed_by_id, status"
    again = columns.replace("number", "'TK9'", 1).replace("status", "'PAID'")
    sql = f"insert into deposits_refund (id, {columns}) select id + 1, {again} from deposits_refund where id = %s"
    assert "begins proposed" in refused(sql, refund.pk)
