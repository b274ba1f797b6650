"""Remittances at the counter 汇缴页面: the list, one month with its rows, and what arrived for the employer."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from access import doors
from access.states import Perm, Post
from audit.actions import trail
from audit.queries import history_of
from deposits import queries
from deposits.filters import RemittanceFilter
from deposits.models import Remittance
from hpf.pages import excel_response, page_of

EXCEL_HEADER = [
    *["汇缴年月", "单位账号", "单位名称", "管理部", "缴款识别号", "人数", "单位缴存额(元)", "个人缴存额(元)"],
    *["合计(元)", "状态", "提交日期", "入账日期", "凭证号"],
]
RECENT = 10


@doors.counter(Perm.VIEW_REMITTANCES)
def remittances(request: Any) -> HttpResponse:
    chosen = RemittanceFilter(request.GET, queryset=queries.remittances_seen_by(request.user))
    page = {
        "filter": chosen,
        "page": page_of(request, chosen.found),
        "totals": queries.totals_of(chosen.found),
        "may_export": request.user.has(Perm.EXPORT),
    }
    return render(request, "deposits/remittances.html", page)


@doors.counter(Perm.VIEW_REMITTANCES)
@doors.counter(Perm.EXPORT)
def remittances_export(request: Any) -> Any:
    found = RemittanceFilter(request.GET, queryset=queries.remittances_seen_by(request.user)).found
    trail.note("export", request.user, by=request.user, on=request.business_day, table="汇缴", rows=found.count())
    return excel_response(f"汇缴-{request.business_day:%Y%m%d}.xlsx", EXCEL_HEADER, _excel_rows(found))


@doors.counter(Perm.VIEW_REMITTANCES)
def remittance(request: Any, pk: int) -> HttpResponse:
    found = get_object_or_404(queries.remittances_seen_by(request.user), pk=pk)
    shows_members = request.user.has(Perm.VIEW_MEMBER)
    page = {
        "remittance": found,
        "page": page_of(request, queries.lines_of(found)) if shows_members else None,
        "identifications": queries.identifications_of(found.employer)[:RECENT],
        "unallocated": queries.unallocated_of(found.employer),
        "still_to_come": queries.still_to_come(found),
        "history": history_of(found),
        "posts": dict(Post.choices),
        "may_export": shows_members and request.user.has(Perm.EXPORT),
        "may_view_voucher": request.user.has(Perm.VIEW_VOUCHERS),
    }
    return render(request, "deposits/remittance.html", page)


@doors.counter(Perm.VIEW_MEMBER)
@doors.counter(Perm.EXPORT)
def remittance_export(request: Any, pk: int) -> Any:
    found = get_object_or_404(queries.remittances_seen_by(request.user), pk=pk)
    trail.note("export", found, by=request.user, on=request.business_day, table="汇缴明细", rows=found.headcount)
    name = f"汇缴明细-{found.month}-{found.employer.number}.xlsx"
    return excel_response(name, queries.LINES_HEADER, queries.excel_lines(found))


def _excel_rows(found: QuerySet[Remittance]) -> Iterator[list[object]]:
    for row in found.iterator():
        employer, amounts = row.employer, [row.employer_part, row.member_part, row.total]
        head = [row.month, employer.number, employer.name, employer.branch.name, row.reference, row.headcount]
        yield [*head, *amounts, row.get_status_display(), row.submitted_on, row.allocated_on, row.voucher_id]
