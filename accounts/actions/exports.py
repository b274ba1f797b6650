"""Files that take personal data out of the system 导出: who took how much is recorded (个人信息保护法 第五十一条)."""

from datetime import date

from access.models import User
from accounts.models import Employer, KeyChange, MemberAccount
from accounts.queries.member_changes import account_of, values_of
from audit.actions import trail


def note_members(employer: Employer, count: int, *, by: User, on: date) -> None:
    """Record that a list of an employer's members was taken out 导出职工名单, and how many rows it had."""
    trail.note("export_members", employer, by=by, on=on, count=count)


def note_statement(account: MemberAccount, count: int, *, by: User, on: date) -> None:
    """Record that a member's statement was taken out 导出个人账户明细, and how many rows it had."""
    trail.note("export_statement", account, by=by, on=on, count=count)


def reveal_numbers(account: MemberAccount, *, by: User, on: date) -> dict[str, str]:
    """The whole numbers of a member 查看完整号码; that somebody looked at them is recorded."""
    member = account.member
    trail.note("reveal_numbers", member, by=by, on=on, why=f"个人账户 {account.number}")
    return {"id_number": member.id_number, "mobile": member.mobile, "card": member.card}


def reveal_change(change: KeyChange, *, by: User, on: date) -> tuple[str, str]:
    """The whole certificate numbers of a member's change, old and new 查看变更的完整证件号码; the look is recorded.

    The change must be one of the certificate's number.
    """
    old, new = values_of(change)["id_number"]
    member = change.member
    assert member is not None  # a certificate belongs to one
    account = account_of(member)
    trail.note("reveal_numbers", member, by=by, on=on, why=f"个人账户 {account.number}，证件号码变更复核")
    return old, new
