"""The month: handed in, paid, allocated; months in order, and what is left over stays visible."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import ProgrammingError, transaction

from accounts.models import Employer, MemberAccount
from accounts.states import EmployerStatus
from audit.models import Record
from deposits import queries, rules
from deposits.actions import receipts, remittances
from deposits.models import Identification, Remittance, RemittanceLine
from deposits.states import IdentifiedBy, RemittanceStatus
from hpf.errors import NotAllowedNow, Overtaken, Refusal
from hpf.months import Month
from ledger.actions import days
from ledger.actions.posting import BooksError
from ledger.models import Entry, Voucher
from ledger.queries import internal_balance, statement
from tests.banking.factories import open_first_day
from tests.deposits.factories import (
    DAY,
    EACH,
    JULY,
    arrived,
    at_once,
    balances,
    funded,
    night,
    paid,
    paying_employer,
    submitted,
    unallocated,
)
from tests.ledger.books import as_owner


@pytest.fixture
def day(db):
    return open_first_day(DAY)


def allocate(remittance):
    remittances.allocate(Remittance.objects.get(pk=remittance.pk), by=night(), on=DAY)


def test_month_from_list_to_statement(day):
    """Submit, bank, identify, allocate, statement: the figures worked by hand from R-103."""
    employer = paying_employer(bases=["6543.00", "12000.00"])
    remittance = submitted(employer)
    assert (remittance.headcount, remittance.employer_part, remittance.member_part, remittance.total) == (
        2,
        Decimal("1483.44"),
        Decimal("1483.44"),
        Decimal("2966.88"),
    )
    assert rules.references_in(f"汇缴 {remittance.reference}") == {remittance.reference}
    receipt = arrived("2966.88", remark=f"公积金{remittance.reference}")
    identification = receipts.identify(receipt, by=night(), on=day)
    assert identification.how == IdentifiedBy.REFERENCE
    assert unallocated(employer) == Decimal("2966.88")
    allocate(remittance)
    assert unallocated(employer) == 0
    account = MemberAccount.objects.get(employer=employer, base=Decimal("12000.00"))
    row = statement(account.ledger_account_id, day, day + timedelta(days=1)).get()
    assert (row["change"], row["balance"], row["why"]) == (Decimal("1920.00"), Decimal("1920.00"), "2026-07 汇缴")
    employer.refresh_from_db()
    remittance.refresh_from_db()
    assert employer.paid_to == "2026-07"
    assert (remittance.status, remittance.allocated_on) == (RemittanceStatus.ALLOCATED, day)
    assert remittance.voucher.line_count == 3


def test_identified_money_leaves_suspense(day):
    employer = paying_employer()
    remittance = submitted(employer)
    receipt = arrived("100.00", remark=remittance.reference)
    suspense = receipt.voucher and Entry.objects.get(voucher=receipt.voucher_id, chart="21902").account_id
    assert internal_balance(suspense, day) == Decimal("-100.00")
    receipts.identify(receipt, by=night(), on=day)
    assert internal_balance(suspense, day) == 0
    assert Voucher.objects.get(kind="deposits.identification").total == Decimal("100.00")


def test_lines_hold_the_base_within_floor_and_cap(day):
    employer = paying_employer(2)
    line, other = queries.proposed_lines(employer, JULY)
    low, high = replace(line, base=Decimal("1.00")), replace(other, base=Decimal("99999.00"))
    remittance = remittances.submit(employer, JULY, [low, high], by=night(), on=day)
    assert list(queries.lines_of(remittance).values_list("line", "base", "employer_part")) == [
        (1, Decimal("2070.00"), Decimal("165.60")),
        (2, Decimal("22389.00"), Decimal("1791.12")),
    ]


def test_totals_are_the_sum_of_the_lines(day):
    remittance = submitted(paying_employer(bases=["2070.10", "8765.43", "6543.21"]))
    lines = RemittanceLine.objects.filter(remittance=remittance)
    assert remittance.employer_part == sum(line.employer_part for line in lines)
    assert remittance.total == sum(line.total for line in lines)


def test_short_money_waits(day):
    employer = paying_employer()
    remittance = submitted(employer)
    funded(employer, remittance.total - Decimal("0.01"), reference=remittance.reference)
    with pytest.raises(remittances.NotCovered):
        allocate(remittance)
    assert unallocated(employer) == remittance.total - Decimal("0.01")
    assert remittances.allocate_covered(by=night(), on=day) == {"allocated": 0, "refused": 0}
    assert set(balances(employer)) == {Decimal("0.00")}
    funded(employer, "0.01", reference=remittance.reference)  # several receipts pay one list
    assert remittances.allocate_covered(by=night(), on=day) == {"allocated": 1, "refused": 0}


def test_surplus_stays_unallocated(day):
    employer = paying_employer()
    remittance = submitted(employer)
    funded(employer, remittance.total + 7, reference=remittance.reference)
    allocate(remittance)
    assert unallocated(employer) == Decimal("7.00")


def test_one_receipt_pays_two_months(day):
    employer = paying_employer()
    july, august = submitted(employer), submitted(employer, JULY.next())
    funded(employer, july.total + august.total, reference=august.reference)
    assert remittances.allocate_covered(by=night(), on=day) == {"allocated": 2, "refused": 0}
    employer.refresh_from_db()
    assert (employer.paid_to, unallocated(employer)) == ("2026-08", 0)
    assert balances(employer) == [EACH * 2] * 3


def test_months_are_allocated_in_order(day):
    employer = paying_employer()
    july, august = submitted(employer), submitted(employer, JULY.next())
    funded(employer, august.total, reference=august.reference)
    with pytest.raises(remittances.NotTheNextMonth):
        allocate(august)
    assert remittances.allocate_covered(by=night(), on=day) == {"allocated": 1, "refused": 1}
    july.refresh_from_db()
    assert july.status == RemittanceStatus.ALLOCATED


def test_remittance_cannot_be_allocated_twice(day):
    employer = paying_employer()
    remittance = paid(employer)
    funded(employer, remittance.total, reference=remittance.reference)
    with pytest.raises(Refusal):
        allocate(remittance)
    with pytest.raises((NotAllowedNow, Overtaken)), transaction.atomic():
        Employer.objects.filter(pk=employer.pk).update(paid_to=None)  # even where the month would fit
        allocate(remittance)
    assert balances(employer) == [EACH] * 3


@pytest.mark.parametrize("month", [Month(2026, 6), Month(2026, 8), Month(2027, 7)])
def test_only_the_next_month_may_be_handed_in(day, month):
    employer = paying_employer()
    with pytest.raises(remittances.NotTheNextMonth):
        submitted(employer, month)


def test_same_month_is_not_handed_in_twice(day):
    employer = paying_employer()
    submitted(employer)
    with pytest.raises(remittances.NotTheNextMonth):
        submitted(employer)


def test_two_months_ahead_is_too_early(day):
    employer = paying_employer()
    submitted(employer)
    submitted(employer, Month(2026, 8))
    with pytest.raises(remittances.MonthAhead):
        submitted(employer, Month(2026, 9))


def test_cancelled_month_may_be_handed_in_again(day):
    """The table of moves allows it; the constraint must not stand in its way."""
    employer = paying_employer()
    Remittance.objects.filter(pk=submitted(employer).pk).update(status=RemittanceStatus.CANCELLED)
    assert submitted(employer).status == RemittanceStatus.SUBMITTED


def test_list_that_cannot_stand_is_refused(day):
    employer, stranger = paying_employer(), paying_employer()
    line, *rest = queries.proposed_lines(employer, JULY)
    theirs = queries.proposed_lines(stranger, JULY)[0]
    cases = [
        ([], remittances.NobodyListed),
        ([line, line], remittances.NotOurMember),
        ([line, theirs], remittances.NotOurMember),
        ([replace(line, employer_ratio=Decimal("4.99")), *rest], remittances.RatioOutside),
        ([replace(line, member_ratio=Decimal("12.01")), *rest], remittances.RatioOutside),
    ]
    for lines, reason in cases:
        with pytest.raises(reason):
            remittances.submit(employer, JULY, lines, by=night(), on=day)
    assert not Remittance.objects.exists()


def test_sealed_employer_hands_nothing_in(day):
    employer = paying_employer()
    Employer.objects.filter(pk=employer.pk).update(status=EmployerStatus.SEALED)
    with pytest.raises(remittances.EmployerNotPaying):
        submitted(employer)


def test_member_who_begins_later_is_not_proposed(day):
    employer = paying_employer(2)
    MemberAccount.objects.filter(pk=queries.members_due(employer, JULY).last().pk).update(first_month="2026-08")
    assert len(queries.proposed_lines(employer, JULY)) == 1
    assert len(queries.proposed_lines(employer, JULY.next())) == 2


def test_trail_names_no_person(day):
    employer = paying_employer()
    paid(employer)
    kept = " ".join(str(record.after) + record.subject_label for record in Record.objects.all())
    for account in MemberAccount.objects.filter(employer=employer).select_related("member"):
        assert account.member.id_number not in kept
    acts = set(Record.objects.values_list("act", flat=True))
    assert {"submit", "identify", "claim_receipt", "move"} <= acts


def test_nothing_is_allocated_while_a_day_is_closing(day):
    employer = paying_employer()
    remittance = submitted(employer)
    funded(employer, remittance.total, reference=remittance.reference)
    days.turn(day)
    tomorrow = day + timedelta(days=1)
    assert remittances.allocate_covered(by=night(), on=tomorrow) == {"allocated": 0, "refused": 0}
    days.close(day)
    assert remittances.allocate_covered(by=night(), on=tomorrow)["allocated"] == 1


def test_list_spoiled_in_the_tables_stops_no_other(day):
    """Its voucher does not balance and is refused by the books; the others are allocated, and the mistake is told."""
    spoiled, sound = paying_employer(), paying_employer()
    for employer in (spoiled, sound):
        remittance = submitted(employer)
        funded(employer, remittance.total, reference=remittance.reference)
    with as_owner():
        RemittanceLine.objects.filter(remittance__employer=spoiled, line=2).delete()
    with pytest.raises(ExceptionGroup) as told:
        remittances.allocate_covered(by=night(), on=day)
    assert told.group_contains(BooksError)
    assert balances(sound) == [EACH] * 3
    assert set(balances(spoiled)) == {Decimal("0.00")}
    assert unallocated(spoiled) == EACH * 3


def test_lines_are_written_once(day):
    """The application's role can neither change nor delete a line, nor an identification."""
    remittance = paid(paying_employer())
    lines, identifications = RemittanceLine.objects.filter(remittance=remittance), Identification.objects.all()
    for attempt in (
        lines.delete,
        lambda: lines.update(base=1),
        identifications.delete,
        lambda: identifications.update(amount=1),
    ):
        with pytest.raises(ProgrammingError), transaction.atomic():
            attempt()


# Whose money it is


def test_paying_account_identifies_its_employer(day):
    employer = paying_employer()
    register(employer)
    receipt = arrived("50.00", remark="工资代发")
    assert receipts.identify(receipt, by=night(), on=day).how == IdentifiedBy.PAYING_ACCOUNT
    assert unallocated(employer) == Decimal("50.00")


def test_paying_account_of_two_employers_decides_nothing(day):
    """One finance bureau pays for several employers 财政统发: money is not guessed to one of them."""
    for employer in (paying_employer(1), paying_employer(1)):
        register(employer)
    receipt = arrived("50.00", remark="")
    with pytest.raises(receipts.PayerUnknown):
        receipts.identify(receipt, by=night(), on=day)


def test_reference_goes_before_the_paying_account(day):
    employer, payer = paying_employer(), paying_employer()
    register(payer)
    funded(employer, "50.00", reference=submitted(employer).reference)
    assert (unallocated(employer), unallocated(payer)) == (Decimal("50.00"), 0)


def test_references_of_two_employers_decide_nothing(day):
    """R-302: not even when the paying account is one employer's, who may be paying for the other."""
    payer, other = paying_employer(1), paying_employer(1)
    register(payer)
    remark = f"{submitted(payer).reference} {submitted(other).reference}"
    with pytest.raises(receipts.PayerUnknown):
        receipts.identify(arrived("50.00", remark=remark), by=night(), on=day)


def test_two_references_of_one_employer_name_it(day):
    employer = paying_employer(1)
    remark = f"{submitted(employer).reference} {submitted(employer, JULY.next()).reference}"
    receipt = arrived("50.00", remark=remark)
    assert receipts.identify(receipt, by=night(), on=day).how == IdentifiedBy.REFERENCE


@pytest.mark.parametrize("remark", ["", "HJ00000000999", "汇缴", "HJ1"])
def test_unknown_money_stays_in_suspense(day, remark):
    receipt = arrived("50.00", remark=remark)
    assert receipts.identify_all(by=night(), on=day) == {"identified": 0, "unknown": 1, "refused": 0}
    receipt.refresh_from_db()
    assert receipt.unclaimed == Decimal("50.00")
    assert not Identification.objects.exists()


def test_receipt_is_identified_once(day):
    remittance = submitted(paying_employer())
    receipt = arrived("50.00", remark=remittance.reference)
    assert receipts.identify_all(by=night(), on=day)["identified"] == 1
    assert receipts.identify_all(by=night(), on=day) == {"identified": 0, "unknown": 0, "refused": 0}
    with pytest.raises(Refusal):
        receipts.identify(receipt, by=night(), on=day)  # as it was read before


# Several at once, on committed rows


def test_of_two_allocations_one_wins(own_database):
    open_first_day(DAY)
    employer = paying_employer()
    remittance = submitted(employer)
    funded(employer, remittance.total * 3, reference=remittance.reference)
    answers = at_once(lambda: allocate(remittance))
    assert answers.count(None) == 1
    assert Voucher.objects.filter(kind="deposits.remittance").count() == 1
    assert unallocated(employer) == remittance.total * 2
    assert balances(employer) == [EACH] * 3


def test_tasks_at_once_allocate_each_list_once(own_database):
    open_first_day(DAY)
    employers = [paying_employer(2) for _ in range(4)]
    for employer in employers:
        remittance = submitted(employer)
        funded(employer, remittance.total, reference=remittance.reference)
    answers = at_once(lambda: remittances.allocate_covered(by=night(), on=DAY)["allocated"])
    assert sum(answers) == 4
    assert all(balances(employer) == [EACH] * 2 for employer in employers)


def test_receipt_identified_by_several_at_once_counts_once(own_database):
    open_first_day(DAY)
    employer = paying_employer()
    receipt = arrived("50.00", remark=submitted(employer).reference)
    answers = at_once(lambda: receipts.identify(receipt, by=night(), on=DAY).amount)
    assert answers.count(Decimal("50.00")) == 1
    assert unallocated(employer) == Decimal("50.00")


def test_identify_tasks_at_once_leave_each_other_alone(own_database):
    open_first_day(DAY)
    remittance = submitted(paying_employer())
    for _ in range(10):
        arrived("50.00", remark=remittance.reference)
    answers = at_once(lambda: receipts.identify_all(by=night(), on=DAY))
    assert sum(answer["identified"] for answer in answers) == 10
    assert sum(answer["refused"] for answer in answers) == 0


def test_same_month_handed_in_by_two_at_once_stands_once(own_database):
    open_first_day(DAY)
    employer = paying_employer()
    answers = at_once(lambda: submitted(employer).month, times=2)
    assert sorted(map(str, answers)) == sorted(["2026-07", str(remittances.NotTheNextMonth)])


def register(employer):
    from accounts.actions import employers

    employers.add_paying_account(employer, "6222020200112233445", "工商银行", by=night(), on=date(2026, 7, 1))
