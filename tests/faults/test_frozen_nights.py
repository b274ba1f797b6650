"""F04: a worker that is frozen loses its shard; when it wakes up, nothing of its work stands."""

import os
import signal
import time
from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine

from access.queries import night_user
from accounts.actions import employers
from accounts.models import Employer
from audit.actions import inspection
from banking.actions import receipts
from banking.models import Bank, BankAccount, Receipt
from banking.rules import Notice
from ledger.models import BusinessDay, Entry, StepShard, Voucher
from ledger.queries import open_day
from ledger.states import DayStepName
from tests.faults.children import Fault, Stage
from tests.faults.conftest import CALENDAR, EVE, IN_THE_SETTLEMENT
from tests.faults.stage import books, lease_runs_out, night, pointed_at

SETTLING = EVE + timedelta(days=1)


@pytest.fixture(autouse=True)
def calendar():
    with time_machine.travel(CALENDAR, tick=True):
        yield


# Frozen between transactions it wakes up and is refused by its token. Frozen within one, it wakes up to a day that is
# closed; where its locks are in the way, PostgreSQL has ended it, and its connection is gone.
ENDED = ("DayNotOpen", "InternalError: terminating connection due to idle-in-transaction timeout")


@pytest.mark.parametrize(
    ("frozen_before", "refused"), [(("banking_receipt",), "Fenced"), *((blow, ENDED) for blow in IN_THE_SETTLEMENT)]
)
def test_a_frozen_worker_is_fenced_off(eve, frozen_before, refused):
    database = eve()
    first = night(Stage(database, CALENDAR, lease=2), SETTLING, Fault(signal.SIGSTOP, before=frozen_before))
    second = night(Stage(database, CALENDAR), SETTLING)
    with first as frozen, pointed_at(database):
        assert frozen.freezes()
        held = StepShard.objects.get(status="RUNNING")
        lease_runs_out(database)
        with second as other:
            assert other.ends() == 0
        before = books()
        assert BusinessDay.objects.get(pk=SETTLING).status == "CLOSED"
        os.kill(frozen.process.pid, signal.SIGCONT)
        assert frozen.ends() == 1 and frozen.said()[-1].startswith(refused)
        assert books() == before
        now = StepShard.objects.get(pk=held.pk)
        assert (now.token, now.attempt, now.holder) == (held.token + 1, 2, now.holder)
        assert str(frozen.process.pid) in held.holder and str(frozen.process.pid) not in now.holder
        settled = Entry.objects.filter(chart="201", booked_on=SETTLING, interest_on=SETTLING + timedelta(days=1))
        assert settled.count() == settled.values("account").distinct().count() == 15
        assert [f.check.title for f in inspection.inspect(SETTLING + timedelta(days=1)) if not f.holds] == []


def test_a_worker_frozen_in_the_middle_of_a_posting_does_not_keep_the_day_from_turning(eve):
    """A posting holds its day until it commits: PostgreSQL ends the silent one, and its receipt waits for another."""
    database = eve()
    with pointed_at(database):
        employers.add_paying_account(Employer.objects.first(), "6222000099990001", "工行", by=night_user(), on=SETTLING)
        take(SETTLING, "F-1", payer_account="6222000099990001")
    stopped = night(Stage(database, CALENDAR, lease=2), SETTLING, Fault(signal.SIGSTOP, before=("commit",)))
    with stopped as frozen, pointed_at(database):
        assert frozen.freezes()
        lease_runs_out(database)
        with night(Stage(database, CALENDAR), SETTLING) as other:
            assert other.ends() == 0
        assert BusinessDay.objects.get(pk=SETTLING).status == "CLOSED"
        os.kill(frozen.process.pid, signal.SIGCONT)
        assert frozen.ends() == 1 and frozen.said()[-1].startswith("Fenced")
        assert Receipt.objects.get(serial="F-1").unclaimed == Decimal("12.34")


def take(on: date, serial: str, payer_account: str = "62220001") -> None:
    """A bank reports money."""
    notice = Notice(
        serial=serial, account=BankAccount.objects.get(bank__code="102").number, amount=Decimal("12.34"),
        paid_on=on, payer_name="张三", payer_account=payer_account, payer_bank="工行", remark="",
    )  # fmt: skip
    receipts.book(Bank.objects.get(code="102"), [notice], by=night_user(), on=on)


def test_a_living_lease_is_left_alone(eve):
    """The other night takes nothing from a worker that is only slow: it says who holds what, and goes."""
    database = eve()
    slow = night(Stage(database, CALENDAR), SETTLING, Fault(signal.SIGSTOP, before=("from owed",)))
    with slow as frozen, pointed_at(database):
        assert frozen.freezes()
        with night(Stage(database, CALENDAR), SETTLING) as other:
            assert other.ends() == 1
            assert "办理中" in other.said()[-1] and str(frozen.process.pid) in other.said()[-1]
        os.kill(frozen.process.pid, signal.SIGCONT)
        assert frozen.ends() == 0
        assert BusinessDay.objects.get(pk=SETTLING).status == "CLOSED"


@pytest.mark.parametrize("step", DayStepName.values)
def test_money_is_taken_while_a_step_is_at_work(eve, step):
    """A worker stands still in the middle of the step: a bank's money is booked at once, on the day that is open."""
    database, lease = eve(), 5 if step == "turn" else 60
    standing = Fault(signal.SIGSTOP, before=("'DONE'", f"'{step}'"))
    held = night(Stage(database, CALENDAR, lease=lease), SETTLING, standing)
    with held as frozen, pointed_at(database):
        assert frozen.freezes()
        # The turning itself is not seen before it is committed: the posting waits for it, and here for its end.
        on = SETTLING if step in ("identify", "allocate", "settle_payouts", "turn") else SETTLING + timedelta(days=1)
        assert open_day() == on
        began = time.monotonic()
        take(on, f"F-{step}")
        waited = time.monotonic() - began
        assert Voucher.objects.get(kind="banking.receipt", total=Decimal("12.34")).booked_on == on
        assert waited < 30, "the posting waited for the end of a lease that is not its business"
