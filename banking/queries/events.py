"""Reads of events and their pushing 事件与推送查询."""

from django.db.models import BigIntegerField, Q, QuerySet
from django.db.models.expressions import RawSQL

from access.models import User
from access.states import Perm
from banking.models import Bank, Delivery, Event

# The oldest transaction still under way: whatever it writes may still come below what is visible now.
OLDEST_UNDER_WAY = RawSQL("pg_snapshot_xmin(pg_current_snapshot())::text::bigint", [], BigIntegerField())


def events_after(bank: Bank, xid: int, pk: int) -> QuerySet[Event]:
    """A bank's events after a place in their order 事件列表.

    They are ordered by the transaction that wrote them, and shown once no earlier one can add to them any more: who
    reads on from where it stopped misses nothing.
    """
    later = Q(xid__gt=xid) | Q(xid=xid, pk__gt=pk)
    return Event.objects.filter(later, bank=bank, xid__lt=OLDEST_UNDER_WAY).order_by("xid", "pk")


def content_of(event: Event) -> dict[str, object]:
    """What a bank is told of an event 事件报文, in the list and when it is pushed."""
    return {
        "id": f"ev_{event.pk}",
        "type": event.type,
        "timestamp": event.at.isoformat(),
        "sequence": event.sequence,
        "data": event.payload,
    }


def deliveries_seen_by(user: User) -> QuerySet[Delivery]:
    """The pushing of events a person may look at 可查看的事件推送, newest first: staff with the right, others none."""
    deliveries = Delivery.objects.select_related("event__bank").order_by("-pk")
    return deliveries if user.has(Perm.VIEW_OUTBOX) else deliveries.none()
