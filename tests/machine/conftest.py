"""The machine at one of its starts, which is made once for all stories that begin there."""

import pytest
import time_machine
from django.db import transaction

from tests.machine.machine import STARTS, MemberMoney, begin

# After every story's last day, so that a night proves the day by its totals; all checks are asked at a story's end.
CALENDAR = "2027-06-01T10:00:00+08:00"


@pytest.fixture(scope="package", params=STARTS)
def machine(request, django_db_setup, django_db_blocker) -> type[MemberMoney]:
    with django_db_blocker.unblock(), time_machine.travel(CALENDAR, tick=True), transaction.atomic():
        yield begin(request.param)
        transaction.set_rollback(True)
