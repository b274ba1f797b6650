"""A list mended at both doors: faulty cells beside what is wrong, what was typed is kept, and only who may sees it."""

import io
import re

import pytest
from django.urls import reverse

from access.states import Post
from accounts.states import SealReason
from deposits import queries, sheets, tasks
from deposits.actions import mending
from deposits.models import Remittance, Sheet, SheetMend
from deposits.states import SheetRows, SheetStatus
from tests.access.factories import client_of, person
from tests.accounts import factories as accounts
from tests.banking.factories import open_first_day
from tests.deposits.factories import DAY, EACH, JULY, night, paid, paying_employer
from tests.deposits.test_pages import shown, table_in, upload
from tests.deposits.test_sheets import checked, joiner, proposed, uploaded, workbook

pytestmark = pytest.mark.django_db
BASE, MOBILE = sheets.COLUMNS.index(sheets.BASE), sheets.COLUMNS.index(sheets.MOBILE)


@pytest.fixture
def employer():
    open_first_day(DAY)
    return paying_employer(2, name="内江示例机械有限公司")


@pytest.fixture
def handler(employer):
    return client_of(accounts.handler(employer))


@pytest.fixture
def clerk(employer):
    return client_of(person(Post.CLERK))


@pytest.fixture
def sheet(employer):
    """A joiner with two faulty cells, and a member of ours who is left out."""
    return checked(employer, [proposed(employer)[0], joiner(**{sheets.BASE: "x", sheets.MOBILE: "139"})])


def sent_by(page):
    """What the form of a page sends as it stands."""
    hidden = dict(re.findall(r'<input type="hidden" name="(shown|missing)" value="([^"]*)">', page))
    typed = dict(re.findall(r'<input type="text" name="([\d-]+)" value="([^"]*)"', page))
    return hidden | typed


def mend(client, sheet, given, door="sheet"):
    return client.post(reverse(f"deposits:{door}_mend", args=[sheet.pk]), given, follow=True).content.decode()


@pytest.mark.parametrize("door", ["sheet", "counter_sheet"])
def test_list_is_mended_and_confirmed_at_both_doors(employer, handler, clerk, sheet, door):
    client = handler if door == "sheet" else clerk
    page = shown(client, door, sheet.pk)
    left_out = proposed(employer)[1][1]
    given = sent_by(page)
    assert given == {"shown": "3:0", "missing": left_out, f"3-{BASE}": "x", f"3-{MOBILE}": "139"}
    page = mend(client, sheet, given | {f"3-{BASE}": "5000"}, door)
    assert "还有 2 行、2 处错误" in page and "请填写数字" not in page
    given = sent_by(page)
    assert given == {"shown": "3:1", "missing": left_out, f"3-{MOBILE}": "139"}
    page = mend(client, sheet, given | {f"3-{MOBILE}": "13800138000", f"m-{left_out}": "STAYS"}, door)
    assert "全部通过" in page and "确认清册，生成缴款识别号" in page and "2 行在页面更正过" in page
    client.post(reverse(f"deposits:{door}_confirm", args=[sheet.pk]))
    assert Remittance.objects.get().total == 2 * EACH + 800


def test_form_sent_twice_mends_once_and_says_so(handler, sheet):
    given = sent_by(shown(handler, "sheet", sheet.pk)) | {f"3-{BASE}": "5000"}
    mend(handler, sheet, given)
    page = mend(handler, sheet, given)
    assert "第 3 行在您填写期间已被他人更正" in page and SheetMend.objects.count() == 1


def test_later_of_two_finds_what_was_typed_and_may_send_it_after_all(handler, clerk, sheet):
    given = sent_by(shown(handler, "sheet", sheet.pk))
    mend(clerk, sheet, given | {f"3-{BASE}": "900"}, "counter_sheet")
    page = mend(handler, sheet, given | {f"3-{BASE}": "4321", f"3-{MOBILE}": "13800138000"})
    assert "已被他人更正" in page and "更正过，仍有错误" in page
    again = sent_by(page)
    assert again["shown"] == "3:1" and (again[f"3-{BASE}"], again[f"3-{MOBILE}"]) == ("4321", "13800138000")
    mend(handler, sheet, again)
    assert [row.number for row in queries.CheckedRows(sheet, SheetRows.WRONG)] == [0]


def test_row_and_member_are_left_out_or_sealed_by_a_tick_and_a_choice(employer, handler, sheet):
    given = sent_by(shown(handler, "sheet", sheet.pk))
    mend(handler, sheet, given | {"3-out": "on", f"m-{given['missing']}": SealReason.ENDED.value})
    sheet.refresh_from_db()
    assert (sheet.error_count, sheet.row_count, sheet.leaver_count, sheet.total) == (0, 2, 1, EACH)


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"shown": "x y:1 9999999999:0 3:-1", "missing": "1 2"},
        {"shown": "77:0"},
        {"shown": "3:" + "9" * 5000},
        {"shown": "3:0", f"3-{BASE}": "9" * 500},
        {"shown": "", "missing": "2000000001", "m-2000000001": "NOBODY"},
    ],
)
def test_forged_form_changes_nothing(handler, sheet, given):
    before = (sheet.error_count, sheet.total)
    assert handler.post(reverse("deposits:sheet_mend", args=[sheet.pk]), given).status_code in (200, 302)
    sheet.refresh_from_db()
    assert ((sheet.error_count, sheet.total), SheetMend.objects.count()) == (before, 0)


def test_who_may_not_sees_no_list(employer, sheet):
    strange = client_of(accounts.handler(paying_employer(1)))
    elsewhere = client_of(person(Post.CLERK, branch_id=paying_employer(1, at="03").branch_id))
    for client, door in [(strange, "sheet"), (elsewhere, "counter_sheet")]:
        for name in (door, f"{door}_mend", f"{door}_errors", f"{door}_confirm", f"{door}_discard"):
            address = reverse(f"deposits:{name}", args=[sheet.pk])
            assert (client.get(address).status_code, client.post(address).status_code) == (404, 404), name
    finance = client_of(person(Post.FINANCE))
    for name in ("counter_sheet", "counter_sheet_mend", "counter_sheet_confirm"):
        assert finance.post(reverse(f"deposits:{name}", args=[sheet.pk])).status_code == 403
    assert finance.get(reverse("deposits:employer_sheet", args=[employer.pk])).status_code == 403


def test_number_that_is_right_is_masked_and_the_faulty_one_is_there_to_mend(employer, handler):
    right, wrong = accounts.id_number(), "511002198001010001"
    rows = [joiner(**{sheets.ID_NUMBER: right, sheets.BASE: "x"}), joiner(**{sheets.ID_NUMBER: wrong})]
    sheet = checked(employer, [*proposed(employer), *rows])
    page = shown(handler, "sheet", sheet.pk)
    assert wrong in page and right not in page


def test_clerk_hands_in_a_list_for_an_employer(employer, clerk):
    fragment = clerk.get(reverse("deposits:employer_waiting", args=[employer.pk])).content.decode()
    address = reverse("deposits:employer_sheet", args=[employer.pk])
    assert address in fragment
    page = shown(clerk, "employer_sheet", employer.pk)
    assert "2,093.76" in page and "还没有办完" not in page
    header, *rows = table_in(clerk.get(reverse("deposits:employer_sheet_template", args=[employer.pk])))
    file = workbook(rows, header)
    sent = upload_at(clerk, address, file)
    sheet = Sheet.objects.get()
    assert sent.url == reverse("deposits:counter_sheet", args=[sheet.pk])
    tasks.check_sheets()
    assert "继续办理" in shown(clerk, "employer_sheet", employer.pk)
    answer = clerk.post(reverse("deposits:counter_sheet_confirm", args=[sheet.pk]), follow=True).content.decode()
    made = Remittance.objects.get()
    assert f"缴款识别号 {made.reference}" in answer and made.total == 2 * EACH
    assert "请选择要上传的清册文件" in clerk.post(address, {"month": "2026-08"}).content.decode()


def upload_at(client, address, data, month="2026-07"):
    file = io.BytesIO(data)
    file.name = "清册.xlsx"
    return client.post(address, {"month": month, "file": file})


def test_clerk_throws_a_list_away(employer, clerk, sheet):
    clerk.post(reverse("deposits:counter_sheet_discard", args=[sheet.pk]))
    sheet.refresh_from_db()
    assert sheet.status == SheetStatus.DISCARDED
    page = clerk.get(reverse("deposits:counter_sheet_mend", args=[sheet.pk]), follow=True).content.decode()
    assert "这份清册已作废" in page


def test_differences_come_first_and_are_narrowed_by_kind(employer, handler):
    paid(employer)
    august = JULY.next()
    first, second = proposed(employer, august)
    second[BASE] = 7000
    upload(handler, workbook([first, second, joiner()]), month="2026-08")
    tasks.check_sheets()
    sheet = Sheet.objects.get()
    page = shown(handler, "sheet", sheet.pk)
    assert "与上月不同（2）" in page and second[1] in page and first[1] not in page and "73.12" in page
    page = shown(handler, "sheet", sheet.pk, rows="differences", kind="OPENED")
    assert "李新" in page and second[1] not in page
    assert first[1] in shown(handler, "sheet", sheet.pk, rows="all")
    upload(handler, workbook(proposed(employer, august)), month="2026-08")
    tasks.check_sheets()
    page = shown(handler, "sheet", Sheet.objects.latest("pk").pk, rows="differences")
    assert "都与 2026-07 相同" in page


def test_rows_with_errors_are_not_said_to_be_as_before(employer, handler):
    paid(employer)
    first, second = proposed(employer, JULY.next())
    second[BASE] = "x"
    upload(handler, workbook([first, second]), month="2026-08")
    tasks.check_sheets()
    sheet = Sheet.objects.get()
    assert "有错误的行更正后才能比较" in shown(handler, "sheet", sheet.pk, rows="differences")
    assert "没有这一类变动的职工" in shown(handler, "sheet", sheet.pk, rows="differences", kind="MOVED")
    sheet.parts.all().delete()  # as of a list that was confirmed before its rows were kept so
    Sheet.objects.update(error_count=0, wrong_count=0, differences=[])
    for rows in ("differences", "all"):
        page = shown(handler, "sheet", sheet.pk, rows=rows)
        assert "逐行校验结果没有留存" in page and "相同" not in page


def test_many_errors_are_narrowed_to_one_kind_and_mended_there(employer, handler, monkeypatch):
    rows = [joiner(**{sheets.BASE: "x"}) for _ in range(1000)] + [joiner(**{sheets.MOBILE: "1"})]
    sheet = checked(employer, [*proposed(employer), *rows])
    page = shown(handler, "sheet", sheet.pk)
    assert "错误分类" in page and "1,000" in page
    key = queries.error_key(sheets.MOBILE, "手机号码应为以1开头的11位数字，请核对")
    page = shown(handler, "sheet", sheet.pk, rows="errors", error=key)
    given = sent_by(page)
    assert given == {"shown": "1004:0", "missing": "", f"1004-{MOBILE}": "1"}
    mend(handler, sheet, given | {f"1004-{MOBILE}": ""})
    sheet.refresh_from_db()
    assert (sheet.error_count, len(sheet.error_kinds)) == (1000, 1)


def test_page_of_a_long_list_asks_no_question_a_row(employer, handler, django_assert_max_num_queries):
    rows = [joiner(**{sheets.BASE: "x"}) for _ in range(60)]
    sheet = checked(employer, [*proposed(employer), *rows])
    with django_assert_max_num_queries(20):
        shown(handler, "sheet", sheet.pk)
    with django_assert_max_num_queries(45):
        mending.mend(
            sheet, [mending.Mend(4 + place, 0, {sheets.BASE: "5000"}) for place in range(50)], by=night(), on=DAY
        )


def test_list_still_checked_cannot_be_mended(employer, handler):
    sheet = uploaded(employer, workbook([joiner()]))
    page = mend(handler, sheet, {"shown": "2:0", "missing": ""})
    assert "清册正在校验，请稍候" in page
