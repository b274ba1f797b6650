"""An employer's list at the counter 柜台清册: a clerk hands in, mends and confirms what an employer brings."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from access import doors
from access.states import Perm
from accounts.models import Employer
from accounts.queries import employers_seen_by
from deposits import queries, steps
from deposits.models import Sheet

DOOR = steps.Door("deposits:counter_sheet", "deposits:remittance", counter=True)


@doors.counter(Perm.HANDLE_SHEETS)
def employer_sheet(request: Any, pk: int) -> HttpResponse:
    """The month an employer owes next: its template, and the place to hand its list in."""
    employer = _employer(request, pk)
    form = steps.upload_form(request, employer)
    if sheet := steps.uploaded(request, employer, form):
        return redirect(DOOR.sheet, sheet.pk)
    return render(request, "deposits/employer_sheet.html", steps.month_page(request, employer, form))


@doors.counter(Perm.HANDLE_SHEETS)
def employer_sheet_template(request: Any, pk: int) -> Any:
    """The list proposed for an employer's month, as an Excel file."""
    return steps.template(request, _employer(request, pk))


@doors.counter(Perm.HANDLE_SHEETS)
def counter_sheet(request: Any, pk: int) -> HttpResponse:
    """A sheet while it is checked and after: rows, totals, what differs, and what is wrong, to be mended."""
    return steps.shown(request, _sheet(request, pk), DOOR)


@doors.counter(Perm.HANDLE_SHEETS)
def counter_sheet_mend(request: Any, pk: int) -> HttpResponse:
    """Mend the rows with errors of a page; they alone are checked again."""
    return steps.mended(request, _sheet(request, pk), DOOR)


@doors.counter(Perm.HANDLE_SHEETS)
def counter_sheet_errors(request: Any, pk: int) -> Any:
    """The sheet as it reads now, with what is wrong beside each row."""
    return steps.errors(request, _sheet(request, pk), DOOR)


@doors.counter(Perm.HANDLE_SHEETS)
def counter_sheet_confirm(request: Any, pk: int) -> HttpResponse:
    """Make the sheet the month's remittance; a long one is made by the clock, and its page says how far it is."""
    if made := steps.confirmed(request, _sheet(request, pk)):
        messages.success(request, f"清册已确认，缴款识别号 {made.reference}，请告知单位按此转账")
        return redirect(DOOR.remittance, made.pk)
    return redirect(DOOR.sheet, pk)


@doors.counter(Perm.HANDLE_SHEETS)
def counter_sheet_discard(request: Any, pk: int) -> HttpResponse:
    """Throw the sheet away."""
    found = _sheet(request, pk)
    return steps.discarded(request, found, DOOR, home=reverse("deposits:employer_sheet", args=[found.employer_id]))


def _employer(request: Any, pk: int) -> Employer:
    return get_object_or_404(employers_seen_by(request.user), pk=pk)


def _sheet(request: Any, pk: int) -> Sheet:
    return get_object_or_404(queries.sheets_seen_by(request.user), pk=pk)
