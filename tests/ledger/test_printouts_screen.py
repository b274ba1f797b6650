"""The printout in a real browser: pressed once, one file comes, and the page stays; many by the keyboard alone."""

import io

import pytest
from django.db import transaction
from pypdf import PdfReader

from access.models import User
from access.states import Post
from audit.models import Record
from tests.access.factories import person
from tests.banking.factories import open_first_day
from tests.deposits.factories import DAY, paid, paying_employer
from tests.frame.printouts import pages_of
from tests.journeys.browsing import visit
from tests.journeys.test_look import complaints, faults, sign_in

__all__ = ["complaints"]

pytestmark = pytest.mark.browser


def saved(download) -> bytes:
    return download.value.path().read_bytes()


def width_of(made: bytes) -> float:
    return float(PdfReader(io.BytesIO(made)).pages[0].mediabox.width)


@pytest.fixture
def remittance(own_database):
    open_first_day(DAY)
    with transaction.atomic():
        made = paid(paying_employer(3, at="01"))
    made.refresh_from_db()
    return made


@pytest.fixture
def finance(site, page, remittance) -> User:
    user = person(Post.FINANCE, branch_id=0)
    sign_in(page, site, user)
    return user


def test_one_press_is_one_printing_on_the_paper_one_chose(site, page, finance, remittance, complaints):
    address = f"{site}/counter/ledger/vouchers/{remittance.voucher_id}/"
    visit(page, address)
    assert faults(page, [(1366, 768)]) == {}
    with page.expect_download() as download:
        page.keyboard.press("F8")
    assert download.value.suggested_filename == f"记账凭证-{remittance.voucher_id}.pdf"
    [text] = pages_of(saved(download))
    assert "第1次打印" in text and "补打" not in text
    page.locator("summary[aria-label^=打印凭证]").press("Enter")
    with page.expect_download() as download:
        page.get_by_role("link", name="针式打印纸").press("Enter")
    assert width_of(saved(download)) == pytest.approx(684, abs=0.1)  # nine and a half inches
    assert page.url == address
    page.locator("body.waiting").wait_for()
    page.locator("body:not(.waiting, .reading)").wait_for()
    visit(page, address)
    assert page.inner_text("summary[aria-label^=打印凭证]") == "针式"
    with page.expect_download() as download:
        page.get_by_role("link", name="打印凭证").press("Enter")
    made = saved(download)
    assert width_of(made) == pytest.approx(684, abs=0.1) and "第3次打印" in pages_of(made)[0]
    assert complaints == []


def test_rows_are_ticked_and_printed_by_key(site, page, finance, remittance, complaints):
    address = f"{site}/counter/ledger/vouchers/?since={DAY}"
    visit(page, address)
    count = page.locator("[name=pick]").count()
    assert count > 2 and page.get_by_role("button", name="打印凭证").is_hidden()
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    assert page.get_by_role("button", name="打印凭证（2 笔）").is_visible()
    with page.expect_download() as download:
        page.keyboard.press("F8")
    assert len(pages_of(saved(download))) == 2 and page.url == address
    page.select_option("[name=paper-ledger_voucher]", "A4")
    with page.expect_download() as download:
        page.get_by_role("button", name="打印全部 3 张").press("Enter")
    pages = pages_of(saved(download))
    assert [("补打" in text) for text in pages] == [True, True] + [False] * (count - 2)
    assert User.objects.get(pk=finance.pk).papers == {"ledger_voucher": "A4"}
    assert Record.objects.filter(act="print").count() == count + 2
    assert faults(page, [(1366, 768)]) == {} and complaints == []
