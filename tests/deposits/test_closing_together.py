"""An employer ends, or goes to another office, in the moment in which money comes for it: nothing is left behind."""

import threading
from collections.abc import Callable
from datetime import date

import psycopg
import pytest
from django.db import IntegrityError, transaction

from access.states import Post
from accounts.actions import employer_changes, employer_ends
from accounts.models import Employer
from accounts.states import CloseReason, EmployerStatus
from audit.actions import trail
from banking.models import Receipt
from deposits.actions import batches, receipts
from deposits.models import Identification
from deposits.queries import Payer
from deposits.states import IdentifiedBy
from hpf.embedded import processes
from tests.accounts import factories as accounts
from tests.accounts.test_employer_ends import GROUNDS, granted
from tests.accounts.test_employers_together import together
from tests.deposits.factories import DAY, night, unallocated
from tests.deposits.test_suspense import given, nameless
from tests.ledger import books

ROUNDS = 8


@pytest.fixture
def day(db):
    books.open_books(DAY)


def closed() -> Employer:
    employer = accounts.employer()
    ended = {"closed_on": date(2026, 7, 1), "close_reason": CloseReason.MISTAKEN}
    trail.move(employer, EmployerStatus.CLOSED, by=night(), on=DAY, **ended)
    return employer


def test_closing_and_money_never_meet(own_database):
    books.open_books(DAY)
    seen = set()
    for _ in range(ROUNDS):
        with transaction.atomic():
            employer, receipt = accounts.employer(), nameless()
            clerk, manager = accounts.user(Post.CLERK), accounts.user(Post.MANAGER)
            change = employer_ends.propose_closing(employer, CloseReason.MISTAKEN, GROUNDS, by=clerk, on=DAY)
        together(
            lambda change=change, by=manager: employer_ends.decide_closing(change, granted(change), by=by, on=DAY),
            lambda receipt=receipt, to=employer, by=clerk: given(receipt, (to, "1000.00"), by=by),
        )
        employer.refresh_from_db()
        has = str(unallocated(employer))
        assert (employer.status == EmployerStatus.CLOSED) == (has == "0.00")
        assert (Receipt.objects.get(pk=receipt.pk).unclaimed == 0) == (has == "1000.00")
        seen.add(has)
    assert seen <= {"0.00", "1000.00"}


def test_the_database_refuses_money_for_a_closed_employer(day):
    employer, receipt = closed(), nameless()
    payer = Payer(employer.pk, IdentifiedBy.PAYING_ACCOUNT)
    with pytest.raises(IntegrityError, match="is closed"), transaction.atomic():
        batches.identify({receipt.pk: payer}, by=night(), on=DAY)
    with pytest.raises(receipts.EmployerClosed, match=employer.number), transaction.atomic():
        receipts._give(receipt, payer, by=night(), on=DAY)
    receipt.refresh_from_db()
    assert receipt.unclaimed == 1000 and not Identification.objects.exists()


WAITING = "select pid from pg_locks where not granted and %s = any(pg_blocking_pids(pid))"


def by_clerk(receipt: Receipt, employer: Employer) -> None:
    given(receipt, (employer, "1000.00"), by=accounts.user(Post.CLERK))


def by_rule(receipt: Receipt, employer: Employer) -> None:
    batches.identify({receipt.pk: Payer(employer.pk, IdentifiedBy.PAYING_ACCOUNT)}, by=night(), on=DAY)


@pytest.mark.parametrize("gives", [by_clerk, by_rule])
def test_an_employer_whose_money_is_on_its_way_goes_to_no_other_office(
    own_database, gives: Callable[[Receipt, Employer], None]
):
    """The change waits until the money has arrived, and is refused: else it would lie in nobody's account."""
    books.open_books(DAY)
    with transaction.atomic():
        employer, receipt = accounts.employer(at="01"), nameless()
        manager, maker = accounts.user(Post.MANAGER), accounts.user(Post.CLERK)
        change = employer_changes.propose(employer, {"branch": "02"}, GROUNDS, by=maker, on=DAY)
    outcomes: dict[str, list[str]] = {}

    def begun(name: str, act: Callable[[], object]) -> threading.Thread:
        thread = threading.Thread(target=lambda: outcomes.update({name: together(act)}))
        thread.start()
        return thread

    with psycopg.connect(own_database.url) as holder:
        # The money has left its place, and has not come to the next.
        holder.execute("select from ledger_ledgeraccount where id = %s for update", [employer.unallocated_id])

        def waiting_for(pid: int) -> list[tuple[int]]:
            return holder.execute(WAITING, [pid]).fetchall()

        money = begun("money", lambda: transaction.atomic(gives)(receipt, employer))
        assert processes.await_until(lambda: waiting_for(holder.info.backend_pid), seconds=60)
        ((giver,),) = waiting_for(holder.info.backend_pid)
        move = begun("move", lambda: employer_changes.decide(change, granted(change), by=manager, on=DAY))
        assert processes.await_until(lambda: "move" in outcomes or waiting_for(giver), seconds=60)
    money.join()
    move.join()
    assert outcomes == {"money": ["done"], "move": [employer_changes.BranchHasMembers.code]}
    employer.refresh_from_db()
    assert employer.branch.code == "01" and str(unallocated(employer)) == "1000.00"
