"""People, their sign-ins and their passwords 人员、登录与密码."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from axes.utils import reset as forget_failures
from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from access import rules
from access.models import Branch, UsedPassword, User
from access.states import Post, ResetReason
from audit.actions import trail
from hpf.errors import Overtaken, Refusal

# Letters and digits that nobody takes for one another when they are read from paper.
READABLE = "abcdefghjkmnpqrstuvwxyz23456789"
REASONS = {
    "password_too_short": "至少要有 %(min_length)d 个字符",
    "password_too_similar": "不能与用户名或姓名相近",
    "password_too_common": "太常见，容易被猜到，请换一个",
}
TOO_PLAIN = "须含大写字母、小写字母、数字和符号中的至少三类"
NUMBER_IN_IT = "不能含有本人的证件号码或手机号"


class UsernameTaken(Refusal):
    message = "用户名“{username}”已被使用，请换一个"
    code = "username_taken"


class WeakPassword(Refusal):
    message = "密码不符合要求：{reasons}"
    code = "weak_password"


class UsedBefore(Refusal):
    message = "新密码不能与最近 {count} 次用过的密码相同，请另设一个"
    code = "used_before"


class OwnReset(Refusal):
    message = "不能重置本人的密码，请使用“修改密码”"
    code = "own_reset"


class Disabled(Refusal):
    message = "用户“{username}”已停用，不能重置密码"
    code = "disabled"


@dataclass(frozen=True)
class NewUser:
    """A user to be made 新用户. Without a password nobody can sign in as this user (machines).

    `hashed` instead of `password` is what a person chose earlier, when applying, and what was kept of it. `until` is
    the last day of a first password; without it the password is the person's own.
    """

    username: str
    name: str
    post: Post
    branch: Branch | None = None
    password: str | None = None
    hashed: str = ""
    until: date | None = None


def first_password() -> str:
    """A first password 初始密码 of sixteen readable characters in four groups (about 79 bits)."""
    return "-".join("".join(secrets.choice(READABLE) for _ in range(4)) for _ in range(4))


@transaction.atomic
def create_user(new: NewUser, *, by: trail.Actor, on: date) -> User:
    """Make a user 新增用户.

    Raises:
        UsernameTaken: somebody else has the name.
        WeakPassword: the password breaks the policy (settings, AUTH_PASSWORD_VALIDATORS).
    """
    if User.objects.filter(username=new.username).exists():
        raise UsernameTaken(field="username", username=new.username)
    user = User(username=new.username, name=new.name, post=new.post, branch=new.branch)
    user.first_password_until = new.until
    if new.password is not None:
        refuse_weak(new.password, user)
    user.set_password(new.password)
    user.password = new.hashed or user.password
    try:
        user.save(force_insert=True)
    except IntegrityError as clash:  # somebody takes the name at this moment
        raise UsernameTaken(field="username", username=new.username) from clash
    trail.note("create_user", user, by=by, on=on, post=new.post)
    return user


@transaction.atomic
def change_password(user: User, chosen: str, numbers: Collection[str] = (), *, on: date) -> None:
    """Let a person choose a password 修改密码 (docs/rules.md R-701): their own from now on.

    Every other sign-in of theirs ends, since each carries a digest of the password. `numbers` are the certificate and
    mobile numbers of the person, which a password must not hold.

    Raises:
        WeakPassword, UsedBefore: the password breaks the policy.
        Overtaken: another one was set at this moment.
    """
    _refuse_unfit(user, chosen, numbers)
    _refuse_used(user, chosen)
    _replace(user, make_password(chosen), until=None, on=on)
    trail.note("change_password", user, by=user, on=on)


@transaction.atomic
def reset_password(user: User, reason: ResetReason, *, until: date, by: User, on: date) -> str:
    """Give out a new first password 重置密码 (R-702), which holds to the day `until`; it is returned to be shown once.

    Every sign-in of the person ends, and failures to sign in are forgotten.

    Raises:
        OwnReset: one does not give out a password to oneself.
        Disabled: the person may not sign in at all.
        Overtaken: another one was set at this moment.
    """
    if user.pk == by.pk:
        raise OwnReset
    if not user.is_active:
        raise Disabled(username=user.username)
    given = first_password()
    _replace(user, make_password(given), until=until, on=on)
    forget_failures(username=user.username)
    trail.note("reset_password", user, by=by, on=on, why=reason.label, password_until=until)
    return given


def note_sign_in(user: User, *, on: date) -> None:
    """Record that a person signed in 记录登录."""
    trail.note("sign_in", user, by=user, on=on)


def note_sign_out(user: User, *, on: date) -> None:
    """Record that a person signed out 记录退出."""
    trail.note("sign_out", user, by=user, on=on)


def refuse_weak(password: str, user: User) -> None:
    """Refuse a password that breaks the policy 密码强度.

    Raises:
        WeakPassword: with what is wrong about it.
    """
    reasons = _weaknesses(password, user)
    if reasons:
        raise WeakPassword(field="password", reasons="；".join(reasons))


def _weaknesses(password: str, user: User) -> list[str]:
    try:
        validate_password(password, user)
    except ValidationError as trouble:
        return [REASONS[error.code or ""] % (error.params or {}) for error in trouble.error_list]
    return []


def _refuse_unfit(user: User, chosen: str, numbers: Collection[str]) -> None:
    reasons = _weaknesses(chosen, user)
    if user.works_at_counter and rules.kinds_of_characters(chosen) < rules.STAFF_KINDS:
        reasons.append(TOO_PLAIN)
    if any(number.upper() in chosen.upper() for number in numbers if number):
        reasons.append(NUMBER_IN_IT)
    if reasons:
        raise WeakPassword(field="password", reasons="；".join(reasons))


def _refuse_used(user: User, chosen: str) -> None:
    """The one that holds counts among the last ones."""
    before = user.used_passwords.order_by("-pk")[: rules.REMEMBERED_PASSWORDS - 1]
    if any(check_password(chosen, kept) for kept in [user.password, *(row.password for row in before)]):
        raise UsedBefore(field="password", count=rules.REMEMBERED_PASSWORDS)


def _replace(user: User, hashed: str, *, until: date | None, on: date) -> None:
    """Set what is kept of a password, and keep what was kept of those that may not come back yet."""
    unchanged = User.objects.filter(pk=user.pk, password=user.password)
    if not unchanged.update(password=hashed, first_password_until=until):
        raise Overtaken
    UsedPassword.objects.create(user=user, password=user.password, replaced_on=on)
    kept = user.used_passwords.order_by("-pk").values("pk")[: rules.REMEMBERED_PASSWORDS - 1]
    user.used_passwords.exclude(pk__in=kept).delete()
    user.password, user.first_password_until = hashed, until
