"""Reads of events and their pushing 事件与推送查询."""

from django.db.models import Count, QuerySet

from access.models import User
from access.states import Perm
from banking.models import Bank, Delivery, Event, Payment
from banking.states import DeliveryStatus


def events_after(bank: Bank, position: int) -> QuerySet[Event]:
    """A bank's events after a place in its list 事件列表, of those that have theirs (`actions.events.read`)."""
    return Event.objects.filter(bank=bank, position__gt=position).order_by("position")


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
