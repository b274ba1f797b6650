"""What is held of an account and what may still be spent of it 占用与可用余额."""

from decimal import Decimal

from django.db import connection
from django.db.models import QuerySet

from ledger.models import Hold

# As ledger_place_hold counts it: open freezes keep what they ask for, whether or not the money is there.
AVAILABLE = """
select greatest(0, a.balance - coalesce((
    select sum(coalesce(h.amount, a.balance)) from ledger_hold h where h.account_id = a.id and h.released_on is null
), 0))
from ledger_ledgeraccount a where a.id = %s and a.stored
"""


def holds_of(account: int) -> QuerySet[Hold]:
    """The open holds and freezes of a ledger account 未解除的占用与冻结, the oldest first."""
    return Hold.objects.filter(account=account, released_on=None).order_by("pk")


def available(account: int) -> Decimal:
    """What may still be held to spend of a ledger account that keeps a balance 可用余额, in yuan (R-901).

    The balance less holds to spend and all that open freezes ask for, the part that waits for money included.
    """
    with connection.cursor() as cursor:
        cursor.execute(AVAILABLE, [account])
        return cursor.fetchone()[0]
