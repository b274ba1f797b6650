"""Freezes that end: who is reminded, how red it is, what ended of itself, and the renewal that follows in few keys."""

import io
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.urls import reverse
from python_calamine import CalamineWorkbook

from access.states import Post
from accounts.actions import freezing
from accounts.models import Freeze
from accounts.queries import freeze_terms
from accounts.queries import freezes as frozen
from accounts.queries.freeze_terms import Notice
from approvals.actions.signatures import Decision
from approvals.rules import digest_of
from approvals.states import Verdict
from policy.states import TermName
from reports.queries import work
from tests.access.factories import client_of, person
from tests.accounts import factories
from tests.accounts.factories import DAY
from tests.accounts.test_freeze_pages import at, text_of
from tests.accounts.test_freezing import LIFT, RENEW
from tests.ledger import books
from tests.policy.test_changes import granted

pytestmark = pytest.mark.django_db
ENDING, LAPSED = "即将到期的冻结", "近期到期解除的冻结"


@pytest.fixture(autouse=True)
def day():
    books.open_books(DAY)


@pytest.fixture
def clerk():
    return person(Post.CLERK, branch_id=1)


def ending_in(days: int, **order) -> Freeze:
    return factories.freeze(factories.member_account(), until=DAY + timedelta(days=days), **order)


def granting(change) -> Decision:
    return Decision(Verdict.GRANT, digest_of(frozen.facts_of_change(change)), "")


def desk_of(user, on=DAY):
    return {line.label: line for line in work.waiting_for(user, on=on)}


@pytest.mark.parametrize(
    ("until", "said"),
    [
        (date(2026, 7, 31), (30, "NONE")),
        (date(2026, 7, 17), (16, "NONE")),
        (date(2026, 7, 16), (15, "HALF")),
        (date(2026, 7, 8), (7, "HALF")),
        (date(2026, 7, 7), (6, "NEAR")),
        (date(2026, 7, 1), (0, "NEAR")),
        (date(2026, 6, 30), (-1, "OVER")),
    ],
)
def test_half_of_thirty_days_is_amber_and_the_last_six_are_red(until, said):
    """R-1002: amber from half of the time, red from 80 percent."""
    left = freeze_terms.left_of(Freeze(status="ACTIVE", until=until), Notice(30, 7), on=DAY)
    assert (left.days, left.pressure.value) == said and left.is_red == (said[0] <= 6)


def test_what_holds_no_more_or_without_an_end_has_no_days_left():
    for freeze in (Freeze(status="ENDED", until=DAY), Freeze(status="PENDING", until=DAY), Freeze(status="ACTIVE")):
        assert freeze_terms.left_of(freeze, Notice(30, 7), on=DAY) is None


def test_desk_of_who_may_renew_counts_what_ends_and_says_what_is_red(clerk):
    for days in (6, 16, 30, 31):
        ending_in(days)
    line = desk_of(clerk)[ENDING]
    assert (line.count, line.since, line.late) == (3, DAY + timedelta(days=6), "1 项临近届满")
    page = text_of(client_of(clerk), reverse("reports:work_desk"))
    assert "1 项临近届满" in page and f"{at('freezes')}?due=ENDING" in page


def test_desk_of_nobody_else_speaks_of_freezes():
    ending_in(6)
    for post in (Post.FINANCE, Post.AUDITOR, Post.MANAGER):
        assert not {ENDING, LAPSED} & desk_of(person(post, branch_id=1)).keys(), post
    assert desk_of(person(Post.CLERK, branch_id=2))[ENDING].count == 0


def test_how_many_days_ahead_is_a_parameter(clerk):
    ending_in(31)
    assert desk_of(clerk)[ENDING].count == 0
    granted("40", since=DAY, name=TermName.FREEZE_NOTICE_DAYS)
    assert desk_of(clerk)[ENDING].count == 1


def test_list_shows_what_ends_by_its_day_with_the_way_to_renew(clerk):
    late, soon, _far = ending_in(20), ending_in(3), ending_in(31)
    page = text_of(client_of(clerk), at("freezes"), due="ENDING")
    assert page.index(soon.document) < page.index(late.document) and "共 2 条" in page
    assert "还剩 3 天" in page and f'href="{at("freeze_renew", soon.pk)}" data-row-link' in page
    freezing.propose_change(soon, replace(RENEW, until=DAY + timedelta(days=300)), by=clerk, on=DAY)
    page = text_of(client_of(clerk), at("freezes"), due="ENDING")
    assert "续冻待复核" in page and at("freeze_renew", soon.pk) not in page


def test_a_renewal_is_to_be_signed_before_the_freeze_has_ended(clerk):
    """The inbox shows it red in time; without the freeze's last day it would have the five days of any case."""
    renewed = replace(RENEW, until=DAY + timedelta(days=300))
    due = [freezing.propose_change(ending_in(days), renewed, by=clerk, on=DAY).case.due_on for days in (3, 20)]
    assert due == [DAY + timedelta(days=3), DAY + timedelta(days=5)]


def test_list_is_searched_and_goes_out_with_what_is_left(clerk):
    soon, other = ending_in(3), ending_in(4)
    page = text_of(client_of(clerk), at("freezes"), due="ENDING", q=soon.document)
    assert soon.document in page and other.document not in page
    answer = client_of(clerk).get(at("freezes_export"), {"due": "ENDING", "q": soon.document})
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(answer.streaming_content))).get_sheet_by_index(0)
    header, row = sheet.to_python()
    told = dict(zip(header, row, strict=True))
    assert (told["法律文书编号"], told["剩余天数"], told["待复核申请"]) == (soon.document, "3", "")
    assert "请从列表中选择" in text_of(client_of(clerk), at("freezes"), due="TOMORROW")


def test_what_ended_of_itself_is_shown_for_a_week_and_what_was_lifted_is_not(clerk):
    lapsing, lifted = ending_in(0), ending_in(0)
    change = freezing.propose_change(lifted, LIFT, by=clerk, on=DAY)
    freezing.decide_change(change, granting(change), by=person(Post.MANAGER, branch_id=1), on=DAY)
    books.run("select ledger_turn_day(%s)", DAY)
    morning = DAY + timedelta(days=1)
    assert freezing.lapse_all(by=clerk, on=morning) == {"lapsed": 1}
    line = desk_of(clerk, on=morning)[LAPSED]
    assert (line.count, line.since, line.only) == (1, morning, "?due=LAPSED")
    assert desk_of(clerk, on=morning + timedelta(days=6))[LAPSED].count == 1
    assert desk_of(clerk, on=morning + timedelta(days=7))[LAPSED].count == 0
    page = text_of(client_of(clerk), at("freezes"), due="LAPSED")
    assert lapsing.document in page and lifted.document not in page
    assert at("member_freeze", lapsing.member_account_id) in page
    assert "期限于 2026-07-01 届满，已于 2026-07-02 自动解冻" in text_of(client_of(clerk), at("freeze", lapsing.pk))
    assert "自动解冻" not in text_of(client_of(clerk), at("freeze", lifted.pk))


def test_page_of_a_freeze_that_ends_soon_says_until_when_it_may_be_renewed(clerk):
    page = text_of(client_of(clerk), at("freeze", ending_in(3).pk))
    assert "还剩 3 天" in page and "2026-07-04 当天仍然冻结，次日自动解除" in page
    assert "当天仍然冻结" not in text_of(client_of(clerk), at("freeze", ending_in(300).pk))


def test_renewal_begins_with_the_court_that_froze(clerk):
    freeze = ending_in(3, authority="成都铁路运输中级法院")
    page = text_of(client_of(clerk), at("freeze_renew", freeze.pk))
    assert 'value="成都铁路运输中级法院"' in page and 'value="继续冻结"' in page
