"""Counter pages of spouses 柜台配偶登记."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from access import doors
from access.states import Perm
from accounts import queries
from accounts.actions import spouses
from accounts.forms.spouses import SpouseEndForm, SpouseForm
from accounts.models import MemberAccount
from accounts.queries.spouses import partner_of
from hpf.pages import refusals_shown_on

CONFIRMED = "confirmed"  # the answers were looked at once more


@doors.counter(Perm.CHANGE_PARTICULARS)
def spouse_record(request: Any, pk: int) -> HttpResponse:
    """Enter the spouse, look at it once more, record it."""
    account = _account(request, pk)
    form, partner = SpouseForm(request.POST or None), partner_of(account.member, request.user)
    if form.is_valid() and CONFIRMED in request.POST:
        with refusals_shown_on(form):
            spouses.record(account.member, form.new, by=request.user, on=request.business_day)
            messages.success(request, "配偶已登记")
            return redirect("accounts:member", pk)
    page = {"account": account, "form": form, "partner": partner, "checking": form.is_bound and form.is_valid()}
    return render(request, "accounts/spouse_record.html", page)


@doors.counter(Perm.CHANGE_PARTICULARS)
def spouse_end(request: Any, pk: int) -> HttpResponse:
    """The day it ended, with the paper."""
    account = _account(request, pk)
    form, partner = SpouseEndForm(request.POST or None), partner_of(account.member, request.user)
    if partner and form.is_valid():
        with refusals_shown_on(form):
            spouses.end(partner.record, **form.cleaned_data, by=request.user, on=request.business_day)
            messages.success(request, "婚姻终止已登记")
            return redirect("accounts:member", pk)
    return render(request, "accounts/spouse_end.html", {"account": account, "form": form, "partner": partner})


def _account(request: Any, pk: int) -> MemberAccount:
    seen = queries.member_accounts_seen_by(request.user)
    return get_object_or_404(seen.select_related("member", "employer"), pk=pk)
