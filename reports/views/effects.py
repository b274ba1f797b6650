"""What a new value of a parameter would touch 影响测算: a page beside the proposal, for whoever enters or signs it."""

from collections.abc import Iterator
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from access import doors
from access.states import Perm
from audit.actions import trail
from hpf.pages import excel_response, page_of, query_with
from policy.queries import replaced_by
from policy.rules import shown
from policy.states import DayCount, TermName
from reports.forms import EffectForm
from reports.queries import effects
from reports.queries.sights import Sight, sight_of
from reports.states import NOT_COUNTED, NOT_USED

CONTRIBUTION_HEADER = [
    *["单位账号", "单位名称", "管理部", "涉及职工", "调整前月缴存额(元)", "调整后月缴存额(元)", "每月增减(元)"],
]
INTEREST_HEADER = [
    *["网点", "涉及账户", "上年结转(元)", "当年归集(元)", "调整前三十天利息(元)", "调整后三十天利息(元)", "增减(元)"],
]
DUE_HEADER = ["单位账号", "单位名称", "管理部", "发薪日", "变化", "欠缴月数", "欠缴金额(元)"]


@doors.counter(Perm.VIEW_REPORTS)
def term_effect(request: Any, name: str) -> HttpResponse:
    term = _term_or_404(name)
    form = EffectForm(request.GET, term=term, on=request.business_day)
    page: dict[str, Any] = {
        "term": term,
        "form": form,
        "sight": sight_of(request.user, None),
        "not_counted": "" if _is_counted(term) else NOT_COUNTED.get(term, NOT_USED),
        "may_export": request.user.has(Perm.EXPORT),
        "old": None,
        "not_kept": False,
    }
    if form.is_valid():
        page["old"], page["new"] = replaced_by(term, form.proposed.valid_from), shown(term, form.proposed.value)
        page["not_kept"] = form.proposed.value == DayCount.MONTH30_360
        page |= _found(request, form.proposed, page["sight"])
    return render(request, "reports/term_effect.html", page)


@doors.counter(Perm.VIEW_REPORTS)
@doors.counter(Perm.EXPORT)
def term_effect_export(request: Any, name: str) -> Any:
    term = _term_or_404(name)
    form = EffectForm(request.GET, term=term, on=request.business_day)
    if not (form.is_valid() and _is_counted(term)):
        return redirect(reverse("reports:term_effect", args=[name]) + query_with(request))
    header, rows = _sheet(request, form.proposed, sight_of(request.user, None))
    trail.note("export", request.user, by=request.user, on=request.business_day, table="影响测算", rows=len(rows))
    return excel_response(f"影响测算-{name}-{request.business_day:%Y%m%d}.xlsx", header, rows)


def _term_or_404(name: str) -> TermName:
    if name not in TermName.values:
        raise Http404
    return TermName(name)


def _is_counted(term: TermName) -> bool:
    return term in effects.CONTRIBUTION_TERMS or term in effects.INTEREST_TERMS or term == TermName.DUE_DAYS


def _found(request: Any, proposed: effects.Proposed, sight: Sight) -> dict[str, Any]:
    """The effect under the name the page knows it by, and the page of its rows."""
    if proposed.name in effects.CONTRIBUTION_TERMS:
        contribution = effects.contribution_effect(proposed, sight)
        return {"contribution": contribution, "page": page_of(request, contribution.rows)}
    if proposed.name in effects.INTEREST_TERMS:
        return {"interest": effects.interest_effect(proposed, sight)}
    if proposed.name == TermName.DUE_DAYS:
        due = effects.due_effect(proposed, sight, on=request.business_day)
        return {"due": due, "page": page_of(request, due.rows)}
    return {}


def _sheet(request: Any, proposed: effects.Proposed, sight: Sight) -> tuple[list[str], list[list[object]]]:
    if proposed.name in effects.CONTRIBUTION_TERMS:
        return CONTRIBUTION_HEADER, list(_contribution_rows(effects.contribution_effect(proposed, sight)))
    if proposed.name in effects.INTEREST_TERMS:
        return INTEREST_HEADER, list(_interest_rows(effects.interest_effect(proposed, sight)))
    return DUE_HEADER, list(_due_rows(effects.due_effect(proposed, sight, on=request.business_day)))


def _contribution_rows(effect: effects.ContributionEffect) -> Iterator[list[object]]:
    for row in effect.rows:
        yield [row.number, row.name, row.office, row.members, row.before, row.after, row.change]


def _interest_rows(effect: effects.InterestEffect) -> Iterator[list[object]]:
    for row in effect.rows:
        yield [row.name, row.accounts, row.carried, row.current, row.before, row.after, row.change]


def _due_rows(effect: effects.DueEffect) -> Iterator[list[object]]:
    for row, change in effect.rows:
        firm = row.employer
        yield [firm.number, firm.name, firm.branch.name, firm.pay_day, change, row.months, row.amount]
