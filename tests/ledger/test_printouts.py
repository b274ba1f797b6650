"""The voucher on paper: as the page shows it, counted, and for those only who may look at it."""

from decimal import Decimal

import pytest
from django.urls import reverse

from access.states import Perm, Post
from audit.models import Record
from ledger import queries
from ledger.actions import posting
from ledger.models import Entry, Voucher
from tests.access.factories import client_of, person
from tests.frame.printouts import pages_sent
from tests.ledger import books

pytestmark = pytest.mark.django_db


@pytest.fixture
def voucher(settings) -> Voucher:
    settings.SECURE_SSL_REDIRECT = False
    books.open_books()
    return Voucher.objects.get(pk=books.pay_in("1", books.bank(), books.members(1)[0], "1409.50"))


def printed(client, voucher):
    return client.get(reverse("ledger:voucher_print", args=[voucher.pk]))


@pytest.mark.parametrize("post", [post for post in Post if post not in (Post.BANK, Post.NIGHT)])
def test_only_who_sees_vouchers_prints_them(post, voucher):
    somebody = person(post)
    answer = printed(client_of(somebody), voucher)
    assert answer.status_code == (200 if somebody.has(Perm.VIEW_VOUCHERS) else 403)
    assert Record.objects.filter(act="print").exists() is somebody.has(Perm.VIEW_VOUCHERS)


def test_the_voucher_is_on_paper_in_figures_and_in_words(voucher):
    finance = person(Post.FINANCE, name="刘𠮷")
    answer = printed(client_of(finance), voucher)
    assert answer["Content-Disposition"].startswith("attachment")
    [page] = pages_sent(answer)
    for words in ("记账凭证", f"编号{voucher.pk}", "壹仟肆佰零玖元伍角整", "合计1,409.501,409.50", str(books.DAY)):
        assert words in page
    for entry in queries.entries_of(voucher):
        assert f"{entry.chart_id}{entry.chart.name}{entry.account_id}" in page
    assert "刘𠮷第1次打印" in page and "补打" not in page


def test_the_second_printing_says_so_whoever_prints(voucher):
    assert "补打" not in pages_sent(printed(client_of(person(Post.FINANCE)), voucher))[0]
    [page] = pages_sent(printed(client_of(person(Post.AUDITOR)), voucher))
    assert "第2次打印" in page and "补打" in page


def test_a_voucher_with_many_lines_is_printed_as_sums(voucher, monkeypatch):
    monkeypatch.setattr("ledger.queries.printouts.MOST_LINES", 1)
    said = queries.voucher_printouts([voucher])[0]
    assert [(line.debit, line.credit) for line in said.lines] == [
        (Decimal("1409.50"), None),
        (None, Decimal("1409.50")),
    ]
    assert [line.account for line in said.lines] == ["1 条分录", "1 条分录"]
    codes = Entry.objects.filter(voucher=voucher).order_by("-side").values_list("chart_id", flat=True)
    assert [line.chart.split()[0] for line in said.lines] == list(codes)
    [page] = pages_sent(printed(client_of(person(Post.FINANCE)), voucher))
    assert "本凭证共2条分录，按科目和网点汇总打印" in page


def test_sums_are_of_all_lines_of_a_chart_account(monkeypatch):
    books.open_books()
    lines = [posting.debit(books.bank(), Decimal("0.30"))]
    lines += [posting.credit(member, Decimal("0.10")) for member in books.members(3)]
    made = posting.post(books.PLAIN, "9", lines, by=books.actor(), on=books.DAY)
    monkeypatch.setattr("ledger.queries.printouts.MOST_LINES", 3)
    said = queries.voucher_printouts([Voucher.objects.get(pk=made)])[0]
    assert [(line.account, line.credit) for line in said.lines if line.credit] == [("3 条分录", Decimal("0.30"))]


def test_the_page_of_the_voucher_leads_to_its_printout(voucher):
    page = client_of(person(Post.FINANCE)).get(reverse("ledger:voucher", args=[voucher.pk])).content.decode()
    assert reverse("ledger:voucher_print", args=[voucher.pk]) in page


def test_many_vouchers_come_in_one_file_with_few_questions(voucher, django_assert_max_num_queries):
    member = books.members(1)[0]
    made = [books.pay_in(str(number), books.bank(), member, f"{number}.00") for number in range(2, 7)]
    vouchers = list(Voucher.objects.select_related("kind", "by").filter(pk__in=[voucher.pk, *made]).order_by("pk"))
    with django_assert_max_num_queries(6):  # the lines, what they belong to
        told = queries.voucher_printouts(vouchers)
    assert [one.number for one in told] == [str(row.pk) for row in vouchers]
    assert [one.credit for one in told] == [Decimal("1409.50"), *[Decimal(number) for number in range(2, 7)]]
    assert [one.debit for one in told] == [row.total for row in vouchers]
    client = client_of(person(Post.FINANCE))
    pages = pages_sent(client.get(reverse("ledger:vouchers_print"), {"all": "1", "since": str(books.DAY)}))
    assert sorted(page.partition("编号")[2][: len(str(voucher.pk))] for page in pages) == sorted(
        str(row.pk) for row in vouchers
    )
    assert Record.objects.filter(act="print").count() == 6


def test_vouchers_with_too_many_lines_together_are_refused(voucher, monkeypatch):
    other = books.pay_in("2", books.bank(), books.members(1)[0], "1.00")
    monkeypatch.setattr("ledger.queries.printouts.MOST_LINES_TOGETHER", 3)
    address = reverse("ledger:vouchers_print") + f"?pick={voucher.pk}&pick={other}&since={books.DAY}"
    answer = client_of(person(Post.FINANCE)).get(address, follow=True)
    assert "所选凭证共有 4 条分录，一次最多打印 3 条" in answer.content.decode()
    assert not Record.objects.filter(act="print").exists()
