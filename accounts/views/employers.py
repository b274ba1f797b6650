"""Counter pages of employers 柜台单位页面: the list, one employer with its people, both as Excel."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from access import doors
from access.states import Perm
from accounts import queries
from accounts.actions import employer_ends, exports, joining
from accounts.filters import EmployerFilter, MemberAccountFilter
from accounts.forms.members import MemberSearchForm
from accounts.models import Employer, MemberAccount
from accounts.queries import history
from accounts.queries.freezes import frozen_at
from accounts.states import EmployerStatus
from audit.actions import trail
from audit.queries import history_of
from hpf.pages import excel_response, page_of
from hpf.privacy import masked_id, masked_mobile

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
TABS = {"members": "职工", "handlers": "经办人", "accounts": "付款账户", "changes": "办理记录"}
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


@doors.counter(Perm.VIEW_EMPLOYER)
@doors.counter(Perm.EXPORT)
def employers_export(request: Any):
    chosen = EmployerFilter(request.GET, queryset=queries.employers_seen_by(request.user))
    trail.note(
        "export", request.user, by=request.user, on=request.business_day, table="单位", rows=chosen.found.count()
    )
    return excel_response(f"单位-{request.business_day:%Y%m%d}.xlsx", EMPLOYER_HEADER, _employer_rows(chosen))


@doors.counter(Perm.VIEW_EMPLOYER)
def employer(request: Any, pk: int) -> HttpResponse:
    """All about one employer 单位全景: where it stands, what can be done now and why not the rest, and its tabs."""
    row = get_object_or_404(queries.employers_seen_by(request.user).select_related("branch"), pk=pk)
    standing = queries.standing_of(row)
    tabs = [tab for tab in TABS if tab != "members" or request.user.has(Perm.VIEW_MEMBER)]
    tab = request.GET.get("tab") if request.GET.get("tab") in tabs else tabs[0]
    handlers = row.handlers.select_related("user").order_by("ended_on", "since", "pk")
    page = {
        "employer": row,
        "standing": standing,
        "frozen": frozen_at(row),
        "arrears": queries.arrears_of(row, on=request.business_day),
        "handlers": handlers,
        "acting": [one.user.name for one in handlers if not one.ended_on],
        "paying_accounts": row.paying_accounts.order_by("pk"),
        "deeds": _deeds(row, standing, request.user),
        "tabs": [(TABS[one], f"?tab={one}", one == tab) for one in tabs],
        "tab": tab,
        "may_export": request.user.has(Perm.EXPORT),
    }
    return render(request, "accounts/employer.html", page | _tab_of(row, tab, request))


@doors.counter(Perm.VIEW_EMPLOYER)
@doors.counter(Perm.VIEW_MEMBER)
@doors.counter(Perm.EXPORT)
def employer_export(request: Any, pk: int):
    row = get_object_or_404(queries.employers_seen_by(request.user), pk=pk)
    chosen = MemberAccountFilter(request.GET, queryset=_members_of(row, request))
    exports.note_members(row, chosen.found.count(), by=request.user, on=request.business_day)
    return excel_response(f"职工-{row.number}.xlsx", MEMBER_HEADER, _member_rows(chosen))


def _tab_of(row: Employer, tab: str | None, request: Any) -> dict[str, Any]:
    """What the chosen tab shows, a page of it."""
    if tab == "members":
        return _members_tab(row, request)
    if tab == "changes":
        page = page_of(request, history_of(row))
        return {"page": page, "told": [history.told(record) for record in page]}
    return {}


def _members_tab(row: Employer, request: Any) -> dict[str, Any]:
    """The people of an employer, a page of them, or those looked for: by POST, as names do not go into addresses."""
    chosen = MemberAccountFilter(request.GET, queryset=_members_of(row, request))
    form = MemberSearchForm(request.POST or None)
    found = queries.search_members(form.cleaned_data["q"], row, request.user) if form.is_valid() else None
    page = {"filter": chosen, "form": form, "found": found, "most": queries.MOST_FOUND}
    return page if found else page | {"page": page_of(request, chosen.found)}


def _deeds(row: Employer, standing: queries.Standing, user: Any) -> list[tuple[str, str, list[str]]]:
    """What this person may do with the employer: its words, its address, and why it cannot be done now."""
    ended = ["单位已销户"] if row.status == EmployerStatus.CLOSED else []
    asked = ["有一项变更或销户申请待复核"] if standing.waiting else []
    deeds = (
        (Perm.OPEN_MEMBERS, "职工开户", "member_open", lambda: [why] if (why := joining.why_not(row)) else []),
        (Perm.OPEN_MEMBERS, "批量开户", "members_open", lambda: [why] if (why := joining.why_not(row)) else []),
        (Perm.SEAL_ACCOUNTS, "批量封存职工", "members_seal", lambda: ended),
        (Perm.SEAL_ACCOUNTS, "批量启封职工", "members_unseal", lambda: ended),
        (Perm.CHANGE_PARTICULARS, "变更信息", "employer_amend", lambda: ended),
        (Perm.CHANGE_PARTICULARS, "变更关键信息", "employer_change_propose", lambda: ended or asked),
        (Perm.APPOINT_HANDLER, "指定经办人", "handler_appoint", lambda: ended),
        (Perm.END_EMPLOYER, "封存", "employer_seal", lambda: employer_ends.no_sealing(row, standing)),
        (Perm.END_EMPLOYER, "歇业封存", "employer_suspend", lambda: employer_ends.no_suspending(row, standing)),
        (Perm.END_EMPLOYER, "启封", "employer_unseal", lambda: employer_ends.no_unsealing(row, standing)),
        (Perm.END_EMPLOYER, "销户", "employer_close", lambda: employer_ends.no_closing(row, standing)),
    )
    return [
        (label, reverse(f"accounts:{name}", args=[row.pk]), refused())
        for perm, label, name, refused in deeds
        if user.has(perm)
    ]


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
