"""The pages in a real browser: keys, widths, long names, the largest amount; nothing runs past the screen."""

import pytest
from django.db import transaction

from access.states import Post
from tests.access.factories import PASSWORD, person
from tests.accounts import factories
from tests.accounts.factories import DAY
from tests.journeys.browsing import arriving
from tests.ledger import books

pytestmark = pytest.mark.browser

LONGEST_NAME = "内江隆昌玻璃制品及深加工有限责任公司第二分公司驻隆昌市经济技术开发区办事处"
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def people(own_database):
    """A clerk and a member with the largest balance an account may hold."""
    books.open_books(DAY)
    with transaction.atomic():
        account = factories.member_account(factories.employer(name=LONGEST_NAME), name="李四")
        factories.member_accounts(account.employer, 60)
        books.pay_in("all", books.bank(DAY), account.ledger_account_id, "9999999999999999.99", on=DAY)
        clerk, member = person(Post.CLERK), person(Post.MEMBER, branch_id=None)
        factories.members.give_sign_in(account.member, member, by=clerk, on=DAY)
    return clerk, member, account


@pytest.fixture
def complaints(page):
    """What the browser says against the page: errors, and whatever its policy refused."""
    heard: list[str] = []
    page.on("console", lambda said: heard.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: heard.append(str(error)))
    return heard


def sign_in(page, site, user):
    page.goto(f"{site}/sign-in/")
    page.fill("[name=username]", user.username)
    page.fill("[name=password]", PASSWORD)
    entered(page)
    assert "sign-in" not in page.url


def entered(page, key="Enter"):
    """Press what leads to another page, and be there: all of it stands."""
    with arriving(page):
        page.keyboard.press(key)


def sideways(page, *widths):
    found = {}
    for width in widths:
        page.set_viewport_size({"width": width, "height": 768})
        found[width] = page.evaluate(SIDEWAYS)
    return found


def test_clerk_finds_and_opens_a_member_without_the_mouse(site, page, people, complaints):
    clerk, _member, account = people
    sign_in(page, site, clerk)
    page.keyboard.press("F2")
    page.keyboard.type("李")
    entered(page)
    assert page.url.endswith(f"/counter/members/{account.pk}/")
    assert sideways(page, 1366, 1920) == {1366: 0, 1920: 0}
    page.keyboard.press("F2")
    page.keyboard.type("王测试")
    entered(page)
    page.wait_for_selector("table")
    assert sideways(page, 1366, 1920) == {1366: 0, 1920: 0}
    entered(page)
    assert "/counter/members/" in page.url
    page.goto(f"{site}/counter/employers/{account.employer_id}/")
    assert sideways(page, 1366, 1920) == {1366: 0, 1920: 0}
    assert complaints == []


def test_member_reads_the_account_on_a_phone(site, page, people, complaints):
    _clerk, member, account = people
    page.set_viewport_size({"width": 360, "height": 740})
    sign_in(page, site, member)
    page.wait_for_url("**/portal/member/account/")
    assert account.number in page.content() and "9,999,999,999,999,999.99" in page.content()
    assert sideways(page, 360, 768, 1366) == {360: 0, 768: 0, 1366: 0}
    assert complaints == []
