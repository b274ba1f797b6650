"""Doors of pages: who comes in, who is told why not, and when a sign-in ends."""

import time

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import path

from access import doors, rules
from access.states import Perm, Post
from audit.models import Record
from tests.access.factories import client_of, person

pytestmark = pytest.mark.django_db


@doors.counter(Perm.VIEW_VOUCHERS)
def vouchers(request):
    return HttpResponse(f"凭证 {request.business_day:%Y-%m-%d}")


@doors.employer
def month(request):
    return HttpResponse("本月")


@doors.member
def account(request):
    return HttpResponse("账户")


@doors.signed_in
def falls(request):
    raise RuntimeError("a mistake in the program")


def urlpatterns_with_rooms():
    from hpf.urls import urlpatterns

    return [
        path("counter/vouchers-of-test/", vouchers),
        path("portal/month-of-test/", month),
        path("portal/account-of-test/", account),
        path("falls-of-test/", falls),
        *urlpatterns,
    ]


VOUCHERS, MONTH, ACCOUNT = "/counter/vouchers-of-test/", "/portal/month-of-test/", "/portal/account-of-test/"


@pytest.fixture(autouse=True)
def pages(settings):
    urls = type("urls", (), {"urlpatterns": urlpatterns_with_rooms()})
    urls.handler404, urls.handler500 = "access.views.not_found", "access.views.broken"
    settings.ROOT_URLCONF = urls
    settings.SECURE_SSL_REDIRECT = False
    settings.ALLOWED_HOSTS = ["testserver"]


def signed_in(post: Post) -> Client:
    user = person(post)
    client = client_of(user)
    client.user = user
    return client


@pytest.mark.parametrize("address", [VOUCHERS, MONTH, ACCOUNT, "/"])
def test_a_stranger_is_led_to_sign_in_and_back(address):
    answer = Client().get(address)
    assert answer.status_code == 302 and answer.url == f"/sign-in/?next={address.replace('/', '%2F')}"


@pytest.mark.parametrize(
    ("post", "open_pages"),
    [
        (Post.FINANCE, {VOUCHERS}),
        (Post.AUDITOR, {VOUCHERS}),
        (Post.CLERK, set()),
        (Post.OPERATOR, set()),
        (Post.HANDLER, {MONTH}),
        (Post.MEMBER, {ACCOUNT}),
    ],
)
def test_each_post_opens_its_own_pages_only(post, open_pages):
    client = signed_in(post)
    statuses = {address: client.get(address).status_code for address in (VOUCHERS, MONTH, ACCOUNT)}
    assert statuses == {address: 200 if address in open_pages else 403 for address in statuses}


def test_whoever_may_not_is_told_the_right_and_who_has_it():
    text = signed_in(Post.CLERK).get(VOUCHERS).content.decode()
    assert "查看凭证" in text and "财务、负责人、稽核" in text and "系统管理员" in text


def test_a_change_of_post_counts_from_the_next_request():
    client = signed_in(Post.FINANCE)
    client.user.post = Post.CLERK
    client.user.save()
    assert client.get(VOUCHERS).status_code == 403


def test_a_disabled_person_is_out_at_once():
    client = signed_in(Post.FINANCE)
    client.user.is_active = False
    client.user.save()
    assert client.get(VOUCHERS).status_code == 302


def test_pages_behind_a_door_are_never_stored():
    client = signed_in(Post.FINANCE)
    assert client.get(VOUCHERS).headers["Cache-Control"] == "no-store"
    assert Client().get("/sign-in/").headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("method", ["TRACE", "PUT", "DELETE", "PROPFIND"])
def test_other_methods_are_refused(method):
    assert Client().generic(method, VOUCHERS).status_code == 405


def test_a_request_is_numbered_and_the_number_shown():
    answer = signed_in(Post.CLERK).get(VOUCHERS, headers={"X-Request-Id": "given-number-1"})
    assert answer.headers["X-Request-Id"] == "given-number-1" and "given-number-1" in answer.content.decode()
    strange = Client().get("/livez", headers={"X-Request-Id": "<script>"})
    assert strange.headers["X-Request-Id"] != "<script>"


@pytest.mark.parametrize(
    ("idle", "since", "ended"),
    [(0, 0, False), (899, 899, False), (900, 900, True), (10, 8 * 3600 - 1, False), (10, 8 * 3600, True)],
)
def test_a_sign_in_ends_after_a_quarter_of_an_hour_idle_or_eight_hours(idle, since, ended):
    now = 1_800_000_000
    seconds = rules.COUNTER_IDLE_SECONDS
    assert rules.session_ended(now, signed_in_at=now - since, seen_at=now - idle, idle_seconds=seconds) is ended


@pytest.mark.parametrize(("post", "address", "minutes"), [(Post.FINANCE, VOUCHERS, 15), (Post.MEMBER, ACCOUNT, 10)])
def test_idleness_is_counted_from_the_last_request(post, address, minutes, monkeypatch):
    client, start = signed_in(post), time.time()
    for minute, status in ((minutes - 1, 200), (2 * minutes - 3, 200), (3 * minutes, 302), (3 * minutes, 302)):
        monkeypatch.setattr(time, "time", lambda minute=minute: start + minute * 60)
        assert client.get(address).status_code == status


def test_a_page_that_refreshes_itself_does_not_keep_a_sign_in_alive(monkeypatch):
    client, start = signed_in(Post.MEMBER), time.time()
    for minute in range(1, 10):
        monkeypatch.setattr(time, "time", lambda minute=minute: start + minute * 60)
        assert client.get(ACCOUNT, headers={"HX-Request": "true"}).status_code == 200
    monkeypatch.setattr(time, "time", lambda: start + 600)
    answer = client.get(ACCOUNT, headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"] == f"/sign-in/?next={ACCOUNT.replace('/', '%2F')}"


def test_an_old_cookie_is_worth_nothing_after_sign_out():
    client = signed_in(Post.FINANCE)
    cookie = client.cookies.copy()
    answer = client.post("/sign-out/")
    assert answer.status_code == 302 and "storage" in answer.headers["Clear-Site-Data"]
    client.cookies = cookie
    assert client.get(VOUCHERS).status_code == 302


@pytest.mark.parametrize("address", ["/counter/ledger/vouchers/", "/counter/employers/"])
def test_one_line_of_the_menu_is_where_one_stands(address):
    text = signed_in(Post.FINANCE).get(address).content.decode()
    menu = text[text.index('id="menu"') : text.index("</nav>", text.index('id="menu"'))]
    assert menu.count('aria-current="page"') == 1
    assert f'href="{address}"' in menu[: menu.index("aria-current")].rsplit("<a ", 1)[1]


def test_a_page_that_breaks_says_so_with_its_number_and_can_be_tried_again():
    client = signed_in(Post.CLERK)
    answer = client.get("/falls-of-test/?page=2", headers={"X-Request-Id": "given-number-2"})
    text = answer.content.decode()
    assert answer.status_code == 500 and "given-number-2" in text and "a mistake" not in text
    assert 'href="/falls-of-test/?page=2">重试' in text
    assert "重试</a>" not in client.post("/falls-of-test/").content.decode()


def test_signing_out_needs_a_form():
    client = signed_in(Post.FINANCE)
    assert client.get("/sign-out/").status_code == 405
    assert client.get(VOUCHERS).status_code == 200


def test_signing_out_is_recorded():
    client = signed_in(Post.FINANCE)
    client.post("/sign-out/")
    acts = Record.objects.filter(subject_kind="access.user", subject_id=str(client.user.pk))
    assert [record.act for record in acts] == ["sign_out"]
