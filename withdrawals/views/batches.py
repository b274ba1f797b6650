"""Counter pages of signing like cases together 柜台批量复核: withdrawals, and their undoings."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render

from access import doors
from access.states import Perm
from approvals.actions.batches import MOST_SIGNED, sign_each
from approvals.actions.signatures import Decision
from approvals.queries import inbox_seen_by, overtaken
from approvals.rules import digest_of
from approvals.states import Verdict
from withdrawals import queries
from withdrawals.actions import applications
from withdrawals.actions import undoing as undoings
from withdrawals.forms.deciding import BatchForm
from withdrawals.models import Undoing, Withdrawal

WITHDRAWAL, UNDOING = "withdrawals:withdrawal_decide", "withdrawals:undoing_decide"
WITHDRAWALS_SHOWN, UNDOINGS_SHOWN = (
    "withdrawals/withdrawal_decide_batch.html",
    "withdrawals/undoing_decide_batch.html",
)


@doors.counter(Perm.APPROVE_WITHDRAWAL)
def withdrawal_decide_batch(request: Any) -> HttpResponse:
    """Applications ticked in the inbox, granted together, each in its own transaction; what failed stays listed."""
    on = request.business_day

    def facts(row: Withdrawal) -> dict[str, str]:
        return queries.facts_of(row, applications.requote(row, on=on))

    def grant(row: Withdrawal, decision: Decision) -> None:
        applications.decide(row, decision, by=request.user, on=on)

    seen = queries.withdrawals_seen_by(request.user)
    return _together(request, WITHDRAWAL, WITHDRAWALS_SHOWN, seen, facts, grant)


@doors.counter(Perm.APPROVE_WITHDRAWAL)
def undoing_decide_batch(request: Any) -> HttpResponse:
    """Undoings ticked in the inbox, granted together, each in its own transaction; what failed stays listed."""

    def grant(row: Undoing, decision: Decision) -> None:
        undoings.decide(row, decision, by=request.user, on=request.business_day)

    seen = queries.undoings_seen_by(request.user)
    return _together(request, UNDOING, UNDOINGS_SHOWN, seen, queries.facts_of_undoing, grant)


def _together(
    request: Any,
    kind: str,
    template: str,
    seen: QuerySet[Any],
    facts: Callable[[Any], dict[str, str]],
    grant: Callable[[Any, Decision], None],
) -> HttpResponse:
    """Those of what a person sees that are ticked and wait for that person, each beside the facts it rests on."""
    asked = [int(number) for number in request.GET.getlist("case") if number.isdecimal()][:MOST_SIGNED]
    cases = inbox_seen_by(request.user, on=request.business_day).filter(kind=kind, pk__in=asked)
    rows = list(seen.filter(case__in=cases).order_by("pk"))
    form = BatchForm(request.POST if request.method == "POST" else None, rows=rows, asked=asked)
    if form.is_valid():
        signed = sign_each(form.rows, lambda row: grant(row, Decision(Verdict.GRANT, form.seen(row))))
        for row, why in signed.refused:
            messages.error(request, f"{row.case}：{why}")
        missed = len(signed.refused) + form.gone
        messages.info(request, f"已同意 {len(signed.done)} 笔，未办理 {missed} 笔")
        return redirect(request.get_full_path() if missed else "approvals:inbox")
    told = [(row.case, facts(row)) for row in rows]
    lines = [(case, now, digest_of(now)) for case, now in told]
    shown = {"form": form, "lines": lines, "gone": overtaken(request.user, kind, asked)}
    return render(request, template, shown)
