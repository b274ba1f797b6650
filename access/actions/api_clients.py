"""Machines that may call the API 接口客户: made with their user, given keys, keys revoked."""

import secrets
from datetime import date, datetime

from django.db import transaction

from access.actions import people
from access.models import ApiClient, ApiKey, User
from access.states import Post
from audit.actions import trail


@transaction.atomic
def create_client(username: str, name: str, *, by: trail.Actor, on: date, post: Post = Post.BANK) -> ApiClient:
    """Make a client with the user under whose name it acts 新增接口客户. Raises people.UsernameTaken."""
    user = people.create_user(people.NewUser(username, name, post), by=by, on=on)
    client = ApiClient.objects.create(name=name, user=user)
    trail.note("create_api_client", client, by=by, on=on, user=user.username)
    return client


@transaction.atomic
def issue_key(client: ApiClient, key_id: str, secret: str, *, by: trail.Actor, on: date) -> ApiKey:
    """Give a client a key 发放密钥. The secret stays sealed; the earlier key works on until it is revoked."""
    key = ApiKey(key_id=key_id, client=client)
    key.secret = secret
    key.save(force_insert=True)
    trail.note("issue_api_key", client, by=by, on=on, key_id=key_id)
    return key


@transaction.atomic
def connect_platform(username: str, name: str, *, by: trail.Actor, on: date) -> tuple[str, str]:
    """Let a platform apply for members 接入政务服务平台; again, it is given another key beside the old one.

    Answers the key's id and its secret, which is shown this once and kept sealed. Raises people.UsernameTaken where
    the name is somebody else's.
    """
    client = ApiClient.objects.filter(user__username=username, user__post=Post.PLATFORM).first()
    if client is None:
        client = create_client(username, name, by=by, on=on, post=Post.PLATFORM)
    key_id, secret = f"{username[:30]}-{secrets.token_hex(4)}", secrets.token_hex(32)
    issue_key(client, key_id, secret, by=by, on=on)
    return key_id, secret


@transaction.atomic
def revoke_key(key: ApiKey, *, at: datetime, by: User, on: date) -> None:
    """End a key at a moment 停用密钥; the next request signed with it is refused."""
    ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=at)
    trail.note("revoke_api_key", key.client, by=by, on=on, key_id=key.key_id)
