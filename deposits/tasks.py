"""What runs every few seconds 定时任务: whose money came, what it covers, which lists wait, what became of refunds.

Each asks the ledger for the open day, and PostgreSQL for what is to do: a task that is lost, doubled or late does no
harm. The night calls the same actions (hpf.dayend).
"""

from celery import shared_task
from django.conf import settings

from access.queries import night_user
from deposits import queries
from deposits.actions import receipts, refunds, remittances, sheets
from deposits.gateways import simulator
from ledger.queries import NoBusinessDay, open_day

Counts = dict[str, int]


@shared_task
def identify_receipts() -> Counts:
    """Whose money arrived 认领到账."""
    try:
        return receipts.identify_all(by=night_user(), on=open_day())
    except NoBusinessDay:
        return {}


@shared_task
def allocate_covered() -> Counts:
    """What the money covers goes to the members 分配入账."""
    try:
        return remittances.allocate_covered(by=night_user(), on=open_day())
    except NoBusinessDay:
        return {}


@shared_task
def settle_refunds() -> Counts:
    """Which refunds were paid, and which come back 退款付款结果."""
    try:
        return refunds.settle(by=night_user(), on=open_day())
    except NoBusinessDay:
        return {}


@shared_task
def check_sheets() -> Counts:
    """The sheets employers uploaded are checked, and the long ones they confirmed become their lists 校验和确认清册."""
    try:
        on = open_day()
    except NoBusinessDay:
        return {}
    counts = sheets.check_all(by=night_user(), on=on)
    made = sheets.confirm_all(on=on)
    if settings.DEMO:  # the employers' bank is the simulator, and pays a moment later
        for one in made:
            account = queries.paying_account_of(one.employer)
            simulator.order(settings.DATA_DIR, one.reference, one.total, one.employer.name, account)
    return {**counts, "confirmed": len(made)}
