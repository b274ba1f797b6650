"""S1: how long a member waits for an instant withdrawal while nights run: from submit to the written instruction.

Members apply through a platform over HTTP, at a steady pace whatever the answers take. Meanwhile processes of their own
close a day and ask every check of the books: an ordinary night, and then the one of the year's settlement, in which
savings stand still until the interest of all is booked. Whoever is told so asks again under the same key, as the answer
says: that time counts too.
"""

import http.client
import itertools
import json
import os
import secrets
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from access.rules import signature
from bench import results
from bench.calendar import Calendar
from bench.results import Goal, Result
from bench.site import ROOT, Site

S1 = Goal("S1", "instant withdrawal to its instruction, p95, in a night", 3.0, 1.0, low=True)
S1_SETTLING = Goal("S1b", "the same in the night of the settlement", low=True)
S1_QUIET = Goal("S1c", "the same while no night runs", low=True)

APPLY = "/api/v1/withdrawals/"
EVERY_SECONDS = 0.5
MONTHS = 3


def run(site: Site, wanted: set[str]) -> Iterator[Result]:
    """Only when it is wanted; it leaves the open day on the first of a July."""
    if "S1" not in wanted:
        return
    calendar = Calendar(site)
    eve = date(calendar.open.year + (calendar.open > date(calendar.open.year, 6, 29)), 6, 29)
    calendar.jump_to(eve)
    each = max(15, site.scale.reads // 10)
    with serving(site) as port:
        platform = Platform(port, *_platform(eve))
        applicants = iter(_savers(3 * each, on=eve))
        platform.serve(itertools.islice(applicants, 6), threading.Event())  # the workers have met everything once
        quiet = platform.serve(itertools.islice(applicants, each // 3), threading.Event())
        ordinary = _in_a_night(site, platform, itertools.islice(applicants, each))
        settling = _in_a_night(site, platform, itertools.islice(applicants, each))
    yield results.counted(S1, _p95(ordinary), "s", limit=3.0)
    yield results.counted(S1_SETTLING, _p95(settling), "s")
    yield results.counted(S1_QUIET, _p95(quiet), "s")


def _in_a_night(site: Site, platform: "Platform", applicants: Iterable[bytes]) -> list[float]:
    """What each waited who applied while the open day was closed and the books were proved."""
    over = threading.Event()
    night = threading.Thread(target=_night_and_proof, args=(site, over))
    night.start()
    waited = platform.serve(applicants, over)
    night.join()
    print(f"  {len(waited)} waited {max(waited):.2f} s at most; {platform.asked_again} asked again", flush=True)
    return waited


def _p95(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=20, method="inclusive")[-1]


def _night_and_proof(site: Site, over: threading.Event) -> None:
    """As a worker would; what the proof says is not asked: the accounts of a benchmark have no members."""
    environment = {**os.environ, "DATABASE_URL": site.url}
    try:
        for command in ("close_day", "verify_books"):
            arguments = [sys.executable, "manage.py", command]
            done = subprocess.run(arguments, cwd=ROOT, env=environment, capture_output=True, text=True)
            if command == "close_day" and done.returncode:
                raise RuntimeError(f"the night failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    finally:
        over.set()


@contextmanager
def serving(site: Site) -> Iterator[int]:
    """The web as `make run` starts it, with the settings of production; answers its port."""
    from hpf.launcher import page, services

    kept = {name: value for name, value in os.environ.items() if name not in ("HPF_DEMO", "HPF_DEBUG")}
    environment = {**kept, "DATABASE_URL": site.url, "HPF_ALLOWED_HOSTS": "localhost,127.0.0.1"}
    with socket.create_server(("127.0.0.1", 0), backlog=128) as door:
        bind = ["--bind", f"fd://{door.fileno()}", "--workers", "2", "--log-level", "warning"]
        command = [sys.executable, *services.WEB, *bind]
        server = subprocess.Popen(command, cwd=ROOT, env=environment, pass_fds=[door.fileno()])
        try:
            while "gunicorn" not in page.answered_by(door.getsockname()[1]):
                time.sleep(0.1)
            yield door.getsockname()[1]
        finally:
            server.terminate()
            server.wait()


@dataclass
class Platform:
    """A platform's side: signs, sends, and asks again under the same key when it is told to."""

    port: int
    key_id: str
    secret: str
    waited: list[float] = field(default_factory=list)
    asked_again: int = 0

    def serve(self, applicants: Iterable[bytes], over: threading.Event) -> list[float]:
        """One application after the other at a steady pace until all are served or it is over; seconds each waited."""
        self.waited, self.asked_again, threads = [], 0, list[threading.Thread]()
        for body in applicants:
            threads.append(threading.Thread(target=self._apply, args=(body,)))
            threads[-1].start()
            if over.wait(EVERY_SECONDS):
                break
        for thread in threads:
            thread.join()
        if len(self.waited) < len(threads):
            raise RuntimeError("an application was not granted; what was answered stands above")
        return self.waited

    def _apply(self, body: bytes) -> None:
        began, key = time.perf_counter(), secrets.token_hex(16)
        while True:
            status, pause, answer = self._send(body, key)
            if status == 201 and answer["status"] == "APPROVED":
                self.waited.append(time.perf_counter() - began)
                return
            if pause is None:
                print(status, answer, flush=True)
                return
            self.asked_again += 1
            time.sleep(int(pause))

    def _send(self, body: bytes, key: str) -> tuple[int, str | None, dict[str, object]]:
        """The status, after how many seconds to ask again, and the answer."""
        now, nonce = str(int(time.time())), secrets.token_hex(16)
        headers = {
            "Host": "localhost", "X-Forwarded-Proto": "https", "Content-Type": "application/json",
            "HPF-Key-Id": self.key_id, "HPF-Timestamp": now, "HPF-Nonce": nonce, "Idempotency-Key": key,
            "HPF-Signature": signature(self.secret, ["POST", APPLY, "", now, nonce], body),
        }  # fmt: skip
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        link.request("POST", APPLY, body, headers)
        answer = link.getresponse()
        return answer.status, answer.getheader("Retry-After"), json.loads(answer.read())


def _platform(on: date) -> tuple[str, str]:
    from access.actions import api_clients
    from access.queries import night_user

    return api_clients.connect_platform(f"bench-{secrets.token_hex(4)}", "性能基准平台", by=night_user(), on=on)


def _savers(count: int, *, on: date) -> list[bytes]:
    """What is sent for members of one employer, who have saved three months and own no home: a month's rent each."""
    from accounts import rules
    from accounts.actions import members
    from hpf.months import Month

    employer, month = _employer(on), Month.of(on)
    listed = []
    for number in range(count):
        person = f"511002198{number // 100 % 10}0101{number % 1000:03d}"
        names = {"name": "王" + "".join("零一二三四五六七八九"[int(digit)] for digit in f"{number:04d}")}
        numbers = {"id_number": person + rules.id_check_digit(person), "card": f"6222{number:012d}"}
        listed.append(
            members.NewMember(
                **names, **numbers, base=Decimal(6000), first_month=month.plus(1 - MONTHS),
                mobile=f"139{number:08d}", card_bank="工商银行",
            )
        )  # fmt: skip
    accounts = members.open_many(employer, listed, by=_night(), on=on)
    for place in range(MONTHS):
        _paid(employer, month.plus(place + 1 - MONTHS), on=on)
    for account in accounts:
        _owns_no_home(account.member, on=on)
    return [json.dumps(_application(one, month)).encode() for one in listed]


def _application(one, month) -> dict[str, object]:
    from accounts.states import CertificateType

    return {
        "member": {"certificate_type": CertificateType.RESIDENT_ID, "id_number": one.id_number, "name": one.name},
        "category": "RENT", "rent": {"first": str(month), "last": str(month)}, "amount": "900.00", "consent": True,
        "card": {"number": one.card, "bank": one.card_bank},
    }  # fmt: skip


def _employer(on: date):
    from access.models import Branch
    from accounts import rules
    from accounts.actions import employers

    code = "91511000000000666"
    new = employers.NewEmployer(
        name="性能基准纺织有限公司", credit_code=code + rules.credit_check_digit(code),
        branch=Branch.objects.get(code="01"), pay_day=10, employer_ratio=Decimal(8), member_ratio=Decimal(8),
        contact_name="周经办", contact_mobile="13900000666",
    )  # fmt: skip
    return employers.open(new, by=_night(), on=on)


def _paid(employer, month, *, on: date) -> None:
    """A month handed in, reported by the bank, identified and allocated."""
    from banking.actions import receipts as arrivals
    from banking.models import Bank, Receipt
    from banking.rules import Notice
    from deposits import queries
    from deposits.actions import receipts, remittances

    listed = remittances.submit(employer, month, queries.proposed_lines(employer, month), by=_night(), on=on)
    bank = Bank.objects.get(code="102")
    notice = Notice(
        serial=f"BENCH-{month}", account=bank.accounts.get().number, amount=listed.total, paid_on=on,
        payer_name=employer.name, payer_account="6222020200666", payer_bank="工商银行", remark=listed.reference,
    )  # fmt: skip
    (booked,) = arrivals.book(bank, [notice], by=_night(), on=on)
    receipts.identify(Receipt.objects.get(pk=booked.receipt_id), by=_night(), on=on)
    remittances.allocate(listed, by=_night(), on=on)
    employer.refresh_from_db()


def _owns_no_home(member, *, on: date) -> None:
    from hpf.numbers import draw_ids
    from withdrawals.models import Inquiry
    from withdrawals.states import Consent, InquiryKind, InquiryOutcome

    row = Inquiry(
        pk=draw_ids(Inquiry, 1)[0], kind=InquiryKind.PROPERTY, person_index=member.id_index, purpose="性能基准",
        consent=Consent.ONLINE, consented_on=on, asked_on=on, asked_by=_night(), source="性能基准",
        outcome=InquiryOutcome.NONE,
    )  # fmt: skip
    row.answer = ""
    row.save(force_insert=True)


def _night() -> object:
    from access.queries import night_user

    return night_user()
