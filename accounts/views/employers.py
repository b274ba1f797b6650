"""Counter pages of employers 柜台单位页面: the list, one employer with its people, both as Excel."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from access import doors
from access.states import Perm
from accounts import queries
from accounts.actions import exports
from accounts.filters import EmployerFilter, MemberAccountFilter
from accounts.models import Employer, MemberAccount
from hpf.pages import excel_response, page_of
from hpf.privacy import masked_id, masked_mobile
from ledger import queries as books

EMPLOYER_HEADER = [
    "单位账号",
    "单位名称",
    "统一社会信用代码",
    "管理部",
    "状态",
    "单位比例(%)",
    "个人比例(%)",
    "缴至年月",
]
MEMBER_HEADER = ["个人账号", "姓名", "证件号码", "手机号码", "状态", "缴存基数", "单位比例(%)", "个人比例(%)", "余额"]


@doors.counter(Perm.VIEW_EMPLOYER)
def employers(request: Any) -> HttpResponse:
    chosen = EmployerFilter(request.GET, queryset=queries.employers_seen_by(request.user))
    page = {
        "filter": chosen,
        "page": page_of(request, chosen.found),
        "may_export": request.user.has(Perm.EXPORT),
    }
    return render(request, "accounts/employers.html", page)


@doors.counter(Perm.EXPORT)
def employers_export(request: Any):
    chosen = EmployerFilter(request.GET, queryset=queries.employers_seen_by(request.user))
    return excel_response(f"单位-{request.business_day:%Y%m%d}.xlsx", EMPLOYER_HEADER, _employer_rows(chosen))


@doors.counter(Perm.VIEW_EMPLOYER)
def employer(request: Any, pk: int) -> HttpResponse:
    seen = queries.employers_seen_by(request.user).select_related("branch")
    row = get_object_or_404(seen, pk=pk)
    chosen = MemberAccountFilter(request.GET, queryset=_members_of(row, request))
    page = {
        "employer": row,
        "unallocated": books.balance_of(row.unallocated_id),
        "paying_accounts": row.paying_accounts.order_by("pk"),
        "handlers": row.handlers.select_related("user").order_by("since", "pk"),
        "shows_members": request.user.has(Perm.VIEW_MEMBER),
        "filter": chosen,
        "page": page_of(request, chosen.found),
        "may_export": request.user.has(Perm.EXPORT),
    }
    return render(request, "accounts/employer.html", page)


@doors.counter(Perm.EXPORT)
def employer_export(request: Any, pk: int):
    row = get_object_or_404(queries.employers_seen_by(request.user), pk=pk)
    chosen = MemberAccountFilter(request.GET, queryset=_members_of(row, request))
    exports.note_members(row, chosen.found.count(), by=request.user, on=request.business_day)
    return excel_response(f"职工-{row.number}.xlsx", MEMBER_HEADER, _member_rows(chosen))


def _members_of(row: Employer, request: Any) -> Any:
    return queries.member_accounts_seen_by(request.user).filter(employer=row)


def _employer_rows(chosen: EmployerFilter) -> Iterator[list[object]]:
    row: Employer
    for row in chosen.found.iterator():
        state, ratios = row.get_status_display(), [row.employer_ratio, row.member_ratio]
        yield [row.number, row.name, row.credit_code, row.branch.name, state, *ratios, row.paid_to]


def _member_rows(chosen: MemberAccountFilter) -> Iterator[list[object]]:
    row: MemberAccount
    for row in chosen.found.iterator():
        who = [row.number, row.member.name, masked_id(row.member.id_number), masked_mobile(row.member.mobile)]
        paying = [row.base, row.employer_ratio, row.member_ratio]
        yield [*who, row.get_status_display(), *paying, row.ledger_account.balance]
