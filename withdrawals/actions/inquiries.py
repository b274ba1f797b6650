"""Asking shared data about a person 数据共享查询: with a purpose and the consent of that person, kept as answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction

from access.models import User
from accounts.models import Member
from audit.actions import trail
from hpf import numbers
from hpf.errors import Refusal
from withdrawals import queries
from withdrawals.gateways import Answer, Person, SharedData
from withdrawals.models import Inquiry
from withdrawals.states import Consent, InquiryKind, InquiryOutcome

LONGEST_PURPOSE = 200


class PurposeNeeded(Refusal):
    """Asked without saying why 未说明查询目的."""

    message = f"请填写查询目的，不超过{LONGEST_PURPOSE}个字"
    code = "purpose_needed"


class ConsentNeeded(Refusal):
    """Asked without the person's consent, or with one of a day to come 未取得授权."""

    message = "查询须先取得本人授权，授权日期不能晚于今天（{on}）"
    code = "consent_needed"


@dataclass(frozen=True, slots=True)
class Asking:
    """What is asked, why, and by whose leave 查询事项."""

    kinds: Sequence[InquiryKind]
    purpose: str
    consent: Consent
    consented_on: date


def ask(member: Member, asking: Asking, platform: SharedData, *, by: User, on: date) -> list[Inquiry]:
    """Ask shared data about a member 查询共享数据 (R-618); answers what was said to each question, in their order.

    Homes are asked of the whole household where both have signed for it; a tick online is the consent of the one who
    ticks, and of nobody else. Retirement is asked of the member alone. The platform is asked outside of any
    transaction, since it may take its time; each answer is kept at once.

    Raises:
        PurposeNeeded, ConsentNeeded: nothing is asked.
        RuntimeError: a transaction is open.
    """
    purpose = " ".join(asking.purpose.split())
    if not purpose or len(purpose) > LONGEST_PURPOSE:
        raise PurposeNeeded(field="purpose")
    if asking.consent not in Consent or asking.consented_on > on:
        raise ConsentNeeded(field="consented_on", on=on)
    if connection.in_atomic_block:
        raise RuntimeError("nobody waits for another system with rows held")
    persons, found = queries.persons_of(member), []
    for kind in asking.kinds:
        both = kind == InquiryKind.PROPERTY and asking.consent == Consent.SIGNED
        for person in persons if both else persons[:1]:
            answer = platform.ask(kind, Person(person.name, person.id_number), purpose)
            row = _row(person.index, kind, asking, answer)
            found.append(_keep(member, row, answer, by=by, on=on))
    return found


def _row(person: bytes, kind: InquiryKind, asking: Asking, answer: Answer) -> Inquiry:
    row = Inquiry(
        pk=numbers.draw_ids(Inquiry, 1)[0],
        kind=kind,
        person_index=person,
        purpose=" ".join(asking.purpose.split()),
        consent=asking.consent,
        consented_on=asking.consented_on,
        source=answer.source,
        outcome=answer.outcome,
    )
    row.answer = answer.text if answer.outcome == InquiryOutcome.FOUND else ""
    return row


@transaction.atomic
def _keep(member: Member, row: Inquiry, answer: Answer, *, by: User, on: date) -> Inquiry:
    row.asked_on, row.asked_by = on, by
    row.save(force_insert=True)
    told = f"{row.get_kind_display()}：{answer.outcome.label}（{answer.source}）"
    trail.note("ask_shared_data", member, by=by, on=on, why=row.purpose, consent=row.get_consent_display(), asked=told)
    return row
