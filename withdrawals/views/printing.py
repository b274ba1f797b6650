"""What of withdrawals is printed at the counter 柜台提取打印: receipts, decisions, closed accounts."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from access import doors
from access.states import Perm
from hpf.printing import picking
from hpf.printing.shapes import Printout
from withdrawals import queries
from withdrawals.filters import WithdrawalFilter
from withdrawals.models import Withdrawal
from withdrawals.queries import printouts


@doors.counter(Perm.VIEW_WITHDRAWALS)
def withdrawal_receipt_print(request: Any, pk: int) -> HttpResponse:
    """That it was taken in, with which papers, and until when it is decided."""
    return _one(request, pk, "提取受理回执", printouts.receipts)


@doors.counter(Perm.VIEW_WITHDRAWALS)
def withdrawal_decision_print(request: Any, pk: int) -> HttpResponse:
    """Granted with its amount in words, or refused with the reasons and the ways to object."""
    return _one(request, pk, "提取决定书", printouts.decisions)


@doors.counter(Perm.VIEW_WITHDRAWALS)
def withdrawal_settlement_print(request: Any, pk: int) -> HttpResponse:
    """What a closed account came to: savings and interest, in figures and in words."""
    return _one(request, pk, "账户结清单", printouts.settlements)


@doors.counter(Perm.VIEW_WITHDRAWALS)
def withdrawal_receipts_print(request: Any) -> HttpResponse:
    """The receipts of the ticked withdrawals, or of the whole list, in one file."""
    return _many(request, "提取受理回执", _chosen(request), printouts.receipts)


@doors.counter(Perm.VIEW_WITHDRAWALS)
def withdrawal_decisions_print(request: Any) -> HttpResponse:
    """The decisions of the ticked withdrawals, or of all in the list that are decided, in one file.

    A ticked one that is not decided is named instead: nobody shall miss it in the pile.
    """
    found = _chosen(request)
    decided = found.filter(status__in=printouts.DECIDED) if "all" in request.GET else found
    return _many(request, "提取决定书", decided, printouts.decisions)


def _one(request: Any, pk: int, name: str, tell: Callable[[list[Withdrawal]], list[Any]]) -> HttpResponse:
    row = get_object_or_404(queries.withdrawals_seen_by(request.user), pk=pk)
    back = reverse("withdrawals:withdrawal", args=[pk])
    return doors.printed(request, f"{name}-{row.number}.pdf", lambda: _with([row], tell), back=back)


def _many(request: Any, name: str, found: Any, tell: Callable[[list[Withdrawal]], list[Any]]) -> HttpResponse:
    back = picking.list_address(reverse("withdrawals:withdrawals"), request.GET)
    filename = f"{name}-{request.business_day:%Y%m%d}.pdf"
    return doors.printed(request, filename, lambda: _with(picking.picked(request.GET, found), tell), back=back)


def _chosen(request: Any) -> Any:
    return WithdrawalFilter(request.GET, queryset=queries.withdrawals_seen_by(request.user)).found


def _with(rows: list[Withdrawal], tell: Callable[[list[Withdrawal]], list[Any]]) -> list[tuple[Printout, Withdrawal]]:
    return list(zip(tell(rows), rows, strict=True))
