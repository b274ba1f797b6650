"""Registering an employer at the counter and from the portal: all or nothing, once, and decided by one clerk."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.contrib.auth.hashers import check_password

from access.actions import people
from access.models import User
from access.states import Post
from accounts import queries
from accounts.actions import employers, mandates, registrations
from accounts.actions.employers import NewEmployer
from accounts.actions.registrations import Bank, SignIn
from accounts.models import Employer, Handler, PayingAccount, Registration
from accounts.states import EconomicType, EmployerStatus, Industry, RegistrationStatus
from audit.models import Record
from hpf.errors import NotAllowedNow, Refusal
from tests.access.factories import person
from tests.accounts import factories
from tests.accounts.factories import DAY

pytestmark = pytest.mark.django_db
PASSWORD = "jin-tian-ye-hen-hao"


def new_employer(**changes: object) -> NewEmployer:
    """A company of Longchang that was set up three weeks ago."""
    given = NewEmployer(
        name="隆昌市金鹅纺织有限公司",
        credit_code=factories.credit_code(),
        branch=factories.branch("01"),
        pay_day=15,
        employer_ratio=Decimal("8"),
        member_ratio=Decimal("8"),
        contact_name="周敏",
        contact_mobile="13900001111",
        address="隆昌市金鹅街道1号",
        legal_person="周大勇",
        economic_type=EconomicType.LIMITED,
        industry=Industry.MANUFACTURING,
        established_on=date(2026, 6, 10),
    )
    return replace(given, **changes)


def handler(username: str = "zhoumin") -> mandates.NewHandler:
    paper = mandates.Paper("SQ-2026-001", date(2026, 12, 31), "13900001111")
    return mandates.NewHandler(username, "周敏", PASSWORD, paper)


def applied(**changes: object) -> Registration:
    sign_in = SignIn(changes.pop("username", "jine2026"), PASSWORD)
    bank = Bank("6222 0211 0001 0002", "工商银行隆昌支行")
    return registrations.apply(new_employer(**changes), bank, sign_in, on=DAY)


def clerk(branch_id: int = 1) -> User:
    return person(Post.CLERK, branch_id=branch_id)


def test_a_registration_at_the_counter_opens_employer_account_and_handler_in_one_act():
    bank = Bank("6222021100010002", "工商银行隆昌支行")
    opened = registrations.register(new_employer(), bank, handler(), by=clerk(), on=DAY)
    mandate = opened.handlers.get()
    assert (opened.status, opened.initials) == (EmployerStatus.OPENED, "LCSJEFZYXGS")
    assert (opened.legal_person, opened.economic_type, opened.industry) == ("周大勇", "150", "C")
    assert opened.paying_accounts.get().account_number == "6222021100010002"
    assert (mandate.mandate, mandate.until, mandate.mobile) == ("SQ-2026-001", date(2026, 12, 31), "13900001111")
    assert mandate.user.post == Post.HANDLER and mandate.user.check_password(PASSWORD)


@pytest.mark.parametrize(
    ("bank", "acting"),
    [(Bank("12", "工商银行"), None), (None, handler("x" * 3)), (Bank("6222021100010002", ""), handler())],
)
def test_a_part_that_fails_opens_nothing(bank, acting):
    person(Post.CLERK, username="xxx")
    with pytest.raises(Refusal):
        registrations.register(new_employer(), bank, acting, by=clerk(), on=DAY)
    assert (Employer.objects.count(), PayingAccount.objects.count(), Handler.objects.count()) == (0, 0, 0)


def test_no_employer_was_set_up_after_today():
    with pytest.raises(employers.EstablishedLater):
        registrations.register(new_employer(established_on=date(2026, 7, 2)), None, None, by=clerk(), on=DAY)


@pytest.mark.parametrize(
    ("established", "late"),
    [(date(2026, 6, 1), 0), (date(2026, 5, 31), 1), (date(2026, 5, 1), 31), (date(2026, 7, 1), 0), (None, 0)],
)
def test_thirty_days_after_set_up_a_registration_is_late(established, late):
    """Regulation art. 14: within thirty days; 1 June and thirty days is 1 July."""
    assert registrations.days_late(established, DAY, on=DAY) == late


def test_an_application_waits_with_a_number_and_opens_nothing():
    row = applied()
    assert row.number.startswith("DJ") and len(row.number) == 10
    assert row.status == RegistrationStatus.SUBMITTED and not Employer.objects.exists()
    assert check_password(PASSWORD, row.password) and not User.objects.filter(username="jine2026").exists()
    record = Record.objects.get(act="apply_registration")
    assert record.by_name == "网上申请人" and "13900001111" not in str(record.after)
    assert "13900001111" not in row.contact_mobile_sealed and "6222021100010002" not in row.account_number_sealed


def test_accepting_opens_everything_and_the_applicant_signs_in_with_the_chosen_password():
    row, accepting = applied(), clerk()
    opened = registrations.accept(row, by=accepting, on=DAY)
    row.refresh_from_db()
    assert (row.status, row.employer, row.decided_by) == (RegistrationStatus.ACCEPTED, opened, accepting)
    user = User.objects.get(username="jine2026")
    assert user.check_password(PASSWORD) and queries.employers_seen_by(user).get() == opened
    assert opened.paying_accounts.get().account_number == "6222021100010002"
    assert opened.established_on == date(2026, 6, 10) and opened.contact_mobile == "13900001111"


def test_an_application_is_decided_once():
    row = applied()
    registrations.send_back(row, "营业执照名称不符", by=clerk(), on=DAY)
    with pytest.raises(NotAllowedNow):
        registrations.accept(Registration.objects.get(pk=row.pk), by=clerk(), on=DAY)
    assert row.reason == "营业执照名称不符" and not Employer.objects.exists()


def test_sending_back_needs_a_word():
    with pytest.raises(registrations.ReasonMissing):
        registrations.send_back(applied(), "  ", by=clerk(), on=DAY)


def test_what_was_sent_back_can_be_handed_in_again():
    row = applied(credit_code=(code := factories.credit_code()))
    registrations.send_back(row, "请更正名称", by=clerk(), on=DAY)
    assert applied(credit_code=code).status == RegistrationStatus.SUBMITTED


def test_an_open_employer_and_a_waiting_application_are_refused_alike():
    opened, waiting = factories.employer(), applied()
    sentences = set()
    for code in (opened.credit_code, waiting.credit_code):
        with pytest.raises(registrations.CannotApply) as refused:
            applied(credit_code=code, username="other")
        sentences.add(refused.value.sentence)
    assert len(sentences) == 1


def test_names_taken_by_users_and_by_applications_are_refused_alike():
    person(Post.CLERK, username="taken")
    applied(username="waiting")
    for name in ("taken", "waiting"):
        with pytest.raises(registrations.UsernameAsked):
            applied(username=name)


def test_a_weak_password_is_refused_when_applying():
    with pytest.raises(people.WeakPassword):
        registrations.apply(new_employer(), None, SignIn("jine2026", "12345678"), on=DAY)
    assert not Registration.objects.exists()


def test_accepting_what_was_opened_meanwhile_opens_nothing_twice():
    row = applied()
    factories.employer(credit_code=row.credit_code)
    with pytest.raises(employers.CreditCodeTaken):
        registrations.accept(row, by=clerk(), on=DAY)
    row.refresh_from_db()
    assert row.status == RegistrationStatus.SUBMITTED and not User.objects.filter(username="jine2026").exists()


def test_a_clerk_sees_the_applications_of_the_own_office_and_the_centre_all():
    here, there = applied(), applied(branch=factories.branch("02"), username="other")
    assert set(queries.registrations_seen_by(clerk())) == {here}
    assert set(queries.registrations_seen_by(clerk(branch_id=0))) == {here, there}
    assert not queries.registrations_seen_by(person(Post.MANAGER)).exists()


def test_the_state_is_told_to_who_knows_number_and_mobile():
    row = applied()
    assert queries.registration_asked(f" {row.number.lower()} ", "13900001111") == row
    assert queries.registration_asked(row.number, "13900001112") is None
    assert queries.registration_asked("DJ99999999", "13900001111") is None
