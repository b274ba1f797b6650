"""The fund as its doors drive it: every act goes through the real actions; amounts are fen, as the model has them."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import DateTimeField, Func

from access.models import User
from access.states import Post
from accounts.actions import freezing, members, sealing, transfers
from accounts.actions.members import Paying
from accounts.models import Employer, Freeze, FreezeChange, MemberAccount
from accounts.queries import freezes as frozen
from accounts.states import FreezeAct, FreezeGround, SealReason
from approvals.actions.signatures import Decision
from approvals.rules import digest_of
from approvals.states import Verdict
from audit.actions import inspection
from banking.actions import receipts as arrivals
from banking.models import Receipt
from deposits import queries as deposits
from deposits.actions import back_payments, receipts, remittances
from deposits.actions.back_payments import Wanted
from deposits.models import Remittance
from deposits.queries import ListedLine
from deposits.states import BackReason, RemittanceStatus
from hpf import dayend
from hpf.errors import Refusal
from hpf.months import Month
from ledger import queries as books
from ledger.models import StepShard
from ledger.states import ShardStatus
from policy import queries as policy
from policy.actions import terms
from policy.actions.terms import NewValue
from policy.models import TermChange
from policy.states import TermName
from tests.access.factories import person
from tests.accounts import factories as people
from tests.banking import factories as banking
from tests.deposits.test_interest import change_term
from tests.machine.model import CENTRE, Rate

FIRST_DAY = date(2026, 6, 27)
FIRST_MONTH = Month(2026, 3)
OFFICES = ["01", "02"]
RATIO = 8
BANK = "102"
COURT = "内江市市中区人民法院"
COLUMNS = [
    f"ledger_account__{name}"
    for name in ("carried", "current", "held", "carried_number", "current_number", "counted_to", "closed_on")
]
RATES = (TermName.RATE_CARRIED, TermName.RATE_CURRENT)
_serials = itertools.count(1)


def yuan(fen: int) -> Decimal:
    return Decimal(fen) / 100


def fen(amount: Decimal) -> int:
    return int(amount * 100)


def percent(rate: int) -> str:
    return f"{rate // 100}.{rate % 100:02d}"


def paying(base: int) -> Paying:
    return Paying(yuan(base), Decimal(RATIO), Decimal(RATIO))


def signed(facts: dict[str, str], verdict: Verdict = Verdict.GRANT) -> Decision:
    return Decision(verdict, digest_of(facts), "" if verdict == Verdict.GRANT else "材料不符")


@dataclass(frozen=True)
class Balance:
    """An account as the books have it, its interest numbers up to yesterday."""

    carried: int
    current: int
    numbers: tuple[int, int]
    closed: bool
    held: int = 0


HEADS = """
select a.chart_id, b.code, sum(case e.side when 'C' then e.amount else -e.amount end)
from ledger_entry e join ledger_ledgeraccount a on a.id = e.account_id join access_branch b on b.id = a.branch_id
group by a.chart_id, b.code
"""


class ClockTimestamp(Func):
    """The database's own clock, which stands still for no transaction."""

    function = "clock_timestamp"
    output_field = DateTimeField()


class Fund:
    """One fund: two offices with a clerk and a manager each, the centre, a bank, and the rates of the model."""

    def __init__(self, rate: Rate) -> None:
        banking.open_first_day(FIRST_DAY)
        for name, value in zip(RATES, rate, strict=True):
            change_term(name, percent(value), date(2024, 7, 1))
        change_term(TermName.RENT_DEPOSIT_MONTHS, "1", date(2024, 7, 1))
        self.clerks = {code: person(Post.CLERK, branch_id=people.branch(code).pk) for code in OFFICES}
        self.managers = {code: person(Post.MANAGER, branch_id=people.branch(code).pk) for code in [*OFFICES, CENTRE]}
        self.finance = person(Post.FINANCE, branch_id=people.branch(CENTRE).pk)
        self.night: User = people.night_user()

    @property
    def on(self) -> date:
        return books.open_day()

    # Who saves

    def open_employer(self, office: str) -> int:
        ratio = Decimal(RATIO)
        return people.employer(at=office, on=self.on, employer_ratio=ratio, member_ratio=ratio).pk

    def open_member(self, employer: int, base: int) -> tuple[int, str]:
        """A new account, and the card its money may go to."""
        of = Employer.objects.get(pk=employer)
        new = people.new_member(base=yuan(base), first_month=self.month_due(employer))
        return members.open_one(of, new, by=self.clerks[of.branch.code], on=self.on).pk, new.card

    def month_due(self, employer: int) -> Month:
        """The month to hand in next; the first members begin with March."""
        of = Employer.objects.get(pk=employer)
        return deposits.month_due(of, on=self.on) if of.member_accounts.exists() else FIRST_MONTH

    def seal(self, account: int) -> None:
        row = self.account(account)
        paid_to = row.employer.paid_to
        month = max(Month.parse(paid_to).next() if paid_to else FIRST_MONTH, Month.parse(row.first_month), key=str)
        leaving = {account: SealReason.ENDED}
        sealing.seal(row.employer, leaving, month=month, by=self.night, on=self.on)

    def unseal(self, account: int, base: int) -> None:
        sealing.unseal(self.account(account).employer, {account: paying(base)}, by=self.night, on=self.on)

    def transfer(self, account: int, employer: int, base: int) -> None:
        to = Employer.objects.select_related("branch").get(pk=employer)
        transfers.take_in(to, {account: paying(base)}, by=self.night, on=self.on)

    def account(self, key: int) -> MemberAccount:
        return MemberAccount.objects.select_related("employer__branch", "member").get(pk=key)

    # Money in

    def hand_in(self, employer: int) -> int:
        of, month = Employer.objects.get(pk=employer), self.month_due(employer)
        lines = deposits.proposed_lines(of, month)
        return remittances.submit(of, month, lines, by=self.night, on=self.on).pk

    def take_back_list(self, listed: int) -> None:
        remittances.withdraw(Remittance.objects.get(pk=listed), why="清册有误", by=self.night, on=self.on)

    def pay_back(self, employer: int, account: int, month: str, base: int) -> int:
        of = Employer.objects.get(pk=employer)
        line = ListedLine(account, yuan(base), Decimal(RATIO), Decimal(RATIO))
        wanted = Wanted(Month.parse(month), BackReason.DIFFERENCE, "", [line])
        return back_payments.submit(of, wanted, by=self.clerks[of.branch.code], on=self.on).pk

    def notice(self, amount: int, reference: str) -> Any:
        serial = f"M{next(_serials):010d}"
        payer = f"{next(_serials):019d}"
        return banking.notice(
            serial=serial, amount=yuan(amount), paid_on=self.on, remark=reference, payer_account=payer
        )

    def book(self, notice: Any) -> tuple[str, int | None]:
        answer = arrivals.book(banking.bank(BANK), [notice], by=self.night, on=self.on)[0]
        return answer.outcome.value, answer.receipt_id

    def identify_all(self) -> None:
        receipts.identify_all(by=self.night, on=self.on)

    def identify(self, receipt: int, employer: int, amount: int) -> None:
        row, to = Receipt.objects.get(pk=receipt), Employer.objects.select_related("branch").get(pk=employer)
        share = receipts.Share(to, yuan(amount))
        clerk = self.clerks[to.branch.code]
        receipts.identify_by_clerk(row, [share], seen=row.unclaimed, by=clerk, on=self.on, why="电话核实")

    def allocate(self, listed: int) -> None:
        remittances.allocate(Remittance.objects.get(pk=listed), by=self.night, on=self.on)

    def allocate_covered(self) -> None:
        remittances.allocate_covered(by=self.night, on=self.on)

    # Freezes

    def propose_freeze(self, account: int, amount: int | None, days: int) -> int:
        row, on = self.account(account), self.on
        order = freezing.Order(
            ground=FreezeGround.COURT, authority=COURT, document=f"（2026）川执{next(_serials)}号",
            amount=None if amount is None else yuan(amount), begins_on=on, until=on + timedelta(days=days),
            reason="协助执行",
        )  # fmt: skip
        return freezing.propose(row, order, by=self.clerks[row.employer.branch.code], on=on).pk

    def sign_freeze(self, freeze: int) -> None:
        row = Freeze.objects.select_related("case", "member_account__employer__branch").get(pk=freeze)
        boss = self.managers[row.member_account.employer.branch.code]
        freezing.decide(row, signed(frozen.facts_of(row)), by=boss, on=self.on)

    def propose_change(self, freeze: int, act: FreezeAct, until: date | None = None) -> int:
        row = Freeze.objects.select_related("member_account__employer__branch").get(pk=freeze)
        paper = freezing.Paper(act, COURT, f"（2026）川执{next(_serials)}号", "续冻或已履行", until)
        clerk = self.clerks[row.member_account.employer.branch.code]
        return freezing.propose_change(row, paper, by=clerk, on=self.on).pk

    def sign_change(self, change: int) -> None:
        row = FreezeChange.objects.select_related("case", "freeze__member_account__employer__branch").get(pk=change)
        boss = self.managers[row.freeze.member_account.employer.branch.code]
        freezing.decide_change(row, signed(frozen.facts_of_change(row)), by=boss, on=self.on)

    def lapse(self) -> int:
        return freezing.lapse_all(by=self.night, on=self.on)["lapsed"]

    # Rates

    def propose_rate(self, name: TermName, rate: int, since: date) -> int:
        """What the central bank announces, entered by one person."""
        new = NewValue(name, percent(rate), since, f"银发〔2026〕{next(_serials)}号", "中国人民银行公告", "利率调整")
        seen = digest_of(terms.preview(new, on=self.on))
        return terms.propose(new, seen=seen, by=self.finance, on=self.on).pk

    def sign_rate(self, change: int) -> None:
        """And put in force by another."""
        row = TermChange.objects.select_related("case").get(pk=change)
        terms.decide(row, signed(policy.facts_of(row)), by=self.managers[CENTRE], on=self.on)

    # The night, and what the books say

    def run_night(self, day: date) -> None:
        """A night; who died in it before gives no sign of life for so long that this worker takes over."""
        StepShard.objects.filter(status=ShardStatus.RUNNING).update(leased_until=ClockTimestamp())
        for _ in dayend.run(day):
            pass

    def balances(self) -> dict[int, Balance]:
        on, found = self.on, {}
        for key, *amounts, counted_to, closed_on in MemberAccount.objects.values_list("pk", *COLUMNS):
            carried, current, held, *numbers = map(fen, amounts)
            since = (on - counted_to).days
            grown = (numbers[0] + carried * since, numbers[1] + current * since)
            numbers_now = (0, 0) if closed_on else grown
            found[key] = Balance(carried, current, numbers_now, closed_on is not None, held)
        return found

    def heads(self) -> dict[tuple[str, str], int]:
        with connection.cursor() as cursor:
            cursor.execute(HEADS)
            return {(chart, office): fen(amount) for chart, office, amount in cursor.fetchall() if amount}

    def unallocated(self) -> dict[int, tuple[int, int]]:
        """What each employer has unallocated, and what of it is held."""
        rows = Employer.objects.values_list("pk", "unallocated__balance", "unallocated__held")
        return {pk: (fen(balance), fen(held)) for pk, balance, held in rows}

    def unclaimed(self) -> dict[int, int]:
        return {pk: fen(amount) for pk, amount in Receipt.objects.values_list("pk", "unclaimed")}

    def allocated(self) -> set[int]:
        return set(Remittance.objects.filter(status=RemittanceStatus.ALLOCATED).values_list("pk", flat=True))

    def kept(self, holds: dict[str, list[int]]) -> dict[tuple[str, int], int]:
        """What each open hold and freeze keeps now, by its kind and source."""
        found = {}
        for kind, sources in holds.items():
            kept = books.kept_by(kind, [str(source) for source in sources])
            found |= {(kind, int(source)): fen(amount) for source, amount in kept.items()}
        return found

    def available(self, account: int) -> int:
        kept_in = MemberAccount.objects.values_list("ledger_account_id", flat=True)
        return fen(books.available(kept_in.get(pk=account)))

    def broken(self) -> list[str]:
        findings = inspection.inspect(self.on)
        return [f"{one.check.invariant} {one.check.title}: {one.rows}" for one in findings if not one.holds]


def refusal_of(act: Callable[[], Any]) -> tuple[Any, str]:
    """What an act answered, and the code of its refusal or nothing."""
    try:
        return act(), ""
    except Refusal as refusal:
        return None, refusal.code
