"""A list of a hundred thousand rows 十万行清册: every process stays under 400 MB, and none of it is half done.

The file, the check, the answer and the confirmation each run in a process of their own, which tells its highest
memory at the end; the reader, a process of that process, is measured as its child.
"""

import json
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from deposits import sheets
from deposits.models import Remittance, Sheet, SheetPart
from deposits.states import SheetStatus
from tests.accounts import factories as accounts
from tests.banking.factories import open_first_day
from tests.deposits.factories import DAY

MOST_MB = 400
ROOT = Path(__file__).resolve().parent.parent.parent

PRELUDE = """
import json, os, resource, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "hpf.settings"
import django
django.setup()
from datetime import date
from accounts.models import Employer
from deposits import queries, sheets
from deposits.actions import sheets as journey
from deposits.models import Sheet
from access.queries import night_user
from hpf.months import Month
DAY, MONTH, by = date(2026, 7, 1), Month(2026, 7), night_user()
path, pk = sys.argv[1], int(sys.argv[2])
"""
TELL = """
used = {who: resource.getrusage(getattr(resource, who)).ru_maxrss // 1024 for who in ("RUSAGE_SELF", "RUSAGE_CHILDREN")}
print(json.dumps(used))
"""
WRITE = """
from tests.accounts.factories import id_number
import xlsxwriter
with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, sheets.COLUMNS)
    for place in range(1, pk + 1):
        base = "x" if place in WRONG else 5000 + place % 4000
        row = [str(place), "", "职工" + chr(0x4E00 + place % 20000), "身份证", id_number(), "", base, 8, 8, "", ""]
        sheet.write_row(place, 0, row)
"""
UPLOAD = """
with open(path, "rb") as file:
    sheet = journey.upload(Employer.objects.get(), MONTH, file.read(), by=by, on=DAY)
"""
CHECK = "journey.check(Sheet.objects.select_related('employer').defer('file_sealed').get(pk=pk), by=by, on=DAY)"
LOOK = """
from django.core.paginator import Paginator
sheet = Sheet.objects.defer("file_sealed").get(pk=pk)
for rows in ("errors", "all"):
    pages = Paginator(queries.CheckedRows(sheet, rows), 50)
    assert len(pages.page(pages.num_pages).object_list) > 0
with open(path, "wb") as file:
    queries.write_error_file(sheet, file)
"""
CONFIRM = """
journey.confirm(Sheet.objects.select_related("employer").defer("file_sealed").get(pk=pk), by=by, on=DAY)
journey.confirm_all(on=DAY)
"""


def told(own_database, work: str, path: Path, number: int) -> dict[str, int]:
    """What a process that does some work used at most, in MB."""
    environment = os.environ | {"DATABASE_URL": own_database.url, "HPF_DEMO": "1"}
    done = subprocess.run(
        [sys.executable, "-c", PRELUDE + work + TELL, str(path), str(number)],
        cwd=ROOT, env=environment, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


def walk(own_database, folder: Path, rows: int) -> dict[str, dict[str, int]]:
    """A list of so many joiners from the wrong file to the confirmed month; the highest memory of each step."""
    open_first_day(DAY)
    accounts.employer()
    used = {}
    wrong, right, answer = folder / "wrong.xlsx", folder / "right.xlsx", folder / "answer.xlsx"
    told(own_database, f"WRONG = {{2, {rows}}}" + WRITE, wrong, rows)
    used["upload"] = told(own_database, UPLOAD, wrong, 0)
    sheet = Sheet.objects.get()
    used["check"] = told(own_database, CHECK, wrong, sheet.pk)
    sheet.refresh_from_db()
    assert (sheet.status, sheet.row_count, sheet.error_count) == (SheetStatus.CHECKED, rows, 2)
    used["look"] = told(own_database, LOOK, answer, sheet.pk)
    with sheets.opened(answer.read_bytes()) as table:
        said = [row.number for row in table.rows if row.cells[-1]]
    assert said == [3, rows + 1]
    told(own_database, "WRONG = set()" + WRITE, right, rows)
    used["upload again"] = told(own_database, UPLOAD, right, 0)
    sheet = Sheet.objects.latest("pk")
    used["check again"] = told(own_database, CHECK, right, sheet.pk)
    used["confirm"] = told(own_database, CONFIRM, right, sheet.pk)
    remittance = Remittance.objects.get()
    base = sum(Decimal(5000 + place % 4000) for place in range(1, rows + 1))
    assert (remittance.headcount, remittance.total) == (rows, base * 16 / 100)
    assert remittance.lines.count() == rows
    assert SheetPart.objects.filter(sheet=sheet).count() == -(-rows // 1000)
    return used


def too_much(used: dict[str, dict[str, int]]) -> dict[str, dict[str, int]]:
    return {step: found for step, found in used.items() if max(found.values()) >= MOST_MB}


@pytest.mark.night
def test_hundred_thousand_rows_stay_under_400_mb(own_database, tmp_path):
    used = walk(own_database, tmp_path, 100_000)
    print(json.dumps(used))
    assert too_much(used) == {}


def test_longer_list_takes_hardly_more_memory(own_database, tmp_path):
    """Some thousand rows in every test run: what is held by the row would show here, too."""
    idle = told(own_database, "", tmp_path, 0)["RUSAGE_SELF"]
    used = walk(own_database, tmp_path, 2_000)
    assert {step: found for step, found in used.items() if max(found.values()) >= idle + 40} == {}
