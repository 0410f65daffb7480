"""What an import wrote, told by the history rows that carry its reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection, models

from inventory.models import EntryOutcome, Item, ItemCost, Location, Lot, ReasonCode, UnitConversion
from production.models import (
    BillOfMaterials,
    BomLine,
    Completion,
    Operation,
    ReportedUse,
    Substitute,
    WorkOrder,
    WorkOrderInput,
    WorkOrderOutput,
)

# Whatever refers to another comes before it.
WRITTEN: tuple[type[models.Model], ...] = (
    Substitute,
    BomLine,
    ReportedUse,
    Completion,
    WorkOrderInput,
    WorkOrderOutput,
    WorkOrder,
    BillOfMaterials,
    EntryOutcome,
    Operation,
    UnitConversion,
    ItemCost,
    Lot,
    ReasonCode,
    Item,
    Location,
)


@dataclass(frozen=True, slots=True)
class Touched:
    """Rows of one table: those that the import made, and those it changed with their columns as they were before."""

    model: type[models.Model]
    made: list[int]
    columns: list[str]
    before: list[tuple[Any, ...]]
    changed_since: int


def touched_by(reason: str) -> list[Touched]:
    """Every table that the import wrote to, in the order in which it can be taken back."""
    return [touched for model in WRITTEN if (touched := _touched(model, reason))]


def _touched(model: type[models.Model], reason: str) -> Touched | None:
    history = model.history.model  # type: ignore[attr-defined]
    table = connection.ops.quote_name(history._meta.db_table)
    tracked = [field for field in model._meta.concrete_fields if not field.primary_key]
    names = [field.attname for field in tracked if field.attname != "organization_id"]
    columns = ", ".join(f"b.{connection.ops.quote_name(name)}" for name in names)
    spans = (
        f"WITH own AS (SELECT id, min(history_id) AS first, max(history_id) AS last, min(history_type) AS kind "
        f"FROM {table} WHERE history_change_reason = %s GROUP BY id) "
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"{spans} SELECT own.id, own.kind, EXISTS "
            f"(SELECT 1 FROM {table} l WHERE l.id = own.id AND l.history_id > own.last) FROM own ORDER BY own.id",
            [reason],
        )
        found = cursor.fetchall()
        if not found:
            return None
        cursor.execute(
            f"{spans} SELECT DISTINCT ON (b.id) b.id, {columns} FROM own JOIN {table} b "
            f"ON b.id = own.id AND b.history_id < own.first WHERE own.kind <> '+' "
            "ORDER BY b.id, b.history_id DESC",
            [reason],
        )
        before = cursor.fetchall()
    return Touched(
        model,
        [pk for pk, kind, _ in found if kind == "+"],
        names,
        before,
        sum(1 for _, _, is_later in found if is_later),
    )
