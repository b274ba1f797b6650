"""Counter pages of freezes 柜台冻结页面: asked for, signed, renewed, lifted; the list of them and its Excel file."""

from collections.abc import Iterator
from datetime import date
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from access import doors
from access.states import Perm
from accounts import queries
from accounts.actions import freezing
from accounts.filters import FreezeFilter
from accounts.forms.freezes import FreezeForm, LiftForm, RenewForm
from accounts.models import Freeze
from accounts.queries import freeze_terms
from accounts.queries import freezes as frozen
from accounts.states import FreezeAct
from approvals import deciding
from approvals.deciding import DecideForm, PlainForm
from approvals.queries import signatures_on
from audit.actions import trail
from hpf.errors import why_not
from hpf.pages import excel_response, page_of, refusals_shown_on
from ledger import queries as books

CONFIRMED = "confirmed"  # the answers were looked at once more
HEADER = [
    *("个人账号", "姓名", "单位", "管理部", "冻结事由", "执行机关", "法律文书编号"),
    *("冻结金额", "实际冻结", "起始日期", "截止日期", "剩余天数", "状态", "解冻日期", "待复核申请"),
]


@doors.counter(Perm.VIEW_MEMBER)
def freezes(request: Any) -> HttpResponse:
    """The freezes of the office: all of them, those that end soon, or those that have ended of themselves lately."""
    chosen, notice = _chosen(request), freeze_terms.notice_on(request.business_day)
    page = {"filter": chosen, "page": page_of(request, chosen.found), "may_export": request.user.has(Perm.EXPORT)}
    rows = list(page["page"])
    page |= {"covered": frozen.covered_by_each(rows), "changes": freeze_terms.open_changes_of(rows), "notice": notice}
    page["left"] = {row.pk: freeze_terms.left_of(row, notice, on=request.business_day) for row in rows}
    page |= {"due": chosen.due_asked, "may_freeze": request.user.has(Perm.FREEZE_ACCOUNTS)}
    return render(request, "accounts/freezes.html", page)


@doors.counter(Perm.VIEW_MEMBER)
@doors.counter(Perm.EXPORT)
def freezes_export(request: Any):
    on, chosen = request.business_day, _chosen(request)
    trail.note("export", request.user, by=request.user, on=on, table="冻结账户", rows=chosen.found.count())
    return excel_response(f"冻结账户-{on:%Y%m%d}.xlsx", HEADER, _excel_rows(chosen, on))


@doors.counter(Perm.FREEZE_ACCOUNTS)
def member_freeze(request: Any, pk: int) -> HttpResponse:
    """Enter what the paper says, look at it once more, hand it in for a second person."""
    seen = queries.member_accounts_seen_by(request.user).select_related("member", "employer", "ledger_account")
    account, on = get_object_or_404(seen, pk=pk), request.business_day
    form = FreezeForm(request.POST or None, initial={"begins_on": on})
    if form.is_valid() and CONFIRMED in request.POST:
        with refusals_shown_on(form):
            row = freezing.propose(account, form.order, by=request.user, on=on)
            messages.success(request, "已提交复核，复核同意后立即冻结")
            return redirect("accounts:freeze", row.pk)
    page = {"account": account, "form": form, "refused": why_not(freezing.refuse_to_freeze, account)}
    page |= {"queue": frozen.queue_of(account), "checking": form.is_bound and form.is_valid()}
    # Asked, not read off the account's row: what came after a freeze is kept by it, and the row does not say so yet.
    page["free"] = books.available(account.ledger_account_id)
    return render(request, "accounts/member_freeze.html", page)


@doors.counter(Perm.VIEW_MEMBER)
def freeze(request: Any, pk: int) -> HttpResponse:
    """A freeze and what became of it; its maker may take it back while it waits."""
    row = _freeze(request, pk)
    form = PlainForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_shown_on(form):
            freezing.withdraw(row, by=request.user, on=request.business_day)
            messages.success(request, "冻结申请已撤回")
            return redirect("accounts:freeze", pk)
    page = {"freeze": row, "form": form, "facts": frozen.facts_of(row), "signed": signatures_on(row.case)}
    page |= {"covered": frozen.covered_by(row), "deeds": _deeds(row, request), "lapsed": freeze_terms.has_lapsed(row)}
    page["left"] = freeze_terms.left_of(row, freeze_terms.notice_on(request.business_day), on=request.business_day)
    page["changes"] = row.changes.select_related("case__maker").order_by("-pk")
    return render(request, "accounts/freeze.html", page)


@doors.counter(Perm.APPROVE_FREEZE)
def freeze_decide(request: Any, pk: int) -> HttpResponse:
    """The order against what is true now; grant or send back."""
    row = _freeze(request, pk)
    form = DecideForm(request.POST or None, case=row.case)
    if left := deciding.done(request, row.case, form, partial(freezing.decide, row)):
        return left
    page = deciding.shown(request, row.case, form, frozen.facts_of(row))
    return render(request, "accounts/freeze_decide.html", page | {"freeze": row})


@doors.counter(Perm.FREEZE_ACCOUNTS)
def freeze_renew(request: Any, pk: int) -> HttpResponse:
    """Ask for a later last day."""
    row = _freeze(request, pk)
    usual = {"authority": row.authority, "reason": "继续冻结"}  # nearly always the same court asks for the same
    return _asked(request, row, FreezeAct.RENEW, RenewForm(request.POST or None, initial=usual))


@doors.counter(Perm.FREEZE_ACCOUNTS)
def freeze_lift(request: Any, pk: int) -> HttpResponse:
    """Ask for its end."""
    row = _freeze(request, pk)
    return _asked(request, row, FreezeAct.LIFT, LiftForm(request.POST or None, initial={"authority": row.authority}))


def _asked(request: Any, row: Freeze, act: FreezeAct, form: LiftForm | RenewForm) -> HttpResponse:
    on = request.business_day
    if form.is_valid() and CONFIRMED in request.POST:
        with refusals_shown_on(form):
            change = freezing.propose_change(row, form.paper, by=request.user, on=on)
            messages.success(request, f"{act.label}已提交复核，复核同意后生效")
            return redirect("accounts:freeze_change", change.pk)
    page = {"freeze": row, "form": form, "act": act, "covered": frozen.covered_by(row)}
    page["refused"] = why_not(freezing.refuse_to_change, row, act, on=on)
    return render(request, "accounts/freeze_ask.html", page | {"checking": form.is_bound and form.is_valid()})


@doors.counter(Perm.VIEW_MEMBER)
def freeze_change(request: Any, pk: int) -> HttpResponse:
    """A renewal or a lifting and what became of it; its maker may take it back while it waits."""
    row = get_object_or_404(frozen.changes_seen_by(request.user), pk=pk)
    form = PlainForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_shown_on(form):
            freezing.withdraw_change(row, by=request.user, on=request.business_day)
            messages.success(request, "申请已撤回")
            return redirect("accounts:freeze_change", pk)
    page = {"change": row, "form": form, "facts": frozen.facts_of_change(row)}
    return render(request, "accounts/freeze_change.html", page | {"signed": signatures_on(row.case)})


@doors.counter(Perm.APPROVE_FREEZE)
def freeze_change_decide(request: Any, pk: int) -> HttpResponse:
    """The paper against the freeze as it stands; grant or send back."""
    row = get_object_or_404(frozen.changes_seen_by(request.user), pk=pk)
    form = DecideForm(request.POST or None, case=row.case)
    if left := deciding.done(request, row.case, form, partial(freezing.decide_change, row)):
        return left
    page = deciding.shown(request, row.case, form, frozen.facts_of_change(row))
    return render(request, "accounts/freeze_change_decide.html", page | {"change": row})


def _freeze(request: Any, pk: int) -> Freeze:
    return get_object_or_404(frozen.freezes_seen_by(request.user), pk=pk)


def _deeds(row: Freeze, request: Any) -> list[tuple[str, str, list[str]]]:
    """What this person may ask for: its words, its address, and why it cannot be asked for now."""
    if not request.user.has(Perm.FREEZE_ACCOUNTS):
        return []
    asked = ((FreezeAct.RENEW, "freeze_renew"), (FreezeAct.LIFT, "freeze_lift"))
    return [(act.label, reverse(f"accounts:{name}", args=[row.pk]), _not_now(row, act, request)) for act, name in asked]


def _not_now(row: Freeze, act: FreezeAct, request: Any) -> list[str]:
    why = why_not(freezing.refuse_to_change, row, act, on=request.business_day)
    return [why] if why else []


def _chosen(request: Any) -> FreezeFilter:
    return FreezeFilter(request.GET, queryset=frozen.freezes_seen_by(request.user), request=request)


def _excel_rows(chosen: FreezeFilter, on: date) -> Iterator[list[object]]:
    row: Freeze
    covered, notice = frozen.covered_by_each(chosen.found), freeze_terms.notice_on(on)
    changes = freeze_terms.open_changes_of(chosen.found)
    for row in chosen.found.iterator():
        left, change = freeze_terms.left_of(row, notice, on=on), changes.get(row.pk)
        account = row.member_account
        whose = [account.number, account.member.name, account.employer.name, account.employer.branch.name]
        amount = row.amount if row.amount is not None else frozen.EVERYTHING
        paper = [row.get_ground_display(), row.authority, row.document, amount, covered.get(row.pk)]
        term = [row.begins_on, row.until, left.days if left else None]
        asked = change.get_act_display() if change else None
        yield [*whose, *paper, *term, row.get_status_display(), row.ended_on, asked]
