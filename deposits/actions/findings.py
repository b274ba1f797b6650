"""What a check found of a sheet 校验结果: each row beside the list before, kept part by part, and what all come to."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import islice
from typing import Any

from deposits import queries, sheets
from deposits.actions.checking import EVERY, Checker, Judged
from deposits.models import RemittanceLine, Sheet, SheetPart
from deposits.queries import CheckedRow, Stood
from deposits.states import LineKind
from hpf import privacy
from hpf.money import ZERO

MOST_KINDS = 100
Kinds = dict[int, LineKind]


@dataclass(slots=True)
class Tally:
    """What a sheet adds up to 清册合计, counted row by row; amounts in yuan."""

    rows: int = 0
    last_row: int = 0
    wrong: int = 0
    errors: int = 0
    missing: int = 0
    headcount: int = 0
    leavers: int = 0
    movers: int = 0
    employer_part: Decimal = ZERO
    member_part: Decimal = ZERO
    kinds: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    differences: dict[str, tuple[int, Decimal, Decimal]] = field(default_factory=dict)

    def count(self, row: CheckedRow) -> None:
        """One more row 计入一行; a member the sheet leaves out has no number and counts as an error."""
        leaves = row.does == sheets.SEAL
        self.rows += bool(row.number)
        self.last_row = max(self.last_row, row.number)
        self.missing += bool(not row.number and row.errors)
        self.wrong += bool(row.errors)
        self.errors += len(row.errors)
        self.headcount += bool(row.number) and not leaves and not row.errors
        self.leavers += leaves
        self.movers += row.does == sheets.MOVE
        if not row.errors:
            self.employer_part += row.employer_part or ZERO
            self.member_part += row.member_part or ZERO
        if row.kind:
            count, now, before = self.differences.get(row.kind, (0, ZERO, ZERO))
            after = now + (row.total or ZERO), before + (row.total_before or ZERO)
            self.differences[row.kind] = (count + 1, *after)
        for error in row.errors:
            if error in self.kinds or len(self.kinds) < MOST_KINDS:
                kind = self.kinds.setdefault(error, [0, row.number])
                kind[:] = [kind[0] + 1, min(kind[1], row.number)]

    def columns(self) -> dict[str, Any]:
        """What is kept of a check beside the rows 校验结论."""
        kinds = sorted(self.kinds.items(), key=lambda kind: -kind[1][0])
        differences = [(kind, self.differences[kind]) for kind in LineKind if kind in self.differences]
        return {
            "row_count": self.rows,
            "last_row": self.last_row,
            "done_count": self.rows,
            "error_count": self.errors,
            "wrong_count": self.wrong,
            "missing_count": self.missing,
            "leaver_count": self.leavers,
            "mover_count": self.movers,
            "headcount": self.headcount,
            "employer_part": self.employer_part,
            "member_part": self.member_part,
            "total": self.employer_part + self.member_part,
            "error_kinds": [[column, sentence, count, row] for (column, sentence), (count, row) in kinds],
            "differences": [[kind, count, str(now), str(before)] for kind, (count, now, before) in differences],
        }


def found(part: Sequence[Judged], checker: Checker) -> list[CheckedRow]:
    """What is kept of some rows 校验结果, each with how it stood in the list before; two questions for all of them."""
    stood: dict[int, Stood] = {}
    kinds: Kinds = {}
    if checker.before:
        keys = [row.key for row in part if row.key]
        stood = queries.stood_in(checker.before, keys)
        kinds = queries.kinds_of_new(checker.employer, checker.month, [key for key in keys if key not in stood])
    return [_found(row, stood.get(row.key or 0), _kind(row, stood, kinds) if checker.before else "") for row in part]


def gone(checker: Checker) -> Iterator[list[CheckedRow]]:
    """Who was in the list before and left since 上月之后已减少的职工, part by part; they have no number in this one.

    Who left and is moved back here by a row is none of them.
    """
    if checker.before is None:
        return
    due = queries.members_due(checker.employer, checker.month)
    lines = queries.gone_since(checker.before, due).iterator(chunk_size=EVERY)
    rows = (_gone(line) for line in lines if line.member_account_id not in checker.accounts)
    while part := list(islice(rows, EVERY)):
        yield part


def keep(sheet: Sheet, place: int, part: Sequence[CheckedRow]) -> None:
    """Keep a part of what was found, under seal 保存分段; one that was kept before is replaced."""
    kinds: dict[str, int] = {}
    for row in part:
        if row.kind:
            kinds[row.kind] = kinds.get(row.kind, 0) + 1
    sealed = privacy.seal_bytes(
        queries.written(part), table=SheetPart._meta.db_table, column="rows_sealed", row=f"{sheet.pk}/{place}"
    )
    values = {
        "row_count": sum(1 for row in part if row.number or row.errors),
        "wrong_count": sum(1 for row in part if row.errors),
        "differences": kinds,
        "rows_sealed": sealed,
    }
    SheetPart.objects.update_or_create(sheet=sheet, place=place, defaults=values)


def _kind(row: Judged, stood: dict[int, Stood], kinds: Kinds) -> str:
    """How a row stands to the list before 变动类型; nothing is said of one with errors."""
    if row.errors:
        return ""
    if row.leaves:
        return LineKind.LEFT
    if row.moves:
        return LineKind.MOVED
    if row.key is None or row.paying is None or row.due is None:
        return LineKind.OPENED if row.joiner else ""
    if row.key not in stood:
        return kinds[row.key]
    due, paying = row.due, row.paying
    now = (due.base_used, paying.employer_ratio, paying.member_ratio, due.employer_part, due.member_part)
    return LineKind.SAME if stood[row.key] == now else LineKind.CHANGED


def _found(row: Judged, stood: Stood | None, kind: str) -> CheckedRow:
    paying, due = row.paying, row.due
    return CheckedRow(
        number=row.number,
        account=row.account,
        name=row.name,
        shown_id=row.shown_id,
        base=paying.base if paying else None,
        employer_ratio=paying.employer_ratio if paying else None,
        member_ratio=paying.member_ratio if paying else None,
        employer_part=due.employer_part if due else None,
        member_part=due.member_part if due else None,
        errors=row.errors,
        does=sheets.SEAL if row.leaves else sheets.MOVE if row.moves else "",
        reason=row.leaves.label if row.leaves else "",
        kind=kind,
        base_before=stood.base if stood else None,
        total_before=stood.total if stood else None,
        key=row.key,
        person=(row.person[0], row.person[1].hex()) if row.person else None,
        cells=row.cells if row.errors else {},
    )


def _gone(line: RemittanceLine) -> CheckedRow:
    account = line.member_account
    return CheckedRow(
        number=0,
        account=account.number,
        name=account.member.name,
        shown_id=privacy.masked_id(account.member.id_number),
        kind=LineKind.LEFT,
        base_before=line.base,
        total_before=line.total,
    )
