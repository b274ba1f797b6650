"""People and machines for tests."""

import itertools
import time
from datetime import date
from functools import cache

from django.contrib.auth.hashers import make_password
from django.test import Client

from access.actions import api_clients
from access.models import ApiClient, User
from access.queries import night_user
from access.states import Post

PASSWORD = "yue-liang-dai-biao"
SECRET = "a secret between two"
DAY = date(2026, 7, 1)

_numbers = itertools.count(1)


def person(post: Post = Post.CLERK, **traits: object) -> User:
    """Somebody who can sign in with PASSWORD, at the Longchang office unless told otherwise."""
    user = User(**{"username": f"person{next(_numbers)}", "name": "刘敏", "post": post, "branch_id": 1, **traits})
    user.password = _hashed_once()
    user.save()
    return user


@cache
def _hashed_once() -> str:
    return make_password(PASSWORD)


def client_of(user: User) -> Client:
    """A browser in which this person has just signed in; a page that breaks answers 500 as in production."""
    client = Client(raise_request_exception=False)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session["signed_in_at"] = session["seen_at"] = int(time.time())
    session.save()
    return client


def bank_client(key_id: str = "bank-key") -> ApiClient:
    """A bank's machine with one key whose secret is SECRET."""
    client = api_clients.create_client(f"bank{next(_numbers)}", "测试银行", by=night_user(), on=DAY)
    api_clients.issue_key(client, key_id, SECRET, by=night_user(), on=DAY)
    return client
