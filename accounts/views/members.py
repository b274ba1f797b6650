"""Counter pages of members 柜台职工页面: find, look, seal and unseal, the statement as Excel."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from access import doors
from access.states import Perm
from accounts import queries
from accounts.actions import exports, sealing
from accounts.actions.members import Paying
from accounts.filters import STATEMENT_HEADER, StatementFilter
from accounts.forms.members import SealForm, SearchForm, UnsealForm
from accounts.models import MemberAccount
from hpf.errors import Refusal
from hpf.months import Month
from hpf.pages import excel_response, page_of, refusals_shown_on

CONFIRMED = "confirmed"  # the answers were looked at once more


@doors.counter(Perm.SEARCH_ACCOUNTS)
def search(request: Any) -> HttpResponse:
    """The clerk's desk. What was typed comes by POST: an address with an ID number in it would stay in logs."""
    form = SearchForm(request.POST or None)
    found = queries.search(form.cleaned_data["q"], request.user) if form.is_valid() else None
    if found and len(found.employers) + len(found.accounts) == 1:
        for account in found.accounts:
            return redirect("accounts:member", account.pk)
        return redirect("accounts:employer", found.employers[0].pk)
    return render(request, "accounts/search.html", {"form": form, "found": found, "most": queries.MOST_FOUND})


@doors.counter(Perm.VIEW_MEMBER)
def member(request: Any, pk: int) -> HttpResponse:
    seen = queries.member_accounts_seen_by(request.user)
    account = _account_seen(request, pk)
    chosen = StatementFilter.of(account, request.GET, on=request.business_day)
    page = {
        "account": account,
        "others": seen.filter(member=account.member).exclude(pk=pk).order_by("-opened_on", "-pk"),
        "filter": chosen,
        "page": page_of(request, chosen.found),
        "totals": chosen.totals,
        "may_export": request.user.has(Perm.EXPORT),
        "links_vouchers": request.user.has(Perm.VIEW_VOUCHERS),
        "may_seal": request.user.has(Perm.SEAL_ACCOUNTS),
        "no_sealing": _no_sealing(account, request),
        "no_unsealing": _no_unsealing(account),
    }
    return render(request, "accounts/member.html", page)


@doors.counter(Perm.SEAL_ACCOUNTS)
def member_seal(request: Any, pk: int) -> HttpResponse:
    """Choose the reason, look at it once more, seal."""
    account, month = _account_seen(request, pk), Month.of(request.business_day)
    form = SealForm(request.POST or None)
    if form.is_valid() and CONFIRMED in request.POST:
        with refusals_shown_on(form):
            leavers = {account.pk: form.cleaned_data["reason"]}
            sealing.seal(account.employer, leavers, month=month, by=request.user, on=request.business_day)
            messages.success(request, f"账户已封存，从 {month} 起不再列入单位汇缴清册")
            return redirect("accounts:member", pk)
    page = {"account": account, "month": month, "form": form, "refused": _no_sealing(account, request)}
    return render(request, "accounts/member_seal.html", page | {"checking": form.is_bound and form.is_valid()})


@doors.counter(Perm.SEAL_ACCOUNTS)
def member_unseal(request: Any, pk: int) -> HttpResponse:
    """Enter what is contributed from now on, look at it once more, unseal."""
    account = _account_seen(request, pk)
    now = {"base": account.base, "employer_ratio": account.employer_ratio, "member_ratio": account.member_ratio}
    form = UnsealForm(request.POST or None, initial=now)
    if form.is_valid() and CONFIRMED in request.POST:
        with refusals_shown_on(form):
            returning = {account.pk: Paying(**form.cleaned_data)}
            sealing.unseal(account.employer, returning, by=request.user, on=request.business_day)
            messages.success(request, "账户已启封，已列入单位下一次汇缴清册")
            return redirect("accounts:member", pk)
    page = {"account": account, "form": form, "refused": _no_unsealing(account)}
    return render(request, "accounts/member_unseal.html", page | {"checking": form.is_bound and form.is_valid()})


@doors.counter(Perm.EXPORT)
def member_export(request: Any, pk: int):
    account = get_object_or_404(queries.member_accounts_seen_by(request.user), pk=pk)
    chosen = StatementFilter.of(account, request.GET, on=request.business_day)
    exports.note_statement(account, chosen.found.count(), by=request.user, on=request.business_day)
    return excel_response(f"个人账户明细-{account.number}.xlsx", STATEMENT_HEADER, chosen.excel_rows())


def _account_seen(request: Any, pk: int) -> MemberAccount:
    seen = queries.member_accounts_seen_by(request.user)
    return get_object_or_404(seen.select_related("member", "employer__branch", "ledger_account"), pk=pk)


def _no_sealing(account: MemberAccount, request: Any) -> str:
    """Why the account cannot be sealed this month; empty where it can."""
    try:
        sealing.refuse_to_seal(account, account.employer, Month.of(request.business_day))
    except Refusal as refusal:
        return refusal.sentence
    return ""


def _no_unsealing(account: MemberAccount) -> str:
    """Why the account cannot be unsealed; empty where it can."""
    try:
        sealing.refuse_to_unseal(account, account.employer)
    except Refusal as refusal:
        return refusal.sentence
    return ""
