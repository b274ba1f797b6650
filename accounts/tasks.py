"""What the clock does for accounts 定时任务: freezes end after their last day."""

from celery import shared_task

from access.queries import night_user
from accounts.actions import freezing
from ledger.queries import NoBusinessDay, open_day


@shared_task
def lapse_freezes() -> dict[str, int]:
    """Freezes whose last day has passed are lifted 到期自动解冻; a task lost, doubled or late does no harm."""
    try:
        return freezing.lapse_all(by=night_user(), on=open_day())
    except NoBusinessDay:
        return {}
