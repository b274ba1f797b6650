"""What runs every few seconds 定时任务: what became of the payments of withdrawals. The night calls the same action."""

from celery import shared_task

from access.queries import night_user
from ledger.queries import NoBusinessDay, open_day
from withdrawals.actions import payouts

Counts = dict[str, int]


@shared_task
def settle_payouts() -> Counts:
    """Which withdrawals were paid, and which come back 提取付款结果."""
    try:
        return payouts.settle(by=night_user(), on=open_day())
    except NoBusinessDay:
        return {}
