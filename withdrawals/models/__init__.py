"""The nouns of withdrawals 提取: the application, papers and undoing, what a household has used, inquiries."""

from withdrawals.models.applications import Undoing, Withdrawal
from withdrawals.models.papers import Proof
from withdrawals.models.uses import Inquiry, Use

__all__ = ["Inquiry", "Proof", "Undoing", "Use", "Withdrawal"]
