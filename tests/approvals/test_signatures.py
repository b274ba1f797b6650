"""The second signature 复核: who may give it, on what it rests, and what the database refuses by itself."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from access.models import Branch
from access.states import Perm, Post
from approvals import queries
from approvals.actions import signatures
from approvals.actions.signatures import Decision
from approvals.models import Case, Signature
from approvals.rules import digest_of
from approvals.states import CaseStatus, Verdict
from audit.actions import inspection
from audit.queries import history_of
from hpf.errors import NotAllowedNow, Overtaken
from tests.access.factories import DAY, person
from tests.approvals.factories import FACTS, case
from tests.ledger.books import as_owner
from tests.ledger.books import run as plainly

pytestmark = pytest.mark.django_db
NEXT_DAY = DAY + timedelta(days=1)


def grant(row, by, facts=FACTS, seen=None):
    decision = Decision(Verdict.GRANT, seen or digest_of(facts), "同意调整")
    return signatures.sign(row, decision, facts=facts, by=by, on=NEXT_DAY)


def test_another_person_grants_and_both_stand_on_the_trail():
    row, manager = case(), person(Post.MANAGER)
    assert grant(row, manager) == CaseStatus.GRANTED
    row.refresh_from_db()
    signature = row.signatures.get()
    assert (row.status, signature.signer, signature.maker, signature.facts) == ("GRANTED", manager, row.maker, FACTS)
    moved, opened = history_of(row)
    assert (opened.act, opened.by_id) == ("open_case", row.maker_id)
    assert (moved.by_id, moved.after["status"], moved.why, moved.on) == (manager.pk, "GRANTED", "同意调整", NEXT_DAY)


def test_the_maker_is_refused_as_checker_though_the_right_is_there():
    maker = person(Post.MANAGER)
    row = case(maker)
    with pytest.raises(signatures.OwnCase):
        grant(row, maker)
    assert not Signature.objects.exists()


def test_who_lacks_the_right_may_not_sign():
    with pytest.raises(signatures.NotToSign, match="复核政策参数调整"):
        grant(case(), person(Post.CLERK))


def test_another_office_may_not_sign_and_the_centre_may():
    row = case()
    with pytest.raises(signatures.NotToSign):
        grant(row, person(Post.MANAGER, branch_id=2))
    assert grant(row, person(Post.MANAGER, branch_id=0)) == CaseStatus.GRANTED


def test_a_person_who_left_may_not_sign():
    with pytest.raises(signatures.NotToSign):
        grant(case(), person(Post.MANAGER, is_active=False))


def test_facts_that_changed_have_to_be_read_again():
    row, manager, now = case(), person(Post.MANAGER), {**FACTS, "现行取值": "23000.00"}
    with pytest.raises(signatures.FactsChanged, match="重新核对"):
        grant(row, manager, facts=now, seen=digest_of(FACTS))
    assert grant(row, manager, facts=now) == CaseStatus.GRANTED
    row.refresh_from_db()
    assert (row.facts, row.signatures.get().facts) == (FACTS, now)


def test_sending_back_takes_a_reason():
    row, manager, seen = case(), person(Post.MANAGER), digest_of(FACTS)
    with pytest.raises(signatures.ReasonMissing):
        signatures.sign(row, Decision(Verdict.RETURN, seen, "  "), facts=FACTS, by=manager, on=DAY)
    outcome = signatures.sign(row, Decision(Verdict.RETURN, seen, "文号有误"), facts=FACTS, by=manager, on=DAY)
    assert outcome == CaseStatus.RETURNED


def test_what_is_decided_is_not_signed_again():
    row = case()
    grant(row, person(Post.MANAGER))
    with pytest.raises(Overtaken):
        grant(row, person(Post.MANAGER))


def test_only_the_maker_withdraws_and_only_what_waits():
    row, manager = case(), person(Post.MANAGER)
    with pytest.raises(signatures.NotTheMaker):
        signatures.withdraw(row, by=manager, on=DAY)
    signatures.withdraw(row, by=row.maker, on=DAY)
    with pytest.raises(Overtaken):
        grant(row, manager)
    with pytest.raises(NotAllowedNow):
        signatures.withdraw(row, by=row.maker, on=DAY)


def test_one_subject_waits_once():
    maker = person(Post.FINANCE)
    case(maker)
    with pytest.raises(DatabaseError, match="approvals_case_one_open"), transaction.atomic():
        case(maker)


def test_the_inbox_holds_what_this_person_may_sign_the_oldest_first():
    manager = person(Post.MANAGER)
    young, old = case(on=NEXT_DAY), case()
    case(manager)
    case(branch=Branch.objects.get(code="02"))
    decided = case()
    grant(decided, person(Post.MANAGER))
    assert list(queries.inbox_seen_by(manager, on=DAY)) == [old, young]
    assert queries.inbox_seen_by(person(Post.MANAGER, branch_id=0), on=DAY).count() == 4
    assert not queries.inbox_seen_by(person(Post.CLERK), on=DAY).exists()


def run(statement, *values):
    with pytest.raises(DatabaseError) as told, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
    return str(told.value)


SIGN = """
    insert into approvals_signature (case_id, maker_id, signer_id, verdict, reason, "on", facts, facts_digest)
    values (%s, %s, %s, 'GRANT', '', '2026-07-01', '{}', '')
"""


def test_the_database_refuses_the_maker_as_checker():
    row, other = case(), person(Post.MANAGER)
    assert "maker_is_not_checker" in run(SIGN, row.pk, row.maker_id, row.maker_id)
    assert "approvals_signature_maker_of_case" in run(SIGN, row.pk, other.pk, row.maker_id)


def test_the_database_grants_nothing_without_a_signature():
    row = case()
    assert "has no signature" in run("update approvals_case set status = 'GRANTED' where id = %s", row.pk)
    assert "begins open" in run(
        "insert into approvals_case (kind, page, business, subject_kind, subject_id, title, perm, status, opened_on,"
        " facts, facts_digest, branch_id, maker_id) values ('', '', '', 'x', 'y', '', '', 'GRANTED', '2026-07-01',"
        " '{}', '', 1, %s)",
        row.maker_id,
    )


def test_the_database_signs_and_reopens_nothing_that_is_decided():
    row = case()
    signatures.withdraw(row, by=row.maker, on=DAY)
    assert "is not open" in run(SIGN, row.pk, row.maker_id, person(Post.MANAGER).pk)
    assert "is decided" in run("update approvals_case set status = 'OPEN' where id = %s", row.pk)


@pytest.mark.parametrize(
    "statement",
    [
        "update approvals_case set facts = '{}'",
        "update approvals_case set maker_id = 1",
        "delete from approvals_case",
        "update approvals_signature set reason = 'x'",
        "delete from approvals_signature",
        "truncate approvals_signature",
    ],
)
def test_the_application_changes_nothing_that_was_entered_or_signed(statement):
    grant(case(), person(Post.MANAGER))
    assert "permission denied" in run(statement)


def test_inspection_finds_nothing_wrong_with_honest_signatures():
    grant(case(), person(Post.MANAGER))
    found = [finding for finding in inspection.inspect(NEXT_DAY) if finding.check.invariant == "I11"]
    assert found and all(finding.holds for finding in found)


def say(row, by, verdict=Verdict.GRANT, reason="已核对"):
    return signatures.sign(row, Decision(verdict, digest_of(FACTS), reason), facts=FACTS, by=by, on=NEXT_DAY)


TWO_STEPS = {"perm": None, "route": [Perm.APPROVE_CHANGES, Perm.APPROVE_TERM]}


def test_a_route_is_signed_step_by_step_by_different_people():
    row, first, second = case(**TWO_STEPS), person(Post.MANAGER), person(Post.MANAGER)
    assert (row.perm, row.steps_left) == ("APPROVE_CHANGES", 2)
    assert say(row, first) == CaseStatus.OPEN
    row.refresh_from_db()
    assert (row.status, row.perm, row.step, row.steps_left) == ("OPEN", "APPROVE_TERM", 1, 1)
    assert not queries.inbox_seen_by(first, on=DAY).exists() and list(queries.inbox_seen_by(second, on=DAY)) == [row]
    with pytest.raises(signatures.SignedBefore):
        say(row, first)
    assert say(row, second) == CaseStatus.GRANTED
    assert [record.act for record in history_of(row)] == ["move", "sign_step", "open_case"]


def test_who_read_an_earlier_step_is_told_that_it_went_on():
    row = case(**TWO_STEPS)
    stale = Case.objects.get(pk=row.pk)
    say(row, person(Post.MANAGER))
    with pytest.raises(Overtaken):
        say(stale, person(Post.MANAGER))


def test_any_step_may_send_back():
    row = case(**TWO_STEPS)
    say(row, person(Post.MANAGER))
    assert say(row, person(Post.MANAGER), Verdict.RETURN, "缺材料") == CaseStatus.RETURNED
    assert row.signatures.count() == 2


def test_a_refusal_takes_a_reason_and_a_case_that_may_be_refused():
    manager = person(Post.MANAGER)
    with pytest.raises(signatures.NotToRefuse):
        say(case(), manager, Verdict.REFUSE)
    row = case(may_refuse=True)
    with pytest.raises(signatures.ReasonMissing):
        say(row, manager, Verdict.REFUSE, " ")
    assert say(row, manager, Verdict.REFUSE, "不符合提取条件") == CaseStatus.REFUSED
    with pytest.raises(Overtaken):
        say(row, person(Post.MANAGER))


def test_the_database_skips_no_step_and_refuses_nothing_that_may_not_be():
    row = case(**TWO_STEPS)
    forward = "update approvals_case set step = 1, perm = 'APPROVE_TERM' where id = %s"
    assert "not signed up to step 1" in run(forward, row.pk)
    assert "waits_for_its_step" in run("update approvals_case set perm = 'APPROVE_TERM' where id = %s", row.pk)
    say(row, person(Post.MANAGER))
    assert "has no signature" in run("update approvals_case set status = 'GRANTED' where id = %s", row.pk)
    other = person(Post.MANAGER).pk
    assert "waits at step 1" in run(SIGN, row.pk, row.maker_id, other)
    plain, refuse = case(), SIGN.replace("'GRANT', ''", "'REFUSE', 'x'")
    assert "can be sent back only" in run(refuse, plain.pk, plain.maker_id, other)


def test_inspection_names_a_granted_case_that_lacks_a_step():
    row = case(**TWO_STEPS)
    say(row, person(Post.MANAGER))
    with as_owner():
        plainly("set constraints all immediate")
        plainly("alter table approvals_case disable trigger user")
        plainly(f"update approvals_case set status = 'GRANTED' where id = {row.pk}")
    found = [finding for finding in inspection.inspect(NEXT_DAY) if finding.check.invariant == "I11"]
    assert [finding.check.title for finding in found if not finding.holds] == ["已同意或已退回的事项都有他人签署"]
