"""Recording spouses 配偶登记 at the counter, with evidence: whom a member is married to, and until when."""

from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction

from access.models import User
from accounts import rules
from accounts.actions.employer_changes import LONGEST_REASON
from accounts.actions.employers import named
from accounts.models import Member, Spouse
from accounts.queries import spouses as married
from accounts.queries.persons import member_of
from accounts.rules import Certificate
from accounts.states import CertificateType
from audit.actions import trail
from hpf import numbers, privacy
from hpf.errors import Refusal


class SpouseKnown(Refusal):
    message = "该职工已登记配偶，请先登记原婚姻终止，再登记新的配偶；由配偶一方登记的，无需重复登记"
    code = "spouse_known"


class SpouseTaken(Refusal):
    message = "该证件已登记为其他职工的配偶，请核对证件和婚姻证明；原登记有误的，先终止原登记"
    code = "spouse_taken"


class SpouseIsSelf(Refusal):
    message = "配偶的证件号码与职工本人相同，请核对"
    code = "spouse_is_self"


class MarriedLater(Refusal):
    message = "结婚日期不能晚于今天（{on}），请核对"
    code = "married_later"


class EndedOutside(Refusal):
    message = "婚姻终止日期应在 {first} 至 {last} 之间，请核对"
    code = "ended_outside"


class EndedBefore(Refusal):
    message = "这项配偶登记已经终止，请刷新页面查看"
    code = "spouse_ended_before"


@dataclass(frozen=True)
class NewSpouse:
    """Whom a member is married to, as the papers say 配偶信息."""

    name: str
    certificate_type: CertificateType
    id_number: str
    since: date
    evidence: str


@transaction.atomic
def record(member: Member, new: NewSpouse, *, by: User, on: date) -> Spouse:
    """Record a member's spouse 登记配偶 (R-444), with the evidence.

    Raises:
        SpouseKnown, SpouseTaken, SpouseIsSelf, MarriedLater: it cannot be recorded.
        WrongName, WrongIdNumber, … NameMissing: a value that cannot be.
    """
    certificate = rules.certificate(new.certificate_type, new.id_number, on=on)
    if new.since > on:
        raise MarriedLater(field="since", on=on)
    _refuse_unfit(member, certificate)
    row = Spouse(
        pk=numbers.draw_ids(Spouse, 1)[0],
        member=member,
        name=rules.person_name(named(new.name, field="name")),
        certificate_type=certificate.type,
        id_index=privacy.blind_index("id_number", certificate.number),
        since=new.since,
        evidence=named(new.evidence, field="evidence", longest=LONGEST_REASON),
    )
    row.id_number = certificate.number
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as clash:  # another clerk recorded the same person at this moment
        raise SpouseTaken(field="id_number") from clash
    shown = privacy.masked_id(certificate.number)
    trail.note("record_spouse", member, by=by, on=on, evidence=row.evidence, spouse=row.name, id_number=shown)
    return row


@transaction.atomic
def end(spouse: Spouse, until: date, evidence: str, *, by: User, on: date) -> None:
    """End the record of a marriage 登记婚姻终止 (R-444): divorced or died, from a day on, with the evidence.

    Raises:
        EndedBefore: it was ended.
        EndedOutside: a day before the marriage or to come.
        NameMissing, NameUnreadable: the evidence.
    """
    spouse = Spouse.objects.select_for_update(no_key=True, of=("self",)).select_related("member").get(pk=spouse.pk)
    if spouse.until:
        raise EndedBefore
    if not spouse.since <= until <= on:
        raise EndedOutside(field="until", first=spouse.since, last=on)
    spouse.until = until
    spouse.end_evidence = named(evidence, field="evidence", longest=LONGEST_REASON)
    spouse.save(update_fields=["until", "end_evidence"])
    trail.note(
        "end_spouse", spouse.member, by=by, on=on, evidence=spouse.end_evidence, spouse=spouse.name, married_until=until
    )


def _refuse_unfit(member: Member, certificate: Certificate) -> None:
    """Refuse who is married already, on either side; the rows of both are held until the transaction ends."""
    other = member_of(certificate)
    keys = [member.pk, *([other.pk] if other else [])]
    list(Member.objects.filter(pk__in=keys).order_by("pk").select_for_update(no_key=True).values_list("pk"))
    if other and other.pk == member.pk:
        raise SpouseIsSelf(field="id_number")
    if married.record_of(member):
        raise SpouseKnown
    if other and married.record_of(other):
        raise SpouseTaken(field="id_number")
