"""The store of dated parameters 政策参数: what was in force, what a centre starts with, what the database refuses."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.apps import apps
from django.db import DatabaseError, IntegrityError, connections, transaction
from hypothesis import given
from hypothesis import strategies as st

from access.models import Branch
from access.states import Perm
from policy import queries
from policy.migrations._first_terms import add_unheard_of
from policy.models import Term
from policy.rules import DayOfYear, value_of
from policy.states import DayCount, TermName
from tests.ledger.books import as_owner, run

pytestmark = pytest.mark.django_db(databases=["default", "owner"])

DAY = date(2026, 7, 1)


def add(name=TermName.BASE_CAP, value="30000.00", since="2030-07-01", until=None, source="测试", to_confirm=False):
    """Add a row as the owner: the application may not. Rolled back with the test."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "insert into policy_term (name, value, valid_from, valid_to, document, source, to_confirm, note)"
            " values (%s, %s, %s, %s, '', %s, %s, '')",
            [name, value, since, until, source, to_confirm],
        )


@pytest.mark.parametrize(
    ("name", "day", "value"),
    [
        (TermName.LOAN_FIRST_GT5, date(2025, 5, 7), Decimal("2.85")),
        (TermName.LOAN_FIRST_GT5, date(2025, 5, 8), Decimal("2.60")),
        (TermName.LOAN_FIRST_LE5, DAY, Decimal("2.10")),
        (TermName.LOAN_SECOND_LE5, DAY, Decimal("2.525")),
        (TermName.LOAN_SECOND_GT5, date(2015, 9, 1), Decimal("3.575")),
        (TermName.RATE_CARRIED, date(2015, 1, 1), Decimal("2.35")),
        (TermName.RATE_CURRENT, date(2010, 12, 26), Decimal("0.36")),
        (TermName.LOAN_DECISION_DAYS, date(2026, 9, 19), 15),
        (TermName.LOAN_DECISION_DAYS, date(2026, 9, 20), 10),
        (TermName.REG_VERSION, date(2026, 9, 20), "2026"),
        (TermName.FINE_MAX, date(2026, 9, 20), Decimal("300000.00")),
        (TermName.SUSPENSE_INTEREST, DAY, False),
        (TermName.SETTLE_DAY, DAY, DayOfYear(6, 30)),
    ],
)
def test_a_day_finds_the_value_that_holds_on_it(name, day, value):
    assert queries.term_on(name, day) == value


def test_a_day_without_a_value_is_refused_by_name():
    with pytest.raises(queries.NoTerm) as told:
        queries.term_on(TermName.RENOVATION_PERCENT, date(2026, 9, 19))
    assert told.value.code == "no_term"
    assert "装修提取占费用比例" in told.value.sentence
    assert "2026-09-19" in told.value.sentence


def test_deposit_terms_come_together():
    assert queries.deposit_terms_on(DAY) == queries.DepositTerms(
        floor=Decimal("2070.00"),
        cap=Decimal("22389.00"),
        ratio_min=Decimal("5"),
        ratio_max=Decimal("12"),
        round_unit=Decimal("0.01"),
    )


def test_deposit_terms_with_one_missing_are_refused():
    with pytest.raises(queries.NoTerm, match="月缴存基数下限"):
        queries.deposit_terms_on(date(2007, 12, 31))


def test_deposit_terms_take_one_query(django_assert_num_queries):
    with django_assert_num_queries(1):
        queries.deposit_terms_on(DAY)


def test_interest_terms_come_together():
    assert queries.interest_terms_on(DAY) == queries.InterestTerms(
        day_count=DayCount.ACT_360, min_unit=Decimal("0.01"), settle_day=DayOfYear(6, 30)
    )


def test_interest_rates_are_one_piece_since_2016():
    year = (date(2025, 7, 1), date(2026, 7, 1))
    assert queries.interest_rates(*year) == [queries.Rate(year[0], Decimal("1.50"), Decimal("1.50"))]


def test_interest_rates_are_cut_where_either_changes():
    found = queries.interest_rates(date(2015, 7, 1), date(2016, 7, 1))
    assert [(rate.from_.isoformat(), str(rate.carried), str(rate.current)) for rate in found] == [
        ("2015-07-01", "1.60", "0.35"),
        ("2015-08-26", "1.35", "0.35"),
        ("2015-10-24", "1.10", "0.35"),
        ("2016-02-21", "1.50", "1.50"),
    ]


def test_interest_rates_before_the_first_one_are_refused():
    with pytest.raises(queries.NoTerm):
        queries.interest_rates(date(2008, 7, 1), date(2009, 7, 1))


@given(since=st.dates(date(2008, 11, 27), date(2030, 1, 1)), days=st.integers(1, 3000), offset=st.integers(0, 3000))
def test_the_pieces_hold_what_each_day_has(since, days, offset):
    pieces = queries.interest_rates(since, since + timedelta(days=days))
    day = since + timedelta(days=min(offset, days - 1))
    piece = [rate for rate in pieces if rate.from_ <= day][-1]
    assert pieces[0].from_ == since
    assert piece.carried == queries.term_on(TermName.RATE_CARRIED, day)
    assert piece.current == queries.term_on(TermName.RATE_CURRENT, day)


def test_every_first_value_can_be_read_and_has_a_source_or_waits_for_the_centre():
    terms = list(Term.objects.order_by("id"))
    assert {term.name for term in terms} == set(TermName.values)
    for term in terms:
        value_of(TermName(term.name), term.value)
        assert term.source or term.to_confirm
        assert not term.to_confirm or "由中心确认" in term.note, term.name


def test_every_parameter_has_a_value_since_the_amended_regulation():
    for name in TermName:
        queries.term_on(name, date(2026, 9, 20))


def test_rates_and_limits_are_in_order():
    terms = queries.deposit_terms_on(DAY)
    assert (terms.floor < terms.cap, terms.ratio_min < terms.ratio_max) == (True, True)
    for day in [date(2011, 1, 1), date(2016, 1, 1), DAY]:
        assert queries.term_on(TermName.LOAN_FIRST_LE5, day) < queries.term_on(TermName.LOAN_FIRST_GT5, day)
        assert queries.term_on(TermName.LOAN_FIRST_GT5, day) < queries.term_on(TermName.LOAN_SECOND_GT5, day)


@pytest.mark.parametrize(
    ("since", "until"),
    [("2007-01-01", None), ("2026-01-01", "2026-01-02"), ("2007-12-31", "2008-01-02"), ("2050-01-01", None)],
)
def test_the_database_refuses_two_values_on_one_day(since, until):
    with pytest.raises(IntegrityError, match="policy_term_one_value_a_day"):
        add(since=since, until=until)


def test_neighbouring_values_share_no_day():
    add(since="2007-01-01", until="2008-01-01", value="9000.00")
    with pytest.raises(IntegrityError, match="policy_term_one_value_a_day"), transaction.atomic(using="owner"):
        add(since="2007-12-31", until="2008-01-01", value="9000.00")


@pytest.mark.parametrize(
    ("row", "guard"),
    [
        ({"since": "2007-01-02", "until": "2007-01-02"}, "policy_term_ends_after_it_begins"),
        ({"since": "2007-01-01", "until": "2007-02-01", "source": ""}, "has_a_source_or_waits_for_one"),
        ({"since": "2007-01-01", "until": "2007-02-01", "value": ""}, "policy_term_has_a_value"),
    ],
)
def test_the_database_refuses_a_row_that_says_nothing(row, guard):
    with pytest.raises(IntegrityError, match=guard):
        add(**row)


@pytest.mark.parametrize(
    "statement",
    [
        "insert into policy_term (name, value, valid_from, document, source, to_confirm, note)"
        " values ('deposit.base.cap', '1', '2001-01-01', '', 'x', false, '')",
        "update policy_term set value = '0.01'",
        "delete from policy_term",
        "truncate policy_term",
    ],
)
def test_the_application_may_only_read(statement):
    with (
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
        connections["default"].cursor() as cursor,
    ):
        cursor.execute(statement)


def replace(name, value):
    """Another value in place of the first one, as the owner. Rolled back with the test."""
    with as_owner():
        run(f"update policy_term set value = '{value}' where name = '{name}'")


@pytest.mark.parametrize(
    ("count", "opened", "due"),
    [
        ("CALENDAR", date(2026, 9, 30), date(2026, 10, 5)),
        # The State Council's calendar of 2026: 1 to 7 October free, 10 October (a Saturday) worked.
        ("WORKING", date(2026, 9, 30), date(2026, 10, 13)),
        ("WORKING", date(2026, 7, 3), date(2026, 7, 10)),
    ],
)
def test_a_deadline_is_counted_in_calendar_or_working_days(count, opened, due):
    replace("approval.day_count", count)
    assert queries.due_on(TermName.APPROVAL_DAYS, opened) == due


def test_a_deadline_is_that_of_the_day_it_was_opened():
    with as_owner():
        run("update policy_term set valid_to = '2026-08-01' where name = 'approval.days'")
        run(
            "insert into policy_term (name, value, valid_from, document, source, to_confirm, note)"
            " values ('approval.days', '2', '2026-08-01', '', '测试', false, '')"
        )
    assert queries.due_on(TermName.APPROVAL_DAYS, date(2026, 7, 31)) == date(2026, 8, 5)
    assert queries.due_on(TermName.APPROVAL_DAYS, date(2026, 8, 1)) == date(2026, 8, 3)


def test_a_route_is_asked_by_amount_and_office():
    replace("approval.route.member_change", "0:APPROVE_CHANGES;05/0:APPROVE_CHANGES>APPROVE_TERM")
    name, zero = TermName.ROUTE_MEMBER_CHANGE, Decimal(0)
    assert queries.route_on(name, zero, Branch.objects.get(code="01"), DAY) == [Perm.APPROVE_CHANGES]
    assert len(queries.route_on(name, zero, Branch.objects.get(code="05"), DAY)) == 2


def test_an_older_database_receives_what_it_has_never_heard_of_and_keeps_what_it_has():
    told = "name, value, valid_from, valid_to, document, source, to_confirm, note"
    started_with = f"select {told} from policy_term order by name, valid_from"
    of_old = run(started_with)
    with as_owner():
        run("delete from policy_term where name in ('loan.rate.first.gt5', 'freeze.pending_stops')")
        run("update policy_term set note = '中心已确认' where name = 'deposit.base.cap'")
        assert len(run(started_with)) < len(of_old)
        add_unheard_of(apps, connections["default"].schema_editor())
    confirmed = [(*row[:-1], "中心已确认") if row[0] == "deposit.base.cap" else row for row in of_old]
    assert run(started_with) == confirmed
