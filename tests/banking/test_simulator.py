"""The bank simulator against a running copy: it pays once, whatever happens to it and whatever it does."""

import json
import os
import signal
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path

import pytest

from accounts.actions import employers
from audit.actions import inspection
from banking.models import Receipt, RefusedNotice
from deposits import tasks
from hpf.management.simulator import payers
from hpf.management.simulator.bank import Simulator, read_keys
from hpf.management.simulator.interface import Line
from hpf.management.simulator.journal import Journal
from hpf.management.simulator.misbehaviour import Misbehaviour
from hpf.management.simulator.payers import Order
from ledger.models import Voucher
from ledger.queries import open_day
from tests.banking.factories import DAY, Signer, account_of, bank, night, open_first_day
from tests.deposits.factories import EACH, paying_employer, submitted, unallocated

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 180
PAYER = "2307000000000000001"


@pytest.fixture
def keys(own_database, tmp_path):
    """Two connected banks, and the file of their keys; banks pay on the calendar's day."""
    open_first_day()
    connected = {code: (Signer.of(bank(code)), account_of(bank(code))) for code in ("102", "103")}
    path = tmp_path / "simulator.json"
    given = {
        code: {"key_id": signer.key_id, "secret": signer.secret, "account": account}
        for code, (signer, account) in connected.items()
    }
    path.write_text(json.dumps(given))
    return path


def order(folder, name, **changes):
    """Put a payment order into the inbox, as the interface asks: written aside, then renamed."""
    inbox = folder / "inbox"
    inbox.mkdir(parents=True, exist_ok=True)
    plain = {
        "reference": "HJ0000000012",
        "amount": "1234.56",
        "payer_name": "内江示例机械有限公司",
        "payer_account": PAYER,
    }
    (inbox / f"{name}.tmp").write_text(json.dumps({**plain, **changes}))
    (inbox / f"{name}.tmp").rename(inbox / f"{name}.json")


@pytest.fixture
def simulator(site, keys, tmp_path):
    """Makes a bank in this process; its clock is the number given to `step`."""
    line = Line(site)

    def make(*misbehaviours, **options):
        return Simulator(
            tmp_path / "simulator", read_keys(keys), line, print, misbehaviours=frozenset(misbehaviours), **options
        )

    yield make
    line.close()


def booked():
    return sorted(Receipt.objects.values_list("bank__code", "remark", "amount"))


def test_an_order_is_paid_once_after_its_delay(simulator, tmp_path):
    one = simulator(delay=3)
    order(tmp_path / "simulator", "a")
    order(tmp_path / "simulator", "b", bank="103", amount="0.01")
    one.step(100)
    one.step(102)
    assert booked() == []
    one.step(103)
    one.step(200)
    assert [(code, str(amount)) for code, _, amount in booked()] == [("102", "1234.56"), ("103", "0.01")]
    assert one.journal.outcomes() == {"a.json": "booked", "b.json": "booked"}


def test_a_name_taken_before_is_not_paid_again(simulator, tmp_path):
    one = simulator(delay=0)
    for _ in range(2):
        order(tmp_path / "simulator", "a")
        one.step(100)
    assert len(booked()) == 1
    assert list((tmp_path / "simulator" / "inbox").iterdir()) == []


BY_THE_BANK = [
    Misbehaviour.REPEAT, Misbehaviour.LOSE, Misbehaviour.CHANGE, Misbehaviour.REPLAY, Misbehaviour.FORGE,
]  # fmt: skip


@pytest.mark.parametrize("misbehaviour", BY_THE_BANK)
def test_misbehaviour_of_the_bank_books_nothing_twice(simulator, tmp_path, misbehaviour):
    one = simulator(misbehaviour, delay=0)
    order(tmp_path / "simulator", "a")
    for moment in (100, 110):
        one.step(moment)
    assert [str(amount) for _, _, amount in booked()] == ["1234.56"]
    assert Voucher.objects.count() == 1
    assert RefusedNotice.objects.count() == (misbehaviour is Misbehaviour.CHANGE)
    assert one.journal.outcomes() == {"a.json": "booked"}


@pytest.fixture
def lists(keys):
    """Two employers' lists of July, handed in and not paid: three members and one; the first's account is known."""
    waiting = [submitted(paying_employer(count)) for count in (3, 1)]
    employers.add_paying_account(waiting[0].employer, PAYER, "工商银行", by=night(), on=DAY)
    return waiting


@pytest.fixture
def pays(simulator, tmp_path):
    """Lets payers of these habits pay lists that wait, through the bank, until a moment; then the worker does its part.

    What came of it is proved against the books each time.
    """

    def pay(lists, *habits, until=100):
        one = simulator(*habits, delay=0, late_by=30)
        for number, remittance in enumerate(lists):
            order(tmp_path / "simulator", f"{number}", reference=remittance.reference, amount=str(remittance.total))
        for moment in (100, until):
            one.step(moment)
        tasks.identify_receipts()
        tasks.allocate_covered()
        assert [finding.check.title for finding in inspection.inspect(open_day()) if not finding.holds] == []
        for remittance in lists:
            remittance.refresh_from_db()
        return one.journal.outcomes()

    return pay


def amounts():
    return sorted(Receipt.objects.values_list("amount", "unclaimed"))


def test_who_pays_twice_keeps_the_surplus(lists, pays):
    july = lists[0]
    outcomes = pays([july], Misbehaviour.DOUBLE)
    assert outcomes == {"0.json": "booked", "0.json 2": "booked"}
    assert amounts() == [(3 * EACH, 0)] * 2
    assert july.status == "ALLOCATED"
    assert unallocated(july.employer) == 3 * EACH


def test_who_pays_short_is_waited_for(lists, pays):
    july = lists[0]
    pays([july], Misbehaviour.SHORT, until=1000)
    assert july.status == "SUBMITTED"
    assert unallocated(july.employer) == Decimal("1570.32")  # half of 3,140.64, and the rest never


def test_the_rest_of_a_short_payment_covers_the_list_when_it_comes(lists, pays):
    july = lists[0]
    pays([july], Misbehaviour.SHORT, Misbehaviour.LATE, until=129)
    assert (july.status, unallocated(july.employer)) == ("SUBMITTED", Decimal("1570.32"))
    outcomes = pays([july], Misbehaviour.SHORT, Misbehaviour.LATE, until=130)
    assert outcomes == {"0.json": "booked", "0.json 2": "booked"}
    assert (july.status, unallocated(july.employer)) == ("ALLOCATED", 0)


def test_who_pays_late_is_waited_for(lists, pays):
    july = lists[0]
    pays([july], Misbehaviour.LATE, until=129)
    assert (july.status, amounts()) == ("SUBMITTED", [])
    pays([july], Misbehaviour.LATE, until=130)
    assert (july.status, amounts()) == ("ALLOCATED", [(3 * EACH, 0)])


def test_nameless_money_waits_for_a_person(lists, pays):
    july = lists[0]
    pays([july], Misbehaviour.NAMELESS)
    assert (july.status, unallocated(july.employer)) == ("SUBMITTED", 0)
    assert amounts() == [(3 * EACH, 3 * EACH)]
    assert list(Receipt.objects.values_list("remark", "payer_name")) == [("", "")]


def test_one_sum_for_several_employers_waits_for_a_person(lists, pays):
    outcomes = pays(lists, Misbehaviour.JOINT)
    assert outcomes == {"0.json": "booked", "1.json": "booked"}
    assert amounts() == [(4 * EACH, 4 * EACH)]
    assert Receipt.objects.get().remark == f"{lists[0].reference} {lists[1].reference}"
    assert [(july.status, unallocated(july.employer)) for july in lists] == [("SUBMITTED", 0)] * 2
    pays(lists, Misbehaviour.JOINT, until=200)
    assert amounts() == [(4 * EACH, 4 * EACH)]  # neither of the two orders is taken again


def test_all_habits_of_payers_at_once_lose_nothing(lists, pays):
    habits = [Misbehaviour.DOUBLE, Misbehaviour.SHORT, Misbehaviour.LATE, Misbehaviour.NAMELESS, Misbehaviour.JOINT]
    outcomes = pays(lists, *habits, until=130)
    assert set(outcomes.values()) == {"booked"}
    assert amounts() == [(2 * EACH, 2 * EACH)] * 4


def wish(name, **changes):
    plain = {"bank": "102", "reference": "HJ0000000012", "amount": "0.01", "payer_name": "", "payer_account": ""}
    return Order((name,), {**plain, **changes})


@pytest.mark.parametrize(("amount", "paid"), [("0.01", ["0.01"]), ("0.03", ["0.02", "0.01"])])
def test_half_a_payment_is_whole_fen(amount, paid):
    habits = {Misbehaviour.SHORT, Misbehaviour.LATE}
    payments = payers.payments_of(wish("a", amount=amount), habits, late_by=5)
    assert [payment.content["amount"] for payment in payments] == paid
    assert [payment.late_by for payment in payments] == [0, 5][: len(paid)]


def test_a_joint_sum_is_of_one_bank_and_its_remark_short_enough():
    wishes = [wish(f"{number}", bank="103" if number == 7 else "102", amount="1.10") for number in range(50)]
    together = payers.joined(wishes)
    # 38 references of 12 characters and their blanks make 493 of the 500 a remark may have.
    assert [(sum_.bank, len(sum_.names), sum_.content["amount"]) for sum_ in together] == [
        ("102", 38, "41.80"),
        ("102", 11, "12.10"),
        ("103", 1, "1.10"),
    ]


def test_what_cannot_be_read_is_put_aside(simulator, tmp_path):
    one = simulator(delay=0)
    order(tmp_path / "simulator", "number", amount=1234.56)
    order(tmp_path / "simulator", "stranger", bank="999")
    (tmp_path / "simulator" / "inbox" / "broken.json").write_text("{")
    one.step(100)
    assert booked() == []
    assert {path.name for path in (tmp_path / "simulator" / "refused").iterdir()} == {
        "number.json",
        "stranger.json",
        "broken.json",
    }


def test_it_asks_again_until_the_centre_answers(keys, site, tmp_path, simulator):
    deaf = Line("http://127.0.0.1:9")  # nobody listens there
    away = Simulator(tmp_path / "simulator", read_keys(keys), deaf, print, delay=0)
    order(tmp_path / "simulator", "a")
    away.step(100)
    deaf.close()
    (request,) = away.journal.open_requests(now=200)
    simulator().step(200)
    assert len(booked()) == 1
    assert request.tries == 1


def run(keys, site, folder, *more):
    """The command as its own process, which is given no database."""
    command = [sys.executable, "manage.py", "bank_simulator", "--delay", "0"]
    command += ["--base-url", site, "--keys", str(keys), "--folder", str(folder), *more]
    nowhere = "postgresql://nobody@/none?host=/nonexistent"
    return subprocess.Popen(command, cwd=ROOT, env={**os.environ, "DATABASE_URL": nowhere})


def await_outcomes(folder, count):
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if (folder / "journal.sqlite3").exists():
            known = Journal(folder / "journal.sqlite3").outcomes().values()
            if len(known) == count and None not in known:
                return
        time.sleep(0.1)
    pytest.fail(f"the simulator did not pay {count} orders in {PATIENCE} seconds")


def test_killed_and_started_again_it_neither_loses_nor_doubles(keys, site, tmp_path):
    folder = tmp_path / "simulator"
    order(folder, "a0")
    process = run(keys, site, folder)
    try:
        await_outcomes(folder, 1)
        for number in range(1, 30):
            order(folder, f"a{number}", amount=f"{number}.00")
        time.sleep(0.7)  # somewhere between taking the orders and their answers
        process.kill()
        process.wait()
        process = run(keys, site, folder)
        await_outcomes(folder, 30)
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 0
    assert Receipt.objects.count() == Voucher.objects.count() == 30


def test_habits_are_asked_for_by_their_words(keys, site, tmp_path):
    folder = tmp_path / "simulator"
    for number in range(3):
        order(folder, f"a{number}", amount="10.00")
    process = run(keys, site, folder, "--misbehave", "joint", "--misbehave", "short", "--late-by", "5")
    try:
        await_outcomes(folder, 3)
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 0
    assert amounts() == [(Decimal("15.00"), Decimal("15.00"))]


def test_habits_can_be_asked_for_while_it_runs(keys, site, tmp_path):
    folder = tmp_path / "simulator"
    order(folder, "a0", amount="10.00")
    process = run(keys, site, folder)
    try:
        await_outcomes(folder, 1)
        (folder / "misbehave").write_text("short nonsense")
        order(folder, "a1", amount="20.00")
        await_outcomes(folder, 2)
        (folder / "misbehave").write_text("")
        order(folder, "a2", amount="30.00")
        await_outcomes(folder, 3)
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 0
    assert [str(row.amount) for row in Receipt.objects.order_by("pk")] == ["10.00", "10.00", "30.00"]
