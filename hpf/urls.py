"""Addresses 网址: each room once, the API's description, and two probes.

A room's own paths begin with counter/, portal/ or api/.
"""

from importlib.util import find_spec

from django.db import OperationalError, connections
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularAPIView

from access import doors

ROOMS = ["access", "approvals", "policy", "ledger", "accounts", "banking", "deposits", "withdrawals", "reports"]
_migrated = False


@doors.probe
def livez(request: HttpRequest) -> HttpResponse:
    """Whether the process answers 存活."""
    return HttpResponse("ok\n", content_type="text/plain")


@doors.probe
def readyz(request: HttpRequest) -> HttpResponse:
    """Whether work can be done 就绪: the database answers and has every migration."""
    try:
        with connections["default"].cursor() as cursor:
            cursor.execute("select 1")
        ready = _is_migrated()
    except OperationalError:
        ready = False
    return HttpResponse("ok\n" if ready else "not ready\n", status=200 if ready else 503, content_type="text/plain")


def _is_migrated() -> bool:
    """Remembered for the life of the process once true: the check reads every migration file."""
    global _migrated
    if not _migrated:
        executor = MigrationExecutor(connections["default"])
        _migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return _migrated


@doors.public
def api_docs(request: HttpRequest) -> HttpResponse:
    """The API for reading 接口文档, without any outside host."""
    return render(request, "access/api_docs.html")


urlpatterns: list[URLPattern | URLResolver] = [
    path("livez", livez, name="livez"),
    path("readyz", readyz, name="readyz"),
    path("api/v1/schema/", doors.public(SpectacularAPIView.as_view()), name="api_schema"),
    path("api/v1/docs/", api_docs, name="api_docs"),
    *[path("", include(f"{room}.urls")) for room in ROOMS if find_spec(f"{room}.urls")],
]

handler400 = "access.views.bad_request"
handler403 = "access.views.denied"
handler404 = "access.views.not_found"
handler500 = "access.views.broken"
