"""Counter pages of changes 柜台职工信息变更: how one is reached at once, name and certificate by two persons."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from access import doors
from access.states import Perm
from accounts import queries
from accounts.actions import exports, member_changes
from accounts.forms.member_changes import ContactsForm, MemberKeyForm
from accounts.models import KeyChange, MemberAccount
from accounts.queries import member_changes as asked_for
from approvals import deciding
from approvals.deciding import DecideForm, PlainForm
from approvals.queries import signatures_on
from hpf.pages import refusals_shown_on


@doors.counter(Perm.CHANGE_PARTICULARS)
def member_amend(request: Any, pk: int) -> HttpResponse:
    """Mobile and bank card, with the evidence; they hold at once."""
    account = _seen(request, pk)
    form = ContactsForm(request.POST or None, member=account.member)
    if form.is_valid():
        with refusals_shown_on(form):
            wanted, member = form.wanted(account.member), account.member
            member_changes.change_contacts(member, wanted, form.grounds, by=request.user, on=request.business_day)
            messages.success(request, "联系方式已变更")
            return redirect("accounts:member", pk)
    return render(request, "accounts/member_amend.html", {"account": account, "form": form})


@doors.counter(Perm.CHANGE_PARTICULARS)
def member_change_propose(request: Any, pk: int) -> HttpResponse:
    """Name and certificate: handed in for a second person."""
    account = _seen(request, pk)
    member = account.member
    form = MemberKeyForm(request.POST or None, member=member)
    if form.is_valid():
        with refusals_shown_on(form):
            wanted, on = form.wanted(member), request.business_day
            row = member_changes.propose(member, wanted, form.grounds, by=request.user, on=on)
            messages.success(request, "已提交复核，复核同意后生效")
            return redirect("accounts:member_change", row.pk)
    page = {"account": account, "form": form, "waiting": asked_for.open_change_of(member)}
    return render(request, "accounts/member_change_propose.html", page)


@doors.counter(Perm.VIEW_MEMBER)
def member_change(request: Any, pk: int) -> HttpResponse:
    """A change and what became of it; its maker may take it back while it waits."""
    row = _change(request, pk)
    form = PlainForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_shown_on(form):
            member_changes.withdraw(row, by=request.user, on=request.business_day)
            messages.success(request, "申请已撤回")
            return redirect("accounts:member_change", pk)
    page = {"change": row, "form": form, "facts": asked_for.facts_of(row), "signed": signatures_on(row.case)}
    return render(request, "accounts/member_change.html", page | {"account": asked_for.account_of(row.member)})


@doors.counter(Perm.APPROVE_CHANGES)
def member_change_decide(request: Any, pk: int) -> HttpResponse:
    """What the maker entered against what is true now; grant or send back."""
    row = _change(request, pk)
    form = DecideForm(request.POST or None, case=row.case)
    left = deciding.done(request, row.case, form, partial(member_changes.decide, row))
    return left or _deciding(request, row, form, revealed=None)


@doors.counter(Perm.REVEAL_NUMBERS)
def member_change_reveal(request: Any, pk: int) -> HttpResponse:
    """The same page with the whole numbers, this once, for who decides; by POST, since it leaves a record."""
    row = _change(request, pk)
    decides = row.case.is_open and request.user.has(Perm.APPROVE_CHANGES)
    if request.method != "POST" or not (decides and "id_number" in asked_for.values_of(row)):
        return redirect("accounts:member_change", pk)
    revealed = exports.reveal_change(row, by=request.user, on=request.business_day)
    return _deciding(request, row, DecideForm(case=row.case), revealed)


def _deciding(request: Any, row: KeyChange, form: DecideForm, revealed: tuple[str, str] | None) -> HttpResponse:
    page = deciding.shown(request, row.case, form, asked_for.facts_of(row))
    page |= {"change": row, "account": asked_for.account_of(row.member), "revealed": revealed}
    page["may_reveal"] = request.user.has(Perm.REVEAL_NUMBERS) and "id_number" in asked_for.values_of(row)
    return render(request, "accounts/member_change_decide.html", page)


def _seen(request: Any, pk: int) -> MemberAccount:
    seen = queries.member_accounts_seen_by(request.user)
    return get_object_or_404(seen.select_related("member", "employer"), pk=pk)


def _change(request: Any, pk: int) -> KeyChange:
    return get_object_or_404(asked_for.member_changes_seen_by(request.user), pk=pk)
