"""Counter pages of signing like cases together 柜台批量复核: withdrawals, and their undoings."""

from typing import Any

from django.http import HttpResponse

from access import doors
from access.states import Perm
from approvals import deciding
from withdrawals import queries
from withdrawals.actions import applications
from withdrawals.actions import undoing as undoings
from withdrawals.models import Withdrawal

WITHDRAWAL, UNDOING = "withdrawals:withdrawal_decide", "withdrawals:undoing_decide"


@doors.counter(Perm.APPROVE_WITHDRAWAL)
def withdrawal_decide_batch(request: Any) -> HttpResponse:
    """Applications ticked in the inbox, granted together."""

    def facts(row: Withdrawal) -> dict[str, str]:
        return queries.facts_of(row, applications.requote(row, on=request.business_day))

    seen, template = queries.withdrawals_seen_by(request.user), "withdrawals/withdrawal_decide_batch.html"
    return deciding.together(request, WITHDRAWAL, template, seen, facts, applications.decide)


@doors.counter(Perm.APPROVE_WITHDRAWAL)
def undoing_decide_batch(request: Any) -> HttpResponse:
    """Undoings ticked in the inbox, granted together."""
    seen, template = queries.undoings_seen_by(request.user), "withdrawals/undoing_decide_batch.html"
    return deciding.together(request, UNDOING, template, seen, queries.facts_of_undoing, undoings.decide)
