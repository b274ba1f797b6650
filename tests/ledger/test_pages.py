"""Pages of the books 核算页面: who may look, what a filter finds, and figures against an independent sum."""

import io
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from django.urls import reverse
from python_calamine import CalamineWorkbook

from access.states import Perm, Post
from audit.models import Record
from hpf import dayend
from hpf.money import ZERO
from ledger.actions import days, nights, opening, posting
from ledger.models import BusinessDay, ChartAccount, Entry
from ledger.states import AccountKind, DayStepName, Side
from tests.access.factories import client_of, person
from tests.ledger import books

pytestmark = pytest.mark.django_db

DAY, NEXT_DAY = books.DAY, books.NEXT_DAY
OTHER_BRANCH = 2


@pytest.fixture(autouse=True)
def open_books(settings):
    settings.SECURE_SSL_REDIRECT = False
    settings.ALLOWED_HOSTS = ["testserver"]
    books.open_books()


@pytest.fixture
def finance():
    return client_of(person(Post.FINANCE))


@pytest.fixture
def paid():
    """Two payments on the first day, the second across branches, and the account that pays."""
    bank = books.bank()
    near, far = books.members(1)[0], opening.open_accounts(AccountKind.MEMBER, [OTHER_BRANCH], on=DAY)[0]
    return bank, books.pay_in("1", bank, near, "100.50"), books.pay_in("2", bank, far, "2000000")


def text_of(response) -> str:
    return response.content.decode()


def rows_of(response) -> list[list[object]]:
    content = io.BytesIO(b"".join(response.streaming_content))
    return CalamineWorkbook.from_filelike(content).get_sheet_by_index(0).to_python()


def close(day: date) -> None:
    days.turn(day)
    days.close(day)


PAGES = {
    "vouchers": (Perm.VIEW_VOUCHERS, []),
    "vouchers_export": (Perm.VIEW_VOUCHERS, []),
    "voucher": (Perm.VIEW_VOUCHERS, ["voucher"]),
    "voucher_export": (Perm.VIEW_VOUCHERS, ["voucher"]),
    "trial_balance": (Perm.VIEW_TRIAL_BALANCE, []),
    "trial_balance_export": (Perm.VIEW_TRIAL_BALANCE, []),
    "chart_entries": (Perm.VIEW_VOUCHERS, ["201"]),
    "chart_entries_export": (Perm.VIEW_VOUCHERS, ["201"]),
    "business_day": (Perm.VIEW_BUSINESS_DAY, []),
    "jobs": (Perm.VIEW_BUSINESS_DAY, []),
    "night_order": (Perm.CLOSE_DAY, []),
}


@pytest.mark.parametrize("post", [post for post in Post if post not in (Post.BANK, Post.NIGHT)])
def test_each_post_opens_just_the_pages_of_its_rights(post, paid):
    somebody = person(post)
    client = client_of(somebody)
    for name, (perm, args) in PAGES.items():
        address = reverse(f"ledger:{name}", args=[paid[1] if arg == "voucher" else arg for arg in args])
        wanted = {perm, Perm.EXPORT} if name.endswith("export") else {perm}
        answered = client.get(address).status_code
        assert (name, answered) == (name, 200 if wanted <= somebody.perms else 403)


@pytest.mark.parametrize("name", PAGES)
def test_a_stranger_is_led_to_the_sign_in_page(client, name, paid):
    address = reverse(f"ledger:{name}", args=[paid[1] if arg == "voucher" else arg for arg in PAGES[name][1]])
    answer = client.get(address)
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("access:sign_in"))


@pytest.mark.parametrize(
    "address",
    [
        "vouchers/0/",
        "vouchers/999999/",
        "vouchers/99999999999999999999999999/",
        "vouchers/999999/export/",
        "chart/999/",
        "chart/999/export/",
        "business-day/?day=2026-03-01",
    ],
)
def test_what_is_not_there_is_not_found(finance, address):
    assert finance.get(f"/counter/ledger/{address}").status_code == 404


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, [1, 2]),
        ({"kind": books.PLAIN}, [1, 2]),
        ({"kind": books.NIGHT}, []),
        ({"since": "2026-03-03"}, []),
        ({"since": "2026-03-02", "until": "2026-03-02"}, [1, 2]),
        ({"until": "2026-03-01", "since": ""}, []),
        ({"at_least": "100.51"}, [2]),
        ({"at_most": "100.50"}, [1]),
        ({"at_least": "100.50", "at_most": "100.50"}, [1]),
        ({"source": "2"}, [2]),
        ({"order_by": "why", "by": "1", "leaf": "x"}, [1, 2]),
    ],
)
def test_vouchers_are_narrowed_by_what_is_allowed_only(finance, paid, query, found):
    shown = text_of(finance.get(reverse("ledger:vouchers"), query))
    for place in (1, 2):
        assert (reverse("ledger:voucher", args=[paid[place]]) in shown) == (place in found)


def test_a_first_visit_lists_the_last_month_and_says_so(finance, paid):
    assert 'value="2026-01-31"' in text_of(finance.get(reverse("ledger:vouchers")))
    for shift in range(31):
        close(DAY + timedelta(days=shift))
    shown = text_of(finance.get(reverse("ledger:vouchers")))
    assert "没有符合条件的凭证" in shown
    assert reverse("ledger:voucher", args=[paid[1]]) in text_of(finance.get(reverse("ledger:vouchers"), {"since": ""}))


def test_a_number_finds_its_voucher_on_any_day(finance, paid):
    shown = text_of(finance.get(reverse("ledger:vouchers"), {"number": paid[1], "since": "2030-01-01"}))
    assert reverse("ledger:voucher", args=[paid[1]]) in shown
    assert reverse("ledger:voucher", args=[paid[2]]) not in shown


@pytest.mark.parametrize("query", [{"since": "soon"}, {"kind": "no.such"}, {"number": "1e9"}, {"at_least": "much"}])
def test_a_filter_that_cannot_be_read_says_so(finance, paid, query):
    answer = finance.get(reverse("ledger:vouchers"), query)
    assert answer.status_code == 200
    assert "处需要更正" in text_of(answer)


def test_the_list_of_vouchers_is_summed_over_all_its_pages(finance):
    bank, account = books.bank(), books.members(1)[0]
    for number in range(60):
        books.pay_in(number, bank, account, "1.10")
    shown = text_of(finance.get(reverse("ledger:vouchers")))
    assert "66.00" in shown
    assert "共 60 条" in shown
    assert shown.count('title="记账凭证"') == 0


def test_lists_take_a_bounded_number_of_queries(finance, paid, django_assert_max_num_queries):
    bank, account = paid[0], books.members(1)[0]
    for number in range(60):
        books.pay_in(f"more{number}", bank, account, "1.10")
    for name, args, most in [
        ("vouchers", [], 10),
        ("chart_entries", ["201"], 18),
        ("business_day", [], 13),
        ("jobs", [], 13),
    ]:
        with django_assert_max_num_queries(most):
            assert finance.get(reverse(f"ledger:{name}", args=args)).status_code == 200


def test_a_voucher_tells_who_what_when_why_and_that_it_balances(finance, paid):
    shown = text_of(finance.get(reverse("ledger:voucher", args=[paid[2]])))
    for word in ["借贷平衡", "tests.plain:2", "2026-03-02", "2,000,000.00", "贰佰万元整", books.actor().name, "市中区"]:
        assert word in shown, word
    assert shown.index("10101") < shown.index(">201<")


def test_a_big_voucher_is_paged_by_the_server(finance, django_assert_max_num_queries):
    bank, accounts = books.bank(), books.members(120)
    with transaction.atomic():
        lines = [posting.debit(bank, Decimal(120)), *[posting.credit(account, Decimal(1)) for account in accounts]]
        number = posting.post(books.PLAIN, "big", lines, by=books.actor(), on=DAY)
    address = reverse("ledger:voucher", args=[number])
    with django_assert_max_num_queries(14):
        first = text_of(finance.get(address))
    assert first.count("职工个人账户") == 49
    assert "共 121 条" in first
    last = text_of(finance.get(address, {"page": 3}))
    assert last.count("职工个人账户") == 21
    assert "120.00" in last
    assert len(rows_of(finance.get(reverse("ledger:voucher_export", args=[number])))) == 122


def trial(client, **query) -> dict[str, list[str]]:
    """The six figures of each chart account as the exported table has them."""
    rows = rows_of(client.get(reverse("ledger:trial_balance_export"), query))
    return {str(row[0]): [Decimal(str(cell or 0)).quantize(Decimal("0.01")) for cell in row[2:]] for row in rows[1:]}


def post_story() -> list[tuple[date, str, int, str, Decimal]]:
    """Vouchers over three days, two of them closed; answers every line as (day, chart, branch, side, amount)."""
    lines: list[tuple[date, str, int, str, Decimal]] = []
    bank, near = books.bank(), books.members(1)[0]
    far = opening.open_accounts(AccountKind.MEMBER, [OTHER_BRANCH], on=DAY)[0]
    expense = opening.internal("41101", OTHER_BRANCH, on=DAY)
    chart = {bank: ("10101", 1), near: ("201", 1), far: ("201", OTHER_BRANCH), expense: ("41101", OTHER_BRANCH)}
    for shift in range(3):
        day = DAY + timedelta(days=shift)
        acts = [(bank, near, "1000.07"), (bank, far, "33.33"), (expense, far, "5.01"), (near, bank, "200")]
        for place, (from_, to, amount) in enumerate(acts):
            books.pay_in(f"{shift}-{place}", from_, to, Decimal(amount) * (shift + 1), on=day)
            for account, side in ((from_, "D"), (to, "C")):
                lines.append((day, *chart[account], side, Decimal(amount) * (shift + 1)))
        if shift < 2:
            close(day)
    return lines


def expected(lines, since: date, until: date, branches: set[int]) -> dict[str, list[Decimal]]:
    """The same six figures summed from the lines alone."""
    figures: dict[str, list[Decimal]] = {}
    for chart in sorted({line[1] for line in lines}):
        mine = [(day, amount if side == "D" else -amount) for day, c, b, side, amount in lines
                if c == chart and b in branches and day <= until]  # fmt: skip
        before = sum((amount for day, amount in mine if day < since), ZERO)
        debit = sum((amount for day, amount in mine if day >= since and amount > 0), ZERO)
        credit = -sum((amount for day, amount in mine if day >= since and amount < 0), ZERO)
        after = before + debit - credit
        figures[chart] = [max(before, ZERO), max(-before, ZERO), debit, credit, max(after, ZERO), max(-after, ZERO)]
    return {chart: cells for chart, cells in figures.items() if any(cells)}


@pytest.mark.parametrize(("since", "until"), [(0, 0), (0, 1), (1, 1), (1, 2), (2, 2), (0, 2), (2, 5)])
@pytest.mark.parametrize("branch", [None, 1, OTHER_BRANCH])
def test_the_trial_balance_equals_the_sum_of_the_lines(finance, since, until, branch):
    lines = post_story()
    period = DAY + timedelta(days=since), DAY + timedelta(days=until)
    query = {"since": period[0], "until": period[1], **({"branch": branch} if branch else {})}
    shown = trial(finance, **query)
    totals = shown.pop("合计")
    figures = expected(lines, *period, {branch} if branch else {1, OTHER_BRANCH})
    assert shown == figures
    assert totals == [sum(column, ZERO) for column in zip(*figures.values(), strict=True)]


def test_the_trial_balance_page_shows_that_it_balances(finance):
    post_story()
    shown = text_of(finance.get(reverse("ledger:trial_balance"), {"since": "2026-03-02", "until": "2026-03-04"}))
    assert "借贷平衡" in shown
    assert shown.count("平衡</span>") == 4
    for figure in expected(post_lines_of_story(), DAY, DAY + timedelta(days=2), {1, OTHER_BRANCH})["10101"]:
        assert not figure or f"{figure:,.2f}" in shown


def post_lines_of_story() -> list[tuple[date, str, int, str, Decimal]]:
    """The lines of `post_story` written down by hand for the bank: what comes in and what goes out."""
    days_in = [DAY + timedelta(days=shift) for shift in range(3)]
    come = [(day, "10101", 1, "D", Decimal(amount) * (shift + 1)) for shift, day in enumerate(days_in)
            for amount in ("1000.07", "33.33")]  # fmt: skip
    return come + [(day, "10101", 1, "C", Decimal(200) * (shift + 1)) for shift, day in enumerate(days_in)]


def test_one_branch_alone_is_not_called_unbalanced(finance):
    post_story()
    shown = text_of(finance.get(reverse("ledger:trial_balance"), {"branch": OTHER_BRANCH, "until": "2026-03-04"}))
    assert "不平" not in shown
    assert "请看全部网点" in shown


def test_the_first_level_sums_what_is_under_it(finance):
    post_story()
    shown = trial(finance, level="top", since="2026-03-02", until="2026-03-04")
    leaves = trial(finance, since="2026-03-02", until="2026-03-04")
    assert set(shown) == {"101", "201", "411", "合计"}
    assert (shown["101"], shown["411"]) == (leaves["10101"], leaves["41101"])


def test_accounts_that_stand_still_are_shown_when_asked_for(finance):
    post_story()
    leaves = ChartAccount.objects.filter(takes_entries=True).count()
    assert len(trial(finance, all="on", until="2026-03-04")) == leaves + 1


@pytest.mark.parametrize("query", [{"since": "2026-03-04", "until": "2026-03-02"}, {"branch": "9"}, {"until": "x"}])
def test_a_period_that_cannot_be_is_said_at_its_field(finance, query):
    for name, args in [("trial_balance", []), ("chart_entries", ["201"])]:
        answer = finance.get(reverse(f"ledger:{name}", args=args), query)
        assert answer.status_code == 200
        assert "处需要更正" in text_of(answer)
        export = finance.get(reverse(f"ledger:{name}_export", args=args), query)
        assert export.status_code == 302


def test_the_entries_of_a_chart_account_add_up_to_its_line(finance):
    lines = post_story()
    rows = rows_of(finance.get(reverse("ledger:chart_entries_export", args=["201"]), {"until": "2026-03-04"}))[1:]
    mine = [line for line in lines if line[1] == "201"]
    assert [row[0] for row in rows] == [day.isoformat() for day, *_ in mine]
    for side, column in ((Side.DEBIT, 7), (Side.CREDIT, 8)):
        shown = sum((Decimal(str(row[column] or 0)).quantize(Decimal("0.01")) for row in rows), ZERO)
        assert shown == sum((amount for *_, s, amount in mine if s == side), ZERO)


def test_a_heading_shows_the_entries_below_it(finance, paid):
    shown = text_of(finance.get(reverse("ledger:chart_entries", args=["101"])))
    assert reverse("ledger:voucher", args=[paid[1]]) in shown
    assert "2,000,100.50" in shown


def test_entries_are_narrowed_to_one_account_and_branch(finance, paid):
    address = reverse("ledger:chart_entries", args=["201"])
    by_branch = text_of(finance.get(address, {"branch": OTHER_BRANCH}))
    assert reverse("ledger:voucher", args=[paid[1]]) not in by_branch
    assert reverse("ledger:voucher", args=[paid[2]]) in by_branch
    near = Entry.objects.get(voucher=paid[1], chart="201").account_id
    by_account = text_of(finance.get(address, {"account": near}))
    assert reverse("ledger:voucher", args=[paid[1]]) in by_account
    assert reverse("ledger:voucher", args=[paid[2]]) not in by_account


def test_an_export_leaves_a_record_and_no_formula(finance, paid):
    bank, account = books.bank(), books.members(1)[0]
    with transaction.atomic():
        lines = [posting.debit(bank, Decimal(1)), posting.credit(account, Decimal(1))]
        posting.post(books.PLAIN, "why", lines, by=books.actor(), on=DAY, why="=1+1")
    rows = rows_of(finance.get(reverse("ledger:vouchers_export")))
    assert [row[4] for row in rows[1:]] == ["'=1+1", "", ""]
    assert [row[6] for row in rows[1:]] == [1, 2000000, 100.5]
    record = Record.objects.get(act="export")
    assert (record.after["table"], record.after["rows"]) == ("凭证", 3)


def test_an_export_that_is_too_long_is_refused_with_a_way_on(finance, paid, monkeypatch):
    monkeypatch.setattr("ledger.views.EXPORT_ROWS", 1)
    for name, args in [("vouchers_export", []), ("chart_entries_export", ["201"])]:
        answer = finance.get(reverse(f"ledger:{name}", args=args), follow=True)
        assert "没有导出。请缩小日期范围" in text_of(answer)
    assert not Record.objects.filter(act="export").exists()


def test_the_business_day_shows_each_step_of_the_night(finance):
    nights.finish(begin("identify"), counts={"identified": 12, "unknown": 3})
    nights.fail(begin("allocate"), error="Refusal: <b>余额</b>")
    shown = text_of(finance.get(reverse("ledger:business_day")))
    for word in ["认领 12，待查 3", " 秒", "&lt;b&gt;余额", "失败", "未开始", "1 / 9"]:
        assert word in shown, word


def begin(step, day=DAY, shard="all"):
    return nights.claim(day, step, shard, worker=nights.Worker("here:1", timedelta(minutes=1)))


def test_the_business_day_says_when_the_night_is_at_work_and_who_may_help(finance):
    days.turn(DAY)
    shown = text_of(finance.get(reverse("ledger:business_day")))
    assert "2026-03-02 正在办理日终" in shown
    assert "立即办理" not in shown
    assert "立即办理 2026-03-02 日终" in text_of(client_of(person(Post.OPERATOR)).get(reverse("ledger:business_day")))
    days.close(DAY)
    assert "正在办理日终" not in text_of(finance.get(reverse("ledger:business_day")))


def test_an_earlier_night_can_be_looked_at(finance):
    for day in (DAY, NEXT_DAY):
        nights.finish(begin("identify", day), counts={})
        close(day)
    assert BusinessDay.objects.count() == 3
    address = reverse("ledger:business_day")
    assert "2026-03-03 日终步骤" in text_of(finance.get(address))
    assert "2026-03-02 日终步骤" in text_of(finance.get(address, {"day": "2026-03-02"}))


def test_the_words_of_the_steps_are_those_of_the_night():
    assert [step.__name__ for step in dayend.STEPS] == DayStepName.values


def test_a_period_may_reach_to_the_end_of_the_calendar(finance, paid):
    query = {"since": "0001-01-01", "until": "9999-12-31"}
    assert trial(finance, **query) == trial(finance, since=str(DAY), until=str(DAY))
    entries = finance.get(reverse("ledger:chart_entries", args=["10101"]), query)
    assert "100.50" in text_of(entries)
