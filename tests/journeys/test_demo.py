"""Demonstration data: the same seed makes the same fund, its people are invented soundly, real data is left alone."""

from datetime import date

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import transaction

from accounts import rules
from accounts.models import Employer, Member
from accounts.states import CertificateType
from audit.actions import inspection
from hpf.management.demo.story import Size, Story
from ledger.models import Entry
from ledger.queries import open_day

UNTIL = date(2026, 3, 20)


def told(seed: int) -> list[tuple]:
    """What a small story leaves behind, without the numbers that sequences give; then it is undone."""
    with transaction.atomic():
        story = Story(Size(employers=3, members=14, months=2, seed=seed, until=UNTIL))
        story.begin()
        for _ in story.tell():
            pass
        people = list(Member.objects.order_by("member_accounts__number").values_list("name", "member_accounts__base"))
        entries = Entry.objects.order_by("booked_on", "voucher", "line").values_list(
            "booked_on", "chart", "side", "amount"
        )
        books = [*Employer.objects.order_by("number").values_list("name", "credit_code"), *people, *entries]
        transaction.set_rollback(True)
    return books


@pytest.mark.django_db
def test_the_same_seed_makes_the_same_books():
    first = told(5)
    assert len(first) > 100
    assert told(5) == first
    assert told(6) != first


@pytest.mark.django_db
def test_the_command_loads_a_fund_that_proves_and_refuses_to_load_another():
    call_command("demo_data", "--employers=2", "--members=9", "--months=1", "--until", UNTIL.isoformat())
    assert (Employer.objects.count(), Member.objects.count(), open_day()) == (2, 9, date(2026, 3, 21))
    for member in Member.objects.all():
        assert rules.certificate(CertificateType.RESIDENT_ID, member.id_number, on=UNTIL).number == member.id_number
    assert [finding.check.title for finding in inspection.inspect(open_day()) if not finding.holds] == []
    sign_ins = (settings.DATA_DIR / "sign-ins.txt").read_text(encoding="utf-8").splitlines()
    assert len(sign_ins) == 7
    with pytest.raises(CommandError, match="已有业务数据"):
        call_command("demo_data")


@pytest.mark.django_db
@pytest.mark.parametrize("arguments", [["--employers=0"], ["--months=0"], ["--employers=5", "--members=9"]])
def test_a_size_that_cannot_be_is_refused(arguments):
    with pytest.raises(CommandError, match="至少"):
        call_command("demo_data", *arguments)
