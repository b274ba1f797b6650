"""Counter pages of opening by the list 柜台批量开户: the template, the list judged, the list opened."""

from contextlib import suppress
from typing import Any

from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, render

from access import doors
from access.states import Perm
from accounts import queries, sheets
from accounts.actions import joining, opening_lists
from accounts.forms.opening_lists import OpeningListForm
from accounts.models import Employer
from hpf.errors import Refusal
from hpf.pages import file_response, refusals_shown_on

JUDGE = "judge"  # the button that opens nothing and hands the list back
SHOWN = 100


@doors.counter(Perm.OPEN_MEMBERS)
def members_open(request: Any, pk: int) -> HttpResponse:
    """Judge a list and hand it back, or open everybody on it. The file is never kept."""
    employer = _employer(request, pk)
    given = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = OpeningListForm(*given)
    page: dict[str, Any] = {"employer": employer, "form": form, "refused": joining.why_not(employer), "wrong": []}
    if not page["refused"] and form.is_valid():
        data = form.cleaned_data["file"]
        with refusals_shown_on(form):
            if JUDGE in request.POST:
                rows = opening_lists.judge(employer, data, on=request.business_day)
                return _excel(f"开户名单-{employer.number}-校验结果.xlsx", [(row.cells, row.said) for row in rows])
            done = opening_lists.open_list(employer, data, by=request.user, on=request.business_day)
            return render(request, "accounts/members_opened.html", {"employer": employer, "done": done})
        page["wrong"] = _wrong(employer, data, request)
    return render(request, "accounts/members_open.html", page | {"shown": SHOWN})


@doors.counter(Perm.OPEN_MEMBERS)
def members_open_template(request: Any, pk: int):
    employer = _employer(request, pk)
    return _excel(f"开户名单-{employer.number}.xlsx", [])


def _employer(request: Any, pk: int) -> Employer:
    return get_object_or_404(queries.employers_seen_by(request.user), pk=pk)


def _wrong(employer: Employer, data: bytes, request: Any) -> list[opening_lists.Judged]:
    """The rows that cannot be, for the page; none where the file itself could not be read."""
    with suppress(Refusal):
        return [row for row in opening_lists.judge(employer, data, on=request.business_day) if row.wrong]
    return []


def _excel(filename: str, rows: list[tuple[sheets.Named, str]]) -> FileResponse:
    return file_response(filename, lambda output: sheets.write(output, rows))
