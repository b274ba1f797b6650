"""What of withdrawals is printed at the counter 柜台提取打印: the receipt, and the decision once there is one."""

from typing import Any

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect

from access import doors
from access.states import Perm
from audit.actions import prints
from hpf.errors import Refusal
from hpf.printing import printout_response
from withdrawals import queries
from withdrawals.queries import printouts


@doors.counter(Perm.VIEW_WITHDRAWALS)
def withdrawal_receipt_print(request: Any, pk: int) -> Any:
    """That it was taken in, with which papers, and until when it is decided."""
    row = get_object_or_404(queries.withdrawals_seen_by(request.user), pk=pk)
    printout = printouts.receipt(row)
    with prints.counted(printout.title, row, by=request.user, on=request.business_day) as times:
        return printout_response(f"提取受理回执-{row.number}.pdf", printout, by=request.user.name, times=times)


@doors.counter(Perm.VIEW_WITHDRAWALS)
def withdrawal_decision_print(request: Any, pk: int) -> Any:
    """Granted with its amount in words, or refused with the reasons and the ways to object."""
    row = get_object_or_404(queries.withdrawals_seen_by(request.user), pk=pk)
    try:
        printout = printouts.decision(row)
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
        return redirect("withdrawals:withdrawal", pk)
    with prints.counted(printout.title, row, by=request.user, on=request.business_day) as times:
        return printout_response(f"提取决定书-{row.number}.pdf", printout, by=request.user.name, times=times)
