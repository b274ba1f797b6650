"""The outbox 事件推送页面: what was pushed to banks, what is tried again, and what was given up."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from access import doors
from access.states import Perm
from approvals.deciding import PlainForm
from banking import queries
from banking.actions import webhooks
from banking.filters import DeliveryFilter
from banking.states import DeliveryStatus
from hpf.pages import numbers_asked, page_of, refusals_shown_on


@doors.counter(Perm.VIEW_OUTBOX)
def deliveries(request: Any) -> HttpResponse:
    seen = queries.deliveries_seen_by(request.user)
    chosen = DeliveryFilter(request.GET, queryset=seen)
    page = {
        "filter": chosen,
        "page": page_of(request, chosen.found),
        "counts": queries.deliveries_by_status(seen),
        "may_replay": request.user.has(Perm.REPLAY_EVENTS),
    }
    return render(request, "banking/deliveries.html", page)


@doors.counter(Perm.REPLAY_EVENTS)
def deliveries_replay(request: Any) -> HttpResponse:
    """Push again what was given up: what was ticked on the list, shown once more before it is done."""
    asked = numbers_asked(request.POST or request.GET, "event")
    dead = queries.deliveries_seen_by(request.user).filter(status=DeliveryStatus.DEAD)
    rows = list(dead.filter(pk__in=asked[:200]))
    if not rows:
        messages.info(request, "没有选中推送失败的事件")
        return redirect("banking:deliveries")
    form = PlainForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_shown_on(form):
            count = webhooks.replay(rows, at=timezone.now(), by=request.user, on=request.business_day)
            messages.success(request, f"{count} 件事件将在几秒内重新推送")
            return redirect("banking:deliveries")
    return render(request, "banking/deliveries_replay.html", {"form": form, "rows": rows})
