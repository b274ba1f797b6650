"""The nouns of withdrawals 提取: the application and its undoing, what a household has used, and shared data asked."""

from withdrawals.models.applications import Undoing, Withdrawal
from withdrawals.models.uses import Inquiry, Use

__all__ = ["Inquiry", "Undoing", "Use", "Withdrawal"]
