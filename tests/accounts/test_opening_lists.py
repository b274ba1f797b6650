"""Opening by the list: every row judged, the list handed back, all or nobody."""

import io
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from python_calamine import CalamineWorkbook

from access.queries import night_user
from access.states import Post
from accounts import sheets
from accounts.actions import opening_lists, sealing
from accounts.models import Member, MemberAccount
from accounts.states import SealReason
from audit.models import Record
from hpf.months import Month
from hpf.workbooks import Unreadable
from tests.access.factories import client_of, person
from tests.accounts import factories
from tests.accounts.factories import DAY
from tests.banking.factories import open_first_day

pytestmark = pytest.mark.django_db


@pytest.fixture
def employer():
    open_first_day(DAY)
    return factories.employer()


def row(**changes):
    new = factories.new_member()
    cells = {sheets.NAME: new.name, sheets.CERTIFICATE: "身份证", sheets.ID_NUMBER: new.id_number, sheets.BASE: "6543"}
    return dict.fromkeys(sheets.COLUMNS, "") | cells | changes


def file_of(rows):
    """A list as a person would save it."""
    output = io.BytesIO()
    sheets.write(output, [(cells, "") for cells in rows])
    return output.getvalue()


def judged(employer, *rows):
    return [one.said for one in opening_lists.judge(employer, file_of(rows), on=DAY)]


def open_list(employer, *rows):
    return opening_lists.open_list(employer, file_of(rows), by=night_user(), on=DAY)


def mover(**given):
    """A member of another office, sealed there, and the row that brings that person here."""
    account = factories.member_account(factories.employer(at="04"), **given)
    sealing.seal(account.employer, {account.pk: SealReason.ENDED}, month=Month(2026, 7), by=night_user(), on=DAY)
    return account, row(**{sheets.NAME: account.member.name, sheets.ID_NUMBER: account.member.id_number})


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({sheets.CARD: "6222021100010002"}, "开户银行：银行卡号和开户银行应同时填写"),
        ({sheets.CARD_BANK: "工商银行"}, "银行卡号：银行卡号和开户银行应同时填写"),
        ({sheets.CARD: "6222021100010002", sheets.CARD_BANK: "行" * 121}, "开户银行：名称不能为空，且不超过120个字"),
    ],
)
def test_a_card_comes_with_its_bank_whole_or_nobody_is_opened(employer, changes, said):
    assert judged(employer, row(**changes))[0].startswith(said)
    with pytest.raises(opening_lists.ListHasErrors):
        open_list(employer, row(), row(**changes))
    assert not MemberAccount.objects.exists()


def test_new_people_are_opened_and_sealed_ones_moved_together(employer):
    account, moving = mover()
    new = row(**{sheets.EMPLOYER_RATIO: "10", sheets.FIRST_MONTH: "2026-08", sheets.MOBILE: "13800138000"})
    assert judged(employer, new, moving) == [opening_lists.OPENS, opening_lists.MOVES]
    done = open_list(employer, new, moving)
    assert [len(done.opened), done.moved] == [1, [account]]
    opened = MemberAccount.objects.select_related("member").get(pk=done.opened[0].pk)
    assert (opened.member.name, opened.employer_ratio, opened.member_ratio) == (new[sheets.NAME], 10, 8)
    assert (opened.first_month, opened.member.mobile, opened.base) == ("2026-08", "13800138000", Decimal("6543.00"))
    moved = MemberAccount.objects.select_related("ledger_account").get(pk=account.pk)
    assert (moved.employer_id, moved.status, moved.ledger_account.branch_id) == (employer.pk, "01", 1)
    assert Record.objects.get(act="open_list").after == {"count": 2, "opened": 1, "moved": 1}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({sheets.NAME: "王1"}, "姓名：姓名只能含汉字"),
        ({sheets.NAME: ""}, "姓名："),
        ({sheets.ID_NUMBER: "110105194912310021"}, "证件号码：身份证号码的校验码不符"),
        ({sheets.CERTIFICATE: "学生证"}, "证件类型：“学生证”不能识别，请填写：身份证、"),
        ({sheets.BASE: ""}, "缴存基数：“”不能识别"),
        ({sheets.BASE: "1"}, "缴存基数：缴存基数应在"),
        ({sheets.BASE: "NaN"}, "缴存基数：缴存基数应在"),
        ({sheets.EMPLOYER_RATIO: "13"}, "单位比例：缴存比例应在"),
        ({sheets.FIRST_MONTH: "2020-01"}, "首次缴存年月：“2020-01”不能识别，请填写 2026-06 至 2026-08"),
        ({sheets.MOBILE: "1380"}, "手机号码：手机号码应为"),
        ({sheets.CARD: "62"}, "银行卡号：银行账号应为"),
    ],
)
def test_wrong_row_is_named_and_nobody_is_opened(employer, wrong, said):
    good, bad = row(), row(**wrong)
    assert judged(employer, good, bad)[1].startswith(said)
    with pytest.raises(opening_lists.ListHasErrors) as refused:
        open_list(employer, good, bad)
    assert "1 行不能办理" in refused.value.sentence
    assert not Member.objects.exists()


def test_duplicates_are_found_before_anybody_is_opened(employer):
    active, new = factories.member_account(), row()
    frozen, moving = mover()
    factories.freeze(frozen)
    here = factories.member_account(employer)
    rows = [
        new,
        new,
        *(row(**{sheets.NAME: one.member.name, sheets.ID_NUMBER: one.member.id_number}) for one in (active, here)),
    ]
    said = judged(employer, *rows, moving, rows[2] | {sheets.NAME: "别人"})
    assert said[0] == opening_lists.OPENS and "出现两次" in said[1]
    assert "须先由原单位办理封存" in said[2] and "已在本单位开户" in said[3] and "解冻前不能转移" in said[4]
    assert "出现两次" in said[5]
    assert "姓名与填写的不一致" in judged(employer, rows[2] | {sheets.NAME: "别人"})[0]


def test_names_and_numbers_are_read_as_people_type_them(employer):
    number = factories.id_number(5)
    given = {
        sheets.NAME: "阿卜杜 • 买买提",
        sheets.ID_NUMBER: f" {number.lower()} ",
        sheets.BASE: "6,543.00",
        sheets.CERTIFICATE: "",
    }
    open_list(employer, row(**given))
    member = Member.objects.get()
    assert (member.name, member.id_number) == ("阿卜杜·买买提", number)


def test_file_that_is_no_list_is_told(employer):
    with pytest.raises(Unreadable):
        opening_lists.judge(employer, b"\x00\x01", on=DAY)
    with pytest.raises(Unreadable, match="缺少列：证件号码、缴存基数"):
        opening_lists.judge(employer, "姓名,证件类型\n王芳,身份证\n".encode("gb18030"), on=DAY)


def test_statements_do_not_grow_with_the_list(employer, django_assert_max_num_queries):
    rows = [row() for _ in range(120)]
    with django_assert_max_num_queries(40):
        open_list(employer, *rows)
    assert MemberAccount.objects.count() == 120


# Pages


def post(employer, data, user=None, **more):
    browser = client_of(user or person(Post.CLERK, branch_id=1))
    given = {"file": SimpleUploadedFile("名单.xlsx", data)} if data is not None else {}
    return browser.post(reverse("accounts:members_open", args=[employer.pk]), given | more)


def test_list_comes_back_with_a_sentence_beside_each_row(employer):
    reply = post(employer, file_of([row(), row(**{sheets.NAME: "=1+1"})]), judge="1")
    table = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(reply.streaming_content))).get_sheet_by_index(0)
    lines = table.to_python()
    assert lines[0] == [*sheets.COLUMNS, sheets.MESSAGE]
    assert lines[1][-1] == opening_lists.OPENS and lines[2][-1].startswith("姓名：姓名只能含汉字")
    assert not Member.objects.exists()


def test_page_lists_what_is_wrong_and_opens_nothing(employer):
    page = post(employer, file_of([row(), row(**{sheets.BASE: "1"})])).content.decode()
    assert "有 1 处需要更正" in page and "1 行不能办理" in page and "缴存基数应在" in page
    assert not MemberAccount.objects.exists()
    assert "请选择开户名单文件" in post(employer, None).content.decode()
    assert "error-summary" in post(employer, b"\x00").content.decode()


def test_page_tells_what_was_opened(employer):
    page = post(employer, file_of([row(), row()])).content.decode()
    numbers = MemberAccount.objects.order_by("number").values_list("number", flat=True)
    assert "批量开户完成" in page and f"{numbers[0]} 至 {numbers[1]}" in page


def test_template_can_be_filled_in_and_read(employer):
    browser = client_of(person(Post.CLERK, branch_id=1))
    reply = browser.get(reverse("accounts:members_open_template", args=[employer.pk]))
    book = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(reply.streaming_content)))
    assert book.get_sheet_by_index(0).to_python() == [list(sheets.COLUMNS)]


def test_only_clerks_of_the_office(employer):
    for name in ("members_open", "members_open_template"):
        address = reverse(f"accounts:{name}", args=[employer.pk])
        assert client_of(person(Post.CLERK, branch_id=4)).get(address).status_code == 404
        assert client_of(person(Post.MANAGER, branch_id=1)).get(address).status_code == 403
