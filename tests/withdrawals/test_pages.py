"""The counter's pages of withdrawals: listed, applied for once, signed, refused, undone, printed."""

import io
import re

import pytest
from python_calamine import CalamineWorkbook

from access.states import Post
from tests.access.factories import client_of
from tests.accounts.factories import user
from tests.frame.printouts import pages_sent
from tests.withdrawals import factories
from tests.withdrawals.factories import ON
from withdrawals.actions import undoing
from withdrawals.models import Undoing, Withdrawal
from withdrawals.states import InquiryKind, InquiryOutcome, WithdrawalStatus

pytestmark = pytest.mark.django_db


@pytest.fixture
def account():
    return factories.no_home(factories.saver("4800.00"))


@pytest.fixture
def clerk(account):
    return user(Post.CLERK, at="01")


def at(account, category="", part=""):
    return f"/counter/members/{account.pk}/withdraw/" + (f"{category}/" if category else "") + part


def opened(client, account, category="RENT"):
    """The page, and what it would hand in if nothing were changed."""
    text = client.get(at(account, category)).content.decode()
    fields = dict(re.findall(r'<input[^>]*name="(\w+)"[^>]*value="([^"]*)"', text))
    return text, {name: value for name, value in fields.items() if name not in ("papers", "by_people")}


def fetched(client, address, status=200):
    answer = client.get(address)
    assert answer.status_code == status
    return answer.content.decode()


def test_category_comes_first_and_asks_only_for_its_fields(account, clerk):
    client = client_of(clerk)
    chosen = fetched(client, at(account))
    assert [f"withdraw/{name}/" in chosen for name in ("RENT", "PURCHASE", "RETIREMENT", "LOAN_REPAYMENT")] == [
        True
    ] * 4
    rent, _ = opened(client, account)
    assert 'name="first"' in rent and 'name="house"' not in rent
    bought, _ = opened(client, account, "PURCHASE")
    assert 'name="house"' in bought and 'name="first"' not in bought and "备案的购房合同" in bought
    assert client.get(at(account, "CAR")).status_code == 404


def test_rent_is_checked_again_and_granted_at_once(account, clerk):
    client = client_of(clerk)
    _text, given = opened(client, account)
    checking = client.post(at(account, "RENT"), given).content.decode()
    assert "叁仟元整" in checking and "即时办结" in checking and not Withdrawal.objects.exists()
    answer = client.post(at(account, "RENT"), given | {"confirmed": "1"})
    row = Withdrawal.objects.get()
    assert answer.url == f"/counter/withdrawals/{row.pk}/" and row.status == WithdrawalStatus.APPROVED
    assert factories.balance(account) == 1800
    page = fetched(client, answer.url)
    assert "准予提取（即时办结）" in page and "付款：" in page and "每月 1,000.00 元 × 3 个月" in page
    assert account.member.card not in page and account.member.id_number not in page


def test_page_handed_in_again_is_one_case(account, clerk):
    client = client_of(clerk)
    _text, given = opened(client, account)
    first = client.post(at(account, "RENT"), given | {"confirmed": "1"})
    again = client.post(at(account, "RENT"), given | {"confirmed": "1"})
    assert first.url == again.url and Withdrawal.objects.count() == 1


def test_second_tab_for_the_same_months_is_refused(account, clerk):
    client = client_of(clerk)
    _text, one = opened(client, account)
    _text, other = opened(client, account)
    client.post(at(account, "RENT"), one | {"confirmed": "1"})
    answer = client.post(at(account, "RENT"), other | {"confirmed": "1"})
    assert answer.status_code == 200 and "已由本人或配偶提取" in answer.content.decode()
    assert Withdrawal.objects.count() == 1


def test_quote_says_what_is_not_met_and_offers_no_submission(account, clerk):
    client = client_of(clerk)
    _text, given = opened(client, account)
    said = client.post(at(account, "RENT"), given | {"asked": "9000.00"}).content.decode()
    assert "尚不能提交" in said and "可提取额" in said and "提交申请" not in said
    part = client.post(at(account, "RENT", "quote/"), given | {"asked": "1000", "payee_bank": ""}).content.decode()
    assert "3,000.00" in part and "R-613" in part and "<html" not in part


def test_who_insists_gets_a_decision_with_reasons(account, clerk):
    client = client_of(clerk)
    _text, given = opened(client, account)
    assert "出具不予提取决定书" not in client.post(at(account, "RENT"), given).content.decode()
    said = client.post(at(account, "RENT"), given | {"asked": "9000.00"}).content.decode()
    assert "出具不予提取决定书" in said
    answer = client.post(at(account, "RENT"), given | {"asked": "9000.00", "refused": "1"})
    page = fetched(client, answer.url)
    assert "当场不予提取" in page and "资金已占用" not in page and "打印决定书" in page
    [decision] = pages_sent(client.get(f"{answer.url}decision/print/"))
    assert "不准予提取" in decision and "不超过可提取额" in decision and "人工复核" in decision


def test_what_cannot_be_read_names_its_field(account, clerk):
    client = client_of(clerk)
    _text, given = opened(client, account)
    said = client.post(at(account, "RENT"), given | {"first": "2026-13", "payee_card": "12"}).content.decode()
    assert "请输入月份，例如 2026-07" in said and "有 2 处需要更正" in said
    _text, given = opened(client, account, "LOAN_REPAYMENT")
    given |= {"contract": "DK1", "repaid": "2026-05 200\n五月 三百"}
    said = client.post(at(account, "LOAN_REPAYMENT"), given).content.decode()
    assert "第 2 行读不出年月和金额" in said


def test_somebody_elses_card_is_refused(account, clerk):
    client = client_of(clerk)
    _text, given = opened(client, account)
    answer = client.post(at(account, "RENT"), given | {"payee_name": "别人", "confirmed": "1"})
    assert "提取资金只能转入本人银行卡" in answer.content.decode() and not Withdrawal.objects.exists()


def test_without_an_answer_of_shared_data_consent_is_asked(clerk):
    account = factories.saver("4800.00")
    text, _given = opened(client_of(clerk), account)
    assert "已书面授权查询不动产登记信息" in text
    factories.answered(account, InquiryKind.PROPERTY, InquiryOutcome.DOWN)
    assert "已书面授权查询" in opened(client_of(clerk), account)[0]  # down is asked again
    factories.no_home(account)
    assert "已书面授权查询" not in opened(client_of(clerk), account)[0]


def test_people_decide_a_purchase_with_the_factors_of_now(account, clerk):
    row = factories.submitted(account, factories.purchase(), "2000.00", by=clerk)
    manager = client_of(factories.manager())
    page = fetched(manager, f"/counter/withdrawals/{row.pk}/decide/")
    assert "现在的核定" in page and "NJ-2026-000123" in page and "不予同意" in page
    [digest] = re.findall(r'name="seen" value="(\w+)"', page)
    said = manager.post(f"/counter/withdrawals/{row.pk}/decide/", {"verdict": "REFUSE", "seen": digest, "reason": ""})
    assert said.status_code == 200
    why = "购房合同未备案，请备案后重新申请"
    manager.post(f"/counter/withdrawals/{row.pk}/decide/", {"verdict": "REFUSE", "seen": digest, "reason": why})
    assert factories.fresh(row).status == WithdrawalStatus.REFUSED and factories.available(account) == 4800
    assert why in fetched(client_of(clerk), f"/counter/withdrawals/{row.pk}/")
    [decision] = pages_sent(manager.get(f"/counter/withdrawals/{row.pk}/decision/print/"))
    assert "不准予提取" in decision and why in decision and "行政复议" in decision


def test_own_case_is_not_ones_own_to_sign(account):
    manager = factories.manager()
    row = factories.submitted(account, factories.purchase(), "2000.00", by=manager)
    page = fetched(client_of(manager), f"/counter/withdrawals/{row.pk}/decide/")
    assert "须由他人复核" in page and 'name="verdict"' not in page


def test_like_applications_are_granted_together(account, clerk):
    one = factories.submitted(account, factories.purchase(), "1000.00", by=clerk)
    two = factories.submitted(account, factories.repayment(), "500.00", by=clerk)
    manager = client_of(factories.manager())
    address = f"/counter/withdrawals/batch/?case={one.case_id}&case={two.case_id}"
    page = fetched(manager, address)
    seen = {f"seen-{case}": digest for case, digest in re.findall(r'name="seen-(\d+)" value="(\w+)"', page)}
    manager.post(address, {"ticked": [one.case_id, two.case_id], **seen})
    assert {factories.fresh(row).status for row in (one, two)} <= {
        WithdrawalStatus.APPROVED,
        WithdrawalStatus.SUBMITTED,
    }
    assert factories.fresh(one).status == WithdrawalStatus.APPROVED


def test_undoings_are_granted_together(account, clerk):
    asked = [factories.submitted(account, factories.rent(), "100.00", by=clerk)]
    asked.append(factories.approved(account, factories.purchase(), "1000.00"))
    rows = [undoing.propose(row, "申请人填错", by=clerk, on=ON) for row in asked]
    manager = client_of(factories.manager())
    address = "/counter/withdrawal-undoings/batch/?" + "&".join(f"case={row.case_id}" for row in rows)
    assert "批量复核：撤销提取" in fetched(manager, "/counter/approvals/")
    seen = {
        f"seen-{case}": digest
        for case, digest in re.findall(r'name="seen-(\d+)" value="(\w+)"', fetched(manager, address))
    }
    manager.post(address, {"ticked": [row.case_id for row in rows], **seen})
    assert {factories.fresh(row).status for row in asked} == {WithdrawalStatus.UNDONE}
    assert factories.balance(account) == 4800


def test_maker_takes_back_what_waits(account, clerk):
    row = factories.submitted(account, factories.purchase(), "2000.00", by=clerk)
    client_of(clerk).post(f"/counter/withdrawals/{row.pk}/", {"withdraw": "1"})
    assert factories.fresh(row).status == WithdrawalStatus.TAKEN_BACK and factories.available(account) == 4800


def test_undone_by_two_before_a_bank_has_it(account, clerk):
    row = factories.submitted(account, factories.rent(), by=clerk)
    client, manager = client_of(clerk), client_of(factories.manager())
    assert "撤销提取" in fetched(client, f"/counter/withdrawals/{row.pk}/")
    asked = f"/counter/withdrawals/{row.pk}/undo/"
    assert "3,000.00 元回到个人账户" in fetched(client, asked)
    assert "请填写撤销理由" in client.post(asked, {"reason": " "}).content.decode()
    client.post(asked, {"reason": "申请人填错月份"})
    undoing = Undoing.objects.get()
    assert "已有待复核的撤销申请" in fetched(client, asked)
    page = fetched(manager, f"/counter/withdrawal-undoings/{undoing.pk}/decide/")
    [digest] = re.findall(r'name="seen" value="(\w+)"', page)
    manager.post(f"/counter/withdrawal-undoings/{undoing.pk}/decide/", {"verdict": "GRANT", "seen": digest})
    assert factories.fresh(row).status == WithdrawalStatus.UNDONE and factories.balance(account) == 4800
    assert "已撤销" in fetched(client, f"/counter/withdrawals/{row.pk}/")
    assert "申请人填错月份" in fetched(client, f"/counter/withdrawal-undoings/{undoing.pk}/")


def test_once_a_bank_has_it_the_page_says_why_not(account, clerk):
    row = factories.submitted(account, factories.rent(), by=clerk)
    factories.banked(row)
    page = fetched(client_of(clerk), f"/counter/withdrawals/{row.pk}/")
    assert re.search(r"disabled[^>]*>撤销提取", page) and factories.payment_of(row).reference in page


def test_list_is_narrowed_by_address_and_a_person_is_asked_by_post(account, clerk):
    row = factories.submitted(account, factories.rent(), by=clerk)
    client = client_of(clerk)
    assert row.number in fetched(client, "/counter/withdrawals/?category=RENT&status=APPROVED")
    assert row.number in fetched(client, f"/counter/withdrawals/?q={row.number.lower()}")
    assert row.number not in fetched(client, "/counter/withdrawals/?category=PURCHASE")
    assert row.number not in fetched(client, "/counter/withdrawals/?since=2026-07-16")
    found = client.post("/counter/withdrawals/", {"person": account.member.id_number}).content.decode()
    assert row.number in found
    assert row.number not in client.post("/counter/withdrawals/", {"person": "查无此人"}).content.decode()
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(client.get("/counter/withdrawals/export/").getvalue()))
    rows = sheet.get_sheet_by_index(0).to_python()
    assert rows[1][:4] == [row.number, account.member.name, account.number, row.branch.name]


def test_another_office_sees_nothing(account, clerk):
    row = factories.submitted(account, factories.rent(), by=clerk)
    client = client_of(user(Post.CLERK, at="02"))
    assert client.get(f"/counter/withdrawals/{row.pk}/").status_code == 404
    assert client.get(at(account)).status_code == 404
    assert row.number not in fetched(client, "/counter/withdrawals/")


def test_who_only_looks_may_not_apply(account, clerk):
    row = factories.submitted(account, factories.rent(), by=clerk)
    auditor = client_of(user(Post.AUDITOR, at="01"))
    assert row.number in fetched(auditor, "/counter/withdrawals/")
    assert auditor.get(at(account)).status_code == 403
    assert auditor.get(f"/counter/withdrawals/{row.pk}/decide/").status_code == 403


def test_members_page_offers_it_and_has_a_tab(account, clerk):
    client = client_of(clerk)
    page = fetched(client, f"/counter/members/{account.pk}/?tab=withdrawals")
    assert at(account) in page and f"/counter/members/{account.pk}/withdrawals/" in page
    assert "还没有提取记录" in fetched(client, f"/counter/members/{account.pk}/withdrawals/")
    row = factories.submitted(account, factories.rent(), by=clerk)
    part = fetched(client, f"/counter/members/{account.pk}/withdrawals/")
    assert row.number in part and "办理提取" in part


def test_receipt_and_decision_are_printed(account, clerk):
    row = factories.submitted(account, factories.rent(), by=clerk)
    client = client_of(clerk)
    [receipt] = pages_sent(client.get(f"/counter/withdrawals/{row.pk}/receipt/print/"))
    assert row.number in receipt and "叁仟元整" in receipt and account.member.name in receipt
    decision = "".join(pages_sent(client.get(f"/counter/withdrawals/{row.pk}/decision/print/")))
    assert "准予提取" in decision and "不准予提取" not in decision and ON.isoformat() in decision
    waits = factories.submitted(account, factories.purchase(), "500.00", by=clerk)
    answer = client.get(f"/counter/withdrawals/{waits.pk}/decision/print/", follow=True)
    assert "没有可以打印的决定书" in answer.content.decode()
    assert "打印回执" in answer.content.decode() and "打印决定书" not in answer.content.decode()


def test_what_is_left_to_do_is_listed(account, clerk):
    seen = factories.submitted(account, factories.purchase(), "500.00", by=clerk)
    done = factories.submitted(account, factories.rent(), "100.00", by=clerk)
    client = client_of(clerk)
    to_scan = fetched(client, "/counter/withdrawals/?to_do=SCAN")
    assert seen.number in to_scan and done.number not in to_scan
    for other in ("OWED", "STRANDED"):
        assert seen.number not in fetched(client, f"/counter/withdrawals/?to_do={other}")
    assert "请从列表中选择" in fetched(client, "/counter/withdrawals/?to_do=NOTHING")
