"""Numbers given in order, per organization and series."""

from __future__ import annotations

from django.db import connection
from django_scopes import get_scope

from .models import Counter


def take_numbers(series: str, count: int) -> range:
    """Take the next `count` numbers of a series. The counter's row stays locked until the transaction ends.

    Take numbers last in a transaction, after every other lock, or two writers may wait for each other.
    """
    table = connection.ops.quote_name(Counter._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (organization_id, series, next_number) VALUES (%s, %s, %s) "
            "ON CONFLICT (organization_id, series) DO UPDATE "
            f"SET next_number = {table}.next_number + %s RETURNING next_number",
            [get_scope()["organization"].pk, series, count + 1, count],
        )
        after = int(cursor.fetchone()[0])
    return range(after - count, after)
