"""Printing as an act: counted, recorded, and on the paper the person last chose for such a printout."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection, transaction

from access.actions import printing
from access.models import Branch, User
from access.states import Post
from audit.models import Record
from hpf.printing.papers import PaperNotOffered
from tests.access.factories import DAY, client_of, person
from tests.frame import printouts
from tests.frame.printouts import pages_of

pytestmark = pytest.mark.django_db
AT = datetime(2026, 7, 1, 1, 30, tzinfo=UTC)


def printed(user, *told, paper=""):
    return printing.print_out(list(told), paper=paper, by=user, at=AT, on=DAY)


def offices(count):
    return list(Branch.objects.order_by("code")[:count])


def test_each_copy_is_counted_by_itself_in_one_go(django_assert_max_num_queries):
    user, (one, two, three) = person(), offices(3)
    printed(user, (printouts.receipt(number="2"), two))
    with django_assert_max_num_queries(7):  # a savepoint and its end twice, one lock, one count, one record of all
        made = printed(user, *[(printouts.receipt(number=str(office.pk)), office) for office in (one, two, three)])
    assert ["补打" in page for page in pages_of(made)] == [False, True, False]
    assert ["第2次打印" in page for page in pages_of(made)] == [False, True, False]
    records = Record.objects.filter(act="print").order_by("id").values_list("subject_id", "after__times")
    assert list(records) == [(str(two.pk), 1), (str(one.pk), 1), (str(two.pk), 2), (str(three.pk), 1)]


def test_the_paper_is_remembered_for_its_form_alone_and_told_once():
    user, [office] = person(), offices(1)
    printed(user, (printouts.receipt(), office), paper="NEEDLE")
    kept = User.objects.get(pk=user.pk)
    assert kept.papers == {"remittance_receipt": "NEEDLE"}
    printed(kept, (printouts.receipt(), office), paper="NEEDLE")
    printed(kept, (printouts.payment(), office))
    assert User.objects.get(pk=user.pk).papers == {"remittance_receipt": "NEEDLE"}
    told = Record.objects.get(act="choose_paper")
    assert told.after["printout"] == "住房公积金汇缴回单" and "针式" in told.after["paper"]
    printed(kept, (printouts.payment(), office), paper="A4")
    assert User.objects.get(pk=user.pk).papers == {"remittance_receipt": "NEEDLE", "payment_slip": "A4"}


def test_what_is_refused_or_fails_is_neither_counted_nor_remembered(monkeypatch):
    user, [office] = person(), offices(1)
    with pytest.raises(PaperNotOffered):
        printed(user, (printouts.decision(), office), paper="NEEDLE")
    monkeypatch.setattr(printing, "render", lambda *given: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        printed(user, (printouts.receipt(), office), paper="NEEDLE")
    assert not Record.objects.filter(act__in=["print", "choose_paper"]).exists()
    assert User.objects.get(pk=user.pk).papers == {}


@pytest.mark.parametrize("broken", ['["A4"]', '{"ledger_voucher": 4}', '{"ledger_voucher": "%s"}' % ("A" * 1000)])
def test_the_database_keeps_papers_sound(broken):
    wrong = pytest.raises(IntegrityError, match="access_user_papers_sound")
    with wrong, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("update access_user set papers = %s::jsonb where id = %s", [broken, person().pk])


@pytest.mark.parametrize("post", [Post.CLERK, Post.MEMBER, Post.HANDLER])
def test_everybody_reads_how_to_set_a_printer(post, settings):
    settings.SECURE_SSL_REDIRECT = False
    user = person(post, papers={"withdrawal_receipt": "NEEDLE"})
    page = client_of(user).get("/printing/").content.decode()
    for words in ("24.13 厘米", "13.97 厘米", "实际大小", "补打", "200"):
        assert words in page
    assert page.count("<td>住房公积金提取受理回执</td>") == 1
    row = page.partition("<td>住房公积金提取受理回执</td>")[2].partition("</tr>")[0]
    assert row.partition("</td>")[0] == "<td>针式打印纸（241×140 毫米，二等分）"
