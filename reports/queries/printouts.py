"""What of the reports is printed 报表打印件."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from accounts.models import MemberAccount
from accounts.queries import entries_of
from deposits.rules import DAYS_OF_YEAR
from hpf.money import ZERO
from hpf.printing.shapes import EntryLine, InterestStatement, MonthLine, NumberLine
from hpf.privacy import masked_id
from ledger.rules import in_capitals
from reports.queries.interest import InterestYear
from reports.rules import StretchNumbers

A_DAY = timedelta(days=1)


def interest_printout(account: MemberAccount, year: InterestYear) -> InterestStatement:
    """A member's interest year as it is printed 年度结息对账单打印件, with every entry up to the last day counted."""
    entries: list[dict[str, Any]] = list(entries_of(account, max(year.first, account.opened_on), year.until + A_DAY))
    member = account.member
    return InterestStatement(
        number=account.number,
        name=member.name,
        certificate=member.get_certificate_type_display(),
        certificate_number=masked_id(member.id_number),
        employer=account.employer.name,
        office=account.employer.branch.name,
        first=year.first,
        last=year.last,
        until=year.until,
        settled=year.interest is not None,
        opening=year.opening,
        came=year.came,
        went=year.went,
        interest=year.so_far if year.interest is None else year.interest,
        closing=year.closing,
        capitals=in_capitals(year.closing),
        months=[
            MonthLine(month=str(row.month), came=row.came, went=row.went, balance=row.balance) for row in year.months
        ],
        numbers=[_number_line(row) for row in year.numbers],
        year_days=str(DAYS_OF_YEAR[year.day_count]),
        entries=[_entry_line(row["booked_on"], row["kind"], row["change"], row["balance"]) for row in entries],
    )


def _number_line(row: StretchNumbers) -> NumberLine:
    return NumberLine(
        since=row.stretch.since,
        last=row.stretch.last,
        carried=row.carried,
        carried_rate=f"{row.stretch.carried_rate}%",
        current=row.current,
        current_rate=f"{row.stretch.current_rate}%",
    )


def _entry_line(on: date, kind: str, change: Decimal, balance: Decimal) -> EntryLine:
    came, went = (change, None) if change >= ZERO else (None, -change)
    return EntryLine(on=on, kind=kind, came=came, went=went, balance=balance)
