"""Signing in with the keyboard in a real browser, which reports whatever its policy refuses."""

import pytest

from access.states import Post
from tests.access.factories import PASSWORD, person
from tests.journeys.browsing import arriving, visit

pytestmark = pytest.mark.browser


@pytest.fixture
def complaints(page):
    heard: list[str] = []
    page.on("console", lambda message: heard.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: heard.append(str(error)))
    return heard


def sign_in(page, site, username, password=PASSWORD):
    visit(page, f"{site}/sign-in/")
    page.keyboard.press("Tab")  # the link to the content
    page.get_by_label("用户名").focus()
    page.keyboard.type(username)
    page.keyboard.press("Tab")
    page.keyboard.type(password)
    with arriving(page):
        page.keyboard.press("Enter")


def test_a_person_signs_in_and_out_without_the_mouse(page, site, complaints):
    user = person(Post.OPERATOR)
    sign_in(page, site, user.username)
    assert page.get_by_text("这是您首次登录").is_visible()
    assert page.get_by_role("button", name="退出").is_visible()
    page.get_by_role("button", name="退出").focus()
    with arriving(page):
        page.keyboard.press("Enter")
    assert page.url == f"{site}/sign-in/" and page.get_by_text("您已安全退出").is_visible()
    assert complaints == []


def test_a_failure_takes_the_eye_to_what_went_wrong(page, site, complaints):
    sign_in(page, site, "nobody", "wrong")
    assert page.title().startswith("错误：登录")
    assert page.evaluate("document.activeElement.getAttribute('role')") == "alert"
    assert page.get_by_label("用户名").input_value() == "nobody"
    assert complaints == []


def test_the_password_can_be_shown_and_hidden(page, site, complaints):
    page.goto(f"{site}/sign-in/")
    field = page.locator("#id_password")
    page.get_by_role("button", name="显示密码").click()
    assert field.get_attribute("type") == "text"
    page.get_by_role("button", name="隐藏密码").click()
    assert field.get_attribute("type") == "password"
    assert complaints == []


def test_capitals_locked_are_pointed_out(page, site):
    page.goto(f"{site}/sign-in/")
    hint = page.locator("#caps-hint")
    assert not hint.is_visible()
    page.evaluate(
        "document.getElementById('id_password').dispatchEvent("
        "new KeyboardEvent('keydown', {key: 'A', modifierCapsLock: true, bubbles: true}))"
    )
    assert hint.is_visible()


@pytest.mark.parametrize("width", [360, 768, 1366, 1920])
def test_no_page_of_the_frame_runs_past_the_screen(page, site, width, complaints):
    user = person(Post.CLERK, name="阿卜杜热西提·阿卜杜热合曼江")
    page.set_viewport_size({"width": width, "height": 768})
    for address in ("/sign-in/", "/nowhere/"):
        page.goto(site + address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    sign_in(page, site, user.username)
    page.goto(f"{site}/counter/ledger/vouchers/")
    assert page.get_by_role("heading", name="没有权限").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert [text for text in complaints if "404" not in text and "403" not in text] == []


def test_keys_reach_the_search_field_but_not_while_composing(page, site):
    sign_in(page, site, person(Post.CLERK).username)
    visit(page, f"{site}/counter/ledger/vouchers/")
    focused = "document.activeElement.id"
    for key in ("F2", "Control+k", "/"):
        page.evaluate("document.activeElement.blur()")
        page.keyboard.press(key)
        assert page.evaluate(focused) == "global-search"
    page.evaluate("document.activeElement.blur()")
    page.evaluate(
        "document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'F2', isComposing: true, bubbles: true}))"
    )
    assert page.evaluate(focused) != "global-search"


def test_the_api_can_be_read_without_breaking_the_policy(page, site, complaints):
    page.goto(f"{site}/api/v1/docs/")
    page.locator(".opblock-summary").first.click()
    page.locator(".opblock-body").first.wait_for()
    assert complaints == []
