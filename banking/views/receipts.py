"""Receipts for reading 到账页面. What is done with them belongs to the business rooms."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from access import doors
from access.states import Perm
from audit.actions import trail
from audit.models import Record
from audit.queries import history_of
from banking import queries
from banking.filters import ReceiptFilter, RefusedNoticeFilter
from banking.models import Receipt, RefusedNotice
from hpf.pages import excel_response, page_of
from hpf.privacy import masked_card

EXCEL_HEADER = [
    *["到账日期", "银行", "收款专户", "银行流水号", "付款户名", "付款账号", "付款银行", "附言"],
    *["金额(元)", "待认领(元)", "状态", "入账日期", "凭证号"],
]
REFUSED_HEADER = ["首次收到", "银行", "银行流水号", "拒绝原因", "通知内容", "已入账金额(元)"]


@doors.counter(Perm.VIEW_RECEIPTS)
def receipts(request: Any) -> HttpResponse:
    chosen = ReceiptFilter(request.GET, queryset=queries.receipts_seen_by(request.user))
    page = {
        "filter": chosen,
        "page": page_of(request, chosen.found),
        "totals": queries.totals_of(chosen.found),
        "may_export": request.user.has(Perm.EXPORT),
    }
    return render(request, "banking/receipts.html", page)


@doors.counter(Perm.VIEW_RECEIPTS)
@doors.counter(Perm.EXPORT)
def receipts_export(request: Any) -> Any:
    chosen = ReceiptFilter(request.GET, queryset=queries.receipts_seen_by(request.user))
    trail.note(
        "export", request.user, by=request.user, on=request.business_day, table="到账", rows=chosen.found.count()
    )
    return excel_response(f"到账-{request.business_day:%Y%m%d}.xlsx", EXCEL_HEADER, _excel_rows(chosen.found))


@doors.counter(Perm.VIEW_RECEIPTS)
def receipt(request: Any, pk: int) -> HttpResponse:
    found = get_object_or_404(queries.receipts_seen_by(request.user), pk=pk)
    page = {
        "receipt": found,
        "claims": [_claim(record) for record in history_of(found).filter(act="claim_receipt")],
        "may_view_voucher": request.user.has(Perm.VIEW_VOUCHERS),
    }
    return render(request, "banking/receipt.html", page)


def _claim(record: Record) -> tuple[Record, Decimal, Decimal]:
    """A claim, with the amounts unclaimed before and after it: the trail keeps them as text."""
    return record, Decimal(record.before["unclaimed"]), Decimal(record.after["unclaimed"])


@doors.counter(Perm.VIEW_RECEIPTS)
def refused_notices(request: Any) -> HttpResponse:
    chosen = RefusedNoticeFilter(request.GET, queryset=queries.refused_notices_seen_by(request.user))
    page = {
        "filter": chosen,
        "page": page_of(request, chosen.found),
        "may_export": request.user.has(Perm.EXPORT),
    }
    return render(request, "banking/refused_notices.html", page)


@doors.counter(Perm.VIEW_RECEIPTS)
@doors.counter(Perm.EXPORT)
def refused_notices_export(request: Any) -> Any:
    found = RefusedNoticeFilter(request.GET, queryset=queries.refused_notices_seen_by(request.user)).found
    user, on = request.user, request.business_day
    trail.note("export", user, by=user, on=on, table="被拒的到账通知", rows=found.count())
    return excel_response(f"被拒的到账通知-{on:%Y%m%d}.xlsx", REFUSED_HEADER, _refused_rows(found))


def _excel_rows(found: QuerySet[Receipt]) -> Iterator[list[object]]:
    for row in found.iterator():
        payer = [row.payer_name, masked_card(row.payer_account), row.payer_bank, row.remark]
        booked = [row.claim_state.label, row.booked_on, row.voucher_id]
        yield [row.paid_on, row.bank.name, row.account.number, row.serial, *payer, row.amount, row.unclaimed, *booked]


def _refused_rows(found: QuerySet[RefusedNotice]) -> Iterator[list[object]]:
    for row in found.iterator():
        told = "；".join(f"{label}：{value}" for label, value in row.lines)
        booked = row.first_receipt.amount if row.first_receipt else None
        seen = timezone.localtime(row.seen_at).strftime("%Y-%m-%d %H:%M:%S")
        yield [seen, row.bank.name, row.serial, row.get_code_display(), told, booked]
