"""Reads about employers and members 单位与职工查询. Pages load rows through `..._seen_by(user)` only."""

from accounts.queries.employers import (
    CENTRE,
    MandateExpired,
    NoMandate,
    Standing,
    employer_changes_seen_by,
    employers_seen_by,
    mandate_of,
    open_change,
    registrations_seen_by,
    standing_of,
)
from accounts.queries.in_flight import in_flight
from accounts.queries.members import (
    MOST_FOUND,
    Found,
    active_members,
    member_accounts_seen_by,
    search,
    statement_of,
)

__all__ = [
    "CENTRE",
    "MOST_FOUND",
    "Found",
    "MandateExpired",
    "NoMandate",
    "Standing",
    "active_members",
    "employer_changes_seen_by",
    "employers_seen_by",
    "in_flight",
    "mandate_of",
    "member_accounts_seen_by",
    "open_change",
    "registrations_seen_by",
    "search",
    "standing_of",
    "statement_of",
]
