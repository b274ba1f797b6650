"""The sheets employers work on 汇缴清册: as they were handed in, and what the check found."""

import json
from dataclasses import astuple, dataclass
from decimal import Decimal

from django.db.models import QuerySet

from access.models import User
from access.states import Perm
from accounts.models import Employer
from accounts.queries import employers_seen_by
from deposits.models import Sheet
from deposits.sheets import Table, read, with_messages
from deposits.states import SheetStatus
from hpf import privacy


@dataclass(frozen=True, slots=True)
class CheckedRow:
    """One row of a checked sheet for showing 清册校验行, the ID number masked; what could not be read is None."""

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


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found on a sheet 校验结果; `missing` are members it leaves out: (account, name, sentence)."""

    rows: list[CheckedRow]
    missing: list[tuple[str, str, str]]

    def counted(self, change: str) -> int:
        """How many rows make a change that begins with these words 变动人数."""
        return sum(1 for row in self.rows if row.change.startswith(change))

    def written(self) -> bytes:
        """As it is kept, before it is sealed."""
        rows = [list(astuple(row)) for row in self.rows]
        return json.dumps({"rows": rows, "missing": self.missing}, ensure_ascii=False, default=str).encode()

    @classmethod
    def read(cls, kept: bytes) -> "Checked":
        """As `written` wrote it."""
        plain = json.loads(kept)
        rows = [
            CheckedRow(
                *(number, account, name, shown_id),
                *(_amount(base), _amount(ours), _amount(theirs), _amount(we), _amount(they)),
                errors,
                *change,  # a sheet checked before there were changes has none
            )
            for number, account, name, shown_id, base, ours, theirs, we, they, errors, *change in plain["rows"]
        ]
        return cls(rows, [tuple(left) for left in plain["missing"]])


def sheets_seen_by(user: User) -> QuerySet[Sheet]:
    """The sheets a handler may work on 可办理的清册: his employer's, newest first, without the files themselves."""
    rows = Sheet.objects.select_related("employer").defer("file_sealed", "rows_sealed").order_by("-pk")
    return rows.filter(employer__in=employers_seen_by(user)) if user.has(Perm.SUBMIT_REMITTANCE) else rows.none()


def open_sheet(employer: Employer) -> Sheet | None:
    """The sheet an employer is still working on 办理中的清册, if any."""
    waiting = Sheet.objects.filter(employer=employer, status__in=[SheetStatus.WAITING, SheetStatus.CHECKED])
    return waiting.defer("file_sealed", "rows_sealed").order_by("-pk").first()


def table_of(sheet: Sheet) -> Table:
    """The rows as they were handed in 清册原文. Raises Unreadable."""
    sealed = Sheet.objects.values_list("file_sealed", flat=True).get(pk=sheet.pk)
    return read(_revealed(sheet, "file_sealed", sealed))


def checked_of(sheet: Sheet) -> Checked:
    """What the check found 校验结果; nothing while it is not checked."""
    sealed = Sheet.objects.values_list("rows_sealed", flat=True).get(pk=sheet.pk)
    if sealed is None:
        return Checked([], [])
    return Checked.read(_revealed(sheet, "rows_sealed", sealed))


def error_file(sheet: Sheet) -> bytes:
    """The sheet as it was handed in, with what is wrong beside each row 校验结果文件. Raises Unreadable."""
    checked = checked_of(sheet)
    messages = {
        row.number: "；".join(f"{column}：{sentence}" for column, sentence in row.errors) for row in checked.rows
    }
    return with_messages(table_of(sheet), messages, checked.missing)


def _amount(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _revealed(sheet: Sheet, column: str, sealed: bytes | memoryview) -> bytes:
    return privacy.reveal_bytes(bytes(sealed), table=Sheet._meta.db_table, column=column, row=sheet.pk)
