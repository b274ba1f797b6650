"""Who works at the desks 示例人员: they enter and sign what the story shows, and one can sign in as each of them."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from access.actions import people
from access.models import Branch, User
from access.states import Post
from accounts.actions import members
from accounts.models import Employer, MemberAccount
from accounts.states import MemberAccountStatus
from approvals.actions.signatures import Decision
from approvals.rules import digest_of
from approvals.states import Verdict

CENTRE = "00"
STAFF = (
    ("clerk", "柜员 王芳", Post.CLERK, "01"),
    ("checker", "管理部负责人 赵敏", Post.MANAGER, "01"),
    ("finance", "财务 李静", Post.FINANCE, CENTRE),
    ("manager", "负责人 陈军", Post.MANAGER, CENTRE),
    ("auditor", "稽核 周敏", Post.AUDITOR, CENTRE),
    ("operator", "运维 刘洋", Post.OPERATOR, CENTRE),
)
# At the other offices somebody takes in and somebody signs too; nobody signs in as them.
ELSEWHERE = ("张伟", "何丽", "杜勇", "蒋娟", "廖强", "曾敏", "龙平", "温霞")


@dataclass
class Desks:
    """The people of the centre and its offices, by sign-in, and a line for each whose password is known."""

    by: User
    people: dict[str, User] = field(default_factory=dict)
    sign_ins: list[str] = field(default_factory=list)
    clerks: dict[int, User] = field(default_factory=dict)
    heads: dict[int, User] = field(default_factory=dict)

    def open(self, *, on: date) -> None:
        """Give every office its people 开设岗位."""
        branches = {branch.code: branch for branch in Branch.objects.order_by("code")}
        for username, name, post, code in STAFF:
            office = "" if code == CENTRE else branches[code].name
            self.people[username] = self.admit(username, name, post, branches[code], on=on, of=office)
        named = iter(ELSEWHERE)
        for branch in branches.values():
            if branch.code not in (CENTRE, "01"):
                self.clerks[branch.pk] = self._silent("clerk", f"柜员 {next(named)}", Post.CLERK, branch, on=on)
                self.heads[branch.pk] = self._silent("head", f"负责人 {next(named)}", Post.MANAGER, branch, on=on)
        first = branches["01"].pk
        self.clerks[first], self.heads[first] = self.people["clerk"], self.people["checker"]

    def admit(self, username: str, name: str, post: Post, branch: Branch | None, *, on: date, of: str = "") -> User:
        """Make a sign-in with a password of this copy alone 示例登录; `of` says whose person it is."""
        password = secrets.token_urlsafe(12)
        user = people.create_user(people.NewUser(username, name, post, branch, password), by=self.by, on=on)
        self.sign_ins.append(f"{post.label}{f'（{of}）' if of else ''}\t{username}\t{password}")
        return user

    def saver(self, employer: Employer, *, on: date) -> MemberAccount:
        """The first who saves at an employer: the member whom one can sign in as."""
        saving = MemberAccount.objects.filter(employer=employer.pk, status=MemberAccountStatus.NORMAL)
        account = saving.select_related("member__user", "employer__branch").order_by("number")[0]
        member = account.member
        if member.user is None:
            user = self.admit("member", member.name, Post.MEMBER, None, on=on, of=member.name)
            members.give_sign_in(member, user, by=self.by, on=on)
        return account

    def signers(self, branch: Branch) -> list[User]:
        """Who signs at an office, one after another 复核人."""
        return [self.heads[branch.pk], self.people["manager"]]

    def _silent(self, what: str, name: str, post: Post, branch: Branch, *, on: date) -> User:
        return people.create_user(people.NewUser(f"{what}{branch.code}", name, post, branch), by=self.by, on=on)


def granting(facts: Mapping[str, str]) -> Decision:
    """A signature by somebody who has read the page 同意."""
    return Decision(Verdict.GRANT, digest_of(facts))
