"""Employers with members, lists and money for tests, all made through the real actions."""

import itertools
import threading
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connections

from access.models import User
from access.queries import night_user
from accounts.actions import members
from accounts.models import Employer, MemberAccount
from banking.actions import receipts as arrivals
from banking.models import Receipt
from deposits import queries
from deposits.actions import receipts, remittances
from deposits.models import Remittance
from hpf.errors import Refusal
from hpf.months import Month
from ledger.actions import days
from tests.accounts import factories as accounts
from tests.banking import factories as banking

DAY = date(2026, 7, 1)
JULY = Month(2026, 7)
BASE = Decimal("6543.00")  # 8 + 8 percent make 523.44 + 523.44, R-103
EACH = Decimal("1046.88")
_serials = itertools.count(1)


def night() -> User:
    return night_user()


def paying_employer(count: int = 3, *, on: date = DAY, bases: list[str] | None = None, **given: Any) -> Employer:
    """An employer with members who save from July 2026, or from the month of the day."""
    employer = accounts.employer(on=on, **given)
    listed = [
        accounts.new_member(base=Decimal(base), first_month=Month.of(on)) for base in bases or [str(BASE)] * count
    ]
    members.open_many(employer, listed, by=night(), on=on)
    return employer


def submitted(employer: Employer, month: Month = JULY, *, on: date = DAY) -> Remittance:
    lines = queries.proposed_lines(employer, month)
    return remittances.submit(employer, month, lines, by=night(), on=on)


def arrived(amount: Decimal | str, *, on: date = DAY, **notice: Any) -> Receipt:
    """Money a bank reported, booked and unclaimed."""
    serial = f"D{next(_serials):010d}"
    told = banking.notice(serial=serial, amount=Decimal(amount), **{"paid_on": on, **notice})
    outcome = arrivals.book(banking.bank(), [told], by=night(), on=on)[0]
    return Receipt.objects.get(pk=outcome.receipt_id)


def funded(employer: Employer, amount: Decimal | str, *, reference: str, on: date = DAY) -> None:
    """Money of the employer's, identified."""
    receipts.identify(arrived(amount, remark=reference, on=on), by=night(), on=on)


def paid(employer: Employer, month: Month = JULY, *, on: date = DAY) -> Remittance:
    """A month handed in, paid and allocated."""
    remittance = submitted(employer, month, on=on)
    funded(employer, remittance.total, reference=remittance.reference, on=on)
    remittances.allocate(remittance, by=night(), on=on)
    employer.refresh_from_db()
    return remittance


def through(day: date) -> date:
    """Close a day without its night, and answer the next."""
    days.turn(day)
    days.close(day)
    return day + timedelta(days=1)


def unallocated(employer: Employer) -> Decimal:
    employer.unallocated.refresh_from_db()
    return employer.unallocated.balance


def balances(employer: Employer) -> list[Decimal]:
    rows = MemberAccount.objects.filter(employer=employer).order_by("number")
    return list(rows.values_list("ledger_account__balance", flat=True))


def at_once(work: Callable[[], Any], times: int = 4) -> list[Any]:
    """Run work in so many threads and answer what each returned or refused with."""
    start, answers = threading.Barrier(times), []

    def one() -> None:
        start.wait()
        try:
            answers.append(work())
        except Refusal as refusal:
            answers.append(type(refusal))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(answers) == times
    return answers
