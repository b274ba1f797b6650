"""Reads of events and their pushing 事件与推送查询."""

from django.db.models import BigIntegerField, Count, Q, QuerySet
from django.db.models.expressions import RawSQL

from access.models import User
from access.states import Perm
from banking.models import Bank, Delivery, Event, Payment
from banking.states import DeliveryStatus

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


def deliveries_of(payment: Payment) -> QuerySet[Event]:
    """What the bank was told of a payment, with its pushing, newest first 事件."""
    return Event.objects.filter(subject=payment.reference).select_related("delivery").order_by("-pk")


def deliveries_by_status(deliveries: QuerySet[Delivery]) -> list[tuple[DeliveryStatus, int]]:
    """Deliveries counted by status, every status in its order 推送监控."""
    rows = deliveries.order_by().values("status").annotate(count=Count("pk"))
    found = {row["status"]: row["count"] for row in rows.order_by("status")}
    return [(status, found.get(status, 0)) for status in DeliveryStatus]
