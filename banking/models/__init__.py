"""The nouns of banking 受托银行、专户、到账、付款指令、事件.

A *bank* 受托银行 reports by its API client; a *bank account* 专户 is the centre's account there and holds the key of
its ledger account; a *receipt* 到账 is money that came in, in suspense until the business rooms claim it. A *payment*
付款指令 is money a bank is told to pay; its *results* 付款回报 are what the bank said of it. An *event* 事件 is what
the bank is told, and a *delivery* 事件推送 how far its pushing is.
"""

from banking.models.events import Delivery, Event, Webhook
from banking.models.payments import Payment, PaymentResult, Ruling
from banking.models.receipts import NOTICE_LABELS, Bank, BankAccount, Receipt, RefusedNotice

__all__ = [
    "NOTICE_LABELS",
    "Bank",
    "BankAccount",
    "Delivery",
    "Event",
    "Payment",
    "PaymentResult",
    "Receipt",
    "RefusedNotice",
    "Ruling",
    "Webhook",
]
