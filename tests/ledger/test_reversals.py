"""Reversals: a voucher comes back whole, once, with a reason, and only where no interest hangs on it."""

import pytest
from django.db import transaction

from audit.models import Record
from ledger.actions import holds, opening, payouts, posting, reversals
from ledger.models import Entry, Voucher
from ledger.states import AccountKind
from tests.ledger.books import BRANCH, DAY, NEXT_DAY, PLAIN, account, actor, bank, members, open_books, pay_in, yuan
from tests.ledger.test_payouts import next_day, owner_does, wrong_in_the_books

pytestmark = pytest.mark.django_db


@pytest.fixture
def employer():
    """An employer's unallocated money, and the voucher that brought 80 yuan of it."""
    open_books()
    key = opening.open_accounts(AccountKind.UNALLOCATED, [BRANCH], on=DAY)[0]
    return key, Voucher.objects.get(pk=pay_in("in", bank(), key, 80))


def reverse(voucher, *, why="认领有误", on=DAY):
    with transaction.atomic():
        return reversals.reverse(voucher, why=why, by=actor(), on=on)


def net_of(*vouchers):
    """What vouchers leave on each account, debits less credits."""
    sums = {}
    for entry in Entry.objects.filter(voucher__in=vouchers).order_by("voucher_id", "line"):
        sums.setdefault(entry.account_id, 0)
        sums[entry.account_id] += entry.amount if entry.side == "D" else -entry.amount
    return sums


def test_a_voucher_and_its_reversal_come_to_nothing(employer):
    key, voucher = employer
    on = next_day(DAY)
    made = Voucher.objects.get(pk=reverse(voucher, on=on))
    assert (made.kind_id, made.source, made.why, made.booked_on) == ("ledger.reversal", str(voucher.pk), "认领有误", on)
    assert set(net_of(voucher.pk, made.pk).values()) == {0}
    assert account(key).balance == 0
    record = Record.objects.get(act="reverse", subject_kind="ledger.voucher", subject_id=str(voucher.pk))
    assert (record.why, record.after) == ("认领有误", {"reversal": made.pk})
    assert wrong_in_the_books(on) == []


def test_several_lines_on_one_account_come_back_without_going_below_nothing(employer):
    key, _ = employer
    till = bank()
    with transaction.atomic():
        lines = [posting.debit(till, yuan(50)), posting.credit(key, yuan(90)), posting.debit(key, yuan(40))]
        voucher = Voucher.objects.get(pk=posting.post(PLAIN, "two", lines, by=actor(), on=DAY))
    pay_in("empty", key, till, 80)
    reverse(voucher)
    assert account(key).balance == 0
    assert wrong_in_the_books(DAY) == []


def test_a_voucher_is_reversed_once_and_a_reversal_never(employer):
    _, voucher = employer
    made = Voucher.objects.get(pk=reverse(voucher))
    with pytest.raises(posting.AlreadyPosted):
        reverse(voucher)
    with pytest.raises(reversals.NotReversed):
        reverse(made)


@pytest.mark.parametrize("why", ["", "  \n"])
def test_a_reversal_says_why(employer, why):
    with pytest.raises(reversals.NoReason) as refused:
        reverse(employer[1], why=why)
    assert refused.value.field == "why"


def test_what_has_gone_out_is_not_reversed(employer):
    key, voucher = employer
    pay_in("out", key, bank(), 1)
    with pytest.raises(posting.NotEnough):
        reverse(voucher)
    assert account(key).balance == 79


def test_what_is_held_is_not_reversed(employer):
    key, voucher = employer
    with transaction.atomic():
        holds.place(PLAIN, "hold", key, yuan(1), by=actor(), on=DAY)
    with pytest.raises(posting.NotEnough):
        reverse(voucher)


def test_savings_and_payouts_are_undone_by_their_own_acts(employer):
    key, _ = employer
    saved = Voucher.objects.get(pk=pay_in("saved", bank(), members(1)[0], 5))
    with transaction.atomic():
        holds.place(PLAIN, "pay", key, yuan(80), by=actor(), on=DAY)
        owed = opening.internal("21903", BRANCH, on=DAY)
        payout = payouts.Payout(kind=PLAIN, source="pay", account=key, to_account=owed, amount=yuan(80))
        paid = payouts.pay_out(payout, by=actor(), on=DAY)
        undone = payouts.undo(paid, PLAIN, "undo", by=actor(), on=DAY, why="退回")
    for voucher in (saved, *Voucher.objects.filter(pk__in=[paid, undone]).order_by("pk")):
        with pytest.raises(reversals.NotReversed):
            reverse(voucher)


def test_a_reversal_is_booked_on_the_open_day(employer):
    with pytest.raises(posting.DayNotOpen):
        reverse(employer[1], on=NEXT_DAY)


@pytest.mark.parametrize(
    "statement",
    [
        "update ledger_voucher set why = '' where kind_id = 'ledger.reversal'",
        "update ledger_voucher set source = '999999' where kind_id = 'ledger.reversal'",
        "update ledger_entry set amount = 79 where side = 'D'",
        "update ledger_entry set account_id = account_id + 1 where side = 'C'",
    ],
)
def test_a_reversal_that_does_not_fit_is_named(employer, statement):
    reverse(employer[1])
    owner_does(statement)
    assert "红冲凭证与原凭证逐户抵销，并写明原因" in wrong_in_the_books(DAY)


def test_a_reversal_that_was_posted_past_the_action_is_named(employer):
    """The gate posts any kind for the application; the proof looks whether it mirrors what it names."""
    key, voucher = employer
    with transaction.atomic():
        lines = [posting.debit(key, yuan(79)), posting.credit(bank(), yuan(79))]
        posting.post("ledger.reversal", voucher.pk, lines, by=actor(), on=DAY, why="手工")
    assert "红冲凭证与原凭证逐户抵销，并写明原因" in wrong_in_the_books(DAY)
