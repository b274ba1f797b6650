"""The inbox 待办: what waits for this person's signature, and what became of what this person entered."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render

from access import doors
from access.states import Perm
from approvals import queries
from approvals.filters import InboxFilter, SentFilter
from approvals.models import Case
from approvals.rules import pressure
from approvals.states import Pressure
from audit.actions import trail
from hpf.pages import excel_response, page_of

INBOX_HEADER = ["业务", "事项", "经办人", "网点", "提交日期", "已等待天数", "办理时限", "需要的权限"]
SENT_HEADER = ["业务", "事项", "网点", "提交日期", "状态", "复核人", "复核日期", "意见"]


@doors.counter(Perm.VIEW_INBOX)
def inbox(request: Any) -> HttpResponse:
    chosen = InboxFilter(request.GET, queryset=queries.inbox_seen_by(request.user))
    rows = page_of(request, chosen.found)
    page = {
        "filter": chosen,
        "page": rows,
        "lines": _with_pressure(request, rows),
        "allowed": request.glance.signing_days,
        "may_export": request.user.has(Perm.EXPORT),
    }
    return render(request, "approvals/inbox.html", page)


@doors.counter(Perm.VIEW_INBOX)
@doors.counter(Perm.EXPORT)
def inbox_export(request: Any) -> Any:
    found = InboxFilter(request.GET, queryset=queries.inbox_seen_by(request.user)).found
    _note_export(request, "待我复核", found.count())
    rows = _inbox_rows(found, on=request.business_day, allowed=request.glance.signing_days)
    return excel_response(f"待我复核-{request.business_day:%Y%m%d}.xlsx", INBOX_HEADER, rows)


@doors.counter(Perm.VIEW_INBOX)
def sent(request: Any) -> HttpResponse:
    chosen = SentFilter(request.GET, queryset=queries.sent_seen_by(request.user))
    rows = page_of(request, chosen.found)
    page = {
        "filter": chosen,
        "page": rows,
        "lines": _with_pressure(request, rows),
        "may_export": request.user.has(Perm.EXPORT),
    }
    return render(request, "approvals/sent.html", page)


@doors.counter(Perm.VIEW_INBOX)
@doors.counter(Perm.EXPORT)
def sent_export(request: Any) -> Any:
    found = SentFilter(request.GET, queryset=queries.sent_seen_by(request.user)).found
    _note_export(request, "我发起的", found.count())
    return excel_response(f"我发起的-{request.business_day:%Y%m%d}.xlsx", SENT_HEADER, _sent_rows(found))


def _with_pressure(request: Any, rows: Iterable[Case]) -> list[tuple[Case, int, Pressure]]:
    """Each case with the days it has waited and how near the end of its time it is."""
    allowed, lines = request.glance.signing_days, []
    for row in rows:
        waited = (request.business_day - row.opened_on).days
        lines.append((row, waited, pressure(waited, allowed)))
    return lines


def _note_export(request: Any, table: str, rows: int) -> None:
    trail.note("export", request.user, by=request.user, on=request.business_day, table=table, rows=rows)


def _inbox_rows(found: QuerySet[Case], *, on: date, allowed: int | None) -> Iterator[list[object]]:
    for row in found.iterator():
        waited = (on - row.opened_on).days
        state = pressure(waited, allowed).label
        yield [row.business, row.title, row.maker.name, row.branch.name, row.opened_on, waited, state, row.perm_label]


def _sent_rows(found: QuerySet[Case]) -> Iterator[list[object]]:
    for row in found.iterator(chunk_size=1000):
        signed = list(row.signatures.all())
        said = [signed[0].signer.name, signed[0].on, signed[0].reason] if signed else [None, None, None]
        yield [row.business, row.title, row.branch.name, row.opened_on, row.get_status_display(), *said]
