"""Two people at one case 两人同时复核, and the keys of the inbox in a real browser."""

import threading

import pytest
from django.conf import settings
from django.db import connection

from access.models import Branch, User
from access.states import Post
from approvals.actions import papers, signatures
from approvals.actions.papers import Upload
from approvals.actions.signatures import Decision
from approvals.models import Case, Signature
from approvals.rules import digest_of
from approvals.states import Verdict
from hpf.errors import Overtaken
from policy.models import TermChange
from policy.states import TermName
from tests.access.factories import DAY, client_of, person
from tests.approvals.factories import FACTS, case
from tests.approvals.test_papers import png
from tests.banking.factories import open_first_day
from tests.journeys.browsing import arriving, visit
from tests.policy.test_changes import JUNE, chief, proposed


def test_of_many_checkers_at_once_one_decides(own_database):
    row, checkers = case(), [person(Post.MANAGER) for _ in range(6)]
    start, told = threading.Barrier(len(checkers)), []

    def sign(by: User, verdict: Verdict) -> None:
        try:
            start.wait(60)
            own = Case.objects.get(pk=row.pk)
            signatures.sign(own, Decision(verdict, digest_of(FACTS), "同时"), facts=FACTS, by=by, on=DAY)
            told.append("signed")
        except Exception as error:
            told.append(type(error).__name__)
        finally:
            connection.close()

    verdicts = [Verdict.GRANT, Verdict.RETURN] * 3
    workers = [threading.Thread(target=sign, args=pair) for pair in zip(checkers, verdicts, strict=True)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert sorted(told) == sorted(["signed", *[Overtaken.__name__] * 5])
    assert Signature.objects.count() == 1


@pytest.mark.browser
def test_keys_go_through_the_inbox_and_open_a_case(site, page):
    open_first_day(DAY)
    for title in ("甲", "乙", "丙"):
        case(title=title, kind="policy:change", page="policy:change")
    session = client_of(person(Post.MANAGER)).cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": session.key, "value": session.value, "url": site}])
    visit(page, f"{site}/counter/approvals/")
    reached = []
    for key in ("j", "j", "j", "j", "k"):
        page.keyboard.press(key)
        reached.append(page.evaluate("document.activeElement.textContent"))
    assert reached == ["甲", "乙", "丙", "丙", "乙"]
    address = page.evaluate("document.activeElement.href")
    with arriving(page, url=address):
        page.keyboard.press("Enter")


@pytest.mark.browser
def test_keys_belong_to_a_field_while_somebody_types(site, page):
    open_first_day(DAY)
    case(title="甲", kind="policy:change", page="policy:change")
    session = client_of(person(Post.MANAGER)).cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": session.key, "value": session.value, "url": site}])
    visit(page, f"{site}/counter/approvals/")
    page.focus("#id_q")
    page.keyboard.type("jk")
    assert page.input_value("#id_q") == "jk"


def signed_in_browser(page, site, user):
    session = client_of(user).cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": session.key, "value": session.value, "url": site}])


@pytest.mark.browser
def test_cases_are_ticked_by_keys_and_granted_together(site, page):
    open_first_day(JUNE)
    rows = [proposed(), proposed("2100.00", name=TermName.BASE_FLOOR), proposed("11", name=TermName.RATIO_MAX)]
    case(title="另一类", kind="policy:change", page="policy:change", branch=Branch.objects.get(code="00"))
    signed_in_browser(page, site, chief())
    visit(page, f"{site}/counter/approvals/")
    button = page.locator("button[data-batch-of]")
    assert button.is_hidden()
    page.keyboard.press("j")
    page.keyboard.press("x")
    assert (button.is_visible(), button.inner_text()) == (True, "批量复核：政策参数调整（1 笔）")
    page.keyboard.press("Shift+X")
    assert button.inner_text() == "批量复核：政策参数调整（3 笔）"
    page.keyboard.press("j")
    page.keyboard.press("x")
    assert button.inner_text() == "批量复核：政策参数调整（2 笔）"
    with arriving(page):
        button.press("Enter")
    assert page.locator("input[name=ticked]").count() == 2
    with arriving(page):
        page.keyboard.press("F9")
    assert "已同意 2 笔，未办理 0 笔" in page.content()
    statuses = [row.case.status for row in TermChange.objects.filter(pk__in=[row.pk for row in rows]).order_by("pk")]
    assert sorted(statuses) == ["GRANTED", "GRANTED", "OPEN"]


@pytest.mark.browser
def test_a_paper_is_read_beside_the_form_that_decides(site, page):
    open_first_day(JUNE)
    row = proposed()
    papers.attach_to_case(row.case, "红头文件", Upload("文件.png", png(40, 20)), by=row.case.maker, on=JUNE)
    signed_in_browser(page, site, chief())
    refused = []
    page.on("console", lambda told: refused.append(told.text) if told.type == "error" else None)
    page.goto(f"{site}/counter/policy/changes/{row.pk}/decide/")
    page.get_by_role("link", name="文件.png").click()
    picture = page.frame(name="paper-frame")
    picture.wait_for_selector("img")
    assert picture.evaluate("document.images[0].naturalWidth") == 40
    assert page.locator("select[name=verdict]").is_visible() and refused == []
