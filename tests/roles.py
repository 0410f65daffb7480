"""Tests connect as the role that serves, or the walls would prove nothing; the owner only makes and empties tables."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.test import TransactionTestCase

from backflush.embedded import OWNER_ROLE
from backflush.embedded.server import SUPERUSER


@contextmanager
def database_role(name: str) -> Iterator[None]:
    """Connect as another role."""
    role = connection.settings_dict["USER"]
    connection.close()
    connection.settings_dict["USER"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["USER"] = role


def database_owner() -> AbstractContextManager[None]:
    """Connect as the role that owns the tables, for what only it may do."""
    return database_role(OWNER_ROLE)


def drop_database(name: str) -> None:
    """Also when a thread or a worker that a test killed has not let go of it yet, which only a superuser can do."""
    with database_role(SUPERUSER), connection.creation._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


_empty_tables = TransactionTestCase._fixture_teardown


def _empty_tables_as_owner(self: TransactionTestCase, *args: Any) -> None:
    """TestCase, which rolls back, has a teardown of its own and does not come here."""
    cache.clear()  # its table belongs to no model, so the flush would leave counted attempts behind
    with database_owner():
        _empty_tables(self, *args)
        with connection.cursor() as cursor:  # the queue's tables belong to no managed model
            cursor.execute("TRUNCATE procrastinate_jobs, procrastinate_workers CASCADE")


def empty_tables_as_owner() -> None:
    """Let transactional tests clean up after themselves: the serving role may not truncate."""
    TransactionTestCase._fixture_teardown = _empty_tables_as_owner  # type: ignore[method-assign]


def empty_tables() -> None:
    """What a fixture that outlives its tests does at its end."""
    _empty_tables_as_owner(TransactionTestCase())
