"""Bind one transaction to one organization, in the database and in the managers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django_scopes import scope

if TYPE_CHECKING:
    from accounts.models import Organization


def _swap(setting: str, value: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting(%s, true), set_config(%s, %s, true)", [setting, setting, value]
        )
        return cursor.fetchone()[0] or ""


@contextmanager
def bind(organization: Organization) -> Iterator[None]:
    """Open a transaction in which only this organization's rows are seen and written.

    A bind inside a bind restores what was set before it and refuses another organization: `set_config(…, true)`
    would otherwise leak out of the inner savepoint. An exception rolls back and restores by itself.
    """
    wanted = str(organization.pk)
    with transaction.atomic(), scope(organization=organization):
        before = _swap("app.organization", wanted)
        if before and before != wanted:
            raise RuntimeError("this transaction is bound to another organization")
        yield
        _swap("app.organization", before)


@contextmanager
def bind_user(user_id: int) -> Iterator[None]:
    """Open a transaction that sees one person's own memberships, before an organization is known."""
    with transaction.atomic():
        before = _swap("app.user", str(user_id))
        yield
        _swap("app.user", before)
