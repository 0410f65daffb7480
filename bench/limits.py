"""The hand-written limit: the very rows that the product wrote, written again by COPY and one UPDATE per table.

What a step wrote is taken out again, so that COPY meets the same tables, indexes, keys and triggers, and has only to
write. The superuser writes it, whom row security does not hinder: a limit that the product cannot reach, by design.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bench.database import superuser


@dataclass(slots=True)
class Mark:
    """The highest ids before a step, by table, and of its history."""

    rows: dict[str, int]
    history: dict[str, int]


def _models() -> list[Any]:
    from accounts.books import scoped_models

    return list(scoped_models())


def mark() -> Mark:
    """Where every table stands."""
    rows, history = {}, {}
    with superuser() as cursor:
        for model in _models():
            table = model._meta.db_table
            cursor.execute(f'SELECT COALESCE(max(id), 0) FROM "{table}"')
            rows[table] = cursor.fetchone()[0]
            if hasattr(model, "history"):
                past = model.history.model._meta.db_table
                cursor.execute(f'SELECT COALESCE(max(history_id), 0) FROM "{past}"')
                history[past] = cursor.fetchone()[0]
    return Mark(rows, history)


def measured_with_limit(
    step: Callable[[], object], *, done: Callable[[], object] = lambda: None
) -> tuple[float, float, int]:
    """Seconds of the step, seconds of its limit, and how many rows (history too) it wrote. `done` is called between."""
    before = mark()
    start = time.perf_counter()
    step()
    seconds = time.perf_counter() - start
    done()
    with superuser() as cursor:
        inserted, updated = _written(cursor, before)
        _take_out(cursor, inserted)
        cursor.execute("CHECKPOINT")
        limit = _write_again(cursor, inserted, updated)
    count = sum(n for _, _, _, n in inserted) + sum(n for _, _, n in updated)
    return seconds, limit, count


def _written(
    cursor: Any, before: Mark
) -> tuple[list[tuple[str, str, bytes, int]], list[tuple[str, bytes, int]]]:
    inserted: list[tuple[str, str, bytes, int]] = []
    updated: list[tuple[str, bytes, int]] = []
    for model in _models():
        table = model._meta.db_table
        where = f"id > {before.rows[table]}"
        inserted.append((table, where, *_out(cursor, f'SELECT * FROM "{table}" WHERE {where} ORDER BY id')))
        if not hasattr(model, "history"):
            continue
        past = model.history.model._meta.db_table
        fresh = f"history_id > {before.history[past]}"
        inserted.append(
            (past, fresh, *_out(cursor, f'SELECT * FROM "{past}" WHERE {fresh} ORDER BY history_id'))
        )
        changed = (
            f'SELECT * FROM "{table}" WHERE id <= {before.rows[table]} AND id IN '
            f"(SELECT id FROM \"{past}\" WHERE {fresh} AND history_type = '~')"
        )
        updated.append((table, *_out(cursor, changed)))
    return [i for i in inserted if i[3]], [u for u in updated if u[2]]


def _out(cursor: Any, query: str) -> tuple[bytes, int]:
    with cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT binary)") as copy:
        content = b"".join(bytes(block) for block in copy)
    cursor.execute(f"SELECT count(*) FROM ({query}) q")
    return content, cursor.fetchone()[0]


def _take_out(cursor: Any, inserted: list[tuple[str, str, bytes, int]]) -> None:
    cursor.execute("SET session_replication_role = replica")
    for table, where, _, _ in inserted:
        cursor.execute(f'DELETE FROM "{table}" WHERE {where}')
    cursor.execute("SET session_replication_role = DEFAULT")
    for table, _, _, _ in inserted:
        cursor.execute(f'VACUUM ANALYZE "{table}"')


def _write_again(
    cursor: Any, inserted: list[tuple[str, str, bytes, int]], updated: list[tuple[str, bytes, int]]
) -> float:
    order = _parents_first([table for table, _, _, _ in inserted])
    contents = {table: content for table, _, content, _ in inserted}
    start = time.perf_counter()
    cursor.execute("BEGIN")
    for table in order:
        with cursor.copy(f'COPY "{table}" FROM STDIN (FORMAT binary)') as copy:
            copy.write(contents[table])
    for table, content, _ in updated:
        cursor.execute(f'CREATE TEMP TABLE again (LIKE "{table}") ON COMMIT DROP')
        with cursor.copy("COPY again FROM STDIN (FORMAT binary)") as copy:
            copy.write(content)
        cursor.execute(
            "SELECT string_agg(quote_ident(column_name) || ' = a.' || quote_ident(column_name), ', ') "
            "FROM information_schema.columns WHERE table_name = %s AND column_name <> 'id'",
            [table],
        )
        changes = cursor.fetchone()[0]
        cursor.execute("ANALYZE again")
        cursor.execute(f'UPDATE "{table}" t SET {changes} FROM again a WHERE a.id = t.id')
        cursor.execute("DROP TABLE again")
    cursor.execute("COMMIT")
    return time.perf_counter() - start


def _parents_first(tables: list[str]) -> list[str]:
    from django.apps import apps

    by_table = {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}
    order: list[str] = []

    def visit(table: str) -> None:
        if table in order:
            return
        for field in by_table[table]._meta.concrete_fields if table in by_table else ():
            target = field.remote_field.model._meta.db_table if field.remote_field else None
            if target in tables and target != table and "historical" not in table:
                visit(target)
        order.append(table)

    for table in tables:
        visit(table)
    return order
