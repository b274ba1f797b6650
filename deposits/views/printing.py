"""What of deposits is printed at the counter 柜台归集打印: receipts of lists that are in the members' accounts."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from access import doors
from access.states import Perm
from deposits import queries
from deposits.filters import RemittanceFilter
from deposits.states import RemittanceStatus
from hpf.printing import picking


@doors.counter(Perm.VIEW_REMITTANCES)
def remittance_print(request: Any, pk: int) -> HttpResponse:
    """The receipt of a list, as a file to print; there is none before the money is in the members' accounts."""
    row = get_object_or_404(queries.remittances_seen_by(request.user), pk=pk)
    back = reverse("deposits:remittance", args=[pk])
    filename = f"汇缴回单-{row.reference}.pdf"
    return doors.printed(request, filename, lambda: [(queries.remittance_receipt(row), row)], back=back)


@doors.counter(Perm.VIEW_REMITTANCES)
def remittances_print(request: Any) -> HttpResponse:
    """The receipts of the ticked lists, or of all that are allocated, in one file."""
    found = RemittanceFilter(request.GET, queryset=queries.remittances_seen_by(request.user)).found
    allocated = found.filter(status=RemittanceStatus.ALLOCATED)
    back = picking.list_address(reverse("deposits:remittances"), request.GET)
    return doors.printed(
        request,
        f"汇缴回单-{request.business_day:%Y%m%d}.pdf",
        lambda: [(queries.remittance_receipt(row), row) for row in picking.picked(request.GET, allocated)],
        back=back,
    )
