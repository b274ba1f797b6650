"""Closing a member account 销户, when its savings are withdrawn for good, and reopening it when they come back."""

from datetime import date

from django.db import IntegrityError, transaction

from access.models import User
from accounts.actions import freezing
from accounts.models import MemberAccount
from accounts.states import MEMBER_ACCOUNT_ENDS, MemberAccountStatus
from audit.actions import trail
from hpf.errors import NotAllowedNow, Refusal


class OpenedElsewhere(Refusal):
    """The member has another open account by now 已另开账户."""

    message = "该职工销户后已另开账户 {number}，原账户不能恢复；请先核实，由中心本部处理退回的款项"
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

    Raises:
        NotAllowedNow: it has not been closed, or had ended before.
        OpenedElsewhere: the member has another open account.
    """
    if to in MEMBER_ACCOUNT_ENDS:
        raise NotAllowedNow
    try:
        with transaction.atomic():
            trail.move(account, to, by=by, on=on, why=why)
    except IntegrityError as clash:
        if "accounts_memberaccount_one_open" not in str(clash):
            raise
        other = account.member.member_accounts.exclude(status__in=MEMBER_ACCOUNT_ENDS).get()
        raise OpenedElsewhere(number=other.number) from None
