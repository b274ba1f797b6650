"""The end of a sign-in and a slow server, as a person meets them 会话到期与等待."""

import time

import pytest
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore

from access.states import Post
from hpf import dayend
from tests.access.factories import PASSWORD, client_of, person
from tests.banking.factories import open_first_day
from tests.deposits.factories import DAY
from tests.journeys.browsing import arriving

pytestmark = pytest.mark.browser
PROPOSE = "/counter/policy/terms/deposit.base.cap/propose/"
TRANSPARENT = "getComputedStyle(document.querySelector('main .data-table tbody td')).color === 'rgba(0, 0, 0, 0)'"


@pytest.fixture
def user(own_database):
    open_first_day(DAY)
    return person(Post.FINANCE, branch_id=0)


@pytest.fixture
def key(site, page, user) -> str:
    """The session of a person of finance who has just signed in, with the browser's clock in the test's hands."""
    cookie = client_of(user).cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": site}])
    page.clock.install()
    return cookie.value


def idle_for(key: str, minutes: int) -> None:
    """What the server knows of this sign-in: nothing was done for so long."""
    session = SessionStore(key)
    session["seen_at"] = int(time.time()) - minutes * 60
    session.save()


def test_the_person_is_asked_before_the_sign_in_ends_and_may_stay(site, page, key):
    page.goto(site + PROPOSE)
    page.clock.fast_forward("12:50")
    assert page.locator("dialog[open]").count() == 0
    idle_for(key, 13)
    page.clock.fast_forward("00:20")
    assert page.get_by_role("alertdialog", name="即将自动退出").is_visible()
    page.get_by_role("button", name="继续使用").click()
    page.locator("dialog[open]").wait_for(state="detached")
    assert SessionStore(key)["seen_at"] > time.time() - 60


def test_at_the_end_what_was_typed_waits_behind_the_sign_in(site, page, key, user):
    page.goto(site + PROPOSE)
    page.fill("main form [name=value]", "25000.00")
    idle_for(key, 15)
    with arriving(page, url="**/sign-in/**"):
        page.clock.fast_forward("15:05")
    assert page.get_by_text("已为您本人保留").is_visible()
    page.fill("[name=username]", user.username)
    page.fill("[name=password]", PASSWORD)
    with arriving(page):
        page.keyboard.press("Enter")
    assert page.url == site + PROPOSE and page.input_value("main form [name=value]") == "25000.00"
    assert page.get_by_text("已恢复您先前填写的内容，尚未提交").is_visible()


def test_work_in_another_window_keeps_this_one_signed_in(site, page, key):
    page.goto(site + PROPOSE)
    page.fill("main form [name=value]", "25000.00")
    with page.expect_response("**/session/") as asked:
        page.clock.fast_forward("15:05")  # by now the server was asked elsewhere: it does not end the sign-in
    assert asked.value.json()["left"] > 600
    page.locator("dialog[open]").wait_for(state="detached")
    assert page.url == site + PROPOSE and page.input_value("main form [name=value]") == "25000.00"


def test_a_second_press_hands_nothing_in_again_and_a_slow_answer_is_explained(site, page, key):
    page.goto(site + PROPOSE)
    page.evaluate(
        "() => { window.handedIn = []; addEventListener('submit', (event) => {"
        " handedIn.push(!event.defaultPrevented); event.preventDefault(); }); }"
    )
    page.click("main form button[type=submit]")
    page.clock.run_for(10)
    assert page.locator("main form button[type=submit]").is_disabled()
    assert page.locator("body.waiting").count() == 0
    page.clock.run_for(400)
    assert page.locator("body.waiting").count() == 1
    page.clock.run_for(5000)
    assert page.get_by_text("正在办理，请不要重复提交").is_visible()
    page.evaluate("document.querySelector('main form').requestSubmit()")
    assert page.evaluate("handedIn") == [True, False]


def test_a_part_that_cannot_be_refreshed_says_so_and_keeps_what_it_showed(site, page, key):
    page.goto(f"{site}/counter/approvals/")
    page.route("**/counter/approvals/", lambda route: route.abort())
    page.evaluate(
        "() => { htmx.ajax('GET', '/counter/approvals/', {target: '#content', swap: 'innerHTML'}).catch(() => 0); }"
    )
    page.get_by_text("刷新失败，显示的仍是先前的内容").wait_for()
    assert page.get_by_role("heading", name="待办").is_visible()


def never_answered(page, act: str) -> None:
    """The server takes its time: nothing comes of this act until somebody stops waiting."""
    page.evaluate(
        "act => { window.stopped = 0; window.stop = () => { stopped += 1; };"
        " addEventListener(act, (event) => event.preventDefault()); }",
        act,
    )


def test_a_slow_page_shows_its_shape_then_a_word_then_a_way_out(site, page, key):
    page.goto(f"{site}/counter/desk/")
    never_answered(page, "click")
    page.click(".side-menu a[href='/counter/employers/']")
    assert not page.evaluate(TRANSPARENT)
    page.clock.run_for(310)
    assert page.evaluate(TRANSPARENT) and page.get_attribute("body", "aria-busy") == "true"
    page.clock.run_for(5000)
    assert page.get_by_text("正在读取，请稍候").is_visible()
    assert not page.get_by_role("button", name="取消").is_visible()
    page.clock.run_for(5000)
    assert (
        page.get_by_text("已等待 10 秒").is_visible() and page.get_by_role("progressbar", name="正在等待").is_visible()
    )
    page.get_by_role("button", name="取消").click()
    assert page.get_by_text("已取消，显示的仍是先前的内容").is_visible() and page.url == f"{site}/counter/desk/"
    assert not page.evaluate(TRANSPARENT) and page.get_attribute("body", "aria-busy") is None
    page.clock.run_for(5000)
    assert page.locator(".waiting-word").is_hidden() and page.evaluate("stopped") == 1


def test_what_was_handed_in_is_never_called_cancelled(site, page, key):
    page.goto(site + PROPOSE)
    never_answered(page, "submit")
    page.click("main form button[type=submit]")
    page.clock.run_for(10_100)
    assert page.locator("body.reading").count() == 0
    page.get_by_role("button", name="停止等待").click()
    assert page.get_by_text("刚才的提交可能已经办理").is_visible()
    assert page.locator("main form button[type=submit]").is_disabled()


def test_a_page_one_comes_back_to_has_its_words_again(site, page, key):
    page.goto(f"{site}/counter/desk/")
    page.evaluate("document.body.classList.add('waiting', 'reading')")
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    assert not page.evaluate(TRANSPARENT)


def test_the_skeleton_stands_still_where_motion_is_unwanted_and_never_on_paper(site, page, key):
    page.goto(f"{site}/counter/desk/")
    page.evaluate("document.body.classList.add('waiting', 'reading')")
    moving = "getComputedStyle(document.querySelector('main .data-table tbody td')).animationName"
    assert page.evaluate(moving) == "waiting"
    page.emulate_media(reduced_motion="reduce")
    assert page.evaluate(moving) == "none" and page.evaluate(TRANSPARENT)
    page.emulate_media(media="print")
    assert not page.evaluate(TRANSPARENT)


def test_the_banner_of_the_night_comes_and_goes_by_itself(site, page, key):
    page.goto(f"{site}/counter/desk/")
    assert page.locator(".night-banner").count() == 0
    steps = dayend.run(DAY)
    while next(steps)[0] != "turn":  # the day is turned, and not yet closed
        pass
    page.clock.run_for(20_100)
    page.get_by_text("日终进行中").wait_for()
    for _ in steps:
        pass
    page.clock.run_for(20_100)
    page.locator(".night-banner").wait_for(state="detached")


def test_nobody_asks_for_the_banner_unseen_or_near_the_end_of_the_sign_in(site, page, key):
    asked = []
    page.on("request", lambda request: asked.append(request.url) if request.url.endswith("/night/") else None)
    page.goto(f"{site}/counter/desk/")
    page.evaluate("Object.defineProperty(document, 'hidden', {get: () => window.unseen, configurable: true})")
    page.evaluate("window.unseen = true")
    page.clock.run_for(41_000)
    assert asked == []
    page.evaluate("window.unseen = false")
    with page.expect_response("**/night/"):
        page.clock.run_for(20_000)
    page.evaluate("localStorage.setItem('signed-in-until', String(Date.now() + 60000))")
    before = len(asked)
    page.clock.run_for(41_000)
    assert len(asked) == before == 1


def test_a_stranger_asks_for_no_banner(site, page, own_database):
    page.goto(f"{site}/sign-in/")
    assert page.locator("#night").count() == 0
