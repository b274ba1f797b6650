"""Refunds at the counter 退款页面: asked for at a receipt or an employer, signed, and followed until they are paid."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from access import doors
from access.states import Perm
from accounts.models import Employer
from accounts.queries import employers_seen_by
from approvals import deciding
from approvals.deciding import DecideForm, PlainForm
from approvals.queries import signatures_on
from audit.actions import trail
from audit.queries import history_of
from banking.models import Receipt
from banking.queries import receipts_seen_by
from deposits import queries
from deposits.actions import refunds as refunding
from deposits.filters import RefundFilter
from deposits.forms.lists import CONFIRMED
from deposits.forms.refunds import RefundClearForm, RefundForm
from deposits.models import Refund
from deposits.queries.refunds import DECIDED_AT
from deposits.states import RefundStatus
from hpf.errors import why_not
from hpf.pages import excel_response, page_of, refusals_shown_on
from hpf.privacy import masked_card

HEADER = [
    *[
        "退款编号",
        "状态",
        "金额(元)",
        "款项来源",
        "单位账号",
        "单位名称",
        "管理部",
        "银行流水号",
        "到账日期",
        "退回户名",
    ],
    *[
        "退回账号",
        "退回银行",
        "退款原因",
        "经办人",
        "申请日期",
        "决定日期",
        "付款指令号",
        "凭证号",
        "转回日期",
        "核实日期",
    ],
]
SHARES_SHOWN = 10


@doors.counter(Perm.VIEW_RECEIPTS)
def refunds(request: Any) -> HttpResponse:
    chosen = RefundFilter(request.GET, queryset=queries.refunds_seen_by(request.user))
    page = {
        "filter": chosen,
        "page": page_of(request, chosen.found),
        "totals": chosen.totals,
        "to_clear": queries.refunds_to_clear(request.user),
        "may_export": request.user.has(Perm.EXPORT),
    }
    return render(request, "deposits/refunds.html", page)


@doors.counter(Perm.VIEW_RECEIPTS)
@doors.counter(Perm.EXPORT)
def refunds_export(request: Any) -> Any:
    found = RefundFilter(request.GET, queryset=queries.refunds_seen_by(request.user)).found
    user, on = request.user, request.business_day
    trail.note("export", user, by=user, on=on, table="退款", rows=found.count())
    return excel_response(f"退款-{on:%Y%m%d}.xlsx", HEADER, _rows(found))


@doors.counter(Perm.REQUEST_REFUND)
def refund_propose(request: Any, pk: int) -> HttpResponse:
    """Refund what nobody has claimed of a receipt."""
    return _propose(request, get_object_or_404(receipts_seen_by(request.user), pk=pk), None)


@doors.counter(Perm.REQUEST_REFUND)
def refund_propose_share(request: Any, pk: int, employer: int) -> HttpResponse:
    """Refund what an employer was given of a receipt and has unallocated."""
    whose = get_object_or_404(employers_seen_by(request.user), pk=employer)
    seen = receipts_seen_by(request.user).filter(identification__employer=whose)
    return _propose(request, get_object_or_404(seen, pk=pk), whose)


@doors.counter(Perm.VIEW_RECEIPTS)
def refund(request: Any, pk: int) -> HttpResponse:
    """A refund and what became of it; its maker may take it back while it waits."""
    row = get_object_or_404(queries.refunds_seen_by(request.user), pk=pk)
    form = PlainForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_shown_on(form):
            refunding.take_back(row, by=request.user, on=request.business_day)
            messages.success(request, "退款申请已撤回，款项不再占用")
            return redirect("deposits:refund", pk)
    page = {"refund": row, "form": form, "facts": queries.facts_of_refund(row), "signed": signatures_on(row.case)}
    page["history"] = history_of(row)
    page["labels"] = dict(RefundStatus.choices)
    page["may_clear"] = _waits_for_word(row) and request.user.has(Perm.REQUEST_REFUND)
    page["may_view_payment"] = request.user.has(Perm.VIEW_PAYMENTS)
    page["may_view_voucher"] = request.user.has(Perm.VIEW_VOUCHERS)
    return render(request, "deposits/refund.html", page)


@doors.counter(Perm.VIEW_INBOX)
def refund_decide(request: Any, pk: int) -> HttpResponse:
    """The refund against what is true now; grant or send back. The route says whose turn it is."""
    row = get_object_or_404(queries.refunds_seen_by(request.user), pk=pk)
    form = DecideForm(request.POST or None, case=row.case)
    if left := deciding.done(request, row.case, form, partial(refunding.decide, row)):
        return left
    page = deciding.shown(request, row.case, form, queries.facts_of_refund(row))
    return render(request, "deposits/refund_decide.html", page | {"refund": row})


@doors.counter(Perm.VIEW_INBOX)
def refund_decide_batch(request: Any) -> HttpResponse:
    """Refunds ticked in the inbox, granted together."""
    seen, template = queries.refunds_seen_by(request.user), "deposits/refund_decide_batch.html"
    return deciding.together(request, DECIDED_AT, template, seen, queries.facts_of_refund, refunding.decide)


@doors.counter(Perm.REQUEST_REFUND)
def refund_clear(request: Any, pk: int) -> HttpResponse:
    """Say what was found out about a refund that was not paid."""
    row = get_object_or_404(queries.refunds_seen_by(request.user), pk=pk)
    if not _waits_for_word(row):
        return redirect("deposits:refund", pk)
    form = RefundClearForm(request.POST or None)
    if form.is_valid():
        with refusals_shown_on(form):
            refunding.clear(row, form.cleaned_data["word"], by=request.user, on=request.business_day)
            messages.success(request, "核实说明已保存")
            return redirect("deposits:refund", pk)
    return render(request, "deposits/refund_clear.html", {"refund": row, "form": form})


@doors.counter(Perm.VIEW_RECEIPTS)
def receipt_refunds(request: Any, pk: int) -> HttpResponse:
    """The refunds of a receipt, and a way to ask for one: a part of the receipt's pages, fetched by them."""
    receipt = get_object_or_404(receipts_seen_by(request.user), pk=pk)
    seen = queries.refunds_seen_by(request.user).filter(receipt=receipt)
    page = {"refunds": seen, "receipt": receipt, "why_not": why_not(refunding.refuse_to_refund, receipt, None)}
    page["may_ask"] = request.user.has(Perm.REQUEST_REFUND)
    return render(request, "deposits/_receipt_refunds.html", page)


@doors.counter(Perm.VIEW_RECEIPTS)
def employer_refunds(request: Any, pk: int) -> HttpResponse:
    """The refunds of an employer, and its receipts of which it may have one: a part of its page, fetched by it."""
    employer = get_object_or_404(employers_seen_by(request.user), pk=pk)
    page = {"employer": employer, "refunds": queries.refunds_to(employer)[:SHARES_SHOWN]}
    page["shares"] = queries.shares_with_rest(employer, SHARES_SHOWN)
    page["may_ask"] = request.user.has(Perm.REQUEST_REFUND)
    return render(request, "deposits/_employer_refunds.html", page)


def _propose(request: Any, receipt: Receipt, employer: Employer | None) -> HttpResponse:
    """How much and why, looked at once more, handed in for others to sign."""
    most = queries.refundable(receipt, employer)
    form = RefundForm(request.POST or None, initial={"amount": most})
    if form.is_valid() and CONFIRMED in request.POST:
        with refusals_shown_on(form):
            row = refunding.propose(form.wanted(receipt, employer), by=request.user, on=request.business_day)
            messages.success(request, "退款已提交复核，款项已占用；可以在本页上传付款人来函等要件")
            return redirect("deposits:refund", row.pk)
    page = {"receipt": receipt, "employer": employer, "form": form, "most": most, "checking": form.is_valid()}
    page["refused"] = why_not(refunding.refuse_to_refund, receipt, employer)
    return render(request, "deposits/refund_propose.html", page)


def _waits_for_word(row: Refund) -> bool:
    return row.status == RefundStatus.RETURNED and row.cleared_on is None


def _rows(found: QuerySet[Refund]) -> Iterator[list[object]]:
    for row in found.iterator():
        receipt, employer = row.receipt, row.employer
        whose = [employer.number, employer.name] if employer else ["", ""]
        came = [row.branch.name, receipt.serial, receipt.paid_on, receipt.payer_name]
        payee = [masked_card(receipt.payer_account), receipt.payer_bank, row.reason]
        made = [row.proposed_by.name, row.proposed_on, row.decided_on]
        paid = [row.payment.reference if row.payment else "", row.voucher, row.came_back_on, row.cleared_on]
        yield [row.number, row.get_status_display(), row.amount, row.origin.label, *whose, *came, *payee, *made, *paid]
