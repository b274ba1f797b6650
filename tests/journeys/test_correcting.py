"""A list taken back and a month paid back: both doors, in a real browser, without a fault on the way."""

import pytest
from django.db import transaction

from access.states import Post
from accounts.actions import members
from accounts.models import MemberAccount
from accounts.states import MemberAccountStatus, SealReason
from deposits import sheets
from deposits.actions import sheets as lists
from deposits.models import Remittance
from deposits.states import RemittanceKind, RemittanceStatus
from tests.access.factories import person
from tests.accounts import factories as accounts
from tests.banking.factories import open_first_day
from tests.deposits.factories import DAY, JULY, night, paid, paying_employer
from tests.deposits.test_back_payments import late_joiner
from tests.deposits.test_sheets import joiner, proposed, workbook
from tests.journeys.browsing import arriving, follow, visit
from tests.journeys.test_look import LONGEST_NAME, PHONES, SCREENS, complaints, faults, sign_in

pytestmark = pytest.mark.browser
__all__ = ["complaints"]  # the fixture of the walk through every page

AUGUST = JULY.next()


@pytest.fixture
def employer(own_database):
    """July is paid, a late joiner waits for it; August is handed in with one of each kind of row."""
    open_first_day(DAY)
    employer = paying_employer(4, name=LONGEST_NAME)
    with transaction.atomic():
        paid(employer)
    late_joiner(employer)
    first, raised, leaves, *others = proposed(employer, AUGUST)
    raised[6] = 7000
    rows = [first, raised, [*leaves[:9], "封存", SealReason.ENDED.label], *others, joiner()]
    sheet = lists.upload(employer, AUGUST, workbook(rows), by=night(), on=DAY)
    with transaction.atomic():
        lists.check(sheet, by=night(), on=DAY)
        lists.confirm(sheet, by=night(), on=DAY)
    return employer


def test_handler_mends_a_list_without_a_mouse(site, page, complaints, own_database):
    """Two faulty cells and a member who was left out: typed, checked again and confirmed by keys alone."""
    open_first_day(DAY)
    employer = paying_employer(2, name=LONGEST_NAME)
    first, left_out = proposed(employer)
    rows = [first, joiner(**{sheets.BASE: "五千", sheets.MOBILE: "139"})]
    sheet = lists.upload(employer, JULY, workbook(rows), by=night(), on=DAY)
    with transaction.atomic():
        lists.check(sheet, by=night(), on=DAY)
    sign_in(page, site, accounts.handler(employer))
    visit(page, f"{site}/portal/employer/sheets/{sheet.pk}/")
    seen = {"to be mended": faults(page, SCREENS + PHONES)}
    page.get_by_label("第 3 行 手机号码").focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("13800138000")
    page.keyboard.press("Enter")  # on to the next faulty cell
    page.keyboard.press("Control+a")
    page.keyboard.type("五千整")
    with arriving(page):
        page.keyboard.press("Control+Enter")
    assert "还有 2 行、2 处错误" in page.inner_text("main")
    assert page.get_by_label("第 3 行 缴存基数").input_value() == "五千整"
    page.get_by_label("第 3 行 缴存基数").focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("5000")
    page.keyboard.press("Enter")  # the tick that leaves the row out
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")  # still there
    with arriving(page):
        page.keyboard.press("Control+Enter")
    assert "全部通过" in page.inner_text("main")
    seen["right"] = faults(page, SCREENS + PHONES)
    with arriving(page):
        page.keyboard.press("Control+Enter")
    assert f"{Remittance.objects.get().total:.2f}" == "2893.76"  # 2 × 1,046.88 and 800.00
    assert MemberAccount.objects.get(number=left_out[1]).status == MemberAccountStatus.NORMAL
    assert {step: found for step, found in seen.items() if found} == {}
    assert complaints == []


def test_handler_corrects_a_month_and_pays_one_back(site, page, complaints, employer):
    waiting = MemberAccount.objects.get(employer=employer, first_month="2026-07", base=5000)
    august = Remittance.objects.get(month="2026-08")
    sign_in(page, site, accounts.handler(employer))
    seen = {}
    page.goto(f"{site}/portal/employer/remittances/{august.pk}/")
    seen["month with its kinds"] = faults(page, SCREENS + PHONES)
    follow(page, "a:text-is('减少')")
    seen["who left"] = faults(page, SCREENS + PHONES)
    follow(page, "a:text-is('撤销清册')")
    seen["taken back?"] = faults(page, SCREENS + PHONES)
    page.fill("[name=why]", "工资表有误，重新报送")
    follow(page, "button:has-text('确认撤销')")
    page.wait_for_selector("text=这份清册已撤销")
    seen["taken back"] = faults(page, SCREENS + PHONES)
    page.goto(f"{site}/portal/employer/")
    assert "有 1 名职工待补缴" in page.inner_text("main")
    seen["home"] = faults(page, SCREENS + PHONES)
    follow(page, "a:text-is('查看并办理补缴')")
    follow(page, "a:text-is('补缴 2026-07')")
    assert page.input_value("[name=people]") == f"{waiting.number} 5000.00 8.00 8.00"
    seen["back payment"] = faults(page, SCREENS + PHONES)
    follow(page, "button:has-text('下一步')")
    seen["looked at once more"] = faults(page, SCREENS + PHONES)
    follow(page, "button:has-text('确认补缴')")
    page.wait_for_selector("text=缴款识别号")
    seen["handed in"] = faults(page, SCREENS + PHONES)
    made = Remittance.objects.get(kind=RemittanceKind.BACK)
    assert (str(made.total), made.month) == ("800.00", "2026-07")
    assert Remittance.objects.get(pk=august.pk).status == RemittanceStatus.CANCELLED
    assert {step: found for step, found in seen.items() if found} == {}
    assert complaints == []


def test_clerk_reads_a_month_and_pays_one_back(site, page, complaints, employer):
    august = Remittance.objects.get(month="2026-08")
    members.open_one(employer, accounts.new_member(first_month=JULY), by=night(), on=DAY)
    sign_in(page, site, person(Post.CLERK))
    seen = {}
    page.goto(f"{site}/counter/remittances/{august.pk}/")
    seen["month"] = faults(page, SCREENS)
    follow(page, "a:text-is('办理补缴')")
    page.fill("[name=month]", "2026-07")
    page.fill("[name=people]", "2000000001 五千")
    follow(page, "button:has-text('下一步')")
    assert "第 1 行：应为个人账号" in page.inner_text("main")
    seen["a wrong line"] = faults(page, SCREENS)
    page.goto(f"{site}/counter/employers/{employer.pk}/back-payment/?month=2026-07")
    follow(page, "button:has-text('下一步')")
    seen["looked at once more"] = faults(page, SCREENS)
    follow(page, "button:has-text('返回修改')")
    follow(page, "button:has-text('下一步')")
    follow(page, "button:has-text('确认补缴')")
    page.wait_for_selector("h1:has-text('2026-07 补缴')")
    seen["handed in"] = faults(page, SCREENS)
    assert Remittance.objects.get(kind=RemittanceKind.BACK).headcount == 2
    page.goto(f"{site}/counter/remittances/{august.pk}/withdraw/")
    seen["taken back?"] = faults(page, SCREENS)
    assert {step: found for step, found in seen.items() if found} == {}
    assert complaints == []
