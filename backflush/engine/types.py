"""What goes into the calculation and what comes out.

Items, locations, lots and inputs are the caller's own integer keys. Quantities and unit costs are Decimals
with at most six decimals, percents are 0-100, money is a whole number of minor units (`_minor`), quantities
count in the item's stock unit unless they say otherwise. Consumption is positive; by-products and returns are
negative, except in `ReportedUse`, which says what the file says.

What exists once per line is a NamedTuple, because a frozen dataclass of that size takes ten times as long to make;
the rest are frozen dataclasses. Both are immutable.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from .enums import (
    AccountRole,
    Basis,
    FinishedGoodsAt,
    Flag,
    LineType,
    LossMethod,
    NegativePolicy,
    Rounding,
    ScrapPolicy,
    Source,
    Supply,
    Tracking,
)
from .scale import micro

if TYPE_CHECKING:
    from .places import SupplyPlan
    from .recipe import CompiledRecipe
    from .stock import StockPool

ZERO = Decimal(0)
ONE = Decimal(1)


# --- the recipe ---------------------------------------------------------------------------------------------


class Substitute(NamedTuple):
    """An item that may stand in; `factor` stock units of it for one of the input's item."""

    item: int
    factor: Decimal = ONE


class RecipeInput(NamedTuple):
    """One line of a recipe snapshot.

    `factor_numerator ÷ factor_denominator` stock units are one BOM unit. A phantom has `is_phantom`, makes no line of
    its own, and is the `parent` (by key) of its lines; `planned_loss_percent` is that of its own bill.
    `unit` and `stock_unit` are only for the words.
    """

    key: int
    item: int
    basis: Basis = Basis.PER_UNIT
    usage: Decimal = ONE
    usage_per: Decimal = ONE
    fixed_quantity: Decimal = ZERO
    loss_percent: Decimal = ZERO
    loss_method: LossMethod = LossMethod.MULTIPLY
    factor_numerator: int = 1
    factor_denominator: int = 1
    rounding_step: Decimal | None = None
    rounding: Rounding | None = None
    line_type: LineType = LineType.COMPONENT
    supply: Supply = Supply.BACKFLUSH
    supply_location: int | None = None
    operation: int | None = None
    parent: int | None = None
    is_phantom: bool = False
    planned_loss_percent: Decimal = ZERO
    substitutes: tuple[Substitute, ...] = ()
    unit: str = ""
    stock_unit: str = ""


@dataclass(frozen=True, slots=True)
class Recipe:
    """An output's snapshot. Use one object for all orders that share it: its compiled form is kept on it.

    `reporting_points` are the numbers of the backflush operations, `last_operation` the route's last one; where it is
    None the highest operation that is named anywhere counts, and with none at all there is one point.
    """

    inputs: tuple[RecipeInput, ...]
    planned_loss_percent: Decimal = ZERO
    scrap_policy: ScrapPolicy = ScrapPolicy.FOUND
    reporting_points: tuple[int, ...] = ()
    last_operation: int | None = None
    _compiled: CompiledRecipe | None = field(default=None, init=False, repr=False, compare=False)


# --- what happened ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OperationTotals:
    """Good and scrap of the other live completions of an output at one operation (None: the last one)."""

    operation: int | None
    good: Decimal
    scrap: Decimal = ZERO


class Held(NamedTuple):
    """What the lines of other live backflushes hold for one input and item used, summed.

    `skipped` is the expected quantity of those lines whose actual is zero. The rest is needed only where substitutes
    were used: `origin_*` count in the BOM's item, `share_*` is what `shares.held_share` makes of the lines' terms.
    """

    item: int
    standard: Decimal
    expected: Decimal
    actual: Decimal
    origin_standard: Decimal | None = None
    origin_expected: Decimal | None = None
    factor: Decimal = ONE
    skipped: Decimal = ZERO
    share_standard: Fraction | None = None
    share_expected: Fraction | None = None


class PostedUse(NamedTuple):
    """What is net posted for one input, item, location and lot; latest first. Signed as on the line."""

    item: int
    location: int
    lot: int | None
    quantity: Decimal
    unit_cost: Decimal
    factor: Decimal = ONE


class ReportedUse(NamedTuple):
    """One row of reported use, in stock units, positive as in the file: used, or for a by-product received.

    Without `input_key` the row is shared by the inputs of its item (or of the item it stands in for).
    """

    item: int
    quantity: Decimal
    input_key: int | None = None
    stands_in_for: int | None = None
    factor: Decimal | None = None
    lot: int | None = None
    location: int | None = None


@dataclass(frozen=True, slots=True)
class ChosenLot:
    """A lot that a person or a report named. Without a quantity: as much as is needed."""

    lot: int | None
    location: int | None = None
    quantity: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Edit:
    """A person's change to the line of `input_key` and `item` (None and an item: an extra line).

    `item_used` puts another item in its place, `actual_quantity` is signed as the line is; None leaves it as it is.
    An edit of an item that the input has no line for adds one that stands in for the input's item.
    """

    input_key: int | None
    item: int
    actual_quantity: Decimal | None = None
    item_used: int | None = None
    factor: Decimal | None = None
    lots: tuple[ChosenLot, ...] | None = None


@dataclass(frozen=True, slots=True)
class UpstreamWip:
    """What an earlier reporting point put into WIP for its good units, and what was taken from that since."""

    operation: int
    put_minor: int
    put_units: Decimal
    taken_minor: int = 0
    taken_units: Decimal = ZERO

    @property
    def left_minor(self) -> int:
        return self.put_minor - self.taken_minor


# --- facts and policies -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """An item on the completion's day. None: unknown cost, or the organization's policy."""

    key: int
    standard_cost: Decimal | None = None
    tracking: Tracking = Tracking.NONE
    rounding_step: Decimal | None = None
    rounding: Rounding | None = None
    negative_policy: NegativePolicy | None = None
    supply_location: int | None = None
    is_stock_known: bool = True
    tolerance_percent: Decimal | None = None
    tolerance_minor: int | None = None
    stock_unit: str = ""
    cost_micro: int | None = field(init=False, repr=False, compare=False)
    step_micro: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(
            self, "cost_micro", None if self.standard_cost is None else micro(self.standard_cost)
        )
        object.__setattr__(self, "step_micro", 0 if self.rounding_step is None else micro(self.rounding_step))


@dataclass(frozen=True, slots=True)
class Policies:
    """The organization's choices."""

    currency_decimals: int = 2
    negative_policy: NegativePolicy = NegativePolicy.WARN
    finished_goods_at: FinishedGoodsAt = FinishedGoodsAt.ACTUAL
    is_stock_at_standard: bool = False
    tolerance_percent: Decimal = ZERO
    tolerance_minor: int = 0


@dataclass(frozen=True, slots=True)
class CompletionInputs:
    """Everything one completion's backflush is computed from. Mappings are by input key and may lack keys."""

    recipe: Recipe
    good: Decimal
    scrap: Decimal
    items: Mapping[int, ItemFacts]
    stock: StockPool
    places: SupplyPlan
    policies: Policies
    order_quantity: Decimal | None = None
    operation: int | None = None
    scrap_operation: int | None = None
    has_scrap_reason: bool = True
    totals: tuple[OperationTotals, ...] = ()
    held: Mapping[int, tuple[Held, ...]] = field(default_factory=dict)
    posted: Mapping[int, tuple[PostedUse, ...]] = field(default_factory=dict)
    reported: tuple[ReportedUse, ...] = ()
    edits: tuple[Edit, ...] = ()
    upstream: tuple[UpstreamWip, ...] = ()


# --- the result ---------------------------------------------------------------------------------------------


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


# --- the journal --------------------------------------------------------------------------------------------


class JournalAmounts(NamedTuple):
    """A line's amounts, or the sums of many lines of one item class and line type.

    `inventory_minor` is what the stock entries took, in the sign of consumption; it differs from the actual cost where
    an entry emptied a lot and took the rest of its value.
    """

    standard_cost_minor: int
    actual_cost_minor: int
    substitution_minor: int
    scrap_minor: int
    usage_minor: int
    price_minor: int
    item_class: str = ""
    line_type: LineType = LineType.COMPONENT
    inventory_minor: int | None = None


@dataclass(frozen=True, slots=True)
class PostedReceipt:
    """Finished goods that came in and are still standing: units and value, latest first."""

    quantity: Decimal
    amount_minor: int


@dataclass(frozen=True, slots=True)
class JournalInputs:
    """What one posting's journal is made from.

    `receives` says that the completion is at the last operation; `is_emptying` that after this posting the order is
    closed, so that nothing may stay in its WIP. `upstream` are the earlier points' shares; `receipts` are needed when
    `good` is negative. `conversion_cost` is the order's rate for one good unit.
    """

    amounts: tuple[JournalAmounts, ...]
    good: Decimal
    scrap: Decimal
    finished_goods_at: FinishedGoodsAt
    currency_decimals: int
    receives: bool = True
    is_emptying: bool = False
    is_scrap_abnormal: bool = False
    conversion_cost: Decimal = ZERO
    output_standard_cost: Decimal | None = None
    output_class: str = ""
    scrap_operation: int | None = None
    upstream: tuple[UpstreamWip, ...] = ()
    receipts: tuple[PostedReceipt, ...] = ()


class JournalLine(NamedTuple):
    """One amount for one account: debit positive, credit negative."""

    role: AccountRole
    item_class: str
    amount_minor: int
    memo: str = ""


@dataclass(frozen=True, slots=True)
class UpstreamTaken:
    """What this posting took from an earlier point's WIP: by the receipt and by scrap."""

    operation: int
    receipt_minor: int
    scrap_minor: int
    units: Decimal


@dataclass(frozen=True, slots=True)
class Journal:
    """Balanced lines. `wip_minor` is what this posting leaves in the order's WIP at its own point."""

    lines: tuple[JournalLine, ...]
    receipt_quantity: Decimal
    receipt_minor: int
    receipt_unit_cost: Decimal
    upstream: tuple[UpstreamTaken, ...]
    upstream_scrap_minor: int
    wip_minor: int
