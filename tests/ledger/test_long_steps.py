"""A step that takes longer than its lease keeps its shard, for as long as its worker lives."""

import threading
from datetime import timedelta

from django.db import connections, transaction
from django.test import override_settings

from hpf import dayend
from hpf.embedded.processes import await_until
from ledger.models import BusinessDay, StepShard
from tests.ledger.books import DAY, bank, members, open_books, pay_in

LEASE = timedelta(seconds=3)


def night() -> None:
    list(dayend.run(DAY))
    connections.close_all()


def leases() -> list[object]:
    """Until when the turning of the day belongs to its worker."""
    return list(StepShard.objects.filter(step="turn", status="RUNNING").values_list("leased_until", flat=True))


def test_a_step_that_waits_renews_its_lease(own_database):
    open_books()
    at_work = threading.Thread(target=night)
    with override_settings(DEMO=True, NIGHT_LEASE=LEASE):
        with transaction.atomic():
            pay_in("in flight", bank(), members(1)[0], 1)  # the day is not turned before it ends
            at_work.start()
            assert await_until(leases, seconds=60)
            first = leases()
            assert await_until(lambda: leases() > first, seconds=30)
        at_work.join(60)
    assert BusinessDay.objects.get(pk=DAY).status == "CLOSED"
