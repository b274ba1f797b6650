"""Bans after fraud: from a dated decision and two persons, for the years of the Regulation, to their last day."""

import io
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from python_calamine import CalamineWorkbook

from access.states import Post
from accounts.actions import bans as banning
from accounts.actions.bans import Ruling
from accounts.models import Ban
from accounts.queries import bans as barred
from accounts.states import BanGround, BanStatus
from approvals.actions import signatures
from approvals.actions.signatures import Decision
from approvals.rules import digest_of
from approvals.states import CaseStatus, Verdict
from audit.models import Record
from hpf.errors import Overtaken
from policy.queries import NoTerm
from tests.access.factories import client_of, person
from tests.accounts import factories
from tests.banking.factories import open_first_day

TODAY = date(2026, 10, 8)
RULING = Ruling(
    BanGround.FRAUD_WITHDRAWAL,
    "内公积金稽〔2026〕5号",
    TODAY,
    TODAY,
    Decimal("30000.00"),
    Decimal("10000.00"),
    "伪造购房合同提取",
)
ENTERED = {
    "ground": "FRAUD_WITHDRAWAL",
    "document": "内公积金稽〔2026〕5号",
    "decided_on": "2026-10-08",
    "begins_on": "2026-10-08",
    "amount": "30000.00",
    "returned": "10000.00",
    "reason": "伪造购房合同提取",
}

pytestmark = pytest.mark.django_db


@pytest.fixture
def account():
    open_first_day(TODAY)
    return factories.member_account(name="李四", on=TODAY)


@pytest.fixture
def clerk():
    return person(Post.CLERK, branch_id=1)


@pytest.fixture
def manager():
    return person(Post.MANAGER, branch_id=1)


def decide(row, by, verdict=Verdict.GRANT, reason="", on=TODAY):
    return banning.decide(row, Decision(verdict, digest_of(barred.facts_of(row)), reason), by=by, on=on)


def decide_lift(row, by, verdict=Verdict.GRANT, reason=""):
    return banning.decide_lift(row, Decision(verdict, digest_of(barred.facts_of_lift(row)), reason), by=by, on=TODAY)


def ban(account, clerk, manager, **changes):
    """A ban that holds."""
    row = banning.propose(account.member, replace(RULING, **changes), by=clerk, on=TODAY)
    decide(row, manager)
    return Ban.objects.get(pk=row.pk)


def documents(account, on):
    return [one.document for one in barred.bans_on(account.member, on)]


@pytest.mark.parametrize(
    ("ground", "last"),
    [(BanGround.FRAUD_WITHDRAWAL, date(2029, 10, 8)), (BanGround.FRAUD_LOAN, date(2031, 10, 8))],
)
def test_ban_bars_both_for_the_years_of_the_regulation_to_its_last_day(account, clerk, manager, ground, last):
    row = ban(account, clerk, manager, ground=ground)
    assert (row.no_withdrawal_until, row.no_loan_until) == (last, last)
    assert documents(account, TODAY - timedelta(days=1)) == []
    assert documents(account, TODAY) == documents(account, last) == [row.document]
    assert documents(account, last + timedelta(days=1)) == []


def test_before_the_regulation_knew_bans_none_is_entered(account, clerk):
    early = date(2026, 9, 19)
    with pytest.raises(NoTerm):
        banning.propose(account.member, replace(RULING, decided_on=early, begins_on=early), by=clerk, on=TODAY)
    first = replace(RULING, decided_on=date(2026, 9, 20), begins_on=date(2026, 9, 20))
    assert banning.propose(account.member, first, by=clerk, on=TODAY).no_loan_until == date(2029, 9, 20)


def test_nothing_is_barred_until_a_second_person_grants_it(account, clerk, manager):
    row = banning.propose(account.member, RULING, by=clerk, on=TODAY)
    assert documents(account, TODAY) == []
    with pytest.raises(signatures.OwnCase):
        decide(row, clerk)
    assert decide(row, manager) == CaseStatus.GRANTED
    assert documents(account, TODAY) == [RULING.document]


def test_longest_ban_comes_first_and_each_counts_for_itself(account, clerk, manager):
    ban(account, clerk, manager)
    ban(account, clerk, manager, ground=BanGround.FRAUD_LOAN, document="六号")
    assert documents(account, TODAY) == ["六号", RULING.document]
    assert documents(account, date(2030, 1, 1)) == ["六号"]


def test_returned_or_taken_back_it_bars_nothing_and_may_be_entered_anew(account, clerk, manager):
    assert decide(banning.propose(account.member, RULING, by=clerk, on=TODAY), manager, Verdict.RETURN, "金额不符")
    second = banning.propose(account.member, RULING, by=clerk, on=TODAY)
    banning.withdraw(second, by=clerk, on=TODAY)
    with pytest.raises(Overtaken):
        decide(second, manager)
    assert documents(account, TODAY) == []
    ban(account, clerk, manager)
    with pytest.raises(banning.BannedByThisPaper):
        banning.propose(account.member, RULING, by=clerk, on=TODAY)


@pytest.mark.parametrize(
    ("changes", "refusal", "field"),
    [
        ({"decided_on": TODAY + timedelta(days=1)}, banning.DecidedLater, "decided_on"),
        ({"begins_on": TODAY - timedelta(days=1)}, banning.BeginsBeforeDecision, "begins_on"),
        ({"amount": Decimal("0.00"), "returned": Decimal("0.00")}, banning.AmountsWrong, "amount"),
        ({"returned": Decimal("30000.01")}, banning.AmountsWrong, "returned"),
        ({"returned": Decimal("-0.01")}, banning.AmountsWrong, "returned"),
    ],
)
def test_decision_that_cannot_be_is_refused_at_its_field(account, clerk, changes, refusal, field):
    with pytest.raises(refusal) as told:
        banning.propose(account.member, replace(RULING, **changes), by=clerk, on=TODAY)
    assert told.value.field == field and not Ban.objects.exists()


def test_ban_is_lifted_early_by_two_persons_and_once(account, clerk, manager):
    row = ban(account, clerk, manager)
    lift = banning.propose_lift(row, "撤销决定〔2026〕1号", "申诉成立", by=clerk, on=TODAY)
    with pytest.raises(banning.LiftWaits):
        banning.propose_lift(row, "撤销决定〔2026〕1号", "申诉成立", by=clerk, on=TODAY)
    with pytest.raises(signatures.OwnCase):
        decide_lift(lift, clerk)
    assert documents(account, TODAY) == [row.document]
    assert decide_lift(lift, manager) == CaseStatus.GRANTED
    row.refresh_from_db()
    assert (row.status, row.lifted_on, documents(account, TODAY)) == (BanStatus.LIFTED, TODAY, [])
    with pytest.raises(banning.NotBanned):
        banning.propose_lift(row, "再次", "再次", by=clerk, on=TODAY)


def test_lifting_returned_or_taken_back_leaves_the_ban(account, clerk, manager):
    row = ban(account, clerk, manager)
    decide_lift(banning.propose_lift(row, "一", "一", by=clerk, on=TODAY), manager, Verdict.RETURN, "无依据")
    banning.withdraw_lift(banning.propose_lift(row, "二", "二", by=clerk, on=TODAY), by=clerk, on=TODAY)
    assert documents(account, TODAY) == [row.document]


def test_database_lets_no_ban_begin_change_or_end_without_a_second_signature(account, clerk, manager):
    row = banning.propose(account.member, RULING, by=clerk, on=TODAY)
    rows = Ban.objects.filter(pk=row.pk)
    with pytest.raises(IntegrityError, match="second signature"), transaction.atomic():
        rows.update(status=BanStatus.ACTIVE)
    decide(row, manager)
    for change in (
        {"status": BanStatus.LIFTED, "lifted_on": TODAY},
        {"no_loan_until": date(2027, 1, 1)},
        {"amount": Decimal("1.00")},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**change)
    assert rows.get().status == BanStatus.ACTIVE


# Pages


def at(name, *args):
    return reverse(f"accounts:{name}", args=args)


def text_of(client, address, **query):
    answer = client.get(address, query)
    assert answer.status_code == 200, answer.content.decode()[:500]
    return answer.content.decode()


def test_decision_goes_from_the_counter_to_the_banner_and_back(account, clerk, manager):
    counter, checker = client_of(clerk), client_of(manager)
    assert at("member_ban", account.pk) in text_of(counter, at("member", account.pk))
    looked_at = counter.post(at("member_ban", account.pk), ENTERED).content.decode()
    assert "核对" in looked_at and "30,000.00 元" in looked_at and not Ban.objects.exists()
    answer = counter.post(at("member_ban", account.pk), ENTERED | {"confirmed": "1"})
    row = Ban.objects.get()
    assert answer.headers["Location"] == at("ban", row.pk) and "撤回申请" in text_of(counter, at("ban", row.pk))
    assert "2029-10-08" in text_of(checker, at("ban_decide", row.pk))
    decision = {"verdict": "GRANT", "reason": "", "seen": digest_of(barred.facts_of(row))}
    checker.post(at("ban_decide", row.pk), decision)
    whole = text_of(counter, at("member", account.pk))
    assert "骗提住房公积金" in whole and "2029-10-08 前（含当日）不得提取" in whole
    assert "违规限制生效" in text_of(counter, at("member", account.pk), tab="changes")
    asked = counter.post(at("ban_lift_propose", row.pk), {"document": "撤销决定〔2026〕1号", "reason": "申诉成立"})
    lift = row.lifts.get()
    assert asked.headers["Location"] == at("ban_lift", lift.pk) and "申诉成立" in text_of(
        counter, at("ban_lift", lift.pk)
    )
    assert "已有解除申请待复核" in text_of(counter, at("ban", row.pk))
    assert "申诉成立" in text_of(checker, at("ban_lift_decide", lift.pk))
    checker.post(at("ban_lift_decide", lift.pk), decision | {"seen": digest_of(barred.facts_of_lift(lift))})
    assert "不得提取" not in text_of(counter, at("member", account.pk))
    assert "已于 2026-10-08 提前解除" in text_of(counter, at("ban", row.pk))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"document": ""}, "请填写处理决定书编号"),
        ({"reason": "本人 11010519491231002X"}, "证件号码"),
        ({"amount": "三万"}, "请填写数字，最多两位小数"),
        ({"decided_on": "2026-09-19", "begins_on": "2026-09-19", "confirmed": "1"}, "2026-09-19 没有生效的政策参数"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(account, clerk, changes, said):
    page = client_of(clerk).post(at("member_ban", account.pk), ENTERED | changes).content.decode()
    assert said in page and "尚未提交" in page and not Ban.objects.exists()


def test_list_is_narrowed_goes_out_as_a_file_and_stays_in_its_office(account, clerk, manager):
    row = ban(account, clerk, manager)
    counter = client_of(clerk)
    for query in ({"q": account.number}, {"q": row.document}, {"status": "ACTIVE"}, {"ground": "FRAUD_WITHDRAWAL"}):
        assert "30,000.00" in text_of(counter, at("bans"), **query), query
    for query in ({"q": "李四"}, {"status": "LIFTED"}):
        assert "没有符合条件的违规限制" in text_of(counter, at("bans"), **query), query
    answer = counter.get(at("bans_export"))
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(answer.streaming_content))).get_sheet_by_index(0)
    header, told = sheet.to_python()
    found = dict(zip(header, told, strict=True))
    assert (found["违规金额"], found["已退回金额"], found["限制提取至"]) == (30000.0, 10000.0, "2029-10-08")
    assert Record.objects.get(act="export").after == {"table": "违规限制", "rows": 1}
    elsewhere = client_of(person(Post.CLERK, branch_id=2))
    assert elsewhere.get(at("ban", row.pk)).status_code == 404
    assert client_of(person(Post.AUDITOR, branch_id=1)).get(at("ban_decide", row.pk)).status_code == 403
