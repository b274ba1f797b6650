"""Freezes, bans and spouses in a real browser: from the paper at the counter to the second signature and the banner."""

import pytest
from django.db import transaction

from access.states import Post
from accounts.models import Ban, Freeze, Spouse
from accounts.states import BanStatus, FreezeStatus
from tests.access.factories import person
from tests.accounts import factories
from tests.accounts.test_bans import TODAY as DAY
from tests.accounts.test_screens import SIDEWAYS, complaints, entered, sign_in
from tests.journeys.browsing import follow
from tests.journeys.test_look import SCREENS, faults
from tests.ledger import books

__all__ = ["complaints"]

pytestmark = pytest.mark.browser


@pytest.fixture
def people(own_database):
    """A clerk, a manager, and a member with 1,234.56."""
    books.open_books(DAY)
    with transaction.atomic():
        account = factories.member_account(factories.employer(on=DAY), on=DAY, name="李四")
        books.pay_in("in", books.bank(DAY), account.ledger_account_id, "1234.56", on=DAY)
        return person(Post.CLERK), person(Post.MANAGER), account


def signed_by(page, site, manager, case):
    """The manager finds the case in the inbox and grants it."""
    page.context.clear_cookies()
    sign_in(page, site, manager)
    page.goto(f"{site}/counter/approvals/")
    follow(page, f"text={case}")
    assert faults(page, SCREENS) == {}
    page.select_option("#id_verdict", "GRANT")
    follow(page, "text=保存复核结论")
    page.wait_for_selector("text=复核结论已保存")


def test_court_paper_becomes_a_freeze_without_the_mouse(site, page, people, complaints):
    clerk, manager, account = people
    sign_in(page, site, clerk)
    page.goto(f"{site}/counter/members/{account.pk}/freeze/")
    assert faults(page, SCREENS) == {}
    page.select_option("#id_ground", "COURT")
    page.fill("#id_authority", "内江市市中区人民法院")
    page.fill("#id_document", "（2026）川1002执123号")
    page.select_option("#id_extent", "PART")
    page.fill("#id_amount", "2000")
    page.fill("#id_until", "2027-10-07")
    page.fill("#id_reason", "协助执行")
    entered(page, "Control+Enter")
    page.wait_for_selector("text=账户现可冻结 1,234.56 元")
    assert faults(page, SCREENS) == {}
    entered(page, "F9")
    assert "/freezes/" in page.url
    signed_by(page, site, manager, "李四")
    assert Freeze.objects.get().status == FreezeStatus.ACTIVE
    page.goto(f"{site}/counter/members/{account.pk}/?tab=freezes")
    page.wait_for_selector("text=账户已冻结（1 项，实际冻结 1,234.56 元）")
    assert "轮候，余额不足" in page.inner_text("main")
    assert faults(page, SCREENS) == {} and complaints == []


def test_decision_about_a_fraud_becomes_a_banner(site, page, people, complaints):
    clerk, manager, account = people
    sign_in(page, site, clerk)
    page.goto(f"{site}/counter/members/{account.pk}/ban/")
    page.select_option("#id_ground", "FRAUD_WITHDRAWAL")
    page.fill("#id_document", "内公积金稽〔2026〕5号")
    page.fill("#id_amount", "30000")
    page.fill("#id_reason", "伪造购房合同提取")
    entered(page, "Control+Enter")
    follow(page, "main form button.btn-primary")
    signed_by(page, site, manager, "李四")
    assert Ban.objects.get().status == BanStatus.ACTIVE
    page.goto(f"{site}/counter/members/{account.pk}/")
    page.wait_for_selector("text=2029-10-08 前（含当日）不得提取")
    assert page.evaluate(SIDEWAYS) == 0 and complaints == []


def test_spouse_is_recorded_without_the_mouse(site, page, people, complaints):
    clerk, _manager, account = people
    sign_in(page, site, clerk)
    page.goto(f"{site}/counter/members/{account.pk}/spouse/")
    page.fill("#id_name", "王芳")
    page.fill("#id_id_number", "11010519491231002x")
    page.fill("#id_since", "2010-05-20")
    page.fill("#id_evidence", "结婚证 J511002-2010-000123")
    entered(page, "Control+Enter")
    assert faults(page, SCREENS) == {}
    entered(page, "Control+Enter")
    page.wait_for_selector("text=王芳 110***********002X")
    assert Spouse.objects.get().name == "王芳" and complaints == []
