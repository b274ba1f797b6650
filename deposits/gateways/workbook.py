"""Reads a workbook in a process of its own 读取工作簿: a file made to do harm ends this process and nothing else.

A small file can name a cell at the far end of the sheet, or unpack to gigabytes whatever its directory says; the reader
would ask for that memory, and a process that is refused memory is gone. Run as a programme: the workbook comes by
standard input, the largest row and column that may be used are its arguments, and the lines leave as JSON, text as text
and a number as a list holding the digits Excel shows. What went wrong is told by the exit code.
"""

import io
import json
import math
import resource
import sys
from datetime import date, datetime
from numbers import Real

from python_calamine import CalamineError, CalamineWorkbook

UNREADABLE, EMPTY, TOO_MANY = 3, 4, 5  # any other code, or a signal, is a file that broke the reader
MOST_MEMORY = 1024 * 1024 * 1024
MOST_SECONDS = 30


def read(data: bytes, most_rows: int, most_columns: int) -> int:
    """Print the lines of the first sheet and answer the exit code."""
    try:
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0)
        if sheet.end is None:
            return EMPTY
        if sheet.end[0] > most_rows or sheet.end[1] >= most_columns:
            return TOO_MANY
        lines = sheet.to_python(skip_empty_area=False)
    except (CalamineError, ValueError, OSError, RuntimeError):
        return UNREADABLE
    json.dump([[_cell(value) for value in line] for line in lines], sys.stdout, ensure_ascii=True)
    return 0


def _cell(value: object) -> str | list[str]:
    """Text as text, without the apostrophe that marks it; a number as Excel shows it, with its fifteen digits."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Real):
        return [f"{value:.15g}"] if math.isfinite(value) else str(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value).strip().removeprefix("'")


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    sys.exit(read(sys.stdin.buffer.read(), int(sys.argv[1]), int(sys.argv[2])))
