"""Spouses: recorded once with evidence, found from both sides, of one person only, and ended once."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from access.states import Post
from accounts import rules
from accounts.actions import spouses
from accounts.actions.spouses import NewSpouse
from accounts.models import Spouse
from accounts.queries import spouses as married
from accounts.states import CertificateType
from audit.models import Record
from tests.access.factories import client_of, person
from tests.accounts import factories
from tests.accounts.factories import DAY
from tests.banking.factories import open_first_day

HERS = "11010519491231002X"
WANG = NewSpouse("王芳", CertificateType.RESIDENT_ID, HERS, date(2010, 5, 20), "结婚证 J511002-2010-000123")
ENTERED = {
    "name": "王芳",
    "certificate_type": "01",
    "id_number": HERS,
    "since": "2010-05-20",
    "evidence": "结婚证 J511002-2010-000123",
}

pytestmark = pytest.mark.django_db


@pytest.fixture
def account():
    open_first_day(DAY)
    return factories.member_account(name="李四")


@pytest.fixture
def clerk():
    return person(Post.CLERK, branch_id=1)


def record(account, clerk, **changes):
    return spouses.record(account.member, replace(WANG, **changes), by=clerk, on=DAY)


def end(row, clerk, until=DAY):
    spouses.end(row, until, "离婚证 L511002-2026-000001", by=clerk, on=DAY)


def test_household_is_the_same_seen_from_either_side(account, clerk):
    wife = factories.member_account(name="王芳", id_number=HERS)
    assert married.household_of(account.member) == [bytes(account.member.id_index)]
    record(account, clerk)
    his, hers = bytes(account.member.id_index), bytes(wife.member.id_index)
    assert married.household_of(account.member) == [his, hers]
    assert married.household_of(wife.member) == [hers, his]
    seen = married.partner_of(wife.member, clerk)
    assert (seen.name, seen.account) == ("李四", account)
    assert married.partner_of(account.member, clerk).account == wife


def test_who_joins_later_is_found_as_the_spouse(account, clerk):
    record(account, clerk)
    assert married.partner_of(account.member, clerk).account is None
    wife = factories.member_account(name="王芳", id_number=HERS)
    assert married.partner_of(wife.member, clerk).name == "李四"


def test_account_of_another_office_is_not_linked(account, clerk):
    factories.member_account(factories.employer(at="02"), name="王芳", id_number=HERS)
    record(account, clerk)
    seen = married.partner_of(account.member, clerk)
    assert (seen.name, seen.account) == ("王芳", None)


def test_number_is_sealed_in_the_row_and_masked_elsewhere(account, clerk):
    row = record(account, clerk)
    with connection.cursor() as cursor:
        cursor.execute("select s::text from accounts_spouse s")
        ((stored,),) = cursor.fetchall()
    assert HERS not in stored and row.id_number == HERS
    assert married.partner_of(account.member, clerk).number == "110***********002X"
    assert HERS not in str(Record.objects.get(act="record_spouse").after)


def test_nobody_is_married_to_two_or_to_oneself(account, clerk):
    wife = factories.member_account(name="王芳", id_number=HERS)
    record(account, clerk)
    with pytest.raises(spouses.SpouseKnown):
        record(account, clerk, id_number=factories.id_number())
    with pytest.raises(spouses.SpouseKnown):  # her own side: recorded with him already
        spouses.record(wife.member, replace(WANG, id_number=account.member.id_number), by=clerk, on=DAY)
    third = factories.member_account()
    with pytest.raises(spouses.SpouseTaken):
        record(third, clerk)
    with pytest.raises(spouses.SpouseTaken):
        record(third, clerk, id_number=account.member.id_number)
    with pytest.raises(spouses.SpouseIsSelf):
        record(third, clerk, id_number=third.member.id_number)
    assert Spouse.objects.count() == 1


def test_spouse_who_is_no_member_is_of_one_only(account, clerk):
    record(account, clerk)
    with pytest.raises(spouses.SpouseTaken):
        record(factories.member_account(), clerk)


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"since": DAY + timedelta(days=1)}, spouses.MarriedLater),
        ({"id_number": "110105194912310021"}, rules.WrongIdCheckDigit),
        ({"name": "王4"}, rules.WrongName),
    ],
)
def test_what_cannot_be_is_refused(account, clerk, changes, refusal):
    with pytest.raises(refusal):
        record(account, clerk, **changes)
    assert not Spouse.objects.exists()


def test_marriage_ends_once_and_leaves_room_for_another(account, clerk):
    row = record(account, clerk)
    for wrong in (date(2010, 5, 19), DAY + timedelta(days=1)):
        with pytest.raises(spouses.EndedOutside):
            end(row, clerk, wrong)
    end(row, clerk)
    with pytest.raises(spouses.EndedBefore):
        end(row, clerk)
    assert married.household_of(account.member) == [bytes(account.member.id_index)]
    record(account, clerk, id_number=factories.id_number(), since=DAY)
    record(factories.member_account(), clerk)
    assert Spouse.objects.count() == 3
    assert [one.act for one in Record.objects.filter(act="end_spouse")] == ["end_spouse"]


def test_database_keeps_the_record_as_it_was_written(account, clerk):
    row = record(account, clerk)
    rows = Spouse.objects.filter(pk=row.pk)
    for change in ({"name": "王五"}, {"since": DAY}, {"until": DAY}):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**change)
    end(row, clerk)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(until=None, end_evidence="")
    with pytest.raises(Exception, match=r"append-only|permission denied"), transaction.atomic():
        connection.cursor().execute("delete from accounts_spouse")


# Pages


def at(name, *args):
    return reverse(f"accounts:{name}", args=args)


def test_spouse_is_entered_looked_at_recorded_and_ended(account, clerk):
    counter = client_of(clerk)
    whole = counter.get(at("member", account.pk)).content.decode()
    assert at("spouse_record", account.pk) in whole
    looked_at = counter.post(at("spouse_record", account.pk), ENTERED).content.decode()
    assert "核对" in looked_at and HERS in looked_at and not Spouse.objects.exists()
    answer = counter.post(at("spouse_record", account.pk), ENTERED | {"confirmed": "1"})
    assert answer.headers["Location"] == at("member", account.pk)
    whole = counter.get(at("member", account.pk)).content.decode()
    assert "王芳 110***********002X" in whole and HERS not in whole and at("spouse_end", account.pk) in whole
    assert "已登记配偶 王芳" in counter.get(at("spouse_record", account.pk)).content.decode()
    entered = {"until": "2026-07-01", "evidence": "离婚证 L511002-2026-000001"}
    assert counter.post(at("spouse_end", account.pk), entered).headers["Location"] == at("member", account.pk)
    assert "王芳" not in counter.get(at("member", account.pk)).content.decode()
    told = counter.get(at("member", account.pk), {"tab": "changes"}).content.decode()
    assert "登记配偶" in told and "登记婚姻终止" in told and HERS not in told


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": ""}, "请填写配偶姓名"),
        ({"id_number": "110105194912310021", "confirmed": "1"}, "校验"),
        ({"since": "2026-07-02", "confirmed": "1"}, "结婚日期不能晚于今天"),
        ({"evidence": f"结婚证 {HERS}"}, "证件号码"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(account, clerk, changes, said):
    page = client_of(clerk).post(at("spouse_record", account.pk), ENTERED | changes).content.decode()
    assert said in page and "尚未提交" in page and not Spouse.objects.exists()


def test_only_a_clerk_of_the_office_records(account):
    for post, branch in ((Post.AUDITOR, 1), (Post.MANAGER, 1), (Post.CLERK, 2)):
        other = client_of(person(post, branch_id=branch))
        assert other.get(at("spouse_record", account.pk)).status_code in (403, 404), post
    assert "没有登记配偶" in client_of(person(Post.CLERK)).get(at("spouse_end", account.pk)).content.decode()
