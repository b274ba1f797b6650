"""People and their sign-ins 人员与登录."""

from dataclasses import dataclass
from datetime import date

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from access.models import Branch, User
from access.states import Post
from audit.actions import trail
from hpf.errors import Refusal


class UsernameTaken(Refusal):
    message = "用户名“{username}”已被使用，请换一个"
    code = "username_taken"


class WeakPassword(Refusal):
    message = "密码不符合要求：{reasons}"
    code = "weak_password"


@dataclass(frozen=True)
class NewUser:
    """A user to be made 新用户. Without a password nobody can sign in as this user (machines).

    `hashed` instead of `password` is what a person chose earlier, when applying, and what was kept of it.
    """

    username: str
    name: str
    post: Post
    branch: Branch | None = None
    password: str | None = None
    hashed: str = ""


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
    try:
        validate_password(password, user)
    except ValidationError as trouble:
        raise WeakPassword(field="password", reasons="；".join(trouble.messages)) from None
