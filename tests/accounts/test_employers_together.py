"""Two persons at one employer at the same moment: one wins, nothing is done twice."""

import threading
from collections.abc import Callable

from django.db import connection, transaction

from access.actions import people
from access.states import Post
from accounts.actions import mandates, registrations
from accounts.models import Employer, Handler, Registration
from hpf.errors import Refusal
from tests.accounts import factories
from tests.accounts.factories import DAY
from tests.accounts.test_registrations import applied, clerk
from tests.ledger import books


def together(*acts: Callable[[], object]) -> list[str]:
    """What became of acts begun at the same moment: done, or the code of the refusal."""
    start, outcomes = threading.Barrier(len(acts)), []

    def run(act: Callable[[], object]) -> None:
        start.wait()
        try:
            act()
            outcomes.append("done")
        except Refusal as refusal:
            outcomes.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes)


def test_of_two_clerks_at_one_application_one_wins(own_database):
    books.open_books(DAY)
    with transaction.atomic():
        row, first, second = applied(), clerk(), clerk()
    mine, theirs = Registration.objects.get(pk=row.pk), Registration.objects.get(pk=row.pk)
    outcomes = together(
        lambda: registrations.accept(mine, by=first, on=DAY), lambda: registrations.accept(theirs, by=second, on=DAY)
    )
    assert outcomes in (["credit_code_taken", "done"], ["done", "not_allowed_now"])
    assert Employer.objects.count() == 1 and Handler.objects.count() == 1


def test_of_two_handlers_who_are_one_user_one_is_appointed(own_database):
    books.open_books(DAY)
    with transaction.atomic():
        here, there, by, user = factories.employer(), factories.employer(), clerk(), factories.user(Post.HANDLER)
    outcomes = together(
        lambda: mandates.appoint(here, user, by=by, on=DAY), lambda: mandates.appoint(there, user, by=by, on=DAY)
    )
    assert outcomes == ["acts_already", "done"] and Handler.objects.count() == 1


def test_a_new_user_pressed_for_many_times_at_once_is_made_once(own_database):
    books.open_books(DAY)
    with transaction.atomic():
        employer, by = factories.employer(), clerk()
    new = mandates.NewHandler("zhangsan", "张三", people.first_password(), mandates.Paper())
    outcomes = together(*[lambda: mandates.appoint_new(employer, new, by=by, on=DAY)] * 6)
    assert outcomes == ["done", *["username_taken"] * 5] and Handler.objects.count() == 1
