"""Files that take personal data out of the system 导出: who took how much is recorded (个人信息保护法 第五十一条)."""

from datetime import date

from access.models import User
from accounts.models import Employer, MemberAccount
from audit.actions import trail


def note_members(employer: Employer, count: int, *, by: User, on: date) -> None:
    """Record that a list of an employer's members was taken out 导出职工名单, and how many rows it had."""
    trail.note("export_members", employer, by=by, on=on, count=count)


def note_statement(account: MemberAccount, count: int, *, by: User, on: date) -> None:
    """Record that a member's statement was taken out 导出个人账户明细, and how many rows it had."""
    trail.note("export_statement", account, by=by, on=on, count=count)
