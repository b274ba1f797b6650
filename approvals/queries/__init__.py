"""Reads about cases, deputies and papers 复核查询. Pages load rows through `..._seen_by(user)` only."""

from approvals.queries.cases import (
    CENTRE,
    cases_decided_by,
    cases_seen_by,
    in_whose_name,
    inbox_seen_by,
    others_with,
    outcome_of,
    overtaken,
    put_anew_unsigned,
    sent_seen_by,
    signatures_on,
    stands_in_for,
    subject_of,
)
from approvals.queries.deputies import deputies_seen_by, may_appoint_for, may_stand_in, rights_lent_to
from approvals.queries.papers import bytes_of, cases_about, missing, paper_with, papers_of, papers_seen_by, papers_told

__all__ = [
    "CENTRE",
    "bytes_of",
    "cases_about",
    "cases_decided_by",
    "cases_seen_by",
    "deputies_seen_by",
    "in_whose_name",
    "inbox_seen_by",
    "may_appoint_for",
    "may_stand_in",
    "missing",
    "others_with",
    "outcome_of",
    "overtaken",
    "paper_with",
    "papers_of",
    "papers_seen_by",
    "papers_told",
    "put_anew_unsigned",
    "rights_lent_to",
    "sent_seen_by",
    "signatures_on",
    "stands_in_for",
    "subject_of",
]
