"""Questions for the rules, sound unless a test changes something, and the terms the examples of docs/rules.md use."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from hpf.months import Month
from withdrawals.rules import (
    Account,
    Evidence,
    Particulars,
    Purchase,
    Question,
    Quote,
    Rent,
    Repayment,
    Retirement,
    Terms,
    quote,
)
from withdrawals.states import InquiryOutcome, PaperKind, RentLimit, Standing

ON = date(2026, 7, 15)
TERMS = Terms(
    keep_balance=Decimal("0.00"),
    round_unit=Decimal("0.01"),
    instant=True,
    freeze_stops=True,
    rent_quota=Decimal("1000.00"),
    rent_limit=RentLimit.QUOTA,
    rent_gap=3,
    rent_deposit_months=3,
    rent_back_months=12,
    purchase_months=24,
    repayment_months=12,
    repayment_gap=12,
)
MONTHS = {Month(2026, number): Decimal("2000.00") for number in range(1, 7)}
PROOFS: dict[type, Evidence] = {
    Rent: Evidence(homes=InquiryOutcome.NONE),
    Purchase: Evidence(papers=frozenset({PaperKind.PURCHASE_CONTRACT, PaperKind.PURCHASE_INVOICE})),
    Repayment: Evidence(papers=frozenset({PaperKind.LOAN_CONTRACT, PaperKind.REPAYMENT_RECORD})),
    Retirement: Evidence(retired=InquiryOutcome.FOUND),
}


def rent(first: str = "2026-04", last: str = "2026-06", each: str | None = None) -> Rent:
    return Rent(Month.parse(first), Month.parse(last), Decimal(each) if each else None)


def purchase(price: str = "500000.00", signed: str = "2026-03-01") -> Purchase:
    return Purchase("NJ-2026-000123", date.fromisoformat(signed), Decimal(price))


def repayment(**changes: Any) -> Repayment:
    return replace(Repayment("DK2024000077", MONTHS), **changes)


def retirement(since: str = "2026-06-30") -> Retirement:
    return Retirement(date.fromisoformat(since))


def account(balance: str = "20000.00", available: str | None = None, **changes: Any) -> Account:
    sound = Account(True, True, Decimal(balance), Decimal(available or balance), months_in_a_row=12)
    return replace(sound, **changes)


def question(particulars: Particulars, asked: str | None = None, **changes: Any) -> Question:
    """A sound question; `terms` are changes to the terms, everything else replaces what there is."""
    terms = replace(TERMS, **changes.pop("terms", {}))
    standing = account(contributing=False) if isinstance(particulars, Retirement) else account()
    sound = Question(
        ON, particulars, standing, terms, Decimal(asked) if asked else None, evidence=PROOFS[type(particulars)]
    )
    return replace(sound, **changes)


def asked(particulars: Particulars, asked: str | None = None, **changes: Any) -> Quote:
    return quote(question(particulars, asked, **changes))


def unmet(found: Quote) -> list[str]:
    """The names of the factors that are not met."""
    return [one.name for one in found.factors if one.standing == Standing.NOT_MET]


def by_paper(found: Quote) -> list[str]:
    """The names of the factors that rest on a paper."""
    return [one.name for one in found.factors if one.standing == Standing.BY_PAPER]
