"""Withdrawing in the member's portal 网厅提取: simple words, one case however often it is sent, only own ones."""

import re
import uuid
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from approvals.queries import papers_of
from approvals.states import Verdict
from banking.actions import payments
from banking.states import PaymentStatus, ResultOutcome
from ledger.models import Hold
from tests.access.factories import client_of
from tests.accounts import factories as accounts
from tests.banking import owing
from tests.withdrawals.factories import (
    ON,
    available,
    balance,
    banked,
    decided,
    night,
    no_home,
    purchase,
    retired,
    saver,
    submitted,
)
from tests.withdrawals.test_inquiries import platform
from withdrawals.models import Inquiry, Withdrawal
from withdrawals.states import Channel, Consent, WithdrawalStatus

HOME = "/portal/member/withdrawals/"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
RENT = {"first": "2026-05", "last": "2026-07", "rent": "1500.00"}
BOUGHT = {"house": "NJ-2026-000123", "signed_on": "2026-03-01", "price": "500000.00"}


@pytest.fixture
def account(db):
    return saver("9000.00")


@pytest.fixture
def member(account):
    return client_of(accounts.member_user(account))


def applied(category):
    return f"{HOME}apply/{category}/"


def text_of(response, status=200):
    assert response.status_code == status, response.content.decode()[:2000]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def paper(name="合同.pdf", data=PDF):
    return SimpleUploadedFile(name, data, "application/pdf")


def bought(**changes):
    """What the last form of a purchase sends, with both papers."""
    papers = {"PURCHASE_CONTRACT": paper(), "PURCHASE_INVOICE": paper("发票.pdf", PDF.replace(b"1.4", b"1.5"))}
    given = {"once": str(uuid.uuid4()), **BOUGHT, **papers, "amount": "4000.00", "bank": "工商银行", "card": ""}
    return {**given, "honest": "on", "handed_in": "1", **changes}


def test_home_says_what_is_there_and_lists_nobody_elses(member, account):
    other = submitted(saver("9000.00"), purchase("NJ-1"), "100.00")
    shown = text_of(member.get(HOME))
    assert "9,000.00" in shown and "还没有提取申请" in shown and other.number not in shown
    assert member.get(f"{HOME}{other.pk}/").status_code == 404
    assert member.post(f"{HOME}{other.pk}/take-back/").status_code == 404


@pytest.mark.parametrize("category", ["rent", "purchase", "retirement", "loan-repayment"])
def test_each_category_asks_its_few_fields(member, category):
    assert "第 1 步" in text_of(member.get(applied(category)))


def test_no_such_category(member):
    assert member.get(applied("holiday")).status_code == 404


def test_a_quote_says_how_much_and_why_and_writes_nothing(member, account):
    no_home(account)
    shown = text_of(member.post(applied("rent"), {"once": str(uuid.uuid4()), **RENT}))
    assert "可提取" in shown and "无自有住房" in shown and "连续缴存" in shown and "当场办结" in shown
    assert (Withdrawal.objects.count(), Hold.objects.count(), available(account)) == (0, 0, 9000)


def test_without_consent_a_paper_is_asked_for(member, account):
    shown = text_of(member.post(applied("rent"), {"once": str(uuid.uuid4()), **RENT}))
    assert "本人及配偶无自有住房证明" in shown and "由人工审核" in shown
    assert Inquiry.objects.count() == 0


def test_what_stands_in_the_way_is_said_with_its_remedy(member):
    later = {**BOUGHT, "signed_on": "2020-03-01"}
    shown = text_of(member.post(applied("purchase"), {"once": str(uuid.uuid4()), **later}))
    assert "目前还不能提取" in shown and "请核对合同签订日期" in shown and "提交申请</button>" not in shown


@pytest.mark.parametrize(
    ("category", "given", "said"),
    [
        ("rent", {**RENT, "last": "2026-04"}, "终止月份早于起始月份"),
        ("rent", {**RENT, "first": "五月"}, "请输入年月"),
        ("rent", {**RENT, "first": "2026-13"}, "请输入年月"),
        ("rent", {**RENT, "last": "2036-07"}, "一次最多 36 个月"),
        ("rent", {**RENT, "rent": "-1"}, "须大于零"),
        ("purchase", {**BOUGHT, "price": "1.005"}, "最多两位小数"),
        ("purchase", {**BOUGHT, "house": ""}, "请填写购房合同备案号"),
        ("retirement", {"retired_on": "六月"}, "请输入日期"),
        ("retirement", {"retired_on": "9999-12-31"}, "请输入日期"),
        ("purchase", {**BOUGHT, "signed_on": "0001-01-01"}, "请输入日期"),
        (
            "loan-repayment",
            {"contract": "DK1", "first": "2026-04", "last": "2026-06", "each": "200", "others": "x"},
            "第1行",
        ),
        (
            "loan-repayment",
            {"contract": "DK1", "first": "2026-04", "last": "2026-06", "each": "200", "others": "2026-07 1.00"},
            "不在还款月份之内",
        ),
    ],
)
def test_what_is_wrong_is_named_at_its_field(member, category, given, said):
    shown = text_of(member.post(applied(category), {"once": str(uuid.uuid4()), **given}))
    assert said in shown and "处需要更正" in shown


def test_an_application_goes_in_with_its_papers_and_waits(member, account):
    answer = member.post(applied("purchase"), bought())
    withdrawal = Withdrawal.objects.get()
    assert answer.headers["Location"] == f"{HOME}{withdrawal.pk}/"
    assert (withdrawal.channel, withdrawal.status) == (Channel.PORTAL, WithdrawalStatus.SUBMITTED)
    assert sorted(papers_of(withdrawal).values_list("kind", flat=True)) == sorted(
        ["备案的购房合同或不动产权证书", "购房发票或契税完税凭证"]
    )
    assert withdrawal.payee_card == account.member.card and available(account) == 5000
    shown = text_of(member.get(answer.headers["Location"]))
    assert "最迟 2026-07-18 前告知结果" in shown and account.member.card not in shown


def test_the_same_form_sent_again_is_one_case(member, account):
    once = str(uuid.uuid4())
    first = member.post(applied("purchase"), bought(once=once))
    again = member.post(applied("purchase"), bought(once=once))
    assert first.headers["Location"] == again.headers["Location"]
    assert (Withdrawal.objects.count(), papers_of(Withdrawal.objects.get()).count(), available(account)) == (1, 2, 5000)


def test_a_bad_paper_leaves_nothing_behind(member, account):
    shown = text_of(member.post(applied("purchase"), bought(PURCHASE_INVOICE=paper("发票.pdf", b"not a paper"))))
    assert "不是完整的 PDF" in shown and "请重新选择文件" in shown
    assert (Withdrawal.objects.count(), Hold.objects.count(), available(account)) == (0, 0, 9000)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"amount": "400000.00"}, "可提取额"),
        ({"amount": ""}, "请填写提取金额"),
        ({"card": "123"}, "银行"),
        ({"bank": ""}, "请填写银行卡的开户银行"),
        ({"honest": ""}, "请确认内容和材料真实有效"),
        ({"PURCHASE_INVOICE": ""}, "请上传购房发票"),
    ],
)
def test_what_cannot_be_handed_in_says_why(member, change, said):
    assert said in text_of(member.post(applied("purchase"), bought(**change)))
    assert Withdrawal.objects.count() == 0


def test_going_back_keeps_what_was_filled_in(member):
    answer = member.post(applied("purchase"), {**BOUGHT, "once": str(uuid.uuid4()), "again": "1"})
    assert 'value="NJ-2026-000123"' in answer.content.decode()


def test_decided_at_once_it_is_with_the_bank_until_it_is_paid(member, account):
    no_home(account)
    given = {"once": str(uuid.uuid4()), **RENT, "amount": "900.00", "bank": "工商银行", "card": "", "honest": "on"}
    place = member.post(applied("rent"), {**given, "handed_in": "1"}).headers["Location"]
    withdrawal = Withdrawal.objects.get()
    assert withdrawal.status == WithdrawalStatus.APPROVED and balance(account) == 8100
    assert "已通知银行付款" in text_of(member.get(place))
    banked(withdrawal)
    payments.overdue_all(at=owing.AT + timedelta(days=1), by=night(), on=ON)
    assert "请勿重复提交；核实后本页自动更新" in text_of(member.get(place))
    assert banked(withdrawal, ResultOutcome.SUCCEEDED).status == PaymentStatus.SUCCEEDED
    assert "银行已付款到您的银行卡" in text_of(member.get(place))


def test_taken_back_all_is_free_again(member, account):
    place = member.post(applied("purchase"), bought()).headers["Location"]
    assert "确认撤回" in text_of(member.get(f"{place}take-back/"))
    assert member.post(f"{place}take-back/").headers["Location"] == place
    assert (Withdrawal.objects.get().status, available(account)) == (WithdrawalStatus.TAKEN_BACK, 9000)
    assert "不能在网上撤回" in text_of(member.post(f"{place}take-back/"))


def test_a_clearer_photograph_is_added_while_it_waits(member, account):
    place = member.post(applied("purchase"), bought()).headers["Location"]
    assert "补交材料" in text_of(member.get(place)) and "已上传" in text_of(member.get(f"{place}papers/"))
    again = {"PURCHASE_INVOICE": paper("清楚.pdf", PDF.replace(b"1.4", b"1.6"))}
    assert member.post(f"{place}papers/", again).headers["Location"] == place
    assert papers_of(Withdrawal.objects.get()).count() == 3
    assert "请至少选择一个文件" in text_of(member.post(f"{place}papers/", {"file": paper()}))
    decided(Withdrawal.objects.get())
    assert "不能在网上补交材料" in text_of(member.post(f"{place}papers/", again, follow=True))


def test_refused_it_says_why_and_what_to_do(member, account):
    place = member.post(applied("purchase"), bought()).headers["Location"]
    decided(Withdrawal.objects.get(), Verdict.REFUSE, "购房合同未备案")
    shown = text_of(member.get(place))
    assert "购房合同未备案" in shown and "申请复核" in shown


def test_what_the_counter_took_is_taken_back_there(account, member):
    withdrawal = submitted(account, purchase(), "100.00")
    shown = text_of(member.get(f"{HOME}{withdrawal.pk}/"))
    assert "请到办理的柜台或平台撤回" in shown and "撤回申请" not in shown


def test_retirement_closes_the_account(member, account):
    retired(account)
    given = {"once": str(uuid.uuid4()), "retired_on": "2026-06-30", "bank": "工商银行", "card": "", "honest": "on"}
    assert "随之销户" in text_of(member.post(applied("retirement"), given))
    member.post(applied("retirement"), {**given, "handed_in": "1"})
    assert (Withdrawal.objects.get().status, balance(account)) == (WithdrawalStatus.APPROVED, Decimal(0))
    assert "没有可以提取的账户" in text_of(member.get(HOME))


def test_consent_lets_the_centre_ask_once(own_database, tmp_path, settings):
    account = saver("9000.00")
    member = client_of(accounts.member_user(account))
    with platform(tmp_path, {}) as asked:
        settings.SHARED_DATA_URL = asked.url
        for _ in range(2):
            shown = text_of(member.post(applied("rent"), {"once": str(uuid.uuid4()), **RENT, "consent": "on"}))
    inquiry = Inquiry.objects.get()
    assert (inquiry.consent, inquiry.consented_on, inquiry.purpose) == (Consent.ONLINE, ON, "办理租房提取")
    assert "数据共享查询无房屋登记" in shown and "当场办结" in shown
