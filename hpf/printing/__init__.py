"""Printouts 打印件: vouchers, receipts, statements and decisions as PDF, set by Typst.

What a printout says is a value of one of the classes in `shapes`; how it looks stands in `templates/printing`, one file
for each. Values reach the template as data, never as its text, so that nothing in a name is taken for an instruction.
"""

import dataclasses
import io
import json
import threading
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

import segno
import typst
from django.conf import settings
from django.http import FileResponse

from hpf import jinja
from hpf.printing import fonts
from hpf.printing.papers import Paper
from hpf.printing.shapes import Printout

TEMPLATES = settings.BASE_DIR / "templates" / "printing"
MEDIA_TYPE = "application/pdf"
MANY = 20  # copies in a file, each of which takes about a megabyte while it is set
KEPT_FOR_FILES = 11


@dataclasses.dataclass(frozen=True, slots=True)
class Printing:
    """One printing 一次打印: by whom, when, and the how manieth of this printout; from the second on it says 补打."""

    by: str
    at: datetime
    times: int = 1


@dataclasses.dataclass(frozen=True, slots=True)
class Copy:
    """A printout and the printing of it 一份打印件."""

    printout: Printout
    printing: Printing


class _Press:
    """The one compiler of this process 排版器: it reads the fonts once, and sets one file at a time."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._compiler: typst.Compiler | None = None

    def set(self, template: str, values: dict[str, str], *, copies: int = 1) -> bytes:
        """The copies as a PDF; only these templates are read, and no font but ours."""
        with self._turn:
            if self._compiler is None:
                self._compiler = typst.Compiler(
                    root=str(TEMPLATES), font_paths=fonts.folders(), ignore_system_fonts=True
                )
            made = self._compiler.compile(input=str(TEMPLATES / template), sys_inputs=values, format="pdf")
            if copies > MANY:
                self._forget(self._compiler)
        assert isinstance(made, bytes)  # many pages are many files in other formats, and one in this
        return made

    def _forget(self, compiler: typst.Compiler) -> None:
        """Let go of what a large file took: the compiler keeps the parts of a file for some files more."""
        for _ in range(KEPT_FOR_FILES):
            compiler.compile(input=b"", format="pdf")


_press = _Press()


def render(copies: Sequence[Copy], paper: Paper) -> bytes:
    """Printouts of one form as one PDF file 生成打印件, each with pages counted by themselves.

    Amounts are written with separators, and nothing known as an empty place.
    """
    [form] = {copy.printout.form for copy in copies}
    values = {"copies": json.dumps([_told(copy) for copy in copies]), "paper": paper.value}
    return _press.set(f"{form}.typ", values, copies=len(copies))


def pdf_response(filename: str, made: bytes) -> FileResponse:
    """A file to be downloaded and printed 下载打印件."""
    return FileResponse(io.BytesIO(made), as_attachment=True, filename=filename, content_type=MEDIA_TYPE)


def _told(copy: Copy) -> object:
    printout, printing = copy.printout, copy.printing
    about = {
        "centre": settings.CENTRE_NAME,
        "title": printout.title,
        "number": printout.number,
        "code": segno.make(printout.number, micro=False).svg_inline(border=0),
        "by": printing.by,
        "at": printing.at,
        "times": printing.times,
        "again": printing.times > 1,
    }
    said = {field.name: getattr(printout, field.name) for field in dataclasses.fields(printout)}
    return {"said": _written(said), "printing": _written(about)}


def _written(value: object) -> object:
    """A value as the template shows it: texts, lists and groups of them, and yes or no."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        value = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {name: _written(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_written(part) for part in value]
    return value if isinstance(value, bool) else _text(value)


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return jinja.money(value)
    if isinstance(value, datetime):
        return jinja.moment(value)
    if isinstance(value, date):
        return jinja.day(value)
    return jinja.number(value) if isinstance(value, int) else str(value)
