"""The pages of the month: the handler's way from the template to the payment, and what the counter sees of it."""

import io
import json
import re
from decimal import Decimal

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from python_calamine import CalamineWorkbook

from access.states import Post
from accounts.models import MemberAccount
from deposits import queries, sheets, tasks
from deposits.actions import receipts
from deposits.models import Remittance, Sheet
from deposits.states import SheetStatus
from hpf import workbooks
from tests.access.factories import client_of, person
from tests.accounts import factories as accounts
from tests.banking.factories import open_first_day
from tests.deposits.factories import DAY, JULY, arrived, night, paid, paying_employer, submitted
from tests.deposits.test_sheets import joiner, proposed, workbook

pytestmark = pytest.mark.django_db


@pytest.fixture
def day():
    return open_first_day(DAY)


@pytest.fixture
def employer(day):
    return paying_employer(2, name="内江示例机械有限公司")


@pytest.fixture
def handler(employer):
    return client_of(accounts.handler(employer))


@pytest.fixture
def clerk(day):
    return client_of(person(Post.CLERK))


def shown(client, name, *args, **query):
    response = client.get(reverse(f"deposits:{name}", args=args), query)
    assert response.status_code == 200, response.status_code
    return re.sub(r"\s+", " ", response.content.decode())


def table_in(response):
    data = b"".join(response.streaming_content) if response.streaming else response.content
    return CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()


def upload(client, data, month="2026-07"):
    file = io.BytesIO(data)
    file.name = "清册.xlsx"
    return client.post(reverse("deposits:employer_home"), {"month": month, "file": file})


def test_home_says_what_is_due(handler):
    page = shown(handler, "employer_home")
    assert "2026-07" in page and "2,093.76" in page  # two members of 1,046.88
    assert "按现有名单提交" in page


def test_story_from_template_to_allocation(handler, employer):
    """The handler downloads, uploads, confirms; the bank reports; the page says it is done."""
    rows = table_in(handler.get(reverse("deposits:sheet_template")))
    sent = upload(handler, workbook([*rows[1:], joiner()], rows[0]))
    sheet = Sheet.objects.get()
    assert sent.url == reverse("deposits:sheet", args=[sheet.pk])
    assert "正在排队校验" in shown(handler, "sheet", sheet.pk)
    assert tasks.check_sheets() == {"checked": 1, "refused": 0, "confirmed": 0}
    page = shown(handler, "sheet", sheet.pk)
    assert "3 行全部通过校验" in page and "2,893.76" in page
    confirmed = handler.post(reverse("deposits:sheet_confirm", args=[sheet.pk]))
    remittance = Remittance.objects.get()
    assert confirmed.url == reverse("deposits:my_remittance", args=[remittance.pk])
    page = shown(handler, "my_remittance", remittance.pk)
    assert remittance.reference in page and "附言" in page and "hx-select" in page
    arrived(remittance.total, remark=remittance.reference)
    assert tasks.identify_receipts()["identified"] == 1
    assert tasks.allocate_covered()["allocated"] == 1
    page = shown(handler, "my_remittance", remittance.pk)
    assert "已记入 3 名职工" in page and "hx-select" not in page


def test_order_waits_in_the_simulators_inbox(handler, employer):
    """In a demonstration: one whole file, named by the reference, from the registered account."""
    from accounts.actions import employers

    employers.add_paying_account(employer, "6222020200112233445", "工商银行", by=night(), on=DAY)
    handler.post(reverse("deposits:month_submit"), {"month": "2026-07"})
    remittance = Remittance.objects.get()
    inbox = settings.DATA_DIR / "simulator" / "inbox"
    order = json.loads((inbox / f"{remittance.reference}.json").read_text(encoding="utf-8"))
    assert order == {
        "reference": remittance.reference,
        "amount": "2093.76",
        "payer_name": "内江示例机械有限公司",
        "payer_account": "6222020200112233445",
    }
    assert list(inbox.glob(".*")) == []


def test_no_order_outside_a_demonstration(handler, settings, tmp_path):
    settings.DEMO, settings.DATA_DIR = False, tmp_path
    handler.post(reverse("deposits:month_submit"), {"month": "2026-07"}, secure=True)
    assert Remittance.objects.count() == 1
    assert list(tmp_path.iterdir()) == []


def test_list_without_changes_is_handed_in_after_a_look(handler):
    page = shown(handler, "month_submit")
    assert "2,093.76" in page
    assert not Remittance.objects.exists()
    sent = handler.post(reverse("deposits:month_submit"), {"month": "2026-07"})
    assert sent.url == reverse("deposits:my_remittance", args=[Remittance.objects.get().pk])


def test_month_that_went_by_is_refused_with_the_reason(handler, employer):
    submitted(employer)
    page = handler.post(reverse("deposits:month_submit"), {"month": "2026-07"})
    assert "现在应办理 2026-08" in page.content.decode()
    page = handler.post(reverse("deposits:month_submit"), {"month": "x"})
    assert page.status_code == 200 and "请刷新页面后重试" in page.content.decode()


def test_sheet_with_errors_shows_them_and_offers_the_file(handler, employer):
    upload(handler, workbook([*proposed(employer), joiner(**{sheets.BASE: "x"})]))
    tasks.check_sheets()
    sheet = Sheet.objects.get()
    page = shown(handler, "sheet", sheet.pk)
    assert "共 1 处错误" in page and "请填写数字" in page and "确认清册" not in page
    assert "全部行（3）" in page
    assert table_in(handler.get(reverse("deposits:sheet_errors", args=[sheet.pk])))[3][-1].startswith("缴存基数：")
    refused = handler.post(reverse("deposits:sheet_confirm", args=[sheet.pk]), follow=True)
    assert "还有 1 处错误" in refused.content.decode()
    handler.post(reverse("deposits:sheet_discard", args=[sheet.pk]))
    sheet.refresh_from_db()
    assert sheet.status == SheetStatus.DISCARDED


def test_file_that_is_no_workbook_says_so(handler):
    upload(handler, b"no workbook")
    tasks.check_sheets()
    sheet = Sheet.objects.get()
    assert "另存为 .xlsx、.xls 或 CSV" in shown(handler, "sheet", sheet.pk)
    assert (
        "另存为 .xlsx、.xls 或 CSV"
        in handler.get(reverse("deposits:sheet_errors", args=[sheet.pk]), follow=True).content.decode()
    )


def test_upload_without_a_file_or_with_a_huge_one_stays_on_the_page(handler):
    page = handler.post(reverse("deposits:employer_home"), {"month": "2026-07"})
    assert "请选择要上传的清册文件" in page.content.decode()
    assert "文件过大" in upload(handler, b"0" * (workbooks.LARGEST_FILE + 1)).content.decode()
    assert not Sheet.objects.exists()


def test_handler_sees_only_the_own_employer(handler, employer):
    other = paying_employer(1)
    strange = client_of(accounts.handler(other))
    remittance = submitted(employer)
    upload(handler, workbook([joiner()]), month="2026-08")
    sheet = Sheet.objects.get()
    for name, pk in [
        ("sheet", sheet.pk),
        ("sheet_errors", sheet.pk),
        ("sheet_confirm", sheet.pk),
        ("sheet_discard", sheet.pk),
        ("my_remittance", remittance.pk),
        ("my_remittance_export", remittance.pk),
    ]:
        address = reverse(f"deposits:{name}", args=[pk])
        assert strange.get(address).status_code == 404, name
        assert strange.post(address).status_code == 404, name
    assert remittance.reference not in shown(strange, "my_remittances")
    assert remittance.reference in shown(handler, "my_remittances")
    assert len(table_in(strange.get(reverse("deposits:my_remittances_export")))) == 1
    assert table_in(handler.get(reverse("deposits:my_remittances_export")))[1][1] == remittance.reference


@pytest.mark.parametrize("post", [Post.CLERK, Post.MEMBER, Post.OPERATOR])
def test_portal_is_for_handlers(day, post):
    assert client_of(person(post)).get(reverse("deposits:employer_home")).status_code == 403


@pytest.mark.parametrize("post", [Post.HANDLER, Post.MEMBER, Post.OPERATOR])
def test_counter_is_for_staff_with_the_right(day, post):
    assert client_of(person(post)).get(reverse("deposits:remittances")).status_code == 403


def test_clerk_sees_the_branch_and_the_centre_sees_all(clerk, employer):
    there = submitted(paying_employer(1, at="03"))
    here = submitted(employer)
    page = shown(clerk, "remittances")
    assert here.reference in page and there.reference not in page
    assert clerk.get(reverse("deposits:remittance", args=[there.pk])).status_code == 404
    assert clerk.get(reverse("deposits:remittance_export", args=[there.pk])).status_code == 404
    centre = shown(client_of(person(Post.CLERK, branch_id=0)), "remittances")
    assert here.reference in centre and there.reference in centre


def test_list_is_narrowed_by_what_is_allowed(clerk, employer):
    july, other = submitted(employer), submitted(paying_employer(1, name="别的单位"))
    for query, found, hidden in [
        ({"employer": employer.number}, july, other),
        ({"employer": "示例"}, july, other),
        ({"reference": other.reference}, other, july),
    ]:
        page = shown(clerk, "remittances", **query)
        assert found.reference in page and hidden.reference not in page
    assert "没有符合条件的汇缴" in shown(clerk, "remittances", month="2026-06")
    assert july.reference in shown(clerk, "remittances", month="2026-07", status="SUBMITTED")
    assert "请写成 2026-07 的样式" in shown(clerk, "remittances", month="' or 1=1")
    assert "没有符合条件的汇缴" in shown(clerk, "remittances", status="ALLOCATED")


def test_detail_shows_the_shortage_the_receipts_and_the_rows(clerk, employer):
    remittance = submitted(employer)
    receipts.identify(arrived("93.76", remark=remittance.reference), by=night(), on=DAY)
    page = shown(clerk, "remittance", remittance.pk)
    assert "还差 2,000.00 元" in page and "缴款识别号" in page
    account = MemberAccount.objects.filter(employer=employer).first()
    assert account.number in page and account.member.name in page
    assert account.member.id_number not in page


def test_who_may_not_see_members_sees_the_sums_only(employer):
    remittance = submitted(employer)
    finance = client_of(person(Post.FINANCE, branch_id=0))
    page = shown(finance, "remittance", remittance.pk)
    assert MemberAccount.objects.filter(employer=employer).first().member.name not in page
    assert "2,093.76" in page
    assert finance.get(reverse("deposits:remittance_export", args=[remittance.pk])).status_code == 403


def test_allocated_month_leads_to_its_voucher(employer):
    remittance = paid(employer)
    remittance.refresh_from_db()
    manager = client_of(person(Post.MANAGER))
    assert reverse("ledger:voucher", args=[remittance.voucher_id]) in shown(manager, "remittance", remittance.pk)


def test_money_still_to_come_counts_earlier_months_first(handler, clerk, employer):
    july, august = submitted(employer), submitted(employer, JULY.next())
    receipts.identify(arrived("3000.00", remark=july.reference), by=night(), on=DAY)
    assert queries.still_to_come(july) == 0
    assert queries.still_to_come(august) == Decimal("1187.52")  # 2 × 2,093.76 less 3,000.00
    assert "1,187.52" in shown(handler, "my_remittance", august.pk)
    assert "还差 1,187.52 元" in shown(clerk, "remittance", august.pk)
    assert "还差" not in shown(clerk, "remittance", july.pk)


def test_handler_who_is_ahead_is_told_when_to_come_back(handler, employer):
    submitted(employer)
    submitted(employer, JULY.next())
    page = shown(handler, "employer_home")
    assert "2026-09 的汇缴从 2026-08 起办理" in page and "上传清册" not in page


def test_tables_can_be_taken_along(clerk, handler, employer):
    remittance = submitted(employer)
    rows = table_in(clerk.get(reverse("deposits:remittances_export")))
    assert rows[1][4] == remittance.reference and rows[1][8] == 2093.76
    for client, name in [(clerk, "remittance_export"), (handler, "my_remittance_export")]:
        rows = table_in(client.get(reverse(f"deposits:{name}", args=[remittance.pk])))
        assert rows[0] == queries.LINES_HEADER
        assert [row[8] for row in rows[1:]] == [1046.88, 1046.88]


def test_long_lists_cost_no_query_a_row(clerk, handler, day):
    def cost(client, name, *args):
        with CaptureQueriesContext(connection) as few:
            shown(client, name, *args)
        return len(few)

    one = submitted(paying_employer(2))
    first = cost(clerk, "remittances"), cost(clerk, "remittance", one.pk)
    many = submitted(paying_employer(40))
    for _ in range(5):
        submitted(paying_employer(1))
    assert (cost(clerk, "remittances"), cost(clerk, "remittance", many.pk)) == first


def test_tasks_wait_for_the_first_day():
    assert (tasks.identify_receipts(), tasks.allocate_covered(), tasks.check_sheets()) == ({}, {}, {})


def test_new_employer_is_told_how_to_begin(day):
    employer = accounts.employer()
    page = shown(client_of(accounts.handler(employer)), "employer_home")
    assert "下载模板填写职工名单" in page and "按现有名单提交" not in page


def test_amounts_are_the_same_on_page_and_books(handler, employer):
    assert queries.proposal(employer, JULY).total == submitted(employer).total == Decimal("2093.76")
