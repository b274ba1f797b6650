"""A member withdraws 个人网厅提取: what one could have, the application, its progress, and taking it back."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from access import doors
from accounts.models import MemberAccount
from accounts.queries import member_accounts_seen_by
from accounts.queries.bans import bans_on
from accounts.queries.freezes import holds_on_account
from accounts.states import MEMBER_ACCOUNT_ENDS
from approvals.queries import papers_of
from hpf.pages import gone_on, page_of, refusals_shown_on
from ledger.queries import available
from withdrawals import queries, rules
from withdrawals.actions import applications, online, papers
from withdrawals.forms.papers import AddPapersForm
from withdrawals.gateways import shared_data
from withdrawals.models import Withdrawal
from withdrawals.portal.forms import FORMS, HandInForm, TakeBackForm
from withdrawals.queries import Wish
from withdrawals.queries.progress import offer, spouse_to_consent, steps_of
from withdrawals.rules import CATEGORIES, Declaration
from withdrawals.states import Category, WithdrawalStatus

HANDED_IN, AGAIN = "handed_in", "again"


@doors.member
def my_withdrawals(request: Any) -> HttpResponse:
    """What one may withdraw for, and what one has applied for."""
    account = _account(request)
    on = request.business_day
    barred = bans_on(account.member, on).filter(no_withdrawal_until__gte=on) if account else []
    page = {
        "account": account,
        "bans": barred,
        "available": available(account.ledger_account_id) if account else None,
        "terms": queries.terms_on(on),
        "categories": [(one, one.category.value.lower().replace("_", "-")) for one in CATEGORIES.values()],
        "page": page_of(request, queries.withdrawals_seen_by(request.user)),
    }
    return render(request, "withdrawals/portal/my_withdrawals.html", page)


@doors.member
def my_withdrawal_apply(request: Any, category: str) -> HttpResponse:
    """Fill in; then a look at what it comes to, with card and papers; then handed in."""
    declared, account = _declared(category), _account(request)
    if account is None:
        return redirect("withdrawals:my_withdrawals")
    form = FORMS[declared.category](request.POST or None, category=declared.category)
    page = {"declared": declared, "account": account, "form": form, "category": category}
    if not form.is_valid() or AGAIN in request.POST:
        return render(request, "withdrawals/portal/my_withdrawal_apply.html", page)
    on = request.business_day
    if form.consents and HANDED_IN not in request.POST:
        online.ask(account, declared.category, shared_data(), by=request.user, on=on)
    found = offer(Wish(account, form.particulars), on=on)
    bound = (request.POST, request.FILES) if HANDED_IN in request.POST else (None, None)
    handing_in = HandInForm(*bound, account=account, offer=found, closes=declared.closes)
    if handing_in.is_valid():
        with refusals_shown_on(handing_in):
            made = applications.submit(handing_in.application(form), by=request.user, on=on)
            return gone_on(request, "withdrawals:my_withdrawal", made.pk)
    page |= {"offer": found, "handing_in": handing_in, "answers": rules.shown(form.particulars)}
    page["spouse"] = spouse_to_consent(account.member, declared.category, on=on)
    return render(request, "withdrawals/portal/my_withdrawal_check.html", page)


@doors.member
def my_withdrawal(request: Any, pk: int) -> HttpResponse:
    """One application: where it stands, what comes next, and what it was decided by."""
    withdrawal = _seen(request, pk)
    page = {
        "withdrawal": withdrawal,
        "steps": steps_of(withdrawal),
        "answers": rules.shown(queries.particulars_of(withdrawal)),
        "papers": papers_of(withdrawal),
        "proofs": queries.proofs_of(withdrawal),
        "moves_on": withdrawal.status in (WithdrawalStatus.SUBMITTED, WithdrawalStatus.APPROVED),
        "may_take_back": _may_take_back(request, withdrawal),
    }
    return render(request, "withdrawals/portal/my_withdrawal.html", page)


@doors.member
def my_withdrawal_papers(request: Any, pk: int) -> HttpResponse:
    """A photograph or file more for an application that waits, by whoever handed it in."""
    withdrawal = _seen(request, pk)
    if not _may_take_back(request, withdrawal):
        messages.info(request, "这笔申请现在不能在网上补交材料：已经审批，或是在柜台、其他平台提交的")
        return redirect("withdrawals:my_withdrawal", pk)
    form = AddPapersForm(request.POST or None, request.FILES or None, proofs=queries.proofs_to_add(withdrawal))
    if form.is_valid():
        with refusals_shown_on(form):
            count = papers.add_all(withdrawal, form.uploads, by=request.user, on=request.business_day)
            messages.success(request, f"已上传 {count} 个文件，审批人可以看到")
            return gone_on(request, "withdrawals:my_withdrawal", pk)
    page = {"withdrawal": withdrawal, "proofs": queries.proofs_of(withdrawal), "form": form}
    return render(request, "withdrawals/portal/my_withdrawal_papers.html", page)


@doors.member
def my_withdrawal_take_back(request: Any, pk: int) -> HttpResponse:
    """Taking back what nobody has decided yet."""
    withdrawal = _seen(request, pk)
    form = TakeBackForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_shown_on(form):
            applications.take_back(withdrawal, by=request.user, on=request.business_day)
            messages.success(request, "申请已撤回，占用的资金和额度已经释放")
            return redirect("withdrawals:my_withdrawal", pk)
    page = {"withdrawal": withdrawal, "form": form, "may_take_back": _may_take_back(request, withdrawal)}
    return render(request, "withdrawals/portal/my_withdrawal_take_back.html", page)


def _account(request: Any) -> MemberAccount | None:
    """The member's open account; somebody has one at a time."""
    seen = member_accounts_seen_by(request.user).exclude(status__in=MEMBER_ACCOUNT_ENDS)
    shown = seen.select_related("member", "employer__branch", "ledger_account").annotate(frozen=holds_on_account())
    return shown.order_by("-opened_on", "-pk").first()


def _declared(category: str) -> Declaration:
    try:
        return CATEGORIES[Category(category.upper().replace("-", "_"))]
    except ValueError:
        raise Http404 from None


def _seen(request: Any, pk: int) -> Withdrawal:
    return get_object_or_404(queries.withdrawals_seen_by(request.user), pk=pk)


def _may_take_back(request: Any, withdrawal: Withdrawal) -> bool:
    return withdrawal.status == WithdrawalStatus.SUBMITTED and withdrawal.applied_by_id == request.user.pk
