"""Taking people in at the counter: the certificate first, what the centre knows, the rest, and the number."""

import threading
from decimal import Decimal

import pytest
from django.db import connections
from django.urls import reverse

from access.queries import night_user
from access.states import Post
from accounts import rules
from accounts.actions import joining, members, sealing
from accounts.models import MemberAccount, Transfer
from accounts.queries import persons
from accounts.states import CertificateType, MemberAccountStatus, PersonStanding, SealReason
from audit.models import Record
from hpf.errors import Refusal
from hpf.months import Month
from tests.access.factories import client_of, person
from tests.accounts import factories
from tests.accounts.factories import DAY
from tests.banking.factories import open_first_day
from tests.ledger import books

LI_SI = {"name": "李四", "id_number": "11010519491231002X"}
FIRST = {"certificate_type": "01", "id_number": LI_SI["id_number"]}
REST = FIRST | {"particulars": "1", "name": "李四", "base": "6543", "employer_ratio": "8", "member_ratio": "8"}
MONTH = {"first_month": "2026-07"}


@pytest.fixture
def day(db):
    return open_first_day(DAY)


@pytest.fixture
def employer(day):
    return factories.employer()


def seal(account):
    sealing.seal(account.employer, {account.pk: SealReason.ENDED}, month=Month(2026, 7), by=night_user(), on=DAY)
    account.refresh_from_db()
    return account


def clerk(**given):
    return client_of(person(Post.CLERK, **{"branch_id": 1} | given))


def answer(browser, employer, answers=None):
    """What the page says to answers."""
    address = reverse("accounts:member_open", args=[employer.pk])
    reply = browser.post(address, answers, follow=True) if answers else browser.get(address)
    assert reply.status_code == 200
    return reply.content.decode()


def known(employer, user=None):
    certificate = rules.certificate(CertificateType.RESIDENT_ID, LI_SI["id_number"], on=DAY)
    return persons.person_at(employer, certificate, user or person(Post.CLERK, branch_id=1))


@pytest.mark.parametrize("sealed", [False, True])
def test_person_whose_account_is_frozen_elsewhere_cannot_join(employer, sealed):
    account = factories.member_account(factories.employer(), **LI_SI)
    if sealed:
        seal(account)
    factories.freeze(account, amount=Decimal("1.00"))
    assert (known(employer).standing, known(employer).may_join) == (PersonStanding.FROZEN_ELSEWHERE, False)


def test_person_is_found_out_before_anything_is_opened(employer):
    other = factories.employer()
    assert known(employer).standing == PersonStanding.NEW
    account = factories.member_account(other, **LI_SI)
    assert (known(employer).standing, known(employer).may_join) == (PersonStanding.ACTIVE_ELSEWHERE, False)
    assert known(other).standing == PersonStanding.SAVES_HERE
    seal(account)
    assert (known(employer).standing, known(employer).moves) == (PersonStanding.SEALED_ELSEWHERE, True)
    assert known(other).standing == PersonStanding.SEALED_HERE
    MemberAccount.objects.filter(pk=account.pk).update(status=MemberAccountStatus.CLOSED)
    assert (known(employer).standing, known(employer).may_join) == (PersonStanding.ENDED, True)


def test_clerk_opens_an_account_after_looking_once_more(employer):
    browser = clerk()
    assert "下一步：查重" in answer(browser, employer)
    second = answer(browser, employer, FIRST)
    assert "中心尚无该证件的登记" in second and "2,070.00 元至 22,389.00 元" in second and "1949-12-31" in second
    looked_at = answer(browser, employer, REST | MONTH | {"mobile": "13800138000"})
    assert "确认开户" in looked_at and not MemberAccount.objects.exists()
    done = answer(browser, employer, REST | MONTH | {"mobile": "13800138000", "confirmed": "1"})
    account = MemberAccount.objects.select_related("member").get()
    assert account.number in done and "开户完成" in done
    assert (account.member.name, account.member.initials, account.base) == ("李四", "LS", Decimal("6543.00"))
    assert (account.first_month, account.member.mobile) == ("2026-07", "13800138000")


def test_second_click_is_told_and_opens_no_second_account(employer):
    browser, all_of_it = clerk(), REST | MONTH | {"confirmed": "1"}
    answer(browser, employer, all_of_it)
    assert "该职工已在本单位开户" in answer(browser, employer, all_of_it)
    assert MemberAccount.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"id_number": "110105194912310021"}, "校验码不符"),
        ({"id_number": ""}, "请填写证件号码"),
        ({"certificate_type": "77"}, "请从列表中选择"),
        ({"name": ""}, "请填写姓名"),
        ({"name": "李4"}, "姓名只能含汉字"),
        ({"base": "1"}, "缴存基数应在"),
        ({"base": "x"}, "请填写数字"),
        ({"employer_ratio": "13"}, "缴存比例应在"),
        ({"mobile": "1380"}, "手机号码应为"),
        ({"card": "6222000011112222"}, "应同时填写"),
        ({"first_month": "2020-01"}, "请从列表中选择"),
    ],
)
def test_wrong_answer_is_named_and_opens_nothing(employer, wrong, sentence):
    page = answer(clerk(), employer, REST | MONTH | {"confirmed": "1"} | wrong)
    assert "error-summary" in page and sentence in page
    assert not MemberAccount.objects.exists()


def test_sealed_elsewhere_is_moved_after_the_name_was_checked(employer):
    account = seal(factories.member_account(factories.employer(at="04", name="威远水泥厂"), **LI_SI))
    browser = clerk()
    offered = answer(browser, employer, FIRST)
    assert "可办理同城转移" in offered and "威远水泥厂" not in offered  # another office's employer is not named
    wrong = answer(browser, employer, REST | {"name": "李五", "confirmed": "1"})
    assert members.NameDiffers.message in wrong and not Transfer.objects.exists()
    done = answer(browser, employer, REST | {"base": "7000", "confirmed": "1"})
    account.refresh_from_db()
    assert "转入完成" in done and account.number in done
    assert (account.employer_id, account.status, account.base) == (employer.pk, MemberAccountStatus.NORMAL, 7000)
    assert MemberAccount.objects.count() == 1


def test_active_elsewhere_is_refused_and_the_employer_named_only_to_its_own_office(employer):
    factories.member_account(factories.employer(name="隆昌玻璃厂"), **LI_SI)
    here, there = factories.employer(), factories.employer(at="04")
    said = answer(clerk(), here, FIRST)
    assert "须先由原单位办理封存" in said and "隆昌玻璃厂" in said
    far = answer(clerk(branch_id=4), there, FIRST)
    assert "须先由原单位办理封存" in far and "隆昌玻璃厂" not in far
    forced = answer(clerk(), here, REST | MONTH | {"confirmed": "1"})
    assert "须先由原单位办理封存" in forced and MemberAccount.objects.count() == 1


def test_sealed_here_is_offered_to_be_unsealed(employer):
    account = seal(factories.member_account(employer, **LI_SI))
    page = answer(clerk(), employer, FIRST)
    assert reverse("accounts:member_unseal", args=[account.pk]) in page


def test_certificate_stays_out_of_addresses_and_trail(employer):
    reply = clerk().post(reverse("accounts:member_open", args=[employer.pk]), REST | MONTH | {"confirmed": "1"})
    assert LI_SI["id_number"] not in reply["Location"]
    assert not [row for row in Record.objects.all() if LI_SI["id_number"] in f"{row.after}{row.before}{row.why}"]


def test_employer_that_takes_nobody_in_says_why(employer):
    factories.member_account(employer)
    type(employer).objects.filter(pk=employer.pk).update(status="05")
    page = answer(clerk(), employer)
    assert "不能为职工开户" in page and "下一步" not in page


def test_only_clerks_of_the_office_open(employer):
    address = reverse("accounts:member_open", args=[employer.pk])
    assert clerk(branch_id=4).post(address, FIRST).status_code == 404
    for post in (Post.MANAGER, Post.AUDITOR, Post.FINANCE, Post.OPERATOR, Post.HANDLER, Post.MEMBER):
        assert client_of(person(post)).post(address, FIRST).status_code == 403


def test_two_clerks_at_two_employers_open_one_account(own_database):
    """The same certificate at the same moment: one wins, the other reads a sentence, and there is one account."""
    open_first_day(DAY)
    both, gate, answers = [factories.employer(), factories.employer(at="04")], threading.Barrier(2), []

    def join(employer):
        gate.wait(60)
        try:
            joining.join(employer, factories.new_member(**LI_SI), by=night_user(), on=DAY)
            answers.append("opened")
        except Refusal as refusal:
            answers.append(refusal.sentence)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=join, args=(each,)) for each in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(answers) == 2 and answers.count("opened") == 1
    assert MemberAccount.objects.count() == 1


def test_money_comes_along_from_another_office(employer):
    account = factories.member_account(factories.employer(at="04"), **LI_SI)
    seal(account)
    with books.as_owner():
        books.run("insert into ledger_voucherkind (code, name) values (%s, '测试')", books.PLAIN)
    books.pay_in("in", books.bank(DAY), account.ledger_account_id, "523.44", on=DAY)
    joining.join(employer, factories.new_member(**LI_SI), by=night_user(), on=DAY)
    moved = MemberAccount.objects.select_related("ledger_account").get(pk=account.pk)
    assert (moved.ledger_account.balance, moved.ledger_account.branch_id) == (Decimal("523.44"), 1)
