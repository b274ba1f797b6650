"""Counter pages of members 柜台职工页面: find, look, seal and unseal, the statement as Excel."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from access import doors
from access.states import Perm
from accounts import queries
from accounts.actions import exports, freezing, sealing
from accounts.actions.members import Paying
from accounts.filters import STATEMENT_HEADER, StatementFilter
from accounts.forms.members import SealForm, SearchForm, UnsealForm
from accounts.models import KeyChange, MemberAccount
from accounts.queries import freezes as frozen
from accounts.queries import history
from accounts.queries.bans import bans_on
from accounts.queries.member_changes import open_change_of
from accounts.queries.spouses import Partner, partner_of
from accounts.states import MEMBER_ACCOUNT_ENDS
from hpf.errors import why_not
from hpf.months import Month
from hpf.pages import excel_response, page_of, refusals_shown_on
from ledger import queries as books

TABS = {"entries": "账户明细", "withdrawals": "提取", "transfers": "转移记录", "freezes": "冻结", "changes": "办理记录"}
CONFIRMED = "confirmed"  # the answers were looked at once more


@doors.counter(Perm.SEARCH_ACCOUNTS)
def search(request: Any) -> HttpResponse:
    """The clerk's desk. What was typed comes by POST: an address with an ID number in it would stay in logs."""
    form = SearchForm(request.POST or None)
    found = queries.search(form.cleaned_data["q"], request.user) if form.is_valid() else None
    if found and len(found.employers) + len(found.accounts) == 1:
        for account in found.accounts:
            return redirect("accounts:member", account.pk)
        return redirect("accounts:employer", found.employers[0].pk)
    return render(request, "accounts/search.html", {"form": form, "found": found, "most": queries.MOST_FOUND})


@doors.counter(Perm.VIEW_MEMBER)
def member(request: Any, pk: int) -> HttpResponse:
    """All about one account 职工全景: where it stands, what can be done now and why not the rest, and its tabs."""
    return _whole(request, _account_seen(request, pk), {})


@doors.counter(Perm.REVEAL_NUMBERS)
def member_reveal(request: Any, pk: int) -> HttpResponse:
    """The same page with the whole numbers, this once; asked for by POST, since it leaves a record."""
    account = _account_seen(request, pk)
    if request.method != "POST":
        return redirect("accounts:member", pk)
    revealed = exports.reveal_numbers(account, by=request.user, on=request.business_day)
    return _whole(request, account, revealed)


def _whole(request: Any, account: MemberAccount, revealed: dict[str, str]) -> HttpResponse:
    tab = request.GET.get("tab") if request.GET.get("tab") in TABS else "entries"
    seen, waiting = queries.member_accounts_seen_by(request.user), open_change_of(account.member)
    partner = partner_of(account.member, request.user)
    (queue, freezing), savings = frozen.queue_and_waiting(account), account.ledger_account
    page = {
        "account": account,
        "others": seen.filter(member=account.member_id).exclude(pk=account.pk).order_by("-opened_on", "-pk"),
        "waiting": waiting,
        "queue": queue,
        "freezing": freezing,
        "bans": bans_on(account.member, request.business_day),
        "available": books.available(savings.pk) if queue else savings.balance - savings.held,
        "partner": partner,
        "deeds": _deeds(account, waiting, partner, request),
        "revealed": revealed,
        "may_reveal": request.user.has(Perm.REVEAL_NUMBERS),
        "may_export": request.user.has(Perm.EXPORT),
        "links_vouchers": request.user.has(Perm.VIEW_VOUCHERS),
        "tabs": _tabs(account, tab),
        "tab": tab,
    }
    return render(request, "accounts/member.html", page | _tab_of(account, tab, request))


def _tabs(account: MemberAccount, tab: str) -> list[tuple[str, str, bool]]:
    here = reverse("accounts:member", args=[account.pk])
    return [(label, f"{here}?tab={one}", one == tab) for one, label in TABS.items()]


def _tab_of(account: MemberAccount, tab: str, request: Any) -> dict[str, Any]:
    """What the chosen tab shows, a page of it."""
    if tab == "entries":
        chosen = StatementFilter(account, request.GET, on=request.business_day)
        return {"filter": chosen, "page": page_of(request, chosen.rows), "totals": chosen.totals}
    if tab == "transfers":
        moved = account.transfers.select_related("from_employer", "to_employer").order_by("-pk")
        return {"page": page_of(request, moved)}
    if tab == "withdrawals":
        return {}
    if tab == "freezes":
        return {"page": page_of(request, account.freezes.order_by("-pk"))}
    page = page_of(request, history.records_of(account))
    return {"page": page, "told": [history.told(record) for record in page]}


def _deeds(
    account: MemberAccount, waiting: KeyChange | None, partner: Partner | None, request: Any
) -> list[tuple[str, str, list[str]]]:
    """What this person may do with the account: its words, its address, and why it cannot be done now."""
    ended, month = "账户已销户" if account.status in MEMBER_ACCOUNT_ENDS else "", Month.of(request.business_day)
    asked = "有一项变更申请待复核" if waiting else ""
    spouse = ("登记婚姻终止", "spouse_end") if partner else ("登记配偶", "spouse_record")
    deeds = (
        (Perm.SEAL_ACCOUNTS, "封存", "member_seal", why_not(sealing.refuse_to_seal, account, account.employer, month)),
        (Perm.SEAL_ACCOUNTS, "启封", "member_unseal", why_not(sealing.refuse_to_unseal, account, account.employer)),
        (Perm.HANDLE_WITHDRAWALS, "提取", "withdrawals:member_withdraw", ended or _barred(account, request)),
        (Perm.FREEZE_ACCOUNTS, "冻结", "member_freeze", why_not(freezing.refuse_to_freeze, account)),
        (Perm.CHANGE_PARTICULARS, *spouse, ""),
        (Perm.RECORD_BAN, "登记违规限制", "member_ban", ""),
        (Perm.CHANGE_PARTICULARS, "变更联系方式", "member_amend", ended),
        (Perm.CHANGE_PARTICULARS, "变更姓名和证件", "member_change_propose", asked),
    )
    return [
        (label, reverse(name if ":" in name else f"accounts:{name}", args=[account.pk]), [refused] if refused else [])
        for perm, label, name, refused in deeds
        if request.user.has(perm)
    ]


@doors.counter(Perm.SEAL_ACCOUNTS)
def member_seal(request: Any, pk: int) -> HttpResponse:
    """Choose the reason, look at it once more, seal."""
    account, month = _account_seen(request, pk), Month.of(request.business_day)
    form = SealForm(request.POST or None)
    if form.is_valid() and CONFIRMED in request.POST:
        with refusals_shown_on(form):
            leavers = {account.pk: form.cleaned_data["reason"]}
            sealing.seal(account.employer, leavers, month=month, by=request.user, on=request.business_day)
            messages.success(request, f"账户已封存，从 {month} 起不再列入单位汇缴清册")
            return redirect("accounts:member", pk)
    page = {"account": account, "month": month, "form": form}
    page["refused"] = why_not(sealing.refuse_to_seal, account, account.employer, month)
    return render(request, "accounts/member_seal.html", page | {"checking": form.is_bound and form.is_valid()})


@doors.counter(Perm.SEAL_ACCOUNTS)
def member_unseal(request: Any, pk: int) -> HttpResponse:
    """Enter what is contributed from now on, look at it once more, unseal."""
    account = _account_seen(request, pk)
    now = {"base": account.base, "employer_ratio": account.employer_ratio, "member_ratio": account.member_ratio}
    form = UnsealForm(request.POST or None, initial=now)
    if form.is_valid() and CONFIRMED in request.POST:
        with refusals_shown_on(form):
            returning = {account.pk: Paying(**form.cleaned_data)}
            sealing.unseal(account.employer, returning, by=request.user, on=request.business_day)
            messages.success(request, "账户已启封，已列入单位下一次汇缴清册")
            return redirect("accounts:member", pk)
    page = {"account": account, "form": form, "refused": why_not(sealing.refuse_to_unseal, account, account.employer)}
    return render(request, "accounts/member_unseal.html", page | {"checking": form.is_bound and form.is_valid()})


@doors.counter(Perm.VIEW_MEMBER)
@doors.counter(Perm.EXPORT)
def member_export(request: Any, pk: int):
    account = get_object_or_404(queries.member_accounts_seen_by(request.user), pk=pk)
    chosen = StatementFilter(account, request.GET, on=request.business_day)
    exports.note_statement(account, chosen.found.count(), by=request.user, on=request.business_day)
    return excel_response(f"个人账户明细-{account.number}.xlsx", STATEMENT_HEADER, chosen.excel_rows())


def _account_seen(request: Any, pk: int) -> MemberAccount:
    seen = queries.member_accounts_seen_by(request.user)
    return get_object_or_404(seen.select_related("member", "employer__branch", "ledger_account"), pk=pk)


def _barred(account: MemberAccount, request: Any) -> str:
    """Why the member may not withdraw; empty where nothing bars it."""
    on = request.business_day
    ban = bans_on(account.member, on).filter(no_withdrawal_until__gte=on).order_by("-no_withdrawal_until").first()
    return (
        f"{ban.no_withdrawal_until} 前（含当日）不得提取（{ban.get_ground_display()}，{ban.document}）" if ban else ""
    )
