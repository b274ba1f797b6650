"""Doors 门: the decorator every page and every operation wears, saying who may come in.

A view without one fails the house test. `counter` pages are for staff with the right named, `employer` and `member`
for the portals, `signed_in` for anybody who signed in, `public` for everybody; `probe` is for machines that only ask
whether we live; `api` is for signed requests of machines.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial, wraps
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.db import transaction
from django.db.models import Model
from django.http import Http404, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.template.response import SimpleTemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.encoding import escape_uri_path
from django.views.decorators.csrf import csrf_exempt
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response
from rest_framework.views import exception_handler

from access import queries, rules
from access.actions import api_calls, drafts, printing
from access.models import User
from access.states import Perm, Post, posts_with
from hpf.errors import NotJustNow, Refusal
from hpf.printing import papers, pdf_response
from hpf.printing.shapes import Printout

View = Callable[..., HttpResponse]
PAGE_METHODS = ["GET", "HEAD", "POST"]
# What took effect and what the rules refused is final under its key; a malformed request may be mended and sent again,
# and an answer that says when to ask again has decided nothing.
REMEMBERED = {200, 201, 202, 204, 409}
ASK_AGAIN = "Retry-After"
NOT_THERE = "没有这一项，或不属于贵方，请核对编号后再查"
ASK_AGAIN_SECONDS = "1"
SEARCH = "accounts:search"  # the page behind the search field of the top bar, which posts `q` to it
INBOX = "approvals:inbox"
OWN_PASSWORD = "access:password_change"
BY_ITSELF = "HPF-By-Itself"  # a page that asks whether its sign-in still lasts says so
SEEN_EVERY_SECONDS = 30  # how exactly idleness is measured; spares a write of the session on most requests


@dataclass(frozen=True)
class Door:
    """What a view declares about who may enter 门."""

    kind: str
    perm: Perm | None = None
    before_own_password: bool = False  # also for who has only a first password yet

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


def arriving(view: View) -> View:
    """For anybody who signed in, also with a first password only 初始密码页面: choosing an own one, and leaving."""
    return _page(view, Door("signed_in", before_own_password=True), lambda user: True)


def public(view: View) -> View:
    """For everybody 公开页面."""
    return _open(view, Door("public"))


def probe(view: View) -> View:
    """For machines that ask whether we live 探针; needs neither a day nor a person."""
    return _open(view, Door("probe"))


def api(perm: Perm, *, first: Callable[[Any], None] | None = None) -> Callable[[View], View]:
    """For signed requests of clients who hold the right 接口; outermost, above DRF's `@api_view`.

    The view finds the client in `request.client` and acts `by=request.client.user`. A POST runs in one transaction
    with the record of its answer; a Refusal becomes 409, one of the moment with `Retry-After`. `first` is what
    has to be done before any transaction is open, such as asking another system; it refuses nothing.
    """

    def wear(view: View) -> View:
        @wraps(view)
        def enter(request: Any, *args: object, **kwargs: object) -> HttpResponse:
            signed = _signed(request)
            try:
                client = request.client = api_calls.recognise(signed, now=int(time.time()))
            except api_calls.NotSigned as refusal:
                return problem(request, 401, "未通过验签", refusal.sentence, code=refusal.code)
            if not client.user.has(perm):
                return problem(request, 403, "没有权限", f"接口客户没有权限“{perm.label}”", code="no_right")
            if first:
                first(request)
            if request.method == "POST":
                response = _answer_once(request, signed, lambda: view(request, *args, **kwargs))
            else:
                response = _answer(request, lambda: view(request, *args, **kwargs))
            response.headers.setdefault("Cache-Control", "no-store")
            return response

        enter.door = Door("api", perm)  # type: ignore[attr-defined]  # read by the house test and the frame
        return csrf_exempt(enter)  # a signature, not a cookie, says who calls

    return wear


def _signed(request: Any) -> api_calls.SignedRequest:
    return api_calls.SignedRequest(
        method=request.method,
        path=escape_uri_path(request.path),
        query=request.META.get("QUERY_STRING", ""),
        body=request.body,
        key_id=request.headers.get("HPF-Key-Id", ""),
        timestamp=request.headers.get("HPF-Timestamp", ""),
        nonce=request.headers.get("HPF-Nonce", ""),
        signature=request.headers.get("HPF-Signature", ""),
    )


def _answer_once(request: Any, signed: api_calls.SignedRequest, run: Callable[[], HttpResponse]) -> HttpResponse:
    """Run a POST once for its idempotency key; repeat the answer word for word to whoever asks again."""
    key = request.headers.get("Idempotency-Key", "")
    if not rules.idempotency_key_accepted(key):
        return problem(request, 400, "缺少幂等键", "请在 Idempotency-Key 中给出至多 255 个字符", code="no_key")
    try:
        with transaction.atomic():
            given = api_calls.answered(request.client, key, signed)
            if given:
                return _replayed(given)
            response = _answer(request, run)
            if response.status_code in REMEMBERED and ASK_AGAIN not in response.headers:
                answer = api_calls.Answer(response.status_code, response.headers["Content-Type"], response.content)
                api_calls.remember(answer, request.client, key, signed)
            return response
    except api_calls.StillRunning as refusal:
        return _refused(request, "请求处理中", refusal)
    except api_calls.KeyReused as refusal:
        return problem(request, 422, "幂等键重复使用", refusal.sentence, code=refusal.code)


def _replayed(given: api_calls.Answer) -> HttpResponse:
    response = HttpResponse(given.body, status=given.status, content_type=given.content_type)
    response.headers["Idempotent-Replayed"] = "true"
    return response


def _answer(request: Any, run: Callable[[], HttpResponse]) -> HttpResponse:
    """The view's answer; one that says no leaves nothing behind."""
    try:
        if request.body:
            rules.read_json(request.body)
    except ValueError as trouble:
        return problem(request, 400, "请求体有误", f"请求体不是严格的 JSON：{trouble}", code="bad_json")
    try:
        with transaction.atomic():
            response = run()
            if isinstance(response, SimpleTemplateResponse):
                response.render()
            if response.status_code >= 400:
                transaction.set_rollback(True)
            return response
    except NotJustNow as refusal:
        return _refused(request, "暂时不能办理", refusal)
    except Refusal as refusal:
        return _refused(request, "业务拒绝", refusal)


def _refused(request: Any, title: str, refusal: Refusal) -> HttpResponse:
    """A no, and when to ask again where only the moment said it."""
    response = problem(request, 409, title, refusal.sentence, code=refusal.code)
    if isinstance(refusal, NotJustNow):
        response.headers[ASK_AGAIN] = ASK_AGAIN_SECONDS
    return response


def as_problem(trouble: Exception, context: dict[str, Any]) -> Response | None:
    """What DRF would refuse, as a problem 校验错误 (RFC 9457); named in the settings. A bug stays a bug."""
    told = exception_handler(trouble, context)
    if told is None:
        return None
    code = getattr(trouble, "default_code", "") or f"status_{told.status_code}"
    said = NOT_THERE if isinstance(trouble, Http404) else str(trouble)
    body: dict[str, object] = {
        "type": f"/problems/{code}",
        "title": "请求有误",
        "status": told.status_code,
        "detail": "请按 errors 所列逐项更正后重新提交" if isinstance(trouble, ValidationError) else said,
        "code": code,
        "instance": getattr(context["request"], "id", ""),
    }
    if isinstance(trouble, ValidationError):
        body["errors"] = list(_pointed(trouble.get_full_details(), ""))
    return Response(body, told.status_code, headers=dict(told.items()), content_type="application/problem+json")


def _pointed(details: Any, pointer: str) -> Iterator[dict[str, str]]:
    """Each error with the JSON pointer of its place."""
    if isinstance(details, dict) and {"message", "code"} == set(details):
        yield {"pointer": pointer, "code": str(details["code"]), "detail": str(details["message"])}
    elif isinstance(details, dict):
        for name, below in details.items():
            yield from _pointed(below, pointer if name == "non_field_errors" else f"{pointer}/{name}")
    else:
        leaves = all(isinstance(below, dict) and {"message", "code"} == set(below) for below in details)
        for place, below in enumerate(details):
            yield from _pointed(below, pointer if leaves else f"{pointer}/{place}")


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


def printed(
    request: Any, filename: str, tell: Callable[[], list[tuple[Printout, Model]]], *, back: str, label: str = ""
) -> HttpResponse:
    """A file to print 打印文件, on the paper the address asks for; where there is none, the page `back` says why."""
    user, on = request.user, request.business_day
    try:
        told = tell()
        paper = request.GET.get(f"paper-{told[0][0].form}", "")
        made = printing.print_out(told, paper=paper, by=user, at=timezone.now(), on=on, label=label)
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
        return redirect(back)
    return pdf_response(filename, made)


def begin_session(request: Any) -> None:
    """Start the clocks of a new sign-in 会话开始."""
    request.session["signed_in_at"] = request.session["seen_at"] = int(time.time())


def frame(request: Any) -> dict[str, object]:
    """What the frame of every page shows: a context processor, named in the settings 页面框架."""
    user: Any = getattr(request, "user", None)
    known = user is not None and user.is_authenticated
    menu = queries.menu_of(user) if known else []
    addresses = {link.name: link.address for _, links in menu for link in links}
    return {
        "centre_name": settings.CENTRE_NAME,
        "demo": settings.DEMO,
        "person": user if known else None,
        "menu": menu,
        "menu_here": max(filter(request.path.startswith, addresses.values()), key=len, default=""),
        "search_address": addresses.get(SEARCH, ""),
        "inbox_address": addresses.get(INBOX, ""),
        "business_day": getattr(request, "business_day", None),
        "glance": getattr(request, "glance", None),
        "shown_at": timezone.now(),
        "paper_choice": partial(papers.choice_of, own=user.papers if known else {}),
        "own_keys": rules.keys_as_json(user.keys if known else {}),
        "session_left": seconds_left(request) if known else 0,
        "draft": drafts.take(request.session, user, request.path) if known and request.method == "GET" else "",
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
            keep_draft(request, drafts.owner(request.session))
            return _to_sign_in(request)
        if _session_ended(request):
            person = request.user.pk
            logout(request)
            drafts.begin(request.session, person)
            messages.info(request, "您已较长时间没有操作，为保护信息安全请重新登录")
            keep_draft(request, person)
            return _to_sign_in(request)
        if request.user.first_password_until and not door.before_own_password:
            return _led_to(request, OWN_PASSWORD)
        return view(request, *args, **kwargs) if admits(request.user) else _forbidden(request, door)

    return _open(enter, door)


def _session_ended(request: Any) -> bool:
    """Whether the sign-in is over; if not, it was seen now."""
    now, session = int(time.time()), request.session
    seen_at = session.get("seen_at", 0)
    idle = _idle_seconds(request)
    if rules.session_ended(now, signed_in_at=session.get("signed_in_at", 0), seen_at=seen_at, idle_seconds=idle):
        return True
    # A page that asks anew every few seconds by itself is not a person at work.
    asks_by_itself = (request.htmx and request.method == "GET") or BY_ITSELF in request.headers
    if not asks_by_itself and now - seen_at >= SEEN_EVERY_SECONDS:
        session["seen_at"] = now
    return False


def _idle_seconds(request: Any) -> int:
    return rules.COUNTER_IDLE_SECONDS if request.user.works_at_counter else rules.PORTAL_IDLE_SECONDS


def seconds_left(request: Any) -> int:
    """How long the sign-in lasts if the person does nothing more 距自动退出的秒数."""
    session = request.session
    return rules.seconds_left(
        int(time.time()),
        signed_in_at=session.get("signed_in_at", 0),
        seen_at=session.get("seen_at", 0),
        idle_seconds=_idle_seconds(request),
    )


def keep_draft(request: Any, person: int | None) -> bool:
    """Keep what was typed into a form that came too late, for the person who typed it 保留填写内容."""
    if request.method != "POST" or person is None:
        return False
    if not drafts.keep(request.session, person, page_address(request), dict(request.POST.lists())):
        return False
    files = "；文件需要重新选择" if request.FILES else ""
    messages.info(request, f"刚才的提交没有办理，您填写的内容已为您本人保留，请核对后重新提交{files}")
    return True


def page_address(request: Any) -> str:
    """The page a request came from: where the form stands that was handed in, or that refreshes itself."""
    asked_from = urlsplit(request.headers.get("HX-Current-URL") or request.headers.get("Referer", ""))
    # Two slashes at the beginning of a path would be read as the name of another host.
    if asked_from.netloc != request.get_host() or asked_from.path.startswith(("//", "/\\")):
        return request.get_full_path() if request.method == "GET" else reverse("access:desk")
    return asked_from.path + (f"?{asked_from.query}" if asked_from.query else "")


def _to_sign_in(request: Any) -> HttpResponse:
    """The sign-in page, which leads back to the page this person was on."""
    return _led_to(request, settings.LOGIN_URL)


def _led_to(request: Any, page: str) -> HttpResponse:
    """A page that comes first, and knows where this person wanted to go."""
    direct = request.method == "GET" and not request.htmx
    wanted = request.get_full_path() if direct else page_address(request)
    address = reverse(page) + "?" + urlencode({"next": wanted})
    if request.htmx:
        return HttpResponse(headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)


def _forbidden(request: Any, door: Door) -> HttpResponse:
    context = {"perm": door.perm, "posts": posts_with(door.perm) if door.perm else []}
    return render(request, "errors/forbidden.html", context, status=403)
