"""A person joins an employer at the counter 职工开户与转入: a new account, or the sealed one from elsewhere."""

from datetime import date

from django.db import transaction

from access.models import User
from accounts import rules
from accounts.actions import members, transfers
from accounts.actions.members import MAY_OPEN_MEMBERS, EmployerNotActive, NameDiffers, NewMember
from accounts.models import Employer, MemberAccount
from accounts.queries import persons
from accounts.states import CertificateType, EmployerStatus, MemberAccountStatus


@transaction.atomic
def join(employer: Employer, new: NewMember, *, by: User, on: date) -> MemberAccount:
    """Take a person in 职工开户或同城转移: a sealed account elsewhere is moved, nobody gets a second one.

    Raises:
        NameDiffers: the certificate is registered under another name.
        and what `members.open_one` and `transfers.take_in` raise.
    """
    certificate = rules.certificate(CertificateType(new.certificate_type), new.id_number, on=on)
    member = persons.member_of(certificate)
    sealed = member and member.member_accounts.filter(status=MemberAccountStatus.SEALED).first()
    if member is None or sealed is None:
        return members.open_one(employer, new, by=by, on=on)
    if rules.person_name(new.name) != member.name:
        raise NameDiffers(field="name")
    paying = members.paying_of(new, employer)
    return transfers.take_in(employer, {sealed.pk: paying}, by=by, on=on)[sealed.pk]


def why_not(employer: Employer) -> str:
    """Why an employer can take nobody in now 不能开户的原因; empty where it can."""
    if employer.status in MAY_OPEN_MEMBERS:
        return ""
    return EmployerNotActive(status=EmployerStatus(employer.status).label).sentence
