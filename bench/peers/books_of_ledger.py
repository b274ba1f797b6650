"""Postings and balances by django-ledger."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from django.contrib.auth import get_user_model
from django.utils.timezone import get_current_timezone
from django_ledger.io import roles
from django_ledger.models import EntityModel


class Books:
    """Accounts of one entity, and how they are posted on."""

    def __init__(self, accounts: int, on: date) -> None:
        self._at = datetime(on.year, on.month, on.day, tzinfo=get_current_timezone())
        admin = get_user_model().objects.create(username="bench")
        self._entity = EntityModel.create_entity(name="bench", use_accrual_method=True, admin=admin, fy_start_month=1)
        self._entity.create_chart_of_accounts(assign_as_default=True, commit=True)
        self.bank = self._open("10000", roles.ASSET_CA_CASH, "debit")
        self.members = [self._open(f"{20000 + n}", roles.LIABILITY_CL_OTHER, "credit") for n in range(accounts)]
        self._ledger = self._entity.create_ledger(name="bench", posted=True)

    def _open(self, code: str, role: str, side: str) -> object:
        return self._entity.create_account(code=code, role=role, name=code, balance_type=side, active=True)

    def pay(self, one: object, other: object, amount: Decimal) -> None:
        """Two lines."""
        self._commit([_line(one, "debit", amount), _line(other, "credit", amount)])

    def pay_many(self, members: Sequence[object], amount: Decimal) -> None:
        """A credit of each member and one debit of the bank."""
        credits_ = [_line(member, "credit", amount) for member in members]
        self._commit([_line(self.bank, "debit", amount * len(members)), *credits_])

    def balance(self, account: object) -> Decimal:
        """The digest of one account."""
        digest = self._ledger.digest(entity_slug=self._entity.slug, accounts=[account.code], to_date=self._at)
        (found,) = digest.get_io_data()["accounts"]
        return Decimal(str(found["balance"]))

    def _commit(self, lines: list[dict[str, object]]) -> None:
        self._ledger.commit_txs(je_timestamp=self._at, je_txs=lines, je_posted=True)


def _line(account: object, side: str, amount: Decimal) -> dict[str, object]:
    return {"account": account, "tx_type": side, "amount": amount, "description": "bench"}
