"""Many lists at once do what one list after another would: the same rows, books and trail, and nothing they may not."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction

from accounts.actions import members, sealing
from accounts.models import Employer, MemberAccount
from accounts.states import EmployerStatus, SealReason
from audit.actions import inspection, trail
from audit.models import Record
from banking.actions import receipts as arrivals
from banking.models import Receipt
from deposits import queries
from deposits.actions import back_payments, batches, receipts, remittances
from deposits.models import Identification, Remittance, RemittanceLine
from deposits.states import BackReason, RemittanceStatus
from hpf.errors import NotAllowedNow, Overtaken
from ledger.actions import posting
from ledger.models import Entry, Voucher
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
    through,
    unallocated,
)
from tests.ledger.books import as_owner

BASES = (["6170.00", "2521.55", "9876.54"], ["6543.21", "5000.05", "7777.77"], ["4321.99"])


@pytest.fixture
def day(db):
    open_first_day(DAY)
    return DAY


def city() -> list[Employer]:
    """Employers of several ratios; bases below the floor and above the cap, a frozen member, and one still to come."""
    ratios = (Decimal(5), Decimal("11.5"), Decimal(12))
    made = [
        paying_employer(bases=list(bases), employer_ratio=ratio, member_ratio=ratio)
        for bases, ratio in zip(BASES, ratios, strict=True)
    ]
    (low, high, _), (frozen, _, later) = (
        MemberAccount.objects.filter(employer=employer).order_by("number") for employer in made[:2]
    )
    MemberAccount.objects.filter(pk=low.pk).update(base="999.99")
    MemberAccount.objects.filter(pk=high.pk).update(base="99999.99")
    accounts.freeze(frozen)
    MemberAccount.objects.filter(pk=later.pk).update(first_month="2026-08")
    return made


def told(acts: list[str]) -> list[tuple]:
    """The trail of acts, without the numbers that differ from row to row."""
    names = ("act", "subject_kind", "by_id", "by_name", "by_post", "by_branch", "on", "before", "why")
    return sorted(
        (*(str(getattr(row, name)) for name in names), str({**row.after, "employer": ""}))
        for row in Record.objects.filter(act__in=acts).exclude(subject_kind__in=["accounts.freeze", "approvals.case"])
    )


def books(made: list[Employer]) -> dict[str, list]:
    """What a month leaves behind for employers, told without the keys of rows."""
    mine = Remittance.objects.filter(employer__in=made)
    lists = mine.order_by("employer__number", "month")
    lines = RemittanceLine.objects.filter(remittance__in=mine)
    savers = MemberAccount.objects.filter(employer__in=made).order_by("number")
    vouchers = Voucher.objects.filter(kind__code__in=["deposits.remittance", "deposits.identification"])
    return {
        "lists": list(
            lists.values_list(
                "month", "status", "headcount", "employer_part", "member_part", "total", "submitted_on", "allocated_on"
            )
        ),
        "lines": list(
            lines.order_by("remittance__employer__number", "remittance__month", "line").values_list(
                "line", "base", "employer_ratio", "member_ratio", "employer_part", "member_part"
            )
        ),
        "savings": list(
            savers.values_list(
                "ledger_account__balance",
                "ledger_account__current",
                "ledger_account__current_number",
                "ledger_account__version",
                "ledger_account__counted_to",
            )
        ),
        "employers": [(employer.paid_to, unallocated(employer)) for employer in refreshed(made)],
        "identified": list(
            Identification.objects.filter(employer__in=made)
            .order_by("employer__number", "receipt")
            .values_list("amount", "how", "on")
        ),
        "vouchers": sorted(vouchers.values_list("kind", "booked_on", "interest_on", "why", "line_count", "total")),
        "entries": sorted(
            Entry.objects.filter(voucher__in=vouchers).values_list(
                "line", "side", "chart", "amount", "balance", "version", "interest_on"
            ),
            key=str,
        ),
        "trail": told(["submit", "identify", "claim_receipt", "move"]),
    }


def refreshed(made: list[Employer]) -> list[Employer]:
    for employer in made:
        employer.refresh_from_db()
    return made


def months_of(together: bool) -> dict[str, list]:
    """Two months of the same employers, one by one or together; then undone."""
    with transaction.atomic():
        made, on = city(), DAY
        for month in (JULY, JULY.next()):
            if together:
                lists = batches.submit([employer.pk for employer in made], month, by=night(), on=on)
            else:
                lists = [submitted(employer, month, on=on) for employer in made]
            for one in lists:
                arrived(one.total + 3, remark=one.reference, on=on)
            if together:
                assert receipts.identify_all(by=night(), on=on) == {"identified": 3, "unknown": 0, "refused": 0}
                assert remittances.allocate_covered(by=night(), on=on) == {"allocated": 3, "refused": 0}
            else:
                for receipt in Receipt.objects.filter(unclaimed__gt=0).order_by("pk"):
                    receipts.identify(receipt, by=night(), on=on)
                for one in lists:
                    remittances.allocate(Remittance.objects.get(pk=one.pk), by=night(), on=on)
            on = through(on)
        broken = [finding.check.title for finding in inspection.inspect(on) if not finding.holds]
        assert [title for title in broken if "日终步骤" not in title] == []
        found = books(made)
        transaction.set_rollback(True)
    return found


def test_a_month_done_together_is_the_month_done_one_by_one(day):
    together, alone = months_of(True), months_of(False)
    assert len(together["entries"]) > 20
    for what, rows in alone.items():
        assert together[what] == rows, what


@pytest.mark.parametrize("unit", ["1", "0.1", "0.01"])
def test_lines_written_together_are_rounded_as_the_rule_says(day, unit):
    """R-101 to R-103, against the rule itself, for every unit the parameter knows."""
    with as_owner():
        from policy.models import Term

        Term.objects.filter(name="deposit.round_unit").update(value=unit)
    bases = [f"{2500 + n * 37}.{n % 100:02d}" for n in range(60)]
    employer = paying_employer(bases=bases, employer_ratio=Decimal("8.35"), member_ratio=Decimal("11.15"))
    (made,) = batches.submit([employer.pk], JULY, by=night(), on=day)
    proposal = queries.proposal(employer, JULY)
    assert (made.headcount, made.employer_part, made.member_part) == (
        proposal.headcount,
        proposal.employer_part,
        proposal.member_part,
    )
    lines = queries.lines_of(made)
    assert [line.base for line in lines] == [line.base for line in queries.proposed_lines(employer, JULY)]


# What is left out, and why it would be refused alone


def test_only_employers_whose_turn_it_is_hand_in(day):
    ready, sealed, ahead, behind = (paying_employer(1) for _ in range(4))
    Employer.objects.filter(pk=sealed.pk).update(status=EmployerStatus.SEALED)
    submitted(ahead)
    paid(behind)
    Employer.objects.filter(pk=behind.pk).update(paid_to="2026-05")
    Remittance.objects.filter(employer=behind).update(month="2026-05")
    everybody = [ready.pk, sealed.pk, ahead.pk, behind.pk]
    assert [one.employer_id for one in batches.submit(everybody, JULY, by=night(), on=day)] == [ready.pk]
    for left_out in (sealed, ahead, behind):
        with pytest.raises((remittances.EmployerNotPaying, remittances.NotTheNextMonth)):
            submitted(Employer.objects.get(pk=left_out.pk))


def test_a_month_too_early_is_handed_in_by_nobody(day):
    employer = paid_to_august()
    september = JULY.plus(2)
    assert batches.submit([employer.pk], september, by=night(), on=day) == []
    with pytest.raises(remittances.MonthAhead):
        submitted(employer, september)


def paid_to_august() -> Employer:
    employer = paying_employer(1)
    for month in (JULY, JULY.next()):
        paid(employer, month)
    return employer


def test_an_employer_with_nobody_to_list_hands_nothing_in(day):
    employer = paying_employer(2)
    paid(employer)
    keys = MemberAccount.objects.filter(employer=employer).values_list("pk", flat=True)
    sealing.seal(employer, dict.fromkeys(keys, SealReason.ENDED), month=JULY.next(), by=night(), on=day)
    assert batches.submit([employer.pk], JULY.next(), by=night(), on=day) == []
    with pytest.raises(remittances.NobodyListed):
        submitted(employer, JULY.next())


def test_a_ratio_outside_its_limits_leaves_the_employer_out(day):
    employer, sound = paying_employer(2), paying_employer(2)
    last = MemberAccount.objects.filter(employer=employer).order_by("number").last()
    MemberAccount.objects.filter(pk=last.pk).update(member_ratio=Decimal(13))
    made = batches.submit([employer.pk, sound.pk], JULY, by=night(), on=day)
    assert [one.employer_id for one in made] == [sound.pk]
    with pytest.raises(remittances.RatioOutside):
        submitted(employer)


def test_lists_not_covered_or_before_their_turn_are_left_out(day):
    short, ready, early = paying_employer(2), paying_employer(2), paying_employer(2)
    lists = [submitted(short), submitted(ready), submitted(early), submitted(early, JULY.next())]
    funded(short, EACH, reference=lists[0].reference)
    funded(ready, EACH * 2, reference=lists[1].reference)
    funded(early, EACH * 4, reference=lists[2].reference)
    keys = [lists[0].pk, lists[1].pk, lists[3].pk]
    assert batches.allocate(keys, by=night(), on=day) == {lists[1].pk}
    assert set(Remittance.objects.filter(pk__in=keys).values_list("pk", "status")) == {
        (lists[0].pk, RemittanceStatus.SUBMITTED),
        (lists[1].pk, RemittanceStatus.ALLOCATED),
        (lists[3].pk, RemittanceStatus.SUBMITTED),
    }
    assert batches.allocate(keys, by=night(), on=day) == set()
    assert balances(ready) == [EACH] * 2


def test_one_payment_for_two_months_is_drained_in_their_order(day):
    employer, other = paying_employer(2), paying_employer(2)
    first, second = submitted(employer), submitted(employer, JULY.next())
    funded(employer, EACH * 4, reference=first.reference)
    funded(other, EACH * 2, reference=submitted(other).reference)
    assert remittances.allocate_covered(by=night(), on=day) == {"allocated": 3, "refused": 0}
    assert (
        Voucher.objects.get(source=str(first.pk), kind="deposits.remittance").pk
        < Voucher.objects.get(source=str(second.pk), kind="deposits.remittance").pk
    )
    assert balances(employer) == [EACH * 2] * 2
    assert Employer.objects.get(pk=employer.pk).paid_to == "2026-08"


def test_a_back_payment_goes_with_the_others_and_moves_no_month(day):
    """One employer pays July, the other, who has paid it, pays it back for one whom it left out."""
    regular, behind = paying_employer(2), paying_employer(2)
    paid(behind)
    account = members.open_one(behind, accounts.new_member(base=Decimal("5000.00")), by=night(), on=day)
    line = queries.ListedLine(account.pk, account.base, Decimal(8), Decimal(8))
    wanted = back_payments.Wanted(JULY, BackReason.MISSED_PERSON, "", [line])
    back = back_payments.submit(Employer.objects.get(pk=behind.pk), wanted, by=night(), on=day)
    own, early = submitted(regular), submitted(behind, JULY.next())
    funded(regular, own.total, reference=own.reference)
    funded(behind, back.total, reference=back.reference)
    assert batches.allocate([own.pk, back.pk], by=night(), on=day) == {own.pk, back.pk}
    assert [employer.paid_to for employer in refreshed([regular, behind])] == ["2026-07", "2026-07"]
    assert balances(behind) == [EACH, EACH, Decimal("800.00")]
    assert Voucher.objects.get(kind="deposits.remittance", source=str(back.pk)).why == "2026-07 补缴"
    assert Remittance.objects.get(pk=early.pk).status == RemittanceStatus.SUBMITTED


def test_two_receipts_of_one_employer_are_both_identified(day):
    employer, other = paying_employer(1), paying_employer(1)
    reference, theirs = submitted(employer).reference, submitted(other).reference
    for _ in range(2):
        arrived("50.00", remark=reference)
    arrived("60.00", remark=theirs)
    assert receipts.identify_all(by=night(), on=day) == {"identified": 3, "unknown": 0, "refused": 0}
    assert (unallocated(employer), unallocated(other)) == (Decimal("100.00"), Decimal("60.00"))


def test_a_receipt_spoiled_in_the_tables_stops_no_other(day):
    """One voucher of the group stands already; the others are identified, and the mistake is told."""
    employers = [paying_employer(1) for _ in range(3)]
    waiting = [arrived("50.00", remark=submitted(employer).reference) for employer in employers]
    with transaction.atomic():
        suspense = Entry.objects.filter(chart="21902").values_list("account", flat=True)[0]
        entries = [posting.debit(suspense, Decimal(1)), posting.credit(employers[0].unallocated_id, Decimal(1))]
        source = f"{waiting[0].pk}:{employers[0].pk}"
        posting.post("deposits.identification", source, entries, by=night(), on=day)
    counts = receipts.identify_all(by=night(), on=day)
    assert counts == {"identified": 2, "unknown": 0, "refused": 1}
    assert [unallocated(employer) for employer in employers[1:]] == [Decimal("50.00")] * 2
    assert Receipt.objects.get(pk=waiting[0].pk).unclaimed == Decimal("50.00")


def test_waves_hold_an_employer_once_and_about_so_many_lines():
    rows = [(1, 1, 30_000), (2, 1, 5), (3, 2, 15_000), (4, 3, 4_000), (5, 4, 2_000), (6, 1, 5)]
    assert list(batches.waves(rows)) == [[1], [3, 4], [5], [2], [6]]
    assert list(batches.waves([])) == []


def test_a_receipt_is_claimed_whole_once(day):
    receipt = arrived("50.00")
    arrivals.claim_whole([receipt], by=night(), on=day)
    assert Receipt.objects.get(pk=receipt.pk).unclaimed == 0
    with pytest.raises(Overtaken):
        arrivals.claim_whole([receipt], by=night(), on=day)
    assert Record.objects.filter(act="claim_receipt").count() == 1


def test_many_move_together_or_not_at_all(day):
    lists = [submitted(paying_employer(1)) for _ in range(3)]
    stale = Remittance.objects.get(pk=lists[0].pk)
    trail.move(lists[0], RemittanceStatus.CANCELLED, by=night(), on=day)
    with pytest.raises(NotAllowedNow):
        trail.move_many(lists, RemittanceStatus.ALLOCATED, by=night(), on=day)
    with pytest.raises(Overtaken), transaction.atomic():
        trail.move_many([stale, *lists[1:]], RemittanceStatus.ALLOCATED, by=night(), on=day)
    statuses = set(Remittance.objects.filter(pk__in=[one.pk for one in lists[1:]]).values_list("status", flat=True))
    assert statuses == {RemittanceStatus.SUBMITTED}
    assert Record.objects.filter(act="move", subject_kind="deposits.remittance").count() == 1


# Several at once, on committed rows


def test_drains_at_once_allocate_and_identify_each_once(own_database):
    open_first_day(DAY)
    employers = [paying_employer(2) for _ in range(6)]
    for employer in employers:
        arrived(EACH * 2, remark=submitted(employer).reference)
    identified = at_once(lambda: receipts.identify_all(by=night(), on=DAY)["identified"])
    receipts.identify_all(by=night(), on=DAY)
    allocated = at_once(lambda: remittances.allocate_covered(by=night(), on=DAY)["allocated"])
    remittances.allocate_covered(by=night(), on=DAY)
    assert all(isinstance(count, int) for count in [*identified, *allocated])
    assert all(balances(employer) == [EACH] * 2 for employer in employers)
    assert Voucher.objects.filter(kind="deposits.remittance").count() == 6
    broken = [finding.check.title for finding in inspection.inspect(DAY + timedelta(days=1)) if not finding.holds]
    assert broken == []


def test_the_same_month_handed_in_together_by_two_stands_once(own_database):
    open_first_day(DAY)
    employers = [paying_employer(1) for _ in range(4)]
    keys = [employer.pk for employer in employers]
    answers = at_once(lambda: len(batches.submit(keys, JULY, by=night(), on=DAY)), times=2)
    assert sorted(answers) == [0, 4]
    assert Remittance.objects.count() == 4
