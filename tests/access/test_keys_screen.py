"""What the keyboard does on every page, in a real browser 键盘."""

import pytest
from django.db import transaction

from access.states import Post
from tests.access.factories import client_of, person
from tests.approvals.factories import case
from tests.banking.factories import open_first_day
from tests.deposits.factories import DAY, paid, paying_employer
from tests.journeys.browsing import arriving, visit

pytestmark = pytest.mark.browser
FOCUSED = "document.activeElement.name || document.activeElement.textContent.trim()"
PROPOSE = "/counter/policy/terms/deposit.base.cap/propose/"


@pytest.fixture
def finance(site, page):
    """A page on which somebody of finance has just signed in."""
    open_first_day(DAY)
    return signed_in(page, site, person(Post.FINANCE, branch_id=0))


def signed_in(page, site, user):
    for name, cookie in client_of(user).cookies.items():
        page.context.add_cookies([{"name": name, "value": cookie.value, "url": site}])
    return page


def press_while_composing(page, key):
    page.evaluate(
        "key => document.activeElement.dispatchEvent("
        "new KeyboardEvent('keydown', {key, isComposing: true, bubbles: true, cancelable: true}))",
        key,
    )


def test_enter_goes_from_field_to_field_and_control_enter_hands_in(site, finance):
    page = finance
    visit(page, site + PROPOSE)
    names = page.eval_on_selector_all(
        "main form :is(input:not([type=hidden]), select, textarea)", "all => all.map(f => f.name)"
    )
    page.focus(f"main form [name={names[0]}]")
    page.keyboard.press("Enter")
    assert page.evaluate(FOCUSED) == names[1] and page.url.endswith(PROPOSE)
    with arriving(page):
        page.keyboard.press("Control+Enter")
    assert page.title().startswith("错误：") and page.evaluate("document.activeElement.matches('[data-error-summary]')")


def test_enter_makes_a_new_line_where_lines_are_written(site, finance):
    page = finance
    visit(page, site + PROPOSE)
    page.focus("main form textarea")
    page.keyboard.type("一")
    page.keyboard.press("Enter")
    page.keyboard.type("二?/jk")
    assert page.input_value("main form textarea") == "一\n二?/jk"
    assert page.locator("dialog[open]").count() == 0


def test_enter_belongs_to_the_input_method_while_chinese_is_composed(site, finance):
    page = finance
    page.goto(site + PROPOSE)
    page.focus("main form input:not([type=hidden])")
    before = page.evaluate(FOCUSED)
    for key in ("Enter", "F2", "Escape", "?"):
        press_while_composing(page, key)
        assert page.evaluate(FOCUSED) == before and page.locator("dialog[open]").count() == 0


def test_escape_leaves_the_field_and_then_the_page(site, finance):
    page = finance
    visit(page, site + PROPOSE)
    page.focus("main form input:not([type=hidden])")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement === document.body") and page.url.endswith(PROPOSE)
    with arriving(page):
        page.keyboard.press("Escape")
    assert not page.url.endswith(PROPOSE)


def test_a_list_is_walked_turned_and_opened_without_the_mouse(site, page):
    open_first_day(DAY)
    titles = [case(title=f"待复核事项{number:03d}").title for number in range(51)]
    visit(signed_in(page, site, person(Post.MANAGER, branch_id=0)), f"{site}/counter/approvals/")
    for key, at in (("j", 0), ("j", 1), ("k", 0), ("k", 0)):
        page.keyboard.press(key)
        assert page.evaluate(FOCUSED) == titles[at]
    with arriving(page):
        page.keyboard.press("]")
    assert "page=2" in page.url
    with arriving(page):
        page.keyboard.press("[")
    page.keyboard.press("j")
    with arriving(page):
        page.keyboard.press("Enter")
    assert "/counter/approvals/" not in page.url


def test_any_table_is_walked_by_its_first_links(site, page):
    open_first_day(DAY)
    with transaction.atomic():
        paid(paying_employer(3))
    visit(signed_in(page, site, person(Post.FINANCE, branch_id=0)), f"{site}/counter/employers/")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.closest('tbody tr') !== null")


def test_tabs_open_by_their_number(site, finance):
    visit(finance, f"{site}/counter/approvals/")
    with arriving(finance):
        finance.keyboard.press("Alt+2")
    assert finance.url.endswith("/sent/")


def test_f8_prints(site, finance):
    visit(finance, f"{site}/counter/approvals/")
    finance.evaluate("() => { window.print = () => { window.printed = true; }; }")
    assert finance.evaluate("window.printed") is None
    finance.keyboard.press("F8")
    assert finance.evaluate("window.printed") is True


def test_f9_hands_in_for_approval_and_only_that(site, finance):
    page = finance
    visit(page, site + PROPOSE)
    with arriving(page):
        page.keyboard.press("F9")
    assert page.title().startswith("错误：")
    visit(page, f"{site}/counter/employers/")
    page.keyboard.press("F9")
    assert page.url.endswith("/counter/employers/")


def test_the_overlay_names_the_keys_that_do_something_here(site, finance):
    page = finance
    visit(page, f"{site}/counter/approvals/")
    page.keyboard.press("?")
    shown = page.locator("dialog[open] dd").all_inner_texts()
    assert any("分栏" in line for line in shown) and not any("复核" in line for line in shown)
    page.keyboard.press("Escape")
    assert page.locator("dialog").count() == 1 and page.locator("dialog[open]").count() == 0  # the sign-in's own stays
    visit(page, site + PROPOSE)
    page.click("[data-help]")
    assert any("复核" in line for line in page.locator("dialog[open] dd").all_inner_texts())
    page.keyboard.press("?")
    assert page.locator("dialog[open]").count() == 0


def test_single_keys_can_be_switched_off(site, finance):
    page = finance
    visit(page, f"{site}/counter/approvals/")
    page.keyboard.press("?")
    page.locator("[data-single-keys]").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    assert page.locator("dialog[open]").count() == 0
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") != "global-search"
    page.keyboard.press("F2")
    assert page.evaluate("document.activeElement.id") == "global-search"


def test_the_focus_can_be_seen_everywhere(site, finance):
    page = finance
    visit(page, f"{site}/counter/approvals/")
    for _ in range(12):
        page.keyboard.press("Tab")
        outline = page.evaluate(
            "(() => { const at = document.activeElement; const box = at.closest('.global-search') || at;"
            " return getComputedStyle(box).outlineStyle + parseFloat(getComputedStyle(box).outlineWidth); })()"
        )
        assert outline != "none0" and not outline.startswith("none"), page.evaluate("document.activeElement.outerHTML")


def test_a_key_is_chosen_by_pressing_it_and_every_page_follows(site, finance):
    page = finance
    page.goto(f"{site}/counter/ledger/trial-balance/")
    page.click("[data-person-menu] summary")
    with arriving(page):
        page.click("text=我的快捷键")
    for name, key, shown in (
        ("PRINT", "Alt+p", "Alt+P"),
        ("SEARCH", "Shift+F2", "Shift+F2"),
        ("SEARCH_QUICK", "s", "s"),
    ):
        page.focus(f"[name={name}]")
        page.keyboard.press(key)
        assert page.input_value(f"[name={name}]") == shown
    with arriving(page):
        page.get_by_role("button", name="保存").click()
    visit(page, f"{site}/counter/ledger/trial-balance/")
    page.evaluate("() => { window.print = () => { window.printed = (window.printed || 0) + 1; }; }")
    page.keyboard.press("F8")
    assert page.evaluate("window.printed") is None
    page.keyboard.press("Alt+p")
    assert page.evaluate("window.printed") == 1
    assert page.inner_text("[data-print] kbd") == "Alt+P" and page.inner_text(".global-search kbd") == "Shift+F2"
    page.keyboard.press("s")
    assert page.evaluate("document.activeElement.id") == "global-search"
    page.keyboard.type("s")
    assert page.input_value("#global-search") == "s"
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    shown = page.locator("dialog[open] .key-list > div").all_inner_texts()
    assert any(line.split() == ["Alt+P", "打印本页"] for line in shown) and not any("F8" in line for line in shown)


def test_a_key_that_is_taken_is_refused_and_the_usual_ones_come_back(site, finance):
    page = finance
    visit(page, f"{site}/my/keys/")
    page.focus("[name=PRINT]")
    page.keyboard.press("F9")
    page.focus("[name=SUBMIT]")
    page.keyboard.press("F5")
    assert page.input_value("[name=SUBMIT]") == "F5"
    with arriving(page):
        page.get_by_role("button", name="保存").click()
    summary = page.inner_text("[data-error-summary]")
    assert "“F9”已用于“提交复核”" in summary and "“F5”由浏览器或操作系统使用" in summary
    with arriving(page):
        page.get_by_role("button", name="恢复默认").click()
    assert page.input_value("[name=PRINT]") == "F8" and page.input_value("[name=SUBMIT]") == "Ctrl+Enter"


def test_in_the_field_of_a_key_composing_and_editing_keep_their_sense(site, finance):
    page = finance
    visit(page, f"{site}/my/keys/")
    page.focus("[name=PRINT]")
    press_while_composing(page, "F2")
    assert page.input_value("[name=PRINT]") == "F8"
    page.keyboard.press("Control+a")
    page.keyboard.press("Backspace")
    page.keyboard.type("alt+m")
    assert page.input_value("[name=PRINT]") == "alt+m"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.name") == "BACK"


def test_the_help_leads_to_ones_own_keys(site, finance):
    page = finance
    visit(page, f"{site}/counter/approvals/")
    page.keyboard.press("?")
    with arriving(page):
        page.click("dialog[open] >> text=更改我的快捷键")
    assert page.url == f"{site}/my/keys/"
