"""The fund as its doors drive it: every act goes through the real actions; amounts are fen, as the model has them."""

import itertools
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection, transaction

from access.models import User
from access.states import Post
from accounts.actions import freezing, members, sealing, transfers
from accounts.actions.members import Paying
from accounts.models import Employer, Freeze, MemberAccount
from accounts.queries import freezes as frozen
from accounts.states import FreezeAct, FreezeGround, SealReason
from approvals.actions.signatures import Decision
from approvals.rules import digest_of
from approvals.states import Verdict
from audit.actions import inspection
from banking.actions import payments, results
from banking.actions import receipts as arrivals
from banking.actions.results import Report
from banking.models import Bank, Payment, Receipt
from banking.states import ResultOutcome
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
from policy.states import TermName
from tests.accounts import factories as people
from tests.banking import factories as banking
from tests.banking import owing
from tests.deposits.test_interest import change_term
from tests.withdrawals import factories as wishes
from withdrawals import queries
from withdrawals.actions import applications, payouts, undoing
from withdrawals.models import Withdrawal
from withdrawals.rules import Purchase, Retirement
from withdrawals.states import InquiryKind, InquiryOutcome

FIRST_DAY = date(2026, 6, 26)
FIRST_MONTH = Month(2026, 3)
OFFICES = ["01", "02"]
RATIO = 8
BANK = "102"
HOUSE = Decimal("99999999.00")
_serials = itertools.count(1)


def yuan(fen: int) -> Decimal:
    return Decimal(fen) / 100


def fen(amount: Decimal) -> int:
    return int(amount * 100)


def paying(base: int) -> Paying:
    return Paying(yuan(base), Decimal(RATIO), Decimal(RATIO))


class Crash(Exception):
    """The program ends in the middle of an act."""


# A transaction's own marks are no place to crash at: before one and after one are the statements around it.
MARKS = re.compile(r"\s*(savepoint|release|rollback|set |reset )", re.IGNORECASE)


@contextmanager
def crash_at(statement: int) -> Iterator[None]:
    """End what runs inside before its n-th statement."""
    passed = 0

    def execute(run: Callable[..., Any], sql: str, *given: Any) -> Any:
        nonlocal passed
        passed += not MARKS.match(str(sql))
        if passed == statement:
            passed += 1
            raise Crash(f"before statement {statement}: {str(sql)[:80]}")
        return run(sql, *given)

    with connection.execute_wrapper(execute):
        yield


@dataclass(frozen=True)
class Balance:
    """An account as the books have it, its interest numbers up to yesterday."""

    carried: int
    current: int
    held: int
    numbers: tuple[int, int]
    closed: bool


HEADS = """
select a.chart_id, b.code, sum(case e.side when 'C' then e.amount else -e.amount end)
from ledger_entry e join ledger_ledgeraccount a on a.id = e.account_id join access_branch b on b.id = a.branch_id
group by a.chart_id, b.code
"""


class Fund:
    """One fund: two offices with a clerk and a manager each, a bank, and the rates of the model."""

    def __init__(self, carried_rate: str, current_rate: str) -> None:
        banking.open_first_day(FIRST_DAY)
        change_term(TermName.RATE_CARRIED, carried_rate, date(2024, 7, 1))
        change_term(TermName.RATE_CURRENT, current_rate, date(2024, 7, 1))
        self.clerks = {code: people.user(Post.CLERK, at=code) for code in OFFICES}
        self.managers = {code: people.user(Post.MANAGER, at=code) for code in OFFICES}
        self.night: User = people.night_user()

    @property
    def on(self) -> date:
        return books.open_day()

    def signed(self, facts: dict[str, str], verdict: Verdict = Verdict.GRANT) -> Decision:
        return Decision(verdict, digest_of(facts), "" if verdict == Verdict.GRANT else "材料不符")

    # Who saves

    def open_employer(self, office: str) -> int:
        ratio = Decimal(RATIO)
        return people.employer(at=office, on=self.on, employer_ratio=ratio, member_ratio=ratio).pk

    def open_member(self, employer: int, base: int) -> int:
        of = Employer.objects.get(pk=employer)
        new = people.new_member(base=yuan(base), first_month=self.month_due(employer))
        return members.open_one(of, new, by=self.clerks[of.branch.code], on=self.on).pk

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

    def allocated(self) -> set[int]:
        return set(Remittance.objects.filter(status=RemittanceStatus.ALLOCATED).values_list("pk", flat=True))

    # Freezes

    @transaction.atomic
    def freeze(self, account: int, amount: int | None) -> int:
        row, on = self.account(account), self.on
        order = freezing.Order(
            ground=FreezeGround.COURT, authority="内江市市中区人民法院", document=f"（2026）川执{next(_serials)}号",
            amount=None if amount is None else yuan(amount), begins_on=on, until=on + timedelta(days=300),
            reason="协助执行",
        )  # fmt: skip
        made = freezing.propose(row, order, by=self.clerks[row.employer.branch.code], on=on)
        boss = self.managers[row.employer.branch.code]
        freezing.decide(made, self.signed(frozen.facts_of(made)), by=boss, on=on)
        return made.pk

    @transaction.atomic
    def lift(self, freeze: int) -> None:
        row = Freeze.objects.select_related("member_account__employer__branch").get(pk=freeze)
        paper = freezing.Paper(FreezeAct.LIFT, "内江市市中区人民法院", f"（2026）川执{next(_serials)}号", "已履行")
        office = row.member_account.employer.branch.code
        change = freezing.propose_change(row, paper, by=self.clerks[office], on=self.on)
        said = self.signed(frozen.facts_of_change(change))
        freezing.decide_change(change, said, by=self.managers[office], on=self.on)

    # Money out

    def application(self, account: int, amount: int) -> Any:
        house = Purchase(f"NJ-{next(_serials)}", date(2026, 3, 1), HOUSE)
        return wishes.application(wishes.wish(self.account(account), house, str(yuan(amount))))

    def retirement(self, account: int) -> Any:
        row, since = self.account(account), date(2026, 5, 31)
        wishes.answered(row, InquiryKind.RETIREMENT, InquiryOutcome.FOUND, since.isoformat(), on=self.on)
        return wishes.application(wishes.wish(row, Retirement(since)))

    def submit(self, application: Any) -> int:
        return applications.submit(application, by=self.night, on=self.on).pk

    def decide(self, withdrawal: int, verdict: Verdict) -> str:
        row = wishes.fresh(Withdrawal.objects.get(pk=withdrawal))
        said = wishes.decision(row, verdict, "" if verdict == Verdict.GRANT else "材料不符", on=self.on)
        return applications.decide(row, said, by=self.managers[row.branch.code], on=self.on)

    def take_back(self, withdrawal: int) -> None:
        applications.take_back(Withdrawal.objects.get(pk=withdrawal), by=self.night, on=self.on)

    @transaction.atomic
    def undo(self, withdrawal: int) -> None:
        row = wishes.fresh(Withdrawal.objects.get(pk=withdrawal))
        made = undoing.propose(row, "误办", by=self.clerks[row.branch.code], on=self.on)
        made.withdrawal = wishes.fresh(row)
        undoing.decide(made, self.signed(queries.facts_of_undoing(made)), by=self.managers[row.branch.code], on=self.on)

    def settle_payouts(self) -> dict[str, int]:
        return payouts.settle(by=self.night, on=self.on)

    # The bank

    def claim(self, limit: int) -> list[str]:
        at = datetime.combine(self.on, datetime.min.time(), UTC)
        found = [
            payment.source
            for bank in Bank.objects.order_by("pk")
            for payment in payments.claim(bank, limit, at=at, by=self.night, on=self.on)
        ]
        return found

    def say(self, withdrawal: int, outcome: ResultOutcome, *, wrong_by: int = 0) -> str:
        payment = Payment.objects.select_related("account__bank").get(kind=queries.KIND, source=str(withdrawal))
        changes: dict[str, Any] = {}
        if outcome in (ResultOutcome.SUCCEEDED, ResultOutcome.RETURNED):
            changes = {"paid_on": self.on, "amount": payment.amount + yuan(wrong_by)}
        said = owing.said(outcome, payment, **changes)
        told = Report(payment.reference, said, at=owing.AT, calendar=self.on)
        return results.report(payment.account.bank, told, by=self.night, on=self.on).status

    # The night, and what the books say

    def run_night(self, day: date) -> None:
        for _ in dayend.run(day):
            pass

    def balances(self) -> dict[int, Balance]:
        on, found = self.on, {}
        for row in MemberAccount.objects.select_related("ledger_account"):
            kept = row.ledger_account
            since = (on - kept.counted_to).days
            numbers = (kept.carried_number + kept.carried * since, kept.current_number + kept.current * since)
            closed = kept.closed_on is not None
            found[row.pk] = Balance(
                *map(fen, (kept.carried, kept.current, kept.held)),
                numbers=(0, 0) if closed else (fen(numbers[0]), fen(numbers[1])),
                closed=closed,
            )
        return found

    def heads(self) -> dict[tuple[str, str], int]:
        with connection.cursor() as cursor:
            cursor.execute(HEADS)
            return {(chart, office): fen(amount) for chart, office, amount in cursor.fetchall() if amount}

    def unallocated(self) -> dict[int, int]:
        rows = Employer.objects.values_list("pk", "unallocated__balance")
        return {pk: fen(balance) for pk, balance in rows}

    def available(self, account: int) -> int:
        return fen(books.available(self.account(account).ledger_account_id))

    def broken(self) -> list[str]:
        findings = inspection.inspect(self.on)
        return [f"{one.check.invariant} {one.check.title}: {one.rows}" for one in findings if not one.holds]


def refusal_of(act: Callable[[], Any]) -> tuple[Any, str]:
    """What an act answered, and the code of its refusal or nothing."""
    try:
        return act(), ""
    except Refusal as refusal:
        return None, refusal.code
