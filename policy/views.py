"""The parameters for reading 政策参数页面. They are changed with a document and a second signature, not here."""

from collections.abc import Iterator
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render

from access import doors
from access.states import Perm
from hpf.pages import excel_response, page_of
from policy import queries
from policy.filters import TermFilter
from policy.models import TermQuerySet
from policy.states import TermName

EXCEL_HEADER = ["业务", "参数", "代码", "取值", "生效日期", "失效日期", "文号", "依据", "状态", "说明"]


@doors.counter(Perm.VIEW_PARAMETERS)
def terms(request: Any) -> HttpResponse:
    chosen = _chosen(request)
    page = {
        "filter": chosen,
        "page": page_of(request, chosen.found),
        "waiting": chosen.found.filter(to_confirm=True).count(),
        "may_export": request.user.has(Perm.EXPORT),
    }
    return render(request, "policy/terms.html", page)


@doors.counter(Perm.VIEW_PARAMETERS)
def term_history(request: Any, name: str) -> HttpResponse:
    if name not in TermName.values:
        raise Http404
    term = TermName(name)
    page = {"term": term, "page": page_of(request, queries.history(term, seen_by=request.user))}
    return render(request, "policy/term_history.html", page)


@doors.counter(Perm.EXPORT)
def terms_export(request: Any):
    rows = _excel_rows(_chosen(request).found)
    return excel_response(f"政策参数-{request.business_day:%Y%m%d}.xlsx", EXCEL_HEADER, rows)


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
