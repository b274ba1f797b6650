"""A list of joiners as a file 批量开户名单: the template, its columns, and the list handed back with what is wrong."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import IO

import xlsxwriter

from accounts.states import CertificateType
from hpf import workbooks
from hpf.pages import cell_text, write_row
from hpf.workbooks import Cell, Row

NAME, CERTIFICATE, ID_NUMBER, BASE, EMPLOYER_RATIO, MEMBER_RATIO, FIRST_MONTH, MOBILE, CARD, CARD_BANK = (
    "姓名", "证件类型", "证件号码", "缴存基数", "单位比例", "个人比例", "首次缴存年月",
    "手机号码", "银行卡号", "开户银行",
)  # fmt: skip
REQUIRED = (NAME, CERTIFICATE, ID_NUMBER, BASE)
OPTIONAL = (EMPLOYER_RATIO, MEMBER_RATIO, FIRST_MONTH, MOBILE, CARD, CARD_BANK)
COLUMNS = (*REQUIRED, *OPTIONAL)
AMOUNTS = (BASE, EMPLOYER_RATIO, MEMBER_RATIO)
WIDTHS = (14, 12, 22, 12, 10, 10, 14, 14, 22, 16)
MESSAGE = "校验结果"
MOST_ROWS = 5000  # opened while the person waits; a longer list is handed in as part of the month
MOST_COLUMNS = 60

Named = dict[str, Cell]


@contextmanager
def opened(data: bytes) -> Iterator[Iterator[tuple[int, Named]]]:
    """Open a list of joiners 打开开户名单: each row's number in Excel, and its cells by the titles we know.

    Raises:
        Unreadable: with a sentence that says what to do; while the rows are read, too.
    """
    with workbooks.opened(data, most_rows=MOST_ROWS, most_columns=MOST_COLUMNS) as (header, rows):
        workbooks.refuse_titles(header, REQUIRED, OPTIONAL)
        yield ((row.number, _named(header, row)) for row in rows)


def _named(header: Sequence[str], row: Row) -> Named:
    cells = dict(zip(header, row.cells, strict=True))
    return {title: cells.get(title, "") for title in COLUMNS}


def write(output: IO[bytes], rows: Sequence[tuple[Named, str]] = ()) -> None:
    """The template 名单模板; with rows, the list as it was handed in and beside each what becomes of it 校验结果."""
    titles = (*COLUMNS, MESSAGE) if rows else COLUMNS
    with xlsxwriter.Workbook(output, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("开户名单")
        plain, amount = book.add_format({"num_format": "@"}), book.add_format({"num_format": "0.00"})
        for column, width in enumerate([*WIDTHS, 60][: len(titles)]):
            sheet.set_column(column, column, width, amount if titles[column] in AMOUNTS else plain)
        sheet.write_row(0, 0, titles, book.add_format({"bold": True}))
        sheet.freeze_panes(1, 1)
        column = COLUMNS.index(CERTIFICATE)
        sheet.data_validation(
            1, column, MOST_ROWS, column, {"validate": "list", "source": list(CertificateType.labels)}
        )
        red = book.add_format({"font_color": "#B42318"})
        for line, (cells, said) in enumerate(rows, start=1):
            write_row(sheet, line, [_kept(cells[title]) for title in COLUMNS])
            sheet.write_string(line, len(COLUMNS), cell_text(said), red)


def _kept(cell: Cell) -> Cell:
    """A cell as it goes back: long numbers that came as numbers stay whole as text."""
    return str(cell) if isinstance(cell, Decimal) and abs(cell) >= 10**11 else cell
