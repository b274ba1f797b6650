"""Settings 设置: one file, read from the environment (the variables are listed in docs/operations.md)."""

import os
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(os.environ.get("HPF_DATA_DIR") or BASE_DIR / "var")


def required(name: str) -> str:
    """A setting without which the system must not start."""
    value = os.environ.get(name)
    if not value:
        raise ImproperlyConfigured(f"{name} is not set; see docs/operations.md")
    return value


def database(url: str, **options: object) -> dict[str, object]:
    """A PostgreSQL address as Django wants it: postgresql://user:password@host:port/name?host=/socket/folder."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or query.pop("port", "")),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {**query, **options},
        "TEST": {"NAME": None},
    }


SECRET_KEY = required("HPF_SECRET_KEY")
FIELD_KEYS = required("HPF_FIELD_KEYS")
DEBUG = os.environ.get("HPF_DEBUG") == "1"
DEMO = os.environ.get("HPF_DEMO") == "1"
ALLOWED_HOSTS = [host for host in os.environ.get("HPF_ALLOWED_HOSTS", "").split(",") if host]
if DEMO:
    ALLOWED_HOSTS += ["127.0.0.1", "localhost", "[::1]"]

# The owner migrates; the application assumes the role that can neither change entries nor balances.
APPLICATION_ROLE = "hpf_app"
DATABASE_URL = required("DATABASE_URL")
DATABASES = {
    "default": database(
        DATABASE_URL,
        assume_role=APPLICATION_ROLE,
        server_side_binding=True,
        prepare_threshold=3,
        # A process that hangs in the middle of a posting keeps its day, and with it the night, no longer than this.
        options="-c idle_in_transaction_session_timeout=5min",
    ),
    "owner": database(os.environ.get("DATABASE_OWNER_URL") or DATABASE_URL),
}
DATABASES["owner"]["CONN_MAX_AGE"] = 0

REDIS_URL = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0")
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600, "socket_timeout": 30, "socket_connect_timeout": 2}
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TIMEZONE = "Asia/Shanghai"
CELERY_IMPORTS = ["hpf.dayend"]
CELERY_BEAT_SCHEDULE = {
    "identify-receipts": {"task": "deposits.tasks.identify_receipts", "schedule": 3.0},
    "allocate-covered": {"task": "deposits.tasks.allocate_covered", "schedule": 3.0},
    "settle-refunds": {"task": "deposits.tasks.settle_refunds", "schedule": 5.0},
    "check-sheets": {"task": "deposits.tasks.check_sheets", "schedule": 5.0},
    "settle-payouts": {"task": "withdrawals.tasks.settle_payouts", "schedule": 3.0},
    "query-overdue": {"task": "banking.tasks.query_overdue", "schedule": 60.0},
    "deliver-events": {"task": "banking.tasks.deliver_events", "schedule": 2.0},
    "lapse-freezes": {"task": "accounts.tasks.lapse_freezes", "schedule": 60.0},
    "close-days": {"task": "hpf.dayend.close_days", "schedule": 5.0},
}
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")
# How long a piece of the night stays with a worker that gives no sign of life.
NIGHT_LEASE = timedelta(seconds=int(os.environ.get("HPF_NIGHT_LEASE", "30")))

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "hpf.apps.StaticFiles",
    "axes",
    "csp",
    "django_filters",
    "django_htmx",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "rest_framework",
    "hpf",
    "audit",
    "access",
    "approvals",
    "policy",
    "ledger",
    "accounts",
    "banking",
    "deposits",
    "withdrawals",
    "reports",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "hpf.business_day.BusinessDayMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "hpf.urls"
WSGI_APPLICATION = "hpf.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
APPEND_SLASH = True

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "environment": "hpf.jinja.environment",
            "context_processors": ["django.contrib.messages.context_processors.messages", "access.doors.frame"],
        },
    },
    # Only for third-party pages (the API documentation); every page of ours is Jinja2.
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    },
]

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

AUTH_USER_MODEL = "access.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["username", "name"]},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "access:sign_in"
LOGIN_REDIRECT_URL = "access:desk"
LOGOUT_REDIRECT_URL = "access:sign_in"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours: a quarter of an hour
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "access/locked.html"
AXES_VERBOSE = False

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 8 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "access.views.csrf_failure"
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
if not (DEMO or DEBUG):
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-sessionid"
    CSRF_COOKIE_NAME = "__Host-csrftoken"
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    # Whether other hosts of the domain, and the browsers' preload list, follow is for the owner of the domain to say.
    SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
    SECURE_SSL_REDIRECT = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$"]

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
# Under "" our own files, under its name what npm installed at set-up.
_STATIC_SOURCES = {
    "": BASE_DIR / "static",
    "tabler": BASE_DIR / "node_modules" / "@tabler" / "core" / "dist",
    "echarts": BASE_DIR / "node_modules" / "echarts" / "dist",
}
STATICFILES_DIRS = [(prefix, folder) for prefix, folder in _STATIC_SOURCES.items() if folder.is_dir()]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
MEDIA_ROOT = DATA_DIR / "files"

# A thousand notices with the longest texts, written as \u escapes, come to 11 MB.
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 20 * 1024 * 1024
# How large one paper may be, and how many one business may have.
PAPER_MOST_MB = int(os.environ.get("HPF_PAPER_MOST_MB", "10"))
PAPERS_MOST = int(os.environ.get("HPF_PAPERS_MOST", "20"))

REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "UNAUTHENTICATED_USER": None,
    "EXCEPTION_HANDLER": "access.doors.as_problem",
    "COERCE_DECIMAL_TO_STRING": True,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "住房公积金核心系统 API",
    "DESCRIPTION": "Bank API of a housing provident fund centre 住房公积金管理中心银行接口",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}

# Where events may be pushed: the hosts of banks by name, and networks that are not public but theirs.
WEBHOOK_HOSTS = {host for host in os.environ.get("HPF_WEBHOOK_HOSTS", "").lower().split(",") if host}
WEBHOOK_NETWORKS = [ip_network(text) for text in os.environ.get("HPF_WEBHOOK_NETWORKS", "").split(",") if text]
if DEMO:
    WEBHOOK_HOSTS |= {"127.0.0.1", "localhost"}
    WEBHOOK_NETWORKS += [ip_network("127.0.0.0/8"), ip_network("::1/128")]

CENTRE_NAME = os.environ.get("HPF_CENTRE_NAME", "内江市住房公积金管理中心")
# What printouts are printed on where a person has not chosen: "withdrawal_receipt:NEEDLE,ledger_voucher:A4".
PRINTOUT_PAPERS = dict(
    pair.strip().partition(":")[::2] for pair in os.environ.get("HPF_PRINTOUT_PAPERS", "").split(",") if pair.strip()
)
# Where other authorities answer who owns a home and who has retired; without it everything is done by papers.
SHARED_DATA_URL = os.environ.get("HPF_SHARED_DATA_URL", "")
SHARED_DATA_SECONDS = int(os.environ.get("HPF_SHARED_DATA_SECONDS", "3"))

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
}
