"""Applying and deciding 提取申请与审批: held when handed in, paid out when granted, free again when not."""

import uuid
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from accounts.actions import bans
from accounts.actions.bans import Ruling
from accounts.queries.bans import facts_of as facts_of_ban
from accounts.states import BanGround, MemberAccountStatus
from approvals.actions import signatures
from approvals.actions.batches import sign_each
from approvals.actions.signatures import Decision
from approvals.rules import digest_of
from approvals.states import CaseStatus, Verdict
from audit.actions import inspection
from audit.models import Record
from banking.states import PaymentStatus
from hpf.errors import NotAllowedNow, Overtaken
from hpf.money import ZERO
from ledger.models import Hold, PaidOut
from tests.accounts import factories as accounts
from tests.banking.owing import owed
from tests.withdrawals.factories import (
    ON,
    answered,
    application,
    approved,
    available,
    balance,
    decided,
    decision,
    fresh,
    manager,
    married,
    night,
    no_home,
    payment_of,
    purchase,
    rent,
    repayment,
    retired,
    saver,
    submitted,
    wish,
)
from withdrawals import queries
from withdrawals.actions import applications
from withdrawals.models import Use, Withdrawal
from withdrawals.states import DecidedBy, InquiryKind, InquiryOutcome, UseKind, WithdrawalStatus

pytestmark = pytest.mark.django_db
YUAN = Decimal("0.01")


def everything_holds():
    return [f"{one.check.title} {one.rows}" for one in inspection.inspect(ON) if not one.holds]


# Decided at once


def test_rent_is_decided_at_once_and_its_payment_is_with_the_bank():
    account = no_home(saver("9000.00"))
    withdrawal = submitted(account, rent(), "2500.00")
    assert (withdrawal.status, withdrawal.decided_by) == (WithdrawalStatus.APPROVED, DecidedBy.INSTANT)
    assert balance(account) == Decimal("9000.00") - 2500  # three months of savings and no interest yet
    payment = payment_of(withdrawal)
    assert (payment.amount, payment.status, payment.payee_name) == (2500, PaymentStatus.APPROVED, account.member.name)
    assert owed() == 2500  # Dr 201, Cr 21903
    assert withdrawal.reason == "07" and withdrawal.number == f"TQ{withdrawal.pk:010d}"
    assert everything_holds() == []


def test_a_months_rent_is_used_up():
    account = no_home(saver("9000.00"))
    submitted(account, rent(), "100.00")
    with pytest.raises(applications.NotEntitled) as refused:
        submitted(account, rent("2026-07", "2026-07"), "100.00")
    assert "2026-07 已由本人或配偶提取" in refused.value.sentence and "2026-10-15" in refused.value.sentence


def test_nobody_asked_nobody_answered_nothing_is_taken():
    account = saver("9000.00")
    with pytest.raises(applications.NotEntitled) as refused:
        submitted(account, rent())
    assert "请先授权查询" in refused.value.sentence
    assert (Withdrawal.objects.count(), Hold.objects.count(), Use.objects.count()) == (0, 0, 0)


def test_an_old_answer_does_not_serve():
    account = saver("9000.00")
    answered(account, InquiryKind.PROPERTY, InquiryOutcome.NONE, on=ON.replace(day=11))  # four days ago, three serve
    with pytest.raises(applications.NotEntitled):
        submitted(account, rent())
    answered(account, InquiryKind.PROPERTY, InquiryOutcome.NONE, on=ON.replace(day=12))
    assert submitted(account, rent()).status == WithdrawalStatus.APPROVED


def test_whoever_wants_a_person_gets_one():
    withdrawal = submitted(no_home(saver("9000.00")), rent(), "100.00", by_people=True)
    assert (withdrawal.status, withdrawal.decided_by) == (WithdrawalStatus.SUBMITTED, DecidedBy.PEOPLE)


def test_retirement_closes_the_account_and_pays_all():
    account = saver("9000.00")
    withdrawal = submitted(account, retired(account))
    account.refresh_from_db()
    assert (withdrawal.status, account.status) == (WithdrawalStatus.APPROVED, MemberAccountStatus.CLOSED)
    assert (balance(account), payment_of(withdrawal).amount) == (
        ZERO,
        Decimal("9000.00"),
    )  # deposited today: no interest
    assert PaidOut.objects.get(voucher=withdrawal.voucher).closes
    assert everything_holds() == []


def test_retired_on_another_day_than_the_data_say_is_not_proved_by_them():
    account = saver("9000.00")
    told = replace(retired(account), retired_on=ON)
    with pytest.raises(applications.NotEntitled):
        submitted(account, told)


# Decided by people


def test_purchase_waits_for_people_and_its_money_is_held():
    account = saver("9000.00")
    withdrawal = submitted(account, purchase(), "4000.00")
    assert (withdrawal.status, withdrawal.case.status) == (WithdrawalStatus.SUBMITTED, CaseStatus.OPEN)
    assert (balance(account), available(account)) == (9000, 5000)
    assert withdrawal.due_on == ON.replace(day=18)  # three days, art. 25
    assert withdrawal.case.due_on == withdrawal.due_on
    assert everything_holds() == []


def test_granted_it_is_paid_out():
    account = saver("9000.00")
    withdrawal = approved(account, purchase(), "4000.00")
    assert (withdrawal.status, withdrawal.granted, withdrawal.decided_on) == (WithdrawalStatus.APPROVED, 4000, ON)
    assert (balance(account), available(account), owed()) == (5000, 5000, 4000)
    assert everything_holds() == []


def test_a_large_one_is_signed_by_two():
    account = saver("60000.00", months=17)
    withdrawal = submitted(account, purchase(), "50000.00")
    assert decided(withdrawal) == WithdrawalStatus.SUBMITTED
    assert available(account) == balance(account) - 50000
    assert decided(withdrawal, by=manager()) == WithdrawalStatus.APPROVED


@pytest.mark.parametrize(
    ("verdict", "status"),
    [(Verdict.REFUSE, WithdrawalStatus.REFUSED), (Verdict.RETURN, WithdrawalStatus.SENT_BACK)],
)
def test_refused_or_sent_back_all_is_free_again(verdict, status):
    account = saver("9000.00")
    withdrawal = submitted(account, purchase(), "4000.00")
    assert decided(withdrawal, verdict, "购房合同未备案") == status
    withdrawal = fresh(withdrawal)
    assert (withdrawal.refusal, withdrawal.decided_on, available(account)) == ("购房合同未备案", ON, 9000)
    assert Use.objects.filter(released_on=None).count() == 0
    assert submitted(account, purchase(), "4000.00").status == WithdrawalStatus.SUBMITTED
    assert everything_holds() == []


def test_refused_without_a_reason_it_stays():
    withdrawal = submitted(saver("9000.00"), purchase(), "4000.00")
    with pytest.raises(signatures.ReasonMissing):
        decided(withdrawal, Verdict.REFUSE)
    assert fresh(withdrawal).status == WithdrawalStatus.SUBMITTED


def test_taken_back_by_who_handed_it_in():
    account, clerk = saver("9000.00"), manager()
    withdrawal = submitted(account, purchase(), "4000.00", by=clerk)
    with pytest.raises(signatures.NotTheMaker):
        applications.take_back(withdrawal, by=manager(), on=ON)
    applications.take_back(withdrawal, by=clerk, on=ON)
    assert (fresh(withdrawal).status, available(account)) == (WithdrawalStatus.TAKEN_BACK, 9000)
    with pytest.raises((NotAllowedNow, Overtaken)):
        applications.take_back(withdrawal, by=clerk, on=ON)


def test_nobody_signs_an_own_application():
    boss = manager()
    withdrawal = submitted(saver("9000.00"), purchase(), "4000.00", by=boss)
    with pytest.raises(signatures.OwnCase):
        decided(withdrawal, by=boss)


def test_decided_twice_is_paid_once():
    account = saver("9000.00")
    withdrawal = submitted(account, purchase(), "4000.00")
    said = decision(withdrawal)
    applications.decide(withdrawal, said, by=manager(), on=ON)
    with pytest.raises(Overtaken):
        applications.decide(withdrawal, said, by=manager(), on=ON)
    assert (balance(account), owed()) == (5000, 4000)


def test_signed_together_each_is_told_what_became_of_it():
    accounts_ = [saver("9000.00"), saver("9000.00")]
    first, second = (submitted(one, purchase(f"NJ-{place}"), "4000.00") for place, one in enumerate(accounts_))
    said = {first.pk: decision(first), second.pk: replace(decision(second), seen="0" * 64)}
    boss = manager()
    signed = sign_each([first, second], lambda row: applications.decide(row, said[row.pk], by=boss, on=ON))
    assert signed.done == [first] and signed.refused == [(second, signatures.FactsChanged().sentence)]
    assert [fresh(one).status for one in (first, second)] == [WithdrawalStatus.APPROVED, WithdrawalStatus.SUBMITTED]


def test_who_is_barred_for_fraud_may_not_withdraw():
    account, later = saver("9000.00"), date(2026, 10, 10)
    facts = Ruling(
        BanGround.FRAUD_WITHDRAWAL, "内公积金罚〔2026〕1号", later, later, Decimal(5000), ZERO, "伪造购房合同"
    )
    ban = bans.propose(account.member, facts, by=night(), on=later)
    assert "无骗提限制" not in "".join(applications.quote(wish(account, purchase()), on=later).refusals)
    said = Decision(Verdict.GRANT, digest_of(facts_of_ban(ban)))
    bans.decide(ban, said, by=manager(), on=later)
    refused = "".join(applications.quote(wish(account, purchase()), on=later).refusals)
    assert "无骗提限制：因骗提被限制提取，2029-10-1" in refused  # three years, art. 41


# What a household has used


def test_two_of_a_family_share_the_price():
    husband, wife = saver("9000.00"), saver("9000.00")
    approved(husband, purchase(price="10000.00"), "8000.00")
    assert applications.quote(wish(wife, purchase(price="10000.00")), on=ON).entitlement == 2000
    with pytest.raises(applications.NotEntitled):
        submitted(wife, purchase(price="12000.00"), "2000.00")  # another price
    withdrawal = submitted(wife, purchase(price="10000.00"), "2000.00")
    decided(withdrawal, Verdict.RETURN, "补正")
    assert Use.objects.get(released_on=None, kind=UseKind.HOUSE).amount == 8000


def test_spouses_use_a_month_of_rent_once_whoever_was_recorded_for_whom():
    husband, wife = no_home(saver("9000.00")), no_home(saver("9000.00"))
    married(husband, wife)
    withdrawal = submitted(wife, rent("2026-05", "2026-06"), "100.00")
    with pytest.raises(applications.NotEntitled) as refused:
        submitted(husband, rent("2026-06", "2026-07"), "100.00")
    assert "2026-06 已由本人或配偶提取" in refused.value.sentence
    assert submitted(husband, rent("2026-07", "2026-07"), "100.00").status == WithdrawalStatus.APPROVED
    assert withdrawal.uses.count() == 4  # two months, two persons
    assert everything_holds() == []


@pytest.mark.parametrize(
    ("outcome", "said"),
    [(None, "请先授权查询本人及配偶"), (InquiryOutcome.FOUND, "查询到房屋登记"), (InquiryOutcome.DOWN, "平台暂不可用")],
)
def test_a_spouses_home_counts(outcome, said):
    husband, wife = no_home(saver("9000.00")), saver("9000.00")
    married(husband, wife)
    if outcome:
        answered(wife, InquiryKind.PROPERTY, outcome, "1" if outcome == InquiryOutcome.FOUND else "")
    with pytest.raises(applications.NotEntitled) as refused:
        submitted(husband, rent(), "100.00")
    assert said in refused.value.sentence


def test_two_of_a_family_share_the_months_of_a_loan():
    husband, wife = saver("9000.00"), saver("9000.00")
    approved(husband, repayment(each="200.00"), "500.00")
    used = Use.objects.filter(kind=UseKind.LOAN_MONTH).order_by("slot").values_list("slot", "amount", "declared")
    assert list(used) == [("2026-04", 200, 200), ("2026-05", 200, 200), ("2026-06", 100, 200)]
    assert applications.quote(wish(wife, repayment(each="200.00")), on=ON).entitlement == 100


# Cards, replays, records


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"name": "李别人"}, applications.NotOwnCard),
        ({"bank": " "}, applications.CardBankNeeded),
    ],
)
def test_only_an_own_card(change, refusal):
    handed_in = application(wish(no_home(saver("9000.00")), rent(), "100.00"))
    with pytest.raises(refusal):
        applications.submit(replace(handed_in, card=replace(handed_in.card, **change)), by=night(), on=ON)
    assert Hold.objects.count() == 0


def test_the_same_form_again_answers_the_same_withdrawal():
    account = saver("9000.00")
    handed_in = application(wish(account, purchase(), "4000.00"))
    first = applications.submit(handed_in, by=night(), on=ON)
    again = applications.submit(replace(handed_in, wish=wish(account, purchase(), "1.00")), by=night(), on=ON)
    assert (again.pk, Withdrawal.objects.count(), available(account)) == (first.pk, 1, 5000)
    other = application(wish(saver("9000.00"), purchase(), "1.00"), once=handed_in.once)
    with pytest.raises(applications.OnceTaken):
        applications.submit(other, by=night(), on=ON)


def test_one_open_application_for_one_house():
    account = saver("9000.00")
    first = submitted(account, purchase(), "1000.00")
    with pytest.raises(applications.NotEntitled) as refused:
        submitted(account, purchase(), "1000.00")
    assert first.number in refused.value.sentence
    assert submitted(account, purchase("NJ-2026-000999"), "1000.00").status == WithdrawalStatus.SUBMITTED


def test_a_house_typed_otherwise_is_the_same_house():
    account = saver("9000.00")
    first = approved(account, purchase("市中区交通路18号2栋3单元401室"), "1000.00")
    with pytest.raises(applications.NotEntitled, match="您已用这套住房提取过"):
        submitted(account, purchase("市中区交通路１８号 2幢3单元401"), "1000.00")
    assert queries.particulars_of(fresh(first)).house == "市中区交通路18号2栋3单元401室"  # as it was typed


def test_records_hold_no_whole_number():
    account = no_home(saver("9000.00"))
    withdrawal = submitted(account, rent(), "100.00")
    kept = str(list(Record.objects.values_list("before", "after", "why", "subject_label")))
    assert account.member.card not in kept and account.member.id_number not in kept
    assert account.member.card not in str(withdrawal.quote)
    sealed = Withdrawal.objects.filter(pk=withdrawal.pk).values_list("particulars_sealed", "payee_card_sealed").get()
    assert account.member.card not in str(sealed) and fresh(withdrawal).payee_card == account.member.card


def test_what_was_declared_is_read_back():
    for particulars in (rent(), purchase(), repayment()):
        account = no_home(saver("9000.00"))
        withdrawal = submitted(account, particulars, "100.00")
        assert queries.wish_of(fresh(withdrawal)).particulars == particulars


# The database


def test_the_application_role_cannot_write_what_was_handed_in():
    withdrawal = submitted(saver("9000.00"), purchase(), "1000.00")
    for change in ({"asked": 5}, {"payee_name": "李别人"}, {"once": uuid.uuid4()}):
        with pytest.raises(Exception, match="permission denied"), transaction.atomic():
            Withdrawal.objects.filter(pk=withdrawal.pk).update(**change)


@pytest.mark.parametrize("change", [{"status": "APPROVED"}, {"status": "RETURNED"}, {"granted": 5}, {"interest": 1}])
def test_the_database_refuses_what_cannot_be(change):
    withdrawal = submitted(saver("9000.00"), purchase(), "1000.00")
    with pytest.raises(IntegrityError), transaction.atomic():
        Withdrawal.objects.filter(pk=withdrawal.pk).update(**change)


def test_a_person_sees_the_withdrawals_of_the_office():
    withdrawal = submitted(saver("9000.00"), purchase(), "1000.00")
    at_home, elsewhere = manager("01"), manager("02")
    assert list(queries.withdrawals_seen_by(at_home)) == [withdrawal]
    assert list(queries.withdrawals_seen_by(elsewhere)) == []
    own = accounts.member_user(withdrawal.member_account)
    assert list(queries.withdrawals_seen_by(own)) == [withdrawal]
