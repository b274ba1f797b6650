"""Sealing, going out of business, unsealing and closing: each under its conditions, and every reason told."""

import pytest

from access.models import User
from access.states import Post
from accounts.actions import closing as closings
from accounts.actions import employer_changes, employer_ends, employers, sealing
from accounts.actions.employer_changes import Grounds
from accounts.models import Employer, KeyChange, MemberAccount
from accounts.queries import NoMandate, employers_seen_by, standing_of
from accounts.queries import employer_changes as asked_for
from accounts.states import CloseReason, EmployerStatus, MemberAccountStatus, SealReason
from approvals.actions.signatures import Decision, FactsChanged
from approvals.rules import digest_of
from approvals.states import CaseStatus, Verdict
from audit.actions import inspection, trail
from audit.models import Record
from deposits import queries as deposits
from deposits.actions import remittances
from hpf.months import Month
from tests.access.factories import person
from tests.accounts import factories
from tests.accounts.factories import DAY
from tests.ledger import books

pytestmark = pytest.mark.django_db
GROUNDS = Grounds("停业公告 2026-07", "停业")
CLOSED, NORMAL, SEALED = EmployerStatus.CLOSED, EmployerStatus.NORMAL, EmployerStatus.SEALED


@pytest.fixture(autouse=True)
def day():
    books.open_books(DAY)


@pytest.fixture
def employer() -> Employer:
    """An employer with three members who begin in July, so that nothing before is owed."""
    made = factories.employer()
    factories.member_accounts(made, 3)
    return Employer.objects.get(pk=made.pk)


def clerk() -> User:
    return person(Post.CLERK)


def status(of: Employer) -> str:
    return Employer.objects.get(pk=of.pk).status


def everybody_sealed(of: Employer) -> Employer:
    leavers = {account.pk: SealReason.ENDED for account in of.member_accounts.order_by("pk")}
    sealing.seal(of, leavers, month=Month(2026, 7), by=clerk(), on=DAY)
    return Employer.objects.get(pk=of.pk)


def everybody_gone(of: Employer) -> Employer:
    for account in of.member_accounts.order_by("pk"):
        trail.move(account, MemberAccountStatus.CLOSED, by=clerk(), on=DAY)
    return Employer.objects.get(pk=of.pk)


def listed(of: Employer) -> None:
    month = Month(2026, 7)
    remittances.submit(of, month, deposits.proposed_lines(of, month), by=clerk(), on=DAY)


def granted(change: KeyChange) -> Decision:
    return Decision(Verdict.GRANT, digest_of(asked_for.facts_of(change)))


def closing(of: Employer) -> KeyChange:
    return employer_ends.propose_closing(of, CloseReason.DISSOLVED, GROUNDS, by=clerk(), on=DAY)


def test_an_employer_rests_when_nobody_contributes(employer):
    with pytest.raises(employer_ends.NotNow, match="还有 3 名职工正常缴存"):
        employer_ends.seal(employer, GROUNDS, by=clerk(), on=DAY)
    employer_ends.seal(everybody_sealed(employer), GROUNDS, by=clerk(), on=DAY)
    employer.refresh_from_db()
    assert (employer.status, employer.sealed_on) == (SEALED, DAY)


def test_out_of_business_everybody_and_the_employer_are_sealed_in_one_act(employer):
    frozen = employer.member_accounts.order_by("pk")[0]
    factories.freeze(frozen)
    assert employer_ends.suspend(employer, GROUNDS, by=clerk(), on=DAY) == 3  # a freeze hinders no sealing
    assert status(employer) == SEALED
    sealed = employer.member_accounts.filter(status=MemberAccountStatus.SEALED, sealed_on=DAY)
    assert set(sealed.values_list("seal_reason", flat=True)) == {SealReason.UNPAID} and sealed.count() == 3
    moves = Record.objects.filter(act="move", subject_kind="accounts.memberaccount", why__contains="歇业")
    assert moves.count() == 3
    assert Record.objects.get(act="suspend_employer").after["count"] == 3


def test_going_out_of_business_costs_the_same_for_three_and_for_sixty(employer, django_assert_max_num_queries):
    factories.member_accounts(employer, 57)
    by = clerk()
    with django_assert_max_num_queries(20):
        assert employer_ends.suspend(employer, GROUNDS, by=by, on=DAY) == 60


def test_months_that_are_owed_come_first(employer):
    behind = factories.employer()
    factories.member_account(behind, first_month=Month(2026, 5))
    with pytest.raises(sealing.NotPaidUp):
        employer_ends.suspend(behind, GROUNDS, by=clerk(), on=DAY)
    assert not MemberAccount.objects.filter(status=MemberAccountStatus.SEALED).exists()


def test_an_employer_contributes_again(employer):
    employer_ends.suspend(employer, GROUNDS, by=clerk(), on=DAY)
    employer_ends.unseal(employer, GROUNDS, by=clerk(), on=DAY)
    employer.refresh_from_db()
    assert (employer.status, employer.sealed_on) == (NORMAL, None)
    with pytest.raises(employer_ends.NotNow, match="只有已封存的单位可以启封"):
        employer_ends.unseal(employer, GROUNDS, by=clerk(), on=DAY)


def test_every_reason_against_closing_is_told_at_once(employer):
    first, second, _third = employer.member_accounts.order_by("pk")
    listed(employer)
    sealing.seal(employer, {first.pk: SealReason.ENDED}, month=Month(2026, 7), by=clerk(), on=DAY)
    factories.freeze(second)
    books.pay_in("surplus", books.bank(DAY), employer.unallocated_id, "12.34", on=DAY)
    employer.refresh_from_db()
    reasons = employer_ends.no_closing(employer, standing_of(employer))
    assert [reason[:9] for reason in reasons[:2]] == ["还有 2 户正常的", "还有 1 户封存的"]
    assert reasons[2].startswith("单位暂存款还有 12.34 元")
    assert reasons[3].startswith("2026-07 汇缴清册（HJ") and len(reasons) == 4
    with pytest.raises(employer_ends.NotNow) as refused:
        closing(employer)
    assert all(reason in refused.value.sentence for reason in reasons)


def test_a_list_that_waits_for_money_keeps_an_employer_from_ending(employer):
    listed(employer)
    gone = everybody_gone(employer)
    with pytest.raises(employer_ends.NotNow, match="已提交，待到账"):
        closing(gone)


def test_closing_takes_two_persons_and_ends_mandates_and_paying_accounts(employer):
    handler = factories.handler(employer)
    factories.employers.add_paying_account(employer, "62220211000100", "工商银行", by=clerk(), on=DAY)
    change = closing(everybody_gone(employer))
    assert status(employer) == NORMAL
    assert employer_ends.decide_closing(change, granted(change), by=person(Post.MANAGER), on=DAY) == CaseStatus.GRANTED
    employer.refresh_from_db()
    assert (employer.status, employer.closed_on, employer.close_reason) == (CLOSED, DAY, CloseReason.DISSOLVED)
    assert not employer.paying_accounts.exists()
    with pytest.raises(NoMandate):
        employers_seen_by(handler)


@pytest.mark.parametrize("before", [MemberAccountStatus.NORMAL, MemberAccountStatus.SEALED])
def test_an_account_that_comes_back_after_its_employers_end_is_sealed(employer, before):
    """A bank gives the money of a closing back weeks later: the member saves on elsewhere, or has it paid again."""
    change = closing(everybody_gone(employer))
    employer_ends.decide_closing(change, granted(change), by=person(Post.MANAGER), on=DAY)
    account = employer.member_accounts.order_by("pk").first()
    closings.reopen(account, before, by=clerk(), on=DAY, why="银行退回")
    account.refresh_from_db()
    assert (account.status, account.sealed_on, account.seal_reason) == (
        MemberAccountStatus.SEALED,
        DAY,
        SealReason.OTHER,
    )
    assert not [one for one in inspection.inspect(DAY) if not one.holds]


def test_what_came_in_between_stops_the_closing(employer):
    change = closing(everybody_gone(employer))
    seen = granted(change)
    books.pay_in("late", books.bank(DAY), employer.unallocated_id, "5.00", on=DAY)
    with pytest.raises(employer_ends.NotNow, match=r"暂存款还有 5\.00 元"):
        employer_ends.decide_closing(change, granted(change), by=person(Post.MANAGER), on=DAY)
    back = Decision(Verdict.RETURN, seen.seen, "有新到账")
    with pytest.raises(FactsChanged):
        employer_ends.decide_closing(change, back, by=person(Post.MANAGER), on=DAY)
    assert status(employer) == NORMAL


def test_an_employer_opened_by_mistake_is_closed_and_changes_no_more():
    employer = factories.employer()
    change = employer_ends.propose_closing(employer, CloseReason.MISTAKEN, GROUNDS, by=clerk(), on=DAY)
    employer_ends.decide_closing(change, granted(change), by=person(Post.MANAGER), on=DAY)
    for act in (
        lambda: employer_changes.change(employer, {"address": "x"}, GROUNDS, by=clerk(), on=DAY),
        lambda: employer_changes.propose(employer, {"name": "x"}, GROUNDS, by=clerk(), on=DAY),
        lambda: employers.add_paying_account(employer, "62220211000100", "工商银行", by=clerk(), on=DAY),
        lambda: factories.handler(employer),
    ):
        with pytest.raises(employers.EmployerEnded):
            act()
    with pytest.raises(employer_ends.NotNow, match="不能销户"):
        closing(employer)


def test_a_closing_that_waits_keeps_the_employer_as_it_is(employer):
    closing(everybody_gone(employer))
    with pytest.raises(employer_ends.NotNow, match="待复核"):
        employer_ends.suspend(employer, GROUNDS, by=clerk(), on=DAY)
    with pytest.raises(employer_ends.NotNow, match="待复核"):
        closing(employer)
