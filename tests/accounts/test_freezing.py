"""Freezes: by a paper and two persons, in the order in which they came, to their last day; what they stop, what not."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from access.queries import night_user
from access.states import Post
from accounts.actions import freezing, members, sealing, transfers
from accounts.actions.freezing import Order, Paper
from accounts.actions.members import Paying
from accounts.models import Freeze, FreezeChange, MemberAccount
from accounts.queries import freezes as frozen
from accounts.states import FREEZE_MOVES, FreezeAct, FreezeGround, FreezeStatus, MemberAccountStatus, SealReason
from approvals.actions import signatures
from approvals.actions.signatures import Decision
from approvals.rules import digest_of
from approvals.states import CaseStatus, Verdict
from audit.models import Record
from hpf.errors import Overtaken
from hpf.months import Month
from ledger.actions import holds
from ledger.models import LedgerAccount
from tests.access.factories import person
from tests.accounts import factories
from tests.accounts.factories import DAY
from tests.ledger import books

LAST = date(2027, 6, 30)
COURT = Order(
    FreezeGround.COURT, "内江市市中区人民法院", "（2026）川1002执123号", Decimal("800.00"), DAY, LAST, "协助执行"
)
LIFT = Paper(FreezeAct.LIFT, "内江市市中区人民法院", "（2026）川1002执123号之二", "案件执行完毕")
RENEW = Paper(FreezeAct.RENEW, "内江市市中区人民法院", "（2026）川1002执123号之一", "继续冻结", date(2028, 6, 30))

pytestmark = pytest.mark.django_db


@pytest.fixture
def account():
    """An account with 1,000.00 of an employer at Longchang."""
    books.open_books(DAY)
    opened = factories.member_account(name="李四")
    books.pay_in("first", books.bank(DAY), opened.ledger_account_id, "1000.00", on=DAY)
    return opened


@pytest.fixture
def clerk():
    return person(Post.CLERK, branch_id=1)


@pytest.fixture
def manager():
    return person(Post.MANAGER, branch_id=1)


def decide(row, by, verdict=Verdict.GRANT, reason="", seen=None, on=DAY):
    seen = seen or digest_of(frozen.facts_of(row))
    return freezing.decide(row, Decision(verdict, seen, reason), by=by, on=on)


def decide_change(row, by, verdict=Verdict.GRANT, reason="", on=DAY):
    seen = digest_of(frozen.facts_of_change(row))
    return freezing.decide_change(row, Decision(verdict, seen, reason), by=by, on=on)


def freeze(account, clerk, manager, order=COURT, on=DAY, **changes):
    """A freeze that holds."""
    row = freezing.propose(account, replace(order, **changes), by=clerk, on=on)
    decide(row, manager, on=on)
    return Freeze.objects.get(pk=row.pk)


def changed(row, paper, clerk, manager, on=DAY):
    """A freeze renewed or lifted."""
    decide_change(freezing.propose_change(row, paper, by=clerk, on=on), manager, on=on)
    return Freeze.objects.get(pk=row.pk)


def held(account):
    return LedgerAccount.objects.get(pk=account.ledger_account_id).held


def covered(account):
    return [str(one.covered) for one in frozen.queue_of(account)]


def spend(account, amount, on=DAY):
    with transaction.atomic():
        holds.place("tests.plain", f"w{amount}", account.ledger_account_id, Decimal(amount), by=night_user(), on=on)


def take_in(employer, account, on=DAY):
    paying = Paying(Decimal("7000.00"), Decimal("10.00"), Decimal("9.00"))
    return transfers.take_in(employer, {account.pk: paying}, by=night_user(), on=on)


def seal(account):
    leavers = {account.pk: SealReason.ENDED}
    sealing.seal(account.employer, leavers, month=Month(2026, 7), by=night_user(), on=DAY)
    account.refresh_from_db()


# Two persons


def test_nothing_is_frozen_until_a_second_person_grants_it(account, clerk, manager):
    row = freezing.propose(account, COURT, by=clerk, on=DAY)
    assert (row.status, held(account)) == (FreezeStatus.PENDING, 0)
    with pytest.raises(signatures.OwnCase):
        decide(row, clerk)
    assert decide(row, manager) == CaseStatus.GRANTED
    assert (Freeze.objects.get().status, held(account)) == (FreezeStatus.ACTIVE, Decimal("800.00"))


def test_returned_or_taken_back_it_freezes_nothing_and_may_be_asked_for_anew(account, clerk, manager):
    row = freezing.propose(account, COURT, by=clerk, on=DAY)
    decide(row, manager, Verdict.RETURN, "金额与文书不符")
    second = freezing.propose(account, COURT, by=clerk, on=DAY)
    with pytest.raises(signatures.NotTheMaker):
        freezing.withdraw(second, by=manager, on=DAY)
    freezing.withdraw(second, by=clerk, on=DAY)
    with pytest.raises(Overtaken):
        decide(second, manager)
    assert {one.status for one in Freeze.objects.all()} == {FreezeStatus.DROPPED} and held(account) == 0
    assert freeze(account, clerk, manager).status == FreezeStatus.ACTIVE


def test_page_that_grew_stale_is_read_again(account, clerk, manager):
    row = freezing.propose(account, COURT, by=clerk, on=DAY)
    seen = digest_of(frozen.facts_of(row))
    books.pay_in("more", books.bank(DAY), account.ledger_account_id, "1.00", on=DAY)
    with pytest.raises(signatures.FactsChanged):
        decide(row, manager, seen=seen)


def test_database_lets_no_freeze_begin_change_or_end_without_a_second_signature(account, clerk, manager):
    row = freezing.propose(account, COURT, by=clerk, on=DAY)
    rows = Freeze.objects.filter(pk=row.pk)
    with pytest.raises(IntegrityError, match="second signature"), transaction.atomic():
        rows.update(status=FreezeStatus.ACTIVE)
    decide(row, manager)
    for change in (
        {"until": date(2028, 1, 1)},
        {"status": FreezeStatus.ENDED, "ended_on": DAY},
        {"amount": Decimal("1.00")},
        {"document": "另一份"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**change)
    with pytest.raises(Exception, match=r"append-only|permission denied"), transaction.atomic():
        connection.cursor().execute("delete from accounts_freeze")
    assert rows.get().status == FreezeStatus.ACTIVE


@pytest.mark.parametrize("old", FreezeStatus)
def test_database_knows_the_table_of_moves(account, clerk, manager, old):
    row = freezing.propose(account, COURT, by=clerk, on=DAY)
    if old in (FreezeStatus.ACTIVE, FreezeStatus.ENDED):
        decide(row, manager)
    if old == FreezeStatus.DROPPED:
        freezing.withdraw(row, by=clerk, on=DAY)
    if old == FreezeStatus.ENDED:
        changed(row, LIFT, clerk, manager)
    assert Freeze.objects.get(pk=row.pk).status == old
    for new in set(FreezeStatus) - set(FREEZE_MOVES[old]) - {old}:
        with pytest.raises(IntegrityError, match="does not become"), transaction.atomic():
            Freeze.objects.filter(pk=row.pk).update(status=new)


def test_every_act_is_in_the_trail_of_the_account(account, clerk, manager):
    row = changed(freeze(account, clerk, manager), RENEW, clerk, manager)
    changed(row, LIFT, clerk, manager)
    told = Record.objects.filter(subject_kind="accounts.memberaccount", subject_id=str(account.pk)).order_by("pk")
    acts = [(one.act, one.by_id) for one in told if "freeze" in one.act]
    assert acts == [
        ("propose_freeze", clerk.pk),
        ("freeze", manager.pk),
        ("propose_freeze_change", clerk.pk),
        ("renew_freeze", manager.pk),
        ("propose_freeze_change", clerk.pk),
        ("lift_freeze", manager.pk),
    ]
    renewed = told.get(act="renew_freeze")
    assert (renewed.before["until"], renewed.after["until"]) == ("2027-06-30", "2028-06-30")


# The order


@pytest.mark.parametrize(
    ("changes", "refusal", "field"),
    [
        ({"amount": Decimal("0.00")}, freezing.AmountWrong, "amount"),
        ({"begins_on": DAY + timedelta(days=1)}, freezing.BeginsLater, "begins_on"),
        ({"until": None}, freezing.TermMissing, "until"),
        ({"until": DAY - timedelta(days=1)}, freezing.TermPast, "until"),
        ({"until": date(2029, 7, 2)}, freezing.TermTooLong, "until"),
    ],
)
def test_order_that_cannot_be_is_refused_at_its_field(account, clerk, changes, refusal, field):
    with pytest.raises(refusal) as told:
        freezing.propose(account, replace(COURT, **changes), by=clerk, on=DAY)
    assert told.value.field == field and not Freeze.objects.exists()


def test_courts_longest_term_is_granted_and_others_may_have_no_end(account, clerk, manager):
    assert freeze(account, clerk, manager, until=date(2029, 7, 1)).until == date(2029, 7, 1)  # 36 months, to the day
    own = freeze(account, clerk, manager, ground=FreezeGround.FRAUD, document="稽查〔2026〕1号", until=None)
    assert own.until is None
    with pytest.raises(freezing.NoTermToRenew):
        freezing.propose_change(own, RENEW, by=clerk, on=DAY)


def test_one_request_waits_at_a_time_and_a_paper_freezes_once(account, clerk, manager):
    row = freezing.propose(account, COURT, by=clerk, on=DAY)
    with pytest.raises(freezing.FreezeWaits):
        freezing.propose(account, replace(COURT, document="另一份"), by=clerk, on=DAY)
    decide(row, manager)
    with pytest.raises(freezing.FrozenByThisPaper):
        freezing.propose(account, COURT, by=clerk, on=DAY)


def test_ended_account_is_not_frozen(account, clerk):
    MemberAccount.objects.filter(pk=account.pk).update(status=MemberAccountStatus.CLOSED)
    with pytest.raises(freezing.AccountEnded):
        freezing.propose(account, COURT, by=clerk, on=DAY)


# The queue, the term


def test_later_freezes_wait_in_their_order_and_take_what_is_freed(account, clerk, manager):
    first = freeze(account, clerk, manager)
    freeze(account, clerk, manager, document="二", amount=Decimal("500.00"))
    freeze(account, clerk, manager, document="三", amount=None)
    assert covered(account) == ["800.00", "200.00", "0.00"]
    assert [one.lacks for one in frozen.queue_of(account)] == [False, True, False]
    books.pay_in("more", books.bank(DAY), account.ledger_account_id, "100.00", on=DAY)
    assert covered(account) == ["800.00", "300.00", "0.00"], "money is kept as it comes"
    changed(first, LIFT, clerk, manager)
    assert covered(account) == ["500.00", "600.00"] and held(account) == Decimal("1100.00")


def test_renewed_freeze_keeps_its_place(account, clerk, manager):
    first = freeze(account, clerk, manager)
    freeze(account, clerk, manager, document="二")
    assert changed(first, RENEW, clerk, manager).until == date(2028, 6, 30)
    assert next(one.freeze.pk for one in frozen.queue_of(account)) == first.pk
    assert covered(account) == ["800.00", "200.00"]


@pytest.mark.parametrize(
    ("until", "refusal"),
    [(None, freezing.TermMissing), (LAST, freezing.TermPast), (date(2029, 7, 2), freezing.TermTooLong)],
)
def test_renewal_needs_a_later_day_that_is_not_too_late(account, clerk, manager, until, refusal):
    row = freeze(account, clerk, manager)
    with pytest.raises(refusal):
        freezing.propose_change(row, replace(RENEW, until=until), by=clerk, on=DAY)
    assert not FreezeChange.objects.exists()


def test_one_change_waits_at_a_time_and_its_maker_takes_it_back(account, clerk, manager):
    row = freeze(account, clerk, manager)
    change = freezing.propose_change(row, LIFT, by=clerk, on=DAY)
    with pytest.raises(freezing.ChangeWaits):
        freezing.propose_change(row, RENEW, by=clerk, on=DAY)
    freezing.withdraw_change(change, by=clerk, on=DAY)
    second = freezing.propose_change(row, LIFT, by=clerk, on=DAY)
    assert decide_change(second, manager, Verdict.RETURN, "文书未盖章") == CaseStatus.RETURNED
    assert held(account) == Decimal("800.00")


def test_lifted_freeze_is_not_lifted_or_renewed_again(account, clerk, manager):
    row = freeze(account, clerk, manager)
    assert changed(row, LIFT, clerk, manager).ended_on == DAY
    assert held(account) == 0
    for paper in (LIFT, RENEW):
        with pytest.raises(freezing.NotFrozen):
            freezing.propose_change(row, paper, by=clerk, on=DAY)


def test_freeze_holds_to_its_last_day_and_ends_of_itself_the_day_after(account, clerk, manager):
    row = freeze(account, clerk, manager, until=DAY)
    assert freezing.lapse_all(by=night_user(), on=DAY) == {"lapsed": 0}
    assert held(account) == Decimal("800.00")
    books.run("select ledger_turn_day(%s)", DAY)
    after = DAY + timedelta(days=1)
    with pytest.raises(freezing.NotFrozen):  # between midnight and the task nothing can be built on it
        freezing.propose_change(row, replace(RENEW, until=LAST), by=clerk, on=after)
    assert freezing.lapse_all(by=night_user(), on=after) == {"lapsed": 1}
    assert freezing.lapse_all(by=night_user(), on=after) == {"lapsed": 0}
    row.refresh_from_db()
    assert (row.status, row.ended_on, held(account)) == (FreezeStatus.ENDED, after, 0)


def test_request_that_waited_past_its_last_day_is_only_returned(account, clerk, manager):
    row = freezing.propose(account, replace(COURT, until=DAY), by=clerk, on=DAY)
    after = DAY + timedelta(days=1)
    with pytest.raises(freezing.TermPast):
        decide(row, manager, on=after)
    assert decide(row, manager, Verdict.RETURN, "已过期", on=after) == CaseStatus.RETURNED


# What it stops, and what it does not


def test_withdrawal_takes_only_what_is_left_free(account, clerk, manager):
    freeze(account, clerk, manager)
    with pytest.raises(holds.Frozen):
        spend(account, "200.01")
    spend(account, "200.00")


def test_money_that_comes_later_is_frozen_too(account, clerk, manager):
    freeze(account, clerk, manager, amount=None)
    books.pay_in("more", books.bank(DAY), account.ledger_account_id, "250.00", on=DAY)  # contributions go on
    assert covered(account) == ["1250.00"]
    with pytest.raises(holds.Frozen):
        spend(account, "250.00")


@pytest.mark.parametrize("at", ["01", "02"], ids=["inside the office", "to another office"])
@pytest.mark.parametrize("amount", [Decimal("1.00"), None], ids=["a part", "everything"])
def test_frozen_account_goes_to_no_other_employer(account, clerk, manager, at, amount):
    seal(account)
    row = freeze(account, clerk, manager, amount=amount)
    employer = factories.employer(at=at)
    with pytest.raises(freezing.AccountFrozen):
        take_in(employer, account)
    changed(row, LIFT, clerk, manager)
    take_in(employer, account)
    assert MemberAccount.objects.get(pk=account.pk).employer_id == employer.pk


def test_account_whose_freeze_waits_goes_nowhere_either(account, clerk):
    seal(account)
    row = freezing.propose(account, COURT, by=clerk, on=DAY)
    with pytest.raises(freezing.AccountFrozen):
        take_in(factories.employer(), account)
    freezing.withdraw(row, by=clerk, on=DAY)
    assert take_in(factories.employer(), account)


@pytest.mark.parametrize(
    "end", [MemberAccountStatus.CLOSED, MemberAccountStatus.MERGED, MemberAccountStatus.TRANSFERRED_OUT]
)
def test_database_lets_no_frozen_account_end_or_leave(account, clerk, manager, end):
    row = freeze(account, clerk, manager, amount=Decimal("1.00"))
    rows = MemberAccount.objects.filter(pk=account.pk)
    for change in ({"status": end}, {"employer": factories.employer()}):
        with pytest.raises(IntegrityError, match="is frozen"), transaction.atomic():
            rows.update(**change)
    changed(row, LIFT, clerk, manager)
    assert rows.update(status=end) == 1


def test_frozen_account_is_sealed_unsealed_and_gets_another_base(account, clerk, manager):
    freeze(account, clerk, manager, amount=None)
    seal(account)
    assert account.status == MemberAccountStatus.SEALED
    seven, eight = (Paying(Decimal(base), Decimal("10.00"), Decimal("9.00")) for base in ("7000.00", "8000.00"))
    sealing.unseal(account.employer, {account.pk: seven}, by=night_user(), on=DAY)
    members.change_bases(account.employer, {account.pk: eight}, by=night_user(), on=DAY)
    account.refresh_from_db()
    assert (account.status, account.base) == (MemberAccountStatus.NORMAL, Decimal("8000.00"))
    assert held(account) == Decimal("1000.00")


# Who sees it


def test_freezes_are_seen_by_their_office_and_the_centre(account, clerk, manager):
    row = freeze(account, clerk, manager)
    centre = person(Post.MANAGER, branch_id=0)
    other = person(Post.MANAGER, branch_id=2)
    seen = [list(frozen.freezes_seen_by(one)) for one in (clerk, manager, centre, other)]
    assert seen == [[row], [row], [row], []]
