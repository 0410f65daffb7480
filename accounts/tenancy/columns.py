"""How models look in SQL: names and types of columns, worked out once per process, as they never change in it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import connection, models

if TYPE_CHECKING:
    Column = models.Field[Any, Any]


class HistoryTable(NamedTuple):
    """Where a model's history goes, and the columns that it copies."""

    table: str
    columns: str


@cache
def columns_of(model: type[models.Model]) -> dict[str, Column]:
    """The concrete fields by attribute name (`item_id`)."""
    return {field.attname: field for field in model._meta.concrete_fields}


def column(model: type[models.Model], attname: str) -> Column:
    """The field of this attribute name. Raises LookupError where there is none."""
    found = columns_of(model).get(attname)
    if found is None:
        raise LookupError(f"{model.__name__} has no column {attname}")
    return found


@cache
def table(model: type[models.Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


@cache
def quoted(field: Column) -> str:
    return connection.ops.quote_name(str(field.column))


@cache
def own_type(field: Column) -> str:
    """The type that the column is declared with."""
    return str(field.db_type(connection))


@cache
def value_type(field: Column) -> str:
    """The type of values on their way into the column: a key's without what makes it count up."""
    return str(field.rel_db_type(connection)) if field.primary_key else own_type(field)


@cache
def history_table(model: type[models.Model]) -> HistoryTable | None:
    """None for a model that keeps no history."""
    history = getattr(model, "history", None)
    if history is None:
        return None
    tracked = {field.attname for field in history.model.tracked_fields}
    names = ", ".join(quoted(field) for name, field in columns_of(model).items() if name in tracked)
    return HistoryTable(table(history.model), names)
