"""Reads of withdrawals 提取查询: what a quote looks at, and the applications."""

from withdrawals.queries.applications import (
    facts_of,
    facts_of_undoing,
    undoings_seen_by,
    unsettled,
    wish_of,
    withdrawals_seen_by,
)
from withdrawals.queries.questions import (
    KIND,
    Wish,
    latest_answer,
    persons_of,
    question,
    subject_index,
    terms_on,
)

__all__ = [
    "KIND",
    "Wish",
    "facts_of",
    "facts_of_undoing",
    "latest_answer",
    "persons_of",
    "question",
    "subject_index",
    "terms_on",
    "undoings_seen_by",
    "unsettled",
    "wish_of",
    "withdrawals_seen_by",
]
