"""Registration from the portal 网上单位登记: open to everybody; nobody has signed in yet."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from access import doors
from access.actions import throttles
from access.models import Branch
from accounts import queries
from accounts.actions import registrations
from accounts.forms.employers import ParticularsForm, SignInChoiceForm, StateForm
from hpf.pages import refusals_shown_on

NUMBER = "registration_number"  # of the session: what this browser handed in last
CHECKED, AGAIN = "checked", "again"
WINDOW_SECONDS = 15 * 60
APPLICATIONS = throttles.Limit("registration_apply", 20, WINDOW_SECONDS)
QUESTIONS = throttles.Limit("registration_state", 30, WINDOW_SECONDS)
TOO_OFTEN = "操作过于频繁，请在15分钟后再试，或到管理部办理"


@doors.public
def registration_apply(request: Any) -> HttpResponse:
    """The particulars; then a look at all of them, where name and password are chosen; then handed in."""
    form = ParticularsForm(request.POST or None, on=request.business_day, branches=Branch.objects.order_by("code"))
    chosen = SignInChoiceForm(request.POST if CHECKED in request.POST else None)
    checking = form.is_bound and form.is_valid() and AGAIN not in request.POST
    if checking and chosen.is_valid():
        if _too_often(request, APPLICATIONS):
            chosen.add_error(None, TOO_OFTEN)
        else:
            with refusals_shown_on(chosen):
                row = registrations.apply(form.new_employer, form.bank, chosen.sign_in, on=request.business_day)
                request.session[NUMBER] = row.number
                return redirect("accounts:registration_done")
    page = {"particulars": form, "form": chosen if checking else form, "checking": checking}
    return render(request, "accounts/registration_apply.html", page)


@doors.public
def registration_done(request: Any) -> HttpResponse:
    """The number of the application, for this browser only."""
    if NUMBER not in request.session:
        return redirect("accounts:registration_state")
    return render(request, "accounts/registration_done.html", {"number": request.session[NUMBER]})


@doors.public
def registration_state(request: Any) -> HttpResponse:
    """What became of an application; a wrong number and a wrong mobile number read alike."""
    form = StateForm(request.POST or None)
    row = None
    if form.is_valid():
        given = form.cleaned_data
        often = _too_often(request, QUESTIONS)
        row = None if often else queries.registration_asked(given["number"], given["mobile"])
        if row is None:
            form.add_error(None, TOO_OFTEN if often else "没有找到相符的申请，请核对申请编号和联系人手机号")
    return render(request, "accounts/registration_state.html", {"form": form, "row": row})


def _too_often(request: Any, limit: throttles.Limit) -> bool:
    return throttles.too_often(limit, request.META["REMOTE_ADDR"], at=timezone.now())
