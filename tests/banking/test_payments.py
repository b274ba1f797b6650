"""Payments: ordered once, signed by amount, handed out once, asked about when unanswered."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from access.models import Branch
from access.states import Post
from approvals.actions.signatures import OwnCase
from approvals.models import Case
from approvals.states import CaseStatus, Verdict
from audit.models import Record
from banking import queries, rules
from banking.actions import banks, payments
from banking.actions.payments import AlreadyOrdered, AlreadySent, AlreadyTakenBack, Payee
from banking.models import Event, Payment
from banking.states import PaymentStatus, ResultOutcome
from hpf.errors import NotAllowedNow
from tests.access.factories import person
from tests.banking.factories import DAY, bank, night, open_first_day
from tests.banking.owing import (
    AT,
    CARD,
    claimed,
    fresh,
    fund,
    may_owe,
    order_of,
    ordered,
    owed,
    reported,
    sent,
    signed,
    undone,
    unknown,
)
from tests.ledger.books import as_owner, run

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def books():
    open_first_day()
    may_owe()
    banks.connect(bank(), by=night(), on=DAY)


def events():
    return list(Event.objects.order_by("pk").values_list("type", "subject", "sequence"))


def test_a_small_payment_waits_for_its_bank_at_once():
    payment = ordered(amount=Decimal("50000.00"))
    assert (payment.status, payment.case) == ("APPROVED", None)
    assert payment.reference == f"PY{payment.pk:012d}"
    assert events() == [("payment.approved", payment.reference, 1)]
    assert owed() == Decimal("50000.00")


def test_what_owes_money_is_paid_once():
    first = ordered(source="7")
    with pytest.raises(AlreadyOrdered), transaction.atomic():
        payments.order(order_of(source="7"), by=night(), on=DAY)
    assert Payment.objects.get() == first
    other = order_of(kind="tests.other", source="7")
    assert payments.order(other, by=night(), on=DAY).pk != first.pk


@pytest.mark.parametrize(
    ("amount", "needed"),
    [("0.01", 0), ("50000.00", 0), ("50000.01", 1), ("500000.00", 1), ("500000.01", 2), ("9999999.99", 2)],
)
def test_the_amount_says_how_many_sign(amount, needed):
    tiers = {"tier_one": Decimal("50000.00"), "tier_two": Decimal("500000.00")}
    assert rules.signatures_needed(Decimal(amount), **tiers) == needed


def test_a_large_payment_waits_for_finance():
    payment = ordered(amount=Decimal("50000.01"))
    assert payment.status == PaymentStatus.CREATED
    assert claimed() == [] and events() == []
    assert signed(payment, person(Post.FINANCE)) == PaymentStatus.APPROVED
    assert [one.pk for one in claimed()] == [payment.pk]


def test_who_ordered_does_not_sign():
    maker = person(Post.FINANCE)
    payment = ordered(by=maker, amount=Decimal("50000.01"))
    with pytest.raises(OwnCase):
        signed(payment, maker)
    assert fresh(payment).status == PaymentStatus.CREATED


def test_what_finance_sends_back_ends_unpaid_and_is_taken_back_once():
    payment = ordered(amount=Decimal("60000.00"))
    assert signed(payment, person(Post.MANAGER), Verdict.RETURN, "账号有误") == PaymentStatus.CANCELLED
    assert list(queries.ended_unpaid(payment.kind)) == [payment]
    undone(payment)
    assert owed() == 0 and not queries.ended_unpaid(payment.kind).exists()
    with pytest.raises(AlreadyTakenBack):
        payments.take_back(payment, by=night(), on=DAY)


def test_money_that_may_still_be_paid_is_not_taken_back():
    for payment in (ordered(), sent(), unknown()):
        with pytest.raises(NotAllowedNow):
            payments.take_back(payment, by=night(), on=DAY)


@pytest.mark.parametrize("amount", ["100.00", "70000.00"])
def test_a_payment_is_cancelled_before_a_bank_has_it(amount):
    payment = ordered(amount=Decimal(amount))
    payments.cancel(payment, why="职工撤回申请", by=night(), on=DAY)
    assert fresh(payment).status == PaymentStatus.CANCELLED
    assert claimed() == []
    assert not Case.objects.filter(status=CaseStatus.OPEN).exists()
    told = [type_ for type_, *_ in events()]
    assert told == ([] if payment.case else ["payment.approved", "payment.cancelled"])


def test_a_payment_a_bank_has_is_not_cancelled():
    for payment in (sent(), unknown()):
        with pytest.raises(AlreadySent, match=payment.reference):
            payments.cancel(payment, why="晚了", by=night(), on=DAY)


def test_a_payment_a_bank_may_find_after_all_is_not_cancelled():
    """Its money would be back with the business, and paid as well."""
    payment = unknown()
    reported(payment, ResultOutcome.NOT_RECEIVED)
    with pytest.raises(AlreadySent):
        payments.cancel(payment, why="职工撤回申请", by=night(), on=DAY)
    reported(payment, ResultOutcome.SUCCEEDED)
    assert fresh(payment).status == PaymentStatus.SUCCEEDED


def test_a_claim_hands_out_the_oldest_once():
    rows = [ordered() for _ in range(5)]
    assert [one.pk for one in claimed(limit=2)] == [rows[0].pk, rows[1].pk]
    rest = claimed()
    assert [one.pk for one in rest] == [row.pk for row in rows[2:]]
    assert claimed() == []
    assert {(one.status, one.sendings, one.sent_at, one.answer_by) for one in rest} == {
        ("SENT", 1, AT, AT + timedelta(minutes=120))
    }


def test_a_claim_of_a_thousand_takes_few_statements(django_assert_max_num_queries):
    for _ in range(40):
        ordered()
    with django_assert_max_num_queries(10):
        assert len(claimed()) == 40


def test_a_bank_is_handed_only_its_own():
    banks.connect(bank("105"), by=night(), on=DAY)
    ordered(payee=Payee("李建国", CARD, "中国建设银行内江分行"))
    ordered()
    assert [one.account.bank.code for one in claimed(bank("105"))] == ["105"]
    assert [one.account.bank.code for one in claimed(bank("102"))] == ["102"]
    assert claimed(bank("103")) == []


def test_a_bank_without_a_key_is_not_chosen():
    """The payee's bank is not connected; somebody has to be able to fetch it."""
    assert ordered(payee=Payee("李建国", CARD, "农业银行内江分行")).account.bank.code == "102"


def test_unanswered_payments_are_asked_about_and_not_sent_again():
    payment = sent()
    assert payments.overdue_all(at=AT + timedelta(minutes=120), by=night(), on=DAY) == 0
    assert payments.overdue_all(at=AT + timedelta(minutes=121), by=night(), on=DAY) == 1
    assert fresh(payment).status == PaymentStatus.UNKNOWN
    assert events()[-1] == ("payment.query", payment.reference, 2)
    assert claimed() == []
    assert payments.overdue_all(at=AT + timedelta(days=9), by=night(), on=DAY) == 0


def test_a_bank_is_asked_again_and_sent_nothing():
    payment = unknown()
    payments.ask_again(payment, by=night(), on=DAY)
    assert [kind for kind, *_ in events()] == ["payment.approved", "payment.query", "payment.query"]
    assert (fresh(payment).status, fresh(payment).sendings) == ("UNKNOWN", 1)
    assert claimed() == []
    reported(payment, ResultOutcome.SUCCEEDED)
    with pytest.raises(NotAllowedNow):
        payments.ask_again(payment, by=night(), on=DAY)


def test_an_accepted_payment_has_its_time_anew():
    payment = sent()
    reported(payment, ResultOutcome.ACCEPTED)
    assert fresh(payment).answer_by == AT + timedelta(minutes=120)
    payments.overdue_all(at=AT + timedelta(minutes=121), by=night(), on=DAY)
    assert fresh(payment).status == PaymentStatus.UNKNOWN


def test_events_name_nobody():
    ordered()
    payload = Event.objects.get().payload
    assert payload.keys() == {"payment_id", "status", "amount", "currency", "sending"}
    assert (payload["amount"], payload["status"]) == ("1200.00", "APPROVED")


def test_the_trail_names_nobodys_account():
    payment = sent()
    reported(payment, ResultOutcome.FAILED, text=f"账户 {CARD} 已销户")
    told = "".join(f"{record.before}{record.after}{record.why}" for record in Record.objects.order_by("pk"))
    assert CARD not in told


@pytest.mark.parametrize(
    "statement",
    [
        "update banking_payment set amount = 1",
        "update banking_payment set payee_account_sealed = ''",
        "update banking_payment set account_id = 2",
        "delete from banking_payment",
        "truncate banking_payment cascade",
        "delete from banking_event",
        "update banking_event set payload = '{}'",
        "update banking_paymentresult set outcome = 'failed'",
        "delete from banking_paymentresult",
        "delete from banking_delivery",
        "update banking_payment set status = 'SUCCEEDED'",
        "update banking_payment set status = 'SENT'",
        "update banking_payment set status = 'GONE'",
    ],
)
def test_the_application_cannot_change_what_was_ordered_or_said(statement):
    reported(sent(), ResultOutcome.ACCEPTED)
    ordered()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_database_lets_one_thing_have_one_payment():
    payment = ordered()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "insert into banking_payment (reference, kind, source, branch_id, account_id, amount, payee_name,"
            " payee_account_sealed, payee_account_index, payee_bank, remark, status, created_on, created_by_id,"
            " sendings, bank_serial, failure_code) select 'X', kind, source, branch_id, account_id, amount, payee_name,"
            " '', '',"
            " payee_bank, remark, 'CREATED', created_on, created_by_id, 0, '', '' from banking_payment where id = %s",
            [payment.pk],
        )


def emptied(code: str, left: Decimal = Decimal(0)) -> None:
    """All but so much has left the account of a bank."""
    account = bank(code).accounts.get()
    fund(account, left - queries.spendable(account, on=DAY))


def test_an_account_that_can_pay_goes_before_the_payees_own_bank():
    banks.connect(bank("105"), by=night(), on=DAY)
    emptied("102", Decimal("1200.00"))
    assert ordered().account.bank.code == "102"  # just enough
    second = ordered()
    assert (second.account.bank.code, second.status) == ("105", "APPROVED")  # the first is on its way


def test_where_no_account_can_pay_finance_is_asked_and_waits_for_money():
    emptied("102", Decimal("1199.99"))
    payment = ordered()
    assert (payment.status, payment.account.bank.code) == ("CREATED", "102")  # the others have no key
    finance = person("FINANCE")
    with pytest.raises(payments.NotCovered, match=r"1,199\.99"):
        signed(payment, finance)
    fund(payment.account, Decimal("0.01"))
    assert signed(payment, finance) == "APPROVED"


def test_which_account_comes_first_is_a_parameter():
    banks.connect(bank("105"), by=night(), on=DAY)
    with as_owner():
        run("update ledger_ledgeraccount set branch_id = 2 where id = %s", bank("105").accounts.get().ledger_account_id)
    here = {"payee": Payee("李建国", CARD, "工商银行内江分行"), "branch": Branch.objects.get(pk=2)}
    assert ordered(**here).account.bank.code == "102"
    with as_owner():
        run("update policy_term set value = 'BRANCH' where name = 'payment.account_first'")
    assert ordered(**here).account.bank.code == "105"
