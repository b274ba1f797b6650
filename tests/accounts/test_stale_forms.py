"""What somebody else changed since a page was opened is shown there, and never undone unawares."""

import re
from html.parser import HTMLParser

import pytest
from django.urls import reverse

from access.states import Post
from accounts.actions import employer_changes, member_changes
from accounts.actions.employer_changes import Grounds
from accounts.models import Employer, KeyChange, Member
from accounts.queries import member_changes as asked_for
from approvals.actions.signatures import Decision
from approvals.rules import digest_of
from approvals.states import Verdict
from hpf.errors import Overtaken
from tests.access.factories import client_of, person
from tests.accounts import factories
from tests.accounts.factories import DAY
from tests.ledger import books

pytestmark = pytest.mark.django_db
GROUNDS = Grounds("营业执照 2026-07", "更正")
TYPED = {"evidence": "营业执照 2026-07", "reason": "迁址"}
CONTACTS = {"mobile": "13800138000", "card": "", "card_bank": ""}
ID_NUMBER, OTHER_ID = "11010519491231002X", "360426199101010071"


@pytest.fixture(autouse=True)
def day():
    books.open_books(DAY)


class Fields(HTMLParser):
    """What a browser would hand in of a page as it stands."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self.select = ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "input" and given.get("name"):
            self.values[given["name"]] = given.get("value") or ""
        elif tag == "select":
            self.select = given["name"]
        elif tag == "option" and "selected" in given:
            self.values[self.select] = given["value"] or ""


class Window:
    """One person's open page: fields stay as they were until they are handed in."""

    def __init__(self, user, name: str, *args: int) -> None:
        self.browser, self.address = client_of(user), reverse(f"accounts:{name}", args=args)
        self._read(self.browser.get(self.address))

    def hand_in(self, **typed: str) -> str:
        self._read(self.browser.post(self.address, self.fields | typed, follow=True))
        return self.page

    def errors(self) -> list[str]:
        summary = re.search(r'<div class="error-summary".*?</div>', self.page, re.DOTALL)
        return re.findall(r"<li>(?:<a [^>]*>)?([^<]+)", summary.group()) if summary else []

    def _read(self, answer) -> None:
        assert answer.status_code == 200
        self.page = answer.content.decode()
        self.fields = Fields(self.page).values


def clerk():
    return person(Post.CLERK)


def change(employer, **wanted):
    employer_changes.change(Employer.objects.get(pk=employer.pk), wanted, GROUNDS, by=clerk(), on=DAY)


def rename(member: Member, name: str):
    wanted = {"name": name, "certificate_type": "01", "id_number": ID_NUMBER}
    row = member_changes.propose(Member.objects.get(pk=member.pk), wanted, GROUNDS, by=clerk(), on=DAY)
    decision = Decision(Verdict.GRANT, digest_of(asked_for.facts_of(row)))
    member_changes.decide(row, decision, by=person(Post.MANAGER), on=DAY)


def test_what_another_clerk_changed_is_shown_and_kept():
    employer = factories.employer(address="旧址1号", industry="C")
    window = Window(clerk(), "employer_amend", employer.pk)
    change(employer, address="新址2号", industry="E")
    window.hand_in(pay_day="20", **TYPED)
    told = "您打开本页后，他人已由“{}”改为“{}”；页面已换成最新内容，请核对后重新提交"
    assert window.errors() == [
        "单位地址：" + told.format("旧址1号", "新址2号"),
        "所属行业：" + told.format("制造业", "建筑业"),
    ]
    assert Employer.objects.get(pk=employer.pk).pay_day == 10
    assert (window.fields["address"], window.fields["industry"], window.fields["pay_day"]) == ("新址2号", "E", "20")
    assert "单位信息已变更" in window.hand_in()
    now = Employer.objects.get(pk=employer.pk)
    assert (now.address, now.industry, now.pay_day) == ("新址2号", "E", 20)


def test_who_typed_in_the_same_field_keeps_it_and_decides():
    employer = factories.employer(address="旧址1号")
    window = Window(clerk(), "employer_amend", employer.pk)
    change(employer, address="新址2号")
    window.hand_in(address="新址3号", **TYPED)
    assert window.errors() == [
        "单位地址：您打开本页后，他人已由“旧址1号”改为“新址2号”；您填写的内容仍保留，请核对后重新提交"
    ]
    window.hand_in()
    assert Employer.objects.get(pk=employer.pk).address == "新址3号"


def test_a_field_that_was_emptied_stays_empty_and_one_that_was_empty_is_named_so():
    employer = factories.employer(address="旧址1号", legal_person="")
    window = Window(clerk(), "employer_amend", employer.pk)
    change(employer, address="新址2号", legal_person="王芳")
    window.hand_in(address="", **TYPED)
    assert "由“旧址1号”改为“新址2号”；您填写的内容仍保留" in window.errors()[0]
    assert "由“未填写”改为“王芳”；页面已换成最新内容" in window.errors()[1]
    window.hand_in()
    now = Employer.objects.get(pk=employer.pk)
    assert (now.address, now.legal_person) == ("", "王芳")


def test_a_mistake_elsewhere_does_not_hide_what_changed():
    employer = factories.employer(address="旧址1号")
    window = Window(clerk(), "employer_amend", employer.pk)
    window.hand_in(pay_day="32", **TYPED)
    change(employer, address="新址2号")
    window.hand_in(pay_day="20")
    assert "由“旧址1号”改为“新址2号”" in window.errors()[0] and len(window.errors()) == 1


def test_the_same_change_twice_needs_no_second_look():
    employer = factories.employer(address="旧址1号")
    window = Window(clerk(), "employer_amend", employer.pk)
    change(employer, address="新址2号")
    assert "单位信息已变更" in window.hand_in(address="新址2号", pay_day="20", **TYPED)


def test_a_handler_is_told_of_another_contact_without_its_whole_number():
    employer = factories.employer(contact_name="周敏", contact_mobile="13900001111")
    window = Window(factories.handler(employer), "my_employer")
    change(employer, contact_name="李明", contact_mobile="13900002222")
    page = window.hand_in(contact_mobile="13900003333")
    assert "由“周敏”改为“李明”；页面已换成最新内容" in window.errors()[0]
    assert "由“139****1111”改为“139****2222”；您填写的内容仍保留" in window.errors()[1]
    assert "13900001111" not in page and "13900002222" not in page
    window.hand_in()
    now = Employer.objects.get(pk=employer.pk)
    assert (now.contact_name, now.contact_mobile) == ("李明", "13900003333")


def test_a_proposal_does_not_take_a_new_name_back():
    employer = factories.employer(name="金鹅厂")
    window = Window(clerk(), "employer_change_propose", employer.pk)
    Employer.objects.filter(pk=employer.pk).update(name="金鹅纺织厂")
    window.hand_in(credit_code=factories.credit_code(900_000_077), **TYPED)
    assert "由“金鹅厂”改为“金鹅纺织厂”；页面已换成最新内容" in window.errors()[0]
    assert not KeyChange.objects.exists()
    assert "已提交复核" in window.hand_in()
    assert "name" not in KeyChange.objects.get().values


def test_contacts_of_a_member_changed_meanwhile_are_shown_masked():
    account = factories.member_account(id_number=ID_NUMBER, mobile="13800138000")
    window = Window(clerk(), "member_amend", account.pk)
    wanted = {**CONTACTS, "mobile": "13900002222"}
    member_changes.change_contacts(account.member, wanted, GROUNDS, by=clerk(), on=DAY)
    page = window.hand_in(mobile="13700003333", **TYPED)
    assert "由“138****8000”改为“139****2222”；您填写的内容仍保留" in window.errors()[0]
    assert "13900002222" not in page
    assert "联系方式已变更" in window.hand_in()
    assert Member.objects.get(pk=account.member_id).mobile == "13700003333"


def test_a_member_s_name_changed_meanwhile_is_shown():
    account = factories.member_account(name="李四", id_number=ID_NUMBER)
    window = Window(clerk(), "member_change_propose", account.pk)
    rename(account.member, "李思")
    window.hand_in(id_number=OTHER_ID, **TYPED)
    assert "由“李四”改为“李思”；页面已换成最新内容" in window.errors()[0]
    assert KeyChange.objects.count() == 1 and window.fields["name"] == "李思"


@pytest.mark.parametrize("seen", ["[1]", "not json"])
def test_a_page_that_comes_back_spoilt_changes_nothing(seen):
    employer = factories.employer(address="旧址1号")
    window = Window(clerk(), "employer_amend", employer.pk)
    window.hand_in(address="新址2号", seen=seen, **TYPED)
    assert "请重新打开本页后填写" in window.errors()[0]
    assert Employer.objects.get(pk=employer.pk).address == "旧址1号"


def test_who_is_quicker_by_a_moment_is_not_overwritten():
    """Between reading the row and holding it, somebody else's change is committed."""
    employer = factories.employer(address="旧址1号")
    account = factories.member_account(id_number=ID_NUMBER, mobile="13800138000")
    read, member = Employer.objects.get(pk=employer.pk), Member.objects.get(pk=account.member_id)
    change(employer, address="新址2号")
    with pytest.raises(Overtaken):
        employer_changes.change(read, {"address": "新址3号"}, GROUNDS, by=clerk(), on=DAY)
    Employer.objects.filter(pk=employer.pk).update(name="改名厂")
    with pytest.raises(Overtaken):
        employer_changes.propose(read, {"name": "再改厂"}, GROUNDS, by=clerk(), on=DAY)
    quicker = {**CONTACTS, "mobile": "13900002222"}
    member_changes.change_contacts(account.member, quicker, GROUNDS, by=clerk(), on=DAY)
    with pytest.raises(Overtaken):
        member_changes.change_contacts(member, {**CONTACTS, "mobile": "13700003333"}, GROUNDS, by=clerk(), on=DAY)
    rename(account.member, "改名")
    keys = {"name": "再改", "certificate_type": "01", "id_number": ID_NUMBER}
    with pytest.raises(Overtaken):
        member_changes.propose(member, keys, GROUNDS, by=clerk(), on=DAY)
