"""Registration in a real browser: by keyboard alone, far within six minutes; the portal's pages on a phone."""

import pytest
from django.db import transaction

from access.states import Post
from accounts.models import Employer
from tests.access.factories import person
from tests.accounts import factories
from tests.accounts.factories import DAY
from tests.accounts.test_screens import sideways, sign_in
from tests.journeys.browsing import arriving, visit
from tests.ledger import books

pytestmark = pytest.mark.browser
SIX_MINUTES_OF_KEYS = 200  # one key a second and a half, and time to read the papers
TYPED = [
    "隆昌市金鹅纺织有限公司",
    "周大勇",
    "隆昌市金鹅街道1号",
    "有限责任公司",
    "制造业",
    "2026-05-20",
    None,  # the branch is the clerk's own
    "15",
    "8",
    "8",
    "周敏",
    "13900001111",
    "6222021100010002",
    "工商银行隆昌支行",
    "周敏",
    "13900001111",
    "SQ-2026-1",
    "2027-06-30",
    "zhou.min",
]


@pytest.fixture
def clerk(own_database):
    books.open_books(DAY)
    with transaction.atomic():
        return person(Post.CLERK)


class Keys:
    """A person at the keyboard: every key that is neither a figure nor a character of the answers is counted."""

    def __init__(self, page) -> None:
        self.page, self.pressed = page, 0

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.pressed += 1

    def enter(self, key: str) -> None:
        """Press what leads to another page, and be there."""
        with arriving(self.page):
            self.press(key)

    def answer(self, text: str | None) -> None:
        kind = self.page.evaluate("document.activeElement.type")
        if text is None:
            pass
        elif kind == "select-one":
            self.page.evaluate(
                "text => { const list = document.activeElement;"
                " list.selectedIndex = [...list.options].findIndex(one => one.text === text) }",
                text,
            )
            self.pressed += 2  # the first letters of the word find it in the list
        elif kind == "date":
            self.page.evaluate("day => { document.activeElement.value = day }", text)
        else:
            self.page.keyboard.type(text)
        self.press("Enter")


def test_an_employer_is_registered_without_the_mouse(site, page, clerk):
    sign_in(page, site, clerk)
    visit(page, f"{site}/counter/employers/register/")
    keys, code = Keys(page), factories.credit_code(900_000_002)
    page.locator("[name=credit_code]").focus()
    page.keyboard.type(code)
    keys.enter("Enter")
    assert "/particulars/?credit_code=" in page.url
    assert sideways(page, 1366, 1920) == {1366: 0, 1920: 0}
    page.locator("[name=name]").focus()
    for text in TYPED:
        keys.answer(text)
    keys.enter("Control+Enter")
    page.wait_for_selector("text=核对登记信息")
    assert "已逾期 12 天" in page.content()
    keys.enter("Control+Enter")
    assert page.url.endswith("/opened/")
    assert page.get_by_text("初始密码").count() and sideways(page, 1366) == {1366: 0}
    employer = Employer.objects.get(credit_code=code)
    assert employer.handlers.get().user.username == "zhou.min" and employer.pay_day == 15
    assert keys.pressed < 40 < SIX_MINUTES_OF_KEYS


def test_the_portal_registers_on_a_phone(site, page, clerk):
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"{site}/portal/register/")
    assert sideways(page, 360, 768) == {360: 0, 768: 0}
    page.goto(f"{site}/portal/register/state/")
    assert sideways(page, 360) == {360: 0}


def test_all_about_one_employer_fits_the_counter_and_the_phone_of_its_handler(site, page, clerk):
    with transaction.atomic():
        account = factories.member_account(factories.employer(name="隆昌" + "长" * 60 + "有限责任公司"))
        handler = factories.handler(account.employer)
    sign_in(page, site, clerk)
    for tab in ("members", "handlers", "accounts", "changes"):
        page.goto(f"{site}/counter/employers/{account.employer_id}/?tab={tab}")
        assert sideways(page, 1366, 1920) == {1366: 0, 1920: 0}
    page.goto(f"{site}/counter/deadlines/")
    assert sideways(page, 1366) == {1366: 0}
    page.context.clear_cookies()
    page.set_viewport_size({"width": 360, "height": 740})
    visit(page, f"{site}/sign-in/")
    page.fill("[name=username]", handler.username)
    page.fill("[name=password]", factories.PASSWORD)
    with arriving(page):
        page.keyboard.press("Enter")
    assert page.url.endswith("/portal/employer/")
    page.goto(f"{site}/portal/employer/profile/")
    assert sideways(page, 360, 768) == {360: 0, 768: 0}
