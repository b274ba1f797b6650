"""A case sent up in a real browser, by keys alone: from the inbox of who is unsure to that of who decides."""

from dataclasses import replace
from datetime import date

import pytest
from django.db import transaction

from access.states import Post
from accounts.actions import freezing
from accounts.models import Freeze
from tests.access.factories import person
from tests.accounts import factories
from tests.accounts.test_bans import TODAY as DAY
from tests.accounts.test_freezing import COURT
from tests.accounts.test_screens import complaints
from tests.journeys.browsing import arriving, visit
from tests.journeys.test_look import SCREENS, faults, sign_in
from tests.ledger import books

__all__ = ["complaints"]

pytestmark = pytest.mark.browser


@pytest.fixture
def heads(own_database):
    """A freeze waits at an office; its head, and the one of the centre."""
    books.open_books(DAY)
    with transaction.atomic():
        account = factories.member_account(factories.employer(on=DAY), on=DAY, name="李四")
        order = replace(COURT, begins_on=DAY, until=date(2027, 10, 7))
        freezing.propose(account, order, by=person(Post.CLERK), on=DAY)
        return person(Post.MANAGER, name="周主任"), person(Post.MANAGER, branch_id=0, name="吴主任")


def open_first(page, site, user):
    """Somebody comes to the inbox and opens the first case by key."""
    page.context.clear_cookies()
    sign_in(page, site, user)
    visit(page, f"{site}/counter/approvals/")
    assert faults(page, SCREENS) == {}
    page.keyboard.press("j")
    with arriving(page):
        page.keyboard.press("Enter")
    assert faults(page, SCREENS) == {}


def say(page, digit, why=""):
    page.focus("[name=verdict]")
    page.keyboard.press(digit)
    page.keyboard.press("Tab")
    page.keyboard.type(why)
    with arriving(page):
        page.keyboard.press("Control+Enter")


def test_who_is_unsure_sends_a_case_up_by_keys(site, page, heads, complaints):
    unsure, above = heads
    open_first(page, site, unsure)
    page.keyboard.press("?")
    assert "在复核结论栏中选择：同意、退回、上报" in page.inner_text("dialog[open]")
    page.keyboard.press("Escape")
    say(page, "4", "文书的金额与附表不符，建议先核实")
    assert "已上报" in page.inner_text("main") and Freeze.objects.get().status == "PENDING"
    visit(page, f"{site}/counter/approvals/")
    assert "待办已全部办完" in page.inner_text("main")
    open_first(page, site, above)
    shown = page.inner_text("main")
    assert "文书的金额与附表不符" in shown and "没有更高的复核权限，不能上报" in shown
    say(page, "1")
    assert Freeze.objects.get().status == "ACTIVE"
    assert complaints == []
