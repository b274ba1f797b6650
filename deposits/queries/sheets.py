"""The sheets employers work on 汇缴清册: as they were handed in and mended, and what the check found."""

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from decimal import Decimal
from itertools import islice
from typing import IO, Any, overload

from django.db.models import QuerySet

from access.models import User
from access.states import Perm
from accounts.models import Employer
from accounts.queries import employers_seen_by
from deposits.models import Sheet, SheetMend, SheetPart
from deposits.queries.comparing import Difference
from deposits.sheets import SEAL, LeftOut, Table, mended, opened, write_messages
from deposits.states import LineKind, SheetRows, SheetStatus
from hpf import privacy
from hpf.workbooks import Cell

AMOUNTS = frozenset(
    {"base", "employer_ratio", "member_ratio", "employer_part", "member_part", "base_before", "total_before"}
)


@dataclass(frozen=True, slots=True)
class CheckedRow:
    """One row of a checked sheet 清册校验行, the ID number masked; what could not be read is None.

    Neither a member whom the sheet leaves out nor one who left before it has a number. `cells` are kept of a row with
    errors only: as it was handed in, so that it can be mended.
    """

    number: int
    account: str
    name: str
    shown_id: str = ""
    base: Decimal | None = None
    employer_ratio: Decimal | None = None
    member_ratio: Decimal | None = None
    employer_part: Decimal | None = None
    member_part: Decimal | None = None
    errors: list[tuple[str, str]] = field(default_factory=list)
    does: str = ""  # what else the row does to an account: 封存 or 同城转移
    reason: str = ""
    kind: str = ""  # how it stands to the list before; empty where that cannot be said
    base_before: Decimal | None = None
    total_before: Decimal | None = None
    key: int | None = None
    person: tuple[str, str] | None = None  # certificate type and blind index of somebody without an account here
    cells: dict[str, Cell] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """What is wrong with it, in one sentence 校验结果."""
        return "；".join(f"{column}：{sentence}" for column, sentence in self.errors)

    @property
    def change(self) -> str:
        """What it does to an account beside paying it, in words 账户变更."""
        if not self.does:
            return ""
        return f"{self.does}：{self.reason if self.does == SEAL else '账户转入本单位'}"

    @property
    def total(self) -> Decimal | None:
        """What is due for the member 合计, in yuan."""
        if self.employer_part is None or self.member_part is None:
            return None
        return self.employer_part + self.member_part

    @property
    def change_of_total(self) -> Decimal:
        """By how much it differs from the list before 增减, in yuan."""
        return (self.total or Decimal("0.00")) - (self.total_before or Decimal("0.00"))


FIELDS = tuple(one.name for one in fields(CheckedRow))


@dataclass(frozen=True, slots=True)
class CheckedRows(Sequence[CheckedRow]):
    """The rows of a checked sheet 校验结果, or those of a sort; only the parts that are asked for are read.

    `kind` narrows those that differ to one kind, `error` those that are wrong to one error of the sheet.
    """

    sheet: Sheet
    rows: str = SheetRows.ALL
    kind: str = ""
    error: tuple[str, str] | None = None

    def __len__(self) -> int:
        if self.error:
            return sum(count for *kind, count, _row in self.sheet.error_kinds if tuple(kind) == self.error)
        return sum(count for _place, count in self._parts())

    @overload
    def __getitem__(self, place: int) -> CheckedRow: ...

    @overload
    def __getitem__(self, place: slice) -> list[CheckedRow]: ...

    def __getitem__(self, place: int | slice) -> CheckedRow | list[CheckedRow]:
        if isinstance(place, int):
            return self[place : place + 1][0]
        first, last, _ = place.indices(len(self))
        if self.error:
            return list(islice(self, first, last))
        found: list[CheckedRow] = []
        passed = 0
        for part, count in self._parts():
            if passed < last and passed + count > first:
                found += self._of(part)[max(0, first - passed) : last - passed]
            passed += count
        return found

    def __iter__(self) -> Iterator[CheckedRow]:
        for part, _count in self._parts():
            yield from self._of(part)

    def _parts(self) -> list[tuple[int, int]]:
        """The parts in which there are such rows, and how many."""
        parts = self.sheet.parts.defer("rows_sealed").order_by("place")
        return [(part.place, count) for part in parts if (count := self._count(part))]

    def _count(self, part: SheetPart) -> int:
        if self.rows == SheetRows.WRONG:
            return part.wrong_count
        if self.rows == SheetRows.DIFFERENT:
            kinds = part.differences.items()
            return sum(count for kind, count in kinds if self._is_wanted(kind))
        return part.row_count

    def _of(self, place: int) -> list[CheckedRow]:
        return [row for row in rows_of_part(self.sheet, place) if self._wanted(row)]

    def _wanted(self, row: CheckedRow) -> bool:
        if self.rows == SheetRows.WRONG:
            return bool(row.errors) and (self.error is None or self.error in row.errors)
        if self.rows == SheetRows.DIFFERENT:
            return self._is_wanted(row.kind)
        return True

    def _is_wanted(self, kind: str) -> bool:
        return kind == self.kind if self.kind else kind not in ("", LineKind.SAME)


def written(rows: Sequence[CheckedRow]) -> bytes:
    """Rows as they are kept, before they are sealed."""
    values = [[getattr(row, name) for name in FIELDS[:-1]] + [_plain(row.cells)] for row in rows]
    return json.dumps(values, ensure_ascii=False, default=str).encode()


def sheets_seen_by(user: User) -> QuerySet[Sheet]:
    """The sheets a person may work on 可办理的清册, newest first, without the files themselves.

    A handler's are those of the own employer; a clerk's those of the employers of the office.
    """
    rows = Sheet.objects.select_related("employer").defer("file_sealed").order_by("-pk")
    if not (user.has(Perm.SUBMIT_REMITTANCE) or user.has(Perm.HANDLE_SHEETS)):
        return rows.none()
    return rows.filter(employer__in=employers_seen_by(user))


def open_sheet(employer: Employer) -> Sheet | None:
    """The sheet an employer is still working on 办理中的清册, if any."""
    unfinished = (SheetStatus.WAITING, SheetStatus.CHECKED, SheetStatus.CONFIRMING)
    waiting = Sheet.objects.filter(employer=employer, status__in=unfinished)
    return waiting.defer("file_sealed").order_by("-pk").first()


def error_key(column: str, sentence: str) -> str:
    """A short name for a kind of error 错误分类, for addresses; the same however the kinds are ordered."""
    return hashlib.sha256(f"{column}\0{sentence}".encode()).hexdigest()[:8]


def wrong_rows(sheet: Sheet, numbers: Collection[int], accounts: Collection[str]) -> list[CheckedRow]:
    """The rows with errors of these numbers, and the members of these accounts whom the sheet leaves out 错误行."""
    rows = CheckedRows(sheet, SheetRows.WRONG)
    return [row for row in rows if (row.number in numbers if row.number else row.account in accounts)]


def differences_of_sheet(sheet: Sheet) -> list[Difference]:
    """How a checked sheet differs from the list before 变动汇总, by kind; rows with errors are not counted."""
    return [
        Difference(LineKind(kind), count, Decimal(now), Decimal(before))
        for kind, count, now, before in sheet.differences
    ]


def file_of(sheet: Sheet) -> bytes:
    """The file of a sheet as it was handed in 清册原件."""
    sealed = Sheet.objects.values_list("file_sealed", flat=True).get(pk=sheet.pk)
    return privacy.reveal_bytes(bytes(sealed), table=Sheet._meta.db_table, column="file_sealed", row=sheet.pk)


@contextmanager
def table_of(sheet: Sheet) -> Iterator[Table]:
    """The rows as they were handed in, and mended since 清册内容. Raises Unreadable."""
    with opened(file_of(sheet)) as table:
        yield mended(table, {row: None if mend.left_out else mend.cells for row, mend in mends_of(sheet).items()})


@dataclass(frozen=True, slots=True)
class Mended:
    """How a row reads now 更正后的一行: how often it was mended, the cells by title, and by whom."""

    turn: int
    left_out: bool
    cells: dict[str, Cell]
    by: str


def mends_of(sheet: Sheet, rows: Collection[int] | None = None) -> dict[int, Mended]:
    """The mended rows of a sheet by number 清册更正, or those of them that are named; the last word on each counts."""
    mends = SheetMend.objects.filter(sheet=sheet).select_related("mended_by").order_by("row", "turn")
    if rows is not None:
        mends = mends.filter(row__in=rows)
    return {
        mend.row: Mended(mend.turn, mend.left_out, _cells_of(mend), mend.mended_by.name) for mend in mends.iterator()
    }


def written_cells(cells: Mapping[str, Cell]) -> bytes:
    """Cells of a mended row as they are kept, before they are sealed."""
    return json.dumps(_plain(cells), ensure_ascii=False).encode()


def _cells_of(mend: SheetMend) -> dict[str, Cell]:
    kept = privacy.reveal_bytes(
        bytes(mend.cells_sealed),
        table=SheetMend._meta.db_table,
        column="cells_sealed",
        row=f"{mend.sheet_id}/{mend.row}/{mend.turn}",
    )
    return _read_cells(json.loads(kept))


def write_error_file(sheet: Sheet, output: IO[bytes]) -> None:
    """The sheet as it reads now, with what is wrong beside each row 校验结果文件. Raises Unreadable."""
    wrong = CheckedRows(sheet, SheetRows.WRONG)
    said = ((row.number, row.sentence) for row in wrong if row.number)
    missing = (LeftOut(row.account, row.name, row.errors[0][1]) for row in wrong if not row.number)
    with table_of(sheet) as table:
        write_messages(output, table, said, missing)


def rows_of_part(sheet: Sheet, place: int) -> list[CheckedRow]:
    """The rows of one part of a sheet 分段内容, as the check found them."""
    sealed = SheetPart.objects.values_list("rows_sealed", flat=True).get(sheet=sheet, place=place)
    row = f"{sheet.pk}/{place}"
    kept = privacy.reveal_bytes(bytes(sealed), table=SheetPart._meta.db_table, column="rows_sealed", row=row)
    return [_read(values) for values in json.loads(kept)]


def _read(values: list[Any]) -> CheckedRow:
    """As `written` wrote it."""
    named = dict(zip(FIELDS, values, strict=True))
    for name in AMOUNTS:
        if named[name] is not None:
            named[name] = Decimal(named[name])
    named["errors"] = [tuple(error) for error in named["errors"]]
    named["person"] = tuple(named["person"]) if named["person"] else None
    named["cells"] = _read_cells(named["cells"])
    return CheckedRow(**named)


def _plain(cells: Mapping[str, Cell]) -> dict[str, str | list[str]]:
    """Cells as they are kept: a number, which is no text, in brackets."""
    return {title: [str(cell)] if isinstance(cell, Decimal) else cell for title, cell in cells.items()}


def _read_cells(kept: Mapping[str, str | list[str]]) -> dict[str, Cell]:
    return {title: Decimal(cell[0]) if isinstance(cell, list) else cell for title, cell in kept.items()}
