"""The month's list as a file 汇缴清册: reading what an employer hands in, writing what it downloads.

It knows cells and columns, not what they mean. A file is somebody else's: its size, kind and shape are checked before
and while it is read. However long a list is, one row of it is held at a time.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

import xlsxwriter

from accounts.states import CertificateType, SealReason
from hpf import workbooks
from hpf.pages import cell_text, write_row
from hpf.workbooks import Cell, Row

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

MOST_ROWS = 100_000
MOST_COLUMNS = 60


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


@contextmanager
def opened(data: bytes) -> Iterator[Table]:
    """Open a list for reading 打开清册: a workbook .xlsx or .xls, or a text with separators; columns in any order.

    Raises:
        Unreadable: with a sentence that says what to do; while the rows are read, too.
    """
    with workbooks.opened(data, most_rows=MOST_ROWS, most_columns=MOST_COLUMNS) as (header, rows):
        workbooks.refuse_titles(header, REQUIRED, OPTIONAL)
        yield Table(header, rows)


def mended(table: Table, mends: Mapping[int, Mapping[str, Cell] | None]) -> Table:
    """A list as it reads since some rows were mended 更正后的清册: by a row's number its cells by title, or None.

    None leaves a row out, and rows beyond the last one were added.
    """
    header = (*table.header, *(title for title in OPTIONAL if title not in table.header))
    return Table(header, _mended_rows(table, header, dict(mends)))


def _mended_rows(table: Table, header: Sequence[str], waiting: dict[int, Mapping[str, Cell] | None]) -> Iterator[Row]:
    for row in table.rows:
        cells = (*row.cells, *[""] * (len(header) - len(row.cells)))
        mend = waiting.pop(row.number, {})
        if mend is not None:
            yield Row(row.number, tuple(mend.get(title, cell) for title, cell in zip(header, cells, strict=True)))
    for number, added in sorted(waiting.items()):
        if added is not None:
            yield Row(number, tuple(added.get(title, "") for title in header))


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
            write_row(sheet, line, row)


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
            write_row(sheet, last, [*kept])
            if row.number == number:
                sheet.write_string(last, len(header), sentence, red)
                number, sentence = next(waiting, (0, ""))
        for left_out in missing:
            last += 1
            sheet.write_string(last, header.index(ACCOUNT), left_out.account)
            sheet.write_string(last, header.index(NAME), cell_text(left_out.name))
            sheet.write_string(last, len(header), left_out.sentence, red)
