"""A fund small enough to be added up on paper: members of 6,543 yuan at 8 + 8 percent bring 1,046.88 a month each."""

from datetime import date, timedelta

from django.db import transaction

from access.models import User
from access.states import Post
from accounts.actions import sealing, transfers
from accounts.actions.members import Paying
from accounts.models import Employer, MemberAccount
from accounts.states import SealReason
from deposits.actions import interest
from hpf.months import Month
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


def moved_to(employer: Employer, account: MemberAccount, *, on: date) -> None:
    """Seal an account and let another employer take it in, wherever that one's office is."""
    sealing.seal(account.employer, {account.pk: SealReason.ENDED}, month=Month.of(on).next(), by=night(), on=on)
    paying = Paying(account.base, account.employer_ratio, account.member_ratio)
    transfers.take_in(employer, {account.pk: paying}, by=night(), on=on)
    account.refresh_from_db()


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
