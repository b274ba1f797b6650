"""A fund with something of everything, its texts as long as the fields take: what the pages are walked over."""

import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import islice

from django.db import transaction

from access.models import User
from access.queries import night_user
from access.states import Post
from accounts.actions import (
    bans,
    employer_changes,
    employer_ends,
    employers,
    freezing,
    mandates,
    member_changes,
    registrations,
    sealing,
    spouses,
)
from accounts.actions.employer_changes import Grounds
from accounts.models import Employer
from accounts.queries import bans as barred
from accounts.states import BanGround, CertificateType, FreezeAct, FreezeGround, SealReason
from approvals.actions import deputies, papers
from approvals.actions.deputies import Appointment
from approvals.actions.papers import Upload
from approvals.actions.signatures import Decision
from approvals.rules import digest_of
from approvals.states import Verdict
from banking import queries as banking
from banking.actions import payments, receipts, results, rulings, webhooks
from banking.actions.results import Report
from banking.actions.rulings import Evidence
from banking.models import Payment, Receipt
from banking.rules import Said
from banking.states import ResultOutcome
from deposits import queries as deposits
from deposits.actions import refunds, sheets
from deposits.actions.receipts import Share, identify_by_clerk
from deposits.actions.refunds import Wanted
from deposits.models import Refund
from deposits.queries import template_rows
from deposits.sheets import COLUMNS
from hpf import dayend
from hpf.months import Month
from policy.actions import terms
from policy.states import TermName
from tests.access.factories import PASSWORD, person
from tests.accounts.factories import freeze, handler, member_user
from tests.accounts.test_registrations import handler as appointed
from tests.accounts.test_registrations import new_employer
from tests.banking.factories import bank, notice, open_first_day
from tests.deposits.factories import DAY, arrived, paid, paying_employer, submitted, through
from tests.deposits.test_sheets import workbook
from withdrawals import queries as withdrawals
from withdrawals.actions import applications, undoing
from withdrawals.actions import papers as filing
from withdrawals.actions.applications import Application, Card
from withdrawals.queries import Wish
from withdrawals.rules import Purchase
from withdrawals.states import Channel, PaperKind

LONGEST_NAME = "内江隆昌玻璃制品及深加工有限责任公司第二分公司驻隆昌市经济技术开发区办事处"
LARGEST = Decimal("9999999999999999.99")
BANS_SINCE = date(2026, 9, 20)  # the first day the Regulation knows them
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@dataclass(frozen=True)
class Fund:
    """An employer whose name is long, the clerk who entered most of what waits, and a member who has applied."""

    employer: Employer
    clerk: User
    member: User


def walked_fund() -> Fund:
    """A long name, a month paid and allocated, much money without an owner, a refused notice, a night, and on the
    first day after the month something of all that waits for somebody.
    """
    open_first_day(DAY)
    employer, clerk = paying_employer(60, name=LONGEST_NAME), person(Post.CLERK, branch_id=0)
    with transaction.atomic():
        paid(employer)
    unclaimed = arrived("99999999999.99", payer_name=LONGEST_NAME, remark=LONGEST_NAME)
    receipts.book(unclaimed.bank, [notice(serial=unclaimed.serial, amount=Decimal(1))], by=night_user(), on=DAY)
    for _ in dayend.run(DAY):
        pass
    day = DAY + timedelta(days=1)
    while day.month == DAY.month:
        day = through(day)
    handed_in(employer, day)
    waiting_proposal(day)
    other_employers(clerk, day)
    renamed_member(employer, clerk, day)
    frozen_and_barred(employer, clerk, day)
    refunded(employer, clerk, day)
    member = member_user(employer.member_accounts.order_by("number")[5])
    withdrawn(employer, (member, clerk, clerk), day)
    stood_in_for(day)
    return Fund(employer, clerk, member)


def handed_in(employer: Employer, day: date) -> None:
    """The month's list that waits for money, a wrong one for the next, and who acts and pays for the employer."""
    submitted(employer, Month.of(day), on=day)
    month = Month.of(day).next()
    sheet = sheets.upload(employer, month, wrong_sheet(employer, month), by=night_user(), on=day)
    sheets.check(sheet, by=night_user(), on=day)
    employers.add_paying_account(employer, "6222021100010002", LONGEST_NAME, by=night_user(), on=day)
    mandates.appoint_new(employer, appointed(), by=night_user(), on=day)


def renamed_member(employer: Employer, clerk: User, day: date) -> None:
    """A long name that waits for a second signature, with a paper to it."""
    member = employer.member_accounts.order_by("number")[0].member
    named = {"name": "阿卜杜热西提·阿卜杜热合曼江", "certificate_type": "01", "id_number": member.id_number}
    change = member_changes.propose(member, named, Grounds(LONGEST_NAME, LONGEST_NAME), by=clerk, on=day)
    papers.attach_to_case(change.case, LONGEST_NAME[:20], Upload(f"{LONGEST_NAME}.pdf", PDF), by=clerk, on=day)


def withdrawn(employer: Employer, applicants: tuple[User, User, User], day: date) -> None:
    """A withdrawal a member applied for and that waits, one that is approved, one that somebody asks to undo."""
    manager = person(Post.MANAGER, branch_id=0)
    papers = frozenset({PaperKind.PURCHASE_CONTRACT, PaperKind.PURCHASE_INVOICE})
    accounts = employer.member_accounts.order_by("number")[5:8]
    for place, (account, by) in enumerate(zip(accounts, applicants, strict=True)):
        home = Purchase(f"{LONGEST_NAME}{place}", day, Decimal("99999999999.99"))
        card = Card(account.member.name, "6222021100010002", LONGEST_NAME)
        channel = Channel.COUNTER if place else Channel.PORTAL
        asked = Application(uuid.uuid4(), Wish(account, home, Decimal("1.00"), papers), card, channel)
        row = applications.submit(asked, by=by, on=day)
        if place:
            facts = withdrawals.facts_of(row, applications.requote(row, on=day))
            applications.decide(row, Decision(Verdict.GRANT, digest_of(facts)), by=manager, on=day)
        if place == 2:
            filing.add(row, PaperKind.PURCHASE_CONTRACT, Upload(f"{LONGEST_NAME}.pdf", PDF), by=by, on=day)
            undoing.propose(row, LONGEST_NAME, by=by, on=day)


def frozen_and_barred(employer: Employer, clerk: User, day: date) -> None:
    """Freezes and bans in every state, with texts as long as the fields take, and somebody who is married."""
    manager = person(Post.MANAGER, branch_id=0)
    first, second, third = employer.member_accounts.order_by("number")[:3]
    paper = {"authority": LONGEST_NAME, "document": LONGEST_NAME, "reason": LONGEST_NAME}
    asked = freeze(first, on=day, **paper)
    freeze(second, amount=LARGEST, on=day, **paper)
    lift = freezing.Paper(FreezeAct.LIFT, **paper)
    freezing.propose_change(asked, lift, by=clerk, on=day)
    order = freezing.Order(ground=FreezeGround.OTHER, amount=None, begins_on=day, until=None, **paper)
    freezing.propose(third, order, by=clerk, on=day)
    decided = {"decided_on": BANS_SINCE, "begins_on": BANS_SINCE, "reason": LONGEST_NAME}
    money = {"amount": LARGEST, "returned": Decimal("0.00")}
    for account, number in ((first, "一"), (second, "二"), (third, "三")):
        ruling = bans.Ruling(ground=BanGround.FRAUD_LOAN, document=LONGEST_NAME + number, **decided, **money)
        row = bans.propose(account.member, ruling, by=clerk, on=BANS_SINCE)
        if account == third:
            continue
        bans.decide(row, Decision(Verdict.GRANT, digest_of(barred.facts_of(row))), by=manager, on=BANS_SINCE)
        if account == first:
            bans.propose_lift(row, LONGEST_NAME, LONGEST_NAME, by=clerk, on=BANS_SINCE)
    wife = spouses.NewSpouse(
        "阿卜杜热西提·阿卜杜热合曼江", CertificateType.RESIDENT_ID, "11010519491231002X", day, LONGEST_NAME
    )
    spouses.record(second.member, wife, by=clerk, on=day)


def other_employers(clerk: User, day: date) -> None:
    """Employers in every state: waiting for money, at rest, empty, new, asking for another name, and applying."""
    grounds, month = Grounds(LONGEST_NAME, LONGEST_NAME), Month.of(day)
    submitted(paying_employer(2, on=day), month, on=day)
    _paying, at_rest, empty, renamed = (paying_employer(1, on=day) for _ in range(4))
    employer_ends.suspend(at_rest, grounds, by=clerk, on=day)
    leaver = empty.member_accounts.get().pk
    sealing.seal(empty, {leaver: SealReason.UNPAID}, month=month, by=clerk, on=day)
    employer_changes.propose(renamed, {"name": LONGEST_NAME + "新"}, grounds, by=clerk, on=day)
    registrations.register(new_employer(name=LONGEST_NAME + "甲"), None, None, by=clerk, on=day)
    asked = new_employer(name=LONGEST_NAME, contact_name=LONGEST_NAME[:20])
    registrations.apply(asked, None, registrations.SignIn("longest-name", PASSWORD), on=day)


def waiting_proposal(day: date) -> None:
    """A new value of a parameter that waits for a second signature, with texts as long as the fields take."""
    new = terms.NewValue(TermName.BASE_CAP, str(LARGEST), day, LONGEST_NAME, LONGEST_NAME * 3, LONGEST_NAME * 3)
    terms.propose(new, seen=digest_of(terms.preview(new, on=day)), by=person(Post.FINANCE, branch_id=0), on=day)


def wrong_sheet(employer: Employer, month: Month, listed: int = 30) -> bytes:
    """A sheet without half of the members, with a base below the floor and with somebody who cannot be read."""
    rows = [list(row) for row in islice(template_rows(employer, month), listed)]
    rows[3][COLUMNS.index("缴存基数")] = "1.00"
    stranger = ["", "", LONGEST_NAME, "身份证", "511011198001010000", "", "", "", ""]
    return workbook([*[["" if cell is None else str(cell) for cell in row] for row in rows], stranger])


def refunded(employer: Employer, clerk: User, day: date) -> None:
    """Refunds at every step, and their payments: waiting for each signature, unanswered, failed, wrongly answered."""
    receipt = arrived("99999999999.99", payer_name=LONGEST_NAME, remark=LONGEST_NAME, on=day)
    given = arrived("77777777.77", payer_name=LONGEST_NAME, remark=LONGEST_NAME, on=day)
    identify_by_clerk(given, [Share(employer, given.amount)], seen=given.amount, why=LONGEST_NAME, by=clerk, on=day)
    asked = [ask_back(receipt, amount, clerk, day) for amount in ("9999999999.99", "9999999999.99", "60000.00")]
    asked += [ask_back(receipt, "600000.00", clerk, day), *(ask_back(receipt, "1.00", clerk, day) for _ in range(3))]
    finance, manager = (person(post, branch_id=0) for post in (Post.FINANCE, Post.MANAGER))
    for refund in asked[1:]:
        sign_refund(refund, finance, day)
    for refund in asked[2:]:
        sign_refund(refund, manager, day)
    sign_payment(payment_of(asked[3]), finance, day)
    answered([payment_of(refund) for refund in asked[4:]], finance, day)
    refunds.settle(by=night_user(), on=day)


def ask_back(receipt: Receipt, amount: str, clerk: User, day: date) -> Refund:
    receipt.refresh_from_db()
    wanted = Wanted(receipt, None, Decimal(amount), deposits.refundable(receipt, None), LONGEST_NAME)
    return refunds.propose(wanted, by=clerk, on=day)


def sign_refund(refund: Refund, by: User, day: date) -> None:
    refund = Refund.objects.get(pk=refund.pk)
    refunds.decide(refund, Decision(Verdict.GRANT, digest_of(deposits.facts_of_refund(refund))), by=by, on=day)


def sign_payment(payment: Payment, by: User, day: date) -> None:
    payments.decide(payment, Decision(Verdict.GRANT, digest_of(banking.facts_of(payment))), by=by, on=day)


def payment_of(refund: Refund) -> Payment:
    return Payment.objects.select_related("account__bank", "branch", "case").get(
        pk=Refund.objects.get(pk=refund.pk).payment_id
    )


def answered(some: list[Payment], finance: User, day: date) -> None:
    """What a bank fetched: its answer does not fit, is not there and is told by a statement, or is that it failed.

    The bank no longer takes events, so that they are given up.
    """
    at, of = datetime(day.year, day.month, day.day, 2, tzinfo=UTC), bank()
    webhooks.set_address(of, "http://localhost/x", new_secret=False, at=at, by=night_user(), on=day)
    payments.claim(of, 100, at=at, by=night_user(), on=day)
    unfitting, unanswered, failed = (Payment.objects.get(pk=payment.pk) for payment in some)
    no_such = Said(ResultOutcome.FAILED, code="AC01", text=LONGEST_NAME)
    too_much = Said(
        ResultOutcome.SUCCEEDED, bank_serial="B1", account=of.accounts.get().number, amount=LARGEST, paid_on=day
    )
    for payment, said in ((failed, no_such), (unfitting, too_much)):
        results.report(of, Report(payment.reference, said, at=at, calendar=day), by=night_user(), on=day)
    payments.overdue_all(at=at + timedelta(days=1), by=night_user(), on=day)
    shown = Evidence(ResultOutcome.SUCCEEDED, day, "D1", LONGEST_NAME)
    rulings.propose(Payment.objects.get(pk=unanswered.pk), shown, by=finance, on=day)
    webhooks.set_address(of, "", new_secret=False, at=at, by=night_user(), on=day)
    webhooks.deliver_due(at=at + timedelta(days=400), by=night_user(), on=day)


def stood_in_for(day: date) -> None:
    """Somebody signs for a manager who is away."""
    manager, deputy = (person(Post.MANAGER, branch_id=0, name="阿卜杜热西提·阿卜杜热合曼江") for _ in range(2))
    asked = Appointment(manager, deputy, day, day + timedelta(days=30), LONGEST_NAME)
    deputies.appoint(asked, by=manager, on=day)


def somebody(post: Post, fund: Fund) -> User:
    """A person of this post; the clerk, the member and the handler have their part in what waits."""
    if post == Post.HANDLER:
        return handler(fund.employer)
    own = {Post.CLERK: fund.clerk, Post.MEMBER: fund.member}
    return own.get(post) or person(post, branch_id=0)
