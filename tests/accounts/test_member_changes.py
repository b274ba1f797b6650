"""Changes of a member's particulars: how one is reached at once, name and certificate under a second signature."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from access.states import Post
from accounts import queries, rules
from accounts.actions import member_changes, members
from accounts.actions.employer_changes import Grounds, NothingChanged
from accounts.models import KeyChange, Member, MemberAccount
from accounts.queries import member_changes as asked_for
from accounts.states import CertificateType, Sex
from approvals.actions import signatures
from approvals.actions.signatures import Decision
from approvals.rules import digest_of
from approvals.states import CaseStatus, Verdict
from audit.models import Record
from hpf.errors import Overtaken
from tests.access.factories import client_of, person
from tests.accounts import factories
from tests.accounts.factories import DAY
from tests.banking.factories import open_first_day

OLD, NEW = "11010519491231002X", "360426199101010071"
GROUNDS = Grounds("公安机关证明 2026-7", "身份证号码更正")
CORRECTED = {"name": "曾小明", "certificate_type": "01", "id_number": NEW}

pytestmark = pytest.mark.django_db


@pytest.fixture
def account():
    open_first_day(DAY)
    return factories.member_account(name="李四", id_number=OLD, mobile="13800138000")


@pytest.fixture
def clerk():
    return person(Post.CLERK, branch_id=1)


@pytest.fixture
def manager():
    return person(Post.MANAGER, branch_id=1)


def propose(account, by, wanted=None):
    return member_changes.propose(account.member, wanted or CORRECTED, GROUNDS, by=by, on=DAY)


def decide(row, by, verdict=Verdict.GRANT, seen=None, reason=""):
    seen = digest_of(asked_for.facts_of(row)) if seen is None else seen
    return member_changes.decide(row, Decision(verdict, seen, reason), by=by, on=DAY)


def test_nothing_changes_until_a_second_person_grants_it(account, clerk, manager):
    row = propose(account, clerk)
    member = Member.objects.get(pk=account.member_id)
    assert (member.name, member.id_number) == ("李四", OLD)
    assert decide(row, manager) == CaseStatus.GRANTED
    member = Member.objects.get(pk=account.member_id)
    assert (member.name, member.initials, member.id_number) == ("曾小明", "ZXM", NEW)
    assert (member.birth_date, member.sex) == (date(1991, 1, 1), Sex.MALE)
    assert queries.search(NEW, clerk).accounts == [account] == queries.search("zxm", clerk).accounts
    assert queries.search(OLD, clerk) == queries.Found()


def test_other_certificate_tells_no_birth_date(account, clerk, manager):
    row = propose(account, clerk, {"name": "李四", "certificate_type": "03", "id_number": "e1234567"})
    assert asked_for.values_of(row).keys() == {"certificate_type", "id_number"}
    decide(row, manager)
    member = Member.objects.get(pk=account.member_id)
    assert (member.certificate_type, member.id_number) == (CertificateType.PASSPORT, "E1234567")
    assert (member.birth_date, member.sex) == (None, None)


def test_maker_is_not_the_checker(account):
    both = person(Post.MANAGER, branch_id=1)
    row = propose(account, both)
    with pytest.raises(signatures.OwnCase):
        decide(row, both)


def test_database_refuses_a_new_name_without_a_second_signature(account, clerk):
    member = Member.objects.filter(pk=account.member_id)
    index = bytes(member.get().id_index)
    for change in ({"name": "李五"}, {"certificate_type": "02"}, {"id_index": index[::-1]}):
        with pytest.raises(IntegrityError, match="second signature"), transaction.atomic():
            member.update(**change)
    propose(account, clerk)
    with pytest.raises(IntegrityError, match="second signature"), transaction.atomic():
        member.update(name="李五")
    assert member.update(card_bank="建设银行") == 1  # what needs none is left alone


def test_page_that_grew_stale_is_read_again(account, clerk, manager):
    row = propose(account, clerk)
    seen = digest_of(asked_for.facts_of(row))
    MemberAccount.objects.filter(pk=account.pk).update(employer=factories.employer())
    with pytest.raises(signatures.FactsChanged):
        decide(row, manager, seen=seen)
    assert decide(row, manager) == CaseStatus.GRANTED


def test_number_of_another_person_is_refused_and_at_the_decision_too(account, clerk, manager):
    other = factories.member_account(id_number=NEW)
    with pytest.raises(member_changes.CertificateTaken) as told:
        propose(account, clerk)
    assert other.number in told.value.sentence and "中心本部" in told.value.sentence
    row = propose(account, clerk, CORRECTED | {"id_number": factories.id_number(77)})
    factories.member_account(id_number=factories.id_number(77))
    with pytest.raises(member_changes.CertificateTaken):
        decide(row, manager)
    assert decide(row, manager, Verdict.RETURN, reason="号码已登记他人") == CaseStatus.RETURNED
    assert Member.objects.get(pk=account.member_id).id_number == OLD


def test_one_change_waits_at_a_time_and_its_maker_takes_it_back(account, clerk, manager):
    row = propose(account, clerk)
    with pytest.raises(member_changes.MemberChangeWaits):
        propose(account, clerk)
    with pytest.raises(signatures.NotTheMaker):
        member_changes.withdraw(row, by=manager, on=DAY)
    member_changes.withdraw(row, by=clerk, on=DAY)
    with pytest.raises(Overtaken):
        decide(row, manager)
    assert propose(account, clerk).case.status == CaseStatus.OPEN


@pytest.mark.parametrize(
    ("wanted", "refusal"),
    [
        ({"name": "李四", "id_number": OLD.lower()}, NothingChanged),
        ({"name": "李4"}, rules.WrongName),
        ({"id_number": "360426199101010072"}, rules.WrongIdCheckDigit),
        ({"certificate_type": "03", "id_number": ""}, rules.WrongCertificateNumber),
    ],
)
def test_value_that_cannot_be_is_refused(account, clerk, wanted, refusal):
    with pytest.raises(refusal):
        propose(account, clerk, CORRECTED | wanted)
    assert not KeyChange.objects.exists()


def test_numbers_are_masked_in_facts_and_trail_and_sealed_in_the_row(account, clerk, manager):
    row = propose(account, clerk)
    decide(row, manager)
    facts = asked_for.facts_of(row)
    assert facts["拟变更为（证件号码）"] == "360***********0071"
    told = [f"{record.before}{record.after}{record.why}" for record in Record.objects.all()]
    kept = [str(facts), str(row.case.facts), KeyChange.objects.get(pk=row.pk).values_sealed, *told]
    assert not [text for text in kept if OLD in text or NEW in text]


def test_contacts_change_at_once_with_evidence(account, clerk):
    wanted = {"mobile": "139 0000 1111", "card": "6222 0000 1111 2222", "card_bank": "建设银行"}
    member_changes.change_contacts(account.member, wanted, GROUNDS, by=clerk, on=DAY)
    member = Member.objects.get(pk=account.member_id)
    assert (member.mobile, member.card, member.card_bank) == ("13900001111", "6222000011112222", "建设银行")
    assert queries.search("13900001111", clerk).accounts == [account]
    record = Record.objects.get(act="change_member")
    assert (record.before["mobile"], record.after["mobile"]) == ("138****8000", "139****1111")
    assert record.after["evidence"] == GROUNDS.evidence
    with pytest.raises(NothingChanged):
        member_changes.change_contacts(member, wanted, GROUNDS, by=clerk, on=DAY)
    with pytest.raises(members.CardBankMissing):
        member_changes.change_contacts(member, wanted | {"card_bank": ""}, GROUNDS, by=clerk, on=DAY)


# Pages

GIVEN = {"evidence": GROUNDS.evidence, "reason": GROUNDS.reason}


def page_of(user, name, pk, data=None):
    address = reverse(f"accounts:{name}", args=[pk])
    browser = client_of(user)
    reply = browser.get(address) if data is None else browser.post(address, data, follow=True)
    assert reply.status_code == 200, reply.status_code
    return reply.content.decode()


def test_from_the_counter_to_the_inbox_to_the_decision(account, clerk, manager):
    assert OLD not in page_of(clerk, "member_change_propose", account.pk)
    done = page_of(clerk, "member_change_propose", account.pk, CORRECTED | GIVEN)
    row = KeyChange.objects.get()
    assert "已提交复核" in done and NEW not in done
    inbox = client_of(manager).get(reverse("approvals:inbox")).content.decode()
    decision = reverse("accounts:member_change_decide", args=[row.pk])
    assert decision in inbox
    page = page_of(manager, "member_change_decide", row.pk)
    assert "现姓名" in page and "曾小明" in page and OLD not in page and NEW not in page
    seen = digest_of(asked_for.facts_of(row))
    assert "复核结论已保存" in page_of(manager, "member_change_decide", row.pk, {"verdict": "GRANT", "seen": seen})
    assert Member.objects.get(pk=account.member_id).name == "曾小明"


def test_member_page_tells_what_waits_and_what_was_done(account, clerk, manager):
    row = propose(account, clerk)
    page = page_of(clerk, "member", account.pk)
    assert row.case.title in page and "有一项变更申请待复核" in page
    decide(row, manager)
    browser = client_of(clerk)
    told = browser.get(reverse("accounts:member", args=[account.pk]), {"tab": "changes"}).content.decode()
    assert "变更关键信息" in told and "李四 → 曾小明" in told and "公安机关证明" in told


def test_contacts_page_keeps_what_stands_empty(account, clerk):
    page_of(clerk, "member_amend", account.pk, GIVEN | {"mobile": "13900001111"})
    member = Member.objects.get(pk=account.member_id)
    assert member.mobile == "13900001111" and member.card == account.member.card
    assert "没有需要变更的内容" in page_of(clerk, "member_amend", account.pk, GIVEN)


def test_only_who_holds_the_right_and_the_office(account, clerk, manager):
    row = propose(account, clerk)
    far = person(Post.MANAGER, branch_id=4)
    for name, pk in (("member_change_decide", row.pk), ("member_change", row.pk)):
        assert client_of(far).get(reverse(f"accounts:{name}", args=[pk])).status_code == 404
    assert client_of(clerk).get(reverse("accounts:member_change_decide", args=[row.pk])).status_code == 403
    for name in ("member_amend", "member_change_propose"):
        assert client_of(manager).get(reverse(f"accounts:{name}", args=[account.pk])).status_code == 403
        assert client_of(far).get(reverse(f"accounts:{name}", args=[account.pk])).status_code == 403


def test_whole_numbers_are_shown_once_and_leave_a_record(account, clerk):
    assert OLD not in page_of(clerk, "member", account.pk)
    browser, address = client_of(clerk), reverse("accounts:member_reveal", args=[account.pk])
    assert browser.get(address).status_code == 302 and not Record.objects.filter(act="reveal_numbers").exists()
    shown = browser.post(address).content.decode()
    assert OLD in shown and "13800138000" in shown and "本次查看已留痕" in shown
    record = Record.objects.get(act="reveal_numbers")
    assert (record.by_id, OLD in f"{record.after}{record.why}") == (clerk.pk, False)
    assert client_of(person(Post.AUDITOR, branch_id=1)).post(address).status_code == 403
    assert client_of(person(Post.CLERK, branch_id=4)).post(address).status_code == 404


def test_the_checker_sees_both_whole_numbers_once_and_it_leaves_a_record(account, clerk, manager):
    row = propose(account, clerk)
    browser, address = client_of(manager), reverse("accounts:member_change_reveal", args=[row.pk])
    decides = browser.get(reverse("accounts:member_change_decide", args=[row.pk])).content.decode()
    assert NEW not in decides and OLD not in decides and "查看完整证件号码" in decides
    assert browser.get(address).status_code == 302 and not Record.objects.filter(act="reveal_numbers").exists()
    shown = browser.post(address).content.decode()
    assert NEW in shown and OLD in shown and "本次查看已留痕" in shown
    assert f'action="{reverse("accounts:member_change_decide", args=[row.pk])}"' in shown
    record = Record.objects.get(act="reveal_numbers")
    assert record.by_id == manager.pk and not [n for n in (OLD, NEW) if n in f"{record.after}{record.why}"]


def test_whole_numbers_of_a_change_are_for_who_decides_it_while_it_waits(account, clerk, manager):
    row = propose(account, clerk)
    address = reverse("accounts:member_change_reveal", args=[row.pk])
    assert client_of(clerk).post(address).status_code == 302
    assert client_of(person(Post.MANAGER, branch_id=4)).post(address).status_code == 404
    assert client_of(person(Post.AUDITOR, branch_id=1)).post(address).status_code == 403
    member_changes.withdraw(row, by=clerk, on=DAY)
    assert client_of(manager).post(address).status_code == 302
    assert not Record.objects.filter(act="reveal_numbers").exists()
