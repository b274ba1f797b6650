"""Opening an employer, the accounts it pays from, and its handler."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from access.queries import night_user
from access.states import Post
from accounts import rules
from accounts.actions import employers, mandates
from accounts.models import Employer
from accounts.states import EmployerStatus
from audit.models import Record
from ledger.models import LedgerAccount
from tests.accounts import factories

pytestmark = pytest.mark.django_db


def test_employer_opens_with_a_number_and_an_account_for_unallocated_money():
    opened = factories.employer()
    kept = LedgerAccount.objects.get(pk=opened.unallocated_id)
    assert (kept.chart_id, kept.kind_id, kept.branch_id, kept.balance) == ("21901", "UNALLOCATED", 1, 0)
    assert opened.number.startswith("1") and len(opened.number) == 10
    assert opened.status == EmployerStatus.OPENED
    assert opened.paid_to is None


def test_neighbouring_employers_have_neighbouring_numbers():
    first, second = factories.employer(), factories.employer()
    assert int(second.number) == int(first.number) + 1


def test_opening_is_recorded_without_the_mobile_number():
    opened = factories.employer(contact_mobile="13812345678")
    record = Record.objects.get(act="open_employer", subject_id=str(opened.pk))
    assert record.after["credit_code"] == opened.credit_code
    assert "13812345678" not in str(record.after)


def test_credit_code_is_opened_once():
    opened = factories.employer()
    with pytest.raises(employers.CreditCodeTaken):
        factories.employer(credit_code=opened.credit_code.lower())


@pytest.mark.parametrize(
    ("particulars", "reason", "field"),
    [
        ({"credit_code": "91511000000000001X"}, rules.WrongCreditCheckDigit, "credit_code"),
        ({"credit_code": "9151100000000000"}, rules.WrongCreditCode, "credit_code"),
        ({"name": "  "}, employers.NameMissing, "name"),
        ({"name": "长" * 201}, employers.NameMissing, "name"),
        ({"contact_name": ""}, employers.NameMissing, "contact_name"),
        ({"contact_mobile": "12345"}, rules.WrongMobile, "mobile"),
        ({"pay_day": 0}, employers.WrongPayDay, "pay_day"),
        ({"pay_day": 32}, employers.WrongPayDay, "pay_day"),
        ({"employer_ratio": Decimal("4.99")}, employers.RatioOutOfLimits, "employer_ratio"),
        ({"member_ratio": Decimal("12.01")}, employers.RatioOutOfLimits, "member_ratio"),
        ({"member_ratio": Decimal("8.005")}, employers.RatioOutOfLimits, "member_ratio"),
        ({"member_ratio": Decimal("NaN")}, employers.RatioOutOfLimits, "member_ratio"),
    ],
)
def test_particulars_outside_the_rules_are_refused(particulars, reason, field):
    with pytest.raises(reason) as refused:
        factories.employer(**particulars)
    assert refused.value.field == field
    assert not Employer.objects.exists()


@pytest.mark.parametrize("ratio", ["5", "12"])
def test_ratio_limits_themselves_are_allowed(ratio):
    assert factories.employer(employer_ratio=Decimal(ratio)).employer_ratio == Decimal(ratio)


def test_paying_account_is_found_by_its_index_and_kept_sealed():
    opened = factories.employer()
    account = employers.add_paying_account(opened, "6222 0211-0001 0002", "工商银行", by=night_user(), on=factories.DAY)
    assert account.account_number == "6222021100010002"
    assert "6222021100010002" not in account.account_number_sealed
    record = Record.objects.get(act="add_paying_account")
    assert record.after["account"] == "6222********0002"


def test_paying_account_is_registered_once_for_an_employer_but_may_serve_two():
    first, second = factories.employer(), factories.employer()
    employers.add_paying_account(first, "62220211000100", "工商银行", by=night_user(), on=factories.DAY)
    employers.add_paying_account(second, "62220211000100", "工商银行", by=night_user(), on=factories.DAY)
    with pytest.raises(employers.PayingAccountKnown):
        employers.add_paying_account(first, "6222 0211000100", "工商银行", by=night_user(), on=factories.DAY)
    assert first.paying_accounts.count() == 1


def test_paying_account_must_be_a_number():
    with pytest.raises(rules.WrongBankAccount):
        employers.add_paying_account(factories.employer(), "abc", "工商银行", by=night_user(), on=factories.DAY)


def test_handler_acts_for_one_employer():
    opened, other = factories.employer(), factories.employer()
    acting = factories.handler(opened)
    with pytest.raises(mandates.ActsAlready):
        mandates.appoint(other, acting, by=night_user(), on=factories.DAY)
    assert acting.mandates.get().employer == opened


def test_clerk_cannot_be_a_handler():
    with pytest.raises(mandates.NotAHandler):
        mandates.appoint(factories.employer(), factories.user(Post.CLERK), by=night_user(), on=factories.DAY)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("status", "99"),
        ("pay_day", 32),
        ("employer_ratio", 0),
        ("member_ratio", 101),
        ("paid_to", "2026-13"),
        ("number", "0100000001"),
    ],
)
def test_database_refuses_what_the_rules_refuse(column, value):
    opened = factories.employer()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"update accounts_employer set {column} = %s where id = %s", [value, opened.pk])
