"""F08-F14 against the running system over HTTP: whatever banks, platforms and people send twice, money moves once."""

import json
import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from itertools import permutations

import httpx
import pytest

from access.states import Post
from banking.models import Payment, PaymentResult
from banking.states import PaymentStatus, ResultStatus
from banking.tasks import query_overdue
from hpf.embedded.processes import await_until
from hpf.management.simulator.bank import Simulator
from hpf.management.simulator.interface import Key, Line
from hpf.management.simulator.misbehaviour import Misbehaviour
from ledger.models import Voucher
from tests.access.factories import person
from tests.accounts.factories import branch
from tests.banking.factories import Signer, bank
from tests.faults import fund
from tests.faults.fund import APPLY, BANK, a_bank, a_platform, browser_of, buying, moved, payment_of, rented, savers
from tests.withdrawals.factories import available, balance
from withdrawals.models import Withdrawal
from withdrawals.states import WithdrawalStatus

PAID_ONCE = ["banking.payment"]
GIVEN_BACK = ["banking.payment", "banking.payment_return"]


def at_once(works: list[Callable[[], httpx.Response]]) -> list[httpx.Response]:
    """What the site answers to all of them, each sent by a thread of its own."""
    with ThreadPoolExecutor(len(works)) as pool:
        return [sent.result() for sent in [pool.submit(work) for work in works]]


def becomes(withdrawals: list[Withdrawal], status: WithdrawalStatus, *, seconds: int = 120) -> bool:
    """Whether the workers take up what the banks said."""
    rows = Withdrawal.objects.filter(pk__in=[one.pk for one in withdrawals])
    return await_until(lambda: not rows.exclude(status=status).exists(), seconds=seconds)


def test_a_success_said_fifty_times_at_once_posts_once(running):
    """F08: each time the same answer, under a key of its own."""
    withdrawal, told_by = rented(savers(1)[0]), a_bank(running.site)
    row = told_by.claim()[payment_of(withdrawal).reference]
    first = [told_by.report(row["payment_id"], **moved(row)) for _ in range(2)]
    again = at_once([lambda: told_by.report(row["payment_id"], **moved(row))] * 50)
    assert {(answer.status_code, answer.content) for answer in first + again} == {(200, first[0].content)}
    assert first[0].json()["outcome"] == "applied"
    assert fund.vouchers_of(payment_of(withdrawal)) == PAID_ONCE
    assert becomes([withdrawal], WithdrawalStatus.PAID)


@pytest.mark.parametrize("orders", [8, pytest.param(120, marks=pytest.mark.night)])
def test_in_any_order_what_a_bank_says_ends_alike(running, orders):
    """F09: accepted twice, succeeded twice and returned, over HTTP; by night in all 120 orders; all comes back."""
    told_by, accounts = a_bank(running.site), savers(orders)
    withdrawals = [rented(account) for account in accounts]
    rows = told_by.claim()
    turns = random.Random(9).sample(list(permutations(range(5))), orders)
    for withdrawal, turn in zip(withdrawals, turns, strict=True):
        row = rows[payment_of(withdrawal).reference]
        accepted, paid, back = {"outcome": "accepted"}, moved(row), moved(row, "returned")
        told = [accepted, accepted | {"bank_serial": "B2"}, paid, paid, back]
        answers = [told_by.report(row["payment_id"], **told[place]) for place in turn]
        assert {answer.status_code for answer in answers} == {200}, turn
        payment = payment_of(withdrawal)
        assert (payment.status, fund.vouchers_of(payment)) == (PaymentStatus.RETURNED, GIVEN_BACK), turn
        assert not payment.results.exclude(status=ResultStatus.APPLIED).exists(), turn
    assert becomes(withdrawals, WithdrawalStatus.RETURNED)
    assert {balance(account) for account in accounts} == {Decimal(9000)}


def test_what_contradicts_a_payment_posts_nothing_and_waits_for_finance(running):
    """F10: another amount, another account, and a payment nobody knows."""
    withdrawal, told_by = rented(savers(1)[0]), a_bank(running.site)
    row = told_by.claim()[payment_of(withdrawal).reference]
    vouchers = Voucher.objects.count()
    wrong = [
        told_by.report(row["payment_id"], **moved(row, amount="1200.01")),
        told_by.report(row["payment_id"], **moved(row, account="51101030000000001")),
        told_by.report("PY999999999999", **moved(row)),
    ]
    assert [answer.status_code for answer in wrong] == [200] * 3
    refusals = ["amount_differs", "account_differs", "payment_unknown"]
    assert [(told["outcome"], told["code"]) for told in (one.json() for one in wrong)] == [
        ("refused", code) for code in refusals
    ]
    assert Voucher.objects.count() == vouchers and payment_of(withdrawal).status == PaymentStatus.SENT
    finance = browser_of(person(Post.FINANCE, branch_id=branch("00").pk), running.site)
    listed = finance.get("/counter/banking/payment-results/").text
    waiting = PaymentResult.objects.filter(named__in=[row["payment_id"], "PY999999999999"])
    assert all(f"/payment-results/{one.pk}/" in listed for one in waiting) and len(waiting) == 3
    told_by.report(row["payment_id"], **moved(row))
    assert becomes([withdrawal], WithdrawalStatus.PAID)


class Losing(Line):
    """A line that loses every other answer: what was asked for was done all the same."""

    lost = 0

    def send(self, *request: object, **more: object) -> httpx.Response | None:
        """The answer, or nothing."""
        self.lost += 1
        answer = super().send(*request, **more)  # type: ignore[arg-type]
        return None if self.lost % 2 else answer


def keys_of_bank() -> dict[str, Key]:
    """What the bank that pays rents was given when it was connected."""
    signer, paying = Signer.of(bank()), bank().accounts.get()
    return {"102": Key(signer.key_id, signer.secret, paying.number)}


def asked_about(running, payments: list[int]) -> None:
    """Hours pass, and the bank is asked what became of what it was handed."""
    fund.time_passes_for_banks()
    running.hint(query_overdue)
    sent = Payment.objects.filter(pk__in=payments, status__in=[PaymentStatus.SENT, PaymentStatus.ACCEPTED])
    assert await_until(lambda: not sent.exists(), seconds=60), running.told()


def paid_once(book: dict[str, int], withdrawals: list[Withdrawal]) -> None:
    """The bank's own book and ours agree: each payment left once."""
    payments = [payment_of(withdrawal) for withdrawal in withdrawals]
    assert {book[payment.reference] for payment in payments} == {1}
    assert {(payment.status, *fund.vouchers_of(payment)) for payment in payments} == {("SUCCEEDED", *PAID_ONCE)}
    assert len(payments) == len({payment.source for payment in payments})


def test_a_bank_that_pays_and_never_answers_pays_each_once(running, tmp_path):
    """F11: it claims, pays, loses every other answer, says nothing, is started anew; asked, it says what it did."""
    withdrawals = [rented(account) for account in savers(20)]
    line, keys = Losing(running.site), keys_of_bank()

    def started_anew(*habits: Misbehaviour) -> Simulator:
        return Simulator(tmp_path / "bank", keys, line, print, 0, frozenset(habits))

    for moment in (100, 110, 170):
        started_anew(Misbehaviour.SILENT).step(moment)
    payments = [payment_of(withdrawal) for withdrawal in withdrawals]
    assert {(payment.status, payment.sendings) for payment in payments} == {("SENT", 1)}
    asked_about(running, [payment.pk for payment in payments])
    for moment in range(200, 280, 10):
        bank_again = started_anew()
        bank_again.step(moment)
    line.close()
    paid_once(bank_again.teller.book.paid(), withdrawals)
    assert {payment_of(withdrawal).sendings for withdrawal in withdrawals} == {1}
    assert becomes(withdrawals, WithdrawalStatus.PAID)


HABITS = ("silent", "deaf", "lose", "answer_twice", "disorder", "answer_late")


@pytest.mark.night
def test_a_thousand_payments_leave_once_whatever_their_bank_does(running, tmp_path):
    """F11: the bank's process is killed twenty times, and has another bad habit each time it starts."""
    withdrawals = [rented(account) for account in savers(1000)]
    payments = [payment_of(withdrawal).pk for withdrawal in withdrawals]
    given = {code: vars(key) for code, key in keys_of_bank().items()}
    (tmp_path / "keys.json").write_text(json.dumps(given))
    chance = random.Random(11)
    for turn in range(20):
        process = running.start_bank(tmp_path / "keys.json", tmp_path / "bank", HABITS[turn % len(HABITS)])
        time.sleep(chance.uniform(4, 9))  # somewhere in its work
        process.kill()
        process.wait()
        asked_about(running, payments)
    running.start_bank(tmp_path / "keys.json", tmp_path / "bank")
    left = Payment.objects.filter(pk__in=payments).exclude(status=PaymentStatus.SUCCEEDED)
    assert await_until(lambda: not left.exists(), seconds=600), left.count()
    book = Simulator(tmp_path / "bank", {}, Line(running.site), print).teller.book
    paid_once(book.paid(), withdrawals)
    assert becomes(withdrawals, WithdrawalStatus.PAID)


def test_what_is_signed_counts_once_and_only_as_it_was_signed(running):
    """F12: replayed, too old, too early, another body, another address, another bank's key: refused, and logged."""
    withdrawal, told_by = rented(savers(1)[0]), a_bank(running.site)
    row = told_by.claim()[payment_of(withdrawal).reference]
    path, now = f"{BANK}{row['payment_id']}/results/", int(time.time())
    body = json.dumps(moved(row)).encode()
    used = told_by.headers(path, body)
    assert told_by.send("POST", path, body, used).status_code == 200

    def signed(at: int = 0, **changes: str) -> dict[str, str]:
        return told_by.headers(path, body, timestamp=str(now + at)) | changes

    other = a_bank(running.site, "103")
    refused = {
        "replayed": (path, body, used),
        "under another idempotency key": (path, body, used | {"Idempotency-Key": fund.once()}),
        "301 seconds old": (path, body, signed(-301)),
        "400 seconds early": (path, body, signed(400)),
        "another body": (path, body.replace(b"1200.00", b"9200.00"), signed()),
        "another address": (f"{path}?again=1", body, signed()),
        "another time": (path, body, signed() | {"HPF-Timestamp": str(now - 1)}),
        "another key": (path, body, signed() | {"HPF-Key-Id": other.signer.key_id}),
        "no signature": (path, body, signed() | {"HPF-Signature": ""}),
    }
    logged = running.said().count(f"Unauthorized: {path}")
    answers = {name: told_by.send("POST", *sent) for name, sent in refused.items()}
    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(refused, 401)
    assert {answer.json()["code"] for answer in answers.values()} == {"not_signed"}
    assert running.said().count(f"Unauthorized: {path}") == logged + len(refused)
    once_more = told_by.post(path, moved(row, amount="9200.00"), idempotency_key=used["Idempotency-Key"])
    assert once_more.status_code == 422
    payment = payment_of(withdrawal)
    assert (payment.results.count(), fund.vouchers_of(payment)) == (1, PAID_ONCE)
    assert becomes([withdrawal], WithdrawalStatus.PAID)


def test_a_form_is_one_case_however_it_is_sent_again(running):
    """F13: twenty times at once, from the page one goes back to, from a second tab, and for somebody else."""
    one, other = savers(2)
    browser = browser_of(person(Post.CLERK, branch_id=branch("01").pk), running.site)
    page, others_page = (f"/counter/members/{account.pk}/withdraw/RENT/" for account in (one, other))
    form, second_tab, others_form = (fund.form_of(browser.get(at).text) for at in (page, page, others_page))
    form |= {"asked": "900.00", "confirmed": "1"}
    answers = at_once([lambda: browser.post(page, data=form)] * 20)
    row = Withdrawal.objects.get(member_account=one)
    here = f"/counter/withdrawals/{row.pk}/"
    assert {(answer.status_code, answer.headers.get("Location")) for answer in answers} == {(302, here)}
    assert browser.post(page, data=form).headers["Location"] == here
    said = browser.post(page, data=second_tab | {"asked": "900.00", "confirmed": "1"})
    assert said.status_code == 200 and "已由本人或配偶提取" in said.text
    stolen = others_form | {"asked": "900.00", "confirmed": "1", "once": form["once"]}
    said = browser.post(others_page, data=stolen)
    assert said.status_code == 200 and "页面已过期" in said.text
    assert Withdrawal.objects.filter(member_account__in=[one, other]).count() == 1
    assert (row.status, balance(one), balance(other)) == (WithdrawalStatus.APPROVED, 8100, 9000)


@pytest.mark.parametrize("accounts", [1, pytest.param(20, marks=pytest.mark.night)])
def test_fifty_at_once_hold_a_thousand_ten_times(running, accounts):
    """F14: fifty ask for 100.00 each of 1,000.00; exactly ten get it, nobody meets a mistake; by night twenty times."""
    platform = a_platform(running.site)
    for account in savers(accounts, "1000.00"):
        before = balance(account)
        wishes = [buying(account, "100.00") for _ in range(50)]
        answers = at_once([lambda wish=wish: platform.post(APPLY, wish) for wish in wishes])
        assert sorted(answer.status_code for answer in answers) == [201] * 10 + [409] * 40
        assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"not_entitled"}
        held = Withdrawal.objects.filter(member_account=account, status=WithdrawalStatus.SUBMITTED)
        assert (held.count(), available(account)) == (10, before - 1000) and before // 100 == 10
