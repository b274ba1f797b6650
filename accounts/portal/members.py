"""The member's own pages 个人网厅: the account and its statement."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render

from access import doors
from accounts import queries
from accounts.actions import exports
from accounts.filters import STATEMENT_HEADER, StatementFilter
from accounts.queries.freezes import holds_on_account
from accounts.states import MEMBER_ACCOUNT_ENDS
from hpf.pages import excel_response, page_of

# What the page shows of an account, so that it does not read the forty columns it does not show.
SHOWN = (
    *("number", "status", "base", "employer_ratio", "member_ratio", "opened_on"),
    *("member__name", "member__certificate_type", "member__id_number_sealed"),
    *("employer__name", "employer__paid_to"),
    *("ledger_account__balance", "ledger_account__carried", "ledger_account__current"),
)


@doors.member
def my_account(request: Any, pk: int | None = None) -> HttpResponse:
    """The open account with its statement; `pk` names another one of the member's own."""
    seen = queries.member_accounts_seen_by(request.user)
    shown = seen.select_related("member", "employer", "ledger_account").only(*SHOWN).annotate(frozen=holds_on_account())
    # One or two rows: to compose an order for them costs more than to sort them.
    own = sorted(shown, key=lambda row: (row.opened_on, row.pk), reverse=True)
    if not own:
        return render(request, "accounts/no_account.html")
    still_open = [row for row in own if row.status not in MEMBER_ACCOUNT_ENDS]
    wanted = [row for row in own if row.pk == pk] if pk else still_open or own
    if not wanted:
        raise Http404
    account = wanted[0]
    chosen = StatementFilter(account, request.GET, on=request.business_day)
    page = {
        "account": account,
        "others": [row for row in own if row.pk != account.pk],
        "filter": chosen,
        "page": page_of(request, chosen.rows),
        "totals": chosen.totals,
    }
    return render(request, "accounts/my_account.html", page)


@doors.member
def my_account_export(request: Any, pk: int):
    account = get_object_or_404(queries.member_accounts_seen_by(request.user), pk=pk)
    chosen = StatementFilter(account, request.GET, on=request.business_day)
    exports.note_statement(account, chosen.found.count(), by=request.user, on=request.business_day)
    return excel_response(f"个人账户明细-{account.number}.xlsx", STATEMENT_HEADER, chosen.excel_rows())
