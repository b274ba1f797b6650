"""Slips of payments on paper: of what a bank has paid, one or many, for who may look at payments."""

import pytest
from django.urls import reverse

from access.states import Perm, Post
from audit.models import Record
from banking.actions import banks
from banking.states import PaymentStatus, ResultOutcome
from tests.access.factories import client_of, person
from tests.banking.factories import DAY, bank, night, open_first_day
from tests.banking.owing import CARD, fresh, may_owe, reported, sent
from tests.frame.printouts import pages_sent

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def books(settings):
    settings.SECURE_SSL_REDIRECT = False
    open_first_day()
    may_owe()
    banks.connect(bank(), by=night(), on=DAY)


def paid():
    payment = sent()
    reported(payment, ResultOutcome.SUCCEEDED, bank_serial=f"B-{payment.pk}")
    return fresh(payment)


def printed(user, payment):
    return client_of(user).get(reverse("banking:payment_print", args=[payment.pk]))


def test_the_slip_says_who_paid_whom_and_what_the_bank_said():
    payment = paid()
    [page] = pages_sent(printed(person(Post.FINANCE, branch_id=0), payment))
    account = payment.account
    for words in (payment.reference, payment.payee_name, account.number, payment.bank_serial, payment.remark):
        assert "".join(words.split()) in page
    assert f"付款日期{payment.succeeded_on}" in page and f"{payment.amount:,}元大写：" in page
    assert CARD not in page and CARD[-4:] in page
    shown = client_of(person(Post.FINANCE, branch_id=0)).get(reverse("banking:payment", args=[payment.pk]))
    assert reverse("banking:payment_print", args=[payment.pk]) in shown.content.decode()


@pytest.mark.parametrize("became", [None, ResultOutcome.FAILED, ResultOutcome.RETURNED])
def test_what_was_not_paid_or_came_back_has_no_slip(became):
    payment = paid() if became == ResultOutcome.RETURNED else sent()
    if became:
        reported(payment, became)
    finance = person(Post.FINANCE, branch_id=0)
    address = reverse("banking:payment_print", args=[payment.pk])
    answer = client_of(finance).get(address, follow=True).content.decode()
    assert f"{payment.reference} 没有可以打印的付款回单" in answer and address not in answer
    assert not Record.objects.filter(act="print").exists()


def test_many_slips_in_one_file_leave_out_what_was_not_paid():
    slips, waits = [paid(), paid()], sent()
    finance = client_of(person(Post.FINANCE, branch_id=0))
    shown = finance.get(reverse("banking:payments")).content.decode()
    assert shown.count('name="pick"') == 2
    picked = "&".join(f"pick={row.pk}" for row in (*slips, waits))
    pages = pages_sent(finance.get(reverse("banking:payments_print") + f"?{picked}"))
    assert [row.reference in page for row, page in zip(slips[::-1], pages, strict=True)] == [True, True]
    pages = pages_sent(finance.get(reverse("banking:payments_print"), {"all": "1", "status": PaymentStatus.SUCCEEDED}))
    assert len(pages) == 2 and all("补打" in page and "第2次打印" in page for page in pages)


@pytest.mark.parametrize("post", [Post.CLERK, Post.FINANCE, Post.AUDITOR, Post.OPERATOR])
def test_only_who_sees_payments_prints_them(post):
    payment, somebody = paid(), person(post, branch_id=0)
    assert printed(somebody, payment).status_code == (200 if somebody.has(Perm.VIEW_PAYMENTS) else 403)
    many = client_of(somebody).get(reverse("banking:payments_print"), {"all": "1"})
    assert many.status_code == (200 if somebody.has(Perm.VIEW_PAYMENTS) else 403)


def test_another_office_does_not_print_it():
    payment = paid()
    other = person(Post.FINANCE, branch_id=2 if payment.branch_id != 2 else 3)
    assert printed(other, payment).status_code == 404
