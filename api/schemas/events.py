"""Events, as calls answer them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from pydantic import Field

from api.schemas.common import Answer


class EventOut(Answer):
    """One thing that happened. What stands in `subjects` and `data` depends on the name."""

    id: int = Field(description="Its place in the order, from 1, without a gap.", examples=[1204])
    name: str = Field(examples=["inventory.fg_received"])
    occurred_at: dt.datetime = Field(examples=["2025-11-19T14:00:00.104Z"])
    organization: str = Field(examples=["acme"])
    currency_code: str = Field(description="Of every amount in minor units.", examples=["USD"])
    work_order: str | None = Field(description="Events of one order come in its order.", examples=["WO-1042"])
    by: str | None = Field(
        description="Who did it; null for the product itself.", examples=["bob@example.com"]
    )
    subjects: dict[str, Any] = Field(
        description="Ids and numbers of what it is about.",
        examples=[
            {"backflush_id": 412, "backflush": "BF-000412", "completion_id": 871, "receipt": "RC-000398"}
        ],
    )
    data: dict[str, Any] = Field(
        description="What became of it.",
        examples=[
            {"item": "P-100", "location": "MAIN", "lot": None, "quantity": "60", "amount_minor": 91200}
        ],
    )


class EventList(Answer):
    """Events, oldest first."""

    items: list[EventOut]
    next: str | None = Field(examples=["1204"])
