"""Pages of the month in full: taken back, paid back, compared with the month before; at both doors."""

import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from access.states import Post
from accounts.actions import members, sealing
from accounts.actions.members import Paying
from accounts.models import MemberAccount
from accounts.states import SealReason
from deposits import queries, sheets
from deposits.actions import remittances
from deposits.actions import sheets as journey
from deposits.models import Remittance, Sheet
from deposits.states import LineKind, RemittanceKind, RemittanceStatus
from tests.access.factories import client_of, person
from tests.accounts import factories as accounts
from tests.banking.factories import open_first_day
from tests.deposits.factories import DAY, EACH, JULY, at_once, funded, night, paid, paying_employer, submitted
from tests.deposits.test_back_payments import late_joiner
from tests.deposits.test_pages import shown, table_in
from tests.deposits.test_sheets import checked, joiner, proposed, workbook

AUGUST = JULY.next()
NOTHING = Decimal("0.00")


@pytest.fixture
def day(db):
    return open_first_day(DAY)


@pytest.fixture
def employer(day):
    return paying_employer(3, name="内江示例机械有限公司")


@pytest.fixture
def handler(employer):
    return client_of(accounts.handler(employer))


@pytest.fixture
def clerk(day):
    return client_of(person(Post.CLERK))


def doors(handler, clerk, employer):
    """Both doors to one act: who comes, the names of its pages, and what their address takes."""
    return {
        "handler": (handler, "my_remittance", "my_back_payment", []),
        "clerk": (clerk, "remittance", "back_payment", [employer.pk]),
    }


def text_of(response):
    return re.sub(r"\s+", " ", response.content.decode())


# Taken back


@pytest.mark.parametrize("who", ["handler", "clerk"])
def test_list_is_taken_back_after_reading_what_stays(handler, clerk, employer, who):
    client, page, *_ = doors(handler, clerk, employer)[who]
    paid(employer)
    stays, raised, leaves = proposed(employer, AUGUST)
    raised[6] = 7000
    rows = [stays, raised, [*leaves[:9], "封存", SealReason.ENDED.label], joiner()]
    sheet = journey.upload(employer, AUGUST, workbook(rows), by=night(), on=DAY)
    journey.check(sheet, by=night(), on=DAY)
    made = journey.confirm(sheet, by=night(), on=DAY)
    assert reverse(f"deposits:{page}_withdraw", args=[made.pk]) in shown(client, page, made.pk)
    told = shown(client, f"{page}_withdraw", made.pk)
    for said in (
        "新开户的 1 名职工，账户保留",
        "调整的 1 名职工",
        "减少的 1 名职工，已封存的仍为封存",
        "仍在单位暂存款",
    ):
        assert said in told
    refused = client.post(reverse(f"deposits:{page}_withdraw", args=[made.pk]), {"why": ""})
    assert "请填写撤销原因" in text_of(refused)
    refused = client.post(reverse(f"deposits:{page}_withdraw", args=[made.pk]), {"why": "见 511011199003074517"})
    assert "请去掉其中的证件号码" in text_of(refused)
    done = client.post(reverse(f"deposits:{page}_withdraw", args=[made.pk]), {"why": "工资表有误"}, follow=True)
    assert "清册已撤销" in text_of(done)
    assert Remittance.objects.get(pk=made.pk).status == RemittanceStatus.CANCELLED
    again = client.post(reverse(f"deposits:{page}_withdraw", args=[made.pk]), {"why": "工资表有误"})
    assert "当前状态不允许此操作" in text_of(again)


def test_corrected_list_is_compared_with_the_one_taken_back(handler, employer):
    gone = submitted(employer)
    remittances.withdraw(gone, why="少一人", by=night(), on=DAY)
    note = f"与已撤销的清册 {gone.reference} 相比：人数 +1，合计 +800.00 元"
    sheet = checked(employer, [*proposed(employer), joiner()])
    assert note in shown(handler, "sheet", sheet.pk)
    assert "人数 +0，合计 +0.00 元" in shown(handler, "month_submit")
    made = journey.confirm(sheet, by=night(), on=DAY)
    assert "人数 +1，合计 +800.00 元" in shown(handler, "my_remittance", made.pk)
    assert "这份清册已撤销" in shown(handler, "my_remittance", gone.pk)


def test_others_lists_cannot_be_reached(handler, clerk, employer, day):
    theirs = submitted(paying_employer(1))
    for name in ("my_remittance_withdraw", "my_remittance"):
        assert handler.get(reverse(f"deposits:{name}", args=[theirs.pk])).status_code == 404
    for post in (Post.FINANCE, Post.AUDITOR, Post.OPERATOR):
        client = client_of(person(post))
        for name, pk in (("remittance_withdraw", theirs.pk), ("back_payment", employer.pk)):
            assert client.get(reverse(f"deposits:{name}", args=[pk])).status_code == 403
    assert theirs.status == RemittanceStatus.SUBMITTED


def test_sheet_somebody_replaced_says_so(handler, employer):
    first = checked(employer, proposed(employer))
    second = checked(employer, [*proposed(employer), joiner()])
    page = shown(handler, "sheet", first.pk)
    assert "这份清册已作废" in page and reverse("deposits:sheet", args=[second.pk]) in page
    refused = handler.post(reverse("deposits:sheet_confirm", args=[first.pk]), follow=True)
    assert "当前状态不允许此操作" in text_of(refused)
    assert not Remittance.objects.exists()


# Paid back


@pytest.mark.parametrize("who", ["handler", "clerk"])
def test_month_is_paid_back_after_a_look(handler, clerk, employer, who):
    client, page, name, where = doors(handler, clerk, employer)[who]
    paid(employer)
    account = late_joiner(employer)
    assert "有 1 名职工待补缴：2026-07" in shown(handler, "employer_home")
    assert account.number in shown(client, page, Remittance.objects.get().pk)
    address = reverse(f"deposits:{name}", args=where)
    proposed_lines = shown(client, name, *where, month="2026-07")
    assert f"{account.number} 5000.00 8.00 8.00" in proposed_lines
    answers = {"month": "2026-07", "reason": "01", "people": f"{account.number} 5,000.00 8% 8%", "grounds": ""}
    looked = text_of(client.post(address, answers))
    assert "核对补缴" in looked and "800.00 元" in looked
    assert Remittance.objects.count() == 1  # nothing before it is confirmed
    back = text_of(client.post(address, {**answers, "edit": "1"}))
    assert "下一步：核对" in back and f"{account.number} 5,000.00 8% 8%" in back
    sent = client.post(address, {**answers, "confirmed": "1"})
    made = Remittance.objects.get(kind=RemittanceKind.BACK)
    assert sent.url == reverse(f"deposits:{page}", args=[made.pk])
    shows = shown(client, page, made.pk)
    assert "2026-07 补缴" in shows and "漏缴职工" in shows and made.reference in shows
    again = text_of(client.post(address, {**answers, "confirmed": "1"}))  # the other tab
    assert "2026-07 已缴存 800.00 元" in again
    assert Remittance.objects.filter(kind=RemittanceKind.BACK).count() == 1
    assert "待补缴：" not in shown(handler, "employer_home")


def test_who_waits_is_seen_on_the_pages_of_member_and_employer(clerk, employer):
    paid(employer)
    account, other = late_joiner(employer), MemberAccount.objects.filter(employer=employer).earliest("number")
    for name, pk, named in (
        ("employer_waiting", employer.pk, True),
        ("member_waiting", account.pk, True),
        ("member_waiting", other.pk, False),
    ):
        part = shown(clerk, name, pk)
        assert (account.number in part, "<html" in part) == (named, False)
        assert (f"{reverse('deposits:back_payment', args=[employer.pk])}?month=2026-07" in part) == named
    page = clerk.get(reverse("accounts:member", args=[account.pk]))
    assert reverse("deposits:member_waiting", args=[account.pk]) in text_of(page)
    auditor = client_of(person(Post.AUDITOR))
    assert "?month=" not in shown(auditor, "member_waiting", account.pk)
    assert (
        client_of(person(Post.FINANCE)).get(reverse("deposits:employer_waiting", args=[employer.pk])).status_code == 403
    )


def test_wrong_lines_are_told_by_their_number(handler, employer):
    paid(employer)
    account, stranger = late_joiner(employer), MemberAccount.objects.get(employer=paying_employer(1))
    listed = MemberAccount.objects.filter(employer=employer).earliest("number")
    cases = {
        "": "请至少填写一名职工",
        f"{account.number} 五千": "第 1 行：应为个人账号",
        f"{account.number} 5000 8": "第 1 行：应为个人账号",
        f"\n{stranger.number}": "第 2 行：本单位没有账号为",
        f"{account.number}\n{account.number}": "第 2 行：个人账号",
        f"{account.number} 1": "第 1 行：缴存基数应在2070.00元至22389.00元之间",
        f"{account.number}\n{listed.number}": "第 2 行：2026-07 已缴存 1046.88 元",
    }
    for people, said in cases.items():
        page = handler.post(
            reverse("deposits:my_back_payment"),
            {"month": "2026-07", "reason": "01", "people": people, "confirmed": "1"},
        )
        assert said in text_of(page), people
    many = handler.post(
        reverse("deposits:my_back_payment"), {"month": "2026-07", "reason": "01", "people": "x\n" * 1001}
    )
    assert "一次最多 1000 行" in text_of(many)
    for month, said in (("x", "写成 2026-05 的样式"), ("2026-09", "尚未入账")):
        page = handler.post(
            reverse("deposits:my_back_payment"), {"month": month, "reason": "01", "people": account.number}
        )
        assert said in text_of(page)
    assert not Remittance.objects.filter(kind=RemittanceKind.BACK).exists()


def test_back_payments_stand_in_lists_and_files(clerk, handler, employer):
    paid(employer)
    account = late_joiner(employer)
    answers = {"month": "2026-07", "reason": "02", "people": account.number, "confirmed": "1"}
    clerk.post(reverse("deposits:back_payment", args=[employer.pk]), answers)
    made = Remittance.objects.get(kind=RemittanceKind.BACK)
    assert made.reference in shown(clerk, "remittances", kind="02")
    assert made.reference not in shown(clerk, "remittances", kind="01")
    rows = table_in(clerk.get(reverse("deposits:remittances_export"), {"kind": "02"}))
    assert [row[-2:] for row in rows[1:]] == [["补缴", "漏缴月份"]]
    lines = table_in(handler.get(reverse("deposits:my_remittance_export", args=[made.pk])))
    assert [row[1] for row in lines[1:]] == [account.number]
    funded(employer, made.total, reference=made.reference)
    remittances.allocate_covered(by=night(), on=DAY)
    assert "已记入 1 名职工" in shown(handler, "my_remittance", made.pk)


# Compared with the month before


def test_kinds_of_rows_and_their_sums(clerk, handler, employer):
    paid(employer)
    stays, raised, leaves = MemberAccount.objects.filter(employer=employer).order_by("number")
    sealing.seal(employer, {leaves.pk: SealReason.ENDED}, month=AUGUST, by=night(), on=DAY)
    members.change_bases(employer, {raised.pk: Paying(Decimal(7000), Decimal(8), Decimal(8))}, by=night(), on=DAY)
    new = late_joiner(employer, first_month=AUGUST)
    august = paid(employer, AUGUST)
    before = queries.base_of_comparison(august)
    assert [(one.kind, one.count, one.now, one.before) for one in queries.differences(august, before)] == [
        (LineKind.SAME, 1, EACH, EACH),
        (LineKind.CHANGED, 1, Decimal("1120.00"), EACH),
        (LineKind.OPENED, 1, Decimal("800.00"), NOTHING),
        (LineKind.LEFT, 1, NOTHING, EACH),
    ]
    again = Paying(leaves.base, leaves.employer_ratio, leaves.member_ratio)
    sealing.unseal(employer, {leaves.pk: again}, by=night(), on=DAY)
    september = AUGUST.next()
    lines = queries.proposed_lines(employer, september)
    made = remittances.submit(employer, september, lines, by=night(), on=DAY.replace(month=8))
    found = {one.kind: one.count for one in queries.differences(made, queries.base_of_comparison(made))}
    assert found == {LineKind.SAME: 3, LineKind.RETURNED: 1}
    for client, name in ((clerk, "remittance"), (handler, "my_remittance")):
        page = shown(client, name, august.pk)
        assert "与 2026-07 相比" in page and "基数或比例调整" in page and "-1,046.88" in page
        changed = shown(client, name, august.pk, kind="CHANGED")
        assert raised.number in changed and stays.number not in changed
        left = shown(client, name, august.pk, kind="LEFT")
        assert leaves.number in left and new.number not in left
        assert new.number in shown(client, name, august.pk, kind="nonsense")
        rows = table_in(client.get(reverse(f"deposits:{name}_export", args=[august.pk]), {"kind": "OPENED"}))
        assert [(row[1], row[9]) for row in rows[1:]] == [(new.number, "新开户")]


def test_member_of_another_employer_is_told_from_a_new_one(employer):
    from accounts.actions import transfers

    other = paying_employer(1)
    paid(other)
    paid(employer)
    account = MemberAccount.objects.get(employer=other)
    sealing.seal(other, {account.pk: SealReason.ENDED}, month=AUGUST, by=night(), on=DAY)
    transfers.take_in(
        employer, {account.pk: Paying(account.base, account.employer_ratio, account.member_ratio)}, by=night(), on=DAY
    )
    august = submitted(employer, AUGUST)
    found = {one.kind: one.count for one in queries.differences(august, queries.base_of_comparison(august))}
    assert found == {LineKind.SAME: 3, LineKind.MOVED: 1}


def test_comparison_costs_no_query_a_row(clerk, handler, day):
    def cost(client, name, pk):
        with CaptureQueriesContext(connection) as few:
            shown(client, name, pk)
        return len(few)

    def second_month(count):
        employer = paying_employer(count)
        paid(employer)
        return submitted(employer, AUGUST)

    few, many = second_month(2), second_month(45)
    assert cost(clerk, "remittance", few.pk) == cost(clerk, "remittance", many.pk)


def test_many_errors_are_told_by_kind(handler, employer):
    rows = [joiner(**{sheets.BASE: "x", sheets.MOBILE: "1"}) for _ in range(501)]
    sheet = checked(employer, [*proposed(employer), *rows])
    assert sheet.error_count == 1002
    page = shown(handler, "sheet", sheet.pk)
    assert "错误分类" in page
    assert sheet.error_kinds[0][2:] == [501, 5] and {kind[0] for kind in sheet.error_kinds} == {
        sheets.BASE,
        sheets.MOBILE,
    }
    few = checked(employer, [*proposed(employer), rows[0]])
    assert "错误分类" not in shown(handler, "sheet", few.pk)
    assert "确认清册" in shown(handler, "sheet", checked(employer, proposed(employer)).pk)


# Several tabs, one form


def test_twenty_confirmations_at_once_make_one_month(own_database):
    open_first_day(DAY)
    employer = paying_employer(3)
    user = accounts.handler(employer)
    sheet = checked(employer, [*proposed(employer), joiner()])
    clients = [client_of(user) for _ in range(10)]
    address = reverse("deposits:sheet_confirm", args=[sheet.pk])
    waiting = iter(clients)
    answers = at_once(lambda: next(waiting).post(address).status_code, times=10)
    assert set(answers) == {302}
    assert (Remittance.objects.count(), MemberAccount.objects.filter(employer=employer).count()) == (1, 4)
    assert Sheet.objects.get().remittance_id == Remittance.objects.get().pk


def test_month_handed_in_from_many_tabs_is_one_list(own_database):
    open_first_day(DAY)
    employer = paying_employer(2)
    user = accounts.handler(employer)
    waiting = iter([client_of(user) for _ in range(10)])
    address = reverse("deposits:month_submit")
    answers = at_once(lambda: next(waiting).post(address, {"month": "2026-07"}), times=10)
    codes = sorted(answer.status_code for answer in answers)
    assert codes == [200] * 9 + [302]
    told = [text_of(answer) for answer in answers if answer.status_code == 200]
    assert all("现在应办理 2026-08" in page for page in told)
    assert Remittance.objects.count() == 1
