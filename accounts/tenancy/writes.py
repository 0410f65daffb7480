"""Rows and their history, written together: one statement per batch, made on the server from what was written.

COPY into a table with row security is refused by PostgreSQL, so values are copied to a temporary table (a few travel as
arrays) and one statement writes the rows from there and, from what it wrote, their history.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from enum import Enum
from itertools import islice
from typing import Any, TypeVar

from django.db import connection, models
from django.utils import timezone

from .columns import column, columns_of, history_table, own_type, quoted, table, value_type

CHUNK = 100_000
FEW = 200
M = TypeVar("M", bound=models.Model)


def save_row(row: M, *, actor: Any, reason: str, fields: Sequence[str] | None = None) -> M:
    """Save one row with its history row. `fields` limits an update to these columns."""
    row._history_user = actor  # type: ignore[attr-defined]
    row._change_reason = reason  # type: ignore[attr-defined]
    row.save(update_fields=fields)
    return row


def delete_row(row: models.Model, *, actor: Any, reason: str) -> None:
    """Delete one row; its history row tells who and why."""
    row._history_user = actor  # type: ignore[attr-defined]
    row._change_reason = reason  # type: ignore[attr-defined]
    row.delete()


def allocate_ids(model: type[models.Model], count: int) -> list[int]:
    """Reserve primary keys, so that children can be made before their parents are written."""
    if not count:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [model._meta.db_table, count],
        )
        return [row[0] for row in cursor.fetchall()]


def insert_rows(
    model: type[models.Model],
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    actor: Any,
    reason: str,
    constants: Mapping[str, Any] | None = None,
) -> int:
    """Insert many rows of one organization with their history; returns how many.

    `columns` are attribute names (`item_id`), `rows` their values; `constants` holds values that every row shares
    (the organization always does). Columns in neither take the model's default.
    """
    shared = dict(constants or {})
    fixed, varying = _plan(model, columns, shared)
    names = ", ".join(quoted(f) for f in (*varying, *fixed))
    picked = ", ".join([f"v.c{i}" for i in range(len(varying))] + [f"%s::{own_type(f)}" for f in fixed])
    parameters = [_prepared(f, fixed[f]) for f in fixed]
    written = 0
    for chunk in _chunks(rows):
        with _given(varying, chunk) as (source, values):
            statement = f"INSERT INTO {table(model)} ({names}) SELECT {picked} FROM {source} RETURNING *"
            written += _run(model, statement, [*parameters, *values], "+", actor, reason)
    return written


def insert_copies(
    model: type[models.Model],
    key_column: str,
    keys: Iterable[tuple[int, Sequence[Sequence[Any]]]],
    columns: Sequence[str],
    *,
    actor: Any,
    reason: str,
) -> int:
    """Insert the same lines under many keys, with their history; returns how many.

    `keys` are (key, lines): a hundred thousand orders share a few hundred recipes, so each list of lines (by identity)
    travels once per statement and the server multiplies it. `key_column` is what takes the key.
    """
    fixed, (key_field, *body) = _plan(model, [key_column, *columns], {})
    written = 0
    for chunk in _by_size(keys):
        lists = {id(lines): lines for _, lines in chunk}
        number = {known: n for n, known in enumerate(lists)}
        rows = [(number[known], *line) for known, lines in lists.items() for line in lines]
        values = [_column(field, [row[i] for row in rows]) for i, field in enumerate(body, start=1)]
        names = ", ".join(quoted(f) for f in (key_field, *body, *fixed))
        picked = ", ".join(
            ["k.key"] + [f"v.c{i}" for i in range(len(body))] + [f"%s::{own_type(f)}" for f in fixed]
        )
        source = ", ".join(["%s::int[]", *(f"%s::{value_type(f)}[]" for f in body)])
        aliases = ", ".join(["number", *(f"c{i}" for i in range(len(body)))])
        statement = (
            f"INSERT INTO {table(model)} ({names}) SELECT {picked} "
            f"FROM unnest(%s::int[], %s::{value_type(key_field)}[]) AS k(number, key) "
            f"JOIN unnest({source}) AS v({aliases}) ON v.number = k.number RETURNING *"
        )
        parameters = [
            *(_prepared(f, fixed[f]) for f in fixed),
            [number[id(lines)] for _, lines in chunk],
            [key for key, _ in chunk],
            [row[0] for row in rows],
            *values,
        ]
        written += _run(model, statement, parameters, "+", actor, reason)
    return written


def update_rows(
    model: type[models.Model],
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    actor: Any,
    reason: str,
) -> int:
    """Update rows by primary key (first in each row), one history row for each; returns how many were written."""
    fields = [column(model, name) for name in ("id", *columns)]
    changes = ", ".join(f"{quoted(f)} = v.c{i}" for i, f in enumerate(fields) if i)
    written = 0
    for chunk in _chunks(rows):
        with _given(fields, chunk) as (source, values):
            statement = (
                f"UPDATE {table(model)} AS t SET {changes} FROM {source} WHERE t.id = v.c0 RETURNING t.*"
            )
            written += _run(model, statement, values, "~", actor, reason)
    return written


def update_where(
    model: type[models.Model], ids: Sequence[int], values: Mapping[str, Any], *, actor: Any, reason: str
) -> int:
    """Give the same values to many rows by primary key, with history."""
    if not ids:
        return 0
    fields = [column(model, name) for name in values]
    changes = ", ".join(f"{quoted(f)} = %s::{own_type(f)}" for f in fields)
    statement = f"UPDATE {table(model)} AS t SET {changes} WHERE t.id = ANY(%s) RETURNING t.*"
    parameters = [_prepared(f, v) for f, v in zip(fields, values.values(), strict=True)]
    return _run(model, statement, [*parameters, list(ids)], "~", actor, reason)


def delete_rows(model: type[models.Model], ids: Sequence[int], *, actor: Any, reason: str) -> int:
    """Delete rows by primary key; their last values stay in the history with who and why."""
    if not ids:
        return 0
    return _run(
        model,
        f"DELETE FROM {table(model)} AS t WHERE t.id = ANY(%s) RETURNING t.*",
        [list(ids)],
        "-",
        actor,
        reason,
    )


def _plan(
    model: type[models.Model], columns: Sequence[str], shared: dict[str, Any]
) -> tuple[dict[models.Field[Any, Any], Any], list[models.Field[Any, Any]]]:
    from django_scopes import get_scope

    varying = [column(model, name) for name in columns]
    known = columns_of(model)
    if "organization_id" in known:
        shared.setdefault("organization_id", get_scope()["organization"].pk)
    fixed: dict[models.Field[Any, Any], Any] = {}
    taken = {f.attname for f in varying}
    for name, field in known.items():
        if name in taken:
            continue
        if name in shared:
            fixed[field] = shared[name]
        elif not field.primary_key:
            fixed[field] = field.get_default()
    return fixed, varying


def _run(
    model: type[models.Model], statement: str, parameters: list[Any], kind: str, actor: Any, reason: str
) -> int:
    history = history_table(model)
    with connection.cursor() as cursor:
        if history is None:
            cursor.execute(
                statement.rpartition(" RETURNING ")[0], parameters
            )  # nobody asks for what was written
            return int(cursor.rowcount)
        cursor.execute(
            f"WITH written AS ({statement}) INSERT INTO {history.table} "
            f"({history.columns}, history_date, history_type, history_user_id, history_change_reason) "
            f"SELECT {history.columns}, %s, %s, %s, %s FROM written",
            [*parameters, timezone.now(), kind, actor.pk if actor is not None else None, reason],
        )
        return int(cursor.rowcount)


def _chunks(rows: Iterable[Sequence[Any]]) -> Iterator[list[Sequence[Any]]]:
    iterator = iter(rows)
    while chunk := list(islice(iterator, CHUNK)):
        yield chunk


def _by_size(
    keys: Iterable[tuple[int, Sequence[Sequence[Any]]]],
) -> Iterator[list[tuple[int, Sequence[Sequence[Any]]]]]:
    """Keys in lists whose lines together are a chunk."""
    chunk: list[tuple[int, Sequence[Sequence[Any]]]] = []
    size = 0
    for key, lines in keys:
        if chunk and size + len(lines) > CHUNK:
            yield chunk
            chunk, size = [], 0
        chunk.append((key, lines))
        size += len(lines)
    if chunk:
        yield chunk


@contextmanager
def _given(
    fields: Sequence[models.Field[Any, Any]], rows: list[Sequence[Any]]
) -> Iterator[tuple[str, list[Any]]]:
    """The rows as something to select from, called `v` with columns c0, c1, …: arrays when few, copied when many."""
    names = [f"c{i}" for i in range(len(fields))]
    columns = [_column(field, [row[i] for row in rows]) for i, field in enumerate(fields)]
    if len(rows) < FEW:
        arrays = ", ".join(f"%s::{value_type(field)}[]" for field in fields)
        yield f"unnest({arrays}) AS v({', '.join(names)})", columns
        return
    kinds = ", ".join(f"{name} {value_type(field)}" for name, field in zip(names, fields, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE given_rows ({kinds}) ON COMMIT DROP")
        # Django wraps what a query raises, not what a copy raises when it ends.
        with connection.wrap_database_errors, cursor.copy("COPY given_rows FROM STDIN") as copy:
            for row in zip(*columns, strict=True):
                copy.write_row(row)
        cursor.execute("ANALYZE given_rows (c0)")
    yield "given_rows AS v", []
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE given_rows")


def _column(field: models.Field[Any, Any], values: list[Any]) -> list[Any]:
    if isinstance(field, models.JSONField):
        return [v if v is None or isinstance(v, str) else json.dumps(v, default=str) for v in values]
    if isinstance(field, models.CharField | models.TextField):
        return [v if v is None or type(v) is str else str(v) for v in values]
    if isinstance(field, models.DecimalField):  # an array holds numbers of one kind
        return [Decimal(v) if type(v) is int else v for v in values]
    return values


def _prepared(field: models.Field[Any, Any], value: Any) -> Any:
    if isinstance(field, models.JSONField):
        return None if value is None else json.dumps(value, default=str)
    return value.value if isinstance(value, Enum) else value
