"""An employer's sheet 汇缴清册: uploaded, checked, then confirmed into a remittance or thrown away."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from itertools import chain
from typing import TypeVar

from django.db import connection, transaction
from django.db.models import QuerySet

from access.models import User
from accounts.actions import members, sealing, transfers
from accounts.models import Employer
from audit.actions import trail
from deposits import queries
from deposits.actions import checking, findings, remittances
from deposits.actions.checking import Checker, Judged
from deposits.actions.findings import Tally
from deposits.models import Remittance, Sheet, SheetPart
from deposits.queries import ListedLine
from deposits.states import SheetStatus
from hpf import numbers, privacy, workbooks
from hpf.errors import NotAllowedNow, Overtaken, Refusal
from hpf.money import ZERO
from hpf.months import Month

Done = TypeVar("Done")
MOST_WHILE_WAITING = 2000  # rows a person waits for: a longer list takes its time, and its page may be left


class HasErrors(Refusal):
    """The sheet holds errors 清册有错误."""

    message = "清册还有 {count} 处错误，请先在页面更正，或下载校验结果改好后重新上传"
    code = "sheet_has_errors"


class ChangedSince(Refusal):
    """What it was checked against changed 校验后有变化."""

    message = "清册校验之后，本单位的职工或缴存政策有变化，请重新下载模板并上传"
    code = "sheet_changed_since"


class SameFile(Refusal):
    """The file is the one in hand, byte by byte 重复上传."""

    message = "这份文件与正在办理的清册完全相同，没有重新上传；请继续办理那一份，需要从头校验的请先把它作废"
    code = "same_file"


class BeingChecked(Refusal):
    """It is not checked yet 校验中."""

    message = "清册正在校验，请稍候"
    code = "sheet_being_checked"


class BeingConfirmed(Refusal):
    """It was confirmed, and its remittance is being made 确认中."""

    message = "{month} 的清册正在确认，请等待办完后再操作"
    code = "sheet_being_confirmed"


@transaction.atomic
def upload(employer: Employer, month: Month, data: bytes, *, by: User, on: date) -> Sheet:
    """Take in a sheet for a month 上传清册, to be checked in a moment; it takes the place of one still open.

    Raises:
        BeingConfirmed: the sheet it would take the place of is on its way to a remittance.
        EmployerNotPaying, NotTheNextMonth, MonthAhead: the month cannot be handed in now.
        SameFile: it is the file of that sheet once more; what was mended there would be lost.
        Unreadable: the file is too large to be taken.
    """
    earlier = queries.open_sheet(employer)
    if earlier is not None and earlier.status == SheetStatus.CONFIRMING:  # asked before its employer is waited for
        raise BeingConfirmed(month=earlier.month)
    employer = remittances.lock(employer)
    remittances.refuse_month(employer, month, on=on)
    workbooks.refuse_size(data)
    earlier = queries.open_sheet(employer)
    if earlier is not None:
        if earlier.month == str(month) and queries.file_of(earlier) == data:
            raise SameFile(field="file")
        trail.move(earlier, SheetStatus.DISCARDED, by=by, on=on, why="上传了新的清册")
    pk = numbers.draw_ids(Sheet, 1)[0]
    sealed = _sealed(pk, "file_sealed", data)
    sheet = Sheet.objects.create(pk=pk, employer=employer, month=str(month), file_sealed=sealed, uploaded_by=by)
    trail.note("upload_sheet", sheet, by=by, on=on, size=len(data))
    return sheet


def check(sheet: Sheet, *, by: User, on: date) -> None:
    """Check every row of a waiting sheet 校验清册; how far it is can be seen meanwhile.

    Raises:
        NoTerm: a limit is missing on that day.
        NotAllowedNow, Overtaken: it no longer waits.
    """
    waiting = Sheet.objects.filter(pk=sheet.pk, status=SheetStatus.WAITING)
    try:
        tally = _check(sheet, waiting, on=on)
    except workbooks.Unreadable as trouble:
        trail.move(sheet, SheetStatus.FAILED, by=by, on=on, failure=trouble.sentence)
        return
    trail.move(sheet, SheetStatus.CHECKED, by=by, on=on, **tally.columns())


def _check(sheet: Sheet, waiting: QuerySet[Sheet], *, on: date) -> Tally:
    """Judge every row and keep what was found, part by part; what an interrupted check left is done anew."""
    checker, tally = Checker.of(sheet.employer, Month.parse(sheet.month), on=on), Tally()
    SheetPart.objects.filter(sheet=sheet).delete()
    with queries.table_of(sheet) as table:
        judged = chain(checking.check_rows(table, checker), checking.left_out(checker))
        rows = (findings.found(part, checker) for part in judged)
        for place, part in enumerate(chain(rows, findings.gone(checker))):
            for row in part:
                tally.count(row)
            findings.keep(sheet, place, part)
            waiting.update(done_count=tally.rows)
    return tally


def check_all(*, by: User, on: date) -> dict[str, int]:
    """Check every sheet that waits 批量校验; one that another worker has in hand is left to it.

    One that fails by a mistake of the program stops no other; it is raised when all have been tried.
    """
    done, refused = _take_up(SheetStatus.WAITING, lambda sheet: check(sheet, by=by, on=on))
    return {"checked": len(done), "refused": refused}


def confirm(sheet: Sheet, *, by: User, on: date) -> Remittance | None:
    """Make a checked sheet the month's remittance 确认清册: leavers sealed, joiners opened, bases changed as listed.

    All of it or nothing. The rows are checked once more, since members and terms may have changed in between. A sheet
    that is too long to wait for is taken up by `confirm_all` in a moment: then there is no remittance yet.

    Raises:
        BeingChecked, BeingConfirmed, HasErrors, ChangedSince: the sheet cannot stand.
        NotAllowedNow: it was confirmed or thrown away before.
        NotTheNextMonth and the other refusals of submitting.
    """
    if sheet.status == SheetStatus.WAITING:
        raise BeingChecked
    if sheet.status == SheetStatus.CONFIRMING:
        raise BeingConfirmed(month=sheet.month)
    if sheet.status != SheetStatus.CHECKED:
        raise NotAllowedNow
    if sheet.error_count:
        raise HasErrors(count=sheet.error_count)
    if sheet.row_count > MOST_WHILE_WAITING:
        trail.move(sheet, SheetStatus.CONFIRMING, by=by, on=on, confirmed_by_id=by.pk, failure="")
        return None
    return _confirm(sheet, by=by, on=on)


def confirm_all(*, on: date) -> list[Remittance]:
    """Make every long sheet that was confirmed the remittance of its month 批量确认, on behalf of who confirmed it.

    What refuses one is kept for that person, who may then confirm or throw it away. One that another worker has in
    hand is left to it, and one whose worker died is done anew. Mistakes of the program as in `check_all`.
    """
    made, _ = _take_up(SheetStatus.CONFIRMING, lambda sheet: _confirm_or_say_why(sheet, on=on))
    return [remittance for remittance in made if remittance]


def _confirm_or_say_why(sheet: Sheet, *, on: date) -> Remittance | None:
    by = sheet.confirmed_by
    assert by is not None  # the database holds it
    try:
        return _confirm(sheet, by=by, on=on)
    except Refusal as refusal:
        trail.move(sheet, SheetStatus.CHECKED, by=by, on=on, failure=refusal.sentence)
        return None


@transaction.atomic
def _confirm(sheet: Sheet, *, by: User, on: date) -> Remittance:
    employer = remittances.lock(sheet.employer)
    if Sheet.objects.values_list("status", flat=True).get(pk=sheet.pk) != sheet.status:
        raise Overtaken
    month = Month.parse(sheet.month)
    lines = _lines(sheet, Checker.of(employer, month, on=on), by=by)
    remittance = remittances.submit(employer, month, lines, by=by, on=on)
    trail.move(sheet, SheetStatus.CONFIRMED, by=by, on=on, remittance_id=remittance.pk, confirmed_by_id=by.pk)
    return remittance


def _take_up(status: SheetStatus, act: Callable[[Sheet], Done]) -> tuple[list[Done], int]:
    """Do an act with every sheet of a status; answers what came of it, and how many were refused."""
    done: list[Done] = []
    refused = 0
    mistakes: list[Exception] = []
    waiting = Sheet.objects.filter(status=status).defer("file_sealed").order_by("pk")
    for pk in list(waiting.values_list("pk", flat=True)):
        with _in_hand(pk) as mine:
            sheet = waiting.filter(pk=pk).select_related("employer", "confirmed_by").first() if mine else None
            if sheet is None:
                continue
            try:
                done.append(act(sheet))
            except Refusal:
                refused += 1
            except Exception as mistake:
                mistake.add_note(f"清册 {pk}")
                mistakes.append(mistake)
    if mistakes:
        raise ExceptionGroup(f"sheets {status}", mistakes)
    return done, refused


def discard(sheet: Sheet, *, by: User, on: date) -> None:
    """Throw a sheet away before it is confirmed 作废清册. Raises NotAllowedNow or Overtaken."""
    trail.move(sheet, SheetStatus.DISCARDED, by=by, on=on)


def _lines(sheet: Sheet, checker: Checker, *, by: User) -> list[ListedLine]:
    """The lines in the order of the sheet, while leavers are sealed, joiners moved here or opened and bases changed."""
    lines: list[ListedLine] = []
    total = ZERO
    with queries.table_of(sheet) as table:
        for part in checking.check_rows(table, checker):
            if any(row.errors for row in part):
                raise ChangedSince
            total += sum((row.due.total for row in part if row.due), ZERO)
            lines += _act(part, checker, by=by)
    if total != sheet.total or any(checking.left_out(checker)):
        raise ChangedSince
    return lines


def _act(part: Sequence[Judged], checker: Checker, *, by: User) -> list[ListedLine]:
    """Do to the accounts what some rows ask for 按清册变更账户, and answer their lines."""
    employer, on, limits = checker.employer, checker.on, checker.month.first_day
    leavers = {row.key: row.leaves for row in part if row.key and row.leaves}
    sealing.seal(employer, leavers, month=checker.month, by=by, on=on)
    movers = {row.key: row.paying for row in part if row.moves and row.key and row.paying}
    transfers.take_in(employer, movers, by=by, on=on, limits_on=limits)
    joiners = [row for row in part if row.joiner]
    new = [row.joiner for row in joiners if row.joiner]
    opened = members.open_many(employer, new, by=by, on=on, limits_on=limits)
    keys = {row.number: account.pk for row, account in zip(joiners, opened, strict=True)}
    checker.accounts.update(keys.values())
    known = {row.key: row.paying for row in part if row.key and row.paying}
    members.change_bases(employer, known, by=by, on=on, limits_on=limits)
    return [
        ListedLine(row.key or keys[row.number], row.paying.base, row.paying.employer_ratio, row.paying.member_ratio)
        for row in part
        if row.paying
    ]


def _sealed(pk: int, column: str, data: bytes) -> bytes:
    return privacy.seal_bytes(data, table=Sheet._meta.db_table, column=column, row=pk)


@contextmanager
def _in_hand(pk: int) -> Iterator[bool]:
    """Take a sheet in hand if nobody has it: a lock of the session, so that progress can be committed meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock(hashtext('deposits.sheet'), %s)", [pk % 2**31])
        mine = bool(cursor.fetchone()[0])
    try:
        yield mine
    finally:
        if mine:
            with connection.cursor() as cursor:
                cursor.execute("select pg_advisory_unlock(hashtext('deposits.sheet'), %s)", [pk % 2**31])
