"""Counter pages of applying 柜台提取申请: the category, its fields beside the quote, looked at again, handed in."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from access import doors
from access.states import Perm
from accounts.models import MemberAccount
from accounts.queries import member_accounts_seen_by
from accounts.queries.bans import bans_on
from accounts.queries.freezes import queue_of, told_waiting
from accounts.states import MEMBER_ACCOUNT_ENDS
from hpf.errors import Refusal
from hpf.pages import gone_on, refusals_shown_on
from ledger.queries import available
from ledger.rules import in_capitals
from withdrawals import queries
from withdrawals.actions import applications, inquiries
from withdrawals.forms.applying import APPLY_FORMS, ApplyForm
from withdrawals.forms.papers import PapersForm
from withdrawals.gateways import shared_data
from withdrawals.queries.progress import Offer, offer
from withdrawals.rules import CATEGORIES, shown
from withdrawals.states import Category, Consent, InquiryKind, InquiryOutcome, WithdrawalStatus

# The answers were looked at once more; they are to be changed; the applicant insists on a written refusal.
CONFIRMED, EDIT, REFUSED = "confirmed", "edit", "refused"


@doors.counter(Perm.HANDLE_WITHDRAWALS)
def member_withdraw(request: Any, pk: int) -> HttpResponse:
    """What the money is for: the page that follows asks only for what this category needs."""
    account = _account(request, pk)
    page = {"account": account, "categories": CATEGORIES.values(), "available": available(account.ledger_account_id)}
    page["freezing"] = told_waiting(account)
    page["refused"] = ["账户已销户，不能提取；请核对个人账号"] if account.status in MEMBER_ACCOUNT_ENDS else []
    page |= {"terms": queries.terms_on(request.business_day), "queue": queue_of(account)}
    page["waiting"] = queries.withdrawals_seen_by(request.user).filter(
        member_account=account, status=WithdrawalStatus.SUBMITTED
    )
    page["bans"] = bans_on(account.member, request.business_day).filter(no_withdrawal_until__gte=request.business_day)
    return render(request, "withdrawals/member_withdraw.html", page)


@doors.counter(Perm.HANDLE_WITHDRAWALS)
def member_withdraw_apply(request: Any, pk: int, category: str) -> HttpResponse:
    """Enter, look at it once more beside its quote, hand it in; with consent, shared data are asked in between."""
    account = _account(request, pk)
    form = _form(request, account, category)
    if form.is_valid() and form.cleaned_data.get("consent") and not {CONFIRMED, EDIT, REFUSED} & request.POST.keys():
        with refusals_shown_on(form):
            _ask(request, account, form)
    found = _offer(request, form)
    papers = _papers(request, found)
    if form.is_valid() and (gone := _handed_in(request, form, papers)):
        return gone
    checking = form.is_bound and form.is_valid() and bool(found and found.quote.granted) and EDIT not in request.POST
    page = {"account": account, "form": form, "declared": CATEGORIES[form.category], "offer": found}
    page |= {"checking": checking, "available": available(account.ledger_account_id), "freezing": told_waiting(account)}
    if checking and found:
        page |= {"answers": shown(form.particulars), "capitals": in_capitals(found.quote.paid), "papers": papers}
    return render(request, "withdrawals/member_withdraw_apply.html", page)


@doors.counter(Perm.HANDLE_WITHDRAWALS)
def member_withdraw_quote(request: Any, pk: int, category: str) -> HttpResponse:
    """The quote of what is entered so far: a part of the page, fetched by it. By POST, as what is asked of a person."""
    form = _form(request, _account(request, pk), category)
    return render(request, "withdrawals/_quote.html", {"offer": _offer(request, form)})


def _handed_in(request: Any, form: ApplyForm, papers: PapersForm) -> HttpResponse | None:
    """The way on from what was handed in, or refused in writing to who insists; None while it is to be shown again."""
    entered: dict[str, Any] = {"by": request.user, "on": request.business_day}
    if REFUSED in request.POST:
        with refusals_shown_on(form):
            row = applications.refuse(form.application, **entered)
            messages.success(request, "不予提取的决定已记录，请打印决定书交申请人")
            return redirect("withdrawals:withdrawal", row.pk)
    elif papers.is_valid():
        with refusals_shown_on(form):
            row = applications.submit(form.with_papers(papers), **entered)
            waits = row.status == WithdrawalStatus.SUBMITTED
            messages.success(request, "申请已提交，资金已占用" if waits else "已准予提取，等待银行付款；请打印决定书")
            return gone_on(request, "withdrawals:withdrawal", row.pk)
    return None


def _account(request: Any, pk: int) -> MemberAccount:
    seen = member_accounts_seen_by(request.user)
    return get_object_or_404(seen.select_related("member", "employer__branch", "ledger_account"), pk=pk)


def _form(request: Any, account: MemberAccount, category: str) -> ApplyForm:
    if category not in Category.values:
        raise Http404
    on, chosen = request.business_day, Category(category)
    asks = CATEGORIES[chosen].asks
    answered = bool(asks) and all(_answered(account, kind, request) for kind in asks)
    given = {"account": account, "terms": queries.terms_on(on), "on": on, "answered": answered}
    return APPLY_FORMS[chosen](request.POST or None, **given)


def _answered(account: MemberAccount, kind: InquiryKind, request: Any) -> bool:
    """Whether shared data have answered about everybody who is asked about; a source that was down is asked again."""
    answers = queries.answers_about(account.member, kind, on=request.business_day)
    return all(answer and answer.outcome != InquiryOutcome.DOWN for answer in answers)


def _ask(request: Any, account: MemberAccount, form: ApplyForm) -> None:
    """Ask shared data; where they have answered already the form does not offer it, so nobody is asked twice."""
    purpose = f"办理{form.category.label}"
    asking = inquiries.Asking(CATEGORIES[form.category].asks, purpose, Consent.SIGNED, request.business_day)
    found = inquiries.ask(account.member, asking, shared_data(), by=request.user, on=request.business_day)
    if all(answer.outcome != InquiryOutcome.DOWN for answer in found):
        del form.fields["consent"]


def _offer(request: Any, form: ApplyForm) -> Offer | None:
    """What may be withdrawn with which papers; nothing before enough is entered. What cannot be reckoned is said."""
    if not form.quotable:
        return None
    try:
        return offer(form.wish, on=request.business_day)
    except Refusal as refusal:
        form.add_error(None, refusal.sentence)
        return None


def _papers(request: Any, found: Offer | None) -> PapersForm:
    """The papers that are needed; read when the application is handed in."""
    sent = (request.POST, request.FILES) if CONFIRMED in request.POST else ()
    return PapersForm(*sent, needed=found.papers if found else [])
