"""Counter pages of registration 柜台单位登记: opening an employer, and deciding applications from the portal."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from access import doors
from access.actions import first_passwords, people
from access.models import Branch
from access.states import Perm
from accounts import queries
from accounts.actions import registrations as registering
from accounts.filters import RegistrationFilter
from accounts.forms.employers import CreditCodeForm, RegisterForm, SendBackForm
from accounts.models import Employer, Registration
from accounts.views.members import CONFIRMED
from audit.actions import trail
from hpf.errors import Refusal
from hpf.pages import excel_response, page_of, refusals_shown_on

APPLICATION_HEADER = ["申请编号", "单位名称", "统一社会信用代码", "管理部", "提交日期", "状态", "办理日期", "退回原因"]
AGAIN = "again"  # the answers are to be changed once more


@doors.counter(Perm.REGISTER_EMPLOYER)
def employer_register(request: Any) -> HttpResponse:
    """The first question: whose registration it is. An employer that is open already is found here."""
    form = CreditCodeForm(request.GET if "credit_code" in request.GET else None)
    known = waiting = None
    if form.is_valid():
        code = form.cleaned_data["credit_code"]
        known = Employer.objects.filter(credit_code=code).select_related("branch").first()
        waiting = queries.waiting_registration(code)
        if not known and not waiting:
            return redirect(f"{reverse('accounts:employer_register_particulars')}?credit_code={code}")
    seen = known and queries.employers_seen_by(request.user).filter(pk=known.pk).exists()
    page = {"form": form, "known": known, "seen": seen, "waiting": waiting}
    return render(request, "accounts/employer_register.html", page)


@doors.counter(Perm.REGISTER_EMPLOYER)
def employer_register_particulars(request: Any) -> HttpResponse:
    """Everything on one page, looked at once more, then opened: employer, paying account and handler in one act."""
    initial = {"credit_code": request.GET.get("credit_code", ""), "branch": request.user.branch_id}
    form = RegisterForm(request.POST or None, initial=initial, on=request.business_day, branches=_offices(request))
    if form.is_valid() and CONFIRMED in request.POST:
        with refusals_shown_on(form):
            handler = form.new_handler(password := people.first_password())
            employer = registering.register(
                form.new_employer, form.bank, handler, by=request.user, on=request.business_day
            )
            if handler:
                first_passwords.keep(request, handler.username, password)
            return redirect("accounts:employer_opened", employer.pk)
    checking = form.is_bound and form.is_valid() and AGAIN not in request.POST
    late = registering.days_late(form.cleaned_data["established_on"], form.on, on=form.on) if checking else 0
    page = {"form": form, "checking": checking, "late": late}
    return render(request, "accounts/employer_register_particulars.html", page)


@doors.counter(Perm.REGISTER_EMPLOYER)
def employer_opened(request: Any, pk: int) -> HttpResponse:
    """The number, what comes next, and once the first password of the handler."""
    employer = get_object_or_404(queries.employers_seen_by(request.user).select_related("branch"), pk=pk)
    page = {
        "employer": employer,
        "late": registering.days_late(employer.established_on, employer.opened_on, on=request.business_day),
        "terms": queries.terms_on(request.business_day),
        "handlers": employer.handlers.filter(ended_on=None).select_related("user").order_by("pk"),
        "first_password": first_passwords.take(request),
    }
    return render(request, "accounts/employer_opened.html", page)


@doors.counter(Perm.REGISTER_EMPLOYER)
def registrations(request: Any) -> HttpResponse:
    chosen = _chosen(request)
    page = {
        "filter": chosen,
        "page": page_of(request, chosen.found),
        "may_export": request.user.has(Perm.EXPORT),
    }
    return render(request, "accounts/registrations.html", page)


@doors.counter(Perm.REGISTER_EMPLOYER)
@doors.counter(Perm.EXPORT)
def registrations_export(request: Any):
    found = _chosen(request).found
    trail.note("export", request.user, by=request.user, on=request.business_day, table="网上登记", rows=found.count())
    rows = _excel_rows(found.iterator())
    return excel_response(f"网上登记-{request.business_day:%Y%m%d}.xlsx", APPLICATION_HEADER, rows)


@doors.counter(Perm.REGISTER_EMPLOYER)
def registration(request: Any, pk: int) -> HttpResponse:
    """What was entered beside what is known already; accept it or send it back."""
    row = _seen(request, pk)
    form = SendBackForm(request.POST or None)
    if form.is_valid():
        with refusals_shown_on(form):
            registering.send_back(row, form.cleaned_data["reason"], by=request.user, on=request.business_day)
            messages.success(request, "申请已退回，单位凭申请编号可以看到退回原因")
            return redirect("accounts:registration", pk)
    page = {
        "row": row,
        "form": form,
        "late": registering.days_late(row.established_on, row.submitted_on, on=request.business_day),
        "doubles": queries.doubles_of(row),
    }
    return render(request, "accounts/registration.html", page)


@doors.counter(Perm.REGISTER_EMPLOYER)
def registration_accept(request: Any, pk: int) -> HttpResponse:
    row = _seen(request, pk)
    if request.method == "POST":
        try:
            employer = registering.accept(row, by=request.user, on=request.business_day)
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
        else:
            return redirect("accounts:employer_opened", employer.pk)
    return redirect("accounts:registration", pk)


def _seen(request: Any, pk: int) -> Registration:
    seen = queries.registrations_seen_by(request.user)
    return get_object_or_404(seen.select_related("branch", "employer", "decided_by"), pk=pk)


def _offices(request: Any) -> Any:
    """The offices a clerk registers for: the own one, the centre all of them."""
    every = Branch.objects.order_by("code")
    return every if request.user.branch_code == queries.CENTRE else every.filter(pk=request.user.branch_id)


def _chosen(request: Any) -> RegistrationFilter:
    """The list as filtered; a first visit shows what waits."""
    asked = request.GET.copy()
    asked.setdefault("status", "SUBMITTED")
    return RegistrationFilter(asked, queryset=queries.registrations_seen_by(request.user))


def _excel_rows(found: Iterator[Registration]) -> Iterator[list[object]]:
    for row in found:
        what = [row.number, row.name, row.credit_code, row.branch.name, row.submitted_on]
        yield [*what, row.get_status_display(), row.decided_on, row.reason]
