"""Django's settings for one peer: its apps and the throw-away database, nothing else."""

import os
from urllib.parse import parse_qs, urlsplit

_address = urlsplit(os.environ["DATABASE_URL"])
PEER = os.environ["HPF_PEER"]

SECRET_KEY = "only for a throw-away database"
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
APPS_OF_PEER = {"django-hordak": ["mptt", "djmoney", "hordak"], "django-ledger": ["django_ledger"]}
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", *APPS_OF_PEER[PEER]]
CURRENCIES = ["CNY"]
DEFAULT_CURRENCY = "CNY"
HORDAK_DECIMAL_PLACES = 2
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": _address.path.lstrip("/"),
        "USER": _address.username,
        "HOST": parse_qs(_address.query)["host"][0],
        "CONN_MAX_AGE": None,
        "OPTIONS": {"server_side_binding": True, "prepare_threshold": 3},  # as ours
    }
}
