"""Settings say what is missing instead of starting half configured, and never print what they hold."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SERVER = {
    "DATABASE_URL": "postgresql://app:s3cr%40t@db.example:6432/books?sslmode=require",
    "SECRET_KEY": "a long and random text",
    "ALLOWED_HOSTS": "backflush.example, b.example",
    "MAIL_FOLDER": "/var/mail/backflush",
}


def load(expression: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Evaluate an expression over freshly loaded settings, with nothing in the environment but what is given."""
    return subprocess.run(
        [sys.executable, "-c", f"from backflush import settings as s; print(({expression}))"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def value(expression: str, **environment: str) -> str:
    done = load(expression, **environment)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize("missing", ["SECRET_KEY", "ALLOWED_HOSTS", "MAIL_FOLDER"])
def test_server_without_a_required_setting_does_not_start(missing: str) -> None:
    done = load("1", **{name: given for name, given in SERVER.items() if name != missing})

    assert done.returncode == 1
    assert f"{missing} is not set. See .env.example for what it means." in done.stderr


def test_mail_by_key_without_a_sender_does_not_start() -> None:
    assert "MAIL_FROM is not set" in load("1", **SERVER, RESEND_API_KEY="re_1").stderr


@pytest.mark.parametrize(
    ("name", "given", "message"),
    [
        ("DEBUG", "maybe", "DEBUG is 'maybe'; write 0 or 1."),
        ("HTTPS", "on", "HTTPS is 'on'; write 0 or 1."),
        ("TRUSTED_PROXIES", "-1", "TRUSTED_PROXIES is '-1'; write a whole number."),
        (
            "WEBHOOK_PRIVATE_NETWORKS",
            "10.1.0.0/16, erp",
            "WEBHOOK_PRIVATE_NETWORKS: 'erp' does not appear to be",
        ),
        ("WEBHOOK_PRIVATE_NETWORKS", "10.1.2.3/16", "10.1.2.3/16 has host bits set; write networks like"),
        ("DATABASE_URL", "mysql://root@db/books", "DATABASE_URL must look like postgresql://"),
        ("DATABASE_URL", "postgresql://app@db", "DATABASE_URL must look like postgresql://"),
    ],
)
def test_malformed_setting_does_not_start(name: str, given: str, message: str) -> None:
    done = load("1", **{**SERVER, name: given})

    assert done.returncode == 1
    assert message in done.stderr


def test_server_serves_as_the_role_of_its_address() -> None:
    shown = value(
        "[s.DATABASES['default'][k] for k in ('NAME', 'USER', 'PASSWORD', 'HOST', 'PORT', 'OPTIONS')]",
        **SERVER,
    )

    assert shown == "['books', 'app', 's3cr@t', 'db.example', '6432', {'sslmode': 'require'}]"


def test_server_migrates_as_the_owner_and_needs_its_address() -> None:
    owner = "postgresql://owner:x@db.example/books"

    assert (
        value("s.DATABASES['default']['USER'], s.APP_ROLE", **SERVER, DB_AS="owner", DATABASE_OWNER_URL=owner)
        == "('owner', 'app')"
    )
    assert "DATABASE_OWNER_URL is not set" in load("1", **SERVER, DB_AS="owner").stderr


def test_server_asks_browsers_for_https() -> None:
    names = "s.SECURE_SSL_REDIRECT, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SECURE_HSTS_SECONDS > 0"

    assert value(names, **SERVER) == "(True, True, True, True)"
    assert value(names, **SERVER, HTTPS="0") == "(False, False, False, False)"


def test_forwarded_protocol_is_believed_from_a_named_proxy_only() -> None:
    assert value("s.SECURE_PROXY_SSL_HEADER", **SERVER) == "None"
    assert (
        value("s.SECURE_PROXY_SSL_HEADER", **SERVER, TRUSTED_PROXIES="1")
        == "('HTTP_X_FORWARDED_PROTO', 'https')"
    )


def test_embedded_keeps_the_secret_it_made(tmp_path: Path) -> None:
    first = value("s.SECRET_KEY", BACKFLUSH_DATA=str(tmp_path))

    assert len(first) >= 50
    assert value("s.SECRET_KEY", BACKFLUSH_DATA=str(tmp_path)) == first
    assert [path.name for path in tmp_path.iterdir()] == ["secret-key"]  # and no server was started for it
    assert (tmp_path / "secret-key").stat().st_mode & 0o777 == 0o600


def test_embedded_serves_as_the_plain_role(tmp_path: Path) -> None:
    names = "s.DATABASES['default']['USER'], s.DEBUG"

    assert value(names, BACKFLUSH_DATA=str(tmp_path)) == "('bf_app', False)"
    assert value(names, BACKFLUSH_DATA=str(tmp_path), DB_AS="owner") == "('bf_owner', False)"


def test_example_names_every_variable_that_is_read() -> None:
    source = (ROOT / "backflush" / "settings.py").read_text()
    example = (ROOT / ".env.example").read_text()

    read = set(re.findall(r'\b(?:text|flag|whole_number|names|postgresql)\(\s*"([A-Z_]+)"', source)) - {
        "DB_AS"
    }

    assert "DATABASE_URL" in read
    assert {name for name in read if not re.search(rf"^#?{name}=", example, re.MULTILINE)} == set()
