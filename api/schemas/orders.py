"""Work orders, as calls take and answer them."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from api.schemas.common import Answer, Body, Code, Day, NotNegative, OrderNumber, Positive, Words
from production.states import status_of


def _status_name(word: Any) -> Any:
    """Our name of a status, whatever its case and whichever system's word it is."""
    found = status_of(word) if isinstance(word, str) else None
    return found.label if found is not None else word


Status = Annotated[
    Literal[
        "Draft",
        "Entered",
        "Placed",
        "Production",
        "In Transit",
        "Partial",
        "Received",
        "Completed",
        "Cancelled",
    ],
    BeforeValidator(_status_name),
]
FirstStatus = Annotated[Literal["Draft", "Entered", "Placed", "Production"], BeforeValidator(_status_name)]
Kind = Literal["production", "kit"]


class OutputOut(Answer):
    """What an order makes, and how far it is."""

    item: str = Field(examples=["P-100"])
    description: str = Field(examples=["Pump, 12 V"])
    unit: str = Field(examples=["EA"])
    quantity: str | None = Field(description="Ordered; null where nobody said.", examples=["120"])
    good_quantity: str = Field(description="Reported good at the last operation.", examples=["60"])
    scrap_quantity: str = Field(examples=["2"])
    conversion_cost: str = Field(examples=["2.5"])
    operations: list[int] = Field(description="Where completions are reported.", examples=[[10, 20]])


class OrderOut(Answer):
    """A work order as a list shows it."""

    number: str = Field(examples=["WO-1042"])
    kind: Kind = Field(examples=["production"])
    status: Status = Field(examples=["Partial"])
    is_closed: bool = Field(description="Its final completion is posted.", examples=[False])
    site: str | None = Field(examples=["MAIN"])
    ordered_on: dt.date | None = Field(examples=["2025-11-10"])
    started_on: dt.date | None = Field(examples=["2025-11-12"])
    finished_on: dt.date | None = Field(examples=[None])
    due_on: dt.date | None = Field(examples=["2025-11-28"])
    outputs: list[OutputOut]


class OrderList(Answer):
    """Orders, newest first."""

    items: list[OrderOut]
    next: str | None = Field(examples=["311"])


class InputOut(Answer):
    """One line of the recipe as the order froze it."""

    output: str = Field(examples=["P-100"])
    position: int = Field(examples=[10])
    item: str = Field(examples=["B-117"])
    line_type: Literal["component", "byproduct"] = Field(examples=["component"])
    basis: str = Field(examples=["per_unit"])
    usage: str = Field(examples=["2"])
    usage_per: str = Field(examples=["1"])
    fixed_quantity: str = Field(examples=["0"])
    unit: str = Field(examples=["EA"])
    loss_percent: str = Field(examples=["4"])
    loss_method: str = Field(examples=["multiply"])
    operation: int | None = Field(examples=[10])
    supply: Literal["backflush", "hand"] = Field(examples=["backflush"])
    is_phantom: bool = Field(examples=[False])


class CompletionOut(Answer):
    """What was reported. `backflush` says what stands on it: nothing, a document on its way, or a posted one."""

    id: int = Field(examples=[871])
    item: str = Field(examples=["P-100"])
    external_id: str | None = Field(description="Its reference.", examples=["terminal-7-000381"])
    good_quantity: str = Field(examples=["60"])
    scrap_quantity: str = Field(examples=["2"])
    operation: int | None = Field(examples=[20])
    is_final: bool = Field(examples=[False])
    completed_at: dt.datetime = Field(examples=["2025-11-19T14:00:00Z"])
    backflush: Literal["waiting", "live", "posted"] = Field(examples=["posted"])


class OrderDetail(OrderOut):
    """A work order with its recipe and everything reported on it."""

    inputs: list[InputOut]
    completions: list[CompletionOut]


class OrderIn(Body):
    """A new order. Its recipe is taken from the bill of materials in effect on its date."""

    number: OrderNumber = Field(examples=["WO-1043"])
    item: Code = Field(description="What it makes.", examples=["P-100"])
    quantity: Positive | None = Field(default=None, examples=["120"])
    kind: Kind = Field(default="production", examples=["production"])
    status: FirstStatus = Field(default="Entered", examples=["Placed"])
    site: Code | None = Field(default=None, description="A location.", examples=["MAIN"])
    ordered_on: Day | None = Field(default=None, examples=["2025-11-10"])
    due_on: Day | None = Field(default=None, examples=["2025-11-28"])
    conversion_cost: NotNegative | None = Field(default=None, examples=["2.50"])
    scrap_allowance_percent: Annotated[NotNegative, Field(le=100, decimal_places=4)] | None = Field(
        default=None, examples=["2"]
    )


class StatusIn(Body):
    """Where the order goes. Cancelling needs a reason."""

    status: Status = Field(examples=["Production"])
    reason: Words = Field(default="", examples=["Material is there"])
    note: Words = Field(default="", examples=[""])


class OrderReasonIn(Body):
    """Why."""

    reason: Words = Field(default="", examples=["Two more are to be made"])
    note: Words = Field(default="", examples=[""])
