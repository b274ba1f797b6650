"""A member withdraws on a phone 手机网厅提取: in two forms, without a barrier, and nothing runs past the screen."""

import pytest

from tests.accounts import factories as accounts
from tests.journeys.browsing import follow
from tests.journeys.test_look import complaints, faults, sign_in
from tests.withdrawals.factories import no_home, saver
from tests.withdrawals.test_portal import HOME, PDF
from withdrawals.models import Withdrawal
from withdrawals.states import WithdrawalStatus

pytestmark = pytest.mark.browser
__all__ = ["complaints"]
PHONE = [(360, 740)]
FILES = {"PURCHASE_CONTRACT": PDF, "PURCHASE_INVOICE": PDF.replace(b"1.4", b"1.5")}


@pytest.fixture
def account(own_database):
    return no_home(saver("9000.00"))


def begun(page, site, account, category):
    page.set_viewport_size({"width": 360, "height": 740})
    sign_in(page, site, accounts.member_user(account))
    page.goto(site + HOME)
    wrong = faults(page, PHONE)
    follow(page, f"a[href$='/apply/{category}/']")
    return wrong | faults(page, PHONE)


def test_rent_is_decided_at_once_in_two_forms(site, page, account, complaints):
    wrong = begun(page, site, account, "rent")
    page.fill("[name=first]", "2026-05")
    page.fill("[name=last]", "2026-07")
    page.fill("[name=rent]", "1500.00")
    follow(page, "main button[type=submit]")
    wrong |= faults(page, PHONE)
    page.fill("[name=bank]", "工商银行")
    page.check("[name=honest]")
    follow(page, "[name=handed_in]")
    wrong |= faults(page, PHONE)
    assert Withdrawal.objects.get().status == WithdrawalStatus.APPROVED
    assert "已通知银行付款" in page.inner_text("main")
    assert (wrong, complaints) == ({}, [])


def test_a_purchase_goes_in_with_papers_and_is_taken_back(site, page, account, complaints, tmp_path):
    wrong = begun(page, site, account, "purchase")
    page.fill("[name=house]", "NJ-2026-000123")
    page.fill("[name=signed_on]", "2026-03-01")
    page.fill("[name=price]", "500000.00")
    follow(page, "main button[type=submit]")
    wrong |= faults(page, PHONE)
    for name, data in FILES.items():
        (tmp_path / f"{name}.pdf").write_bytes(data)
        page.set_input_files(f"[name={name}]", tmp_path / f"{name}.pdf")
    page.fill("[name=bank]", "工商银行")
    page.check("[name=honest]")
    follow(page, "[name=handed_in]")
    wrong |= faults(page, PHONE)
    follow(page, "main a:has-text('补交材料')")
    wrong |= faults(page, PHONE)
    page.set_input_files("[name=PURCHASE_INVOICE]", tmp_path / "PURCHASE_CONTRACT.pdf")
    follow(page, "main button:has-text('上传')")
    follow(page, "main a:has-text('撤回申请')")
    wrong |= faults(page, PHONE)
    follow(page, "main button:has-text('确认撤回')")
    assert Withdrawal.objects.get().status == WithdrawalStatus.TAKEN_BACK
    assert (wrong, complaints) == ({}, [])
