"""Registration from the portal, where anybody may come: what is taken, what is told, and what is not."""

import pytest
from django.test import Client

from accounts.models import Employer, Registration
from accounts.portal.registrations import APPLICATIONS, QUESTIONS
from tests.accounts import factories
from tests.accounts.factories import DAY
from tests.accounts.test_employer_pages import PARTICULARS, at, shown
from tests.accounts.test_registrations import PASSWORD, applied
from tests.ledger import books

pytestmark = pytest.mark.django_db
CHOSEN = {"username": "jine2026", "password": PASSWORD, "password_again": PASSWORD, "checked": "1"}


@pytest.fixture(autouse=True)
def day():
    books.open_books(DAY)


@pytest.fixture
def entered():
    return {**PARTICULARS, "credit_code": factories.credit_code()}


def test_an_applicant_gets_a_number_and_asks_with_it(entered):
    client = Client()
    assert "网上登记" in shown(client.get(at("registration_apply")))
    page = shown(client.post(at("registration_apply"), entered))
    assert "设置登录信息" in page and "隆昌市金鹅纺织有限公司" in page and not Registration.objects.exists()
    answer = client.post(at("registration_apply"), {**entered, **CHOSEN})
    assert answer.headers["Location"] == at("registration_done")
    row = Registration.objects.get()
    assert row.number in shown(client.get(at("registration_done")))
    assert Client().get(at("registration_done")).headers["Location"] == at("registration_state")
    page = shown(Client().post(at("registration_state"), {"number": row.number, "mobile": "13900001111"}))
    assert "待受理" in page and "隆昌市金鹅纺织有限公司" in page and not Employer.objects.exists()


def test_the_password_never_comes_back_to_the_page(entered):
    weak = {**entered, **CHOSEN, "password": "short-one", "password_again": "short-one"}
    page = shown(Client().post(at("registration_apply"), weak))
    assert "密码不符合要求" in page and "short-one" not in page
    differing = {**entered, **CHOSEN, "password_again": "something-else-9"}
    page = shown(Client().post(at("registration_apply"), differing))
    assert "两次输入的密码不一致" in page and PASSWORD not in page and not Registration.objects.exists()


def test_a_wrong_number_and_a_wrong_mobile_read_alike():
    row = applied()
    asked = [(row.number, "13900009999"), ("DJ99999999", "13900001111"), ("DJ99999999", "13900009999")]
    pages = [shown(Client().post(at("registration_state"), {"number": n, "mobile": m})) for n, m in asked]
    assert all("没有找到相符的申请" in page and row.name not in page for page in pages)


def test_an_open_employer_is_not_told_from_a_waiting_application(entered):
    opened, waiting = factories.employer(), applied(username="another")
    sentences = set()
    for code in (opened.credit_code, waiting.credit_code):
        page = shown(Client().post(at("registration_apply"), {**entered, **CHOSEN, "credit_code": code}))
        assert opened.name not in page and waiting.number not in page
        sentences.add("不能在网上提交登记" in page)
    assert sentences == {True} and Registration.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": "金" * 100_000}, "单位名称不超过200个字"),
        ({"name": "金鹅\u202e厂"}, "看不见的字符"),
        ({"name": "金鹅\x00厂"}, "需要更正"),
        ({"address": ""}, "请填写单位地址"),
        ({"branch": "999"}, "请从列表中选择"),
        ({"branch": "1; drop table"}, "请从列表中选择"),
        ({"pay_day": "9" * 5000}, "发薪日应为1至31"),
        ({"employer_ratio": "NaN"}, "请填写百分数"),
        ({"established_on": "0000-00-00"}, "请输入日期"),
        ({"username": "<script>"}, "用户名为4至40个字母"),
        ({"username": "ad min"}, "用户名为4至40个字母"),
    ],
)
def test_hostile_input_is_named_and_kept_out(entered, changes, sentence):
    answer = Client(raise_request_exception=False).post(at("registration_apply"), {**entered, **CHOSEN, **changes})
    assert answer.status_code == 200 and sentence in answer.content.decode()
    assert not Registration.objects.exists()


def test_markup_in_a_name_stays_text(entered):
    page = shown(Client().post(at("registration_apply"), {**entered, "name": "<img src=x onerror=alert(1)>厂"}))
    assert "<img src=x" not in page and "&lt;img src=x" in page


@pytest.mark.parametrize("name", ["registration_apply", "registration_state"])
def test_no_form_is_taken_without_its_token(entered, name):
    answer = Client(enforce_csrf_checks=True).post(at(name), {**entered, **CHOSEN})
    assert answer.status_code == 403 and not Registration.objects.exists()


def test_one_address_cannot_fill_the_list(entered):
    client = Client()
    for serial in range(APPLICATIONS.most):
        code = {"credit_code": factories.credit_code(), "username": f"user{serial:03d}"}
        assert client.post(at("registration_apply"), {**entered, **CHOSEN, **code}).status_code == 302
    page = shown(Client().post(at("registration_apply"), {**entered, **CHOSEN}))
    assert "操作过于频繁" in page and Registration.objects.count() == APPLICATIONS.most
    elsewhere = Client(REMOTE_ADDR="10.0.0.9").post(at("registration_apply"), {**entered, **CHOSEN})
    assert elsewhere.status_code == 302


def test_mobile_numbers_cannot_be_tried_one_after_the_other():
    row = applied()
    for serial in range(QUESTIONS.most):
        Client().post(at("registration_state"), {"number": row.number, "mobile": f"1391234{serial:04d}"})
    page = shown(Client().post(at("registration_state"), {"number": row.number, "mobile": "13900001111"}))
    assert "操作过于频繁" in page and row.name not in page
