"""Counter pages of bans 柜台违规限制页面: entered, signed, lifted early; the list of them and its Excel file."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from access import doors
from access.states import Perm
from accounts import queries
from accounts.actions import bans as banning
from accounts.filters import BanFilter
from accounts.forms.bans import BanForm, BanLiftForm
from accounts.models import Ban
from accounts.queries import bans as barred
from accounts.queries.member_changes import account_of
from approvals import deciding
from approvals.deciding import DecideForm, PlainForm
from approvals.queries import signatures_on
from audit.actions import trail
from hpf.errors import why_not
from hpf.pages import excel_response, page_of, refusals_shown_on

CONFIRMED = "confirmed"  # the answers were looked at once more
HEADER = [
    *("处理决定书编号", "姓名", "违规类型", "决定日期", "限制起始日期", "限制提取至", "限制贷款至"),
    *("违规金额", "已退回金额", "状态", "解除日期"),
]


@doors.counter(Perm.VIEW_MEMBER)
def bans(request: Any) -> HttpResponse:
    """The bans of the office, the newest first."""
    chosen = BanFilter(request.GET, queryset=barred.bans_seen_by(request.user))
    page = {"filter": chosen, "page": page_of(request, chosen.found), "may_export": request.user.has(Perm.EXPORT)}
    return render(request, "accounts/bans.html", page)


@doors.counter(Perm.VIEW_MEMBER)
@doors.counter(Perm.EXPORT)
def bans_export(request: Any):
    on, chosen = request.business_day, BanFilter(request.GET, queryset=barred.bans_seen_by(request.user))
    trail.note("export", request.user, by=request.user, on=on, table="违规限制", rows=chosen.found.count())
    return excel_response(f"违规限制-{on:%Y%m%d}.xlsx", HEADER, _excel_rows(chosen))


@doors.counter(Perm.RECORD_BAN)
def member_ban(request: Any, pk: int) -> HttpResponse:
    """Enter what the decision says, look at it once more, hand it in for a second person."""
    seen = queries.member_accounts_seen_by(request.user).select_related("member", "employer")
    account, on = get_object_or_404(seen, pk=pk), request.business_day
    form = BanForm(request.POST or None, initial={"decided_on": on, "begins_on": on})
    if form.is_valid() and CONFIRMED in request.POST:
        with refusals_shown_on(form):
            row = banning.propose(account.member, form.ruling, by=request.user, on=on)
            messages.success(request, "已提交复核，复核同意后生效")
            return redirect("accounts:ban", row.pk)
    page = {"account": account, "form": form, "checking": form.is_bound and form.is_valid()}
    return render(request, "accounts/member_ban.html", page)


@doors.counter(Perm.VIEW_MEMBER)
def ban(request: Any, pk: int) -> HttpResponse:
    """A ban and what became of it; its maker may take it back while it waits."""
    row = _ban(request, pk)
    form = PlainForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_shown_on(form):
            banning.withdraw(row, by=request.user, on=request.business_day)
            messages.success(request, "限制登记已撤回")
            return redirect("accounts:ban", pk)
    page = {"ban": row, "form": form, "facts": barred.facts_of(row), "signed": signatures_on(row.case)}
    page |= {"lifts": row.lifts.select_related("case__maker").order_by("-pk"), "account": account_of(row.member)}
    return render(request, "accounts/ban.html", page | {"refused": why_not(banning.refuse_to_lift, row)})


@doors.counter(Perm.APPROVE_BAN)
def ban_decide(request: Any, pk: int) -> HttpResponse:
    """The decision against what is true now; grant or send back."""
    row = _ban(request, pk)
    form = DecideForm(request.POST or None, case=row.case)
    if left := deciding.done(request, row.case, form, partial(banning.decide, row)):
        return left
    page = deciding.shown(request, row.case, form, barred.facts_of(row))
    return render(request, "accounts/ban_decide.html", page | {"ban": row, "account": account_of(row.member)})


@doors.counter(Perm.RECORD_BAN)
def ban_lift_propose(request: Any, pk: int) -> HttpResponse:
    """Ask for its end before the last day."""
    row = _ban(request, pk)
    form = BanLiftForm(request.POST or None)
    if form.is_valid():
        with refusals_shown_on(form):
            lift = banning.propose_lift(row, **form.cleaned_data, by=request.user, on=request.business_day)
            messages.success(request, "已提交复核，复核同意后解除")
            return redirect("accounts:ban_lift", lift.pk)
    page = {"ban": row, "form": form, "refused": why_not(banning.refuse_to_lift, row)}
    return render(request, "accounts/ban_lift_propose.html", page)


@doors.counter(Perm.VIEW_MEMBER)
def ban_lift(request: Any, pk: int) -> HttpResponse:
    """A lifting and what became of it; its maker may take it back while it waits."""
    row = get_object_or_404(barred.lifts_seen_by(request.user), pk=pk)
    form = PlainForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_shown_on(form):
            banning.withdraw_lift(row, by=request.user, on=request.business_day)
            messages.success(request, "申请已撤回")
            return redirect("accounts:ban_lift", pk)
    page = {"lift": row, "form": form, "facts": barred.facts_of_lift(row)}
    return render(request, "accounts/ban_lift.html", page | {"signed": signatures_on(row.case)})


@doors.counter(Perm.APPROVE_BAN)
def ban_lift_decide(request: Any, pk: int) -> HttpResponse:
    """The paper against the ban as it stands; grant or send back."""
    row = get_object_or_404(barred.lifts_seen_by(request.user), pk=pk)
    form = DecideForm(request.POST or None, case=row.case)
    if left := deciding.done(request, row.case, form, partial(banning.decide_lift, row)):
        return left
    page = deciding.shown(request, row.case, form, barred.facts_of_lift(row))
    return render(request, "accounts/ban_lift_decide.html", page | {"lift": row})


def _ban(request: Any, pk: int) -> Ban:
    return get_object_or_404(barred.bans_seen_by(request.user), pk=pk)


def _excel_rows(chosen: BanFilter) -> Iterator[list[object]]:
    row: Ban
    for row in chosen.found.iterator():
        what = [row.document, row.member.name, row.get_ground_display(), row.decided_on, row.begins_on]
        ends = [row.no_withdrawal_until, row.no_loan_until]
        yield [*what, *ends, row.amount, row.returned, row.get_status_display(), row.lifted_on]
