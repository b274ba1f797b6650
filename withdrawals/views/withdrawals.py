"""Counter pages that show withdrawals 柜台提取查询: the list and its Excel file, one of them, an account's."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from access import doors
from access.states import Perm
from accounts.queries import member_accounts_seen_by, search
from accounts.states import MEMBER_ACCOUNT_ENDS
from approvals.deciding import PlainForm
from approvals.queries import signatures_on
from audit.actions import trail
from audit.queries import history_of
from hpf.errors import why_not
from hpf.pages import excel_response, page_of, refusals_shown_on
from withdrawals import queries, rules
from withdrawals.actions import applications, undoing
from withdrawals.filters import WithdrawalFilter
from withdrawals.forms.deciding import PersonForm
from withdrawals.models import Withdrawal
from withdrawals.states import CAME_BACK, LEFT, Category, WithdrawalStatus

HEADER = [
    *("提取编号", "姓名", "个人账号", "管理部", "提取类别", "办理渠道", "申请日期", "申请金额", "批准金额", "销户利息"),
    *("决定方式", "办理期限", "决定日期", "状态", "付款指令号", "付款状态", "退回日期"),
]
PRINTED = (*LEFT, *CAME_BACK, WithdrawalStatus.REFUSED)  # decided, so that there is a decision to print
MOVING = (WithdrawalStatus.SUBMITTED, WithdrawalStatus.APPROVED)  # the page looks again by itself
SHOWN_OF_ONE = 20


@doors.counter(Perm.VIEW_WITHDRAWALS)
def withdrawals(request: Any) -> HttpResponse:
    """The withdrawals of the office, the newest first. A person is asked for by POST: addresses are logged."""
    rows, sought = queries.withdrawals_seen_by(request.user), PersonForm(request.POST or None)
    if sought.is_valid():
        found = search(sought.cleaned_data["person"], request.user)
        rows = rows.filter(member_account__in=found.accounts)
    chosen = WithdrawalFilter(request.GET, queryset=rows)
    page = {"filter": chosen, "sought": sought, "page": page_of(request, chosen.found)}
    # Sums of everything since the first day say nothing; of what was narrowed down they do.
    page["totals"] = queries.totals_of(chosen.found) if chosen.form.has_changed() or sought.is_valid() else None
    return render(request, "withdrawals/withdrawals.html", page | {"may_export": request.user.has(Perm.EXPORT)})


@doors.counter(Perm.VIEW_WITHDRAWALS)
@doors.counter(Perm.EXPORT)
def withdrawals_export(request: Any):
    on, chosen = request.business_day, WithdrawalFilter(request.GET, queryset=_seen(request))
    trail.note("export", request.user, by=request.user, on=on, table="提取", rows=chosen.found.count())
    return excel_response(f"提取-{on:%Y%m%d}.xlsx", HEADER, _excel_rows(chosen.found))


@doors.counter(Perm.VIEW_MEMBER)
def member_withdrawals(request: Any, pk: int) -> HttpResponse:
    """The withdrawals of one account: a part of the member's page, fetched by it."""
    account = get_object_or_404(member_accounts_seen_by(request.user), pk=pk)
    rows = _seen(request).filter(member_account=account)
    page = {"account": account, "rows": rows[:SHOWN_OF_ONE], "count": rows.count(), "most": SHOWN_OF_ONE}
    page["may_apply"] = request.user.has(Perm.HANDLE_WITHDRAWALS) and account.status not in MEMBER_ACCOUNT_ENDS
    return render(request, "withdrawals/_member_withdrawals.html", page)


@doors.counter(Perm.VIEW_WITHDRAWALS)
def withdrawal(request: Any, pk: int) -> HttpResponse:
    """A withdrawal, where it stands and what became of its money; its maker may take it back while it waits."""
    row = get_object_or_404(_seen(request).select_related("payment__account__bank"), pk=pk)
    form = PlainForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_shown_on(form):
            applications.take_back(row, by=request.user, on=request.business_day)
            messages.success(request, "申请已撤回，占用的金额和额度已释放")
            return redirect("withdrawals:withdrawal", pk)
    page = {"withdrawal": row, "form": form, "told": rules.shown(queries.particulars_of(row))}
    page |= {"deeds": _deeds(row, request), "undoings": row.undoings.select_related("case__maker").order_by("-pk")}
    page |= {"history": history_of(row), "uses": row.uses.order_by("slot", "pk"), "moving": row.status in MOVING}
    page |= {"labels": dict(WithdrawalStatus.choices), "proofs": queries.proofs_of(row)}
    page |= {"returned_to": queries.account_returned_to(row), "stranded": queries.stranded().filter(pk=row.pk).exists()}
    return render(request, "withdrawals/withdrawal.html", page | _story(row, request))


def _seen(request: Any) -> QuerySet[Withdrawal]:
    return queries.withdrawals_seen_by(request.user)


def _story(row: Withdrawal, request: Any) -> dict[str, Any]:
    """What a case about it says, and every factor: as it stands now where it still waits, else as it was decided."""
    waits = row.case is not None and row.case.is_open
    quote = applications.requote(row, on=request.business_day) if waits else queries.quote_of(row)
    entered = row.case.facts if row.case else {}
    return {
        "printed": row.status in PRINTED,
        "signed": signatures_on(row.case) if row.case else [],
        "facts": rules.without_factors(queries.facts_of(row, quote)),
        "entered": rules.without_factors(entered),
        "groups": rules.grouped(quote.factors, entered if waits else None),
    }


def _deeds(row: Withdrawal, request: Any) -> list[tuple[str, str, list[str]]]:
    """What may be done with a withdrawal that is approved and not paid, and why not."""
    if not request.user.has(Perm.HANDLE_WITHDRAWALS) or row.status != WithdrawalStatus.APPROVED:
        return []
    refused = why_not(undoing.refuse_to_propose, row)
    return [("撤销提取", reverse("withdrawals:undoing_propose", args=[row.pk]), [refused] if refused else [])]


def _excel_rows(found: QuerySet[Withdrawal]) -> Iterator[list[object]]:
    for row in found.iterator():
        who = [row.number, row.member.name, row.member_account.number, row.branch.name]
        what = [Category(row.category).label, row.get_channel_display(), row.applied_on, row.asked]
        given = [row.granted, row.interest if row.granted is not None else None, row.get_decided_by_display()]
        paid = [row.payment.reference, row.payment.get_status_display()] if row.payment else ["", ""]
        until = [row.due_on, row.decided_on, row.get_status_display()]
        yield [*who, *what, *given, *until, *paid, row.came_back_on]
