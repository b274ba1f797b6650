"""What was typed when a sign-in ended comes back to the person who typed it, and to nobody else."""

import time

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from access.actions import drafts
from access.states import Post
from tests.access.factories import PASSWORD, client_of, person

pytestmark = pytest.mark.django_db
PROPOSE = "/counter/policy/terms/deposit.base.cap/propose/"
TYPED = {"value": "25000.00", "document": "内公积金〔2026〕9号", "reason": "年度调整", "password": "never kept"}
FROM = {"Referer": f"http://testserver{PROPOSE}"}


@pytest.fixture(autouse=True)
def plain_http(settings):
    settings.SECURE_SSL_REDIRECT = False
    settings.ALLOWED_HOSTS = ["testserver"]


@pytest.fixture
def finance():
    return person(Post.FINANCE)


def timed_out(user) -> Client:
    """A browser whose sign-in lies a quarter of an hour back."""
    client = client_of(user)
    session = client.session
    session["seen_at"] = int(time.time()) - 15 * 60
    session.save()
    return client


def sign_in(client, user, address="/sign-in/"):
    return client.post(address, {"username": user.username, "password": PASSWORD})


def test_a_form_that_came_too_late_comes_back_to_its_page(finance):
    client = timed_out(finance)
    answer = client.post(PROPOSE, TYPED, headers=FROM)
    assert answer.status_code == 302 and answer.url == f"/sign-in/?next={PROPOSE.replace('/', '%2F')}"
    assert "已为您本人保留" in client.get(answer.url).content.decode()
    assert sign_in(client, finance, answer.url).url == PROPOSE
    page = client.get(PROPOSE).content.decode()
    assert "data-draft" in page and "25000.00" in page and "never kept" not in page
    assert "data-draft" not in client.get(PROPOSE).content.decode()


def test_nothing_was_carried_out(finance):
    from approvals.models import Case

    timed_out(finance).post(PROPOSE, TYPED, headers=FROM)
    assert not Case.objects.exists()


def test_somebody_else_at_the_same_machine_finds_nothing(finance):
    client, other = timed_out(finance), person(Post.FINANCE)
    client.post(PROPOSE, TYPED, headers=FROM)
    sign_in(client, other)
    assert "data-draft" not in client.get(PROPOSE).content.decode()
    client.post("/sign-out/")
    sign_in(client, finance)
    assert "data-draft" not in client.get(PROPOSE).content.decode()


def test_what_is_kept_cannot_be_read_in_the_table_of_sessions(finance):
    client = timed_out(finance)
    client.post(PROPOSE, TYPED, headers=FROM)
    held = [row.get_decoded() for row in Session.objects.all()]
    kept = [session for session in held if drafts.KEY in session]
    assert len(kept) == 1 and "25000" not in str(kept)


def test_another_window_of_the_same_person_keeps_its_form_too(finance):
    client = timed_out(finance)
    client.get(PROPOSE)  # one window finds the sign-in over
    answer = client.post(PROPOSE, TYPED, headers=FROM)
    sign_in(client, finance, answer.url)
    assert "data-draft" in client.get(PROPOSE).content.decode()


def test_a_stranger_leaves_nothing():
    client = Client()
    answer = client.post(PROPOSE, TYPED, headers=FROM)
    assert answer.status_code == 302 and drafts.KEY not in client.session


def test_a_form_from_before_the_last_sign_in_comes_back_filled_in(finance):
    client = Client(enforce_csrf_checks=True)
    client.cookies = client_of(finance).cookies
    answer = client.post(PROPOSE, TYPED, headers={**FROM, "Origin": "http://testserver"})
    assert answer.status_code == 302 and answer.url == PROPOSE
    assert "data-draft" in client.get(PROPOSE).content.decode()


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null"])
def test_a_form_of_another_site_is_refused_and_not_kept(finance, origin):
    client = Client(enforce_csrf_checks=True)
    client.cookies = client_of(finance).cookies
    answer = client.post(PROPOSE, TYPED, headers={**FROM, "Origin": origin})
    assert answer.status_code == 403 and "data-draft" not in client.get(PROPOSE).content.decode()


def test_a_page_that_asks_how_long_it_lasts_does_not_keep_itself_signed_in(finance):
    client = client_of(finance)
    session = client.session
    session["seen_at"] = int(time.time()) - 14 * 60
    session.save()
    left = client.post("/session/", headers={"HPF-By-Itself": "1"}).json()["left"]
    assert 55 <= left <= 60
    assert client.post("/session/").json()["left"] > 890


@pytest.mark.parametrize(("pages", "kept"), [(5, True), (6, False)])
def test_only_the_latest_pages_are_kept(finance, pages, kept):
    session: dict = {}
    for number in range(pages):
        assert drafts.keep(session, finance.pk, f"/counter/{number}/", {"value": ["1"]})
    assert bool(drafts.take(session, finance, "/counter/0/")) is kept


@pytest.mark.parametrize("fields", [{}, {"csrfmiddlewaretoken": ["x"]}, {"value": [""]}, {"value": ["长" * 100_001]}])
def test_nothing_typed_and_far_too_much_are_not_kept(finance, fields):
    assert drafts.keep({}, finance.pk, "/counter/", fields) is False


@pytest.mark.parametrize("path", ["//elsewhere.example/", "/\\elsewhere.example/"])
def test_the_way_back_never_leads_to_another_host(finance, path):
    client = Client(enforce_csrf_checks=True)
    client.force_login(finance)
    asked = {"Referer": f"https://testserver{path}", "Origin": "https://testserver"}
    answer = client.post(PROPOSE, TYPED, headers=asked, secure=True)
    assert (answer.status_code, answer.url) == (302, "/")
    answer = Client().get(PROPOSE, headers={"HX-Request": "true", "HX-Current-URL": f"http://testserver{path}"})
    assert answer.headers["HX-Redirect"] == f"/sign-in/?next={PROPOSE.replace('/', '%2F')}"
