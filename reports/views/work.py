"""The desk of the counter 工作台: whom one serves, what waits, what one did today; and the trail of what people did."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.utils import timezone

from access import doors
from access.actions import looking
from access.queries import menu_of
from access.states import Perm, Post
from audit.actions import trail
from audit.models import Record
from hpf.pages import excel_response, page_of
from reports.filters import RecordFilter
from reports.queries import figures, work

KEYS = 9  # Alt+1 to Alt+9
NO_KEY = {"reports:work_desk", doors.SEARCH}  # one stands there, and searching has keys of its own
RECORD_HEADER = ["时间", "会计日", "经办人", "岗位", "网点", "行为", "对象类别", "对象", "内容", "原因", "请求编号"]


@doors.counter(Perm.SEARCH_ACCOUNTS)
def work_desk(request: Any) -> HttpResponse:
    user, on, looks = request.user, request.business_day, looking.latest(request.session)
    seen = work.looked_at(looks, user)
    books = work.books_seen_by(user, on=on)
    page = {
        "served": seen[0] if looking.served(request.session) and seen else None,
        "seen": seen,
        "waiting": work.waiting_for(user, on=on),
        "done": work.done_by(user, on=on),
        "books": books,
        "ages": figures.unidentified_by_age(on=on) if books else [],
        "records": work.in_words(work.records_seen_by(user)[: work.RECORDS_SHOWN]),
        "keys": [link for _group, links in menu_of(user) for link in links if link.name not in NO_KEY][:KEYS],
    }
    return render(request, "reports/work_desk.html", page)


@doors.counter(Perm.SEARCH_ACCOUNTS)
def serving_done(request: Any) -> HttpResponse:
    """The person at the window is served: the next one begins with an empty place."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    looking.finish(request.session)
    messages.info(request, "已办理完毕，请接待下一位")
    return redirect("reports:work_desk")


@doors.counter(Perm.VIEW_TRAIL)
def records(request: Any) -> HttpResponse:
    chosen = RecordFilter(request.GET, queryset=work.records_seen_by(request.user))
    rows = page_of(request, chosen.found)
    page = {
        "filter": chosen,
        "page": rows,
        "records": work.in_words(rows),
        "may_export": request.user.has(Perm.EXPORT),
    }
    return render(request, "reports/records.html", page)


@doors.counter(Perm.VIEW_TRAIL)
@doors.counter(Perm.EXPORT)
def records_export(request: Any) -> Any:
    found = RecordFilter(request.GET, queryset=work.records_seen_by(request.user)).found
    trail.note("export", request.user, by=request.user, on=request.business_day, table="操作留痕", rows=found.count())
    return excel_response(f"操作留痕-{request.business_day:%Y%m%d}.xlsx", RECORD_HEADER, _record_rows(found))


def _record_rows(found: QuerySet[Record]) -> Iterator[list[object]]:
    posts = dict(Post.choices)
    for row in found.iterator():
        (shown,) = work.in_words([row])
        at = timezone.localtime(row.at).strftime("%Y-%m-%d %H:%M:%S")
        who = [row.by_name, posts.get(row.by_post, row.by_post), row.by_branch]
        left = "；".join(f"{word}：{value}" for word, value in shown.values)
        yield [at, row.on, *who, shown.act, shown.kind, row.subject_label, left, row.why, row.request_id]
