"""The two probes, and the API's description."""

import pytest
from django.db import connections
from django.test import Client

from hpf import urls


@pytest.fixture(autouse=True)
def plain(settings):
    settings.SECURE_SSL_REDIRECT = False
    settings.ALLOWED_HOSTS = ["testserver"]


def test_living_needs_no_database():
    assert Client().get("/livez").status_code == 200


@pytest.mark.django_db
def test_ready_when_every_migration_stands(monkeypatch):
    monkeypatch.setattr(urls, "_migrated", False)
    assert Client().get("/readyz").content == b"ok\n"


def test_not_ready_while_a_migration_is_missing(own_database, monkeypatch):
    monkeypatch.setattr(urls, "_migrated", False)
    with connections["owner"].cursor() as cursor:
        cursor.execute("delete from django_migrations where app = 'sessions'")
    assert Client().get("/readyz").status_code == 503


def test_not_ready_without_a_database(django_db_setup, django_db_blocker, monkeypatch):
    monkeypatch.setattr(urls, "_migrated", True)
    with django_db_blocker.unblock():
        given = connections.settings["default"]["NAME"]
        connections["default"].close()
        connections.settings["default"]["NAME"] = "nowhere"
        try:
            answer = Client().get("/readyz")
        finally:
            connections["default"].close()
            connections.settings["default"]["NAME"] = given
    assert answer.status_code == 503 and b"nowhere" not in answer.content


@pytest.mark.django_db
def test_the_description_of_the_api_is_open_and_its_page_has_no_outside_host():
    assert Client().get("/api/v1/schema/").status_code == 200
    page = Client().get("/api/v1/docs/").content.decode()
    assert "swagger-ui-bundle.js" in page and "//cdn" not in page
