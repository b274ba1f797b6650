"""The inbox 待办: what waits for this person's signature, and what became of what this person entered."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse

from access import doors
from access.models import User
from access.states import Perm
from approvals import queries
from approvals.filters import InboxFilter, SentFilter
from approvals.models import Case, Signature
from approvals.rules import pressure
from approvals.states import Pressure, Verdict
from audit.actions import trail
from hpf.pages import excel_response, page_of

INBOX_HEADER = [
    "业务",
    "事项",
    "经办人",
    "网点",
    "提交日期",
    "已等待天数",
    "办理期限",
    "时限状态",
    "需要的权限",
    "代何人办理",
    "上报人",
]
SENT_HEADER = ["业务", "事项", "网点", "提交日期", "办理期限", "状态", "复核人", "复核日期", "意见"]


@dataclass(frozen=True)
class Line:
    """A case as a list shows it 待办一行: days waited and left, how near its end it is, in whose name one signs.

    `sent_up` is what whoever sent it up said of it.
    """

    case: Case
    waited: int
    left: int | None
    pressure: Pressure
    name: User | None = None
    sent_up: Signature | None = None
    batch: str = ""


@doors.counter(Perm.VIEW_INBOX)
def inbox(request: Any) -> HttpResponse:
    chosen = InboxFilter(request.GET, queryset=_inbox(request))
    rows = page_of(request, chosen.found)
    principals = queries.stands_in_for(request.user, on=request.business_day)
    page = {
        "filter": chosen,
        "page": rows,
        "lines": [_line(request, row, principals) for row in rows],
        "principals": principals,
        "may_export": request.user.has(Perm.EXPORT),
    }
    return render(request, "approvals/inbox.html", page)


@doors.counter(Perm.VIEW_INBOX)
@doors.counter(Perm.EXPORT)
def inbox_export(request: Any) -> Any:
    found = InboxFilter(request.GET, queryset=_inbox(request)).found
    _note_export(request, "待我复核", found.count())
    principals = queries.stands_in_for(request.user, on=request.business_day)
    lines = (_line(request, row, principals) for row in found.iterator(chunk_size=1000))
    rows = (_inbox_row(line) for line in lines)
    return excel_response(f"待我复核-{request.business_day:%Y%m%d}.xlsx", INBOX_HEADER, rows)


@doors.counter(Perm.VIEW_INBOX)
def sent(request: Any) -> HttpResponse:
    chosen = SentFilter(request.GET, queryset=queries.sent_seen_by(request.user))
    rows = page_of(request, chosen.found)
    page = {
        "filter": chosen,
        "page": rows,
        "lines": [_line(request, row, []) for row in rows],
        "may_export": request.user.has(Perm.EXPORT),
    }
    return render(request, "approvals/sent.html", page)


@doors.counter(Perm.VIEW_INBOX)
@doors.counter(Perm.EXPORT)
def sent_export(request: Any) -> Any:
    found = SentFilter(request.GET, queryset=queries.sent_seen_by(request.user)).found
    _note_export(request, "我发起的", found.count())
    return excel_response(f"我发起的-{request.business_day:%Y%m%d}.xlsx", SENT_HEADER, _sent_rows(found))


def _inbox(request: Any) -> QuerySet[Case]:
    return queries.inbox_seen_by(request.user, on=request.business_day)


def _line(request: Any, case: Case, principals: Sequence[User]) -> Line:
    """A case with the days it has waited and has left, and the page on which like ones are signed together."""
    on = request.business_day
    waited = (on - case.opened_on).days
    allowed = (case.due_on - case.opened_on).days if case.due_on else None
    left = (case.due_on - on).days if case.due_on else None
    signed = list(case.signatures.all())
    name = queries.in_whose_name(case, request.user, principals, signed)
    standing_in = None if name == request.user else name
    sent_up = next((one for one in reversed(signed) if one.verdict == Verdict.ESCALATE), None)
    return Line(case, waited, left, pressure(waited, allowed), standing_in, sent_up, _batch_page(case.kind))


@cache
def _batch_page(kind: str) -> str:
    """The address on which cases of a kind are signed together; empty where there is no such page."""
    try:
        return reverse(f"{kind}_batch")
    except NoReverseMatch:
        return ""


def _note_export(request: Any, table: str, rows: int) -> None:
    trail.note("export", request.user, by=request.user, on=request.business_day, table=table, rows=rows)


def _inbox_row(line: Line) -> list[object]:
    row = line.case
    asked = [row.business, row.title, row.maker.name, row.branch.name, row.opened_on, line.waited, row.due_on]
    told = [line.name.name if line.name else None, line.sent_up.signer.name if line.sent_up else None]
    return [*asked, line.pressure.label, row.perm_label, *told]


def _sent_rows(found: QuerySet[Case]) -> Iterator[list[object]]:
    for row in found.iterator(chunk_size=1000):
        signed = list(row.signatures.all())
        said = [signed[-1].signer.name, signed[-1].on, signed[-1].reason] if signed else [None, None, None]
        asked = [row.business, row.title, row.branch.name, row.opened_on, row.due_on]
        yield [*asked, row.get_status_display(), *said]
