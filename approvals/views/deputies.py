"""Counter pages of deputies 复核代理: who signs for whom, appointing one, and ending it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from access import doors
from access.states import Perm
from approvals import queries
from approvals.actions import deputies as appointing
from approvals.deciding import PlainForm
from approvals.forms import DeputyForm
from hpf.pages import page_of, refusals_shown_on


@doors.counter(Perm.VIEW_INBOX)
def deputies(request: Any) -> HttpResponse:
    rows = page_of(request, queries.deputies_seen_by(request.user))
    may_appoint = queries.may_appoint_for(request.user).exists()
    return render(request, "approvals/deputies.html", {"page": rows, "may_appoint": may_appoint})


@doors.counter(Perm.VIEW_INBOX)
def deputy_appoint(request: Any) -> HttpResponse:
    people = {"principals": queries.may_appoint_for(request.user), "deputies": queries.may_stand_in()}
    form = DeputyForm(request.POST or None, initial={"principal": request.user.pk}, **people)
    if form.is_valid():
        with refusals_shown_on(form):
            row = appointing.appoint(form.appointment, by=request.user, on=request.business_day)
            messages.success(request, f"已设置代理：{row}")
            return redirect("approvals:deputies")
    return render(request, "approvals/deputy_appoint.html", {"form": form})


@doors.counter(Perm.VIEW_INBOX)
def deputy_end(request: Any, pk: int) -> HttpResponse:
    row = get_object_or_404(queries.deputies_seen_by(request.user), pk=pk)
    form = PlainForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_shown_on(form):
            appointing.end(row, by=request.user, on=request.business_day)
            messages.success(request, "代理已终止")
            return redirect("approvals:deputies")
    return render(request, "approvals/deputy_end.html", {"row": row, "form": form})
