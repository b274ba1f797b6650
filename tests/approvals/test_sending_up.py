"""Cases sent up 上报: one more signs, with the next higher right; the route only grows, and the days stay."""

from datetime import timedelta

import pytest
from django.db import connection

from access.states import NEXT_HIGHER, SIGNING, Perm, Post, posts_with
from approvals import queries
from approvals.actions import signatures
from approvals.actions.signatures import Decision
from approvals.deciding import DecideForm
from approvals.rules import digest_of
from approvals.states import CaseStatus, Verdict
from audit.actions import inspection
from audit.queries import history_of
from tests.access.factories import DAY, person
from tests.approvals.factories import FACTS, case
from tests.approvals.test_signatures import NEXT_DAY, SIGN, run

pytestmark = pytest.mark.django_db
WHY = "金额与往年相差较大，建议同意，请上级核定"
FREEZE = {"perm": Perm.APPROVE_FREEZE}
WITHDRAWAL = {"perm": None, "route": [Perm.APPROVE_WITHDRAWAL, Perm.APPROVE_LARGE_WITHDRAWAL]}


def say(row, by, verdict=Verdict.GRANT, reason=""):
    return signatures.sign(row, Decision(verdict, digest_of(FACTS), reason), facts=FACTS, by=by, on=NEXT_DAY)


def head(office=1, **traits):
    return person(Post.MANAGER, branch_id=office, **traits)


def test_who_is_unsure_sends_a_case_up_and_another_signs_it():
    row, first, second = case(**FREEZE), head(), head(0)
    due = row.due_on
    assert say(row, first, Verdict.ESCALATE, WHY) == CaseStatus.OPEN
    row.refresh_from_db()
    assert (row.steps, row.step, row.perm) == (["APPROVE_FREEZE", "APPROVE_ESCALATED"], 1, "APPROVE_ESCALATED")
    assert row.due_on == due and row.due_on == DAY + timedelta(days=5)
    assert not queries.inbox_seen_by(first, on=NEXT_DAY).exists()
    assert list(queries.inbox_seen_by(second, on=NEXT_DAY)) == [row]
    with pytest.raises(signatures.SignedBefore):
        say(row, first)
    assert say(row, second) == CaseStatus.GRANTED
    assert [(one.verdict, one.reason) for one in queries.signatures_on(row)] == [("ESCALATE", WHY), ("GRANT", "")]
    assert [(one.act, one.why) for one in history_of(row)][1] == ("send_up", WHY)
    found = [finding for finding in inspection.inspect(NEXT_DAY) if finding.check.invariant == "I11"]
    assert found and all(finding.holds for finding in found)


def test_what_is_sent_up_can_still_be_sent_back():
    row, above = case(**FREEZE), head(0)
    say(row, head(), Verdict.ESCALATE, WHY)
    assert say(row, above, Verdict.RETURN, "文书编号有误") == CaseStatus.RETURNED


def test_a_route_goes_on_as_it_was_and_has_one_more_at_its_end():
    row, first, above = case(**WITHDRAWAL), head(), head(0)
    with pytest.raises(signatures.NobodyHigher):  # whoever is above signs the next step, and then nobody is left
        say(row, first, Verdict.ESCALATE, WHY)
    second = head()
    say(row, first, Verdict.ESCALATE, WHY)
    row.refresh_from_db()
    assert (row.perm, row.steps_left) == ("APPROVE_LARGE_WITHDRAWAL", 2)
    assert say(row, second) == CaseStatus.OPEN
    row.refresh_from_db()
    assert (row.perm, row.higher) == ("APPROVE_ESCALATED", None)
    assert say(row, above) == CaseStatus.GRANTED


def test_the_next_right_is_the_one_above_the_last_of_the_route():
    row, _above = case(perm=Perm.APPROVE_WITHDRAWAL), head(0)
    say(row, head(), Verdict.ESCALATE, WHY)
    row.refresh_from_db()
    assert (row.perm, row.higher) == ("APPROVE_LARGE_WITHDRAWAL", Perm.APPROVE_ESCALATED)


def test_every_way_up_ends_and_whoever_is_above_may_open_the_page():
    """The page of a refund asks for no right of its own; every other asks for that of its first step."""
    for perm in SIGNING:
        way = [perm]
        while way[-1] in NEXT_HIGHER:
            way.append(NEXT_HIGHER[way[-1]])
            assert len(way) <= len(SIGNING)
        asked = posts_with(Perm.VIEW_INBOX) if perm == Perm.APPROVE_REFUND else posts_with(perm)
        assert all(set(posts_with(higher)) <= set(asked) for higher in way[1:])
    assert {Perm.APPROVE_TERM, Perm.APPROVE_ESCALATED} == SIGNING - set(NEXT_HIGHER)


def test_sending_up_takes_a_reason_and_somebody_to_send_it_to():
    row, first = case(**FREEZE), head()
    with pytest.raises(signatures.NobodyHigher):
        say(row, first, Verdict.ESCALATE, WHY)
    head(2), head(0, is_active=False)
    with pytest.raises(signatures.NobodyHigher):
        say(row, first, Verdict.ESCALATE, WHY)
    head(0)
    with pytest.raises(signatures.ReasonMissing):
        say(row, first, Verdict.ESCALATE, "  ")
    assert say(row, first, Verdict.ESCALATE, WHY) == CaseStatus.OPEN


def test_where_no_right_is_above_nothing_is_sent_up():
    head(0)
    row = case(perm=Perm.APPROVE_TERM)
    assert Verdict.ESCALATE not in row.verdicts and Verdict.ESCALATE in case(**FREEZE).verdicts
    assert not DecideForm({"verdict": "ESCALATE", "reason": WHY}, case=row).is_valid()
    with pytest.raises(signatures.NothingHigher):
        say(row, head(), Verdict.ESCALATE, WHY)


GROW = "update approvals_case set steps = steps || '[\"APPROVE_ESCALATED\"]' where id = %s"
SHRINK = "update approvals_case set steps = '[\"APPROVE_WITHDRAWAL\"]' where id = %s"
FORWARD = "update approvals_case set step = 1, perm = 'APPROVE_ESCALATED', steps = %s where id = %s"
SEND_UP = SIGN.replace("'GRANT', ''", "'ESCALATE', 'x'")


def test_in_the_database_a_route_only_grows_and_only_where_it_is_sent_up():
    row = case(**WITHDRAWAL)
    assert "grows by one right" in run(GROW, row.pk)
    assert "grows by one right" in run(SHRINK, row.pk)
    say(row, head())
    assert "grows by one right" in run(GROW, row.pk)
    sent = case(**FREEZE)
    with connection.cursor() as cursor:
        cursor.execute(SEND_UP, [sent.pk, sent.maker_id, head().pk])
    assert "has no signature" in run("update approvals_case set status = 'GRANTED' where id = %s", sent.pk)
    longer = '["APPROVE_FREEZE", "APPROVE_ESCALATED", "APPROVE_ESCALATED"]'
    assert "grows by one right" in run(FORWARD, longer, sent.pk)
    assert "grows by one right" in run(FORWARD, '["APPROVE_BAN", "APPROVE_ESCALATED"]', sent.pk)
