"""Many vouchers at once: they write what one after another would, and are refused together for the same reasons."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from audit.actions import inspection
from ledger.actions import days, posting
from ledger.actions.posting import Draft
from ledger.models import Entry, Voucher
from tests.ledger.books import (
    DAY,
    NEXT_DAY,
    NIGHT,
    PLAIN,
    TURN,
    account,
    actor,
    as_owner,
    bank,
    members,
    open_books,
    pay_in,
    run,
    yuan,
)  # fmt: skip

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def books():
    open_books()


def salary(source: object, money: int, amounts: dict[int, str | int]) -> Draft:
    """A voucher that pays members from an internal account."""
    credits = [posting.credit(member, yuan(amount)) for member, amount in amounts.items()]
    return Draft(
        source, f"发放 {source}", [posting.debit(money, sum((yuan(a) for a in amounts.values()), yuan(0))), *credits]
    )


def post(drafts: list[Draft], *, kind: str = PLAIN, on=DAY) -> list[int]:
    with transaction.atomic():
        return posting.post_batch(kind, drafts, by=actor(), on=on)


def kept(members_: list[int]) -> list[tuple]:
    """Everything an account keeps, but its key."""
    rows = [account(key) for key in members_]
    return [
        (a.balance, a.carried, a.current, a.carried_number, a.current_number, a.counted_to, a.version) for a in rows
    ]


def lines_of(vouchers: list[int], money: int, members_: list[int]) -> list[tuple]:
    """The lines of vouchers, each account by its place among those given."""
    places = {key: place for place, key in enumerate([money, *members_])}
    entries = Entry.objects.filter(voucher__in=vouchers).order_by("voucher", "line")
    rows = entries.values_list(
        "line", "account", "side", "amount", "balance", "version", "interest_on", "branch", "chart"
    )
    return [(line, places[key], *rest) for line, key, *rest in rows]


def test_a_batch_writes_what_its_vouchers_one_by_one_would():
    """The same acts on equal accounts, with money that stands from an earlier day and a year that was turned."""
    money = bank()
    single, together = members(20), members(20)
    for n, key in enumerate([*single, *together]):
        pay_in(f"before{n}", money, key, 100 + n % 20)
    days.turn(DAY)
    for key in (*single[:10], *together[:10]):
        select = posting.Select("select %s::bigint as account, 'C' as side, 0::numeric as amount", [key], NEXT_DAY)
        with transaction.atomic():
            posting.post_query(TURN, key, select, by=actor(), on=DAY)
    days.close(DAY)

    def drafts(keys: list[int], mark: str) -> list[Draft]:
        paid = [salary(f"{mark}{n}", money, {key: n + 1}) for n, key in enumerate(keys[:5])]
        paid.append(salary(f"{mark}many", money, {key: "7.77" for key in keys[5:15]}))
        out = [posting.debit(keys[15], yuan("110.50")), posting.credit(money, yuan("110.50"))]
        return [*paid, Draft(f"{mark}out", "支取", out)]

    one_by_one = []
    for draft in drafts(single, "a"):
        with transaction.atomic():
            one_by_one.append(posting.post(PLAIN, draft.source, draft.lines, by=actor(), on=NEXT_DAY, why=draft.why))
    at_once = post(drafts(together, "b"), on=NEXT_DAY)
    assert kept(single) == kept(together)
    assert lines_of(one_by_one, money, single) == lines_of(at_once, money, together)
    heads = [Voucher.objects.filter(pk__in=made).order_by("pk") for made in (one_by_one, at_once)]
    ours, theirs = (list(head.values_list("kind", "booked_on", "line_count", "total", "by")) for head in heads)
    assert ours == theirs
    assert [head.source for head in heads[1]] == [f"b{n}" for n in range(5)] + ["bmany", "bout"]
    assert [head.why for head in heads[1]][-2:] == ["发放 bmany", "支取"]
    broken = [finding for finding in inspection.inspect(NEXT_DAY) if not finding.holds]
    assert [
        finding.check.title for finding in broken if finding.check.invariant in ("I1", "I2", "I3", "I4", "I6")
    ] == []


def test_a_batch_by_a_query_is_the_batch_by_lines():
    money, keys = bank(), members(6)
    select = posting.Select(
        "select place::integer as voucher, key as account, 'C' as side, 5::numeric as amount"
        " from unnest(%s::bigint[]) with ordinality k (key, place)"
        " union all select n, %s, 'D', 5 from generate_series(1, 6) n",
        [keys, money],
    )
    with transaction.atomic():
        vouchers = posting.post_batch_query(PLAIN, [Draft(n, "") for n in range(6)], select, by=actor(), on=DAY)
    assert [head.source for head in Voucher.objects.filter(pk__in=vouchers).order_by("pk")] == list("012345")
    assert [account(key).balance for key in keys] == [yuan(5)] * 6
    assert Entry.objects.filter(voucher=vouchers[3]).count() == 2


def test_one_voucher_that_is_wrong_keeps_all_from_being_written():
    money, keys = bank(), members(3)
    wrong = Draft(2, "", [posting.debit(money, yuan(5)), posting.credit(keys[1], yuan(6))])
    with pytest.raises(posting.BooksError, match="2 is not balanced"):
        post([salary(1, money, {keys[0]: 5}), wrong, salary(3, money, {keys[2]: 5})])
    assert (Voucher.objects.count(), Entry.objects.count(), account(keys[0]).version) == (0, 0, 0)


@pytest.mark.parametrize("amount", ["0", "-5", "0.001", "NaN", "10000000000000000", "Infinity"])
def test_an_amount_that_is_no_money_is_refused(amount):
    money, keys = bank(), members(2)
    wrong = Draft(2, "", [posting.debit(money, Decimal(amount)), posting.credit(keys[1], Decimal(amount))])
    with pytest.raises(posting.BooksError):
        post([salary(1, money, {keys[0]: 5}), wrong])


def test_what_is_posted_already_is_refused_with_all_the_others():
    money, keys = bank(), members(2)
    pay_in(7, money, keys[0], 10)
    with pytest.raises(posting.AlreadyPosted):
        post([salary(6, money, {keys[1]: 5}), salary(7, money, {keys[0]: 5})])
    with pytest.raises(posting.AlreadyPosted):
        post([salary(8, money, {keys[1]: 5}), salary(8, money, {keys[0]: 5})])
    assert Voucher.objects.count() == 1


def test_a_balance_that_does_not_cover_it_is_refused():
    money, keys = bank(), members(2)
    pay_in(1, money, keys[0], 10)
    out = Draft(3, "", [posting.debit(keys[0], yuan("10.01")), posting.credit(money, yuan("10.01"))])
    with pytest.raises(posting.NotEnough):
        post([salary(2, money, {keys[1]: 5}), out])
    assert account(keys[1]).balance == 0


def test_an_unknown_or_closed_account_is_refused():
    money, keys = bank(), members(2)
    with pytest.raises(posting.AccountUnknown):
        post([salary(1, money, {keys[0]: 5}), salary(2, money, {999_999_999: 5})])
    with as_owner():
        run("update ledger_ledgeraccount set closed_on = %s where id = %s", DAY, keys[1])
    with pytest.raises(posting.AccountUnknown):
        post([salary(1, money, {keys[0]: 5}), salary(2, money, {keys[1]: 5})])


def test_an_account_with_a_balance_stands_in_one_line():
    """Its running balance would depend on which voucher comes first; the bank's account, which has none, may repeat."""
    money, keys = bank(), members(2)
    with pytest.raises(posting.BooksError, match="stands twice"):
        post([salary(1, money, {keys[0]: 5}), salary(2, money, {keys[0]: 6})])
    assert post([salary(1, money, {keys[0]: 5}), salary(2, money, {keys[1]: 6})])


@pytest.mark.parametrize("day", [DAY - timedelta(days=1), NEXT_DAY, DAY.replace(year=2050)])
def test_only_the_open_day_takes_a_batch(day):
    money, keys = bank(), members(1)
    with pytest.raises(posting.DayNotOpen):
        post([salary(1, money, {keys[0]: 5})], on=day)


def test_a_closing_day_takes_only_what_the_night_posts():
    money, keys = bank(), members(2)
    days.turn(DAY)
    with pytest.raises(posting.DayNotOpen):
        post([salary(1, money, {keys[0]: 5})])
    post([salary(2, money, {keys[0]: 5})], kind=NIGHT)


def test_earning_accounts_wait_until_the_day_before_is_closed():
    money, keys = bank(), members(1)
    days.turn(DAY)
    with pytest.raises(posting.YearTurning):
        post([salary(1, money, {keys[0]: 5})], on=NEXT_DAY)


@pytest.mark.parametrize("kind", [TURN, "tests.unknown"])
def test_a_kind_that_turns_the_year_or_is_unknown_is_refused(kind):
    money, keys = bank(), members(1)
    with pytest.raises(posting.BooksError, match="no kind of voucher for many"):
        post([salary(1, money, {keys[0]: 5})], kind=kind)


def test_nothing_to_post_is_a_mistake_of_the_program():
    with pytest.raises(posting.BooksError, match="do not fit"):
        post([])
    with pytest.raises(posting.BooksError, match="do not fit"):
        post([Draft(1, "")])


CALL = """
select ledger_post_batch(%s, %s::text[], %s, %s, %s, %s::text[], %s::int[], %s::bigint[], %s::"char"[], %s::numeric[])
"""


@pytest.mark.parametrize(
    ("sources", "whys", "places", "sides", "amounts"),
    [
        (["1", "2"], ["", ""], [1, 1], ["D", "C"], [5, 5]),  # a voucher without a line
        (["1"], ["", ""], [1, 1], ["D", "C"], [5, 5]),
        (["1"], [""], [1, 2], ["D", "C"], [5, 5]),  # a line of no voucher
        (["1"], [""], [1, None], ["D", "C"], [5, 5]),
        (["1"], [""], [1], ["D", "C"], [5, 5]),
        (["1"], [""], [1, 1], ["D", "X"], [5, 5]),
        (["1"], [""], [1, 1], ["D", None], [5, 5]),
        (["1"], [""], [1, 1], ["D", "C"], [5, None]),
        (["1"], [""], [1, 1], ["D", "C"], [5, 5, 5]),
        ([None], [""], [1, 1], ["D", "C"], [5, 5]),
        (["1"], [None], [1, 1], ["D", "C"], [5, 5]),
    ],
)
def test_arrays_that_do_not_make_vouchers_are_refused(sources, whys, places, sides, amounts):
    """Whoever has the application's role can call the function with anything."""
    low, high = members(2)
    with pytest.raises(DatabaseError):
        run(CALL, PLAIN, sources, DAY, DAY, actor().pk, whys, places, [low, high], sides, amounts)
    assert Voucher.objects.count() == 0


def test_accounts_out_of_order_are_refused():
    """Two batches that meet their accounts in different orders could lock each other out."""
    money = bank()
    low, high = sorted(members(2))
    with pytest.raises(DatabaseError, match="not sound"):
        run(
            CALL, PLAIN, ["1"], DAY, DAY, actor().pk, [""], [1, 1, 1], [high, low, money], ["C", "C", "D"], [5, 5, 10],
        )  # fmt: skip


@pytest.mark.parametrize("interest_on", [DAY - timedelta(days=1), DAY + timedelta(days=2)])
def test_money_counts_from_its_day_or_the_next(interest_on):
    money, member = bank(), members(1)[0]
    with pytest.raises(DatabaseError, match="interest date"):
        run(
            CALL, PLAIN, ["1"], DAY, interest_on, actor().pk, [""], [1, 1], sorted([money, member]), ["D", "C"], [5, 5],
        )  # fmt: skip


def test_the_inner_function_is_closed_to_the_application():
    with pytest.raises(DatabaseError, match="permission denied"):
        run("select ledger_post_lines(%s, %s, true, '{}', '{}', '{}', '{}', '{}')", DAY, DAY)
