"""The nouns of banking 受托银行、专户、到账.

A *bank* 受托银行 reports by its API client; a *bank account* 专户 is the centre's account there and holds the key of
its ledger account; a *receipt* 到账 is money that came in, in suspense until the business rooms claim it.
"""

from banking.models.receipts import NOTICE_LABELS, Bank, BankAccount, Receipt, RefusedNotice

__all__ = ["NOTICE_LABELS", "Bank", "BankAccount", "Receipt", "RefusedNotice"]
