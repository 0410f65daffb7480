"""Help for the planner where it cannot know how many rows an organization has."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, models


@contextmanager
def whole_tables() -> Iterator[None]:
    """Statements inside join whole tables, in the transaction that is open.

    Of an organization that came after the last statistics the planner expects one row, and loops over tables inside
    loops over tables: reading what waits after a first import took longer than ten minutes. Hashing costs next to
    nothing more when there really are few.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off")
    yield
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = on")


def refresh_statistics(*tables: type[models.Model]) -> None:
    """Tell the planner what a bulk write has left, at once: the server's own housekeeping comes a minute later.

    Costs a sample of each table; not worth it for a few rows. A table that somebody else is counting is left out.
    """
    names = ", ".join(connection.ops.quote_name(table._meta.db_table) for table in tables)
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE (SKIP_LOCKED) {names}")


def is_doubling(chunk: int) -> bool:
    """Whether this chunk (from 1) doubles what the ones before it wrote: statistics need not be fresher than that."""
    return chunk & (chunk - 1) == 0
