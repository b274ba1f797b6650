"""Who sees which rows, and what the search recognises."""

from decimal import Decimal

import pytest
from django.db import connection, transaction

from access.models import User
from access.queries import night_user
from access.states import Post
from accounts import queries
from accounts.models import Employer, Member, MemberAccount
from accounts.states import CertificateType, MemberAccountStatus
from audit.actions import trail
from tests.access.factories import person
from tests.accounts import factories
from tests.accounts.factories import DAY
from tests.banking.factories import open_first_day

pytestmark = pytest.mark.django_db


@pytest.fixture
def two_offices():
    """One employer with one member in Longchang (01) and one in Weiyuan (04)."""
    here = factories.member_account(factories.employer(at="01"))
    there = factories.member_account(factories.employer(at="04"))
    return here, there


def seen(user: User) -> tuple[set, set]:
    employers = set(queries.employers_seen_by(user).values_list("pk", flat=True))
    return employers, set(queries.member_accounts_seen_by(user).values_list("pk", flat=True))


@pytest.mark.parametrize("post", [Post.CLERK, Post.MANAGER, Post.AUDITOR])
def test_staff_see_their_own_office_and_no_other(two_offices, post):
    here, _there = two_offices
    assert seen(person(post, branch_id=1)) == ({here.employer_id}, {here.pk})


def test_the_centre_sees_every_office(two_offices):
    here, there = two_offices
    assert seen(person(Post.CLERK, branch_id=0)) == ({here.employer_id, there.employer_id}, {here.pk, there.pk})


def test_finance_sees_employers_but_no_members(two_offices):
    here, _there = two_offices
    assert seen(person(Post.FINANCE, branch_id=1)) == ({here.employer_id}, set())


@pytest.mark.parametrize("post", [Post.OPERATOR, Post.BANK, Post.NIGHT])
def test_operators_and_machines_see_nobody(two_offices, post):
    assert seen(person(post, branch_id=0)) == (set(), set())


def test_staff_without_an_office_see_nobody(two_offices):
    assert seen(person(Post.CLERK, branch=None, branch_id=None)) == (set(), set())


def test_handler_sees_the_employer_acted_for(two_offices):
    here, _there = two_offices
    assert seen(factories.handler(here.employer)) == ({here.employer_id}, {here.pk})
    for read in (queries.employers_seen_by, queries.member_accounts_seen_by):
        with pytest.raises(queries.NoMandate):
            read(person(Post.HANDLER, branch_id=None))


def test_member_sees_the_own_accounts_and_no_employer(two_offices):
    here, _there = two_offices
    assert seen(factories.member_user(here)) == (set(), {here.pk})
    assert seen(person(Post.MEMBER, branch_id=None)) == (set(), set())


def test_active_members_are_those_who_pay_now_in_the_order_of_their_numbers():
    employer = factories.employer()
    normal, sealed, frozen, ended, last = factories.member_accounts(employer, 5)
    trail.move(sealed, MemberAccountStatus.SEALED, by=night_user(), on=DAY, sealed_on=DAY)
    open_first_day(DAY)
    factories.freeze(frozen)
    trail.move(ended, MemberAccountStatus.CLOSED, by=night_user(), on=DAY)
    factories.member_account()
    assert list(queries.active_members(employer)) == [normal, frozen, last]


def test_frozen_account_that_was_sealed_before_does_not_pay():
    employer = factories.employer()
    (account,) = factories.member_accounts(employer, 1)
    trail.move(account, MemberAccountStatus.SEALED, by=night_user(), on=DAY, sealed_on=DAY)
    open_first_day(DAY)
    factories.freeze(account)
    assert not queries.active_members(employer).exists()


@pytest.fixture
def clerk():
    return person(Post.CLERK, branch_id=1)


@pytest.fixture
def li_si():
    employer = factories.employer(name="内江隆昌玻璃厂", credit_code=factories.credit_code(424242))
    return factories.member_account(
        employer, name="李四", id_number="11010519491231002X", mobile="13800138000", base=Decimal("5000.00")
    )


@pytest.mark.parametrize(
    "text",
    [
        "李四",
        "李",
        " 李四 ",
        "11010519491231002X",
        "11010519491231002x",
        "110105 19491231 002x",
        "１１０１０５１９４９１２３１００２Ｘ",
        "13800138000",
        "138 0013 8000",
        "138-0013-8000",
        "+8613800138000",
    ],
)
def test_member_is_found_by(clerk, li_si, text):
    factories.member_account()
    found = queries.search(text, clerk)
    assert found.accounts == [li_si] and found.employers == [] and not found.too_many


def test_member_is_found_by_account_number(clerk, li_si):
    assert queries.search(f" {li_si.number}", clerk).accounts == [li_si]


def test_member_is_found_by_passport(clerk):
    account = factories.member_account(id_number="E12345678", certificate_type=CertificateType.PASSPORT)
    assert queries.search("e1234 5678", clerk).accounts == [account]


@pytest.mark.parametrize("text", ["内江隆昌玻璃厂", "内江隆昌", "number", "credit_code", "lower credit_code"])
def test_employer_is_found_by(clerk, li_si, text):
    factories.employer(name="威远水泥厂")
    if text.endswith("credit_code"):
        text = li_si.employer.credit_code.lower() if "lower" in text else li_si.employer.credit_code
    found = queries.search(li_si.employer.number if text == "number" else text, clerk)
    assert found.employers == [li_si.employer] and found.accounts == []


@pytest.mark.parametrize("text", ["", "  ", "四", "110105", "1380013", "%", "_四", "2999999999", "李四' or '1'='1"])
def test_nothing_else_is_found(clerk, li_si, text):
    assert queries.search(text, clerk) == queries.Found()


def test_search_stays_in_the_office(li_si):
    elsewhere = person(Post.CLERK, branch_id=4)
    for text in ("李四", "11010519491231002X", "13800138000", li_si.number, li_si.employer.number, "内江隆昌"):
        assert queries.search(text, elsewhere) == queries.Found(), text


def test_search_gives_finance_no_members(li_si):
    finance = person(Post.FINANCE, branch_id=1)
    assert queries.search("李四", finance) == queries.Found()
    assert queries.search("内江隆昌", finance).employers == [li_si.employer]


def test_fifty_are_shown_and_more_are_announced(clerk):
    employer = factories.employer()
    factories.member_accounts(employer, 50)
    full = queries.search("王测试", clerk)
    assert (len(full.accounts), full.too_many) == (50, False)
    factories.member_account(employer)
    more = queries.search("王测试", clerk)
    assert (len(more.accounts), more.too_many) == (50, True)


def test_search_takes_a_handful_of_statements(clerk, li_si, django_assert_max_num_queries):
    factories.member_accounts(li_si.employer, 40)
    with django_assert_max_num_queries(6):
        found = queries.search("王测试", clerk)
        assert len([account.member.name + account.employer.name for account in found.accounts]) == 40


def test_blind_indexes_differ_by_kind_and_hide_the_number(li_si):
    member = Member.objects.get(pk=li_si.member_id)
    assert bytes(member.id_index) != bytes(member.mobile_index)
    assert member.id_number.encode() not in bytes(member.id_index)


def test_sealed_number_cannot_be_moved_to_another_person(li_si):
    """Two sealed values swapped by somebody with the database open neither."""
    from hpf.privacy import Unreadable

    other = factories.member_account().member
    Member.objects.filter(pk=other.pk).update(id_number_sealed=li_si.member.id_number_sealed)
    other.refresh_from_db()
    with pytest.raises(Unreadable):
        _ = other.id_number
    assert MemberAccount.objects.count() == 2


@pytest.mark.parametrize("text", ["ldr", "LDR", "ld", "l d r"])
def test_initials_find_people_and_employers_in_either_case(clerk, text):
    employer = factories.employer(name="绿岛人寿内江支公司")
    account = factories.member_account(employer, name="吕德荣")
    found = queries.search(text, clerk)
    assert (found.accounts, found.employers) == ([account], [employer])


@pytest.mark.parametrize("text", ["l", "吕d", "ldr1"])
def test_less_than_two_letters_or_a_mixture_is_no_initials(clerk, text):
    factories.member_account(factories.employer(name="绿岛人寿内江支公司"), name="吕德荣")
    assert queries.search(text, clerk) == queries.Found()


def test_exact_hits_stand_before_initials(clerk):
    by_initials = factories.member_account(name="阿明")
    by_name = factories.member_account(name="AM Fischer")
    by_certificate = factories.member_account(name="周全", id_number="AM", certificate_type=CertificateType.PASSPORT)
    found = queries.search("AM", clerk).accounts
    assert set(found[:2]) == {by_name, by_certificate} and found[2] == by_initials


@pytest.mark.parametrize("text", ["阿卜杜•买", "阿卜杜 · 买买提", "abdmmt"])
def test_name_with_a_dot_is_found_however_the_dot_is_typed(clerk, text):
    account = factories.member_account(name="阿卜杜·买买提")
    assert queries.search(text, clerk).accounts == [account]


def test_rare_characters_are_found_by_the_name(clerk):
    account = factories.member_account(name="𠮷\ue123䶮")
    assert queries.search("𠮷", clerk).accounts == [account]
    assert queries.search("𠮷\ue123", clerk).accounts == [account]


def test_foreign_name_is_found_without_regard_to_capitals(clerk):
    account = factories.member_account(name="José García")
    assert queries.search("jose gar", clerk).accounts == [account]


@pytest.mark.parametrize("table", [Member, Employer])
def test_initials_are_looked_up_in_an_index(table):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off")  # the tables of a test are too small to need one
        plan = table.objects.filter(initials__startswith="LDR").explain()
    assert f"{table._meta.db_table}_initials" in plan and "Seq Scan" not in plan
