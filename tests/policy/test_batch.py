"""Proposals granted together 批量复核参数调整: each by itself, what cannot be is named, nothing is signed unread."""

import re
from urllib.parse import urlencode

import pytest
from django.urls import reverse

from access.states import Post
from approvals.states import Verdict
from policy.states import TermName
from tests.access.factories import client_of, person
from tests.banking.factories import open_first_day
from tests.policy.test_changes import JUNE, chief, decide, proposed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def june():
    open_first_day(JUNE)


def batch(*changes):
    return (
        reverse("policy:change_decide_batch") + "?" + urlencode({"case": [row.case_id for row in changes]}, doseq=True)
    )


def shown_by(page, *changes):
    """What the form carries when every line stays ticked."""
    seen = {f"seen-{row.case_id}": re.search(rf'name="seen-{row.case_id}" value="(\w+)"', page)[1] for row in changes}
    return seen | {"ticked": [row.case_id for row in changes]}


def test_like_cases_are_granted_together_each_by_itself():
    first, second, third = (
        proposed(),
        proposed(name=TermName.BASE_FLOOR, value="2100.00"),
        proposed(name=TermName.RATIO_MAX, value="11"),
    )
    client = client_of(chief())
    inbox = client.get(reverse("approvals:inbox")).content.decode()
    assert f'formaction="{reverse("policy:change_decide_batch")}"' in inbox and inbox.count('name="case"') == 3
    page = client.get(batch(first, second, third)).content.decode()
    assert page.count('name="ticked"') == 3 and "2,100.00 元" in page
    sent = shown_by(page, first, second, third) | {f"seen-{third.case_id}": "x"}
    decide(second, verdict=Verdict.RETURN, by=chief(name="吴主任"), reason="文号有误")
    told = client.post(batch(first, second, third), sent, follow=True).content.decode()
    assert "已同意 1 笔，未办理 2 笔" in told and "内容已变化" in told
    assert "吴主任已于" in told and "退回，不需要再复核" in told and told.count('name="ticked"') == 1
    first.case.refresh_from_db()
    third.case.refresh_from_db()
    assert (first.case.status, third.case.status) == ("GRANTED", "OPEN")


def test_a_batch_holds_only_what_waits_for_this_person():
    mine = person(Post.MANAGER, branch_id=0)
    own, other = proposed(by=mine), proposed(name=TermName.BASE_FLOOR, value="2100.00")
    page = client_of(mine).get(batch(own, other)).content.decode()
    assert page.count('name="ticked"') == 1
    assert "所选事项都已不在您的待办中" in client_of(mine).get(batch(own)).content.decode()
    assert "请至少勾选一笔" in client_of(mine).post(batch(other), {}).content.decode()
    assert client_of(person(Post.FINANCE)).get(batch(other)).status_code == 403
