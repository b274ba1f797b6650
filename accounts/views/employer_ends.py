"""Counter pages of an employer's rest and end 柜台单位封存、启封与销户."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from access import doors
from access.states import Perm
from accounts import queries
from accounts.actions import employer_ends
from accounts.forms.employers import ClosingForm, GroundsForm
from accounts.models import Employer
from hpf.pages import refusals_shown_on


@dataclass(frozen=True)
class Rest:
    """One way to let an employer rest or go on: its words, what stands in the way, and the action."""

    title: str
    button: str
    note: str
    done: str
    refused: Callable[[Employer, queries.Standing], list[str]]
    act: Callable[..., Any]


SEAL = Rest(
    "单位封存",
    "确认封存",
    "封存后不再办理汇缴，已封存职工的账户和余额不变，继续计息",
    "单位已封存",
    employer_ends.no_sealing,
    employer_ends.seal,
)
SUSPEND = Rest(
    "歇业封存",
    "确认歇业封存",
    "全部正常缴存职工的账户和单位一并封存，余额保留并继续计息；以前月份须已全部入账",
    "单位和职工账户已全部封存",
    employer_ends.no_suspending,
    employer_ends.suspend,
)
UNSEAL = Rest(
    "单位启封",
    "确认启封",
    "启封后单位恢复汇缴；职工账户逐户启封，或由经办人在清册中办理",
    "单位已启封，可以办理职工启封和汇缴",
    employer_ends.no_unsealing,
    employer_ends.unseal,
)


@doors.counter(Perm.END_EMPLOYER)
def employer_seal(request: Any, pk: int) -> HttpResponse:
    return _rested(request, pk, SEAL)


@doors.counter(Perm.END_EMPLOYER)
def employer_suspend(request: Any, pk: int) -> HttpResponse:
    return _rested(request, pk, SUSPEND)


@doors.counter(Perm.END_EMPLOYER)
def employer_unseal(request: Any, pk: int) -> HttpResponse:
    return _rested(request, pk, UNSEAL)


@doors.counter(Perm.END_EMPLOYER)
def employer_close(request: Any, pk: int) -> HttpResponse:
    """The reason and the evidence; a second person signs it."""
    employer = _seen(request, pk)
    form = ClosingForm(request.POST or None)
    if form.is_valid():
        reason = form.cleaned_data["close_reason"]
        with refusals_shown_on(form):
            change = employer_ends.propose_closing(
                employer, reason, form.grounds, by=request.user, on=request.business_day
            )
            messages.success(request, "销户申请已提交复核，复核同意后单位销户")
            return redirect("accounts:employer_change", change.pk)
    standing = queries.standing_of(employer)
    refused = employer_ends.no_closing(employer, standing)
    page = {"employer": employer, "form": form, "refused": refused, "standing": standing}
    return render(request, "accounts/employer_close.html", page)


def _rested(request: Any, pk: int, rest: Rest) -> HttpResponse:
    employer = _seen(request, pk)
    form = GroundsForm(request.POST or None)
    if form.is_valid():
        with refusals_shown_on(form):
            rest.act(employer, form.grounds, by=request.user, on=request.business_day)
            messages.success(request, rest.done)
            return redirect("accounts:employer", pk)
    standing = queries.standing_of(employer)
    page = {"employer": employer, "form": form, "rest": rest, "standing": standing}
    return render(request, "accounts/employer_rest.html", page | {"refused": rest.refused(employer, standing)})


def _seen(request: Any, pk: int) -> Employer:
    return get_object_or_404(queries.employers_seen_by(request.user).select_related("branch"), pk=pk)
