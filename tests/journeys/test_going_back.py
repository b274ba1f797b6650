"""Back, forward, reload, two windows and a double click: what was handed in once is handed in once."""

import pytest
from django.db import transaction

from access.states import Post
from tests.accounts.factories import user
from tests.journeys.browsing import arriving, follow, visit
from tests.journeys.test_look import complaints, sign_in
from tests.withdrawals import factories
from withdrawals.models import Withdrawal

pytestmark = pytest.mark.browser
__all__ = ["complaints"]


@pytest.fixture
def form(own_database, site, page) -> str:
    """Where a clerk applies for the rent of somebody who may have it."""
    with transaction.atomic():
        account = factories.no_home(factories.saver("4800.00"))
    sign_in(page, site, user(Post.CLERK, at="01"))
    return f"{site}/counter/members/{account.pk}/withdraw/RENT/"


def to_be_checked(page, form: str) -> None:
    """Fill in the application, and stand on the page that shows what it comes to."""
    visit(page, form)
    page.fill("#id_asked", "2500")
    follow(page, "text=下一步：核对")
    page.wait_for_selector("text=贰仟伍佰元整")


def test_going_back_and_forward_hands_nothing_in_again(page, form, complaints):
    to_be_checked(page, form)
    with arriving(page):
        page.dblclick("text=提交申请")
    page.wait_for_selector("text=准予提取（即时办结）")
    decided = page.url
    for go, arrives_at in [
        (page.go_back, form),
        (page.reload, form),
        (page.go_forward, decided),
        (page.reload, decided),
    ]:
        answer = go()
        assert (answer.status, answer.request.method, page.url) == (200, "GET", arrives_at)
    assert Withdrawal.objects.count() == 1
    assert complaints == []


def test_reloading_what_is_to_be_checked_begins_anew(page, form, complaints):
    to_be_checked(page, form)
    answer = page.reload()
    assert (answer.request.method, page.url) == ("GET", form)
    assert page.is_visible("text=下一步：核对") and not Withdrawal.objects.exists()
    assert complaints == []


def test_two_windows_make_one_case(page, form, complaints):
    other = page.context.new_page()
    for window in (page, other):
        to_be_checked(window, form)
    follow(page, "text=提交申请")
    page.wait_for_selector("text=准予提取（即时办结）")
    follow(other, "text=提交申请")
    assert "尚不能提交" in other.content()
    assert Withdrawal.objects.count() == 1
    assert complaints == []
