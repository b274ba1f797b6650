"""What runs every few seconds 定时任务: whose money came, what it covers, and which sheets wait to be checked.

Each asks the ledger for the open day, and PostgreSQL for what is to do: a task that is lost, doubled or late does no
harm. The night calls the same actions (hpf.dayend).
"""

from celery import shared_task

from access.queries import night_user
from deposits.actions import receipts, remittances, sheets
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
def check_sheets() -> Counts:
    """The sheets employers uploaded are checked 校验清册."""
    try:
        return sheets.check_all(by=night_user(), on=open_day())
    except NoBusinessDay:
        return {}
