"""Items in bulk: made where they are missing, changed where a file says something else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from accounts.tenancy.writes import allocate_ids, insert_rows, update_rows
from inventory.choices import ItemKind, Tracking
from inventory.models import Item
from inventory.queries.lookup import location_ids, named
from inventory.rows import CREATED, UNCHANGED, UPDATED, CostRow, ItemRow, RowOutcome, RowProblem, moved

from .costs import CostPlan, plan_costs, write_costs
from .places import load_locations

# The columns of an item that a file can say, as the row's names and the item's.
COLUMNS = {
    "description": "description",
    "kind": "kind",
    "item_class": "item_class",
    "unit": "unit",
    "tracking": "tracking",
    "negative_policy": "negative_policy",
    "rounding_step": "rounding_step",
    "rounding_direction": "rounding_direction",
}
DEFAULTS: dict[str, Any] = {
    "description": "",
    "kind": ItemKind.MATERIAL.value,
    "item_class": "",
    "unit": "EA",
    "tracking": Tracking.NONE.value,
    "negative_policy": "",
    "rounding_step": None,
    "rounding_direction": "",
    "supply_location_id": None,
    "is_unit_stated": False,
}


@dataclass(slots=True)
class ItemPlan:
    """What loading the rows would do."""

    outcomes: list[RowOutcome] = field(default_factory=list)
    problems: list[RowProblem] = field(default_factory=list)
    inserts: dict[str, dict[str, Any]] = field(default_factory=dict)
    updates: dict[int, dict[str, Any]] = field(default_factory=dict)
    locations: set[str] = field(default_factory=set)
    costs: CostPlan = field(default_factory=CostPlan)


def plan_items(rows: Sequence[ItemRow], *, on: dt.date) -> ItemPlan:
    """What these rows would make and change. A standard cost holds from `on` where the item has another one."""
    plan = ItemPlan(locations={row.location for row in rows if row.location})
    places = location_ids(plan.locations)
    known = {
        sku: (pk, dict(zip(DEFAULTS, values, strict=True)))
        for sku, pk, *values in named(Item, "sku", {row.sku for row in rows}, "sku", "id", *DEFAULTS)
    }
    seen: dict[str, ItemRow] = {}
    fresh: list[ItemRow] = []
    for row in rows:
        first = seen.setdefault(row.sku, row)
        if first is row:
            fresh.append(row)
        elif first[2:] != row[2:]:
            plan.problems.append(_contradiction(row, first))
    priced = [
        CostRow(row.row, row.sku, row.standard_cost) for row in fresh if row.standard_cost
    ]  # 0 in an items file is "no cost"
    plan.costs = plan_costs(priced, since=on, new_skus={row.sku for row in fresh if row.sku not in known})
    prices = {outcome.row: outcome for outcome in plan.costs.outcomes}
    for row in rows:
        if seen[row.sku] is not row:
            plan.outcomes.append(RowOutcome(row.row, UNCHANGED, row.sku, known.get(row.sku, (None,))[0]))
            continue
        said = _said(row, places)
        price = prices[row.row].changes if row.row in prices else ()
        if row.sku not in known:
            plan.inserts[row.sku] = DEFAULTS | said
            plan.outcomes.append(RowOutcome(row.row, CREATED, row.sku))
            continue
        pk, found = known[row.sku]
        changes = moved(found, said)
        if changes:
            plan.updates[pk] = found | said
        shown = tuple(c for c in changes if c.field != "is_unit_stated") + price
        plan.outcomes.append(RowOutcome(row.row, UPDATED if shown else UNCHANGED, row.sku, pk, shown))
    return plan


def load_items(rows: Sequence[ItemRow], *, actor: Any, reason: str, on: dt.date) -> list[RowOutcome]:
    """Make and change items with their costs, and the locations that they name. Rows must have no problems."""
    named_places = {(row.location,) for row in rows if row.location}
    load_locations(
        {place for place in named_places if not location_ids(set(place))}, actor=actor, reason=reason
    )
    plan = plan_items(rows, on=on)
    if plan.problems or plan.costs.problems:
        raise ValueError("rows with problems cannot be loaded")
    ids = dict(zip(plan.inserts, allocate_ids(Item, len(plan.inserts)), strict=True))
    insert_rows(
        Item,
        ["id", "sku", *DEFAULTS],
        [(ids[sku], sku, *values.values()) for sku, values in plan.inserts.items()],
        actor=actor,
        reason=reason,
    )
    update_rows(
        Item,
        list(DEFAULTS),
        [(pk, *values.values()) for pk, values in plan.updates.items()],
        actor=actor,
        reason=reason,
    )
    write_costs(plan.costs, actor=actor, reason=reason)
    return [
        outcome if outcome.target_id else outcome._replace(target_id=ids.get(outcome.key))
        for outcome in plan.outcomes
    ]


def settle_units(units: Mapping[int, str], *, actor: Any, reason: str) -> None:
    """Give items whose unit was only assumed the unit that a bill of materials names for them."""
    assumed = Item.objects.filter(is_unit_stated=False, pk__in=list(units)).values_list("pk", flat=True)
    update_rows(
        Item,
        ["unit", "is_unit_stated"],
        [(pk, units[pk], True) for pk in assumed],
        actor=actor,
        reason=reason,
    )


def know_stock(items: Collection[int], *, actor: Any, reason: str) -> None:
    """From now on the stock of these items is known, if it was not."""
    unknown = [
        (pk, True) for pk, is_known in named(Item, "id", set(items), "id", "is_stock_known") if not is_known
    ]
    update_rows(Item, ["is_stock_known"], unknown, actor=actor, reason=reason)


def _said(row: ItemRow, places: Mapping[str, int]) -> dict[str, Any]:
    said = {column: getattr(row, name) for name, column in COLUMNS.items() if getattr(row, name) is not None}
    if row.unit is not None:
        said["is_unit_stated"] = True
    if row.location:
        said["supply_location_id"] = places.get(row.location)
    return said


def _contradiction(row: ItemRow, first: ItemRow) -> RowProblem:
    name = next(name for name, a, b in zip(row._fields[2:], row[2:], first[2:], strict=True) if a != b)
    return RowProblem(
        row.row,
        name,
        str(getattr(row, name) if getattr(row, name) is not None else ""),
        "duplicate",
        f"{row.sku} stands in row {first.row} too, with another {name.replace('_', ' ')} "
        f"({getattr(first, name)}). Keep one of the two rows.",
    )
