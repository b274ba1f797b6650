"""A month's list at both doors 汇缴清册: its file, the rows that are mended in the page, and what the page shows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms

from accounts.states import SealReason
from deposits import queries, sheets
from deposits.actions.mending import Added, Mend
from deposits.forms.lists import MonthForm, chosen_kind
from deposits.models import Sheet
from deposits.queries import CheckedRow, CheckedRows
from deposits.states import LineKind, SheetRows, SheetStatus
from hpf.pages import page_of
from hpf.workbooks import LARGEST_FILE, Cell

# Columns that are mended together, since each may be what is wrong with the other.
TOGETHER = ((sheets.CERTIFICATE, sheets.ID_NUMBER), (sheets.CHANGE, sheets.REASON))
LONGEST_CELL = 200
STAYS = "STAYS"  # a member who was left out is put on the list as registered


class SheetUploadForm(MonthForm):
    """The list as an Excel file."""

    file = forms.FileField(
        label="汇缴清册",
        help_text=f".xlsx、.xls 或 CSV，不超过 {LARGEST_FILE // 1024 // 1024} MB；证件号码等列保持文本格式",
        error_messages={"required": "请选择要上传的清册文件", "empty": "文件是空的，请重新选择"},
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.csv,.txt"}),
    )

    def clean_file(self) -> bytes:
        file = self.cleaned_data["file"]
        if file.size > LARGEST_FILE:
            raise forms.ValidationError("文件过大，请删除图片和多余的工作表后再上传")
        return file.read()


@dataclass(frozen=True, slots=True)
class Line:
    """A row as it is mended 更正行: its faulty cells, each with what is wrong, and the tick that leaves it out."""

    row: CheckedRow
    cells: list[tuple[forms.BoundField, list[str]]]
    left_out: forms.BoundField | None


class MendForm(forms.Form):
    """The rows with errors of one page with their faulty cells, as they stand; a member who was left out with a choice.

    The form tells which rows it showed, and how often each had been mended by then. Handed in, it holds those of them
    that still have errors, with what was typed.
    """

    def __init__(self, sheet: Sheet, rows: Sequence[CheckedRow], data: Any = None) -> None:
        super().__init__(data)
        self.seen = _seen_in(data.get("shown", "")) if data else {}
        self.left_out_seen = data.get("missing", "").split() if data else []
        self.rows = queries.wrong_rows(sheet, self.seen, self.left_out_seen) if data else list(rows)
        self.mended = queries.mends_of(sheet, [row.number for row in self.rows if row.number])
        for row in self.rows:
            self.fields |= _fields_of(row) if row.number else _choice_for(row)

    @property
    def shown(self) -> str:
        """The rows of this page, each with how often it was mended."""
        numbers = [row.number for row in self.rows if row.number]
        return " ".join(f"{number}:{self._turn(number)}" for number in numbers)

    @property
    def missing(self) -> str:
        return " ".join(row.account for row in self.rows if not row.number)

    @property
    def lines(self) -> Iterator[Line]:
        for row in self.rows:
            if row.number:
                cells = [(self[_name(row, title)], _said(row, title)) for title in _faulty(row)]
                yield Line(row, cells, self[f"{row.number}-out"])
            else:
                yield Line(row, [(self[f"m-{row.account}"], [row.errors[0][1]])], None)

    def mender_of(self, row: CheckedRow) -> str:
        """Who mended a row last 更正人, if anybody has."""
        return self.mended[row.number].by if row.number in self.mended else ""

    @property
    def mends(self) -> list[Mend]:
        """What was typed, row by row; of a row that is right by now only that it was shown."""
        known = {row.number: row for row in self.rows}
        seen = self.seen.items()
        return [self._mend(known[row], turn) if row in known else Mend(row, turn) for row, turn in seen]

    @property
    def added(self) -> list[Added]:
        """The members who were left out and are put on the list."""
        reasons: dict[str, SealReason | None] = {STAYS: None} | {reason.value: reason for reason in SealReason}
        chosen = [(account, self.data.get(f"m-{account}", "")) for account in self.left_out_seen]
        return [Added(account, reasons[choice]) for account, choice in chosen if choice in reasons]

    def _mend(self, row: CheckedRow, seen: int) -> Mend:
        given = {title: self.cleaned_data[_name(row, title)] for title in _faulty(row)}
        cells = {title: text for title, text in given.items() if text != _text(row.cells[title])}
        left_out = self.cleaned_data[f"{row.number}-out"]
        return Mend(row.number, seen, {} if left_out else cells, left_out)

    def _turn(self, number: int) -> int:
        return self.mended[number].turn if number in self.mended else 0


def sheet_page(request: Any, sheet: Sheet, form: MendForm | None = None) -> dict[str, Any]:
    """What the page of a sheet shows at both doors 清册页面; a form that was refused stands in place of its rows."""
    differs = any(kind != LineKind.SAME for kind, *_ in sheet.differences)
    proposed = SheetRows.WRONG if sheet.wrong_count else SheetRows.DIFFERENT if differs else SheetRows.ALL
    wanted = request.GET.get("rows", "")
    rows = SheetRows(wanted) if wanted in SheetRows.values and not form else proposed
    kind, error = chosen_kind(request), _chosen_error(request, sheet)
    page = page_of(request, CheckedRows(sheet, rows, kind, error if rows == SheetRows.WRONG else None))
    mending = rows == SheetRows.WRONG and sheet.status == SheetStatus.CHECKED
    return {
        "sheet": sheet,
        "before": queries.list_before(sheet.employer, sheet.month),
        "withdrawn": queries.withdrawn_before(sheet.employer, sheet.month),
        "open_sheet": queries.open_sheet(sheet.employer) if sheet.status == SheetStatus.DISCARDED else None,
        "differences": queries.differences_of_sheet(sheet),
        "different": sum(count for kind, count, *_ in sheet.differences if kind != LineKind.SAME),
        "rows": rows.value,
        "kind": kind,
        "error": error,
        "error_key": queries.error_key,
        "page": page,
        "form": form or MendForm(sheet, page.object_list if mending else []),
        "mending": mending,
        "refused": form is not None,
    }


def words_of_check(sheet: Sheet) -> str:
    """What a person is told after rows were checked again 校验结论."""
    if sheet.error_count:
        return f"已保存更正并重新校验，还有 {sheet.wrong_count} 行、{sheet.error_count} 处错误，请继续更正"
    return "已保存更正并重新校验，全部通过；请核对人数和合计，再确认清册"


def _chosen_error(request: Any, sheet: Sheet) -> tuple[str, str] | None:
    """The kind of error an address asks for; none where it asks for no kind there is."""
    wanted = request.GET.get("error", "")
    kinds = ((column, sentence) for column, sentence, *_ in sheet.error_kinds)
    return next((kind for kind in kinds if queries.error_key(*kind) == wanted), None)


def _seen_in(shown: str) -> dict[int, int]:
    pairs = (one.partition(":") for one in shown.split())
    sound = ((row, turn) for row, _, turn in pairs if row.isdecimal() and turn.isdecimal())
    return {int(row): int(turn) for row, turn in sound if len(row) < 9 and len(turn) < 9}


def _faulty(row: CheckedRow) -> list[str]:
    """The columns to mend in a row: those with errors, and what belongs to them."""
    wrong = {column for column, _sentence in row.errors}
    if sheets.NAME in wrong and row.account:
        wrong.add(sheets.ACCOUNT)  # the name may be right, and the account somebody else's
    for group in TOGETHER:
        if wrong & set(group):
            wrong |= set(group)
    return [title for title in sheets.COLUMNS if title in wrong and title in row.cells]


def _said(row: CheckedRow, title: str) -> list[str]:
    return [sentence for column, sentence in row.errors if column == title]


def _name(row: CheckedRow, title: str) -> str:
    return f"{row.number}-{sheets.COLUMNS.index(title)}"


def _text(cell: Cell) -> str:
    return cell.strip() if isinstance(cell, str) else f"{cell:f}"


def _fields_of(row: CheckedRow) -> Mapping[str, forms.Field]:
    fields: dict[str, forms.Field] = {
        _name(row, title): _field(title, _text(row.cells[title])) for title in _faulty(row)
    }
    fields[f"{row.number}-out"] = forms.BooleanField(label=f"第 {row.number} 行本月不列入", required=False)
    return fields


def _field(title: str, text: str) -> forms.Field:
    if title not in sheets.CHOICES:
        quiet = forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"})
        return forms.CharField(label=title, required=False, initial=text, max_length=LONGEST_CELL, widget=quiet)
    choices = ["", *sheets.CHOICES[title]]
    shown = [(choice, choice or "（空）") for choice in choices]
    if text not in choices:
        shown.insert(0, (text, f"{text}（清册中填写的）"))
    return forms.ChoiceField(label=title, required=False, initial=text, choices=shown)


def _choice_for(row: CheckedRow) -> Mapping[str, forms.Field]:
    leaves = [(reason.value, f"已离职，封存：{reason.label}") for reason in SealReason]
    choices = [("", "请选择"), (STAYS, "仍在职，按登记的基数和比例列入"), *leaves]
    return {f"m-{row.account}": forms.ChoiceField(label="办理", required=False, choices=choices)}
