"""A second signature that is none is named by the proof. The breaks are what the owner of the tables could do."""

from datetime import date

import pytest

from audit.actions import inspection
from policy.models import Term
from tests.ledger.books import as_owner, run
from tests.policy.test_changes import granted

pytestmark = pytest.mark.django_db
TWO_PEOPLE = "复核人不是经办人，签署与事项一致"
SIGNED = "已同意或已退回的事项都有他人签署"
AS_GRANTED = "调整后的政策参数都经他人复核，且与申请一致"


def broken() -> set[str]:
    return {
        finding.check.title
        for finding in inspection.inspect(date(2026, 7, 1))
        if finding.check.invariant == "I11" and not finding.holds
    }


@pytest.mark.parametrize(
    ("break_", "titles"),
    [
        ("update approvals_signature set signer_id = maker_id", {TWO_PEOPLE, SIGNED, AS_GRANTED}),
        (
            "update approvals_case set maker_id = s.signer_id from approvals_signature s",
            {TWO_PEOPLE, SIGNED, AS_GRANTED},
        ),
        ("update approvals_signature set verdict = 'RETURN', reason = 'x'", {SIGNED, AS_GRANTED}),
        ("delete from approvals_signature", {SIGNED, AS_GRANTED}),
        ("update approvals_case set status = 'OPEN'", {AS_GRANTED}),
        ("update policy_term set value = '26000.00' where change_id is not null", {AS_GRANTED}),
        ("update policy_term set valid_from = '2026-07-02' where change_id is not null", {AS_GRANTED}),
    ],
)
def test_a_planted_break_is_named(break_, titles):
    granted()
    assert Term.objects.exclude(change=None).count() == 1 and broken() == set()
    with as_owner():
        run("set constraints all immediate")
        for table in ("approvals_case", "approvals_signature"):
            run(f"alter table {table} disable trigger user")
        run("alter table approvals_signature drop constraint approvals_signature_maker_is_not_checker")
        run("alter table approvals_signature drop constraint approvals_signature_maker_of_case")
        run(break_)
    assert broken() == titles
