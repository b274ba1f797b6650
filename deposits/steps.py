"""Handing in a month's list 报送清册: the steps that the handler's pages and the counter's have in common.

Each door loads the row its person may see and says where to go on; what happens in between happens here.
"""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.models import Employer
from audit.actions import trail
from deposits import queries
from deposits.actions import mending, sheets
from deposits.forms.sheets import MendForm, SheetUploadForm, sheet_page, words_of_check
from deposits.models import Remittance, Sheet
from deposits.sheets import write_template
from hpf.errors import Refusal
from hpf.pages import file_response, refusals_shown_on


@dataclass(frozen=True, slots=True)
class Door:
    """Where a person hands lists in: the names of the pages of a sheet and of what it becomes."""

    sheet: str
    remittance: str
    counter: bool


def upload_form(request: Any, employer: Employer) -> SheetUploadForm:
    """The form for the list of the month that is due."""
    month = queries.month_due(employer, on=request.business_day)
    return SheetUploadForm(request.POST or None, request.FILES or None, initial={"month": str(month)})


def uploaded(request: Any, employer: Employer, form: SheetUploadForm) -> Sheet | None:
    """The sheet that was handed in, or None while the form is to be shown."""
    if form.is_valid():
        with refusals_shown_on(form):
            given = form.cleaned_data
            return sheets.upload(employer, given["month"], given["file"], by=request.user, on=request.business_day)
    return None


def month_page(request: Any, employer: Employer, form: SheetUploadForm) -> dict[str, Any]:
    """What is shown of the month an employer owes next 本月汇缴."""
    month = queries.month_due(employer, on=request.business_day)
    return {
        "employer": employer,
        "month": month,
        "opens_in": month.plus(-1) if queries.too_early(month, on=request.business_day) else None,
        "proposal": queries.proposal(employer, month),
        "open_sheet": queries.open_sheet(employer),
        "form": form,
    }


def template(request: Any, employer: Employer) -> Any:
    """The list proposed for the month, as an Excel file."""
    month = queries.month_due(employer, on=request.business_day)
    trail.note("export", employer, by=request.user, on=request.business_day, table="汇缴清册模板", month=month)
    name = f"汇缴清册-{month}-{employer.number}.xlsx"
    return file_response(name, lambda output: write_template(output, queries.template_rows(employer, month)))


def shown(request: Any, sheet: Sheet, door: Door, form: MendForm | None = None) -> HttpResponse:
    """The page of a sheet; a form that was refused stands in place of its rows."""
    return render(request, "deposits/sheet.html", sheet_page(request, sheet, form) | {"door": door})


def mended(request: Any, sheet: Sheet, door: Door) -> HttpResponse:
    """The rows with errors of a page are mended, and they alone are checked again."""
    back = f"{reverse(door.sheet, args=[sheet.pk])}?{request.GET.urlencode()}"
    if request.method != "POST":
        return redirect(back)
    form = MendForm(sheet, [], request.POST)
    if form.is_valid():
        with refusals_shown_on(form):
            left = mending.mend(sheet, form.mends, form.added, by=request.user, on=request.business_day)
            messages.success(request, words_of_check(left))
            return redirect(back)
    return shown(request, sheet, door, form)


def errors(request: Any, sheet: Sheet, door: Door) -> Any:
    """The sheet as it reads now, with what is wrong beside each row, as an Excel file."""
    try:
        name = f"汇缴清册-{sheet.month}-{sheet.employer.number}-校验结果.xlsx"
        return file_response(name, lambda output: queries.write_error_file(sheet, output))
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
        return redirect(door.sheet, sheet.pk)


def confirmed(request: Any, sheet: Sheet) -> Remittance | None:
    """The month a sheet has become; None where it was refused, or is long and made by the clock."""
    if request.method == "POST":
        try:
            return sheets.confirm(sheet, by=request.user, on=request.business_day)
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
    return None


def discarded(request: Any, sheet: Sheet, door: Door, *, home: str) -> HttpResponse:
    """The sheet is thrown away, and the way leads `home`, where another one can be handed in."""
    if request.method != "POST":
        return redirect(door.sheet, sheet.pk)
    try:
        sheets.discard(sheet, by=request.user, on=request.business_day)
        messages.success(request, "清册已作废，可以重新上传")
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    return redirect(home)
