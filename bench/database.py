"""A database of its own for the benchmarks, on the embedded server, made and dropped around a run."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

NAME = "bench_backflush"


def start_django() -> None:
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backflush.settings")
    os.environ["BF_TEST_DB"] = NAME
    import django

    django.setup()
    from django.conf import settings

    # Pages are measured without a collected folder of static files.
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]


@contextmanager
def fresh_database() -> Iterator[None]:
    """An empty, migrated database; the product then connects to it as the role that serves."""
    from django.db import connection
    from django.test.utils import setup_databases

    from tests.roles import database_owner, drop_database

    drop_database(NAME)
    with database_owner():
        setup_databases(verbosity=0, interactive=False, keepdb=False, serialized_aliases=set())
    try:
        yield
    finally:
        connection.close()
        drop_database(NAME)


@contextmanager
def superuser() -> Iterator[Any]:
    """A cursor of the server's owner, whom row security does not bind: the limits are measured with it."""
    from django.db import connection

    from backflush.embedded.server import SUPERUSER

    limit = connection.copy()
    limit.settings_dict = {**connection.settings_dict, "USER": SUPERUSER}
    try:
        with limit.cursor() as cursor:
            yield cursor
    finally:
        limit.close()
