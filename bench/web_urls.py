"""Addresses of the benchmark: the product's, a bare page as the limit, and a member's page without a sign-in."""

import os
from functools import cache
from inspect import unwrap
from typing import Any

from django.http import HttpResponse
from django.urls import path

from access.doors import Door
from access.models import User
from accounts.portal.members import my_account
from bench.web import MEMBER
from hpf import urls


def hello(request: Any) -> HttpResponse:
    """The least a view can do behind the same middleware."""
    return HttpResponse("hello\n", content_type="text/plain")


def member_page(request: Any) -> HttpResponse:
    """The product's page of a member, without what a door asks first: no session and no user are read."""
    request.user = _member()
    return unwrap(my_account)(request)


member_page.door = Door("bench")  # so the business day is looked up as for every page


@cache
def _member() -> User:
    return User.objects.get(username=os.environ[MEMBER])


urlpatterns = [path("bench/hello/", hello), path("bench/member/", member_page), *urls.urlpatterns]
handler400, handler403, handler404, handler500 = urls.handler400, urls.handler403, urls.handler404, urls.handler500
