"""What the centre knows of a person whom an employer wants to take in 开户前查重, by the certificate shown."""

from dataclasses import dataclass

from access.models import User
from accounts.models import Employer, Member, MemberAccount
from accounts.queries.freezes import stopped_among
from accounts.queries.members import member_accounts_seen_by
from accounts.rules import Certificate
from accounts.states import MEMBER_ACCOUNT_ENDS, MemberAccountStatus, PersonStanding
from hpf import privacy

JOINING = (PersonStanding.NEW, PersonStanding.ENDED, PersonStanding.SEALED_ELSEWHERE)


@dataclass(frozen=True)
class Known:
    """How a person stands 职工开户情况, with the open account if there is one; `seen`: this user may look at it."""

    standing: PersonStanding
    account: MemberAccount | None = None
    seen: bool = False

    @property
    def may_join(self) -> bool:
        """Whether the employer can take the person in now 可以开户或转入."""
        return self.standing in JOINING

    @property
    def moves(self) -> bool:
        """Whether joining moves the account 同城转移."""
        return self.standing == PersonStanding.SEALED_ELSEWHERE


def member_of(certificate: Certificate) -> Member | None:
    """The person registered under a certificate 按证件查职工, found by the blind index."""
    index = privacy.blind_index("id_number", certificate.number)
    return Member.objects.filter(certificate_type=certificate.type, id_index=index).first()


def person_at(employer: Employer, certificate: Certificate, user: User) -> Known:
    """How the person of a certificate stands, seen from an employer 开户前查重."""
    member = member_of(certificate)
    if member is None:
        return Known(PersonStanding.NEW)
    accounts = member.member_accounts.select_related("employer", "member")
    account = accounts.exclude(status__in=MEMBER_ACCOUNT_ENDS).first()
    if account is None:
        return Known(PersonStanding.ENDED)
    seen = member_accounts_seen_by(user).filter(pk=account.pk).exists()
    return Known(_standing(account, employer), account, seen)


def _standing(account: MemberAccount, employer: Employer) -> PersonStanding:
    sealed = account.status == MemberAccountStatus.SEALED
    if account.employer_id == employer.pk:
        return PersonStanding.SEALED_HERE if sealed else PersonStanding.SAVES_HERE
    if stopped_among([account.pk]):
        return PersonStanding.FROZEN_ELSEWHERE
    return PersonStanding.SEALED_ELSEWHERE if sealed else PersonStanding.ACTIVE_ELSEWHERE
