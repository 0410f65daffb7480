"""The kinds of files and their columns: what each is called, must hold and may hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from .words import (
    FINISHED_WORDS,
    LINE_TYPE_WORDS,
    LOSS_METHOD_WORDS,
    NEGATIVE_POLICY_WORDS,
    ORDER_KIND_WORDS,
    ROUNDING_WORDS,
    STATUS_WORDS,
    SUPPLY_WORDS,
    TRACKING_WORDS,
    UNIT_RULE_WORDS,
)


class ColumnType(StrEnum):
    """How a cell's text is read; beside each the Python type it becomes (None where it is blank)."""

    CODE = "code"  # str, kept as it stands: leading zeros, 1E5
    TEXT = "text"  # str
    QUANTITY = "quantity"  # Decimal, at most 12 digits before and 6 after the mark
    COST = "cost"  # Decimal, a currency sign may stand beside it
    PERCENT = "percent"  # Decimal in percent: 5 and "5 %" are both 5
    NUMBER = "number"  # int from 0: an operation, a position
    DATE = "date"  # date
    MOMENT = "moment"  # datetime, naive where the file names no offset; a day alone is its midnight
    CHOICE = "choice"  # str, one of the words of the column
    FLAG = "flag"  # bool
    USAGE_PER = "usage_per"  # Decimal, or a word: unit, batch, batch 50, pieces 4, order, ordered, whole lot
    SUBSTITUTES = "substitutes"  # tuple of (sku, factor)


NUMERIC = frozenset(
    {ColumnType.QUANTITY, ColumnType.COST, ColumnType.PERCENT, ColumnType.USAGE_PER, ColumnType.SUBSTITUTES}
)
DATED = frozenset({ColumnType.DATE, ColumnType.MOMENT})


@dataclass(frozen=True, slots=True)
class ColumnSpec:
    """One canonical column. `least` is the smallest number taken, `above` the one it must exceed; `takes_unit`: a
    known unit may stand beside the number, and counts as the row's unit."""

    name: str
    type: ColumnType
    help: str
    required: bool = False
    max_length: int = 255
    least: Decimal | None = None
    above: Decimal | None = None
    below: Decimal | None = None
    words: Mapping[str, str] = field(default_factory=dict, hash=False)
    takes_unit: bool = False


@dataclass(frozen=True, slots=True)
class KindSpec:
    """One kind of file. `key` names what one row stands for: the same key twice is a duplicate.

    `groups` are the columns, outermost first, that people leave blank (or merge) below their first row.
    """

    name: str
    title: str
    columns: tuple[ColumnSpec, ...]
    key: tuple[str, ...]
    groups: tuple[str, ...] = ()

    def column(self, name: str) -> ColumnSpec:
        """Raises KeyError for a name that this kind does not have."""
        for spec in self.columns:
            if spec.name == name:
                return spec
        raise KeyError(name)

    @property
    def required(self) -> tuple[ColumnSpec, ...]:
        return tuple(spec for spec in self.columns if spec.required)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(spec.name for spec in self.columns)


ZERO = Decimal(0)
SKU_LENGTH = 255


def _code(name: str, text: str, *, required: bool = False, length: int = 80) -> ColumnSpec:
    return ColumnSpec(name, ColumnType.CODE, text, required=required, max_length=length)


def _sku(name: str, text: str, *, required: bool = False) -> ColumnSpec:
    return _code(name, text, required=required, length=SKU_LENGTH)


def _quantity(
    name: str,
    text: str,
    *,
    required: bool = False,
    least: Decimal | None = None,
    above: Decimal | None = None,
    takes_unit: bool = True,
) -> ColumnSpec:
    return ColumnSpec(
        name,
        ColumnType.QUANTITY,
        text,
        required=required,
        least=least,
        above=above,
        takes_unit=takes_unit,
    )


def _factor(name: str, text: str, *, required: bool = False) -> ColumnSpec:
    return _quantity(name, text, required=required, above=ZERO, takes_unit=False)


def _unit(text: str) -> ColumnSpec:
    return _code("unit", text, length=16)


def _cost(name: str, text: str, *, required: bool = False) -> ColumnSpec:
    return ColumnSpec(name, ColumnType.COST, text, required=required, least=ZERO)


def _percent(name: str, text: str) -> ColumnSpec:
    return ColumnSpec(name, ColumnType.PERCENT, text, least=ZERO, below=Decimal(1000))


def _number(name: str, text: str, *, required: bool = False) -> ColumnSpec:
    return ColumnSpec(name, ColumnType.NUMBER, text, required=required)


def _date(name: str, text: str) -> ColumnSpec:
    return ColumnSpec(name, ColumnType.DATE, text)


def _moment(name: str, text: str) -> ColumnSpec:
    return ColumnSpec(name, ColumnType.MOMENT, text)


def _choice(name: str, text: str, words: Mapping[str, str]) -> ColumnSpec:
    return ColumnSpec(name, ColumnType.CHOICE, text, words=words)


def _flag(name: str, text: str) -> ColumnSpec:
    return ColumnSpec(name, ColumnType.FLAG, text)


ITEMS = KindSpec(
    "items",
    "Items",
    (
        _sku("sku", "The item's number.", required=True),
        ColumnSpec("description", ColumnType.TEXT, "What it is."),
        _choice("kind", "material or sku (a finished good).", FINISHED_WORDS),
        _unit("The unit it is stocked in."),
        _choice("tracking", "none, lot or serial.", TRACKING_WORDS),
        _choice("negative_policy", "allow, warn or block.", NEGATIVE_POLICY_WORDS),
        _cost("standard_cost", "Standard cost of one unit; 0 is no cost."),
        _factor("rounding_step", "Quantities are rounded to this."),
        _choice("rounding", "up, down or nearest.", ROUNDING_WORDS),
        _code("location", "Where it is taken from.", length=120),
    ),
    key=("sku",),
)

BOMS = KindSpec(
    "boms",
    "Bills of materials",
    (
        _sku("parent_sku", "What is made.", required=True),
        _sku("component_sku", "What goes into it.", required=True),
        _quantity("usage", "How much of it.", required=True),
        ColumnSpec(
            "usage_per",
            ColumnType.USAGE_PER,
            "For how many: a number, or unit, batch of 50, 4 pieces, order, ordered, whole lot.",
            above=ZERO,
        ),
        _unit("The unit of the usage."),
        _percent("scrap_percent", "Planned loss of the line, in percent."),
        _choice("scrap_method", "multiply or yield.", LOSS_METHOD_WORDS),
        _quantity("fixed_quantity", "Used once per order, whatever its size.", least=ZERO),
        _choice("line_type", "component or byproduct.", LINE_TYPE_WORDS),
        _choice("supply", "backflush or hand.", SUPPLY_WORDS),
        _number("operation", "The operation that uses it."),
        _code(
            "level",
            "How deep the row stands in an indented list, where no column names the parent.",
            length=40,
        ),
        _number("position", "The line's number."),
        _code("revision", "The bill's revision.", length=40),
        _percent("planned_loss_percent", "Planned loss of the whole bill, in percent."),
        _date("effective_from", "First day."),
        _date("effective_to", "Last day."),
        _flag("phantom", "Is it made of its own components on the way?"),
        ColumnSpec("substitute_skus", ColumnType.SUBSTITUTES, "What may stand in: B2; B3=1.5."),
    ),
    key=("parent_sku", "component_sku", "revision", "position", "operation", "effective_from"),
    groups=("parent_sku", "revision"),
)

WORK_ORDERS = KindSpec(
    "work_orders",
    "Work orders",
    (
        _code("wo_number", "The order's number.", required=True),
        _sku("sku", "What it makes.", required=True),
        _quantity("quantity", "How many are ordered.", required=True, above=ZERO),
        _unit("The unit of the quantity; blank is the item's own."),
        _choice("kind", "production or kit.", ORDER_KIND_WORDS),
        _choice("status", "Where the order stands.", STATUS_WORDS),
        _code("site", "Where it is made.", length=120),
        _date("due", "When it is due."),
        _cost("conversion_cost", "Conversion cost of one unit."),
        _percent("scrap_allowance", "Planned scrap, in percent."),
    ),
    key=("wo_number", "sku"),
    groups=("wo_number",),
)

COMPLETIONS = KindSpec(
    "completions",
    "Completions",
    (
        _code("wo_number", "The order's number.", required=True),
        _sku("sku", "What was made."),
        _quantity("completed_qty", "Good units; negative in a correction.", required=True),
        _quantity("scrap_qty", "Scrapped units."),
        _code("scrap_reason", "Why.", length=40),
        _quantity("order_qty", "How many are ordered.", least=ZERO),
        _unit("The unit of the quantities; blank is the item's own."),
        _number("operation", "The operation that reported it."),
        _code("reference", "The report's own number."),
        _code("lot", "Lot or serial of what was made."),
        _moment("completed_at", "When."),
        _flag("final", "Is it the order's last?"),
        _date("due", "When the order is due."),
        _moment("started_at", "When the order was started."),
    ),
    key=("wo_number", "sku", "operation", "reference"),
    groups=("wo_number", "sku"),
)

ISSUES = KindSpec(
    "issues",
    "Reported use",
    (
        _code("wo_number", "The order's number.", required=True),
        _sku("component_sku", "What was used.", required=True),
        _quantity("quantity", "How much; 0 says that none was.", required=True),
        _unit("The unit of the quantity."),
        _code("lot", "Its lot."),
        _code("location", "Where it was taken from.", length=120),
        _sku("stands_in_for", "The item it was used instead of."),
        _factor("factor", "Units of it for one of that item."),
        _number("operation", "The operation that used it."),
        _number("position", "The line of the bill."),
        _code("reference", "The completion it belongs to."),
    ),
    key=("wo_number", "component_sku", "lot", "location", "operation", "position", "reference"),
    groups=("wo_number", "component_sku"),
)

STOCK = KindSpec(
    "stock",
    "Stock",
    (
        _sku("sku", "The item's number.", required=True),
        _code("location", "Where it stands.", length=120),
        _code("shelf", "The shelf there.", length=120),
        _code("bin", "The bin on the shelf.", length=120),
        _code("lot", "Its lot."),
        _quantity("on_hand", "How much is there.", required=True, least=ZERO),
        _unit("The unit of the quantity; blank is the item's own."),
        _cost("unit_cost", "Cost of one unit."),
        _date("received_on", "When the lot came in."),
        _date("expires_on", "When the lot expires."),
        _moment("counted_at", "The moment the figure is of."),
    ),
    key=("sku", "location", "shelf", "bin", "lot"),
    groups=("sku", "location"),
)

COSTS = KindSpec(
    "costs",
    "Standard costs",
    (
        _sku("sku", "The item's number.", required=True),
        _cost("unit_cost", "Standard cost of one unit; 0 is free.", required=True),
        _date("effective_from", "First day."),
        _date("effective_to", "Last day."),
    ),
    key=("sku", "effective_from"),
    groups=("sku",),
)

OPERATIONS = KindSpec(
    "operations",
    "Operations",
    (
        _sku("sku", "What is made.", required=True),
        _number("operation", "The operation's number.", required=True),
        ColumnSpec("name", ColumnType.TEXT, "What is done.", max_length=120),
        _flag("backflush_point", "Are components relieved here?"),
        _code("wo_number", "The order it was planned for."),
    ),
    key=("wo_number", "sku", "operation"),
    groups=("wo_number", "sku"),
)

UNITS = KindSpec(
    "units",
    "Unit conversions",
    (
        _code("from_unit", "One of these…", required=True, length=16),
        _code("to_unit", "…is so many of these.", required=True, length=16),
        _factor("factor", "How many.", required=True),
        _choice("rule", "multiply or divide by the factor.", UNIT_RULE_WORDS),
        _sku("sku", "For one item alone."),
    ),
    key=("sku", "from_unit", "to_unit"),
)

KINDS: dict[str, KindSpec] = {
    kind.name: kind
    for kind in (ITEMS, BOMS, WORK_ORDERS, COMPLETIONS, ISSUES, STOCK, COSTS, OPERATIONS, UNITS)
}
