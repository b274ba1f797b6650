"""A new value of a parameter 参数调整: two people, a document, a first day; and what the database refuses by itself."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

from access.states import Post
from approvals.actions import signatures
from approvals.actions.signatures import Decision
from approvals.queries import signatures_on
from approvals.rules import digest_of
from approvals.states import CaseStatus, Verdict
from audit.actions import inspection
from audit.queries import history_of
from policy import queries
from policy.actions import terms
from policy.models import Term, TermChange
from policy.states import ORDERED, RULES_WITH, TermName
from tests.access.factories import person
from tests.house.source import ROOT

pytestmark = pytest.mark.django_db

JUNE, JULY = date(2026, 6, 10), date(2026, 7, 1)
NEXT_YEAR = date(2027, 7, 1)


def new(value="25000.00", since=JULY, name=TermName.BASE_CAP, **traits):
    plain = {"document": "内公积金〔2026〕8号", "source": "关于调整缴存基数上限的通知", "reason": "年度调整"}
    return terms.NewValue(name=name, value=value, valid_from=since, **{**plain, **traits})


def proposed(*args, by=None, on=JUNE, **traits):
    asked = new(*args, **traits)
    seen = digest_of(terms.preview(asked, on=on))
    return terms.propose(asked, seen=seen, by=by or person(Post.FINANCE), on=on)


def chief(**traits):
    return person(Post.MANAGER, branch_id=0, **traits)


def decide(change, verdict=Verdict.GRANT, by=None, on=JUNE, seen=None, reason="已核对"):
    decision = Decision(verdict, seen or digest_of(queries.facts_of(change)), reason)
    return terms.decide(change, decision, by=by or chief(), on=on)


def granted(*args, on=JUNE, **traits):
    change = proposed(*args, on=on, **traits)
    decide(change, on=on)
    return change


def caps():
    return [
        (term.value, str(term.valid_from), str(term.valid_to or ""))
        for term in Term.objects.filter(name=TermName.BASE_CAP).order_by("valid_from")
    ]


def test_next_julys_cap_is_entered_in_june():
    change = proposed()
    assert queries.term_on(TermName.BASE_CAP, NEXT_YEAR) == Decimal("22389.00")
    assert decide(change) == CaseStatus.GRANTED
    assert queries.term_on(TermName.BASE_CAP, date(2026, 6, 30)) == Decimal("22389.00")
    assert queries.term_on(TermName.BASE_CAP, JULY) == Decimal("25000.00")
    term = Term.objects.get(change=change)
    assert (term.document, term.source, term.note, term.to_confirm) == (
        change.document,
        change.source,
        "年度调整",
        False,
    )


def test_nothing_changes_when_it_is_sent_back_or_withdrawn():
    before = caps()
    assert decide(proposed(), Verdict.RETURN, reason="文号有误") == CaseStatus.RETURNED
    change = proposed()
    terms.withdraw(change, by=change.case.maker, on=JUNE)
    with pytest.raises(signatures.Overtaken):
        decide(change)
    assert caps() == before


def test_the_maker_is_refused_as_checker():
    maker = chief()
    change = proposed(by=maker)
    with pytest.raises(signatures.OwnCase):
        decide(change, by=maker)
    assert caps() == [("22389.00", "2008-01-01", "")]


def test_only_a_manager_of_the_centre_grants():
    change = proposed()
    for other in (person(Post.MANAGER, branch_id=1), person(Post.FINANCE, branch_id=0)):
        with pytest.raises(signatures.NotToSign):
            decide(change, by=other)


def test_what_changed_since_it_was_read_has_to_be_read_again():
    change = proposed("30000.00", NEXT_YEAR)
    seen = digest_of(queries.facts_of(change))
    floor = proposed("2200.00", JULY, TermName.BASE_FLOOR)
    decide(floor)
    with pytest.raises(signatures.FactsChanged):
        decide(change, seen=seen)
    assert decide(change) == CaseStatus.GRANTED
    [signed] = signatures_on(change.case)
    assert (change.case.facts["届时相关参数"], signed.facts["届时相关参数"]) == (
        "月缴存基数下限 2,070.00 元",
        "月缴存基数下限 2,200.00 元",
    )


def test_a_proposal_is_what_its_preview_showed():
    seen = digest_of(terms.preview(new(), on=JUNE))
    with pytest.raises(terms.NotSeen):
        terms.propose(new("26000.00"), seen=seen, by=person(Post.FINANCE), on=JUNE)
    assert not TermChange.objects.exists()


@pytest.mark.parametrize(
    ("asked", "refusal"),
    [
        ({"since": date(2026, 6, 9)}, terms.BackDated),
        ({"value": "2万"}, terms.NotAValue),
        ({"value": "22389"}, terms.NoDifference),
        ({"value": "2069.99"}, terms.BoundsCrossed),
        ({"value": "22389.01", "name": TermName.BASE_FLOOR}, terms.BoundsCrossed),
    ],
)
def test_what_could_not_hold_is_refused_before_it_is_proposed(asked, refusal):
    with pytest.raises(refusal):
        terms.preview(new(**asked), on=JUNE)


def test_today_is_early_enough():
    granted(since=JUNE)
    assert queries.term_on(TermName.BASE_CAP, JUNE) == Decimal("25000.00")


def test_a_proposal_that_waited_past_its_first_day_can_only_be_sent_back():
    change = proposed()
    with pytest.raises(terms.BackDated):
        decide(change, on=date(2026, 7, 2))
    assert decide(change, Verdict.RETURN, on=date(2026, 7, 2), reason="已过生效日期") == CaseStatus.RETURNED


def test_a_bound_is_kept_on_later_days_too():
    granted("2500.00", NEXT_YEAR, TermName.BASE_FLOOR)
    with pytest.raises(terms.BoundsCrossed, match="自 2027-07-01 起"):
        terms.preview(new("2400.00", JULY), on=JUNE)


def test_a_bound_asks_no_more_once_a_later_value_has_taken_over():
    granted("30000.00", NEXT_YEAR)
    granted("26000.00", NEXT_YEAR, TermName.BASE_FLOOR)
    granted("25000.00", JULY)
    assert queries.term_on(TermName.BASE_CAP, JULY) == Decimal("25000.00")
    assert queries.term_on(TermName.BASE_CAP, NEXT_YEAR) == Decimal("30000.00")


def test_a_parameter_has_one_proposal_at_a_time():
    proposed()
    with pytest.raises(terms.AlreadyProposed):
        terms.preview(new("26000.00", NEXT_YEAR), on=JUNE)


def test_a_value_before_an_agreed_one_lasts_until_that_begins():
    granted("30000.00", NEXT_YEAR)
    granted("25000.00", JULY)
    assert caps() == [
        ("22389.00", "2008-01-01", "2026-07-01"),
        ("25000.00", "2026-07-01", "2027-07-01"),
        ("30000.00", "2027-07-01", ""),
    ]


def test_an_agreed_value_that_has_not_begun_may_be_replaced():
    wrong = granted("52000.00")
    granted("25000.00")
    assert caps() == [("22389.00", "2008-01-01", "2026-07-01"), ("25000.00", "2026-07-01", "")]
    assert TermChange.objects.get(pk=wrong.pk).case.status == CaseStatus.GRANTED


def test_a_value_that_began_today_may_not_be_replaced_today():
    granted()
    with pytest.raises(terms.HeldToday):
        terms.preview(new("26000.00"), on=JULY)


def test_both_people_stand_on_the_trail():
    maker, checker = person(Post.FINANCE, name="李静"), chief(name="陈军")
    change = proposed(by=maker)
    decide(change, by=checker)
    (proposal,) = history_of(change)
    (enacted,) = history_of(Term.objects.get(change=change))
    assert (proposal.act, proposal.by_name, proposal.after["facts"]["拟定取值"]) == (
        "propose_term",
        "李静",
        "25,000.00 元",
    )
    assert (enacted.act, enacted.by_name, enacted.before["value"]) == ("enact_term", "陈军", "22389.00")


def refused(statement, *values):
    with pytest.raises(DatabaseError) as told, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
    return str(told.value)


def test_the_database_puts_nothing_in_force_that_is_not_granted():
    change = proposed()
    assert "is not granted" in refused("select policy_enact_term(%s)", change.pk)
    decide(change, Verdict.RETURN, reason="文号有误")
    assert "is not granted" in refused("select policy_enact_term(%s)", change.pk)
    assert "is not granted" in refused("select policy_enact_term(0)")


def test_the_database_puts_a_granted_value_in_force_once():
    change = granted()
    assert "is in force" in refused("select policy_enact_term(%s)", change.pk)


SIGNED_BY_HAND = """
    insert into approvals_signature (case_id, maker_id, signer_id, verdict, reason, "on", facts, facts_digest)
    values (%s, %s, %s, 'GRANT', '', %s, '{}', '')
"""


def signed_by_hand(change, on):
    case = change.case
    with connection.cursor() as cursor:
        cursor.execute(SIGNED_BY_HAND, [case.pk, case.maker_id, chief().pk, on])
        cursor.execute("update approvals_case set status = 'GRANTED' where id = %s", [case.pk])


def test_the_database_back_dates_nothing():
    change = proposed()
    signed_by_hand(change, date(2026, 7, 2))
    assert "begins before" in refused("select policy_enact_term(%s)", change.pk)


def test_the_database_takes_no_value_away_that_has_begun():
    granted()
    change = proposed("26000.00")
    signed_by_hand(change, JULY)
    assert "replaces a value that holds" in refused("select policy_enact_term(%s)", change.pk)


@pytest.mark.parametrize(
    "statement",
    ["update policy_termchange set value = '1'", "delete from policy_termchange", "update policy_term set value = '1'"],
)
def test_the_application_changes_no_proposal(statement):
    granted()
    assert "permission denied" in refused(statement)


def test_inspection_finds_nothing_wrong_with_an_honest_change():
    granted()
    found = [finding for finding in inspection.inspect(JULY) if finding.check.invariant == "I11"]
    assert len(found) == 4 and all(finding.holds for finding in found)


def test_the_first_values_keep_every_bound():
    for name in {name for pair in ORDERED for name in pair}:
        for term in Term.objects.filter(name=name).order_by("valid_from"):
            assert queries.out_of_order(name, term.value, term.valid_from) is None, str(term)


def test_the_rules_that_name_a_parameter_are_the_ones_of_the_document():
    text = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
    found: dict[str, set[str]] = {}
    for rule in re.split(r"^### ", text, flags=re.MULTILINE)[1:]:
        for name in re.findall(r"`([a-z_]+(?:\.[a-z_0-9]+)+)`", rule):
            if name in TermName.values:
                found.setdefault(name, set()).add(rule.split()[0])
    said = {name.value: {rule.split()[0] for rule in rules} for name, rules in RULES_WITH.items()}
    assert said == found
