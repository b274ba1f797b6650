"""What banks said that cannot be 付款回报页面, and what their statements show instead 对账认定."""

from collections.abc import Iterator
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
from approvals.queries import signatures_on
from audit.actions import trail
from audit.queries import history_of
from banking import queries
from banking.actions import results, rulings
from banking.filters import ResultFilter
from banking.forms import ClearForm, RulingForm
from banking.models import PaymentResult
from banking.states import PaymentStatus, ResultStatus
from hpf.pages import excel_response, page_of, refusals_shown_on

HEADER = [
    *["收到时间", "银行", "付款指令号", "回报", "来源", "金额(元)", "付款账号", "付款日期", "银行流水号"],
    *["银行代码", "银行说明", "处理情况", "原因"],
]


@doors.counter(Perm.VIEW_PAYMENTS)
def payment_results(request: Any) -> HttpResponse:
    """What banks said; a first visit shows what waits for a person."""
    chosen = _chosen(request)
    page = {"filter": chosen, "page": page_of(request, chosen.found), "may_export": request.user.has(Perm.EXPORT)}
    return render(request, "banking/payment_results.html", page)


@doors.counter(Perm.VIEW_PAYMENTS)
@doors.counter(Perm.EXPORT)
def payment_results_export(request: Any) -> Any:
    found, user, on = _chosen(request).found, request.user, request.business_day
    trail.note("export", user, by=user, on=on, table="付款回报", rows=found.count())
    return excel_response(f"付款回报-{on:%Y%m%d}.xlsx", HEADER, _rows(found))


@doors.counter(Perm.VIEW_PAYMENTS)
def payment_result(request: Any, pk: int) -> HttpResponse:
    row = get_object_or_404(queries.results_seen_by(request.user), pk=pk)
    page = {"result": row, "history": history_of(row), "labels": dict(ResultStatus.choices)}
    page |= {"may_clear": request.user.has(Perm.HANDLE_PAYMENTS)}
    return render(request, "banking/payment_result.html", page)


@doors.counter(Perm.HANDLE_PAYMENTS)
def payment_result_clear(request: Any, pk: int) -> HttpResponse:
    row = get_object_or_404(queries.results_seen_by(request.user), pk=pk)
    if row.status != ResultStatus.REFUSED:
        messages.info(request, f"该回报{row.get_status_display()}，不需要再核实")
        return redirect("banking:payment_result", pk)
    form = ClearForm(request.POST or None)
    if form.is_valid():
        with refusals_shown_on(form):
            results.clear(row, word=form.cleaned_data["word"], by=request.user, on=request.business_day)
            messages.success(request, "核实说明已保存")
            return redirect("banking:payment_results")
    return render(request, "banking/payment_result_clear.html", {"result": row, "form": form})


@doors.counter(Perm.HANDLE_PAYMENTS)
def ruling_propose(request: Any, pk: int) -> HttpResponse:
    payment = get_object_or_404(queries.payments_seen_by(request.user), pk=pk)
    if payment.status != PaymentStatus.UNKNOWN:
        messages.info(request, f"付款指令当前为“{payment.get_status_display()}”，不需要认定")
        return redirect("banking:payment", pk)
    form = RulingForm(request.POST or None)
    if form.is_valid():
        with refusals_shown_on(form):
            ruling = rulings.propose(payment, form.evidence, by=request.user, on=request.business_day)
            messages.success(request, "已提交复核，复核同意后按认定结果处理")
            return redirect("banking:ruling", ruling.pk)
    return render(request, "banking/ruling_propose.html", {"payment": payment, "form": form})


@doors.counter(Perm.VIEW_PAYMENTS)
def ruling(request: Any, pk: int) -> HttpResponse:
    """A ruling and what became of it; its maker may take it back while it waits."""
    row = get_object_or_404(queries.rulings_seen_by(request.user), pk=pk)
    form = PlainForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_shown_on(form):
            rulings.withdraw(row, by=request.user, on=request.business_day)
            messages.success(request, "对账认定已撤回")
            return redirect("banking:ruling", pk)
    page = {"ruling": row, "form": form, "facts": queries.facts_of_ruling(row), "signed": signatures_on(row.case)}
    return render(request, "banking/ruling.html", page)


@doors.counter(Perm.APPROVE_PAYMENT)
def ruling_decide(request: Any, pk: int) -> HttpResponse:
    row = get_object_or_404(queries.rulings_seen_by(request.user), pk=pk)
    form = DecideForm(request.POST or None, case=row.case)
    decide = partial(rulings.decide, row, at=timezone.now(), today=timezone.localdate())
    if left := deciding.done(request, row.case, form, decide):
        return left
    page = deciding.shown(request, row.case, form, queries.facts_of_ruling(row))
    return render(request, "banking/ruling_decide.html", page | {"ruling": row})


def _chosen(request: Any) -> ResultFilter:
    asked = request.GET.copy()
    asked.setdefault("status", ResultStatus.REFUSED)
    return ResultFilter(asked, queryset=queries.results_seen_by(request.user))


def _rows(found: QuerySet[PaymentResult]) -> Iterator[list[object]]:
    for row in found.iterator():
        said = [row.get_outcome_display(), row.get_origin_display(), row.amount, row.account, row.paid_on]
        words = [row.bank_serial, row.code, row.text, row.get_status_display(), row.get_refusal_display()]
        received = f"{timezone.localtime(row.received_at):%Y-%m-%d %H:%M:%S}"
        yield [received, row.bank.name, row.named, *said, *words]
