"""Counter pages of opening 柜台职工开户: first the certificate, then what the centre knows, then the rest."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from access import doors
from access.states import Perm
from accounts import queries
from accounts.actions import joining
from accounts.forms.joining import CertificateForm, JoinForm, TakeInForm
from accounts.queries import persons
from hpf.pages import refusals_shown_on

PARTICULARS = "particulars"  # the answers to the second question came along
CONFIRMED = "confirmed"  # and were looked at once more


@doors.counter(Perm.OPEN_MEMBERS)
def member_open(request: Any, pk: int) -> HttpResponse:
    """Everything comes by POST: an address with a certificate number in it would stay in logs."""
    employer = get_object_or_404(queries.employers_seen_by(request.user).select_related("branch"), pk=pk)
    page: dict[str, Any] = {"employer": employer, "refused": joining.why_not(employer), "known": None}
    first = CertificateForm(request.POST or None, on=request.business_day)
    if page["refused"] or not first.is_valid():
        return render(request, "accounts/member_open.html", page | {"form": first})
    known = persons.person_at(employer, first.read, request.user)
    page |= {"known": known, "certificate": first.read}
    if not known.may_join:
        return render(request, "accounts/member_open.html", page | {"form": first})
    fill = TakeInForm if known.moves else JoinForm
    given = request.POST if PARTICULARS in request.POST else None
    form = fill(given, employer=employer, on=request.business_day, initial=first.cleaned_data)
    if form.is_valid() and CONFIRMED in request.POST:
        with refusals_shown_on(form):
            account = joining.join(employer, form.new_member, by=request.user, on=request.business_day)
            return redirect("accounts:member_opened", account.pk)
    page |= {"form": form, "checking": form.is_bound and form.is_valid()}
    return render(request, "accounts/member_open_particulars.html", page)


@doors.counter(Perm.OPEN_MEMBERS)
def member_opened(request: Any, pk: int) -> HttpResponse:
    """Done: the number, and what comes next."""
    seen = queries.member_accounts_seen_by(request.user)
    account = get_object_or_404(seen.select_related("member", "employer__branch"), pk=pk)
    came = account.transfers.select_related("from_employer").order_by("-pk").first()
    return render(request, "accounts/member_opened.html", {"account": account, "came": came})
