"""The simulated bank pays what the centre tells it to 模拟银行付款: hears, claims, pays, and says so."""

import json
from collections.abc import Callable, Container
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from hpf.management.simulator.instructions import Answer, Instructions
from hpf.management.simulator.interface import CLAIMS, EVENTS, PAYMENTS, Key, Line, headers
from hpf.management.simulator.misbehaviour import Misbehaviour

SHANGHAI = ZoneInfo("Asia/Shanghai")
UNASKED_SECONDS = 60  # a bank claims so often also when it heard of nothing
LIMIT = 1000
Told = tuple[dict[str, object], int]


@dataclass(frozen=True)
class Teller:
    """The part of the bank that pays."""

    folder: Path
    keys: dict[str, Key]
    line: Line
    say: Callable[[str], None]
    delay: int
    late_by: int

    @property
    def book(self) -> Instructions:
        return Instructions(self.folder / "payments.sqlite3")

    def step(self, now: int, habits: Container[Misbehaviour]) -> None:
        """Hear what happened, claim what is to be paid, pay it, and tell what is due at `now` (unix seconds)."""
        book = self.book
        for bank, key in self.keys.items():
            if self._hear(book, bank, key, now) or book.place_of(bank).claim or now >= book.place_of(bank).claim_at:
                self._claim(book, bank, key, now, habits)
        for answer in book.due(now):
            self._tell(book, answer, now, habits)

    def _hear(self, book: Instructions, bank: str, key: Key, now: int) -> bool:
        """Read the events since last time; whether there is something to claim."""
        cursor = book.place_of(bank).cursor
        query = f"after={cursor}" if cursor else ""
        answer = self.line.send("GET", EVENTS, b"", headers(key, b"", "", ("GET", EVENTS, query)), query)
        if answer is None or answer.status_code != 200:
            return False
        told = answer.json()
        for event in told["events"]:
            if event["type"] == "payment.query":
                self._answer_query(book, bank, event["data"], now)
        book.move_on(bank, told["next"])
        return any(event["type"] == "payment.approved" for event in told["events"])

    def _answer_query(self, book: Instructions, bank: str, asked: dict[str, object], now: int) -> None:
        payment = str(asked["payment_id"])
        known = book.known(payment)
        if known and known[2]:
            book.plan(payment, bank, [(self._moved("succeeded", *known[:2]), now)])
        else:
            book.plan(payment, bank, [({"outcome": "not_received", "sending": asked["sending"]}, now)])

    def _claim(self, book: Instructions, bank: str, key: Key, now: int, habits: Container[Misbehaviour]) -> None:
        body = json.dumps({"limit": LIMIT}).encode()
        signed = headers(key, body, book.begin_claim(bank), ("POST", CLAIMS, ""))
        answer = self.line.send("POST", CLAIMS, body, signed)
        if answer is None or answer.status_code != 200:
            return
        rows = answer.json()["payments"]
        book.take(bank, rows, claim_at=now + UNASKED_SECONDS)
        for row in rows:
            self.say(f"领取付款指令 {row['payment_id']}，{row['amount']} 元")
            self._work(book, bank, row["payment_id"], now, habits)

    def _work(self, book: Instructions, bank: str, payment: str, now: int, habits: Container[Misbehaviour]) -> None:
        """Pay, or do what this bank does instead."""
        if Misbehaviour.DEAF in habits:
            return
        if Misbehaviour.REJECT not in habits:
            book.pay(payment)
        known = book.known(payment)
        assert known is not None
        if Misbehaviour.SILENT not in habits:
            book.plan(payment, bank, self._answers(*known[:2], now, habits))

    def _answers(self, content: dict[str, str], serial: str, now: int, habits: Container[Misbehaviour]) -> list[Told]:
        """What is told of a payment and when, in the order in which it is told."""
        late = self.late_by if Misbehaviour.ANSWER_LATE in habits else 0
        first, then = now + late, now + late + self.delay
        accepted: dict[str, object] = {"outcome": "accepted", "bank_serial": f"{serial}A"}
        if Misbehaviour.REJECT in habits:
            return [(accepted, first), ({"outcome": "failed", "code": "AC04", "text": "收款账户已销户"}, then)]
        succeeded = self._moved("succeeded", content, serial)
        told = [accepted, succeeded]
        if Misbehaviour.WRONG_AMOUNT in habits:
            told.insert(1, {**succeeded, "amount": "0.01", "bank_serial": f"{serial}W"})
        if Misbehaviour.RETURN in habits:
            told.append(self._moved("returned", content, f"{serial}R"))
        if Misbehaviour.DISORDER in habits:
            told.reverse()
        if Misbehaviour.ANSWER_TWICE in habits:
            told = [one for one in told for _ in range(2)]
        return [(one, first if place == 0 else then) for place, one in enumerate(told)]

    def _moved(self, outcome: str, content: dict[str, str], serial: str) -> dict[str, object]:
        today = datetime.now(SHANGHAI).date().isoformat()
        moved = {"account": content["account"], "amount": content["amount"], "paid_on": today}
        return {"outcome": outcome, "bank_serial": serial, **moved}

    def _tell(self, book: Instructions, answer: Answer, now: int, habits: Container[Misbehaviour]) -> None:
        key, path, body = self.keys[answer.bank], f"{PAYMENTS}{answer.payment}/results/", answer.body.encode()
        signed = headers(key, body, answer.key, ("POST", path, ""))
        told = self.line.send("POST", path, body, signed)
        if Misbehaviour.LOSE in habits and answer.tries == 0:
            told = None
        if told is None or told.status_code >= 500 or told.status_code in (401, 403, 409, 429):
            book.put_off(answer, now=now)
            return
        outcome = told.json().get("outcome", f"status {told.status_code}")
        self.say(f"付款指令 {answer.payment} 回报 {json.loads(answer.body)['outcome']}：{outcome}")
        book.close(answer, outcome)
