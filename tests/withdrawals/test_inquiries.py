"""Shared data 数据共享查询: asked with purpose and consent, kept as answered; a platform that is down answers too."""

import json
import threading
from contextlib import contextmanager
from dataclasses import replace

import pytest
from django.db import DatabaseError, transaction

from audit.models import Record
from hpf.management.commands.shared_data_simulator import Register, server
from tests.withdrawals.factories import ON, married, night, rent, saver, submitted
from withdrawals import queries
from withdrawals.actions import inquiries
from withdrawals.actions.inquiries import Asking
from withdrawals.gateways import Person, shared_data
from withdrawals.gateways.shared_data import Nobody, Platform
from withdrawals.models import Inquiry
from withdrawals.states import Consent, InquiryKind, InquiryOutcome, WithdrawalStatus

ASKING = Asking([InquiryKind.PROPERTY, InquiryKind.RETIREMENT], "办理租房提取", Consent.SIGNED, ON)
SOMEBODY = Person("李建国", "511002198001010011")


@contextmanager
def platform(tmp_path, records=None):
    """The simulator over real HTTP, with what it knows."""
    path = tmp_path / "shared-data.json"
    path.write_text(json.dumps(records or {}), encoding="utf-8")
    running = server(Register(path), 0)
    thread = threading.Thread(target=running.serve_forever, daemon=True)
    thread.start()
    try:
        yield Platform(f"http://127.0.0.1:{running.server_port}", 5)
    finally:
        running.shutdown()
        running.server_close()


@pytest.mark.parametrize(
    ("known", "kind", "outcome", "text"),
    [
        ({}, InquiryKind.PROPERTY, InquiryOutcome.NONE, ""),
        ({"homes": 0}, InquiryKind.PROPERTY, InquiryOutcome.NONE, ""),
        ({"homes": 2}, InquiryKind.PROPERTY, InquiryOutcome.FOUND, "2"),
        ({"homes": "两套"}, InquiryKind.PROPERTY, InquiryOutcome.DOWN, ""),
        ({}, InquiryKind.RETIREMENT, InquiryOutcome.NONE, ""),
        ({"retired_on": "2026-06-30"}, InquiryKind.RETIREMENT, InquiryOutcome.FOUND, "2026-06-30"),
        ({"retired_on": "六月"}, InquiryKind.RETIREMENT, InquiryOutcome.DOWN, ""),
    ],
)
def test_what_the_platform_answers(tmp_path, known, kind, outcome, text):
    with platform(tmp_path, {SOMEBODY.id_number: known}) as asked:
        answer = asked.ask(kind, SOMEBODY, "办理提取")
    assert (answer.outcome, answer.text, answer.source) == (outcome, text, "127.0.0.1")


def test_a_platform_that_does_not_answer_is_down(tmp_path):
    with platform(tmp_path) as asked:
        pass
    assert asked.ask(InquiryKind.PROPERTY, SOMEBODY, "办理提取").outcome == InquiryOutcome.DOWN
    assert Platform("not an address", 1).ask(InquiryKind.PROPERTY, SOMEBODY, "x").outcome == InquiryOutcome.DOWN


def test_without_a_platform_everything_is_done_by_papers(settings):
    settings.SHARED_DATA_URL = ""
    assert isinstance(shared_data(), Nobody)
    settings.SHARED_DATA_URL = "http://127.0.0.1:1/"
    assert isinstance(shared_data(), Platform)


def test_answers_are_kept_sealed_with_purpose_and_consent(own_database, tmp_path):
    account = saver()
    with platform(tmp_path, {account.member.id_number: {"homes": 1}}) as asked:
        homes, retired = inquiries.ask(account.member, ASKING, asked, by=night(), on=ON)
    assert (homes.outcome, homes.answer, retired.outcome) == (InquiryOutcome.FOUND, "1", InquiryOutcome.NONE)
    assert (homes.purpose, homes.consent, homes.asked_on) == ("办理租房提取", Consent.SIGNED, ON)
    assert Inquiry.objects.get(pk=homes.pk).answer_sealed not in ("", "1")
    assert account.member.id_number not in str(list(Record.objects.values_list("after", "why", "before")))
    person = bytes(account.member.id_index)
    assert queries.latest_answer(person, InquiryKind.PROPERTY, on=ON) == homes


def test_homes_are_asked_of_both_spouses(own_database, tmp_path):
    husband, wife = saver(), saver()
    married(wife, husband)
    with platform(tmp_path, {wife.member.id_number: {"homes": 1}}) as asked:
        rows = inquiries.ask(husband.member, ASKING, asked, by=night(), on=ON)
    assert [(row.kind, row.outcome) for row in rows] == [
        (InquiryKind.PROPERTY, InquiryOutcome.NONE),
        (InquiryKind.PROPERTY, InquiryOutcome.FOUND),
        (InquiryKind.RETIREMENT, InquiryOutcome.NONE),
    ]
    assert bytes(rows[1].person_index) == bytes(wife.member.id_index)


def test_by_data_a_rent_is_decided_at_once(own_database, tmp_path):
    account = saver("9000.00")
    with platform(tmp_path) as asked:
        inquiries.ask(account.member, ASKING, asked, by=night(), on=ON)
    assert submitted(account, rent(), "100.00").status == WithdrawalStatus.APPROVED


def test_nothing_is_asked_without_purpose_or_consent(own_database, tmp_path):
    member = saver().member
    with platform(tmp_path) as asked:
        for wrong, refusal in [
            (replace(ASKING, purpose=" "), inquiries.PurposeNeeded),
            (replace(ASKING, consented_on=ON.replace(day=16)), inquiries.ConsentNeeded),
            (replace(ASKING, consent=""), inquiries.ConsentNeeded),
        ]:
            with pytest.raises(refusal):
                inquiries.ask(member, wrong, asked, by=night(), on=ON)
        with pytest.raises(RuntimeError), transaction.atomic():
            inquiries.ask(member, ASKING, asked, by=night(), on=ON)
    assert Inquiry.objects.count() == 0


def test_an_inquiry_stays_as_it_was_answered(own_database, tmp_path):
    member = saver().member
    with platform(tmp_path) as asked:
        inquiries.ask(member, ASKING, asked, by=night(), on=ON)
    for spoil in (lambda: Inquiry.objects.update(outcome="DOWN"), lambda: Inquiry.objects.all().delete()):
        with pytest.raises(DatabaseError, match="permission denied"):
            spoil()
