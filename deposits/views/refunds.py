"""Refunds at the counter 退款页面: asked for at a receipt or an employer, signed, and followed until they are paid."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from access import doors
from access.states import Perm
from accounts.models import Employer
from accounts.queries import employers_seen_by
from approvals.actions.batches import MOST_SIGNED, sign_each
from approvals.actions.signatures import Decision
from approvals.queries import inbox_seen_by, outcome_of, overtaken
from approvals.rules import digest_of
from approvals.states import Verdict
from audit.actions import trail
from audit.queries import history_of
from banking.models import Receipt
from banking.queries import receipts_seen_by
from deposits import queries
from deposits.actions import refunds as refunding
from deposits.filters import RefundFilter
from deposits.forms.lists import CONFIRMED
from deposits.forms.refunds import (
    RefundBatchForm,
    RefundClearForm,
    RefundDecideForm,
    RefundForm,
    RefundWithdrawForm,
)
from deposits.models import Refund
from deposits.queries.refunds import DECIDED_AT
from deposits.states import RefundStatus
from hpf.errors import Refusal
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
    form = RefundWithdrawForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_shown_on(form):
            refunding.take_back(row, by=request.user, on=request.business_day)
            messages.success(request, "退款申请已撤回，款项不再占用")
            return redirect("deposits:refund", pk)
    page = {"refund": row, "form": form, "facts": queries.facts_of_refund(row), "signed": _signed(row)}
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
    if not queries.waits_for(row.case, request.user, on=request.business_day):
        messages.info(request, outcome_of(row.case) or "这笔退款现在不由您复核")
        return redirect("deposits:refund", pk)
    form = RefundDecideForm(request.POST or None)
    if form.is_valid():
        with refusals_shown_on(form):
            refunding.decide(row, form.decision, by=request.user, on=request.business_day)
            messages.success(request, "复核结论已保存")
            return redirect("deposits:refund", pk)
    facts = queries.facts_of_refund(row)
    page = {"refund": row, "form": form, "facts": facts, "digest": digest_of(facts), "signed": _signed(row)}
    return render(request, "deposits/refund_decide.html", page)


@doors.counter(Perm.VIEW_INBOX)
def refund_decide_batch(request: Any) -> HttpResponse:
    """Refunds ticked in the inbox, granted together, each in a transaction of its own; what failed stays listed."""
    asked = [int(number) for number in request.GET.getlist("case") if number.isdecimal()][:MOST_SIGNED]
    cases = inbox_seen_by(request.user, on=request.business_day).filter(kind=DECIDED_AT, pk__in=asked)
    rows = list(queries.refunds_seen_by(request.user).filter(case__in=cases).order_by("pk"))
    form = RefundBatchForm(request.POST if request.method == "POST" else None, rows=rows, asked=asked)
    if form.is_valid():
        signed = sign_each(form.rows, lambda row: _grant(request, row, form.seen(row)))
        for row, why in signed.refused:
            messages.error(request, f"{row.case}：{why}")
        missed = len(signed.refused) + form.gone
        messages.info(request, f"已同意 {len(signed.done)} 笔，未办理 {missed} 笔")
        return redirect(request.get_full_path() if missed else "approvals:inbox")
    facts = [(row.case, queries.facts_of_refund(row)) for row in rows]
    lines = [(case, told, digest_of(told)) for case, told in facts]
    page = {"form": form, "lines": lines, "gone": overtaken(request.user, DECIDED_AT, asked)}
    return render(request, "deposits/refund_decide_batch.html", page)


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
    page = {"refunds": seen, "receipt": receipt, "why_not": _why_not(receipt, None)}
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
    return render(request, "deposits/refund_propose.html", page | {"refused": _why_not(receipt, employer)})


def _grant(request: Any, row: Refund, seen: str) -> None:
    refunding.decide(row, Decision(Verdict.GRANT, seen), by=request.user, on=request.business_day)


def _waits_for_word(row: Refund) -> bool:
    return row.status == RefundStatus.RETURNED and row.cleared_on is None


def _signed(row: Refund) -> Any:
    return row.case.signatures.select_related("signer", "for_user").order_by("pk")


def _why_not(receipt: Receipt, employer: Employer | None) -> str:
    """The sentence of a refusal; empty where there is none."""
    try:
        refunding.refuse_to_refund(receipt, employer)
    except Refusal as refusal:
        return refusal.sentence
    return ""


def _rows(found: QuerySet[Refund]) -> Iterator[list[object]]:
    for row in found.iterator():
        receipt, employer = row.receipt, row.employer
        whose = [employer.number, employer.name] if employer else ["", ""]
        came = [row.branch.name, receipt.serial, receipt.paid_on, receipt.payer_name]
        payee = [masked_card(receipt.payer_account), receipt.payer_bank, row.reason]
        made = [row.proposed_by.name, row.proposed_on, row.decided_on]
        paid = [row.payment.reference if row.payment else "", row.voucher, row.came_back_on, row.cleared_on]
        yield [row.number, row.get_status_display(), row.amount, row.origin.label, *whose, *came, *payee, *made, *paid]
