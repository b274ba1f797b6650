"""Counting printouts: the first is the original, whoever prints; a printing that failed was none."""

import threading

import pytest
from django.db import connections

from access.models import Branch
from access.queries import night_user
from audit.actions import prints
from audit.models import Record
from tests.ledger.books import DAY

VOUCHER, RECEIPT = "记账凭证", "汇缴回单"


def printed(subject: Branch, printout: str = VOUCHER) -> int:
    with prints.counted(printout, [subject], by=night_user(), on=DAY) as [times]:
        return times


@pytest.fixture
def office() -> Branch:
    return Branch.objects.get(code="01")


@pytest.mark.django_db
def test_printings_are_counted_by_printout_and_subject(office):
    other = Branch.objects.get(code="02")
    assert [printed(office), printed(office), printed(other), printed(office, RECEIPT), printed(office)] == [
        1,
        2,
        1,
        1,
        3,
    ]


@pytest.mark.django_db
def test_each_printing_is_recorded_with_its_number(office):
    printed(office), printed(office)
    records = Record.objects.filter(act="print", subject_kind="access.branch").order_by("id")
    assert [record.after for record in records] == [{"printout": VOUCHER, "times": n} for n in (1, 2)]
    assert {(record.by_name, record.on) for record in records} == {(night_user().name, DAY)}


@pytest.mark.django_db
def test_a_printing_that_failed_is_not_counted(office):
    with pytest.raises(RuntimeError), prints.counted(VOUCHER, [office], by=night_user(), on=DAY):
        raise RuntimeError("no paper")
    assert printed(office) == 1


def test_of_many_who_print_at_once_one_has_the_original(own_database):
    office, start, counts = Branch.objects.get(code="01"), threading.Barrier(6), []

    def one() -> None:
        start.wait()
        counts.append(printed(office))
        connections.close_all()

    threads = [threading.Thread(target=one) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(counts) == [1, 2, 3, 4, 5, 6]
