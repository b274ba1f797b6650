"""What runs every few seconds for payments and events 定时任务. PostgreSQL holds what is to do."""

from celery import shared_task
from django.utils import timezone

from access.queries import night_user
from banking.actions import payments, webhooks
from ledger.queries import NoBusinessDay, open_day


@shared_task
def query_overdue() -> int:
    """Banks are asked about payments they have not answered in time 付款结果不明."""
    try:
        return payments.overdue_all(at=timezone.now(), by=night_user(), on=open_day())
    except NoBusinessDay:
        return 0


@shared_task
def deliver_events() -> dict[str, int]:
    """Events are pushed to the banks that want them pushed 事件推送."""
    try:
        return webhooks.deliver_due(at=timezone.now(), by=night_user(), on=open_day())
    except NoBusinessDay:
        return {}
