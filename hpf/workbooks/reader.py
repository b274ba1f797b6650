"""Reads a list in a process of its own 读取清册文件: a file made to do harm ends this process and nothing else.

A small file can name a cell at the far end of the sheet, or unpack to gigabytes whatever its directory says; the reader
would ask for that memory, and a process that is refused memory is gone. Run as a programme: the file comes by standard
input, the largest row and column that may be used are its arguments. What kind of file it is, its first bytes say, not
its name. The lines leave one by one as JSON, text as text and a number as a list holding the digits Excel shows; the
last line is an object that says how it ended.
"""

import csv
import io
import json
import math
import re
import resource
import sys
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from numbers import Real
from xml.etree import ElementTree

from python_calamine import CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

MOST_MEMORY = 400 * 1024 * 1024
MOST_SECONDS = 60
LARGEST_UNPACKED = 200 * 1024 * 1024
MOST_PARTS = 1000  # a workbook of a few sheets has some dozens
AT_ONCE = 1024 * 1024

ZIP, OLD = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
LOCKED = "EncryptedPackage".encode("utf-16-le")
OLD_MACROS = "_VBA_PROJECT".encode("utf-16-le")
ENCODINGS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
SEPARATORS = "\t;,"
FORMULA = re.compile(rb"<(?:[A-Za-z0-9]+:)?f[\s>/]")
PLACE = re.compile(rb'\br="([A-Z]{1,3}[0-9]{1,7})"')
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"

Line = list[str | list[str]]


class Trouble(Exception):
    """Why a file is not read: a word the caller has a sentence for, and the cell where there is one."""

    def __init__(self, word: str, at: str = "") -> None:
        super().__init__(word)
        self.word, self.at = word, at


def read(data: bytes, most_rows: int, most_columns: int) -> Iterator[Line]:
    """The lines of the first sheet that can be seen, or of a text with separators. Raises Trouble."""
    if data.startswith(ZIP):
        return _workbook(data, most_rows, most_columns, packed=True)
    if data.startswith(OLD):
        if LOCKED in data:
            raise Trouble("LOCKED")
        if OLD_MACROS in data:
            raise Trouble("MACROS")
        return _workbook(data, most_rows, most_columns, packed=False)
    return _text(data, most_rows, most_columns)


def _workbook(data: bytes, most_rows: int, most_columns: int, *, packed: bool) -> Iterator[Line]:
    if packed:
        _refuse_contents(data)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        name = _first_seen(book)
        if packed:
            _refuse_formulas(data, name)
        sheet = book.get_sheet_by_name(name)
    except PasswordError:
        raise Trouble("LOCKED") from None
    if sheet.end is None:
        raise Trouble("EMPTY")
    if sheet.end[0] > most_rows or sheet.end[1] >= most_columns:
        raise Trouble("TOO_MANY")
    if merged := sheet.merged_cell_ranges:
        raise Trouble("MERGED", _reference(min(merged)[0]))
    for line in sheet.iter_rows():
        yield [_cell(value) for value in line]


def _refuse_contents(data: bytes) -> None:
    """Refuse what is packed but no workbook, what holds programmes, and what says itself that it unpacks too far."""
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        parts = packed.infolist()
    names = {part.filename.lower() for part in parts}
    if any(name.endswith("vbaproject.bin") for name in names):
        raise Trouble("MACROS")
    if "xl/workbook.xml" not in names:
        raise Trouble("NO_LIST")
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
        raise Trouble("TOO_BIG")


def _first_seen(book: CalamineWorkbook) -> str:
    """The first sheet a person sees: one that is hidden is not what was meant."""
    for sheet in book.sheets_metadata:
        if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible:
            return sheet.name
    raise Trouble("EMPTY")


def _refuse_formulas(data: bytes, name: str) -> None:
    """Refuse a sheet with a formula: what it shows may be old, or missing."""
    with zipfile.ZipFile(io.BytesIO(data)) as packed, packed.open(_part_of(packed, name)) as part:
        kept, size, place = b"", 0, b""
        while piece := part.read(AT_ONCE):
            size += len(piece)
            if size > LARGEST_UNPACKED:
                raise Trouble("TOO_BIG")
            window = kept + piece
            if found := FORMULA.search(window):
                places = PLACE.findall(window[: found.start()])
                raise Trouble("FORMULA", (places[-1] if places else place).decode())
            if places := PLACE.findall(window[-AT_ONCE // 64 :]):
                place = places[-1]
            kept = piece[-64:]


def _part_of(packed: zipfile.ZipFile, name: str) -> str:
    """The part of the package in which a sheet is written."""
    relations = ElementTree.fromstring(packed.read("xl/_rels/workbook.xml.rels"))
    targets = {relation.get("Id"): relation.get("Target", "") for relation in relations}
    sheets = ElementTree.fromstring(packed.read("xl/workbook.xml")).iter()
    place = next(sheet.get(RELATION) for sheet in sheets if sheet.tag.endswith("}sheet") and sheet.get("name") == name)
    target = targets[place]
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _text(data: bytes, most_rows: int, most_columns: int) -> Iterator[Line]:
    """The lines of a text whose cells are separated 文本清册: Unicode, or the encoding of the country."""
    encoding = _encoding_of(data)
    lines = io.TextIOWrapper(io.BytesIO(data), encoding=encoding, newline="")
    head = lines.readline(AT_ONCE)
    if not head.strip():
        raise Trouble("EMPTY")
    separator = max(SEPARATORS, key=head.count)
    lines.seek(0)
    width = 0
    for number, line in enumerate(csv.reader(lines, delimiter=separator, strict=True)):
        width = width or len(line)
        if number > most_rows or width > most_columns:
            raise Trouble("TOO_MANY")
        if len(line) > width:
            raise Trouble("SHIFTED", str(number + 1))
        for column, cell in enumerate(line):
            if cell.lstrip().startswith("="):
                raise Trouble("FORMULA", _reference((number, column)))
        yield [_cell(cell) for cell in line]


def _encoding_of(data: bytes) -> str:
    for mark, encoding in ENCODINGS.items():
        if data.startswith(mark):
            return encoding
    if not data.strip():
        raise Trouble("EMPTY")
    if b"\0" in data or data.lstrip().startswith(b"<"):
        raise Trouble("NO_LIST")
    for encoding in ("utf-8", "gb18030"):
        try:
            data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    raise Trouble("NO_LIST")


def _reference(place: tuple[int, int]) -> str:
    """A cell as a spreadsheet names it: (1, 6) is G2."""
    row, column = place
    letters = ""
    column += 1
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(65 + letter) + letters
    return f"{letters}{row + 1}"


def _cell(value: object) -> str | list[str]:
    """Text as text, without the apostrophe that marks it; a number as Excel shows it, with its fifteen digits."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Real):
        return [f"{value:.15g}"] if math.isfinite(value) else str(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value).strip().removeprefix("'")


def main() -> None:
    """Print the lines, and how it ended."""
    try:
        for line in read(sys.stdin.buffer.read(), int(sys.argv[1]), int(sys.argv[2])):
            print(json.dumps(line, ensure_ascii=True))
        print('{"trouble": ""}')
    except Trouble as trouble:
        print(json.dumps({"trouble": trouble.word, "at": trouble.at}))


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    sys.excepthook = lambda *_: None  # nothing of what is in the file is printed; the missing last line says enough
    csv.field_size_limit(10_000)
    main()
