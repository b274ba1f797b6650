"""Reads of withdrawals 提取查询: what a quote looks at, and the applications."""

from withdrawals.queries.applications import (
    account_returned_to,
    facts_of,
    facts_of_undoing,
    other_account_of,
    particulars_of,
    quote_of,
    stranded,
    totals_of,
    undoings_seen_by,
    unsettled,
    waits_to_be_settled,
    wish_of,
    withdrawals_seen_by,
)
from withdrawals.queries.papers import lacking_files, papers_owed, proofs_of, proofs_to_add
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
    "account_returned_to",
    "facts_of",
    "facts_of_undoing",
    "lacking_files",
    "latest_answer",
    "other_account_of",
    "papers_owed",
    "particulars_of",
    "persons_of",
    "proofs_of",
    "proofs_to_add",
    "question",
    "quote_of",
    "stranded",
    "subject_index",
    "terms_on",
    "totals_of",
    "undoings_seen_by",
    "unsettled",
    "waits_to_be_settled",
    "wish_of",
    "withdrawals_seen_by",
]
