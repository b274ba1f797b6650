"""A spouse consents for oneself 配偶授权查询 (R-618): a tick online asks about nobody else."""

import uuid

import pytest
from django.urls import reverse

from access.states import Post
from audit.models import Record
from tests.access.factories import client_of
from tests.accounts import factories as accounts
from tests.withdrawals.factories import ON, married, night, saver
from tests.withdrawals.test_inquiries import platform
from tests.withdrawals.test_portal import HOME, RENT, applied, text_of
from withdrawals import queries
from withdrawals.actions import online
from withdrawals.gateways.shared_data import Nobody
from withdrawals.models import Inquiry, Withdrawal
from withdrawals.queries.progress import spouse_to_consent
from withdrawals.states import Category, Consent, InquiryKind, InquiryOutcome

PAGE = reverse("withdrawals:my_spouse_consent")
TICKED = {"consent": "on"}


@pytest.fixture
def couple(own_database):
    """Husband and wife, each with an account and a way into the portal."""
    husband, wife = saver("9000.00"), saver("9000.00")
    married(wife, husband)
    return husband, wife


@pytest.fixture
def asked(settings, tmp_path):
    """The simulator of shared data, which knows of no home."""
    with platform(tmp_path) as running:
        settings.SHARED_DATA_URL = running.url
        yield running


def portal(account):
    return client_of(accounts.member_user(account))


def persons() -> list[bytes]:
    return [bytes(row.person_index) for row in Inquiry.objects.order_by("pk")]


def rent_form(**more):
    return {"once": str(uuid.uuid4()), **RENT, **more}


def test_a_tick_of_one_asks_about_one_and_the_other_consents_for_oneself(couple, asked):
    husband, wife = couple
    his, hers = portal(husband), portal(wife)
    form = rent_form(**TICKED)
    shown = text_of(his.post(applied("rent"), form))
    assert persons() == [bytes(husband.member.id_index)]
    assert f"配偶 {wife.member.name} 的不动产登记信息，须由其本人同意" in shown and "由人工审核" in shown
    assert PAGE in hers.get(HOME).content.decode()
    told = text_of(hers.get(PAGE))
    assert f"您的配偶 {husband.member.name}" in told and "仅用于配偶办理租房提取" in told
    assert husband.member.id_number not in told
    assert "请先勾选" in text_of(hers.post(PAGE, {})) and len(persons()) == 1
    assert hers.post(PAGE, TICKED).headers["Location"] == PAGE
    row = Inquiry.objects.latest("pk")
    assert bytes(row.person_index) == bytes(wife.member.id_index)
    assert (row.purpose, row.consent, row.consented_on) == ("配偶办理租房提取", Consent.SPOUSE, ON)
    told = text_of(hers.get(PAGE))
    assert "结果在 2026-07-18 前（含当日）有效" in told and "授权并查询" not in told
    shown = text_of(his.post(applied("rent"), form))
    assert "当场办结" in shown and "须由其本人同意" not in shown and len(persons()) == 2
    assert Record.objects.filter(act="ask_shared_data", subject_id=str(wife.member.pk)).count() == 1


def test_without_the_other_a_paper_is_needed_and_people_decide(couple, asked):
    husband, _wife = couple
    online.ask(husband, Category.RENT, asked, by=night(), on=ON)
    assert spouse_to_consent(husband.member, Category.RENT, on=ON).name == _wife.member.name
    shown = text_of(portal(husband).post(applied("rent"), rent_form()))
    assert "本人及配偶无自有住房证明" in shown and not Withdrawal.objects.exists()


def test_what_one_let_be_asked_for_oneself_serves_nobody_else(couple, asked):
    husband, wife = couple
    online.ask(husband, Category.RENT, asked, by=night(), on=ON)
    online.ask(wife, Category.RENT, asked, by=night(), on=ON)
    assert spouse_to_consent(husband.member, Category.RENT, on=ON).name == wife.member.name
    shown = text_of(portal(husband).post(applied("rent"), rent_form()))
    assert "由人工审核" in shown and "当场办结" not in shown
    told = text_of(portal(wife).get(PAGE))
    assert "授权并查询" in told and "您已授权查询" not in told
    online.ask_for_spouse(wife.member, Category.RENT, asked, by=night(), on=ON)
    assert spouse_to_consent(husband.member, Category.RENT, on=ON) is None
    assert queries.latest_answer(bytes(wife.member.id_index), InquiryKind.PROPERTY, on=ON).consent == Consent.ONLINE


def test_a_platform_that_is_down_is_said_and_may_be_asked_again(couple, settings):
    _husband, wife = couple
    settings.SHARED_DATA_URL = ""
    answer = portal(wife).post(PAGE, TICKED, follow=True)
    assert "数据共享平台暂不可用" in text_of(answer) and "授权并查询" in text_of(answer)
    online.ask_for_spouse(wife.member, Category.RENT, Nobody(), by=night(), on=ON)
    assert [row.outcome for row in Inquiry.objects.all()] == [InquiryOutcome.DOWN] * 2


def test_who_is_not_married_is_told_so_and_asked_nothing(own_database, asked):
    account = saver("9000.00")
    client = portal(account)
    assert "中心没有登记您的配偶" in text_of(client.get(PAGE))
    assert "请先携带结婚证到柜台登记配偶" in text_of(client.post(PAGE, TICKED)) and persons() == []
    assert spouse_to_consent(account.member, Category.RENT, on=ON) is None


def test_each_reads_only_what_was_asked_about_oneself(couple, asked):
    husband, wife = couple
    online.ask(husband, Category.RENT, asked, by=night(), on=ON)
    assert "办理租房提取" in text_of(portal(husband).get(PAGE))
    assert "中心还没有查询过您的共享数据" in text_of(portal(wife).get(PAGE))
    assert client_of(accounts.user(Post.CLERK)).get(PAGE).status_code == 403
    assert queries.latest_answer(bytes(wife.member.id_index), InquiryKind.PROPERTY, on=ON) is None
