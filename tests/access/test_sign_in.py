"""The sign-in page: one sentence for every failure, a lock after five, a fresh session."""

import pytest
from django.contrib.messages import get_messages
from django.test import Client

from access.states import Post
from audit.models import Record
from tests.access.factories import PASSWORD, person

pytestmark = pytest.mark.django_db
ADDRESS = "/sign-in/"
NOT_RECOGNISED = "用户名或密码不正确"


@pytest.fixture(autouse=True)
def plain(settings):
    settings.SECURE_SSL_REDIRECT = False
    settings.ALLOWED_HOSTS = ["testserver"]


def attempt(username, password, client=None, address=ADDRESS):
    return (client or Client()).post(address, {"username": username, "password": password})


def test_name_and_password_open_the_desk():
    assert attempt(person().username, PASSWORD).url == "/"


def test_a_wrong_password_and_an_unknown_name_are_told_the_same():
    user = person()
    wrong, unknown = attempt(user.username, "wrong"), attempt("nobody", "wrong")
    assert NOT_RECOGNISED in wrong.content.decode()
    spelt = [
        answer.content.decode().replace(name, "") for answer, name in ((wrong, user.username), (unknown, "nobody"))
    ]
    without_token = [text[: text.index("csrfmiddlewaretoken")] for text in spelt]
    assert without_token[0] == without_token[1]


@pytest.mark.parametrize("post", [Post.BANK, Post.NIGHT])
def test_machines_do_not_sign_in(post):
    answer = attempt(person(post).username, PASSWORD)
    assert answer.status_code == 200 and NOT_RECOGNISED in answer.content.decode()


def test_a_disabled_person_does_not_sign_in():
    assert NOT_RECOGNISED in attempt(person(is_active=False).username, PASSWORD).content.decode()


def test_nothing_typed_is_told_beside_each_field():
    text = attempt("", "").content.decode()
    assert "有 2 处需要更正" in text and "请输入用户名" in text and "请输入密码" in text
    assert "<title>错误：登录" in text


def test_the_session_is_a_new_one_after_sign_in():
    client = Client()
    session = client.session
    session["before"] = "yes"
    session.save()
    old = session.session_key
    attempt(person().username, PASSWORD, client)
    assert client.session.session_key != old


@pytest.mark.parametrize(
    ("wanted", "reached"),
    [
        ("/counter/x/", "/counter/x/"),
        ("https://elsewhere.example/", "/"),
        ("//elsewhere.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_after_sign_in_one_reaches_only_pages_of_ours(wanted, reached):
    assert attempt(person().username, PASSWORD, address=f"{ADDRESS}?next={wanted}").url == reached


def test_the_last_sign_in_is_told():
    user = person()
    told = [[str(message) for message in get_messages(attempt(user.username, PASSWORD).wsgi_request)] for _ in range(2)]
    assert told[0] == ["这是您首次登录"]
    assert told[1][0].startswith("上次登录：20")


def test_a_sign_in_is_recorded():
    user = person()
    attempt(user.username, PASSWORD)
    attempt(user.username, "wrong")
    acts = Record.objects.filter(subject_kind="access.user", subject_id=str(user.pk))
    assert [record.act for record in acts] == ["sign_in"]


def test_five_failures_lock_for_a_quarter_of_an_hour_and_nobody_else():
    user, other = person(), person()
    for _ in range(5):
        last = attempt(user.username, "wrong")
    assert last.status_code == 429 and "15 分钟后再试" in last.content.decode()
    assert attempt(user.username, PASSWORD).status_code == 429
    assert attempt(other.username, PASSWORD).status_code == 302


def test_a_form_without_its_token_is_refused_in_chinese():
    answer = Client(enforce_csrf_checks=True).post(ADDRESS, {"username": "x", "password": "y"})
    assert answer.status_code == 403 and "页面已过期" in answer.content.decode()


def test_a_missing_page_is_told_in_chinese_with_the_number_of_the_request():
    answer = Client().get("/nowhere/")
    assert answer.status_code == 404
    assert "页面不存在" in answer.content.decode() and answer.headers["X-Request-Id"] in answer.content.decode()


def test_a_missing_operation_is_told_as_a_problem():
    answer = Client().get("/api/v1/nowhere/")
    assert answer.status_code == 404 and answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["instance"] == answer.headers["X-Request-Id"]
