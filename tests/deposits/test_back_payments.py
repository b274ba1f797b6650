"""A month that is paid is paid back for somebody it left out or left short 补缴: figures worked by hand from R-103."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from access.states import Post
from accounts.actions import members
from accounts.actions.members import BaseOutOfLimits
from accounts.models import Employer, MemberAccount
from accounts.states import MemberAccountStatus, SealReason
from audit.actions import inspection
from deposits import queries
from deposits.actions import back_payments, receipts, remittances
from deposits.actions.back_payments import Wanted
from deposits.models import Remittance
from deposits.queries import ListedLine
from deposits.states import BackReason, RemittanceKind, RemittanceStatus
from hpf.months import Month
from ledger.models import Voucher
from tests.access.factories import person
from tests.accounts import factories as accounts
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

AUGUST = JULY.next()


@pytest.fixture
def day(db):
    return open_first_day(DAY)


@pytest.fixture
def clerk(db):
    return person(Post.CLERK)


def late_joiner(employer, base="5000.00", first_month=JULY):
    """Somebody who is opened after the month was handed in."""
    new = accounts.new_member(base=Decimal(base), first_month=first_month)
    return members.open_one(employer, new, by=night(), on=DAY)


def line_of(account, base=None, ratio="8"):
    return ListedLine(account.pk, Decimal(base or account.base), Decimal(ratio), Decimal(ratio))


def pay_back(employer, *lines, month=JULY, reason=BackReason.MISSED_PERSON, grounds="", by=None):
    employer.refresh_from_db()
    return back_payments.submit(employer, Wanted(month, reason, grounds, lines), by=by or night(), on=DAY)


def months_waiting(employer):
    return [(one.number, one.month, one.paid) for one in queries.waiting(employer)]


# Who waits


def test_joiner_of_a_paid_month_waits_until_it_is_paid_back(day):
    employer = paying_employer(2)
    paid(employer)
    account = late_joiner(employer)
    assert months_waiting(employer) == [(account.number, "2026-07", True)]
    made = pay_back(employer, line_of(account))
    assert months_waiting(employer) == []
    remittances.withdraw(made, why="金额有误", by=night(), on=DAY)
    assert months_waiting(employer) == [(account.number, "2026-07", True)]


def test_joiner_of_a_month_handed_in_waits_until_it_is_paid(day):
    employer = paying_employer(2)
    submitted(employer)
    account = late_joiner(employer)
    assert months_waiting(employer) == [(account.number, "2026-07", False)]


def test_joiner_stands_on_the_next_list_and_still_waits(day):
    employer = paying_employer(1)
    paid(employer)
    account = late_joiner(employer)
    assert submitted(employer, AUGUST).headcount == 2
    assert months_waiting(employer) == [(account.number, "2026-07", True)]


def test_nobody_waits_who_was_listed_from_the_first_month(day):
    employer = paying_employer(2)
    paid(employer)
    late_joiner(employer, first_month=AUGUST)
    assert months_waiting(employer) == []


def test_several_months_wait_each_by_itself(day):
    employer = paying_employer(1)
    paid(employer)
    paid(employer, AUGUST)
    account = late_joiner(employer)
    assert months_waiting(employer) == [(account.number, "2026-07", True), (account.number, "2026-08", True)]
    pay_back(employer, line_of(account), month=AUGUST)
    assert months_waiting(employer) == [(account.number, "2026-07", True)]
    assert queries.waiting(employer, account) == queries.waiting(employer)


def test_mover_who_was_listed_elsewhere_does_not_wait(day):
    from accounts.actions import sealing, transfers
    from accounts.actions.members import Paying

    old, new = paying_employer(1), paying_employer(1)
    paid(old)
    paid(new)
    account = MemberAccount.objects.get(employer=old)
    sealing.seal(old, {account.pk: SealReason.ENDED}, month=AUGUST, by=night(), on=DAY)
    transfers.take_in(
        new, {account.pk: Paying(account.base, account.employer_ratio, account.member_ratio)}, by=night(), on=DAY
    )
    assert months_waiting(new) == []


# From the list to the account


def test_back_payment_reaches_the_member_and_moves_no_month(day):
    """5,000 at 8 + 8 percent: 800.00, found by its reference, in one voucher of its own."""
    employer = paying_employer(2)
    paid(employer)
    account = late_joiner(employer)
    made = pay_back(employer, line_of(account))
    assert (made.kind, made.month, made.headcount, made.total) == (RemittanceKind.BACK, "2026-07", 1, Decimal("800.00"))
    receipts.identify(arrived("800.00", remark=f"补缴{made.reference}"), by=night(), on=DAY)
    assert remittances.allocate_covered(by=night(), on=DAY) == {"allocated": 1, "refused": 0}
    made.refresh_from_db()
    employer.refresh_from_db()
    assert (made.status, employer.paid_to) == (RemittanceStatus.ALLOCATED, "2026-07")
    assert balances(employer) == [EACH, EACH, Decimal("800.00")]
    assert Voucher.objects.get(pk=made.voucher_id).why == "2026-07 补缴"
    assert queries.month_due(employer, on=DAY) == AUGUST
    assert [finding.check.title for finding in inspection.inspect(DAY) if not finding.holds] == []


def test_difference_is_what_the_right_base_comes_to_less_what_was_paid(day):
    """6,543.00 was paid as 523.44 + 523.44; 7,000.00 comes to 560.00 + 560.00: 36.56 each are owed, once."""
    employer = paying_employer(1)
    paid(employer)
    account = MemberAccount.objects.get(employer=employer)
    made = pay_back(employer, line_of(account, "7000.00"), reason=BackReason.DIFFERENCE)
    assert (made.employer_part, made.member_part, made.total) == (Decimal("36.56"), Decimal("36.56"), Decimal("73.12"))
    assert queries.lines_of(made).get().base == Decimal("7000.00")
    with pytest.raises(back_payments.NothingOwed) as refused:
        pay_back(employer, line_of(account, "7000.00"), reason=BackReason.DIFFERENCE)
    assert "应缴 1120.00 元、已缴 1120.00 元" in refused.value.sentence
    more = pay_back(employer, line_of(account, "8000.00"), reason=BackReason.DIFFERENCE)
    assert more.total == Decimal("160.00")  # 1,280.00 less 1,120.00


def test_difference_of_the_ratio_is_one_sides(day):
    employer = paying_employer(1)
    paid(employer)
    account = MemberAccount.objects.get(employer=employer)
    line = ListedLine(account.pk, account.base, Decimal(10), Decimal(8))
    made = pay_back(employer, line, reason=BackReason.DIFFERENCE)
    assert (made.employer_part, made.member_part) == (Decimal("130.86"), Decimal("0.00"))  # 654.30 less 523.44


def test_month_comes_before_a_back_payment_when_money_is_short(day):
    """Money for the month is not eaten by a back payment of an older one."""
    employer = paying_employer(1)
    paid(employer)
    account = late_joiner(employer)
    made, august = pay_back(employer, line_of(account)), submitted(employer, AUGUST)
    funded(employer, august.total, reference=august.reference)
    assert queries.still_to_come(made) == 0 and august.total > made.total
    remittances.allocate_covered(by=night(), on=DAY)
    august.refresh_from_db()
    made.refresh_from_db()
    assert (august.status, made.status) == (RemittanceStatus.ALLOCATED, RemittanceStatus.SUBMITTED)
    assert queries.still_to_come(made) == Decimal("800.00")


def test_back_payment_does_not_wait_for_a_month_that_is_not_paid(day):
    employer = paying_employer(1)
    paid(employer)
    made, august = pay_back(employer, line_of(late_joiner(employer))), submitted(employer, AUGUST)
    funded(employer, made.total, reference=made.reference)
    assert remittances.allocate_covered(by=night(), on=DAY)["allocated"] == 1
    assert queries.still_to_come(august) == august.total
    assert unallocated(employer) == 0


def test_member_who_left_since_is_paid_back(day):
    from accounts.actions import sealing

    employer = paying_employer(2)
    paid(employer)
    account = MemberAccount.objects.filter(employer=employer).earliest("number")
    sealing.seal(employer, {account.pk: SealReason.ENDED}, month=AUGUST, by=night(), on=DAY)
    made = pay_back(employer, line_of(account, "7000.00"), reason=BackReason.DIFFERENCE)
    funded(employer, made.total, reference=made.reference)
    remittances.allocate_covered(by=night(), on=DAY)
    assert balances(employer)[0] == EACH + Decimal("73.12")
    account.refresh_from_db()
    assert account.status == MemberAccountStatus.SEALED


def test_terms_are_those_of_the_month(day):
    """R-101: the cap of a month two years ago, whatever holds now."""
    from tests.ledger.books import as_owner, run

    employer = paying_employer(1)
    paid(employer)
    account = MemberAccount.objects.get(employer=employer)
    with as_owner():
        run("update policy_term set valid_to = '2026-01-01' where name = 'deposit.base.cap'")
        run(
            "insert into policy_term (name, value, valid_from, document, source, to_confirm, note)"
            " values ('deposit.base.cap', '30000.00', '2026-01-01', '', '', true, '')"
        )
    evidence = {"grounds": "劳动仲裁裁决书 2026-12 号", "by": person(Post.CLERK), "month": Month(2025, 12)}
    with pytest.raises(BaseOutOfLimits) as refused:
        pay_back(employer, line_of(account, "25000.00"), **evidence)
    assert "至22389.00元" in refused.value.sentence
    assert pay_back(employer, line_of(account, "25000.00"), reason=BackReason.DIFFERENCE).total == Decimal("2953.12")


# What is refused


def test_month_that_is_not_paid_is_refused(day):
    employer = paying_employer(1)
    account = late_joiner(employer)
    with pytest.raises(back_payments.MonthNotPaid):
        pay_back(employer, line_of(account))
    submitted(employer)
    with pytest.raises(back_payments.MonthNotPaid) as refused:
        pay_back(employer, line_of(account))
    assert "请撤销后更正" in refused.value.sentence


def test_reason_must_fit_what_was_paid(day):
    employer = paying_employer(1)
    paid(employer)
    listed, missed = MemberAccount.objects.get(employer=employer), late_joiner(employer)
    for reason in (BackReason.MISSED_PERSON, BackReason.MISSED_MONTH):
        with pytest.raises(back_payments.PaidAlready):
            pay_back(employer, line_of(listed, "9000.00"), reason=reason)
    with pytest.raises(back_payments.NeverPaid):
        pay_back(employer, line_of(missed), reason=BackReason.DIFFERENCE)


def test_lower_base_takes_nothing_back(day):
    employer = paying_employer(1)
    paid(employer)
    account = MemberAccount.objects.get(employer=employer)
    with pytest.raises(back_payments.NothingOwed):
        pay_back(employer, line_of(account, "6000.00"), reason=BackReason.DIFFERENCE)
    shifted = ListedLine(account.pk, account.base, Decimal(12), Decimal(5))  # more in all, less of the member's part
    with pytest.raises(back_payments.NothingOwed):
        pay_back(employer, shifted, reason=BackReason.DIFFERENCE)


def test_somebody_elses_member_and_a_name_twice_are_refused(day):
    employer, other = paying_employer(1), paying_employer(1)
    paid(employer)
    missed = line_of(late_joiner(employer))
    theirs = line_of(MemberAccount.objects.get(employer=other))
    for lines in ([theirs], [missed, missed], [missed, theirs]):
        with pytest.raises(back_payments.NotTheirs):
            pay_back(employer, *lines)
    with pytest.raises(back_payments.NobodyNamed):
        pay_back(employer)
    assert not Remittance.objects.filter(kind=RemittanceKind.BACK).exists()


def test_limits_of_base_and_ratio_hold(day):
    employer = paying_employer(1)
    paid(employer)
    line = line_of(late_joiner(employer))
    for wrong in (replace(line, base=Decimal("2069.99")), replace(line, base=Decimal("22389.01"))):
        with pytest.raises(BaseOutOfLimits):
            pay_back(employer, wrong)


def test_old_months_and_orders_need_evidence_at_the_counter(day, clerk):
    """Twelve months are paid back as they are (deposit.back_payment.months); before that a paper is shown."""
    employer = paying_employer(1)
    paid(employer)
    line = line_of(late_joiner(employer))
    handler = accounts.handler(employer)
    assert pay_back(employer, line, month=Month(2025, 7), by=handler).month == "2025-07"
    old = {"month": Month(2025, 6)}
    with pytest.raises(back_payments.CounterNeeded):
        pay_back(employer, line, **old, by=handler, grounds="仲裁书")
    with pytest.raises(back_payments.EvidenceNeeded):
        pay_back(employer, line, **old, by=clerk)
    assert pay_back(employer, line, **old, by=clerk, grounds="仲裁书").grounds == "仲裁书"
    with pytest.raises(back_payments.EvidenceNeeded):
        pay_back(employer, line, reason=BackReason.ORDERED, by=clerk)
    with pytest.raises(back_payments.CounterNeeded):
        pay_back(employer, line, reason=BackReason.ORDERED, by=handler, grounds="责令通知书")
    assert pay_back(employer, line, reason=BackReason.ORDERED, by=clerk, grounds="责令通知书").reason == "04"


def test_database_holds_kind_and_reason_together(day):
    employer = paying_employer(1)
    remittance = submitted(employer)
    for change in ({"kind": "02"}, {"reason": "01"}, {"grounds": "x"}, {"kind": "03", "reason": "01"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Remittance.objects.filter(pk=remittance.pk).update(**change)


def test_back_payment_asked_for_at_once_is_made_once(own_database):
    open_first_day(DAY)
    employer = paying_employer(1)
    with transaction.atomic():
        paid(employer)
    account = late_joiner(employer)
    wanted = Wanted(JULY, BackReason.MISSED_PERSON, "", [line_of(account)])
    answers = at_once(
        lambda: back_payments.submit(Employer.objects.get(pk=employer.pk), wanted, by=night(), on=DAY).total
    )
    assert sorted(map(str, answers)) == sorted(["800.00"] + [str(back_payments.PaidAlready)] * 3)
    assert queries.paid_in(JULY, [account.pk]) == {account.pk: (Decimal("400.00"), Decimal("400.00"))}


@pytest.mark.parametrize(
    ("month", "on", "months"), [("2026-07", date(2026, 7, 1), 0), ("2025-06", DAY, 13), ("2026-08", DAY, -1)]
)
def test_months_between(month, on, months):
    from deposits.rules import months_between

    assert months_between(Month.parse(month), Month.of(on)) == months
