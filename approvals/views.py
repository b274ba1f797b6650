"""The inbox 待办: what waits for this person's signature, and what became of what this person entered."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from access import doors
from access.states import Perm
from approvals import queries
from approvals.filters import InboxFilter, SentFilter
from hpf.pages import page_of


@doors.counter(Perm.VIEW_INBOX)
def inbox(request: Any) -> HttpResponse:
    chosen = InboxFilter(request.GET, queryset=queries.inbox_seen_by(request.user))
    return render(request, "approvals/inbox.html", {"filter": chosen, "page": page_of(request, chosen.found)})


@doors.counter(Perm.VIEW_INBOX)
def sent(request: Any) -> HttpResponse:
    chosen = SentFilter(request.GET, queryset=queries.sent_seen_by(request.user))
    return render(request, "approvals/sent.html", {"filter": chosen, "page": page_of(request, chosen.found)})
