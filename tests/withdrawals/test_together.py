"""Many at once 并发: nothing is promised twice, whoever presses when."""

import threading
import uuid
from decimal import Decimal

import psycopg
import pytest
from django.db import connections, transaction

from accounts.actions import freezing, sealing, transfers
from accounts.actions.freezing import Order
from accounts.actions.members import Paying
from accounts.queries import freezes
from accounts.states import FreezeGround, SealReason
from approvals.actions.signatures import Decision
from approvals.rules import digest_of
from approvals.states import Verdict
from audit.actions import inspection
from banking.models import Payment
from hpf.embedded.processes import await_until
from hpf.errors import Refusal
from hpf.months import Month
from ledger.actions import holds
from tests.accounts.factories import employer
from tests.withdrawals.factories import (
    ON,
    application,
    available,
    balance,
    decision,
    fresh,
    manager,
    married,
    night,
    no_home,
    purchase,
    rent,
    saver,
    submitted,
    wish,
)
from withdrawals.actions import applications
from withdrawals.models import Use, Withdrawal
from withdrawals.states import WithdrawalStatus


def at_once(works):
    """Each work in a thread of its own, all beginning together; answers or refusals in any order."""
    start, answers = threading.Barrier(len(works)), []

    def one(work):
        start.wait()
        try:
            answers.append(work())
        except Refusal as refusal:
            answers.append(type(refusal))
        except Exception as mistake:
            answers.append(mistake)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert len(answers) == len(works)
    return answers


def everything_holds():
    return [f"{one.check.title} {one.rows}" for one in inspection.inspect(ON) if not one.holds]


def test_two_of_a_family_cannot_both_take_the_rest(own_database):
    husband, wife, by = saver("9000.00"), saver("9000.00"), night()
    for house in ("NJ-1", "NJ-2", "NJ-3"):
        works = [
            lambda one=one, house=house: submitted(one, purchase(house, "2500.00"), "2000.00", by=by).asked
            for one in (husband, wife)
        ]
        answers = at_once(works)
        assert sorted(map(str, answers)) == sorted(["2000.00", str(applications.NotEntitled)])
    assert sum(Use.objects.filter(released_on=None).values_list("amount", flat=True)) == 6000
    assert everything_holds() == []


def test_a_double_click_makes_one_case(own_database):
    account, by = saver("9000.00"), night()
    handed_in = application(wish(account, purchase(), "4000.00"), once=uuid.uuid4())
    answers = at_once([lambda: applications.submit(handed_in, by=by, on=ON).pk] * 6)
    assert len(set(answers)) == 1 and Withdrawal.objects.count() == 1
    assert available(account) == 5000


def test_two_tabs_take_a_month_of_rent_once(own_database):
    account, by = no_home(saver("9000.00")), night()
    answers = at_once([lambda: submitted(account, rent(), "1000.00", by=by).status] * 4)
    assert answers.count(WithdrawalStatus.APPROVED) == 1 and answers.count(applications.NotEntitled) == 3
    assert (balance(account), Payment.objects.count()) == (8000, 1)
    assert everything_holds() == []


def test_two_spouses_take_a_month_of_rent_once(own_database):
    husband, wife, by = no_home(saver("9000.00")), no_home(saver("9000.00")), night()
    married(husband, wife)
    works = [lambda one=one: submitted(one, rent(), "1000.00", by=by).status for one in (husband, wife)]
    answers = at_once(works)
    assert sorted(map(str, answers)) == sorted([WithdrawalStatus.APPROVED, str(applications.NotEntitled)])
    assert everything_holds() == []


def test_decided_by_two_at_once_it_is_paid_once(own_database):
    account = saver("9000.00")
    withdrawal = submitted(account, purchase(), "4000.00")
    said = decision(withdrawal)
    answers = at_once(
        [lambda one=one: applications.decide(fresh(withdrawal), said, by=one, on=ON) for one in (manager(), manager())]
    )
    assert answers.count(WithdrawalStatus.APPROVED) == 1
    assert issubclass(next(one for one in answers if isinstance(one, type)), Refusal)
    assert (balance(account), Payment.objects.count()) == (5000, 1)


def test_a_freeze_and_an_application_at_once(own_database):
    """Whichever is first: the application is held before the freeze covers the rest, or it is refused."""
    boss, by = manager(), night()
    for place in range(4):
        account = saver("1000.00")
        order = Order(
            FreezeGround.COURT, "内江市中级人民法院", f"(2026)川10执{place}号", None, ON, ON.replace(2027), "执行"
        )
        freeze = freezing.propose(account, order, by=by, on=ON)
        said = Decision(Verdict.GRANT, digest_of(freezes.facts_of(freeze)))
        answers = at_once(
            [
                lambda freeze=freeze, said=said: freezing.decide(freeze, said, by=boss, on=ON),
                lambda account=account: submitted(account, purchase(), "600.00", by=by).status,
            ]
        )
        applied = WithdrawalStatus.SUBMITTED in answers
        refused = {one for one in answers if isinstance(one, type)} <= {applications.NotEntitled, holds.Frozen}
        assert applied or refused, answers
        assert available(account) == Decimal(0) or not freezes.queue_of(account)
    assert everything_holds() == []


def waits(work, database):
    """Starts work in a thread and answers it once that stands still behind somebody's lock."""
    answers = []
    thread = threading.Thread(target=lambda: answers.extend(at_once([work])))
    thread.start()
    asks = "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
    with psycopg.connect(database.url, autocommit=True) as owner:
        assert await_until(lambda: owner.execute(asks).fetchone() is not None, seconds=60)
    return thread, answers


@pytest.mark.parametrize("act", ["submit", "freeze"])
def test_an_account_that_moves_meanwhile_is_found_where_it_is(own_database, act):
    """Whoever waits for the transfer to another office meets the account there, and no page that breaks."""
    account, by = saver("1000.00"), night()
    sealing.seal(account.employer, {account.pk: SealReason.ENDED}, month=Month(2026, 8), by=by, on=ON)
    there = employer(at="02", on=ON)
    order = Order(FreezeGround.COURT, "内江市中级人民法院", "(2026)川10执1号", None, ON, ON.replace(2027), "执行")
    acts = {
        "submit": lambda: submitted(account, purchase(), "600.00", by=by).branch,
        "freeze": lambda: freezing.propose(account, order, by=by, on=ON).case.branch,
    }
    with transaction.atomic():
        transfers.take_in(there, {account.pk: Paying(account.base, Decimal(8), Decimal(8))}, by=by, on=ON)
        thread, answers = waits(acts[act], own_database)
    thread.join(60)
    assert answers == [there.branch]
    assert everything_holds() == []
