"""Stories that must be told each time: what the machine reaches by chance, in a few steps, through the same rules."""

from collections.abc import Iterator

import pytest

from tests.machine.comparing import EVERYWHERE
from tests.machine.fund import refusal_of
from tests.machine.machine import MemberMoney
from tests.machine.outgoing import Wish

at_the_end_of_the_year = pytest.mark.parametrize("machine", ["the year ends"], indirect=True)
early_in_the_year = pytest.mark.parametrize("machine", ["the year has begun"], indirect=True)
at_one_rate = pytest.mark.parametrize("machine", ["one rate holds"], indirect=True)
# Members at every start; the second is sealed, the third has saved nothing yet.
LI, WANG, ZHAO, CHEN = range(4)
RENT = Wish("rent", months=("2026-04", "2026-05"))


@pytest.fixture
def it(machine) -> Iterator[MemberMoney]:
    begun = machine()
    yield begun
    begun.teardown()


def states(it: MemberMoney) -> list[str]:
    return [one.state for one in it.story.withdrawals.values()]


# Back from the bank


@at_the_end_of_the_year
def test_what_was_not_paid_comes_back_into_the_year_it_left(it):
    assert states(it) == ["approved"] * 4
    it.settle_payouts()
    assert states(it) == ["approved", "undone", "undone", "approved"]
    it.nights(1)
    it.bank_says(0, "failed")
    it.undo(1)
    it.settle_payouts()
    assert states(it) == ["undone"] * 4
    it.nights(2)


@at_the_end_of_the_year
def test_what_was_not_paid_comes_back_after_the_year_was_settled(it):
    """Carried forward, from the settlement on: not as if it had never left."""
    it.nights(3)
    it.bank_says(0, "failed")
    it.settle_payouts()
    it.undo(0)
    assert states(it) == ["undone"] * 4
    it.nights(1)


@pytest.mark.parametrize("nights", [1, 3])
@at_the_end_of_the_year
def test_a_closing_that_was_not_paid_opens_the_account_again(it, nights):
    it.settle_payouts()
    it.retire(WANG)
    it.claim(3)
    it.nights(nights)
    it.bank_says(4, "returned")
    it.bank_says(4, "succeeded", twice=True)
    it.settle_payouts()
    assert states(it)[-1] == "undone"
    it.nights(1)


@early_in_the_year
def test_a_payout_takes_the_current_year_first_and_gives_it_back(it):
    """The last one took from both parts; others left before the settlement."""
    it.nights(1)
    it.undo(2)
    it.bank_says(0, "failed")
    it.nights(1)
    it.retire(CHEN)
    it.nights(1)


@at_the_end_of_the_year
def test_a_closing_takes_what_has_come_since_it_was_asked_for(it):
    """Decided by people, on a later day: with what came meanwhile, and the interest up to the day before."""
    it.settle_payouts()
    it.retire(WANG, by_people=True)
    it.unseal(0, 1234567)
    it.hand_in(1)
    it.grant(0)  # refused: a list waits
    it.money_arrives(-1, "exact")
    it.nights(1)
    it.grant(0)  # refused: Wang saves
    it.seal(1)
    it.grant(0)
    assert it.story.withdrawals[it.payments("ordered")[-1].source].payout.current == 2 * 197530
    it.nights(1)


# Months


@at_the_end_of_the_year
def test_a_later_month_waits_for_an_earlier_one_though_its_money_is_there(it):
    it.hand_in(0)
    it.seal(2)
    it.hand_in(0)
    april, may = it.story.waiting(next(iter(it.story.offices)), regular=True)
    assert may.total < april.total
    it.money_arrives(-1, "exact")
    it.identify_all()
    it.allocate_covered()
    it.allocate(-1)  # refused
    assert may.state == "waiting"
    it.money_arrives(-2, "exact")
    it.nights(1)
    assert (april.state, may.state) == ("allocated", "allocated")


# Crashes


@at_the_end_of_the_year
def test_nothing_stands_of_an_act_that_ended_in_its_middle(it):
    it.apply(CHEN, "half", crash=EVERYWHERE)
    it.grant(0, crash=EVERYWHERE)
    it.undo(4, crash=EVERYWHERE)
    it.settle_payouts(crash=EVERYWHERE)
    it.retire(WANG, crash=EVERYWHERE)
    it.bank_says(0, "succeeded", crash=EVERYWHERE)
    assert states(it) == ["approved", "undone", "undone", "approved", "undone", "approved"]


@at_the_end_of_the_year
def test_nothing_stands_of_a_freeze_or_a_refund_that_ended_in_its_middle(it):
    it.freeze(LI, 10000, crash=EVERYWHERE)
    it.lift(0, crash=EVERYWHERE)
    it.refund(2, "half", crash=EVERYWHERE)
    it.sign_refund(0, crash=EVERYWHERE)
    it.sign_refund(0, crash=EVERYWHERE)
    it.claim(3)
    it.bank_says(4, "failed", crash=EVERYWHERE)
    it.settle_refunds(crash=EVERYWHERE)
    assert [one.state for one in it.story.refunds.values()] == ["returned"]


# The bank's silence


@at_the_end_of_the_year
def test_a_payment_is_sent_again_only_where_the_bank_never_had_it(it):
    it.bank_says(0, "not received")
    it.claim(3)
    it.banks_are_late()
    it.bank_says(0, "not received", twice=True)
    assert it.story.payments[0].state == "ordered"
    it.claim(3)
    it.bank_says(0, "not received")
    assert (it.story.payments[0].state, it.story.payments[0].sendings) == ("sent", 2)
    it.bank_says(0, "succeeded", twice=True)
    it.bank_says(0, "returned", twice=True)
    it.nights(1)


@at_the_end_of_the_year
def test_what_two_persons_read_off_a_statement_counts_once(it):
    it.rule_by_statement(0, "succeeded")  # refused: nobody has asked the bank yet
    it.banks_are_late()
    it.rule_by_statement(0, "succeeded", crash=EVERYWHERE)
    it.bank_says(0, "succeeded", twice=True)
    it.bank_says(0, "failed")
    it.nights(1)
    it.bank_says(0, "returned")
    it.settle_payouts()
    assert states(it)[0] == "undone"


@at_the_end_of_the_year
def test_what_a_bank_was_handed_once_is_not_undone(it):
    """It says that it never had it, and may find it yet."""
    it.banks_are_late()
    it.rule_by_statement(0, "not received", crash=EVERYWHERE)
    it.undo(0)  # refused
    it.bank_says(0, "succeeded")
    assert (it.story.payments[0].state, states(it)[0]) == ("succeeded", "approved")


# What keeps money where it is


@at_the_end_of_the_year
def test_savings_do_not_move_to_another_office_while_something_holds_them(it):
    it.settle_payouts()
    it.apply(WANG, "half")
    it.transfer(0, 1, 1234567)  # refused
    assert it.books.accounts[it.open_accounts()[WANG].key].office == "01"
    it.freeze(WANG, 5000)
    it.drop(0, refused=True)
    it.transfer(0, 1, 1234567)  # refused
    it.lift(0)
    it.transfer(0, 1, 1234567)
    assert it.books.accounts[it.open_accounts()[WANG].key].office == "02"
    it.nights(2)


@early_in_the_year
def test_what_savings_have_earned_moves_along_with_them(it):
    """Of carried money, too, that was counted before it moved; what comes back then is new at the other office."""
    it.nights(1)
    it.apply(WANG, "half")
    it.grant(0)
    it.transfer(0, 1, 1234567)
    it.nights(1)
    it.undo(-1)
    assert states(it)[-1] == "undone"


@at_the_end_of_the_year
def test_what_comes_back_to_savings_that_have_moved_goes_along(it):
    """As new money at the office where they are now; the office it left owes it no more."""
    it.transfer(0, 1, 1234567)
    it.settle_payouts()
    assert states(it) == ["approved", "undone", "undone", "approved"]
    assert it.books.accounts[it.open_accounts()[WANG].key].current == 2 * 98765
    it.nights(2)


@at_the_end_of_the_year
def test_what_comes_back_to_an_account_that_was_closed_since_waits_for_it(it):
    """Nobody's money is touched until the closing itself comes back."""
    it.seal(0)
    it.retire(LI)
    it.claim(3)
    it.bank_says(0, "failed")
    it.settle_payouts()
    assert states(it) == ["approved", "undone", "undone", "approved", "approved"]
    it.bank_says(4, "failed")
    it.settle_payouts()
    it.settle_payouts()
    assert states(it) == ["undone", "undone", "undone", "approved", "undone"]
    it.nights(1)


@at_the_end_of_the_year
def test_what_comes_to_a_frozen_account_stays_there(it):
    it.freeze(LI, None, days=1)
    it.apply(LI, "a fen")  # refused
    it.freeze(LI, 70000, days=3)
    it.hand_in(0)
    it.money_arrives(-1, "exact")
    it.renew(0, 1)
    it.nights(1)
    it.apply(LI, "a fen")  # refused
    it.nights(2)
    it.lapse()
    assert [one.asked for one in it.freezes().values()] == [70000]
    it.apply(LI, "all")
    it.grant(0)
    it.nights(1)
    it.lapse()
    assert not it.freezes()


# Limits


@at_the_end_of_the_year
def test_a_month_of_rent_is_withdrawn_once_until_its_payment_comes_back(it):
    it.apply(CHEN, "half", RENT, by_people=False)
    assert it.story.entitled(it.open_accounts()[CHEN], RENT) == 0
    it.apply(CHEN, "a fen", RENT)  # refused
    it.undo(4)
    it.apply(CHEN, "half", RENT, by_people=True)
    it.seal(2)
    it.grant(0)  # refused: Chen saves no more
    it.drop(0, refused=True)
    assert states(it)[4:] == ["undone", "dropped"]


@at_the_end_of_the_year
@pytest.mark.parametrize("wish", [Wish("purchase", 2), Wish("loan", 1)], ids=["house", "loan"])
def test_a_price_is_withdrawn_once_by_all(it, wish):
    it.apply(CHEN, "half", wish)
    it.apply(CHEN, "a fen", wish)  # refused
    it.apply(LI, "too much", wish)  # refused
    it.apply(LI, "all", wish)
    it.drop(0, refused=False)
    it.apply(CHEN, "all", wish)
    it.grant(1)
    it.claim(3)
    it.bank_says(4, "failed")
    it.settle_payouts()
    it.apply(CHEN, "all", wish)
    it.grant(0)


# Refunds


@at_the_end_of_the_year
def test_nobodys_money_goes_back_once_and_nobody_is_given_it_meanwhile(it):
    nameless = [one.payer for one in it.story.receipts.values()].index(None)
    it.refund(nameless, "half")
    it.identify(0, 2, "too much")  # refused
    it.sign_refund(0)
    it.identify(0, 2, "half")
    it.sign_refund(0)
    it.claim(3)
    it.bank_says(4, "succeeded", twice=True)
    it.settle_refunds()
    it.bank_says(4, "returned", twice=True)
    it.settle_refunds()
    it.refund(nameless, "all")
    it.sign_refund(0, granted=False)
    it.identify(0, 1, "all")
    it.nights(1)


@at_the_end_of_the_year
def test_what_is_to_be_refunded_pays_no_list(it):
    it.refund(len(it.story.receipts), "half")  # refused: all that came is allocated
    it.hand_in(0)
    it.money_arrives(-1, "exact")
    it.identify_all()
    given = list(it.story.receipts)[-1], next(iter(it.story.offices))
    share = [(receipt.key, employer) for receipt, employer in it.shares()].index(given)
    it.refund(share, "a fen")
    it.allocate_covered()
    it.allocate(-1)  # refused
    it.take_back_refund(0)
    it.refund(share, "a fen")
    it.sign_refund(0)
    it.sign_refund(0)
    it.allocate_covered()
    it.money_arrives(-1, "too much")
    it.nights(1)


# Money that is there


@pytest.mark.parametrize("granted", [True, False], ids=["paid", "sent back"])
@at_the_end_of_the_year
def test_what_the_bank_account_cannot_pay_waits_for_finance(it, granted):
    """All leave at once, with interest that no bank has paid us yet."""
    it.settle_payouts()
    it.undo(-1)
    it.refund(2, "all")
    it.sign_refund(0)
    it.sign_refund(0)
    for place in (CHEN - 1, 0):
        it.seal(place)
    for place in (2, 1, 0):
        it.retire(place)
    assert [one.state for one in it.story.payments][-1] == "created"
    it.sign_payment(0)  # refused
    it.claim(3)
    it.money_arrives(0, "exact")
    it.sign_payment(0, granted=granted)
    it.claim(3)
    it.nights(1)
    assert states(it)[-1] == ("approved" if granted else "undone")


# Rates


@at_one_rate
def test_a_year_is_cut_where_the_rate_changes(it):
    """Each day earns the rate of that day, a closing that of its day, and what comes back what it has missed."""
    it.settle_payouts()
    it.rate_changes(360, 1)
    it.nights(1)
    it.seal(2)
    it.transfer(1, 1, 2100000)  # what Chen saved at the other office has earned both rates
    it.retire(WANG)
    it.apply(CHEN, "half")
    it.grant(0)
    it.bank_says(0, "failed")
    it.nights(1)
    it.undo(1)
    it.undo(1)
    it.nights(1)


# Persons


@at_the_end_of_the_year
def test_an_undoing_needs_a_reason_and_a_second_person(it):
    ordered = it.story.payments[3].source
    assert refusal_of(lambda: it.fund.propose_undoing(ordered, " "))[1] == "reason_needed"
    made = it.fund.propose_undoing(ordered)
    assert refusal_of(lambda: it.fund.propose_undoing(ordered))[1] == "undoing_waits"
    assert refusal_of(lambda: it.fund.sign_undoing(made, by_maker=True))[1] == "own_case"
    it.compare()
    it.fund.drop_undoing(made)
    it.undo(3)
