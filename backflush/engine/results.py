"""What comes out of the calculation: lines with lots and variances, totals, shortages. Units are those of `types`."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from .enums import Flag, LineType, NegativePolicy, Source


class Pick(NamedTuple):
    """Where part of a line's actual quantity comes from, in its sign. A line's picks add up to its actual cost."""

    location: int | None
    lot: int | None
    quantity: Decimal
    unit_cost: Decimal
    amount_minor: int
    is_short: bool = False


class ComputedLine(NamedTuple):
    """One item used for one input. Quantities are this completion's share; `origin_*` count in the BOM's item.

    expected = standard + scrap; variance = substitution + scrap + usage + price = actual − standard cost.
    """

    input_key: int | None
    item: int
    stands_in_for: int | None
    factor: Decimal
    operation: int | None
    line_type: LineType
    source: Source
    standard_quantity: Decimal
    scrap_quantity: Decimal
    expected_quantity: Decimal
    actual_quantity: Decimal
    origin_standard_quantity: Decimal
    origin_expected_quantity: Decimal
    standard_unit_cost: Decimal | None
    origin_unit_cost: Decimal | None
    standard_cost_minor: int
    actual_cost_minor: int
    substitution_minor: int
    scrap_minor: int
    usage_minor: int
    price_minor: int
    variance_minor: int
    is_beyond_tolerance: bool
    short_quantity: Decimal
    flags: tuple[Flag, ...]
    terms: dict[str, Any]
    picks: tuple[Pick, ...]


class Shortage(NamedTuple):
    """A line that stock does not cover."""

    input_key: int | None
    item: int
    required: Decimal
    available: Decimal
    policy: NegativePolicy


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over the lines. Weight and value are what signatures are asked for (rules, section 10)."""

    standard_cost_minor: int
    actual_cost_minor: int
    substitution_minor: int
    scrap_minor: int
    usage_minor: int
    price_minor: int
    variance_minor: int
    upstream_scrap_minor: int
    weight_minor: int
    value_minor: int
    beyond_count: int
    short_count: int
    unknown_cost_count: int


@dataclass(frozen=True, slots=True)
class ComputedBackflush:
    """What one completion consumes. `is_blocked`: posting must be refused, with the shortages whose policy is block."""

    lines: tuple[ComputedLine, ...]
    totals: Totals
    shortages: tuple[Shortage, ...]
    is_blocked: bool
    is_nothing_used: bool
