"""A fund small enough to be added up on paper: members of 6,543 yuan at 8 + 8 percent bring 1,046.88 a month each."""

from datetime import date, timedelta

from django.db import transaction

from access.models import User
from access.states import Post
from deposits.actions import interest
from ledger.actions import days
from tests.access.factories import person
from tests.banking.factories import open_first_day
from tests.deposits.factories import night

FIRST = date(2026, 6, 1)


def manager(**traits: object) -> User:
    """The centre's manager, who sees every office."""
    return person(Post.MANAGER, **{"branch_id": 0, **traits})


def opened(day: date = FIRST) -> date:
    open_first_day(day)
    return day


def nights(first: date, until: date) -> date:
    """Close every day from `first` up to, and without, `until`, with what the night books on it."""
    day = first
    while day < until:
        with transaction.atomic():
            days.turn(day)
            interest.accrue(by=night(), on=day)
            for code in interest.branches_to_settle(day):
                interest.settle_branch(code, by=night(), on=day)
            days.close(day)
        day += timedelta(days=1)
    return day
