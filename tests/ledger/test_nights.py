"""The night in shards: one holder at a time, a fence for who comes late, an end for what fails again and again."""

from datetime import date, timedelta

import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.test import override_settings
from django.urls import reverse

from access.states import Post
from audit.actions import inspection
from audit.models import Record
from hpf import dayend
from ledger import queries
from ledger.actions import days, nights, posting
from ledger.actions.nights import Pressed, Worker
from ledger.models import BusinessDay, NightOrder, StepShard, Voucher
from ledger.rules import progress
from tests.access.factories import client_of, person
from tests.ledger.books import DAY, NEXT_DAY, PLAIN, actor, as_owner, bank, members, open_books, pay_in, run, yuan

pytestmark = pytest.mark.django_db

ONE, OTHER = Worker("here:1", timedelta(minutes=1)), Worker("there:2", timedelta(minutes=1))
BY_HAND = Worker("here:3", timedelta(minutes=1), by_hand=True)


@pytest.fixture(autouse=True)
def books():
    open_books()


def claim(worker=ONE, shard="all", step="settle"):
    return nights.claim(DAY, step, shard, worker=worker)


def later(**moments: str) -> None:
    """Time passes for every shard: as the owner, since nobody else moves the database's clock."""
    with as_owner():
        for field, interval in moments.items():
            run(f"update ledger_stepshard set {field} = clock_timestamp() - interval '{interval}'")


def test_a_shard_has_one_holder_at_a_time():
    assert claim().token == 1
    assert claim(OTHER) is None
    assert claim(BY_HAND) is None, "a person does not take work from a worker that lives"
    later(leased_until="1 second")
    assert claim(OTHER).token == 2


def test_what_is_done_is_done_once():
    nights.finish(claim(), counts={"accounts": 3})
    assert claim(BY_HAND) is None
    with pytest.raises(DatabaseError, match="done once"):
        run("update ledger_stepshard set done = 4")
    with pytest.raises(DatabaseError, match="permission denied"):
        run("delete from ledger_stepshard")


def test_a_lease_is_renewed_by_its_holder_alone():
    first = claim()
    later(leased_until="1 second")
    second = claim(OTHER)
    assert (nights.renew(first, lease=ONE.lease), nights.renew(second, lease=ONE.lease)) == (False, True)


def test_what_an_overtaken_worker_wrote_goes_with_its_refusal():
    """Its writes and its record are one transaction: the voucher it posted is not there."""
    member, money, late = members(1)[0], bank(), claim()
    later(leased_until="1 second")
    nights.finish(claim(OTHER), counts={})
    with pytest.raises(nights.Fenced, match="已由其他执行者接手"), transaction.atomic():
        lines = [posting.debit(money, yuan(10)), posting.credit(member, yuan(10))]
        posting.post(PLAIN, "late", lines, by=actor(), on=DAY)
        assert Voucher.objects.filter(source="late").exists()
        nights.finish(late, counts={})
    assert not Voucher.objects.filter(source="late").exists()
    nights.fail(late, error="too late")
    assert StepShard.objects.get().status == "DONE"


def test_a_step_is_cut_once():
    assert nights.plan(DAY, "settle", {"01": 5, "02": 7}) == ["01", "02"]
    assert nights.plan(DAY, "settle", {"01": 5, "03": 1}) == ["01", "02"]
    assert claim(shard="02").token == 1


def test_what_fails_is_tried_again_more_and_more_slowly_and_then_waits_for_a_person():
    for attempt in range(1, nights.TRIES):
        nights.fail(claim(), error="no rate")
        assert claim() is None, "not at once"
        later(ended_at=f"{attempt} minutes 1 second")
    nights.fail(claim(), error="no rate")
    later(ended_at="1 day")
    assert claim() is None
    assert queries.unfinished_shards(DAY).get().retriable
    assert claim(BY_HAND).token == nights.TRIES + 1


def test_a_person_sends_back_what_failed_and_nothing_else():
    shard = StepShard.objects.get(step=claim().step)
    with pytest.raises(nights.NothingToRetry):
        nights.retry(shard, by=actor(), on=DAY)
    nights.fail(nights.Claim(DAY, "settle", "all", 1), error="no rate")
    shard.refresh_from_db()
    nights.retry(shard, by=actor(), on=DAY)
    assert claim().token == 2
    moves = Record.objects.filter(act="move", subject_kind="ledger.stepshard")
    assert [(record.before["status"], record.after["status"]) for record in moves] == [("FAILED", "WAITING")]


def test_a_day_is_not_closed_while_a_shard_is_left():
    days.turn(DAY)
    nights.fail(claim(), error="no rate")
    with pytest.raises(DatabaseError, match="is not done"):
        days.close(DAY)
    nights.finish(claim(BY_HAND), counts={})
    assert days.close(DAY) == 0
    assert BusinessDay.objects.get(pk=DAY).status == "CLOSED"


def test_one_poisoned_receipt_stops_neither_its_neighbours_nor_the_lists(monkeypatch):
    """The list says which and why; the day stays open, and goes on when it is mended."""
    done = []

    def poisoned(*, by, on):
        mistake = ValueError("bad\nsecret detail")
        mistake.add_note("到账 17")
        raise ExceptionGroup("identify_all", [mistake])

    monkeypatch.setattr(dayend.receipts, "identify_all", poisoned)
    monkeypatch.setattr(dayend.remittances, "allocate_covered", lambda *, by, on: done.append(on) or {"allocated": 1})
    with override_settings(DEMO=True), pytest.raises(ExceptionGroup):
        list(dayend.run(DAY))
    assert done == [DAY]
    failed = StepShard.objects.get(step="identify")
    assert (failed.status, failed.error) == ("FAILED", "到账 17：ValueError: bad")
    assert BusinessDay.objects.get(pk=DAY).status == "OPEN"
    monkeypatch.undo()
    with override_settings(DEMO=True):
        done_now = [step for step, _ in dayend.run(DAY)]
    assert done_now == ["identify", "turn", "accrue", "settle", "admit", "prove", "close"]


def test_savings_move_as_soon_as_their_interest_is_settled():
    """The proof of the day before may take its time: whoever saves, or needs his savings, does not wait for it."""
    member, money = members(1)[0], bank()
    days.turn(DAY)
    nights.finish(claim(step="accrue"), counts={})
    settling = claim(step="settle")
    with pytest.raises(DatabaseError, match="is not settled"), transaction.atomic():
        days.admit_savings(DAY)
    with pytest.raises(posting.YearTurning):
        pay_in(1, money, member, 10, on=NEXT_DAY)
    nights.finish(settling, counts={})
    assert days.admit_savings(DAY) == 1
    pay_in(2, money, member, 10, on=NEXT_DAY)
    assert BusinessDay.objects.get(pk=DAY).status == "CLOSING"
    assert days.admit_savings(DAY) == 0


def test_the_record_holds_the_digest_of_what_was_posted():
    member, money = members(1)[0], bank()
    held = nights.claim(DAY, "settle", "01", worker=ONE, posts=PLAIN)
    lines = [posting.debit(money, yuan(10)), posting.credit(member, yuan(10))]
    voucher = posting.post(PLAIN, f"{DAY}:01", lines, by=actor(), on=DAY)
    posting.post(PLAIN, f"{DAY}:011", lines, by=actor(), on=DAY)
    nights.finish(held, counts={"accounts": 1})
    ((expected,),) = run("select encode(sha256(leaf), 'hex') from ledger_voucher where id = %s", voucher)
    assert StepShard.objects.get().checksum == expected
    assert [f.check.title for f in inspection.inspect(DAY) if not f.holds] == []


def press(day=DAY, last=DAY):
    return nights.order(day, last=last, by=actor(), on=DAY)


def test_pressing_five_times_orders_once_and_every_press_leaves_a_trail():
    assert [press() for _ in range(5)] == [Pressed.ORDERED, *[Pressed.AT_WORK] * 4]
    assert NightOrder.objects.count() == 1
    assert list(Record.objects.filter(act="order_night").order_by("pk").values_list("after__result", flat=True)) == [
        "ORDERED", *["AT_WORK"] * 4,
    ]  # fmt: skip


def test_a_closed_day_is_not_run_again_and_a_later_one_waits_its_turn():
    days.turn(DAY)
    with pytest.raises(nights.NotTheNext, match="2026-03-02"):
        press(NEXT_DAY, NEXT_DAY)
    days.close(DAY)
    assert press() is Pressed.CLOSED
    with pytest.raises(nights.NotEnded, match="2026-03-03 尚未结束"):
        press(NEXT_DAY, DAY)
    with pytest.raises(nights.NotTheNext):
        press(date(2026, 3, 9), date(2026, 3, 9))


def test_an_order_sends_back_what_failed():
    nights.fail(claim(step="identify"), error="no rate")
    assert press() is Pressed.ORDERED
    assert claim(step="identify").token == 2
    assert press() is Pressed.AT_WORK


@override_settings(DEMO=True)
def test_in_a_demonstration_an_order_is_carried_out_ahead_of_the_calendar():
    with time_machine.travel(f"{DAY}T10:00:00+08:00"):
        assert dayend.close_days() == []
        press()
        assert dayend.close_days() == [DAY.isoformat()]
        assert dayend.due() is None


def test_the_banner_says_what_is_at_work():
    assert queries.batch_now() is None
    nights.finish(claim(step="identify"), counts={})
    assert queries.batch_now() is None, "nothing is at work between two steps of an open day"
    claim(step="allocate")
    assert queries.batch_now() == (DAY, "allocate", 1, 9, False, True)
    nights.fail(nights.Claim(DAY, "allocate", "all", 1), error="no rate")
    assert queries.batch_now() == (DAY, "allocate", 1, 9, True, False)


def test_progress_foretells_the_end_from_the_pace_so_far():
    assert progress(30, 120, timedelta(seconds=10)) == (progress(30, 120, timedelta(seconds=10)))
    half = progress(30, 120, timedelta(seconds=10))
    assert (str(half.rate), half.left) == ("3.0", timedelta(seconds=30))
    assert progress(0, 120, timedelta(seconds=10)).left is None
    assert progress(120, 120, timedelta(seconds=10)).left is None


@pytest.fixture
def operator():
    return client_of(person(Post.OPERATOR))


def shown(client, name, *args, **query) -> str:
    return client.get(reverse(f"ledger:{name}", args=args), query).content.decode()


def test_the_job_centre_shows_shards_with_progress_holder_reason_and_retry(operator):
    assert "还没有办理过日终" in shown(operator, "jobs")
    nights.plan(DAY, "settle", {"01": 60, "02": 40})
    nights.finish(claim(shard="01"), counts={"accounts": 60})
    nights.fail(claim(OTHER, shard="02"), error="RateChanged: <b>利率</b>")
    page = shown(operator, "jobs")
    for word in ["60 / 100", "网点 02", "there:2", "RateChanged: &lt;b&gt;利率", "停在", "重试", "有失败"]:
        assert word in page, word
    finance = shown(client_of(person(Post.FINANCE)), "jobs")
    assert "网点 02" in finance and "/retry/" not in finance


def test_work_that_takes_long_is_amber_and_a_lost_worker_red(operator):
    claim()
    later(started_at="6 minutes")
    assert "超过 5 分钟未完成" in shown(operator, "jobs")
    later(leased_until="1 second")
    assert "执行者失联" in shown(operator, "jobs")


@override_settings(DEMO=False)
def test_the_button_orders_the_night_once_after_a_confirmation(operator):
    assert "确认办理 2026-03-02 日终" in shown(operator, "night_order")
    for told in ("已下达 2026-03-02 日终指令", "本次未重复下达"):
        answer = operator.post(reverse("ledger:night_order"), {"day": "2026-03-02"}, follow=True)
        assert told in answer.content.decode()
    assert NightOrder.objects.get().by.post == Post.OPERATOR
    stale = operator.post(reverse("ledger:night_order"), {"day": "2026-03-09"})
    assert "当前待日终的会计日是 2026-03-02" in stale.content.decode()
    assert client_of(person(Post.FINANCE)).post(reverse("ledger:night_order")).status_code == 403


@override_settings(DEMO=False)
def test_the_button_is_disabled_with_the_reason(operator):
    with as_owner():
        run("update ledger_businessday set status = 'CLOSING'")
        run("update ledger_businessday set status = 'CLOSED'")
        run("insert into ledger_businessday (day, status, interest_ready) values ('2199-01-01', 'OPEN', true)")
    for page in ("jobs", "night_order", "business_day"):
        assert "2199-01-01 尚未结束" in shown(operator, page), page
    answer = operator.post(reverse("ledger:night_order"), {"day": "2199-01-01"})
    assert "2199-01-01 尚未结束" in answer.content.decode() and not NightOrder.objects.exists()


def test_a_retry_asks_once_more_and_goes_back_to_the_night(operator):
    nights.fail(claim(), error="no rate")
    pk = StepShard.objects.get().pk
    assert "确认重试" in shown(operator, "shard_retry", pk)
    answer = operator.post(reverse("ledger:shard_retry", args=[pk]), {"confirmed": "1"}, follow=True)
    assert "已重新排入" in answer.content.decode()
    assert StepShard.objects.get().status == "WAITING"
    again = operator.post(reverse("ledger:shard_retry", args=[pk]), {"confirmed": "1"})
    assert "无需重试" in again.content.decode()
    assert "不需要重试" in shown(operator, "shard_retry", pk)
