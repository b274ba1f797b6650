"""Every page in a real browser, as each post finds it by its links.

Nothing runs past the screen, the browser complains of nothing and calls nobody else, axe finds no serious barrier, and
no page is left without a way to it.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from html import unescape
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest
from django.conf import settings
from django.test import Client
from django.urls import resolve

from access.states import COUNTER_POSTS, PERMS_OF_POST, Post
from tests.access.factories import client_of, person
from tests.banking.factories import open_first_day
from tests.deposits.factories import DAY, arrived
from tests.house.source import ROOT
from tests.house.test_doors import addresses
from tests.journeys.browsing import follow
from tests.journeys.fund import LONGEST_NAME, Fund, somebody, walked_fund

pytestmark = pytest.mark.browser
__all__ = ["LONGEST_NAME"]

SCREENS = [(1366, 768), (1920, 1080)]
PHONES = [(360, 740), (768, 1024)]
COUNTER = [Post.CLERK, Post.FINANCE, Post.MANAGER, Post.AUDITOR, Post.OPERATOR]
PORTALS = [Post.HANDLER, Post.MEMBER]
# Parts that are loaded beside the page are in.
ALL_IN = """
new Promise((allIn, late) => {
  const until = Date.now() + 60000;
  (function look() {
    if (!document.querySelector(".htmx-request")) allIn();
    else if (Date.now() > until) late(new Error("a part of the page does not come"));
    else setTimeout(look, 10);
  })();
})
"""
PAST = """
[document.documentElement.scrollWidth - document.documentElement.clientWidth,
 [...document.querySelectorAll('.table-scroll')].filter(table => table.scrollWidth > table.clientWidth).length]
"""
AXE_SOURCE = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
FRAME = [".top-bar", ".side-menu"]
# Rules that find nothing serious need not run: no page is refused for them.
MILD = [
    *("aria-allowed-role", "aria-deprecated-role", "empty-heading", "empty-table-header", "focus-order-semantics"),
    *("hidden-content", "image-redundant-alt", "meta-viewport-large", "presentation-role-conflict"),
    *("server-side-image-map", "table-duplicate-name", "form-field-multiple-labels", "heading-order"),
    *("html-xml-lang-mismatch", "landmark-banner-is-top-level", "landmark-contentinfo-is-top-level"),
    *("landmark-main-is-top-level", "landmark-no-duplicate-banner", "landmark-no-duplicate-contentinfo"),
    *("landmark-no-duplicate-main", "landmark-one-main", "landmark-unique", "meta-viewport", "no-autoplay-audio"),
    *("page-has-heading-one", "region", "scope-attr-valid", "skip-link"),
]
BARRIERS = """
([known, mild]) => axe.run({exclude: known}, {
  resultTypes: ["violations"], preload: false, rules: Object.fromEntries(mild.map(rule => [rule, {enabled: false}])),
}).then(found => found.violations
  .filter(rule => ["serious", "critical"].includes(rule.impact))
  .map(rule => rule.id + ": " + rule.nodes[0].html))
"""
# On paper a page has the centre's name and who printed it, and nothing to press.
ON_PAPER = """
document.querySelector(".top-bar") &&
[".print-head", ".top-bar", ".side-menu", "main form button[type=submit]"]
  .filter(part => [...document.querySelectorAll(part)].some(shown => shown.checkVisibility()))
"""
PAPER = [".print-head"]
DOWNLOADS = ("_export", "_template", "_errors", "_print", ":paper")
# Loaded by a page into itself, where they are looked at.
PARTS = {
    "deposits:employer_waiting",
    "deposits:member_waiting",
    "deposits:employer_refunds",
    "deposits:receipt_refunds",
}
PARTS |= {"withdrawals:member_withdrawals", "withdrawals:member_withdraw_quote", "access:night_banner"}
# Pages of one thing, whose links depend on how that thing stands: several of them are opened.
SEVERAL = {"accounts:employer": 7, "deposits:remittance": 2, "deposits:my_remittance": 2}
SEVERAL |= {"accounts:member": 5, "accounts:freeze": 3, "accounts:ban": 3, "withdrawals:withdrawal": 3}
SEVERAL |= {"deposits:employer_sheet": 7, "deposits:receipt_refunds": 4, "banking:payment": 5}
# Reached by handing something in, not by a link; the journeys that hand it in look at them.
AFTER_A_FORM = {
    *("accounts:employer_opened", "accounts:employer_register_particulars", "accounts:handler_appointed"),
    *("accounts:member_opened", "accounts:member_reveal", "accounts:member_unseal", "accounts:registration_accept"),
    *("accounts:member_change_reveal", "access:user_reset_done"),
    *("deposits:sheet_confirm", "deposits:sheet_discard", "ledger:shard_retry", "reports:serving_done"),
    *("deposits:sheet_mend", "deposits:counter_sheet_mend", "deposits:counter_sheet_confirm"),
    "deposits:counter_sheet_discard",
}
# Doors that open further than anybody comes: who signs nothing has no deputy, who brought no paper takes none off.
NOT_THEIRS = {
    Post.CLERK: {
        "approvals:deputy_appoint",
        "approvals:deputy_end",
        "deposits:refund_decide",
        "deposits:refund_decide_batch",
    },
    Post.FINANCE: {"approvals:deputy_end", "approvals:paper_remove"},
    Post.MANAGER: {"approvals:paper_remove"},
}


@pytest.fixture
def fund(own_database) -> Fund:
    return walked_fund()


@pytest.fixture
def complaints(page) -> list[str]:
    """What the browser says against a page, and every call to somebody else."""
    heard: list[str] = []
    page.on("console", lambda said: heard.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on("request", lambda asked: None if "//127.0.0.1:" in asked.url else heard.append(f"calls {asked.url}"))
    return heard


def sign_in(page, site: str, user) -> Client:
    """Have the browser signed in as this person; the answer is signed in too, and reads without drawing."""
    client = client_of(user)
    session = client.cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": session.key, "value": session.value, "url": site}])
    return client


def name_of(address: str) -> str:
    return resolve(urlsplit(address).path).view_name


def pages_by_links(client: Client) -> Iterator[tuple[str, str, str, str]]:
    """Every page this person comes to from the first one, one of each sort and tab: name, tab, address and text."""
    opened: Counter[tuple[str, str]] = Counter()
    waiting = ["/"]
    while waiting:
        address = waiting.pop(0)
        name, tab = name_of(address), parse_qs(urlsplit(address).query).get("tab", [""])[0]
        if opened[name, tab] >= (1 if tab else SEVERAL.get(name, 1)) or name.endswith(DOWNLOADS):
            continue
        opened[name, tab] += 1
        answer = client.get(address, follow=True)
        assert answer.status_code == 200, address
        text = answer.content.decode()
        if opened[name, tab] == 1:
            yield name, tab, address, text
        ours = [urljoin(address, link) for link in leads(text)]
        waiting += [link for link in dict.fromkeys(ours) if link not in waiting]


def leads(text: str) -> Iterator[str]:
    """Where a page leads: its links, the parts it loads into itself, and what is done with rows that are ticked."""
    for link, part in re.findall(r'<a [^>]*?href="([^"#]+)|hx-get="([^"]+)', text):
        yield unescape(link or part)
    for row, kind in re.findall(r'type="checkbox" name="case" value="(\d+)" data-like="([^"]+)"', text):
        yield f"{unescape(kind)}?case={row}"
    for action, row in re.findall(
        r'<form method="get" action="([^"]+)">.*?name="event" value="(\d+)"', text, re.DOTALL
    ):
        yield f"{unescape(action)}?event={row}"


def pages_for(post: Post) -> set[str]:
    """The pages whose door this post may open."""
    kinds = {"counter"} if post in COUNTER_POSTS else {"employer", "member"}
    found = {
        name for _at, name, view in addresses() if view.door.kind in kinds and view.door.perm in PERMS_OF_POST[post]
    }
    return {name for name in found if not name.endswith(DOWNLOADS)} - AFTER_A_FORM - PARTS - NOT_THEIRS.get(post, set())


def faults(page, screens: list[tuple[int, int]], known: Sequence[str] = ()) -> dict[str, object]:
    """What is wrong with how the page stands on each screen, for whoever cannot see it, and on paper.

    Parts of the page that are known already are not looked through for barriers again.
    """
    page.evaluate(ALL_IN)
    found = overflow(page, screens)
    if not page.evaluate("'axe' in window"):
        page.add_init_script(AXE_SOURCE)  # the browser has it ready on every page that follows
        page.evaluate(AXE_SOURCE)
    if barriers := page.evaluate(BARRIERS, [known, MILD]):
        found["barriers"] = barriers
    page.emulate_media(media="print")
    if (shown := page.evaluate(ON_PAPER)) not in (None, PAPER):
        found["on paper"] = shown
    page.emulate_media(media="screen")
    return found


def overflow(page, screens: list[tuple[int, int]]) -> dict[str, object]:
    """What runs past its place on each screen, beginning with the one that stands."""
    found: dict[str, object] = {}
    standing = page.viewport_size
    for width, height in sorted(screens, key=lambda screen: screen[0] != standing["width"]):
        if (width, height) != tuple(page.viewport_size.values()):
            page.set_viewport_size({"width": width, "height": height})
        past, clipped = page.evaluate(PAST)
        if past:
            found[f"{width}: runs past the screen by"] = past
        if width >= 1366 and clipped:
            found[f"{width}: a table is wider than its place"] = True
    return found


def shown_by(text: str) -> str:
    """What a page shows of its own: neither the frame with the menu of the post, nor what is sent along unseen."""
    main = text.partition('<p class="print-head">')[2].partition("</p>")[2].partition("</main>")[0]
    return re.sub(r'<input type="hidden"[^>]*>|\d\d:\d\d:\d\d', "", main)


def tables_of(own: str) -> set[str]:
    """What may be wider than its place; what else differs between posts is a button more or less."""
    return set(re.findall(r"<table.*?</table>", own, re.DOTALL))


@pytest.mark.parametrize("posts", [COUNTER, PORTALS], ids=["counter", "portals"])
def test_every_page_stands_well_and_can_be_reached(site, page, fund, complaints, posts):
    """Each page in full for who meets it first, and its width for who sees other tables with other rights."""
    screens = PHONES + SCREENS if posts == PORTALS else SCREENS
    wrong, unreached, looked, shown, tables = {}, {}, set(), set(), set()
    for post in posts:
        page.context.clear_cookies()
        client, visited, frame = sign_in(page, site, somebody(post, fund)), set(), []
        for name, tab, address, text in pages_by_links(client):
            visited.add(name)
            known, own = (name, tab) in looked, shown_by(text)
            if name in PARTS or own in shown or (known and tables_of(own) <= tables):
                continue
            page.goto(site + address)
            if found := overflow(page, screens[:1]) if known else faults(page, screens, frame):
                wrong[post, name] = found
            frame = frame if known else FRAME
            looked.add((name, tab))
            shown.add(own)
            tables |= tables_of(own)
        if missed := pages_for(post) - visited:
            unreached[post] = missed
    told = {"stands badly": wrong, "the browser says": complaints, "no link leads to": unreached}
    assert {what: found for what, found in told.items() if found} == {}


def test_pages_that_say_no_stand_well_too(site, page, complaints):
    open_first_day(DAY)
    answers = {}
    for user, address, status in [
        (None, "/sign-in/", 200),
        (person(Post.CLERK), "/counter/ledger/vouchers/", 403),
        (person(Post.FINANCE), "/counter/ledger/vouchers/0/", 404),
        (person(Post.FINANCE), "/counter/ledger/trial-balance/?since=2026-07-01&until=2026-06-01", 200),
        (person(Post.FINANCE), "/counter/ledger/vouchers/?since=2030-01-01", 200),
    ]:
        page.context.clear_cookies()
        if user:
            sign_in(page, site, user)
        assert page.goto(site + address).status == status
        answers[address] = faults(page, SCREENS + PHONES)
    assert {address: found for address, found in answers.items() if found} == {}
    assert [said for said in complaints if "status of 40" not in said] == []


def test_a_summary_of_errors_takes_the_focus_and_leads_to_the_field(site, page, complaints):
    open_first_day(DAY)
    sign_in(page, site, person(Post.FINANCE))
    page.goto(f"{site}/counter/ledger/trial-balance/?since=2026-07-01&until=2026-06-01")
    assert page.title().startswith("错误：")
    assert page.evaluate("document.activeElement.matches('[data-error-summary]')")
    page.click("[data-error-summary] a")
    page.wait_for_function("document.activeElement.name === 'until'")
    assert complaints == []


def test_a_figure_leads_to_its_voucher_and_to_the_business_in_three_clicks(site, page, complaints):
    """An auditor's measure: from any figure to its entries, and on to what caused them."""
    open_first_day(DAY)
    arrived("99999999999.99")
    sign_in(page, site, person(Post.AUDITOR, branch_id=0))
    page.goto(f"{site}/counter/ledger/trial-balance/?since=2026-07-01&until=2026-07-31")
    follow(page, "text=21902")
    follow(page, ".data-table tbody tr:first-child td:nth-child(2) a")
    assert page.locator("h1").inner_text() == "记账凭证"
    follow(page, "a.code:has-text('banking.receipt')")
    assert name_of(page.url) == "banking:receipt"
    assert complaints == []
