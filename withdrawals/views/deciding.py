"""Counter pages of signing 柜台提取审批: decided one by one; undone with a second person."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from access import doors
from access.states import Perm
from approvals import deciding
from approvals.deciding import DecideForm, PlainForm
from approvals.queries import signatures_on
from hpf.errors import why_not
from hpf.pages import refusals_shown_on
from withdrawals import queries, rules
from withdrawals.actions import applications
from withdrawals.actions import undoing as undoings
from withdrawals.forms.deciding import UndoForm


@doors.counter(Perm.APPROVE_WITHDRAWAL)
def withdrawal_decide(request: Any, pk: int) -> HttpResponse:
    """What was entered against what is true now, every factor as it stands, and the papers beside."""
    row, on = get_object_or_404(queries.withdrawals_seen_by(request.user), pk=pk), request.business_day
    if row.case is None:
        return redirect("withdrawals:withdrawal", pk)
    form = DecideForm(request.POST or None, case=row.case)
    if left := deciding.done(request, row.case, form, partial(applications.decide, row)):
        return left
    quote = applications.requote(row, on=on)
    page = deciding.shown(request, row.case, form, queries.facts_of(row, quote))
    page |= {"withdrawal": row, "quote": quote, "proofs": queries.proofs_of(row)}
    page |= {"facts": rules.without_factors(page["facts"]), "groups": rules.grouped(quote.factors, row.case.facts)}
    return render(request, "withdrawals/withdrawal_decide.html", page)


@doors.counter(Perm.HANDLE_WITHDRAWALS)
def undoing_propose(request: Any, pk: int) -> HttpResponse:
    """Ask that an approved withdrawal be undone before a bank has its payment: what it undoes is on the page."""
    row = get_object_or_404(queries.withdrawals_seen_by(request.user), pk=pk)
    form = UndoForm(request.POST or None)
    if form.is_valid():
        with refusals_shown_on(form):
            asked = undoings.propose(row, form.cleaned_data["reason"], by=request.user, on=request.business_day)
            messages.success(request, "撤销申请已提交复核，复核同意后款项退回个人账户")
            return redirect("withdrawals:undoing", asked.pk)
    page = {
        "withdrawal": row,
        "form": form,
        "refused": why_not(undoings.refuse_to_propose, row),
        "uses": row.uses.order_by("slot", "pk"),
    }
    return render(request, "withdrawals/undoing_propose.html", page)


@doors.counter(Perm.VIEW_WITHDRAWALS)
def undoing(request: Any, pk: int) -> HttpResponse:
    """An undoing and what became of it; its maker may take it back while it waits."""
    row = get_object_or_404(queries.undoings_seen_by(request.user), pk=pk)
    form = PlainForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_shown_on(form):
            undoings.withdraw(row, by=request.user, on=request.business_day)
            messages.success(request, "撤销申请已撤回，提取照常办理")
            return redirect("withdrawals:undoing", pk)
    page = {"undoing": row, "form": form, "facts": queries.facts_of_undoing(row), "signed": signatures_on(row.case)}
    return render(request, "withdrawals/undoing.html", page)


@doors.counter(Perm.APPROVE_WITHDRAWAL)
def undoing_decide(request: Any, pk: int) -> HttpResponse:
    """The payment as it stands now; grant or send back."""
    row = get_object_or_404(queries.undoings_seen_by(request.user), pk=pk)
    form = DecideForm(request.POST or None, case=row.case)
    if left := deciding.done(request, row.case, form, partial(undoings.decide, row)):
        return left
    page = deciding.shown(request, row.case, form, queries.facts_of_undoing(row))
    return render(request, "withdrawals/undoing_decide.html", page | {"undoing": row})
