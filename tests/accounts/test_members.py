"""Opening members one by one and by the list, and changing their bases."""

import subprocess
import threading
import time
from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, connections, transaction

from access.queries import night_user
from access.states import Post
from accounts import rules
from accounts.actions import employers, members
from accounts.models import Employer, Member, MemberAccount
from accounts.states import CertificateType, EmployerStatus, MemberAccountStatus, Sex
from audit.actions import trail
from audit.models import Record
from hpf.embedded import postgres
from hpf.errors import Overtaken, Refusal
from ledger.models import LedgerAccount
from tests.accounts import factories
from tests.accounts.factories import DAY


def open_many(employer, listed):
    return members.open_many(employer, listed, by=night_user(), on=DAY)


@pytest.mark.django_db
def test_first_member_makes_the_employer_normal():
    employer = factories.employer()
    account = factories.member_account(employer)
    employer.refresh_from_db()
    assert employer.status == EmployerStatus.NORMAL
    kept = LedgerAccount.objects.get(pk=account.ledger_account_id)
    assert (kept.chart_id, kept.kind_id, kept.branch_id, kept.bears_interest) == ("201", "MEMBER", 1, True)
    assert account.status == MemberAccountStatus.NORMAL
    assert (account.employer_ratio, account.first_month) == (Decimal("8.00"), "2026-07")


@pytest.mark.django_db
def test_list_is_opened_in_its_order_with_neighbouring_numbers_and_one_record():
    employer = factories.employer()
    listed = [factories.new_member() for _ in range(30)]
    accounts = open_many(employer, listed)
    assert [account.member.name for account in accounts] == [new.name for new in listed]
    numbers = [int(account.number) for account in accounts]
    assert numbers == list(range(numbers[0], numbers[0] + 30))
    record = Record.objects.get(act="open_members")
    assert record.after == {"count": 30, "first": accounts[0].number, "last": accounts[-1].number}


@pytest.mark.django_db
def test_resident_id_tells_birth_date_and_sex_and_other_certificates_do_not():
    account = factories.member_account(id_number="11010519491231002x")
    passport = factories.member_account(id_number="e12345678", certificate_type=CertificateType.PASSPORT)
    assert (account.member.birth_date, account.member.sex) == (date(1949, 12, 31), Sex.FEMALE)
    assert account.member.id_number == "11010519491231002X"
    assert (passport.member.birth_date, passport.member.sex) == (None, None)
    assert passport.member.id_number == "E12345678"


@pytest.mark.django_db
def test_statements_do_not_grow_with_the_list(django_assert_max_num_queries):
    employer = factories.employer()
    listed = [factories.new_member() for _ in range(200)]
    with django_assert_max_num_queries(22):
        open_many(employer, listed)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("particulars", "reason", "field"),
    [
        ({"name": " "}, employers.NameMissing, "name"),
        ({"id_number": "110105194912310021"}, rules.WrongIdCheckDigit, "id_number"),
        ({"mobile": "1391"}, rules.WrongMobile, "mobile"),
        ({"card": "62"}, rules.WrongBankAccount, "account_number"),
        ({"base": Decimal("2069.99")}, members.BaseOutOfLimits, "base"),
        ({"base": Decimal("22389.01")}, members.BaseOutOfLimits, "base"),
        ({"base": Decimal("3000.005")}, members.BaseOutOfLimits, "base"),
        ({"base": Decimal("NaN")}, members.BaseOutOfLimits, "base"),
        ({"employer_ratio": Decimal("4")}, employers.RatioOutOfLimits, "employer_ratio"),
    ],
)
def test_bad_row_is_named_and_nothing_is_opened(particulars, reason, field):
    employer = factories.employer()
    with pytest.raises(members.RowRefused) as refused:
        open_many(employer, [factories.new_member(), factories.new_member(**particulars)])
    assert (refused.value.row, refused.value.field) == (2, field)
    assert isinstance(refused.value.reason, reason)
    assert refused.value.sentence.startswith("第2行")
    assert not MemberAccount.objects.exists() and not Member.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("base", ["2070.00", "22389.00"])
def test_base_limits_themselves_are_allowed(base):
    assert factories.member_account(base=Decimal(base)).base == Decimal(base)


@pytest.mark.django_db
def test_person_listed_twice_is_refused_however_the_number_is_spelt():
    new = factories.new_member()
    again = factories.new_member(name=new.name, id_number=f" {new.id_number.lower()}")
    with pytest.raises(members.RowRefused) as refused:
        open_many(factories.employer(), [new, again])
    assert isinstance(refused.value.reason, members.ListedTwice)


@pytest.mark.django_db
def test_person_with_an_open_account_is_refused_without_naming_the_other_employer():
    first = factories.member_account(name="李四", id_number="11010519491231002X")
    with pytest.raises(members.HasOpenAccount) as refused:
        factories.member_account(name="李四", id_number="11010519491231002X")
    assert first.employer.name not in refused.value.sentence


@pytest.mark.django_db
def test_sealed_account_is_still_open():
    account = factories.member_account(name="李四", id_number="11010519491231002X")
    trail.move(account, MemberAccountStatus.SEALED, by=night_user(), on=DAY)
    with pytest.raises(members.HasOpenAccount):
        factories.member_account(name="李四", id_number="11010519491231002X")


@pytest.mark.django_db
def test_person_whose_account_ended_gets_another_under_the_same_person():
    ended = factories.member_account(name="李四", id_number="11010519491231002X")
    trail.move(ended, MemberAccountStatus.CLOSED, by=night_user(), on=DAY)
    account = factories.member_account(name="李四", id_number="11010519491231002X")
    assert account.member_id == ended.member_id
    assert account.number != ended.number and account.ledger_account_id != ended.ledger_account_id


@pytest.mark.django_db
def test_known_certificate_with_another_name_is_refused():
    ended = factories.member_account(name="李四", id_number="11010519491231002X")
    trail.move(ended, MemberAccountStatus.CLOSED, by=night_user(), on=DAY)
    with pytest.raises(members.NameDiffers):
        factories.member_account(name="李五", id_number="11010519491231002X")


@pytest.mark.django_db
def test_sealed_employer_opens_nobody():
    employer = factories.employer()
    factories.member_account(employer)
    trail.move(employer, EmployerStatus.SEALED, by=night_user(), on=DAY)
    with pytest.raises(members.EmployerNotActive):
        factories.member_account(employer)


@pytest.mark.django_db
def test_empty_list_opens_nothing_and_leaves_the_employer_alone():
    employer = factories.employer()
    assert open_many(employer, []) == []
    assert employer.status == EmployerStatus.OPENED


@pytest.mark.django_db
def test_database_holds_one_open_account_a_person():
    account = factories.member_account()
    spare = factories.member_account()
    with pytest.raises(IntegrityError, match="one_open"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("update accounts_memberaccount set member_id = %s where id = %s", [account.member_id, spare.pk])


@pytest.mark.django_db
def test_bases_and_ratios_change_only_where_they_differ():
    employer = factories.employer()
    accounts = factories.member_accounts(employer, 3)
    same = members.Paying(accounts[0].base, accounts[0].employer_ratio, accounts[0].member_ratio)
    other = members.Paying(Decimal("7000.00"), Decimal("10.00"), Decimal("9.00"))
    changes = {accounts[0].pk: same, accounts[2].pk: other}
    assert members.change_bases(employer, changes, by=night_user(), on=DAY) == 1
    changed = MemberAccount.objects.get(pk=accounts[2].pk)
    assert (changed.base, changed.employer_ratio, changed.member_ratio) == (7000, 10, 9)
    assert Record.objects.get(act="change_bases").after == {"count": 1}


@pytest.mark.django_db
def test_bases_of_another_employer_or_an_ended_account_are_refused():
    employer = factories.employer()
    strange, ended = factories.member_account(), factories.member_account(employer)
    trail.move(ended, MemberAccountStatus.CLOSED, by=night_user(), on=DAY)
    paying = members.Paying(Decimal("7000.00"), Decimal("8.00"), Decimal("8.00"))
    with pytest.raises(members.NotOfEmployer) as refused:
        members.change_bases(employer, {strange.pk: paying, ended.pk: paying}, by=night_user(), on=DAY)
    assert refused.value.details["count"] == 2


@pytest.mark.django_db
def test_base_above_the_cap_is_refused_when_changed():
    account = factories.member_account()
    paying = members.Paying(Decimal("99999.00"), Decimal("8.00"), Decimal("8.00"))
    with pytest.raises(members.BaseOutOfLimits):
        members.change_bases(account.employer, {account.pk: paying}, by=night_user(), on=DAY)


@pytest.mark.django_db
def test_user_belongs_to_one_member_and_member_to_one_user():
    account, other = factories.member_account(), factories.member_account()
    user = factories.member_user(account)
    with pytest.raises(Overtaken):
        members.give_sign_in(other.member, user, by=night_user(), on=DAY)
    with pytest.raises(Overtaken):
        members.give_sign_in(account.member, factories.user(Post.MEMBER, at=None), by=night_user(), on=DAY)
    with pytest.raises(members.NotAMember):
        members.give_sign_in(other.member, factories.user(Post.CLERK), by=night_user(), on=DAY)


def at_once(*lists):
    """Each list opened in a thread of its own for its employer; what became of them."""
    gate, outcomes = threading.Barrier(len(lists)), []

    def opened(employer, listed):
        gate.wait()
        try:
            open_many(employer, listed)
            outcomes.append("opened")
        except (Refusal, DatabaseError) as trouble:
            outcomes.append(getattr(trouble, "code", repr(trouble)))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=opened, args=pair) for pair in lists]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes)


def test_two_employers_at_once_open_one_account_for_a_person(own_database):
    """The same person on two lists that are opened at the same moment: one account, one person, one refusal."""
    both = [factories.employer(), factories.employer()]
    person = {"name": "李四", "id_number": "11010519491231002X"}
    outcomes = at_once(*((each, [factories.new_member(), factories.new_member(**person)]) for each in both))
    assert outcomes in (["opened", "overtaken"], ["opened", "row_refused"])
    assert Member.objects.filter(name="李四").count() == 1
    assert MemberAccount.objects.count() == 2
    assert Employer.objects.filter(status=EmployerStatus.OPENED).count() == 1


@pytest.mark.parametrize("known", [False, True], ids=["new people", "people whose accounts ended"])
def test_two_lists_of_the_same_people_in_opposite_order_do_not_lock_each_other_out(own_database, known):
    both = [factories.employer(), factories.employer()]
    listed = [factories.new_member() for _ in range(400)]
    if known:
        open_many(factories.employer(), listed)
        MemberAccount.objects.update(status=MemberAccountStatus.CLOSED)
    outcomes = at_once((both[0], listed), (both[1], listed[::-1]))
    assert outcomes in (["opened", "overtaken"], ["opened", "row_refused"])
    assert Member.objects.count() == 400


def test_dump_of_the_tables_holds_no_number_that_names_a_person(own_database):
    """What a thief of the disk would read (1,000 people): no ID, mobile, card or paying account in plain text."""
    employer = factories.employer(contact_mobile="13700000001")
    employers.add_paying_account(employer, "6222999988887777", "工商银行", by=night_user(), on=DAY)
    listed = [factories.new_member() for _ in range(1000)]
    open_many(employer, listed)
    factories.member_user(MemberAccount.objects.first())
    dump = _dump(own_database.url)
    assert employer.credit_code in dump  # it is the whole dump
    secrets = {"13700000001", "6222999988887777"}
    secrets |= {secret for new in listed for secret in (new.id_number, new.mobile, new.card)}
    assert [secret for secret in secrets if secret in dump] == []


def test_five_thousand_members_open_in_seconds(own_database):
    employer = factories.employer()
    listed = [factories.new_member() for _ in range(5000)]
    began = time.monotonic()
    assert len(open_many(employer, listed)) == 5000
    assert time.monotonic() - began < 60  # measured 3 to 4 s on two idle cores, 20 s on two that ten others used


def _dump(url: str) -> str:
    tool = postgres.program("pg_dump")
    return subprocess.run([tool, "--data-only", url], capture_output=True, text=True, check=True).stdout
