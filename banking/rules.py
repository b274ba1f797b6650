"""What a notice of money in must be, and what a bank's word does to a payment 到账通知与付款回报规则: decisions on
values, without tables or a clock."""

import hashlib
import json
from collections.abc import Container
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from banking.states import (
    PaymentStatus,
    RefusalCode,
    ResultOutcome,
    ResultRefusal,
    ResultStatus,
)

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


@dataclass(frozen=True, slots=True)
class Said:
    """What a bank says of a payment 付款回报; `amount` in yuan. What it need not say is empty."""

    outcome: ResultOutcome
    sending: int | None = None
    bank_serial: str = ""
    account: str = ""
    amount: Decimal | None = None
    paid_on: date | None = None
    code: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a payment stands when a bank says something of it 付款指令现状; `sending` is 0 while it was never sent."""

    status: PaymentStatus
    sending: int
    amount: Decimal
    account: str


@dataclass(frozen=True, slots=True)
class Effect:
    """What a result does 付款回报的效果: what becomes of it, why it is refused, and the status it leads to, if any."""

    became: ResultStatus
    refusal: ResultRefusal | None = None
    moves_to: PaymentStatus | None = None


NOTED = Effect(ResultStatus.APPLIED)
AWAITED = Effect(ResultStatus.WAITING)
# Of these the bank may still say anything: it was handed the payment and has not said how it ended.
UNDECIDED = frozenset({PaymentStatus.SENT, PaymentStatus.ACCEPTED, PaymentStatus.UNKNOWN, PaymentStatus.APPROVED})
# What a result does once its figures are right: by what it says and, unless undecided, by how the payment ended.
ENDED: dict[ResultOutcome, dict[PaymentStatus, Effect]] = {
    ResultOutcome.ACCEPTED: dict.fromkeys(
        (PaymentStatus.SUCCEEDED, PaymentStatus.RETURNED, PaymentStatus.FAILED), NOTED
    ),
    ResultOutcome.SUCCEEDED: {
        PaymentStatus.SUCCEEDED: Effect(ResultStatus.REFUSED, ResultRefusal.SUCCEEDED_BEFORE),
        PaymentStatus.RETURNED: Effect(ResultStatus.REFUSED, ResultRefusal.SUCCEEDED_BEFORE),
        PaymentStatus.FAILED: Effect(ResultStatus.REFUSED, ResultRefusal.FAILED_BEFORE),
    },
    ResultOutcome.FAILED: {
        PaymentStatus.SUCCEEDED: Effect(ResultStatus.REFUSED, ResultRefusal.SUCCEEDED_BEFORE),
        PaymentStatus.RETURNED: Effect(ResultStatus.REFUSED, ResultRefusal.SUCCEEDED_BEFORE),
        PaymentStatus.FAILED: NOTED,
    },
    ResultOutcome.RETURNED: {
        PaymentStatus.SUCCEEDED: Effect(ResultStatus.APPLIED, moves_to=PaymentStatus.RETURNED),
        PaymentStatus.RETURNED: Effect(ResultStatus.REFUSED, ResultRefusal.RETURNED_BEFORE),
        PaymentStatus.FAILED: Effect(ResultStatus.REFUSED, ResultRefusal.FAILED_BEFORE),
    },
}
OPEN: dict[ResultOutcome, Effect] = {
    ResultOutcome.ACCEPTED: Effect(ResultStatus.APPLIED, moves_to=PaymentStatus.ACCEPTED),
    ResultOutcome.SUCCEEDED: Effect(ResultStatus.APPLIED, moves_to=PaymentStatus.SUCCEEDED),
    ResultOutcome.FAILED: Effect(ResultStatus.APPLIED, moves_to=PaymentStatus.FAILED),
    ResultOutcome.RETURNED: AWAITED,  # until the bank says it had paid
}


def signatures_needed(amount: Decimal, *, tier_one: Decimal, tier_two: Decimal, covered: bool = True) -> int:
    """How many of finance sign a payment of so many yuan beside the decision it rests on 付款复核人数 (R-801).

    Up to `tier_one` none, up to `tier_two` one, above it two; the tiers themselves belong to the lower side. One at
    least where no account can pay it (R-804).
    """
    return max((amount > tier_one) + (amount > tier_two), 0 if covered else 1)


def effect_of(said: Said, standing: Standing, *, latest: date) -> Effect:
    """What a bank's word does to a payment 付款回报的效果 (R-803).

    The status follows from the set of what was said, not from its order: a return that comes before its success waits
    for it, an acceptance that comes late changes nothing. What contradicts the payment, or what the bank said before,
    is refused and shown to a person. `latest` is the last day on which money can have moved.
    """
    refusal = _contradiction(said, standing, latest)
    if refusal:
        return Effect(ResultStatus.REFUSED, refusal)
    if said.outcome == ResultOutcome.NOT_RECEIVED:
        return Effect(ResultStatus.APPLIED, moves_to=PaymentStatus.APPROVED)
    if standing.status not in UNDECIDED:
        return ENDED[said.outcome][standing.status]
    # An acceptance said twice leaves the payment where it is.
    return NOTED if OPEN[said.outcome].moves_to == standing.status else OPEN[said.outcome]


def _contradiction(said: Said, standing: Standing, latest: date) -> ResultRefusal | None:
    """Why what was said cannot be true of this payment, or None."""
    if standing.status == PaymentStatus.CANCELLED:
        return ResultRefusal.CANCELLED
    if standing.sending == 0:
        return ResultRefusal.NOT_SENT
    if said.outcome == ResultOutcome.NOT_RECEIVED:
        return _untimely(said, standing)
    if said.amount is not None and said.amount != standing.amount:
        return ResultRefusal.AMOUNT
    if said.account and said.account != standing.account:
        return ResultRefusal.ACCOUNT
    return ResultRefusal.AHEAD if said.paid_on and said.paid_on > latest else None


def _untimely(said: Said, standing: Standing) -> ResultRefusal | None:
    """Why a bank's word that it never received a payment comes at the wrong time, or None."""
    if standing.status != PaymentStatus.UNKNOWN:
        return ResultRefusal.NOT_ASKED
    return None if said.sending == standing.sending else ResultRefusal.SENDING


def fingerprint_of_result(said: Said) -> bytes:
    """The digest of what a bank said of a payment 付款回报摘要: equal for what is said again (32 bytes).

    The bank's own code and text do not count: it may word the same fact differently.
    """
    content = [str(said.sending), said.bank_serial, said.account, str(said.amount), str(said.paid_on)]
    return hashlib.sha256(json.dumps(content).encode()).digest()


# After each try the pause until the next one: eight tries within a day. The last entry only bounds a try under way.
PAUSES = (
    *(timedelta(seconds=5), timedelta(seconds=55), timedelta(minutes=9), timedelta(minutes=50)),
    *(timedelta(hours=3), timedelta(hours=8), timedelta(hours=12), timedelta(hours=1)),
)
MOST_TRIES = len(PAUSES)
JITTER = 201  # how many thousandths a pause may be longer, less one


def pause_after(tries: int, *, jitter: int) -> timedelta:
    """How long to wait after so many tries of pushing an event 推送间隔; `jitter` lengthens it by thousandths."""
    return PAUSES[tries - 1] * (1000 + jitter) / 1000
