"""What is held of an account and what may still be spent of it 占用与可用余额."""

from collections.abc import Sequence
from decimal import Decimal

from django.db import connection
from django.db.models import QuerySet, Sum

from hpf.money import ZERO
from ledger.models import Hold
from ledger.states import HoldPurpose

# As ledger_place_hold counts it: open freezes keep what they ask for, whether or not the money is there.
AVAILABLE = """
select greatest(0, a.balance - coalesce((
    select sum(coalesce(h.amount, a.balance)) from ledger_hold h where h.account_id = a.id and h.released_on is null
), 0))
from ledger_ledgeraccount a where a.id = %s and a.stored
"""

# What is held to spend is there; of the rest the oldest freeze keeps what it asked for, then the next. Money that came
# after a freeze is kept as it arrives; the stored cover is counted anew only when a hold comes or goes.
KEPT = """
with open as (
    select h.id, h.kind, h.source, h.purpose, h.account_id, a.balance, coalesce(h.amount, a.balance) as asked
    from ledger_hold h join ledger_ledgeraccount a on a.id = h.account_id
    where h.released_on is null and h.account_id in (
        select k.account_id from ledger_hold k
        where k.kind = %s and k.source = any(%s::text[]) and k.released_on is null
    )
), queued as (
    select o.*, coalesce(sum(o.asked) filter (where o.purpose = 'SPEND') over (partition by o.account_id), 0)
        + coalesce(sum(o.asked) filter (where o.purpose = 'FREEZE') over (
            partition by o.account_id order by o.id rows between unbounded preceding and 1 preceding), 0) as before
    from open o
)
select q.source, case q.purpose when 'SPEND' then q.asked else greatest(0.00, least(q.asked, q.balance - q.before)) end
from queued q where q.kind = %s and q.source = any(%s::text[])
"""


def holds_of(account: int) -> QuerySet[Hold]:
    """The open holds and freezes of a ledger account 未解除的占用与冻结, the oldest first."""
    return Hold.objects.filter(account=account, released_on=None).order_by("pk")


def held_to_spend(account: int, *, but: tuple[str, str] | None = None) -> Decimal:
    """What is held of an account to be spent 支取占用, in yuan; `but` is a hold (kind, source) that does not count."""
    holds = holds_of(account).filter(purpose=HoldPurpose.SPEND)
    if but:
        holds = holds.exclude(kind=but[0], source=but[1])
    return holds.aggregate(sum=Sum("amount", default=ZERO))["sum"]


def available(account: int) -> Decimal:
    """What may still be held to spend of a ledger account that keeps a balance 可用余额, in yuan (R-901).

    The balance less holds to spend and all that open freezes ask for, the part that waits for money included.
    """
    with connection.cursor() as cursor:
        cursor.execute(AVAILABLE, [account])
        return cursor.fetchone()[0]


def kept_by(kind: str, sources: Sequence[str]) -> dict[str, Decimal]:
    """What each of these open holds and freezes keeps of its account now, in yuan, by source 实际占用金额 (R-902)."""
    with connection.cursor() as cursor:
        cursor.execute(KEPT, [kind, list(sources), kind, list(sources)])
        return dict(cursor.fetchall())
