"""Particulars that change at once, and key ones that a second person signs."""

from datetime import date

import pytest
from django.db.utils import ProgrammingError

from access.models import User
from access.states import Post
from accounts import rules
from accounts.actions import employer_changes, employers
from accounts.actions.employer_changes import Grounds
from accounts.models import Employer, KeyChange, PayingAccount
from accounts.queries import employer_changes as asked_for
from approvals.actions.signatures import Decision, FactsChanged, OwnCase
from approvals.rules import digest_of
from approvals.states import CaseStatus, Verdict
from audit.models import Record
from hpf.errors import Overtaken
from tests.access.factories import person
from tests.accounts import factories
from tests.accounts.factories import DAY
from tests.ledger import books

pytestmark = pytest.mark.django_db
GROUNDS = Grounds("营业执照 2026-07-01 换发", "迁址")


def clerk() -> User:
    return person(Post.CLERK)


def manager() -> User:
    return person(Post.MANAGER)


def granted(change: KeyChange, **more: object) -> Decision:
    given = {"verdict": Verdict.GRANT, "seen": digest_of(asked_for.facts_of(change))} | more
    return Decision(**given)


def proposed(employer: Employer, **wanted: str) -> KeyChange:
    return employer_changes.propose(employer, wanted, GROUNDS, by=clerk(), on=DAY)


def now(row: Employer) -> Employer:
    return Employer.objects.select_related("branch").get(pk=row.pk)


def test_particulars_change_at_once_and_the_trail_tells_what_they_were():
    employer = factories.employer(address="旧址1号", contact_mobile="13900001111")
    wanted = {
        "address": "新址2号",
        "pay_day": 20,
        "contact_mobile": "139 0000 2222",
        "established_on": date(2020, 1, 2),
    }
    employer_changes.change(employer, wanted, GROUNDS, by=clerk(), on=DAY)
    changed = now(employer)
    assert (changed.address, changed.pay_day, changed.contact_mobile) == ("新址2号", 20, "13900002222")
    record = Record.objects.get(act="change_employer")
    assert record.before == {
        "address": "旧址1号", "pay_day": 10, "contact_mobile": "139****1111", "established_on": None
    }  # fmt: skip
    assert record.after["contact_mobile"] == "139****2222" and record.after["evidence"] == GROUNDS.evidence
    assert record.why == "迁址"


def test_nothing_changed_is_no_change():
    employer = factories.employer(address="旧址1号")
    with pytest.raises(employer_changes.NothingChanged):
        employer_changes.change(employer, {"address": "旧址1号"}, GROUNDS, by=clerk(), on=DAY)
    with pytest.raises(employer_changes.NothingChanged):
        proposed(employer, name=employer.name)


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [
        ({"pay_day": 32}, employers.WrongPayDay),
        ({"contact_mobile": "1"}, rules.WrongMobile),
        ({"contact_name": ""}, employers.NameMissing),
        ({"address": "新\u202e址"}, employers.NameUnreadable),
        ({"established_on": date(2026, 7, 2)}, employers.EstablishedLater),
    ],
)
def test_a_value_that_cannot_be_changes_nothing(wanted, reason):
    employer = factories.employer()
    with pytest.raises(reason):
        employer_changes.change(employer, {"address": "新址", **wanted}, GROUNDS, by=clerk(), on=DAY)
    assert now(employer).address == ""


def test_a_key_change_waits_for_a_second_person_and_then_holds():
    employer = factories.employer(name="内江旧名有限公司")
    code = factories.credit_code()
    change = proposed(employer, name="隆昌新名有限公司", credit_code=code)
    assert now(employer).name == "内江旧名有限公司" and change.case.status == CaseStatus.OPEN
    assert employer_changes.decide(change, granted(change), by=manager(), on=DAY) == CaseStatus.GRANTED
    changed = now(employer)
    assert (changed.name, changed.credit_code, changed.initials) == ("隆昌新名有限公司", code, "LCXMYXGS")
    record = Record.objects.get(act="change_key")
    assert record.before["name"] == "内江旧名有限公司" and record.after["credit_code"] == code


def test_what_was_proposed_stands_sealed_and_cannot_be_rewritten():
    change = proposed(factories.employer(), name="隆昌新名有限公司")
    assert "隆昌新名" not in change.values_sealed
    with pytest.raises(ProgrammingError, match="permission denied"):
        books.run("update accounts_keychange set reason = 'x'")


def test_the_maker_does_not_sign():
    maker = person(Post.MANAGER)
    employer = factories.employer()
    change = employer_changes.propose(employer, {"name": "新名厂"}, GROUNDS, by=maker, on=DAY)
    with pytest.raises(OwnCase):
        employer_changes.decide(change, granted(change), by=maker, on=DAY)
    assert now(employer).name == employer.name


def test_a_stale_page_has_to_be_read_again():
    employer = factories.employer()
    change = proposed(employer, name="隆昌新名有限公司")
    decision = granted(change)
    factories.employer(name="隆昌新名有限公司")  # a namesake came meanwhile
    with pytest.raises(FactsChanged):
        employer_changes.decide(change, decision, by=manager(), on=DAY)
    assert employer_changes.decide(change, granted(change), by=manager(), on=DAY) == CaseStatus.GRANTED


def test_a_code_opened_meanwhile_can_only_be_returned():
    employer, code = factories.employer(), factories.credit_code()
    change = proposed(employer, credit_code=code)
    factories.employer(credit_code=code)
    with pytest.raises(employers.CreditCodeTaken):
        employer_changes.decide(change, granted(change), by=manager(), on=DAY)
    back = granted(change, verdict=Verdict.RETURN, reason="代码已被其他单位使用")
    assert employer_changes.decide(change, back, by=manager(), on=DAY) == CaseStatus.RETURNED
    assert now(employer).credit_code == employer.credit_code


def test_one_change_waits_at_a_time_and_can_be_taken_back():
    employer, maker = factories.employer(), clerk()
    change = employer_changes.propose(employer, {"name": "新名厂"}, GROUNDS, by=maker, on=DAY)
    with pytest.raises(employer_changes.AlreadyProposed):
        proposed(employer, name="又一名厂")
    employer_changes.withdraw(change, by=maker, on=DAY)
    assert proposed(employer, name="又一名厂").case.status == CaseStatus.OPEN


def test_the_branch_changes_while_there_is_neither_member_nor_money():
    books.open_books(DAY)
    employer = factories.employer(at="01")
    change = proposed(employer, branch="02")
    employer_changes.decide(change, granted(change), by=manager(), on=DAY)
    changed = now(employer)
    assert changed.branch.code == "02" and changed.unallocated.branch.code == "02"
    assert changed.unallocated_id != employer.unallocated_id
    with_members = factories.member_account(factories.employer()).employer
    with pytest.raises(employer_changes.BranchHasMembers):
        proposed(with_members, branch="02")


def test_a_paying_account_is_taken_off_and_may_come_back():
    employer = factories.employer()
    account = employers.add_paying_account(employer, "62220211000100", "工商银行", by=clerk(), on=DAY)
    employers.drop_paying_account(account, by=clerk(), on=DAY, why="销户")
    assert not PayingAccount.objects.exists()
    assert Record.objects.get(act="drop_paying_account").before["account"] == "6222******0100"
    employers.add_paying_account(employer, "62220211000100", "工商银行", by=clerk(), on=DAY)
    stale = PayingAccount.objects.get()
    employers.drop_paying_account(PayingAccount.objects.get(), by=clerk(), on=DAY, why="销户")
    with pytest.raises(Overtaken):
        employers.drop_paying_account(stale, by=clerk(), on=DAY, why="销户")
