"""Every page in a real browser, as each post finds it by its links.

Nothing runs past the screen, the browser complains of nothing and calls nobody else, axe finds no serious barrier, and
no page is left without a way to it.
"""

import uuid
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import islice
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings
from django.db import transaction
from django.urls import resolve
from playwright.sync_api import expect

from access.models import User
from access.queries import night_user
from access.states import COUNTER_POSTS, PERMS_OF_POST, Post
from accounts.actions import (
    bans,
    employer_changes,
    employer_ends,
    employers,
    freezing,
    mandates,
    member_changes,
    registrations,
    sealing,
    spouses,
)
from accounts.actions.employer_changes import Grounds
from accounts.models import Employer, MemberAccount
from accounts.queries import bans as barred
from accounts.states import BanGround, CertificateType, FreezeAct, FreezeGround, SealReason
from approvals.actions.signatures import Decision
from approvals.rules import digest_of
from approvals.states import Verdict
from banking.actions import receipts
from deposits.actions import sheets
from deposits.queries import template_rows
from deposits.sheets import COLUMNS
from hpf import dayend
from hpf.months import Month
from policy.actions import terms
from policy.states import TermName
from tests.access.factories import PASSWORD, client_of, person
from tests.accounts.factories import freeze, handler, member_user
from tests.accounts.test_registrations import handler as appointed
from tests.accounts.test_registrations import new_employer
from tests.banking.factories import notice, open_first_day
from tests.deposits.factories import DAY, arrived, paid, paying_employer, submitted, through
from tests.deposits.test_sheets import workbook
from tests.house.source import ROOT
from tests.house.test_doors import addresses
from tests.journeys.browsing import follow
from withdrawals import queries as withdrawals
from withdrawals.actions import applications, undoing
from withdrawals.actions.applications import Application, Card
from withdrawals.queries import Wish
from withdrawals.rules import Purchase
from withdrawals.states import Channel, PaperKind

pytestmark = pytest.mark.browser

LONGEST_NAME = "内江隆昌玻璃制品及深加工有限责任公司第二分公司驻隆昌市经济技术开发区办事处"
BANS_SINCE = date(2026, 9, 20)  # the first day the Regulation knows them
SCREENS = [(1366, 768), (1920, 1080)]
PHONES = [(360, 740), (768, 1024)]
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
CLIPPED = (
    "[...document.querySelectorAll('.table-scroll')].filter(table => table.scrollWidth > table.clientWidth).length"
)
AXE_SOURCE = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
BARRIERS = """
axe.run(document, {resultTypes: ["violations"]}).then(found => found.violations
  .filter(rule => ["serious", "critical"].includes(rule.impact))
  .map(rule => rule.id + ": " + rule.nodes[0].html))
"""
# On paper a page has the centre's name and who printed it, and nothing to press.
ON_PAPER = """
[".print-head", ".top-bar", ".side-menu", "main form button[type=submit]"]
  .filter(part => [...document.querySelectorAll(part)].some(shown => shown.checkVisibility()))
"""
PAPER = [".print-head"]
DOWNLOADS = ("_export", "_template", "_errors", "_print")
# Loaded by a page into itself, where they are looked at.
PARTS = {"deposits:employer_waiting", "deposits:member_waiting"}
PARTS |= {"withdrawals:member_withdrawals", "withdrawals:member_withdraw_quote"}
# Pages of one thing, whose links depend on how that thing stands: several of them are opened.
SEVERAL = {"accounts:employer": 7, "deposits:remittance": 2, "deposits:my_remittance": 2}
SEVERAL |= {"accounts:member": 5, "accounts:freeze": 3, "accounts:ban": 3, "withdrawals:withdrawal": 3}
# Reached by handing something in, not by a link; the journeys that hand it in look at them.
AFTER_A_FORM = {
    *("accounts:employer_opened", "accounts:employer_register_particulars", "accounts:handler_appointed"),
    *("accounts:member_opened", "accounts:member_reveal", "accounts:member_unseal", "accounts:registration_accept"),
    *("accounts:member_change_reveal", "access:user_reset_done"),
    *("withdrawals:my_withdrawal", "withdrawals:my_withdrawal_take_back"),
    *("deposits:sheet_confirm", "deposits:sheet_discard", "ledger:shard_retry", "reports:serving_done"),
}
# Pages of what the fund below does not hold: papers, deputies, waiting payments, refunds. Their rooms' tests open them.
NOT_IN_THE_FUND = {
    *("approvals:case_papers", "approvals:deputy_appoint", "approvals:deputy_end", "approvals:paper_remove"),
    *("banking:deliveries_replay", "banking:payment_decide", "banking:payment_decide_batch"),
    *("banking:payment_result", "banking:payment_result_clear", "banking:ruling", "banking:ruling_decide"),
    "banking:ruling_propose",
    *("deposits:employer_refunds", "deposits:receipt_refunds", "deposits:refund", "deposits:refund_clear"),
    *("deposits:refund_decide", "deposits:refund_decide_batch", "deposits:refund_propose"),
    "deposits:refund_propose_share",
    "policy:change_decide_batch",
    "withdrawals:withdrawal_decide_batch",
}


@pytest.fixture
def fund(own_database) -> Employer:
    """A long name, a month paid and allocated, much money without an owner, a refused notice, and a night."""
    open_first_day(DAY)
    employer = paying_employer(60, name=LONGEST_NAME)
    with transaction.atomic():
        paid(employer)
    unclaimed = arrived("99999999999.99", payer_name=LONGEST_NAME, remark=LONGEST_NAME)
    receipts.book(unclaimed.bank, [notice(serial=unclaimed.serial, amount=Decimal(1))], by=night_user(), on=DAY)
    for _ in dayend.run(DAY):
        pass
    day = DAY + timedelta(days=1)
    while day.month == DAY.month:
        day = through(day)
    submitted(employer, Month.of(day), on=day)
    month = Month.of(day).next()
    sheet = sheets.upload(employer, month, wrong_sheet(employer, month), by=night_user(), on=day)
    sheets.check(sheet, by=night_user(), on=day)
    waiting_proposal(day)
    employers.add_paying_account(employer, "6222021100010002", LONGEST_NAME, by=night_user(), on=day)
    mandates.appoint_new(employer, appointed(), by=night_user(), on=day)
    other_employers(day)
    member = employer.member_accounts.order_by("number")[0].member
    named = {"name": "阿卜杜热西提·阿卜杜热合曼江", "certificate_type": "01", "id_number": member.id_number}
    grounds = Grounds(LONGEST_NAME, LONGEST_NAME)
    member_changes.propose(member, named, grounds, by=person(Post.CLERK, branch_id=0), on=day)
    frozen_and_barred(employer, day)
    withdrawn(employer, day)
    return employer


def withdrawn(employer: Employer, day: date) -> None:
    """A withdrawal that waits, one that is approved, and one that somebody asks to undo."""
    clerk, manager = person(Post.CLERK, branch_id=0), person(Post.MANAGER, branch_id=0)
    papers = frozenset({PaperKind.PURCHASE_CONTRACT, PaperKind.PURCHASE_INVOICE})
    for place, account in enumerate(employer.member_accounts.order_by("number")[5:8]):
        home = Purchase(f"{LONGEST_NAME}{place}", day, Decimal("99999999999.99"))
        card = Card(account.member.name, "6222021100010002", LONGEST_NAME)
        asked = Application(uuid.uuid4(), Wish(account, home, Decimal("1.00"), papers), card, Channel.COUNTER)
        row = applications.submit(asked, by=clerk, on=day)
        if place:
            facts = withdrawals.facts_of(row, applications.requote(row, on=day))
            applications.decide(row, Decision(Verdict.GRANT, digest_of(facts)), by=manager, on=day)
        if place == 2:
            undoing.propose(row, LONGEST_NAME, by=clerk, on=day)


def frozen_and_barred(employer: Employer, day: date) -> None:
    """Freezes and bans in every state, with texts as long as the fields take, and somebody who is married."""
    clerk, manager = person(Post.CLERK, branch_id=0), person(Post.MANAGER, branch_id=0)
    first, second, third = employer.member_accounts.order_by("number")[:3]
    paper = {"authority": LONGEST_NAME, "document": LONGEST_NAME, "reason": LONGEST_NAME}
    asked = freeze(first, on=day, **paper)
    freeze(second, amount=Decimal("9999999999999999.99"), on=day, **paper)
    lift = freezing.Paper(FreezeAct.LIFT, **paper)
    freezing.propose_change(asked, lift, by=clerk, on=day)
    order = freezing.Order(ground=FreezeGround.OTHER, amount=None, begins_on=day, until=None, **paper)
    freezing.propose(third, order, by=clerk, on=day)
    decided = {"decided_on": BANS_SINCE, "begins_on": BANS_SINCE, "reason": LONGEST_NAME}
    money = {"amount": Decimal("9999999999999999.99"), "returned": Decimal("0.00")}
    for account, number in ((first, "一"), (second, "二"), (third, "三")):
        ruling = bans.Ruling(ground=BanGround.FRAUD_LOAN, document=LONGEST_NAME + number, **decided, **money)
        row = bans.propose(account.member, ruling, by=clerk, on=BANS_SINCE)
        if account == third:
            continue
        bans.decide(row, Decision(Verdict.GRANT, digest_of(barred.facts_of(row))), by=manager, on=BANS_SINCE)
        if account == first:
            bans.propose_lift(row, LONGEST_NAME, LONGEST_NAME, by=clerk, on=BANS_SINCE)
    wife = spouses.NewSpouse(
        "阿卜杜热西提·阿卜杜热合曼江", CertificateType.RESIDENT_ID, "11010519491231002X", day, LONGEST_NAME
    )
    spouses.record(second.member, wife, by=clerk, on=day)


def other_employers(day: date) -> None:
    """Employers in every state: waiting for money, at rest, empty, new, asking for another name, and applying."""
    clerk, grounds, month = person(Post.CLERK, branch_id=0), Grounds(LONGEST_NAME, LONGEST_NAME), Month.of(day)
    submitted(paying_employer(2, on=day), month, on=day)
    _paying, at_rest, empty, renamed = (paying_employer(1, on=day) for _ in range(4))
    employer_ends.suspend(at_rest, grounds, by=clerk, on=day)
    leaver = empty.member_accounts.get().pk
    sealing.seal(empty, {leaver: SealReason.UNPAID}, month=month, by=clerk, on=day)
    employer_changes.propose(renamed, {"name": LONGEST_NAME + "新"}, grounds, by=clerk, on=day)
    registrations.register(new_employer(name=LONGEST_NAME + "甲"), None, None, by=clerk, on=day)
    asked = new_employer(name=LONGEST_NAME, contact_name=LONGEST_NAME[:20])
    registrations.apply(asked, None, registrations.SignIn("longest-name", PASSWORD), on=day)


def waiting_proposal(day: date) -> None:
    """A new value of a parameter that waits for a second signature, with texts as long as the fields take."""
    new = terms.NewValue(
        TermName.BASE_CAP, "9999999999999999.99", day, LONGEST_NAME, LONGEST_NAME * 3, LONGEST_NAME * 3
    )
    terms.propose(new, seen=digest_of(terms.preview(new, on=day)), by=person(Post.FINANCE, branch_id=0), on=day)


def wrong_sheet(employer: Employer, month: Month, listed: int = 30) -> bytes:
    """A sheet without half of the members, with a base below the floor and with somebody who cannot be read."""
    rows = [list(row) for row in islice(template_rows(employer, month), listed)]
    rows[3][COLUMNS.index("缴存基数")] = "1.00"
    stranger = ["", "", LONGEST_NAME, "身份证", "511011198001010000", "", "", "", ""]
    return workbook([*[["" if cell is None else str(cell) for cell in row] for row in rows], stranger])


@pytest.fixture
def complaints(page) -> list[str]:
    """What the browser says against a page, and every call to somebody else."""
    heard: list[str] = []
    page.on("console", lambda said: heard.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on("request", lambda asked: None if "//127.0.0.1:" in asked.url else heard.append(f"calls {asked.url}"))
    return heard


def somebody(post: Post, employer: Employer) -> User:
    """A person of this post; a handler and a member belong to the employer."""
    if post == Post.HANDLER:
        return handler(employer)
    if post == Post.MEMBER:
        return member_user(MemberAccount.objects.filter(employer=employer)[0])
    return person(post, branch_id=0)


def sign_in(page, site: str, user) -> None:
    session = client_of(user).cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": session.key, "value": session.value, "url": site}])


def name_of(address: str) -> str:
    return resolve(urlsplit(address).path).view_name


def pages_by_links(page, site: str) -> Iterator[str]:
    """Every page this person comes to from the first one, one of each sort and tab, standing on it when answered."""
    opened: Counter[tuple[str, str]] = Counter()
    waiting = ["/"]
    while waiting:
        address = waiting.pop(0)
        name, tab = name_of(address), parse_qs(urlsplit(address).query).get("tab", [""])[0]
        if opened[name, tab] >= (1 if tab else SEVERAL.get(name, 1)) or name.endswith(DOWNLOADS):
            continue
        opened[name, tab] += 1
        answer = page.goto(site + address)
        assert answer.status == 200, address
        if opened[name, tab] == 1:
            yield name
        links = page.eval_on_selector_all("a[href]", "links => links.map(link => link.href)")
        ours = dict.fromkeys(link.removeprefix(site).split("#")[0] for link in links if link.startswith(f"{site}/"))
        waiting += [link for link in ours if link not in waiting]


def pages_for(post: Post) -> set[str]:
    """The pages whose door this post may open."""
    kinds = {"counter"} if post in COUNTER_POSTS else {"employer", "member"}
    found = {
        name for _at, name, view in addresses() if view.door.kind in kinds and view.door.perm in PERMS_OF_POST[post]
    }
    return {name for name in found if not name.endswith(DOWNLOADS)} - AFTER_A_FORM - NOT_IN_THE_FUND - PARTS


def faults(page, screens: list[tuple[int, int]]) -> dict[str, object]:
    """What is wrong with how the page stands on each screen, for whoever cannot see it, and on paper."""
    expect(page.locator(".htmx-request")).to_have_count(0, timeout=60_000)  # parts that are loaded beside are in
    found = overflow(page, screens)
    page.evaluate(AXE_SOURCE)
    if barriers := page.evaluate(BARRIERS):
        found["barriers"] = barriers
    page.emulate_media(media="print")
    if page.locator(".top-bar").count() and page.evaluate(ON_PAPER) != PAPER:
        found["on paper"] = page.evaluate(ON_PAPER)
    page.emulate_media(media="screen")
    return found


def overflow(page, screens: list[tuple[int, int]]) -> dict[str, object]:
    """What runs past its place on each screen."""
    found: dict[str, object] = {}
    for width, height in screens:
        page.set_viewport_size({"width": width, "height": height})
        if past := page.evaluate(SIDEWAYS):
            found[f"{width}: runs past the screen by"] = past
        if width >= 1366 and page.evaluate(CLIPPED):
            found[f"{width}: a table is wider than its place"] = True
    return found


@pytest.mark.parametrize(
    "posts", [[Post.CLERK, Post.FINANCE], [Post.MANAGER, Post.AUDITOR, Post.OPERATOR], [Post.HANDLER, Post.MEMBER]]
)
def test_every_page_stands_well_and_can_be_reached(site, page, fund, complaints, posts):
    """Each page in full for who meets it first in a group, and its width for who sees it with other rights."""
    screens = SCREENS if set(posts) <= COUNTER_POSTS else PHONES + SCREENS
    wrong, unreached, known = {}, {}, set()
    for post in posts:
        page.context.clear_cookies()
        sign_in(page, site, somebody(post, fund))
        visited = set()
        for name in pages_by_links(page, site):
            visited.add(name)
            if found := overflow(page, screens[:1]) if name in known else faults(page, screens):
                wrong[post, name] = found
        known |= visited
        if missed := pages_for(post) - visited:
            unreached[post] = missed
    assert wrong == {}
    assert complaints == []
    assert unreached == {}


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


def test_a_figure_leads_to_its_voucher_and_to_the_business_in_three_clicks(site, page, fund, complaints):
    """An auditor's measure: from any figure to its entries, and on to what caused them."""
    sign_in(page, site, person(Post.AUDITOR, branch_id=0))
    page.goto(f"{site}/counter/ledger/trial-balance/?since=2026-07-01&until=2026-07-31")
    follow(page, "text=21902")
    follow(page, ".data-table tbody tr:first-child td:nth-child(2) a")
    assert page.locator("h1").inner_text() == "记账凭证"
    follow(page, "a.code:has-text('banking.receipt')")
    assert name_of(page.url) == "banking:receipt"
    assert complaints == []
