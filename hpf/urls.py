"""Addresses 网址: each room once. A room's own paths begin with counter/, portal/ or api/."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

ROOMS = ["access", "policy", "ledger", "accounts", "banking", "deposits", "reports"]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include(f"{room}.urls")) for room in ROOMS if find_spec(f"{room}.urls")
]
