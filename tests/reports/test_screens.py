"""The desk in a real browser: charts drawn from their tables, turned by keyboard, leading to the rows by a click."""

from datetime import date

import pytest
from django.db import transaction

from access.states import Post
from tests.access.factories import person
from tests.banking.factories import open_first_day
from tests.deposits.factories import DAY, arrived, paid, paying_employer, through
from tests.journeys.browsing import visit
from tests.journeys.test_look import complaints, faults, name_of, sign_in  # noqa: F401 - a fixture among them

pytestmark = pytest.mark.browser
DESK = "/counter/reports/desk/"
SCREENS = [(1366, 768), (1920, 1080)]
LONGEST_NAME = "内江隆昌玻璃制品及深加工有限责任公司第二分公司驻隆昌市经济技术开发区办事处"


@pytest.fixture
def manager(own_database):
    """Two months of a fund: one paid, one owed by an employer with a long name, and much money without an owner."""
    open_first_day(DAY)
    with transaction.atomic():
        paid(paying_employer(3, at="01"))
        paid(paying_employer(2, at="02"))
        paying_employer(1, name=LONGEST_NAME)
        arrived("99999999999.99", remark="无")
    day = DAY
    while day < date(2026, 8, 20):
        day = through(day)
    return person(Post.MANAGER, branch_id=0)


def test_the_desk_stands_well_and_every_chart_is_drawn(site, page, manager, complaints):  # noqa: F811
    sign_in(page, site, manager)
    page.goto(site + "/")
    assert name_of(page.url) == "reports:manager_desk"
    assert page.locator("[data-chart] [data-chart-picture] svg").count() == 6
    assert page.locator("[data-chart-table]:visible").count() == 0
    assert faults(page, SCREENS) == {}
    assert complaints == []


def test_a_chart_turns_into_its_table_by_keyboard(site, page, manager, complaints):  # noqa: F811
    sign_in(page, site, manager)
    visit(page, site + DESK)
    card = page.locator("[data-chart]").first
    button = card.locator("[data-chart-switch]")
    button.focus()
    page.keyboard.press("Enter")
    assert card.locator("[data-chart-table]").is_visible()
    assert not card.locator("[data-chart-picture]").is_visible()
    assert button.get_attribute("aria-pressed") == "true"
    assert card.locator("tbody tr").first.inner_text().split() == ["2026-07", "5,234.40", "0.00", "0.00", "—", "—"]
    assert faults(page, SCREENS) == {}
    button.press("Space")
    assert card.locator("[data-chart-picture]").is_visible()
    assert complaints == []


def test_a_click_on_a_bar_leads_to_its_rows(site, page, manager, complaints):  # noqa: F811
    sign_in(page, site, manager)
    page.goto(site + DESK)
    picture = page.locator("[data-chart]:has(#chart-deposits) [data-chart-picture]")
    picture.scroll_into_view_if_needed()
    boxes = [path.bounding_box() for path in picture.locator("svg path[fill='#1a56b0']").all()]
    bar = max(boxes, key=lambda box: box["height"])  # the legend has the colour too
    page.mouse.click(bar["x"] + bar["width"] / 2, bar["y"] + bar["height"] / 2)
    page.wait_for_url("**/counter/ledger/**since=2026-07-01&until=2026-07-31")
    assert page.locator("tbody tr").count() == 5
    assert complaints == []


def test_without_scripts_the_tables_stand(site, browser, manager):
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1366, "height": 768})
    page = context.new_page()
    sign_in(page, site, manager)
    page.goto(site + DESK)
    assert page.locator("[data-chart-table]:visible").count() == 6
    assert page.locator("[data-chart-switch]:visible").count() == 0
    context.close()


def test_printed_it_shows_the_figures_too(site, page, manager, complaints):  # noqa: F811
    sign_in(page, site, manager)
    page.goto(site + DESK)
    page.emulate_media(media="print")
    assert page.locator("[data-chart-table]:visible").count() == 6
    assert not page.locator(".filter-bar").first.is_visible()
    assert complaints == []
