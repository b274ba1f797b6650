"""A long list is confirmed by the clock: pressed and made once, on behalf of who pressed, or refused with a reason."""

import os
import subprocess
import sys

import pytest
from django.db import connection, transaction
from django.urls import reverse

from access.states import Post
from accounts.models import Employer, MemberAccount
from accounts.states import EmployerStatus
from audit.models import Record
from deposits import tasks
from deposits.actions import sheets as journey
from deposits.models import Remittance, Sheet
from deposits.states import SheetStatus
from hpf.errors import NotAllowedNow
from tests.access.factories import client_of, person
from tests.accounts import factories as accounts
from tests.banking.factories import open_first_day
from tests.deposits.factories import DAY, at_once, night, paid, paying_employer
from tests.deposits.test_sheets import checked, joiner, proposed, uploaded, workbook
from tests.servers import ROOT

WORKER = """
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "hpf.settings"
import django
django.setup()
from deposits import tasks
print("taking up", flush=True)
tasks.check_sheets()
"""


@pytest.fixture
def short_patience(monkeypatch):
    """Two rows are more than anybody waits for."""
    monkeypatch.setattr(journey, "MOST_WHILE_WAITING", 1)


@pytest.fixture
def day(db, short_patience):
    return open_first_day(DAY)


def long_list(employer=None):
    employer = employer or paying_employer(1)
    return checked(employer, [*proposed(employer), joiner()])


def confirmed(sheet, by):
    assert journey.confirm(sheet, by=by, on=DAY) is None
    return sheet


def test_long_list_becomes_the_month_a_moment_later_by_who_confirmed_it(day):
    sheet, who = long_list(), person(Post.CLERK, name="周敏")
    confirmed(sheet, who)
    assert (sheet.status, Remittance.objects.count()) == (SheetStatus.CONFIRMING, 0)
    (made,) = journey.confirm_all(on=DAY)
    sheet.refresh_from_db()
    assert (sheet.status, sheet.remittance, made.headcount) == (SheetStatus.CONFIRMED, made, 2)
    assert MemberAccount.objects.filter(member__name="李新").exists()
    for act in ("open_members", "submit"):
        assert Record.objects.filter(act=act).latest("pk").by_name == "周敏"
    assert journey.confirm_all(on=DAY) == []


def test_what_is_being_confirmed_stands_still(day):
    sheet = confirmed(long_list(), night())
    with pytest.raises(journey.BeingConfirmed):
        journey.confirm(sheet, by=night(), on=DAY)
    with pytest.raises(NotAllowedNow):
        journey.discard(sheet, by=night(), on=DAY)
    with pytest.raises(journey.BeingConfirmed):
        uploaded(sheet.employer, workbook(proposed(sheet.employer)))
    assert Sheet.objects.get().status == SheetStatus.CONFIRMING


def test_list_that_cannot_stand_any_more_goes_back_with_the_reason(day):
    sheet = confirmed(long_list(), night())
    paid(sheet.employer)  # July is handed in meanwhile
    assert journey.confirm_all(on=DAY) == []
    sheet.refresh_from_db()
    assert sheet.status == SheetStatus.CHECKED and "现在应办理 2026-08" in sheet.failure
    assert not MemberAccount.objects.filter(member__name="李新").exists()
    journey.discard(sheet, by=night(), on=DAY)


def test_refused_list_can_be_confirmed_again(day):
    sheet = confirmed(long_list(), night())
    Employer.objects.update(status=EmployerStatus.SEALED)
    journey.confirm_all(on=DAY)
    Employer.objects.update(status=EmployerStatus.NORMAL)
    sheet.refresh_from_db()
    assert sheet.failure
    confirmed(sheet, night())
    assert (len(journey.confirm_all(on=DAY)), Sheet.objects.get().failure) == (1, "")


def test_page_says_that_it_is_being_confirmed_and_why_it_was_not(day):
    sheet = long_list()
    handler = client_of(accounts.handler(sheet.employer))
    address = reverse("deposits:sheet", args=[sheet.pk])
    assert handler.post(reverse("deposits:sheet_confirm", args=[sheet.pk])).url == address
    page = handler.get(address).content.decode()
    assert (
        "正在确认 2 行" in page and "hx-get" in page and "确认清册，生成缴款识别号" not in page and "作废" not in page
    )
    again = handler.post(reverse("deposits:sheet_confirm", args=[sheet.pk]), follow=True).content.decode()
    assert "正在确认，请等待办完后再操作" in again
    paid(sheet.employer)
    assert tasks.check_sheets() == {"checked": 0, "refused": 0, "confirmed": 0}
    page = handler.get(address).content.decode()
    assert (
        "确认没有办成，全部未生效：汇缴须按月连续办理：现在应办理 2026-08" in page
        and "确认清册，生成缴款识别号" in page
    )


def test_confirmed_once_however_many_take_it_up(own_database, short_patience):
    open_first_day(DAY)
    sheet = long_list()
    answers = at_once(lambda: journey.confirm(Sheet.objects.get(pk=sheet.pk), by=night(), on=DAY))
    assert answers.count(None) == 1
    made = at_once(lambda: len(journey.confirm_all(on=DAY)))
    assert sum(made) == 1 and Remittance.objects.count() == 1


def test_killed_worker_leaves_nothing_and_the_next_one_takes_the_list_up(own_database, short_patience):
    open_first_day(DAY)
    sheet = confirmed(long_list(), night())
    environment = os.environ | {"DATABASE_URL": own_database.url}
    with transaction.atomic():  # the worker gets as far as its employer's row, and no farther
        Employer.objects.select_for_update().get(pk=sheet.employer_id)
        with subprocess.Popen(
            [sys.executable, "-c", WORKER], cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        ) as worker:
            assert worker.stdout.readline() == b"taking up\n"
            waits_for_a_row()
            worker.kill()
    assert Sheet.objects.get().status == SheetStatus.CONFIRMING
    assert len(taken_up()) == 1


def waits_for_a_row():
    """Until another session waits for a row of ours."""
    waiting = "select count(*) from pg_locks where not granted and pg_backend_pid() = any(pg_blocking_pids(pid))"
    with connection.cursor() as cursor:
        for _ in range(100_000):
            cursor.execute(waiting)
            if cursor.fetchone()[0]:
                return
    raise AssertionError("nobody waits")


def taken_up():
    """What the next worker makes of it, as soon as the server has seen that the session of the dead one is gone."""
    for _ in range(10_000):
        if made := journey.confirm_all(on=DAY):
            return made
    raise AssertionError("nobody took it up")
