"""The work of the simulated bank 模拟银行: take orders, wait, report, and ask again until answered."""

import json
import re
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx

from hpf.management.simulator import payers
from hpf.management.simulator.interface import Key, Line, headers
from hpf.management.simulator.journal import Journal, Request
from hpf.management.simulator.misbehaviour import Misbehaviour, wished
from hpf.management.simulator.payers import Order
from hpf.management.simulator.paying import Teller

SHANGHAI = ZoneInfo("Asia/Shanghai")
AMOUNT = re.compile(r"[0-9]{1,11}\.[0-9]{2}")
NEEDED = ("reference", "amount", "payer_name", "payer_account")


@dataclass(frozen=True)
class Simulator:
    """A bank with its folder, its keys and its line to the centre."""

    folder: Path
    keys: dict[str, Key]
    line: Line
    say: Callable[[str], None]
    delay: int = 3
    misbehaviours: frozenset[Misbehaviour] = frozenset()
    late_by: int = 60  # seconds, of payers who pay late

    @property
    def journal(self) -> Journal:
        return Journal(self.folder / "journal.sqlite3")

    @property
    def teller(self) -> Teller:
        """The part of the bank that pays what the centre tells it to."""
        return Teller(self.folder, self.keys, self.line, self.say, self.delay, self.late_by)

    @property
    def habits(self) -> frozenset[Misbehaviour]:
        """What it was started with, and what the file in its folder asks for now; looked up after the inbox is."""
        return self.misbehaviours | wished(self.folder)

    @property
    def inbox(self) -> Path:
        return self.folder / "inbox"

    def step(self, now: int) -> None:
        """Take what is in the inbox, and report what is due at `now` (unix seconds)."""
        journal = self.journal
        self.inbox.mkdir(parents=True, exist_ok=True)
        self._take_all(journal, now)
        journal.put_together(self._body, now=now)
        for request in journal.open_requests(now=now):
            self._report(journal, request, now)
        self.teller.step(now, self.habits)

    def _take_all(self, journal: Journal, now: int) -> None:
        """Take the orders that wait in the inbox, each name once."""
        paths = sorted(self.inbox.glob("*.json"))
        orders = [order for path in paths if not journal.knows(path.name) and (order := self._read(path))]
        if Misbehaviour.JOINT in self.habits:
            orders = payers.joined(orders)
        for order in orders:
            self._take(journal, order, now)
        # The orders are in the journal; were the bank to stop just here, their names would not be taken again.
        for path in paths:
            if journal.knows(path.name):
                path.unlink()

    def _read(self, path: Path) -> Order | None:
        try:
            return Order((path.name,), read_order(path.read_text(encoding="utf-8"), self.keys))
        except ValueError as trouble:
            (self.folder / "refused").mkdir(exist_ok=True)
            path.replace(self.folder / "refused" / path.name)
            self.say(f"付款委托 {path.name} 无法读取，已移到 refused：{trouble}")
            return None

    def _take(self, journal: Journal, order: Order, now: int) -> None:
        paid = payers.payments_of(order, self.habits, late_by=self.late_by)
        due = [(json.dumps(payment.content), now + self.delay + payment.late_by) for payment in paid]
        journal.take(order.names, order.bank, due)
        self.say(f"受理付款委托 {order.content['reference']}，{order.content['amount']} 元")

    def _body(self, bank: str, rows: Sequence[tuple[int, str]]) -> str:
        today = datetime.now(SHANGHAI).date().isoformat()
        return json.dumps({"receipts": [self._notice(bank, number, json.loads(row), today) for number, row in rows]})

    def _notice(self, bank: str, number: int, order: dict[str, str], today: str) -> dict[str, str]:
        return {
            "serial": f"SIM{self._issue()}{number:010d}",
            "account": self.keys[bank].account,
            "amount": order["amount"],
            "currency": "CNY",
            "paid_on": today,
            "payer_name": order["payer_name"],
            "payer_account": order["payer_account"],
            "payer_bank": order["payer_bank"],
            "remark": order["reference"],
        }

    def _issue(self) -> str:
        """Sets this journal's serial numbers apart from those of another one the centre may still know."""
        kept = self.folder / "issue"
        if not kept.exists():
            draft = kept.with_suffix(".draft")
            draft.write_text(uuid.uuid4().hex[:8].upper(), encoding="ascii")
            draft.replace(kept)
        return kept.read_text(encoding="ascii")

    def _report(self, journal: Journal, request: Request, now: int) -> None:
        key, body = self.keys[request.bank], request.body.encode()
        signed = headers(key, body, request.key)
        if Misbehaviour.FORGE in self.habits:
            self.line.report(key, body, {**signed, "HPF-Signature": "0" * 64})
        answer = self.line.report(key, body, signed)
        if Misbehaviour.LOSE in self.habits and request.tries == 0:
            answer = None
        if answer is None or answer.status_code >= 500 or answer.status_code in (401, 403, 429):
            self.say(f"第 {request.tries + 1} 次报送未成功({answer.status_code if answer else '无应答'})，稍后重发")
            journal.put_off(request, now=now)
        elif answer.status_code == 409:
            self._wait(journal, request, answer, now)
        else:
            self._answered(journal, request, answer)
            self._misbehave(request, body, signed)

    def _wait(self, journal: Journal, request: Request, answer: httpx.Response, now: int) -> None:
        if "Retry-After" in answer.headers:
            journal.put_off(request, now=now)
        else:
            journal.give_up_key(request)

    def _answered(self, journal: Journal, request: Request, answer: httpx.Response) -> None:
        sent = json.loads(request.body)["receipts"]
        if answer.status_code != 200:
            self.say(f"报文被整体拒绝({answer.status_code})：{answer.text[:300]}")
            journal.close(request, [f"status {answer.status_code}"] * len(sent))
            return
        told = answer.json()["receipts"]
        for notice, row in zip(sent, told, strict=True):
            self.say(f"{notice['remark']} {notice['amount']} 元：{row['outcome']} {row.get('message', '')}".rstrip())
        journal.close(request, [row["outcome"] for row in told])

    def _misbehave(self, request: Request, body: bytes, signed: dict[str, str]) -> None:
        key = self.keys[request.bank]
        if Misbehaviour.REPLAY in self.habits:
            self.line.report(key, body, signed)
        if Misbehaviour.REPEAT in self.habits:
            self.line.report(key, body, headers(key, body, uuid.uuid4().hex))
        if Misbehaviour.CHANGE in self.habits:
            rows = json.loads(body)["receipts"]
            other = json.dumps({"receipts": [{**row, "amount": "0.01"} for row in rows]}).encode()
            self.line.report(key, other, headers(key, other, uuid.uuid4().hex))


def read_order(text: str, keys: dict[str, Key]) -> dict[str, str]:
    """Read a payment order 付款委托.

    Raises:
        ValueError: it is no JSON object, lacks a field, or names an amount or a bank that cannot be.
    """
    order = json.loads(text)
    if not isinstance(order, dict) or not all(isinstance(order.get(name), str) for name in NEEDED):
        raise ValueError(f"须为含 {'、'.join(NEEDED)} 的 JSON 对象，均为文本")
    order = {"payer_bank": "", "bank": next(iter(keys)), **order}
    if not AMOUNT.fullmatch(order["amount"]):
        raise ValueError("amount 须为文本，两位小数")
    if order["bank"] not in keys:
        raise ValueError(f"没有银行 {order['bank']} 的密钥")
    return order


def read_keys(path: Path) -> dict[str, Key]:
    """Read the keys of the banks 读取密钥. Raises OSError or ValueError while the file is not there or not whole."""
    try:
        return {code: Key(**given) for code, given in json.loads(path.read_text(encoding="utf-8")).items()}
    except (TypeError, AttributeError) as trouble:
        raise ValueError(f"{path} 不是密钥文件：{trouble}") from trouble
