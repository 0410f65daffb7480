"""The project's settings. The environment is read here and nowhere else; what is missing or malformed stops the start.

Without DATABASE_URL everything runs on one machine: an embedded PostgreSQL, generated secrets and mails in files, all
below `.data/`. With DATABASE_URL it is a real installation, and what that needs must be given.
"""

from __future__ import annotations

import ipaddress
import os
import secrets
import sys
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from backflush import embedded

BASE_DIR = Path(__file__).resolve().parent.parent


def text(name: str, default: str | None = None) -> str:
    value = os.environ.get(name, "").strip()
    if value:
        return value
    if default is None:
        raise ImproperlyConfigured(f"{name} is not set. See .env.example for what it means.")
    return default


def flag(name: str, default: bool) -> bool:
    value = text(name, "1" if default else "0").lower()
    if value not in {"0", "1", "false", "true"}:
        raise ImproperlyConfigured(f"{name} is {value!r}; write 0 or 1.")
    return value in {"1", "true"}


def whole_number(name: str, default: int) -> int:
    value = text(name, str(default))
    if not value.isdigit():
        raise ImproperlyConfigured(f"{name} is {value!r}; write a whole number.")
    return int(value)


def names(name: str, default: str | None = None) -> list[str]:
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


def networks(name: str) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    try:
        return [ipaddress.ip_network(part) for part in names(name, "")]
    except ValueError as error:
        raise ImproperlyConfigured(f"{name}: {error}; write networks like 10.1.0.0/16 or 10.1.2.3.") from None


def postgresql(name: str) -> dict[str, Any]:
    """A postgresql:// address as Django's settings of one database; its query holds libpq's options."""
    address = urlsplit(text(name))
    if (
        address.scheme not in {"postgres", "postgresql"}
        or not address.username
        or not address.path.strip("/")
    ):
        raise ImproperlyConfigured(f"{name} must look like postgresql://user:password@host:5432/database.")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(address.path.strip("/")),
        "USER": unquote(address.username),
        "PASSWORD": unquote(address.password or ""),
        "HOST": unquote(address.hostname or ""),
        "PORT": str(address.port or ""),
        "OPTIONS": dict(parse_qsl(address.query)),
    }


def kept_secret(path: Path) -> str:
    """The secret in this file, made at the first start; two processes that start together agree on one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    if not path.exists():
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(50))
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_text().strip()


# Where and how it runs

DATA = Path(text("BACKFLUSH_DATA", str(BASE_DIR / ".data"))).resolve()
EMBEDDED = not text("DATABASE_URL", "")
DEBUG = flag("DEBUG", False)
HTTPS = flag("HTTPS", not EMBEDDED)
TRUSTED_PROXIES = whole_number("TRUSTED_PROXIES", 0)

SECRET_KEY = text("SECRET_KEY", kept_secret(DATA / "secret-key") if EMBEDDED else None)
ALLOWED_HOSTS = names("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]" if EMBEDDED else None)

ROOT_URLCONF = "backflush.urls"
WSGI_APPLICATION = "backflush.wsgi.application"

# Database: one alias, two roles. `manage.py` asks for the owner where tables are made; all else serves as a plain role.

AS_OWNER = text("DB_AS", "app") == "owner"
if EMBEDDED:
    _database: dict[str, Any] = {
        "ENGINE": "backflush.embedded",
        "NAME": embedded.DATABASE,
        "USER": embedded.OWNER_ROLE if AS_OWNER else embedded.APP_ROLE,
    }
    APP_ROLE = embedded.APP_ROLE
else:
    _database = postgresql("DATABASE_OWNER_URL" if AS_OWNER else "DATABASE_URL")
    APP_ROLE = postgresql("DATABASE_URL")["USER"]  # migrations grant it what serving needs
DATABASES = {
    "default": {
        **_database,
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,  # the organization's middleware opens the one transaction
        "TEST": {"NAME": text("BF_TEST_DB", "test_backflush")},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    # Shared by all web processes, so that a limit of attempts is one limit.
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "backflush_cache"}
}

# Apps and middleware

INSTALLED_APPS = [
    "ui",
    "accounts",
    "inventory",
    "production",
    "backflush",
    "approvals",
    "exports",
    "imports",
    "api",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.usersessions",
    "guardian",
    "simple_history",
    "procrastinate.contrib.django",
    "django_htmx",
    "template_partials",
    "django_tables2",
    "django_filters",
    "heroicons",
    "csp",
    "ninja",
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
    "ui.fragments.FragmentMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    # For programs what the one after it is for pages.
    "api.middleware.ApiMiddleware",
    # Last: it calls the view and renders its answer inside the organization's transaction.
    "accounts.tenancy.middleware.OrganizationMiddleware",
]
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
                "accounts.context.organization",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# Static files

STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# People

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "allauth.account.auth_backends.AuthenticationBackend",
    "guardian.backends.ObjectPermissionBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
ANONYMOUS_USER_NAME = None  # guardian: nobody has rights without signing in, and no row stands for nobody
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "accounts.forms_entry.SignInForm",
    "add_email": "accounts.forms_entry.AddEmailForm",
    "change_password": "accounts.forms_entry.ChangePasswordForm",
    "set_password": "accounts.forms_entry.SetPasswordForm",
    "reset_password": "accounts.forms_entry.ResetPasswordForm",
    "reset_password_from_key": "accounts.forms_entry.ResetPasswordKeyForm",
    "reauthenticate": "accounts.forms_entry.ReauthenticateForm",
}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
USERSESSIONS_TRACK_ACTIVITY = True
SIMPLE_HISTORY_DATE_INDEX = False

# What the rooms give to pages and actions of the room below them, by dotted path

NAVIGATION_SOURCES = [
    "accounts.navigation.entries",
    "inventory.navigation_rules.entries",
    "inventory.navigation.entries",
    "production.navigation.entries",
    "approvals.navigation.entries",
    "exports.navigation.entries",
    "imports.navigation.entries",
    "api.navigation.entries",
]
TODAY_PANELS = [
    "accounts.today.panels",
    "approvals.today.panels",
    "production.today.panels",
    "exports.today.panels",
    "imports.today.panels",
]
FILE_NAMES = "imports.queries.batches.file_names"  # (import ids) -> their files' names
WORK_ORDER_PANELS = ["approvals.order_panels.panels"]  # (request, order) -> list[ui.navigation.Panel]
ORGANIZATION_DEFAULTS = [
    "inventory.defaults.provide",
    "inventory.actions.units.provide_usual",
    "exports.defaults.provide",
    "approvals.defaults.provide",
]
BOOK_PROOFS = [
    "accounts.books.PROOFS",
    "inventory.proofs.PROOFS",
    "production.proofs.PROOFS",
    "backflush.proofs.PROOFS",
    "approvals.proofs.PROOFS",
    "exports.proofs.PROOFS",
]
DEMO_STEPS = [
    "exports.demo.step",
]

# Background work: every app's `jobs` module. Two at a time, so that a mail does not wait for an import; a worker that
# must end interrupts its jobs after some seconds, and they are queued again.

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"
PROCRASTINATE_WORKER_DEFAULTS = {"concurrency": 2, "shutdown_graceful_timeout": 3}

# Mail

RESEND_API_KEY = text("RESEND_API_KEY", "")
if RESEND_API_KEY:
    EMAIL_BACKEND = "accounts.mail.ResendBackend"
    DEFAULT_FROM_EMAIL = text("MAIL_FROM")
else:
    # Signing in needs verified addresses, so a real installation says where its mail goes.
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = text("MAIL_FOLDER", str(DATA / "mail") if EMBEDDED else None)
    DEFAULT_FROM_EMAIL = text("MAIL_FROM", "Backflush <backflush@localhost>")

# Where people reach the product, for the links in mails that nobody's request sends

SITE_ADDRESS = text("SITE_ADDRESS", f"{'https' if HTTPS else 'http'}://{ALLOWED_HOSTS[0].lstrip('.')}")

# What one key of the API may call in a minute

API_REQUESTS_PER_MINUTE = whole_number("API_REQUESTS_PER_MINUTE", 1200)

# Webhooks

WEBHOOK_PRIVATE_NETWORKS = networks("WEBHOOK_PRIVATE_NETWORKS")

# Security

SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 32 * 1024 * 1024  # cells pasted from a sheet; uploaded files are not counted
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000  # a draft of a thousand lines has several fields on each

# Language and time

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True

# What is logged: events and errors, never bodies, parameters or headers.

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "stream": sys.stderr, "formatter": "line"}},
    "root": {"handlers": ["console"], "level": text("LOG_LEVEL", "WARNING").upper()},
    "loggers": {"django": {"handlers": ["console"], "level": "WARNING", "propagate": False}},
}
