"""Payouts 支取: held money leaves an account, once, and comes back as if it had never left when it was not paid.

A payout consumes the hold to spend of its own (kind, source). Undoing is a red mirror of it, at most once, that puts
the money back into the parts it came from and counts it from the day it left (R-903, R-904).
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from access.models import User
from hpf.errors import Refusal
from hpf.money import ZERO
from ledger.actions import holds, posting


class BalanceChanged(Refusal):
    """Money came or went since the closing was computed 余额已变动."""

    message = "账户余额已有变动，不能按原金额销户，请刷新页面重新核定后再办理"
    code = "balance_changed"


class AlreadyUndone(Refusal):
    """The payout was undone before 重复冲回."""

    message = "该笔支取已经冲回，不会重复冲回，请刷新页面查看"
    code = "already_undone"


class ClosedSince(Refusal):
    """The account was closed after the payout 账户已销户."""

    message = "账户在该笔支取之后已销户或转走，款项不能记回原账户；请先撤销其后的销户，或交由财务核实后另行支付"
    code = "closed_since"


REFUSALS = {
    **holds.REFUSALS,
    "HP035": BalanceChanged,
    "HP036": AlreadyUndone,
    "HP037": ClosedSince,
}

PAY_OUT = "select ledger_pay_out(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
UNDO = "select ledger_undo_payout(%s, %s, %s, %s, %s, %s)"


@dataclass(frozen=True, slots=True)
class Payout:
    """What is paid out 待支取: (kind, source) names voucher and hold; `to_account` of its branch owes it then.

    Amounts are yuan. A closing names the whole balance as `amount`, and the interest that is paid with it from
    `interest_account`.
    """

    kind: str
    source: object
    account: int
    to_account: int
    amount: Decimal
    closes: bool = False
    interest: Decimal = ZERO
    interest_account: int | None = None


def pay_out(payout: Payout, *, by: User, on: date, why: str = "") -> int:
    """Pay out what is held 支取 and return its voucher: Dr account, Cr `to_account` (domain events 8 and 10; R-903).

    A closing 销户 first takes in its interest, pays out both and ends the account. Call it in the act's transaction.

    Raises:
        AlreadyPosted: it was paid out.
        AlreadyReleased: its hold was given up.
        BalanceChanged, HeldOpen: a closing would leave money, or another hold or freeze, behind.
        AccountUnknown, DayNotOpen, YearTurning: as for `posting.post`.
        BooksError: there is no such hold, or not of this account and amount.
    """
    voucher: int = posting.call(
        PAY_OUT,
        [
            *[payout.kind, str(payout.source), on, by.pk, why, payout.account, payout.to_account, payout.amount],
            *[payout.closes, payout.interest, payout.interest_account],
        ],
        REFUSALS,
    )
    return voucher


def undo(voucher: int, kind: str, source: object, *, by: User, on: date, why: str) -> int:
    """Undo a payout 冲回支取 under a (kind, source) of its own and return its voucher (domain event 11; R-904).

    Money and interest numbers are as if it had never left, and a closed account is open as it stood. When a year was
    settled meanwhile, all comes back as carried-forward money that counts from that settlement, and the interest of a
    closing stays the member's.

    Raises:
        AlreadyUndone: it was undone.
        ClosedSince: another act closed the account after the payout.
        AlreadyPosted, DayNotOpen, YearTurning: as for `posting.post`.
        BooksError: the voucher is no payout.
    """
    made: int = posting.call(UNDO, [voucher, kind, str(source), on, by.pk, why], REFUSALS)
    return made
