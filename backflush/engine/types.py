"""What goes into the calculation; `results` is what comes out, `postings` is for the journal.

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
from typing import TYPE_CHECKING, NamedTuple

from .enums import (
    Basis,
    FinishedGoodsAt,
    LineType,
    LossMethod,
    NegativePolicy,
    Rounding,
    ScrapPolicy,
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

    Without `input_key` the row is shared by the inputs of its item (or of the item it stands in for). A lot that was
    named and that nobody knows is `is_lot_unknown`, without a lot.
    """

    item: int
    quantity: Decimal
    input_key: int | None = None
    stands_in_for: int | None = None
    factor: Decimal | None = None
    lot: int | None = None
    location: int | None = None
    is_lot_unknown: bool = False


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
