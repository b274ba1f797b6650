"""Pages of papers 要件页面: those of a case, adding and taking off, and the door through which one is read."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header

from access import doors
from access.states import Perm
from approvals import queries
from approvals.actions import papers as filing
from approvals.forms import PaperForm, PaperRemoveForm
from approvals.models import Case, Paper
from approvals.states import OWN_PAPERS
from hpf.pages import refusals_shown_on

# A paper runs nothing, loads nothing, and only our own pages frame it. The styles are the browser's own viewer's,
# which reads no PDF in a sandbox.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; form-action 'none'; base-uri 'none'"
PDF_POLICY = f"{POLICY}; object-src 'self'"
PICTURE_POLICY = f"{POLICY}; sandbox"


@doors.signed_in
def paper(request: Any, pk: int) -> Any:
    """The paper itself, beside a form or to be kept; whoever reads it leaves a record."""
    row = get_object_or_404(queries.papers_seen_by(request.user, on=request.business_day), pk=pk)
    filing.note_read(row, by=request.user, on=request.business_day)
    response = StreamingHttpResponse(queries.bytes_of(row), content_type=row.media_type)
    response.headers["Content-Length"] = str(row.size)
    disposition = content_disposition_header("download" in request.GET, row.name)
    response.headers["Content-Disposition"] = disposition or "inline"
    response.headers["Content-Security-Policy"] = PICTURE_POLICY if row.is_image else PDF_POLICY
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


@doors.counter(Perm.VIEW_INBOX)
def case_papers(request: Any, pk: int) -> HttpResponse:
    """The papers of a case: a part of the pages that show and decide it, and a page of its own to add one."""
    case = _seen(request, pk)
    if request.htmx:
        return render(request, "approvals/_case_papers.html", _page(request, case))
    own = OWN_PAPERS.get(case.subject_kind)
    if own and case.maker_id == request.user.pk:
        return redirect(own, case.subject_id)
    form = PaperForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        with refusals_shown_on(form):
            kind, upload = form.cleaned_data["kind"], form.upload
            filing.attach_to_case(case, kind, upload, by=request.user, on=request.business_day)
            messages.success(request, f"要件“{kind}”已上传")
            return redirect("approvals:case_papers", pk)
    return render(request, "approvals/case_papers.html", _page(request, case) | {"form": form})


@doors.counter(Perm.VIEW_INBOX)
def paper_remove(request: Any, pk: int) -> HttpResponse:
    """Taking off a paper that was wrong, by whoever brought it."""
    row = get_object_or_404(Paper.objects.filter(uploaded_by=request.user, removed_on=None), pk=pk)
    case = queries.cases_about(row).filter(maker=request.user).order_by("-pk").first()
    back = ("approvals:case_papers", case.pk) if case else ("approvals:sent",)
    form = PaperRemoveForm(request.POST or None)
    if form.is_valid():
        with refusals_shown_on(form):
            filing.remove(row, why=form.cleaned_data["reason"], by=request.user, on=request.business_day)
            messages.success(request, "要件已移除")
            return redirect(*back)
    return render(request, "approvals/paper_remove.html", {"paper": row, "form": form, "back": back})


def _seen(request: Any, pk: int) -> Case:
    return get_object_or_404(queries.cases_seen_by(request.user, on=request.business_day), pk=pk)


def _page(request: Any, case: Case) -> dict[str, Any]:
    adds = case.is_open and case.maker_id == request.user.pk
    return {"case": case, "papers": queries.papers_of(queries.subject_of(case)), "adds": adds}
