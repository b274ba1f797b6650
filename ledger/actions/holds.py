"""Holds 占用: money of an account that is kept for an application, or frozen by an order.

Held at submission, money cannot be promised twice; a freeze keeps what is ordered, also what arrives later. Each hold
is placed once, under the (kind, source) of what it is for, and released once: given up, or paid out by
`ledger.actions.payouts`. Call these inside the act's transaction; who acts leaves the trail.
"""

from datetime import date
from decimal import Decimal

from access.models import User
from hpf.errors import Refusal
from ledger.actions import posting
from ledger.states import HoldPurpose


class Frozen(Refusal):
    """The balance would do, and is frozen 账户冻结."""

    message = "账户资金已冻结，可用余额不足；请先核实冻结情况，冻结解除后再办理"
    code = "frozen"


class AlreadyHeld(Refusal):
    """The act has its hold already 重复占用."""

    message = "该业务已经占用过账户资金，不会重复占用，请刷新页面查看"
    code = "already_held"


class AlreadyReleased(Refusal):
    """The hold was released or paid out before 占用已解除."""

    message = "该笔占用或冻结已经解除，请刷新页面查看最新状态"
    code = "already_released"


REFUSALS = {**posting.REFUSALS, "HP031": Frozen, "HP032": AlreadyHeld, "HP033": AlreadyReleased}

PLACE = "select ledger_place_hold(%s, %s, %s, %s, %s, %s, %s)"
RELEASE = "select ledger_release_hold(%s, %s, %s, %s)"


def place(kind: str, source: object, account: int, amount: Decimal, *, by: User, on: date) -> int:
    """Hold money of a ledger account to spend it later 支取占用 (R-901), in yuan; answers the hold's id.

    Nothing (0.00) may be held for the closing of an account that has only interest left.

    Raises:
        NotEnough: the balance, less other holds to spend, does not cover it.
        Frozen: it would, were it not for what open freezes ask for.
        AlreadyHeld: the act has its hold.
        AccountUnknown, DayNotOpen: the account is closed, the day turned.
    """
    values = [kind, str(source), HoldPurpose.SPEND.value, account, amount, on, by.pk]
    hold: int = posting.call(PLACE, values, REFUSALS)
    return hold


def freeze(kind: str, source: object, account: int, amount: Decimal | None, *, by: User, on: date) -> int:
    """Freeze an amount (yuan) of a ledger account, or None: everything 冻结 (R-902); answers the hold's id.

    Never refused for lack of money: it covers what there is now, and keeps what arrives later up to the amount.
    Later freezes wait behind earlier ones 轮候冻结.

    Raises:
        AlreadyHeld: the act has its freeze.
        AccountUnknown, DayNotOpen: the account is closed, the day turned.
    """
    values = [kind, str(source), HoldPurpose.FREEZE.value, account, amount, on, by.pk]
    hold: int = posting.call(PLACE, values, REFUSALS)
    return hold


def release(kind: str, source: object, *, by: User, on: date) -> None:
    """Release a hold or a freeze 解除占用、解冻, once; what it kept goes to open freezes that lack money, oldest first.

    Raises:
        AlreadyReleased: it was released, or paid out.
        DayNotOpen: the day turned.
    """
    posting.call(RELEASE, [kind, str(source), on, by.pk], REFUSALS)
