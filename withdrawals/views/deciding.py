"""Counter pages of signing 柜台提取审批: decided one by one; undone with a second person."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from access import doors
from access.states import Perm
from accounts.queries.freezes import signatures_on
from approvals.rules import digest_of
from hpf.errors import Refusal
from hpf.pages import refusals_shown_on
from withdrawals import queries
from withdrawals.actions import applications
from withdrawals.actions import undoing as undoings
from withdrawals.forms.deciding import DecideForm, PlainForm, UndoForm
from withdrawals.models import Withdrawal


@doors.counter(Perm.APPROVE_WITHDRAWAL)
def withdrawal_decide(request: Any, pk: int) -> HttpResponse:
    """What was entered against what is true now, every factor as it stands, and the papers beside."""
    row, on = get_object_or_404(queries.withdrawals_seen_by(request.user), pk=pk), request.business_day
    if row.case is None or not row.case.is_open:
        return redirect("withdrawals:withdrawal", pk)
    form = DecideForm(request.POST or None)
    if form.is_valid():
        with refusals_shown_on(form):
            applications.decide(row, form.decision, by=request.user, on=on)
            messages.success(request, "复核结论已保存")
            return redirect("withdrawals:withdrawal", pk)
    quote = applications.requote(row, on=on)
    facts = queries.facts_of(row, quote)
    page = {"withdrawal": row, "form": form, "quote": quote, "facts": facts, "digest": digest_of(facts)}
    page |= {"proofs": queries.proofs_of(row), "signed": signatures_on(row.case)}
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
    page = {"withdrawal": row, "form": form, "refused": _no_undoing(row), "uses": row.uses.order_by("slot", "pk")}
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
    if not row.case.is_open:
        return redirect("withdrawals:undoing", pk)
    form = DecideForm(request.POST or None, may_refuse=False)
    if form.is_valid():
        with refusals_shown_on(form):
            undoings.decide(row, form.decision, by=request.user, on=request.business_day)
            messages.success(request, "复核结论已保存")
            return redirect("withdrawals:undoing", pk)
    facts = queries.facts_of_undoing(row)
    page = {"undoing": row, "form": form, "facts": facts, "digest": digest_of(facts)}
    return render(request, "withdrawals/undoing_decide.html", page | {"signed": signatures_on(row.case)})


def _no_undoing(row: Withdrawal) -> str:
    """Why it cannot be undone now; empty where it can."""
    try:
        undoings.refuse_to_propose(row)
    except Refusal as refusal:
        return refusal.sentence
    return ""
