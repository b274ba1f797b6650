"""Members' pages in a real browser: a person taken in without the mouse, many sealed, a name changed by two."""

import pytest
from django.db import transaction

from access.states import Post
from accounts.models import Member, MemberAccount
from accounts.states import MemberAccountStatus
from tests.access.factories import person
from tests.accounts import factories
from tests.accounts.factories import DAY
from tests.accounts.test_screens import SIDEWAYS, complaints, entered, sign_in
from tests.journeys.browsing import follow, visit
from tests.ledger import books

__all__ = ["complaints"]

pytestmark = pytest.mark.browser


@pytest.fixture
def people(own_database):
    """A clerk, a manager, and an employer with three members."""
    books.open_books(DAY)
    with transaction.atomic():
        employer = factories.employer(name="内江隆昌玻璃制品有限责任公司")
        accounts = factories.member_accounts(employer, 3)
        books.pay_in("in", books.bank(DAY), accounts[0].ledger_account_id, "1234.56", on=DAY)
        return person(Post.CLERK), person(Post.MANAGER), accounts


def test_clerk_takes_somebody_in_without_the_mouse(site, page, people, complaints):
    clerk, _manager, accounts = people
    sign_in(page, site, clerk)
    visit(page, f"{site}/counter/employers/{accounts[0].employer_id}/open-member/")
    page.focus("#id_id_number")
    page.keyboard.type("11010519491231002x")
    entered(page, "Control+Enter")
    page.focus("#id_name")
    page.keyboard.type("阿卜杜•买买提")
    page.focus("#id_base")
    page.keyboard.type("6543")
    entered(page, "Control+Enter")
    page.wait_for_selector("[name=confirmed]", state="attached")
    assert page.evaluate(SIDEWAYS) == 0
    entered(page, "Control+Enter")
    assert page.url.endswith("/opened/")
    opened = MemberAccount.objects.select_related("member").get(member__name="阿卜杜·买买提")
    assert opened.number in page.inner_text("h1 + .object-number")
    assert (opened.member.initials, complaints) == ("ABDMMT", [])


def test_clerk_seals_the_ticked(site, page, people, complaints):
    clerk, _manager, accounts = people
    sign_in(page, site, clerk)
    page.goto(f"{site}/counter/employers/{accounts[0].employer_id}/members/seal/")
    page.select_option("#id_reason", "01")
    for account in accounts[:2]:
        page.check(f"input[value='{account.number}']")
    follow(page, "text=下一步：核对")
    follow(page, "text=确认封存")
    page.wait_for_selector("text=已封存 2 户")
    sealed = MemberAccount.objects.filter(status=MemberAccountStatus.SEALED)
    assert {row.pk for row in sealed} == {row.pk for row in accounts[:2]} and complaints == []


def test_name_goes_from_the_counter_to_the_inbox_and_back(site, page, people, complaints):
    clerk, manager, accounts = people
    sign_in(page, site, clerk)
    page.goto(f"{site}/counter/members/{accounts[0].pk}/")
    assert page.evaluate(SIDEWAYS) == 0
    follow(page, "text=变更姓名和证件")
    page.fill("#id_name", "曾小明")
    page.fill("#id_evidence", "户口簿变更页")
    page.fill("#id_reason", "更名")
    follow(page, "text=提交复核")
    assert "/member-changes/" in page.url
    page.context.clear_cookies()
    sign_in(page, site, manager)
    page.goto(f"{site}/counter/approvals/")
    follow(page, "text=变更姓名")
    page.select_option("#id_verdict", "GRANT")
    follow(page, "text=保存复核结论")
    page.wait_for_selector("text=复核结论已保存")
    assert Member.objects.get(pk=accounts[0].member_id).name == "曾小明"
    assert complaints == []
