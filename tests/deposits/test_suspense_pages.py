"""The pages of money without an owner: what waits, how long, and the way from a receipt to its employers."""

import io
import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from python_calamine import CalamineWorkbook

from access.states import Post
from audit.models import Record
from banking.models import Receipt
from deposits.models import Identification
from tests.access.factories import client_of, person
from tests.accounts import factories as accounts
from tests.banking.factories import open_first_day
from tests.deposits.factories import DAY, arrived, unallocated
from tests.deposits.test_suspense import nameless

pytestmark = pytest.mark.django_db
WHY = "财政统发工资代扣清单"


@pytest.fixture
def day():
    return open_first_day(DAY)


@pytest.fixture
def clerk(day):
    return client_of(person(Post.CLERK))


def listed(client, **query) -> str:
    response = client.get(reverse("deposits:suspense"), query)
    assert response.status_code == 200
    return re.sub(r"\s+", " ", response.content.decode())


def at(receipt: Receipt) -> str:
    return reverse("deposits:receipt_identify", args=[receipt.pk])


def sent(client, receipt: Receipt, shares: str, **more) -> str:
    """The page that answers a form; of a redirect, the page it leads to."""
    told = {"shares": shares, "why": WHY, "seen": str(receipt.unclaimed)} | more
    response = client.post(at(receipt), told, follow=True)
    assert response.status_code == 200
    return re.sub(r"\s+", " ", response.content.decode())


def test_list_shows_what_waits_with_its_age_and_its_traces(clerk):
    accounts.employer(name="内江示例小学")
    old = nameless("70.00", paid_on=DAY - timedelta(days=40), payer_name="内江示例小学", remark="七月")
    new = nameless("30.00")
    page = listed(clerk)
    assert page.index(old.serial) < page.index(new.serial)  # what has waited longest comes first
    assert at(old) in page and "付款户名相同" in page and '<td class="number">40</td>' in page
    figures = re.findall(r"<dt>([^<]+)</dt><dd>([^<]+)<", page)
    assert figures[:6] == [
        ("笔数", "2"),
        ("待认领合计", "100.00"),
        ("7 天以内", "30.00"),
        ("8 至 30 天", "0.00"),
        ("31 至 90 天", "70.00"),
        ("90 天以上", "0.00"),
    ]


def test_money_that_has_its_owner_is_not_listed(clerk):
    receipt = nameless()
    sent(clerk, receipt, f"{accounts.employer().number} 1000", confirmed="1")
    assert receipt.serial not in listed(clerk) and "没有待认领的资金" in listed(clerk)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"age": "WEEK"}, {"A", "B"}),
        ({"age": "MONTH"}, {"C"}),
        ({"age": "QUARTER"}, {"D"}),
        ({"age": "LONGER"}, {"E"}),
        ({"amount": "3"}, {"C"}),
        ({"payer": "户E"}, {"E"}),
        ({"bank": "none"}, set()),
        ({"age": "x"}, set()),
    ],
)
def test_list_is_narrowed(clerk, query, found):
    for amount, (name, days) in enumerate(zip("ABCDE", [0, 7, 8, 90, 91], strict=True), start=1):
        nameless(f"{amount}.00", payer_name=f"户{name}", paid_on=DAY - timedelta(days=days))
    page = listed(clerk, **query)
    assert {name for name in "ABCDE" if f"<td>户{name}</td>" in page} == found


def test_list_costs_the_same_however_long_it_is(clerk):
    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            listed(clerk)
        return len(asked)

    nameless(payer_name=accounts.employer().name)
    few = cost()
    for _ in range(8):
        nameless(payer_name=accounts.employer().name)
    assert cost() == few


def test_export_holds_the_rows_and_cannot_be_executed(clerk):
    namesake = accounts.employer()
    nameless("12.34", payer_name=namesake.name, remark="=HYPERLINK(1)", paid_on=DAY - timedelta(days=3))
    response = clerk.get(reverse("deposits:suspense_export"))
    data = io.BytesIO(b"".join(response.streaming_content))
    _header, row = CalamineWorkbook.from_filelike(data).get_sheet_by_index(0).to_python()
    assert row[1] == "3" and row[4] == namesake.name and row[7] == "'=HYPERLINK(1)"
    assert row[8:10] == [12.34, 12.34] and row[10] == f"{namesake}（付款户名相同）"
    assert "51109900001" not in row and Record.objects.filter(act="export").exists()


def test_story_from_search_to_vouchers(clerk):
    """The clerk looks for an employer, picks it, looks at it once more, and confirms."""
    employer, receipt = accounts.employer(at="05", name="资中示例小学"), nameless()
    found = sent(clerk, receipt, "", find="\0资中示例\0", look="1")
    assert employer.number in found and "资中县管理部" in found
    picked = sent(clerk, receipt, "", find="资中示例", add=employer.number)
    assert f"> {employer.number} 1000.00</textarea>" in picked and WHY in picked
    checking = sent(clerk, receipt, f"{employer.number} 400.00")
    assert "核对认领" in checking and "600.00 元" in checking and not Identification.objects.exists()
    done = sent(clerk, receipt, f"{employer.number} 400.00", confirmed="1")
    share = Identification.objects.get()
    assert "已认领给 1 个单位，共 400.00 元" in done and f'<td class="code">{share.voucher_id}</td>' in done
    assert unallocated(employer) == Decimal("400.00") and "600.00" in listed(clerk)


def test_pasted_list_of_many_is_taken(clerk):
    employers, receipt = [accounts.employer() for _ in range(40)], nameless("200000.00")
    pasted = "\r\n".join(f"{one.number}\t1,250.50" for one in employers) + "\r\n\r\n"
    sent(clerk, receipt, pasted.replace("1,250.50", "１，２５０．５０", 1), confirmed="1")
    assert [unallocated(one) for one in employers] == [Decimal("1250.50")] * 40


def test_each_wrong_line_says_what_to_do(clerk):
    one, receipt = accounts.employer(), nameless()
    lines = [f"{one.number} 1.00", "", "1999999999 2.00", f"{one.number} 3.00", one.number, f"{one.number} 1.005"]
    page = sent(clerk, receipt, "\n".join(lines), confirmed="1")
    assert "第 3 行：没有账号为 1999999999 的单位" in page
    assert f"第 4 行：单位 {one.number} 重复，请合并成一行" in page
    assert "第 5 行：应为单位账号和金额" in page and "第 6 行：应为单位账号和金额" in page
    assert "第 1 行" not in page and one.number in page and not Identification.objects.exists()


@pytest.mark.parametrize("amount", ["1,23", "1e3", "-5", "NaN", "=1", "١٢", "99999999999999999"])
def test_odd_amounts_are_not_read(clerk, amount):
    receipt = nameless()
    page = sent(clerk, receipt, f"{accounts.employer().number} {amount}", confirmed="1")
    assert "第 1 行：应为单位账号和金额" in page and not Identification.objects.exists()


@pytest.mark.parametrize("shares", ["", " \r\n "])
def test_empty_list_asks_for_a_line(clerk, shares):
    assert "请填写单位账号和金额" in sent(clerk, nameless(), shares, confirmed="1")


def test_more_than_is_unclaimed_says_by_how_much(clerk):
    page = sent(clerk, nameless(), f"{accounts.employer().number} 1000.01", confirmed="1")
    assert "清单合计 1000.01 元，超过待认领金额 1000.00 元，请减少 0.01 元" in page


def test_form_sent_twice_gives_once(clerk):
    """The second press of the same form, and a form that was read before somebody else claimed."""
    one, other, receipt = accounts.employer(), accounts.employer(), nameless()
    sent(clerk, receipt, f"{one.number} 300.00", confirmed="1")
    again = sent(clerk, receipt, f"{one.number} 300.00", confirmed="1")
    assert "待认领金额已变为 700.00 元" in again and 'name="seen" value="700.00"' in again
    assert "待认领金额已变为 700.00 元" in sent(clerk, receipt, f"{other.number} 300.00", confirmed="1")
    assert unallocated(one) == Decimal("300.00") and unallocated(other) == 0


def test_settled_receipt_shows_its_shares_and_offers_nothing(clerk):
    receipt, employer = nameless(), accounts.employer()
    page = sent(clerk, receipt, f"{employer.number} 1000.00", confirmed="1")
    assert "认领结果" in page and "人工认领" in page and "认领清单" not in page


def test_list_can_be_changed_before_it_is_confirmed(clerk):
    receipt, employer = nameless(), accounts.employer()
    page = sent(clerk, receipt, f"{employer.number} 1.00", confirmed="1", edit="1")
    assert f"> {employer.number} 1.00</textarea>" in page and not Identification.objects.exists()


@pytest.mark.parametrize(
    ("post", "may"), [(Post.CLERK, True), (Post.FINANCE, True), (Post.MANAGER, False), (Post.AUDITOR, False)]
)
def test_who_looks_and_who_identifies(day, post, may):
    client, receipt, employer = client_of(person(post)), nameless(), accounts.employer()
    page = listed(client)
    assert (at(receipt) in page) is may and (reverse("banking:receipt", args=[receipt.pk]) in page) is not may
    told = {"shares": f"{employer.number} 1", "why": WHY, "seen": "1000.00", "confirmed": "1"}
    assert client.post(at(receipt), told).status_code == (302 if may else 403)
    assert Identification.objects.exists() is may


@pytest.mark.parametrize("post", [Post.OPERATOR, Post.HANDLER, Post.MEMBER])
def test_others_see_nothing_of_it(day, post):
    client, receipt = client_of(person(post)), arrived("1.00")
    statuses = [client.get(address).status_code for address in (reverse("deposits:suspense"), at(receipt))]
    assert statuses == [403, 403]


@pytest.mark.parametrize(
    ("why", "taken"),
    [
        ("与王会计 13900000001 核实", False),
        ("身份证511002198001010010", False),
        ("账号６２２２０２０２００１１２２３３４４５", False),
        ("单位 1000000001 来函，HJ00000005724", True),
    ],
)
def test_grounds_keep_no_number_of_a_person(clerk, why, taken):
    page = sent(clerk, nameless(), f"{accounts.employer().number} 1", why=why, confirmed="1")
    assert ("请去掉其中的证件号码" in page) is not taken and Identification.objects.exists() is taken
