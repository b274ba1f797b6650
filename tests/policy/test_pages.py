"""The parameter pages 政策参数页面: who may open them, what they show, what the file holds."""

import io
import time
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

from access.models import User
from access.states import Post
from audit.models import Record
from hpf.pages import PER_PAGE
from policy.models import Term
from policy.states import TermName

pytestmark = pytest.mark.django_db


def signed_in(post):
    user = User.objects.create(username=f"person-{post.value}", name="李静", post=post)
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session["signed_in_at"] = session["seen_at"] = int(time.time())
    session.save()
    return client


@pytest.fixture
def clerk():
    return signed_in(Post.CLERK)


def text_of(client, address, **query):
    answer = client.get(address, query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_list_shows_what_holds_on_the_business_day(clerk):
    page = text_of(clerk, reverse("policy:terms"))
    assert "月缴存基数上限" in page
    assert "22,389.00 元" in page
    assert f"共 {len(TermName)} 条" in page


def test_the_list_can_be_asked_about_another_day(clerk):
    page = text_of(clerk, reverse("policy:terms"), on="2015-01-01", q="账户存款年利率")
    assert "2.35%" in page
    assert "0.35%" in page
    assert "1.50%" not in page


def test_an_empty_day_lists_every_value_ever(clerk):
    page = text_of(clerk, reverse("policy:terms"), on="", q="loan.rate.first.gt5")
    assert "共 30 条" in page


def test_the_list_is_paged(clerk):
    first = text_of(clerk, reverse("policy:terms"), on="")
    pages = -(-Term.objects.count() // PER_PAGE)
    last = text_of(clerk, reverse("policy:terms"), on="", page=pages)
    assert pages > 1 and f"第 1 / {pages} 页" in first
    assert "服务满意度目标" in last
    assert "服务满意度目标" not in first


def test_the_list_narrows_to_what_the_centre_has_to_confirm(clerk):
    waiting = Term.objects.in_force_on(date(2026, 11, 1)).filter(to_confirm=True).count()
    page = text_of(clerk, reverse("policy:terms"), state="waiting", on="2026-11-01")
    assert f"共 {waiting} 条" in page
    assert "已有依据</span>" not in page


def test_the_list_narrows_to_one_business(clerk):
    page = text_of(clerk, reverse("policy:terms"), group="结息")
    assert "年度结息日" in page
    assert "缴存比例上限" not in page


@pytest.mark.parametrize("query", [{"on": "2026-13-01"}, {"group": "nonsense"}, {"state": "x"}])
def test_a_filter_that_cannot_be_read_says_so(clerk, query):
    page = text_of(clerk, reverse("policy:terms"), **query)
    assert "有 1 处需要更正" in page
    assert "月缴存基数上限" not in page


def test_nothing_found_says_what_to_do_next(clerk):
    page = text_of(clerk, reverse("policy:terms"), q="没有这样的参数")
    assert "请放宽筛选条件" in page
    assert "查看当前生效的全部参数" in page


def test_history_shows_every_value_the_newest_first(clerk):
    page = text_of(clerk, reverse("policy:term_history", args=[TermName.LOAN_FIRST_GT5]))
    days = [page.index(day) for day in ("2025-05-08", "2024-05-18", "1999-09-21")]
    assert days == sorted(days)
    assert page.count("执行中</span>") == 1


def test_an_unknown_parameter_is_not_found(clerk):
    assert clerk.get(reverse("policy:term_history", args=["deposit.base.nothing"])).status_code == 404


def test_the_file_holds_the_list_as_filtered(clerk):
    answer = clerk.get(reverse("policy:terms_export"), {"on": "2015-01-01", "q": "interest.account.rate"})
    rows = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(answer.streaming_content))).get_sheet_by_index(0)
    table = rows.to_python()
    assert [row[3] for row in table] == ["取值", "2.35%", "0.35%"]
    assert [row[2] for row in table[1:]] == ["interest.account.rate.carried", "interest.account.rate.current"]
    assert {row[8] for row in table[1:]} == {"待中心确认"}
    assert Record.objects.get(act="export").after == {"table": "政策参数", "rows": 2}


@pytest.mark.parametrize(
    ("post", "reading", "file"),
    [(Post.FINANCE, 200, 200), (Post.OPERATOR, 200, 403), (Post.HANDLER, 403, 403), (Post.MEMBER, 403, 403)],
)
def test_each_post_opens_what_its_rights_allow(post, reading, file):
    client = signed_in(post)
    history = reverse("policy:term_history", args=[TermName.BASE_CAP])
    assert client.get(reverse("policy:terms")).status_code == reading
    assert client.get(history).status_code == reading
    assert client.get(reverse("policy:terms_export")).status_code == file


def test_who_may_not_export_is_shown_no_button(clerk):
    assert "导出 Excel" in text_of(clerk, reverse("policy:terms"))
    assert "导出 Excel" not in text_of(signed_in(Post.OPERATOR), reverse("policy:terms"))


def test_a_stranger_is_led_to_sign_in():
    answer = Client().get(reverse("policy:terms"))
    assert (answer.status_code, answer.url.split("?")[0]) == (302, reverse("access:sign_in"))


def test_the_list_takes_few_queries(clerk, django_assert_max_num_queries):
    with django_assert_max_num_queries(10):
        text_of(clerk, reverse("policy:terms"))
