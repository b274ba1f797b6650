"""Counter pages of changes 柜台单位信息变更: particulars at once, paying accounts, key ones and ends by two persons."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from access import doors
from access.states import Perm
from accounts import queries
from accounts.actions import employer_changes, employer_ends, employers
from accounts.forms.employers import BankForm, ChangeForm, KeyChangeForm, WhyForm
from accounts.models import Employer, KeyChange, PayingAccount
from accounts.queries import employer_changes as asked_for
from approvals import deciding
from approvals.deciding import DecideForm, PlainForm
from approvals.queries import signatures_on
from hpf.pages import refusals_shown_on


@doors.counter(Perm.CHANGE_PARTICULARS)
def employer_amend(request: Any, pk: int) -> HttpResponse:
    """Particulars that change at once, with the evidence."""
    employer = _seen(request, pk)
    form = ChangeForm(request.POST or None, employer=employer)
    if form.is_valid():
        with refusals_shown_on(form):
            employer_changes.change(employer, form.wanted, form.grounds, by=request.user, on=request.business_day)
            messages.success(request, "单位信息已变更")
            return redirect("accounts:employer", pk)
    return render(request, "accounts/employer_amend.html", {"employer": employer, "form": form})


@doors.counter(Perm.CHANGE_PARTICULARS)
def employer_change_propose(request: Any, pk: int) -> HttpResponse:
    """Key particulars: handed in for a second person."""
    employer = _seen(request, pk)
    form = KeyChangeForm(request.POST or None, initial=asked_for.key_values(employer))
    if form.is_valid():
        with refusals_shown_on(form):
            row = employer_changes.propose(
                employer, form.wanted, form.grounds, by=request.user, on=request.business_day
            )
            messages.success(request, "已提交复核，复核同意后生效")
            return redirect("accounts:employer_change", row.pk)
    page = {"employer": employer, "form": form, "waiting": queries.open_change(employer)}
    return render(request, "accounts/employer_change_propose.html", page)


@doors.counter(Perm.VIEW_EMPLOYER)
def employer_change(request: Any, pk: int) -> HttpResponse:
    """A change and what became of it; its maker may take it back while it waits."""
    row = _change(request, pk)
    form = PlainForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_shown_on(form):
            employer_changes.withdraw(row, by=request.user, on=request.business_day)
            messages.success(request, "申请已撤回")
            return redirect("accounts:employer_change", pk)
    page = {"change": row, "form": form, "facts": asked_for.facts_of(row), "signed": signatures_on(row.case)}
    return render(request, "accounts/employer_change.html", page)


@doors.counter(Perm.APPROVE_CHANGES)
def employer_change_decide(request: Any, pk: int) -> HttpResponse:
    """What the maker entered against what is true now; grant or send back."""
    row = _change(request, pk)
    form = DecideForm(request.POST or None, case=row.case)
    decide = employer_ends.decide_closing if asked_for.is_closing(row) else employer_changes.decide
    if left := deciding.done(request, row.case, form, partial(decide, row)):
        return left
    page = deciding.shown(request, row.case, form, asked_for.facts_of(row))
    return render(request, "accounts/employer_change_decide.html", page | {"change": row})


@doors.counter(Perm.CHANGE_PARTICULARS)
def paying_account_add(request: Any, pk: int) -> HttpResponse:
    employer = _seen(request, pk)
    form = BankForm(request.POST or None)
    if form.is_valid():
        with refusals_shown_on(form):
            employers.add_paying_account(employer, **form.cleaned_data, by=request.user, on=request.business_day)
            messages.success(request, "付款账户已登记，从该账户付来的款项可以自动认领")
            return redirect(_accounts_of(employer))
    page = {"employer": employer, "form": form, "back": _accounts_of(employer)}
    return render(request, "accounts/paying_account_add.html", page)


@doors.counter(Perm.CHANGE_PARTICULARS)
def paying_account_drop(request: Any, pk: int) -> HttpResponse:
    seen = PayingAccount.objects.filter(employer__in=queries.employers_seen_by(request.user))
    account = get_object_or_404(seen.select_related("employer"), pk=pk)
    form = WhyForm(request.POST or None)
    if form.is_valid():
        with refusals_shown_on(form):
            why = form.cleaned_data["reason"]
            employers.drop_paying_account(account, by=request.user, on=request.business_day, why=why)
            messages.success(request, "付款账户已取消")
            return redirect(_accounts_of(account.employer))
    page = {"account": account, "form": form, "back": _accounts_of(account.employer)}
    return render(request, "accounts/paying_account_drop.html", page)


def _seen(request: Any, pk: int) -> Employer:
    return get_object_or_404(queries.employers_seen_by(request.user).select_related("branch"), pk=pk)


def _change(request: Any, pk: int) -> KeyChange:
    return get_object_or_404(queries.employer_changes_seen_by(request.user), pk=pk)


def _accounts_of(employer: Employer) -> str:
    return reverse("accounts:employer", args=[employer.pk]) + "?tab=accounts"
