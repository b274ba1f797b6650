"""Rules of withdrawals 提取规则: each category declared in its own file, one function that quotes and decides."""

from withdrawals.rules.factors import Declaration, Factor, Limit, later
from withdrawals.rules.questions import (
    Account,
    Evidence,
    History,
    Particulars,
    Purchase,
    Question,
    Rent,
    Repayment,
    Retirement,
    Terms,
)
from withdrawals.rules.quoting import (
    CATEGORIES,
    Quote,
    category_of,
    papers_needed,
    papers_taken,
    quote,
    with_papers,
)
from withdrawals.rules.repayment import left_of, shares_of
from withdrawals.rules.telling import facts_of_factors, grouped, kept, without_factors
from withdrawals.rules.writing import read, shown, subject_of, written

__all__ = [
    "CATEGORIES",
    "Account",
    "Declaration",
    "Evidence",
    "Factor",
    "History",
    "Limit",
    "Particulars",
    "Purchase",
    "Question",
    "Quote",
    "Rent",
    "Repayment",
    "Retirement",
    "Terms",
    "category_of",
    "facts_of_factors",
    "grouped",
    "kept",
    "later",
    "left_of",
    "papers_needed",
    "papers_taken",
    "quote",
    "read",
    "shares_of",
    "shown",
    "subject_of",
    "with_papers",
    "without_factors",
    "written",
]
