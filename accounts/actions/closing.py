"""Closing a member account 销户, when its savings are withdrawn for good, and reopening it when they come back."""

from datetime import date
from typing import Any

from django.db import IntegrityError, transaction

from access.models import User
from accounts.actions import freezing
from accounts.models import Employer, MemberAccount
from accounts.states import MEMBER_ACCOUNT_ENDS, EmployerStatus, MemberAccountStatus, SealReason
from audit.actions import trail
from hpf.errors import NotAllowedNow, Refusal


class OpenedElsewhere(Refusal):
    """The member has another open account by now 已另开账户."""

    message = "该职工销户后已另开账户 {number}，原账户不能恢复，款项将退回现有账户；请稍后刷新页面查看"
    code = "opened_elsewhere"


def close(account: MemberAccount, *, by: User, on: date, why: str) -> None:
    """End an account whose savings have been paid out 提取销户; its row is held by the caller.

    Raises:
        AccountFrozen: a freeze keeps it, or waits to.
        NotAllowedNow: it has ended.
    """
    freezing.refuse_frozen([account.pk])
    trail.move(account, MemberAccountStatus.CLOSED, by=by, on=on, why=why)


def reopen(account: MemberAccount, to: MemberAccountStatus, *, by: User, on: date, why: str) -> None:
    """Bring back an account whose closing was undone 撤销销户, as it stood before; its row is held by the caller.

    Where its employer has ended meanwhile it comes back sealed 封存: savings of the member that no list names.

    Raises:
        NotAllowedNow: it has not been closed, or had ended before.
        OpenedElsewhere: the member has another open account.
    """
    if to in MEMBER_ACCOUNT_ENDS:
        raise NotAllowedNow
    also: dict[str, Any] = {}
    employer = Employer.objects.select_for_update(no_key=True).get(pk=account.employer_id)  # it does not end meanwhile
    if employer.status == EmployerStatus.CLOSED:
        to = MemberAccountStatus.SEALED
        also = {"sealed_on": on, "seal_reason": account.seal_reason or SealReason.OTHER.value}
    try:
        with transaction.atomic():
            trail.move(account, to, by=by, on=on, why=why, **also)
    except IntegrityError as clash:
        if "accounts_memberaccount_one_open" not in str(clash):
            raise
        other = account.member.member_accounts.exclude(status__in=MEMBER_ACCOUNT_ENDS).get()
        raise OpenedElsewhere(number=other.number) from None
