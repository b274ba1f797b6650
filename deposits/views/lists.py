"""Remittances at the counter 汇缴页面: the list, one month with its rows; and money whose owner a clerk finds out."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from access import doors
from access.states import Perm, Post
from accounts.models import Employer
from accounts.queries import employers_seen_by, member_accounts_seen_by, unallocated_of
from audit.actions import trail
from audit.queries import history_of
from banking.models import Receipt
from banking.queries import receipts_seen_by
from deposits import queries
from deposits.actions import back_payments, receipts
from deposits.actions import remittances as lists
from deposits.filters import RemittanceFilter, SuspenseFilter
from deposits.forms.lists import CONFIRMED, BackPaymentForm, IdentifyForm, WithdrawForm, chosen_kind
from deposits.models import Remittance
from deposits.queries import Waiting
from deposits.states import SuspenseAge
from hpf.pages import excel_response, page_of, refusals_shown_on
from hpf.privacy import masked_card

EXCEL_HEADER = [
    *["汇缴年月", "单位账号", "单位名称", "管理部", "缴款识别号", "人数", "单位缴存额(元)", "个人缴存额(元)"],
    *["合计(元)", "状态", "提交日期", "入账日期", "凭证号", "类型", "补缴原因"],
]
SUSPENSE_HEADER = [
    *["到账日期", "挂账天数", "银行", "银行流水号", "付款户名", "付款账号", "付款银行", "附言"],
    *["金额(元)", "待认领(元)", "疑似单位"],
]
RECENT = 10
AT_ONCE = 500


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
    before, kind = queries.base_of_comparison(found), chosen_kind(request)
    page = {
        "remittance": found,
        "before": before,
        "kind": kind,
        "differences": queries.differences(found, before),
        "page": page_of(request, queries.rows_of_kind(found, before, kind)) if shows_members else None,
        "waiting": queries.waiting_in(found),
        "withdrawn": queries.withdrawn_before(found.employer, found.month),
        "identifications": queries.identifications_of(found.employer)[:RECENT],
        "unallocated": unallocated_of(found.employer),
        "still_to_come": queries.still_to_come(found),
        "history": history_of(found),
        "posts": dict(Post.choices),
        "may_export": shows_members and request.user.has(Perm.EXPORT),
        "may_view_voucher": request.user.has(Perm.VIEW_VOUCHERS),
        "may_withdraw": request.user.has(Perm.WITHDRAW_REMITTANCE),
        "may_pay_back": request.user.has(Perm.SUBMIT_BACK_PAYMENT),
    }
    return render(request, "deposits/remittance.html", page)


@doors.counter(Perm.WITHDRAW_REMITTANCE)
def remittance_withdraw(request: Any, pk: int) -> HttpResponse:
    """Take back a list that waits for its money, after reading what stays as it is."""
    found = get_object_or_404(queries.remittances_seen_by(request.user), pk=pk)
    form = WithdrawForm(request.POST or None)
    if form.is_valid():
        with refusals_shown_on(form):
            lists.withdraw(found, why=form.cleaned_data["why"], by=request.user, on=request.business_day)
            messages.success(request, f"{found.month} 的清册已撤销，单位可以重新报送")
            return redirect("deposits:remittance", pk)
    changes = queries.differences(found, queries.base_of_comparison(found))
    return render(request, "deposits/remittance_withdraw.html", {"remittance": found, "form": form, "changes": changes})


@doors.counter(Perm.SUBMIT_BACK_PAYMENT)
def back_payment(request: Any, pk: int) -> HttpResponse:
    """Pay a month back for an employer's members: filled in, looked at once more, handed in."""
    employer = get_object_or_404(employers_seen_by(request.user), pk=pk)
    form = BackPaymentForm(employer, request)
    if form.is_valid() and CONFIRMED in request.POST:
        with refusals_shown_on(form):
            made = back_payments.submit(employer, form.wanted, by=request.user, on=request.business_day)
            return redirect("deposits:remittance", made.pk)
    page = {"employer": employer, "form": form, "checking": form.is_valid()}
    return render(request, "deposits/back_payment.html", page)


@doors.counter(Perm.VIEW_REMITTANCES)
@doors.counter(Perm.VIEW_MEMBER)
@doors.counter(Perm.EXPORT)
def remittance_export(request: Any, pk: int) -> Any:
    found = get_object_or_404(queries.remittances_seen_by(request.user), pk=pk)
    trail.note("export", found, by=request.user, on=request.business_day, table="汇缴明细", rows=found.headcount)
    rows = queries.rows_of_kind(found, queries.base_of_comparison(found), chosen_kind(request))
    name = f"{found.get_kind_display()}明细-{found.month}-{found.employer.number}.xlsx"
    return excel_response(name, queries.LINES_HEADER, queries.excel_lines(rows))


@doors.counter(Perm.VIEW_MEMBER)
def member_waiting(request: Any, pk: int) -> HttpResponse:
    """Which months wait for a back payment of one account: a part of the member's page, fetched by it."""
    account = get_object_or_404(member_accounts_seen_by(request.user).select_related("employer"), pk=pk)
    waiting = queries.waiting(account.employer, account)
    return _waiting(request, account.employer, waiting, may_hand_in=False)


@doors.counter(Perm.VIEW_MEMBER)
def employer_waiting(request: Any, pk: int) -> HttpResponse:
    """Who waits for a back payment at an employer: a part of the employer's page, fetched by it."""
    employer = get_object_or_404(employers_seen_by(request.user), pk=pk)
    return _waiting(request, employer, queries.waiting(employer), may_hand_in=request.user.has(Perm.HANDLE_SHEETS))


@doors.counter(Perm.VIEW_RECEIPTS)
def suspense(request: Any) -> HttpResponse:
    chosen = SuspenseFilter(request.GET, queryset=queries.suspense_seen_by(request.user), request=request)
    rows = page_of(request, chosen.found)
    page = {
        "filter": chosen,
        "page": rows,
        "hints": queries.hints_of(list(rows)),
        "totals": chosen.totals,
        "in_refund": queries.unclaimed_in_refund(),
        "ages": SuspenseAge,
        "may_export": request.user.has(Perm.EXPORT),
        "may_identify": request.user.has(Perm.IDENTIFY_RECEIPTS),
    }
    return render(request, "deposits/suspense.html", page)


@doors.counter(Perm.VIEW_RECEIPTS)
@doors.counter(Perm.EXPORT)
def suspense_export(request: Any) -> Any:
    seen = queries.suspense_seen_by(request.user)
    found = SuspenseFilter(request.GET, queryset=seen, request=request).found
    trail.note("export", request.user, by=request.user, on=request.business_day, table="待认领资金", rows=found.count())
    rows = _suspense_rows(found, on=request.business_day)
    return excel_response(f"待认领资金-{request.business_day:%Y%m%d}.xlsx", SUSPENSE_HEADER, rows)


@doors.counter(Perm.IDENTIFY_RECEIPTS)
def receipt_identify(request: Any, pk: int) -> HttpResponse:
    """Find the employers, write a line for each, look at it once more, give them the money; then what was given."""
    receipt = get_object_or_404(receipts_seen_by(request.user), pk=pk)
    form = IdentifyForm(receipt, request.POST)
    if form.is_valid() and CONFIRMED in request.POST:
        with refusals_shown_on(form):
            answer = {name: form.cleaned_data[name] for name in ("shares", "seen", "why")}
            given = receipts.identify_by_clerk(receipt, **answer, by=request.user, on=request.business_day)
            messages.success(request, f"已认领给 {len(given)} 个单位，共 {form.total:,} 元，已转入单位暂存款")
            return redirect("deposits:receipt_identify", pk)
        receipt.refresh_from_db(fields=["unclaimed"])
    page = {
        "receipt": receipt,
        "form": form,
        "checking": form.is_valid(),
        "hints": queries.hints_of([receipt])[receipt.pk],
        "given": queries.shares_of(receipt),
        "may_view_voucher": request.user.has(Perm.VIEW_VOUCHERS),
    }
    return render(request, "deposits/receipt_identify.html", page)


def _waiting(request: Any, employer: Employer, waiting: list[Waiting], *, may_hand_in: bool) -> HttpResponse:
    may = {"may_pay_back": request.user.has(Perm.SUBMIT_BACK_PAYMENT), "may_hand_in": may_hand_in}
    return render(request, "deposits/_waiting.html", {"employer": employer, "waiting": waiting} | may)


def _suspense_rows(found: QuerySet[Receipt], *, on: date) -> Iterator[list[object]]:
    for batch in Paginator(found, AT_ONCE):
        hints = queries.hints_of(list(batch))
        for row in batch:
            arrived = [row.paid_on, max(0, (on - row.paid_on).days), row.bank.name, row.serial]
            payer = [row.payer_name, masked_card(row.payer_account), row.payer_bank, row.remark]
            meant = "；".join(f"{employer}（{why}）" for employer, why in hints[row.pk].items())
            yield [*arrived, *payer, row.amount, row.unclaimed, meant]


def _excel_rows(found: QuerySet[Remittance]) -> Iterator[list[object]]:
    for row in found.iterator():
        employer, amounts = row.employer, [row.employer_part, row.member_part, row.total]
        head = [row.month, employer.number, employer.name, employer.branch.name, row.reference, row.headcount]
        kind = [row.get_kind_display(), row.get_reason_display()]
        yield [*head, *amounts, row.get_status_display(), row.submitted_on, row.allocated_on, row.voucher_id, *kind]
