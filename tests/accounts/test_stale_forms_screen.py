"""Two clerks at one employer, in a real browser: the slower one is told, also when the sign-in had ended meanwhile."""

import time

import pytest
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.db import transaction

from access.states import Post
from accounts.actions import employer_changes
from accounts.actions.employer_changes import Grounds
from accounts.models import Employer
from tests.access.factories import PASSWORD, person
from tests.accounts import factories
from tests.accounts.factories import DAY
from tests.accounts.test_screens import sign_in
from tests.journeys.browsing import arriving
from tests.ledger import books

pytestmark = pytest.mark.browser


def end_sign_in(page) -> None:
    (cookie,) = (one for one in page.context.cookies() if one["name"] == settings.SESSION_COOKIE_NAME)
    session = SessionStore(cookie["value"])
    session["seen_at"] = int(time.time()) - 3600
    session.save()


def test_the_slower_clerk_is_told_also_after_signing_in_anew(own_database, site, page):
    books.open_books(DAY)
    with transaction.atomic():
        slower, quicker = person(Post.CLERK), person(Post.CLERK)
        employer = factories.employer(address="旧址1号")
    sign_in(page, site, slower)
    page.goto(f"{site}/counter/employers/{employer.pk}/amend/")
    for name, text in {"pay_day": "20", "evidence": "营业执照 2026-07", "reason": "发薪日调整"}.items():
        page.fill(f"main form [name={name}]", text)
    end_sign_in(page)
    grounds = Grounds("营业执照 2026-06", "迁址")
    employer_changes.change(employer, {"address": "新址2号"}, grounds, by=quicker, on=DAY)
    page.click("main form button[type=submit]")
    page.fill("[name=username]", slower.username)
    page.fill("[name=password]", PASSWORD)
    with arriving(page):
        page.keyboard.press("Enter")
    page.get_by_text("已恢复您先前填写的内容，尚未提交").wait_for()
    assert page.input_value("main form [name=address]") == "旧址1号"
    page.click("main form button[type=submit]")
    summary = page.get_by_role("alert")
    summary.get_by_text("单位地址：您打开本页后，他人已由“旧址1号”改为“新址2号”").wait_for()
    assert page.input_value("main form [name=address]") == "新址2号"
    assert page.input_value("main form [name=pay_day]") == "20"
    page.click("main form button[type=submit]")
    page.get_by_text("单位信息已变更").wait_for()
    now = Employer.objects.get(pk=employer.pk)
    assert (now.address, now.pay_day) == ("新址2号", 20)
