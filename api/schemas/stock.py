"""Stock, as calls answer it."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import Field

from api.schemas.common import Answer

Event = Literal["RECEIVE", "CONSUME", "ADJUST", "SNAPSHOT"]


class PlaceOut(Answer):
    """What stands in one location, of one lot."""

    location: str = Field(examples=["MAIN/A-03"])
    lot: str | None = Field(examples=["L-2025-117"])
    on_hand: str = Field(examples=["418.25"])
    unit_cost: str | None = Field(description="Of the lot, else the value of a unit here.", examples=["2.5"])
    value_minor: int = Field(examples=[104563])
    received_on: dt.date | None = Field(examples=["2025-11-03"])
    expires_on: dt.date | None = Field(examples=[None])


class ItemStockOut(Answer):
    """Where an item stands. Unknown stock is not zero: nothing has ever named it."""

    item: str = Field(examples=["B-117"])
    description: str = Field(examples=["Bracket, zinc"])
    unit: str = Field(examples=["EA"])
    is_known: bool = Field(examples=[True])
    on_hand: str | None = Field(examples=["418.25"])
    currency_code: str = Field(examples=["USD"])
    items: list[PlaceOut]
    next: str | None = Field(examples=[None])


class EntryOut(Answer):
    """One movement of the ledger, signed."""

    id: int = Field(examples=[20417])
    item: str = Field(examples=["B-117"])
    location: str = Field(examples=["MAIN"])
    lot: str | None = Field(examples=["L-2025-117"])
    event: Event = Field(examples=["CONSUME"])
    quantity: str = Field(examples=["-20"])
    unit_cost: str = Field(examples=["2.5"])
    amount_minor: int = Field(examples=[-5000])
    currency_code: str = Field(examples=["USD"])
    effective_date: dt.date = Field(examples=["2025-11-19"])
    document: str = Field(examples=["BF-000012"])
    work_order: str | None = Field(examples=["WO-1042"])
    reason: str | None = Field(examples=[None])
    reversal_of: int | None = Field(examples=[None])
    posted_at: dt.datetime = Field(examples=["2025-11-19T14:02:11Z"])


class EntryList(Answer):
    """Movements, newest first."""

    items: list[EntryOut]
    next: str | None = Field(examples=["20417"])


class ReasonOut(Answer):
    """Why a quantity differs."""

    code: str = Field(examples=["OVERUSE"])
    name: str = Field(examples=["Used more than planned"])
    is_abnormal: bool = Field(examples=[False])
    is_active: bool = Field(examples=[True])


class ReasonList(Answer):
    """All reasons."""

    items: list[ReasonOut]
    next: str | None = Field(examples=[None])
