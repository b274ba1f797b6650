"""Identifying a receipt in a real browser, by keyboard alone, with texts as long as they come."""

import pytest

from access.states import Post
from deposits.models import Identification
from tests.access.factories import person
from tests.accounts import factories as accounts
from tests.banking.factories import open_first_day
from tests.deposits.factories import DAY, unallocated
from tests.deposits.test_suspense import nameless
from tests.journeys.browsing import arriving, follow
from tests.journeys.test_look import LONGEST_NAME, SCREENS, complaints, faults, sign_in

pytestmark = pytest.mark.browser
__all__ = ["complaints"]  # a fixture


@pytest.fixture
def desk(site, page, complaints):
    """A clerk signed in, an employer whose name equals the payer's, and much money of that payer's."""
    open_first_day(DAY)
    accounts.employer(name=LONGEST_NAME)
    nameless("99999999999.99", payer_name=LONGEST_NAME, remark=LONGEST_NAME)
    sign_in(page, site, person(Post.CLERK))
    return page


def press(page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def tab_to(page, selector: str) -> None:
    """Go by Tab to the first of these; somebody without a mouse would have to."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
            return
    pytest.fail(f"Tab does not reach {selector}")


def test_receipt_is_given_away_by_keyboard_alone(site, desk, complaints):
    other = accounts.employer(at="05", name="资中示例小学")
    looks = {}
    desk.goto(f"{site}/counter/suspense/")
    looks["list"] = faults(desk, SCREENS)
    with arriving(desk):
        press(desk, "j", "Enter")
    looks["receipt"] = faults(desk, SCREENS)
    tab_to(desk, "[name=find]")
    desk.keyboard.type("资中示例")
    with arriving(desk):
        press(desk, "Enter")
    looks["found"] = faults(desk, SCREENS)
    tab_to(desk, f"button[name=add][value='{other.number}']")
    with arriving(desk):
        press(desk, "Enter")
    assert desk.input_value("[name=shares]") == f"{other.number} 99999999999.99"
    tab_to(desk, "[name=why]")
    desk.keyboard.type("单位来函，电话核实")
    with arriving(desk):
        press(desk, "Control+Enter")
    assert desk.locator("h1").inner_text() == "核对认领"
    looks["checking"] = faults(desk, SCREENS)
    with arriving(desk):
        press(desk, "Control+Enter")
    looks["given"] = faults(desk, SCREENS)
    assert "已认领给 1 个单位" in desk.locator(".alert-success").inner_text()
    assert unallocated(other) == Identification.objects.get().amount == nameless("99999999999.99").amount
    assert {name: found for name, found in looks.items() if found} == {}
    assert complaints == []


def test_wrong_lines_take_the_focus(site, desk, complaints):
    desk.goto(f"{site}/counter/suspense/")
    follow(desk, "[data-row-link]")
    desk.fill("[name=shares]", "\n".join(f"19999999{line:02d} 1.00" for line in range(25)))
    desk.fill("[name=why]", "电话核实")
    follow(desk, "text=下一步：核对")
    assert desk.evaluate("document.activeElement.matches('[data-error-summary]')")
    assert desk.locator("[data-error-summary] li").count() == 21 and "另有 5 行有误" in desk.content()
    assert faults(desk, SCREENS) == {}
    assert complaints == []
