"""How payers pay 付款行为: as they ordered, or as real ones do. Decisions on values, without a clock or a disk."""

import secrets
from collections.abc import Container, Iterable
from dataclasses import dataclass
from itertools import groupby

from hpf.management.simulator.misbehaviour import Misbehaviour

LONGEST_REMARK = 500  # characters, as the interface says
ACCOUNT_DIGITS = 17


@dataclass(frozen=True)
class Order:
    """What is to be paid in one sum 付款委托: the files that asked for it, and what they say."""

    names: tuple[str, ...]
    content: dict[str, str]

    @property
    def bank(self) -> str:
        """The code of the bank that takes the money."""
        return self.content["bank"]


@dataclass(frozen=True)
class Payment:
    """What a payer makes of an order 实际付款, and how many seconds after it should have."""

    content: dict[str, str]
    late_by: int = 0


def joined(orders: Iterable[Order]) -> list[Order]:
    """Settle the orders that wait together by one sum for each bank 合并付款: the first one's payer pays for all.

    The remark names every reference; where it grows too long, another sum begins.
    """
    together: list[Order] = []
    for _, waiting in groupby(sorted(orders, key=lambda order: order.bank), key=lambda order: order.bank):
        first, *others = waiting
        together.append(first)
        for other in others:
            both = _both(together[-1], other)
            fits = len(both.content["reference"]) <= LONGEST_REMARK
            together[-1:] = [both] if fits else [together[-1], other]
    return together


def _both(one: Order, other: Order) -> Order:
    remark = f"{one.content['reference']} {other.content['reference']}"
    amount = _yuan(_fen(one.content["amount"]) + _fen(other.content["amount"]))
    return Order(one.names + other.names, {**one.content, "reference": remark, "amount": amount})


def payments_of(order: Order, habits: Container[Misbehaviour], *, late_by: int) -> list[Payment]:
    """What is paid for an order 付款明细: the order itself, unless the payer has habits; they go together.

    Who pays short never pays the rest; who pays short and late pays the rest `late_by` seconds later.
    """
    paid = _in_time(order.content, habits, late_by)
    if Misbehaviour.NAMELESS in habits:
        paid = [Payment(_nameless(payment.content), payment.late_by) for payment in paid]
    return paid * 2 if Misbehaviour.DOUBLE in habits else paid


def _in_time(content: dict[str, str], habits: Container[Misbehaviour], late_by: int) -> list[Payment]:
    late = Misbehaviour.LATE in habits
    if Misbehaviour.SHORT not in habits:
        return [Payment(content, late_by if late else 0)]
    whole = _fen(content["amount"])
    now = (whole + 1) // 2
    rest = [Payment({**content, "amount": _yuan(whole - now)}, late_by)] if late and whole > now else []
    return [Payment({**content, "amount": _yuan(now)}), *rest]


def _nameless(content: dict[str, str]) -> dict[str, str]:
    """Nothing says who paid: no name, no reference, and an account nobody has seen before."""
    account = f"99{secrets.randbelow(10**ACCOUNT_DIGITS):0{ACCOUNT_DIGITS}d}"
    return {**content, "reference": "", "payer_name": "", "payer_account": account}


def _fen(amount: str) -> int:
    """Yuan with two decimals, as whole fen 分."""
    return int(amount.replace(".", ""))


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"
