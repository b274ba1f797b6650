"""Payments for watching and signing 付款页面. Nothing here sends one again: a bank fetches, and answers."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from access import doors
from access.states import Perm
from approvals import deciding
from approvals.deciding import DecideForm, PlainForm
from approvals.queries import inbox_seen_by, signatures_on
from audit.actions import trail
from audit.queries import history_of
from banking import queries
from banking.actions import payments as paying
from banking.filters import PaymentFilter
from banking.models import Payment
from banking.states import PaymentStatus
from hpf.pages import excel_response, page_of, refusals_shown_on
from hpf.privacy import masked_card
from policy.queries import numbers_on
from policy.states import TermName

KIND = "banking:payment_decide"
HEADER = [
    *["付款指令号", "状态", "金额(元)", "收款户名", "收款账号", "收款银行", "附言", "付款银行", "付款专户", "网点"],
    *["制单日期", "经办人", "发送次数", "最近发送", "应答期限", "银行流水号", "付款记账日期", "失败代码"],
]


@doors.counter(Perm.VIEW_PAYMENTS)
def payments(request: Any) -> HttpResponse:
    seen = queries.payments_seen_by(request.user)
    chosen = PaymentFilter(request.GET, queryset=seen)
    [minutes] = numbers_on([TermName.PAYMENT_ANSWER_MINUTES], request.business_day)
    page = {
        "filter": chosen,
        "page": page_of(request, chosen.found),
        "counts": queries.counts_by_status(seen),
        "unfetched": queries.unfetched(seen, before=timezone.now() - timedelta(minutes=minutes)),
        "may_ask": request.user.has(Perm.HANDLE_PAYMENTS),
        "to_do": queries.results_to_clear(request.user),
        "to_sign": inbox_seen_by(request.user, on=request.business_day).filter(kind=KIND).count(),
        "may_export": request.user.has(Perm.EXPORT),
    }
    return render(request, "banking/payments.html", page)


@doors.counter(Perm.VIEW_PAYMENTS)
@doors.counter(Perm.EXPORT)
def payments_export(request: Any) -> Any:
    found = PaymentFilter(request.GET, queryset=queries.payments_seen_by(request.user)).found
    user, on = request.user, request.business_day
    trail.note("export", user, by=user, on=on, table="付款", rows=found.count())
    return excel_response(f"付款-{on:%Y%m%d}.xlsx", HEADER, _rows(found))


@doors.counter(Perm.VIEW_PAYMENTS)
def payment(request: Any, pk: int) -> HttpResponse:
    """One payment, what was said of it, and what was done."""
    row = get_object_or_404(queries.payments_seen_by(request.user), pk=pk)
    page = {
        "payment": row,
        "results": row.results.order_by("-pk"),
        "rulings": row.rulings.select_related("case").order_by("-pk"),
        "history": history_of(row),
        "labels": dict(PaymentStatus.choices),
        "told": queries.deliveries_of(row),
        "signed": signatures_on(row.case) if row.case else [],
        "may_rule": request.user.has(Perm.HANDLE_PAYMENTS) and row.status == PaymentStatus.UNKNOWN,
        "may_view_voucher": request.user.has(Perm.VIEW_VOUCHERS),
    }
    return render(request, "banking/payment.html", page)


@doors.counter(Perm.HANDLE_PAYMENTS)
def payment_ask(request: Any, pk: int) -> HttpResponse:
    """Ask the bank once more what became of a payment; nothing is sent again."""
    row = get_object_or_404(queries.payments_seen_by(request.user), pk=pk)
    form = PlainForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_shown_on(form):
            paying.ask_again(row, by=request.user, on=request.business_day)
            messages.success(request, "已再次通知银行查询，银行回报后本页更新")
            return redirect("banking:payment", pk)
    page = {"payment": row, "form": form, "told": queries.deliveries_of(row)}
    return render(request, "banking/payment_ask.html", page)


@doors.counter(Perm.APPROVE_PAYMENT)
def payment_decide(request: Any, pk: int) -> HttpResponse:
    row = get_object_or_404(queries.payments_seen_by(request.user).exclude(case=None), pk=pk)
    form = DecideForm(request.POST or None, case=row.case)
    if left := deciding.done(request, row.case, form, partial(paying.decide, row)):
        return left
    page = deciding.shown(request, row.case, form, queries.facts_of(row))
    page |= {"payment": row, "there": queries.spendable(row.account, on=request.business_day, but=row)}
    return render(request, "banking/payment_decide.html", page)


@doors.counter(Perm.APPROVE_PAYMENT)
def payment_decide_batch(request: Any) -> HttpResponse:
    """Payments ticked in the inbox, or all that wait for this person, granted together."""
    seen, template = queries.payments_seen_by(request.user), "banking/payment_decide_batch.html"
    return deciding.together(request, KIND, template, seen, queries.facts_of, paying.decide)


def _rows(found: QuerySet[Payment]) -> Iterator[list[object]]:
    for row in found.iterator():
        payee = [row.payee_name, masked_card(row.payee_account), row.payee_bank, row.remark]
        paid_from = [row.account.bank.name, row.account.number, row.branch.name]
        moments = [f"{timezone.localtime(at):%Y-%m-%d %H:%M}" if at else None for at in (row.sent_at, row.answer_by)]
        made = [row.created_on, row.created_by.name, str(row.sendings), *moments]
        ended = [row.bank_serial, row.succeeded_on, row.failure_code]
        yield [row.reference, row.get_status_display(), row.amount, *payee, *paid_from, *made, *ended]
