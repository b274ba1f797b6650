"""Reads about employers and members 单位与职工查询. Pages load rows through `..._seen_by(user)` only."""

from accounts.queries.deadlines import Deadline, arrears_of, deadlines_seen_by, terms_on
from accounts.queries.employers import (
    CENTRE,
    MandateExpired,
    NoMandate,
    Standing,
    doubles_of,
    employer_changes_seen_by,
    employers_seen_by,
    mandate_of,
    open_change,
    registration_asked,
    registrations_seen_by,
    standing_of,
    waiting_registration,
)
from accounts.queries.in_flight import in_flight
from accounts.queries.members import (
    MOST_FOUND,
    Found,
    active_members,
    entries_of,
    member_accounts_seen_by,
    moves_of,
    search,
    statement_of,
)

__all__ = [
    "CENTRE",
    "MOST_FOUND",
    "Deadline",
    "Found",
    "MandateExpired",
    "NoMandate",
    "Standing",
    "active_members",
    "arrears_of",
    "deadlines_seen_by",
    "doubles_of",
    "employer_changes_seen_by",
    "employers_seen_by",
    "entries_of",
    "in_flight",
    "mandate_of",
    "member_accounts_seen_by",
    "moves_of",
    "open_change",
    "registration_asked",
    "registrations_seen_by",
    "search",
    "standing_of",
    "statement_of",
    "terms_on",
    "waiting_registration",
]
