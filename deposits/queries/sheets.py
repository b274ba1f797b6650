"""The sheets employers work on 汇缴清册: as they were handed in, and what the check found."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from decimal import Decimal
from typing import IO, Any, overload

from django.db.models import QuerySet

from access.models import User
from access.states import Perm
from accounts.models import Employer
from accounts.queries import employers_seen_by
from deposits.models import Sheet, SheetPart
from deposits.sheets import LeftOut, Table, opened, write_messages
from deposits.states import SheetStatus
from hpf import privacy


@dataclass(frozen=True, slots=True)
class CheckedRow:
    """One row of a checked sheet for showing 清册校验行, the ID number masked; what could not be read is None.

    A member whom the sheet leaves out has the number 0.
    """

    number: int
    account: str
    name: str
    shown_id: str
    base: Decimal | None
    employer_ratio: Decimal | None
    member_ratio: Decimal | None
    employer_part: Decimal | None
    member_part: Decimal | None
    errors: list[tuple[str, str]]
    change: str = ""  # what else the row does to an account, in words

    @property
    def sentence(self) -> str:
        """What is wrong with it, in one sentence 校验结果."""
        return "；".join(f"{column}：{sentence}" for column, sentence in self.errors)


@dataclass(frozen=True, slots=True)
class CheckedRows(Sequence[CheckedRow]):
    """The rows of a checked sheet 校验结果, or those with errors; only the parts that are asked for are read."""

    sheet: Sheet
    only_wrong: bool = False

    def __len__(self) -> int:
        return self.sheet.wrong_count if self.only_wrong else self.sheet.row_count + self.sheet.missing_count

    @overload
    def __getitem__(self, place: int) -> CheckedRow: ...

    @overload
    def __getitem__(self, place: slice) -> list[CheckedRow]: ...

    def __getitem__(self, place: int | slice) -> CheckedRow | list[CheckedRow]:
        if isinstance(place, int):
            return self[place : place + 1][0]
        first, last, _ = place.indices(len(self))
        found: list[CheckedRow] = []
        passed = 0
        for part in self.sheet.parts.defer("rows_sealed").order_by("place"):
            count = part.wrong_count if self.only_wrong else part.row_count
            if count and passed < last and passed + count > first:
                rows = [row for row in _rows_of(self.sheet, part.place) if row.errors or not self.only_wrong]
                found += rows[max(0, first - passed) : last - passed]
            passed += count
        return found

    def __iter__(self) -> Iterator[CheckedRow]:
        for part in self.sheet.parts.defer("rows_sealed").order_by("place"):
            if part.wrong_count or not self.only_wrong:
                yield from (row for row in _rows_of(self.sheet, part.place) if row.errors or not self.only_wrong)


def written(rows: Sequence[CheckedRow]) -> bytes:
    """Rows as they are kept, before they are sealed."""
    return json.dumps([astuple(row) for row in rows], ensure_ascii=False, default=str).encode()


def sheets_seen_by(user: User) -> QuerySet[Sheet]:
    """The sheets a handler may work on 可办理的清册: his employer's, newest first, without the files themselves."""
    rows = Sheet.objects.select_related("employer").defer("file_sealed").order_by("-pk")
    return rows.filter(employer__in=employers_seen_by(user)) if user.has(Perm.SUBMIT_REMITTANCE) else rows.none()


def open_sheet(employer: Employer) -> Sheet | None:
    """The sheet an employer is still working on 办理中的清册, if any."""
    unfinished = (SheetStatus.WAITING, SheetStatus.CHECKED, SheetStatus.CONFIRMING)
    waiting = Sheet.objects.filter(employer=employer, status__in=unfinished)
    return waiting.defer("file_sealed").order_by("-pk").first()


@contextmanager
def table_of(sheet: Sheet) -> Iterator[Table]:
    """The rows as they were handed in 清册原文. Raises Unreadable."""
    sealed = Sheet.objects.values_list("file_sealed", flat=True).get(pk=sheet.pk)
    data = privacy.reveal_bytes(bytes(sealed), table=Sheet._meta.db_table, column="file_sealed", row=sheet.pk)
    del sealed
    with opened(data) as table:
        yield table


def write_error_file(sheet: Sheet, output: IO[bytes]) -> None:
    """The sheet as it was handed in, with what is wrong beside each row 校验结果文件. Raises Unreadable."""
    wrong = CheckedRows(sheet, only_wrong=True)
    said = ((row.number, row.sentence) for row in wrong if row.number)
    missing = (LeftOut(row.account, row.name, row.errors[0][1]) for row in wrong if not row.number)
    with table_of(sheet) as table:
        write_messages(output, table, said, missing)


def _rows_of(sheet: Sheet, place: int) -> list[CheckedRow]:
    sealed = SheetPart.objects.values_list("rows_sealed", flat=True).get(sheet=sheet, place=place)
    row = f"{sheet.pk}/{place}"
    kept = privacy.reveal_bytes(bytes(sealed), table=SheetPart._meta.db_table, column="rows_sealed", row=row)
    return [_read(values) for values in json.loads(kept)]


def _read(values: list[Any]) -> CheckedRow:
    """As `written` wrote it."""
    *words, base, ours, theirs, employer_part, member_part, errors, change = values
    number, account, name, shown_id = words
    return CheckedRow(
        *(number, account, name, shown_id),
        *(_amount(base), _amount(ours), _amount(theirs), _amount(employer_part), _amount(member_part)),
        errors,
        change,
    )


def _amount(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
