"""Reversals 红冲: a mistake in the books is answered by a voucher that takes it back whole, never by a change.

Vouchers on accounts that earn interest are not reversed here: what they did to interest is undone with the act itself,
such as `ledger.actions.payouts.undo`. The act that calls this undoes its own effects in the same transaction, and has
the second person's signature.
"""

from datetime import date

from access.models import User
from audit.actions import trail
from hpf.errors import Refusal
from ledger.actions import posting
from ledger.models import Entry, PaidOut, Voucher
from ledger.states import REVERSAL, Side

OTHER_SIDE = {Side.DEBIT: Side.CREDIT, Side.CREDIT: Side.DEBIT}


class NoReason(Refusal):
    """Why it is reversed is not said 未填写原因."""

    message = "请填写红冲原因"
    code = "no_reason"


class NotReversed(Refusal):
    """The voucher is undone by its own act, or is itself a reversal 不能直接红冲."""

    message = "该凭证涉及计息账户、支取，或本身就是红冲凭证，不能直接红冲；请通过原业务的撤销功能办理"
    code = "not_reversed"


def reverse(voucher: Voucher, *, why: str, by: User, on: date) -> int:
    """Take a voucher back by its mirror 红冲 and return the reversal's id (R-905); inside the act's transaction.

    Each line comes back on its account, the other way round and in the opposite order. The reversal's source is the
    voucher's id, so that there is at most one.

    Raises:
        NoReason: `why` is empty.
        NotReversed: it touches an account that earns interest, is a payout or its undoing, or a reversal.
        AlreadyPosted: it was reversed.
        NotEnough: what it brought has gone out meanwhile.
    """
    if not why.strip():
        raise NoReason(field="why")
    entries = Entry.objects.filter(booked_on=voucher.booked_on, voucher=voucher)
    paid_out = PaidOut.objects.filter(voucher=voucher) | PaidOut.objects.filter(undone_by=voucher)
    if voucher.kind_id == REVERSAL or entries.filter(account__bears_interest=True).exists() or paid_out.exists():
        raise NotReversed
    mirror = [
        posting.Line(account, OTHER_SIDE[Side(side)], amount)
        for account, side, amount in entries.order_by("-line").values_list("account", "side", "amount")
    ]
    reversal = posting.post(REVERSAL, voucher.pk, mirror, by=by, on=on, why=why.strip())
    trail.note("reverse", voucher, by=by, on=on, why=why.strip(), reversal=reversal)
    return reversal
