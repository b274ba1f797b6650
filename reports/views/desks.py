"""The manager's desk 负责人看板, and the lists behind it: employers that are behind, and money not yet used."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from access import doors
from access.states import Perm
from audit.actions import trail
from deposits.states import SuspenseAge
from hpf.pages import excel_response, page_of
from reports.forms import ArrearsForm, SightForm, UnallocatedForm
from reports.queries import desk
from reports.queries.arrears import Arrear
from reports.queries.arrears import arrears as who_is_behind
from reports.queries.figures import of_age, with_unallocated
from reports.queries.sights import branches_seen_by, sight_of
from reports.states import Figure
from reports.views.cards import cards_of
from reports.views.tables import TABLES

ARREARS_HEADER = [
    *[
        "单位账号",
        "单位名称",
        "管理部",
        "发薪日",
        "缴至年月",
        "欠缴起",
        "欠缴止",
        "欠缴月数",
        "已提交清册",
        "欠缴金额(元)",
    ],
    *["可用暂存款(元)"],
]
UNALLOCATED_HEADER = [
    *["单位账号", "单位名称", "管理部", "缴至年月", "最近认领日期", "挂账天数", "单位暂存款(元)"],
    "其中退款占用(元)",
]


@doors.counter(Perm.VIEW_REPORTS)
def manager_desk(request: Any) -> HttpResponse:
    seen = branches_seen_by(request.user)
    form = SightForm(request.GET, branches=seen)
    shown = desk.desk_of(sight_of(request.user, form.office), list(seen), on=request.business_day)
    page = {
        "form": form,
        "desk": shown,
        "cards": cards_of(shown, desk.night_seen_by(request.user)),
        "tables": [make(shown) for make in TABLES.values()],
        "at": timezone.now(),
        "may_export": request.user.has(Perm.EXPORT),
    }
    return render(request, "reports/manager_desk.html", page)


@doors.counter(Perm.VIEW_REPORTS)
@doors.counter(Perm.EXPORT)
def figure_export(request: Any, figure: str) -> Any:
    if figure not in Figure.values:
        raise Http404
    seen = branches_seen_by(request.user)
    sight = sight_of(request.user, SightForm(request.GET, branches=seen).office)
    table = TABLES[Figure(figure)](desk.desk_of(sight, list(seen), on=request.business_day))
    _note_export(request, table.figure.label, len(table.rows))
    return excel_response(f"{table.figure.label}-{request.business_day:%Y%m%d}.xlsx", table.header, table.excel_rows())


@doors.counter(Perm.VIEW_REPORTS)
def arrears(request: Any) -> HttpResponse:
    form = ArrearsForm(request.GET, branches=branches_seen_by(request.user))
    found = _behind(request, form)
    page = {
        "form": form,
        "page": page_of(request, found),
        "amount": sum(row.amount for row in found),
        "unallocated": sum(row.unallocated for row in found),
        "may_export": request.user.has(Perm.EXPORT),
    }
    return render(request, "reports/arrears.html", page)


@doors.counter(Perm.VIEW_REPORTS)
@doors.counter(Perm.EXPORT)
def arrears_export(request: Any) -> Any:
    found = _behind(request, ArrearsForm(request.GET, branches=branches_seen_by(request.user)))
    _note_export(request, "欠缴单位", len(found))
    return excel_response(f"欠缴单位-{request.business_day:%Y%m%d}.xlsx", ARREARS_HEADER, _arrear_rows(found))


@doors.counter(Perm.VIEW_REPORTS)
def unallocated(request: Any) -> HttpResponse:
    form = UnallocatedForm(request.GET, branches=branches_seen_by(request.user))
    found = _with_money(request, form)
    page = {
        "form": form,
        "page": page_of(request, found),
        "total": sum(found.order_by().values_list("balance", flat=True)),
        "held": sum(found.order_by().values_list("held", flat=True)),
        "may_export": request.user.has(Perm.EXPORT),
    }
    return render(request, "reports/unallocated.html", page)


@doors.counter(Perm.VIEW_REPORTS)
@doors.counter(Perm.EXPORT)
def unallocated_export(request: Any) -> Any:
    found = _with_money(request, UnallocatedForm(request.GET, branches=branches_seen_by(request.user)))
    _note_export(request, "单位暂存款", found.count())
    rows = _money_rows(request, found)
    return excel_response(f"单位暂存款-{request.business_day:%Y%m%d}.xlsx", UNALLOCATED_HEADER, rows)


def _behind(request: Any, form: ArrearsForm) -> list[Arrear]:
    """The employers asked for; none when a condition cannot be read, so that nobody takes them for an answer."""
    if not form.is_valid():
        return []
    sight = sight_of(request.user, form.office)
    found = who_is_behind(sight.employers.filter(_called(form)), on=request.business_day)
    kind = form.cleaned_data["behind"]
    return [row for row in found if not kind or row.behind == kind]


def _with_money(request: Any, form: UnallocatedForm) -> Any:
    sight = sight_of(request.user, form.office)
    found = with_unallocated(sight.employers.filter(_called(form)) if form.is_valid() else sight.employers.none())
    if form.is_valid() and form.cleaned_data["age"]:
        found = found.filter(of_age("came_on", SuspenseAge(form.cleaned_data["age"]), request.business_day))
    return found.select_related("branch").order_by("came_on", "number")


def _called(form: ArrearsForm | UnallocatedForm) -> Q:
    words = form.cleaned_data["employer"]
    return Q(number=words) | Q(name__icontains=words) if words else Q()


def _note_export(request: Any, table: str, rows: int) -> None:
    trail.note("export", request.user, by=request.user, on=request.business_day, table=table, rows=rows)


def _arrear_rows(found: list[Arrear]) -> Iterator[list[object]]:
    for row in found:
        firm = row.employer
        head = [firm.number, firm.name, firm.branch.name, firm.pay_day, firm.paid_to]
        yield [*head, row.first, row.last, row.months, row.listed, row.amount, row.unallocated]


def _money_rows(request: Any, found: Any) -> Iterator[list[object]]:
    for firm in found.iterator():
        waited = (request.business_day - firm.came_on).days if firm.came_on else None
        yield [firm.number, firm.name, firm.branch.name, firm.paid_to, firm.came_on, waited, firm.balance, firm.held]
