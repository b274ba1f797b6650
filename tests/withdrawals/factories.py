"""Members with savings, their wishes and applications for tests, all made through the real actions."""

import uuid
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from access.models import User
from access.states import Post
from accounts.actions import sealing, spouses
from accounts.models import MemberAccount
from accounts.states import CertificateType, SealReason
from approvals.actions.signatures import Decision
from approvals.rules import digest_of
from approvals.states import Verdict
from banking.actions import results
from banking.actions.results import Report
from banking.models import Payment
from banking.states import ResultOutcome
from hpf.months import Month
from hpf.numbers import draw_ids
from ledger import queries as books
from tests.accounts import factories as accounts
from tests.banking import owing
from tests.banking.factories import open_first_day
from tests.deposits import factories as deposits
from withdrawals import queries
from withdrawals.actions import applications
from withdrawals.actions.applications import Application, Card
from withdrawals.models import Inquiry, Withdrawal
from withdrawals.queries import Wish
from withdrawals.rules import Particulars, Purchase, Rent, Repayment, Retirement
from withdrawals.states import Channel, Consent, InquiryKind, InquiryOutcome, PaperKind

ON = date(2026, 7, 15)
BANK = "工商银行"
PAPERS: dict[type, frozenset[PaperKind]] = {
    Rent: frozenset(),
    Purchase: frozenset({PaperKind.PURCHASE_CONTRACT, PaperKind.PURCHASE_INVOICE}),
    Repayment: frozenset({PaperKind.LOAN_CONTRACT, PaperKind.REPAYMENT_RECORD}),
    Retirement: frozenset(),
}


def night() -> User:
    return deposits.night()


def manager(at: str = "01") -> User:
    return accounts.user(Post.MANAGER, at=at)


def saver(balance: str = "1000.00", months: int = 3, *, at: str = "01") -> MemberAccount:
    """Somebody who has saved some months up to July 2026 and has so much on the account; the day is open."""
    if not _opened():
        open_first_day(ON)
    first = Month(2026, 7).plus(1 - months)
    employer = accounts.employer(at=at, on=ON)
    base = Decimal(balance) / months / Decimal("0.16")
    account = accounts.member_account(employer, on=ON, base=base.quantize(Decimal("0.01")), first_month=first)
    for place in range(months):
        deposits.paid(employer, first.plus(place), on=ON)
    return MemberAccount.objects.select_related("member", "employer__branch").get(pk=account.pk)


def _opened() -> bool:
    try:
        books.open_day()
    except books.NoBusinessDay:
        return False
    return True


def answered(
    account: MemberAccount, kind: InquiryKind, outcome: InquiryOutcome, answer: str = "", on: date = ON
) -> Inquiry:
    """What shared data answered about a member."""
    row = Inquiry(
        pk=draw_ids(Inquiry, 1)[0],
        kind=kind,
        person_index=account.member.id_index,
        purpose="办理住房公积金提取",
        consent=Consent.SIGNED,
        consented_on=on,
        asked_on=on,
        asked_by=night(),
        source="测试",
        outcome=outcome,
    )
    row.answer = answer
    row.save(force_insert=True)
    return row


def no_home(account: MemberAccount) -> MemberAccount:
    answered(account, InquiryKind.PROPERTY, InquiryOutcome.NONE)
    return account


def married(one: MemberAccount, other: MemberAccount) -> None:
    """The second is recorded as the first one's spouse."""
    kind, number = CertificateType.RESIDENT_ID, other.member.id_number
    new = spouses.NewSpouse(other.member.name, kind, number, date(2020, 5, 20), "结婚证 J511002-2020-000520")
    spouses.record(one.member, new, by=night(), on=ON)


def rent(first: str = "2026-05", last: str = "2026-07") -> Rent:
    return Rent(Month.parse(first), Month.parse(last))


def purchase(house: str = "NJ-2026-000123", price: str = "500000.00") -> Purchase:
    return Purchase(house, date(2026, 3, 1), Decimal(price))


def repayment(contract: str = "DK2024000077", each: str = "200.00") -> Repayment:
    return Repayment(contract, {Month(2026, number): Decimal(each) for number in (4, 5, 6)})


def wish(account: MemberAccount, particulars: Particulars, asked: str | None = None, **changes: Any) -> Wish:
    amount = Decimal(asked) if asked else None
    return replace(Wish(account, particulars, amount, PAPERS[type(particulars)]), **changes)


def application(wanted: Wish, **changes: Any) -> Application:
    member = wanted.account.member
    card = Card(member.name, member.card, BANK)
    return replace(Application(uuid.uuid4(), wanted, card, Channel.COUNTER), **changes)


def submitted(
    account: MemberAccount, particulars: Particulars, asked: str | None = None, by: User | None = None, **changes: Any
) -> Withdrawal:
    """Handed in at the counter."""
    return applications.submit(application(wish(account, particulars, asked), **changes), by=by or night(), on=ON)


def decision(withdrawal: Withdrawal, verdict: Verdict = Verdict.GRANT, reason: str = "", on: date = ON) -> Decision:
    """What somebody says who has read the page."""
    row = fresh(withdrawal)
    return Decision(verdict, digest_of(queries.facts_of(row, applications.requote(row, on=on))), reason)


def decided(withdrawal: Withdrawal, verdict: Verdict = Verdict.GRANT, reason: str = "", by: User | None = None) -> str:
    said = decision(withdrawal, verdict, reason)
    return applications.decide(fresh(withdrawal), said, by=by or manager(), on=ON)


def approved(account: MemberAccount, particulars: Particulars, asked: str | None = None) -> Withdrawal:
    """Granted by a person."""
    withdrawal = submitted(account, particulars, asked)
    decided(withdrawal)
    return fresh(withdrawal)


def fresh(withdrawal: Withdrawal) -> Withdrawal:
    rows = Withdrawal.objects.select_related("member_account__member", "member_account__employer__branch", "member")
    return rows.select_related("case", "payment", "branch").get(pk=withdrawal.pk)


def payment_of(withdrawal: Withdrawal) -> Payment:
    return owing.fresh(Payment.objects.get(kind=queries.KIND, source=str(withdrawal.pk)))


def banked(withdrawal: Withdrawal, *outcomes: ResultOutcome) -> Payment:
    """Its bank has fetched the payment and says something of it."""
    payment = payment_of(withdrawal)
    owing.claimed(payment.account.bank, on=ON)
    for outcome in outcomes:
        payment = payment_of(withdrawal)
        moved = {"paid_on": ON} if outcome in (ResultOutcome.SUCCEEDED, ResultOutcome.RETURNED) else {}
        told = Report(payment.reference, owing.said(outcome, payment, **moved), at=owing.AT, calendar=ON)
        results.report(payment.account.bank, told, by=night(), on=ON)
    return payment_of(withdrawal)


def balance(account: MemberAccount) -> Decimal:
    return books.balance_of(account.ledger_account_id)


def available(account: MemberAccount) -> Decimal:
    return books.available(account.ledger_account_id)


def retired(account: MemberAccount, since: str = "2026-06-30") -> Retirement:
    """Sealed as retired, and known so to shared data."""
    leaving = {account.pk: SealReason.RETIRED}
    sealing.seal(account.employer, leaving, month=Month(2026, 8), by=night(), on=ON)
    account.refresh_from_db()
    answered(account, InquiryKind.RETIREMENT, InquiryOutcome.FOUND, since)
    return Retirement(date.fromisoformat(since))
