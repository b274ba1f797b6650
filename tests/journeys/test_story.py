"""The fund does what it exists for: an Excel list, the bank's money, double entry, the member's statement, the night.

Everything goes through real doors: pages in a browser, a worker of its own, the bank simulator over signed HTTP.
"""

import io
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import xlsxwriter
from django.conf import settings
from python_calamine import CalamineWorkbook

from access.states import Post
from accounts import rules
from accounts.actions import mandates, members
from accounts.models import Member
from audit.actions import inspection
from deposits import tasks
from deposits.models import Remittance
from hpf import dayend
from hpf.management.demo.story import Size, Story
from ledger.queries import open_day
from tests.access.factories import PASSWORD, person
from tests.journeys.browsing import arriving, visit

pytestmark = pytest.mark.browser

UNTIL = date(2026, 6, 12)
PATIENCE = 180
NEWCOMER = "51101119900307451"


@pytest.fixture
def fund(own_database) -> Story:
    """Three employers in their second month; the first has not handed in June yet."""
    story = Story(Size(employers=3, members=15, months=2, seed=11, until=UNTIL))
    story.begin()
    for _ in story.tell():
        pass
    return story


@contextmanager
def process(own_database, *arguments: str) -> Iterator[None]:
    """A process of the running system beside us, ended with the test."""
    environment = os.environ | {"DATABASE_URL": own_database.url, "HPF_DEMO": "1"}
    started = subprocess.Popen(
        [sys.executable, *arguments], cwd=settings.BASE_DIR, env=environment,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield
    finally:
        started.terminate()
        started.wait(60)


def wait_until(done: Callable[[], object], *, meanwhile: Callable[[], object]) -> None:
    """Until it is so, ask again as beat would: the tasks are hints, PostgreSQL knows what is to do."""
    ends = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < ends, "the system did not get there in time"
        meanwhile()
        time.sleep(0.5)


def hint() -> None:
    for task in (tasks.check_sheets, tasks.identify_receipts, tasks.allocate_covered):
        task.delay()


def sign_in(page, site: str, username: str) -> None:
    page.context.clear_cookies()
    visit(page, f"{site}/sign-in/")
    page.get_by_label("用户名").fill(username)
    page.locator("#id_password").fill(PASSWORD)
    with arriving(page):
        page.keyboard.press("Enter")


def rows_of(file: Path) -> list[list]:
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(file.read_bytes())).get_sheet_by_index(0)
    return [list(row) for row in sheet.to_python()]


def workbook(rows: list[list], to: Path) -> Path:
    book = xlsxwriter.Workbook(str(to))
    sheet = book.add_worksheet()
    for place, row in enumerate(rows):
        for column, value in enumerate(row):
            sheet.write_string(place, column, str(value))
    book.close()
    return to


def upload(page, site: str, file: Path, *, ready: str) -> None:
    page.goto(f"{site}/portal/employer/")
    page.locator("input[type=file]").set_input_files(file)
    with arriving(page):
        page.get_by_role("button", name="上传清册").click()
    wait_until(lambda: page.get_by_text(ready).count(), meanwhile=hint)


def test_a_month_from_the_excel_list_to_the_statement_and_the_night(own_database, site, page, fund, tmp_path):
    handler, saver = person(Post.HANDLER, branch_id=None), person(Post.MEMBER, branch_id=None)
    employer = fund.payers[0].employer
    mandates.appoint(employer, handler, by=fund.by, on=UNTIL)
    member = Member.objects.filter(member_accounts__employer=employer).order_by("member_accounts__number")[0]
    members.give_sign_in(member, saver, by=fund.by, on=UNTIL)
    (Path(settings.DATA_DIR) / "simulator.json").write_text(json.dumps(fund.keys))
    with (
        process(own_database, "-m", "celery", "-A", "hpf", "worker", "--concurrency", "1", "--loglevel", "WARNING"),
        process(own_database, "manage.py", "bank_simulator", "--base-url", site, "--delay", "1"),
    ):
        remittance = hand_in(page, site, handler.username, tmp_path)
        wait_until(lambda: Remittance.objects.get(pk=remittance.pk).status == "ALLOCATED", meanwhile=hint)
    page.reload()
    assert page.get_by_text("已入账").first.is_visible()
    read_statement(page, site, saver.username, member)
    day = open_day()
    assert [step for step, _ in dayend.run(day)][-1] == "close"
    assert [finding.check.title for finding in inspection.inspect(open_day()) if not finding.holds] == []


def hand_in(page, site: str, username: str, folder: Path) -> Remittance:
    """The handler downloads the list, adds a newcomer with a wrong number, mends it and hands it in."""
    sign_in(page, site, username)
    page.goto(f"{site}/portal/employer/")
    with page.expect_download() as download:
        page.get_by_role("link", name="下载模板").click()
    rows = rows_of(download.value.path())
    header = rows[0]
    as_others = {title: rows[1][header.index(title)] for title in ("证件类型", "单位比例", "个人比例")}
    particulars = {"姓名": "尼玛次仁", "证件号码": NEWCOMER + "?", "缴存基数": "6543.00"}
    newcomer = dict.fromkeys(header, "") | as_others | particulars
    rows[1][header.index("缴存基数")] = "7000.00"
    wrong = workbook([*rows, list(newcomer.values())], folder / "wrong.xlsx")
    upload(page, site, wrong, ready="下载校验结果")
    with page.expect_download() as download:
        page.get_by_role("link", name="下载校验结果").first.click()
    returned = rows_of(download.value.path())
    assert returned[0][:-1] == header and [bool(row[-1]) for row in returned[1:]] == [False] * (len(rows) - 1) + [True]
    newcomer["证件号码"] = NEWCOMER + rules.id_check_digit(NEWCOMER)
    upload(page, site, workbook([*rows, list(newcomer.values())], folder / "right.xlsx"), ready="全部通过校验")
    with arriving(page):
        page.get_by_role("button", name="确认清册").click()
    remittance = Remittance.objects.latest("pk")
    page.get_by_text(remittance.reference).first.wait_for()
    assert remittance.headcount == len(rows)
    return remittance


def read_statement(page, site: str, username: str, member: Member) -> None:
    """The member finds the month in his statement, to the fen: 7,000 yuan at both ratios."""
    sign_in(page, site, username)
    account = member.member_accounts.get()
    account.refresh_from_db()
    assert account.base == Decimal("7000.00")
    parts = (account.employer_ratio + account.member_ratio) * 70
    page.goto(f"{site}/")
    assert page.get_by_text(f"{parts:,.2f}").first.is_visible()
    assert page.get_by_text("2026-06 汇缴").first.is_visible()
