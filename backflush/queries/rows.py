"""Rows of the basis: what the database answers, as plain tuples with names."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple


class CompletionRow(NamedTuple):
    """A completion with its output and order."""

    id: int
    output_id: int
    order_id: int
    order_number: str
    order_status: str
    is_closed: bool
    work_site_id: int | None
    item_id: int
    operation: int | None
    good: Decimal
    scrap: Decimal
    scrap_operation: int | None
    scrap_reason_id: int | None
    is_scrap_abnormal: bool
    is_final: bool
    completed_on: dt.date
    completed_at: dt.datetime
    order_quantity: Decimal | None
    conversion_cost: Decimal
    scrap_policy: str
    planned_loss: Decimal
    bom_output_quantity: Decimal
    reporting_points: list[int]
    snapshot_at: dt.datetime | None
    output_lot_code: str
    reference: str


class InputRow(NamedTuple):
    """One line of an order's recipe snapshot."""

    output_id: int
    id: int
    position: int
    item_id: int
    line_type: str
    basis: str
    usage: Decimal
    usage_per: Decimal
    fixed_quantity: Decimal
    unit: str
    loss_percent: Decimal
    loss_method: str
    operation: int | None
    supply: str
    supply_location_id: int | None
    is_phantom: bool
    phantom_parent_id: int | None
    factor_numerator: int
    factor_denominator: int
    rounding_step: Decimal | None
    rounding_direction: str
    substitutes: str | None
    bom_line_id: int | None
    planned_loss: Decimal


@dataclass(slots=True)
class RecipeRows:
    """A recipe that some outputs share: its digest, and the lines as one of them holds them."""

    digest: str
    rows: list[InputRow] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class OutputRecipe:
    """An output's recipe, and the ids of its own lines in the order of their positions."""

    shared: RecipeRows
    ids: list[int]

    @property
    def ids_by_position(self) -> dict[int, int]:
        return {row.position: own for row, own in zip(self.shared.rows, self.ids, strict=True)}


class HeldLine(NamedTuple):
    """What a live backflush holds for one input and item."""

    input_id: int
    item_id: int
    stands_in_for_id: int | None
    standard: Decimal
    scrap: Decimal
    expected: Decimal
    actual: Decimal
    origin_standard: Decimal
    origin_expected: Decimal
    factor: Decimal
    exact: str | None


@dataclass(slots=True)
class HeldDocument:
    """Another live backflush of the same output: the units it reported and what its lines hold."""

    backflush_id: int
    completion_id: int
    operation: int | None
    good: Decimal
    scrap: Decimal
    scrap_operation: int | None
    status: str
    lines: list[HeldLine] = field(default_factory=list)


class UseRow(NamedTuple):
    """A report of use."""

    order_id: int
    id: int
    completion_id: int | None
    input_id: int | None
    item_id: int
    quantity: Decimal
    lot_code: str
    location_id: int | None
    stands_in_for_id: int | None
    factor: Decimal | None
    operation: int | None
    position: int | None


class ItemRow(NamedTuple):
    """What the calculation must know of an item."""

    id: int
    sku: str
    unit: str
    tracking: str
    negative_policy: str
    rounding_step: Decimal | None
    rounding_direction: str
    supply_location_id: int | None
    tolerance_percent: Decimal | None
    tolerance_minor: int | None
    is_stock_known: bool
    item_class: str
    kind: str


class StockRow(NamedTuple):
    """A balance that can be picked from, less what other drafts have picked."""

    item_id: int
    location_id: int
    lot_id: int | None
    on_hand: Decimal
    lot_code: str
    received_on: dt.date | None
    expires_on: dt.date | None
    unit_cost: Decimal | None


class PostedPick(NamedTuple):
    """What was posted last for an input: the first to come back when a correction returns."""

    input_id: int
    item_id: int
    location_id: int
    lot_id: int | None
    quantity: Decimal
    unit_cost: Decimal
    factor: Decimal


class UpstreamRow(NamedTuple):
    """What a posted document left in WIP at its point, and what it took from earlier points."""

    operation: int | None
    good: Decimal
    wip_minor: int
    taken: str | None
