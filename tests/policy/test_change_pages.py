"""The pages of a parameter's change 参数调整页面: propose with a preview, decide, follow, withdraw."""

import re
from datetime import date

import pytest
from django.urls import reverse

from access.models import Branch
from access.states import Post
from policy.models import Term, TermChange
from policy.states import TermName
from tests.access.factories import client_of, person
from tests.banking.factories import open_first_day

pytestmark = pytest.mark.django_db

JUNE = date(2026, 6, 10)
PROPOSE = reverse("policy:change_propose", args=[TermName.BASE_CAP])
HISTORY = reverse("policy:term_history", args=[TermName.BASE_CAP])
ENTERED = {
    "value": "25000.00",
    "valid_from": "2026-07-01",
    "document": "内公积金〔2026〕8号",
    "source": "关于调整缴存基数上限的通知",
    "reason": "年度调整",
}


@pytest.fixture(autouse=True)
def june():
    open_first_day(JUNE)


def seen_on(answer):
    return re.search(r'name="seen" value="(\w{64})"', answer.content.decode())[1]


def proposed(client, **changes):
    entered = {**ENTERED, **changes}
    preview = client.post(PROPOSE, entered)
    answer = client.post(PROPOSE, {**entered, "seen": seen_on(preview)})
    assert answer.status_code == 302
    return TermChange.objects.latest("pk")


def chief():
    return client_of(person(Post.MANAGER, branch_id=0))


def decided(client, change, verdict="GRANT", reason="", seen=None):
    address = reverse("policy:change_decide", args=[change.pk])
    seen = seen or seen_on(client.get(address))
    return client.post(address, {"verdict": verdict, "reason": reason, "seen": seen})


def test_a_value_goes_from_finance_by_the_inbox_into_force():
    maker, manager = client_of(person(Post.FINANCE, name="李静")), chief()
    change = proposed(maker)
    inbox = manager.get(reverse("approvals:inbox")).content.decode()
    address = reverse("policy:change_decide", args=[change.pk])
    assert address in inbox and "月缴存基数上限调整为 25,000.00 元，自 2026-07-01 起" in inbox
    page = manager.get(address).content.decode()
    assert "22,389.00 元" in page and "R-101 缴存基数" in page and page.count("<td>一致</td>") == 11
    assert decided(manager, change).url == reverse("policy:change", args=[change.pk])
    history = maker.get(HISTORY).content.decode()
    assert "25,000.00 元" in history and "未生效</span>" in history and "李静、刘敏" in history
    assert Term.objects.get(change=change).valid_from == date(2026, 7, 1)


def test_the_first_press_only_shows_the_preview():
    answer = client_of(person(Post.FINANCE)).post(PROPOSE, ENTERED)
    page = answer.content.decode()
    assert "届时原取值" in page and "22,389.00 元" in page and "提交复核" in page
    assert not TermChange.objects.exists()


def test_what_was_changed_after_the_preview_is_previewed_again():
    client = client_of(person(Post.FINANCE))
    seen = seen_on(client.post(PROPOSE, ENTERED))
    again = client.post(PROPOSE, {**ENTERED, "value": "26000.00", "seen": seen})
    assert "26,000.00 元" in again.content.decode() and seen_on(again) != seen
    assert not TermChange.objects.exists()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"value": "25,000"}, "不带千位分隔符"),
        ({"value": ""}, "请填写拟定取值"),
        ({"document": ""}, "请填写文件的文号"),
        ({"valid_from": "2026-06-09"}, "生效日期不能早于当前会计日 2026-06-10"),
        ({"valid_from": "x"}, "请输入日期"),
        ({"value": "1000.00"}, "上下颠倒"),
    ],
)
def test_a_mistake_is_named_beside_its_field(changes, sentence):
    page = client_of(person(Post.FINANCE)).post(PROPOSE, {**ENTERED, **changes}).content.decode()
    assert "有 1 处需要更正" in page and sentence in page and "提交复核</button>" not in page


@pytest.mark.parametrize(
    ("name", "offered"),
    [
        (TermName.DAY_COUNT, "实际天数/365"),
        (TermName.SUSPENSE_INTEREST, "是</option>"),
        (TermName.DUE_DAYS, "填写整数"),
    ],
)
def test_each_kind_is_entered_in_its_way(name, offered):
    page = client_of(person(Post.FINANCE)).get(reverse("policy:change_propose", args=[name])).content.decode()
    assert offered in page


def test_the_maker_reads_but_does_not_decide():
    maker = chief()
    change = proposed(maker)
    page = maker.get(reverse("policy:change_decide", args=[change.pk])).content.decode()
    assert "本人经办的业务须由他人复核" in page and "保存复核结论" not in page
    answer = decided(maker, change, seen="x")
    assert "本人经办的业务须由他人复核" in answer.content.decode()
    assert change.case.status == "OPEN"


def test_a_stale_page_is_shown_anew_with_what_differs():
    manager, change = chief(), proposed(client_of(person(Post.FINANCE)))
    stale = seen_on(manager.get(reverse("policy:change_decide", args=[change.pk])))
    floor = reverse("policy:change_propose", args=[TermName.BASE_FLOOR])
    entered = {**ENTERED, "value": "2200.00"}
    finance = client_of(person(Post.FINANCE))
    finance.post(floor, {**entered, "seen": seen_on(finance.post(floor, entered))})
    decided(manager, TermChange.objects.latest("pk"))
    answer = decided(manager, change, seen=stale)
    page = answer.content.decode()
    assert "内容已变化" in page and "已变化</span>" in page and "月缴存基数下限 2,200.00 元" in page
    assert decided(manager, change, seen=seen_on(answer)).status_code == 302


def test_sending_back_without_a_reason_is_refused():
    manager, change = chief(), proposed(client_of(person(Post.FINANCE)))
    assert "退回时请填写意见" in decided(manager, change, "RETURN").content.decode()
    assert decided(manager, change, "RETURN", "文号有误").status_code == 302
    page = manager.get(reverse("policy:change", args=[change.pk])).content.decode()
    assert "已退回" in page and "文号有误" in page


def test_the_maker_withdraws_and_nobody_else():
    maker, manager = client_of(person(Post.FINANCE)), chief()
    change = proposed(maker)
    address = reverse("policy:change", args=[change.pk])
    assert "撤回申请" in maker.get(address).content.decode()
    assert "撤回申请" not in manager.get(address).content.decode()
    assert "只有经办人本人可以撤回" in manager.post(address, {"withdraw": "1"}).content.decode()
    assert maker.post(address, {"withdraw": "1"}).status_code == 302
    assert "已撤回" in maker.get(address).content.decode()
    assert manager.get(reverse("policy:change_decide", args=[change.pk])).url == address


@pytest.mark.parametrize(
    ("post", "read", "propose", "decide"),
    [
        (Post.CLERK, 200, 403, 403),
        (Post.FINANCE, 200, 200, 403),
        (Post.MANAGER, 200, 200, 200),
        (Post.OPERATOR, 200, 403, 403),
        (Post.AUDITOR, 200, 403, 403),
        (Post.HANDLER, 403, 403, 403),
    ],
)
def test_each_post_opens_what_its_rights_allow(post, read, propose, decide):
    change = proposed(client_of(person(Post.FINANCE)))
    client = client_of(person(post))
    assert client.get(reverse("policy:change", args=[change.pk])).status_code == read
    assert client.get(PROPOSE).status_code == propose
    assert client.get(reverse("policy:change_decide", args=[change.pk])).status_code == decide
    assert ("提出调整" in client.get(HISTORY).content.decode()) is (propose == 200)


def test_a_manager_of_another_office_is_told_who_signs():
    change = proposed(client_of(person(Post.FINANCE)))
    manager = client_of(person(Post.MANAGER, branch=Branch.objects.get(code="03")))
    page = manager.get(reverse("policy:change_decide", args=[change.pk])).content.decode()
    assert "中心本部" in page and "保存复核结论" not in page


def test_the_history_takes_few_queries(django_assert_max_num_queries):
    maker, manager = client_of(person(Post.FINANCE)), chief()
    for year in range(2027, 2033):
        decided(manager, proposed(maker, valid_from=f"{year}-07-01", value=f"{year}0.00"))
    with django_assert_max_num_queries(12):
        maker.get(HISTORY)
