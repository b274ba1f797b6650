"""Refunds: to the account the money came from, held at once, by two signatures, paid once or back where it was."""

from decimal import Decimal

import pytest
from django.db import Error, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from access.models import Branch, User
from access.states import Post
from accounts.queries import Unallocated, unallocated_of
from accounts.queries.in_flight import in_flight
from accounts.states import EmployerStatus
from approvals.actions import papers, signatures
from approvals.actions.signatures import Decision
from approvals.rules import digest_of
from approvals.states import Verdict
from audit.actions import inspection
from audit.models import Record
from banking.actions import payments
from banking.actions.receipts import NotUnclaimed
from banking.models import Payment, Receipt
from banking.states import PaymentStatus, ResultOutcome
from deposits import queries, tasks
from deposits.actions import receipts, refunds, remittances
from deposits.actions.receipts import Share
from deposits.actions.refunds import Wanted
from deposits.models import Refund, Remittance
from deposits.states import RefundStatus, RemittanceStatus
from hpf.errors import NotAllowedNow, Overtaken, Refusal
from hpf.money import ZERO
from ledger.models import Entry
from tests.access.factories import person
from tests.accounts import factories as accounts
from tests.banking.factories import open_first_day
from tests.banking.owing import claimed, owed, reported
from tests.deposits.factories import DAY, arrived, night, paying_employer, submitted, unallocated
from tests.deposits.test_suspense import nameless
from tests.ledger.books import as_owner, run

FAILED, RETURNED, SUCCEEDED = ResultOutcome.FAILED, ResultOutcome.RETURNED, ResultOutcome.SUCCEEDED
WHY = "付款人来函：重复汇款"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@pytest.fixture
def day(db):
    return open_first_day(DAY)


@pytest.fixture
def clerk(day) -> User:
    return person(Post.CLERK)


def centre(post: Post) -> User:
    """Somebody of the centre, whose bank account the money came to."""
    return person(post, branch_id=Branch.objects.get(code="00").pk)


def fresh(row):
    return type(row).objects.get(pk=row.pk)


def wanted(receipt: Receipt, employer=None, amount=None, **changes) -> Wanted:
    most = queries.refundable(receipt, employer)
    told = {"amount": most if amount is None else Decimal(amount), "seen": most, "reason": WHY} | changes
    return Wanted(receipt, employer, **told)


def proposed(receipt: Receipt, employer=None, amount=None, *, by=None, **changes) -> Refund:
    told = wanted(fresh(receipt), employer, amount, **changes)
    return refunds.propose(told, by=by or person(Post.CLERK), on=DAY)


def signed(refund: Refund, by: User, verdict=Verdict.GRANT, reason="") -> str:
    refund = fresh(refund)
    said = Decision(verdict, digest_of(queries.facts_of_refund(refund)), reason)
    return refunds.decide(refund, said, by=by, on=DAY)


def granted(*args, **kwargs) -> Refund:
    refund = proposed(*args, **kwargs)
    assert signed(refund, centre(Post.FINANCE)) == RefundStatus.SUBMITTED
    assert signed(refund, centre(Post.MANAGER)) == RefundStatus.APPROVED
    return fresh(refund)


def banked(refund: Refund, *outcomes: ResultOutcome) -> None:
    """Its bank fetches it and says what became of it."""
    claimed(refund.payment.account.bank)
    for outcome in outcomes:
        reported(refund.payment, outcome)


def settle() -> dict[str, int]:
    return refunds.settle(by=night(), on=DAY)


def broken() -> list[str]:
    return [f"{one.check.title} {one.rows}" for one in inspection.inspect(DAY) if not one.holds]


def lines_of(voucher: int) -> list[tuple[str, str, Decimal]]:
    return sorted(Entry.objects.filter(voucher=voucher).values_list("chart_id", "side", "amount"))


def given_to(amount="1000.00", share=None):
    """An employer and the receipt it was given, whole or in part, by a clerk."""
    employer, receipt = accounts.employer(), nameless(amount)
    shares = [Share(employer, Decimal(share or amount))]
    told = {"seen": receipt.unclaimed, "by": person(Post.CLERK), "on": DAY, "why": "来函"}
    receipts.identify_by_clerk(receipt, shares, **told)
    return employer, fresh(receipt)


# Of money nobody has claimed


def test_nameless_money_goes_back_to_the_account_it_came_from(day):
    receipt = nameless("1000.00", payer_bank="农业银行资中支行")
    refund = granted(receipt)
    payment = refund.payment
    assert (payment.payee_name, payment.payee_account, payment.payee_bank, payment.amount) == (
        receipt.payer_name, receipt.payer_account, "农业银行资中支行", Decimal("1000.00"),
    )  # fmt: skip
    assert receipt.serial in payment.remark and refund.number in payment.remark
    assert lines_of(refund.voucher) == [("21902", "D", Decimal("1000.00")), ("21903", "C", Decimal("1000.00"))]
    assert owed(refund.branch_id) == Decimal("1000.00")
    banked(refund, SUCCEEDED)
    assert settle() == {"paid": 1, "returned": 0, "refused": 0}
    assert settle() == {"paid": 0, "returned": 0, "refused": 0}
    assert (fresh(refund).status, owed(refund.branch_id)) == (RefundStatus.PAID, ZERO)
    assert broken() == []


def test_a_part_is_refunded_and_the_rest_waits(day):
    receipt = nameless("1000.00")
    proposed(receipt, amount="400.01")
    assert (fresh(receipt).unclaimed, queries.refundable(fresh(receipt), None)) == (Decimal("599.99"),) * 2
    assert broken() == []


def test_held_money_can_neither_be_claimed_nor_refunded_twice(clerk):
    receipt, employer = nameless("1000.00"), accounts.employer()
    proposed(receipt, amount="700.00")
    with pytest.raises(NotUnclaimed), transaction.atomic():
        told = {"seen": Decimal("300.00"), "by": clerk, "on": DAY, "why": "来函"}
        receipts.identify_by_clerk(fresh(receipt), [Share(employer, Decimal("300.01"))], **told)
    with pytest.raises(refunds.RefundTooMuch), transaction.atomic():
        proposed(receipt, amount="300.01")
    proposed(receipt, amount="300.00")
    with pytest.raises(refunds.NothingToRefund), transaction.atomic():
        proposed(receipt)
    assert broken() == []


def test_a_form_that_is_sent_twice_asks_once(clerk):
    receipt = nameless("1000.00")
    told = wanted(receipt, amount="400.00")
    refunds.propose(told, by=clerk, on=DAY)
    with pytest.raises(Overtaken), transaction.atomic():
        refunds.propose(told, by=clerk, on=DAY)
    assert Refund.objects.count() == 1


@pytest.mark.parametrize("amount", ["0", "-1.00", "0.001", "1000.01"])
def test_wrong_amounts_are_refused_by_the_field(clerk, amount):
    with pytest.raises(refunds.RefundTooMuch) as refused:
        proposed(nameless("1000.00"), amount=amount)
    assert refused.value.field == "amount" and "1,000.00" in refused.value.sentence


@pytest.mark.parametrize("gap", [{"payer_account": ""}, {"payer_name": ""}])
def test_money_from_an_account_nobody_named_stays(clerk, gap):
    with pytest.raises(refunds.PayerNotNamed):
        proposed(nameless("1000.00", **gap))


def test_a_reason_is_needed(clerk):
    with pytest.raises(Refusal) as refused:
        proposed(nameless("1000.00"), reason="  ")
    assert refused.value.field == "reason"


# Of an employer's unallocated money


def test_employer_is_refunded_what_it_paid_too_much(day):
    employer, receipt = given_to("1000.00")
    refund = proposed(receipt, employer, "300.00")
    assert unallocated_of(employer) == Unallocated(balance=Decimal("1000.00"), held=Decimal("300.00"))
    assert in_flight(employer) == [f"退款 {refund.number}（300.00 元）审批中"]
    assert broken() == []
    signed(refund, centre(Post.FINANCE))
    signed(refund, centre(Post.MANAGER))
    refund = fresh(refund)
    assert lines_of(refund.voucher) == [("21901", "D", Decimal("300.00")), ("21903", "C", Decimal("300.00"))]
    assert (unallocated(employer), queries.refundable(receipt, employer)) == (Decimal("700.00"),) * 2
    assert in_flight(employer) == [f"退款 {refund.number}（300.00 元）已批准，待银行付款"]
    banked(refund, SUCCEEDED)
    settle()
    assert in_flight(employer) == []
    assert broken() == []


def test_no_more_than_the_receipt_gave_this_employer(day):
    employer, receipt = given_to("1000.00", share="600.00")
    other = arrived("5000.00", payer_name="另一付款人")
    told = {"seen": other.unclaimed, "by": person(Post.CLERK), "on": DAY, "why": "来函"}
    receipts.identify_by_clerk(other, [Share(employer, Decimal("5000.00"))], **told)
    assert queries.refundable(receipt, employer) == Decimal("600.00")
    assert queries.refundable(receipt, accounts.employer()) == ZERO
    granted(receipt, employer, "200.00")
    assert queries.refundable(receipt, employer) == Decimal("400.00")
    assert broken() == []


def test_allocation_leaves_held_money_alone_one_by_one_and_together(day):
    employer = paying_employer(2)
    month = submitted(employer)
    receipt = arrived(month.total, remark=month.reference)
    receipts.identify(receipt, by=night(), on=DAY)
    refund = proposed(receipt, employer, "0.01")
    assert queries.covered() == [] and queries.still_to_come(month) == Decimal("0.01")
    assert remittances.allocate_covered(by=night(), on=DAY) == {"allocated": 0, "refused": 0}
    with pytest.raises(remittances.NotCovered), transaction.atomic():
        remittances.allocate(month, by=night(), on=DAY)
    refunds.take_back(refund, by=refund.proposed_by, on=DAY)
    assert remittances.allocate_covered(by=night(), on=DAY)["allocated"] == 1
    assert Remittance.objects.get().status == RemittanceStatus.ALLOCATED
    with pytest.raises(refunds.NothingToRefund), transaction.atomic():
        proposed(receipt, employer)
    assert broken() == []


def test_books_refuse_to_take_what_is_held(day):
    """Not only the programme: the database keeps it."""
    employer, receipt = given_to("1000.00")
    proposed(receipt, employer)
    with pytest.raises(Error), transaction.atomic(), as_owner():
        run("update ledger_ledgeraccount set balance = 999, current = 999 where id = %s", employer.unallocated_id)


# Signatures


def test_finance_first_then_the_manager_and_never_the_maker(day):
    finance, manager = centre(Post.FINANCE), centre(Post.MANAGER)
    refund = proposed(nameless("1000.00"), by=finance)
    with pytest.raises(signatures.OwnCase), transaction.atomic():
        signed(refund, finance)
    with pytest.raises(signatures.NotToSign), transaction.atomic():
        signed(refund, manager)  # it is not the manager's turn
    signed(refund, centre(Post.FINANCE))
    with pytest.raises(signatures.NotToSign), transaction.atomic():
        signed(refund, centre(Post.FINANCE))
    assert signed(refund, manager) == RefundStatus.APPROVED
    assert Payment.objects.filter(kind="deposits.refund", source=str(refund.pk)).count() == 1


@pytest.mark.parametrize("of_employer", [False, True])
def test_sent_back_or_taken_back_the_money_is_free(day, of_employer):
    employer, receipt = given_to("1000.00") if of_employer else (None, nameless("1000.00"))
    first = proposed(receipt, employer)
    assert signed(first, centre(Post.FINANCE), Verdict.RETURN, "请附付款人来函") == RefundStatus.SENT_BACK
    assert queries.refundable(fresh(receipt), employer) == Decimal("1000.00")
    clerk = person(Post.CLERK)
    second = proposed(receipt, employer, by=clerk)
    with pytest.raises(signatures.NotTheMaker), transaction.atomic():
        refunds.take_back(second, by=person(Post.CLERK), on=DAY)
    refunds.take_back(second, by=clerk, on=DAY)
    assert queries.refundable(fresh(receipt), employer) == Decimal("1000.00")
    with pytest.raises(Overtaken), transaction.atomic():
        signed(second, centre(Post.FINANCE))
    assert Payment.objects.count() == 0 and broken() == []


def test_a_paper_added_later_has_to_be_read(day):
    clerk = person(Post.CLERK)
    refund = proposed(nameless("1000.00"), by=clerk)
    seen = digest_of(queries.facts_of_refund(refund))
    papers.attach_to_case(refund.case, "付款人来函", papers.Upload("来函.pdf", PDF), by=clerk, on=DAY)
    with pytest.raises(signatures.FactsChanged), transaction.atomic():
        refunds.decide(fresh(refund), Decision(Verdict.GRANT, seen), by=centre(Post.FINANCE), on=DAY)


# What the bank says


@pytest.mark.parametrize("said", [[FAILED], [SUCCEEDED, RETURNED], [RETURNED, SUCCEEDED]])
@pytest.mark.parametrize("of_employer", [False, True])
def test_not_paid_the_money_is_back_where_it_was_once(day, said, of_employer):
    employer, receipt = given_to("1000.00") if of_employer else (None, nameless("1000.00"))
    refund = granted(receipt, employer, "400.00")
    banked(refund, *said)
    assert settle() == {"paid": 0, "returned": 1, "refused": 0}
    assert settle() == {"paid": 0, "returned": 0, "refused": 0}
    refund = fresh(refund)
    home = "21901" if of_employer else "21902"
    assert lines_of(refund.return_voucher) == [("21903", "D", Decimal("400.00")), (home, "C", Decimal("400.00"))][::-1]
    assert (refund.status, refund.came_back_on, owed(refund.branch_id)) == (RefundStatus.RETURNED, DAY, ZERO)
    assert queries.refundable(fresh(receipt), employer) == Decimal("1000.00")
    assert queries.refunds_to_clear(person(Post.CLERK)) == 1
    assert broken() == []


def test_the_clock_takes_up_what_became_of_it_and_waits_for_a_day(db):
    assert tasks.settle_refunds() == {}
    open_first_day(DAY)
    refund = granted(nameless("1000.00"))
    banked(refund, SUCCEEDED)
    assert tasks.settle_refunds() == {"paid": 1, "returned": 0, "refused": 0}


def test_returned_after_it_was_paid(day):
    receipt = nameless("1000.00")
    refund = granted(receipt)
    banked(refund, SUCCEEDED)
    settle()
    reported(refund.payment, RETURNED)
    assert settle()["returned"] == 1
    assert (fresh(refund).status, fresh(receipt).unclaimed) == (RefundStatus.RETURNED, Decimal("1000.00"))
    assert broken() == []


def test_cancelled_payment_brings_the_money_back(day):
    receipt = nameless("1000.00")
    refund = granted(receipt)
    payments.cancel(refund.payment, why="付款人改以书面要求留存", by=centre(Post.MANAGER), on=DAY)
    assert settle()["returned"] == 1
    assert (fresh(receipt).unclaimed, fresh(refund.payment).status) == (Decimal("1000.00"), PaymentStatus.CANCELLED)
    assert broken() == []


def test_money_of_an_employer_that_has_ended_comes_back_without_an_owner(day):
    employer, receipt = given_to("1000.00")
    refund = granted(receipt, employer)
    banked(refund, SUCCEEDED)
    settle()
    with as_owner():
        run(
            "update accounts_employer set status = %s, close_reason = '01', closed_on = %s where id = %s",
            EmployerStatus.CLOSED, DAY, employer.pk,
        )  # fmt: skip
    reported(refund.payment, RETURNED)
    assert settle()["returned"] == 1
    assert (fresh(refund).ownerless, fresh(receipt).unclaimed, unallocated(employer)) == (
        True,
        Decimal("1000.00"),
        ZERO,
    )
    assert broken() == []
    granted(receipt)
    assert broken() == []


def test_somebody_sees_to_what_came_back_once(day):
    clerk = person(Post.CLERK)
    refund = granted(nameless("1000.00"))
    with pytest.raises(NotAllowedNow):
        refunds.clear(refund, "账户已销", by=clerk, on=DAY)
    banked(refund, FAILED)
    settle()
    refund = fresh(refund)
    refunds.clear(refund, "付款人账户已销户，已联系重新提供来函", by=clerk, on=DAY)
    assert queries.refunds_to_clear(clerk) == 0
    with pytest.raises(Overtaken), transaction.atomic():
        refunds.clear(refund, "再看一次", by=clerk, on=DAY)
    assert Record.objects.get(act="clear_refund").why.startswith("付款人账户已销户")


# Guards and checks


@pytest.mark.parametrize("change", ["amount = 1", "reason = '别的'", "employer_id = null", "receipt_id = receipt_id"])
def test_application_cannot_rewrite_a_refund(day, change):
    proposed(nameless("1000.00"))
    with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"update deposits_refund set {change}")


@pytest.mark.parametrize(
    ("statement", "title"),
    [
        (
            "update deposits_refund set amount = amount - 1",
            "每笔已批准的退款恰有一张凭证和一笔等额付款指令，只退给付款人",
        ),
        (
            "update banking_payment set payee_name = '别人'",
            "每笔已批准的退款恰有一张凭证和一笔等额付款指令，只退给付款人",
        ),
        ("update banking_payment set source = '0'", "没有脱离退款的退款凭证和付款指令"),
        ("update deposits_refund set status = 'PAID'", "付款未成的退款恰好转回一次，付款指令已收回"),
        ("update deposits_identification set amount = 0.01", "单位从一笔到账退款的合计不超过认领给它的金额"),
    ],
)
def test_break_of_a_granted_refund_is_named(day, statement, title):
    employer, receipt = given_to("1000.00")
    granted(receipt, employer)
    assert broken() == []
    with as_owner():
        run("set constraints all immediate")
        run("alter table deposits_refund disable trigger user")
        run(statement)
    assert title in " ".join(broken())


@pytest.mark.parametrize(
    ("statement", "title"),
    [
        ("update deposits_refund set amount = 1", "审批中的单位退款各有一笔等额占用，占用都有审批中的退款"),
        ("update deposits_refund set status = 'TAKEN_BACK'", "审批中的单位退款各有一笔等额占用，占用都有审批中的退款"),
        ("update deposits_refund set status = 'TAKEN_BACK'", "每笔退款或已办结，或在待办，或在银行"),
        ("update deposits_refund set employer_id = null", "待查到账余额等于未认领的到账与审批中退款的合计"),
    ],
)
def test_break_of_a_waiting_refund_is_named(day, statement, title):
    employer, receipt = given_to("1000.00")
    proposed(receipt, employer)
    assert broken() == []
    with as_owner():
        run("set constraints all immediate")
        run("alter table deposits_refund disable trigger user")
        run(statement)
    assert title in " ".join(broken())


# Any story, against sums kept beside in whole fen


ACTS = st.lists(
    st.tuples(st.sampled_from(["ask", "back", "grant", "pay", "fail", "give"]), st.integers(1, 60000)), max_size=12
)


@pytest.mark.django_db
@settings(max_examples=12, deadline=None)
@given(ACTS)
def test_any_story_keeps_the_sums(acts):
    """What came in is unclaimed, given, asked for, owed or paid back, to the fen; none of it twice."""
    with transaction.atomic():
        open_first_day(DAY)
        clerk, finance, manager, employer = (
            *map(centre, [Post.CLERK, Post.FINANCE, Post.MANAGER]),
            accounts.employer(),
        )
        receipt, free, standing, paid, given_away = nameless("1000.00"), 100000, {}, 0, 0
        for act, fen in acts:
            amount = Decimal(fen).scaleb(-2)
            waiting = [pk for pk, (state, _) in standing.items() if state == "asked"]
            out = [pk for pk, (state, _) in standing.items() if state == "owed"]
            if act == "ask" and free:
                try:
                    with transaction.atomic():
                        row = proposed(receipt, amount=amount, by=clerk)
                    assert fen <= free
                    free, standing[row.pk] = free - fen, ("asked", fen)
                except refunds.RefundTooMuch:
                    assert fen > free
            elif act == "give" and not given_away and fen <= free:
                told = {"seen": fresh(receipt).unclaimed, "by": clerk, "on": DAY, "why": "来函"}
                receipts.identify_by_clerk(receipt, [Share(employer, amount)], **told)
                free, given_away = free - fen, fen
            elif act == "back" and waiting:
                refunds.take_back(Refund.objects.get(pk=waiting[0]), by=clerk, on=DAY)
                free += standing.pop(waiting[0])[1]
            elif act == "grant" and waiting:
                row = Refund.objects.get(pk=waiting[0])
                signed(row, finance)
                signed(row, manager)
                standing[row.pk] = ("owed", standing[row.pk][1])
            elif act in ("pay", "fail") and out:
                banked(Refund.objects.get(pk=out[0]), SUCCEEDED if act == "pay" else FAILED)
                settle()
                done = standing.pop(out[0])[1]
                paid, free = (paid + done, free) if act == "pay" else (paid, free + done)
            receipt.refresh_from_db()
            assert int(receipt.unclaimed * 100) == free
            asked = sum(fen for state, fen in standing.values())
            assert free + asked + paid + given_away == 100000
            assert int(owed(receipt.account.ledger_account.branch_id) * 100) == sum(
                fen for state, fen in standing.values() if state == "owed"
            )
            assert int(unallocated(employer) * 100) == given_away
        assert broken() == []
        transaction.set_rollback(True)
