"""A member leaves and comes back, in a real browser: at the counter, and by the rows of two employers' sheets."""

import pytest
from django.db import transaction

from access.states import Post
from accounts.models import MemberAccount
from accounts.states import MemberAccountStatus
from deposits import sheets
from deposits.actions import sheets as lists
from tests.access.factories import person
from tests.accounts.factories import handler
from tests.banking.factories import open_first_day
from tests.deposits.factories import DAY, JULY, night, paid, paying_employer
from tests.deposits.test_sheets import joiner, proposed, workbook
from tests.journeys.browsing import follow
from tests.journeys.test_look import LONGEST_NAME, PHONES, SCREENS, complaints, faults, sign_in

pytestmark = pytest.mark.browser
__all__ = ["complaints"]  # the fixture of the walk through every page


def test_clerk_seals_and_unseals_after_looking_once_more(site, page, complaints):
    open_first_day(DAY)
    employer = paying_employer(2, name=LONGEST_NAME)
    with transaction.atomic():
        paid(employer)
    account = MemberAccount.objects.filter(employer=employer).order_by("pk")[0]
    sign_in(page, site, person(Post.CLERK))
    seen = {}
    page.goto(f"{site}/counter/members/{account.pk}/")
    follow(page, "a:text-is('封存')")
    follow(page, "button:has-text('下一步')")
    seen["without a reason"] = faults(page, SCREENS)
    page.select_option("select", label="终止劳动关系")
    follow(page, "button:has-text('下一步')")
    seen["looked at once more"] = faults(page, SCREENS)
    follow(page, "button:has-text('确认封存')")
    seen["sealed"] = faults(page, SCREENS)
    assert page.locator(".alert-warning").inner_text().startswith("账户已于 2026-07-01 封存（终止劳动关系）")
    follow(page, "a:text-is('启封')")
    page.fill("[name=base]", "7000")
    seen["unsealing"] = faults(page, SCREENS)
    follow(page, "button:has-text('下一步')")
    seen["looked at once more, back"] = faults(page, SCREENS)
    follow(page, "button:has-text('确认启封')")
    account.refresh_from_db()
    assert (account.status, account.base) == (MemberAccountStatus.NORMAL, 7000)
    assert {step: found for step, found in seen.items() if found} == {}
    assert complaints == []


def test_what_cannot_be_done_says_why_beside_the_button(site, page, complaints):
    open_first_day(DAY)
    employer = paying_employer(1, name=LONGEST_NAME, on=DAY)
    MemberAccount.objects.filter(employer=employer).update(first_month="2026-01")
    account = MemberAccount.objects.get(employer=employer)
    sign_in(page, site, person(Post.CLERK))
    page.goto(f"{site}/counter/members/{account.pk}/")
    button = page.locator("button:text-is('封存')")
    assert button.is_disabled()
    assert "2026-06及以前的汇缴全部入账" in page.locator(f"#{button.get_attribute('aria-describedby')}").inner_text()
    assert faults(page, SCREENS) == {}
    assert complaints == []


def test_handlers_sheet_shows_who_leaves_and_who_comes(site, page, complaints):
    open_first_day(DAY)
    old, new = paying_employer(2), paying_employer(2, name=LONGEST_NAME)
    stays, leaves = proposed(old)
    with transaction.atomic():
        sheet = lists.upload(old, JULY, workbook([stays, [*leaves[:9], "封存", "终止劳动关系"]]), by=night(), on=DAY)
        lists.check(sheet, by=night(), on=DAY)
        lists.confirm(sheet, by=night(), on=DAY)
    moved = MemberAccount.objects.select_related("member").get(number=leaves[1])
    one, two = proposed(new)
    comes = joiner(**{sheets.NAME: moved.member.name, sheets.ID_NUMBER: moved.member.id_number})
    data = workbook([one, [*two[:9], "封存", "离休退休"], comes])
    sign_in(page, site, handler(new))
    page.goto(f"{site}/portal/employer/")
    page.set_input_files("input[type=file]", {"name": "七月.xlsx", "mimeType": "", "buffer": data})
    follow(page, "button:has-text('上传清册')")
    lists.check_all(by=night(), on=DAY)
    page.reload()
    told = page.locator(".alert-success").inner_text()
    assert "1 名新职工的账户由其他单位转入" in told and "1 名离职职工封存" in told
    assert page.locator("td:has-text('封存：离休退休')").count() == 1
    assert page.locator("td:has-text('同城转移：账户转入本单位')").count() == 1
    assert faults(page, SCREENS + PHONES) == {}
    follow(page, "button:has-text('确认清册')")
    page.wait_for_selector("text=缴款识别号")
    moved.refresh_from_db()
    assert (moved.employer_id, moved.status) == (new.pk, MemberAccountStatus.NORMAL)
    assert complaints == []
