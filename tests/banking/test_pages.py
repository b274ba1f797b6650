"""The pages of receipts: who may look, what is found, what is hidden."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from python_calamine import CalamineWorkbook

from access.states import Post
from banking.actions import receipts
from banking.models import Receipt
from tests.access.factories import client_of, person
from tests.banking.factories import DAY, bank, night, notice, open_first_day

pytestmark = pytest.mark.django_db

LIST, REFUSED = "/counter/banking/receipts/", "/counter/banking/refused-notices/"


@pytest.fixture(autouse=True)
def reported():
    """Three receipts, of which one is claimed in part and one wholly, and one notice refused."""
    open_first_day()
    first = notice(serial="A1", payer_name="=甲公司", amount=Decimal("100.00"), paid_on=DAY - timedelta(days=1))
    others = [notice(serial="A2", amount=Decimal("200.00")), notice(serial="A3", amount=Decimal("300.00"))]
    receipts.book(bank(), [first, *others, replace(first, remark="改")], by=night(), on=DAY)
    receipts.claim(Receipt.objects.get(serial="A1"), Decimal("100.00"), by=night(), on=DAY)
    receipts.claim(Receipt.objects.get(serial="A2"), Decimal("50.00"), by=night(), on=DAY)


@pytest.fixture
def clerk():
    return client_of(person(Post.CLERK))


def page(client, address):
    response = client.get(address)
    assert response.status_code == 200, address
    return response.content.decode()


def test_the_list_adds_up_and_masks(clerk):
    shown = page(clerk, LIST)
    assert "600.00" in shown and "450.00" in shown
    assert all(word in shown for word in ("待认领", "部分认领", "已认领", "6222***********3445"))
    assert "6222020200112233445" not in shown


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("unclaimed=on", {"A2", "A3"}),
        ("payer_name=甲", {"A1"}),
        ("amount=200", {"A2"}),
        ("serial=A3", {"A3"}),
        (f"since={DAY}", {"A2", "A3"}),
        (f"until={DAY - timedelta(days=1)}", {"A1"}),
        ("payer_name=%27%20OR%201=1", set()),
        ("since=yesterday", set()),
        ("bank=999999", set()),
        ("payer_account_index=1", {"A1", "A2", "A3"}),
    ],
)
def test_the_list_narrows_by_its_own_fields_only(clerk, query, found):
    shown = page(clerk, f"{LIST}?{query}")
    assert {serial for serial in ("A1", "A2", "A3") if f">{serial}</a>" in shown} == found


def test_a_receipt_shows_what_was_claimed(clerk):
    shown = page(clerk, f"{LIST}{Receipt.objects.get(serial='A2').pk}/")
    assert "200.00" in shown and "150.00" in shown and "认领记录" in shown
    assert "6222020200112233445" not in shown


def test_the_voucher_is_a_link_for_who_may_open_it(clerk):
    receipt = Receipt.objects.get(serial="A3")
    link = f"/counter/ledger/vouchers/{receipt.voucher_id}/"
    assert link not in page(clerk, f"{LIST}{receipt.pk}/")
    assert link in page(client_of(person(Post.FINANCE)), f"{LIST}{receipt.pk}/")


def test_refused_notices_lead_to_the_first_receipt(clerk):
    shown = page(clerk, REFUSED)
    assert "流水号已用于另一笔到账" in shown
    assert f"{LIST}{Receipt.objects.get(serial='A1').pk}/" in shown
    assert "6222020200112233445" not in shown


def test_the_excel_export_sums_and_holds_no_formula(clerk):
    response = clerk.get(f"{LIST}export/?until={DAY}")
    rows = CalamineWorkbook.from_filelike(BytesIO(response.getvalue())).get_sheet_by_index(0).to_python()
    assert [row[3] for row in rows[1:]] == ["A3", "A2", "A1"]
    assert sum(row[8] for row in rows[1:]) == 600
    assert rows[3][4] == "'=甲公司"
    assert "6222020200112233445" not in str(rows)


def test_refused_notices_go_out_as_a_file_without_numbers_of_accounts(clerk):
    response = clerk.get(f"{REFUSED}export/")
    rows = CalamineWorkbook.from_filelike(BytesIO(response.getvalue())).get_sheet_by_index(0).to_python()
    assert [(row[2], row[3], row[5]) for row in rows[1:]] == [("A1", "流水号已用于另一笔到账", 100)]
    assert "6222020200112233445" not in str(rows)


@pytest.mark.parametrize("address", [LIST, f"{LIST}export/", REFUSED, f"{REFUSED}export/"])
@pytest.mark.parametrize("post", [Post.OPERATOR, Post.HANDLER, Post.MEMBER])
def test_others_are_not_let_in(address, post):
    assert client_of(person(post)).get(address).status_code == 403


def test_a_long_list_asks_no_more_than_a_short_one(clerk, django_assert_max_num_queries):
    receipts.book(bank(), [notice() for _ in range(60)], by=night(), on=DAY)
    with django_assert_max_num_queries(12):
        page(clerk, LIST)
