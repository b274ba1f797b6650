"""Doors 门: the decorator every page and every operation wears, saying who may come in.

A view without one fails the house test. `counter` pages are for staff with the right named, `employer` and `member`
for the portals, `signed_in` for anybody who signed in, `public` for everybody; `probe` is for machines that only ask
whether we live; `api` (see `access.actions.api_calls`) is for signed requests.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse

from access import queries, rules
from access.models import User
from access.states import Perm, Post, posts_with

View = Callable[..., HttpResponse]
PAGE_METHODS = ["GET", "HEAD", "POST"]
SEARCH = "accounts:search"  # the page behind the search field of the top bar, which posts `q` to it
SEEN_EVERY_SECONDS = 30  # how exactly idleness is measured; spares a write of the session on most requests


@dataclass(frozen=True)
class Door:
    """What a view declares about who may enter 门."""

    kind: str
    perm: Perm | None = None

    @property
    def needs_day(self) -> bool:
        return self.kind != "probe"


def counter(perm: Perm) -> Callable[[View], View]:
    """For staff who hold the right 柜台页面."""
    return lambda view: _page(view, Door("counter", perm), lambda user: user.works_at_counter and user.has(perm))


def employer(view: View) -> View:
    """For handlers of employers 单位网厅页面."""
    return _page(view, Door("employer", Perm.SUBMIT_REMITTANCE), lambda user: user.post == Post.HANDLER)


def member(view: View) -> View:
    """For members 个人网厅页面."""
    return _page(view, Door("member", Perm.VIEW_OWN_ACCOUNT), lambda user: user.post == Post.MEMBER)


def signed_in(view: View) -> View:
    """For anybody who signed in 登录后页面."""
    return _page(view, Door("signed_in"), lambda user: True)


def public(view: View) -> View:
    """For everybody 公开页面."""
    return _open(view, Door("public"))


def probe(view: View) -> View:
    """For machines that ask whether we live 探针; needs neither a day nor a person."""
    return _open(view, Door("probe"))


def problem(request: Any, status: int, title: str, detail: str, **more: object) -> HttpResponse:
    """An answer to a machine that says what went wrong 错误应答 (RFC 9457).

    `code` (default: from the status) makes the stable `type`; `errors` lists what is wrong where.
    """
    code = str(more.pop("code", "") or f"status_{status}")
    body = {"type": f"/problems/{code}", "title": title, "status": status, "detail": detail, "code": code, **more}
    body["instance"] = getattr(request, "id", "")
    return JsonResponse(
        body, status=status, content_type="application/problem+json", json_dumps_params={"ensure_ascii": False}
    )


def begin_session(request: Any) -> None:
    """Start the clocks of a new sign-in 会话开始."""
    request.session["signed_in_at"] = request.session["seen_at"] = int(time.time())


def frame(request: Any) -> dict[str, object]:
    """What the frame of every page shows: a context processor, named in the settings 页面框架."""
    user = getattr(request, "user", None)
    known = user is not None and user.is_authenticated
    menu = queries.menu_of(user) if known else []
    return {
        "centre_name": settings.CENTRE_NAME,
        "demo": settings.DEMO,
        "person": user if known else None,
        "menu": menu,
        "search_address": next((link.address for _, links in menu for link in links if link.name == SEARCH), ""),
        "business_day": getattr(request, "business_day", None),
        "request_id": getattr(request, "id", ""),
    }


def _open(view: View, door: Door) -> View:
    @wraps(view)
    def enter(request: Any, *args: object, **kwargs: object) -> HttpResponse:
        if request.method not in PAGE_METHODS:
            return HttpResponseNotAllowed(PAGE_METHODS)
        response = view(request, *args, **kwargs)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    enter.door = door  # type: ignore[attr-defined]  # read by the house test and the frame's middleware
    return enter


def _page(view: View, door: Door, admits: Callable[[User], bool]) -> View:
    @wraps(view)
    def enter(request: Any, *args: object, **kwargs: object) -> HttpResponse:
        if not request.user.is_authenticated:
            return _to_sign_in(request)
        if _session_ended(request):
            logout(request)
            messages.info(request, "您已较长时间没有操作，为保护信息安全请重新登录")
            return _to_sign_in(request)
        return view(request, *args, **kwargs) if admits(request.user) else _forbidden(request, door)

    return _open(enter, door)


def _session_ended(request: Any) -> bool:
    """Whether the sign-in is over; if not, it was seen now."""
    now, session = int(time.time()), request.session
    seen_at = session.get("seen_at", 0)
    idle = rules.COUNTER_IDLE_SECONDS if request.user.works_at_counter else rules.PORTAL_IDLE_SECONDS
    if rules.session_ended(now, signed_in_at=session.get("signed_in_at", 0), seen_at=seen_at, idle_seconds=idle):
        return True
    if now - seen_at >= SEEN_EVERY_SECONDS:
        session["seen_at"] = now
    return False


def _to_sign_in(request: Any) -> HttpResponse:
    """The sign-in page, which leads back here; after a form it leads to the desk, since a form is not sent twice."""
    address = reverse(settings.LOGIN_URL)
    if request.method == "GET" and not request.htmx:
        address += "?" + urlencode({"next": request.get_full_path()})
    if request.htmx:
        return HttpResponse(headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)


def _forbidden(request: Any, door: Door) -> HttpResponse:
    context = {"perm": door.perm, "posts": posts_with(door.perm) if door.perm else []}
    return render(request, "errors/forbidden.html", context, status=403)
