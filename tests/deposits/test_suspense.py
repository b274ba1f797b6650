"""Money no rule could identify: a clerk gives it to one employer or to many, once, and what is left over waits."""

from decimal import Decimal

import pytest
from django.db import transaction

from access.models import User
from access.states import Post
from accounts.actions.employers import add_paying_account
from accounts.states import CloseReason, EmployerStatus
from audit.actions import inspection, trail
from audit.models import Record
from banking.actions.receipts import NotUnclaimed
from banking.models import Receipt
from deposits import queries
from deposits.actions import receipts, remittances
from deposits.actions.receipts import Share
from deposits.models import Identification, Remittance
from deposits.states import IdentifiedBy, RemittanceStatus
from hpf.errors import Overtaken
from ledger.actions import opening
from ledger.models import Entry
from ledger.queries import internal_balance
from tests.access.factories import person
from tests.accounts import factories as accounts
from tests.banking.factories import open_first_day
from tests.deposits.factories import DAY, arrived, at_once, night, paying_employer, submitted, unallocated

WHY = "财政统发工资代扣清单 2026 年第 7 号"


@pytest.fixture
def day(db):
    return open_first_day(DAY)


@pytest.fixture
def clerk(day) -> User:
    return person(Post.CLERK)


def nameless(amount: str = "1000.00", **notice) -> Receipt:
    """Money from an account nobody registered, with nothing in its remark."""
    return arrived(amount, **{"payer_name": "市财政局", "payer_account": "51109900001", "remark": "代扣", **notice})


def given(receipt: Receipt, *shares, by: User, **changes) -> list[Identification]:
    told = {"seen": receipt.unclaimed, "on": DAY, "why": WHY} | changes
    return receipts.identify_by_clerk(receipt, [Share(who, Decimal(amount)) for who, amount in shares], by=by, **told)


def test_whole_receipt_goes_to_one_employer(clerk):
    employer, receipt = accounts.employer(), nameless()
    share = given(receipt, (employer, "1000.00"), by=clerk)[0]
    receipt.refresh_from_db()
    assert receipt.unclaimed == 0 and unallocated(employer) == Decimal("1000.00")
    assert (share.how, share.amount, share.on) == (IdentifiedBy.CLERK, Decimal("1000.00"), DAY)
    lines = Entry.objects.filter(voucher=share.voucher_id).values_list("chart_id", "side", "amount")
    assert sorted(lines) == [("21901", "C", Decimal("1000.00")), ("21902", "D", Decimal("1000.00"))]


def test_one_payer_for_many_is_split_and_the_rest_waits(clerk):
    employers, receipt = [accounts.employer(), accounts.employer(at="05"), accounts.employer()], nameless()
    shares = given(receipt, *zip(employers, ["300.01", "200.02", "100.03"], strict=True), by=clerk)
    receipt.refresh_from_db()
    assert [unallocated(one) for one in employers] == [Decimal("300.01"), Decimal("200.02"), Decimal("100.03")]
    assert receipt.unclaimed == Decimal("399.94")
    suspense = opening.internal("21902", receipt.account.ledger_account.branch_id, on=DAY)
    assert internal_balance(suspense, DAY) == Decimal("-399.94")  # debits less credits
    assert len({share.voucher_id for share in shares}) == 3
    assert receipts.identify_all(by=night(), on=DAY) == {"identified": 0, "unknown": 0, "refused": 0}
    assert [finding.rows for finding in inspection.inspect(DAY) if not finding.holds] == []


def test_rest_goes_to_another_employer_later(clerk):
    first, second, receipt = accounts.employer(), accounts.employer(), nameless()
    given(receipt, (first, "400.00"), by=clerk)
    receipt.refresh_from_db()
    given(receipt, (second, "600.00"), by=clerk)
    assert (unallocated(first), unallocated(second)) == (Decimal("400.00"), Decimal("600.00"))
    assert [finding.rows for finding in inspection.inspect(DAY) if not finding.holds] == []


def test_month_that_waited_is_allocated_from_it(clerk):
    employer = paying_employer(2)
    month = submitted(employer)
    given(nameless(str(month.total + 1)), (employer, str(month.total)), by=clerk)
    assert remittances.allocate_covered(by=night(), on=DAY)["allocated"] == 1
    assert Remittance.objects.get().status == RemittanceStatus.ALLOCATED


def test_record_says_who_gave_what_to_whom_and_why(clerk):
    employer, receipt = accounts.employer(), nameless()
    given(receipt, (employer, "1000.00"), by=clerk)
    record = Record.objects.get(act="identify")
    assert (record.by_id, record.why, record.subject_id) == (clerk.pk, WHY, str(receipt.pk))
    assert record.after == {"employer": employer.number, "amount": "1000.00", "how": "CLERK"}


@pytest.mark.parametrize(
    ("amounts", "refusal"),
    [
        ([], receipts.NobodyNamed),
        (["0"], receipts.NoAmount),
        (["-1.00"], receipts.NoAmount),
        (["0.001"], receipts.NoAmount),
        (["1000.01"], NotUnclaimed),
        (["600.00", "400.01"], NotUnclaimed),
    ],
)
def test_wrong_amounts_are_refused_and_nothing_moves(clerk, amounts, refusal):
    receipt, employers = nameless(), [accounts.employer() for _ in amounts]
    with pytest.raises(refusal), transaction.atomic():
        given(receipt, *zip(employers, amounts, strict=True), by=clerk)
    receipt.refresh_from_db()
    assert receipt.unclaimed == Decimal("1000.00") and not Identification.objects.exists()
    assert [unallocated(employer) for employer in employers] == [Decimal("0.00")] * len(employers)


def test_employer_stands_in_a_list_once_and_is_served_once(clerk):
    employer, receipt = accounts.employer(), nameless()
    with pytest.raises(receipts.NamedTwice, match=employer.number):
        given(receipt, (employer, "1.00"), (employer, "2.00"), by=clerk)
    given(receipt, (employer, "1.00"), by=clerk)
    receipt.refresh_from_db()
    with pytest.raises(receipts.HasItsShare, match=employer.number):
        given(receipt, (employer, "2.00"), by=clerk)


def close(employer):
    trail.move(employer, EmployerStatus.NORMAL, by=night(), on=DAY)
    ended = {"closed_on": DAY, "close_reason": CloseReason.DISSOLVED}
    trail.move(employer, EmployerStatus.CLOSED, by=night(), on=DAY, **ended)


def test_closed_employer_is_given_nothing(clerk):
    employer = accounts.employer()
    close(employer)
    with pytest.raises(receipts.EmployerClosed, match=employer.number):
        given(nameless(), (employer, "1.00"), by=clerk)


def test_money_with_the_reference_of_a_closed_employer_stays_in_suspense(day):
    employer = paying_employer()
    reference = submitted(employer).reference
    employer.refresh_from_db()
    trail.move(employer, EmployerStatus.CLOSED, by=night(), on=DAY, closed_on=DAY, close_reason=CloseReason.DISSOLVED)
    late = arrived("20.00", remark=reference)
    assert receipts.identify_all(by=night(), on=DAY) == {"identified": 0, "unknown": 1, "refused": 0}
    late.refresh_from_db()
    assert late.unclaimed == Decimal("20.00")


@pytest.mark.parametrize("why", ["", "  "])
def test_grounds_are_asked_for(clerk, why):
    with pytest.raises(receipts.WhyNeeded):
        given(nameless(), (accounts.employer(), "1.00"), by=clerk, why=why)


def test_what_was_seen_must_still_be_there(clerk):
    first, second, receipt = accounts.employer(), accounts.employer(), nameless()
    given(receipt, (first, "100.00"), by=clerk)
    with pytest.raises(Overtaken):
        given(receipt, (second, "100.00"), by=clerk, seen=Decimal("1000.00"))


def test_of_many_clerks_at_once_one_is_served(own_database):
    open_first_day(DAY)
    clerk, employers, receipt = person(Post.CLERK), [accounts.employer(), accounts.employer()], nameless()
    halves = [(employer, "250.00") for employer in employers]
    answers = at_once(lambda: len(given(receipt, *halves, by=clerk)))
    assert sorted(map(str, answers)) == sorted(["2", *[str(Overtaken)] * 3])
    receipt.refresh_from_db()
    assert receipt.unclaimed == Decimal("500.00")
    assert [unallocated(employer) for employer in employers] == [Decimal("250.00")] * 2


def test_receipts_split_over_the_same_employers_in_other_order_do_not_wait_in_a_ring(own_database):
    open_first_day(DAY)
    clerk, employers = person(Post.CLERK), [accounts.employer() for _ in range(12)]
    work = [(nameless(), employers), (nameless(), employers[::-1])]

    def one() -> int:
        receipt, order = work.pop()
        return len(given(receipt, *[(employer, "1.00") for employer in order], by=clerk))

    assert at_once(one, times=2) == [12, 12]
    assert [unallocated(employer) for employer in employers] == [Decimal("2.00")] * 12


def test_traces_lead_to_open_employers(clerk):
    namesake = accounts.employer(name="内江示例（集团）有限公司")
    two = [paying_employer(1), paying_employer(1)]
    references = " ".join(submitted(employer).reference for employer in two)
    closed = accounts.employer(name="内江旧厂")
    close(closed)
    rows = [
        nameless(payer_name="内江示例(集团)有限公司"),
        nameless(remark=references),
        nameless(payer_name="内江旧厂"),
    ]
    hints = queries.hints_of(rows)
    assert hints[rows[0].pk] == {namesake: "付款户名相同"}
    assert hints[rows[1].pk] == dict.fromkeys(two, "附言中的缴款识别号")
    assert hints[rows[2].pk] == {}


def test_two_owners_of_the_paying_account_are_both_shown(clerk):
    two = [accounts.employer(), accounts.employer()]
    for employer in two:
        add_paying_account(employer, "51109900001", "工商银行", by=night(), on=DAY)
    receipt = nameless()
    assert queries.payers_of([receipt]) == {}
    assert queries.hints_of([receipt])[receipt.pk] == dict.fromkeys(two, "登记的付款账户")
