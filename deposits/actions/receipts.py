"""Whose money arrived 到账认领: by the payment reference, else by the paying account; the rest waits for a clerk."""

from datetime import date

from django.db import transaction

from access.models import User
from accounts.models import Employer
from audit.actions import trail
from banking.actions import receipts as arrivals
from banking.models import Receipt
from deposits import queries
from deposits.models import Identification
from deposits.queries import Payer
from hpf.errors import Refusal
from ledger.actions import opening, posting

SUSPENSE = "21902"  # 待查到账
AT_ONCE = 1000


class PayerUnknown(Refusal):
    """Neither the remark nor the paying account names one employer 无法认领."""

    message = "附言中没有有效的缴款识别号，付款账户也未唯一对应一个单位，请人工核实后认领"
    code = "payer_unknown"


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
    employer = Employer.objects.get(pk=payer.employer)
    amount = receipt.unclaimed
    arrivals.claim(receipt, amount, by=by, on=on)
    waits_at = receipt.account.ledger_account.branch_id
    entries = [
        posting.debit(opening.internal(SUSPENSE, waits_at, on=on), amount),
        posting.credit(employer.unallocated_id, amount),
    ]
    source, why = f"{receipt.pk}:{employer.pk}", f"到账认领 {receipt.payer_name}"
    voucher = posting.post("deposits.identification", source, entries, by=by, on=on, why=why)
    identification = Identification.objects.create(
        receipt=receipt, employer=employer, amount=amount, how=payer.how, on=on, voucher_id=voucher
    )
    trail.note("identify", receipt, by=by, on=on, employer=employer.number, amount=amount, how=payer.how)
    return identification


def identify_all(*, by: User, on: date) -> dict[str, int]:
    """Identify every receipt that names its payer 批量认领, each in a transaction of its own.

    Safe to run twice and by several at once: a receipt somebody else is working on is left to them. One that fails by a
    mistake of the program stops no other; it is raised when all have been tried.
    """
    counts = {"identified": 0, "unknown": 0, "refused": 0}
    mistakes: list[Exception] = []
    after = 0
    while batch := queries.unidentified(after, AT_ONCE):
        payers = queries.payers_of(batch)
        counts["unknown"] += len(batch) - len(payers)
        for pk, payer in payers.items():
            try:
                counts["identified"] += _identify_if_free(pk, payer, by=by, on=on)
            except Refusal:
                counts["refused"] += 1
            except Exception as mistake:
                mistakes.append(mistake)
        after = batch[-1].pk
    if mistakes:
        raise ExceptionGroup("identify_all", mistakes)
    return counts


@transaction.atomic
def _identify_if_free(pk: int, payer: Payer, *, by: User, on: date) -> int:
    free = Receipt.objects.select_for_update(skip_locked=True, of=("self",)).select_related("account__ledger_account")
    receipt = free.filter(pk=pk, unclaimed__gt=0, identification=None).first()
    if receipt is None:
        return 0
    _give(receipt, payer, by=by, on=on)
    return 1
