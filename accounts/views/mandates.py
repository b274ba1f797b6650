"""Counter pages of mandates 柜台经办人授权: appoint, renew, end; the first password is shown once."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from access import doors
from access.actions import first_passwords, people
from access.states import Perm
from accounts import queries
from accounts.actions import mandates
from accounts.forms.employers import AppointForm, RenewForm, WhyForm
from accounts.models import Employer, Handler
from hpf.pages import refusals_shown_on


@doors.counter(Perm.APPOINT_HANDLER)
def handler_appoint(request: Any, pk: int) -> HttpResponse:
    """A new user with a first password, or a handler who can sign in already."""
    employer = get_object_or_404(queries.employers_seen_by(request.user), pk=pk)
    form = AppointForm(request.POST or None)
    if form.is_valid():
        given, on = form.cleaned_data, request.business_day
        with refusals_shown_on(form):
            if given["kind"] == AppointForm.KNOWN:
                made = mandates.appoint_known(employer, given["username"], form.paper, by=request.user, on=on)
            else:
                new = form.new_handler(people.first_password())
                made = mandates.appoint_new(employer, new, by=request.user, on=on)
                first_passwords.keep(request, new.username, new.password)
            return redirect("accounts:handler_appointed", made.pk)
    page = {"employer": employer, "form": form}
    return render(request, "accounts/handler_appoint.html", page)


@doors.counter(Perm.APPOINT_HANDLER)
def handler_appointed(request: Any, pk: int) -> HttpResponse:
    """The mandate as it stands, and once the first password."""
    page = {"handler": _seen(request, pk), "first_password": first_passwords.take(request)}
    return render(request, "accounts/handler_appointed.html", page)


@doors.counter(Perm.APPOINT_HANDLER)
def handler_renew(request: Any, pk: int) -> HttpResponse:
    handler = _seen(request, pk)
    form = RenewForm(request.POST or None)
    if form.is_valid():
        given = form.cleaned_data
        with refusals_shown_on(form):
            mandates.renew(handler, given["mandate"], given["until"], by=request.user, on=request.business_day)
            messages.success(request, f"授权已续至 {given['until']}，经办人可以继续使用单位网厅")
            return redirect(_handlers_of(handler.employer))
    page = {"handler": handler, "form": form, "back": _handlers_of(handler.employer)}
    return render(request, "accounts/handler_renew.html", page)


@doors.counter(Perm.APPOINT_HANDLER)
def handler_end(request: Any, pk: int) -> HttpResponse:
    handler = _seen(request, pk)
    form = WhyForm(request.POST or None)
    if form.is_valid():
        with refusals_shown_on(form):
            mandates.end(handler, by=request.user, on=request.business_day, why=form.cleaned_data["reason"])
            messages.success(request, "授权已终止，该用户不能再办理本单位业务")
            return redirect(_handlers_of(handler.employer))
    page = {"handler": handler, "form": form, "back": _handlers_of(handler.employer)}
    return render(request, "accounts/handler_end.html", page)


def _seen(request: Any, pk: int) -> Handler:
    """A mandate of an employer this person may look at."""
    seen = Handler.objects.filter(employer__in=queries.employers_seen_by(request.user))
    return get_object_or_404(seen.select_related("employer", "user"), pk=pk)


def _handlers_of(employer: Employer) -> str:
    return reverse("accounts:employer", args=[employer.pk]) + "?tab=handlers"
