"""What the frame puts on a request: its number, the ledger's open day 会计日, and what its bars show of the rooms.

It stands at the top of the tower, so that no room below needs to ask the ledger, or the clock, what day it is, and so
that the frame of a page, which belongs to the room of access, can show what waits in the rooms above it.
"""

import re
import uuid
from collections.abc import Callable
from datetime import date
from functools import cached_property, partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from access.actions import looking
from access.states import Perm
from accounts.queries import NoMandate
from accounts.queries.own_numbers import numbers_of
from approvals.queries import cases_decided_by, rights_lent_to
from audit.actions import trail
from hpf.errors import Refusal
from ledger import queries
from policy.queries import term_on
from policy.states import TermName

GIVEN_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
# Pages about one person or employer: whoever opens one is serving that one.
LOOKED_AT = {"accounts:member", "accounts:employer"}
MOST_COUNTED = 99  # a longer inbox shows as 99+


class Glance:
    """What the frame shows of the rooms 页面框架所示: each is asked once, and only when a page shows it."""

    def __init__(self, user: Any, *, on: date) -> None:
        self._user, self._on = user, on

    @cached_property
    def waiting(self) -> str:
        """How many cases wait for this person's signature 待办件数, empty where there are none or none may be seen."""
        if not (self._user.is_authenticated and self._user.has(Perm.VIEW_INBOX)):
            return ""
        count = cases_decided_by(self._user, on=self._on)[: MOST_COUNTED + 1].count()
        return f"{MOST_COUNTED}+" if count > MOST_COUNTED else str(count or "")

    @property
    def first_password_days(self) -> int:
        """For how many days a first password holds 初始密码有效天数. Raises NoTerm where the centre set none."""
        return int(str(term_on(TermName.FIRST_PASSWORD_DAYS, self._on)))

    @property
    def own_numbers(self) -> list[str]:
        """The numbers this person is known by 本人号码, which no password may hold."""
        return numbers_of(self._user)

    @cached_property
    def night(self) -> queries.BatchNow | None:
        """The night at work just now 正在办理的日终: its day, its step, and how far it is."""
        return queries.batch_now()


class BusinessDayMiddleware:
    """Numbers the request and, for a view behind a door, looks up the open day."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        given = request.headers.get("X-Request-Id", "")
        request.id = given if GIVEN_ID.fullmatch(given) else uuid.uuid4().hex
        token = trail.request_id.set(request.id)
        try:
            response = self.get_response(request)
        finally:
            trail.request_id.reset(token)
        response.headers["X-Request-Id"] = request.id
        _note_look(request, response)
        return response

    def process_view(self, request: Any, view: Any, args: object, kwargs: object) -> None:
        door = getattr(view, "door", None)
        if door is not None and door.needs_day:
            request.business_day = open_day_or_today()
            request.glance = Glance(request.user, on=request.business_day)
            if door.kind == "counter" and request.user.is_authenticated:
                asked = partial(rights_lent_to, request.user, on=request.business_day)
                request.user.lent = SimpleLazyObject(asked)

    def process_exception(self, request: Any, exception: Exception) -> HttpResponse | None:
        """A handler whose mandate has run out reads so, on whichever page of the portal 授权到期."""
        if not isinstance(exception, NoMandate):
            return None
        page = {"why": exception.sentence}
        response = render(request, "accounts/no_mandate.html", page)
        response.headers["Cache-Control"] = "no-store"
        return response


def _note_look(request: Any, response: HttpResponse) -> None:
    match = request.resolver_match
    shown = response.status_code == 200 and request.method == "GET" and not request.htmx
    if shown and match and match.view_name in LOOKED_AT:
        looking.note(request.session, looking.Look(match.view_name, match.kwargs["pk"]))


def open_day_or_today() -> date:
    """The open day; before the first day was ever opened, the calendar's 会计日."""
    try:
        return queries.open_day()
    except Refusal:
        return timezone.localdate()
