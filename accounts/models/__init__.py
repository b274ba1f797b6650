"""Who saves with us 单位、职工与个人账户: employers, members, and the fund account a member holds at an employer.

An *employer* 单位 owes contributions; a *member* 缴存职工 is a person; a *member account* 个人账户 is that person's
savings while at one employer. Each owner keeps the key of its ledger account; the ledger account knows no owner.
"""

from accounts.models.bans import Ban, BanLift
from accounts.models.changes import KeyChange
from accounts.models.employers import Employer, Handler, PayingAccount, Registration
from accounts.models.freezes import Freeze, FreezeChange
from accounts.models.members import Member, MemberAccount, Transfer
from accounts.models.shapes import MONTH
from accounts.models.spouses import Spouse

__all__ = [
    "MONTH",
    "Ban",
    "BanLift",
    "Employer",
    "Freeze",
    "FreezeChange",
    "Handler",
    "KeyChange",
    "Member",
    "MemberAccount",
    "PayingAccount",
    "Registration",
    "Spouse",
    "Transfer",
]
