"""A member account in hand 加锁: as it is now, and nobody else's until the transaction ends."""

from accounts.models import MemberAccount


def held(key: int) -> MemberAccount:
    """The member account with its member, employer and office as they are now; it neither moves nor ends meanwhile.

    Locked first and read afterwards: in one statement that waits for a transfer to commit, PostgreSQL joins the moved
    account to the employer it had before, and finds no row at all.

    Raises:
        MemberAccount.DoesNotExist: there is none with this key.
    """
    MemberAccount.objects.select_for_update(no_key=True).get(pk=key)
    return MemberAccount.objects.select_related("member", "employer__branch").get(pk=key)
