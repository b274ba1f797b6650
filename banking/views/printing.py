"""What of banking is printed at the counter 柜台资金打印: slips of payments that a bank has paid."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from access import doors
from access.states import Perm
from banking import queries
from banking.filters import PaymentFilter
from banking.queries.printouts import payment_slip
from banking.states import PaymentStatus
from hpf.printing import picking


@doors.counter(Perm.VIEW_PAYMENTS)
def payment_print(request: Any, pk: int) -> HttpResponse:
    """The slip of a payment; there is none before the bank has paid."""
    row = get_object_or_404(queries.payments_seen_by(request.user), pk=pk)
    back = reverse("banking:payment", args=[pk])
    return doors.printed(request, f"付款回单-{row.reference}.pdf", lambda: [(payment_slip(row), row)], back=back)


@doors.counter(Perm.VIEW_PAYMENTS)
def payments_print(request: Any) -> HttpResponse:
    """The slips of the ticked payments, or of all in the list that are paid, in one file."""
    found = PaymentFilter(request.GET, queryset=queries.payments_seen_by(request.user)).found
    paid = found.filter(status=PaymentStatus.SUCCEEDED)
    return doors.printed(
        request,
        f"付款回单-{request.business_day:%Y%m%d}.pdf",
        lambda: [(payment_slip(row), row) for row in picking.picked(request.GET, paid)],
        back=picking.list_address(reverse("banking:payments"), request.GET),
    )
