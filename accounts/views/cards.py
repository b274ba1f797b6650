"""Reading an ID card at the counter 读身份证: it fills the form one is at, or opens the person."""

from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render

from access import doors
from access.actions import looking
from access.states import Perm
from accounts import queries
from accounts.forms.cards import CardForm
from accounts.forms.members import SearchForm
from accounts.models import Employer

FILL = "fill"  # the page asks for what was read, for a form of its own


@doors.counter(Perm.SEARCH_ACCOUNTS)
def card_read(request: Any) -> HttpResponse:
    """Everything comes by POST: an address with a certificate number in it would stay in logs."""
    form = CardForm(request.POST or None, on=request.business_day)
    if FILL in request.POST:
        errors = [error for errors in form.errors.values() for error in errors]
        return JsonResponse({"error": "；".join(errors)} if errors else form.read)
    if not form.is_valid():
        return render(request, "accounts/card_read.html", {"form": form, "read": None})
    found = queries.search(form.read["id_number"], request.user)
    if len(found.accounts) == 1:
        return redirect("accounts:member", found.accounts[0].pk)
    if found.accounts:
        page = {"form": SearchForm(), "found": found, "most": queries.MOST_FOUND}
        return render(request, "accounts/search.html", page)
    page = {"form": CardForm(on=request.business_day), "read": form.read, "employer": _employer_served(request)}
    return render(request, "accounts/card_read.html", page)


def _employer_served(request: Any) -> Employer | None:
    """The employer at the window: whoever is not found is most likely to be taken in there."""
    look = looking.served(request.session)
    if look is None or look.page != "accounts:employer":
        return None
    return queries.employers_seen_by(request.user).filter(pk=look.pk).first()
