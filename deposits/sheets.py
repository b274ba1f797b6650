"""The month's list as a file 汇缴清册: reading what an employer hands in, writing what it downloads.

It knows cells and columns, not what they mean. A file is somebody else's: its size, kind and shape are checked before
and while it is read. However long a list is, one row of it is held at a time.
"""

import json
import subprocess
import sys
import threading
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import IO

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

LARGEST_FILE = 16 * 1024 * 1024
MOST_ROWS = 100_000
MOST_COLUMNS = 60
SECONDS_TO_OPEN = 60

READER = Path(__file__).parent / "gateways" / "workbook.py"
EMPTY = "工作簿的第一张表是空的，请在下载的模板中填写"
BROKEN = "文件内容无法读取，可能已损坏；请在 Excel 中打开后另存为 .xlsx 再上传"
NO_LIST = "不是可以读取的清册；请使用下载的模板，或在 Excel、WPS 中另存为 .xlsx、.xls 或 CSV 再上传"
# What the reader answers, as the person is told.
TROUBLES = {
    "EMPTY": EMPTY,
    "NO_LIST": NO_LIST,
    "LOCKED": "文件设置了打开密码，无法读取；请在 Excel 中取消密码并保存后再上传",
    "MACROS": "文件含有宏，不能接收；请另存为不含宏的 .xlsx 再上传",
    "TOO_BIG": "文件展开后过大，请只保留汇缴清册一张表再上传",
    "TOO_MANY": f"清册最多 {MOST_ROWS} 行、{MOST_COLUMNS} 列，请删除表格下方和右侧多余的内容再上传",
    "MERGED": "{at} 处有合并的单元格，请取消合并、每行填写一名职工后再上传",
    "SHIFTED": "第 {at} 行的列数多于标题行，请检查其中多余的分隔符（例如金额中的逗号），改好后再上传",
    "FORMULA": "{at} 单元格是公式，请复制后“选择性粘贴”为数值，再上传",
}

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
    """A sheet as it was handed in 清册内容: its titles, and its rows in order, which can be met once."""

    header: tuple[str, ...]
    rows: Iterator[Row]

    def named(self, row: Row) -> dict[str, Cell]:
        """The cells of a row by the titles we know; a column that may be left out and is has empty cells."""
        cells = dict(zip(self.header, row.cells, strict=True))
        return {title: cells[title] for title in REQUIRED} | {title: cells.get(title, "") for title in OPTIONAL}


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A member a list does not name 未列入清册的职工, and the sentence about it."""

    account: str
    name: str
    sentence: str


def refuse_size(data: bytes) -> None:
    """Refuse a file that is larger than any list needs to be 文件过大."""
    if len(data) > LARGEST_FILE:
        raise Unreadable(reason=f"文件超过 {LARGEST_FILE // 1024 // 1024} MB，请删除图片和多余的工作表后再上传")


@contextmanager
def opened(data: bytes) -> Iterator[Table]:
    """Open a list for reading 打开清册: a workbook .xlsx or .xls, or a text with separators; columns in any order.

    The rows come from a process of its own, which ends with the block.

    Raises:
        Unreadable: with a sentence that says what to do; while the rows are read, too.
    """
    refuse_size(data)
    command = [sys.executable, "-I", str(READER), str(MOST_ROWS), str(MOST_COLUMNS)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as reader:
        watch = threading.Timer(SECONDS_TO_OPEN, reader.kill)
        watch.start()
        try:
            assert reader.stdin and reader.stdout
            with suppress(BrokenPipeError):  # what it did not live to read it cannot have answered either
                reader.stdin.write(data)
                reader.stdin.close()
            lines = _lines(reader.stdout)
            header = tuple(_title(cell) for cell in next(lines, (1, ()))[1])
            watch.cancel()
            _refuse_titles(header)
            yield Table(header, _rows(lines, len(header)))
        finally:
            watch.cancel()
            reader.kill()


def write_template(output: IO[bytes], rows: Iterable[Sequence[object]]) -> None:
    """The list as an employer downloads it 清册模板: a row for each member, the columns of numbers kept as text."""
    with xlsxwriter.Workbook(output, {"constant_memory": True}) as book:
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


def write_messages(
    output: IO[bytes], table: Table, said: Iterable[tuple[int, str]], missing: Iterable[LeftOut]
) -> None:
    """The rows and columns that were handed in, and a column that says what is wrong 校验结果文件.

    `said` are sentences by row number, in order; members the list left out are added below.
    """
    header = tuple(title for title in table.header if title != MESSAGE)
    with xlsxwriter.Workbook(output, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("校验结果")
        bold, red = book.add_format({"bold": True}), book.add_format({"font_color": "#B42318"})
        sheet.set_column(0, len(header) - 1, 16, book.add_format({"num_format": "@"}))
        sheet.set_column(len(header), len(header), 60)
        for column, title in enumerate([*header, MESSAGE]):
            sheet.write_string(0, column, cell_text(title), bold)
        last, waiting = 0, iter(said)
        number, sentence = next(waiting, (0, ""))
        for row in table.rows:
            last = row.number - 1
            kept = [cell for title, cell in zip(table.header, row.cells, strict=True) if title != MESSAGE]
            _write(sheet, last, [*kept])
            if row.number == number:
                sheet.write_string(last, len(header), sentence, red)
                number, sentence = next(waiting, (0, ""))
        for left_out in missing:
            last += 1
            sheet.write_string(last, header.index(ACCOUNT), left_out.account)
            sheet.write_string(last, header.index(NAME), cell_text(left_out.name))
            sheet.write_string(last, len(header), left_out.sentence, red)


def _write(sheet: xlsxwriter.worksheet.Worksheet, line: int, row: Sequence[object]) -> None:
    """Amounts as numbers, everything else as text that no spreadsheet takes for a formula."""
    for column, value in enumerate(row):
        if isinstance(value, Decimal):
            sheet.write_number(line, column, value)
        else:
            sheet.write_string(line, column, cell_text(value))


def _lines(told: IO[bytes]) -> Iterator[tuple[int, tuple[Cell, ...]]]:
    """The lines the reader tells, by their number in Excel; the last one says how it ended."""
    for number, line in enumerate(told, start=1):
        cells = json.loads(line) if line.endswith(b"\n") else {"trouble": "BROKEN"}
        if isinstance(cells, dict):
            if cells["trouble"]:
                raise Unreadable(reason=TROUBLES.get(cells["trouble"], BROKEN).format(at=cells.get("at", "")))
            return
        yield number, tuple(_number(cell[0]) if isinstance(cell, list) else cell for cell in cells)
    raise Unreadable(reason=BROKEN)


def _rows(lines: Iterator[tuple[int, tuple[Cell, ...]]], width: int) -> Iterator[Row]:
    """The rows that are not blank, each with a cell for every title."""
    found = False
    for number, cells in lines:
        if any(cell != "" for cell in cells):
            found = True
            yield Row(number, (*cells[:width], *[""] * (width - len(cells))))
    if not found:
        raise Unreadable(reason="清册中没有职工，请从第2行起填写")


@lru_cache(maxsize=4096)
def _number(digits: str) -> Decimal:
    """A number as it was written; most lists say the same few thousand times."""
    return Decimal(digits)


def _refuse_titles(header: Sequence[str]) -> None:
    if not set(header) & set(REQUIRED):
        raise Unreadable(reason=NO_LIST)
    absent = [title for title in REQUIRED if title not in header]
    if absent:
        raise Unreadable(reason=f"第1行缺少列：{'、'.join(absent)}；请使用下载的模板，不要改动标题")
    twice = [title for title in (*REQUIRED, *OPTIONAL) if header.count(title) > 1]
    if twice:
        raise Unreadable(reason=f"第1行有重复的列：{'、'.join(twice)}；请删除多余的一列")


def _title(cell: Cell) -> str:
    return "".join(unicodedata.normalize("NFKC", str(cell)).split())
