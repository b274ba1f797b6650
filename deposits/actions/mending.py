"""Mending a checked sheet in the page 清册更正: rows are changed, left out or added, and only these are checked again.

The file stays as it was handed in. What a row reads since is kept beside it, with who wrote it, and counts wherever the
sheet is read: in the file that is given back, and when it is confirmed.
"""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import chain
from typing import Any

from django.db import transaction

from access.models import User
from accounts.models import MemberAccount
from accounts.states import SealReason
from audit.actions import trail
from deposits import queries, sheets
from deposits.actions import checking, findings, remittances
from deposits.actions.checking import Checker
from deposits.actions.findings import Tally
from deposits.actions.sheets import BeingChecked, BeingConfirmed
from deposits.models import Sheet, SheetMend, SheetPart
from deposits.queries import CheckedRow, Mended
from deposits.states import SheetStatus
from hpf import privacy
from hpf.errors import NotAllowedNow, Refusal
from hpf.months import Month
from hpf.workbooks import Cell

SECRET = (sheets.ID_NUMBER, sheets.MOBILE)
LONGEST_PLAIN = 10  # what has more digits than an account may be the number of a person or of a card, in any column


class RowsOvertaken(Refusal):
    """Somebody else mended the rows meanwhile, or they are right by now 已被他人更正."""

    message = "{rows}在您填写期间已被他人更正，本次没有保存；请对照下面的最新结果，核对后再提交"
    code = "rows_overtaken"


class NobodyStays(Refusal):
    """Every member of the list would leave 全部封存."""

    message = checking.NOBODY_STAYS
    code = "nobody_stays"


@dataclass(frozen=True, slots=True)
class Mend:
    """What a person did to a row with errors 一行更正: cells by title, or it is left out; neither: it is checked again.

    `seen` is how often it had been mended when the person saw it.
    """

    row: int
    seen: int
    cells: Mapping[str, str] = field(default_factory=dict)
    left_out: bool = False


@dataclass(frozen=True, slots=True)
class Added:
    """A member whom the sheet leaves out and who is put on it 补入: as registered, or to be sealed for a reason."""

    account: str
    leaves: SealReason | None = None


@dataclass(slots=True)
class _Rest:
    """What a sheet holds beside the rows that are mended: these keep what was found of them."""

    bad: dict[int, CheckedRow] = field(default_factory=dict)
    missing: set[str] = field(default_factory=set)
    places: set[int] = field(default_factory=set)
    tail: int = 0  # from this part on there are members without a number


@transaction.atomic
def mend(sheet: Sheet, rows: Sequence[Mend], added: Sequence[Added] = (), *, by: User, on: date) -> Sheet:
    """Mend rows of a checked sheet and check them again 更正并重新校验; the others keep what was found of them.

    Answers the sheet as it stands now. All of it is done, or nothing.

    Raises:
        BeingChecked, BeingConfirmed, NotAllowedNow: the sheet cannot be mended now.
        RowsOvertaken: somebody else mended one of the rows since it was seen, or it has no errors any more.
        NobodyStays: every member of the list would leave.
    """
    employer = remittances.lock(sheet.employer)
    sheet = _held(sheet)
    _refuse_state(sheet)
    checker, tally = Checker.of(employer, Month.parse(sheet.month), on=on), Tally(last_row=sheet.last_row)
    rest = _rest(sheet, {one.row for one in rows}, checker, tally)
    before = queries.mends_of(sheet, list(rest.bad))
    _refuse_overtaken(rows, added, rest, before)
    cells = {one.row: rest.bad[one.row].cells | dict(one.cells) for one in rows if not one.left_out}
    beyond = _rows_added(sheet, added)
    judged = findings.found(checking.judge(sorted((cells | beyond).items()), checker), checker)
    _keep(sheet, judged, rest, checker, tally)
    if not tally.errors and not tally.headcount:
        raise NobodyStays
    _record(sheet, rows, before, beyond, by=by)
    told, after = _in_words(rows, rest, beyond)
    trail.note("mend_sheet", sheet, by=by, on=on, before=told, **after, errors_left=tally.errors)
    mended = sheet.mends.order_by().values("row").distinct().count()
    Sheet.objects.filter(pk=sheet.pk).update(**tally.columns(), mended_count=mended, failure="")
    return Sheet.objects.defer("file_sealed").get(pk=sheet.pk)


def _held(sheet: Sheet) -> Sheet:
    """The sheet as it stands, held until the transaction ends: throwing it away asks for its row alone."""
    rows = Sheet.objects.select_for_update(no_key=True, of=("self",)).defer("file_sealed")
    return rows.select_related("employer").get(pk=sheet.pk)


def _refuse_state(sheet: Sheet) -> None:
    if sheet.status == SheetStatus.WAITING:
        raise BeingChecked
    if sheet.status == SheetStatus.CONFIRMING:
        raise BeingConfirmed(month=sheet.month)
    if sheet.status != SheetStatus.CHECKED:
        raise NotAllowedNow


def _rest(sheet: Sheet, wanted: set[int], checker: Checker, tally: Tally) -> _Rest:
    """Go through what is kept once: take out the rows that are wanted and have errors; meet and count the others."""
    rest = _Rest()
    for place in sheet.parts.order_by("place").values_list("place", flat=True):
        part = queries.rows_of_part(sheet, place)
        if part and not part[0].number:
            rest.missing |= {row.account for row in part if row.errors}
            continue
        rest.tail = place + 1
        for row in part:
            if row.number in wanted and row.errors:
                rest.bad[row.number] = row
                rest.places.add(place)
            else:
                tally.count(row)
                _meet(row, checker)
    return rest


def _meet(row: CheckedRow, checker: Checker) -> None:
    if row.key:
        checker.accounts.add(row.key)
    if row.person:
        checker.people.add((row.person[0], bytes.fromhex(row.person[1])))


def _refuse_overtaken(rows: Sequence[Mend], added: Sequence[Added], rest: _Rest, before: Mapping[int, Mended]) -> None:
    turns = {number: one.turn for number, one in before.items()}
    stale = [f"第 {one.row} 行" for one in rows if one.row not in rest.bad or turns.get(one.row, 0) != one.seen]
    stale += [f"个人账号 {one.account} " for one in added if one.account not in rest.missing]
    if stale:
        raise RowsOvertaken(rows="、".join(stale))


def _rows_added(sheet: Sheet, added: Sequence[Added]) -> dict[int, dict[str, Cell]]:
    """The rows of members who are put on the sheet, beyond its last one: as the template would have listed them."""
    reasons = {one.account: one.leaves for one in added}
    accounts = MemberAccount.objects.filter(employer=sheet.employer_id, number__in=reasons).order_by("number")
    return {
        number: _registered(account, reasons[account.number])
        for number, account in enumerate(accounts.select_related("member"), start=sheet.last_row + 1)
    }


def _registered(account: MemberAccount, leaves: SealReason | None) -> dict[str, Cell]:
    member = account.member
    return {
        sheets.ACCOUNT: account.number,
        sheets.NAME: member.name,
        sheets.CERTIFICATE: member.get_certificate_type_display(),
        sheets.ID_NUMBER: privacy.masked_id(member.id_number),
        sheets.MOBILE: privacy.masked_mobile(member.mobile),
        sheets.BASE: account.base,
        sheets.EMPLOYER_RATIO: account.employer_ratio,
        sheets.MEMBER_RATIO: account.member_ratio,
        sheets.CHANGE: sheets.SEAL if leaves else "",
        sheets.REASON: leaves.label if leaves else "",
    }


def _keep(sheet: Sheet, judged: Sequence[CheckedRow], rest: _Rest, checker: Checker, tally: Tally) -> None:
    """Put the rows back where they were, and behind them who was added, who is left out now and who is gone."""
    now = {row.number: row for row in judged}
    for place in sorted(rest.places):
        kept = queries.rows_of_part(sheet, place)
        rows = [now.pop(row.number, None) if row.number in rest.bad else row for row in kept]
        findings.keep(sheet, place, [row for row in rows if row])
    for row in judged:
        tally.count(row)
    SheetPart.objects.filter(sheet=sheet, place__gte=rest.tail).delete()
    added = [list(now.values())] if now else []
    for place, part in enumerate(chain(added, _without_number(checker, tally)), start=rest.tail):
        findings.keep(sheet, place, part)


def _without_number(checker: Checker, tally: Tally) -> Iterator[list[CheckedRow]]:
    left_out = (findings.found(part, checker) for part in checking.left_out(checker))
    for part in chain(left_out, findings.gone(checker)):
        for row in part:
            tally.count(row)
        yield part


def _record(
    sheet: Sheet,
    rows: Sequence[Mend],
    before: Mapping[int, Mended],
    beyond: Mapping[int, Mapping[str, Cell]],
    *,
    by: User,
) -> None:
    """Keep how the rows read now, under seal; what was mended earlier in a row still counts."""
    unmended = Mended(0, False, {}, "")
    said = [(before.get(one.row, unmended), one) for one in rows if one.cells or one.left_out]
    mends = [
        _sealed(sheet, one.row, last.turn + 1, last.cells | dict(one.cells), by, left_out=one.left_out)
        for last, one in said
    ]
    mends += [_sealed(sheet, row, 1, cells, by) for row, cells in beyond.items()]
    SheetMend.objects.bulk_create(mends)


def _sealed(
    sheet: Sheet, row: int, turn: int, cells: Mapping[str, Cell], by: User, *, left_out: bool = False
) -> SheetMend:
    sealed = privacy.seal_bytes(
        queries.written_cells(cells),
        table=SheetMend._meta.db_table,
        column="cells_sealed",
        row=f"{sheet.pk}/{row}/{turn}",
    )
    return SheetMend(sheet=sheet, row=row, turn=turn, left_out=left_out, cells_sealed=sealed, mended_by=by)


def _in_words(
    rows: Sequence[Mend], rest: _Rest, beyond: Mapping[int, Mapping[str, Cell]]
) -> tuple[dict[str, object], dict[str, Any]]:
    """What the trail says of the cells before and after 更正前后, without anybody's number."""
    before: dict[str, object] = {}
    after: dict[str, Any] = {}
    for one in rows:
        for title, cell in one.cells.items():
            before[f"第{one.row}行{title}"] = _masked(title, rest.bad[one.row].cells[title])
            after[f"第{one.row}行{title}"] = _masked(title, cell)
        if one.left_out:
            after[f"第{one.row}行"] = "不列入"
    for row, cells in beyond.items():
        after[f"第{row}行"] = f"补入 {cells[sheets.ACCOUNT]}{cells[sheets.CHANGE]}"
    return before, after


def _masked(title: str, cell: Cell) -> str:
    text = f"{cell:f}" if not isinstance(cell, str) else cell
    plain = "".join(sign for sign in unicodedata.normalize("NFKC", text) if sign.isalnum())
    secret = title in SECRET or sum(sign.isdigit() for sign in plain) > LONGEST_PLAIN
    return privacy.masked_id(plain) if secret else text
