"""Counter pages of papers 柜台提取要件: scans of what was only seen, and files that come later."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from access import doors
from access.states import Perm
from approvals.queries import papers_of
from hpf.pages import gone_on, refusals_shown_on
from withdrawals import queries
from withdrawals.actions import papers
from withdrawals.forms.papers import AddPapersForm


@doors.counter(Perm.HANDLE_WITHDRAWALS)
def withdrawal_papers(request: Any, pk: int) -> HttpResponse:
    """The papers a withdrawal rests on, how each was brought, and a form for more files of them."""
    row = get_object_or_404(queries.withdrawals_seen_by(request.user), pk=pk)
    form = AddPapersForm(request.POST or None, request.FILES or None, proofs=queries.proofs_to_add(row))
    if form.is_valid():
        with refusals_shown_on(form):
            count = papers.add_all(row, form.uploads, by=request.user, on=request.business_day)
            messages.success(request, f"已上传 {count} 个文件")
            return gone_on(request, "withdrawals:withdrawal_papers", pk)
    page = {"withdrawal": row, "proofs": queries.proofs_of(row), "papers": papers_of(row), "form": form}
    return render(request, "withdrawals/withdrawal_papers.html", page)
