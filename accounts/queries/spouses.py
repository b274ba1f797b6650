"""Reads about spouses 配偶查询: found from both sides, by the number of the certificate."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from access.models import User
from accounts.models import Member, MemberAccount, Spouse
from accounts.queries.members import member_accounts_seen_by
from accounts.states import MEMBER_ACCOUNT_ENDS
from hpf.privacy import masked_id


@dataclass(frozen=True, slots=True)
class Partner:
    """A member's spouse as a page may show it 配偶: the number masked, and the account there is if it may be seen."""

    record: Spouse
    name: str
    number: str
    since: date
    account: MemberAccount | None


def record_of(member: Member) -> Spouse | None:
    """The marriage of a member that lasts 当前婚姻登记, whichever of the two it was recorded for."""
    either = Q(member=member) | Q(id_index=member.id_index, certificate_type=member.certificate_type)
    return Spouse.objects.filter(either, until=None).select_related("member").first()


def own_record_of(user: User) -> Member | None:
    """The member who signs in as this user 本人的职工登记, or None."""
    return Member.objects.filter(user=user).first()


def household_of(member: Member) -> list[bytes]:
    """The persons of a household 家庭成员, by the index of their certificates: the member, and the spouse if any."""
    record = record_of(member)
    if record is None:
        return [bytes(member.id_index)]
    other = record.id_index if record.member_id == member.pk else record.member.id_index
    return [bytes(member.id_index), bytes(other)]


def partner_of(member: Member, user: User) -> Partner | None:
    """The spouse of a member for the page of a person 配偶; the account only where that person may look at it."""
    record = record_of(member)
    if record is None:
        return None
    if record.member_id == member.pk:
        name, number = record.name, masked_id(record.id_number)
        whose = Q(member__id_index=record.id_index, member__certificate_type=record.certificate_type)
    else:
        name, number = record.member.name, masked_id(record.member.id_number)
        whose = Q(member=record.member_id)
    seen = member_accounts_seen_by(user).filter(whose).exclude(status__in=MEMBER_ACCOUNT_ENDS)
    return Partner(record, name, number, record.since, seen.order_by("pk").first())
