"""The parameters 政策参数页面: reading them, proposing a new value, and deciding on one."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from access import doors
from access.states import Perm
from approvals import deciding
from approvals.deciding import DecideForm, PlainForm
from approvals.queries import signatures_on
from approvals.rules import digest_of
from audit.actions import trail
from hpf.pages import excel_response, page_of, refusals_shown_on
from policy import queries
from policy.actions import terms as changing
from policy.filters import TermFilter
from policy.forms import ChangeProposeForm
from policy.models import TermQuerySet
from policy.states import RULES_WITH, TermName

CHANGES_SHOWN = 20
DECIDED_AT = "policy:change_decide"
EXCEL_HEADER = ["业务", "参数", "代码", "取值", "生效日期", "失效日期", "文号", "依据", "状态", "说明"]


@doors.counter(Perm.VIEW_PARAMETERS)
def terms(request: Any) -> HttpResponse:
    chosen = _chosen(request)
    page = {
        "filter": chosen,
        "page": page_of(request, chosen.found),
        "changes": queries.waiting_changes(request.user)[:CHANGES_SHOWN],
        "waiting": chosen.found.filter(to_confirm=True).count(),
        "may_export": request.user.has(Perm.EXPORT),
    }
    return render(request, "policy/terms.html", page)


@doors.counter(Perm.VIEW_PARAMETERS)
def term_history(request: Any, name: str) -> HttpResponse:
    term = _term_or_404(name)
    page = {
        "term": term,
        "page": page_of(request, queries.history(term, seen_by=request.user)),
        "changes": queries.changes_of(term, seen_by=request.user)[:CHANGES_SHOWN],
        "may_propose": request.user.has(Perm.PROPOSE_TERM),
    }
    return render(request, "policy/term_history.html", page)


@doors.counter(Perm.PROPOSE_TERM)
def change_propose(request: Any, name: str) -> HttpResponse:
    """First the preview, then the proposal: what is handed in must be what the preview showed."""
    term = _term_or_404(name)
    form = ChangeProposeForm(request.POST or None, term=term)
    facts: dict[str, str] = {}
    if form.is_valid():
        with refusals_shown_on(form):
            facts = changing.preview(form.new_value, on=request.business_day)
            seen = form.cleaned_data["seen"]
            if seen == digest_of(facts):
                proposed = changing.propose(form.new_value, seen=seen, by=request.user, on=request.business_day)
                messages.success(request, "已提交复核，复核同意后按生效日期执行")
                return redirect("policy:change", proposed.pk)
    page = {"term": term, "form": form, "facts": facts, "digest": digest_of(facts), "rules": RULES_WITH.get(term, ())}
    return render(request, "policy/change_propose.html", page)


@doors.counter(Perm.VIEW_PARAMETERS)
def change(request: Any, pk: int) -> HttpResponse:
    """A proposal and what became of it; its maker may take it back while it waits."""
    row = get_object_or_404(queries.changes_seen_by(request.user), pk=pk)
    form = PlainForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_shown_on(form):
            changing.withdraw(row, by=request.user, on=request.business_day)
            messages.success(request, "调整申请已撤回")
            return redirect("policy:change", pk)
    page = {"change": row, "form": form, "signed": signatures_on(row.case), "facts": queries.facts_of(row)}
    return render(request, "policy/change.html", page)


@doors.counter(Perm.APPROVE_TERM)
def change_decide(request: Any, pk: int) -> HttpResponse:
    row = get_object_or_404(queries.changes_seen_by(request.user), pk=pk)
    form = DecideForm(request.POST or None, case=row.case)
    if left := deciding.done(request, row.case, form, partial(changing.decide, row)):
        return left
    page = deciding.shown(request, row.case, form, queries.facts_of(row))
    page |= {"change": row, "rules": RULES_WITH.get(TermName(row.name), ())}
    return render(request, "policy/change_decide.html", page)


@doors.counter(Perm.APPROVE_TERM)
def change_decide_batch(request: Any) -> HttpResponse:
    """Proposals ticked in the inbox, granted together."""
    seen, template = queries.changes_seen_by(request.user), "policy/change_decide_batch.html"
    return deciding.together(request, DECIDED_AT, template, seen, queries.facts_of, changing.decide)


@doors.counter(Perm.VIEW_PARAMETERS)
@doors.counter(Perm.EXPORT)
def terms_export(request: Any):
    found = _chosen(request).found
    trail.note("export", request.user, by=request.user, on=request.business_day, table="政策参数", rows=found.count())
    rows = _excel_rows(found)
    return excel_response(f"政策参数-{request.business_day:%Y%m%d}.xlsx", EXCEL_HEADER, rows)


def _term_or_404(name: str) -> TermName:
    if name not in TermName.values:
        raise Http404
    return TermName(name)


def _chosen(request: Any) -> TermFilter:
    """The list as filtered; a first visit shows what holds today."""
    asked = request.GET.copy()
    asked.setdefault("on", request.business_day.isoformat())
    return TermFilter(asked, queryset=queries.terms_seen_by(request.user))


def _excel_rows(found: TermQuerySet) -> Iterator[list[object]]:
    for term in found.iterator():
        state = "待中心确认" if term.to_confirm else "已有依据"
        days = [term.valid_from, term.valid_to]
        yield [term.group, term.label, term.name, term.shown_value, *days, term.document, term.source, state, term.note]
