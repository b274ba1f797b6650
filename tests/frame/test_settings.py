"""The settings of a production start: what is secret must be given, what protects must be on."""

import base64
import os
import subprocess
import sys

import pytest

from tests.house.source import ROOT

KEY = base64.b64encode(bytes(range(32))).decode()
SECRETS = {
    "HPF_SECRET_KEY": "a-long-and-random-looking-secret-key-0123456789-abcdefghij",
    "HPF_FIELD_KEYS": f"k1:{KEY},index:{KEY}",
    "DATABASE_URL": "postgresql:///nowhere",
    "HPF_ALLOWED_HOSTS": "fund.example",
}


def run(*arguments: str, without: str = "", **more: str) -> subprocess.CompletedProcess[str]:
    """A command in an environment of its own, as a production machine would start it."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    given = {name: value for name, value in SECRETS.items() if name != without}
    environment = {**kept, **given, **more, "DJANGO_SETTINGS_MODULE": "hpf.settings"}
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_nothing_is_left_to_say_about_a_production_start():
    checked = run("-m", "django", "check", "--deploy", "--fail-level", "WARNING")
    assert checked.returncode == 0, checked.stderr


@pytest.mark.parametrize("name", ["HPF_SECRET_KEY", "HPF_FIELD_KEYS", "DATABASE_URL"])
def test_a_start_without_a_secret_says_which(name):
    stopped = run("-m", "django", "check", without=name)
    assert stopped.returncode != 0 and f"{name} is not set" in stopped.stderr


def test_cookies_are_bound_to_the_host_and_debugging_is_off():
    shown = run(
        "-c",
        "from django.conf import settings as s; print(s.DEBUG, s.SESSION_COOKIE_NAME, s.SESSION_COOKIE_SECURE,"
        " s.CSRF_COOKIE_NAME, s.CSRF_COOKIE_SECURE, s.SECURE_HSTS_SECONDS, s.ALLOWED_HOSTS)",
    )
    cookies = ["__Host-sessionid", "True", "__Host-csrftoken", "True"]
    assert shown.stdout.split() == ["False", *cookies, "31536000", "['fund.example']"]
