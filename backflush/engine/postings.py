"""What goes into the journal of a posting and what comes out. Money is in minor units, debit positive."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from .enums import AccountRole, FinishedGoodsAt, LineType
from .types import ZERO, UpstreamWip


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
