"""Whose money arrived 到账认领: by the payment reference, else by the paying account; else a clerk finds out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction

from access.models import User
from accounts.actions import employers
from accounts.models import Employer
from accounts.states import EmployerStatus
from audit.actions import trail
from banking.actions import receipts as arrivals
from banking.models import Receipt
from deposits import queries
from deposits.actions import batches
from deposits.models import Identification
from deposits.queries import Payer
from deposits.states import IdentifiedBy
from hpf.errors import Overtaken, Refusal
from hpf.money import ZERO, rounded
from ledger.actions import opening, posting

SUSPENSE = "21902"  # 待查到账
AT_ONCE = 1000


class PayerUnknown(Refusal):
    """Neither the remark nor the paying account names one employer 无法认领."""

    message = "附言中没有有效的缴款识别号，付款账户也未唯一对应一个单位，请人工核实后认领"
    code = "payer_unknown"


class NobodyNamed(Refusal):
    """No employer is named 未填写单位."""

    message = "请至少填写一个单位和认领金额"
    code = "nobody_named"


class WhyNeeded(Refusal):
    """A person decided, and does not say on what grounds 未填写依据."""

    message = "请填写认领依据"
    code = "why_needed"


class NoAmount(Refusal):
    """A share is nothing, or less than a fen 认领金额有误."""

    message = "单位 {number} 的认领金额应大于零，最多两位小数"
    code = "no_amount"


class NamedTwice(Refusal):
    """One employer stands in the list twice 单位重复."""

    message = "单位 {number} 重复，请合并成一行"
    code = "named_twice"


class HasItsShare(Refusal):
    """An employer is given one share of a receipt, once 单位已认领过."""

    message = "单位 {number} 已认领过该笔到账，每个单位只认领一次，请核对单位账号"
    code = "has_its_share"


class EmployerClosed(Refusal):
    """A closed employer takes no money 单位已销户."""

    message = "单位 {number} 已销户，不能认领到账，请改填接收其职工的单位"
    code = "employer_closed"


@dataclass(frozen=True, slots=True)
class Share:
    """What one employer is given of a receipt 认领份额, in yuan."""

    employer: Employer
    amount: Decimal


@transaction.atomic
def identify(receipt: Receipt, *, by: User, on: date) -> Identification:
    """Give a receipt to the employer it belongs to 到账认领: Dr 待查到账, Cr that employer's 单位暂存款.

    What is still unclaimed of it moves whole; which months it pays is decided by allocation.

    Raises:
        PayerUnknown: no reference and no single owner of the paying account; it stays in suspense.
        Refusal: it is claimed already (banking).
    """
    payer = queries.payers_of([receipt]).get(receipt.pk)
    if payer is None:
        raise PayerUnknown
    return _give(receipt, payer, by=by, on=on)


def _give(receipt: Receipt, payer: Payer, *, by: User, on: date) -> Identification:
    share = Share(Employer.objects.get(pk=payer.employer), receipt.unclaimed)
    return _hand_over(receipt, [share], payer.how, by=by, on=on)[0]


@transaction.atomic
def identify_by_clerk(
    receipt: Receipt, shares: Sequence[Share], *, seen: Decimal, by: User, on: date, why: str
) -> list[Identification]:
    """Give a receipt, or a part of it, to the employers a clerk found 人工认领 (R-303).

    One payer may pay for many employers 财政统发. `seen` is what was unclaimed when the clerk looked, in yuan; `why`
    says on what grounds. What the shares leave over stays in suspense.

    Raises:
        Overtaken: something of it was claimed since.
        NobodyNamed, NoAmount, NamedTwice, HasItsShare, EmployerClosed, WhyNeeded: the list cannot be taken as it is.
        Refusal: the shares are more than is unclaimed (banking).
    """
    held = Receipt.objects.select_for_update(of=("self",)).select_related("account__ledger_account").get(pk=receipt.pk)
    if held.unclaimed != seen:
        raise Overtaken
    refuse_shares(held, shares)
    if not why.strip():
        raise WhyNeeded(field="why")
    return _hand_over(held, shares, IdentifiedBy.CLERK, by=by, on=on, why=why.strip())


def refuse_shares(receipt: Receipt, shares: Sequence[Share]) -> None:
    """Refuse a list of shares that cannot be taken as it is 认领清单校验, with the first reason found."""
    if not shares:
        raise NobodyNamed(field="shares")
    served = set(queries.shares_of(receipt).values_list("employer", flat=True))
    named: set[int] = set()
    for share in shares:
        refuse_share(share, served=served, named=named)
        named.add(share.employer.pk)


def refuse_share(share: Share, *, served: set[int], named: set[int]) -> None:
    """Refuse one share 认领清单逐行校验; `served` have a share of the receipt already, `named` stand above in the list.

    Raises:
        NoAmount, EmployerClosed, HasItsShare, NamedTwice.
    """
    employer, amount = share.employer, share.amount
    if amount <= 0 or amount != rounded(amount):
        raise NoAmount(field="shares", number=employer.number)
    if employer.status == EmployerStatus.CLOSED:
        raise EmployerClosed(field="shares", number=employer.number)
    if employer.pk in served:
        raise HasItsShare(field="shares", number=employer.number)
    if employer.pk in named:
        raise NamedTwice(field="shares", number=employer.number)


def _hand_over(
    receipt: Receipt, shares: Sequence[Share], how: IdentifiedBy, *, by: User, on: date, why: str = ""
) -> list[Identification]:
    """Claim the shares and post each, Dr 待查到账, Cr 单位暂存款: one voucher a share, so that each is undone alone."""
    arrivals.claim(receipt, sum((share.amount for share in shares), ZERO), by=by, on=on)
    suspense = opening.internal(SUSPENSE, receipt.account.ledger_account.branch_id, on=on)
    kept = employers.keep([share.employer.pk for share in shares])
    given = []
    # The accounts are locked in the order of their keys: two receipts that are split at once do not wait in a ring.
    for share in sorted(shares, key=lambda share: kept[share.employer.pk].unallocated_id):
        employer, amount = kept[share.employer.pk], share.amount
        if employer.status == EmployerStatus.CLOSED:  # since it was looked at
            raise EmployerClosed(field="shares", number=employer.number)
        entries = [posting.debit(suspense, amount), posting.credit(employer.unallocated_id, amount)]
        source, grounds = f"{receipt.pk}:{employer.pk}", f"到账认领 {receipt.payer_name}"
        voucher = posting.post("deposits.identification", source, entries, by=by, on=on, why=grounds)
        given.append(
            Identification(receipt=receipt, employer=employer, amount=amount, how=how, on=on, voucher_id=voucher)
        )
        trail.note("identify", receipt, by=by, on=on, why=why, employer=employer.number, amount=amount, how=how)
    return Identification.objects.bulk_create(given)


def identify_all(*, by: User, on: date) -> dict[str, int]:
    """Identify every receipt that names its payer 批量认领, many in one transaction and the rest each alone.

    Safe to run twice and by several at once: a receipt somebody else is working on is left to them. One that fails by a
    mistake of the program stops no other; it is raised when all have been tried.
    """
    counts = {"identified": 0, "unknown": 0, "refused": 0}
    mistakes: list[Exception] = []
    for batch in _unidentified():
        payers = queries.payers_of(batch)
        counts["unknown"] += len(batch) - len(payers)
        done = _identify_together(payers, by=by, on=on)
        counts["identified"] += len(done)
        for pk, payer in ((pk, payer) for pk, payer in payers.items() if pk not in done):
            try:
                counts["identified"] += _identify_if_free(pk, payer, by=by, on=on)
            except Refusal:
                counts["refused"] += 1
            except Exception as mistake:
                mistake.add_note(f"到账 {pk}")
                mistakes.append(mistake)
    if mistakes:
        raise ExceptionGroup("identify_all", mistakes)
    return counts


def _unidentified() -> Iterator[list[Receipt]]:
    """What nobody has claimed, so many at once; behind the last few nothing more is looked for."""
    batch = queries.unidentified(0, AT_ONCE)
    while batch:
        yield batch
        batch = queries.unidentified(batch[-1].pk, AT_ONCE) if len(batch) == AT_ONCE else []


def _identify_together(payers: Mapping[int, Payer], *, by: User, on: date) -> set[int]:
    """Identify receipts by the group and answer which."""
    return batches.taken_together(
        ((pk, payer.employer, 1) for pk, payer in payers.items()),
        lambda group: batches.identify({pk: payers[pk] for pk in group}, by=by, on=on),
    )


@transaction.atomic
def _identify_if_free(pk: int, payer: Payer, *, by: User, on: date) -> int:
    free = Receipt.objects.select_for_update(skip_locked=True, of=("self",)).select_related("account__ledger_account")
    receipt = free.filter(pk=pk, unclaimed__gt=0, identification=None).first()
    if receipt is None:
        return 0
    _give(receipt, payer, by=by, on=on)
    return 1
