"""Counter pages of signing 柜台提取审批: decided one by one or many together; undone with a second person."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from access import doors
from access.states import Perm
from accounts.queries.freezes import signatures_on
from approvals.actions.batches import MOST_SIGNED, sign_each
from approvals.actions.signatures import Decision
from approvals.queries import inbox_seen_by, overtaken
from approvals.rules import digest_of
from approvals.states import Verdict
from hpf.errors import Refusal
from hpf.pages import refusals_shown_on
from withdrawals import queries
from withdrawals.actions import applications
from withdrawals.actions import undoing as undoings
from withdrawals.forms.deciding import BatchForm, DecideForm, PlainForm, UndoForm
from withdrawals.models import Withdrawal

DECIDED_AT = "withdrawals:withdrawal_decide"


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


@doors.counter(Perm.APPROVE_WITHDRAWAL)
def withdrawal_decide_batch(request: Any) -> HttpResponse:
    """Applications ticked in the inbox, granted together, each in its own transaction; what failed stays listed."""
    asked = [int(number) for number in request.GET.getlist("case") if number.isdecimal()][:MOST_SIGNED]
    cases = inbox_seen_by(request.user, on=request.business_day).filter(kind=DECIDED_AT, pk__in=asked)
    rows = list(queries.withdrawals_seen_by(request.user).filter(case__in=cases).order_by("pk"))
    form = BatchForm(request.POST if request.method == "POST" else None, rows=rows, asked=asked)
    if form.is_valid():
        signed = sign_each(form.rows, lambda row: _grant(request, row, form.seen(row)))
        for row, why in signed.refused:
            messages.error(request, f"{row.case}：{why}")
        missed = len(signed.refused) + form.gone
        messages.info(request, f"已同意 {len(signed.done)} 笔，未办理 {missed} 笔")
        return redirect(request.get_full_path() if missed else "approvals:inbox")
    facts = [(row.case, _facts(request, row)) for row in rows]
    lines = [(case, told, digest_of(told)) for case, told in facts]
    page = {"form": form, "lines": lines, "gone": overtaken(request.user, DECIDED_AT, asked)}
    return render(request, "withdrawals/withdrawal_decide_batch.html", page)


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


def _facts(request: Any, row: Withdrawal) -> dict[str, str]:
    return queries.facts_of(row, applications.requote(row, on=request.business_day))


def _grant(request: Any, row: Withdrawal, seen: str) -> None:
    applications.decide(row, Decision(Verdict.GRANT, seen), by=request.user, on=request.business_day)


def _no_undoing(row: Withdrawal) -> str:
    """Why it cannot be undone now; empty where it can."""
    try:
        undoings.refuse_to_propose(row)
    except Refusal as refusal:
        return refusal.sentence
    return ""
