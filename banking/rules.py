"""What a notice of money in must be 到账通知规则: decisions on values, without tables or a clock."""

import hashlib
import json
from collections.abc import Container
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from banking.states import RefusalCode

CURRENCY = "CNY"


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice of money in 到账通知, as the bank reports it; `amount` in yuan."""

    serial: str
    account: str
    amount: Decimal
    paid_on: date
    payer_name: str = ""
    payer_account: str = ""
    payer_bank: str = ""
    remark: str = ""
    currency: str = CURRENCY


@dataclass(frozen=True, slots=True)
class Malformed:
    """A notice that names its serial number and cannot be read otherwise 格式错误的到账通知.

    `message` says which field is wrong, and `given` is what came, as text.
    """

    serial: str
    field: str
    message: str
    given: dict[str, str]


def reason_to_refuse(notice: Notice, *, accounts: Container[str], earliest: date, latest: date) -> RefusalCode | None:
    """Why a notice cannot be booked 拒绝原因, or None.

    `accounts` are the centre's accounts at this bank; `earliest` and `latest` are the first and the last day on which
    money that is reported now can have come in. Source: docs/rules.md R-304.
    """
    if notice.currency != CURRENCY:
        return RefusalCode.CURRENCY
    if notice.account not in accounts:
        return RefusalCode.ACCOUNT_UNKNOWN
    if notice.amount <= 0:
        return RefusalCode.AMOUNT
    if notice.paid_on > latest:
        return RefusalCode.AHEAD
    if notice.paid_on < earliest:
        return RefusalCode.TOO_OLD
    return None


def fingerprint(notice: Notice, payer_account_index: bytes) -> bytes:
    """The digest of what a notice says 内容摘要: equal for a repeated notice, other for other content (32 bytes).

    The payer's account goes in by its blind index, so that the digest gives away no number that can be guessed.
    """
    content = [
        *[notice.account, notice.currency, str(notice.amount), notice.paid_on.isoformat()],
        *[notice.payer_name, payer_account_index.hex(), notice.payer_bank, notice.remark],
    ]
    return hashlib.sha256(json.dumps(content).encode()).digest()
