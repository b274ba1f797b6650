"""The employer's own page in the portal 单位网厅: what is registered; only the contact can be changed from here."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from access import doors
from accounts import queries
from accounts.actions import employer_changes
from accounts.actions.employer_changes import FROM_PORTAL
from accounts.forms.employers import ContactForm
from hpf.pages import refusals_shown_on


@doors.employer
def my_employer(request: Any) -> HttpResponse:
    employer = get_object_or_404(queries.employers_seen_by(request.user).select_related("branch"))
    form = ContactForm(request.POST or None, employer=employer)
    if form.is_valid():
        with refusals_shown_on(form):
            employer_changes.change(employer, form.wanted, FROM_PORTAL, by=request.user, on=request.business_day)
            messages.success(request, "联系人已变更")
            return redirect("accounts:my_employer")
    page = {
        "employer": employer,
        "form": form,
        "mandate": queries.mandate_of(request.user),
        "paying_accounts": employer.paying_accounts.order_by("pk"),
        "handlers": employer.handlers.filter(ended_on=None).select_related("user").order_by("pk"),
    }
    return render(request, "accounts/my_employer.html", page)
