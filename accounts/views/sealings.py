"""Counter pages of sealing and unsealing many at once 批量封存启封: choose, look at each, all or nothing."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from access import doors
from access.states import Perm
from accounts import queries
from accounts.actions import members, sealing
from accounts.forms.sealings import SealManyForm, UnsealManyForm
from accounts.models import Employer, MemberAccount
from accounts.states import MemberAccountStatus, SealReason
from hpf.errors import why_not
from hpf.months import Month
from hpf.pages import refusals_shown_on
from policy.queries import deposit_terms_on

CONFIRMED = "confirmed"  # the answers were looked at once more
SHOWN = 200


@doors.counter(Perm.SEAL_ACCOUNTS)
def members_seal(request: Any, pk: int) -> HttpResponse:
    employer, month = _employer(request, pk), Month.of(request.business_day)
    form = SealManyForm(request.POST or None, employer=employer)
    page = _page(form, lambda account: sealing.refuse_to_seal(account, employer, month))
    if page["checking"] and not page["wrong"] and CONFIRMED in request.POST:
        with refusals_shown_on(form):
            leavers = {account.pk: form.cleaned_data["reason"] for account in form.chosen}
            sealing.seal(employer, leavers, month=month, by=request.user, on=request.business_day)
            messages.success(request, f"已封存 {len(leavers)} 户，从 {month} 起不再列入单位汇缴清册")
            return redirect("accounts:employer", pk)
    page |= _offered(employer, MemberAccountStatus.NORMAL) | {"act": "封存", "month": month, "reason": _reason(form)}
    return render(request, "accounts/members_seal.html", page)


@doors.counter(Perm.SEAL_ACCOUNTS)
def members_unseal(request: Any, pk: int) -> HttpResponse:
    employer, terms = _employer(request, pk), deposit_terms_on(request.business_day)
    form = UnsealManyForm(request.POST or None, employer=employer)

    def refuse(account: MemberAccount) -> None:
        sealing.refuse_to_unseal(account, employer)
        members.refuse_paying(terms, members.pays(account))

    page = _page(form, refuse)
    if page["checking"] and not page["wrong"] and CONFIRMED in request.POST:
        with refusals_shown_on(form):
            back, why = {account.pk: members.pays(account) for account in form.chosen}, form.cleaned_data["reason"]
            sealing.unseal(employer, back, by=request.user, on=request.business_day, why=f"启封：{why}")
            messages.success(request, f"已启封 {len(back)} 户，已列入单位下一次汇缴清册")
            return redirect("accounts:employer", pk)
    page |= _offered(employer, MemberAccountStatus.SEALED) | {"act": "启封", "month": None, "reason": _reason(form)}
    return render(request, "accounts/members_seal.html", page)


def _employer(request: Any, pk: int) -> Employer:
    return get_object_or_404(queries.employers_seen_by(request.user), pk=pk)


def _page(form: Any, refuse: Callable[[MemberAccount], None]) -> dict[str, Any]:
    """What was chosen, each with the reason why not; how many there are of those."""
    checking = form.is_bound and form.is_valid()
    chosen = [(account, why_not(refuse, account)) for account in form.chosen] if checking else []
    return {"form": form, "checking": checking, "chosen": chosen, "wrong": sum(bool(why) for _, why in chosen)}


def _reason(form: Any) -> str:
    """The one reason for all, in words."""
    given = getattr(form, "cleaned_data", {}).get("reason", "")
    return given.label if isinstance(given, SealReason) else given


def _offered(employer: Employer, status: MemberAccountStatus) -> dict[str, Any]:
    """The accounts that may be ticked, the first of them by number."""
    rows = employer.member_accounts.filter(status=status).select_related("member", "ledger_account").order_by("number")
    offered = list(rows[: SHOWN + 1])
    return {"employer": employer, "offered": offered[:SHOWN], "more": len(offered) > SHOWN, "shown": SHOWN}
