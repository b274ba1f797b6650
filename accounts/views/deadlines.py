"""The work list of statutory terms 法定期限工作台."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from access import doors
from access.states import Perm
from accounts import queries
from accounts.filters import DeadlineFilter
from accounts.states import DeadlineKind
from audit.actions import trail
from hpf.pages import excel_response, page_of

HEADER = ["类别", "编号", "单位名称", "管理部", "期限", "剩余天数", "事项"]


@doors.counter(Perm.VIEW_DEADLINES)
def deadlines(request: Any) -> HttpResponse:
    chosen, every = DeadlineFilter(request.GET), _every(request)
    found = chosen.narrowed(every)
    page = {
        "form": chosen,
        "page": page_of(request, found),
        "counts": [(kind, *_counted(every, kind)) for kind in DeadlineKind],
        "late": sum(1 for row in every if row.days_left < 0),
        "may_export": request.user.has(Perm.EXPORT),
    }
    return render(request, "accounts/deadlines.html", page)


@doors.counter(Perm.VIEW_DEADLINES)
@doors.counter(Perm.EXPORT)
def deadlines_export(request: Any):
    found = DeadlineFilter(request.GET).narrowed(_every(request))
    trail.note("export", request.user, by=request.user, on=request.business_day, table="法定期限", rows=len(found))
    return excel_response(f"法定期限-{request.business_day:%Y%m%d}.xlsx", HEADER, _excel_rows(found))


def _every(request: Any) -> list[queries.Deadline]:
    return queries.deadlines_seen_by(request.user, on=request.business_day)


def _counted(rows: Sequence[queries.Deadline], kind: DeadlineKind) -> tuple[int, int]:
    """How many of a kind there are, and how many of them are late."""
    of_kind = [row for row in rows if row.kind == kind]
    return len(of_kind), sum(1 for row in of_kind if row.days_left < 0)


def _excel_rows(found: Sequence[queries.Deadline]) -> Iterator[list[object]]:
    for row in found:
        yield [row.kind.label, row.number, row.name, row.branch, row.due_on, row.days_left, row.what]
