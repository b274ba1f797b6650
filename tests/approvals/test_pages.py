"""The inbox pages 待办页面."""

from datetime import timedelta

import pytest
from django.urls import reverse

from access.states import Post
from tests.access.factories import DAY, client_of, person
from tests.approvals.factories import case
from tests.banking.factories import open_first_day

pytestmark = pytest.mark.django_db
INBOX, SENT = reverse("approvals:inbox"), reverse("approvals:sent")


@pytest.fixture(autouse=True)
def first_day():
    open_first_day(DAY)


def text_of(user, address, **query):
    answer = client_of(user).get(address, query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_an_empty_inbox_says_that_all_is_done():
    assert "待办已全部办完" in text_of(person(Post.MANAGER), INBOX)
    assert "您还没有提交" in text_of(person(Post.FINANCE), SENT)


def test_a_case_stands_with_its_age_and_maker():
    row = case(person(Post.FINANCE, name="周会计"), on=DAY - timedelta(days=6), title="月缴存基数上限调整")
    page = text_of(person(Post.MANAGER), INBOX)
    assert "月缴存基数上限调整" in page and "周会计" in page and "6 天" in page
    assert reverse(row.kind, args=[row.subject_id]) in page


def test_the_maker_follows_the_case_on_a_page_of_the_own_ones():
    row = case(title="我的事项")
    case(title="别人的事项")
    page = text_of(row.maker, SENT)
    assert "我的事项" in page and "待复核" in page and "别人的事项" not in page
    assert "我的事项" not in text_of(row.maker, INBOX)


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ({"q": "甲"}, {"甲项"}),
        ({"business": "业务二"}, {"乙项"}),
        ({"since": "2026-07-01"}, {"甲项"}),
        ({"until": "2026-06-30"}, {"乙项"}),
        ({"q": "丙"}, set()),
        ({"since": "x"}, set()),
        ({"business": "x"}, set()),
    ],
)
def test_the_inbox_narrows(query, shown):
    case(title="甲项", business="业务一")
    case(title="乙项", business="业务二", on=DAY - timedelta(days=1))
    page = text_of(person(Post.MANAGER), INBOX, **query)
    assert {title for title in ("甲项", "乙项") if title in page} == shown
    if not shown:
        assert "请放宽筛选条件" in page


def test_the_inbox_is_paged_with_few_queries(django_assert_max_num_queries):
    for _ in range(51):
        case()
    client = client_of(person(Post.MANAGER))
    with django_assert_max_num_queries(10):
        assert "第 1 / 2 页" in client.get(INBOX).content.decode()
    assert client.get(INBOX, {"page": 2}).content.decode().count("data-row-link") == 1


def test_who_signs_nothing_has_no_inbox():
    for post in (Post.OPERATOR, Post.AUDITOR, Post.HANDLER, Post.MEMBER):
        assert client_of(person(post)).get(INBOX).status_code == 403
