"""Pages of the books 核算页面: vouchers, the trial balance with its entries, the business day and its night."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import Model, QuerySet, Sum
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from access import doors
from access.states import Perm
from audit.actions import trail
from hpf.money import ZERO
from hpf.pages import excel_response, page_of, query_with, refusals_shown_on
from hpf.printing import picking
from hpf.printing.shapes import Printout
from ledger import queries, rules
from ledger.actions import nights
from ledger.actions.nights import Pressed
from ledger.filters import VoucherFilter
from ledger.forms import ChartEntriesForm, ConfirmForm, DayForm, NightOrderForm, TrialBalanceForm
from ledger.models import BusinessDay, ChartAccount, Entry, Voucher
from ledger.states import DayStepName, Side

# What one file may hold: more than a person reads, and a few seconds of work.
EXPORT_ROWS = 50_000
DAYS_PER_PAGE = 31
VOUCHER_HEADER = ["凭证号", "记账日期", "类别", "业务来源", "摘要", "分录数", "金额", "经办", "制单时间"]
AMOUNTS = ["side", "amount", "balance"]
LINE_HEADER = ["行号", "科目编码", "科目名称", "网点", "分户账号", "分户账类别", "借方金额", "贷方金额", "余额"]
LINE_FIELDS = ["line", "chart_id", "chart__name", "branch__name", "account_id", "account__kind__name", *AMOUNTS]
TRIAL_HEADER = ["科目编码", "科目名称", "期初借方", "期初贷方", "本期借方", "本期贷方", "期末借方", "期末贷方"]
ENTRY_HEADER = ["记账日期", "凭证号", "类别", "摘要", "网点", "分户账号", "起息日期", "借方金额", "贷方金额", "余额"]
ENTRY_FIELDS = [
    *["booked_on", "voucher_id", "voucher__kind__name", "voucher__why", "branch__name", "account_id", "interest_on"],
    *AMOUNTS,
]

# What a person is told who asked for a night.
PRESSED = {
    Pressed.ORDERED: "已下达 {day} 日终指令，数秒内开始办理",
    Pressed.AT_WORK: "{day} 的日终已经下达或正在办理，本次未重复下达",
    Pressed.CLOSED: "{day} 已经结账，不需要再次办理",
}


@doors.counter(Perm.VIEW_VOUCHERS)
def vouchers(request: Any) -> HttpResponse:
    chosen = _chosen_vouchers(request)
    page = {
        "filter": chosen,
        "page": page_of(request, chosen.qs),
        "total": chosen.qs.aggregate(total=Sum("total", default=ZERO))["total"],
        "may_export": request.user.has(Perm.EXPORT),
    }
    return render(request, "ledger/vouchers.html", page)


@doors.counter(Perm.VIEW_VOUCHERS)
@doors.counter(Perm.EXPORT)
def vouchers_export(request: Any) -> Any:
    found = _chosen_vouchers(request).qs
    if found.count() > EXPORT_ROWS:
        return _too_many(request, reverse("ledger:vouchers"))
    trail.note("export", request.user, by=request.user, on=request.business_day, table="凭证", rows=found.count())
    rows = ([*_voucher_cells(voucher)] for voucher in found.iterator())
    return excel_response(f"凭证-{request.business_day:%Y%m%d}.xlsx", VOUCHER_HEADER, rows)


@doors.counter(Perm.VIEW_VOUCHERS)
def voucher(request: Any, pk: int) -> HttpResponse:
    shown = get_object_or_404(queries.vouchers_seen_by(request.user), pk=pk)
    page = {
        "voucher": shown,
        "page": page_of(request, queries.entries_of(shown)),
        "sums": queries.sums_of(shown),
        "capitals": rules.in_capitals(shown.total),
        "source_address": _source_address(shown),
        "may_export": request.user.has(Perm.EXPORT),
    }
    return render(request, "ledger/voucher.html", page)


@doors.counter(Perm.VIEW_VOUCHERS)
@doors.counter(Perm.EXPORT)
def voucher_export(request: Any, pk: int) -> Any:
    shown = get_object_or_404(queries.vouchers_seen_by(request.user), pk=pk)
    trail.note("export", shown, by=request.user, on=request.business_day, table="凭证分录", rows=shown.line_count)
    rows = _in_columns(queries.entries_of(shown).values_list(*LINE_FIELDS))
    return excel_response(f"凭证{pk}-分录.xlsx", LINE_HEADER, rows)


@doors.counter(Perm.VIEW_VOUCHERS)
def voucher_print(request: Any, pk: int) -> HttpResponse:
    """The voucher in its statutory form, as a file to print."""
    shown = get_object_or_404(queries.vouchers_seen_by(request.user), pk=pk)
    back = reverse("ledger:voucher", args=[pk])
    return doors.printed(request, f"记账凭证-{pk}.pdf", lambda: _printouts([shown]), back=back)


@doors.counter(Perm.VIEW_VOUCHERS)
def vouchers_print(request: Any) -> HttpResponse:
    """The ticked vouchers, or all of the list, in one file."""
    back = picking.list_address(reverse("ledger:vouchers"), request.GET)
    filename = f"记账凭证-{request.business_day:%Y%m%d}.pdf"
    found = _chosen_vouchers(request).qs
    return doors.printed(request, filename, lambda: _printouts(picking.picked(request.GET, found)), back=back)


@doors.counter(Perm.VIEW_TRIAL_BALANCE)
def trial_balance(request: Any) -> HttpResponse:
    form = TrialBalanceForm(request.GET, on=request.business_day)
    rows = _trial_rows(form) if form.is_valid() else []
    page = {
        "form": form,
        "rows": [(row, _trial_cells(row)) for row in rows],
        "sums": queries.sums_by_side(rows),
        "may_export": request.user.has(Perm.EXPORT),
        "may_drill": request.user.has(Perm.VIEW_VOUCHERS),
    }
    return render(request, "ledger/trial_balance.html", page)


@doors.counter(Perm.VIEW_TRIAL_BALANCE)
@doors.counter(Perm.EXPORT)
def trial_balance_export(request: Any) -> Any:
    form = TrialBalanceForm(request.GET, on=request.business_day)
    if not form.is_valid():
        return redirect(reverse("ledger:trial_balance") + query_with(request))
    rows = _trial_rows(form)
    trail.note("export", request.user, by=request.user, on=request.business_day, table="试算平衡表", rows=len(rows))
    cells = [[row.code, row.name, *_trial_cells(row)] for row in rows]
    totals = [amount for sums in queries.sums_by_side(rows) for amount in (sums.debit, sums.credit)]
    return excel_response(f"试算平衡表-{_period(form)}.xlsx", TRIAL_HEADER, [*cells, ["合计", "", *totals]])


@doors.counter(Perm.VIEW_VOUCHERS)
def chart_entries(request: Any, code: str) -> HttpResponse:
    chart = get_object_or_404(ChartAccount, pk=code)
    form = ChartEntriesForm(request.GET, on=request.business_day)
    valid = form.is_valid()
    found = _chart_entries(request, chart, form) if valid else Entry.objects.none()
    page = {
        "chart": chart,
        "form": form,
        "page": page_of(request, found),
        "row": _chart_row(chart, form) if valid and not form.cleaned_data["account"] else None,
        "may_export": request.user.has(Perm.EXPORT),
    }
    return render(request, "ledger/chart_entries.html", page)


@doors.counter(Perm.VIEW_VOUCHERS)
@doors.counter(Perm.EXPORT)
def chart_entries_export(request: Any, code: str) -> Any:
    chart = get_object_or_404(ChartAccount, pk=code)
    form = ChartEntriesForm(request.GET, on=request.business_day)
    back = reverse("ledger:chart_entries", args=[code])
    if not form.is_valid():
        return redirect(back + query_with(request))
    found = _chart_entries(request, chart, form)
    count = found.count()
    if count > EXPORT_ROWS:
        return _too_many(request, back)
    trail.note("export", request.user, by=request.user, on=request.business_day, table=f"{chart} 明细账", rows=count)
    rows = _in_columns(found.values_list(*ENTRY_FIELDS))
    return excel_response(f"明细账-{code}-{_period(form)}.xlsx", ENTRY_HEADER, rows)


@doors.counter(Perm.VIEW_BUSINESS_DAY)
def business_day(request: Any) -> HttpResponse:
    days = queries.business_days_seen_by(request.user)
    night = _chosen_night(request, days)
    page = {
        "page": page_of(request, days, DAYS_PER_PAGE),
        "closing": queries.closing_day(),
        "night": night,
        "steps": queries.night_of(night) if night else [],
        "night_of": queries.night_of,
        "step_count": len(DayStepName),
        "behind": max((timezone.localdate() - request.business_day).days, 0),
        **_may_order(request),
    }
    return render(request, "ledger/business_day.html", page)


@doors.counter(Perm.VIEW_BUSINESS_DAY)
def jobs(request: Any) -> HttpResponse:
    nights_begun = queries.nights_seen_by(request.user)
    night = _chosen_night(request, nights_begun)
    page = {
        "page": page_of(request, nights_begun, DAYS_PER_PAGE),
        "night": night,
        "steps": queries.night_of(night) if night else [],
        "night_of": queries.night_of,
        "step_count": len(DayStepName),
        "now": queries.batch_now(),
        "behind": max((timezone.localdate() - request.business_day).days, 0),
        **_may_order(request),
    }
    return render(request, "ledger/jobs.html", page)


@doors.counter(Perm.CLOSE_DAY)
def night_order(request: Any) -> HttpResponse:
    try:
        day = queries.next_to_close()
    except queries.NoBusinessDay as refusal:
        messages.error(request, refusal.sentence)
        return redirect("ledger:jobs")
    form = NightOrderForm(request.POST or None, initial={"day": day})
    if form.is_valid():
        with refusals_shown_on(form):
            asked = form.cleaned_data["day"]
            pressed = nights.order(asked, last=_last_closable(), by=request.user, on=request.business_day)
            messages.info(request, PRESSED[pressed].format(day=asked))
            return redirect("ledger:jobs")
    night = queries.business_days_seen_by(request.user).get(day=day)
    page = {"form": form, "night": night, "steps": queries.night_of(night), **_may_order(request)}
    return render(request, "ledger/night_order.html", page)


@doors.counter(Perm.CLOSE_DAY)
def shard_retry(request: Any, pk: int) -> HttpResponse:
    shard = get_object_or_404(queries.shards_seen_by(request.user), pk=pk)
    form = ConfirmForm(request.POST or None)
    if form.is_valid():
        with refusals_shown_on(form):
            nights.retry(shard, by=request.user, on=request.business_day)
            messages.success(request, f"{shard.day_id} 的失败步骤已重新排入，数秒内开始办理")
            return redirect(reverse("ledger:jobs") + f"?day={shard.day_id}")
    page = {"form": form, "shard": shard, "step": DayStepName(shard.step).label}
    return render(request, "ledger/shard_retry.html", page)


def _chosen_night(request: Any, days: QuerySet[BusinessDay]) -> BusinessDay | None:
    """The night that is asked for, else the newest; a day that is not there is no page."""
    form = DayForm(request.GET)
    asked = form.cleaned_data["day"] if form.is_valid() else None
    night = days.filter(day=asked or queries.last_night()).first()
    if asked and night is None:
        raise Http404
    return night


def _last_closable() -> date:
    """The last day whose night may be run: yesterday, and in a demonstration any."""
    return date.max if settings.DEMO else timezone.localdate() - timedelta(days=1)


def _may_order(request: Any) -> dict[str, object]:
    """Whether this person may ask for the night, for which day, and if not now, why; and whether to look again."""
    may_close, now = request.user.has(Perm.CLOSE_DAY), queries.batch_now()
    day = now.day if now else request.business_day
    ordered, why_not = queries.night_is_ordered(day), ""
    if now and now.alive:
        why_not = f"{now.day} 的日终正在办理，完成前不需要再次下达"
    elif ordered and not now:
        why_not = f"{day} 的日终已经下达，等待后台任务开始"
    elif day > _last_closable():
        why_not = f"{day} 尚未结束，当日结束后系统自动办理"
    return {"may_close": may_close, "order_day": day, "why_not": why_not, "watch": bool(now) or ordered}


def _printouts(vouchers: list[Voucher]) -> list[tuple[Printout, Model]]:
    return list(zip(queries.voucher_printouts(vouchers), vouchers, strict=True))


def _chosen_vouchers(request: Any) -> VoucherFilter:
    """The list as filtered; a first visit shows the last month, so that the page stays quick in its tenth year."""
    asked = request.GET.copy()
    asked.setdefault("since", (request.business_day - timedelta(days=30)).isoformat())
    return VoucherFilter(asked, queryset=queries.vouchers_seen_by(request.user))


def _trial_rows(form: TrialBalanceForm) -> list[queries.TrialRow]:
    rows = queries.trial_balance(form.cleaned_data["since"], form.ends_before, form.branch_id)
    if form.cleaned_data["level"]:
        rows = queries.summed_by_heading(rows)
    return [row for row in rows if form.cleaned_data["all"] or row.opening or row.debit or row.credit]


def _chart_row(chart: ChartAccount, form: ChartEntriesForm) -> queries.TrialRow:
    """The chart account's own line of the trial balance, so that both pages show the same figures."""
    rows = queries.trial_balance(form.cleaned_data["since"], form.ends_before, form.branch_id)
    codes = set(queries.codes_under(chart))
    opening = sum((row.opening for row in rows if row.code in codes), ZERO)
    debit, credit = queries.totals_of(row for row in rows if row.code in codes)
    return queries.TrialRow(chart.code, chart.name, chart.side, opening, debit, credit)


def _chart_entries(request: Any, chart: ChartAccount, form: ChartEntriesForm) -> QuerySet[Entry]:
    asked = form.cleaned_data
    found = queries.entries_seen_by(request.user).filter(
        chart__in=queries.codes_under(chart), booked_on__gte=asked["since"], booked_on__lt=form.ends_before
    )
    if form.branch_id is not None:
        found = found.filter(branch=form.branch_id)
    if asked["account"]:
        found = found.filter(account=asked["account"]).order_by("booked_on", "version", "voucher_id", "line")
    return found


def _source_address(shown: Voucher) -> str:
    """The page of the business a voucher came from: a kind `room.noun` is shown by the page `room:noun`, if any."""
    try:
        return reverse(shown.kind_id.replace(".", ":"), args=[shown.source])
    except NoReverseMatch:
        return ""


def _too_many(request: Any, address: str) -> HttpResponse:
    messages.error(request, f"符合条件的记录超过 {EXPORT_ROWS:,} 条，没有导出。请缩小日期范围或增加条件后重试。")
    return redirect(address + query_with(request))


def _period(form: Any) -> str:
    return f"{form.cleaned_data['since']:%Y%m%d}-{form.cleaned_data['until']:%Y%m%d}"


def _voucher_cells(shown: Voucher) -> Iterator[object]:
    made = timezone.localtime(shown.made_at).strftime("%Y-%m-%d %H:%M:%S")
    yield from (shown.pk, shown.booked_on, shown.kind.name, f"{shown.kind_id}:{shown.source}", shown.why)
    yield from (shown.line_count, shown.total, shown.by.name, made)


def _in_columns(rows: QuerySet[Entry, Any]) -> Iterator[list[object]]:
    """Rows that end in side, amount and balance, with the amount in the column of its side."""
    for *cells, side, amount, balance in rows.prefetch_related(None).iterator():
        by_side = (amount, None) if side == Side.DEBIT else (None, amount)
        yield [*cells, *by_side, balance]


def _trial_cells(row: queries.TrialRow) -> list[Decimal | None]:
    """The six columns of a trial balance: opening, movements, closing, each by side."""
    return [*rules.in_columns(row.opening), row.debit, row.credit, *rules.in_columns(row.closing)]
