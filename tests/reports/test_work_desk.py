"""The desk of the counter 工作台 and the trail of what people did."""

import ast
import io
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from python_calamine import CalamineWorkbook

from access.states import Post
from accounts.actions import registrations
from accounts.states import MemberAccountStatus, SealReason
from audit.actions import trail
from banking.states import ResultOutcome
from deposits.actions import refunds
from deposits.states import RemittanceStatus
from ledger.actions import days
from reports.queries import work
from tests.access.factories import PASSWORD, client_of, person
from tests.accounts.factories import member_user
from tests.accounts.test_registrations import new_employer
from tests.approvals.factories import case
from tests.banking import owing
from tests.banking.factories import open_first_day
from tests.deposits.factories import DAY, arrived, night, paying_employer, submitted
from tests.deposits.test_refunds import banked, granted
from tests.deposits.test_suspense import nameless
from tests.house.source import product_files, tree

pytestmark = pytest.mark.django_db
DESK, RECORDS = reverse("reports:work_desk"), reverse("reports:records")


@pytest.fixture(autouse=True)
def first_day():
    open_first_day(DAY)


@pytest.fixture
def employer():
    return paying_employer(2, name="四川沱江机械有限公司")


def text_of(client, address=DESK, **query):
    answer = client.get(address, query)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize(
    ("post", "page"),
    [
        (Post.CLERK, DESK),
        (Post.FINANCE, DESK),
        (Post.AUDITOR, DESK),
        (Post.MANAGER, reverse("reports:manager_desk")),
        (Post.OPERATOR, reverse("ledger:business_day")),
        (Post.HANDLER, reverse("deposits:employer_home")),
        (Post.MEMBER, reverse("accounts:my_account")),
    ],
)
def test_each_post_begins_at_its_desk(post, page):
    assert client_of(person(post)).get("/").url == page


def test_a_fresh_desk_says_what_to_do_next():
    page = text_of(client_of(person(Post.CLERK)))
    assert "还没有接待对象" in page and "本次登录后还没有查看过" in page and "您还没有办理业务" in page


def test_whoever_was_opened_last_is_being_served_until_done(employer):
    client = client_of(person(Post.CLERK, branch_id=employer.branch_id))
    account = employer.member_accounts.select_related("member")[0]
    text_of(client, reverse("accounts:employer", args=[employer.pk]))
    text_of(client, reverse("accounts:member", args=[account.pk]))
    page = text_of(client)
    assert "办理完毕" in page and page.index(account.member.name) < page.index("最近查看")
    assert page.index(account.number, page.index("最近查看")) < page.index(employer.number, page.index("最近查看"))
    assert client.post(reverse("reports:serving_done")).url == DESK
    page = text_of(client)
    assert "还没有接待对象" in page and account.number in page[page.index("最近查看") :]


def test_ten_are_remembered_once_each_and_only_in_this_sign_in(employer):
    clerk = person(Post.CLERK, branch_id=employer.branch_id)
    client, firms = client_of(clerk), [employer, *(paying_employer(1) for _ in range(10))]
    for firm in [*firms, firms[-2]]:
        text_of(client, reverse("accounts:employer", args=[firm.pk]))
    looks = client.session["looked_at"]
    assert [pk for _page, pk in looks] == [firm.pk for firm in [firms[-2], firms[-1], *reversed(firms[1:-2])]]
    assert "本次登录后还没有查看过" in text_of(client_of(clerk))


def test_who_moved_to_another_office_is_not_shown_any_more(employer):
    clerk = person(Post.CLERK, branch_id=employer.branch_id)
    client = client_of(clerk)
    text_of(client, reverse("accounts:employer", args=[employer.pk]))
    clerk.branch_id = employer.branch_id + 1
    clerk.save()
    assert employer.number not in text_of(client)


def test_a_refused_page_is_not_remembered(employer):
    client = client_of(person(Post.CLERK, branch_id=employer.branch_id + 1))
    assert client.get(reverse("accounts:employer", args=[employer.pk])).status_code == 404
    assert "looked_at" not in client.session


def test_waiting_work_stands_with_its_count_amount_and_age():
    arrived("1234.56", payer_name="无名")
    case(on=DAY - timedelta(days=3))
    lines = {line.label: line for line in work.waiting_for(person(Post.MANAGER, branch_id=0), on=DAY)}
    assert (lines["待认领资金"].count, lines["待认领资金"].amount) == (1, Decimal("1234.56"))
    assert (lines["待我复核"].count, lines["待我复核"].since) == (1, DAY - timedelta(days=3))
    assert "（3 天）" in text_of(client_of(person(Post.MANAGER, branch_id=0)))


def test_an_application_of_the_portal_waits_for_the_clerk_of_its_office():
    registrations.apply(new_employer(), None, registrations.SignIn("jine2026", PASSWORD), on=DAY)
    waiting = [
        {line.label: line.count for line in work.waiting_for(user, on=DAY)}.get("网上登记待受理")
        for user in (person(Post.CLERK, branch_id=1), person(Post.CLERK, branch_id=2), person(Post.FINANCE))
    ]
    assert waiting == [1, 0, None]


def test_what_was_done_today_is_counted_by_kind(employer):
    clerk = person(Post.CLERK, branch_id=employer.branch_id)
    for day in (DAY, DAY, DAY - timedelta(days=1)):
        trail.note("export", employer, by=clerk, on=day)
    trail.note("sign_in", clerk, by=clerk, on=DAY)
    assert work.done_by(clerk, on=DAY) == [work.Done("导出", employer._meta.verbose_name, 2)]


def test_finance_sees_how_the_books_stand_and_a_clerk_does_not():
    page = text_of(client_of(person(Post.FINANCE)))
    assert "账务状态" in page and page.count("平衡</span>") == 3 and "待认领资金的挂账时间" in page
    assert "账务状态" not in text_of(client_of(person(Post.CLERK)))


def test_finance_sees_what_became_of_money_that_went_out():
    owing.may_owe()
    unknown, answered = owing.unknown(amount=Decimal("1500.00")), owing.sent()
    owing.reported(answered, ResultOutcome.SUCCEEDED, amount=Decimal("1.00"))
    banked(granted(nameless("400.00")), ResultOutcome.FAILED)
    refunds.settle(by=night(), on=DAY)
    finance = person(Post.FINANCE, branch_id=0)
    waiting = {row.label: row for row in work.waiting_for(finance, on=DAY)}
    assert (waiting["结果不明的付款"].count, waiting["结果不明的付款"].amount) == (1, unknown.amount)
    assert (waiting["待核实的付款回报"].count, waiting["待核实的付款回报"].since) == (1, DAY)
    assert (waiting["付款未成的退款"].count, waiting["付款未成的退款"].amount) == (1, Decimal("400.00"))
    client = client_of(finance)
    for row in waiting.values():
        assert "没有符合条件" not in text_of(client, reverse(row.page) + row.only) or not row.count
    clerks = text_of(client_of(person(Post.CLERK)))
    assert "付款未成的退款" in clerks and "结果不明的付款" not in clerks


def test_the_desk_takes_few_queries_however_much_waits(employer, django_assert_max_num_queries):
    client = client_of(person(Post.AUDITOR, branch_id=0))
    for _ in range(60):
        arrived("1.00")
        trail.note("export", employer, by=person(Post.CLERK), on=DAY)
    for firm in [employer, *(paying_employer(1) for _ in range(5))]:
        text_of(client, reverse("accounts:employer", args=[firm.pk]))
    with django_assert_max_num_queries(24):
        text_of(client)


def test_the_trail_shows_who_did_what_without_the_machines(employer):
    trail.note("export", employer, by=person(Post.CLERK, name="赵柜员"), on=DAY, rows=7)
    page = text_of(client_of(person(Post.AUDITOR, branch_id=0)), RECORDS)
    assert "赵柜员" in page and "导出" in page and employer.name in page and "行数：7" in page
    assert "日终" not in page[page.index("<tbody>") : page.index("</tbody>")]


def test_a_change_of_status_is_told_in_words(employer):
    remittance = submitted(employer)
    trail.move(remittance, RemittanceStatus.CANCELLED, by=person(Post.CLERK), on=DAY, why="金额有误")
    (shown, *_) = work.in_words(work.records_seen_by(person(Post.AUDITOR, branch_id=0)))
    waiting, cancelled = RemittanceStatus.SUBMITTED.label, RemittanceStatus.CANCELLED.label
    assert (shown.act, shown.values) == ("状态变更", [("状态", f"{waiting} → {cancelled}")])


def test_a_value_that_was_empty_before_stands_alone_and_a_code_in_its_word(employer):
    account = employer.member_accounts.get(pk=employer.member_accounts.order_by("pk")[0].pk)
    also = {"sealed_on": DAY, "seal_reason": SealReason.UNPAID.value}
    trail.move(account, MemberAccountStatus.SEALED, by=person(Post.CLERK), on=DAY, **also)
    (shown, *_) = work.in_words(work.records_seen_by(person(Post.AUDITOR, branch_id=0)))
    told = dict(shown.values)
    assert told["封存日期"] == str(DAY) and told["封存原因"] == SealReason.UNPAID.label


@pytest.mark.parametrize(
    ("query", "found"),
    [({"person": "赵柜员"}, 1), ({"act": "export"}, 2), ({"subject": "沱江"}, 2), ({"since": "2030-01-01"}, 0)],
)
def test_the_trail_is_narrowed(employer, query, found):
    for name in ("赵柜员", "钱柜员"):
        trail.note("export", employer, by=person(Post.CLERK, name=name), on=DAY)
    page = text_of(client_of(person(Post.AUDITOR, branch_id=0)), RECORDS, **query)
    assert page.count("柜员</td>") == found and ("没有符合条件的留痕" in page) == (not found)


def test_an_auditor_of_an_office_sees_its_people_only(employer):
    for branch in (1, 2):
        trail.note("export", employer, by=person(Post.CLERK, name=f"第{branch}柜员", branch_id=branch), on=DAY)
    page = text_of(client_of(person(Post.AUDITOR, branch_id=2)), RECORDS)
    assert "第2柜员" in page and "第1柜员" not in page


def test_the_trail_goes_out_as_a_file_and_that_is_recorded(employer):
    auditor = person(Post.AUDITOR, branch_id=0)
    trail.note("export", employer, by=person(Post.CLERK, name="赵柜员"), on=DAY, why="=1+1")
    answer = client_of(auditor).get(reverse("reports:records_export"), {"person": "赵柜员"})
    read = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(answer.streaming_content))).get_sheet_by_index(0)
    header, row = read.to_python()
    assert header[2] == "经办人" and row[2] == "赵柜员" and row[9] == "'=1+1"
    assert work.records_seen_by(auditor)[0].by_id == auditor.pk


def test_a_night_at_work_is_told_on_every_page_with_what_it_leaves_alone(employer):
    member = client_of(member_user(employer.member_accounts.all()[0]))
    clerk, account = client_of(person(Post.CLERK)), reverse("accounts:my_account")
    assert "日终进行中" not in text_of(clerk)
    days.turn(DAY)
    for page in (text_of(clerk), text_of(member, account)):
        assert "日终进行中" in page and "照常办理" in page and f"今天的业务记在会计日 {DAY + timedelta(days=1)}" in page
    assert "查看日终" in text_of(clerk) and "查看日终" not in text_of(member, account)
    days.close(DAY)
    assert "日终进行中" not in text_of(clerk)


def test_a_part_that_refreshes_itself_asks_neither_for_the_night_nor_for_the_inbox():
    client = client_of(person(Post.MANAGER, branch_id=0))
    with CaptureQueriesContext(connection) as asked:
        client.get(reverse("accounts:employers"), headers={"HX-Request": "true"})
    assert [query["sql"] for query in asked if "stepshard" in query["sql"] or "approvals_case" in query["sql"]] == []


@pytest.mark.parametrize(("post", "status"), [(Post.CLERK, 403), (Post.FINANCE, 403), (Post.AUDITOR, 200)])
def test_the_trail_is_for_those_who_inspect(post, status):
    assert client_of(person(post)).get(RECORDS).status_code == status


def test_nobody_of_the_portals_reaches_the_desk(employer):
    user = member_user(employer.member_accounts.all()[0])
    assert client_of(user).get(DESK).status_code == 403


def test_every_act_has_its_word():
    """A page that says what was done says it in words."""
    written = {
        node.args[0].value
        for path in product_files()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("note", "note_many")
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }
    assert written - set(work.ACT_WORDS) == set()
