"""New output lines of orders, written with their recipe in one go."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from accounts.tenancy.writes import allocate_ids, insert_rows
from inventory.models import Item
from production.models import WorkOrderOutput
from production.queries.reading import batches
from production.queries.recipes import Recipe, RecipeBook

from .rows import ZERO, LoadResult
from .snapshots import OUTPUT_COLUMNS, insert_inputs, snapshot_values


@dataclass(slots=True)
class NewOutput:
    """An output line to be made, and the day on which its recipe must hold."""

    row: int
    item_id: int
    quantity: Decimal | None
    on: dt.date
    conversion_cost: Decimal = ZERO
    scrap_allowance_percent: Decimal = ZERO
    points: Sequence[int] = ()
    work_order_id: int = 0
    id: int = 0


def warn_of_recipes(outputs: Iterable[NewOutput], book: RecipeBook, result: LoadResult) -> None:
    """Say once per item which orders come without a recipe, and why."""
    told: dict[tuple[int, str], NewOutput] = {}
    for output in outputs:
        recipe = book.recipe(output.item_id, output.on)
        if recipe is None:
            told.setdefault((output.item_id, ""), output)
        elif recipe.problem:
            told.setdefault((output.item_id, recipe.problem), output)
    names: dict[int, str] = {}
    for batch in batches(sorted({item for item, _ in told})):
        names.update(Item.objects.filter(pk__in=batch).values_list("pk", "sku"))
    for (item, problem), output in told.items():
        sku = names.get(item, "")
        if problem:
            message = f"{problem} The recipe is taken when the order is drafted."
        else:
            message = (
                f"No bill of materials of {sku} holds on {output.on}: load one before its orders are drafted."
            )
        result.warn(output.row, "sku", sku, "NO_BILL_OF_MATERIALS", message)


def insert_outputs(outputs: Sequence[NewOutput], book: RecipeBook, *, actor: Any, reason: str) -> None:
    """Write output lines with their recipe snapshots; their `id` is set. Without a usable recipe it stays empty."""
    rows: list[tuple[Any, ...]] = []
    recipes: list[tuple[int, Recipe]] = []
    for output, pk in zip(outputs, allocate_ids(WorkOrderOutput, len(outputs)), strict=True):
        output.id = pk
        recipe = book.recipe(output.item_id, output.on)
        if recipe is None or recipe.problem:
            snapshot: tuple[Any, ...] = (None, "", 0, 1, list(output.points), None, None)
        else:
            snapshot = snapshot_values(recipe, output.on, list(output.points))
            recipes.append((pk, recipe))
        rows.append(
            (
                pk,
                output.work_order_id,
                output.item_id,
                output.quantity,
                output.conversion_cost,
                output.scrap_allowance_percent,
                *snapshot,
            )
        )
    columns = [
        "id",
        "work_order_id",
        "item_id",
        "quantity",
        "conversion_cost",
        "scrap_allowance_percent",
        *OUTPUT_COLUMNS,
    ]
    insert_rows(WorkOrderOutput, columns, rows, actor=actor, reason=reason)
    insert_inputs(recipes, actor=actor, reason=reason)
