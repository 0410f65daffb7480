"""A migrated database that test databases are copied from. Migrating takes half a minute, copying a blink."""

from __future__ import annotations

import fcntl
import hashlib
import inspect
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader

PREFIX = "test_template_"


def template_database(*, anew: bool = False) -> str:
    """The name of the template for the migrations as they are now; the first who asks makes it, as the owner."""
    name = PREFIX + fingerprint()
    with open(settings.DATA / "test-template.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with connection.creation._nodb_cursor() as cursor:
            cursor.execute(
                "SELECT datname FROM pg_database WHERE starts_with(datname, %s)",
                [PREFIX],
            )
            present = {row[0] for row in cursor.fetchall()}
            if name in present and not anew:
                return name
            for old in present:
                cursor.execute(f'DROP DATABASE "{old}" WITH (FORCE)')
        build(f"{PREFIX}unfinished")
        with connection.creation._nodb_cursor() as cursor:
            cursor.execute(f'ALTER DATABASE "{PREFIX}unfinished" RENAME TO "{name}"')
    return name


def build(name: str) -> None:
    test = connection.settings_dict["TEST"]
    before, test_name = connection.settings_dict["NAME"], test["NAME"]
    test["NAME"] = name
    try:
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    finally:
        connection.close()
        test["NAME"] = test_name
        connection.settings_dict["NAME"] = settings.DATABASES["default"]["NAME"] = before


def fingerprint() -> str:
    """Of every migration and of what ours are made with. A new migration alone would be applied to any copy."""
    sources = {
        Path(inspect.getfile(type(migration))) for migration in MigrationLoader(None).disk_migrations.values()
    }
    sources |= set((settings.BASE_DIR / "accounts" / "tenancy").glob("*.py"))
    digest = hashlib.sha256()
    for source in sorted(sources):
        digest.update(source.read_bytes())
    return digest.hexdigest()[:16]
