"""The printout in a real browser: pressed once, one file comes, and the page stays where it was."""

import pytest
from django.db import transaction

from access.states import Post
from tests.access.factories import person
from tests.banking.factories import open_first_day
from tests.deposits.factories import DAY, paid, paying_employer
from tests.frame.printouts import pages_of
from tests.journeys.test_look import complaints, faults, sign_in  # noqa: F401 - a fixture among them

pytestmark = pytest.mark.browser


def test_one_press_is_one_printing(site, page, own_database, complaints):  # noqa: F811
    open_first_day(DAY)
    with transaction.atomic():
        remittance = paid(paying_employer(3, at="01"))
    remittance.refresh_from_db()
    sign_in(page, site, person(Post.FINANCE, branch_id=0))
    address = f"{site}/counter/ledger/vouchers/{remittance.voucher_id}/"
    page.goto(address)
    assert faults(page, [(1366, 768)]) == {}
    for times in (1, 2):
        with page.expect_download() as download:
            page.get_by_role("link", name="打印凭证").press("Enter")
        assert download.value.suggested_filename == f"记账凭证-{remittance.voucher_id}.pdf"
        [text] = pages_of(download.value.path().read_bytes())
        assert f"第{times}次打印" in text and ("补打" in text) is (times == 2)
        assert page.url == address
    page.locator("body.waiting").wait_for()
    page.locator("body:not(.waiting, .reading)").wait_for()
    assert complaints == []
