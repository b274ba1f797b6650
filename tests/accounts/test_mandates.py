"""Mandates: appointed on a paper, until a day, renewed, ended; without one nobody acts."""

from datetime import date

import pytest

from access.actions import people
from access.models import User
from access.states import Post
from accounts import queries, rules
from accounts.actions import mandates
from accounts.actions.mandates import NewHandler, Paper
from accounts.models import Handler
from audit.models import Record
from hpf.errors import Overtaken
from ledger.actions import days
from tests.access.factories import client_of, person
from tests.accounts import factories
from tests.accounts.factories import DAY
from tests.ledger import books

pytestmark = pytest.mark.django_db
LAST = date(2026, 7, 31)
PAPER = Paper("SQ-7", LAST, "13900002222")


@pytest.fixture
def day():
    books.open_books(DAY)


def clerk() -> User:
    return person(Post.CLERK)


def test_a_first_password_is_readable_and_never_the_same():
    made = {people.first_password() for _ in range(200)}
    assert len(made) == 200
    assert {len(one) for one in made} == {19} and not set("".join(made)) - set(people.READABLE + "-")


def test_a_new_handler_signs_in_with_the_first_password(day):
    employer = factories.employer()
    new = NewHandler("wang.fang", "王芳", people.first_password(), PAPER)
    made = mandates.appoint_new(employer, new, by=clerk(), on=DAY)
    assert made.user.check_password(new.password) and made.user.post == Post.HANDLER
    assert (made.since, made.until, made.mandate, made.mobile) == (DAY, LAST, "SQ-7", "13900002222")
    record = Record.objects.get(act="appoint_handler")
    assert "13900002222" not in str(record.after) and new.password not in str(record.after)
    assert queries.employers_seen_by(made.user).get() == employer


def test_several_handlers_act_for_one_employer(day):
    employer = factories.employer()
    acting = [factories.handler(employer) for _ in range(3)]
    assert [queries.employers_seen_by(user).get() for user in acting] == [employer] * 3


def test_the_day_after_the_last_one_the_employer_is_no_longer_found(day):
    employer, user = factories.employer(), person(Post.HANDLER, branch_id=None)
    mandates.appoint(employer, user, Paper(until=DAY), by=clerk(), on=DAY)
    assert queries.employers_seen_by(user).get() == employer
    days.turn(DAY)
    for read in (queries.employers_seen_by, queries.member_accounts_seen_by):
        with pytest.raises(queries.MandateExpired, match="2026-07-01 到期"):
            read(user)


def test_a_mandate_that_ran_out_gives_way_to_a_new_one(day):
    first, second, user = factories.employer(), factories.employer(), person(Post.HANDLER, branch_id=None)
    old = mandates.appoint(first, user, Paper(until=DAY), by=clerk(), on=DAY)
    mandates.appoint(second, user, by=clerk(), on=date(2026, 7, 2))
    old.refresh_from_db()
    assert old.ended_on == DAY and queries.employers_seen_by(user).get() == second


def test_a_known_handler_is_appointed_by_name(day):
    employer, user = factories.employer(), person(Post.HANDLER, branch_id=None, username="zhang.san")
    mandates.appoint_known(employer, "zhang.san", PAPER, by=clerk(), on=DAY)
    assert queries.mandate_of(user).employer == employer
    for unknown in ("nobody", person(Post.CLERK).username):
        with pytest.raises(mandates.NoSuchHandler):
            mandates.appoint_known(employer, unknown, PAPER, by=clerk(), on=DAY)


@pytest.mark.parametrize(
    ("paper", "reason"),
    [(Paper(until=date(2026, 6, 30)), mandates.MandateOver), (Paper(mobile="123"), rules.WrongMobile)],
)
def test_a_paper_that_cannot_be_is_refused(paper, reason):
    with pytest.raises(reason):
        mandates.appoint(factories.employer(), person(Post.HANDLER, branch_id=None), paper, by=clerk(), on=DAY)
    assert not Handler.objects.exists()


def test_renewing_moves_the_last_day_and_says_what_it_was():
    user = person(Post.HANDLER, branch_id=None)
    made = mandates.appoint(factories.employer(), user, PAPER, by=clerk(), on=DAY)
    mandates.renew(made, "SQ-8", date(2027, 7, 31), by=clerk(), on=DAY)
    made.refresh_from_db()
    assert (made.until, made.mandate) == (date(2027, 7, 31), "SQ-8")
    record = Record.objects.get(act="renew_mandate")
    assert (record.before["until"], record.after["until"]) == ("2026-07-31", "2027-07-31")


@pytest.mark.parametrize(
    ("until", "reason"),
    [(LAST, mandates.NotLater), (date(2026, 7, 30), mandates.NotLater), (date(2026, 6, 1), mandates.MandateOver)],
)
def test_renewing_lengthens(until, reason):
    made = mandates.appoint(factories.employer(), person(Post.HANDLER, branch_id=None), PAPER, by=clerk(), on=DAY)
    with pytest.raises(reason):
        mandates.renew(made, "SQ-8", until, by=clerk(), on=DAY)


def test_a_stale_renewal_does_not_win():
    made = mandates.appoint(factories.employer(), person(Post.HANDLER, branch_id=None), PAPER, by=clerk(), on=DAY)
    stale = Handler.objects.get(pk=made.pk)
    mandates.renew(made, "SQ-8", date(2027, 7, 31), by=clerk(), on=DAY)
    with pytest.raises(Overtaken):
        mandates.renew(stale, "SQ-9", date(2026, 8, 31), by=clerk(), on=DAY)


def test_ending_takes_the_employer_away_at_once(day):
    user = person(Post.HANDLER, branch_id=None)
    made = mandates.appoint(factories.employer(), user, by=clerk(), on=DAY)
    mandates.end(made, by=clerk(), on=DAY, why="离职")
    with pytest.raises(queries.NoMandate):
        queries.employers_seen_by(user)
    with pytest.raises(Overtaken):
        mandates.end(made, by=clerk(), on=DAY, why="离职")
    with pytest.raises(mandates.MandateEnded):
        mandates.renew(Handler.objects.get(pk=made.pk), "SQ-8", LAST, by=clerk(), on=DAY)


@pytest.mark.parametrize("address", ["/portal/employer/", "/portal/employer/profile/", "/portal/employer/remittances/"])
def test_a_handler_without_a_mandate_reads_what_to_do(day, address):
    user = person(Post.HANDLER, branch_id=None)
    answer = client_of(user).get(address)
    assert answer.status_code == 200 and "暂时不能办理单位业务" in answer.content.decode()
    assert "请由单位携带授权书到管理部办理" in answer.content.decode()
    mandates.appoint(factories.employer(), user, Paper(until=DAY), by=clerk(), on=DAY)
    days.turn(DAY)
    page = client_of(user).get(address).content.decode()
    assert "已于 2026-07-01 到期" in page and "续办" in page
