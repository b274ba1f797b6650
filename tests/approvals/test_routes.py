"""A route that the centre lengthens 复核路线: what waits keeps its own, what comes afterwards takes two people."""

from decimal import Decimal

import pytest
from django.urls import reverse

from access.models import Branch
from access.states import Perm, Post
from accounts.actions import employer_changes
from accounts.actions.employer_changes import Grounds
from accounts.queries.employer_changes import facts_of
from approvals.actions.signatures import Decision
from approvals.rules import digest_of
from approvals.states import CaseStatus, Verdict
from policy.actions import terms
from policy.queries import route_on
from policy.states import TermName
from tests.access.factories import client_of, person
from tests.accounts.factories import employer
from tests.banking.factories import open_first_day
from tests.policy.test_changes import JUNE, granted, new

pytestmark = pytest.mark.django_db
TWO = "0:APPROVE_CHANGES;05/0:APPROVE_CHANGES>APPROVE_CHANGES"
GROUNDS = Grounds("营业执照", "更名")


def asked(at="05"):
    subject = employer(at=at, on=JUNE)
    return employer_changes.propose(subject, {"name": f"{subject.name}新"}, GROUNDS, by=person(Post.CLERK), on=JUNE)


def grant(row):
    decision = Decision(Verdict.GRANT, digest_of(facts_of(row)))
    return employer_changes.decide(row, decision, by=person(Post.MANAGER, branch_id=0), on=JUNE)


def test_what_is_handed_in_after_the_change_takes_two_people_at_that_office():
    before = asked()
    granted(TWO, name=TermName.ROUTE_EMPLOYER_CHANGE, since=JUNE)
    after, elsewhere = asked(), asked(at="01")
    assert (before.case.steps_left, after.case.steps_left, elsewhere.case.steps_left) == (1, 2, 1)
    assert grant(before) == CaseStatus.GRANTED
    name = after.employer.name
    assert grant(after) == CaseStatus.OPEN
    after.employer.refresh_from_db()
    assert after.employer.name == name
    assert grant(after) == CaseStatus.GRANTED
    after.employer.refresh_from_db()
    assert after.employer.name == f"{name}新"


def test_a_route_that_names_an_office_that_is_not_there_is_refused():
    route = new("0:APPROVE_CHANGES;99/0:APPROVE_CHANGES", since=JUNE, name=TermName.ROUTE_EMPLOYER_CHANGE)
    with pytest.raises(terms.UnknownOffice, match="99"):
        terms.preview(route, on=JUNE)


def test_a_route_is_proposed_on_its_page_in_words_that_can_be_read():
    open_first_day(JUNE)
    client = client_of(person(Post.FINANCE))
    address = reverse("policy:change_propose", args=[TermName.ROUTE_EMPLOYER_CHANGE])
    entered = {"valid_from": "2026-07-01", "document": "1号", "source": "会议纪要", "reason": "加强复核"}
    assert "APPROVE_CHANGES 复核关键信息变更和单位销户" in client.get(address).content.decode()
    page = client.post(address, entered | {"value": TWO}).content.decode()
    assert "05网点复核关键信息变更和单位销户 → 复核关键信息变更和单位销户" in page
    assert "请按要求填写" in client.post(address, entered | {"value": "5:APPROVE_CHANGES"}).content.decode()


def test_the_first_routes_are_those_of_one_person():
    for name in (TermName.ROUTE_EMPLOYER_CHANGE, TermName.ROUTE_MEMBER_CHANGE):
        assert route_on(name, Decimal(0), Branch.objects.get(code="05"), JUNE) == [Perm.APPROVE_CHANGES]
