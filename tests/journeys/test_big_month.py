"""A month of five hundred members with ten errors, from the template to the payment reference, in under five minutes.

A handler in a browser and a worker of its own; the errors are mended in the file that comes back, where the last column
names each of them.
"""

import time
from pathlib import Path

import pytest
from django.db import transaction

from accounts.models import MemberAccount
from deposits import sheets
from deposits.models import Remittance
from tests.accounts import factories as accounts
from tests.banking.factories import open_first_day
from tests.deposits.factories import DAY, paying_employer
from tests.deposits.test_sheets import workbook
from tests.journeys.browsing import follow
from tests.journeys.test_look import complaints, sign_in
from tests.journeys.test_story import hint, process, rows_of, wait_until

pytestmark = pytest.mark.browser
__all__ = ["complaints"]  # the fixture of the walk through every page

MEMBERS, JOINERS = 480, 20
MOST_SECONDS = 300
NAME, CERTIFICATE, ID, MOBILE, BASE, OURS, THEIRS = (
    sheets.COLUMNS.index(title)
    for title in (
        *(sheets.NAME, sheets.CERTIFICATE, sheets.ID_NUMBER, sheets.MOBILE),
        *(sheets.BASE, sheets.EMPLOYER_RATIO, sheets.MEMBER_RATIO),
    )
)


def newcomer(place):
    row = dict.fromkeys(sheets.COLUMNS, "")
    row |= {
        sheets.NAME: f"新职工{chr(0x4E00 + place)}",
        sheets.CERTIFICATE: "身份证",
        sheets.ID_NUMBER: accounts.id_number(),
    }
    row |= {sheets.MOBILE: accounts.mobile(), sheets.BASE: 5000.0, sheets.EMPLOYER_RATIO: 8.0, sheets.MEMBER_RATIO: 8.0}
    return list(row.values())


# What goes wrong in ten rows as it does in life: the row, the column, and what stands there instead.
MISTAKES = [
    (3, BASE, "六千五"),
    (17, BASE, 900.0),
    (51, OURS, 0.08),
    (120, THEIRS, 15.0),
    (199, NAME, "写错的名字"),
    (257, BASE, ""),
    (333, MOBILE, "13900000000"),
    (485, ID, "511011199003074518"),
    (490, CERTIFICATE, "驾驶证"),
    (499, MOBILE, "1390000"),
]


def upload(page, site, data, name, *, ready):
    page.goto(f"{site}/portal/employer/")
    page.set_input_files("input[type=file]", {"name": name, "mimeType": "", "buffer": data})
    follow(page, "button:has-text('上传清册')")
    wait_until(lambda: page.get_by_text(ready).count(), meanwhile=hint)


def downloaded(page, link) -> list[list]:
    with page.expect_download() as download:
        page.get_by_role("link", name=link).first.click()
    return rows_of(Path(download.value.path()))


def test_five_hundred_rows_with_ten_errors_take_minutes(own_database, site, page, complaints, record_property):
    open_first_day(DAY)
    with transaction.atomic():
        employer = paying_employer(MEMBERS)
    user = accounts.handler(employer)
    began = time.monotonic()
    with process(own_database, "-m", "celery", "-A", "hpf", "worker", "--concurrency", "1", "--loglevel", "WARNING"):
        sign_in(page, site, user)
        page.goto(f"{site}/portal/employer/")
        header, *rows = downloaded(page, "下载模板")
        rows += [newcomer(place) for place in range(JOINERS)]
        right = {(row, column): rows[row][column] for row, column, _ in MISTAKES}
        for row, column, wrong in MISTAKES:
            rows[row][column] = wrong
        upload(page, site, workbook(rows, header), "七月.xlsx", ready="共 10 处错误")
        header, *returned = downloaded(page, "下载校验结果")
        named = {place: row[-1].split("：")[0] for place, row in enumerate(returned) if row[-1]}
        assert named == {row: sheets.COLUMNS[column] for row, column, _ in MISTAKES}
        for (row, column), value in right.items():
            returned[row][column] = value
        upload(page, site, workbook(returned, header), "七月-改好.xlsx", ready="500 行全部通过校验")
        follow(page, "button:has-text('确认清册')")
        page.wait_for_selector("text=缴款识别号")
    took = time.monotonic() - began
    record_property("seconds", round(took, 1))
    remittance = Remittance.objects.get()
    assert page.get_by_text(remittance.reference).first.is_visible()
    assert remittance.headcount == MEMBERS + JOINERS == MemberAccount.objects.filter(employer=employer).count()
    # 480 × 1,046.88 and 20 × 800.00
    assert f"{remittance.total:.2f}" == "518502.40"
    assert complaints == []
    assert took < MOST_SECONDS
