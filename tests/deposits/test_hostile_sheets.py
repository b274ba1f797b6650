"""Workbooks made to do harm, and cells no person types: refused with a sentence, and the worker lives on."""

import io
import zipfile
from decimal import Decimal

import pytest

from accounts.models import Member
from deposits import sheets
from deposits.actions import sheets as journey
from deposits.models import Sheet
from deposits.states import SheetStatus
from hpf.errors import Refusal
from tests.banking.factories import open_first_day
from tests.deposits.factories import DAY, night, paying_employer
from tests.deposits.test_sheets import checked, error_file, errors_of, joiner, proposed, rows_of, uploaded, workbook
from tests.ledger.books import as_owner, run

SHEET = "xl/worksheets/sheet1.xml"
STRINGS = "xl/sharedStrings.xml"
BASE_CELL = '<c r="G2"><v>5000</v></c>'


@pytest.fixture
def day(db):
    return open_first_day(DAY)


def changed(part, old, new):
    """A sound workbook of one joiner, one part of which was written by hand."""
    source, output = zipfile.ZipFile(io.BytesIO(workbook([joiner()]))), io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in source.namelist():
            text = source.read(name).decode()
            if name == part:
                assert old in text
                text = text.replace(old, new, 1)
            packed.writestr(name, text)
    return output.getvalue()


def far_cell(reference):
    row = reference.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    cell = f'<row r="{row}"><c r="{reference}"><v>1</v></c></row></sheetData>'
    return lambda: changed(SHEET, "</sheetData>", cell)


def unpacks_to_more_than_it_says():
    """Forty times the memory the reader may use, under a directory that speaks of a few bytes."""
    data = changed(STRINGS, "李新", "李" * (24 * 2**20))
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        size = packed.getinfo(STRINGS).file_size
    said = size.to_bytes(4, "little")
    assert said in data
    return data.replace(said, (100).to_bytes(4, "little"))


def damaged(place, byte):
    """One byte of the directory at the end of the workbook is another."""
    data = bytearray(workbook([joiner()]))
    data[data.index(b"PK\x01\x02") + place] = byte
    return bytes(data)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(far_cell("XFD1048576"), id="the last cell of a sheet, half a terabyte away"),
        pytest.param(far_cell("A4294967295"), id="a row no sheet has"),
        pytest.param(far_cell("ZZZZZZZZZZZZ99999999999999"), id="a cell no sheet has"),
        pytest.param(lambda: changed(SHEET, BASE_CELL, '<c r="G2" t="s"><v>99999</v></c>'), id="a text not there"),
        pytest.param(lambda: changed(STRINGS, "李新", "&boom;"), id="an entity"),
        pytest.param(lambda: damaged(6, 255), id="a version of the future"),
        pytest.param(unpacks_to_more_than_it_says, id="a directory that lies"),
    ],
)
def test_hostile_workbook_fails_and_the_worker_goes_on(day, data):
    employer, neighbour = paying_employer(1), paying_employer(1)
    hostile = uploaded(employer, data())
    sound = uploaded(neighbour, workbook(proposed(neighbour)))
    assert journey.check_all(by=night(), on=DAY) == {"checked": 2, "refused": 0}
    hostile.refresh_from_db()
    sound.refresh_from_db()
    assert (hostile.status, sound.status) == (SheetStatus.FAILED, SheetStatus.CHECKED)
    assert "请" in hostile.failure
    with pytest.raises(Refusal):
        error_file(hostile)


@pytest.mark.parametrize("value", ["NaN", "inf", "-inf", "1e308", "-1e308", "1e60", "-5000", "5000.001"])
@pytest.mark.parametrize("cell", ["G2", "H2"])
def test_number_no_person_types_is_an_error_of_its_cell(day, cell, value):
    """Such a cell used to stop the check of its sheet for good."""
    old = BASE_CELL if cell == "G2" else '<c r="H2"><v>8</v></c>'
    sheet = uploaded(paying_employer(0), changed(SHEET, old, f'<c r="{cell}"><v>{value}</v></c>'))
    journey.check(sheet, by=night(), on=DAY)
    column = sheets.BASE if cell == "G2" else sheets.EMPLOYER_RATIO
    assert [(row, title) for row, title, _ in errors_of(sheet)] == [(2, column)]
    assert rows_of(error_file(sheet))[1][-1].startswith(column)


@pytest.mark.parametrize("mark", ["_x0000_", "_x0007_", "\u202e", "\u200b", "\x00"])
def test_name_with_an_invisible_character_is_an_error(day, mark):
    """PostgreSQL takes no zero character: such a sheet used to be found sound and break when it was confirmed."""
    sheet = uploaded(paying_employer(0), changed(STRINGS, "李新", f"李{mark}新"))
    journey.check(sheet, by=night(), on=DAY)
    assert [(row, title) for row, title, _ in errors_of(sheet)] == [(2, sheets.NAME)]
    assert not Member.objects.filter(name__startswith="李").exists()


def test_sheet_that_would_come_to_another_sum_is_not_confirmed(day):
    """The handler agreed to a sum; parts rounded to whole yuan since then make another one."""
    employer = paying_employer(1)
    sheet = checked(employer, proposed(employer))
    assert sheet.total == Decimal("1046.88")
    with as_owner():
        run("update policy_term set value = '1' where name = 'deposit.round_unit'")
    with pytest.raises(journey.ChangedSince):
        journey.confirm(sheet, by=night(), on=DAY)
    assert Sheet.objects.get(pk=sheet.pk).status == SheetStatus.CHECKED
