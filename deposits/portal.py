"""The employer's handler at work 单位网厅: the month, the sheet, the payment and what became of it."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from access import doors
from accounts.queries import employers_seen_by, unallocated_of
from audit.actions import trail
from deposits import queries, steps
from deposits.actions import back_payments, remittances
from deposits.forms.lists import CONFIRMED, BackPaymentForm, MonthForm, WithdrawForm, chosen_kind
from deposits.gateways import simulator
from deposits.models import Remittance, RemittanceLine, Sheet
from hpf.pages import excel_response, page_of, refusals_shown_on

DOOR = steps.Door("deposits:sheet", "deposits:my_remittance", counter=False)
MONTHS_HEADER = [
    *["汇缴年月", "缴款识别号", "人数", "单位缴存额(元)", "个人缴存额(元)", "合计(元)"],
    *["状态", "提交日期", "入账日期"],
]


@doors.employer
def employer_home(request: Any) -> HttpResponse:
    """What is due this month, and the place to hand its list in."""
    employer = get_object_or_404(employers_seen_by(request.user))
    form = steps.upload_form(request, employer)
    if found := steps.uploaded(request, employer, form):
        return redirect(DOOR.sheet, found.pk)
    page = steps.month_page(request, employer, form) | {
        "unallocated": unallocated_of(employer),
        "waiting": queries.waiting(employer),
        "recent": queries.remittances_seen_by(request.user)[:6],
    }
    return render(request, "deposits/employer_home.html", page)


@doors.employer
def sheet_template(request: Any) -> Any:
    """The list proposed for the month, as an Excel file."""
    return steps.template(request, get_object_or_404(employers_seen_by(request.user)))


@doors.employer
def month_submit(request: Any) -> HttpResponse:
    """Hand in the proposed list as it stands: nobody joined and no base changed."""
    employer = get_object_or_404(employers_seen_by(request.user))
    month = queries.month_due(employer, on=request.business_day)
    form = MonthForm(request.POST or None, initial={"month": str(month)})
    if form.is_valid():
        with refusals_shown_on(form):
            wanted = form.cleaned_data["month"]
            lines = queries.proposed_lines(employer, wanted)
            made = remittances.submit(employer, wanted, lines, by=request.user, on=request.business_day)
            _pay_in_demonstration(made)
            return redirect("deposits:my_remittance", made.pk)
    proposal = queries.proposal(employer, month)
    withdrawn = queries.withdrawn_before(employer, str(month))
    page = {"employer": employer, "month": month, "form": form, "proposal": proposal, "withdrawn": withdrawn}
    return render(request, "deposits/month_submit.html", page)


@doors.employer
def sheet(request: Any, pk: int) -> HttpResponse:
    """A sheet while it is checked and after: rows, totals, what differs, and what is wrong, to be mended."""
    return steps.shown(request, _sheet(request, pk), DOOR)


@doors.employer
def sheet_mend(request: Any, pk: int) -> HttpResponse:
    """Mend the rows with errors of a page; they alone are checked again."""
    return steps.mended(request, _sheet(request, pk), DOOR)


@doors.employer
def sheet_errors(request: Any, pk: int) -> Any:
    """The sheet as it reads now, with what is wrong beside each row."""
    return steps.errors(request, _sheet(request, pk), DOOR)


@doors.employer
def sheet_confirm(request: Any, pk: int) -> HttpResponse:
    """Make the sheet the month's remittance; a long one is made by the clock, and its page says how far it is."""
    if made := steps.confirmed(request, _sheet(request, pk)):
        _pay_in_demonstration(made)
        return redirect(DOOR.remittance, made.pk)
    return redirect(DOOR.sheet, pk)


@doors.employer
def sheet_discard(request: Any, pk: int) -> HttpResponse:
    """Throw the sheet away."""
    return steps.discarded(request, _sheet(request, pk), DOOR, home=reverse("deposits:employer_home"))


@doors.employer
def my_remittances(request: Any) -> HttpResponse:
    """Every month the employer handed in."""
    page = {"page": page_of(request, queries.remittances_seen_by(request.user))}
    return render(request, "deposits/my_remittances.html", page)


@doors.employer
def my_remittances_export(request: Any) -> Any:
    found = queries.remittances_seen_by(request.user)
    trail.note("export", request.user, by=request.user, on=request.business_day, table="汇缴", rows=found.count())
    return excel_response(
        f"汇缴-{request.business_day:%Y%m%d}.xlsx", MONTHS_HEADER, map(_month_cells, found.iterator())
    )


def _month_cells(row: Remittance) -> list[object]:
    amounts = [row.headcount, row.employer_part, row.member_part, row.total]
    return [row.month, row.reference, *amounts, row.get_status_display(), row.submitted_on, row.allocated_on]


@doors.employer
def my_remittance(request: Any, pk: int) -> HttpResponse:
    """How to pay a month, whether the money came, and its rows."""
    found = get_object_or_404(queries.remittances_seen_by(request.user), pk=pk)
    before, kind = queries.base_of_comparison(found), chosen_kind(request)
    again = bool(request.htmx)  # the page asks every few seconds for its head; the rows below do not change
    rows = RemittanceLine.objects.none() if again else queries.rows_of_kind(found, before, kind)
    page = {
        "remittance": found,
        "before": before,
        "kind": kind,
        "differences": [] if again else queries.differences(found, before),
        "page": page_of(request, rows),
        "accounts": queries.accounts_to_pay_to(),
        "unallocated": unallocated_of(found.employer),
        "still_to_come": queries.still_to_come(found),
        "waiting": [] if again else queries.waiting_in(found),
        "withdrawn": queries.withdrawn_before(found.employer, found.month),
    }
    return render(request, "deposits/my_remittance.html", page)


@doors.employer
def my_remittance_withdraw(request: Any, pk: int) -> HttpResponse:
    """Take back a list that waits for its money, after reading what stays as it is."""
    found = get_object_or_404(queries.remittances_seen_by(request.user), pk=pk)
    form = WithdrawForm(request.POST or None)
    if form.is_valid():
        with refusals_shown_on(form):
            remittances.withdraw(found, why=form.cleaned_data["why"], by=request.user, on=request.business_day)
            messages.success(request, f"{found.month} 的清册已撤销，可以重新报送")
            return redirect("deposits:my_remittance", pk)
    page = {"remittance": found, "form": form, "changes": queries.differences(found, queries.base_of_comparison(found))}
    return render(request, "deposits/my_remittance_withdraw.html", page)


@doors.employer
def my_back_payment(request: Any) -> HttpResponse:
    """Pay a month back for members it left out or left short: filled in, looked at once more, handed in."""
    employer = get_object_or_404(employers_seen_by(request.user))
    form = BackPaymentForm(employer, request)
    if form.is_valid() and CONFIRMED in request.POST:
        with refusals_shown_on(form):
            made = back_payments.submit(employer, form.wanted, by=request.user, on=request.business_day)
            _pay_in_demonstration(made)
            return redirect("deposits:my_remittance", made.pk)
    page = {"employer": employer, "form": form, "checking": form.is_valid()}
    return render(request, "deposits/my_back_payment.html", page)


@doors.employer
def my_remittance_export(request: Any, pk: int) -> Any:
    """The rows of a month as an Excel file."""
    found = get_object_or_404(queries.remittances_seen_by(request.user), pk=pk)
    trail.note("export", found, by=request.user, on=request.business_day, table="汇缴明细", rows=found.headcount)
    rows = queries.rows_of_kind(found, queries.base_of_comparison(found), chosen_kind(request))
    name = f"{found.get_kind_display()}明细-{found.month}.xlsx"
    return excel_response(name, queries.LINES_HEADER, queries.excel_lines(rows))


@doors.employer
def my_remittance_print(request: Any, pk: int) -> HttpResponse:
    """The employer's receipt of a list, as a file to print."""
    row = get_object_or_404(queries.remittances_seen_by(request.user), pk=pk)
    back = reverse("deposits:my_remittance", args=[pk])
    filename = f"汇缴回单-{row.reference}.pdf"
    return doors.printed(request, filename, lambda: [(queries.remittance_receipt(row), row)], back=back)


def _sheet(request: Any, pk: int) -> Sheet:
    return get_object_or_404(queries.sheets_seen_by(request.user), pk=pk)


def _pay_in_demonstration(made: Remittance) -> None:
    """In a demonstration the employer's bank is the simulator, and pays a moment later."""
    if settings.DEMO:
        account = queries.paying_account_of(made.employer)
        simulator.order(settings.DATA_DIR, made.reference, made.total, made.employer.name, account)
