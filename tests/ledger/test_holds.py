"""Holds and freezes: what they keep, in which order, and what nobody can do to them."""

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.actions import inspection
from ledger import queries
from ledger.actions import days, holds, opening, posting
from ledger.models import Hold
from ledger.states import AccountKind
from tests.ledger.books import (
    BRANCH,
    DAY,
    NEXT_DAY,
    PLAIN,
    account,
    actor,
    as_owner,
    bank,
    members,
    open_books,
    pay_in,
    pay_out,
    run,
    yuan,
)
from tests.ledger.test_guards import state_of

pytestmark = pytest.mark.django_db

KIND = "tests.claim"


@pytest.fixture
def member():
    """A member's account with 1,000 yuan."""
    open_books()
    key = members(1)[0]
    pay_in("start", bank(), key, 1000)
    return key


def place(key, source, amount, *, on=DAY, kind=KIND):
    with transaction.atomic():
        return holds.place(kind, source, key, yuan(amount), by=actor(), on=on)


def freeze(key, source, amount, *, on=DAY):
    with transaction.atomic():
        return holds.freeze(KIND, source, key, None if amount is None else yuan(amount), by=actor(), on=on)


def release(source, *, on=DAY):
    with transaction.atomic():
        holds.release(KIND, source, by=actor(), on=on)


def covered(key):
    return {hold.source: hold.covered for hold in queries.holds_of(key)}


def test_a_hold_keeps_its_money_from_every_other_use(member):
    place(member, 1, 600)
    assert (account(member).held, queries.available(member)) == (600, 400)
    with pytest.raises(posting.NotEnough):
        place(member, 2, "400.01")
    with pytest.raises(posting.NotEnough):
        pay_out("past it", member, bank(), "400.01")
    place(member, 2, 400)
    assert (account(member).held, queries.available(member)) == (1000, 0)


def test_a_released_hold_gives_its_money_back_and_stays_on_record(member):
    place(member, 1, 600)
    release(1)
    assert (account(member).held, queries.available(member), list(queries.holds_of(member))) == (0, 1000, [])
    kept = Hold.objects.get(account=member)
    assert (kept.amount, kept.placed_on, kept.released_on, kept.released_by) == (600, DAY, DAY, actor())


def test_a_hold_is_placed_once_and_released_once(member):
    place(member, 1, 600)
    with pytest.raises(holds.AlreadyHeld):
        place(member, 1, 600)
    release(1)
    with pytest.raises(holds.AlreadyHeld):
        place(member, 1, 600)
    with pytest.raises(holds.AlreadyReleased):
        release(1)


def test_a_freeze_of_an_amount_leaves_the_rest(member):
    freeze(member, "court", 700)
    place(member, 1, 300)
    with pytest.raises(holds.Frozen):
        place(member, 2, 1)
    assert covered(member) == {"court": 700, "1": 300}


def test_what_is_asked_in_vain_says_whether_the_money_is_missing_or_frozen(member):
    freeze(member, "court", 700)
    with pytest.raises(holds.Frozen) as frozen:
        place(member, 1, "300.01")
    with pytest.raises(posting.NotEnough) as missing:
        place(member, 1, "1000.01")
    assert ("冻结" in frozen.value.sentence, "冻结" in missing.value.sentence) == (True, False)


def test_a_freeze_of_everything_keeps_what_comes_later(member):
    place(member, 1, 300)
    freeze(member, "court", None)
    assert (covered(member), account(member).held) == ({"1": 300, "court": 700}, 1000)
    pay_in("later", bank(), member, 50)
    assert queries.available(member) == 0
    with pytest.raises(holds.Frozen):
        place(member, 2, 1)


def test_a_freeze_that_lacks_money_keeps_what_comes_until_it_has_it(member):
    freeze(member, "court", 1500)
    assert covered(member) == {"court": 1000}
    pay_in("later", bank(), member, 800)
    assert queries.available(member) == 300
    with pytest.raises(holds.Frozen):
        place(member, 1, "300.01")
    place(member, 1, 300)
    assert covered(member) == {"court": 1500, "1": 300}


def test_freezes_wait_in_the_order_they_came(member):
    freeze(member, "first", 800)
    freeze(member, "second", 500)
    freeze(member, "third", None)
    assert covered(member) == {"first": 800, "second": 200, "third": 0}
    release("first")
    assert covered(member) == {"second": 500, "third": 500}
    release("second")
    assert (covered(member), account(member).held) == ({"third": 1000}, 1000)


def test_money_of_a_released_hold_goes_to_the_freeze_that_lacks_it(member):
    place(member, 1, 900)
    freeze(member, "court", 400)
    assert covered(member) == {"1": 900, "court": 100}
    release(1)
    assert (covered(member), account(member).held) == ({"court": 400}, 400)


def test_an_employers_unallocated_money_is_held_too(member):
    employer = opening.open_accounts(AccountKind.UNALLOCATED, [BRANCH], on=DAY)[0]
    pay_in("employer", bank(), employer, 80)
    place(employer, 1, 80)
    assert queries.available(employer) == 0


def test_nothing_is_held_on_a_day_or_an_account_that_is_not_open(member):
    for work in (place, freeze):
        with pytest.raises(posting.DayNotOpen):
            work(member, 1, 1, on=NEXT_DAY)
    place(member, 1, 1)
    with pytest.raises(posting.DayNotOpen):
        release(1, on=NEXT_DAY)
    closed = members(1)[0]
    with as_owner():
        run("update ledger_ledgeraccount set closed_on = %s where id = %s", DAY, closed)
    for key in (closed, bank(), 999_999_999):
        with pytest.raises(posting.AccountUnknown):
            freeze(key, 2, 1)


def test_money_is_held_while_the_day_before_is_closed(member):
    """A hold moves nothing, so nobody waits for the night."""
    days.turn(DAY)
    place(member, 1, 600, on=NEXT_DAY)
    assert queries.available(member) == 400


@pytest.mark.parametrize("amount", ["-1", "0.001", "NaN", "Infinity", "10000000000000000", None])
def test_an_amount_that_is_none_is_a_mistake(member, amount):
    sql = "select ledger_place_hold(%s, '1', 'SPEND', %s, %s::numeric, %s, 1)"
    assert state_of(sql, KIND, member, amount, DAY) in ("HP002", "23514", "22003")
    assert (Hold.objects.count(), account(member).held) == (0, 0)


MISTAKES = {
    "a freeze of nothing": "select ledger_place_hold('tests.claim', '1', 'FREEZE', {key}, 0, '{day}', 1)",
    "a purpose nobody knows": "select ledger_place_hold('tests.claim', '1', 'KEEP', {key}, 1, '{day}', 1)",
    "a kind without a name": "select ledger_place_hold('', '1', 'SPEND', {key}, 1, '{day}', 1)",
    "a source without a name": "select ledger_place_hold('tests.claim', '', 'SPEND', {key}, 1, '{day}', 1)",
    "a release of nothing": "select ledger_release_hold('tests.claim', 'none', '{day}', 1)",
}  # fmt: skip


@pytest.mark.parametrize("sql", MISTAKES.values(), ids=MISTAKES.keys())
def test_mistakes_are_refused(member, sql):
    assert state_of(sql.format(key=member, day=DAY)) in ("HP002", "23514")


PAST_THE_FUNCTIONS = {
    "a hold of one's own": "insert into ledger_hold (account_id, kind, source, purpose, amount, covered, placed_on,"
    " placed_by_id) values (1, 'tests.claim', 'x', 'SPEND', 1, 1, '2026-03-02', 1)",
    "a freeze made smaller": "update ledger_hold set amount = 1",
    "a hold released by hand": "update ledger_hold set released_on = '2026-03-02'",
    "a hold deleted": "delete from ledger_hold",
    "holds emptied": "truncate ledger_hold",
    "holds covered at will": "select ledger_cover(1)",
    "accounts locked at will": "select ledger_lock_account(1)",
    "what is held changed": "update ledger_ledgeraccount set held = 0",
}


@pytest.mark.parametrize("sql", PAST_THE_FUNCTIONS.values(), ids=PAST_THE_FUNCTIONS.keys())
def test_the_application_cannot_write_holds_itself(member, sql):
    place(member, 1, 600)
    assert state_of(sql) == "42501"


AGAINST_THE_OWNER = {
    "an amount changed": "update ledger_hold set amount = 1, covered = 1",
    "another account": "update ledger_hold set account_id = account_id + 1",
    "a release taken back": "update ledger_hold set released_on = null, released_by_id = null, released_at = null",
    "a hold deleted": "delete from ledger_hold",
    "holds emptied": "truncate ledger_hold",
}


@pytest.mark.parametrize("sql", AGAINST_THE_OWNER.values(), ids=AGAINST_THE_OWNER.keys())
def test_even_the_owner_does_not_rewrite_a_hold(member, sql):
    place(member, 1, 600)
    if "null" in sql:
        release(1)
    with as_owner():
        assert state_of(sql) == "HP009"


def test_savings_that_are_held_or_frozen_do_not_change_office(member):
    empty = members(1)[0]
    freeze(empty, "nothing there yet", 100)
    place(member, 1, 1)
    for key in (member, empty):
        new = opening.open_accounts(AccountKind.MEMBER, [4], on=DAY)[0]
        with pytest.raises(posting.HeldOpen), transaction.atomic():
            posting.move_savings(PLAIN, [posting.Move(f"move {key}", "测试", key, new)], by=actor(), on=DAY)


class Model:
    """One account in fen, and its holds in the order they came: by the meaning of the words alone."""

    def __init__(self) -> None:
        self.balance = 0
        self.open: dict[int, tuple[str, int | None]] = {}

    def spent(self) -> int:
        return sum(fen for purpose, fen in self.open.values() if purpose == "SPEND")

    def frozen(self) -> int:
        """What freezes keep of the balance now: each what it asks, while there is something left."""
        left = self.balance - self.spent()
        kept = 0
        for purpose, fen in self.open.values():
            if purpose == "FREEZE":
                takes = left if fen is None else min(fen, left)
                left, kept = left - takes, kept + takes
        return kept

    def place(self, number: int, fen: int) -> str:
        if fen > self.balance - self.spent():
            return "NotEnough"
        if any(purpose == "FREEZE" and asked is None for purpose, asked in self.open.values()):
            return "Frozen" if fen else "placed"
        asked = sum(asked for purpose, asked in self.open.values() if purpose == "FREEZE")
        return "Frozen" if fen > self.balance - self.spent() - asked else "placed"


acts = st.lists(
    st.tuples(st.sampled_from(["in", "hold", "freeze", "freeze all", "release"]), st.integers(1, 50_000)), max_size=14
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(story=acts)
def test_any_story_holds_what_the_integers_say(story):
    with transaction.atomic():
        tell(story)
        transaction.set_rollback(True)


def tell(story):
    open_books()
    key, money, model = members(1)[0], bank(), Model()
    for number, (act, fen) in enumerate(story):
        amount = yuan(f"{fen // 100}.{fen % 100:02}")
        if act == "in":
            pay_in(number, money, key, amount)
            model.balance += fen
        elif act == "hold":
            expected = model.place(number, fen)
            try:
                place(key, number, amount)
                became = "placed"
                model.open[number] = ("SPEND", fen)
            except (posting.NotEnough, holds.Frozen) as refusal:
                became = type(refusal).__name__
            assert became == expected
        elif act == "release" and model.open:
            one = sorted(model.open)[fen % len(model.open)]
            release(one)
            del model.open[one]
        elif act.startswith("freeze"):
            asked = None if act == "freeze all" else fen
            freeze(key, number, None if asked is None else amount)
            model.open[number] = ("FREEZE", asked)
        assert account(key).held * 100 <= model.spent() + model.frozen()
    freeze(key, "last", "0.01")  # whatever came, covers all anew
    model.open[10**6] = ("FREEZE", 1)
    assert account(key).held * 100 == model.spent() + model.frozen()
    assert [finding.check.title for finding in inspection.inspect(DAY) if not finding.holds] == []


def test_a_sentence_says_what_to_do_next():
    for refusal in (holds.Frozen, holds.AlreadyHeld, holds.AlreadyReleased, posting.HeldOpen):
        assert any(word in refusal.message for word in ("请", "刷新")), refusal


def test_a_hold_of_yesterday_is_released_today(member):
    place(member, 1, 600)
    days.turn(DAY)
    days.close(DAY)
    release(1, on=DAY + timedelta(days=1))
    assert Hold.objects.get(account=member).released_on == NEXT_DAY
