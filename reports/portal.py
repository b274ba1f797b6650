"""The member's own yearly interest statement 个人网厅：年度结息对账单."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from access import doors
from accounts.actions.exports import note_statement
from accounts.models import MemberAccount
from accounts.queries import member_accounts_seen_by
from hpf.pages import excel_response
from reports.forms import YearForm
from reports.queries import interest, printouts


@doors.member
def my_interest_statement(request: Any, pk: int) -> HttpResponse:
    account = _own_account(request, pk)
    form = YearForm(request.GET, years=interest.years_of(account, on=request.business_day))
    page = {"account": account, "form": form, "year": None}
    if form.is_valid():
        page["year"] = interest.interest_statement(account, form.cleaned_data["year"], on=request.business_day)
    return render(request, "reports/my_interest_statement.html", page)


@doors.member
def my_interest_statement_export(request: Any, pk: int) -> Any:
    account = _own_account(request, pk)
    form = YearForm(request.GET, years=interest.years_of(account, on=request.business_day))
    if not form.is_valid():
        return redirect(reverse("reports:my_interest_statement", args=[pk]))
    year = interest.interest_statement(account, form.cleaned_data["year"], on=request.business_day)
    note_statement(account, len(year.months), by=request.user, on=request.business_day)
    name = f"年度结息对账单-{account.number}-{year.first.year}.xlsx"
    return excel_response(name, interest.EXCEL_HEADER, interest.excel_rows(year))


@doors.member
def my_interest_statement_print(request: Any, pk: int) -> Any:
    """The year with all its entries, as a file to print."""
    account = _own_account(request, pk)
    form = YearForm(request.GET, years=interest.years_of(account, on=request.business_day))
    if not form.is_valid():
        return redirect(reverse("reports:my_interest_statement", args=[pk]))
    year = interest.interest_statement(account, form.cleaned_data["year"], on=request.business_day)
    return doors.printed(
        request,
        f"年度结息对账单-{year.first.year}.pdf",
        lambda: [(printouts.interest_printout(account, year), account)],
        back=reverse("reports:my_interest_statement", args=[pk]),
        label=f"年度结息对账单 {year.first.year}",
    )


def _own_account(request: Any, pk: int) -> MemberAccount:
    seen = member_accounts_seen_by(request.user)
    return get_object_or_404(seen.select_related("member", "employer__branch"), pk=pk)
