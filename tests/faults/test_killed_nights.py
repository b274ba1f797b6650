"""F01: a night that is killed, anywhere, ends in the books of a night that was left in peace."""

import signal
from datetime import date, timedelta

import pytest
import time_machine

from audit.actions import inspection
from hpf import dayend
from ledger.models import BusinessDay, StepShard
from tests.faults.children import Fault, Stage
from tests.faults.conftest import CALENDAR, EVE, IN_THE_SETTLEMENT
from tests.faults.stage import books, lease_runs_out, night, pointed_at

SETTLING = EVE + timedelta(days=1)


@pytest.fixture(autouse=True)
def calendar():
    with time_machine.travel(CALENDAR, tick=True):
        yield


def close(day: date) -> None:
    for _ in dayend.run(day):
        pass


def in_peace(database: str, last: date) -> tuple:
    with pointed_at(database):
        day = EVE + timedelta(days=1)
        while day <= last:
            close(day)
            day += timedelta(days=1)
        return books()


def sound() -> None:
    last = BusinessDay.objects.order_by("-day")[0].day
    assert [finding.check.title for finding in inspection.inspect(last) if not finding.holds] == []


def kill_day_by_day(database: str, every: int) -> date:
    """Kill each night some boundaries later than the one before, and finish it; until one is over before its blow."""
    day, at = SETTLING, 1
    while True:
        with night(Stage(database, CALENDAR), day, Fault(signal.SIGKILL, at=at)) as killed:
            if killed.ends() == 0:
                return day
        lease_runs_out(database)
        close(day)
        day, at = day + timedelta(days=1), at + every


def same_books_after_kills(eve, every: int) -> None:
    struck, peaceful = eve(), eve()
    with pointed_at(struck):
        last = kill_day_by_day(struck, every)
        assert (last - SETTLING).days * every > 40, "a night has more boundaries than that"
        assert not StepShard.objects.exclude(status="DONE").exists()
        sound()
        after = books()
    assert after == in_peace(peaceful, last)


def test_nights_killed_here_and_there_end_in_the_same_books(eve):
    same_books_after_kills(eve, every=7)


@pytest.mark.night
def test_nights_killed_at_every_boundary_end_in_the_same_books(eve):
    """F01: more than forty nights, each killed one boundary later than the one before."""
    same_books_after_kills(eve, every=1)


@pytest.mark.night
def test_the_night_of_the_settlement_may_be_killed_at_every_boundary(eve):
    """F01: more than sixty times the same night, each time from its beginning."""
    peaceful, at, boundaries = in_peace(eve(), SETTLING), 1, 0
    while not boundaries:
        struck = eve()
        with night(Stage(struck, CALENDAR), SETTLING, Fault(signal.SIGKILL, at=at)) as killed:
            boundaries = at if killed.ends() == 0 else 0
        with pointed_at(struck):
            lease_runs_out(struck)
            close(SETTLING)
            sound()
            assert books() == peaceful, f"killed at boundary {at}"
        at += 1
    assert boundaries > 60


@pytest.mark.parametrize("blow", IN_THE_SETTLEMENT)
def test_a_settlement_killed_half_way_pays_once(eve, blow):
    struck, peaceful = eve(), eve()
    with night(Stage(struck, CALENDAR), SETTLING, Fault(signal.SIGKILL, before=blow)) as killed:
        assert killed.ends() == -signal.SIGKILL
    with pointed_at(struck):
        lease_runs_out(struck)
        close(SETTLING)
        sound()
        after = books()
    assert after == in_peace(peaceful, SETTLING)
