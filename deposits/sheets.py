"""The month's list as an Excel workbook 汇缴清册: reading what an employer hands in, writing what it downloads.

It knows cells and columns, not what they mean. A file is somebody else's: its size, kind and shape are checked before
and while it is read.
"""

import io
import json
import subprocess
import sys
import unicodedata
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import xlsxwriter

from accounts.states import CertificateType, SealReason
from hpf.errors import Refusal
from hpf.pages import cell_text

NUMBER, ACCOUNT, NAME, CERTIFICATE, ID_NUMBER, MOBILE, BASE, EMPLOYER_RATIO, MEMBER_RATIO = (
    "序号", "个人账号", "姓名", "证件类型", "证件号码", "手机号码", "缴存基数", "单位比例", "个人比例",
)  # fmt: skip
CHANGE, REASON = "变动", "封存原因"
REQUIRED = (ACCOUNT, NAME, CERTIFICATE, ID_NUMBER, MOBILE, BASE, EMPLOYER_RATIO, MEMBER_RATIO)
OPTIONAL = (CHANGE, REASON)  # a list without them names nobody who leaves
COLUMNS = (NUMBER, *REQUIRED, *OPTIONAL)
SEAL = "封存"  # the one change a row may ask for
MOVE = "同城转移"  # what a joiner's row does to an account that is sealed elsewhere
CHOICES = {CERTIFICATE: CertificateType.labels, CHANGE: [SEAL], REASON: SealReason.labels}
AMOUNTS = (BASE, EMPLOYER_RATIO, MEMBER_RATIO)
MESSAGE = "校验结果"
WIDTHS = (6, 14, 14, 12, 22, 14, 12, 10, 10, 8, 24)

LARGEST_FILE = 5 * 1024 * 1024
LARGEST_UNPACKED = 100 * 1024 * 1024
MOST_ROWS = 20_000
MOST_COLUMNS = 60

SECONDS_TO_READ = 60

READER = Path(__file__).parent / "gateways" / "workbook.py"
EMPTY = "工作簿的第一张表是空的，请在下载的模板中填写"
BROKEN = "文件内容无法读取，可能已损坏；请在 Excel 中打开后另存为 .xlsx 再上传"
TOO_MANY = f"清册最多 {MOST_ROWS} 行、{MOST_COLUMNS} 列，请删除表格下方和右侧多余的内容再上传"
TROUBLES = {4: EMPTY, 5: TOO_MANY}  # what the reader answers with its exit code

Cell = str | Decimal


class Unreadable(Refusal):
    """The file is no list that can be read 清册无法读取."""

    message = "{reason}"
    code = "sheet_unreadable"


@dataclass(frozen=True, slots=True)
class Row:
    """One row as it was handed in: its number in Excel, and a cell for each title."""

    number: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet as it was handed in 清册内容: its titles, and its rows in order."""

    header: tuple[str, ...]
    rows: tuple[Row, ...]

    def named(self, row: Row) -> dict[str, Cell]:
        """The cells of a row by the titles we know; a column that may be left out and is has empty cells."""
        cells = dict(zip(self.header, row.cells, strict=True))
        return {title: cells[title] for title in REQUIRED} | {title: cells.get(title, "") for title in OPTIONAL}


def read(data: bytes) -> Table:
    """Read the first sheet of an .xlsx workbook 读取清册; the order of the columns does not matter.

    Raises:
        Unreadable: with a sentence that says what to do.
    """
    _refuse_no_workbook(data)
    lines = _lines(data)
    if not lines:
        raise Unreadable(reason=EMPTY)
    header = tuple(_title(cell) for cell in lines[0])
    _refuse_titles(header)
    rows = [Row(number, line) for number, line in enumerate(lines[1:], start=2) if any(cell != "" for cell in line)]
    if not rows:
        raise Unreadable(reason="清册中没有职工，请从第2行起填写")
    return Table(header, tuple(rows))


def template(rows: Sequence[Sequence[object]]) -> bytes:
    """The list as an employer downloads it 清册模板: a row for each member, the columns of numbers kept as text."""
    output = io.BytesIO()
    with xlsxwriter.Workbook(output, {"in_memory": True}) as book:
        sheet = book.add_worksheet("汇缴清册")
        plain, amount = book.add_format({"num_format": "@"}), book.add_format({"num_format": "0.00"})
        for column, (title, width) in enumerate(zip(COLUMNS, WIDTHS, strict=True)):
            sheet.set_column(column, column, width, amount if title in AMOUNTS else plain)
        sheet.write_row(0, 0, COLUMNS, book.add_format({"bold": True}))
        sheet.freeze_panes(1, 3)
        for title, choices in CHOICES.items():
            column = COLUMNS.index(title)
            sheet.data_validation(1, column, MOST_ROWS, column, {"validate": "list", "source": choices})
        for line, row in enumerate(rows, start=1):
            _write(sheet, line, row)
    return output.getvalue()


def with_messages(table: Table, messages: Mapping[int, str], missing: Sequence[tuple[str, str, str]]) -> bytes:
    """The rows and columns that were handed in, and a column that says what is wrong 校验结果文件.

    `messages` are by row number; `missing` are members the list left out, as (account number, name, sentence), added
    below.
    """
    header = tuple(title for title in table.header if title != MESSAGE)
    output = io.BytesIO()
    with xlsxwriter.Workbook(output, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("校验结果")
        bold, red = book.add_format({"bold": True}), book.add_format({"font_color": "#B42318"})
        sheet.set_column(0, len(header) - 1, 16, book.add_format({"num_format": "@"}))
        sheet.set_column(len(header), len(header), 60)
        for column, title in enumerate([*header, MESSAGE]):
            sheet.write_string(0, column, cell_text(title), bold)
        last = 0
        for row in table.rows:
            last = row.number - 1
            kept = [cell for title, cell in zip(table.header, row.cells, strict=True) if title != MESSAGE]
            _write(sheet, last, [*kept])
            sheet.write_string(last, len(header), messages.get(row.number, ""), red)
        for account, name, sentence in missing:
            last += 1
            sheet.write_string(last, header.index(ACCOUNT), account)
            sheet.write_string(last, header.index(NAME), cell_text(name))
            sheet.write_string(last, len(header), sentence, red)
    return output.getvalue()


def _write(sheet: xlsxwriter.worksheet.Worksheet, line: int, row: Sequence[object]) -> None:
    """Amounts as numbers, everything else as text that no spreadsheet takes for a formula."""
    for column, value in enumerate(row):
        if isinstance(value, Decimal):
            sheet.write_number(line, column, value)
        else:
            sheet.write_string(line, column, cell_text(value))


def _refuse_no_workbook(data: bytes) -> None:
    if len(data) > LARGEST_FILE:
        raise Unreadable(reason=f"文件超过 {LARGEST_FILE // 1024 // 1024} MB，请删除图片和多余的工作表后再上传")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            parts = packed.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError):  # the last two for a directory that is damaged
        raise Unreadable(reason="不是 .xlsx 工作簿（也可能设置了打开密码），请另存为 .xlsx 再上传") from None
    if "xl/workbook.xml" not in {part.filename for part in parts}:
        raise Unreadable(reason="不是 .xlsx 工作簿，请在 Excel 或 WPS 中另存为 .xlsx 再上传")
    if sum(part.file_size for part in parts) > LARGEST_UNPACKED:
        raise Unreadable(reason="文件展开后过大，请只保留汇缴清册一张表再上传")


def _lines(data: bytes) -> list[tuple[Cell, ...]]:
    """The cells of the first sheet, read in a process of its own: a file made to do harm must not end ours."""
    command = [sys.executable, "-I", str(READER), str(MOST_ROWS), str(MOST_COLUMNS)]
    try:
        told = subprocess.run(command, input=data, capture_output=True, timeout=SECONDS_TO_READ, check=False)
    except subprocess.TimeoutExpired:
        raise Unreadable(reason=BROKEN) from None
    if told.returncode:
        raise Unreadable(reason=TROUBLES.get(told.returncode, BROKEN))
    return [
        tuple(Decimal(cell[0]) if isinstance(cell, list) else cell for cell in line) for line in json.loads(told.stdout)
    ]


def _refuse_titles(header: Sequence[str]) -> None:
    absent = [title for title in REQUIRED if title not in header]
    if absent:
        raise Unreadable(reason=f"第1行缺少列：{'、'.join(absent)}；请使用下载的模板，不要改动标题")
    twice = [title for title in (*REQUIRED, *OPTIONAL) if header.count(title) > 1]
    if twice:
        raise Unreadable(reason=f"第1行有重复的列：{'、'.join(twice)}；请删除多余的一列")


def _title(cell: Cell) -> str:
    return "".join(unicodedata.normalize("NFKC", str(cell)).split())
