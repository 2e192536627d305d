"""All settings, from the environment. Any of them may be given as NAME_FILE, the path of a file with the value."""

import os
import re
import sys
import warnings
from pathlib import Path
from zoneinfo import available_timezones

import environ
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from arapp.keys import KeyFile, is_fernet_key, kept_key, make_private, session_key, split_keys

BASE_DIR = Path(__file__).resolve().parent.parent
KNOWN = (
    "DATABASE_URL SECRET_KEY ENCRYPTION_KEY DEBUG ALLOWED_HOSTS CSRF_TRUSTED_ORIGINS TIME_ZONE HOME_CURRENCY".split()
)
DATA_DIR = Path(os.environ.get("ARAPP_DATA", BASE_DIR / ".data"))

env = environ.Env()
env.ENVIRON = dict(os.environ)
for _name in KNOWN:
    _path = os.environ.get(f"{_name}_FILE")
    if _path and not os.access(_path, os.R_OK):
        raise ImproperlyConfigured(f"{_name}_FILE names {_path}, which cannot be read.")
    if _path:
        try:
            env.ENVIRON[_name] = Path(_path).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ImproperlyConfigured(f"{_name}_FILE names {_path}, which is not a file with text.") from error
warnings.filterwarnings("ignore", message="Engine not recognized from url")

if env.str("DEBUG", default="").lower() not in ("", "0", "1", "true", "false", "yes", "no", "on", "off"):
    raise ImproperlyConfigured("DEBUG is True or False.")
DEBUG = env.bool("DEBUG", default=False)
DEMO = env.bool("ARAPP_DEMO", default=False)
"""Set by ``manage.py demo`` for its own processes: plain http on the loopback interface."""
PLAIN_HTTP = DEBUG or DEMO
try:
    SECRET_KEY = env.str("SECRET_KEY", default="") or kept_key(DATA_DIR / "secret.key", session_key)
    ENCRYPTION_KEYS = split_keys(env.str("ENCRYPTION_KEY", default="")) or KeyFile(DATA_DIR / "encryption.key")
    _usable = bool(ENCRYPTION_KEYS) and all(map(is_fernet_key, ENCRYPTION_KEYS))
except (OSError, UnicodeDecodeError) as error:
    raise ImproperlyConfigured(f"The keys in {DATA_DIR} can be neither read nor made ({error}).") from error
if not _usable:
    _place = ENCRYPTION_KEYS.path if isinstance(ENCRYPTION_KEYS, KeyFile) else "ENCRYPTION_KEY"
    raise ImproperlyConfigured(f"{_place} holds Fernet keys (44 characters each), by commas, newest first.")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
TIME_ZONE = env.str("TIME_ZONE", default="UTC")
if TIME_ZONE not in available_timezones():
    raise ImproperlyConfigured(f"TIME_ZONE {TIME_ZONE} is not a time zone; it looks like Europe/Berlin.")

HOME_CURRENCY = env.str("HOME_CURRENCY", default="").upper()
"""Totals are also shown in it, beside the others, with the rates that people have entered; empty for none."""
if HOME_CURRENCY and not re.fullmatch("[A-Z]{3}", HOME_CURRENCY):
    raise ImproperlyConfigured(f"HOME_CURRENCY {HOME_CURRENCY} is not a currency; it looks like EUR.")

DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'desk.sqlite3'}")}
if DATABASES["default"].get("ENGINE") not in ("django.db.backends.sqlite3", "django.db.backends.postgresql"):
    raise ImproperlyConfigured("DATABASE_URL looks like postgres://user:password@host:5432/name or sqlite:////path.")
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
    make_private(DATABASES["default"]["NAME"])
    # The covering columns of indexes are PostgreSQL's; SQLite makes the same indexes without them.
    SILENCED_SYSTEM_CHECKS = ["models.W040"]
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
    }
else:
    DATABASES["default"].setdefault("CONN_MAX_AGE", 60)
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 3)

INSTALLED_APPS = [
    "arapp.people.apps.PeopleConfig",
    "arapp.receivables",
    "arapp.documents",
    "arapp.outbox",
    "arapp.approvals",
    "arapp.kept",
    "arapp.upstreams",
    "arapp.lists",
    "arapp.ledger.apps.LedgerConfig",
    "arapp.debtors.apps.DebtorsConfig",
    "arapp.actions",
    "arapp.web",
    "arapp.sandbox",
    "arapp.people.apps.DeskAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "django_filters",
]

MIDDLEWARE = [
    "arapp.web.middleware.ContentSecurityPolicy",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "arapp.web.language.PersonsLanguage",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "arapp.urls"
WSGI_APPLICATION = "arapp.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "arapp.web.context.desk",
            ],
        },
    },
]

AUTH_USER_MODEL = "people.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "dashboard"
LOGOUT_REDIRECT_URL = "login"

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("de", _("German")), ("sv", _("Swedish"))]
USE_I18N = True
USE_TZ = True
LOCALE_PATHS = [BASE_DIR / "arapp" / "locale"]
FORMAT_MODULE_PATH = "arapp.formats"

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = DATA_DIR / "static"
COLLECTED = not PLAIN_HTTP and (STATIC_ROOT / "staticfiles.json").exists()
WHITENOISE_USE_FINDERS = not COLLECTED
STATIC_ROOT.mkdir(mode=0o700, parents=True, exist_ok=True)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if COLLECTED or "collectstatic" in sys.argv
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

SECURE_CSP = {
    "default-src": ["'none'"],
    "script-src": ["'self'"],
    "style-src": ["'self'"],
    "img-src": ["'self'", "data:"],
    "connect-src": ["'self'"],
    "font-src": ["'self'"],
    "form-action": ["'self'"],
    "frame-ancestors": ["'none'"],
    "base-uri": ["'none'"],
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 60 * 60 * 12
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = not PLAIN_HTTP
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^hooks/"]
SECURE_HSTS_SECONDS = 0 if PLAIN_HTTP else 60 * 60 * 24 * 365
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not PLAIN_HTTP
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

DATA_UPLOAD_MAX_NUMBER_FIELDS = 6_000
FILE_UPLOAD_HANDLERS = [
    "arapp.documents.uploads.AtMost",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

DEFAULT_EXCEPTION_REPORTER_FILTER = "arapp.logs.NoSecrets"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "arapp.logs.OneLine", "format": "%(asctime)s %(levelname)s %(name)s %(message)s"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "arapp": {"level": "INFO"},
        # Django's own handlers print names as they come, and could mail a report; root prints what they would.
        "django": {"handlers": [], "level": "INFO"},
        "django.server": {"handlers": ["console"], "level": "INFO", "propagate": False},
        # Their lines hold whole addresses, signed ones among them.
        "httpx": {"level": "WARNING"},
        "httpcore": {"level": "WARNING"},
    },
}
