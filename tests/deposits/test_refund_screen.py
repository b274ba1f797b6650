"""Asking for a refund and signing it in a real browser, by keyboard alone, with texts as long as they come."""

import pytest

from access.states import Post
from deposits.models import Refund
from deposits.states import RefundStatus
from tests.access.factories import person
from tests.banking.factories import open_first_day
from tests.deposits.factories import DAY
from tests.deposits.test_refunds import centre
from tests.deposits.test_suspense import nameless
from tests.deposits.test_suspense_screen import press, tab_to
from tests.journeys.browsing import arriving, visit
from tests.journeys.test_look import LONGEST_NAME, SCREENS, complaints, faults, sign_in

pytestmark = pytest.mark.browser
__all__ = ["complaints"]  # a fixture


def sign(page, site, user) -> dict[str, list]:
    """Somebody opens what waits, says yes and saves it."""
    page.context.clear_cookies()
    sign_in(page, site, user)
    visit(page, f"{site}/counter/refunds/{Refund.objects.get().pk}/decide/")
    found = faults(page, SCREENS)
    page.focus("[name=verdict]")
    page.keyboard.press("ArrowDown")
    with arriving(page):
        press(page, "Control+Enter")
    return found


def test_refund_is_asked_for_and_signed_by_keyboard_alone(site, page, complaints):
    open_first_day(DAY)
    receipt = nameless("99999999999.99", payer_name=LONGEST_NAME, remark=LONGEST_NAME)
    clerk, finance, manager = person(Post.CLERK), centre(Post.FINANCE), centre(Post.MANAGER)
    sign_in(page, site, clerk)
    looks = {}
    page.goto(f"{site}/counter/suspense/{receipt.pk}/")
    page.wait_for_selector(f"a[href$='/receipts/{receipt.pk}/refund/']")
    looks["receipt"] = faults(page, SCREENS)
    tab_to(page, f"a[href$='/receipts/{receipt.pk}/refund/']")
    with arriving(page):
        press(page, "Enter")
    looks["asking"] = faults(page, SCREENS)
    tab_to(page, "[name=reason]")
    page.keyboard.type("付款人来函，重复汇款")
    with arriving(page):
        press(page, "Control+Enter")
    assert page.locator("h1").inner_text() == "核对退款"
    looks["checking"] = faults(page, SCREENS)
    with arriving(page):
        press(page, "Control+Enter")
    looks["asked"] = faults(page, SCREENS)
    looks["finance"] = sign(page, site, finance)
    looks["manager"] = sign(page, site, manager)
    looks["granted"] = faults(page, SCREENS)
    page.goto(f"{site}/counter/refunds/")
    looks["list"] = faults(page, SCREENS)
    assert Refund.objects.get().status == RefundStatus.APPROVED
    assert {name: found for name, found in looks.items() if found} == {}
    assert complaints == []
