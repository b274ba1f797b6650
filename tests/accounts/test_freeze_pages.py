"""The pages of freezes: from the paper to the second signature, the queue on the member's page, the list."""

import io
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.urls import reverse
from python_calamine import CalamineWorkbook

from access.states import Post
from accounts import queries, tasks
from accounts.actions import freezing
from accounts.models import Freeze, FreezeChange, MemberAccount
from accounts.queries import freezes as frozen
from accounts.states import DeadlineKind, FreezeStatus
from approvals.actions.signatures import Decision
from approvals.rules import digest_of
from approvals.states import Verdict
from audit.models import Record
from tests.access.factories import client_of, person
from tests.accounts import factories
from tests.accounts.factories import DAY
from tests.accounts.test_freezing import COURT, LAST, LIFT, RENEW
from tests.ledger import books

ENTERED = {
    "ground": "COURT",
    "authority": "内江市市中区人民法院",
    "document": "（2026）川1002执123号",
    "extent": "PART",
    "amount": "800.00",
    "begins_on": "2026-07-01",
    "until": "2027-06-30",
    "reason": "协助执行",
}
PAPER = {"authority": "内江市市中区人民法院", "document": "（2026）川1002执123号之一", "reason": "继续冻结"}

pytestmark = pytest.mark.django_db


@pytest.fixture
def account():
    books.open_books(DAY)
    opened = factories.member_account(name="李四")
    books.pay_in("first", books.bank(DAY), opened.ledger_account_id, "1000.00", on=DAY)
    return opened


@pytest.fixture
def clerk():
    return person(Post.CLERK, branch_id=1)


@pytest.fixture
def manager():
    return person(Post.MANAGER, branch_id=1)


def at(name, *args):
    return reverse(f"accounts:{name}", args=args)


def text_of(client, address, **query):
    answer = client.get(address, query)
    assert answer.status_code == 200, answer.content.decode()[:500]
    return answer.content.decode()


def grant(row, manager):
    freezing.decide(row, Decision(Verdict.GRANT, digest_of(frozen.facts_of(row)), ""), by=manager, on=DAY)


@pytest.fixture
def freeze(account, clerk, manager):
    row = freezing.propose(account, COURT, by=clerk, on=DAY)
    grant(row, manager)
    return Freeze.objects.get(pk=row.pk)


def test_paper_is_entered_looked_at_and_signed(account, clerk, manager):
    counter, address = client_of(clerk), at("member_freeze", account.pk)
    assert address in text_of(counter, at("member", account.pk))
    looked_at = counter.post(address, ENTERED).content.decode()
    assert "核对" in looked_at and "800.00 元" in looked_at and not Freeze.objects.exists()
    answer = counter.post(address, ENTERED | {"confirmed": "1"})
    row = Freeze.objects.get()
    assert answer.headers["Location"] == at("freeze", row.pk)
    assert "撤回申请" in text_of(counter, at("freeze", row.pk))
    checker = client_of(manager)
    assert "李四" in text_of(checker, reverse("approvals:inbox"))
    shown = text_of(checker, at("freeze_decide", row.pk))
    assert "800.00 元" in shown and "川1002执123号" in shown
    decision = {"verdict": "GRANT", "reason": "", "seen": digest_of(frozen.facts_of(row))}
    assert checker.post(at("freeze_decide", row.pk), decision).headers["Location"] == at("freeze", row.pk)
    whole = text_of(counter, at("member", account.pk))
    assert "账户已冻结（1 项，实际冻结 800.00 元）" in whole and "200.00" in whole
    queue = text_of(counter, at("member", account.pk), tab="freezes")
    assert "冻结顺位" in queue and "川1002执123号" in queue


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"amount": ""}, "冻结部分金额的，请填写冻结金额"),
        ({"extent": "ALL"}, "冻结账户全部余额的，不填写金额"),
        ({"ground": ""}, "请选择冻结事由"),
        ({"authority": ""}, "请填写执行机关"),
        ({"document": ""}, "请填写法律文书编号"),
        ({"reason": "申请人 11010519491231002X"}, "证件号码"),
        ({"until": "", "confirmed": "1"}, "请按文书填写冻结截止日期"),
        ({"until": "2029-07-02", "confirmed": "1"}, "最长 36 个月，截止日期不能晚于 2029-07-01"),
        ({"begins_on": "2026-07-02", "confirmed": "1"}, "冻结起始日期不能晚于今天"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(account, clerk, changes, said):
    page = client_of(clerk).post(at("member_freeze", account.pk), ENTERED | changes).content.decode()
    assert said in page and "尚未提交" in page and not Freeze.objects.exists()


def test_freeze_beyond_the_balance_says_that_it_waits_for_money(account, clerk):
    page = client_of(clerk).post(at("member_freeze", account.pk), ENTERED | {"amount": "1500.00"}).content.decode()
    assert "账户现可冻结 1,000.00 元，不足部分轮候" in page


def test_freeze_of_what_came_to_a_frozen_account_says_that_it_waits_too(account, clerk):
    """An earlier order keeps everything, also what was paid in after it."""
    factories.freeze(account, on=DAY)
    books.pay_in("second", books.bank(DAY), account.ledger_account_id, "500.00", on=DAY)
    page = client_of(clerk).post(at("member_freeze", account.pk), ENTERED | {"amount": "100.00"}).content.decode()
    assert "1,500.00 元" in page and "账户现可冻结 0.00 元，不足部分轮候" in page


def test_freeze_is_renewed_and_lifted_by_two_persons(freeze, clerk, manager):
    counter, checker = client_of(clerk), client_of(manager)
    for name, more, after in (
        ("freeze_renew", {"until": "2028-06-30"}, (FreezeStatus.ACTIVE, date(2028, 6, 30))),
        ("freeze_lift", {}, (FreezeStatus.ENDED, date(2028, 6, 30))),
    ):
        entered = PAPER | more
        assert "核对" in counter.post(at(name, freeze.pk), entered).content.decode()
        answer = counter.post(at(name, freeze.pk), entered | {"confirmed": "1"})
        change = FreezeChange.objects.latest("pk")
        assert answer.headers["Location"] == at("freeze_change", change.pk)
        assert "已有续冻或解冻申请待复核" in text_of(counter, at("freeze", freeze.pk))
        assert "川1002执123号之一" in text_of(checker, at("freeze_change_decide", change.pk))
        decision = {"verdict": "GRANT", "reason": "", "seen": digest_of(frozen.facts_of_change(change))}
        checker.post(at("freeze_change_decide", change.pk), decision)
        freeze.refresh_from_db()
        assert (freeze.status, freeze.until) == after
        assert "复核" in text_of(counter, at("freeze_change", change.pk))
    assert "已于 2026-07-01 解冻" in text_of(counter, at("freeze", freeze.pk))
    assert "账户已冻结" not in text_of(counter, at("member", freeze.member_account_id))


def test_maker_takes_requests_back_on_their_pages(account, clerk, manager):
    counter = client_of(clerk)
    row = freezing.propose(account, COURT, by=clerk, on=DAY)
    assert counter.post(at("freeze", row.pk)).headers["Location"] == at("freeze", row.pk)
    row.refresh_from_db()
    assert row.status == FreezeStatus.DROPPED
    row = freezing.propose(account, COURT, by=clerk, on=DAY)
    grant(row, manager)
    change = freezing.propose_change(row, LIFT, by=clerk, on=DAY)
    counter.post(at("freeze_change", change.pk))
    assert frozen.open_change_of(row) is None


def test_only_those_with_the_right_and_of_the_office_come_near(freeze, clerk, manager):
    for post, branch in ((Post.AUDITOR, 1), (Post.CLERK, 2), (Post.FINANCE, 1)):
        other = client_of(person(post, branch_id=branch))
        for name in ("freeze_renew", "freeze_lift", "freeze_decide"):
            assert other.get(at(name, freeze.pk)).status_code in (403, 404), (post, name)
    assert client_of(person(Post.CLERK, branch_id=2)).get(at("freeze", freeze.pk)).status_code == 404
    assert "川1002执123号" in text_of(client_of(person(Post.AUDITOR, branch_id=1)), at("freeze", freeze.pk))


def test_list_is_narrowed_and_goes_out_as_a_file_on_record(freeze, clerk):
    counter = client_of(clerk)
    account = MemberAccount.objects.get(pk=freeze.member_account_id)
    for query in ({"q": account.number}, {"q": freeze.document}, {"status": "ACTIVE"}, {"ground": "COURT"}, {}):
        assert "800.00" in text_of(counter, at("freezes"), **query), query
    for query in ({"q": "李四"}, {"status": "ENDED"}, {"ground": "FRAUD"}):
        assert "没有符合条件的冻结" in text_of(counter, at("freezes"), **query), query
    answer = counter.get(at("freezes_export"))
    rows = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(answer.streaming_content))).get_sheet_by_index(0)
    header, row = rows.to_python()
    told = dict(zip(header, row, strict=True))
    assert (told["个人账号"], told["冻结金额"], told["实际冻结"], told["状态"]) == (
        account.number,
        800.0,
        800.0,
        "冻结中",
    )
    assert Record.objects.get(act="export").after == {"table": "冻结账户", "rows": 1}


def test_work_list_reminds_thirty_days_before_the_end(freeze, clerk):
    def reminded(on):
        return [one.due_on for one in queries.deadlines_seen_by(clerk, on=on) if one.kind == DeadlineKind.FREEZE]

    assert reminded(LAST - timedelta(days=31)) == []
    assert reminded(LAST - timedelta(days=30)) == [LAST]
    change = freezing.propose_change(freeze, RENEW, by=clerk, on=DAY)
    seen = digest_of(frozen.facts_of_change(change))
    freezing.decide_change(change, Decision(Verdict.GRANT, seen, ""), by=person(Post.MANAGER, branch_id=1), on=DAY)
    assert reminded(LAST) == []


def test_clock_ends_a_freeze_the_day_after_its_last(account, clerk, manager):
    assert tasks.lapse_freezes() == {"lapsed": 0}
    row = freezing.propose(account, replace(COURT, until=DAY), by=clerk, on=DAY)
    grant(row, manager)
    books.run("select ledger_turn_day(%s)", DAY)
    assert tasks.lapse_freezes() == {"lapsed": 1}
    page = text_of(client_of(clerk), at("member", account.pk), tab="changes")
    assert "到期自动解冻" in page and "冻结期限于 2026-07-01 届满" in page


def test_member_of_a_frozen_account_is_told(freeze):
    member = factories.member_user(MemberAccount.objects.get(pk=freeze.member_account_id))
    page = text_of(client_of(member), reverse("accounts:my_account"))
    assert "您的账户已冻结" in page and "川1002执123号" not in page


def test_amounts_of_everything_read_as_words(account, clerk):
    row = freezing.propose(account, replace(COURT, amount=None), by=clerk, on=DAY)
    facts = frozen.facts_of(row)
    assert (facts["冻结金额"], facts["现可冻结"]) == ("账户全部余额", "1,000.00 元")
