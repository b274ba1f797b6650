"""The pages of reports: who may open them, what they show, what the files hold, and that they do not ask row by row."""

import io
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from python_calamine import CalamineWorkbook

from access.states import Post
from accounts.models import MemberAccount
from audit.models import Record
from hpf.months import Month
from policy.states import TermName
from reports.states import Figure
from tests.access.factories import client_of, person
from tests.accounts.factories import member_user
from tests.banking.factories import open_first_day
from tests.deposits.factories import JULY, arrived, funded, paid, paying_employer, submitted
from tests.reports.factories import manager

pytestmark = pytest.mark.django_db
DAY = date(2026, 7, 1)
DESK = "reports:manager_desk"


@pytest.fixture(autouse=True)
def day():
    return open_first_day(DAY)


def text_of(user, name, *args, **query):
    answer = client_of(user).get(reverse(name, args=args), query)
    assert answer.status_code == 200
    return answer.content.decode()


def sheet_of(user, name, *args, **query):
    answer = client_of(user).get(reverse(name, args=args), query)
    assert answer.status_code == 200
    content = io.BytesIO(b"".join(answer.streaming_content))
    return CalamineWorkbook.from_filelike(content).get_sheet_by_index(0).to_python()


def queries_of(user, name, *args, **query):
    client = client_of(user)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(reverse(name, args=args), query).status_code == 200
    return len(asked)


def test_the_manager_begins_at_the_desk_and_others_do_not():
    assert client_of(manager()).get("/").url == reverse(DESK)
    assert client_of(person(Post.FINANCE)).get("/").url != reverse(DESK)


@pytest.mark.parametrize("name", [DESK, "reports:arrears", "reports:unallocated"])
@pytest.mark.parametrize(("post", "status"), [(Post.AUDITOR, 200), (Post.CLERK, 403), (Post.OPERATOR, 403)])
def test_only_who_answers_for_the_fund_reads_reports(name, post, status):
    assert client_of(person(post)).get(reverse(name)).status_code == status


def test_a_fresh_fund_says_what_comes_next():
    page = text_of(manager(), DESK)
    assert "还没有单位和职工缴存" in page
    assert "data-chart" not in page


def test_the_desk_shows_figures_with_a_way_to_their_rows():
    paid(paying_employer(3))
    page = text_of(manager(), DESK)
    assert "3,140.64" in page  # 3 × 1,046.88
    assert "since=2026-07-01&amp;until=2026-07-31" in page
    assert "会计日 2026-07-01" in page


def test_an_office_can_be_chosen_by_the_centre_only():
    paid(paying_employer(3, at="01"))
    paid(paying_employer(1, at="02"))
    assert "4,187.52" in text_of(manager(), DESK)
    assert "3,140.64" in text_of(manager(), DESK, branch=1)
    own = text_of(manager(branch_id=2), DESK, branch=1)
    assert "1,046.88" in own and "3,140.64" not in own


def test_the_desk_asks_no_more_for_many_employers_than_for_few():
    user = manager()
    one_of_each(1)
    few = queries_of(user, DESK)
    one_of_each(6)
    assert queries_of(user, DESK) == few <= 30


def one_of_each(count):
    """Employers that paid, that owe and have some money, and money without an owner."""
    for _ in range(count):
        paid(paying_employer(2))
        behind_and_rich(1)
        arrived("5.00", remark="无")


@pytest.mark.parametrize("name", ["reports:arrears", "reports:unallocated"])
def test_lists_ask_no_more_for_many_employers_than_for_few(name):
    user = manager()
    behind_and_rich(2)
    few = queries_of(user, name)
    behind_and_rich(6)
    assert queries_of(user, name) == few


def behind_and_rich(count):
    """Employers that owe June and have some money that does not cover it."""
    for _ in range(count):
        employer = paying_employer(1, on=DAY)
        MemberAccount.objects.filter(employer=employer).update(first_month="2026-06")
        funded(employer, "5.00", reference=submitted(employer, Month(2026, 6)).reference)


@pytest.mark.parametrize("figure", Figure.values)
def test_every_figure_goes_out_as_a_file_and_is_noted(figure):
    paid(paying_employer(3))
    user = manager()
    rows = sheet_of(user, "reports:figure_export", figure)
    assert len(rows) > 1 and all(len(row) == len(rows[0]) for row in rows)
    record = Record.objects.get(act="export")
    assert record.after["table"] == Figure(figure).label


def test_an_unknown_figure_is_not_found():
    assert client_of(manager()).get(reverse("reports:figure_export", args=["gold"])).status_code == 404


def test_arrears_are_narrowed_and_go_out_as_a_file():
    behind_and_rich(1)
    other = paying_employer(1, name="内江无欠单位")
    user = manager()
    page = text_of(user, "reports:arrears")
    assert "共 1 条" in page and "1,046.88" in page
    assert "没有符合条件的欠缴单位" in text_of(user, "reports:arrears", behind="LONGER")
    assert "没有符合条件的欠缴单位" in text_of(user, "reports:arrears", employer=other.name)
    header, row = sheet_of(user, "reports:arrears_export")
    assert dict(zip(header, row, strict=True))["欠缴金额(元)"] == 1046.88


def test_unallocated_money_is_narrowed_and_goes_out_as_a_file():
    behind_and_rich(2)
    user = manager()
    assert "共 2 条" in text_of(user, "reports:unallocated", age="WEEK")
    assert "没有符合条件的单位" in text_of(user, "reports:unallocated", age="LONGER")
    rows = sheet_of(user, "reports:unallocated_export")
    assert [row[-2:] for row in rows[1:]] == [[5.0, 0.0]] * 2


@pytest.mark.parametrize("query", [{"branch": "77"}, {"behind": "x"}])
def test_a_condition_that_cannot_be_read_finds_nothing_and_says_so(query):
    behind_and_rich(1)
    page = text_of(manager(), "reports:arrears", **query)
    assert "请从列表中选择" in page and "1,046.88" not in page


def test_the_preview_of_a_cap_names_the_employers():
    paid(paying_employer(bases=["20000.00"], name="内江高薪单位"))
    page = text_of(manager(), "reports:term_effect", TermName.BASE_CAP, value="10000", valid_from="2027-07-01")
    assert "内江高薪单位" in page and "-1,600.00" in page
    header, row = sheet_of(
        manager(), "reports:term_effect_export", TermName.BASE_CAP, value="10000", valid_from="2027-07-01"
    )
    assert (header[-1], row[-1]) == ("每月增减(元)", -1600.0)


@pytest.mark.parametrize(
    ("value", "since", "sentence"),
    [
        ("x", "2027-07-01", "请按要求填写"),
        ("", "2027-07-01", "请填写拟定取值"),
        ("10000", "2026-06-30", "生效日期不能早于当前会计日"),
        ("1", "2027-07-01", "上下颠倒"),
        ("10000", "", "请填写生效日期"),
    ],
)
def test_a_value_that_cannot_be_tried_is_told_at_its_field(value, since, sentence):
    page = text_of(manager(), "reports:term_effect", TermName.BASE_CAP, value=value, valid_from=since)
    assert sentence in page and "涉及职工" not in page


@pytest.mark.parametrize("name", [TermName.DUE_DAYS, TermName.RATE_CURRENT, TermName.DAY_COUNT, TermName.RATIO_MAX])
def test_each_measured_parameter_has_a_page_and_a_file(name):
    paid(paying_employer(2))
    value = {TermName.DAY_COUNT: "MONTH30_360", TermName.DUE_DAYS: "999999999"}.get(name, "7")
    asked = {"value": value, "valid_from": "2027-01-01"}
    page = text_of(manager(), "reports:term_effect", name, **asked)
    assert ("年度结息会停下" in page) == (name in (TermName.DAY_COUNT, TermName.RATE_CURRENT))
    assert len(sheet_of(manager(), "reports:term_effect_export", name, **asked)) >= 1


@pytest.mark.parametrize(
    ("name", "sentence"),
    [(TermName.SETTLE_DAY, "改变结息年度的起止"), (TermName.LOAN_CAP_SINGLE, "目前没有业务按该参数计算")],
)
def test_what_cannot_be_counted_is_said_plainly(name, sentence):
    assert sentence in text_of(manager(), "reports:term_effect", name)
    answer = client_of(manager()).get(reverse("reports:term_effect_export", args=[name]))
    assert answer.status_code == 302


def test_the_preview_takes_no_more_queries_for_many_employers():
    user, asked = manager(), {"value": "10000", "valid_from": "2027-07-01"}
    paying_employer(bases=["20000.00"])
    few = queries_of(user, "reports:term_effect", TermName.BASE_CAP, **asked)
    for _ in range(5):
        paying_employer(bases=["20000.00", "15000.00"])
    assert queries_of(user, "reports:term_effect", TermName.BASE_CAP, **asked) == few


def test_a_member_reads_the_own_interest_year_and_no_other():
    one, other = paying_employer(1), paying_employer(1)
    paid(one)
    account = MemberAccount.objects.get(employer=one)
    user = member_user(account)
    page = text_of(user, "reports:my_interest_statement", account.pk)
    assert "未到结息日" in page and "1,046.88" in page
    assert account.member.id_number not in page
    foreign = MemberAccount.objects.get(employer=other)
    assert client_of(user).get(reverse("reports:my_interest_statement", args=[foreign.pk])).status_code == 404
    address = reverse("reports:my_interest_statement_export", args=[foreign.pk])
    assert client_of(user).get(address).status_code == 404


def test_the_counter_reads_the_interest_year_of_its_own_office():
    employer = paying_employer(1, at="01")
    paid(employer, JULY)
    account = MemberAccount.objects.get(employer=employer)
    assert "1,046.88" in text_of(person(Post.CLERK), "reports:interest_statement", account.pk)
    far = client_of(person(Post.CLERK, branch_id=2))
    assert far.get(reverse("reports:interest_statement", args=[account.pk])).status_code == 404


def test_the_interest_year_goes_out_as_a_file_and_is_noted():
    employer = paying_employer(1)
    paid(employer, JULY)
    account = MemberAccount.objects.get(employer=employer)
    rows = sheet_of(person(Post.CLERK), "reports:interest_statement_export", account.pk, year="2026-07-01")
    assert rows[-1][0] == "期末余额" and Decimal(str(rows[-1][5])) == Decimal("1046.88")
    assert Record.objects.filter(act="export_statement", subject_id=str(account.pk)).exists()
    own = sheet_of(member_user(account), "reports:my_interest_statement_export", account.pk)
    assert own == rows


def test_a_year_the_account_did_not_live_is_refused_with_a_sentence():
    account = MemberAccount.objects.get(employer=paying_employer(1))
    page = text_of(person(Post.CLERK), "reports:interest_statement", account.pk, year="1999-07-01")
    assert "请从列表中选择" in page and "期初余额" not in page
    address = reverse("reports:interest_statement_export", args=[account.pk])
    assert client_of(person(Post.CLERK)).get(address, {"year": "1999-07-01"}).status_code == 302
