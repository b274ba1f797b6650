"""The pages of employers and members: what they show, to whom, and at what cost."""

import io
import re
from datetime import date
from decimal import Decimal

import pytest
from django.db import transaction
from django.urls import reverse
from python_calamine import CalamineWorkbook

from access.states import Post
from accounts.actions import employers
from accounts.models import MemberAccount
from accounts.states import MemberAccountStatus
from audit.actions import trail
from audit.models import Record
from tests.access.factories import client_of, person
from tests.accounts import factories
from tests.ledger import books

pytestmark = pytest.mark.django_db

DAY = date(2026, 7, 1)
ID_NUMBER = "11010519491231002X"


@pytest.fixture
def day():
    books.open_books(DAY)


@pytest.fixture
def account(day):
    """Li Si of Longchang with 1,046.88 in four entries of one day."""
    employer = factories.employer(name="内江隆昌玻璃厂", contact_mobile="13700000001")
    employers.add_paying_account(employer, "6222999988887777", "工商银行", by=books.actor(), on=DAY)
    opened = factories.member_account(
        employer, name="李四", id_number=ID_NUMBER, mobile="13800138000", card="6222021100010002"
    )
    from_bank = books.bank(DAY)
    for serial in range(3):
        books.pay_in(f"in{serial}", from_bank, opened.ledger_account_id, "523.44", on=DAY)
    books.pay_out("out", opened.ledger_account_id, from_bank, "523.44", on=DAY)
    return opened


def text_of(client, name, *args, **query):
    answer = client.get(reverse(name, args=args), query)
    assert answer.status_code == 200, answer.content.decode()[:500]
    return answer.content.decode()


def clerk(branch_id=1):
    return client_of(person(Post.CLERK, branch_id=branch_id))


def sheet_of(client, name, *args, **query):
    answer = client.get(reverse(name, args=args), query)
    assert answer.status_code == 200
    return (
        CalamineWorkbook.from_filelike(io.BytesIO(b"".join(answer.streaming_content))).get_sheet_by_index(0).to_python()
    )


def find(client, text):
    return client.post(reverse("accounts:search"), {"q": text})


# Search


def test_the_only_result_opens_at_once(account):
    assert find(clerk(), ID_NUMBER).headers["Location"] == reverse("accounts:member", args=[account.pk])
    opened = find(clerk(), "内江隆昌").headers["Location"]
    assert opened == reverse("accounts:employer", args=[account.employer_id])


def test_results_are_grouped_and_masked(account):
    factories.member_account(factories.employer(name="李记食品厂"), name="李五")
    page = find(clerk(), "李").content.decode()
    assert "个人账户（2）" in page and "单位（1）" in page
    assert "110***********002X" in page and "138****8000" in page
    assert ID_NUMBER not in page and "13800138000" not in page


def test_the_first_result_has_the_focus_so_that_enter_opens_it(account):
    factories.member_account(name="李四五")
    page = find(clerk(), "李").content.decode()
    assert re.findall(r"<a[^>]*autofocus[^>]*>(\d+)", page) == [account.number]


def test_nothing_found_says_what_to_do(account):
    assert "没有查到符合条件的单位或职工" in find(clerk(), "张三丰").content.decode()


def test_too_many_ask_to_narrow(day):
    factories.member_accounts(factories.employer(), 51)
    assert "超过 50 条" in find(clerk(), "王").content.decode()


def test_empty_search_is_an_error_beside_its_field(day):
    assert "请输入要查找的内容" in find(clerk(), "").content.decode()


def test_what_was_typed_does_not_come_back_in_an_address(account):
    page = text_of(clerk(), "accounts:search", q="李四")
    assert account.number not in page


# Member page


def test_member_page_shows_the_account(account):
    page = text_of(clerk(), "accounts:member", account.pk)
    assert "李四" in page and account.number in page and "正常" in page
    assert "1,046.88" in page and "内江隆昌玻璃厂" in page
    assert "本期合计" in page and "1,570.32" in page and "523.44" in page


@pytest.mark.parametrize("secret", [ID_NUMBER, "13800138000", "6222021100010002"])
def test_member_page_shows_no_whole_number(account, secret):
    assert secret not in text_of(clerk(), "accounts:member", account.pk)


def test_statement_is_newest_first_and_by_period(account):
    page = text_of(clerk(), "accounts:member", account.pk)
    amounts = re.findall(r'class="money[^>]*>([\d,.]+)</td>', page)
    assert amounts[:4] == ["523.44", "1,046.88", "523.44", "1,570.32"]  # out, its balance; the last one in, its balance
    assert "没有发生额" in text_of(clerk(), "accounts:member", account.pk, since="2026-07-02")
    assert "没有发生额" in text_of(clerk(), "accounts:member", account.pk, until="2026-06-30")
    assert "共 4 条" in text_of(clerk(), "accounts:member", account.pk, since="2026-07-01", until="2026-07-01")


def test_unreadable_day_shows_an_error_and_no_rows(account):
    page = text_of(clerk(), "accounts:member", account.pk, since="1 July")
    assert "请输入日期" in page and "共 4 条" not in page


def test_statement_is_paged(account):
    from_bank = books.bank(DAY)
    with transaction.atomic():
        for serial in range(60):
            books.pay_in(f"more{serial}", from_bank, account.ledger_account_id, "1.00", on=DAY)
    assert "第 1 / 2 页" in text_of(clerk(), "accounts:member", account.pk)
    last = text_of(clerk(), "accounts:member", account.pk, page=2)
    assert len(re.findall(r'<td class="day">2026-07-01</td>', last)) == 14
    for page in (last, text_of(clerk(), "accounts:member", account.pk)):
        assert "共 64 条" in page and "1,630.32" in page.split("本期合计")[1] and "523.44" in page.split("本期合计")[1]


def test_statement_as_a_file_runs_from_old_to_new(account):
    rows = sheet_of(clerk(), "accounts:member_export", account.pk)
    assert rows[0] == ["记账日期", "业务", "摘要", "收入", "支出", "余额", "凭证号"]
    assert [row[5] for row in rows[1:]] == [523.44, 1046.88, 1570.32, 1046.88]
    assert [row[3] for row in rows[1:]] == [523.44, 523.44, 523.44, ""]
    assert rows[4][4] == 523.44 and rows[1][0] == "2026-07-01"


def test_taking_personal_data_out_is_recorded(account):
    client, member = clerk(), client_of(factories.member_user(account))
    sheet_of(client, "accounts:member_export", account.pk, since="2026-07-02")
    sheet_of(client, "accounts:employer_export", account.employer_id)
    sheet_of(member, "accounts:my_account_export", account.pk)
    records = Record.objects.filter(act__startswith="export").order_by("pk")
    assert [(record.act, record.by_post, record.after) for record in records] == [
        ("export_statement", "CLERK", {"count": 0}),
        ("export_members", "CLERK", {"count": 1}),
        ("export_statement", "MEMBER", {"count": 4}),
    ]


@pytest.mark.parametrize(
    ("page", "told"),
    [
        ("employers_export", {"table": "单位", "rows": 1}),
        ("registrations_export", {"table": "网上登记", "rows": 0}),
        ("deadlines_export", {"table": "法定期限", "rows": 0}),
    ],
)
def test_every_list_taken_out_is_recorded(account, page, told):
    sheet_of(clerk(), f"accounts:{page}")
    assert [row.after for row in Record.objects.filter(act="export")] == [told]


def test_frozen_account_says_what_it_means(account):
    factories.freeze(account)
    assert "账户已冻结" in text_of(clerk(), "accounts:member", account.pk)


def test_earlier_account_of_the_person_is_linked(account):
    trail.move(account, MemberAccountStatus.CLOSED, by=books.actor(), on=DAY)
    second = factories.member_account(name="李四", id_number=ID_NUMBER)
    page = text_of(clerk(), "accounts:member", second.pk)
    assert reverse("accounts:member", args=[account.pk]) in page


def test_person_without_mobile_card_or_birth_date_is_shown(day):
    account = factories.member_account(mobile="", card="", card_bank="", certificate_type="03", id_number="E12345678")
    page = text_of(clerk(), "accounts:member", account.pk)
    assert page.count("未登记") == 4 and "护照" in page


# Employer pages


def test_employer_page_shows_particulars_money_and_members(account):
    page = text_of(clerk(), "accounts:employer", account.employer_id)
    assert account.employer.credit_code in page and "单位暂存款" in page and "137****0001" in page
    assert "6222********7777" in page and "6222999988887777" not in page and "13700000001" not in page
    assert account.number in page and "1,046.88" in page and ID_NUMBER not in page


def test_remittances_of_the_employer_are_one_link_away(account):
    page = text_of(clerk(), "accounts:employer", account.employer_id)
    address = f"{reverse('deposits:remittances')}?employer={account.employer.number}"
    assert address in page
    assert clerk().get(address).status_code == 200


def test_manager_goes_from_an_entry_to_its_voucher_and_a_clerk_does_not(account):
    link = reverse("ledger:voucher", args=[1])[:-2]
    assert f'href="{link}' in text_of(client_of(person(Post.MANAGER)), "accounts:member", account.pk)
    assert f'href="{link}' not in text_of(clerk(), "accounts:member", account.pk)


def test_members_of_an_employer_are_paged_and_filtered(account):
    factories.member_accounts(account.employer, 60)
    pk = account.employer_id
    assert "第 1 / 2 页" in text_of(clerk(), "accounts:employer", pk)
    assert "没有符合条件的职工" in text_of(clerk(), "accounts:employer", pk, status="02")
    assert "请从列表中选择" in text_of(clerk(), "accounts:employer", pk, status="77")


def among(employer, text, client=None):
    """The people of an employer who are looked for."""
    answer = (client or clerk()).post(f"{reverse('accounts:employer', args=[employer.pk])}?tab=members", {"q": text})
    return answer.content.decode()


@pytest.mark.parametrize("text", ["李", "李四", "ls", ID_NUMBER, "138 0013 8000"])
def test_one_of_an_employers_people_is_found_by_what_is_said_or_shown(account, text):
    factories.member_accounts(account.employer, 3)
    namesake = factories.member_account(factories.employer(), name="李四")
    page = among(account.employer, text)
    assert "找到 1 户" in page and account.number in page and namesake.number not in page


def test_one_of_an_employers_people_is_found_by_number_and_nobody_by_a_strange_one(account):
    other = factories.member_account(factories.employer())
    assert "找到 1 户" in among(account.employer, account.number)
    assert "本单位没有查到" in among(account.employer, other.number)
    assert "请输入要查找的内容" in among(account.employer, " ")


def test_more_people_than_a_page_holds_are_to_be_looked_for_more_closely(account):
    factories.member_accounts(account.employer, 51)
    first = account.employer.member_accounts.exclude(pk=account.pk)[0].member.name[0]
    page = among(account.employer, first)
    assert "超过 50 条" in page and "找到 50 户" in page


def test_a_name_in_an_address_finds_nobody(account):
    factories.member_accounts(account.employer, 3)
    assert "共 4 条" in text_of(clerk(), "accounts:employer", account.employer_id, q="李四")


def test_finance_looks_for_nobody_at_an_employer(account):
    page = among(account.employer, "李四", client_of(person(Post.FINANCE)))
    assert account.number not in page and "李四" not in page


def test_member_list_as_a_file_is_masked_and_follows_the_filter(account):
    for other in factories.member_accounts(account.employer, 2):
        MemberAccount.objects.filter(pk=other.pk).update(status=MemberAccountStatus.SEALED)
    rows = sheet_of(clerk(), "accounts:employer_export", account.employer_id, status="01")
    assert len(rows) == 2
    assert rows[1][:4] == [account.number, "李四", "110***********002X", "138****8000"]
    assert Decimal(str(rows[1][8])) == Decimal("1046.88")


def test_finance_sees_the_employer_without_its_members(account):
    finance = client_of(person(Post.FINANCE))
    page = text_of(finance, "accounts:employer", account.employer_id)
    assert account.employer.credit_code in page and account.number not in page
    assert finance.get(reverse("accounts:employer_export", args=[account.employer_id])).status_code == 403


def test_employer_without_members_or_accounts_is_shown(day):
    employer = factories.employer()
    page = text_of(clerk(), "accounts:employer", employer.pk)
    assert "尚未登记付款账户" in page and "没有符合条件的职工" in page and "未指定" in page


def test_employers_are_listed_filtered_and_exported(account):
    other = factories.employer(name="威远水泥厂", at="04")
    centre = clerk(branch_id=0)
    assert "共 2 条" in text_of(centre, "accounts:employers")
    assert "共 1 条" in text_of(centre, "accounts:employers", branch=4)
    assert "共 1 条" in text_of(centre, "accounts:employers", q=other.credit_code.lower())
    assert "共 1 条" in text_of(centre, "accounts:employers", q="威远")
    assert "共 1 条" in text_of(centre, "accounts:employers", status="01")
    rows = sheet_of(centre, "accounts:employers_export", status="02")
    assert [row[1] for row in rows] == ["单位名称", "威远水泥厂"]


def test_filters_ignore_fields_that_are_not_listed(account):
    page = text_of(clerk(), "accounts:employers", contact_mobile_sealed__startswith="zzz", member_accounts__base=1)
    assert "共 1 条" in page


# Rows of others


@pytest.mark.parametrize("name", ["member", "member_export"])
def test_other_office_gets_404_for_a_member(account, name):
    assert clerk(branch_id=4).get(reverse(f"accounts:{name}", args=[account.pk])).status_code == 404


@pytest.mark.parametrize("name", ["employer", "employer_export"])
def test_other_office_gets_404_for_an_employer(account, name):
    assert clerk(branch_id=4).get(reverse(f"accounts:{name}", args=[account.employer_id])).status_code == 404


def test_other_office_lists_and_finds_nothing(account):
    client = clerk(branch_id=4)
    assert "没有符合条件的单位" in text_of(client, "accounts:employers")
    assert "没有查到" in find(client, ID_NUMBER).content.decode()
    assert len(sheet_of(client, "accounts:employers_export")) == 1


@pytest.mark.parametrize("name", ["my_account", "my_account_export"])
def test_member_gets_404_for_the_account_of_another(account, name):
    other = client_of(factories.member_user(factories.member_account()))
    assert other.get(reverse(f"accounts:{name}", args=[account.pk])).status_code == 404


COUNTER = ["search", "employers", "employers_export"]
COUNTER_OF_ROW = ["employer", "employer_export", "member", "member_export"]


@pytest.mark.parametrize("name", COUNTER + COUNTER_OF_ROW)
@pytest.mark.parametrize("post", [Post.HANDLER, Post.MEMBER, Post.OPERATOR])
def test_counter_pages_are_closed_to_other_posts(account, name, post):
    """Even to the handler of this employer and to this member."""
    user = {
        Post.HANDLER: lambda: factories.handler(account.employer),
        Post.MEMBER: lambda: factories.member_user(account),
    }
    args = [account.employer_id if name.startswith("employer") else account.pk] if name in COUNTER_OF_ROW else []
    client = client_of(user.get(post, lambda: person(post))())
    assert client.get(reverse(f"accounts:{name}", args=args)).status_code == 403


def test_portal_pages_are_closed_to_staff(account):
    assert clerk().get(reverse("accounts:my_account")).status_code == 403
    assert clerk().get(reverse("accounts:my_account_export", args=[account.pk])).status_code == 403


# Member's portal


def test_member_sees_the_own_account_and_statement(account):
    client = client_of(factories.member_user(account))
    page = text_of(client, "accounts:my_account")
    assert account.number in page and "1,046.88" in page and "共 4 条" in page
    assert ID_NUMBER not in page and "110***********002X" in page
    assert "ledger" not in page and reverse("accounts:my_account_export", args=[account.pk]) in page
    assert len(sheet_of(client, "accounts:my_account_export", account.pk)) == 5


def test_the_members_page_reads_no_more_than_it_shows(account, django_assert_num_queries):
    """Day, session, user, accounts, moves, lines, night: a column that is read apart would show here."""
    client = client_of(factories.member_user(account))
    with django_assert_num_queries(7):
        text_of(client, "accounts:my_account")


def test_open_account_comes_before_an_ended_one(account):
    user = factories.member_user(account)
    trail.move(account, MemberAccountStatus.CLOSED, by=books.actor(), on=DAY)
    second = factories.member_account(name="李四", id_number=ID_NUMBER)
    client = client_of(user)
    assert f'data-copy="{second.number}"' in text_of(client, "accounts:my_account")
    assert f'data-copy="{account.number}"' in text_of(client, "accounts:my_account", account.pk)


def test_member_without_an_account_is_told_what_to_do(day):
    page = text_of(client_of(person(Post.MEMBER, branch_id=None)), "accounts:my_account")
    assert "您还没有住房公积金账户" in page


def test_names_that_look_like_markup_stay_text(day):
    account = factories.member_account(factories.employer(name="<script>alert(1)</script>"))
    page = text_of(clerk(), "accounts:member", account.pk)
    assert "<script>alert" not in page and "&lt;script&gt;alert" in page


# Cost


@pytest.mark.parametrize("count", [5, 50])
def test_lists_cost_the_same_however_long(day, count, django_assert_max_num_queries):
    employer = factories.employer()
    account = factories.member_accounts(employer, count)[0]
    for _ in range(count):
        factories.employer()
    client = clerk()
    for name, args, most in [("employers", [], 14), ("employer", [employer.pk], 22), ("member", [account.pk], 18)]:
        with django_assert_max_num_queries(most):
            text_of(client, f"accounts:{name}", *args)
    with django_assert_max_num_queries(12):
        find(client, "王")
