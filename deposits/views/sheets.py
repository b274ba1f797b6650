"""An employer's list at the counter 柜台清册: a clerk hands in, mends and confirms what an employer brings."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from access import doors
from access.states import Perm
from accounts.queries import employers_seen_by
from audit.actions import trail
from deposits import queries
from deposits.actions import mending, sheets
from deposits.forms.sheets import MendForm, SheetUploadForm, sheet_page, words_of_check
from deposits.sheets import write_template
from hpf.errors import Refusal
from hpf.pages import file_response, refusals_shown_on

DOOR = {"sheet": "deposits:counter_sheet", "remittance": "deposits:remittance", "counter": True}


@doors.counter(Perm.HANDLE_SHEETS)
def employer_sheet(request: Any, pk: int) -> HttpResponse:
    """The month an employer owes next: its template, and the place to hand its list in."""
    employer = get_object_or_404(employers_seen_by(request.user), pk=pk)
    month = queries.month_due(employer, on=request.business_day)
    form = SheetUploadForm(request.POST or None, request.FILES or None, initial={"month": str(month)})
    if form.is_valid():
        with refusals_shown_on(form):
            given = form.cleaned_data
            sheet = sheets.upload(employer, given["month"], given["file"], by=request.user, on=request.business_day)
            return redirect("deposits:counter_sheet", sheet.pk)
    page = {
        "employer": employer,
        "month": month,
        "opens_in": month.plus(-1) if queries.too_early(month, on=request.business_day) else None,
        "proposal": queries.proposal(employer, month),
        "open_sheet": queries.open_sheet(employer),
        "form": form,
    }
    return render(request, "deposits/employer_sheet.html", page)


@doors.counter(Perm.HANDLE_SHEETS)
def employer_sheet_template(request: Any, pk: int) -> Any:
    """The list proposed for an employer's month, as an Excel file."""
    employer = get_object_or_404(employers_seen_by(request.user), pk=pk)
    month = queries.month_due(employer, on=request.business_day)
    trail.note("export", employer, by=request.user, on=request.business_day, table="汇缴清册模板", month=month)
    name = f"汇缴清册-{month}-{employer.number}.xlsx"
    return file_response(name, lambda output: write_template(output, queries.template_rows(employer, month)))


@doors.counter(Perm.HANDLE_SHEETS)
def counter_sheet(request: Any, pk: int) -> HttpResponse:
    """A sheet while it is checked and after: rows, totals, what differs, and what is wrong, to be mended."""
    found = get_object_or_404(queries.sheets_seen_by(request.user), pk=pk)
    return render(request, "deposits/sheet.html", sheet_page(request, found) | {"door": DOOR})


@doors.counter(Perm.HANDLE_SHEETS)
def counter_sheet_mend(request: Any, pk: int) -> HttpResponse:
    """Mend the rows with errors of a page; they alone are checked again."""
    found = get_object_or_404(queries.sheets_seen_by(request.user), pk=pk)
    back = f"{reverse('deposits:counter_sheet', args=[pk])}?{request.GET.urlencode()}"
    if request.method != "POST":
        return redirect(back)
    form = MendForm(found, [], request.POST)
    if form.is_valid():
        with refusals_shown_on(form):
            left = mending.mend(found, form.mends, form.added, by=request.user, on=request.business_day)
            messages.success(request, words_of_check(left))
            return redirect(back)
    return render(request, "deposits/sheet.html", sheet_page(request, found, form) | {"door": DOOR})


@doors.counter(Perm.HANDLE_SHEETS)
def counter_sheet_errors(request: Any, pk: int) -> HttpResponse:
    """The sheet as it reads now, with what is wrong beside each row."""
    found = get_object_or_404(queries.sheets_seen_by(request.user), pk=pk)
    try:
        name = f"汇缴清册-{found.month}-{found.employer.number}-校验结果.xlsx"
        return file_response(name, lambda output: queries.write_error_file(found, output))
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
        return redirect("deposits:counter_sheet", pk)


@doors.counter(Perm.HANDLE_SHEETS)
def counter_sheet_confirm(request: Any, pk: int) -> HttpResponse:
    """Make the sheet the month's remittance; a long one is made by the clock, and its page says how far it is."""
    found = get_object_or_404(queries.sheets_seen_by(request.user), pk=pk)
    if request.method == "POST":
        try:
            made = sheets.confirm(found, by=request.user, on=request.business_day)
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
        else:
            if made:
                messages.success(request, f"清册已确认，缴款识别号 {made.reference}，请告知单位按此转账")
                return redirect("deposits:remittance", made.pk)
    return redirect("deposits:counter_sheet", pk)


@doors.counter(Perm.HANDLE_SHEETS)
def counter_sheet_discard(request: Any, pk: int) -> HttpResponse:
    """Throw the sheet away."""
    found = get_object_or_404(queries.sheets_seen_by(request.user), pk=pk)
    if request.method != "POST":
        return redirect("deposits:counter_sheet", pk)
    try:
        sheets.discard(found, by=request.user, on=request.business_day)
        messages.success(request, "清册已作废，可以重新上传")
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    return redirect("deposits:employer_sheet", found.employer_id)
