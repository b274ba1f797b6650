"""Booking what banks report, and claiming it."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from banking.actions import receipts
from banking.models import Receipt, RefusedNotice
from banking.rules import Malformed
from banking.states import NoticeOutcome, RefusalCode
from hpf.privacy import blind_index
from ledger.models import Entry, LedgerAccount, Voucher
from tests.banking.factories import DAY, account_of, bank, night, notice, open_first_day
from tests.ledger.books import as_owner, run

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def open_day():
    open_first_day()


def book(*notices, of="102", **options):
    return receipts.book(bank(of), notices, by=night(), on=DAY, **options)


def so_many_days_back(days):
    with as_owner():
        run("update policy_term set value = %s where name = 'receipt.oldest_days'", days)


def words(outcomes):
    return [answer.outcome.value for answer in outcomes]


def test_a_notice_is_booked_to_suspense():
    (answer,) = book(sent := notice())
    receipt = Receipt.objects.get(pk=answer.receipt_id)
    assert (answer.serial, answer.outcome, answer.code) == (sent.serial, NoticeOutcome.BOOKED, None)
    assert (receipt.amount, receipt.unclaimed, receipt.booked_on) == (sent.amount, sent.amount, DAY)
    assert receipt.voucher == Voucher.objects.get(kind="banking.receipt", source=str(receipt.pk))
    lines = Entry.objects.filter(voucher=receipt.voucher).values_list("chart", "branch", "side", "amount", "account")
    suspense = LedgerAccount.objects.get(chart="21902", branch=0).pk
    assert set(lines) == {
        ("10101", 0, "D", sent.amount, receipt.account.ledger_account_id),
        ("21902", 0, "C", sent.amount, suspense),
    }


def test_the_payers_account_is_sealed_and_found_by_its_index():
    book(sent := notice())
    receipt = Receipt.objects.get()
    assert sent.payer_account not in receipt.payer_account_sealed
    assert receipt.payer_account == sent.payer_account
    assert bytes(receipt.payer_account_index) == blind_index("account_number", sent.payer_account)


def test_the_same_notice_is_repeated_and_books_nothing():
    sent = notice()
    (first,) = book(sent)
    (again,) = book(sent)
    assert (again.outcome, again.receipt_id) == (NoticeOutcome.REPEATED, first.receipt_id)
    assert Voucher.objects.count() == Receipt.objects.count() == 1


@pytest.mark.parametrize(
    "change",
    [
        {"amount": Decimal("1234.57")},
        {"paid_on": DAY - timedelta(days=1)},
        {"payer_name": "另一单位"},
        {"payer_account": "6222020200112233446"},
        {"payer_bank": "农业银行"},
        {"remark": "HJ0000000002"},
    ],
)
def test_other_content_under_the_same_serial_is_refused_and_kept_for_a_clerk(change):
    sent = notice()
    (first,) = book(sent)
    for _ in range(2):
        (other,) = book(replace(sent, **change))
        assert (other.outcome, other.code) == (NoticeOutcome.REFUSED, RefusalCode.SERIAL_REUSED)
    kept = RefusedNotice.objects.get()
    assert (kept.serial, kept.code, kept.first_receipt_id) == (sent.serial, "serial_reused", first.receipt_id)
    assert "6222020200" not in str(kept.summary)
    assert Voucher.objects.count() == 1


def test_the_same_serial_of_two_banks_is_two_receipts():
    sent = notice()
    other = replace(sent, account=account_of(bank("103")))
    assert words(book(sent)) == words(book(other, of="103")) == ["booked"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"currency": "USD"}, RefusalCode.CURRENCY),
        ({"account": "999"}, RefusalCode.ACCOUNT_UNKNOWN),
        ({"amount": Decimal("0.00")}, RefusalCode.AMOUNT),
        ({"amount": Decimal("-1.00")}, RefusalCode.AMOUNT),
        ({"paid_on": DAY + timedelta(days=1)}, RefusalCode.AHEAD),
        ({"paid_on": date(2025, 6, 29)}, RefusalCode.TOO_OLD),  # 367 days before 1 July 2026
    ],
)
def test_a_notice_that_cannot_be_is_refused_by_itself(change, code):
    bad, good = notice(**change), notice()
    refused, booked = book(bad, good)
    assert (refused.outcome, refused.code, refused.receipt_id) == (NoticeOutcome.REFUSED, code, None)
    assert booked.outcome == NoticeOutcome.BOOKED
    assert RefusedNotice.objects.get().code == code


def test_another_banks_account_is_unknown():
    (answer,) = book(notice(account=account_of(bank("103"))))
    assert answer.code == RefusalCode.ACCOUNT_UNKNOWN


def test_money_of_the_calendar_day_is_taken_while_the_business_day_lags():
    today = DAY + timedelta(days=3)
    assert words(book(notice(paid_on=today), today=today)) == ["booked"]


def test_money_may_have_come_so_many_days_ago_as_the_centre_sets():
    assert words(book(notice(paid_on=date(2025, 6, 30)))) == ["booked"]  # 366 days before 1 July 2026
    assert words(book(notice(paid_on=date(2026, 6, 30)))) == ["booked"]
    so_many_days_back("1")
    assert words(book(notice(paid_on=date(2026, 6, 30)), notice(paid_on=date(2026, 6, 29)))) == ["booked", "refused"]


def test_what_is_booked_stays_known_when_its_day_is_too_old_or_its_account_closed():
    (first,) = book(sent := notice(paid_on=date(2026, 6, 1)))
    so_many_days_back("1")
    (again,) = book(sent)
    assert (again.outcome, again.receipt_id) == (NoticeOutcome.REPEATED, first.receipt_id)
    other = replace(sent, account="999")
    assert [answer.code for answer in book(replace(sent, amount=Decimal("1.00")), other)] == [
        RefusalCode.TOO_OLD,
        RefusalCode.ACCOUNT_UNKNOWN,
    ]
    assert Voucher.objects.count() == 1


def test_a_refused_notice_may_come_again_in_order():
    sent = notice()
    assert words(book(replace(sent, currency="USD"))) == ["refused"]
    assert words(book(sent)) == ["booked"]


def test_the_first_of_one_serial_in_a_request_wins():
    sent = notice()
    other = replace(sent, amount=Decimal("1.00"))
    bad = replace(sent, currency="USD")
    assert words(book(bad, sent, sent, other)) == ["refused", "booked", "repeated", "refused"]
    assert Receipt.objects.get().amount == sent.amount


def test_a_malformed_notice_is_refused_and_kept_masked():
    given = {"amount": "12", "payer_account": "6222020200112233445"}
    (answer,) = book(Malformed("S1", "amount", "金额格式错误", given))
    assert (answer.code, answer.message) == (RefusalCode.MALFORMED, "金额格式错误")
    assert "020200112233" not in str(RefusedNotice.objects.get().summary)


def test_a_claim_takes_no_more_than_is_left():
    (answer,) = book(notice(amount=Decimal("100.00")))
    receipt = Receipt.objects.get(pk=answer.receipt_id)
    receipts.claim(receipt, Decimal("60.00"), by=night(), on=DAY)
    for amount in ("40.01", "0.00", "-1.00"):
        with pytest.raises(receipts.NotUnclaimed):
            receipts.claim(receipt, Decimal(amount), by=night(), on=DAY)
    receipts.claim(receipt, Decimal("40.00"), by=night(), on=DAY)
    assert Receipt.objects.get().unclaimed == receipt.unclaimed == 0
