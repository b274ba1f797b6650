"""Reading an ID card at the counter 读身份证: what a reader types, and where that leads."""

import pytest
from django.db import transaction

from access.states import Post
from accounts import rules
from accounts.models import Employer, MemberAccount
from tests.access.factories import client_of, person
from tests.accounts import factories
from tests.accounts.factories import DAY
from tests.accounts.test_screens import SIDEWAYS, complaints, sign_in
from tests.journeys.browsing import arriving, visit
from tests.ledger import books

__all__ = ["complaints"]

PAGE = "/counter/search/card/"
# The worked example of GB 11643-1999.
NUMBER = "11010519491231002X"


@pytest.mark.parametrize(
    ("typed", "number", "name"),
    [
        (NUMBER, NUMBER, ""),
        (" １１０１０５１９４９１２３１００２ｘ ", NUMBER, ""),
        (f"{NUMBER}\t王小明", NUMBER, "王小明"),
        (f"{NUMBER}，阿卜杜•买买提", NUMBER, "阿卜杜·买买提"),
        (f"王小明|男|汉|19491231|北京市|{NUMBER}|北京市公安局", NUMBER, "王小明"),
        ("110105491231002;王小明", "110105491231002", "王小明"),
        ("王小明", "王小明", ""),
        ("", "", ""),
    ],
)
def test_number_and_name_are_found_in_what_readers_type(typed, number, name):
    assert rules.card_number_and_name(typed) == (number, name)


@pytest.fixture
def account(db):
    books.open_books(DAY)
    return factories.member_account(factories.employer())


def test_a_card_opens_its_person_and_no_address_holds_the_number(account):
    answer = client_of(person(Post.CLERK)).post(PAGE, {"card": f"{account.member.id_number},{account.member.name}"})
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/counter/members/{account.pk}/")


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("110105194912310021", "身份证号码的校验码不符"),
        ("110105491231002", "身份证号码应为18位"),
        ("110105194902310026", "出生日期不存在"),
        ("  ", "没有读到号码"),
    ],
)
def test_a_wrong_number_is_refused_with_its_reason(account, typed, sentence):
    client = client_of(person(Post.CLERK))
    assert sentence in client.post(PAGE, {"card": typed}).content.decode()
    assert sentence in client.post(PAGE, {"card": typed, "fill": "1"}).json()["error"]


def test_a_form_is_told_what_was_read(account):
    answer = client_of(person(Post.CLERK)).post(PAGE, {"card": f"{NUMBER}\t王小明", "fill": "1"})
    assert answer.json() == {"certificate_type": "01", "id_number": NUMBER, "name": "王小明"}
    assert answer.headers["Cache-Control"] == "no-store"


def test_who_is_not_found_may_be_taken_in_by_whoever_may(account):
    clerk = client_of(person(Post.CLERK))
    page = clerk.post(PAGE, {"card": NUMBER}).content.decode()
    assert "选择单位，为其开户" in page and NUMBER not in page.replace(f'value="{NUMBER}"', "")
    clerk.get(f"/counter/employers/{account.employer_id}/")
    page = clerk.post(PAGE, {"card": f"{NUMBER},王小明"}).content.decode()
    assert f"在 {account.employer.name} 开户" in page
    assert f'action="/counter/employers/{account.employer_id}/open-member/"' in page
    page = client_of(person(Post.FINANCE)).post(PAGE, {"card": NUMBER}).content.decode()
    assert "开户由柜员办理" in page and "为其开户" not in page


def test_the_name_read_waits_in_the_next_question(account):
    client, address = client_of(person(Post.CLERK)), f"/counter/employers/{account.employer_id}/open-member/"
    page = client.post(address, {"certificate_type": "01", "id_number": NUMBER, "name": "王小明"}).content.decode()
    assert 'value="王小明"' in page and "首次缴存年月" in page


@pytest.fixture
def clerk(own_database):
    books.open_books(DAY)
    with transaction.atomic():
        factories.member_account(factories.employer(name="内江隆昌玻璃制品有限责任公司"))
    return person(Post.CLERK)


@pytest.mark.browser
def test_the_reader_opens_the_person_from_any_page(site, page, clerk, complaints):
    account = MemberAccount.objects.select_related("member").get()
    sign_in(page, site, clerk)
    visit(page, f"{site}/counter/employers/")
    page.keyboard.press("F4")
    assert page.evaluate("document.activeElement.name") == "card"
    page.keyboard.press("Escape")
    assert page.locator("dialog[open]").count() == 0
    page.keyboard.press("F4")
    page.keyboard.type(account.member.id_number)
    with arriving(page):
        page.keyboard.press("Enter")
    assert page.url == f"{site}/counter/members/{account.pk}/" and complaints == []


@pytest.mark.browser
def test_the_reader_fills_the_form_one_is_at(site, page, clerk, complaints):
    sign_in(page, site, clerk)
    visit(page, f"{site}/counter/employers/{Employer.objects.get().pk}/open-member/")
    here = page.url
    page.keyboard.press("F4")
    page.keyboard.type("110105194912310021")
    page.keyboard.press("Enter")
    page.get_by_text("身份证号码的校验码不符").wait_for()
    assert page.evaluate("document.activeElement.name") == "card" and page.url == here
    assert page.evaluate(SIDEWAYS) == 0
    page.keyboard.type(NUMBER)
    page.keyboard.press("Tab")
    page.keyboard.insert_text("王小明")
    page.keyboard.press("Enter")
    page.locator("dialog[open]").wait_for(state="detached")
    assert page.input_value("#id_id_number") == NUMBER
    assert page.evaluate("document.activeElement.textContent").strip() == "下一步：查重"
    with arriving(page):
        page.keyboard.press("Enter")
    assert page.input_value("#id_name") == "王小明" and page.url == here and complaints == []
