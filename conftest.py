"""What every test stands on: the database and its roles, and the browser."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings as hypothesis_settings

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = (
    "true"  # playwright's loop runs in the thread that tests the database
)

hypothesis_settings.register_profile("house", deadline=None)
hypothesis_settings.load_profile("house")


def pytest_configure(config: pytest.Config) -> None:
    from django.conf import settings

    from tests.roles import empty_tables_as_owner

    if not settings.EMBEDDED:
        pytest.exit("tests run on the embedded server: unset DATABASE_URL", returncode=2)
    # Static files come straight from their sources, and passwords need not resist anybody.
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    empty_tables_as_owner()


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None,
    django_db_blocker: Any,
    django_db_keepdb: bool,
    django_db_createdb: bool,
    django_db_modify_db_settings: None,
) -> Iterator[None]:
    """pytest-django's own, with the owner making and dropping the database, from a template."""
    from django.db import connection
    from django.test.utils import setup_databases

    from tests.roles import database_owner, drop_database
    from tests.template import template_database

    keep = django_db_keepdb and not django_db_createdb
    with django_db_blocker.unblock(), database_owner():
        connection.settings_dict["TEST"]["TEMPLATE"] = template_database(anew=django_db_createdb)
        if not keep:
            drop_database(connection.settings_dict["TEST"]["NAME"])
        setup_databases(
            verbosity=0,
            interactive=False,
            keepdb=keep,
            serialized_aliases=set(),
        )
    yield
    if not django_db_keepdb:
        with django_db_blocker.unblock():
            drop_database(connection.settings_dict["NAME"])


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The machine's Chromium when it has one, else playwright's own; neither may call home."""
    quiet = [
        "--no-sandbox",
        "--disable-dev-shm-usage",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ]
    chosen = {**browser_type_launch_args, "args": [*browser_type_launch_args.get("args", []), *quiet]}
    if chromium := shutil.which("chromium", path=f"{os.environ.get('PATH', '')}:/usr/bin"):
        chosen["executable_path"] = str(Path(chromium))
    return chosen


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {
        **browser_context_args,
        "locale": "en-US",
        "timezone_id": "UTC",
        "viewport": {"width": 1280, "height": 900},
    }
