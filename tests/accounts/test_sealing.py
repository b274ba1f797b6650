"""Sealing and unsealing: who may be sealed and from when, what it leaves behind, and the pages of it."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from access.queries import night_user
from access.states import Post
from accounts.actions import members, sealing
from accounts.actions.members import Paying
from accounts.models import Employer, MemberAccount
from accounts.queries import active_members
from accounts.states import CloseReason, EmployerStatus, MemberAccountStatus, SealReason
from audit.actions import trail
from audit.models import Record
from hpf.errors import NotAllowedNow, Refusal
from hpf.months import Month
from tests.access.factories import client_of, person
from tests.accounts import factories
from tests.accounts.factories import DAY
from tests.ledger import books

JUNE, JULY = Month(2026, 6), Month(2026, 7)
NOW = Paying(Decimal("7000.00"), Decimal("10.00"), Decimal("9.00"))

pytestmark = pytest.mark.django_db


@pytest.fixture
def employer():
    """An employer paid to June, whose members save from January."""
    employer = factories.employer()
    members.open_many(employer, [old_member() for _ in range(3)], by=night_user(), on=DAY)
    paid_to(employer, "2026-06")
    return employer


def old_member(**particulars):
    return factories.new_member(first_month=Month(2026, 1), **particulars)


def paid_to(employer, month):
    Employer.objects.filter(pk=employer.pk).update(paid_to=month)
    employer.refresh_from_db()


def seal(employer, accounts, month=JULY, reason=SealReason.ENDED):
    return sealing.seal(employer, {row.pk: reason for row in accounts}, month=month, by=night_user(), on=DAY)


def unseal(account, paying=NOW):
    sealing.unseal(account.employer, {account.pk: paying}, by=night_user(), on=DAY)


def of(employer):
    return list(employer.member_accounts.order_by("number"))


def test_sealed_account_keeps_its_reason_and_leaves_the_list(employer):
    first, second, third = of(employer)
    seal(employer, [first, third], reason=SealReason.RETIRED)
    first.refresh_from_db()
    assert (first.status, first.sealed_on, first.seal_reason) == (MemberAccountStatus.SEALED, DAY, SealReason.RETIRED)
    assert list(active_members(employer)) == [second]


def test_every_account_sealed_has_a_record_with_month_and_reason(employer):
    first, second, _third = of(employer)
    seal(employer, [first, second])
    records = Record.objects.filter(subject_kind="accounts.memberaccount", after__status="02")
    assert {(record.subject_label, record.why) for record in records} == {
        (row.number, "从 2026-07 起停缴：终止劳动关系") for row in (first, second)
    }


@pytest.mark.parametrize("status", [MemberAccountStatus.SEALED, MemberAccountStatus.CLOSED])
def test_only_a_contributing_account_is_sealed_and_one_refused_stops_all(employer, status):
    first, second, _third = of(employer)
    trail.move(second, status, by=night_user(), on=DAY)
    with pytest.raises(sealing.NotNormal):
        seal(employer, [first, second])
    first.refresh_from_db()
    assert first.status == MemberAccountStatus.NORMAL


@pytest.mark.parametrize(("last", "refused"), [(None, True), ("2026-05", True), ("2026-06", False), ("2026-08", False)])
def test_months_before_must_be_paid(employer, last, refused):
    paid_to(employer, last)
    if refused:
        with pytest.raises(sealing.NotPaidUp) as told:
            seal(employer, of(employer))
        assert "2026-06及以前的汇缴" in told.value.sentence
    else:
        assert len(seal(employer, of(employer))) == 3


def test_who_joined_this_month_owes_no_month_before():
    employer = factories.employer()
    account = factories.member_account(employer)  # from July; the employer never paid
    seal(employer, [account])
    assert not active_members(employer).exists()


def test_account_of_another_employer_is_refused(employer):
    with pytest.raises(members.NotOfEmployer):
        seal(employer, [*of(employer), factories.member_account()])


def test_unsealed_account_contributes_as_entered(employer):
    account = of(employer)[0]
    seal(employer, [account])
    unseal(account)
    account.refresh_from_db()
    assert (account.status, account.sealed_on, account.seal_reason) == (MemberAccountStatus.NORMAL, None, "")
    assert Paying(account.base, account.employer_ratio, account.member_ratio) == NOW
    assert account in active_members(employer)


def test_account_that_is_not_sealed_cannot_be_unsealed(employer):
    account = of(employer)[0]
    with pytest.raises(sealing.NotSealed):
        unseal(account)
    trail.move(account, MemberAccountStatus.CLOSED, by=night_user(), on=DAY)
    with pytest.raises(sealing.NotSealed):
        unseal(account)


@pytest.mark.parametrize(
    ("status", "also"),
    [
        (EmployerStatus.DEFERRED, {}),
        (EmployerStatus.SEALED, {}),
        (EmployerStatus.CLOSED, {"closed_on": DAY, "close_reason": CloseReason.DISSOLVED}),
    ],
)
def test_employer_that_does_not_contribute_unseals_nobody(employer, status, also):
    account = of(employer)[0]
    seal(employer, [account])
    employer.refresh_from_db()
    trail.move(employer, status, by=night_user(), on=DAY, **also)
    with pytest.raises(sealing.EmployerStopped):
        unseal(account)


@pytest.mark.parametrize(
    "paying", [Paying(Decimal(1), Decimal(8), Decimal(8)), Paying(Decimal(7000), Decimal(8), Decimal(13))]
)
def test_base_and_ratios_are_held_within_the_limits_of_the_day(employer, paying):
    account = of(employer)[0]
    seal(employer, [account])
    with pytest.raises(Refusal):
        unseal(account, paying)
    account.refresh_from_db()
    assert account.status == MemberAccountStatus.SEALED


def test_sealed_and_unsealed_account_keeps_its_money_and_number(employer):
    account = of(employer)[0]
    books.open_books(DAY)
    books.pay_in("in", books.bank(DAY), account.ledger_account_id, "523.44", on=DAY)
    seal(employer, [account])
    unseal(account)
    kept = MemberAccount.objects.select_related("ledger_account").get(number=account.number)
    assert (kept.ledger_account.balance, kept.pk) == (Decimal("523.44"), account.pk)


def test_a_status_read_long_ago_does_not_win(employer):
    account = of(employer)[0]
    seal(employer, [account])
    account.refresh_from_db()
    unseal(account)
    with pytest.raises(Refusal) as told:
        unseal(account)  # as it was read before
    assert isinstance(told.value, sealing.NotSealed | NotAllowedNow)


# Pages


@pytest.fixture
def day():
    books.open_books(date(2026, 7, 15))


def clerk(branch_id=1):
    return client_of(person(Post.CLERK, branch_id=branch_id))


def page_of(client, name, account, data=None):
    address = reverse(name, args=[account.pk])
    answer = client.get(address) if data is None else client.post(address, data, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def test_clerk_seals_after_looking_once_more(day, employer):
    account, browser = of(employer)[0], clerk()
    assert reverse("accounts:member_seal", args=[account.pk]) in page_of(browser, "accounts:member", account)
    looked_at = page_of(browser, "accounts:member_seal", account, {"reason": "03"})
    account.refresh_from_db()
    assert account.status == MemberAccountStatus.NORMAL and "离休退休" in looked_at and "确认封存" in looked_at
    done = page_of(browser, "accounts:member_seal", account, {"reason": "03", "confirmed": "1"})
    account.refresh_from_db()
    assert (account.status, account.seal_reason) == (MemberAccountStatus.SEALED, "03")
    assert "从 2026-07 起不再列入" in done and "（离休退休）" in done


def test_clerk_unseals_after_looking_once_more(day, employer):
    account, browser = of(employer)[0], clerk()
    seal(employer, [account])
    assert "7000" not in page_of(browser, "accounts:member_unseal", account)
    answers = {"base": "7000", "employer_ratio": "8", "member_ratio": "8"}
    looked_at = page_of(browser, "accounts:member_unseal", account, answers)
    assert "7,000.00 元（原 6,543.00 元）" in looked_at
    page_of(browser, "accounts:member_unseal", account, answers | {"confirmed": "1"})
    account.refresh_from_db()
    assert (account.status, account.base) == (MemberAccountStatus.NORMAL, 7000)


def test_second_click_is_told_and_seals_nothing(day, employer):
    account, browser = of(employer)[0], clerk()
    answers = {"reason": "03", "confirmed": "1"}
    page_of(browser, "accounts:member_seal", account, answers)
    assert "只有正常缴存的账户可以封存" in page_of(browser, "accounts:member_seal", account, answers)
    assert Record.objects.filter(act="move", subject_id=account.pk, after__status="02").count() == 1


@pytest.mark.parametrize("answers", [{}, {"reason": "77"}, {"reason": "", "confirmed": "1"}])
def test_no_reason_no_sealing(day, employer, answers):
    account = of(employer)[0]
    page = page_of(clerk(), "accounts:member_seal", account, answers | {"x": "1"})
    assert "封存原因" in page and "error-summary" in page
    account.refresh_from_db()
    assert account.status == MemberAccountStatus.NORMAL


@pytest.mark.parametrize("base", ["", "x", "1", "7000.001", "1e30", "NaN"])
def test_wrong_base_is_an_error_beside_its_field(day, employer, base):
    account = of(employer)[0]
    seal(employer, [account])
    answers = {"base": base, "employer_ratio": "8", "member_ratio": "8", "confirmed": "1"}
    assert "error-summary" in page_of(clerk(), "accounts:member_unseal", account, answers)
    account.refresh_from_db()
    assert account.status == MemberAccountStatus.SEALED


def test_what_cannot_be_done_is_shown_with_its_reason(day, employer):
    account = of(employer)[0]
    paid_to(employer, "2026-05")
    for name in ("accounts:member", "accounts:member_seal"):
        assert "2026-06及以前的汇缴全部入账" in page_of(clerk(), name, account)
    assert reverse("accounts:member_seal", args=[account.pk]) not in page_of(clerk(), "accounts:member", account)
    assert "只有已封存的账户可以启封" in page_of(clerk(), "accounts:member_unseal", account)


def test_only_clerks_of_the_office_seal(day, employer):
    account = of(employer)[0]
    for name in ("accounts:member_seal", "accounts:member_unseal"):
        address = reverse(name, args=[account.pk])
        assert clerk(branch_id=2).post(address, {"reason": "01", "confirmed": "1"}).status_code == 404
        for post in (Post.MANAGER, Post.AUDITOR, Post.FINANCE, Post.OPERATOR, Post.HANDLER, Post.MEMBER):
            assert client_of(person(post)).post(address, {"reason": "01", "confirmed": "1"}).status_code == 403
    manager = page_of(client_of(person(Post.MANAGER)), "accounts:member", account)
    assert "封存</a>" not in manager and "封存</button>" not in manager
    account.refresh_from_db()
    assert account.status == MemberAccountStatus.NORMAL
