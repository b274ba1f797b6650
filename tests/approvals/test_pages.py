"""The inbox pages 待办页面."""

import io
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.urls import reverse
from python_calamine import CalamineWorkbook

from access.states import Perm, Post
from approvals.actions import signatures
from approvals.actions.batches import sign_each
from approvals.actions.signatures import Decision
from approvals.models import Case
from approvals.queries import outcome_of, put_anew_unsigned
from approvals.rules import digest_of, pressure
from approvals.states import Pressure, Verdict
from audit.models import Record
from tests.access.factories import DAY, client_of, person
from tests.approvals.factories import FACTS, case, opening
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


def rows_of(answer):
    """What stands in the file below its head."""
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(answer.streaming_content))).get_sheet_by_index(0)
    return sheet.to_python()[1:]


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
        ({"branch": "01"}, {"甲项", "乙项"}),
        ({"branch": "02"}, set()),
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


def test_both_lists_go_out_as_files_and_that_is_recorded():
    waiting = case(person(Post.FINANCE, name="周会计"), on=DAY - timedelta(days=6), title="=1+1")
    checker = person(Post.MANAGER, branch_id=1)
    answer = client_of(checker).get(reverse("approvals:inbox_export"))
    assert rows_of(answer) == [
        [
            "测试业务",
            "'=1+1",
            "周会计",
            waiting.branch.name,
            "2026-06-25",
            "6",
            "2026-06-30",
            "超期",
            waiting.perm_label,
            "",
            "",
        ]
    ]
    signatures.sign(waiting, Decision(Verdict.RETURN, digest_of(FACTS), "取值有误"), facts=FACTS, by=checker, on=DAY)
    answer = client_of(waiting.maker).get(reverse("approvals:sent_export"), {"status": "RETURNED"})
    assert rows_of(answer)[0][5:] == ["已退回", checker.name, str(DAY), "取值有误"]
    assert Record.objects.filter(act="export").count() == 2


def test_whoever_comes_too_late_is_told_who_decided():
    row = case(title="某事项")
    assert outcome_of(row) == ""
    checker = person(Post.MANAGER, name="吴主任", branch_id=1)
    signatures.sign(row, Decision(Verdict.GRANT, digest_of(FACTS)), facts=FACTS, by=checker, on=DAY)
    assert outcome_of(row) == f"某事项：吴主任已于 {DAY} 同意，不需要再复核"
    taken_back = case(title="另一事项")
    signatures.withdraw(taken_back, by=taken_back.maker, on=DAY)
    assert "已撤回" in outcome_of(taken_back)


def test_what_went_before_other_people_instead_is_not_told_as_signed():
    row, decided = case(title="某事项"), case()
    other = opening(title="某事项", perm=None, route=[Perm.APPROVE_FREEZE, Perm.APPROVE_BAN])

    def put_anew(one):
        if one.case == row:
            signatures.open_anew(row, other, row.maker, facts=FACTS, by=person(Post.MANAGER), on=DAY)

    rows = [SimpleNamespace(case=row), SimpleNamespace(case=decided)]
    signed = sign_each(rows, put_anew)
    assert signed.done == rows[1:]
    assert signed.refused == [(rows[0], "某事项：金额已变化，已改按该金额的复核路线另行复核，原来的复核结论不计")]
    anew = Case.objects.latest("pk")
    assert (anew.maker, anew.perm, anew.opened_on) == (row.maker, Perm.APPROVE_FREEZE, row.opened_on)
    signatures.sign(
        anew, Decision(Verdict.GRANT, digest_of(FACTS)), facts=FACTS, by=person(Post.MANAGER, branch_id=1), on=DAY
    )
    assert put_anew_unsigned([row]) == []


def test_the_list_of_sent_cases_takes_few_queries(django_assert_max_num_queries):
    maker, checker = person(Post.FINANCE), person(Post.MANAGER, name="吴主任", branch_id=1)
    for _ in range(30):
        row = case(maker)
        signatures.sign(row, Decision(Verdict.GRANT, digest_of(FACTS)), facts=FACTS, by=checker, on=DAY)
    client = client_of(maker)
    with django_assert_max_num_queries(12):
        assert client.get(SENT).content.decode().count(checker.name) == 30


@pytest.mark.parametrize(("count", "shown"), [(0, ""), (3, "3"), (99, "99"), (100, "99+")])
def test_the_bar_counts_what_waits_for_this_person(count, shown):
    for _ in range(count):
        case()
    page = text_of(person(Post.MANAGER, branch_id=0), reverse("policy:terms"))
    assert ('<b class="count">' in page) == bool(shown) and (f'<b class="count">{shown}</b>' in page) == bool(shown)


def test_the_bar_counts_nothing_for_whoever_signs_nothing():
    case()
    assert 'class="inbox"' not in text_of(person(Post.OPERATOR), reverse("policy:terms"))


@pytest.mark.parametrize(
    ("waited", "allowed", "state"),
    [
        (2, 5, Pressure.NONE),
        (3, 5, Pressure.HALF),
        (4, 5, Pressure.NEAR),
        (5, 5, Pressure.NEAR),
        (6, 5, Pressure.OVER),
        (5, 10, Pressure.HALF),
        (7, 10, Pressure.HALF),
        (8, 10, Pressure.NEAR),
        (900, None, Pressure.NONE),
    ],
)
def test_half_of_the_time_is_amber_and_eighty_percent_red(waited, allowed, state):
    assert pressure(waited, allowed) == state


@pytest.mark.parametrize(
    ("days", "told", "tone"),
    [
        (0, "还剩 5 天", ""),
        (2, "还剩 3 天", ""),
        (3, "还剩 2 天", "state-wait"),
        (4, "还剩 1 天", "state-bad"),
        (5, "今天到期", "state-bad"),
        (6, "超期 1 天", "state-bad"),
    ],
)
def test_the_inbox_counts_down_to_the_end_of_each_case(days, told, tone):
    row = case(on=DAY - timedelta(days=days))
    page = text_of(person(Post.MANAGER), INBOX)
    body = page[page.index("<tbody>") : page.index("</tbody>")]
    assert told in body and str(row.due_on) in body
    assert tone in body and ("state-" in body) == bool(tone)


def test_each_case_has_its_own_time_and_what_is_due_first_comes_first():
    """Three days of a withdrawal (Regulation art. 25) are half over when a case of thirty days is young."""
    case(on=DAY - timedelta(days=4), due_on=DAY + timedelta(days=26), title="三十天")
    case(on=DAY - timedelta(days=2), due_on=DAY + timedelta(days=1), title="三天")
    case(on=DAY - timedelta(days=9), due_on=None, title="无期限")
    case(on=DAY - timedelta(days=9), due_on=DAY - timedelta(days=1), title="已超期")
    page = text_of(person(Post.MANAGER), INBOX)
    body = page[page.index("<tbody>") : page.index("</tbody>")]
    order = [body.index(title) for title in ("已超期", "三天", "三十天", "无期限")]
    assert order == sorted(order) and body.count("state-wait") == 1 and body.count("state-bad") == 1
