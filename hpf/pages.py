"""What every page needs 页面: a refusal beside the form, paging, and tables as Excel files."""

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from decimal import Decimal
from typing import IO, Any, TypeVar

import xlsxwriter
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.forms import BaseForm
from django.http import FileResponse, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse

from hpf.errors import Refusal

Row = TypeVar("Row")
PER_PAGE = 50
LONGEST_NUMBER = 18  # digits that any column of numbers holds
# What a spreadsheet may take for a formula, in half and full width (OWASP ASVS 5.0, 1.2.10).
FORMULA_STARTS = tuple("=+-@\t\r＝＋－＠")


@contextmanager
def refusals_shown_on(form: BaseForm) -> Iterator[None]:
    """Turn a refusal into an error of the form 拒绝原因显示在表单上, at its field where it names one."""
    try:
        yield
    except Refusal as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)


def page_of(request: HttpRequest, rows: QuerySet[Any, Row] | Sequence[Row], per_page: int = PER_PAGE) -> Page[Row]:
    """The page of a list that `?page=` asks for 分页; the nearest one when there is no such page."""
    return Paginator(rows, per_page).get_page(request.GET.get("page"))


def numbers_asked(asked: QueryDict, name: str) -> list[int]:
    """The rows that an address or a form names by number 所选行; what can be the number of none is left out."""
    return [int(text) for text in asked.getlist(name) if text.isdecimal() and len(text) <= LONGEST_NUMBER]


def gone_on(request: Any, name: str, *args: object) -> HttpResponse:
    """The page that follows what was handed in 转到下一页: for a script that sent the files, its address alone."""
    address = reverse(name, args=args)
    return HttpResponse(headers={"HX-Redirect": address}) if request.htmx else redirect(address)


def query_with(request: HttpRequest, **changes: object) -> str:
    """The query of this address with some values changed, `?a=1&page=2`; None takes one out 查询串."""
    query = request.GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value is not None:
            query[name] = str(value)
    return f"?{query.urlencode()}"


def file_response(filename: str, write: Callable[[IO[bytes]], None]) -> FileResponse:
    """A file to be downloaded 下载文件, which `write` fills; it is on disk and not in memory until it has been sent."""
    with ExitStack() as open_files:
        output = open_files.enter_context(tempfile.TemporaryFile())
        write(output)
        output.seek(0)
        open_files.pop_all()  # from here on the response closes it
    return FileResponse(output, as_attachment=True, filename=filename)


def excel_response(filename: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> FileResponse:
    """A table as an Excel file 导出 Excel.

    Decimals become amounts that can be summed; everything else is text, so that long numbers stay whole. Text that
    a spreadsheet could take for a formula gets an apostrophe in front.
    """
    return file_response(filename, lambda output: _write_table(output, header, rows))


def _write_table(output: IO[bytes], header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with xlsxwriter.Workbook(output, {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        bold, amount = book.add_format({"bold": True}), book.add_format({"num_format": "#,##0.00"})
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, max(len(header) - 1, 0), 18)
        sheet.write_row(0, 0, header, bold)
        for line, row in enumerate(rows, start=1):
            write_row(sheet, line, row, amount)


def write_row(
    sheet: xlsxwriter.worksheet.Worksheet,
    line: int,
    row: Sequence[object],
    amount: xlsxwriter.format.Format | None = None,
) -> None:
    """Write one row 写一行: decimals as numbers, everything else as text that no spreadsheet takes for a formula."""
    for column, value in enumerate(row):
        if isinstance(value, Decimal):
            sheet.write_number(line, column, value, amount)
        else:
            sheet.write_string(line, column, cell_text(value))


def cell_text(value: object) -> str:
    """A value as the text of a cell that no spreadsheet takes for a formula 单元格文本."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
