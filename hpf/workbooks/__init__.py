"""Lists that people hand in as files 名单文件: read in a process of its own with limits, one row held at a time.

A file is somebody else's: its size, kind and shape are checked before and while it is read. What the titles mean, the
room knows whose list it is.
"""

import json
import subprocess
import sys
import threading
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import IO

from hpf.errors import Refusal

LARGEST_FILE = 16 * 1024 * 1024
SECONDS_TO_OPEN = 60

READER = Path(__file__).parent / "reader.py"
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
    "TOO_MANY": "清册最多 {rows} 行、{columns} 列，请删除表格下方和右侧多余的内容再上传",
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


def refuse_size(data: bytes) -> None:
    """Refuse a file that is larger than any list needs to be 文件过大."""
    if len(data) > LARGEST_FILE:
        raise Unreadable(reason=f"文件超过 {LARGEST_FILE // 1024 // 1024} MB，请删除图片和多余的工作表后再上传")


@contextmanager
def opened(data: bytes, *, most_rows: int, most_columns: int) -> Iterator[tuple[tuple[str, ...], Iterator[Row]]]:
    """Open a list for reading 打开名单: a workbook .xlsx or .xls, or a text with separators; its titles and its rows.

    The rows come from a process of its own, which ends with the block.

    Raises:
        Unreadable: with a sentence that says what to do; while the rows are read, too.
    """
    refuse_size(data)
    command = [sys.executable, "-I", str(READER), str(most_rows), str(most_columns)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as reader:
        watch = threading.Timer(SECONDS_TO_OPEN, reader.kill)
        watch.start()
        try:
            assert reader.stdin and reader.stdout
            with suppress(BrokenPipeError):  # what it did not live to read it cannot have answered either
                reader.stdin.write(data)
                reader.stdin.close()
            lines = _lines(reader.stdout, {"rows": most_rows, "columns": most_columns})
            header = tuple(_title(cell) for cell in next(lines, (1, ()))[1])
            watch.cancel()
            yield header, _rows(lines, len(header))
        finally:
            watch.cancel()
            reader.kill()


def refuse_titles(header: Sequence[str], required: Sequence[str], optional: Collection[str] = ()) -> None:
    """Refuse titles that are missing or stand twice 标题行.

    Raises:
        Unreadable: with the columns at fault.
    """
    if not set(header) & set(required):
        raise Unreadable(reason=NO_LIST)
    absent = [title for title in required if title not in header]
    if absent:
        raise Unreadable(reason=f"第1行缺少列：{'、'.join(absent)}；请使用下载的模板，不要改动标题")
    twice = [title for title in (*required, *optional) if header.count(title) > 1]
    if twice:
        raise Unreadable(reason=f"第1行有重复的列：{'、'.join(twice)}；请删除多余的一列")


def _lines(told: IO[bytes], most: dict[str, int]) -> Iterator[tuple[int, tuple[Cell, ...]]]:
    """The lines the reader tells, by their number in Excel; the last one says how it ended."""
    for number, line in enumerate(told, start=1):
        cells = json.loads(line) if line.endswith(b"\n") else {"trouble": "BROKEN"}
        if isinstance(cells, dict):
            if cells["trouble"]:
                raise Unreadable(reason=TROUBLES.get(cells["trouble"], BROKEN).format(at=cells.get("at", ""), **most))
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


def _title(cell: Cell) -> str:
    return "".join(unicodedata.normalize("NFKC", str(cell)).split())
