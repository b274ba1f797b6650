"""Counter pages of papers 柜台提取要件: scans of what was only seen, and files that come later."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from access import doors
from access.states import Perm
from approvals.queries import papers_of
from hpf.pages import refusals_shown_on
from withdrawals import queries
from withdrawals.actions import papers
from withdrawals.forms.papers import AddPaperForm


@doors.counter(Perm.HANDLE_WITHDRAWALS)
def withdrawal_papers(request: Any, pk: int) -> HttpResponse:
    """The papers a withdrawal rests on, how each was brought, and a form for one more file."""
    row = get_object_or_404(queries.withdrawals_seen_by(request.user), pk=pk)
    proofs = queries.proofs_of(row)
    form = AddPaperForm(request.POST or None, request.FILES or None, proofs=proofs)
    if form.is_valid():
        with refusals_shown_on(form):
            papers.add(row, form.kind_given, form.upload, by=request.user, on=request.business_day)
            messages.success(request, f"“{form.kind_given.label}”已上传")
            return redirect("withdrawals:withdrawal_papers", pk)
    page = {"withdrawal": row, "proofs": proofs, "papers": papers_of(row), "form": form}
    return render(request, "withdrawals/withdrawal_papers.html", page)
