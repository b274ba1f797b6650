"""Transfers inside the centre 同城转移: a sealed account follows its member to the next employer, money and all."""

from collections.abc import Mapping
from datetime import date

from django.db import transaction

from accounts.actions import employers, members, sealing
from accounts.actions.members import MAY_OPEN_MEMBERS, EmployerNotActive, Paying
from accounts.models import Employer, MemberAccount
from accounts.states import MemberAccountStatus
from audit.actions import trail
from hpf.errors import Overtaken, Refusal
from policy.queries import deposit_terms_on

SEALED = MemberAccountStatus.SEALED


class StillActive(Refusal):
    message = "该职工在其他单位的账户仍在缴存，须先由原单位办理封存，再转入本单位"
    code = "still_active"


class NotMovable(Refusal):
    message = "该职工在其他单位的账户目前不能转移，请到管理部核实"
    code = "not_movable"


class AnotherBranch(Refusal):
    message = "该职工的账户在其他管理部，跨管理部转移请到柜台办理"
    code = "another_branch"


class SealedHere(Refusal):
    message = "该职工在本单位的账户已封存，请先到管理部办理启封，再列入清册"
    code = "sealed_here"


class SavesHere(Refusal):
    message = "该职工已在本单位开户，请填写个人账号"
    code = "saves_here"


@transaction.atomic
def take_in(
    employer: Employer, joiners: Mapping[int, Paying], *, by: trail.Actor, on: date, limits_on: date | None = None
) -> dict[int, MemberAccount]:
    """Move sealed accounts, by their key, to an employer and let them contribute there 同城转移 (条例 art. 15).

    The number, the ledger account, the balance and both its parts stay as they are: nothing is posted. Money and books
    are kept by branch, so the account must lie in the employer's own one. The limits are those of `on`, or of
    `limits_on` where the values are for another month.

    Raises:
        EmployerNotActive: the employer may not take anybody in now.
        StillActive, NotMovable, SealedHere, SavesHere, AnotherBranch: an account cannot be moved.
        BaseOutOfLimits, RatioOutOfLimits: a value outside the limits of the day.
        Overtaken: an account is gone.
    """
    if not joiners:
        return {}
    employer.refresh_from_db(from_queryset=Employer.objects.select_for_update(no_key=True))
    if employer.status not in MAY_OPEN_MEMBERS:
        raise EmployerNotActive(status=employer.get_status_display())
    terms = deposit_terms_on(limits_on or on)
    rows = MemberAccount.objects.filter(pk__in=joiners).select_related("ledger_account", "employer")
    # In one order for all: two employers that want the same people wait for each other, and the second is refused.
    accounts = list(rows.order_by("pk").select_for_update(no_key=True, of=("self",)))
    if len(accounts) != len(joiners):
        raise Overtaken
    for account in accounts:
        refuse_to_take_in(account, employer)
        members.refuse_paying(terms, joiners[account.pk])
    for account in accounts:
        why = f"同城转移：由 {account.employer.number} 转入 {employer.number}"
        sealing.resume(account, joiners[account.pk], by=by, on=on, why=why, employer_id=employer.pk)
    employers.begin_paying(employer, by=by, on=on)
    trail.note("take_in_members", employer, by=by, on=on, count=len(accounts))
    return {account.pk: account for account in accounts}


def refuse_to_take_in(account: MemberAccount, employer: Employer) -> None:
    """Refuse an account that cannot be moved to an employer 同城转移条件.

    Raises:
        SealedHere, SavesHere: it is the employer's own.
        StillActive, NotMovable: it is not sealed at the other employer; a court may hold it.
        AnotherBranch: it is kept at another office.
    """
    if account.employer_id == employer.pk:
        raise SealedHere(field="id_number") if account.status == SEALED else SavesHere(field="id_number")
    if account.status == MemberAccountStatus.NORMAL:
        raise StillActive(field="id_number")
    if account.status != SEALED:
        raise NotMovable(field="id_number")
    if account.ledger_account.branch_id != employer.branch_id:
        raise AnotherBranch(field="id_number")
