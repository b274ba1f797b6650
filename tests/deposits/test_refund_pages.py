"""The pages of refunds: asked for at a receipt or an employer, signed in turn or together, found again, given out."""

import io
from decimal import Decimal

import pytest
from django.urls import reverse
from python_calamine import CalamineWorkbook

from access.states import Post
from approvals.rules import digest_of
from deposits import queries
from deposits.actions import refunds
from deposits.models import Refund
from deposits.states import RefundStatus
from tests.access.factories import client_of, person
from tests.accounts.factories import handler
from tests.banking.factories import open_first_day
from tests.banking.owing import ResultOutcome
from tests.deposits.factories import DAY, night
from tests.deposits.test_refunds import WHY, banked, centre, fresh, given_to, granted, proposed
from tests.deposits.test_suspense import nameless

pytestmark = pytest.mark.django_db
FILLED = {"amount": "400.00", "reason": WHY, "seen": "1000.00"}


@pytest.fixture(autouse=True)
def day(db):
    return open_first_day(DAY)


@pytest.fixture
def clerk(day):
    return client_of(person(Post.CLERK))


def read(client, name, *args, **query) -> str:
    response = client.get(reverse(f"deposits:{name}", args=args), query)
    assert response.status_code == 200
    return response.content.decode()


def test_a_clerk_asks_in_two_steps_and_cannot_name_another_account(clerk):
    receipt = nameless("1000.00")
    assert "原付款账户" in read(clerk, "refund_propose", receipt.pk)
    at = reverse("deposits:refund_propose", args=[receipt.pk])
    page = clerk.post(at, FILLED).content.decode()
    assert "核对退款" in page and receipt.payer_account not in page and not Refund.objects.exists()
    answer = clerk.post(at, FILLED | {"confirmed": "1", "payee_account": "6222000000000000", "payer_account": "1"})
    row = Refund.objects.get()
    assert answer.url == reverse("deposits:refund", args=[row.pk])
    assert (row.amount, row.reason, row.receipt_id) == (Decimal("400.00"), WHY, receipt.pk)
    assert row.number in read(clerk, "refund", row.pk)
    again = clerk.post(at, FILLED | {"confirmed": "1"})
    assert again.status_code == 200 and Refund.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"amount": "1000.01"}, "不超过可退金额 1,000.00 元"),
        ({"amount": "一千"}, "请填写数字"),
        ({"amount": "1.001"}, "最多两位小数"),
        ({"reason": ""}, "请填写退款原因"),
        ({"reason": "退给 6217003650001234567"}, "请去掉其中的证件号码"),
    ],
)
def test_wrong_answers_are_said_beside_the_form(clerk, change, said):
    at = reverse("deposits:refund_propose", args=[nameless("1000.00").pk])
    page = clerk.post(at, FILLED | {"confirmed": "1"} | change).content.decode()
    assert said in page and not Refund.objects.exists()


def test_an_employer_page_shows_what_may_go_back_and_takes_it(clerk):
    employer, receipt = given_to("1000.00")
    part = read(clerk, "employer_refunds", employer.pk)
    at = reverse("deposits:refund_propose_share", args=[receipt.pk, employer.pk])
    assert at in part and "1,000.00" in part
    clerk.post(at, FILLED | {"confirmed": "1"})
    row = Refund.objects.get()
    assert row.employer == employer
    part = read(clerk, "employer_refunds", employer.pk)
    assert row.number in part and "600.00" in part
    stranger = client_of(person(Post.CLERK, branch_id=centre(Post.CLERK).branch_id + 5))
    assert stranger.get(reverse("deposits:refund", args=[row.pk])).status_code == 404
    assert stranger.get(at).status_code == 404


def test_wherever_unallocated_money_stands_what_is_held_of_it_stands_beside(clerk):
    employer, receipt = given_to("1000.00")
    proposed(receipt, employer, "300.00")
    held = "其中退款占用"
    page = clerk.get(reverse("accounts:employer", args=[employer.pk])).content.decode()
    assert held in page and "300.00" in page and "1,000.00" in page
    home = client_of(handler(employer)).get(reverse("deposits:employer_home")).content.decode()
    assert held in home and "300.00" in home and "1,000.00" in home
    manager = client_of(centre(Post.MANAGER))
    report = manager.get(reverse("reports:unallocated")).content.decode()
    assert report.count("300.00") == 2 and report.count("1,000.00") == 2  # the row, and the sum of all
    file = manager.get(reverse("reports:unallocated_export"))
    rows = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(file))).get_sheet_by_index(0).to_python()
    assert rows[0][-2:] == ["单位暂存款(元)", "其中退款占用(元)"] and rows[1][-2:] == [1000.0, 300.0]
    assert "300.00 元正在退款" in manager.get(reverse("reports:manager_desk")).content.decode()


def test_what_nobody_has_claimed_and_is_being_refunded_is_told_beside_the_rest(clerk):
    receipt = nameless("1000.00")
    assert "正在退款" not in read(clerk, "suspense")
    proposed(receipt, amount="400.00")
    page = read(clerk, "suspense")
    assert "另有 1 笔、400.00 元待认领资金正在退款" in page and "600.00" in page


def test_a_receipt_says_why_it_cannot_be_refunded(clerk):
    assert "没有注明付款户名或付款账号" in read(clerk, "receipt_refunds", nameless("1.00", payer_account="").pk)
    row = proposed(nameless("1000.00"))
    part = read(clerk, "receipt_refunds", row.receipt_id)
    assert "没有可退的金额" in part and row.number in part
    assert "没有可退的金额" in read(clerk, "refund_propose", row.receipt_id)


def test_two_people_sign_in_their_turn(clerk):
    row = proposed(nameless("1000.00"))
    at = reverse("deposits:refund_decide", args=[row.pk])
    manager, finance = client_of(centre(Post.MANAGER)), client_of(centre(Post.FINANCE))
    waiting = manager.get(at).content.decode()
    assert "您不能复核这笔业务" in waiting and 'name="verdict"' not in waiting
    for client in (finance, manager):
        assert client.get(at).status_code == 200
        seen = digest_of(queries.facts_of_refund(fresh(row)))
        assert client.post(at, {"verdict": "GRANT", "reason": "", "seen": seen}).status_code == 302
    assert fresh(row).status == RefundStatus.APPROVED
    assert fresh(row).payment.reference in read(manager, "refund", row.pk)
    assert manager.get(at).status_code == 302


def test_like_refunds_are_signed_together(clerk):
    rows = [proposed(nameless("1000.00")), proposed(nameless("2000.00"))]
    finance = client_of(centre(Post.FINANCE))
    cases = [row.case_id for row in rows]
    at = f"{reverse('deposits:refund_decide_batch')}?case={cases[0]}&case={cases[1]}"
    page = finance.get(at).content.decode()
    assert all(row.number in page for row in rows)
    seen = {f"seen-{row.case_id}": digest_of(queries.facts_of_refund(fresh(row))) for row in rows}
    assert finance.post(at, {"ticked": cases} | seen).url == reverse("approvals:inbox")
    assert [fresh(row).case.step for row in rows] == [1, 1]


def test_the_maker_takes_it_back_on_its_page(clerk):
    maker = person(Post.CLERK)
    row = proposed(nameless("1000.00"), by=maker)
    client_of(maker).post(reverse("deposits:refund", args=[row.pk]), {"withdraw": "1"})
    assert fresh(row).status == RefundStatus.TAKEN_BACK and fresh(row.receipt).unclaimed == Decimal("1000.00")


def test_what_came_back_is_a_task_until_somebody_has_seen_to_it(clerk):
    row = granted(nameless("1000.00"))
    banked(row, ResultOutcome.FAILED)
    refunds.settle(by=night(), on=DAY)
    assert "1 笔退款付款未成" in read(clerk, "refunds")
    assert row.number in read(clerk, "refunds", to_clear="1")
    at = reverse("deposits:refund_clear", args=[row.pk])
    assert clerk.get(at).status_code == 200
    assert "请填写核实说明" in clerk.post(at, {"word": ""}).content.decode()
    assert clerk.post(at, {"word": "付款人账户已销户"}).status_code == 302
    assert "笔退款付款未成" not in read(clerk, "refunds")
    assert clerk.get(at).status_code == 302


def test_the_list_is_narrowed_and_given_out(clerk):
    employer, receipt = given_to("1000.00")
    mine, nameless_one = proposed(receipt, employer), proposed(nameless("77.00"))
    for query, shown, hidden in (
        ({"origin": "EMPLOYER"}, mine, nameless_one),
        ({"origin": "SUSPENSE"}, nameless_one, mine),
        ({"employer": employer.number}, mine, nameless_one),
        ({"called": nameless_one.number}, nameless_one, mine),
    ):
        page = read(clerk, "refunds", **query)
        assert shown.number in page and hidden.number not in page
    assert "没有符合条件的退款" in read(clerk, "refunds", status="PAID")
    answer = clerk.get(reverse("deposits:refunds_export"))
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.getvalue())).get_sheet_by_index(0).to_python()
    assert [row[0] for row in book[1:]] == [nameless_one.number, mine.number]
    assert nameless_one.receipt.payer_account not in str(book)


@pytest.mark.parametrize("post", [Post.AUDITOR, Post.MANAGER])
def test_who_may_only_look_cannot_ask(post):
    client = client_of(centre(post))
    row = proposed(nameless("1000.00"), amount="1.00")
    assert row.number in read(client, "refund", row.pk)
    assert 'refund/"' not in read(client, "receipt_refunds", row.receipt_id)
    assert client.get(reverse("deposits:refund_propose", args=[row.receipt_id])).status_code == 403
