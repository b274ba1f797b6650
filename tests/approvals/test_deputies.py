"""Deputies 复核代理: who signs in whose name, where, on which days, and what neither of the two may do."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from access.models import Branch
from access.states import Perm, Post
from approvals import queries
from approvals.actions import deputies, signatures
from approvals.actions.deputies import Appointment
from approvals.actions.signatures import Decision
from approvals.models import Deputy
from approvals.rules import digest_of
from approvals.states import CaseStatus, Verdict
from audit.actions import inspection
from audit.queries import history_of
from tests.access.factories import DAY, client_of, person
from tests.approvals.factories import FACTS, case
from tests.banking.factories import open_first_day
from tests.ledger.books import as_owner, run

pytestmark = pytest.mark.django_db
LAST = DAY + timedelta(days=9)


def appoint(principal, deputy, by=None, since=DAY, until=LAST):
    return deputies.appoint(Appointment(principal, deputy, since, until, "外出培训"), by=by or principal, on=DAY)


def sign(row, by, verdict=Verdict.GRANT, on=DAY):
    return signatures.sign(row, Decision(verdict, digest_of(FACTS), "已核对"), facts=FACTS, by=by, on=on)


def waiting(user, on=DAY):
    return list(queries.inbox_seen_by(user, on=on))


def test_a_deputy_signs_in_the_principals_name_at_the_principals_office():
    principal, deputy, row = person(Post.MANAGER, name="吴主任"), person(Post.CLERK, branch_id=2), case()
    with pytest.raises(signatures.NotToSign):
        sign(row, deputy)
    appoint(principal, deputy)
    assert waiting(deputy) == [row]
    elsewhere = case(branch=Branch.objects.get(code="02"))
    with pytest.raises(signatures.NotToSign):
        sign(elsewhere, deputy)
    assert sign(row, deputy) == CaseStatus.GRANTED
    signature = row.signatures.get()
    assert (signature.signer, signature.for_user, signature.maker) == (deputy, principal, row.maker)


def test_a_deputy_of_the_centre_signs_for_every_office():
    deputy, row = person(Post.FINANCE), case()
    appoint(person(Post.MANAGER, branch_id=0), deputy)
    far = case(branch=Branch.objects.get(code="02"))
    assert waiting(deputy) == [row, far]


def test_ones_own_right_comes_first():
    deputy, row = person(Post.MANAGER), case()
    appoint(person(Post.MANAGER), deputy)
    sign(row, deputy)
    assert row.signatures.get().for_user is None


def test_neither_the_principals_nor_the_deputys_own_case_is_signed():
    principal, deputy = person(Post.MANAGER), person(Post.FINANCE)
    appoint(principal, deputy)
    theirs, own = case(principal), case(deputy)
    assert waiting(deputy) == []
    with pytest.raises(signatures.NotToSign):
        sign(theirs, deputy)
    with pytest.raises(signatures.OwnCase):
        sign(own, deputy)


def test_nobody_signs_twice_under_two_names():
    principal, deputy = person(Post.MANAGER), person(Post.MANAGER)
    appoint(principal, deputy)
    route = {"perm": None, "route": [Perm.APPROVE_CHANGES, Perm.APPROVE_TERM]}
    row = case(**route)
    sign(row, deputy)
    assert waiting(deputy) == []
    with pytest.raises(signatures.SignedBefore):
        sign(row, deputy)
    other, clerk = case(**route), person(Post.CLERK)
    deputies.end(Deputy.objects.get(), by=principal, on=DAY)
    appoint(principal, clerk)
    sign(other, principal)
    assert waiting(clerk) == [row]
    with pytest.raises(signatures.NotToSign):
        sign(other, clerk)


@pytest.mark.parametrize(("days", "seen"), [(-1, False), (0, True), (9, True), (10, False)])
def test_a_deputy_signs_from_the_first_day_to_the_last(days, seen):
    deputy = person(Post.CLERK)
    appoint(person(Post.MANAGER), deputy)
    case()
    assert bool(waiting(deputy, on=DAY + timedelta(days=days))) == seen
    assert bool(queries.rights_lent_to(deputy, on=DAY + timedelta(days=days))) == seen


def test_what_is_ended_ends_at_once_and_stays_on_the_trail():
    principal, deputy, row = person(Post.MANAGER), person(Post.CLERK), case()
    made = appoint(principal, deputy)
    deputies.end(made, by=deputy, on=DAY)
    assert waiting(deputy) == []
    with pytest.raises(signatures.NotToSign):
        sign(row, deputy)
    with pytest.raises(deputies.Overtaken):
        deputies.end(made, by=principal, on=DAY)
    assert [record.act for record in history_of(made)] == ["end_deputy", "appoint_deputy"]


def test_a_principal_who_left_lends_nothing():
    principal, deputy = person(Post.MANAGER), person(Post.CLERK)
    appoint(principal, deputy)
    case()
    principal.is_active = False
    principal.save(update_fields=["is_active"])
    assert waiting(deputy) == []


def test_a_manager_appoints_for_the_own_office_and_the_centre_for_every_one():
    principal, deputy = person(Post.FINANCE), person(Post.CLERK)
    for by in (person(Post.MANAGER, branch_id=2), person(Post.CLERK), deputy):
        with pytest.raises(deputies.NotToAppoint):
            appoint(principal, deputy, by=by)
    appoint(principal, deputy, by=person(Post.MANAGER))
    appoint(person(Post.MANAGER, branch_id=2), deputy, by=person(Post.MANAGER, branch_id=0))


@pytest.mark.parametrize("post", [Post.OPERATOR, Post.AUDITOR, Post.HANDLER, Post.MEMBER])
def test_who_has_no_inbox_is_no_deputy(post):
    with pytest.raises(deputies.NotToStandIn):
        appoint(person(Post.MANAGER), person(post))


def test_nobody_stands_in_for_oneself_and_who_signs_nothing_has_no_deputy():
    manager, clerk = person(Post.MANAGER), person(Post.CLERK)
    with pytest.raises(deputies.NotToStandIn):
        appoint(manager, manager)
    with pytest.raises(deputies.NotToAppoint):
        appoint(clerk, manager)


@pytest.mark.parametrize(("since", "until", "field"), [(-1, 3, "since"), (3, 2, "until")])
def test_days_that_cannot_be_are_refused(since, until, field):
    days = {"since": DAY + timedelta(days=since), "until": DAY + timedelta(days=until)}
    with pytest.raises(deputies.WrongDays) as told:
        appoint(person(Post.MANAGER), person(Post.CLERK), **days)
    assert told.value.field == field


def test_a_person_has_one_deputy_at_a_time():
    principal = person(Post.MANAGER)
    appoint(principal, person(Post.CLERK))
    with pytest.raises(deputies.HasDeputy):
        appoint(principal, person(Post.CLERK), since=LAST, until=LAST)
    appoint(principal, person(Post.CLERK), since=LAST + timedelta(days=1), until=LAST + timedelta(days=1))


SIGN = """
    insert into approvals_signature
        (case_id, maker_id, signer_id, for_user_id, verdict, reason, "on", facts, facts_digest)
    values (%s, %s, %s, %s, 'GRANT', '', '2026-07-01', '{}', '')
"""


@pytest.mark.parametrize(
    ("appointed", "told"), [(False, "does not stand in"), (True, "approvals_signature_in_anothers_name")]
)
def test_the_database_lets_nobody_sign_in_a_name_that_is_not_lent(appointed, told):
    maker, deputy = person(Post.MANAGER), person(Post.CLERK)
    row, principal = case(maker), maker if appointed else person(Post.MANAGER)
    if appointed:
        appoint(principal, deputy)
    with pytest.raises(DatabaseError, match=told), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(SIGN, [row.pk, maker.pk, deputy.pk, principal.pk])


def test_the_pages_appoint_list_and_end():
    open_first_day(DAY)
    principal, deputy = person(Post.MANAGER, name="吴主任"), person(Post.CLERK, name="周柜员")
    client, listed = client_of(principal), reverse("approvals:deputies")
    assert "没有复核代理" in client.get(listed).content.decode()
    sent = {"principal": principal.pk, "deputy": deputy.pk, "since": DAY, "until": LAST, "reason": "休假"}
    wrong = client.post(reverse("approvals:deputy_appoint"), sent | {"until": DAY - timedelta(days=1)})
    assert "代理期间有误" in wrong.content.decode()
    assert client.post(reverse("approvals:deputy_appoint"), sent).status_code == 302
    page = client.get(listed).content.decode()
    assert "周柜员" in page and "代理中" in page and "休假" in page
    assert "周柜员" not in client_of(person(Post.CLERK)).get(listed).content.decode()
    made = Deputy.objects.get()
    assert client_of(person(Post.CLERK)).get(reverse("approvals:deputy_end", args=[made.pk])).status_code == 404
    assert client_of(deputy).post(reverse("approvals:deputy_end", args=[made.pk])).status_code == 302
    assert "终止" in client.get(listed).content.decode()


def test_the_inbox_says_for_whom_and_the_page_that_decides_lets_the_deputy_in():
    open_first_day(DAY)
    deputy = person(Post.CLERK)
    decides = reverse("accounts:employer_change_decide", args=[0])
    assert client_of(deputy).get(decides).status_code == 403
    appoint(person(Post.MANAGER, name="吴主任"), deputy)
    case(title="代办的事项")
    page = client_of(deputy).get(reverse("approvals:inbox")).content.decode()
    assert "代 吴主任" in page and "您正在代 吴主任 办理复核" in page and "代办的事项" in page
    assert client_of(deputy).get(decides).status_code == 404  # let in; there is no such change
    assert client_of(deputy).get(reverse("reports:manager_desk")).status_code == 403  # nothing but signing is lent


def test_the_proof_names_a_signature_in_a_name_that_was_not_lent():
    principal, deputy, row = person(Post.MANAGER), person(Post.CLERK), case()
    appoint(principal, deputy)
    sign(row, deputy)

    def broken():
        found = inspection.inspect(DAY)
        return [finding.check.title for finding in found if finding.check.invariant == "I11" and not finding.holds]

    assert broken() == []
    with as_owner():
        run("set constraints all immediate")
        run("alter table approvals_deputy disable trigger user")
        run("update approvals_deputy set since = '2026-07-02'")
    assert broken() == ["代他人的签署都有当日有效的代理"]
