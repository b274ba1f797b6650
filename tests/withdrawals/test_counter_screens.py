"""Withdrawals at the counter in a real browser: by keys alone, at two widths, for whoever cannot see them."""

import time

import pytest
from django.db import transaction

from access.states import Post
from banking.states import ResultOutcome
from tests.accounts.factories import user
from tests.accounts.test_screens import complaints
from tests.journeys.browsing import arriving, follow, visit
from tests.journeys.test_look import SCREENS, faults, sign_in
from tests.withdrawals import factories
from tests.withdrawals.test_portal import PDF
from withdrawals.actions import payouts
from withdrawals.models import Withdrawal
from withdrawals.states import WithdrawalStatus

__all__ = ["complaints"]

pytestmark = pytest.mark.browser
MOST_KEYS, MOST_SECONDS = 25, 60  # what a withdrawal at the counter may take


class Keys:
    """Presses keys and counts those that are not text."""

    def __init__(self, page) -> None:
        self.page, self.count = page, 0

    def press(self, key: str, times: int = 1) -> None:
        for _ in range(times):
            self.page.keyboard.press(key)
        self.count += times

    def go(self, key: str) -> None:
        """Press what leads to another page, and be there."""
        with arriving(self.page):
            self.page.keyboard.press(key)
        self.count += 1


@pytest.fixture
def account(own_database):
    with transaction.atomic():
        return factories.no_home(factories.saver("4800.00"))


@pytest.fixture
def clerk(account):
    return user(Post.CLERK, at="01")


def test_rent_is_withdrawn_by_keys_alone(site, page, account, clerk, complaints):
    sign_in(page, site, clerk)
    visit(page, f"{site}/")
    keys, began = Keys(page), time.monotonic()
    keys.press("F2")
    page.keyboard.type(account.number)
    keys.go("Enter")
    keys.go("Alt+2")
    page.wait_for_selector("text=办理提取")
    keys.press("j")
    keys.go("Enter")
    keys.press("j")
    keys.go("Enter")
    page.wait_for_selector("#quote >> text=可提取额")  # before anything is typed
    keys.press("Enter", times=2)
    page.keyboard.type("2500")
    keys.press("Enter")
    page.wait_for_selector("#quote >> text=符合条件，提交后即时办结")
    keys.go("Control+Enter")
    page.wait_for_selector("text=贰仟伍佰元整")
    keys.go("F9")
    page.wait_for_selector("text=准予提取（即时办结）")
    row = Withdrawal.objects.get()
    assert row.status == WithdrawalStatus.APPROVED and row.asked == 2500
    assert keys.count <= MOST_KEYS and time.monotonic() - began <= MOST_SECONDS
    assert complaints == []


def test_pages_of_applying_stand_well(site, page, account, clerk, complaints):
    sign_in(page, site, clerk)
    page.goto(f"{site}/counter/members/{account.pk}/withdraw/")
    assert faults(page, SCREENS) == {}
    for category in ("RENT", "PURCHASE", "RETIREMENT", "LOAN_REPAYMENT"):
        page.goto(f"{site}/counter/members/{account.pk}/withdraw/{category}/")
        assert faults(page, SCREENS) == {}, category
    page.goto(f"{site}/counter/members/{account.pk}/withdraw/RENT/")
    page.fill("#id_asked", "9000")
    follow(page, "text=下一步：核对")
    page.wait_for_selector("text=尚不能提交")
    assert faults(page, SCREENS) == {}
    page.fill("#id_asked", "3000")
    follow(page, "text=下一步：核对")
    assert faults(page, SCREENS) == {}
    follow(page, "text=返回修改")
    assert page.input_value("#id_asked") == "3000"
    follow(page, "text=下一步：核对")
    with arriving(page):
        page.dblclick("text=提交申请")
    page.wait_for_selector("text=准予提取（即时办结）")
    assert faults(page, SCREENS) == {} and Withdrawal.objects.count() == 1
    page.goto(f"{site}/counter/withdrawals/")
    assert faults(page, SCREENS) == {} and complaints == []


def test_papers_are_brought_or_seen_and_scanned_later(site, page, account, clerk, complaints, tmp_path):
    scan, other, wrong = tmp_path / "购房合同.pdf", tmp_path / "第2页.pdf", tmp_path / "照片.png"
    scan.write_bytes(PDF)
    other.write_bytes(PDF.replace(b"1.4", b"1.5"))
    wrong.write_bytes(b"no picture")
    sign_in(page, site, clerk)
    page.goto(f"{site}/counter/members/{account.pk}/withdraw/PURCHASE/")
    for name, typed in {"house": "NJ-2026-000123", "signed_on": "2026-03-01", "price": "500000.00"}.items():
        page.fill(f"#id_{name}", typed)
    page.fill("#id_asked", "9999999")
    follow(page, "text=下一步：核对")
    assert faults(page, SCREENS) == {}  # beside the refusal in writing
    page.fill("#id_asked", "1000")
    follow(page, "text=下一步：核对")
    page.set_input_files("#id_PURCHASE_CONTRACT", wrong)
    page.wait_for_selector(".paper-list >> text=内容与扩展名不符")
    page.click("text=提交申请")
    assert page.evaluate("document.activeElement.id") == "id_PURCHASE_CONTRACT"  # told before anything is sent
    page.click(".paper-list button")
    page.set_input_files("#id_PURCHASE_CONTRACT", scan)
    page.set_input_files("#id_PURCHASE_CONTRACT", other)
    page.wait_for_selector(".paper-list li:nth-child(2)")
    assert faults(page, SCREENS) == {}
    page.click("text=提交申请")
    page.wait_for_selector("[data-error-summary]:focus")
    assert "请上传购房发票或契税完税凭证" in page.inner_text("main") and faults(page, SCREENS) == {}
    page.wait_for_selector(".paper-list li:nth-child(2)")  # what was chosen stays
    page.check("#id_PURCHASE_INVOICE_SEEN")
    follow(page, "text=提交申请")
    page.wait_for_selector("text=要件还没有文件")
    assert faults(page, SCREENS) == {}
    follow(page, "main a.btn:has-text('上传要件')")
    assert faults(page, SCREENS) == {}
    page.set_input_files("#id_PURCHASE_INVOICE", scan)
    follow(page, "main button:has-text('上传')")
    assert "待补" not in page.inner_text("main") and "未扫描" not in page.inner_text(".proofs")
    assert faults(page, SCREENS) == {} and complaints == []


def test_payment_shows_by_itself_and_what_waits_is_signed_and_undone(site, page, account, clerk, complaints):
    with transaction.atomic():
        rented = factories.submitted(account, factories.rent(), by=clerk)
        bought = factories.submitted(account, factories.purchase(), "1000.00", by=clerk)
    sign_in(page, site, clerk)
    page.goto(f"{site}/counter/withdrawals/{bought.pk}/")
    page.wait_for_selector("text=还没有上传要件")
    assert faults(page, SCREENS) == {}
    page.goto(f"{site}/counter/withdrawals/{rented.pk}/undo/")
    assert faults(page, SCREENS) == {}
    page.fill("#id_reason", "申请人填错月份")
    follow(page, "text=提交复核")
    assert faults(page, SCREENS) == {}
    page.context.clear_cookies()
    sign_in(page, site, factories.manager())
    page.goto(f"{site}/counter/approvals/")
    follow(page, f"text={bought.number} ")
    assert faults(page, SCREENS) == {}
    page.select_option("#id_verdict", "GRANT")
    follow(page, "text=保存复核结论")
    page.wait_for_selector("text=付款：")
    page.goto(f"{site}/counter/approvals/")
    follow(page, "text=撤销 TQ")
    assert faults(page, SCREENS) == {}
    page.select_option("#id_verdict", "GRANT")
    follow(page, "text=保存复核结论")
    assert factories.fresh(rented).status == WithdrawalStatus.UNDONE
    page.goto(f"{site}/counter/withdrawals/{bought.pk}/")
    with transaction.atomic():
        factories.banked(bought, ResultOutcome.SUCCEEDED)
        payouts.settle(by=factories.night(), on=factories.ON)
    page.wait_for_selector("text=银行已付款")
    assert complaints == []
