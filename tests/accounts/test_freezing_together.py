"""Freezes while somebody else is at them: a page that is being read is whole all the same."""

import threading

import pytest
from django.db import connection, connections

from access.queries import night_user
from access.states import Post
from accounts.actions import freezing
from accounts.actions.freezing import Paper
from accounts.models import Freeze
from accounts.queries import freezes
from accounts.states import FreezeAct
from approvals.actions.signatures import Decision
from approvals.rules import digest_of
from approvals.states import Verdict
from tests.accounts import factories
from tests.accounts.factories import DAY
from tests.ledger import books


def lifted(freeze: Freeze) -> None:
    """Asked for and signed by two persons, on a connection of its own."""
    paper = Paper(FreezeAct.LIFT, "内江市市中区人民法院", "（2026）川1002执解1号", "已履行")
    change = freezing.propose_change(freeze, paper, by=night_user(), on=DAY)
    said = Decision(Verdict.GRANT, digest_of(freezes.facts_of_change(change)))
    freezing.decide_change(change, said, by=factories.user(Post.MANAGER), on=DAY)
    connections.close_all()


@pytest.mark.parametrize("question", [1, 2])
def test_a_freeze_that_is_lifted_while_the_queue_is_read_has_no_place_in_it(own_database, question):
    """The queue asks for freezes, for their holds and for what these keep: it is lifted before either of the latter."""
    books.open_books(DAY)
    account = factories.member_account()
    first, second = (factories.freeze(account, amount=amount) for amount in (100, 200))
    asked = 0

    def lift_meanwhile(run, sql, *given):
        nonlocal asked
        asked += "ledger_hold" in sql
        if asked == question and "ledger_hold" in sql:
            other = threading.Thread(target=lifted, args=(first,))
            other.start()
            other.join(30)
        return run(sql, *given)

    with connection.execute_wrapper(lift_meanwhile):
        queue = freezes.queue_of(account)
    assert [(one.place, one.freeze.pk) for one in queue] == [(1, second.pk)] and asked == 2
    assert Freeze.objects.get(pk=first.pk).status == "ENDED"
