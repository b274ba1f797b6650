"""Reads about employers and members 单位与职工查询. Pages load rows through `..._seen_by(user)` only."""

from accounts.queries.employers import CENTRE, employers_seen_by
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
    "active_members",
    "employers_seen_by",
    "member_accounts_seen_by",
    "search",
    "statement_of",
]
