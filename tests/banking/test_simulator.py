"""The bank simulator against a running copy: it pays once, whatever happens to it and whatever it does."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from banking.models import Receipt, RefusedNotice
from hpf.management.simulator.bank import Misbehaviour, Simulator, read_keys
from hpf.management.simulator.interface import Line
from hpf.management.simulator.journal import Journal
from ledger.models import Voucher
from tests.banking.factories import Signer, account_of, bank, open_first_day

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60


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
        "payer_account": "2307000000000000001",
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


@pytest.mark.parametrize("misbehaviour", Misbehaviour)
def test_misbehaviour_books_nothing_twice(simulator, tmp_path, misbehaviour):
    one = simulator(misbehaviour, delay=0)
    order(tmp_path / "simulator", "a")
    for moment in (100, 110):
        one.step(moment)
    assert [str(amount) for _, _, amount in booked()] == ["1234.56"]
    assert Voucher.objects.count() == 1
    assert RefusedNotice.objects.count() == (misbehaviour is Misbehaviour.CHANGE)
    assert one.journal.outcomes() == {"a.json": "booked"}


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


def run(keys, site, folder):
    """The command as its own process, which is given no database."""
    command = [sys.executable, "manage.py", "bank_simulator", "--delay", "0"]
    command += ["--base-url", site, "--keys", str(keys), "--folder", str(folder)]
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
        assert process.wait(timeout=20) == 0
    assert Receipt.objects.count() == Voucher.objects.count() == 30
