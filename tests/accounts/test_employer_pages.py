"""The pages of employers at the counter: registration, all about one, changes, rest and end, mandates, terms."""

import io
import re
from datetime import date

import pytest
from django.urls import reverse
from python_calamine import CalamineWorkbook

from access.states import Post
from accounts.actions import employer_changes, mandates, registrations
from accounts.actions.employer_changes import Grounds
from accounts.actions.mandates import Paper
from accounts.models import Employer, Handler, KeyChange, Registration
from accounts.states import EmployerStatus, RegistrationStatus
from audit.models import Record
from tests.access.factories import client_of, person
from tests.accounts import factories
from tests.accounts.factories import DAY
from tests.accounts.test_registrations import PASSWORD, applied
from tests.ledger import books

pytestmark = pytest.mark.django_db
PARTICULARS = {
    "credit_code": factories.credit_code(900_000_001),
    "name": "隆昌市金鹅纺织有限公司",
    "legal_person": "周大勇",
    "address": "隆昌市金鹅街道1号",
    "economic_type": "150",
    "industry": "C",
    "established_on": "2026-05-20",
    "branch": "1",
    "pay_day": "15",
    "employer_ratio": "8",
    "member_ratio": "8.5",
    "contact_name": "周敏",
    "contact_mobile": "139 0000 1111",
    "account_number": "6222 0211 0001 0002",
    "bank_name": "工商银行隆昌支行",
}
HANDLER = {
    "handler_name": "周敏",
    "handler_mobile": "13900001111",
    "mandate": "SQ-1",
    "until": "2027-06-30",
    "username": "zhou.min",
}
GROUNDS = {"evidence": "营业执照 2026-07", "reason": "迁址"}


@pytest.fixture(autouse=True)
def day():
    books.open_books(DAY)


def clerk(branch_id: int = 1):
    return client_of(person(Post.CLERK, branch_id=branch_id))


def manager():
    return client_of(person(Post.MANAGER))


def at(name: str, *args: object) -> str:
    return reverse(f"accounts:{name}", args=args)


def shown(answer) -> str:
    assert answer.status_code == 200, answer.headers.get("Location")
    return answer.content.decode()


# Registration


def test_the_first_question_finds_who_is_open_already_and_who_waits():
    opened, waiting, client = factories.employer(name="已开户厂"), applied(), clerk()
    page = shown(client.get(at("employer_register"), {"credit_code": opened.credit_code.lower()}))
    assert "该单位已经开户" in page and at("employer", opened.pk) in page
    page = shown(client.get(at("employer_register"), {"credit_code": waiting.credit_code}))
    assert "已在网上提交登记申请" in page and at("registration", waiting.pk) in page
    elsewhere = factories.employer(at="02")
    page = shown(client.get(at("employer_register"), {"credit_code": elsewhere.credit_code}))
    assert "请联系" in page and at("employer", elsewhere.pk) not in page
    assert "校验码不符" in shown(client.get(at("employer_register"), {"credit_code": "91511000000000001X"}))
    fresh = client.get(at("employer_register"), {"credit_code": PARTICULARS["credit_code"]})
    assert (
        fresh.headers["Location"] == f"{at('employer_register_particulars')}?credit_code={PARTICULARS['credit_code']}"
    )


def test_a_registration_is_looked_at_once_more_and_the_password_is_shown_once():
    client, entered = clerk(), {**PARTICULARS, **HANDLER}
    page = shown(client.post(at("employer_register_particulars"), entered))
    assert "确认开户" in page and "已逾期 12 天" in page and "13900001111" in page and "8.5%" in page
    assert not Employer.objects.exists()
    answer = client.post(at("employer_register_particulars"), {**entered, "confirmed": "1"})
    opened = Employer.objects.get()
    assert answer.headers["Location"] == at("employer_opened", opened.pk)
    page = shown(client.get(answer.headers["Location"]))
    password = re.search(r"初始密码 <b class=\"code\">([a-z0-9-]+)</b>", page)[1]
    assert opened.handlers.get().user.check_password(password)
    assert opened.number in page and "逾期登记 12 天" in page and "20 天内为职工开户" in page
    assert password not in shown(client.get(answer.headers["Location"]))
    assert password not in str(dict(client.session))


def test_answers_can_be_changed_once_more():
    page = shown(clerk().post(at("employer_register_particulars"), {**PARTICULARS, "again": "1"}))
    assert "下一步：核对" in page and 'value="隆昌市金鹅纺织有限公司"' in page and not Employer.objects.exists()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": ""}, "请填写单位名称"),
        ({"name": "长" * 201}, "单位名称不超过200个字"),
        ({"name": "金鹅\u200b纺织"}, "看不见的字符"),
        ({"credit_code": "91511000000000001X"}, "校验码不符"),
        ({"economic_type": "777"}, "请从列表中选择"),
        ({"established_on": "2026-13-01"}, "请输入日期"),
        ({"established_on": "2026-07-02", "confirmed": "1"}, "成立日期不能晚于当前会计日"),
        ({"branch": "2"}, "请从列表中选择"),
        ({"pay_day": "32"}, "发薪日应为1至31"),
        ({"employer_ratio": "4.99", "confirmed": "1"}, "缴存比例应在"),
        ({"member_ratio": "1e9"}, "请填写百分数"),
        ({"contact_mobile": "123"}, "手机号码应为"),
        ({"bank_name": ""}, "付款账号和开户银行请一并填写"),
        ({"username": "zhou.min"}, "指定经办人时须填写"),
        ({**HANDLER, "username": "周敏"}, "用户名为4至40个字母"),
        ({**HANDLER, "until": "2026-06-30", "confirmed": "1"}, "授权截止日期不能早于当前会计日"),
    ],
)
def test_a_mistake_is_named_beside_its_field_and_opens_nothing(changes, sentence):
    page = shown(clerk().post(at("employer_register_particulars"), {**PARTICULARS, **changes}))
    assert "处需要更正" in page and sentence in page
    assert not Employer.objects.exists() and not Handler.objects.exists()


def test_the_second_press_is_told_that_it_is_open():
    client, entered = clerk(), {**PARTICULARS, "confirmed": "1"}
    assert client.post(at("employer_register_particulars"), entered).status_code == 302
    assert "已开户，请查找该单位" in shown(client.post(at("employer_register_particulars"), entered))
    assert Employer.objects.count() == 1


# Applications


def test_a_clerk_accepts_an_application_beside_its_warnings():
    factories.employer(name="隆昌市金鹅纺织有限公司")
    row, client = applied(established_on=date(2026, 5, 1)), clerk()
    listed = shown(client.get(at("registrations")))
    assert row.number in listed and "今天" in listed
    page = shown(client.get(at("registration", row.pk)))
    assert "同名单位" in page and "超过登记期限 31 天" in page and "139****1111" in page and "6222********0002" in page
    answer = client.post(at("registration_accept", row.pk))
    opened = Employer.objects.get(credit_code=row.credit_code)
    assert answer.headers["Location"] == at("employer_opened", opened.pk)
    assert "打开单位" in shown(client.get(at("registration", row.pk)))


def test_a_clerk_sends_an_application_back_and_the_next_one_is_too_late():
    row, client = applied(), clerk()
    assert "请填写退回原因" in shown(client.post(at("registration", row.pk), {"reason": " "}))
    assert client.post(at("registration", row.pk), {"reason": "执照名称不符"}).status_code == 302
    client.post(at("registration_accept", row.pk))
    assert "当前状态不允许此操作" in shown(client.get(at("registration", row.pk)))
    row.refresh_from_db()
    assert row.status == RegistrationStatus.RETURNED and not Employer.objects.exists()
    assert row.number not in shown(client.get(at("registrations")))
    assert row.number in shown(client.get(at("registrations"), {"status": "RETURNED"}))


def test_applications_of_another_office_are_not_found():
    row, client = applied(branch=factories.branch("02")), clerk()
    statuses = [
        client.get(at("registration", row.pk)).status_code,
        client.post(at("registration_accept", row.pk)).status_code,
        client.post(at("registration", row.pk), {"reason": "x"}).status_code,
    ]
    assert statuses == [404, 404, 404] and Registration.objects.get().status == RegistrationStatus.SUBMITTED


def test_a_thousand_applications_are_paged_at_the_same_cost(django_assert_max_num_queries):
    row = applied()
    copies = []
    for serial in range(2, 1001):
        copy = Registration.objects.get(pk=row.pk)
        copy.pk, copy.number, copy.username = None, f"DJ9{serial:07d}", f"user{serial}"
        copy.credit_code = factories.credit_code(500_000 + serial)
        copies.append(copy)
    Registration.objects.bulk_create(copies)
    client = clerk()
    with django_assert_max_num_queries(14):
        page = shown(client.get(at("registrations")))
    assert "共 1,000 条" in page and "第 1 / 20 页" in page


# All about one employer


def test_the_page_says_what_can_be_done_and_why_not_the_rest():
    account = factories.member_account(factories.employer(pay_day=10))
    employer = account.employer
    page = shown(clerk().get(at("employer", employer.pk)))
    assert at("employer_amend", employer.pk) in page and at("employer_suspend", employer.pk) in page
    assert "还有 1 名职工正常缴存" in page and at("employer_seal", employer.pk) not in page
    assert "只有已封存的单位可以启封" in page and "还有 1 户正常的个人账户" in page
    assert "2026-07 的汇缴应在 2026-07-15 前完成" in page
    looking = shown(client_of(person(Post.AUDITOR)).get(at("employer", employer.pk)))
    assert at("employer_amend", employer.pk) not in looking and "可办业务" not in looking


def test_late_months_are_told_on_top():
    employer = factories.member_account(factories.employer()).employer
    Employer.objects.filter(pk=employer.pk).update(paid_to="2026-03")
    assert "已逾期 3 个月" in shown(clerk().get(at("employer", employer.pk)))


def test_the_tabs_show_handlers_accounts_and_what_was_done():
    employer, client = factories.employer(address="旧址"), clerk()
    user = person(Post.HANDLER, branch_id=None)
    made = mandates.appoint(employer, user, Paper("SQ-1", date(2026, 7, 20), "13900002222"), by=person(), on=DAY)
    grounds = Grounds("执照 2026", "迁址")
    employer_changes.change(employer, {"address": "新址", "pay_day": 20}, grounds, by=person(), on=DAY)
    page = shown(client.get(at("employer", employer.pk), {"tab": "handlers"}))
    assert user.username in page and "139****2222" in page and "剩 19 天" in page and at("handler_end", made.pk) in page
    assert at("paying_account_add", employer.pk) in shown(client.get(at("employer", employer.pk), {"tab": "accounts"}))
    page = shown(client.get(at("employer", employer.pk), {"tab": "changes"}))
    assert (
        "变更单位信息" in page
        and "单位地址：旧址 → 新址" in page
        and "发薪日：10 → 20" in page
        and "指定经办人" in page
    )
    assert "13900002222" not in page


# Changes, rest and end


def test_particulars_are_changed_with_their_evidence():
    employer, client = factories.employer(), clerk()
    now = {"contact_name": employer.contact_name, "contact_mobile": "", "pay_day": "10", "address": "新址2号"}
    assert employer.contact_mobile not in shown(client.get(at("employer_amend", employer.pk)))
    page = shown(client.post(at("employer_amend", employer.pk), now))
    assert "请填写依据材料及编号" in page and Employer.objects.get().address == ""
    assert client.post(at("employer_amend", employer.pk), {**now, **GROUNDS}).status_code == 302
    assert Employer.objects.get().address == "新址2号"
    page = shown(client.post(at("employer_amend", employer.pk), {**now, **GROUNDS}))
    assert "没有需要变更的内容" in page


@pytest.mark.parametrize("field", ["evidence", "reason"])
def test_grounds_with_the_number_of_a_person_are_sent_back(field):
    client, employer = clerk(), factories.employer()
    telling = {**GROUNDS, field: "法定代表人身份证 51100219900101123X"}
    assert "请去掉其中的证件号码" in shown(client.post(at("employer_seal", employer.pk), telling))
    assert not Record.objects.filter(why__contains="51100219900101123X").exists()


def seen_on(page: str) -> str:
    return re.search(r'name="seen" value="(\w+)"', page)[1]


def test_a_new_name_goes_from_the_clerk_by_the_inbox_to_the_manager():
    employer, client, chief = factories.employer(name="旧名厂"), clerk(), manager()
    key = {"name": "新名厂", "credit_code": employer.credit_code, "branch": "01"}
    answer = client.post(at("employer_change_propose", employer.pk), {**key, **GROUNDS})
    change = KeyChange.objects.get()
    assert answer.headers["Location"] == at("employer_change", change.pk)
    assert "撤回申请" in shown(client.get(at("employer_change", change.pk)))
    assert "已有一项申请待复核" in shown(client.get(at("employer_change_propose", employer.pk)))
    address = at("employer_change_decide", change.pk)
    assert address in shown(chief.get(reverse("approvals:inbox")))
    page = shown(chief.get(address))
    assert "拟变更为（单位名称）" in page and "新名厂" in page and "旧名厂" in page and "已变化" not in page
    decision = {"verdict": "GRANT", "seen": seen_on(page)}
    factories.employer(name="新名厂")
    page = shown(chief.post(address, decision))
    assert "内容已变化" in page and "已变化</span>" in page and Employer.objects.get(pk=employer.pk).name == "旧名厂"
    assert chief.post(address, {**decision, "seen": seen_on(page)}).status_code == 302
    assert Employer.objects.get(pk=employer.pk).name == "新名厂"
    assert client.get(address).status_code == 403


def test_the_maker_takes_a_change_back():
    employer, client = factories.employer(), clerk()
    key = {"name": "新名厂", "credit_code": employer.credit_code, "branch": "01"}
    client.post(at("employer_change_propose", employer.pk), {**key, **GROUNDS})
    change = KeyChange.objects.get()
    assert "只有经办人本人可以撤回" in shown(clerk().post(at("employer_change", change.pk), {"withdraw": "1"}))
    assert client.post(at("employer_change", change.pk), {"withdraw": "1"}).status_code == 302
    assert "已撤回" in shown(client.get(at("employer_change", change.pk)))


def test_out_of_business_and_back():
    employer = factories.member_account(factories.employer()).employer
    client = clerk()
    assert "现在不能办理" in shown(client.get(at("employer_seal", employer.pk)))
    assert client.post(at("employer_suspend", employer.pk), GROUNDS).status_code == 302
    assert Employer.objects.get().status == EmployerStatus.SEALED
    assert "单位状态为“封存”" in shown(client.post(at("employer_suspend", employer.pk), GROUNDS))
    assert client.post(at("employer_unseal", employer.pk), GROUNDS).status_code == 302
    assert Employer.objects.get().status == EmployerStatus.NORMAL


def test_an_employer_is_closed_by_two_persons():
    employer, client, chief = factories.employer(), clerk(), manager()
    answer = client.post(at("employer_close", employer.pk), {"close_reason": "05", **GROUNDS})
    change = KeyChange.objects.get()
    assert answer.headers["Location"] == at("employer_change", change.pk)
    address = at("employer_change_decide", change.pk)
    page = shown(chief.get(address))
    assert "单位销户" in page and "重复或错误登记" in page and "0.00 元" in page
    assert chief.post(address, {"verdict": "GRANT", "seen": seen_on(page)}).status_code == 302
    page = shown(client.get(at("employer", employer.pk)))
    assert "销户</span>" in page and "单位已销户" in page and "重复或错误登记" in page


def test_other_offices_do_nothing_with_an_employer():
    there = factories.employer(at="02")
    mandate = mandates.appoint(there, person(Post.HANDLER, branch_id=None), by=person(), on=DAY)
    names = [
        "employer_amend",
        "employer_change_propose",
        "paying_account_add",
        "employer_seal",
        "employer_suspend",
        "employer_unseal",
        "employer_close",
        "handler_appoint",
        "employer_opened",
    ]
    addresses = [at(name, there.pk) for name in names] + [
        at("handler_end", mandate.pk),
        at("handler_renew", mandate.pk),
    ]
    client = clerk()
    assert {client.post(address, GROUNDS).status_code for address in addresses} == {404}


# Mandates and paying accounts


def test_a_new_handler_gets_a_password_once_and_a_known_one_none():
    employer, client = factories.employer(), clerk()
    entered = {"kind": "new", "username": "zhou.min", "mobile": "13900001111", "mandate": "SQ-1"}
    assert "请填写经办人姓名" in shown(client.post(at("handler_appoint", employer.pk), entered))
    answer = client.post(at("handler_appoint", employer.pk), {**entered, "handler_name": "周敏"})
    page = shown(client.get(answer.headers["Location"]))
    assert "初始密码" in page and "初始密码" not in shown(client.get(answer.headers["Location"]))
    known = {**entered, "kind": "known"}
    assert "一人只能经办一个单位" in shown(client.post(at("handler_appoint", factories.employer().pk), known))
    made = Handler.objects.get()
    assert client.post(at("handler_end", made.pk), {"reason": "离职"}).status_code == 302
    answer = client.post(at("handler_appoint", factories.employer().pk), known)
    assert "初始密码" not in shown(client.get(answer.headers["Location"]))


def test_a_mandate_is_renewed_on_a_new_paper():
    user = person(Post.HANDLER, branch_id=None)
    made = mandates.appoint(factories.employer(), user, Paper("SQ-1", date(2026, 7, 20)), by=person(), on=DAY)
    client = clerk()
    page = shown(client.post(at("handler_renew", made.pk), {"mandate": "SQ-2", "until": "2026-07-20"}))
    assert "应晚于原截止日期 2026-07-20" in page
    assert client.post(at("handler_renew", made.pk), {"mandate": "SQ-2", "until": "2027-07-20"}).status_code == 302
    assert Handler.objects.get().until == date(2027, 7, 20)


def test_a_paying_account_comes_and_goes():
    employer, client = factories.employer(), clerk()
    bank = {"account_number": "6222 0211 0001 0002", "bank_name": "工商银行"}
    assert client.post(at("paying_account_add", employer.pk), bank).status_code == 302
    assert "无需重复登记" in shown(client.post(at("paying_account_add", employer.pk), bank))
    account = employer.paying_accounts.get()
    assert "6222********0002" in shown(client.get(at("paying_account_drop", account.pk)))
    assert client.post(at("paying_account_drop", account.pk), {"reason": "账户注销"}).status_code == 302
    assert not employer.paying_accounts.exists()


# Statutory terms


def test_terms_are_counted_filtered_and_taken_out():
    factories.employer(name="新开户厂")
    factories.member_account(factories.employer(name="应缴厂", pay_day=1))
    client = manager()
    page = shown(client.get(at("deadlines")))
    assert "新开户厂" in page and "应缴厂" in page and "剩 5 天" in page and "剩 20 天" in page
    page = shown(client.get(at("deadlines"), {"kind": "SETUP"}))
    assert "新开户厂" in page and "应缴厂" not in page
    assert "没有符合条件的期限事项" in shown(client.get(at("deadlines"), {"state": "late"}))
    assert "请从列表中选择" in shown(client.get(at("deadlines"), {"kind": "x"}))
    file = io.BytesIO(b"".join(client.get(at("deadlines_export")).streaming_content))
    rows = CalamineWorkbook.from_filelike(file).get_sheet_by_index(0).to_python()
    assert [row[2] for row in rows] == ["单位名称", "应缴厂", "新开户厂"]


# The handler's own page


def test_a_handler_changes_the_contact_and_nothing_else():
    employer = factories.employer(name="金鹅厂")
    client = client_of(factories.handler(employer))
    page = shown(client.get(at("my_employer")))
    assert "金鹅厂" in page and "柜台办理" in page
    entered = {
        "contact_name": "李明",
        "contact_mobile": "13900003333",
        "name": "改名厂",
        "address": "改址",
        "pay_day": "1",
    }
    assert client.post(at("my_employer"), entered).status_code == 302
    changed = Employer.objects.get(pk=employer.pk)
    assert (changed.contact_name, changed.contact_mobile) == ("李明", "13900003333")
    assert (changed.name, changed.address, changed.pay_day) == ("金鹅厂", "", 10)


def test_an_accepted_applicant_signs_in():
    row = applied()
    opened = registrations.accept(row, by=person(), on=DAY)
    client = client_of(opened.handlers.get().user)
    client.logout()
    answer = client.post(reverse("access:sign_in"), {"username": row.username, "password": PASSWORD})
    assert answer.status_code == 302
