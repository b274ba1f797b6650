"""Whose money a receipt is 到账认领, and what waits for an owner 待认领资金."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from access.models import User
from accounts.models import Employer, PayingAccount
from accounts.states import EmployerStatus
from banking.models import Receipt
from banking.queries import receipts_seen_by
from deposits import rules
from deposits.models import Identification, Remittance
from deposits.states import IdentifiedBy


@dataclass(frozen=True, slots=True)
class Payer:
    """The employer a receipt belongs to 付款单位, and how that is known."""

    employer: int
    how: IdentifiedBy


def identifications_of(employer: Employer) -> QuerySet[Identification]:
    """What arrived for an employer 到账认领记录, newest first."""
    return (
        Identification.objects.filter(employer=employer)
        .select_related("receipt", "receipt__bank")
        .order_by("-on", "-pk")
    )


def unidentified(after: int, limit: int) -> list[Receipt]:
    """Receipts nobody has claimed 待认领到账, by number, after one of them."""
    rows = Receipt.objects.filter(unclaimed__gt=0, pk__gt=after, identification=None).order_by("pk")
    return list(rows.only("pk", "remark", "payer_account_index")[:limit])


def payers_of(receipts: Sequence[Receipt]) -> dict[int, Payer]:
    """Whose money receipts are 付款单位, by receipt; one that nobody can be sure of is left out.

    A payment reference decides; without one, the paying account, where it belongs to one employer only. References of
    several employers decide nothing, and neither does the paying account then (R-302). What names a closed employer is
    for a person to decide: it takes no money any more.
    """
    references = {receipt.pk: rules.references_in(receipt.remark) for receipt in receipts}
    written = set().union(*references.values())
    listed = dict(Remittance.objects.filter(reference__in=written).values_list("reference", "employer"))
    owners = _owners_of(bytes(receipt.payer_account_index) for receipt in receipts)
    payers: dict[int, Payer] = {}
    for receipt in receipts:
        by_reference = {listed[reference] for reference in references[receipt.pk] if reference in listed}
        by_account = owners.get(bytes(receipt.payer_account_index), set())
        how = IdentifiedBy.REFERENCE if by_reference else IdentifiedBy.PAYING_ACCOUNT
        named = by_reference or by_account
        if len(named) == 1:
            payers[receipt.pk] = Payer(next(iter(named)), how)
    gone = closed({payer.employer for payer in payers.values()})
    return {receipt: payer for receipt, payer in payers.items() if payer.employer not in gone}


def closed(employers: Iterable[int]) -> set[int]:
    """Those of some employers, by their key, that are closed 已销户单位."""
    rows = Employer.objects.filter(pk__in=set(employers), status=EmployerStatus.CLOSED)
    return set(rows.values_list("pk", flat=True))


def suspense_seen_by(user: User) -> QuerySet[Receipt]:
    """Money without an owner 待认领资金 that a person may look at, what has waited longest first.

    It belongs to no office yet, so whoever may see receipts sees all of it.
    """
    return receipts_seen_by(user).filter(unclaimed__gt=0).order_by("paid_on", "pk")


def shares_of(receipt: Receipt) -> QuerySet[Identification]:
    """What of a receipt was given to which employer 到账认领结果."""
    return Identification.objects.filter(receipt=receipt).select_related("employer__branch").order_by("pk")


def open_employers() -> QuerySet[Employer]:
    """The employers money may be given to 可认领到账的单位: of every office, by number."""
    return Employer.objects.exclude(status=EmployerStatus.CLOSED).select_related("branch").order_by("number")


def hints_of(receipts: Sequence[Receipt]) -> dict[int, dict[Employer, str]]:
    """The open employers receipts may belong to 疑似单位, by receipt, each with the trace that leads to it."""
    references = {receipt.pk: rules.references_in(receipt.remark) for receipt in receipts}
    months = Remittance.objects.filter(reference__in=set().union(*references.values()))
    listed = dict(months.values_list("reference", "employer"))
    owners = _owners_of(bytes(receipt.payer_account_index) for receipt in receipts)
    called = {receipt.pk: rules.spellings_of(receipt.payer_name) for receipt in receipts}
    namesakes = list(open_employers().filter(name__in=set().union(*called.values())))
    traced = open_employers().filter(pk__in=[*listed.values(), *set().union(*owners.values())])
    known = {employer.pk: employer for employer in [*traced, *namesakes]}
    hints: dict[int, dict[Employer, str]] = {}
    for receipt in receipts:
        found = {employer.pk: "付款户名相同" for employer in namesakes if employer.name in called[receipt.pk]}
        found |= dict.fromkeys(owners.get(bytes(receipt.payer_account_index), ()), "登记的付款账户")
        found |= {listed[one]: "附言中的缴款识别号" for one in references[receipt.pk] if one in listed}
        hints[receipt.pk] = {known[pk]: why for pk, why in sorted(found.items()) if pk in known}
    return hints


def _owners_of(indexes: Iterable[bytes]) -> dict[bytes, set[int]]:
    """The employers that registered each paying account."""
    owners: dict[bytes, set[int]] = defaultdict(set)
    rows = PayingAccount.objects.filter(account_index__in=set(indexes)).values_list("account_index", "employer")
    for index, employer in rows:
        owners[bytes(index)].add(employer)
    return owners
