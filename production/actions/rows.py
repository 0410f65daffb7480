"""What bulk loading takes and answers. Items, locations and reasons are given by id, quantities as Decimals.

Rows are named tuples: a million of them are made in a second, and they are built with keywords all the same.
`row` is the file's own row number and comes back in every issue.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal, NamedTuple

from production.choices import Basis, LineType, LossMethod, Supply

ZERO = Decimal(0)
ONE = Decimal(1)
MOST = Decimal(10) ** 12
STEP = Decimal("0.000001")

Outcome = Literal["created", "updated", "unchanged", "refused"]
Quantities = Literal["each", "running"]


class SubstituteRow(NamedTuple):
    """An item that may stand in: `factor` stock units of it for one stock unit of the line's component."""

    item_id: int
    factor: Decimal = ONE


class BillRow(NamedTuple):
    """One line of a bill of materials.

    A bill is (parent_id, revision), and the rows given are the whole of it. Without a position the order of the rows
    counts. A blank unit is the component's own. `planned_loss_percent` and `output_quantity` belong to the bill: all
    its rows say the same or nothing (None).
    """

    row: int
    parent_id: int
    component_id: int
    usage: Decimal
    revision: str = ""
    unit: str = ""
    usage_per: Decimal = ONE
    basis: str = Basis.PER_UNIT.value
    fixed_quantity: Decimal = ZERO
    line_type: str = LineType.COMPONENT.value
    loss_percent: Decimal = ZERO
    loss_method: str = LossMethod.MULTIPLY.value
    operation_number: int | None = None
    supply: str = Supply.BACKFLUSH.value
    supply_location_id: int | None = None
    position: int | None = None
    is_phantom: bool = False
    effective_from: dt.date | None = None
    effective_to: dt.date | None = None
    planned_loss_percent: Decimal | None = None
    output_quantity: Decimal | None = None
    substitutes: tuple[SubstituteRow, ...] = ()


class OrderRow(NamedTuple):
    """A work order and one item that it makes. None means that the file does not say: what is there stays.

    `status` is one of ours or a word that other systems use (production.states.ALIASES).
    """

    row: int
    number: str
    item_id: int
    quantity: Decimal | None = None
    kind: str | None = None
    status: str | None = None
    work_site_id: int | None = None
    ordered_on: dt.date | None = None
    started_on: dt.date | None = None
    due_on: dt.date | None = None
    conversion_cost: Decimal | None = None
    scrap_allowance_percent: Decimal | None = None


class CompletionRow(NamedTuple):
    """Good and scrapped units reported for an order. None means that the file does not say.

    Without an item the order's only output is meant. `order_quantity`, `due_on`, `started_on` and `work_site_id` are
    for an order that this completion makes. `completed_at` is a moment with a time zone.
    """

    row: int
    number: str
    good_quantity: Decimal
    item_id: int | None = None
    scrap_quantity: Decimal = ZERO
    scrap_reason_id: int | None = None
    scrap_operation_number: int | None = None
    completed_at: dt.datetime | None = None
    order_quantity: Decimal | None = None
    operation_number: int | None = None
    reference: str = ""
    output_lot_code: str | None = None
    is_final: bool | None = None
    started_on: dt.date | None = None
    due_on: dt.date | None = None
    work_site_id: int | None = None


class RowIssue(NamedTuple):
    """What is wrong with a row, or worth knowing about it, with the column's canonical name and a remedy."""

    row: int
    column: str
    value: str
    code: str
    message: str


@dataclass(slots=True)
class LoadResult:
    """What became of each row. Nothing was written when `is_written` is False."""

    outcomes: dict[int, Outcome] = field(default_factory=dict)
    errors: list[RowIssue] = field(default_factory=list)
    warnings: list[RowIssue] = field(default_factory=list)
    is_written: bool = False
    made_ids: list[int] = field(default_factory=list)

    def refuse(self, row: int, column: str, value: object, code: str, message: str) -> None:
        self.errors.append(RowIssue(row, column, "" if value is None else str(value), code, message))
        self.outcomes[row] = "refused"

    def warn(self, row: int, column: str, value: object, code: str, message: str) -> None:
        self.warnings.append(RowIssue(row, column, "" if value is None else str(value), code, message))

    def may_write(self, *, is_check: bool, is_partial: bool) -> bool:
        """Whether rows go in: never on a check, and with refused rows only if the good ones were asked for."""
        return not is_check and (is_partial or not self.errors)

    def _count(self, outcome: Outcome) -> int:
        return Counter(self.outcomes.values())[outcome]

    @property
    def created(self) -> int:
        return self._count("created")

    @property
    def updated(self) -> int:
        return self._count("updated")

    @property
    def unchanged(self) -> int:
        return self._count("unchanged")

    @property
    def refused(self) -> int:
        return self._count("refused")


def wrong_number(value: Decimal) -> str:
    """Why a number cannot be stored as it is, or ''. Quantities have twelve digits and six decimals."""
    if not value.is_finite():
        return "is not a number"
    if abs(value) >= MOST:
        return "has more than twelve digits before the decimal mark"
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -6 and value != value.quantize(STEP):
        return "has more than six decimals: write it per 10, 100 or 1000 instead"
    return ""


def shown(value: Decimal | None) -> str:
    """A quantity in a sentence: without trailing zeros and never as a power of ten."""
    if value is None:
        return "no quantity"
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
