"""Postings and balances by django-hordak."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.db import transaction
from hordak.models import Account, AccountType, Leg, Transaction
from moneyed import Money

CURRENCY = "CNY"


class Books:
    """Accounts under one bank, and how they are posted on."""

    def __init__(self, accounts: int, on: date) -> None:
        self._on = on
        kinds = {"is_bank_account": False, "currencies": [CURRENCY]}
        self.bank = Account.objects.create(name="bank", type=AccountType.asset, code="0", **kinds)
        self.members = [
            Account.objects.create(name=f"member {n}", type=AccountType.liability, code=f"{n}", **kinds)
            for n in range(1, accounts + 1)
        ]

    def pay(self, one: object, other: object, amount: Decimal) -> None:
        """Two lines."""
        one.transfer_to(other, Money(amount, CURRENCY), date=self._on)

    def pay_many(self, members: Sequence[object], amount: Decimal) -> None:
        """A credit of each member and one debit of the bank."""
        with transaction.atomic():
            made = Transaction.objects.create(date=self._on)
            legs = [Leg(transaction=made, account=member, credit=Money(amount, CURRENCY)) for member in members]
            legs.append(Leg(transaction=made, account=self.bank, debit=Money(amount * len(members), CURRENCY)))
            Leg.objects.bulk_create(legs)

    def balance(self, account: object) -> Decimal:
        """What its documents advise for a balance: one query."""
        return Account.objects.with_balances().get(pk=account.pk).balance[CURRENCY].amount
