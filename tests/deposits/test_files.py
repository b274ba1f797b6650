"""What kind of file a list may be 清册文件格式: told by its content, read right or refused with a sentence."""

import io
import random
import zipfile
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import xlsxwriter

from deposits import sheets
from deposits.actions import checking
from deposits.actions import sheets as journey
from deposits.models import Sheet
from deposits.states import SheetStatus
from hpf import workbooks
from hpf.errors import Refusal
from hpf.workbooks import reader
from tests.accounts import factories as accounts
from tests.banking.factories import open_first_day
from tests.deposits.factories import DAY, JULY, night, paying_employer
from tests.deposits.test_hostile_sheets import SHEET, STRINGS, changed
from tests.deposits.test_sheets import errors_of, joiner, proposed, workbook

FILES = Path(__file__).parent / "files"
NEWCOMER = "511011199003074517"


@pytest.fixture
def day(db):
    return open_first_day(DAY)


def read(data):
    """The titles and rows of a file."""
    with sheets.opened(data) as table:
        return table.header, list(table.rows)


def refused(data):
    """The sentence a file is refused with, at whatever row."""
    with pytest.raises(workbooks.Unreadable) as trouble:
        read(data)
    return trouble.value.sentence


def taken(employer, data):
    sheet = journey.upload(employer, JULY, data, by=night(), on=DAY)
    journey.check(sheet, by=night(), on=DAY)
    return sheet


def text(rows, separator=",", encoding="utf-8"):
    lines = [separator.join(str(cell) for cell in row) for row in [sheets.COLUMNS, *rows]]
    return "\r\n".join([*lines, ""]).encode(encoding)


def book(*write, **options):
    """A workbook of the sheets that were written, each by a function."""
    output = io.BytesIO()
    with xlsxwriter.Workbook(output, {"in_memory": True, **options}) as made:
        for one in write:
            one(made)
    return output.getvalue()


def listed(made, **cells):
    """A sheet with the titles and a joiner; cells by their column title are written otherwise."""
    sheet = made.add_worksheet()
    sheet.write_row(0, 0, sheets.COLUMNS)
    for column, (title, value) in enumerate(zip(sheets.COLUMNS, joiner(), strict=True)):
        write = cells.get(title)
        if write:
            write(sheet, 1, column)
        else:
            sheet.write(1, column, value)
    return sheet


# What can be read


@pytest.mark.parametrize("separator", [",", "\t", ";"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_text_with_separators_is_read(encoding, separator):
    name = "欧阳䶮𠮷"  # two characters the older encoding of the country does not have
    header, (row,) = read(text([joiner(**{sheets.NAME: name})], separator, encoding))
    assert header == sheets.COLUMNS
    assert (row.number, row.cells[2], row.cells[6]) == (2, name, "5000")


def test_text_in_the_older_encoding_is_read():
    _, (row,) = read(text([joiner(**{sheets.NAME: "李新"})], "\t", "gbk"))
    assert row.cells[2] == "李新"


def test_text_becomes_the_month(day):
    employer = paying_employer(2)
    rows = [*proposed(employer), joiner()]
    sheet = taken(employer, text(rows, ";", "gb18030"))
    assert errors_of(sheet) == []
    assert journey.confirm(sheet, by=night(), on=DAY).total == Decimal("2893.76")  # 2 × 1,046.88 and 800.00


def test_old_workbook_becomes_the_month(day):
    employer = accounts.employer()
    sheet = taken(employer, (FILES / "list.xls").read_bytes())
    assert errors_of(sheet) == []
    assert journey.confirm(sheet, by=night(), on=DAY).total == Decimal("800.00")
    assert employer.member_accounts.get().member.id_number == NEWCOMER


def test_text_cells_may_be_quoted():
    cell = '"职工""甲"",乙"'
    _, (row,) = read(text([joiner(**{sheets.NAME: cell})]))
    assert row.cells[2] == '职工"甲",乙'


def test_first_sheet_that_can_be_seen_is_read():
    def hidden(made):
        sheet = made.add_worksheet("参数")
        sheet.write_formula(0, 0, "=1+1")
        made.hidden = sheet

    def seen(made):
        listed(made).activate()
        made.hidden.hide()

    header, rows = read(book(hidden, seen))
    assert (header, len(rows)) == (sheets.COLUMNS, 1)


def test_rows_of_blanks_to_the_end_of_the_sheet_are_passed_over():
    """Formats down to the last row of the sheet, as happens when a whole column is painted."""

    painted = "".join(f'<row r="{line}"><c r="A{line}" s="1"/></row>' for line in range(3, 1_048_577))
    _, rows = read(changed(SHEET, "</sheetData>", f"{painted}</sheetData>"))
    assert [row.number for row in rows] == [2]


def test_full_width_digits_are_digits(day):
    employer = paying_employer(1)
    row = proposed(employer)[0]
    wide = str.maketrans("0123456789.", "０１２３４５６７８９．")
    row[1], row[6], row[7] = row[1].translate(wide), "７０００．５０", "１０％"
    new = joiner(**{sheets.BASE: "５０００"})
    new[4], new[5] = new[4].translate(wide), new[5].translate(wide)
    sheet = taken(employer, workbook([row, new]))
    assert errors_of(sheet) == []
    assert sheet.total == Decimal("700.05") + Decimal("560.04") + Decimal("800.00")


def test_number_of_an_account_may_be_typed_as_a_number(day):
    """Ten digits are safe in a spreadsheet; the eighteen of an ID card are not."""
    employer = paying_employer(1)
    row = proposed(employer)[0]
    row[1] = int(row[1])
    assert errors_of(taken(employer, workbook([row]))) == []


# What is an error of its cell


@pytest.mark.parametrize("written", ["5.11011E+17", "5.11E+17", "５.11e+17"])
def test_number_that_a_spreadsheet_shortened_is_refused(day, written):
    sheet = taken(accounts.employer(), text([joiner(**{sheets.ID_NUMBER: written})]))
    assert errors_of(sheet) == [(2, sheets.ID_NUMBER, checking.TYPED_AS_NUMBER)]


def test_number_typed_in_an_old_workbook_is_refused(day):
    sheet = taken(accounts.employer(), (FILES / "number.xls").read_bytes())
    assert errors_of(sheet) == [(2, sheets.ID_NUMBER, checking.TYPED_AS_NUMBER)]


def test_formula_an_old_workbook_never_reckoned_is_an_empty_cell(day):
    sheet = taken(accounts.employer(), (FILES / "formula.xls").read_bytes())
    assert errors_of(sheet) == [(2, sheets.BASE, "请填写数字，例如 6543.00")]


def test_date_where_a_number_belongs_is_refused(day):
    def dated(made):
        shape = made.add_format({"num_format": "yyyy-mm-dd"})

        def write(sheet, row, column):
            sheet.write_datetime(row, column, date(2026, 7, 1), shape)

        listed(made, **{sheets.BASE: write, sheets.ID_NUMBER: write})

    columns = {column for _, column, _ in errors_of(taken(accounts.employer(), book(dated)))}
    assert columns == {sheets.BASE, sheets.ID_NUMBER}


# What is refused whole


def test_workbook_with_a_formula_names_the_cell():
    sentence = refused(
        book(lambda made: listed(made, **{sheets.BASE: lambda s, r, c: s.write_formula(r, c, "=1", "", 1)}))
    )
    assert sentence.startswith("G2 单元格是公式") and "数值" in sentence


def test_formula_far_down_is_found_and_named():
    def long(made):
        sheet = listed(made)
        for line in range(2, 20_000):
            sheet.write_row(line, 0, ["", "", "李新", "身份证"])
        sheet.write_formula(20_000, 6, "=SUM(G2:G3)")

    assert refused(book(long, constant_memory=True, in_memory=False)).startswith("G20001 单元格是公式")


def test_formula_in_a_text_names_the_cell():
    assert refused(text([joiner(**{sheets.ID_NUMBER: f'="{NEWCOMER}"'})])).startswith("E2 单元格是公式")


def test_merged_cells_are_named():
    assert refused(book(lambda made: listed(made).merge_range(3, 0, 4, 2, "车间"))).startswith("A4 处有合并的单元格")


def test_workbook_with_macros_is_refused():
    output = io.BytesIO(workbook([joiner()]))
    with zipfile.ZipFile(output, "a") as packed:
        packed.writestr("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0")
    assert "含有宏" in refused(output.getvalue())


def test_old_workbook_with_macros_is_refused():
    assert "含有宏" in refused((FILES / "list.xls").read_bytes() + reader.OLD_MACROS)


def test_workbook_with_a_password_is_refused():
    assert "取消密码" in refused((FILES / "locked.xlsx").read_bytes())


def test_bomb_of_entities_is_refused():
    head = '<?xml version="1.0"?><!DOCTYPE sst [<!ENTITY a "lol">'
    head += "".join(
        f'<!ENTITY {new} "{"&" + old + ";"}{"&" + old + ";"}">'
        for old, new in zip("abcdefghi", "bcdefghij", strict=True)
    )
    data = changed(STRINGS, "<?xml", head + "]><!--")
    assert "请" in refused(data)


def test_bomb_of_parts_is_refused():
    output = io.BytesIO(workbook([joiner()]))
    with zipfile.ZipFile(output, "a") as packed:
        for number in range(reader.MOST_PARTS):
            packed.writestr(f"xl/media/{number}.png", b"")
    assert "展开后过大" in refused(output.getvalue())


def test_text_with_too_many_cells_in_a_row_is_refused():
    """An amount written 5,000 between commas shifts every cell after it."""
    said = refused(text([joiner(**{sheets.BASE: "5,000"}), joiner()]))
    assert said.startswith("第 2 行的列数多于标题行")


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"%PDF-1.7 \xe4\xbd", id="pdf"),
        pytest.param(b"<html><table><tr><td>x</td></tr></table></html>", id="page called .xls"),
        pytest.param(b"\x89PNG\r\n\x1a\n\0\0", id="picture"),
        pytest.param(b"\x81" * 300, id="bytes of no encoding"),
        pytest.param("李新 5000\n王新 6000\n".encode(), id="text without titles"),
    ],
)
def test_file_that_is_no_list_is_refused(data):
    assert "不是可以读取的清册" in refused(data)


def test_text_that_never_ends_a_quote_is_refused():
    assert "请" in refused(text([joiner(**{sheets.NAME: '"李新'})]))


def test_wide_text_is_refused():
    assert "最多" in refused((",".join(["x"] * 100)).encode())


# Damage at many places


def damaged(data, seed):
    """A file cut short, or with some bytes changed."""
    chance = random.Random(seed)
    if chance.random() < 0.4:
        return data[: chance.randrange(len(data))]
    bytes_ = bytearray(data)
    for _ in range(chance.choice([1, 3, 20])):
        bytes_[chance.randrange(len(bytes_))] = chance.randrange(256)
    return bytes(bytes_)


def outcome(data):
    """Whether a file was read or refused with a sentence; anything else is raised."""
    try:
        return bool(read(data))
    except Refusal as refusal:
        assert refusal.sentence.count("{") == 0 and refusal.sentence.count("请") >= 1, refusal.sentence
        return False


def fuzz(places):
    rows = [joiner() for _ in range(30)]
    whole = [workbook(rows), text(rows, encoding="gb18030"), (FILES / "list.xls").read_bytes()]
    files = [damaged(whole[seed % 3], seed) for seed in range(places)]
    with ThreadPoolExecutor(4) as pool:
        return list(pool.map(outcome, files))


def test_damaged_file_is_read_or_refused_with_a_sentence():
    assert False in fuzz(30)


@pytest.mark.night
def test_four_hundred_damaged_files_are_read_or_refused_with_a_sentence():
    found = fuzz(400)
    assert len(found) == 400 and {True, False} == set(found)


def test_damaged_file_leaves_the_page_working(day):
    """Through the check of the sheet, where anything but a sentence would stop the worker."""
    employer = paying_employer(1)
    data = workbook([joiner() for _ in range(5)])
    for seed in range(8):
        sheet = taken(employer, damaged(data, seed))
        sheet.refresh_from_db()
        assert sheet.status in (SheetStatus.CHECKED, SheetStatus.FAILED)
        assert sheet.status == SheetStatus.CHECKED or sheet.failure
    assert Sheet.objects.exclude(status=SheetStatus.DISCARDED).count() >= 1
