"""Bind one transaction to one organization, in the database and in the managers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from django.db import connection, transaction
from django_scopes import scope

if TYPE_CHECKING:
    from accounts.models import Organization


Found = TypeVar("Found")
LOCK_TIMEOUT = "20s"  # nobody waits for a lock for ever


def _swap(setting: str, value: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting(%s, true), set_config(%s, %s, true), set_config('lock_timeout', %s, true)",
            [setting, setting, value, LOCK_TIMEOUT],
        )
        return cursor.fetchone()[0] or ""


@contextmanager
def bind(organization: Organization) -> Iterator[None]:
    """Open a transaction in which only this organization's rows are seen and written.

    A bind inside a bind refuses another organization. The outermost restores what was set before it, as
    `set_config(…, true)` would otherwise leak out of its savepoint; those inside it find the setting made and only
    open theirs. An exception rolls back and restores by itself.
    """
    wanted = str(organization.pk)
    inside: str | None = getattr(connection, "bound_organization", None)
    with transaction.atomic(), scope(organization=organization):
        if inside == wanted:
            yield
            return
        before = _swap("app.organization", wanted)
        if before and before != wanted:
            raise RuntimeError("this transaction is bound to another organization")
        connection.bound_organization = wanted  # type: ignore[attr-defined]
        connection.bound_memory = {}  # type: ignore[attr-defined]
        try:
            yield
        finally:
            connection.bound_organization = inside  # type: ignore[attr-defined]
            connection.bound_memory = None  # type: ignore[attr-defined]
        _swap("app.organization", before)


def remembered(name: str, read: Callable[[], Found]) -> Found:
    """What `read` answers, asked once while an organization is bound: for what a transaction asks again and again.

    Only for what may be a transaction old when it is used.
    """
    memory: dict[str, Found] | None = getattr(connection, "bound_memory", None)
    if memory is None:
        return read()
    if name not in memory:
        memory[name] = read()
    return memory[name]


@contextmanager
def bind_user(user_id: int) -> Iterator[None]:
    """Open a transaction that sees one person's own memberships, before an organization is known."""
    with transaction.atomic():
        before = _swap("app.user", str(user_id))
        yield
        _swap("app.user", before)
