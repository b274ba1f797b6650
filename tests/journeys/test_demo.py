"""Demonstration data: the same seed makes the same fund, its people are invented soundly, real data is left alone."""

import json
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import F

from accounts import rules
from accounts.models import Employer, Freeze, Member, MemberAccount, Spouse
from accounts.states import CertificateType, FreezeStatus, MemberAccountStatus
from approvals.models import Case, Deputy
from approvals.states import CaseStatus
from audit.actions import inspection
from audit.models import Record
from banking.models import Payment, Receipt
from banking.states import PaymentStatus
from deposits.models import Refund, Remittance
from deposits.states import RefundStatus, RemittanceStatus
from hpf.management.demo.progress import Progress
from hpf.management.demo.story import Size, Story
from ledger.models import Entry, Voucher
from ledger.queries import open_day
from withdrawals.models import Withdrawal
from withdrawals.states import WithdrawalStatus

UNTIL = date(2026, 3, 20)


def told(seed: int) -> list[tuple]:
    """What a small story leaves behind, without the numbers that sequences give; then it is undone."""
    with transaction.atomic():
        story = Story(Size(employers=3, members=24, months=2, seed=seed, until=date(2026, 3, 5)))
        story.begin()
        for _ in story.tell():
            pass
        accounts = MemberAccount.objects.order_by("number")
        people = list(accounts.values_list("member__name", "base", "status", "first_month"))
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
def test_the_command_loads_a_fund_that_proves_and_refuses_to_load_another(capsys):
    call_command("demo_data", "--employers=2", "--members=9", "--months=1", "--until", UNTIL.isoformat())
    assert (Employer.objects.count(), Member.objects.count(), open_day()) == (2, 9, date(2026, 3, 21))
    for member in Member.objects.all():
        assert rules.certificate(CertificateType.RESIDENT_ID, member.id_number, on=UNTIL).number == member.id_number
    assert [finding.check.title for finding in inspection.inspect(open_day()) if not finding.holds] == []
    sign_ins = (settings.DATA_DIR / "sign-ins.txt").read_text(encoding="utf-8").splitlines()
    assert len(sign_ins) == 8
    known = json.loads((settings.DATA_DIR / "simulator" / "shared-data.json").read_text(encoding="utf-8"))
    assert list(known.values()).count({"homes": 1}) == 3
    assert set(known) <= {member.id_number for member in Member.objects.all()}
    assert "2026-03（第 1/1 个月）已结账" in capsys.readouterr().out
    with pytest.raises(CommandError, match="已有业务数据"):
        call_command("demo_data")


def test_the_story_has_everything_a_fund_has(own_database):
    """Over a settlement: arrears, money nobody knows and money left over, people who joined, left, moved, withdrew."""
    size = Size(employers=40, members=400, months=4, seed=4, until=date(2026, 7, 27))
    story = Story(size)
    story.begin()
    for _ in story.tell():
        pass
    assert (Employer.objects.count(), Member.objects.count()) == (40, 400)
    last, before = str(size.last_month), str(size.last_month.plus(-1))
    first = story.payers[0]
    assert Employer.objects.get(pk=first.employer.pk).paid_to == before  # its last month is left to its handler
    assert not Remittance.objects.filter(employer=first.employer.pk, month=last).exists()
    in_arrears = [payer.employer.pk for payer in story.payers[1:] if payer.last_month < size.last_month]
    assert len(in_arrears) == 3
    assert not Employer.objects.filter(pk__in=in_arrears, paid_to=last).exists()
    assert Employer.objects.filter(paid_to=last).count() >= 30
    assert not Remittance.objects.filter(status=RemittanceStatus.SUBMITTED, month__lt=before).exists()
    left = MemberAccount.objects.exclude(status=MemberAccountStatus.NORMAL).count()  # sealed, or closed since
    assert 20 <= left <= 44
    assert MemberAccount.objects.filter(first_month__gt=str(size.first_month)).count() >= 28
    assert Record.objects.filter(act="take_in_members").exists()
    assert Employer.objects.filter(unallocated__balance__gt=0).exists()
    assert Receipt.objects.filter(unclaimed=F("amount")).exists()
    assert Voucher.objects.filter(kind="deposits.interest_settlement").count() >= 1
    money_has_gone_out()
    assert [finding.check.title for finding in inspection.inspect(open_day()) if not finding.holds] == []


def money_has_gone_out() -> None:
    """Every category, every way an application ends, and what is still under way for whoever signs in."""
    seen = set(Withdrawal.objects.order_by().values_list("category", "status"))
    assert {category for category, status in seen if status == WithdrawalStatus.PAID} >= {"RENT", "RETIREMENT"}
    assert {status for _category, status in seen} == set(WithdrawalStatus)
    payments = Counter(Payment.objects.order_by().values_list("status", flat=True))
    left_out = {PaymentStatus.CREATED, PaymentStatus.ACCEPTED}  # nobody has saved so much; no bank stops half way
    assert set(payments) == set(PaymentStatus) - left_out
    nameless, twice = Refund.objects.get(employer=None), Refund.objects.get(employer__isnull=False)
    assert (nameless.status, nameless.case.step, twice.status) == (RefundStatus.SUBMITTED, 1, RefundStatus.PAID)
    assert list(Freeze.objects.order_by("pk").values_list("status", "amount")) == [
        (FreezeStatus.ACTIVE, Decimal("3000.00")), (FreezeStatus.ACTIVE, None),
        (FreezeStatus.PENDING, Decimal("5000.00")),
    ]  # fmt: skip
    assert (Spouse.objects.count(), Deputy.objects.count()) == (1, 1)
    waiting = Case.objects.filter(status=CaseStatus.OPEN)
    assert waiting.filter(due_on__lt=open_day()).exists()
    assert Counter(waiting.values_list("business", flat=True)) >= Counter(["退款", "撤销提取", "个人账户冻结"])


@pytest.mark.django_db
@pytest.mark.parametrize("arguments", [["--employers=0"], ["--months=0"], ["--employers=5", "--members=9"]])
def test_a_size_that_cannot_be_is_refused(arguments):
    with pytest.raises(CommandError, match="至少"):
        call_command("demo_data", *arguments)


def test_progress_says_how_far_how_fast_and_until_when():
    """Two months of two: a hundred lists in fifty seconds, and as long again to go."""
    clock = iter(datetime(2026, 8, 28, 9, tzinfo=UTC) + timedelta(seconds=second) for second in (0, 60, 110, 160))
    said: list[str] = []
    size = Size(employers=20, members=90, months=2, seed=1, until=date(2026, 8, 27))
    progress = Progress(size, said.append, lambda: next(clock))
    for employers in range(1, 21):
        progress.opened(employers)
    for day, lists in ((date(2026, 7, 30), 90), (date(2026, 7, 31), 100), (date(2026, 8, 27), 150)):
        progress.closed(day, lists)
    assert said[0] == "开户：单位 2/20 个"
    assert said[9:] == [
        "单位 20 个、职工 90 人已开户，开始逐月办理",
        "2026-07（第 1/2 个月）已结账：清册 100 份，每秒 2 份，预计 09:02 完成",
        "2026-08（第 2/2 个月）已结账：清册 50 份，每秒 1 份，预计 09:02 完成",
    ]
