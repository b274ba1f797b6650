"""Platforms apply for members 提取接口: signed, once, only their own, and by the actions the pages use."""

import base64
import hashlib
import json
import re

import pytest
from django.core.management import call_command

from access.actions import api_clients
from approvals.queries import papers_of
from tests.banking.factories import Signer
from tests.house.source import ROOT
from tests.withdrawals.factories import ON, available, balance, decided, night, no_home, purchase, saver, submitted
from tests.withdrawals.test_inquiries import platform
from tests.withdrawals.test_portal import PDF
from withdrawals.actions import applications
from withdrawals.api.members import APPLYING, RENTING
from withdrawals.models import Inquiry, Withdrawal
from withdrawals.states import Channel, Consent, WithdrawalStatus

PLACE = "/api/v1/withdrawals/"


def signer_of(name):
    return Signer(*api_clients.connect_platform(name, "测试平台", by=night(), on=ON))


@pytest.fixture
def account(db):
    return no_home(saver("9000.00"))


@pytest.fixture
def signer(account):
    return signer_of("platform-one")


def who(account):
    member = account.member
    return {"certificate_type": member.certificate_type, "id_number": member.id_number, "name": member.name}


def renting(account, **changes):
    return {**RENTING, "member": who(account), **changes}


def applying(account, **changes):
    return {**APPLYING, "member": who(account), **changes}


def buying(account, **changes):
    bought = {"house": "NJ-2026-000123", "signed_on": "2026-03-01", "price": "500000.00"}
    papers = [
        {"kind": kind, "name": "要件.pdf", "content": base64.b64encode(data).decode()}
        for kind, data in (("PURCHASE_CONTRACT", PDF), ("PURCHASE_INVOICE", PDF.replace(b"1.4", b"1.5")))
    ]
    given = applying(account, category="PURCHASE", purchase=bought, papers=papers, amount="4000.00") | changes
    return {name: value for name, value in given.items() if name != "rent"}


def told(response, status=200):
    assert response.status_code == status, response.content.decode()
    return response.json()


def test_a_quote_says_why_and_holds_nothing(client, signer, account):
    quoted = told(signer.call(client, "POST", f"{PLACE}quotes/", renting(account)))
    assert (quoted["granted"], quoted["instant"], quoted["amount"], quoted["papers"]) == (True, True, "900.00", [])
    assert {"code": "R-619", "name": "月份未重复提取"}.items() <= quoted["factors"][6].items()
    assert available(account) == 9000 and Withdrawal.objects.count() == 0


def test_an_instant_one_is_granted_once_however_often_it_is_sent(client, signer, account):
    first = signer.call(client, "POST", PLACE, applying(account), idempotency_key="k-1")
    again = signer.call(client, "POST", PLACE, applying(account), idempotency_key="k-1")
    assert (again.content, again.headers["Idempotent-Replayed"]) == (first.content, "true")
    row = told(first, 201)
    withdrawal = Withdrawal.objects.get()
    assert (row["number"], row["status"], row["paid"]) == (withdrawal.number, "APPROVED", "900.00")
    assert (withdrawal.channel, balance(account)) == (Channel.API, 8100)
    assert account.member.card not in first.content.decode() and account.member.id_number not in first.content.decode()
    assert told(signer.call(client, "GET", f"{PLACE}{row['number']}/")) == row


def test_papers_come_with_it_and_people_decide(client, signer, account):
    row = told(signer.call(client, "POST", PLACE, buying(account)), 201)
    assert (row["status"], row["paid"], row["due_on"]) == ("SUBMITTED", None, "2026-07-18")
    assert decided(Withdrawal.objects.get()) == WithdrawalStatus.APPROVED


def test_taken_back_it_is_free_again(client, signer, account):
    number = told(signer.call(client, "POST", PLACE, buying(account)), 201)["number"]
    assert told(signer.call(client, "POST", f"{PLACE}{number}/take-back/"))["status"] == "TAKEN_BACK"
    assert available(account) == 9000
    assert told(signer.call(client, "POST", f"{PLACE}{number}/take-back/"), 409)["code"] in (
        "not_allowed_now",
        "overtaken",
    )


def test_refused_it_names_each_factor(client, signer, account):
    problem = told(signer.call(client, "POST", PLACE, applying(account, amount="90000.00")), 409)
    assert problem["code"] == "not_entitled"
    assert [one["code"] for one in problem["errors"]] == ["R-612"]
    assert "申请金额" in problem["errors"][0]["detail"] and Withdrawal.objects.count() == 0


def test_a_platform_sees_its_own_only_page_by_page(client, signer, account):
    submitted(saver("9000.00"), purchase("NJ-1"), "100.00")
    told(signer_of("platform-two").call(client, "POST", PLACE, applying(account)), 201)
    numbers = [told(signer.call(client, "POST", PLACE, buying(saver("9000.00"))), 201)["number"] for _ in range(2)]
    first = told(signer.call(client, "GET", f"{PLACE}?limit=1"))
    second = told(signer.call(client, "GET", f"{PLACE}?limit=1&after={first['next']}"))
    assert [one["number"] for page in (first, second) for one in page["withdrawals"]] == numbers
    assert second["next"] is None
    other = Withdrawal.objects.exclude(number__in=numbers)[0]
    assert "请核对编号" in told(signer.call(client, "GET", f"{PLACE}{other.number}/"), 404)["detail"]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"amount": 900}, "/amount"),
        ({"amount": "-1.00"}, "/amount"),
        ({"category": "HOLIDAY"}, "/category"),
        ({"rent": {"first": "2026-05", "last": "2026-04"}}, "/rent/last"),
        ({"rent": {"first": "202605", "last": "2026-07"}}, "/rent/first"),
        ({"purchase": {"house": "1", "signed_on": "2026-03-01", "price": "1.00"}}, "/purchase"),
        ({"extra": 1}, "/extra"),
        ({"category": "RETIREMENT", "retirement": {"retired_on": "9999-12-31"}}, "/retirement/retired_on"),
        ({"papers": [{"kind": "RETIREMENT", "name": "a.pdf", "content": ""}]}, "/papers/0/content"),
        ({"papers": [{"kind": "NO_HOME", "name": "a.pdf", "content": "%"}]}, "/papers/0/content"),
    ],
)
def test_what_is_wrong_is_pointed_at(client, signer, account, change, pointer):
    problem = told(signer.call(client, "POST", PLACE, applying(account, **change)), 400)
    assert pointer in [one["pointer"] for one in problem["errors"]]
    assert Withdrawal.objects.count() == 0


def one_paper(kind, data=PDF, **more):
    return {"kind": kind, "name": "要件.pdf", "content": base64.b64encode(data).decode(), **more}


def test_papers_follow_one_by_one_and_the_case_waits_for_them(client, signer, account):
    with_one = buying(account, papers=[one_paper("PURCHASE_CONTRACT")])
    assert told(signer.call(client, "POST", PLACE, with_one), 409)["code"] == "not_entitled"
    answer = told(signer.call(client, "POST", PLACE, with_one | {"papers_follow": True}), 201)
    assert answer["papers_owed"] == ["PURCHASE_INVOICE"]
    withdrawal, place = Withdrawal.objects.get(), f"{PLACE}{answer['number']}/papers/"
    with pytest.raises(applications.PapersOwed):
        decided(withdrawal)
    cut = one_paper("PURCHASE_INVOICE", sha256=hashlib.sha256(PDF[:-1]).hexdigest())
    assert told(signer.call(client, "POST", place, cut), 400)["errors"][0]["pointer"] == "/sha256"
    other = one_paper("NO_HOME")
    assert told(signer.call(client, "POST", place, other), 409)["code"] == "paper_not_asked"
    whole = one_paper("PURCHASE_INVOICE", sha256=hashlib.sha256(PDF).hexdigest())
    for _ in range(2):  # the second with another key: the same file adds nothing
        assert told(signer.call(client, "POST", place, whole), 201)["papers_owed"] == []
    assert papers_of(withdrawal).count() == 2
    assert told(signer_of("platform-two").call(client, "POST", place, whole), 404)
    decided(withdrawal)
    assert told(signer.call(client, "GET", f"{PLACE}{answer['number']}/"))["status"] == WithdrawalStatus.APPROVED


def test_a_wrong_name_tells_nothing(client, signer, account):
    stranger = {**who(account), "name": "李别人"}
    assert told(signer.call(client, "POST", f"{PLACE}quotes/", renting(account, member=stranger)), 409)["code"] == (
        "member_unknown"
    )


def test_a_bank_may_not_apply(client, account):
    bank = api_clients.create_client("some-bank", "测试银行", by=night(), on=ON)
    api_clients.issue_key(bank, "bank-key", "s" * 64, by=night(), on=ON)
    assert told(Signer("bank-key", "s" * 64).call(client, "POST", PLACE, applying(account)), 403)["code"] == "no_right"


def test_the_guides_example_is_the_one_that_works():
    guide = (ROOT / "docs" / "withdrawals-api.md").read_text(encoding="utf-8")
    assert json.loads(re.findall(r"```json\n(.*?)```", guide, re.DOTALL)[0]) == APPLYING


def test_a_platform_is_connected_by_a_command_and_again_gets_another_key(client, account, capsys):
    keys = []
    for _ in range(2):
        call_command("connect_platform", "city-portal", "政务服务网")
        keys.append(re.findall(r"：(\S+)", capsys.readouterr().out))
    assert keys[0] != keys[1]
    for key_id, secret in keys:
        told(Signer(key_id, secret).call(client, "GET", PLACE))


def test_consent_is_recorded_before_it_is_asked(own_database, client, tmp_path, settings):
    account = saver("9000.00")
    signer = signer_of("platform-one")
    with platform(tmp_path, {}) as asked:
        settings.SHARED_DATA_URL = asked.url
        refused = told(signer.call(client, "POST", PLACE, applying(account, consent=False)), 409)
        assert (refused["code"], Inquiry.objects.count()) == ("not_entitled", 0)
        told(signer.call(client, "POST", PLACE, applying(account)), 201)
    assert Inquiry.objects.get().consent == Consent.ONLINE
