"""Backflushes, as calls take and answer them."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import Field

from api.schemas.common import (
    Answer,
    Body,
    Code,
    LotCode,
    Moment,
    NotNegative,
    OrderNumber,
    Positive,
    Quantity,
    RowId,
    Short,
    Whole,
    Words,
)

State = Literal["DRAFT", "SUBMITTED", "RETURNED", "POSTED", "REVERSED", "DISCARDED"]
Operation = Annotated[Whole, Field(ge=0, le=2**31 - 1)]


class PickOut(Answer):
    """Where a line takes part of its quantity from."""

    location: str | None = Field(examples=["MAIN"])
    lot: str | None = Field(examples=["L-2025-117"])
    quantity: str = Field(examples=["20"])
    unit_cost: str = Field(examples=["2.5"])
    amount_minor: int = Field(examples=[5000])
    is_short: bool = Field(examples=[False])


class LineOut(Answer):
    """One item used, against what its standard says."""

    id: int = Field(examples=[5512])
    item: str = Field(examples=["B-117"])
    stands_in_for: str | None = Field(examples=[None])
    unit: str = Field(examples=["EA"])
    operation: int | None = Field(examples=[None])
    standard_quantity: str = Field(description="For the good units.", examples=["20"])
    scrap_quantity: str = Field(description="For the scrapped units.", examples=["0"])
    expected_quantity: str = Field(examples=["20"])
    actual_quantity: str = Field(examples=["21"])
    variance_quantity: str = Field(description="Actual less expected.", examples=["1"])
    standard_cost: str | None = Field(description="Of one unit; null where nobody knows.", examples=["2.5"])
    actual_cost: str | None = Field(description="Of one unit, over its lots.", examples=["2.5"])
    standard_cost_minor: int = Field(examples=[5000])
    actual_cost_minor: int = Field(examples=[5250])
    substitution_minor: int = Field(examples=[0])
    scrap_minor: int = Field(examples=[0])
    usage_minor: int = Field(examples=[250])
    price_minor: int = Field(examples=[0])
    variance_minor: int = Field(
        description="The four parts together; positive is unfavourable.", examples=[250]
    )
    picks: list[PickOut]
    flags: list[str] = Field(examples=[[]])
    is_beyond_tolerance: bool = Field(examples=[True])
    reason: str | None = Field(examples=["OVERUSE"])
    note: str = Field(examples=["One bracket bent"])
    explanation: str = Field(
        description="The sum behind the expected quantity.", examples=["10 good × 2 EA = 20.000000 EA"]
    )


class TotalsOut(Answer):
    """Sums over the lines, in minor units. Weight and value are what signatures are asked for."""

    standard_cost_minor: int = Field(examples=[5000])
    actual_cost_minor: int = Field(examples=[5250])
    substitution_minor: int = Field(examples=[0])
    scrap_minor: int = Field(examples=[0])
    usage_minor: int = Field(examples=[250])
    price_minor: int = Field(examples=[0])
    variance_minor: int = Field(examples=[250])
    upstream_scrap_minor: int = Field(examples=[0])
    weight_minor: int = Field(examples=[250])
    value_minor: int = Field(examples=[5250])
    currency_code: str = Field(examples=["USD"])


class OfCompletion(Answer):
    """The report that a backflush is for."""

    id: int = Field(examples=[871])
    item: str = Field(examples=["P-100"])
    external_id: str | None = Field(examples=["terminal-7-000381"])
    good_quantity: str = Field(examples=["10"])
    scrap_quantity: str = Field(examples=["0"])
    operation: int | None = Field(examples=[None])
    is_final: bool = Field(examples=[False])
    completed_at: dt.datetime = Field(examples=["2025-11-19T14:00:00Z"])


class BackflushOut(Answer):
    """The document of what one completion consumed."""

    id: int = Field(examples=[412])
    number: str = Field(examples=["BF-000412"])
    status: State = Field(examples=["SUBMITTED"])
    work_order: str = Field(examples=["WO-1042"])
    completion: OfCompletion
    version: int = Field(description="Grows with each change; send it to change what you saw.", examples=[1])
    is_posted_by_policy: bool = Field(description="As a standard run, without a signature.", examples=[False])
    drafted_at: dt.datetime = Field(examples=["2025-11-19T14:02:00Z"])
    submitted_at: dt.datetime | None = Field(examples=["2025-11-19T14:02:00Z"])
    posted_at: dt.datetime | None = Field(examples=[None])
    posted_on: dt.date | None = Field(examples=[None])
    reversed_at: dt.datetime | None = Field(examples=[None])
    reversed_on: dt.date | None = Field(examples=[None])
    reversal_reason: str = Field(examples=[""])
    lines: list[LineOut]
    totals: TotalsOut


class BackflushList(Answer):
    """Backflushes, newest first."""

    items: list[BackflushOut]
    next: str | None = Field(examples=["412"])


class TxnOut(Answer):
    """One consumption in the stock ledger. A reversal's is negative."""

    txn_id: int = Field(examples=[20417])
    work_order_id: str = Field(description="The order's number.", examples=["WO-1042"])
    item_id: str = Field(description="The item's SKU.", examples=["B-117"])
    lot_id: str | None = Field(description="The lot's code.", examples=["L-2025-117"])
    qty_consumed: str = Field(examples=["20"])
    location_id: str = Field(description="The location's code.", examples=["MAIN"])
    posted_at: dt.datetime = Field(examples=["2025-11-19T14:02:11Z"])
    external_id: str | None = Field(description="The completion's.", examples=["terminal-7-000381"])


class BackflushDetail(BackflushOut):
    """A backflush with what it posted."""

    is_stale: bool = Field(
        description="What it was computed from has changed: recompute it.", examples=[False]
    )
    backflush_txns: list[TxnOut]
    fg_receipt_id: int | None = Field(examples=[None])


class HistoryItem(BackflushOut):
    """A backflush, or the reversal of one: the same lines, taken back."""

    kind: Literal["backflush", "reversal"] = Field(examples=["backflush"])
    at: dt.datetime = Field(description="When it happened.", examples=["2025-11-19T14:02:11Z"])
    by: str | None = Field(description="Who posted or reversed it.", examples=["bob@example.com"])
    reason: str = Field(description="Why it was reversed.", examples=[""])
    backflush_txns: list[TxnOut]


class HistoryList(Answer):
    """Every backflush of an order and every reversal, newest first."""

    items: list[HistoryItem]
    next: str | None = Field(examples=[None])


class PostedOut(Answer):
    """A standard run that the organization's policy has posted."""

    backflush_id: int = Field(examples=[412])
    number: str = Field(examples=["BF-000412"])
    status: Literal["POSTED"] = Field(examples=["POSTED"])
    backflush_txns: list[TxnOut]
    fg_receipt_id: int | None = Field(description="Null before the last operation.", examples=[96])
    variance_minor: int = Field(examples=[0])
    currency_code: str = Field(examples=["USD"])


class SubmittedOut(Answer):
    """What waits for a signature."""

    backflush_id: int = Field(examples=[412])
    number: str = Field(examples=["BF-000412"])
    status: Literal["SUBMITTED"] = Field(examples=["SUBMITTED"])
    backflush_txns: list[TxnOut] = Field(examples=[[]])
    fg_receipt_id: int | None = Field(examples=[None])
    variance_minor: int = Field(examples=[250])
    currency_code: str = Field(examples=["USD"])
    backflush: BackflushOut


class UsedIn(Schema):
    """What was really used of one item. Several of one item with other lots or places add up."""

    model_config = {"extra": "forbid"}

    item: Code = Field(description="The item used.", examples=["B-117"])
    actual_quantity: NotNegative | None = Field(
        default=None, description="0: none was used. Left out: as expected.", examples=["21"]
    )
    unit: Annotated[Short, Field(max_length=16)] = Field(
        default="", description="Left out: the item's own.", examples=["EA"]
    )
    lot: LotCode = Field(default="", examples=["L-2025-117"])
    location: Code | None = Field(default=None, examples=["MAIN"])
    stands_in_for: Code | None = Field(default=None, description="The item it replaces.", examples=[None])
    factor: Positive | None = Field(
        default=None, description="Units of it for one of the item it replaces.", examples=[None]
    )
    operation_id: Operation | None = Field(default=None, examples=[None])
    reason: Code | None = Field(default=None, description="A reason's code.", examples=["OVERUSE"])
    note: Words = Field(default="", examples=["One bracket bent"])


class CompletionIn(Body):
    """A completion, and what it really used where that differs from the recipe."""

    completion_qty: Quantity = Field(description="Good units; negative takes back.", examples=["10"])
    scrap_qty: Quantity = Field(default="0", validate_default=True, examples=["0"])
    scrap_reason: Code | None = Field(default=None, description="A reason's code.", examples=[None])
    operation_id: Operation | None = Field(
        default=None, description="The operation's number; left out: the last.", examples=[None]
    )
    scrap_operation_id: Operation | None = Field(
        default=None, description="Where the scrap was found.", examples=[None]
    )
    item: Code | None = Field(
        default=None, description="Which product, where the order makes several.", examples=[None]
    )
    lot: LotCode | None = Field(default=None, description="The product's lot or serial.", examples=[None])
    completed_at: Moment | None = Field(
        default=None, description="Left out: now.", examples=["2025-11-19T14:00:00Z"]
    )
    is_final: bool | None = Field(default=None, description="Nothing more is to come.", examples=[None])
    lines: Annotated[list[UsedIn], Field(max_length=2000)] = Field(
        default=[], examples=[[{"item": "B-117", "actual_quantity": "21", "reason": "OVERUSE"}]]
    )
    note: Words = Field(default="", examples=[""])


class DraftIn(Body):
    """Which orders to draft; left out or empty: all that wait."""

    work_orders: Annotated[list[OrderNumber], Field(max_length=1000)] = Field(
        default=[], examples=[["WO-1042"]]
    )


class DraftedOut(Answer):
    """A draft that was made."""

    id: int = Field(examples=[412])
    number: str = Field(examples=["BF-000412"])
    work_order: str = Field(examples=["WO-1042"])
    completion_id: int = Field(examples=[871])


class RefusedOut(Answer):
    """A completion that could not be drafted, or a named order of which nothing waits, and why."""

    completion_id: int | None = Field(examples=[872])
    work_order: str | None = Field(examples=["WO-1043"])
    code: str = Field(examples=["NO_BILL_OF_MATERIALS"])
    message: str = Field(examples=["WO-1043 makes P-200, which has no bill of materials in effect."])
    details: Any = Field(default=None, examples=[None])


class DraftsOut(Answer):
    """What became of the completions that waited."""

    drafted: list[DraftedOut]
    refused: list[RefusedOut]


class LotIn(Schema):
    """A lot, a place, and how much of it; without a quantity as much as is needed."""

    model_config = {"extra": "forbid"}

    lot: LotCode | None = Field(default=None, examples=["L-2025-117"])
    location: Code | None = Field(default=None, examples=["MAIN"])
    quantity: Quantity | None = Field(
        default=None, description="On a line that takes back, with its sign or without.", examples=["21"]
    )


class LineIn(Body):
    """What to change on a line; what is left out stays."""

    actual_quantity: Quantity | None = Field(
        default=None, description="Signed as the line is.", examples=["21"]
    )
    item_used: Code | None = Field(default=None, description="Another item that stood in.", examples=[None])
    factor: Positive | None = Field(default=None, examples=[None])
    lots: Annotated[list[LotIn], Field(max_length=500)] | None = Field(
        default=None, examples=[[{"lot": "L-2025-117", "location": "MAIN", "quantity": "21"}]]
    )
    reason: Code | None = Field(
        default=None, description="A reason's code; null takes it away.", examples=["OVERUSE"]
    )
    note: Words | None = Field(default=None, examples=["One bracket bent"])
    is_reset: bool = Field(default=False, description="Back to the computed figures first.", examples=[False])
    version: RowId | None = Field(
        default=None, description="The version you saw: EDIT_CONFLICT if it has changed.", examples=[1]
    )


class NoteIn(Body):
    """A remark."""

    note: Words = Field(default="", examples=["Checked against the scale"])
    reason: Words = Field(default="", examples=[""])


class ApproveIn(NoteIn):
    """A signature."""

    on_first_open_day: bool = Field(
        default=False, description="Where the completion's period is closed.", examples=[False]
    )


class ReturnIn(NoteIn):
    """A question to the planner, perhaps with a figure for one line."""

    line_id: RowId | None = Field(default=None, examples=[5512])
    proposed_quantity: Quantity | None = Field(default=None, examples=["20"])
